//! Layout: a combination of codes as a key.
//!
//! In:    how many bits the codes of each part need.
//! Out:   [`Layout`], which writes codes into words of 64 bits and reads them back.
//! Never: makes two combinations one key, or cuts a code off.
//!
//! Invariant: the codes of a combination stand side by side, each in as many bits as its part has;
//! so two combinations have the same words exactly when all their codes are equal. When a part
//! needs more bits, all words are written anew before the next row is looked at.

use crate::normalise::codes::PartCodes;

/// Widths grow in steps of so many bits, because everything is written anew when one grows; bit by
/// bit where a step more would cost every key another word.
const WIDTH_STEP: u32 = 4;

/// Where in the words the code of each part stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// The bits that the codes of each part needed so far.
    needed: Vec<u32>,
    /// The bits that each part has.
    pub(super) widths: Vec<u32>,
    /// The word of each part, and the lowest of its bits.
    places: Vec<(usize, u32)>,
    /// How many words a key has.
    pub(super) words: usize,
}

impl Layout {
    /// Codes of so many bits, side by side.
    pub(super) fn new(widths: Vec<u32>) -> Self {
        let (mut word, mut used) = (0, 0);
        let place = |width: &u32| {
            if used + width > u64::BITS {
                (word, used) = (word + 1, 0);
            }
            used += width;
            // A part without bits may stand at the end of a full word.
            (word, (used - width).min(u64::BITS - 1))
        };
        let places = widths.iter().map(place).collect();
        Self { needed: widths.clone(), widths, places, words: word + 1 }
    }

    /// The same with room for codes of these widths; `None` when there is room already.
    pub(super) fn wider(&mut self, needed: impl Iterator<Item = u32>) -> Option<Self> {
        for (ever, now) in self.needed.iter_mut().zip(needed) {
            *ever = now.max(*ever);
        }
        if self.needed.iter().zip(&self.widths).all(|(needed, width)| needed <= width) {
            return None;
        }
        let rounded = |(needed, width): (&u32, &u32)| {
            if needed <= width { *width } else { needed.next_multiple_of(WIDTH_STEP) }
        };
        let roomy = Self::new(self.needed.iter().zip(&self.widths).map(rounded).collect());
        let narrow = Self::new(self.needed.clone());
        let layout = if narrow.words < roomy.words { narrow } else { roomy };
        Some(Self { needed: self.needed.clone(), ..layout })
    }

    /// The code of a part of a key.
    pub(super) fn code(&self, key: &[u64], part: usize) -> u32 {
        let (word, shift) = self.places[part];
        let mask = (1_u64 << self.widths[part]) - 1;
        // A code has at most 32 bits, and so has the mask.
        u32::try_from(key[word] >> shift & mask).unwrap_or(u32::MAX)
    }

    /// Writes the code of a part into a key that has none there.
    pub(super) fn put(&self, key: &mut [u64], part: usize, code: u32) {
        let (word, shift) = self.places[part];
        key[word] |= u64::from(code) << shift;
    }

    /// The words of every row, one row behind the other.
    pub(super) fn keys_of(&self, codes: &[PartCodes], rows: usize) -> Vec<u64> {
        let mut constant = vec![0; self.words];
        for (part, codes) in codes.iter().enumerate() {
            if let PartCodes::Constant(code) = codes {
                self.put(&mut constant, part, *code);
            }
        }
        let mut keys = constant.repeat(rows);
        for (part, codes) in codes.iter().enumerate() {
            let (word, shift) = self.places[part];
            match codes {
                PartCodes::Constant(_) => {}
                PartCodes::PerRow(codes) if self.words == 1 => {
                    for (key, code) in keys.iter_mut().zip(codes) {
                        *key |= u64::from(*code) << shift;
                    }
                }
                PartCodes::PerRow(codes) => {
                    for (key, code) in keys.chunks_exact_mut(self.words).zip(codes) {
                        key[word] |= u64::from(*code) << shift;
                    }
                }
                PartCodes::Few(few) => {
                    for (row, code) in few {
                        keys[*row as usize * self.words + word] |= u64::from(*code) << shift;
                    }
                }
            }
        }
        keys
    }
}
