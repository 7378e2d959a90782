//! Held: rows of a map file, found by the ARN they speak of and the day on which they hold.
//!
//! In:    rows with an ARN and the days on which they hold.
//! Out:   [`Held`]: the row for an ARN on a day.
//! Never: finds anything by an empty ARN.

use rustc_hash::FxHashMap;

use crate::model::period::{Day, Days};

/// Rows by ARN. Resource ids and tags spell one ARN in different letter case, and so do people.
#[derive(Debug)]
pub(super) struct Held<'a, R> {
    by_arn: FxHashMap<String, Vec<Row<'a, R>>>,
}

#[derive(Debug)]
struct Row<'a, R> {
    arn: &'a str,
    during: Days,
    says: &'a R,
}

/// The rows for one ARN.
#[derive(Debug)]
pub(super) struct Holding<'h, 'a, R> {
    arn: &'h str,
    rows: &'h [Row<'a, R>],
}

impl<'a, R> Held<'a, R> {
    /// Rows with their ARN and their days, in the order of their file.
    pub(super) fn new(rows: impl Iterator<Item = (&'a str, Days, &'a R)>) -> Self {
        let mut held: FxHashMap<String, Vec<Row<'a, R>>> = FxHashMap::default();
        for (arn, during, row) in rows.filter(|(arn, ..)| !arn.is_empty()) {
            held.entry(arn.to_lowercase()).or_default().push(Row { arn, during, says: row });
        }
        Self { by_arn: held }
    }

    /// Whether some row holds on some days and not on others.
    pub(super) fn is_dated(&self) -> bool {
        self.by_arn.values().flatten().any(|row| row.during != Days::ALWAYS)
    }

    /// The rows for an ARN, whatever the day.
    pub(super) fn of<'h>(&'h self, arn: &'h str) -> Option<Holding<'h, 'a, R>> {
        self.by_arn.get(&arn.to_lowercase()).map(|rows| Holding { arn, rows })
    }
}

impl<'a, R> Holding<'_, 'a, R> {
    /// The row that holds on a day; one in the same letter case goes first.
    pub(super) fn on(&self, day: Option<Day>) -> Option<&'a R> {
        let holds = |row: &&Row<'a, R>| row.during.contains(day);
        let exact = self.rows.iter().filter(holds).find(|row| row.arn == self.arn);
        exact.or_else(|| self.rows.iter().find(holds)).map(|row| row.says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_by_its_whole_arn_on_its_days_and_never_by_nothing() {
        let day = Day::parse;
        let until = Days { from: None, to: day("2026-10-12") };
        let since = Days { from: day("2026-10-12"), to: None };
        let rows = [("", Days::ALWAYS), ("a/X", until), ("a/x", since), ("b/i-1", since)];
        let held = Held::new(rows.iter().map(|row| (row.0, row.1, row)));
        let found = |arn, on: &str| held.of(arn)?.on(day(on)).map(|row| row.0);
        assert_eq!(found("a/x", "2026-10-11"), Some("a/X"));
        assert_eq!(found("a/X", "2026-10-12"), Some("a/x"));
        assert_eq!(found("b/i-1", "2026-10-11"), None);
        assert_eq!(found("b/xi-1", "2026-10-12"), None);
        assert_eq!(found("", "2026-10-12"), None);
        assert!(held.of("b/i-1").is_some_and(|rows| rows.on(None).is_none()));
    }
}
