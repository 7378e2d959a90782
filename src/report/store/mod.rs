//! Store: what is in the store and what was done to it, as reports.
//!
//! In:    versions and closings; what a command checked, stored or removed.
//! Out:   [`Report`]s: `status`, `ingest`, `verify`, `gc`.
//! Never: opens the store; `pipeline` brings what is in it.

pub mod collection;
pub mod ingestion;
pub mod status;
pub mod verification;

use std::path::Path;

use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Caption, Fact, Report, Section};
use crate::diagnostic::Finding;
use crate::model::period::BillingPeriod;
use crate::model::phrase::Phrase;
use crate::model::stored::{SegmentKind, Version, VersionId};

/// What is said of a store: where it is, which months, some tables.
fn about(
    title: impl Into<Phrase>,
    folder: &Path,
    mut months: Vec<BillingPeriod>,
    sections: Vec<Section>,
) -> Report {
    months.sort_unstable();
    months.dedup();
    let place = Fact {
        key: "store",
        heading: "Store".into(),
        shown: Cell::text(folder.display().to_string()),
    };
    Report {
        title: title.into(),
        caption: Caption {
            periods: months.iter().map(ToString::to_string).collect(),
            ..Caption::default()
        },
        subject: vec![place],
        sections,
        ..Report::default()
    }
}

fn section(heading: Option<Phrase>, table: Table) -> Section {
    Section { heading, table, charts: Vec::new() }
}

fn data(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Data, currency: None, cells }
}

fn month(period: BillingPeriod) -> Cell {
    Cell::text(period.to_string())
}

fn word(text: Option<&str>) -> Cell {
    text.map_or(Cell::Nothing, Cell::text)
}

/// A version's number; the catalogue begins at 1.
fn number(version: VersionId) -> Cell {
    Cell::Count(u64::try_from(version.0).unwrap_or_default())
}

fn count(number: usize) -> Cell {
    Cell::Count(u64::try_from(number).unwrap_or(u64::MAX))
}

/// The bytes of the files that a version was read from.
fn source_bytes(version: &Version) -> u64 {
    version.facts.files.iter().map(|file| file.stamp.bytes).sum()
}

/// Its charges, each counted once: thinner segments hold the same money again.
fn charges(version: &Version) -> u64 {
    version.segments_of(SegmentKind::Charges).map(|segment| segment.rows).sum()
}

fn refused_rows(version: &Version) -> u64 {
    version.facts.files.iter().map(|file| file.refused_rows).sum()
}

/// Columns that `status` and `ingest` share: what was read, and what that became.
fn size_columns() -> Vec<Column> {
    vec![
        Column::new("source_rows", "Rows", ColumnKind::Count),
        Column::new("refused_rows", "Refused", ColumnKind::Count).seen(Place::DataAndWide),
        Column::new("files", "Files", ColumnKind::Count).giving_way(2),
        Column::new("charges", "Charges", ColumnKind::Count).seen(Place::DataAndWide),
        Column::new("source_bytes", "Source", ColumnKind::Bytes),
        Column::new("stored_bytes", "Stored", ColumnKind::Bytes),
        Column::new("stored_share", "Ratio", ColumnKind::Percent).seen(Place::Screen).giving_way(4),
    ]
}

fn sizes(versions: &[&Version]) -> Vec<Cell> {
    let sum = |of: fn(&Version) -> u64| versions.iter().map(|version| of(version)).sum::<u64>();
    let (source, stored) = (sum(source_bytes), sum(Version::stored_bytes));
    vec![
        Cell::Count(sum(Version::source_rows)),
        Cell::Count(sum(refused_rows)),
        count(versions.iter().map(|version| version.facts.files.len()).sum()),
        Cell::Count(sum(charges)),
        Cell::Bytes(source),
        Cell::Bytes(stored),
        Cell::Ratio { part: stored, whole: source },
    ]
}

/// What was odd about deliveries, each with its month in front.
fn oddities<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<Finding> {
    let of = |version: &Version| {
        let period = version.facts.period;
        let told = version.facts.oddities.findings.iter();
        told.map(move |(code, told)| Finding::new(code.clone(), format!("{period}: {told}")))
            .collect::<Vec<_>>()
    };
    versions.flat_map(of).collect()
}

/// Files of a writer that was stopped, and what becomes of them.
fn leftovers(files: &[String], fate: &str) -> Option<Finding> {
    let first = files.first()?;
    let which = match files.len() - 1 {
        0 => format!("`{first}`"),
        more => format!("`{first}`, one of {},", more + 1),
    };
    let message = format!("{which} was left by a writer that was stopped: {fate}");
    Some(Finding::new("leftovers", message))
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
