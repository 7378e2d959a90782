//! Dice: chance that is the same on every machine and for ever.
//!
//! In:    a seed and the name of a stream.
//! Out:   small integers, choices, identifiers.
//! Never: asks the system for entropy, or changes how many numbers a call takes.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

/// One stream of chance.
pub(super) struct Dice(Pcg64);

impl Dice {
    /// The stream with this number of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg64::new((u128::from(seed) << 32) | 0x5eed, u128::from(stream)))
    }

    /// A number below `bound`, which must not be 0. Takes exactly one draw.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index of a list of this length, which must not be empty.
    #[expect(clippy::cast_possible_truncation, reason = "below a length, which is a usize")]
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// One entry of a list, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.index(list.len())]
    }

    /// Text of this length over an alphabet.
    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// Lower-case hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    /// Lower-case letters and digits, as in domain ids.
    pub(super) fn letters(&mut self, length: usize) -> String {
        self.text(b"abcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    /// Upper-case letters and digits, as in price list ids.
    pub(super) fn capitals(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
    }

    /// A line item id: 52 characters of base 32, five bits each.
    pub(super) fn line_id(&mut self) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut id = String::with_capacity(52);
        while id.len() < 52 {
            let bits = self.0.next_u64();
            for shift in 0..13 {
                if id.len() < 52 {
                    id.push(char::from(ALPHABET[(bits >> (shift * 4 + 7) & 31) as usize]));
                }
            }
        }
        id
    }

    /// A random UUID in its usual spelling.
    pub(super) fn uuid(&mut self) -> String {
        let hex = self.hex(32);
        let part = |from: usize, to: usize| &hex[from..to];
        format!(
            "{}-{}-4{}-a{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_never_changes() {
        let mut dice = Dice::new(7, 1);
        let first: Vec<u64> = (0..6).map(|_| dice.below(100)).collect();
        let mut again = Dice::new(7, 1);
        assert!(first.iter().all(|&number| number == again.below(100) && number < 100));
        assert_ne!(Dice::new(7, 2).line_id(), Dice::new(7, 1).line_id());
        assert_eq!(Dice::new(7, 1).line_id().len(), 52);
        assert_eq!(Dice::new(7, 1).uuid().len(), 36);
    }
}
