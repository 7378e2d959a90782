//! Cover: every byte of a file belongs to one column, one index, or the footer.
//!
//! In:    the stretches that columns claim.
//! Out:   agreement, or a refusal: out of the file, claimed twice, or claimed by nobody.
//! Never: reads claimed bytes; of unclaimed ones, only until the first that is no padding.

use super::schema::Leaf;
use super::{Located, MAGIC_BYTES, Result, read_at, refuse};
use crate::diagnostic::Refusal;
use crate::origin::ReadAt;

/// Bytes that old writers leave between columns without telling what they are: parquet-mr up to
/// 1.2.8 did not count the header of the dictionary page (PARQUET-816), at most 100 bytes.
const TOLERANCE: u64 = 100;

/// How much padding is looked at in one piece.
const PIECE: u64 = 64 << 10;

/// The column that claims a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    row_group: u32,
    column: u32,
    is_index: bool,
}

impl Owner {
    /// Limits keep both numbers far below 2^32.
    pub(super) fn of(row_group: usize, column: usize) -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { row_group: small(row_group), column: small(column), is_index: false }
    }

    /// The same column's page index or bloom filter.
    pub(super) fn index(self) -> Self {
        Self { is_index: true, ..self }
    }
}

/// A stretch of the file; without an end when a writer did not tell how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: Option<u64>,
    pub(super) owner: Owner,
}

/// All claimed stretches.
#[derive(Default)]
pub(super) struct Spans {
    spans: Vec<Span>,
    names: Vec<String>,
}

impl Spans {
    pub(super) fn add_all(&mut self, spans: Vec<Span>) {
        self.spans.extend(spans);
    }

    /// The names of the columns, for messages.
    pub(super) fn name(&mut self, leaves: &[Leaf]) {
        self.names = leaves.iter().map(Leaf::name).collect();
    }

    /// Walks through the file from its magic to its footer, and once more for what lies between.
    pub(super) fn check(mut self, footer_start: u64, file: &impl ReadAt) -> Result<()> {
        self.spans.sort_unstable();
        let mut gaps = Vec::new();
        let (mut reached, mut last): (u64, Option<&Span>) = (MAGIC_BYTES, None);
        for span in &self.spans {
            let end = span.end.unwrap_or(span.start);
            if span.start < MAGIC_BYTES || end > footer_start {
                let found = format!("{}..{end} of {footer_start} bytes", span.start);
                return Err(self.at(span, "PQ-CHUNK", "data inside the file", &found));
            }
            match last {
                Some(last) if span.start < reached => return Err(self.overlap(last, span)),
                // A filter of untold length may fill the gap behind it.
                Some(last) if last.end.is_none() => {}
                _ => gaps.push((reached, span.start)),
            }
            (reached, last) = (end, Some(span));
        }
        if last.is_none_or(|last| last.end.is_some()) {
            gaps.push((reached, footer_start));
        }
        gaps.into_iter().try_for_each(|(start, end)| check_gap(start, end, file))
    }

    fn overlap(&self, first: &Span, second: &Span) -> Refusal {
        let owner = first.owner;
        let name = self.names.get(owner.column as usize).map_or("", String::as_str);
        let found = format!("bytes that row group {}, column `{name}` has too", owner.row_group);
        self.at(second, "PQ-OVERLAP", "bytes of its own", &found)
    }

    fn at(&self, span: &Span, code: &'static str, expected: &str, found: &str) -> Refusal {
        let column = self.names.get(span.owner.column as usize).cloned().unwrap_or_default();
        let what = if span.owner.is_index { " for its index" } else { "" };
        refuse(code, format!("{expected}{what}"), found)
            .in_row_group(span.owner.row_group as usize)
            .in_column(column)
    }
}

/// Writers pad row groups with zeros to the blocks of a file system, up to 8 MiB; nothing else may
/// lie between columns.
fn check_gap(start: u64, end: u64, file: &impl ReadAt) -> Result<()> {
    if end.saturating_sub(start) <= TOLERANCE {
        return Ok(());
    }
    let mut at = start;
    while at < end {
        let length = PIECE.min(end - at);
        let piece = read_at(file, at, length)?;
        if piece.iter().any(|byte| *byte != 0) {
            let found = format!("{} bytes at {start} that belong to no column", end - start);
            return Err(refuse("PQ-COVERAGE", "a file whose columns fill it", found));
        }
        at += length;
    }
    Ok(())
}
