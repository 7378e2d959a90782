//! Query: what a statement found, as a report.
//!
//! In:    result sets by currency, what the query conserves, books, provenance and findings.
//! Out:   a [`Report`] of one table, and one chart per currency when one is wanted.
//! Never: reorders rows, or adds up a column of which nobody said that it may be.

use rustc_hash::FxHashMap;

use super::chart::{self, Bar, Chart, Label, MOST_BARS, Shape};
use super::fold::fold;
use super::names::{Named, shorten};
use super::table::{Cell, Column, ColumnKind, Row, RowKind, Table, sum_cells};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Books, Provenance};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity, UNIT};
use crate::model::result_set::{Drawn, InCurrency, ResultColumn, ResultSet, TableSchema, Values};

/// What a run of a query knows.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was asked, as a person would; `None` for SQL that somebody typed.
    pub title: Option<String>,
    /// Columns that add up to the charges.
    pub conserves: Vec<String>,
    /// How it is drawn.
    pub chart: Option<Drawn>,
    /// The rows, by currency.
    pub results: Vec<InCurrency>,
    /// What `cost` means.
    pub metric: CostMetric,
    /// Whether the statement asks who made a charge.
    pub owners: Owners,
    /// The books of the charges that were read.
    pub books: Books,
    /// Where they come from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// How much of a result people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per currency; `None` shows all.
    pub limit: Option<usize>,
    /// A chart instead of the query's own.
    pub chart: Option<Drawn>,
}

/// Composes the report of a query.
///
/// # Errors
/// When a total leaves its range.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let currencies: Vec<Currency> = found.results.iter().map(|of| of.currency.clone()).collect();
    let tells = currencies.len() > 1;
    let mut table = Table { columns: columns(&found.results, tells), ..Table::default() };
    for InCurrency { currency, found } in &found.results {
        table.rows.extend(rows(found, currency, tells));
    }
    table.totals = totals(&table, &found.conserves, &currencies)?;
    let heading = shorten_table(&mut table, &found.conserves, settings.limit);
    let title = found.title.unwrap_or_else(|| "Query".to_owned());
    let charts = found.chart.map(|drawn| charts(&title, &table, drawn, &currencies));
    let caption = Caption {
        periods: found.provenance.periods,
        days: found.provenance.days,
        metric: Some(found.metric),
        currencies,
        filters: found.provenance.filters,
        source_rows: Some(found.books.source_rows),
        owners: found.owners,
    };
    let section = Section { heading, table, charts: charts.unwrap_or_default() };
    Ok(Report {
        title,
        caption,
        sections: vec![section],
        books: Some(found.books),
        findings: found.findings,
        ..Report::default()
    })
}

/// Names and what they stand for, as a report.
pub fn listed(queries: &[(&str, &str)]) -> Report {
    let columns = vec![
        Column::new("name", "Query", ColumnKind::Text),
        Column::new("question", "Answers", ColumnKind::Text),
    ];
    let row =
        |(name, question): &(&str, &str)| told(vec![Cell::text(*name), Cell::text(*question)]);
    let table = Table { columns, rows: queries.iter().map(row).collect(), ..Table::default() };
    let section = Section { table, ..Section::default() };
    Report { title: "Queries".to_owned(), sections: vec![section], ..Report::default() }
}

/// Tables and their columns, as a report.
pub fn schema(tables: &[TableSchema]) -> Report {
    let columns = [("column", "Column"), ("holds", "Holds")];
    let columns = columns.map(|(key, heading)| Column::new(key, heading, ColumnKind::Text));
    let section = |of: &TableSchema| {
        let row =
            |(name, holds): &(String, String)| told(vec![Cell::text(name), Cell::text(holds)]);
        let rows = of.columns.iter().map(row).collect();
        let table = Table { columns: columns.to_vec(), rows, ..Table::default() };
        let heading = Some(format!("{}: {}", of.table, of.holds));
        Section { heading, table, charts: Vec::new() }
    };
    let sections = tables.iter().map(section).collect();
    Report { title: "Tables".to_owned(), sections, ..Report::default() }
}

fn told(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Data, currency: None, cells }
}

/// The columns of the first result; all currencies have the same.
fn columns(results: &[InCurrency], tells_currency: bool) -> Vec<Column> {
    let Some(InCurrency { found, .. }) = results.first() else { return Vec::new() };
    let is_told = found.columns.iter().any(|column| column.name == "currency");
    let currency =
        (tells_currency && !is_told).then(|| Column::new("currency", "Currency", ColumnKind::Text));
    let mut columns: Vec<Column> = currency.into_iter().collect();
    columns.extend(found.columns.iter().map(column));
    // A narrow screen loses columns from the right; the first, and the first amount, stay.
    let stays = columns.iter().position(|column| column.kind == ColumnKind::Money);
    let last = columns.len();
    for (at, column) in columns.iter_mut().enumerate().skip(1) {
        let order = u8::try_from(last - at - 1).unwrap_or(u8::MAX);
        column.gives_way = Some(order).filter(|_| Some(at) != stays);
    }
    columns
}

fn column(column: &ResultColumn) -> Column {
    let name = column.name.as_str();
    let dimension = Dimension::parse(name).filter(|dimension| dimension.key() == name);
    let heading = dimension.map_or_else(|| spoken(name), |dimension| dimension.heading());
    Column::new(name, heading, kind(column))
}

/// `net_unblended_cost` as people read it.
fn spoken(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Names tell what numbers mean, as the schema's do.
fn kind(column: &ResultColumn) -> ColumnKind {
    let name = column.name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match &column.values {
        Values::Texts(_) if name == Dimension::Month.key() => ColumnKind::Date,
        Values::Texts(_) => ColumnKind::Text,
        Values::Days(_) => ColumnKind::Date,
        Values::Counts(_) => ColumnKind::Count,
        Values::Amounts(_) | Values::Numbers(_) if has(&["share"]) => ColumnKind::Share,
        Values::Amounts(_) | Values::Numbers(_) if has(&PARTS) => ColumnKind::Percent,
        Values::Amounts(_) | Values::Numbers(_) if has(&AMOUNTS) => ColumnKind::Money,
        Values::Amounts(_) if !has(&QUANTITIES) => ColumnKind::Money,
        Values::Amounts(_) | Values::Numbers(_) => ColumnKind::Quantity,
    }
}

/// Words of parts of one whole.
const PARTS: [&str; 4] = ["coverage", "utilization", "utilisation", "percent"];
/// Words of usage.
const QUANTITIES: [&str; 2] = ["hours", "quantity"];
/// Words of money.
const AMOUNTS: [&str; 5] = ["cost", "amount", "price", "budget", "saving"];

fn rows(found: &ResultSet, currency: &Currency, tells_currency: bool) -> Vec<Row> {
    let is_told = found.columns.iter().any(|column| column.name == "currency");
    let mut rows: Vec<Row> = (0..found.rows())
        .map(|_| Row { kind: RowKind::Data, currency: Some(currency.clone()), cells: Vec::new() })
        .collect();
    if tells_currency && !is_told {
        for row in &mut rows {
            row.cells.push(Cell::text(currency.to_string()));
        }
    }
    for column in &found.columns {
        let cells = cells(column, found);
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.cells.push(cell));
    }
    rows
}

fn cells(column: &ResultColumn, of: &ResultSet) -> Vec<Cell> {
    let kind = kind(column);
    let number = |pico: &Option<i128>| match (pico, kind) {
        (None, _) => Cell::Nothing,
        (Some(pico), ColumnKind::Share | ColumnKind::Percent) => {
            Cell::Share { part: Money(*pico), whole: Money(UNIT) }
        }
        (Some(pico), ColumnKind::Quantity) => Cell::Quantity(Quantity(*pico)),
        (Some(pico), _) => Cell::Money(Money(*pico)),
    };
    match &column.values {
        Values::Texts(texts) => words(column, texts, of),
        Values::Days(days) => {
            let cell = |day: &Option<String>| day.clone().map_or(Cell::Nothing, Cell::text);
            days.iter().map(cell).collect()
        }
        Values::Counts(counts) => {
            counts.iter().map(|count| count.map_or(Cell::Nothing, Cell::Count)).collect()
        }
        Values::Amounts(amounts) | Values::Numbers(amounts) => amounts.iter().map(number).collect(),
    }
}

/// Words of the data; ARNs by the names that people say.
fn words(column: &ResultColumn, texts: &[Option<String>], of: &ResultSet) -> Vec<Cell> {
    let dimension = Dimension::parse(&column.name).filter(|of| of.key() == column.name);
    let domains = of.columns.iter().find_map(|other| match &other.values {
        Values::Texts(domains) if other.name == Dimension::Domain.key() => Some(domains),
        _ => None,
    });
    let is_inside = matches!(dimension, Some(Dimension::User | Dimension::Space));
    let domain = |row: usize| domains.filter(|_| is_inside)?.get(row)?.as_deref();
    let named: Vec<Option<Named>> = (0..)
        .zip(texts)
        .map(|(row, text)| text.as_deref().map(|text| (domain(row), text)))
        .collect();
    let of_names = dimension.as_ref().unwrap_or(&Dimension::Service);
    let shorter: FxHashMap<Named, String> = shorten(of_names, named.iter().copied().flatten());
    let cell = |named: &Option<Named>| match named {
        None => Cell::Nothing,
        Some(named) => {
            let full = named.1.to_owned();
            Cell::Text { short: shorter.get(named).cloned().unwrap_or_else(|| full.clone()), full }
        }
    };
    named.iter().map(cell).collect()
}

/// Sums of the columns that are the charges themselves.
fn totals(
    table: &Table,
    conserves: &[String],
    currencies: &[Currency],
) -> Result<Vec<Row>, ReportError> {
    let is_summed = |column: &Column| conserves.contains(&column.key);
    if !table.columns.iter().any(is_summed) || table.columns.iter().all(|of| of.kind.is_numeric()) {
        return Ok(Vec::new());
    }
    let row = |currency: &Currency| {
        let of = table.rows.iter().filter(|row| row.currency.as_ref() == Some(currency));
        let summed = sum_cells(&table.columns, &of.collect::<Vec<_>>());
        let mut cells = summed.ok_or_else(|| ReportError::range(currency))?;
        for (cell, column) in cells.iter_mut().zip(&table.columns) {
            if !is_summed(column) {
                *cell = Cell::Blank;
            }
        }
        let several = currencies.len() > 1;
        let word = if several { format!("total {currency}") } else { "total".to_owned() };
        if let Some(at) = table.columns.iter().position(|column| !column.kind.is_numeric()) {
            cells[at] = Cell::Label(word);
        }
        Ok(Row { kind: RowKind::Total, currency: Some(currency.clone()), cells })
    };
    currencies.iter().map(row).collect()
}

/// Folds what may be added up, else shows the first rows; the heading that says so.
fn shorten_table(table: &mut Table, conserves: &[String], limit: Option<usize>) -> Option<String> {
    let limit = limit?;
    if !conserves.is_empty() {
        table.folded = fold(&table.columns, &table.rows, limit);
        return None;
    }
    let all = table.rows.len();
    if all <= limit {
        return None;
    }
    table.folded = Some(table.rows[..limit].to_vec());
    Some(format!("First {limit} of {all} rows"))
}

fn charts(title: &str, table: &Table, drawn: Drawn, currencies: &[Currency]) -> Vec<Chart> {
    let Some(money) = table.columns.iter().position(|of| of.kind == ColumnKind::Money) else {
        return Vec::new();
    };
    let chart = |currency: &Currency| {
        let rows: Vec<Row> = table
            .rows
            .iter()
            .filter(|row| row.currency.as_ref() == Some(currency))
            .cloned()
            .collect();
        let shape = match drawn {
            Drawn::Bars => bars(table, &rows, money),
            Drawn::Stacked => stack(table, &rows, money)?,
        };
        Some(Chart { title: title.to_owned(), currency: currency.clone(), shape })
    };
    currencies.iter().filter_map(chart).collect()
}

fn bars(table: &Table, rows: &[Row], money: usize) -> Shape {
    let folded = fold(&table.columns, rows, MOST_BARS);
    let rows = folded.as_deref().unwrap_or(rows);
    let bar = |row: &Row| Bar {
        label: Label { kind: row.kind, name: name(table, row, None) },
        value: Money(row.cells[money].pico().unwrap_or_default()),
    };
    Shape::Bars(rows.iter().map(bar).collect())
}

fn stack(table: &Table, rows: &[Row], money: usize) -> Option<Shape> {
    let day = table.columns.iter().position(|column| column.kind == ColumnKind::Date)?;
    let dated = |row: &Row| {
        let date = word(&row.cells[day])?.to_owned();
        let label = Label { kind: row.kind, name: name(table, row, Some(day)) };
        Some((date, label, Money(row.cells[money].pico()?)))
    };
    chart::stack(&rows.iter().map(dated).collect::<Option<Vec<_>>>()?)
}

/// The words of a row, without one of them.
fn name(table: &Table, row: &Row, without: Option<usize>) -> String {
    let of_words = |(at, column): &(usize, &Column)| {
        !column.kind.is_numeric() && Some(*at) != without && column.key != "currency"
    };
    let columns = table.columns.iter().enumerate().filter(of_words);
    let words: Vec<&str> = columns.filter_map(|(at, _)| word(&row.cells[at])).collect();
    words.join(" / ")
}

fn word(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Label(word) | Cell::Text { short: word, .. } => Some(word),
        Cell::Nothing => Some("—"),
        _ => None,
    }
}
