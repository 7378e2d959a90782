//! Doubles: a flat column of amounts, as codes where the writer used a dictionary.
//!
//! In:    the chunk of a DOUBLE column.
//! Out:   [`Doubles`]: codes into distinct values, or one value per row.
//! Never: turns a double into money; it only says which rows share one.

use super::chunk::{Chunk, Levels, Values};
use super::text::is_known;

/// A column of doubles.
pub(super) enum Doubles {
    /// One code per row, negative for NULL, into distinct values.
    Coded(Vec<i32>, Vec<f64>),
    /// One value per row, and whether it is there.
    Each(Vec<f64>, Vec<bool>),
}

/// Decodes a flat column; `None` when it is left to the plain way.
pub(super) fn decode(chunk: &Chunk) -> Option<Doubles> {
    let dictionary = match &chunk.dictionary {
        Some((page, entries)) => take_doubles(page, *entries)?,
        None => Vec::new(),
    };
    let rows = chunk.pages.iter().map(|page| page.entries).sum();
    let is_coded = chunk.pages.iter().all(|page| matches!(page.values, Values::Indices(_)));
    if is_coded { coded(chunk, dictionary, rows) } else { each(chunk, &dictionary, rows) }
}

fn coded(chunk: &Chunk, dictionary: Vec<f64>, rows: usize) -> Option<Doubles> {
    let mut codes: Vec<i32> = Vec::with_capacity(rows);
    for page in &chunk.pages {
        let start = codes.len();
        let count = page.defined(chunk.defined);
        if count == page.entries {
            page.values.indices(count, &mut codes)?;
            if !is_known(&codes[start..], dictionary.len()) {
                return None;
            }
            continue;
        }
        let mut dense = Vec::with_capacity(count);
        page.values.indices(count, &mut dense)?;
        if !is_known(&dense, dictionary.len()) {
            return None;
        }
        let mut dense = dense.into_iter();
        codes.extend((0..page.entries).map(|entry| match page.definition.at(entry) {
            level if level == chunk.defined => dense.next().unwrap_or(-1),
            _ => -1,
        }));
    }
    Some(Doubles::Coded(codes, dictionary))
}

fn each(chunk: &Chunk, dictionary: &[f64], rows: usize) -> Option<Doubles> {
    let mut values = Vec::with_capacity(rows);
    let mut valid = Vec::with_capacity(rows);
    for page in &chunk.pages {
        let count = page.defined(chunk.defined);
        let dense = match &page.values {
            Values::Plain(bytes) => take_doubles(bytes, count)?,
            Values::Split(_) => return None,
            Values::Indices(_) => {
                let mut codes = Vec::with_capacity(count);
                page.values.indices(count, &mut codes)?;
                let value = |code: i32| dictionary.get(usize::try_from(code).ok()?).copied();
                codes.into_iter().map(value).collect::<Option<Vec<f64>>>()?
            }
        };
        if let Levels::Constant(level) = &page.definition
            && *level == chunk.defined
        {
            values.extend(dense);
            valid.resize(values.len(), true);
            continue;
        }
        let mut dense = dense.into_iter();
        for entry in 0..page.entries {
            let is_valid = page.definition.at(entry) == chunk.defined;
            values.push(if is_valid { dense.next()? } else { 0.0 });
            valid.push(is_valid);
        }
    }
    Some(Doubles::Each(values, valid))
}

fn take_doubles(bytes: &[u8], count: usize) -> Option<Vec<f64>> {
    let bytes = bytes.get(..count.checked_mul(8)?)?;
    let (values, _) = bytes.as_chunks::<8>();
    Some(values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}
