//! Totals: sums that a spreadsheet can follow.
//!
//! In:    a sheet, one of its columns and one of its totals.
//! Out:   a formula over the rows of that total; its result is the total to the last unit.
//! Never: writes a formula whose exact result is not the total, or one that holds a word.

use rust_xlsxwriter::utility::row_col_to_cell;

use super::sheet::Sheet;
use super::value;
use crate::report::table::{Cell, ColumnKind, Row, Table};

/// The line below the rows.
pub(super) fn first_line(table: &Table) -> u32 {
    u32::try_from(1 + table.rows.len()).unwrap_or(u32::MAX)
}

/// The formula of a total; `None` where the rows do not add up to it.
pub(super) fn formula(sheet: &Sheet<'_>, index: usize, total: &Row) -> Option<String> {
    let summed = matches!(
        sheet.table.columns[index].kind,
        ColumnKind::Money | ColumnKind::Quantity | ColumnKind::Count | ColumnKind::Bytes
    );
    let amount = |row: &Row| match &row.cells[index] {
        Cell::Count(count) | Cell::Bytes(count) => Some(i128::from(*count)),
        cell => value::pico(cell, sheet.reader),
    };
    let whole = amount(total).filter(|_| summed)?;
    let is_only = sheet.totals().len() == 1;
    let of_total = |row: &&Row| is_only || row.currency == total.currency;
    let mut parts = sheet.table.rows.iter().filter(of_total).filter_map(amount);
    let sum = parts.try_fold(0_i128, i128::checked_add)?;
    if sheet.table.rows.is_empty() || sum != whole {
        return None;
    }
    let range = range(sheet, index)?;
    if is_only {
        // What a filter hides is not summed, as in every table of a spreadsheet.
        return Some(format!("=SUBTOTAL(109,{range})"));
    }
    let (currencies, own) = currencies(sheet, total)?;
    // Unlike SUMIF, EXACT knows neither wildcards nor comparisons.
    Some(format!("=SUMPRODUCT(--EXACT({currencies},{own}),{range})"))
}

/// The rows of a column, such as `C2:C9`.
fn range(sheet: &Sheet<'_>, index: usize) -> Option<String> {
    let at = sheet.columns.iter().position(|shown| *shown == index)?;
    let at = u16::try_from(at).ok()?;
    let last = first_line(sheet.table) - 1;
    Some(format!("{}:{}", row_col_to_cell(1, at), row_col_to_cell(last, at)))
}

/// Where the rows and the total name their currency, when all of them do.
fn currencies(sheet: &Sheet<'_>, total: &Row) -> Option<(String, String)> {
    let names_it = |row: &Row, index: usize| match (&row.cells[index], &row.currency) {
        (Cell::Text { full, short }, Some(currency)) => **full == *currency.0 && **full == **short,
        _ => false,
    };
    let tables = |index: &&usize| {
        names_it(total, **index) && sheet.table.rows.iter().all(|row| names_it(row, **index))
    };
    let index = sheet.columns.iter().find(tables)?;
    let at = sheet.columns.iter().position(|shown| shown == index)?;
    let line = sheet.totals().iter().position(|other| std::ptr::eq(other, total))?;
    let line = first_line(sheet.table) + u32::try_from(line).ok()?;
    Some((range(sheet, *index)?, row_col_to_cell(line, u16::try_from(at).ok()?)))
}
