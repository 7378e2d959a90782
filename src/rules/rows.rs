//! Rows: a CSV file that people or spreadsheets wrote.
//!
//! In:    a file's bytes, the columns that are known.
//! Out:   its rows by column, each with its line; mistakes by line.
//! Never: minds a BOM, CRLF, spaces around cells, the order of columns, or letter case of headers.

use csv::{ReaderBuilder, StringRecord};

use crate::diagnostic::nearest;
use crate::model::period::{Day, Days};
use crate::rules::page::Mistake;
use crate::rules::papers::{Paper, Papers};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 30;
/// After so many mistakes nobody reads on.
const MOST_MISTAKES: usize = 1000;

/// A known column and whether the file must have it.
pub(super) type Column = (&'static str, bool);

/// What is wrong with a file.
#[derive(Debug)]
pub(super) struct Sheet {
    name: String,
    pub(super) mistakes: Vec<Mistake>,
}

/// One row.
pub(super) struct Cells<'r> {
    record: &'r StringRecord,
    places: &'r [Option<usize>],
    /// The line that it begins on.
    pub(super) line: u64,
}

/// What stands in a cell, for mistakes.
pub(super) fn found(cell: &str) -> String {
    if cell.is_empty() { "found nothing".to_owned() } else { format!("found `{cell}`") }
}

impl Cells<'_> {
    /// The cell of a column by the number that it is known under; nothing is the empty text.
    pub(super) fn at(&self, column: usize) -> &str {
        self.places[column].and_then(|at| self.record.get(at)).unwrap_or_default().trim()
    }

    /// The same, where nothing is nothing.
    pub(super) fn some(&self, column: usize) -> Option<String> {
        Some(self.at(column)).filter(|cell| !cell.is_empty()).map(ToOwned::to_owned)
    }

    /// The days between two columns.
    pub(super) fn days(&self, from: usize, to: usize) -> Result<Days, String> {
        let day = |column: usize, name: &str| match self.at(column) {
            "" => Ok(None),
            text => Day::parse(text)
                .map(Some)
                .ok_or(format!("`{name}` must be a day such as 2026-10-12; found `{text}`")),
        };
        let days = Days { from: day(from, "from")?, to: day(to, "to")? };
        if days.is_empty() {
            return Err(format!("no day is {days}: `to` is the first day after"));
        }
        Ok(days)
    }
}

impl Sheet {
    pub(super) fn wrong(&mut self, line: u64, message: impl Into<String>) {
        let (file, message) = (self.name.clone(), message.into());
        self.mistakes.push(Mistake { file, line, column: None, message });
    }

    /// Whether so much is wrong that reading on helps nobody.
    fn is_hopeless(&self) -> bool {
        self.mistakes.len() >= MOST_MISTAKES
    }
}

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read, in words that follow its name.
pub(super) fn paper(file: &str, papers: &mut Papers) -> Result<Paper, String> {
    papers.read(file, LARGEST).map_err(|why| format!("`{}` {why}", papers.shown(file)))
}

/// Reads a file row by row; `each` may refuse a row with its reason.
///
/// # Errors
/// When the file is no CSV at all, in words that follow its name.
pub(super) fn read(
    paper: &Paper,
    columns: &[Column],
    mut each: impl FnMut(&Cells) -> Result<(), String>,
) -> Result<Sheet, String> {
    let name = paper.shown.clone();
    let told = |why: &dyn std::fmt::Display| format!("`{}` {why}", paper.shown);
    let delimiter = delimiter(&paper.bytes).map_err(|why| told(&why))?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(paper.bytes.as_slice());
    let mut sheet = Sheet { name, mistakes: Vec::new() };
    let header = reader.headers().cloned();
    let header = header.map_err(|_| told(&"has a header that is not UTF-8"))?;
    let Some(places) = places(&header, columns, &mut sheet) else { return Ok(sheet) };
    let mut bytes = csv::ByteRecord::new();
    while !sheet.is_hopeless() {
        match reader.read_byte_record(&mut bytes) {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => return Err(told(&format!("cannot be read: {why}"))),
        }
        let line = bytes.position().map_or(0, csv::Position::line);
        let Ok(record) = StringRecord::from_byte_record(bytes.clone()) else {
            sheet.wrong(line, "the row is not UTF-8; save the file as UTF-8");
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.iter().skip(header.len()).any(|cell| !cell.trim().is_empty()) {
            let (found, wanted) = (record.len(), header.len());
            sheet.wrong(line, format!("{found} cells under a header of {wanted}"));
            continue;
        }
        if let Err(why) = each(&Cells { record: &record, places: &places, line }) {
            sheet.wrong(line, why);
        }
    }
    Ok(sheet)
}

/// Comma, or semicolon where spreadsheets use it; a word when the file is no text of ours.
fn delimiter(bytes: &[u8]) -> Result<u8, String> {
    let head = &bytes[..bytes.len().min(4096)];
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err("is UTF-16; save it as UTF-8".to_owned());
    }
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' })
}

/// Where each known column is; `None` when one that must be there is not.
fn places(
    header: &StringRecord,
    columns: &[Column],
    sheet: &mut Sheet,
) -> Option<Vec<Option<usize>>> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let place = |column: &str| names.iter().position(|name| name == column);
    let places: Vec<Option<usize>> = columns.iter().map(|(column, _)| place(column)).collect();
    let absent = columns.iter().filter(|(column, _)| place(column).is_none());
    let mut absent: Vec<&str> = absent.map(|(column, _)| *column).collect();
    for name in names.iter().filter(|name| !name.is_empty()) {
        let is_known = columns.iter().any(|(column, _)| column == name);
        if is_known && names.iter().filter(|other| *other == name).count() > 1 {
            sheet.wrong(1, format!("column `{name}` is there twice"));
        }
        // A note of somebody's own is no mistake; a mistyped column is.
        if !is_known && let Some(meant) = nearest(name, absent.iter().copied()) {
            sheet.wrong(1, format!("unknown column `{name}`; did you mean `{meant}`?"));
            absent.retain(|column| *column != meant);
        }
    }
    for (column, _) in columns.iter().filter(|(name, must)| *must && absent.contains(name)) {
        sheet.wrong(1, format!("column `{column}` is missing"));
    }
    sheet.mistakes.dedup();
    sheet.mistakes.is_empty().then_some(places)
}
