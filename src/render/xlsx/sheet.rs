//! Sheet: a table with a head that stays, filters, and totals below.
//!
//! In:    a table of a report, and who reads it.
//! Out:   cells, one native table over them, widths, a layout for paper.
//! Never: leaves out a row, or makes a formula of anything but the positions of cells.

use rust_xlsxwriter::{Formula, Table as NativeTable, TableColumn, TableStyle};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::look::{self, Look, Looks, Tone};
use super::names::{self, Names};
use super::totals;
use super::value::{self, Reader, Value, shown};
use crate::render::cells::{Everything, columns_for_people};
use crate::render::number::{self, MONEY_DECIMALS, QUANTITY_DECIMALS};
use crate::report::table::{ColumnKind, Row, Table};

/// From "Excel specifications and limits": letters of a column's name.
const LONGEST_COLUMN_NAME: usize = 255;
/// In letters: no column is narrower or wider.
const NARROWEST: usize = 6;
const WIDEST: usize = 60;
/// Letters that the button of a filter hides.
const BUTTON: usize = 4;

/// One table on its way into a sheet.
pub(super) struct Sheet<'a> {
    pub(super) table: &'a Table,
    pub(super) reader: Reader,
    /// The columns that are shown, by their place in the table.
    pub(super) columns: Vec<usize>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(table: &'a Table, reader: Reader) -> Self {
        let columns = match reader {
            Reader::People => columns_for_people(table, Everything::Yes),
            Reader::Machines => {
                (0..table.columns.len()).filter(|at| table.columns[*at].in_data()).collect()
            }
        };
        Self { table, reader, columns }
    }

    /// The rows below the data; machines add up themselves.
    pub(super) fn totals(&self) -> &'a [Row] {
        match self.reader {
            Reader::People => &self.table.totals,
            Reader::Machines => &[],
        }
    }

    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let mut names = Names::new(LONGEST_COLUMN_NAME, &[]);
        let mut headings = Vec::new();
        let mut looks = Looks::default();
        for (at, index) in (0..).zip(&self.columns) {
            let column = &self.table.columns[*index];
            let heading = match self.reader {
                Reader::People => column.heading.as_str(),
                Reader::Machines => &column.key,
            };
            let heading = names.unique(&names::of_column(heading));
            let mut widest = shown_width(&heading) + BUTTON;
            widest = widest.max(self.write_column(sheet, at, *index, &mut looks)?);
            let letters = u16::try_from(widest.clamp(NARROWEST, WIDEST) + 2).unwrap_or(u16::MAX);
            sheet.set_column_width(at, letters)?;
            headings.push(heading);
        }
        self.write_headings(sheet, &headings)?;
        if !headings.is_empty() {
            sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
        }
        // `&A` is the name of the sheet, `&P` and `&N` are pages.
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_footer("&L&A&R&P / &N");
        Ok(())
    }

    /// Writes the rows and totals of a column and returns the letters of the widest.
    fn write_column(
        &self,
        sheet: &mut Worksheet,
        at: u16,
        index: usize,
        looks: &mut Looks,
    ) -> Result<usize, XlsxError> {
        let kind = self.table.columns[index].kind;
        let decimals = self.decimals(index);
        let mut widest = 0;
        for (line, row) in (1..).zip(&self.table.rows) {
            let shown = shown(&row.cells[index], kind, decimals, self.reader);
            widest = widest.max(shown.width);
            looks.write(sheet, (line, at), shown, Tone::of(row.kind))?;
        }
        for (line, total) in (0..).zip(self.totals()) {
            let shown = shown(&total.cells[index], kind, decimals, self.reader);
            widest = widest.max(shown.width + 1);
            let cell = (line + totals::first_line(self.table), at);
            let look = Look { face: shown.face, tone: Tone::Total, indent: 0 };
            match (totals::formula(self, index, total), &shown.value) {
                (Some(formula), Value::Number(sum)) => {
                    let formula = Formula::new(formula).set_result(sum.to_string());
                    sheet.write_formula_with_format(cell.0, cell.1, formula, looks.format(look))?;
                }
                _ => looks.write(sheet, cell, shown, Tone::Total)?,
            }
        }
        Ok(widest)
    }

    /// The decimals of a column, as on the screen.
    fn decimals(&self, index: usize) -> u32 {
        let least = match self.table.columns[index].kind {
            ColumnKind::Quantity => QUANTITY_DECIMALS,
            _ => MONEY_DECIMALS,
        };
        let rows = self.table.rows.iter().chain(self.totals());
        let amounts = rows.filter_map(|row| value::pico(&row.cells[index], self.reader));
        number::decimals(amounts.map(i128::unsigned_abs).max().unwrap_or(0), least)
    }

    /// The head of the sheet: that of a native table, or alone when there is no row.
    fn write_headings(&self, sheet: &mut Worksheet, headings: &[String]) -> Result<(), XlsxError> {
        let format = |index: &usize| look::header(self.table.columns[*index].kind.is_numeric());
        let formats: Vec<_> = self.columns.iter().map(format).collect();
        let Some(last_column) = headings.len().checked_sub(1) else { return Ok(()) };
        if self.table.rows.is_empty() {
            for (at, (heading, format)) in (0..).zip(headings.iter().zip(&formats)) {
                sheet.write_string_with_format(0, at, heading, format)?;
            }
            return Ok(());
        }
        let columns = headings.iter().zip(&formats).map(|(heading, format)| {
            TableColumn::new().set_header(heading).set_header_format(format)
        });
        let table = NativeTable::new()
            .set_columns(&columns.collect::<Vec<_>>())
            .set_style(TableStyle::Light1);
        let last_column = u16::try_from(last_column).unwrap_or(u16::MAX);
        let last_row = totals::first_line(self.table) - 1;
        sheet.add_table(0, 0, last_row, last_column, &table)?;
        Ok(())
    }
}

fn shown_width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}
