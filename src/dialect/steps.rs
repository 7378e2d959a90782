//! Steps: a statement as tables that follow from each other.
//!
//! In:    names and the `SELECT` of each.
//! Out:   `WITH` and what comes after it, indented.
//! Never: knows what a step is for.

use std::fmt::Write as _;

/// Tables in the order in which they follow, each known to those after it.
#[derive(Debug, Default)]
pub(super) struct Steps(Vec<(String, String)>);

impl Steps {
    /// Adds a table.
    pub(super) fn add(&mut self, name: &str, select: impl Into<String>) {
        self.0.push((name.to_owned(), select.into()));
    }

    /// The whole statement, which ends in `last`.
    pub(super) fn statement(&self, last: &str) -> String {
        let mut text = String::new();
        for (at, (name, select)) in self.0.iter().enumerate() {
            let before = if at == 0 { "WITH " } else { ",\n" };
            let _ = write!(text, "{before}{name} AS (\n{}\n)", indented(select));
        }
        format!("{text}\n{last}")
    }
}

/// One expression with its name, or many, one per line.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<String>);

impl Columns {
    /// Adds an expression under a name, which is written only where it says something.
    pub(super) fn add(&mut self, expression: &str, name: &str) {
        let is_said = expression == name;
        self.0.push(if is_said { name.to_owned() } else { format!("{expression} AS {name}") });
    }

    /// Adds an expression under a name that it may read in another sense.
    pub(super) fn add_own(&mut self, expression: &str, name: &str) {
        self.0.push(format!("{expression} AS {name}"));
    }

    /// `SELECT` of all of them.
    pub(super) fn select(&self) -> String {
        format!("SELECT\n{}", indented(&self.0.join(",\n")))
    }
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
