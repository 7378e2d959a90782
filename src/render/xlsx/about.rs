//! About: the first sheet, with everything that is no table.
//!
//! In:    a report and the other sheets.
//! Out:   title, caption, facts, sheets, the books, findings, and a word on precision.
//! Never: says a number that a table does not say.

use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet, XlsxError};

use crate::model::phrase::phrase;
use crate::render::cells::{DRAWN, Spelling, fact};
use crate::render::escape::cell_text;
use crate::render::lang::Tongue;
use crate::render::{number, words};
use crate::report::Report;

const PRECISION: &str = "A spreadsheet keeps 15 digits of a number. Amounts are exact to the last \
                         of 12 decimals in CSV, JSON and Parquet.";
const SPELLING: Spelling =
    Spelling { escape: cell_text, nothing: "—", no_share: "–", branches: &DRAWN };

/// Another sheet.
pub(super) struct Content<'a> {
    pub(super) name: &'a str,
    /// Rows of its table.
    pub(super) rows: Option<usize>,
}

/// Lines of a word and what it stands for, from the top down.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    line: u32,
    word: Format,
    text: Format,
}

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    report: &Report,
    contents: &[Content<'_>],
    tongue: &Tongue,
) -> Result<(), XlsxError> {
    let plain = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    let title = plain.clone().set_bold().set_font_size(16);
    let faint = plain.clone().set_font_color(Color::RGB(0x006B_727B));
    sheet.set_screen_gridlines(false).set_column_width(0, 38)?.set_column_width(1, 100)?;
    sheet.write_string_with_format(0, 0, cell_text(&report.title), &title)?;
    let caption = cell_text(&words::caption(&report.caption, tongue).join(" · "));
    sheet.write_string_with_format(1, 0, caption, &faint)?;
    let (word, text) = (plain.clone().set_bold(), plain.set_text_wrap());
    let mut page = Page { sheet, line: 3, word, text };

    for told in &report.subject {
        page.tell(&told.heading, &fact(told, SPELLING, tongue))?;
    }
    page.line += u32::from(!report.subject.is_empty());
    for content in contents {
        let rows = content.rows.map(|rows| match rows {
            1 => tongue.word("1 row").to_owned(),
            rows => {
                let rows = number::count(u64::try_from(rows).unwrap_or(u64::MAX));
                tongue.say(&phrase!("{} rows", tongue.number(&rows)))
            }
        });
        page.tell(content.name, &rows.unwrap_or_default())?;
    }
    page.line += 1;
    for [word, line] in words::books(report, tongue) {
        page.tell(&word, &line)?;
    }
    page.tell(tongue.word("precision"), tongue.word(PRECISION))?;
    page.line += 1;
    for finding in &report.findings {
        page.tell(&finding.code, &finding.message)?;
    }
    page.sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

impl Page<'_> {
    fn tell(&mut self, word: &str, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.line, 0, cell_text(word), &self.word)?;
        self.sheet.write_string_with_format(self.line, 1, cell_text(text), &self.text)?;
        self.line += 1;
        Ok(())
    }
}
