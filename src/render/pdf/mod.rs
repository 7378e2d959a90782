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
use super::lang::Tongue;
use crate::model::phrase::phrase;
use crate::report::Report;

use paper::Sheet;

/// Rows of a paper: some two hundred pages, four seconds and most of a gigabyte of memory.
const MOST_ROWS: usize = 10_000;

/// Everything that the template reads.
#[derive(Serialize)]
struct Paper {
    /// The tag of the language.
    lang: &'static str,
    /// How the number of a page is told.
    page: [String; 3],
    sheets: Vec<Sheet>,
}

/// Writes reports as one PDF; each begins on a new page.
pub(super) fn write(reports: &[&Report], tongue: &Tongue) -> Result<Vec<u8>, RenderError> {
    let sections = reports.iter().flat_map(|report| &report.sections);
    let rows = sections.map(|section| section.table.shown().len()).sum();
    if rows > MOST_ROWS {
        return Err(RenderError::LongPaper { rows, most: MOST_ROWS });
    }
    let paper = Paper {
        lang: tongue.tag(),
        page: pages(tongue),
        sheets: reports.iter().map(|report| Sheet::of(report, tongue)).collect(),
    };
    let words = serde_json::to_vec(&paper)
        .map_err(|error| RenderError::Typesetting { reason: error.to_string() })?;
    world::set(words)
}

/// What stands before, between and after the number of a page and of all pages.
fn pages(tongue: &Tongue) -> [String; 3] {
    let told = tongue.say(&phrase!("page {} of {}", "|", "|"));
    let mut parts = told.splitn(3, '|').map(ToOwned::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests;
