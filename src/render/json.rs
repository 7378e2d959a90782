//! JSON: the contract for machines, version 1.
//!
//! In:    a report.
//! Out:   one object, or one per row; money and quantities are strings of digits, counts numbers.
//! Never: rounds, folds, shortens a name or escapes beyond what JSON needs.
//!
//! ```text
//! schema_version  1; a later version may add keys, never change or drop one
//! period          "2026-10", "2026-09..2026-10", "2026-04,2026-06..2026-07"; null without months
//! provisional     ["2026-10"]: months that AWS may still change; left out when there are none
//! metric          "amortized"
//! currency        "USD"; null when there are several, then every row names its own
//! columns         the keys of every row, in order
//! rows            every row; null is "none"; `standing` tells why an owner is null
//! totals          {"cost": "..."}; with several currencies a list of {"currency", "cost", ...}
//! reconciliation  rows in, rows refused, money in less money out (with several currencies an
//!                 object of currency to difference)
//! findings        [{"code", "message"}]
//! ```
//!
//! A report of several tables has `sections` of `heading`, `columns`, `rows` and `totals` in place
//! of the last three; a statement has them beside its rows. A report about somebody has a
//! `subject`, an object of words (a tenant's `tenant`, `name`, `cost_center`, ...).

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{RenderError, words};
use crate::diagnostic::Finding;
use crate::model::answer::Books;
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::report::table::{Cell, Column, ColumnKind, Row, Table};
use crate::report::{Fact, Report, Section};

const SCHEMA_VERSION: u8 = 1;

/// Writes every row of a table as an object of its own line.
pub(super) fn lines(table: &Table) -> Result<Vec<u8>, RenderError> {
    let mut lines = Vec::new();
    for row in &table.rows {
        let row = RowView { columns: &table.columns, row, whole: Whole::Row };
        serde_json::to_writer(&mut lines, &row)
            .map_err(|error| RenderError::Json { reason: error.to_string() })?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Writes a report as indented JSON.
pub(super) fn write(report: &Report) -> Result<Vec<u8>, RenderError> {
    let mut json = serde_json::to_vec_pretty(&Document(report))
        .map_err(|error| RenderError::Json { reason: error.to_string() })?;
    json.push(b'\n');
    Ok(json)
}

struct Document<'a>(&'a Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Report { caption, subject, sections, data, books, findings, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        map.serialize_entry("period", &words::periods(&caption.periods))?;
        if !caption.provisional.is_empty() {
            map.serialize_entry("provisional", &caption.provisional)?;
        }
        map.serialize_entry("metric", &caption.metric.map(CostMetric::name))?;
        let currency = match caption.currencies.as_slice() {
            [only] => Some(&only.0),
            _ => None,
        };
        map.serialize_entry("currency", &currency)?;
        if !subject.is_empty() {
            map.serialize_entry("subject", &Subject(subject))?;
        }
        if let Some(table) = data {
            serialize_table(&mut map, table)?;
        }
        if let (None, [section]) = (data, sections.as_slice()) {
            serialize_table(&mut map, &section.table)?;
        } else if data.is_none() || !sections.is_empty() {
            let sections: Vec<_> = sections.iter().map(SectionView).collect();
            map.serialize_entry("sections", &sections)?;
        }
        if let Some(books) = books {
            map.serialize_entry("reconciliation", &Reconciliation(books))?;
        }
        let findings: Vec<_> = findings.iter().map(FindingView).collect();
        map.serialize_entry("findings", &findings)?;
        map.end()
    }
}

struct Subject<'a>(&'a [Fact]);

impl Serialize for Subject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for fact in self.0 {
            map.serialize_entry(fact.key, &CellView(&fact.shown))?;
        }
        map.end()
    }
}

struct SectionView<'a>(&'a Section);

impl Serialize for SectionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("heading", &self.0.heading.as_deref())?;
        serialize_table(&mut map, &self.0.table)?;
        map.end()
    }
}

fn serialize_table<M: SerializeMap>(map: &mut M, table: &Table) -> Result<(), M::Error> {
    let keys: Vec<&str> =
        table.columns.iter().filter(|column| column.in_data()).map(|c| c.key.as_str()).collect();
    map.serialize_entry("columns", &keys)?;
    let row = |row| RowView { columns: &table.columns, row, whole: Whole::Row };
    map.serialize_entry("rows", &table.rows.iter().map(row).collect::<Vec<_>>())?;
    let total = |row| RowView { columns: &table.columns, row, whole: Whole::Total };
    match table.totals.as_slice() {
        [] => map.serialize_entry("totals", &BTreeMap::<&str, &str>::new()),
        [only] => map.serialize_entry("totals", &total(only)),
        several => {
            let several: Vec<_> = several.iter().map(|row| WithCurrency(total(row))).collect();
            map.serialize_entry("totals", &several)
        }
    }
}

/// Whether a row is told with its keys or only with its sums.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Row,
    Total,
}

struct RowView<'a> {
    columns: &'a [Column],
    row: &'a Row,
    whole: Whole,
}

impl RowView<'_> {
    fn serialize_cells<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (column, cell) in self.columns.iter().zip(&self.row.cells) {
            let summed = matches!(
                column.kind,
                ColumnKind::Money | ColumnKind::Quantity | ColumnKind::Count | ColumnKind::Bytes
            );
            if column.in_data() && (summed || self.whole == Whole::Row) {
                map.serialize_entry(&column.key, &CellView(cell))?;
            }
        }
        Ok(())
    }
}

impl Serialize for RowView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_cells(&mut map)?;
        map.end()
    }
}

struct WithCurrency<'a>(RowView<'a>);

impl Serialize for WithCurrency<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("currency", &self.0.row.currency.as_ref().map(|code| &code.0))?;
        self.0.serialize_cells(&mut map)?;
        map.end()
    }
}

struct CellView<'a>(&'a Cell);

impl Serialize for CellView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. } => {
                serializer.serialize_none()
            }
            Cell::Text { full, .. } => serializer.serialize_str(full),
            Cell::Money(money) | Cell::Booked { exact: money, .. } => serializer.collect_str(money),
            Cell::Quantity(quantity) => serializer.collect_str(quantity),
            Cell::Count(count) | Cell::Bytes(count) | Cell::Ratio { part: count, .. } => {
                serializer.serialize_u64(*count)
            }
            // A share has no column in data; should one get here, its part is exact.
            Cell::Share { part, .. } => serializer.collect_str(part),
        }
    }
}

struct Reconciliation<'a>(&'a Books);

impl Serialize for Reconciliation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("source_rows", &self.0.source_rows)?;
        map.serialize_entry("refused_rows", &self.0.refused_rows)?;
        let text = |money: Option<Money>| money.map(|money| money.to_string());
        match self.0.currencies.as_slice() {
            [] => map.serialize_entry("difference", "0")?,
            [only] => map.serialize_entry("difference", &text(words::difference(only)))?,
            several => {
                let named = several
                    .iter()
                    .map(|entry| (entry.currency.as_str(), text(words::difference(entry))));
                map.serialize_entry("difference", &named.collect::<BTreeMap<_, _>>())?;
            }
        }
        map.end()
    }
}

struct FindingView<'a>(&'a Finding);

impl Serialize for FindingView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("code", &self.0.code)?;
        map.serialize_entry("message", &self.0.message)?;
        map.end()
    }
}
