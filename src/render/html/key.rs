//! Key: the few figures that a reader looks for first.
//!
//! In:    a report.
//! Out:   the totals of its first table of money, and the parts of its books.
//! Never: adds anything up, or rounds other than the tables do.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::table::SPELLING;
use crate::model::answer::CurrencyBooks;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::render::cells::lines;
use crate::render::escape::html_text;
use crate::render::lang::Tongue;
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::table::{ColumnKind, Place, Table};
use crate::report::{Owners, Report};

/// Sums of a table that say enough without the parts of the books.
const ENOUGH: usize = 3;

/// One figure and what it is.
struct Figure {
    heading: String,
    shown: String,
    exact: Money,
    currency: Option<Currency>,
}

/// A list of figures, or nothing.
pub(super) fn figures(report: &Report, tongue: &Tongue) -> Markup {
    let mut figures = totals(report, tongue);
    let books = report.books.iter().flat_map(|books| &books.currencies);
    let headings: BTreeSet<&String> = figures.iter().map(|figure| &figure.heading).collect();
    if headings.len() < ENOUGH {
        figures.extend(books.flat_map(|entry| parts(entry, report, tongue)));
    }
    html! {
        @if !figures.is_empty() {
            dl.key {
                @for figure in &figures {
                    div {
                        dt { bdi { (figure.heading) } }
                        dd data-value=(figure.exact) {
                            (figure.shown)
                            @if let Some(code) = &figure.currency {
                                " " small { (html_text(&code.0)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The sums below the first table of money, or the root of the tree that it is.
fn totals(report: &Report, tongue: &Tongue) -> Vec<Figure> {
    let is_money = |table: &&Table| {
        let money = table.columns.iter().any(|column| column.kind == ColumnKind::Money);
        money && !(table.totals.is_empty() && table.depths().is_none())
    };
    let mut tables = report.sections.iter().map(|section| &section.table);
    let Some(table) = tables.find(is_money) else { return Vec::new() };
    let columns = table.columns.iter().enumerate().filter(|(_, column)| {
        column.kind == ColumnKind::Money
            && matches!(column.place, Place::Everywhere | Place::Screen)
    });
    let columns: Vec<usize> = columns.map(|(index, _)| index).collect();
    let written = lines(table, &columns, SPELLING, tongue);
    let (rows, shown) = match table.totals.as_slice() {
        [] => (&table.shown()[..1], &written.rows[..1]),
        totals => (totals, written.totals.as_slice()),
    };
    let mut figures = Vec::new();
    for (row, line) in rows.iter().zip(shown) {
        for (index, text) in columns.iter().zip(&line.cells) {
            figures.extend(row.cells[*index].pico().map(|pico| Figure {
                heading: html_text(&table.columns[*index].heading),
                shown: text.clone(),
                exact: Money(pico),
                currency: row.currency.clone(),
            }));
        }
    }
    figures
}

/// What the books divide the bill into, and the invoice when the metric is another.
fn parts(entry: &CurrencyBooks, report: &Report, tongue: &Tongue) -> Vec<Figure> {
    let caption = &report.caption;
    let mut parts = Vec::new();
    if caption.owners == Owners::Asked {
        parts.push(("Attributed", entry.direct));
        parts.push(("Unattributed and other services", entry.unattributed));
    }
    for (word, amount) in [("Shared", entry.shared), ("Excluded by filters", entry.excluded)] {
        if amount != Money::ZERO {
            parts.push((word, amount));
        }
    }
    let amounts: Vec<i128> = parts.iter().map(|(_, amount)| amount.0).collect();
    let mut shown = number::column(&amounts, Some(entry.source.0), MONEY_DECIMALS).rows;
    if caption.metric.is_some_and(|metric| metric != CostMetric::Unblended) {
        parts.push(("Invoice, unblended", entry.source_unblended));
        shown.push(number::money(entry.source_unblended.0));
    }
    let figure = |((heading, exact), shown): ((&'static str, Money), String)| Figure {
        heading: tongue.word(heading).to_owned(),
        shown: tongue.number(&shown),
        exact,
        currency: Some(entry.currency.clone()),
    };
    parts.into_iter().zip(shown).map(figure).collect()
}
