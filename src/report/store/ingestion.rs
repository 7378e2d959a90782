//! Ingestion: what `ingest` did with each month.
//!
//! In:    [`Ingested`] versions.
//! Out:   a [`Report`]: a row per month, and what the months hold per currency.
//! Never: says anything is stored that is not on disk.

use std::path::Path;

use super::{about, data, month, number, oddities, section, size_columns, sizes};
use crate::diagnostic::Finding;
use crate::model::metric::CostMetric;
use crate::model::stored::{PeriodTotal, Version, VersionId};
use crate::report::Report;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

/// A month after an `ingest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The version that is newest now.
    pub version: Version,
    /// Whether it is there because of this `ingest`.
    pub outcome: Outcome,
}

/// What became of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there before.
    New,
    /// It was, in this version, which is kept.
    Replaced(VersionId),
    /// Nothing new was delivered; nothing was read, save to see that.
    Unchanged,
}

impl Outcome {
    /// The word for data.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Replaced(_) => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Composes the report of `ingest`, with findings beside those of the deliveries.
pub fn compose(folder: &Path, ingested: &[Ingested], findings: Vec<Finding>) -> Report {
    let months = ingested.iter().map(|one| one.version.facts.period).collect();
    let sections = vec![
        section(Some("Months".into()), periods(ingested)),
        section(Some("What they hold".into()), holdings(ingested)),
    ];
    let mut report = about("Ingested", folder, months, sections);
    let fresh = ingested.iter().filter(|one| one.outcome != Outcome::Unchanged);
    report.findings = oddities(fresh.map(|one| &one.version));
    report.findings.extend(findings);
    report
}

fn periods(ingested: &[Ingested]) -> Table {
    let mut columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("outcome", "Outcome", ColumnKind::Text),
        Column::new("version", "Version", ColumnKind::Count),
        Column::new("replaced_version", "Before", ColumnKind::Count),
    ];
    columns.extend(size_columns());
    let row = |one: &Ingested| {
        let before = match one.outcome {
            Outcome::Replaced(before) => number(before),
            Outcome::New | Outcome::Unchanged => Cell::Nothing,
        };
        let period = month(one.version.facts.period);
        let mut cells =
            vec![period, Cell::text(one.outcome.name()), number(one.version.id), before];
        cells.extend(sizes(&[&one.version]));
        data(cells)
    };
    Table { columns, rows: ingested.iter().map(row).collect(), ..Table::default() }
}

fn holdings(ingested: &[Ingested]) -> Table {
    let mut columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("line_items", "Rows", ColumnKind::Count),
        Column::new("usage_hours", "Hours", ColumnKind::Quantity),
    ];
    columns.extend(CostMetric::ALL.iter().map(|metric| {
        let key = format!("{}_cost", metric.name());
        Column::new(key, metric.name().replace('_', " "), ColumnKind::Money)
    }));
    let row = |one: &Ingested, total: &PeriodTotal| {
        let mut cells = vec![
            month(one.version.facts.period),
            Cell::text(total.currency.to_string()),
            Cell::Count(total.line_items),
            Cell::Quantity(total.usage_hours),
        ];
        cells.extend(total.costs.map(Cell::Money));
        Row { kind: RowKind::Data, currency: Some(total.currency.clone()), cells }
    };
    let rows = ingested
        .iter()
        .flat_map(|one| one.version.facts.totals.iter().map(move |total| row(one, total)));
    Table { columns, rows: rows.collect(), ..Table::default() }
}
