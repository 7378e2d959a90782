//! Bits: one bit per entry, sixty-four to a word.
//!
//! In:    words and runs, appended in order.
//! Out:   words, aligned or from any bit on.
//! Never: a one beyond the last bit: words of equal bits are equal.

/// Bits in order, the first of them the lowest of the first word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    pub(super) fn with_capacity(length: usize) -> Self {
        Self { words: Vec::with_capacity(length.div_ceil(64)), length: 0 }
    }

    /// Appends the lowest bits of a word; at most 64.
    pub(super) fn push(&mut self, word: u64, count: usize) {
        let word = word & lowest(count);
        let taken = self.length % 64;
        self.length += count;
        match self.words.last_mut() {
            Some(last) if taken > 0 => {
                *last |= word << taken;
                if taken + count > 64 {
                    self.words.push(word >> (64 - taken));
                }
            }
            _ if count > 0 => self.words.push(word),
            _ => {}
        }
    }

    /// Appends one bit, so many times.
    pub(super) fn push_run(&mut self, bit: bool, mut count: usize) {
        let word = if bit { u64::MAX } else { 0 };
        while count > 64 {
            self.push(word, 64);
            count -= 64;
        }
        self.push(word, count);
    }

    pub(super) fn append(&mut self, other: &Self) {
        for (at, word) in other.words.iter().enumerate() {
            self.push(*word, (other.length - at * 64).min(64));
        }
    }

    /// The words, the last one filled up with zeros.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The 64 bits from this one on; zeros beyond the last.
    pub(super) fn from(&self, start: usize) -> u64 {
        let word = |at: usize| self.words.get(at).copied().unwrap_or(0);
        match start % 64 {
            0 => word(start / 64),
            shift => word(start / 64) >> shift | word(start / 64 + 1) << (64 - shift),
        }
    }

    pub(super) fn ones(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// A word whose lowest bits are ones; at most 64.
pub(super) fn lowest(count: usize) -> u64 {
    if count < 64 { (1 << count) - 1 } else { u64::MAX }
}

/// The lowest bits of a word, moved in order to the places of a mask.
pub(super) fn spread(mut bits: u64, places: u64) -> u64 {
    let mut holes = if bits == 0 { 0 } else { !places };
    while holes > 0 {
        // What is at a hole or above it moves up by one.
        let below = (holes & holes.wrapping_neg()) - 1;
        bits = bits & below | (bits & !below) << 1;
        holes &= holes - 1;
    }
    bits
}

/// The positions of the ones of a word, in order.
pub(super) fn positions(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let position = word.trailing_zeros();
        let is_there = word > 0;
        word &= word.wrapping_sub(1);
        is_there.then_some(position)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_appended_is_read_from_any_bit_on(
            parts in prop::collection::vec((any::<u64>(), 0..=64_usize, 0..200_usize), 0..20),
        ) {
            let (mut bits, mut halves) = (Bits::default(), [Bits::default(), Bits::default()]);
            let mut expected: Vec<bool> = Vec::new();
            for (at, (word, count, run)) in parts.iter().enumerate() {
                let half = &mut halves[usize::from(at >= parts.len() / 2)];
                for bits in [&mut bits, half] {
                    bits.push(*word, *count);
                    bits.push_run(word & 1 == 1, *run);
                }
                expected.extend((0..*count).map(|bit| word >> bit & 1 == 1));
                expected.extend(std::iter::repeat_n(word & 1 == 1, *run));
            }
            for start in 0..expected.len() + 70 {
                let is_one = |bit: usize| expected.get(start + bit).copied().unwrap_or(false);
                let word = (0..64).fold(0, |word, bit| word | u64::from(is_one(bit)) << bit);
                prop_assert_eq!(bits.from(start), word);
            }
            prop_assert_eq!(bits.ones(), expected.iter().filter(|bit| **bit).count());
            let [mut joined, second] = halves;
            joined.append(&second);
            prop_assert_eq!(joined, bits);
        }

        #[test]
        fn bits_are_spread_over_places_in_order(bits: u64, places: u64) {
            let found = spread(bits, places);
            prop_assert_eq!(found & !places, 0);
            for (at, place) in positions(places).enumerate() {
                prop_assert_eq!(found >> place & 1, bits >> at & 1);
            }
        }
    }
}
