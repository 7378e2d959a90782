//! Tidy: the style guide as failing tests.
//!
//! In:    every text file that we wrote: `src`, `tests`, the documents of the root.
//! Out:   one failing test per rule, with every place that breaks it.
//! Never: runs the program.
//!
//! The rules are tables; `source` reads Rust well enough to apply them. To break a rule with a
//! reason, write the file into its table and the reason beside it.

mod source;

use std::collections::BTreeSet;

use self::source::SourceFile;

/// Who may import whom: only from a strictly lower level, or from one's own room.
const LEVELS: &[(&str, u8)] = &[
    ("cli", 5),
    ("pipeline", 4),
    ("render", 3),
    ("delivery", 2),
    ("scan", 2),
    ("normalise", 2),
    ("attribute", 2),
    ("allocate", 2),
    ("rules", 2),
    ("reconcile", 2),
    ("aggregate", 2),
    ("change", 2),
    ("report", 2),
    ("sample", 2),
    ("store", 2),
    ("query", 2),
    ("forecast", 2),
    ("guardrails", 2),
    ("dialect", 2),
    ("idle", 2),
    ("anomaly", 2),
    ("model", 1),
    ("origin", 1),
    ("connect", 1),
    ("diagnostic", 0),
];

const LONGEST_FUNCTION: usize = 70;
const LONGEST_FILE: usize = 400;
const WIDEST_LINE: usize = 100;
/// What the header of a file beyond [`LONGEST_FILE`] lines must say.
const EXCUSE: &str = "Long because";

/// The last three lines of a module's header; the first is a sentence.
const HEADER: [&str; 3] = ["//! In: ", "//! Out: ", "//! Never: "];

/// Modules where architecture goes to hide.
const NAMELESS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "types"];

/// Code that only the door may contain.
const DOOR: &[&str] = &["src/cli/", "src/main.rs"];

/// Code that is forbidden in `src` outside its unit tests, and the paths where it is not.
const BANNED: &[(&str, &[&str])] = &[
    (".unwrap()", DOOR),
    (".expect(", DOOR),
    ("println!", DOOR),
    ("print!", DOOR),
    ("process::exit", DOOR),
    ("std::env", DOOR),
    // The library has no clock and no chance.
    ("::now()", DOOR),
    ("thread_rng", &[]),
    // It climbs over the wall of a room unseen by the layering test; write `crate::`.
    ("super::super", &[]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
];

/// Where floats may be: the door where they become money, what AWS writes, shares, and pixels.
const FLOATS: &[&str] = &[
    "src/normalise/exact.rs",
    "src/normalise/cost.rs",
    "src/model/line_items.rs",
    "src/scan/pages/doubles.rs",
    "src/sample/",
    "src/report/",
    // What SQL divides, for people.
    "src/query/",
    "src/render/",
];

/// Casts that can lose a value without a word, and how many of them a file has earned.
const CASTS: &[&str] = &[" as i64", " as u64", " as i128"];
const EARNED_CASTS: &[(&str, usize)] = &[
    // A number of rows or bytes as u64, where a usize has at most 64 bits.
    ("src/attribute/rule_use.rs", 1),
    ("src/report/rules.rs", 1),
    ("src/model/line_items.rs", 1),
    ("src/normalise/control.rs", 3),
    ("src/pipeline/inspect.rs", 4),
    ("src/pipeline/mod.rs", 1),
    ("src/sample/commitment.rs", 1),
    ("src/sample/month.rs", 2),
    ("src/sample/monthly.rs", 1),
    ("src/sample/writer.rs", 5),
    ("src/scan/batch.rs", 1),
    ("src/store/commit.rs", 1),
    ("src/store/durable.rs", 1),
    ("src/store/segment/tally.rs", 1),
    ("src/store/verify/segments.rs", 1),
    ("src/scan/pages/hybrid.rs", 2),
    // The fast way to money, proved by dividing back.
    ("src/normalise/exact.rs", 1),
    // A quotient of SQL, whose range is checked before.
    ("src/query/result.rs", 1),
    // The high and the low half of a random number.
    ("src/sample/dice.rs", 2),
];

#[test]
fn a_room_imports_only_from_lower_levels() {
    let level = |room: &str| LEVELS.iter().find(|(name, _)| *name == room).map(|(_, level)| *level);
    let mut broken = Vec::new();
    for file in source::rust("src").iter().filter(|file| file.room() != "lib") {
        // The door of the binary stands above everything.
        let own = if file.room() == "main" { Some(u8::MAX) } else { level(file.room()) };
        for import in file.imports() {
            match (own, level(&import)) {
                _ if import == file.room() => {}
                (Some(own), Some(other)) if other < own => {}
                (None, _) => broken.push(format!("{}: give its room a level", file.path)),
                (_, None) => broken.push(format!("{}: `{import}` has no level", file.path)),
                _ => broken.push(format!("{}: imports `{import}`", file.path)),
            }
        }
    }
    nothing_is(&broken);
}

#[test]
fn every_room_has_a_level() {
    let levels: BTreeSet<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let files = source::rust("src");
    let rooms: BTreeSet<&str> =
        files.iter().map(SourceFile::room).filter(|room| !["lib", "main"].contains(room)).collect();
    assert_eq!(rooms, levels, "rooms of `src` on the left, LEVELS on the right");
}

#[test]
fn functions_fit_on_a_page() {
    let mut broken = Vec::new();
    for file in source::rust("src").iter().chain(&source::rust("tests")) {
        for (name, lines) in file.functions().into_iter().filter(|f| f.1 > LONGEST_FUNCTION) {
            broken.push(format!("{}: `{name}` has {lines} lines", file.path));
        }
    }
    nothing_is(&broken);
}

#[test]
fn files_are_short_or_say_why_not() {
    let mut broken = Vec::new();
    for file in source::ours() {
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE && file.is_code() && !file.header().contains(EXCUSE) {
            broken.push(format!("{}: {lines} lines, no \"{EXCUSE}\" in its header", file.path));
        }
    }
    nothing_is(&broken);
}

#[test]
fn lines_are_narrow() {
    let mut broken = Vec::new();
    for file in source::rust("src").iter().chain(&source::rust("tests")) {
        for (number, line) in file.text.lines().enumerate() {
            if line.chars().count() > WIDEST_LINE {
                broken.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    nothing_is(&broken);
}

#[test]
fn every_module_begins_with_its_four_line_header() {
    let mut broken = Vec::new();
    for file in source::rust("src") {
        let exempt = ["lib", "main"].contains(&file.room()) || file.code.trim().is_empty();
        if !exempt && !has_header(file.header()) {
            broken.push(file.path);
        }
    }
    nothing_is(&broken);
}

/// A sentence with its subject before a colon, then the three facts in their order.
fn has_header(header: &str) -> bool {
    let mut lines = header.lines();
    let named = lines.next().is_some_and(|line| line.starts_with("//! ") && line.contains(": "));
    named && HEADER.iter().all(|fact| lines.any(|line| line.starts_with(fact)))
}

#[test]
fn no_module_hides_behind_a_nameless_name() {
    let mut broken = Vec::new();
    for file in source::rust("src").iter().chain(&source::rust("tests")) {
        let stem = file.path.trim_end_matches(".rs");
        let inner = file.modules();
        let mut names = stem.split('/').chain(inner.iter().map(String::as_str));
        if let Some(name) = names.find(|name| NAMELESS.contains(name)) {
            broken.push(format!("{}: `{name}`", file.path));
        }
    }
    nothing_is(&broken);
}

#[test]
fn only_the_door_prints_exits_or_looks_around() {
    let mut broken = Vec::new();
    for file in source::rust("src") {
        for (pattern, allowed) in BANNED.iter().filter(|ban| !file.is_under(ban.1)) {
            for line in file.lines_with(pattern) {
                broken.push(format!("{}:{line}: `{pattern}` (allowed: {allowed:?})", file.path));
            }
        }
    }
    nothing_is(&broken);
}

#[test]
fn floats_stay_where_they_are_allowed() {
    let mut broken = Vec::new();
    for file in source::rust("src").iter().filter(|file| !file.is_under(FLOATS)) {
        for line in file.lines_with("f64") {
            broken.push(format!("{}:{line}", file.path));
        }
    }
    nothing_is(&broken);
}

#[test]
fn silent_casts_are_counted() {
    let mut broken = Vec::new();
    for file in source::rust("src") {
        let earned = EARNED_CASTS.iter().find(|(path, _)| *path == file.path).map_or(0, |e| e.1);
        let found: usize = CASTS.iter().map(|cast| file.lines_with(cast).len()).sum();
        if found != earned {
            broken.push(format!("(\"{}\", {found}), not {earned}", file.path));
        }
    }
    nothing_is(&broken);
}

#[test]
fn no_test_file_is_forgotten() {
    let files = source::rust("tests");
    let listed: BTreeSet<String> = files
        .iter()
        .flat_map(|file| file.modules().into_iter().map(|name| file.folder_of_children() + &name))
        .collect();
    let broken: Vec<String> = files
        .iter()
        .map(|file| file.path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned())
        .filter(|module| module != "tests/main" && !listed.contains(module))
        .collect();
    nothing_is(&broken);
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    // In halves, so that this file is not the first to break the rule.
    let machine =
        [["/wo", "rk/"], ["/ro", "ot/"], ["/tm", "p/"], ["/ho", "me/"]].map(|h| h.concat());
    let mut broken = Vec::new();
    for file in source::ours() {
        for (number, line) in file.text.lines().enumerate() {
            if machine.iter().any(|path| line.contains(path)) {
                broken.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    nothing_is(&broken);
}

#[test]
fn the_rules_have_something_to_read() {
    assert!(source::rust("src").len() > LEVELS.len());
    assert!(source::ours().iter().any(|file| file.path == "tests/run"));
}

#[track_caller]
fn nothing_is(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}
