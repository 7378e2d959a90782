//! Doubles: a flat column of amounts as codes into values.
//!
//! In:    the chunk of a DOUBLE column.
//! Out:   [`Doubles`]: codes into the writer's dictionary, and into what it wrote out behind that.
//! Never: turns a double into money; it only says which rows share one.

use super::chunk::{Chunk, DataPage, Levels, Values};
use super::text::is_known;

/// A column of doubles.
pub(super) struct Doubles {
    /// One per row, negative for NULL.
    pub(super) codes: Vec<i32>,
    /// The dictionary, then the values that came plain, each with a code of its own.
    pub(super) values: Vec<f64>,
}

/// Decodes a flat column; `None` when it is left to the plain way.
pub(super) fn decode(chunk: &Chunk) -> Option<Doubles> {
    let values = match &chunk.dictionary {
        Some((page, entries)) => take_doubles(page, *entries)?.collect(),
        None => Vec::new(),
    };
    let distinct = values.len();
    let rows = chunk.pages.iter().map(|page| page.entries).sum();
    let mut doubles = Doubles { codes: Vec::with_capacity(rows), values };
    for page in &chunk.pages {
        let count = page.defined(chunk.defined);
        if count == page.entries {
            let mut codes = std::mem::take(&mut doubles.codes);
            doubles.dense(page, count, distinct, &mut codes)?;
            doubles.codes = codes;
            continue;
        }
        let mut dense = Vec::with_capacity(count);
        doubles.dense(page, count, distinct, &mut dense)?;
        match &page.definition {
            Levels::Constant(_) => doubles.codes.resize(doubles.codes.len() + page.entries, -1),
            Levels::Each(levels) => {
                let mut dense = dense.into_iter();
                doubles.codes.extend(levels.iter().map(|level| {
                    if *level == chunk.defined { dense.next().unwrap_or(-1) } else { -1 }
                }));
            }
        }
    }
    Some(doubles)
}

impl Doubles {
    /// Appends the codes of the values of a page.
    fn dense(
        &mut self,
        page: &DataPage,
        count: usize,
        distinct: usize,
        codes: &mut Vec<i32>,
    ) -> Option<()> {
        let start = codes.len();
        match &page.values {
            Values::Indices(_) => {
                page.values.indices(count, codes)?;
                is_known(&codes[start..], distinct).then_some(())
            }
            Values::Plain(bytes) => {
                // A row group of the fast way has at most 2^22 rows.
                let first = i32::try_from(self.values.len()).ok()?;
                self.values.extend(take_doubles(bytes, count)?);
                codes.extend((first..).take(count));
                Some(())
            }
            Values::Split(_) => None,
        }
    }
}

fn take_doubles(bytes: &[u8], count: usize) -> Option<impl Iterator<Item = f64>> {
    let bytes = bytes.get(..count.checked_mul(8)?)?;
    let (values, _) = bytes.as_chunks::<8>();
    Some(values.iter().map(|bytes| f64::from_le_bytes(*bytes)))
}
