//! CSV: one table at full precision, for spreadsheets and scripts.
//!
//! In:    the one table of a report.
//! Out:   RFC 4180: a header of data keys, every row, text always quoted, nothing left empty.
//! Never: rounds, folds, adds a total row, or lets a spreadsheet run a cell (unless asked).

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

/// Writes a table.
pub(super) fn write(table: &Table, text: CsvText) -> String {
    let escape = match text {
        CsvText::Safe => csv_text,
        CsvText::Raw => csv_raw,
    };
    let columns: Vec<usize> =
        (0..table.columns.len()).filter(|index| table.columns[*index].in_data()).collect();
    let header = columns.iter().map(|index| header(&table.columns[*index].key, escape));
    let mut csv = header.collect::<Vec<_>>().join(",");
    csv.push_str("\r\n");
    for row in &table.rows {
        let cells = columns.iter().map(|index| cell(&row.cells[*index], escape));
        csv.push_str(&cells.collect::<Vec<_>>().join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// Our own keys are plain; a tag key may hold anything.
fn header(key: &str, escape: fn(&str) -> String) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_:.- ".contains(c);
    if key.chars().all(plain) && !key.starts_with(['-', ' ']) {
        key.to_owned()
    } else {
        escape(key)
    }
}

fn cell(cell: &Cell, escape: fn(&str) -> String) -> String {
    match cell {
        Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. } => String::new(),
        Cell::Text { full, .. } => escape(full),
        Cell::Money(money) | Cell::Booked { exact: money, .. } => money.to_string(),
        Cell::Quantity(quantity) => quantity.to_string(),
        Cell::Count(count) | Cell::Bytes(count) | Cell::Ratio { part: count, .. } => {
            count.to_string()
        }
        // A share has no column in data; should one get here, its part is exact.
        Cell::Share { part, .. } => part.to_string(),
    }
}
