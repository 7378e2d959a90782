//! Pdf: reports as a paper that can be sent, through typst.
//!
//! In:    reports, one after the other.
//! Out:   a tagged PDF with its fonts inside; the same bytes for the same reports.
//! Never: lets a word of the data become markup; the template gets it as a string of JSON.

mod columns;
mod grid;
mod paper;
mod world;

use serde::Serialize;

use super::RenderError;
use crate::report::Report;

use paper::Sheet;

/// Rows of a paper: some two hundred pages, four seconds and most of a gigabyte of memory.
const MOST_ROWS: usize = 10_000;

/// Everything that the template reads.
#[derive(Serialize)]
struct Paper {
    sheets: Vec<Sheet>,
}

/// Writes reports as one PDF; each begins on a new page.
pub(super) fn write(reports: &[&Report]) -> Result<Vec<u8>, RenderError> {
    let sections = reports.iter().flat_map(|report| &report.sections);
    let rows = sections.map(|section| section.table.shown().len()).sum();
    if rows > MOST_ROWS {
        return Err(RenderError::LongPaper { rows, most: MOST_ROWS });
    }
    let paper = Paper { sheets: reports.iter().map(|report| Sheet::of(report)).collect() };
    let words = serde_json::to_vec(&paper)
        .map_err(|error| RenderError::Typesetting { reason: error.to_string() })?;
    world::set(words)
}

#[cfg(test)]
mod tests;
