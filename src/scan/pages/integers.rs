//! Integers: flat columns of days, counts and decimals, as a segment of the store holds them.
//!
//! In:    the chunk of an `INT32`, `INT64` or 16-byte `FIXED_LEN_BYTE_ARRAY` column.
//! Out:   one integer per row.
//! Never: guesses: an encoding or a NULL that is not expected is left to the plain way.

use bytes::Bytes;

use super::chunk::{Chunk, Levels, Values};
use super::text::is_known;

/// A fixed-width integer of a file.
pub(super) trait Stored: Copy {
    /// Bytes of one value.
    const WIDTH: usize;
    /// The value of so many bytes.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Appends the values of a page whose first bytes come first, then all second bytes, and so on.
    fn gather(streams: &[u8], count: usize, values: &mut Vec<Self>) -> Option<()>;
}

impl Stored for i32 {
    const WIDTH: usize = 4;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_le_bytes)
    }

    fn gather(_: &[u8], _: usize, _: &mut Vec<Self>) -> Option<()> {
        None
    }
}

impl Stored for i64 {
    const WIDTH: usize = 8;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_le_bytes)
    }

    fn gather(_: &[u8], _: usize, _: &mut Vec<Self>) -> Option<()> {
        None
    }
}

/// Decimals are big-endian.
impl Stored for i128 {
    const WIDTH: usize = 16;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }

    fn gather(streams: &[u8], count: usize, values: &mut Vec<Self>) -> Option<()> {
        if streams.len() != count.checked_mul(Self::WIDTH)? {
            return None;
        }
        let (high, low) = streams.split_at(count * 8);
        let (high, low) = (words(high, count), words(low, count));
        let join =
            |(high, low): (u64, u64)| (u128::from(high) << 64 | u128::from(low)).cast_signed();
        values.extend(high.into_iter().zip(low).map(join));
        Some(())
    }
}

/// Eight streams of bytes as words, the first stream on top.
fn words(streams: &[u8], count: usize) -> Vec<u64> {
    let mut words = vec![0_u64; count];
    for stream in streams.chunks_exact(count.max(1)) {
        // The top streams of amounts are all zeros or all ones; most of them are zeros.
        if stream.iter().all(|byte| *byte == 0) {
            for word in &mut words {
                *word <<= 8;
            }
            continue;
        }
        for (word, byte) in words.iter_mut().zip(stream) {
            *word = *word << 8 | u64::from(*byte);
        }
    }
    words
}

/// Decodes a column that has a value on every row.
pub(super) fn decode<T: Stored>(chunk: &Chunk) -> Option<Vec<T>> {
    let dictionary = dictionary::<T>(chunk)?;
    let mut values = Vec::with_capacity(chunk.pages.iter().map(|page| page.entries).sum());
    let mut codes = Vec::new();
    for page in &chunk.pages {
        if page.defined(chunk.defined) != page.entries {
            return None;
        }
        of_page(&page.values, page.entries, &dictionary, &mut codes, &mut values)?;
    }
    Some(values)
}

/// Decodes a column of which rows may hold nothing.
pub(super) fn decode_nullable<T: Stored>(chunk: &Chunk) -> Option<Vec<Option<T>>> {
    let dictionary = dictionary::<T>(chunk)?;
    let mut values = Vec::with_capacity(chunk.pages.iter().map(|page| page.entries).sum());
    let (mut codes, mut dense) = (Vec::new(), Vec::new());
    for page in &chunk.pages {
        dense.clear();
        let count = page.defined(chunk.defined);
        of_page::<T>(&page.values, count, &dictionary, &mut codes, &mut dense)?;
        if let Levels::Constant(level) = &page.definition
            && *level == chunk.defined
        {
            values.extend(dense.iter().copied().map(Some));
            continue;
        }
        let mut dense = dense.iter().copied();
        for entry in 0..page.entries {
            let is_there = page.definition.at(entry) == chunk.defined;
            values.push(if is_there { Some(dense.next()?) } else { None });
        }
    }
    Some(values)
}

fn dictionary<T: Stored>(chunk: &Chunk) -> Option<Vec<T>> {
    let mut values = Vec::new();
    if let Some((page, entries)) = &chunk.dictionary {
        plain(page, *entries, &mut values)?;
    }
    Some(values)
}

fn plain<T: Stored>(bytes: &Bytes, count: usize, values: &mut Vec<T>) -> Option<()> {
    let bytes = bytes.get(..count.checked_mul(T::WIDTH)?)?;
    values.reserve(count);
    for value in bytes.chunks_exact(T::WIDTH) {
        values.push(T::read(value)?);
    }
    Some(())
}

/// Appends the values of a page; `codes` is where its codes are unpacked.
fn of_page<T: Stored>(
    page: &Values,
    count: usize,
    dictionary: &[T],
    codes: &mut Vec<i32>,
    values: &mut Vec<T>,
) -> Option<()> {
    match page {
        Values::Plain(bytes) => plain(bytes, count, values),
        Values::Split(bytes) => T::gather(bytes, count, values),
        Values::Indices(_) => {
            codes.clear();
            page.indices(count, codes)?;
            if !is_known(codes, dictionary.len()) {
                return None;
            }
            values.extend(codes.iter().map(|code| dictionary[code.cast_unsigned() as usize]));
            Some(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimals_are_gathered_from_their_streams(
            amounts in prop::collection::vec(any::<i128>(), 0..40),
        ) {
            let bytes: Vec<[u8; 16]> = amounts.iter().map(|amount| amount.to_be_bytes()).collect();
            let streams: Vec<u8> =
                (0..16).flat_map(|at| bytes.iter().map(move |bytes| bytes[at])).collect();
            let mut values = Vec::new();
            prop_assert_eq!(i128::gather(&streams, amounts.len(), &mut values), Some(()));
            prop_assert_eq!(values, amounts);
        }
    }
}
