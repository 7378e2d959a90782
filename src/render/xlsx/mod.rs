//! Xlsx: a workbook that a spreadsheet can go on computing with.
//!
//! In:    a report.
//! Out:   sheets: `About`, one per table for people, `Charts`, and `Data` with what CSV holds.
//! Never: writes text of the data as a formula or a link, or bytes that depend on the clock.

mod names;
mod look;
mod value;
mod totals;
mod sheet;
mod about;
mod charts;
mod shapes;
#[cfg(test)]
mod tests;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::RenderError;
use super::escape::cell_text;
use crate::render::lang::Tongue;
use crate::report::Report;
use crate::report::chart::Chart;
use crate::report::table::Table;

use about::Content;
use names::Names;
use sheet::Sheet;
use value::Reader;

/// From "Excel specifications and limits": rows of a sheet, letters of its name.
const MOST_ROWS: usize = 1_048_576;
const LONGEST_SHEET_NAME: usize = 31;

const ABOUT: &str = "About";
const CHARTS: &str = "Charts";
const DATA: &str = "Data";

/// Writes a report as a workbook.
pub(super) fn write(report: &Report, tongue: &Tongue) -> Result<Vec<u8>, RenderError> {
    let tables = report.sections.iter().map(|section| &section.table).chain(report.one_table());
    let rows = tables.map(|table| 1 + table.rows.len() + table.totals.len()).max().unwrap_or(0);
    if rows > MOST_ROWS {
        return Err(RenderError::TooManyRows { rows, most: MOST_ROWS });
    }
    book(report, tongue).map_err(|error| RenderError::Xlsx { reason: error.to_string() })
}

fn book(report: &Report, tongue: &Tongue) -> Result<Vec<u8>, XlsxError> {
    // Excel keeps `History` for itself.
    let mut names = Names::new(LONGEST_SHEET_NAME, &[ABOUT, CHARTS, DATA, "History"]);
    let mut sheets: Vec<(String, Sheet<'_>)> = Vec::new();
    for section in &report.sections {
        let heading = section.heading.as_deref().unwrap_or(&report.title);
        let name = names.unique(&names::of_sheet(heading));
        sheets.push((name, Sheet::new(&section.table, Reader::People)));
    }
    let charts: Vec<&Chart> = report.sections.iter().flat_map(|section| &section.charts).collect();
    let data = report.one_table().map(|table| Sheet::new(table, Reader::Machines));

    let row_count = |table: &Table| Some(table.rows.len());
    let mut contents: Vec<Content<'_>> =
        sheets.iter().map(|(name, sheet)| Content { name, rows: row_count(sheet.table) }).collect();
    if !charts.is_empty() {
        contents.push(Content { name: CHARTS, rows: None });
    }
    contents.extend(data.iter().map(|data| Content { name: DATA, rows: row_count(data.table) }));

    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(report)?);
    about::write(workbook.add_worksheet().set_name(ABOUT)?, report, &contents, tongue)?;
    for (name, sheet) in &sheets {
        sheet.write(workbook.add_worksheet().set_name(name)?)?;
    }
    if !charts.is_empty() {
        charts::write(workbook.add_worksheet().set_name(CHARTS)?, &charts, tongue)?;
    }
    if let Some(data) = &data {
        data.write(workbook.add_worksheet().set_name(DATA)?)?;
    }
    workbook.save_to_buffer()
}

/// The same in every run, so that the same report is the same bytes.
fn properties(report: &Report) -> Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_title(cell_text(&report.title));
    Ok(properties.set_author("curtail").set_creation_datetime(&created))
}
