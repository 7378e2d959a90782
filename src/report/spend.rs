//! Spend: who spent what, as a report.
//!
//! In:    an answer with its books, provenance and findings.
//! Out:   a [`Report`] of one table with totals per currency, and one chart per currency.
//! Never: adds two currencies, folds what machines read, or looks at a charge.

use std::collections::BTreeMap;

use super::chart::{self, Bar, Chart, Label, MOST_BARS, Shape};
use super::fold::fold;
use super::names::{Named, shorten};
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table, sum_cells};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, AnswerRow, Books, Provenance, Standing};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};

/// What a run of `spend` knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Every row.
    pub answer: Answer,
    /// The proof that nothing was lost.
    pub books: Books,
    /// Where the answer comes from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// How much of an answer people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per currency before the tail is folded; `None` folds nothing.
    pub limit: Option<usize>,
}

/// Composes the report of `spend`.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let Found { answer, books, provenance, findings } = found;
    let currencies = currencies(&answer, &books);
    let totals = totals(&answer, &currencies)?;
    let frame = Frame::new(&answer, &currencies);
    let names = short_names(&answer);
    let rows: Vec<Row> = answer
        .rows
        .iter()
        .map(|row| frame.row(row, &names, totals.get(&row.currency).copied().unwrap_or_default()))
        .collect();
    let mut table = Table { columns: frame.columns.clone(), rows, ..Table::default() };
    table.folded = settings.limit.and_then(|limit| fold(&table.columns, &table.rows, limit));
    table.totals = total_rows(&table, &currencies)?;
    let title = title(&answer.dimensions);
    let charts = charts(&title, &frame, &table, settings);
    let owners = if frame.asks_owner { Owners::Asked } else { Owners::NotAsked };
    let caption = Caption {
        periods: provenance.periods,
        days: provenance.days,
        metric: Some(answer.metric),
        currencies,
        filters: provenance.filters,
        source_rows: Some(books.source_rows),
        owners,
    };
    let section = Section { heading: None, table, charts };
    Ok(Report { title, caption, sections: vec![section], books: Some(books), findings })
}

fn title(dimensions: &[Dimension]) -> String {
    if dimensions.is_empty() {
        return "Spend".to_owned();
    }
    let words: Vec<String> = dimensions.iter().map(ToString::to_string).collect();
    format!("Spend by {}", words.join(", "))
}

/// The currencies of the rows; without rows those of the books, so that nothing is "0 USD".
fn currencies(answer: &Answer, books: &Books) -> Vec<Currency> {
    let mut currencies: Vec<Currency> = match answer.rows.as_slice() {
        [] => books.currencies.iter().map(|entry| entry.currency.clone()).collect(),
        rows => rows.iter().map(|row| row.currency.clone()).collect(),
    };
    currencies.sort_unstable();
    currencies.dedup();
    currencies
}

fn totals(
    answer: &Answer,
    currencies: &[Currency],
) -> Result<BTreeMap<Currency, Money>, ReportError> {
    let mut totals = BTreeMap::new();
    for currency in currencies {
        let costs = answer.rows.iter().filter(|row| row.currency == *currency).map(|row| row.cost);
        totals.insert(currency.clone(), Money::checked_sum(costs).ok_or_else(|| range(currency))?);
    }
    Ok(totals)
}

fn range(currency: &Currency) -> ReportError {
    ReportError::TotalOutOfRange { currency: currency.to_string() }
}

/// Short names per dimension, by position.
type Names<'a> = Vec<BTreeMap<Named<'a>, String>>;

fn short_names(answer: &Answer) -> Names<'_> {
    let column = |index: usize| {
        answer.rows.iter().filter_map(move |row| named(&answer.dimensions, row, index))
    };
    let dimensions = answer.dimensions.iter().enumerate();
    dimensions.map(|(index, dimension)| shorten(dimension, column(index))).collect()
}

/// The value of a column, with the domain that stands beside it in the row.
fn named<'a>(dimensions: &[Dimension], row: &'a AnswerRow, index: usize) -> Option<Named<'a>> {
    let value = row.keys.get(index)?.as_deref()?;
    let inside_domain = matches!(dimensions.get(index)?, Dimension::User | Dimension::Space);
    let domain = dimensions.iter().position(|dimension| *dimension == Dimension::Domain);
    let domain = domain.filter(|_| inside_domain).and_then(|at| row.keys.get(at)?.as_deref());
    Some((domain, value))
}

/// The columns of an answer and how a row fills them.
struct Frame {
    dimensions: Vec<Dimension>,
    columns: Vec<Column>,
    asks_owner: bool,
    tells_currency: bool,
}

impl Frame {
    fn new(answer: &Answer, currencies: &[Currency]) -> Self {
        let dimensions = answer.dimensions.clone();
        let asks_owner = dimensions.iter().any(Dimension::is_identity);
        let tells_currency = currencies.len() > 1 && !dimensions.contains(&Dimension::Currency);
        let tells_hours = answer.rows.iter().any(|row| row.usage_hours.is_some());
        let mut columns: Vec<Column> = dimensions.iter().map(key_column).collect();
        if asks_owner {
            let standing = Column::new("standing", "Standing", ColumnKind::Text);
            columns.push(standing.seen(Place::Data));
        }
        if tells_currency {
            columns.push(Column::new("currency", "Currency", ColumnKind::Text));
        }
        columns.push(Column::new("cost", "Cost", ColumnKind::Money));
        if tells_hours {
            let hours = Column::new("usage_hours", "Hours", ColumnKind::Quantity);
            columns.push(hours.giving_way(1));
        }
        let share = Column::new("share", "Share", ColumnKind::Share);
        columns.push(share.seen(Place::Screen).giving_way(0));
        let lines = Column::new("line_items", "Lines", ColumnKind::Count);
        columns.push(lines.seen(Place::DataAndWide).giving_way(2));
        Self { dimensions, columns, asks_owner, tells_currency }
    }

    fn row(&self, row: &AnswerRow, names: &Names<'_>, whole: Money) -> Row {
        let kind = if self.asks_owner { kind(row.standing) } else { RowKind::Data };
        let mut cells = self.keys(row, names, kind);
        if self.asks_owner {
            cells.push(Cell::text(row.standing.name()));
        }
        if self.tells_currency {
            cells.push(Cell::text(row.currency.to_string()));
        }
        cells.push(Cell::Money(row.cost));
        if self.columns.iter().any(|column| column.key == "usage_hours") {
            cells.push(row.usage_hours.map_or(Cell::Nothing, Cell::Quantity));
        }
        cells.push(Cell::Share { part: row.cost, whole });
        cells.push(Cell::Count(row.line_items));
        Row { kind, currency: Some(row.currency.clone()), cells }
    }

    fn keys(&self, row: &AnswerRow, names: &Names<'_>, kind: RowKind) -> Vec<Cell> {
        let ownerless = kind != RowKind::Data;
        let mut cells: Vec<Cell> = Vec::with_capacity(self.columns.len());
        for (index, dimension) in self.dimensions.iter().enumerate() {
            cells.push(match named(&self.dimensions, row, index) {
                Some(key) => {
                    let full = key.1.to_owned();
                    let short = names.get(index).and_then(|names| names.get(&key));
                    Cell::Text { short: short.cloned().unwrap_or_else(|| full.clone()), full }
                }
                None if ownerless && dimension.is_identity() => Cell::Blank,
                None => Cell::Nothing,
            });
        }
        if ownerless {
            self.label(&mut cells, kind);
        }
        cells
    }

    /// Writes `unattributed` where the owner would stand; beside the name of an app without owner
    /// when every identity column is taken.
    fn label(&self, cells: &mut [Cell], kind: RowKind) {
        let word = if kind == RowKind::Unattributed { "unattributed" } else { "other services" };
        let mut identity = (0..self.dimensions.len()).filter(|i| self.dimensions[*i].is_identity());
        let mut free = identity.clone().filter(|i| cells[*i] == Cell::Blank);
        if let Some(index) = free.next() {
            cells[index] = Cell::Label(word.to_owned());
        } else if let Some(Cell::Text { short, .. }) = identity.next().map(|i| &mut cells[i]) {
            *short = format!("{short} ({word})");
        }
    }
}

fn key_column(dimension: &Dimension) -> Column {
    let kind = match dimension {
        Dimension::Day | Dimension::Month => ColumnKind::Date,
        _ => ColumnKind::Text,
    };
    Column::new(dimension.key(), dimension.heading(), kind)
}

fn kind(standing: Standing) -> RowKind {
    match standing {
        Standing::Attributed => RowKind::Data,
        Standing::Unattributed => RowKind::Unattributed,
        Standing::OtherServices => RowKind::OtherServices,
    }
}

fn total_rows(table: &Table, currencies: &[Currency]) -> Result<Vec<Row>, ReportError> {
    let words = table.columns.iter().position(|column| !column.kind.is_numeric());
    let row = |currency: &Currency| {
        let of = table.rows.iter().filter(|row| row.currency.as_ref() == Some(currency));
        let mut cells = sum_cells(&table.columns, &of.collect::<Vec<_>>())?;
        let place = table.columns.iter().position(|column| column.key == "currency");
        if let Some(index) = words {
            let several = currencies.len() > 1 && place == words;
            let word = if several { format!("total {currency}") } else { "total".to_owned() };
            cells[index] = Cell::Label(word);
        }
        if let Some(index) = place.filter(|index| Some(*index) != words) {
            cells[index] = Cell::text(currency.to_string());
        }
        Some(Row { kind: RowKind::Total, currency: Some(currency.clone()), cells })
    };
    currencies.iter().map(|currency| row(currency).ok_or_else(|| range(currency))).collect()
}

fn charts(title: &str, frame: &Frame, table: &Table, settings: Settings) -> Vec<Chart> {
    let limit = settings.limit.unwrap_or(MOST_BARS).min(MOST_BARS);
    let folded = fold(&table.columns, &table.rows, limit);
    let bars = folded.as_deref().unwrap_or(&table.rows);
    let day = frame.dimensions.iter().position(|dimension| *dimension == Dimension::Day);
    let chart = |total: &Row| {
        let currency = total.currency.clone()?;
        let of = |row: &&Row| row.currency.as_ref() == Some(&currency);
        let shape = match day {
            Some(day) => {
                let rows = table.rows.iter().filter(of);
                chart::stack(&rows.map(|row| frame.dated(row, day)).collect::<Option<Vec<_>>>()?)?
            }
            None if frame.dimensions.is_empty() => return None,
            None => Shape::Bars(bars.iter().filter(of).map(|row| frame.bar(row)).collect()),
        };
        Some(Chart { title: title.to_owned(), currency: currency.clone(), shape })
    };
    table.totals.iter().filter_map(chart).collect()
}

impl Frame {
    fn bar(&self, row: &Row) -> Bar {
        let names: Vec<&str> = row.cells[..self.dimensions.len()].iter().filter_map(word).collect();
        let label = Label { kind: row.kind, name: names.join(" / ") };
        Bar { label, value: amount(row) }
    }

    fn dated(&self, row: &Row, day: usize) -> Option<chart::Dated> {
        let date = word(&row.cells[day])?.to_owned();
        let name = match row.kind {
            RowKind::Unattributed => "unattributed".to_owned(),
            RowKind::OtherServices => "other services".to_owned(),
            _ => {
                let others = (0..self.dimensions.len())
                    .filter(|i| *i != day && self.dimensions[*i] != Dimension::Month);
                let names: Vec<&str> = others.filter_map(|i| word(&row.cells[i])).collect();
                names.join(" / ")
            }
        };
        Some((date, Label { kind: row.kind, name }, amount(row)))
    }
}

fn word(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Label(word) | Cell::Text { short: word, .. } => Some(word),
        Cell::Nothing => Some("—"),
        _ => None,
    }
}

fn amount(row: &Row) -> Money {
    let money = row.cells.iter().find_map(|cell| match cell {
        Cell::Money(money) => Some(*money),
        _ => None,
    });
    money.unwrap_or_default()
}
