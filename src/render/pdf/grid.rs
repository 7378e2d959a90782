//! Grid: a table on paper: escaped words in lines, widths, bars.
//!
//! In:    a table.
//! Out:   a [`Draft`], which knows how much room it wants; laid out, a [`Grid`].
//! Never: shows what only machines should see, or rows that were folded.

use serde::Serialize;

use super::columns::{self, Flow, Page, Plan, Wish};
use crate::render::cells::{
    Branches, Everything, Line, Lines, Spelling, columns_for_people, lines as written,
};
use crate::render::escape::chart_text;
use crate::render::font::{Letters, Weight};
use crate::render::lang::Tongue;
use crate::report::table::{ColumnKind, RowKind, Table};

/// A row of a tree is moved to the right instead.
const NO_BRANCHES: Branches = Branches { fork: "", end: "", passing: "", passed: "" };
/// How a paper spells words.
pub(super) const SPELLING: Spelling =
    Spelling { escape: chart_text, nothing: "—", no_share: "–", branches: &NO_BRANCHES };
/// From a row of a tree to those below it, in thousandths of an em.
const STEP: i64 = 1_200;

/// A laid out table; lengths are thousandths of its em, the size thousandths of a point.
#[derive(Serialize)]
pub(super) struct Grid {
    size: i64,
    columns: Vec<ColumnView>,
    rows: Vec<RowView>,
    totals: Vec<RowView>,
}

#[derive(Serialize)]
struct ColumnView {
    width: i64,
    is_right: bool,
    heading: String,
}

#[derive(Serialize)]
struct RowView {
    kind: &'static str,
    /// Lines of a cell are parted by line breaks; the words themselves hold none.
    cells: Vec<String>,
    /// How far the cell of a tree is moved, and its column.
    indent: Option<(usize, i64)>,
    /// The signed length of a bar, and the column of shares.
    bar: Option<(usize, i64)>,
}

/// A table in words, before it is known how wide its columns are.
pub(super) struct Draft<'a> {
    table: &'a Table,
    columns: Vec<usize>,
    headings: Vec<String>,
    lines: Lines,
    depths: Option<Vec<usize>>,
    wishes: Vec<Wish>,
    regular: Letters,
    bold: Letters,
}

impl<'a> Draft<'a> {
    /// `None` for a table without rows.
    pub(super) fn of(table: &'a Table, tongue: &Tongue) -> Option<Self> {
        if table.rows.is_empty() {
            return None;
        }
        let columns = columns_for_people(table, Everything::No);
        let mut lines = written(table, &columns, SPELLING, tongue);
        // Without a column of words the only row is its own total.
        if columns.iter().all(|index| table.columns[*index].kind.is_numeric()) {
            lines.totals.clear();
        }
        let headings =
            columns.iter().map(|index| chart_text(&table.columns[*index].heading)).collect();
        let mut draft = Self {
            table,
            headings,
            lines,
            depths: table.depths(),
            wishes: Vec::new(),
            regular: Letters::new(Weight::Regular),
            bold: Letters::new(Weight::Bold),
            columns,
        };
        draft.wishes = (0..draft.columns.len()).map(|place| draft.wish(place)).collect();
        Some(draft)
    }

    /// The page that the table would like.
    pub(super) fn page(&self) -> Page {
        columns::choose(&self.wishes)
    }

    /// Headings and amounts of the totals, with the currency of each.
    pub(super) fn figures(&self) -> Vec<(String, String)> {
        let money =
            |place: &usize| self.table.columns[self.columns[*place]].kind == ColumnKind::Money;
        let places: Vec<usize> = (0..self.columns.len()).filter(money).collect();
        let totals = self.lines.totals.iter().zip(&self.table.totals);
        let told = totals.flat_map(|(line, row)| {
            let currency = row.currency.as_ref().map(|code| chart_text(&code.0));
            let currency = currency.map_or_else(String::new, |code| format!(" {code}"));
            let told = places.iter().filter(|place| !line.cells[**place].is_empty());
            let told = told.map(|place| {
                (self.headings[*place].clone(), format!("{}{currency}", line.cells[*place]))
            });
            told.collect::<Vec<_>>()
        });
        told.collect()
    }

    /// Every word of the table.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.rows.iter().chain(&self.lines.totals);
        let cells = lines.flat_map(|line| &line.cells);
        self.headings.iter().chain(cells).map(String::as_str)
    }

    /// Breaks words to the widths that a page leaves them.
    pub(super) fn lay(&self, page: Page) -> Grid {
        let plan = columns::lay(&self.wishes, page);
        let column = |(place, width): &(usize, i64)| ColumnView {
            width: *width,
            is_right: self.is_right(*place),
            heading: columns::lines(&self.headings[*place], *width, &self.bold).join("\n"),
        };
        let row = |(at, line): (usize, &Line)| {
            let depth = self.depths.as_ref().map_or(0, |depths| depths[at]);
            self.row(line, depth, &plan, &self.regular)
        };
        Grid {
            size: plan.size,
            columns: plan.columns.iter().map(column).collect(),
            rows: self.lines.rows.iter().enumerate().map(row).collect(),
            totals: self
                .lines
                .totals
                .iter()
                .map(|line| self.row(line, 0, &plan, &self.bold))
                .collect(),
        }
    }

    fn row(&self, line: &Line, depth: usize, plan: &Plan, letters: &Letters) -> RowView {
        let mut view = RowView {
            kind: match line.kind {
                RowKind::Data => "data",
                RowKind::Unattributed | RowKind::OtherServices | RowKind::Rest => "quiet",
                RowKind::Total => "total",
            },
            cells: Vec::with_capacity(plan.columns.len()),
            indent: None,
            bar: None,
        };
        for (column, (place, width)) in plan.columns.iter().enumerate() {
            let mut room = *width;
            match self.wishes[*place].kind {
                Flow::Tree => {
                    // A row deep in a tree keeps half of its column.
                    let indent = indent(depth).min(width / 2);
                    view.indent = Some((column, indent));
                    room -= indent;
                }
                Flow::Bar => {
                    let bar = line.bar.map(|length| i64::from(length) * plan.bar / 1_000);
                    view.bar = bar.map(|length| (column, length));
                }
                Flow::Fixed | Flow::Words => {}
            }
            let is_word = matches!(self.wishes[*place].kind, Flow::Words | Flow::Tree);
            let cell = &line.cells[*place];
            view.cells.push(if is_word {
                columns::lines(cell, room, letters).join("\n")
            } else {
                cell.clone()
            });
        }
        view
    }

    fn is_right(&self, place: usize) -> bool {
        self.table.columns[self.columns[place]].kind.is_numeric()
    }

    fn wish(&self, place: usize) -> Wish {
        let column = &self.table.columns[self.columns[place]];
        let heading = &self.headings[place];
        let kind = match column.kind {
            ColumnKind::Text => Flow::Words,
            ColumnKind::Tree => Flow::Tree,
            ColumnKind::Share => Flow::Bar,
            _ => Flow::Fixed,
        };
        let depth = |at: usize| match &self.depths {
            Some(depths) if kind == Flow::Tree => indent(depths[at]),
            _ => 0,
        };
        let rows = self.lines.rows.iter().enumerate();
        let rows = rows.map(|(at, line)| self.regular.width(&line.cells[place]) + depth(at));
        let totals = self.lines.totals.iter().map(|line| self.bold.width(&line.cells[place]));
        Wish {
            place,
            cells: rows.chain(totals).max().unwrap_or(0),
            heading: self.bold.width(heading),
            broken_heading: heading.split(' ').map(|word| self.bold.width(word)).max().unwrap_or(0),
            kind,
            gives_way: column.gives_way,
        }
    }
}

fn indent(depth: usize) -> i64 {
    i64::try_from(depth).unwrap_or(0) * STEP
}
