//! Focus: charges in the columns of FOCUS 1.2.
//!
//! In:    charges of a day with their costs, the trail of moves, books and findings.
//! Out:   a [`Report`] of one table: every column of the specification, then ours as `x_`.
//! Never: makes up what the bill does not tell; such cells stay null.

mod columns;
mod line;

use super::table::{Cell, Column, Row, RowKind, Table};
use super::{Caption, Owners, Report, Section};
use columns::COLUMNS;
use line::Line;

use crate::diagnostic::Finding;
use crate::model::answer::{Books, Provenance};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::model::trail::Trail;

/// `BilledCost`; plain unblended on lines that have no net cost.
pub const BILLED: CostMetric = CostMetric::NetUnblended;
/// `EffectiveCost`, the one cost that rules move.
pub const EFFECTIVE: CostMetric = CostMetric::NetAmortized;
/// `ListCost`, where a charge has a public price.
pub const LIST: CostMetric = CostMetric::List;

/// The charges of a run.
#[derive(Debug, Clone)]
pub struct Found {
    /// A row per charge; the three costs and hours.
    pub charges: Frame,
    /// What tells charges apart.
    pub dimensions: Vec<Dimension>,
    /// Every move of shared cost.
    pub trail: Trail,
    /// The proof that nothing was lost.
    pub books: Books,
    /// Where the charges come from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// Composes the data set.
pub fn compose(found: &Found) -> Report {
    let columns = COLUMNS.iter().map(|(name, cells)| {
        // The names are the specification's in every language.
        Column::new(*name, (*name).to_owned(), cells.kind())
    });
    let lines = (0..found.charges.height()).flat_map(|at| Line::parts(found, at));
    let mut rows: Vec<Row> = lines.map(|line| row(&line)).collect();
    rows.sort_by_cached_key(|row| row.cells.iter().map(order).collect::<Vec<String>>());
    let table = Table { columns: columns.collect(), rows, ..Table::default() };
    let mut currencies: Vec<Currency> =
        found.books.currencies.iter().map(|of| of.currency.clone()).collect();
    currencies.sort();
    let caption = Caption {
        periods: found.provenance.periods.clone(),
        days: found.provenance.days.clone(),
        metric: Some(EFFECTIVE),
        currencies,
        filters: found.provenance.filters.clone(),
        source_rows: Some(found.books.source_rows),
        owners: Owners::Asked,
        ..Caption::default()
    };
    Report {
        title: "Charges".to_owned().into(),
        caption,
        sections: vec![Section { table, ..Section::default() }],
        books: Some(found.books.clone()),
        findings: found.findings.clone(),
        ..Report::default()
    }
}

/// Rows come in the order of their words; amounts do not matter.
fn order(cell: &Cell) -> String {
    match cell {
        Cell::Text { full, .. } => full.to_string(),
        _ => String::new(),
    }
}

fn row(line: &Line<'_>) -> Row {
    let currency = line.of(column::CURRENCY).map(|code| Currency(code.into()));
    let cells = COLUMNS.iter().map(|(_, cells)| cells.of(line)).collect();
    Row { kind: RowKind::Data, currency, cells }
}
