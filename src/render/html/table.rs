//! Table: rows of a report as an HTML table that keeps the exact amounts beside the shown ones.
//!
//! In:    a table, and what people call it.
//! Out:   a region that scrolls by itself; below a folded table all its rows, closed at first.
//! Never: rounds other than the screen, or lets a row be sorted away from its parent.

use maud::{Markup, html};
use unicode_width::UnicodeWidthStr;

use crate::model::money::{Currency, Money, Quantity};
use crate::model::phrase::phrase;
use crate::render::cells::{Branches, Everything, Line, Spelling, columns_for_people, lines};
use crate::render::escape::html_text;
use crate::render::lang::Tongue;
use crate::render::number;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

/// Rows that a browser lays out without a pause; who needs more reads data formats.
const MOST_ROWS: usize = 5_000;
/// Rows from which on looking for one takes longer than typing its name.
const WORTH_A_FILTER: usize = 12;
/// Columns of words up to this many letters are never broken.
const SHORT: usize = 20;
/// Steps of a tree that are drawn; deeper rows stand below each other.
const DEEPEST: usize = 9;

/// The stylesheet indents the rows of a tree.
const INDENTED: Branches = Branches { fork: "", end: "", passing: "", passed: "" };

/// The words of a page; the template escapes what is markup.
pub(super) const SPELLING: Spelling =
    Spelling { escape: html_text, nothing: "—", no_share: "–", branches: &INDENTED };

/// A table under a name. When its tail is folded, all rows follow behind a line to click: the
/// page stays short on screen and paper, and nobody has to ask for the rest.
pub(super) fn block(table: &Table, name: &str, everything: Everything, tongue: &Tongue) -> Markup {
    if table.rows.is_empty() {
        return html! { p.empty { (tongue.word("nothing to show")) } };
    }
    let all = tongue.number(&number::count(u64::try_from(table.rows.len()).unwrap_or(u64::MAX)));
    html! {
        (scrolling(table, name, everything, tongue))
        @if table.folded.is_some() && table.rows.len() > MOST_ROWS {
            p.more { (tongue.say(&phrase!("CSV and JSON hold all {} rows.", all))) }
        } @else if table.folded.is_some() {
            @let whole = Table { folded: None, ..table.clone() };
            details.more {
                summary { (tongue.say(&phrase!("All {} rows", all))) }
                @let name = tongue.say(&phrase!("{}, all rows", name));
                (scrolling(&whole, &name, everything, tongue))
            }
        }
    }
}

fn scrolling(table: &Table, name: &str, everything: Everything, tongue: &Tongue) -> Markup {
    let columns = columns_for_people(table, everything);
    let written = lines(table, &columns, SPELLING, tongue);
    let depths = table.depths();
    let written_rows = || written.rows.iter().chain(&written.totals);
    let class = |(place, index): (usize, &usize)| {
        let is_short = |line: &Line| line.cells[place].width() <= SHORT;
        class(table.columns[*index].kind, written_rows().all(is_short))
    };
    let classes = columns.iter().enumerate().map(class).collect();
    let grid = Grid { table, columns: &columns, classes };
    let rows = table.shown().iter().zip(&written.rows).enumerate();
    // Without a column of words the only row is its own total.
    let has_words = columns.iter().any(|index| !table.columns[*index].kind.is_numeric());
    // The rows of a tree belong where they are.
    let sorts = depths.is_none();
    let filters = sorts && table.shown().len() >= WORTH_A_FILTER;
    html! {
        div.scroll role="region" tabindex="0" aria-label=(name) {
            table.tree[depths.is_some()] data-sort=[sorts.then_some("")]
                data-filter=[filters.then(|| tongue.word("Filter rows"))]
                data-filtered=[filters.then(|| filtered(tongue))] {
                caption { (name) }
                thead {
                    tr {
                        @for (index, class) in columns.iter().zip(&grid.classes) {
                            (heading(&table.columns[*index], *class))
                        }
                    }
                }
                tbody {
                    @for (at, (row, line)) in rows {
                        (grid.row(row, line, depths.as_ref().map(|depths| depths[at])))
                    }
                }
                @if has_words && !table.totals.is_empty() {
                    tfoot {
                        @for (row, line) in table.totals.iter().zip(&written.totals) {
                            (grid.row(row, line, None))
                        }
                    }
                }
            }
        }
    }
}

/// What the script says of rows that a filter left, with holes for how many of how many.
fn filtered(tongue: &Tongue) -> String {
    tongue.say(&phrase!("{} of {} rows; totals are those of all", "{0}", "{1}"))
}

fn heading(column: &Column, class: Option<&str>) -> Markup {
    html! {
        th scope="col" class=[class] data-key=(html_text(&column.key)) {
            (html_text(&column.heading))
        }
    }
}

/// How the cells of a column look: numbers to the right, shares with their bar, days and short
/// words unbroken.
fn class(kind: ColumnKind, is_short: bool) -> Option<&'static str> {
    match kind {
        ColumnKind::Share => Some("n share"),
        ColumnKind::Day | ColumnKind::Date | ColumnKind::Moment => Some("day"),
        ColumnKind::Text | ColumnKind::Tree => is_short.then_some("short"),
        _ => Some("n"),
    }
}

struct Grid<'a> {
    table: &'a Table,
    columns: &'a [usize],
    classes: Vec<Option<&'static str>>,
}

impl Grid<'_> {
    fn row(&self, row: &Row, line: &Line, depth: Option<usize>) -> Markup {
        let kind = match row.kind {
            RowKind::Data | RowKind::Total => None,
            RowKind::Unattributed | RowKind::OtherServices | RowKind::Rest => Some("ours"),
        };
        let first_word = self.columns.iter().position(|index| self.is_text(*index));
        let shown = self.columns.iter().zip(&line.cells).enumerate();
        html! {
            tr class=[kind] {
                @for (place, (index, text)) in shown {
                    @let cell = &row.cells[*index];
                    @let class = self.classes[place];
                    @let value = value(cell);
                    @let title = title(cell, row.currency.as_ref());
                    @if first_word == Some(place) {
                        @let step = depth.map(|depth| format!("step-{}", depth.min(DEEPEST)));
                        th scope="row" class=[step.as_deref().or(class)] title=[title] {
                            (words(self.table, *index, cell, text))
                        }
                    } @else if self.table.columns[*index].kind == ColumnKind::Share {
                        td class=[class] data-value=[value] title=[title] {
                            span { (text) } (bar(line.bar))
                        }
                    } @else {
                        td class=[class] data-value=[value] title=[title] {
                            (words(self.table, *index, cell, text))
                        }
                    }
                }
            }
        }
    }

    fn is_text(&self, index: usize) -> bool {
        !self.table.columns[index].kind.is_numeric()
    }
}

/// The text of a cell, as a link when it names a page of ours beside this one.
fn words(table: &Table, index: usize, cell: &Cell, text: &str) -> Markup {
    let page = match cell {
        Cell::Text { full, .. } if table.columns[index].key == "file" => page_name(full),
        _ => None,
    };
    html! {
        @if let Some(page) = page { a href={ "./" (page) } { (text) } } @else { (text) }
    }
}

/// The name of a file that we wrote, in letters that mean nothing in an address.
fn page_name(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".html")?;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    stem.chars().all(is_plain).then_some(name)
}

/// A thin bar beside a share; a credit is drawn in another colour, because it points back.
fn bar(length: Option<i32>) -> Markup {
    let Some(length) = length else { return html! {} };
    let class = if length < 0 { "bar credit" } else { "bar" };
    html! {
        svg class=(class) viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width=(length.unsigned_abs()) height="10" {}
        }
    }
}

/// What a cell is to be sorted by and to be read by machines, exactly.
fn value(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Money(money) | Cell::Booked { exact: money, .. } => Some(money.to_string()),
        Cell::Share { part, .. } => Some(part.to_string()),
        Cell::Quantity(quantity) => Some(quantity.to_string()),
        Cell::Count(number) | Cell::Bytes(number) => Some(number.to_string()),
        // In thousandths of a thousandth: finer than what is shown, and nobody adds it up.
        Cell::Ratio { part, whole } => {
            let millionths = u128::from(*part) * 1_000_000 / u128::from(*whole).max(1);
            Some(millionths.to_string())
        }
        Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Text { .. } | Cell::Node { .. } => {
            None
        }
    }
}

/// What a cell says when somebody points at it: the exact amount, the whole name.
fn title(cell: &Cell, currency: Option<&Currency>) -> Option<String> {
    match cell {
        Cell::Money(money) | Cell::Booked { exact: money, .. } => Some(amount(*money, currency)),
        Cell::Quantity(Quantity(0)) => None,
        Cell::Quantity(quantity) => Some(quantity.to_string()),
        Cell::Bytes(number) => Some(format!("{} bytes", number::count(*number))),
        Cell::Text { full, short } if **full != **short => Some(html_text(full)),
        _ => None,
    }
}

fn amount(money: Money, currency: Option<&Currency>) -> String {
    currency.map_or_else(|| money.to_string(), |code| format!("{money} {}", html_text(&code.0)))
}
