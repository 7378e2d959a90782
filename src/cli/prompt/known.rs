//! Known: what Tab can offer at one moment of a sitting.
//!
//! In:    the source, what is set, the queries; what a column holds, read when it is first wanted.
//! Out:   names of queries, values of columns.
//! Never: reads a slow bill twice for a key that somebody pressed.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::model::dimension::Dimension;
use crate::pipeline::{self, Asked, Source, Sql};
use crate::query::Statement;
use crate::render::escape::terminal_text;
use crate::report::Report;
use crate::report::query::Settings;
use crate::report::table::Cell;

/// Nobody looks through more than these.
const MOST_VALUES: usize = 500;
/// Whoever waits longer for Tab has forgotten what was wanted.
const PATIENCE: Duration = Duration::from_secs(2);

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// As SQL compares it.
    pub(super) full: String,
    /// As people say it.
    pub(super) short: String,
}

/// What can be offered.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Names and questions of queries.
    pub(super) queries: Vec<(String, String)>,
    /// What is read when values are wanted.
    bill: Option<(Source, Asked)>,
    /// Every value of a table's column, the most expensive first.
    read: HashMap<(&'static str, String), Vec<Value>>,
    /// Values of columns that were in an answer.
    seen: HashMap<String, Vec<Value>>,
    is_slow: bool,
}

impl Known {
    /// Takes over what a sitting has set and found since.
    pub(super) fn follow(&mut self, session: &Session) {
        let told = session.queries.iter().map(|of| (of.name.clone(), of.question.clone()));
        self.queries = told.collect();
        if self.bill.as_ref().is_none_or(|(_, asked)| *asked != session.asked) {
            self.read.clear();
            self.seen.clear();
            self.bill = Some((session.source.clone(), session.asked.clone()));
        }
        if let Some(last) = &session.last {
            self.learn(&last.report);
        }
    }

    fn learn(&mut self, report: &Report) {
        for table in report.sections.iter().map(|section| &section.table) {
            for (at, column) in table.columns.iter().enumerate() {
                let found = values(table.rows.iter().filter_map(|row| row.cells.get(at)));
                if !found.is_empty() {
                    self.seen.insert(column.key.clone(), found);
                }
            }
        }
    }

    /// The values of a column: all of them, or those that were seen where reading takes long.
    pub(super) fn values(&mut self, table: &'static str, column: &str) -> &[Value] {
        let key = (table, column.to_owned());
        if !self.is_slow && !self.read.contains_key(&key) {
            let begun = Instant::now();
            let found = self.ask(table, column);
            self.is_slow = begun.elapsed() > PATIENCE;
            self.read.insert(key.clone(), found);
        }
        self.read.get(&key).or_else(|| self.seen.get(column)).map_or(&[], Vec::as_slice)
    }

    /// Nothing when it cannot be answered: the statement itself will say why.
    fn ask(&self, table: &str, column: &str) -> Vec<Value> {
        let Some((source, asked)) = &self.bill else { return Vec::new() };
        let name = column.replace('"', "\"\"");
        let weight = match table {
            "charges" => "cost",
            _ => "amount",
        };
        let sql = format!(
            "SELECT \"{name}\", SUM({weight}) AS weight FROM {table} GROUP BY \"{name}\" \
             ORDER BY weight DESC LIMIT {MOST_VALUES}"
        );
        let answer = || {
            let statement = Statement::read(&sql).ok()?;
            pipeline::query(source, &Sql::Typed(&statement), asked, Settings::default()).ok()
        };
        let report = catch_unwind(AssertUnwindSafe(answer)).ok().flatten();
        let tables = report.iter().flat_map(|report| &report.sections);
        let rows = tables.flat_map(|section| &section.table.rows);
        // The weight stands behind the column, and with two currencies theirs before it.
        values(rows.filter_map(|row| row.cells.iter().nth_back(1)))
    }

    /// For tests: what reading would have found.
    #[cfg(test)]
    pub(super) fn with(mut self, table: &'static str, column: &str, found: &[&str]) -> Self {
        let cells: Vec<Cell> = found.iter().map(|text| Cell::text(*text)).collect();
        self.read.insert((table, column.to_owned()), values(cells.iter()));
        self
    }
}

/// The distinct words among cells. A word with hidden characters is left out: typed into the line
/// it would drive the terminal, and made visible it would be another word.
fn values<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for cell in cells {
        let Cell::Text { full, short } = cell else { continue };
        if terminal_text(full) == **full && known.insert(full.clone()) {
            found.push(Value { full: full.to_string(), short: short.to_string() });
        }
    }
    found
}

/// Whether a column holds words that may be compared.
pub(super) fn holds_words(column: &str) -> bool {
    let is_dimension = Dimension::parse(column).is_some_and(|of| of.key() == column);
    is_dimension || ["standing", "split", "method", "why_kept"].contains(&column)
}
