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
    /// The values of a page whose first bytes come first, then all second bytes, and so on.
    fn gather(streams: &[u8], count: usize) -> Option<Vec<Self>>;
}

impl Stored for i32 {
    const WIDTH: usize = 4;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_le_bytes)
    }

    fn gather(_: &[u8], _: usize) -> Option<Vec<Self>> {
        None
    }
}

impl Stored for i64 {
    const WIDTH: usize = 8;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_le_bytes)
    }

    fn gather(_: &[u8], _: usize) -> Option<Vec<Self>> {
        None
    }
}

/// Decimals are big-endian.
impl Stored for i128 {
    const WIDTH: usize = 16;

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }

    fn gather(streams: &[u8], count: usize) -> Option<Vec<Self>> {
        if streams.len() != count.checked_mul(Self::WIDTH)? {
            return None;
        }
        let (high, low) = streams.split_at(count * 8);
        let (high, low) = (words(high, count), words(low, count));
        let join =
            |(high, low): (u64, u64)| (u128::from(high) << 64 | u128::from(low)).cast_signed();
        Some(high.into_iter().zip(low).map(join).collect())
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
    for page in &chunk.pages {
        if page.defined(chunk.defined) != page.entries {
            return None;
        }
        values.extend(of_page(&page.values, page.entries, &dictionary)?);
    }
    Some(values)
}

/// Decodes a column of which rows may hold nothing.
pub(super) fn decode_nullable<T: Stored>(chunk: &Chunk) -> Option<Vec<Option<T>>> {
    let dictionary = dictionary::<T>(chunk)?;
    let mut values = Vec::with_capacity(chunk.pages.iter().map(|page| page.entries).sum());
    for page in &chunk.pages {
        let dense = of_page::<T>(&page.values, page.defined(chunk.defined), &dictionary)?;
        if let Levels::Constant(level) = &page.definition
            && *level == chunk.defined
        {
            values.extend(dense.into_iter().map(Some));
            continue;
        }
        let mut dense = dense.into_iter();
        for entry in 0..page.entries {
            let is_there = page.definition.at(entry) == chunk.defined;
            values.push(if is_there { Some(dense.next()?) } else { None });
        }
    }
    Some(values)
}

fn dictionary<T: Stored>(chunk: &Chunk) -> Option<Vec<T>> {
    chunk.dictionary.as_ref().map_or(Some(Vec::new()), |(page, entries)| plain(page, *entries))
}

fn plain<T: Stored>(bytes: &Bytes, count: usize) -> Option<Vec<T>> {
    let bytes = bytes.get(..count.checked_mul(T::WIDTH)?)?;
    bytes.chunks_exact(T::WIDTH).map(T::read).collect()
}

fn of_page<T: Stored>(values: &Values, count: usize, dictionary: &[T]) -> Option<Vec<T>> {
    match values {
        Values::Plain(bytes) => plain(bytes, count),
        Values::Split(bytes) => T::gather(bytes, count),
        Values::Indices(_) => {
            let mut codes = Vec::with_capacity(count);
            values.indices(count, &mut codes)?;
            if !is_known(&codes, dictionary.len()) {
                return None;
            }
            Some(codes.iter().map(|code| dictionary[code.cast_unsigned() as usize]).collect())
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
            prop_assert_eq!(i128::gather(&streams, amounts.len()), Some(amounts));
        }
    }
}
