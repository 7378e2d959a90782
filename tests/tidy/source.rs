//! Source: our own text files, and just enough Rust to hold them to the rules.
//!
//! In:    the checkout.
//! Out:   [`SourceFile`]: its text, and its code without comments, literals and unit tests.
//! Never: judges.

use std::fs;
use std::path::Path;

use crate::support::repository;

/// Files of the root and of `.ci` that people read or machines run; folders are walked.
const OURS: &[&str] = &[
    "src",
    "tests",
    ".ci",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
    "sample-data/README.md",
    "sample-data/real/README.md",
];

/// One text file of ours.
pub(super) struct SourceFile {
    /// Relative to the repository, with `/`.
    pub(super) path: String,
    /// As it is.
    pub(super) text: String,
    /// Blanks instead of comments, literals and `#[cfg(test)]` items; same lines as the text.
    pub(super) code: String,
}

/// Every Rust file under a folder of the repository, sorted.
pub(super) fn rust(folder: &str) -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(&repository().join(folder), &mut files);
    files.retain(|file| file.is("rs"));
    let tests: Vec<String> = files.iter().flat_map(test_modules).collect();
    for file in &mut files {
        if tests.iter().any(|module| file.path.starts_with(module.as_str())) {
            file.code.clear();
        }
    }
    files
}

/// Modules of a file that exist only in unit tests, as the beginnings of their paths.
fn test_modules(file: &SourceFile) -> Vec<String> {
    let folder = file.path.trim_end_matches("mod.rs").trim_end_matches(".rs");
    let folder = folder.trim_end_matches('/');
    let lines: Vec<&str> = file.text.lines().collect();
    let declared = |pair: &[&str]| {
        let name = pair[1].strip_prefix("mod ")?.strip_suffix(';')?;
        (pair[0] == "#[cfg(test)]").then(|| format!("{folder}/{name}"))
    };
    let modules = lines.windows(2).filter_map(declared);
    modules.flat_map(|module| [format!("{module}.rs"), format!("{module}/")]).collect()
}

/// Every text file that is ours to write.
pub(super) fn ours() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for name in OURS {
        collect(&repository().join(name), &mut files);
    }
    files
}

fn collect(path: &Path, files: &mut Vec<SourceFile>) {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            collect(&entry, files);
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        let relative = path.strip_prefix(repository()).unwrap();
        let path = relative.to_str().unwrap().replace('\\', "/");
        let mut file = SourceFile { path, text, code: String::new() };
        if file.is("rs") {
            file.code = without_tests(&code_of(&file.text));
        }
        files.push(file);
    }
}

impl SourceFile {
    /// The module right under the crate that the file belongs to.
    pub(super) fn room(&self) -> &str {
        let inner = self.path.split('/').nth(1).unwrap_or_default();
        inner.trim_end_matches(".rs")
    }

    /// Whether the file has this extension.
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Whether somebody wrote it as code: a file of results or a snapshot is not.
    pub(super) fn is_code(&self) -> bool {
        self.is("rs") || self.is("py") || self.path.ends_with("/run")
    }

    /// Whether the path begins with one of these.
    pub(super) fn is_under(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.path.starts_with(prefix))
    }

    /// The comment that the file begins with.
    pub(super) fn header(&self) -> &str {
        let quoted = self.text.split("\"\"\"").nth(1).filter(|_| self.is("py"));
        quoted.unwrap_or_else(|| {
            let end = self.text.lines().take_while(|line| line.starts_with(['/', '#']));
            let length: usize = end.map(|line| line.len() + 1).sum();
            &self.text[..length.min(self.text.len())]
        })
    }

    /// The rooms named by `crate::…`, by `curtail::…` and, from a room's door, by `super::…`,
    /// groups included.
    pub(super) fn imports(&self) -> Vec<String> {
        let is_door = self.path.trim_end_matches("/mod.rs").split('/').count() == 2;
        let paths = if is_door {
            &["crate::", "curtail::", "super::"][..]
        } else {
            &["crate::", "curtail::"]
        };
        let after = |path: &&'static str| words_before(&self.code, path).collect::<Vec<_>>();
        let tails = paths.iter().flat_map(after).map(|at| self.code[at..].trim_start());
        tails.flat_map(first_segments).collect()
    }

    /// The modules that the file declares.
    pub(super) fn modules(&self) -> Vec<String> {
        words_before(&self.code, "mod ").map(|at| identifier(&self.code[at..])).collect()
    }

    /// Where the files of its modules are: `tests/main.rs` and `tests/a/mod.rs` differ.
    pub(super) fn folder_of_children(&self) -> String {
        let stem = self.path.trim_end_matches("main.rs").trim_end_matches("mod.rs");
        stem.strip_suffix(".rs").map_or(stem.to_owned(), |stem| format!("{stem}/"))
    }

    /// The numbers of the lines of code that contain the pattern.
    pub(super) fn lines_with(&self, pattern: &str) -> Vec<usize> {
        let numbered = self.code.lines().enumerate();
        numbered.filter(|(_, line)| line.contains(pattern)).map(|(number, _)| number + 1).collect()
    }

    /// Every function with its number of lines, from its name to its closing brace.
    pub(super) fn functions(&self) -> Vec<(String, usize)> {
        let code = code_of(&self.text);
        let bodies = words_before(&code, "fn ").filter_map(|at| {
            let open = at + code[at..].find(['{', ';'])?;
            let body = code[open..].starts_with('{').then(|| block(&code[open..]))?;
            let lines = code[at..open + body.len()].lines().count();
            Some((identifier(&code[at..]), lines))
        });
        bodies.collect()
    }
}

/// Byte positions right after each whole-word occurrence of `word`.
fn words_before<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let starts_a_word = |at: usize| {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        !before.is_alphanumeric() && before != '_' && before != ':'
    };
    code.match_indices(word).filter(move |(at, _)| starts_a_word(*at)).map(|(at, w)| at + w.len())
}

fn identifier(code: &str) -> String {
    code.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of `a::b` or `{a::b, c::{d, e}}`.
fn first_segments(tail: &str) -> Vec<String> {
    if !tail.starts_with('{') {
        return vec![identifier(tail)];
    }
    let group = block(tail);
    let mut depth = 0;
    let parts = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 1 && (c == ',' || c == '{')
    });
    let names = parts.map(|part| identifier(part.trim_start()));
    names.filter(|name| !name.is_empty()).collect()
}

/// From an opening brace to the one that closes it.
fn block(code: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return &code[..=at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    code
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = code.to_owned();
    while let Some(at) = kept.find(MARK) {
        let tail = &kept[at..];
        let end = match tail.find(['{', ';']) {
            Some(open) if tail[open..].starts_with('{') => open + block(&tail[open..]).len(),
            Some(semicolon) => semicolon + 1,
            None => tail.len(),
        };
        let blank = blanked(&tail[..end]);
        kept.replace_range(at..at + end, &blank);
    }
    kept
}

/// Blanks comments, strings and characters, so that what is left is code.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = literal_length(rest, code.chars().next_back()).unwrap_or(0);
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push_str(&blanked(&rest[..length]));
            rest = &rest[length..];
        }
    }
    code
}

fn blanked(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// The length of the comment or literal that the text begins with, if it begins with one.
fn literal_length(text: &str, before: Option<char>) -> Option<usize> {
    let through = |from: usize, end: &str| {
        text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(through(2, "*/"));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r')).filter(|_| !in_word);
    if let Some(tail) = raw {
        let hashes = tail.bytes().take_while(|byte| *byte == b'#').count();
        if tail[hashes..].starts_with('"') {
            let begin = text.len() - tail.len() + hashes + 1;
            return Some(through(begin, &format!("\"{}", "#".repeat(hashes))));
        }
    }
    match text.as_bytes() {
        [b'"', ..] => Some(quoted_length(text, '"')),
        [b'\'', b'\\', ..] => Some(quoted_length(text, '\'')),
        // A character is closed after one; a lifetime is not closed at all.
        [b'\'', ..] => {
            let width = text[1..].chars().next()?.len_utf8();
            text[1 + width..].starts_with('\'').then_some(width + 2)
        }
        _ => None,
    }
}

/// From a quote to the same quote, escapes passed over.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn code_is_read_without_comments_literals_and_unit_tests() {
    for (text, words) in [
        ("a(); // b", "a();"),
        ("a /* b\n */ c", "a c"),
        (r#"f("\" // x", '"', b'\'', c)"#, "f( , , b , c)"),
        ("r#\"a \" b\"# c", "c"),
        ("for\"a\" b", "for b"),
        ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
        ("x #[cfg(test)] mod t { { } } y", "x y"),
        ("x #[cfg(test)] use y; z", "x z"),
    ] {
        let code = without_tests(&code_of(text));
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), words, "{text}");
        assert_eq!(code.lines().count(), text.lines().count(), "{text}");
    }
}

#[test]
fn imports_are_found_alone_and_in_groups() {
    let file =
        |code: &str| SourceFile { path: String::new(), text: String::new(), code: code.into() };
    for (code, imports) in [
        ("use crate::model::money::Money;", vec!["model"]),
        ("use crate::{model::{money, period}, scan};", vec!["model", "scan"]),
        ("fn f() -> crate::scan::Batch { curtail::cli::run() }", vec!["scan", "cli"]),
        ("pub(crate) fn f() { subcrate::x() }", vec![]),
    ] {
        assert_eq!(file(code).imports(), imports, "{code}");
    }
}

#[test]
fn a_function_is_as_long_as_from_its_name_to_its_brace() {
    let text = "trait T { fn a(); }\nfn b() {\n    if x {\n    }\n}\n".to_owned();
    let file = SourceFile { path: String::new(), text, code: String::new() };
    assert_eq!(file.functions(), [("b".to_owned(), 4)]);
}
