//! Look: how a cell is shown: number format, tone, indent.
//!
//! In:    what a cell holds and what its row stands for.
//! Out:   a format of the workbook; the same one for the same look.
//! Never: puts a word of the data into a format.

use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};
use rustc_hash::FxHashMap;

use super::value::{Shown, Value};
use crate::render::chart::scene::Colour;
use crate::report::table::RowKind;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Face {
    /// Words. The format of text keeps a formula asleep when somebody edits the cell.
    Text,
    /// An amount with so many decimals.
    Amount(u32),
    /// An amount with all of its decimals.
    Exact,
    /// A whole number.
    Count,
    /// Bytes, shown in so many thousands of thousands.
    Size(usize),
    /// A part of a whole.
    Percent,
    /// A part that would read as nothing.
    Trace,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A second, in UTC.
    Moment,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tone {
    Plain,
    /// Cost without owner and what was put together: visible, but not one of the crowd.
    Muted,
    Total,
}

impl Tone {
    pub(super) fn of(kind: RowKind) -> Self {
        match kind {
            RowKind::Data => Self::Plain,
            RowKind::Unattributed | RowKind::OtherServices | RowKind::Rest => Self::Muted,
            RowKind::Total => Self::Total,
        }
    }
}

/// All that makes a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub(super) face: Face,
    pub(super) tone: Tone,
    /// Steps from the root of a tree.
    pub(super) indent: u8,
}

/// Formats by look.
#[derive(Default)]
pub(super) struct Looks(FxHashMap<Look, Format>);

impl Looks {
    /// Writes one value; text is always a string, whatever it looks like.
    pub(super) fn write(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        shown: Shown,
        tone: Tone,
    ) -> Result<(), XlsxError> {
        let format = self.format(Look { face: shown.face, tone, indent: shown.indent });
        match shown.value {
            Value::Nothing => sheet.write_blank(row, column, format)?,
            Value::Text(text) => sheet.write_string_with_format(row, column, text, format)?,
            Value::Number(number) => sheet.write_number_with_format(row, column, number, format)?,
            Value::Date(seconds) => {
                let date = ExcelDateTime::from_timestamp(seconds)?;
                sheet.write_datetime_with_format(row, column, &date, format)?
            }
        };
        Ok(())
    }

    pub(super) fn format(&mut self, look: Look) -> &Format {
        self.0.entry(look).or_insert_with(|| format(look))
    }
}

const INK: Color = Color::RGB(0x0022_262B);
const FAINT: Color = Color::RGB(0x006B_727B);

fn format(look: Look) -> Format {
    let format = Format::new().set_num_format(number_format(look.face)).set_indent(look.indent);
    match look.tone {
        Tone::Plain => format.set_font_color(INK),
        Tone::Muted => format.set_font_color(FAINT).set_italic(),
        Tone::Total => format.set_font_color(INK).set_bold().set_border_top(FormatBorder::Thin),
    }
}

/// The code of a number format.
pub(super) fn number_format(face: Face) -> String {
    const SIZES: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    match face {
        Face::Text => "@".to_owned(),
        Face::Amount(0) | Face::Count => "#,##0".to_owned(),
        Face::Amount(decimals) => format!("#,##0.{}", "0".repeat(decimals as usize)),
        Face::Exact => "0.00##########".to_owned(),
        Face::Size(thousands) => {
            let thousands = thousands.min(SIZES.len() - 1);
            let digits = if thousands == 0 { "0" } else { "0.00" };
            format!("{digits}{} \"{}\"", ",".repeat(thousands), SIZES[thousands])
        }
        Face::Percent => "0.0%".to_owned(),
        Face::Trace => "\"<0.1%\"".to_owned(),
        Face::Day => "yyyy-mm-dd".to_owned(),
        Face::Month => "yyyy-mm".to_owned(),
        Face::Moment => "yyyy-mm-dd hh:mm:ss".to_owned(),
    }
}

/// The head of a column; of numbers at their right end, left of the filter's button.
pub(super) fn header(is_numeric: bool) -> Format {
    let format = Format::new().set_bold().set_font_color(Color::White).set_num_format("@");
    let format = format.set_background_color(Color::RGB(0x0033_4E68));
    if is_numeric { format.set_align(FormatAlign::Right).set_indent(2) } else { format }
}

/// A colour of the charts.
pub(super) fn colour(Colour(red, green, blue): Colour) -> Color {
    Color::RGB(u32::from_be_bytes([0, red, green, blue]))
}
