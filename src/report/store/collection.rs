//! Collection: what `gc` removed, what stays, and why.
//!
//! In:    [`Collection`].
//! Out:   a [`Report`]: a row per version.
//! Never: decides what may go; `store` does.

use std::path::PathBuf;

use super::{about, data, leftovers, month, number, section};
use crate::diagnostic::Finding;
use crate::model::period::BillingPeriod;
use crate::model::stored::VersionId;
use crate::report::Report;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

/// What was, or would be, removed, and what stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collection {
    /// Where the store is.
    pub folder: PathBuf,
    /// Whether it was only tried.
    pub trial: Trial,
    /// Every version, by period.
    pub versions: Vec<Fate>,
    /// Files of a writer that was stopped, which are gone: paths below the store.
    pub leftovers: Vec<String>,
    /// Whether somebody was reading, so that no version could be removed.
    pub readers: Readers,
}

/// Whether something was done or only said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trial {
    /// Done.
    #[default]
    Done,
    /// Only said.
    DryRun,
}

/// Whether somebody was reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readers {
    /// Nobody.
    #[default]
    None,
    /// Somebody: files stay until the next time.
    Some,
}

/// What becomes of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Its period.
    pub period: BillingPeriod,
    /// Its number.
    pub version: VersionId,
    /// The bytes of its segments.
    pub bytes: u64,
    /// Why it stays; `None` when it goes.
    pub kept: Option<String>,
}

/// Composes the report of `gc`.
pub fn compose(collection: &Collection) -> Report {
    let goes = |fate: &&Fate| fate.kept.is_none();
    let freed: u64 = collection.versions.iter().filter(goes).map(|fate| fate.bytes).sum();
    let gone = match (collection.trial, collection.readers) {
        (Trial::DryRun, _) | (Trial::Done, Readers::Some) => "to remove",
        (Trial::Done, Readers::None) => "removed",
    };
    let columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("version", "Version", ColumnKind::Count),
        Column::new("stored_bytes", "Bytes", ColumnKind::Bytes),
        Column::new("fate", "Fate", ColumnKind::Text),
        Column::new("reason", "Why", ColumnKind::Text),
    ];
    let row = |fate: &Fate| {
        let (word_for, why) = match &fate.kept {
            Some(why) => ("kept", why.as_str()),
            None => (gone, "nothing needs it"),
        };
        data(vec![
            month(fate.period),
            number(fate.version),
            Cell::Bytes(fate.bytes),
            Cell::text(word_for),
            Cell::text(why),
        ])
    };
    let rows = collection.versions.iter().map(row).collect();
    let mut cells = vec![Cell::Blank; columns.len()];
    cells[0] = Cell::Label(gone.into());
    cells[2] = Cell::Bytes(freed);
    let totals = vec![Row { kind: RowKind::Total, currency: None, cells }];
    let table = Table { columns, rows, totals, folded: None };
    let months = collection.versions.iter().map(|fate| fate.period).collect();
    let title = "What the store no longer needs";
    let mut report = about(title, &collection.folder, months, vec![section(None, table)]);
    report.findings.extend(leftovers(&collection.leftovers, "it is gone"));
    if collection.readers == Readers::Some {
        let message = "somebody reads the store, so no version was removed; run `curtail gc` again";
        report.findings.push(Finding::new("readers", message));
    }
    report
}
