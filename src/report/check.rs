//! Check: what an export holds, misses and gets wrong, as a report.
//!
//! In:    what one pass over the export found.
//! Out:   a [`Report`] of several tables: delivery, line types, coverage by day, missing columns.
//! Never: decides what is odd; findings come from the rooms that saw it.

use std::collections::BTreeMap;

use super::table::{Cell, Column, ColumnKind, Row, RowKind, Table, sum_cells};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, Books, KeyText, Provenance, Standing};
use crate::model::money::{Currency, Money};

/// What one pass over an export found.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// One per billing period.
    pub periods: Vec<PeriodFacts>,
    /// By line item type, unblended.
    pub unblended: Answer,
    /// By line item type, amortized.
    pub amortized: Answer,
    /// By day and owner reason, amortized.
    pub coverage: Answer,
    /// What the rules do to the export; none without rules.
    pub rules: Vec<Section>,
    /// Columns that some file lacks.
    pub missing: Vec<MissingColumn>,
    /// The proof that nothing was lost.
    pub books: Books,
    /// Where the export is from.
    pub provenance: Provenance,
    /// Everything odd.
    pub findings: Vec<Finding>,
}

/// What was delivered for one billing period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodFacts {
    /// `2026-10`, `None` when no folder tells.
    pub period: Option<String>,
    /// Which kind of export.
    pub schema: String,
    /// Data files, zero-row chunks included.
    pub files: u64,
    /// Top-level columns, the union over files.
    pub columns: u64,
    /// Rows that the footers promise.
    pub rows: u64,
    /// The manifest's or folder's execution.
    pub execution: Option<String>,
    /// The manifest that chose the files.
    pub manifest: Option<String>,
}

/// A column of ours that some file lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumn {
    /// Its best spelling.
    pub column: String,
    /// How many files lack it.
    pub files: u64,
    /// What that turns off.
    pub consequence: String,
}

/// Composes the report of `check`.
///
/// # Errors
/// When a total leaves the range of 128-bit pico-units.
pub fn compose(inspection: Inspection) -> Result<Report, ReportError> {
    let mut sections = vec![
        section("Delivered", delivered(&inspection.periods)),
        section("Line item types", line_types(&inspection)?),
        section("Who made SageMaker's cost, by day (amortized)", coverage(&inspection.coverage)?),
    ];
    sections.extend(inspection.rules.iter().cloned());
    if !inspection.missing.is_empty() {
        sections.push(section("Columns that are not there", missing(&inspection.missing)));
    }
    sections.retain(|section| !section.table.rows.is_empty());
    let Inspection { books, provenance, findings, .. } = inspection;
    let caption = Caption {
        periods: provenance.periods,
        provisional: Vec::new(),
        days: provenance.days,
        metric: None,
        currencies: books.currencies.iter().map(|entry| entry.currency.clone()).collect(),
        filters: provenance.filters,
        source_rows: Some(books.source_rows),
        owners: Owners::Asked,
    };
    Ok(Report {
        title: "Check".into(),
        caption,
        sections,
        books: Some(books),
        findings,
        ..Report::default()
    })
}

fn section(heading: &'static str, table: Table) -> Section {
    Section { heading: Some(heading.into()), table, charts: Vec::new() }
}

fn data(currency: Option<Currency>, cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Data, currency, cells }
}

fn word(text: Option<&str>) -> Cell {
    text.map_or(Cell::Nothing, Cell::text)
}

fn delivered(periods: &[PeriodFacts]) -> Table {
    let columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("schema", "Schema", ColumnKind::Text),
        Column::new("files", "Files", ColumnKind::Count),
        Column::new("columns", "Columns", ColumnKind::Count),
        Column::new("rows", "Rows", ColumnKind::Count),
        Column::new("manifest", "Manifest", ColumnKind::Text),
        Column::new("execution", "Execution", ColumnKind::Text).giving_way(0),
    ];
    let row = |facts: &PeriodFacts| {
        let cells = vec![
            word(facts.period.as_deref()),
            Cell::text(facts.schema.clone()),
            Cell::Count(facts.files),
            Cell::Count(facts.columns),
            Cell::Count(facts.rows),
            word(facts.manifest.as_deref()),
            word(facts.execution.as_deref()),
        ];
        data(None, cells)
    };
    Table { columns, rows: periods.iter().map(row).collect(), ..Table::default() }
}

/// Rows of the two metrics meet by currency and type; both come from the same charges.
fn line_types(inspection: &Inspection) -> Result<Table, ReportError> {
    let columns = vec![
        Column::new("line_item_type", "Line item type", ColumnKind::Text),
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("line_items", "Rows", ColumnKind::Count),
        Column::new("unblended_cost", "Unblended", ColumnKind::Money),
        Column::new("amortized_cost", "Amortized", ColumnKind::Money),
    ];
    let mut by_type: BTreeMap<(&Currency, &KeyText), (u64, Money, Money)> = BTreeMap::new();
    for row in &inspection.unblended.rows {
        let entry = by_type.entry((&row.currency, &row.keys[0])).or_default();
        entry.0 += row.line_items;
        entry.1 = sum(&row.currency, [entry.1, row.cost])?;
    }
    for row in &inspection.amortized.rows {
        let entry = by_type.entry((&row.currency, &row.keys[0])).or_default();
        entry.2 = sum(&row.currency, [entry.2, row.cost])?;
    }
    let mut entries: Vec<_> = by_type.into_iter().collect();
    entries.sort_by(|(a, x), (b, y)| (a.0, y.0, &a.1).cmp(&(b.0, x.0, &b.1)));
    let row = |((currency, kind), (rows, unblended, amortized)): (_, (u64, Money, Money))| {
        let (currency, kind): (&Currency, &KeyText) = (currency, kind);
        let cells = vec![
            word(kind.as_deref()),
            Cell::text(currency.to_string()),
            Cell::Count(rows),
            Cell::Money(unblended),
            Cell::Money(amortized),
        ];
        data(Some(currency.clone()), cells)
    };
    with_totals(columns, entries.into_iter().map(row).collect())
}

/// Owner reasons, in order of precedence, and their headings.
const REASONS: &[(&str, &str)] = &[
    ("tag", "By tag"),
    ("space-owner", "By space"),
    ("resource-arn", "By ARN"),
    ("resource-history", "By history"),
    ("efs", "By EFS"),
    ("none", "Nobody"),
];
/// The first so many of them are lines that carry a tag.
const TAGGED: usize = 2;

fn coverage(answer: &Answer) -> Result<Table, ReportError> {
    let mut columns = vec![
        Column::new("usage_date", "Day", ColumnKind::Day),
        Column::new("currency", "Currency", ColumnKind::Text).giving_way(0),
        Column::new("cost", "Cost", ColumnKind::Money),
    ];
    columns.extend(REASONS.iter().map(|(reason, heading)| {
        Column::new(format!("cost_by_{}", reason.replace('-', "_")), *heading, ColumnKind::Money)
    }));
    columns.push(Column::new("tagged_share", "Tagged", ColumnKind::Share).giving_way(1));
    let mut by_day: BTreeMap<(&Currency, &KeyText), [Money; REASONS.len()]> = BTreeMap::new();
    let ours = answer.rows.iter().filter(|row| row.standing != Standing::OtherServices);
    for row in ours {
        let known = REASONS.iter().position(|(reason, _)| row.keys[1].as_deref() == Some(reason));
        let slot = known.unwrap_or(REASONS.len() - 1);
        let costs = by_day.entry((&row.currency, &row.keys[0])).or_default();
        costs[slot] = sum(&row.currency, [costs[slot], row.cost])?;
    }
    let mut rows = Vec::with_capacity(by_day.len());
    for ((currency, day), costs) in by_day {
        let whole = sum(currency, costs)?;
        let mut cells = vec![word(day.as_deref()), Cell::text(currency.to_string())];
        cells.push(Cell::Money(whole));
        cells.extend(costs.map(Cell::Money));
        cells.push(Cell::Share { part: sum(currency, costs[..TAGGED].to_vec())?, whole });
        rows.push(data(Some(currency.clone()), cells));
    }
    let mut table = with_totals(columns, rows)?;
    for total in &mut table.totals {
        // A sum of shares of different wholes is none; the total has its own.
        let amounts = total.cells.iter().filter_map(|cell| match cell {
            Cell::Money(amount) => Some(*amount),
            _ => None,
        });
        let amounts: Vec<Money> = amounts.take(1 + TAGGED).collect();
        if let ([whole, tagged @ ..], Some(share)) = (amounts.as_slice(), total.cells.last_mut()) {
            let part = Money::checked_sum(tagged.iter().copied()).unwrap_or_default();
            *share = Cell::Share { part, whole: *whole };
        }
    }
    Ok(table)
}

fn missing(columns: &[MissingColumn]) -> Table {
    let headings = vec![
        Column::new("column", "Column", ColumnKind::Text),
        Column::new("files", "Files", ColumnKind::Count),
        Column::new("consequence", "What that turns off", ColumnKind::Text),
    ];
    let row = |missing: &MissingColumn| {
        let cells = vec![
            Cell::text(missing.column.clone()),
            Cell::Count(missing.files),
            Cell::text(missing.consequence.clone()),
        ];
        data(None, cells)
    };
    Table { columns: headings, rows: columns.iter().map(row).collect(), ..Table::default() }
}

/// One total per currency.
fn with_totals(columns: Vec<Column>, rows: Vec<Row>) -> Result<Table, ReportError> {
    let mut by_currency: BTreeMap<&Currency, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        if let Some(currency) = &row.currency {
            by_currency.entry(currency).or_default().push(row);
        }
    }
    let mut totals = Vec::new();
    for (currency, rows) in by_currency {
        let cells = sum_cells(&columns, &rows).ok_or_else(|| out_of_range(currency))?;
        let mut cells: Vec<Cell> = cells;
        cells[0] = Cell::Label("total".into());
        totals.push(Row { kind: RowKind::Total, currency: Some(currency.clone()), cells });
    }
    Ok(Table { columns, rows, totals, ..Table::default() })
}

fn sum(
    currency: &Currency,
    amounts: impl IntoIterator<Item = Money>,
) -> Result<Money, ReportError> {
    Money::checked_sum(amounts).ok_or_else(|| out_of_range(currency))
}

fn out_of_range(currency: &Currency) -> ReportError {
    ReportError::TotalOutOfRange { currency: currency.to_string() }
}
