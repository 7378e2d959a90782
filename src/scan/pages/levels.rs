//! Levels: the entries of a page that have one certain level, as bits.
//!
//! In:    levels as they were written: a hybrid stream of one or two bits each.
//! Out:   one bit per entry, sixty-four entries at a time.
//! Never: takes a level above the highest of its column, or one of more than two bits: maps of
//! text have levels up to three.

use bytes::Bytes;

use super::bits::{Bits, lowest};
use super::hybrid::{Packed, Run, Runs};

/// Levels of a page as they were written: the leaves of a map repeat each other's repetition, so
/// that most of it is compared and never decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) bytes: Bytes,
    pub(super) highest: u8,
    pub(super) entries: usize,
}

/// The lower of the two bits of 32 levels.
const LOWER: u64 = 0x5555_5555_5555_5555;

impl Written {
    /// Which entries have this level; `None` when the bytes do not hold levels.
    pub(super) fn bits_of(&self, level: u8) -> Option<Bits> {
        let mut bits = Bits::with_capacity(self.entries);
        if self.highest == 0 {
            bits.push_run(level == 0, self.entries);
            return Some(bits);
        }
        let width = u8::BITS - self.highest.leading_zeros();
        let mut runs = Runs::new(&self.bytes, width, self.entries)?;
        while runs.left() > 0 {
            match (runs.take()?, width) {
                (Run::Repeated(found, count), _) if found <= u32::from(self.highest) => {
                    bits.push_run(found == u32::from(level), count);
                }
                (Run::Packed(packed), 1) => singles(packed, level, &mut bits),
                (Run::Packed(packed), 2) => self.pairs(packed, level, &mut bits)?,
                _ => return None,
            }
        }
        Some(bits)
    }

    /// Levels of two bits, of which 32 fill a word.
    fn pairs(&self, packed: Packed, level: u8, bits: &mut Bits) -> Option<()> {
        let (mut left, mut threes) = (packed.count, 0);
        let sought = LOWER * u64::from(level);
        for word in words(packed.bytes) {
            let count = left.min(32);
            let equal = !(word ^ sought);
            bits.push(every_second(equal & equal >> 1), count);
            threes |= word & word >> 1 & LOWER & lowest(2 * count);
            left -= count;
        }
        (self.highest == 3 || threes == 0).then_some(())
    }
}

/// Levels of one bit are bits already.
fn singles(packed: Packed, level: u8, bits: &mut Bits) {
    let mut left = packed.count;
    let flip = if level == 0 { u64::MAX } else { 0 };
    for word in words(packed.bytes) {
        let count = left.min(64);
        bits.push(word ^ flip, count);
        left -= count;
    }
}

/// Bytes as words, the last one filled up with zeros.
fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (whole, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let last = (!rest.is_empty()).then_some(last);
    whole.iter().copied().chain(last).map(u64::from_le_bytes)
}

/// Every second bit of a word, from the lowest on, side by side.
fn every_second(word: u64) -> u64 {
    let mut bits = word & LOWER;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff;
    (bits | bits >> 16) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::pages::hybrid;
    use proptest::prelude::*;

    proptest! {
        /// Any bytes are a stream, most of them a broken one.
        #[test]
        fn bits_are_those_of_levels_decoded_one_by_one(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0..24_u8], 0..80),
            highest in 0..=3_u8,
            level in 0..=3_u8,
            entries in 0..500_usize,
        ) {
            let mut levels: Vec<u8> = Vec::new();
            let width = u8::BITS - highest.leading_zeros();
            let is_decoded = highest == 0
                || hybrid::decode(&bytes, width, entries, &mut levels).is_some()
                    && levels.iter().all(|level| *level <= highest);
            levels.resize(entries, 0);
            let mut expected = Bits::default();
            for found in &levels {
                expected.push(u64::from(*found == level), 1);
            }
            let written = Written { bytes: bytes.into(), highest, entries };
            prop_assert_eq!(written.bits_of(level.min(highest)).is_some(), is_decoded);
            if is_decoded && level <= highest {
                prop_assert_eq!(written.bits_of(level), Some(expected));
            }
        }
    }
}
