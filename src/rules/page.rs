//! Page: a file that people wrote, and every mistake found on it.
//!
//! In:    its name, its text, byte offsets into the text.
//! Out:   [`Position`]s; [`Mistake`]s in the order of the lines.
//! Never: stops at the first mistake.

use std::fmt;

use crate::diagnostic::nearest;
use crate::model::tenancy::Position;

/// Characters are counted once per so many bytes, so that one long line costs no more than many.
const STEP: usize = 1024;
/// Words are looked for that a mistyped one may mean only so often: it takes time per word.
const MOST_GUESSES: usize = 200;

/// One thing that is wrong, where, and what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file as the user knows it.
    pub file: String,
    /// Where it is; rows of tables have no column.
    pub line: u64,
    /// In characters, counted from 1; `None` means the whole line.
    pub column: Option<u32>,
    /// What is wrong, in words.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}:{}:{column}: {}", self.file, self.line, self.message),
            None => write!(f, "{}:{}: {}", self.file, self.line, self.message),
        }
    }
}

/// The rule file while it is read.
pub(super) struct Page<'t> {
    name: String,
    text: &'t str,
    /// Where each line begins.
    lines: Vec<usize>,
    /// How many characters begin before each step.
    characters: Vec<usize>,
    mistakes: Vec<Mistake>,
}

impl<'t> Page<'t> {
    pub(super) fn new(name: &str, text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        let counts = text.as_bytes().chunks(STEP).scan(0, |before, chunk| {
            let here = *before;
            *before += beginnings(chunk);
            Some(here)
        });
        let characters = counts.collect();
        Self { name: name.to_owned(), text, lines, characters, mistakes: Vec::new() }
    }

    /// The line and column of an offset.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let column = self.characters_before(offset) - self.characters_before(self.lines[line - 1]);
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: narrow(line), column: narrow(column + 1) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(step).copied().unwrap_or_default();
        counted + beginnings(&self.text.as_bytes()[(step * STEP).min(offset)..offset])
    }

    /// Notes that something is wrong.
    pub(super) fn wrong(&mut self, offset: usize, message: impl Into<String>) {
        let at = self.position(offset);
        self.wrong_at(at, message);
    }

    /// The same where the place is known.
    pub(super) fn wrong_at(&mut self, at: Position, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            file: self.name.clone(),
            line: u64::from(at.line),
            column: Some(at.column),
            message: message.into(),
        });
    }

    /// Notes a word that there is not, and the one that is most likely meant.
    pub(super) fn unknown<'k>(
        &mut self,
        offset: usize,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let guess = self.guess(word, known);
        self.wrong(offset, format!("unknown {what} `{word}`{guess}"));
    }

    /// `; did you mean `...`?`, or nothing.
    pub(super) fn guess<'k>(&self, word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
        if self.mistakes.len() >= MOST_GUESSES {
            return String::new();
        }
        did_you_mean(word, known)
    }

    /// Notes mistakes of another file.
    pub(super) fn also(&mut self, mistakes: Vec<Mistake>) {
        self.mistakes.extend(mistakes);
    }

    /// Every mistake, those of the page first, in the order of its lines.
    pub(super) fn into_mistakes(mut self) -> Vec<Mistake> {
        let name = self.name;
        self.mistakes.sort_by(|a, b| {
            let key = |m: &Mistake| (m.file != name, m.file.clone(), m.line, m.column);
            key(a).cmp(&key(b))
        });
        self.mistakes.dedup();
        self.mistakes
    }
}

/// Bytes that begin a character.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

/// `; did you mean `...`?`, or nothing when no known word is near.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let folded = word.to_lowercase();
    nearest(&folded, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        let text = "a = 1\r\nü = \"größe\" # x\n";
        let page = Page::new("tenants.toml", text);
        for (mark, expected) in [("a", "1:1"), ("ü", "2:1"), ("= \"", "2:3"), ("x", "2:15")] {
            assert_eq!(page.position(text.find(mark).unwrap()).to_string(), expected, "{mark}");
        }
        assert_eq!(page.position(text.len() + 9).to_string(), "3:1");
    }

    #[test]
    fn the_end_of_a_very_long_line_is_found_without_reading_it_again() {
        let text = "ü".repeat(5 * STEP) + "x";
        let page = Page::new("tenants.toml", &text);
        assert_eq!(page.position(text.len() - 1).to_string(), format!("1:{}", 5 * STEP + 1));
        assert_eq!(Page::new("", "").position(0).to_string(), "1:1");
    }

    #[test]
    fn mistakes_come_in_the_order_of_the_lines_and_other_files_after() {
        let mut page = Page::new("t", "a\nb\n");
        page.also(vec![Mistake { file: "c".into(), line: 1, column: None, message: "m".into() }]);
        page.wrong(2, "second");
        page.unknown(0, "key", "mtach", ["match"]);
        let told: Vec<String> = page.into_mistakes().iter().map(ToString::to_string).collect();
        let first = "t:1:1: unknown key `mtach`; did you mean `match`?";
        assert_eq!(told, [first, "t:2:1: second", "c:1: m"]);
    }
}
