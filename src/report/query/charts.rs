//! Charts: a table of a query as bars, lines, steps or a calendar.
//!
//! In:    a table, how it is drawn.
//! Out:   a chart per currency.
//! Never: draws what has no amount, or a part of the table as if it were the whole.

use std::cmp::Reverse;

use super::{course, heat};
use crate::model::money::{Currency, Money};
use crate::model::phrase::{Phrase, phrase};
use crate::model::result_set::Drawn;
use crate::report::chart::{self, Bar, Chart, Label, MOST_BARS, Measure, Shape, joined, word};
use crate::report::fold::fold;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

/// Changes of a waterfall before the smaller ones become one step.
const MOST_CHANGES: usize = 10;

pub(super) fn charts(
    title: &Phrase,
    table: &Table,
    drawn: Drawn,
    currencies: &[Currency],
) -> Vec<Chart> {
    let money = table.columns.iter().position(|of| of.kind == ColumnKind::Money);
    let charts = |currency: &Currency| {
        let of = |row: &&Row| row.currency.as_ref() == Some(currency);
        let rows: Vec<Row> = table.rows.iter().filter(of).cloned().collect();
        let drafted = money.map(|money| Drafted { table, rows: &rows, money });
        let one = |shape: Option<Shape>| {
            let measure = Measure::Money(currency.clone());
            let chart = |shape| Chart { title: title.clone(), part: None, measure, shape };
            shape.map(chart).into_iter().collect()
        };
        match (drawn, drafted) {
            (Drawn::Heat, _) => {
                heat::calendars(title, (table, &rows), (currency, currencies.len() > 1))
            }
            (_, None) => Vec::new(),
            (Drawn::Bars, Some(of)) => one(Some(Shape::Bars(of.bars()))),
            (Drawn::Stacked, Some(of)) => one(of.stack()),
            (Drawn::Lines, Some(of)) => one(of.stack().and_then(course::lines)),
            (Drawn::Waterfall, Some(of)) => one(of.waterfall()),
            (Drawn::Pareto, Some(of)) => one(of.pareto()),
            (Drawn::BurnDown, Some(of)) => one(of.burn_down()),
        }
    };
    currencies.iter().flat_map(charts).collect()
}

/// The rows of one currency on their way into a chart.
struct Drafted<'a> {
    table: &'a Table,
    rows: &'a [Row],
    /// The first column of money.
    money: usize,
}

impl Drafted<'_> {
    fn bars(&self) -> Vec<Bar> {
        let folded = fold(&self.table.columns, self.rows, MOST_BARS);
        let rows = folded.as_deref().unwrap_or(self.rows);
        let bar = |row: &Row| Bar { label: self.label(row, None), value: amount(row, self.money) };
        rows.iter().map(bar).collect()
    }

    fn stack(&self) -> Option<Shape> {
        let day = self.date()?;
        let parts = self.parts(day);
        let mut dated = Vec::new();
        for row in self.rows {
            let date = word(&row.cells[day])?.to_string();
            if parts.is_empty() {
                let whole = Money(row.cells[self.money].pico()?);
                dated.push((date.clone(), self.label(row, Some(day)), whole));
            }
            for at in &parts {
                let name = self.table.columns[*at].heading.clone();
                let label = Label { kind: row.kind, name };
                dated.push((date.clone(), label, amount(row, *at)));
            }
        }
        chart::stack(&dated)
    }

    /// Columns that divide the first of money, in every row, where days are all that tells rows
    /// apart.
    fn parts(&self, day: usize) -> Vec<usize> {
        let columns = || self.table.columns.iter().enumerate();
        let named =
            |(at, of): (usize, &Column)| !of.kind.is_numeric() && at != day && of.key != "currency";
        let is_part =
            |(at, of): &(usize, &Column)| of.kind == ColumnKind::Money && *at != self.money;
        let parts: Vec<usize> = columns().filter(is_part).map(|(at, _)| at).collect();
        let divides = |row: &Row| {
            let sum = Money::checked_sum(parts.iter().map(|at| amount(row, *at)));
            sum == Some(amount(row, self.money))
        };
        let is_divided = parts.len() > 1 && !columns().any(named) && self.rows.iter().all(divides);
        if is_divided { parts } else { Vec::new() }
    }

    /// Needs a column of the amounts before, such as `prior_cost`.
    fn waterfall(&self) -> Option<Shape> {
        let is_prior = |column: &Column| {
            column.kind == ColumnKind::Money && column.key.to_lowercase().contains("prior")
        };
        let prior = self.table.columns.iter().position(is_prior)?;
        if prior == self.money {
            return None;
        }
        let sum = |at: usize| Money::checked_sum(self.rows.iter().map(|row| amount(row, at)));
        let mut changes: Vec<Bar> = Vec::new();
        for row in self.rows {
            let value = amount(row, self.money).0.checked_sub(amount(row, prior).0)?;
            changes.push(Bar { label: self.label(row, None), value: Money(value) });
        }
        changes.retain(|change| change.value != Money::ZERO);
        changes.sort_by_key(|change| Reverse(change.value.0.unsigned_abs()));
        let rest = if changes.len() > MOST_CHANGES + 1 {
            changes.split_off(MOST_CHANGES)
        } else {
            Vec::new()
        };
        // What rose, the most first; then what fell.
        changes.sort_by_key(|change| {
            (change.value < Money::ZERO, Reverse(change.value.0.unsigned_abs()))
        });
        let total = |at: usize| {
            let name = self.table.columns[at].heading.clone();
            Some(Bar { label: Label { kind: RowKind::Total, name }, value: sum(at)? })
        };
        let mut steps = vec![total(prior)?];
        steps.append(&mut changes);
        if !rest.is_empty() {
            let name = phrase!("rest ({} rows)", rest.len());
            let value = Money::checked_sum(rest.iter().map(|bar| bar.value))?;
            steps.push(Bar { label: Label { kind: RowKind::Rest, name }, value });
        }
        steps.push(total(self.money)?);
        Some(Shape::Waterfall(steps))
    }

    fn pareto(&self) -> Option<Shape> {
        let mut bars = self.bars();
        bars.retain(|bar| bar.value != Money::ZERO);
        bars.sort_by_key(|bar| (bar.label.kind, Reverse(bar.value)));
        let mut sums = Vec::with_capacity(bars.len());
        let mut sum = Money::ZERO;
        for bar in &bars {
            sum = sum.checked_add(bar.value)?;
            sums.push(sum);
        }
        // Nothing, and less than nothing, has no parts.
        (sum > Money::ZERO).then_some(Shape::Pareto { bars, sums })
    }

    /// Needs a column of the budget, and takes one of expected amounts when there is one.
    fn burn_down(&self) -> Option<Shape> {
        let columns = &self.table.columns;
        let of = |word: &str| {
            let has = |column: &Column| column.key.to_lowercase().contains(word);
            columns.iter().position(|column| column.kind == ColumnKind::Money && has(column))
        };
        let budget = of("budget").filter(|at| *at != self.money)?;
        let named = |at: usize| Label { kind: RowKind::Data, name: columns[at].heading.clone() };
        let expected = of("forecast").filter(|at| ![self.money, budget].contains(at));
        let limit = self.rows.iter().find_map(|row| row.cells[budget].pico());
        course::burn_down(course::Burn {
            spent: (named(self.money), self.by_day(self.money)?),
            expected: expected.and_then(|at| Some((named(at), self.by_day(at)?))),
            limit: Bar { label: named(budget), value: Money(limit?) },
        })
    }

    /// The amounts of a column, by day.
    fn by_day(&self, column: usize) -> Option<Vec<(String, Money)>> {
        let day = self.date()?;
        let dated = |row: &Row| {
            let pico = row.cells[column].pico();
            pico.and_then(|pico| Some((word(&row.cells[day])?.to_string(), Money(pico))))
        };
        Some(self.rows.iter().filter_map(dated).collect())
    }

    fn date(&self) -> Option<usize> {
        self.table.columns.iter().position(|column| column.kind == ColumnKind::Date)
    }

    /// The words of a row, without one of them.
    fn label(&self, row: &Row, without: Option<usize>) -> Label {
        let of_words = |(at, column): &(usize, &Column)| {
            !column.kind.is_numeric() && Some(*at) != without && column.key != "currency"
        };
        let columns = self.table.columns.iter().enumerate().filter(of_words);
        let cells: Vec<&Cell> = columns.map(|(at, _)| &row.cells[at]).collect();
        // "alice / —" says no more than "alice".
        let told =
            cells.iter().rposition(|cell| **cell != Cell::Nothing).map_or(1, |last| last + 1);
        let name = joined(cells.iter().take(told).filter_map(|cell| word(cell)));
        Label { kind: row.kind, name }
    }
}

fn amount(row: &Row, column: usize) -> Money {
    Money(row.cells[column].pico().unwrap_or_default())
}
