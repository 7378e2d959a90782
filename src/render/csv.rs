//! CSV: one table at full precision, for spreadsheets and scripts.
//!
//! In:    the one table of a report.
//! Out:   RFC 4180: a header of data keys, every row, text always quoted, nothing left empty.
//! Never: rounds, folds, adds a total row, or lets a spreadsheet run a cell (unless asked).

use std::fmt::{Display, Write};

use super::escape::{csv_raw, csv_text};
use crate::report::table::{Cell, Table};

/// How text cells are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvText {
    /// Formulas get a leading `'`, hidden characters become visible.
    #[default]
    Safe,
    /// Byte for byte as delivered, for machines.
    Raw,
}

/// Appends a text cell.
type Escape = fn(&str, &mut String);

/// Writes a table.
pub(super) fn write(table: &Table, text: CsvText) -> String {
    let escape: Escape = match text {
        CsvText::Safe => csv_text,
        CsvText::Raw => csv_raw,
    };
    let columns: Vec<usize> =
        (0..table.columns.len()).filter(|index| table.columns[*index].in_data()).collect();
    let mut csv = String::new();
    line(&mut csv, &columns, |column, csv| header(&table.columns[column].key, escape, csv));
    for row in &table.rows {
        line(&mut csv, &columns, |column, csv| cell(&row.cells[column], escape, csv));
    }
    csv
}

fn line(csv: &mut String, columns: &[usize], put: impl Fn(usize, &mut String)) {
    for (at, column) in columns.iter().enumerate() {
        csv.push_str(if at == 0 { "" } else { "," });
        put(*column, csv);
    }
    csv.push_str("\r\n");
}

/// Our own keys are plain; a tag key may hold anything.
fn header(key: &str, escape: Escape, csv: &mut String) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_:.- ".contains(c);
    if key.chars().all(plain) && !key.starts_with(['-', ' ']) {
        csv.push_str(key);
    } else {
        escape(key, csv);
    }
}

fn cell(cell: &Cell, escape: Escape, csv: &mut String) {
    match cell {
        Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. } => {}
        Cell::Text { full, .. } => escape(full, csv),
        Cell::Money(money) | Cell::Booked { exact: money, .. } => put(money, csv),
        Cell::Quantity(quantity) => put(quantity, csv),
        Cell::Count(count) | Cell::Bytes(count) | Cell::Ratio { part: count, .. } => {
            put(count, csv);
        }
        // A share has no column in data; should one get here, its part is exact.
        Cell::Share { part, .. } => put(part, csv),
    }
}

fn put(number: &impl Display, csv: &mut String) {
    // A string takes everything.
    let _ = write!(csv, "{number}");
}
