//! Cells: the rows of a table as text for people, one string per cell.
//!
//! In:    a table, the columns to show and how the target spells words.
//! Out:   [`Lines`]: escaped words and figures that add up.
//! Never: decides a width, or shows what only machines should see.

use std::collections::BTreeMap;

use super::lang::Tongue;
use super::number::{self, MONEY_DECIMALS, QUANTITY_DECIMALS};
use crate::model::money::Currency;
use crate::report::Fact;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};

/// How a target spells words.
#[derive(Clone, Copy)]
pub(super) struct Spelling {
    /// Makes a word harmless for the target.
    pub(super) escape: fn(&str) -> String,
    /// What stands for "none".
    pub(super) nothing: &'static str,
    /// What stands for a share without meaning.
    pub(super) no_share: &'static str,
    /// How the rows of a tree hang together.
    pub(super) branches: &'static Branches,
}

/// The pieces in front of a row of a tree, one per step from the root.
pub(super) struct Branches {
    /// Before a row that others of the same parent follow.
    pub(super) fork: &'static str,
    /// Before the last row of a parent.
    pub(super) end: &'static str,
    /// Beside a parent that is not the last of its own.
    pub(super) passing: &'static str,
    /// Beside a parent that is.
    pub(super) passed: &'static str,
}

/// Lines between parent and child.
pub(super) const DRAWN: Branches =
    Branches { fork: "├─ ", end: "└─ ", passing: "│  ", passed: "   " };
/// The same in ASCII.
pub(super) const TYPED: Branches =
    Branches { fork: "|- ", end: "`- ", passing: "|  ", passed: "   " };
/// Steps that survive where blanks are lost.
pub(super) const DOTTED: Branches =
    Branches { fork: "· ", end: "· ", passing: "· ", passed: "· " };

/// One row as text.
pub(super) struct Line {
    pub(super) kind: RowKind,
    pub(super) cells: Vec<String>,
    /// The signed length of its bar in thousandths of the longest of its currency.
    pub(super) bar: Option<i32>,
}

/// A word about the subject of a report.
pub(super) fn fact(fact: &Fact, spelling: Spelling, tongue: &Tongue) -> String {
    match &fact.shown {
        Cell::Money(money) => tongue.number(&number::money(money.0)),
        other => word(other, spelling, tongue),
    }
}

/// All rows as text.
pub(super) struct Lines {
    pub(super) rows: Vec<Line>,
    pub(super) totals: Vec<Line>,
}

/// The columns that people see; all of them with `everything`.
pub(super) fn columns_for_people(table: &Table, everything: Everything) -> Vec<usize> {
    let seen = |column: &Column| match column.place {
        Place::Everywhere | Place::Screen => true,
        Place::DataAndWide => everything == Everything::Yes,
        Place::Data => false,
    };
    let columns = table.columns.iter().enumerate();
    columns.filter(|(_, column)| seen(column)).map(|(index, _)| index).collect()
}

/// Whether people asked for every column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Everything {
    Yes,
    No,
}

/// Writes the shown rows and the totals, cell by cell, for the given columns.
pub(super) fn lines(
    table: &Table,
    columns: &[usize],
    spelling: Spelling,
    tongue: &Tongue,
) -> Lines {
    let shown = table.shown();
    let mut rows: Vec<Line> = shown.iter().map(blank).collect();
    let mut totals: Vec<Line> = table.totals.iter().map(blank).collect();
    for index in columns {
        let figures = figures(table, *index);
        for (line, (row, figure)) in rows.iter_mut().zip(shown.iter().zip(figures.rows)) {
            let figure = figure.map(|figure| tongue.number(&figure));
            line.cells.push(figure.unwrap_or_else(|| word(&row.cells[*index], spelling, tongue)));
        }
        for (line, (row, figure)) in totals.iter_mut().zip(table.totals.iter().zip(figures.totals))
        {
            let figure = figure.map(|figure| tongue.number(&figure));
            line.cells.push(figure.unwrap_or_else(|| word(&row.cells[*index], spelling, tongue)));
        }
    }
    if let Some(depths) = table.depths() {
        let is_node = |index: &usize| matches!(shown[0].cells[*index], Cell::Node { .. });
        if let Some(place) = columns.iter().position(is_node) {
            for (line, prefix) in rows.iter_mut().zip(prefixes(&depths, spelling.branches)) {
                line.cells[place].insert_str(0, &prefix);
            }
        }
    }
    measure_bars(table, &mut rows);
    Lines { rows, totals }
}

fn blank(row: &Row) -> Line {
    Line { kind: row.kind, cells: Vec::with_capacity(row.cells.len()), bar: None }
}

/// What stands before every row of a tree, read from the last row to the first: a row is the last
/// of its parent when none of its depth came up since a row nearer to the root.
fn prefixes(depths: &[usize], branches: &Branches) -> Vec<String> {
    let mut followed: Vec<bool> = Vec::new();
    let mut prefixes: Vec<String> = Vec::with_capacity(depths.len());
    for depth in depths.iter().rev() {
        followed.resize(depth + 1, false);
        let steps = followed.iter().enumerate().skip(1).map(|(at, followed)| match followed {
            true if at == *depth => branches.fork,
            false if at == *depth => branches.end,
            true => branches.passing,
            false => branches.passed,
        });
        prefixes.push(steps.collect());
        followed[*depth] = true;
    }
    prefixes.reverse();
    prefixes
}

fn word(cell: &Cell, spelling: Spelling, tongue: &Tongue) -> String {
    let percent = |part, whole| match number::percent(part, whole) {
        Some(told) => tongue.number(&told),
        None => spelling.no_share.to_owned(),
    };
    match cell {
        Cell::Nothing => spelling.nothing.to_owned(),
        Cell::Label(word) | Cell::Text { short: word, .. } | Cell::Node { word, .. } => {
            (spelling.escape)(word)
        }
        Cell::Count(count) => tongue.number(&number::count(*count)),
        Cell::Bytes(bytes) => number::bytes(*bytes),
        Cell::Ratio { part, whole } => percent(i128::from(*part), i128::from(*whole)),
        Cell::Share { part, whole } => percent(part.0, whole.0),
        Cell::Blank | Cell::Money(_) | Cell::Booked { .. } | Cell::Quantity(_) => String::new(),
    }
}

/// The amounts of one column as text; `None` where the cell is no amount.
struct ColumnFigures {
    rows: Vec<Option<String>>,
    totals: Vec<Option<String>>,
}

/// Rounds a column currency by currency, so that each adds up to its own total.
fn figures(table: &Table, index: usize) -> ColumnFigures {
    let shown = table.shown();
    let mut figures =
        ColumnFigures { rows: vec![None; shown.len()], totals: vec![None; table.totals.len()] };
    let least = match table.columns[index].kind {
        ColumnKind::Money => MONEY_DECIMALS,
        ColumnKind::Quantity => QUANTITY_DECIMALS,
        _ => return figures,
    };
    if let Some(depths) = table.depths() {
        let amounts: Option<Vec<i128>> = shown.iter().map(|row| row.cells[index].pico()).collect();
        if let Some(amounts) = amounts {
            figures.rows = number::tree(&amounts, &depths, least).into_iter().map(Some).collect();
            return figures;
        }
    }
    let mut by_currency: BTreeMap<Option<&Currency>, Vec<(usize, i128)>> = BTreeMap::new();
    for (row, amount) in shown.iter().enumerate() {
        if let Cell::Booked { exact, cents } = &amount.cells[index] {
            figures.rows[row] = Some(number::booked(exact.0, cents.0));
        } else if let Some(pico) = amount.cells[index].pico() {
            by_currency.entry(amount.currency.as_ref()).or_default().push((row, pico));
        }
    }
    for (currency, amounts) in by_currency {
        let total = table.totals.iter().position(|total| total.currency.as_ref() == currency);
        let pico = total.and_then(|total| table.totals[total].cells[index].pico());
        let picos: Vec<i128> = amounts.iter().map(|(_, pico)| *pico).collect();
        let texts = number::column(&picos, pico, least);
        for ((row, _), text) in amounts.into_iter().zip(texts.rows) {
            figures.rows[row] = Some(text);
        }
        if let Some(total) = total {
            figures.totals[total] = texts.total;
        }
    }
    for (text, total) in figures.totals.iter_mut().zip(&table.totals) {
        if let Cell::Booked { exact, cents } = &total.cells[index] {
            *text = Some(number::booked(exact.0, cents.0));
        } else if let (None, Some(pico)) = (&text, total.cells[index].pico()) {
            *text = number::column(&[pico], None, least).rows.pop();
        }
    }
    figures
}

fn measure_bars(table: &Table, lines: &mut [Line]) {
    let rows = table.shown();
    let is_share = |column: &Column| column.kind == ColumnKind::Share;
    let Some(share) = table.columns.iter().position(is_share) else { return };
    let part = |row: &Row| match row.cells[share] {
        // What is not SageMaker's would dwarf every bar that the question is about.
        Cell::Share { part, .. } if row.kind != RowKind::OtherServices => Some(part.0),
        _ => None,
    };
    let mut longest: BTreeMap<Option<&Currency>, u128> = BTreeMap::new();
    for row in rows {
        let size = part(row).map_or(0, i128::unsigned_abs);
        let longest = longest.entry(row.currency.as_ref()).or_default();
        *longest = size.max(*longest);
    }
    for (row, line) in rows.iter().zip(lines) {
        let longest = longest.get(&row.currency.as_ref()).copied().unwrap_or(0);
        line.bar = part(row).map(|part| thousandths(part, longest));
    }
}

fn thousandths(part: i128, longest: u128) -> i32 {
    if longest == 0 {
        return 0;
    }
    let size = part.unsigned_abs();
    // Amounts beyond this lose digits that no bar could show.
    let (size, longest) =
        if longest > u128::MAX / 1000 { (size / 1000, longest / 1000) } else { (size, longest) };
    let length = i32::try_from(size * 1000 / longest).unwrap_or(1000);
    let length = if size > 0 { length.max(1) } else { 0 };
    if part < 0 { -length } else { length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_tree_shows_whether_others_of_its_parent_follow() {
        let shown = prefixes(&[0, 1, 2, 2, 1, 2, 0, 1], &TYPED);
        let expected = ["", "|- ", "|  |- ", "|  `- ", "`- ", "   `- ", "", "`- "];
        assert_eq!(shown, expected);
    }
}
