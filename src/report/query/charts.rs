//! Charts: a table of a query as bars or stacked days.
//!
//! In:    a table, how it is drawn.
//! Out:   a chart per currency.
//! Never: draws what has no amount.

use crate::model::money::{Currency, Money};
use crate::model::phrase::Phrase;
use crate::model::result_set::Drawn;
use crate::report::chart::{self, Bar, Chart, Label, MOST_BARS, Shape, joined, word};
use crate::report::fold::fold;
use crate::report::table::{Column, ColumnKind, Row, Table};

pub(super) fn charts(
    title: &Phrase,
    table: &Table,
    drawn: Drawn,
    currencies: &[Currency],
) -> Vec<Chart> {
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
        Some(Chart { title: title.clone(), currency: currency.clone(), shape })
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
        let date = word(&row.cells[day])?.to_string();
        let label = Label { kind: row.kind, name: name(table, row, Some(day)) };
        Some((date, label, Money(row.cells[money].pico()?)))
    };
    chart::stack(&rows.iter().map(dated).collect::<Option<Vec<_>>>()?)
}

/// The words of a row, without one of them.
fn name(table: &Table, row: &Row, without: Option<usize>) -> Phrase {
    let of_words = |(at, column): &(usize, &Column)| {
        !column.kind.is_numeric() && Some(*at) != without && column.key != "currency"
    };
    let columns = table.columns.iter().enumerate().filter(of_words);
    joined(columns.filter_map(|(at, _)| word(&row.cells[at])))
}
