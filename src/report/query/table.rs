//! Table: the rows of a result set as typed cells.
//!
//! In:    result sets; names of columns tell what their numbers mean, as the schema's do.
//! Out:   columns, rows, totals, the rows that people see.
//! Never: reorders rows.

use rustc_hash::FxHashMap;

use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money, Quantity, UNIT};
use crate::model::phrase::{Phrase, phrase};
use crate::model::result_set::{InCurrency, ResultColumn, ResultSet, Values};
use crate::report::ReportError;
use crate::report::fold::fold;
use crate::report::names::{Named, shorten};
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table, sum_cells};

/// The columns of the first result; all currencies have the same.
pub(super) fn columns(results: &[InCurrency], tells_currency: bool) -> Vec<Column> {
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
    let heading =
        dimension.map_or_else(|| Phrase::named(spoken(name)), |dimension| dimension.heading());
    Column::new(name, heading, kind(column))
}

/// `net_unblended_cost` as people read it.
fn spoken(name: &str) -> String {
    let mut words = name.replace('_', " ").replace("sagemaker", "SageMaker");
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
        Values::Amounts(_) | Values::Numbers(_) if has(&PARTS) => ColumnKind::Percent,
        Values::Amounts(_) | Values::Numbers(_) if has(&AMOUNTS) => ColumnKind::Money,
        Values::Amounts(_) | Values::Numbers(_) if has(&["share"]) => ColumnKind::Share,
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

pub(super) fn rows(found: &ResultSet, currency: &Currency, tells_currency: bool) -> Vec<Row> {
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
    let of_names = match &dimension {
        Some(dimension) => dimension,
        // Users and spaces by their ARNs, beside tenants and components by their names.
        None if column.name == "owner" => &Dimension::User,
        None => &Dimension::Service,
    };
    let shorter: FxHashMap<Named, Phrase> = shorten(of_names, named.iter().copied().flatten());
    let cell = |named: &Option<Named>| match named {
        None => Cell::Nothing,
        Some(named) => {
            let short = shorter.get(named).cloned();
            let short = short.unwrap_or_else(|| named.1.to_owned().into());
            Cell::Text { full: named.1.into(), short }
        }
    };
    named.iter().map(cell).collect()
}

/// Sums of the columns that are the charges themselves.
pub(super) fn totals(
    table: &Table,
    adds_up: &[String],
    currencies: &[Currency],
) -> Result<Vec<Row>, ReportError> {
    let is_summed = |column: &Column| adds_up.contains(&column.key);
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
        let word = if several { phrase!("total {}", &currency.0) } else { "total".into() };
        if let Some(at) = table.columns.iter().position(|column| !column.kind.is_numeric()) {
            cells[at] = Cell::Label(word);
        }
        Ok(Row { kind: RowKind::Total, currency: Some(currency.clone()), cells })
    };
    currencies.iter().map(row).collect()
}

/// Folds what may be added up, else shows the first rows; how many of how many.
pub(super) fn shorten_table(
    table: &mut Table,
    adds_up: &[String],
    limit: Option<usize>,
) -> Option<(usize, usize)> {
    let limit = limit?;
    if !adds_up.is_empty() {
        table.folded = fold(&table.columns, &table.rows, limit);
        // What does not add up, such as a budget that every row repeats, has no sum in a rest.
        let rests = table.folded.iter_mut().flatten().filter(|row| row.kind == RowKind::Rest);
        for (cell, column) in rests.flat_map(|row| row.cells.iter_mut().zip(&table.columns)) {
            if column.kind.is_numeric() && !adds_up.contains(&column.key) {
                *cell = Cell::Blank;
            }
        }
        return None;
    }
    let all = table.rows.len();
    if all <= limit {
        return None;
    }
    table.folded = Some(table.rows[..limit].to_vec());
    Some((limit, all))
}
