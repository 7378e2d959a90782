//! Names: what sheets and columns of a workbook are called.
//!
//! In:    headings and keys, which may hold words of the data.
//! Out:   names that a spreadsheet takes and tells apart, letter case aside.
//! Never: gives a name twice.

use std::collections::BTreeSet;

use crate::render::escape::cell_text;

/// Gives names, each once.
pub(super) struct Names {
    longest: usize,
    taken: BTreeSet<String>,
}

impl Names {
    /// Names of at most `longest` UTF-16 units, none of them one of these.
    pub(super) fn new(longest: usize, taken: &[&str]) -> Self {
        Self { longest, taken: taken.iter().map(|name| name.to_lowercase()).collect() }
    }

    /// The wanted name, or as much of it as leaves room for a number: `Statement 2`.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let mut name = cut(wanted, self.longest);
        let mut number = 1;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let suffix = format!(" {number}");
            name = cut(wanted, self.longest - suffix.len()) + &suffix;
        }
        name
    }
}

/// A heading without what a sheet's name may not hold.
pub(super) fn of_sheet(heading: &str) -> String {
    let shown = cell_text(heading).replace(['[', ']', ':', '*', '?', '/', '\\'], "-");
    let name = shown.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if name.is_empty() { "Table".to_owned() } else { name.to_owned() }
}

/// A heading as the name of a table's column, which stands in a cell and in an attribute.
///
/// A cell's text that looks like an escape, `_x0041_`, is escaped once more, an attribute's is not,
/// and a spreadsheet calls a file damaged in which the two differ.
pub(super) fn of_column(heading: &str) -> String {
    let mut name = cell_text(heading);
    while let Some(at) = name.match_indices("_x").map(|(at, _)| at).find(|at| {
        let digits = name.as_bytes().get(at + 2..at + 6);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            && name.as_bytes().get(at + 6) == Some(&b'_')
    }) {
        name.replace_range(at..=at, "-");
    }
    if name.trim().is_empty() { "Column".to_owned() } else { name }
}

fn cut(name: &str, longest: usize) -> String {
    if name.encode_utf16().count() <= longest {
        return name.to_owned();
    }
    let mut room = longest.saturating_sub(1);
    let mut kept = String::new();
    for c in name.chars() {
        let Some(left) = room.checked_sub(c.len_utf16()) else { break };
        room = left;
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_only_get_a_number() {
        let mut names = Names::new(12, &["Data"]);
        let told = ["Own cost", "own COST", "data", "Own cost by user", "Own cost by space"];
        let unique = told.map(|name| names.unique(name));
        assert_eq!(unique, ["Own cost", "own COST 2", "data 2", "Own cost by…", "Own cost… 2"]);
    }

    #[test]
    fn a_sheet_is_never_named_what_a_spreadsheet_refuses() {
        for (heading, name) in [
            ("Tie to the bill of 2026-10: x", "Tie to the bill of 2026-10- x"),
            ("'[a]*?/\\'", "-a-----"),
            (" ' ", "Table"),
            ("a\u{1b}b", "a-x1bb"),
        ] {
            assert_eq!(of_sheet(heading), name);
        }
        assert_eq!(Names::new(31, &[]).unique(&"😀".repeat(40)), "😀".repeat(15) + "…");
    }

    #[test]
    fn a_column_looks_like_no_escape() {
        assert_eq!(of_column("a_x001B_x0041_"), "a-x001B-x0041_");
        assert_eq!(of_column("my_xray"), "my_xray");
        assert_eq!(of_column(" "), "Column");
    }
}
