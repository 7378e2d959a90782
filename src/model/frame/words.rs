//! Words: distinct texts as small numbers.
//!
//! In:    texts.
//! Out:   [`Words`], texts by code; [`Interner`], which also tells the code of a text.
//! Never: keeps a text twice.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The code of "nothing".
pub const NOTHING: u32 = 0;

/// Distinct texts, by code; code 0 is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The texts, one behind the other.
    text: String,
    /// By code: where the text ends.
    ends: Vec<usize>,
}

impl Default for Words {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0] }
    }
}

impl Words {
    /// Gives a text the next code; whoever calls knows that it has none yet.
    pub fn push(&mut self, text: &str) -> u32 {
        // More than 2^32 distinct values of one column do not fit a bill.
        let code = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        code
    }

    /// The text of a code that was given out, `""` for nothing.
    pub fn text(&self, code: u32) -> &str {
        let end = self.ends[code as usize];
        let start = (code as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..end]
    }

    /// The text of a code, `None` for nothing and for codes that were not given out.
    pub fn get(&self, code: u32) -> Option<&str> {
        let is_known = code != NOTHING && (code as usize) < self.ends.len();
        is_known.then(|| self.text(code))
    }

    /// How many codes there are, that of nothing included.
    #[expect(clippy::len_without_is_empty, reason = "nothing is always there")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bits hold every code given so far.
    pub fn bits(&self) -> u32 {
        usize::BITS - (self.ends.len() - 1).leading_zeros()
    }

    /// Every text by code, `""` for nothing first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.ends.len()).map(|code| self.text(code))
    }
}

/// Text and its code; every text is kept once.
#[derive(Debug, Default)]
pub struct Interner {
    /// Hashes of texts with their codes, keyed by chance, so that no file can fill it with
    /// collisions.
    codes: HashTable<(u64, u32)>,
    keyed: DefaultHashBuilder,
    words: Words,
}

impl Interner {
    /// One that knows some words already.
    pub fn of(words: &Words) -> Self {
        let mut interner = Self::default();
        words.iter().for_each(|text| {
            interner.code(text);
        });
        interner
    }

    /// The code of a text; `""` is nothing.
    pub fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NOTHING;
        }
        let hash = self.keyed.hash_one(text);
        let is_same = |(of, code): &(u64, u32)| *of == hash && self.words.text(*code) == text;
        if let Some((_, code)) = self.codes.find(hash, is_same) {
            return *code;
        }
        let code = self.words.push(text);
        // A hash that is kept spares reading all texts again when the table grows.
        self.codes.insert_unique(hash, (hash, code), |(hash, _)| *hash);
        code
    }

    /// The codes of texts, in order, which are better asked for together: most of the time goes
    /// into waiting for memory, and memory brings several things at once.
    pub fn codes<T: AsRef<str>>(&mut self, texts: &[T]) -> Vec<u32> {
        let hashes: Vec<u64> =
            texts.iter().map(|text| self.keyed.hash_one(text.as_ref())).collect();
        // What has the same hash is nearly always the same text, which is looked at below.
        let likely =
            |hash: &u64| self.codes.find(*hash, |(of, _)| of == hash).map(|(_, code)| *code);
        let likely: Vec<Option<u32>> = hashes.iter().map(likely).collect();
        let of = |(text, likely): (&T, Option<u32>)| match likely {
            Some(code) if self.words.text(code) == text.as_ref() => code,
            _ => self.code(text.as_ref()),
        };
        texts.iter().zip(likely).map(of).collect()
    }

    /// The code of a text, if it has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.keyed.hash_one(text);
        let is_same = |(of, code): &(u64, u32)| *of == hash && self.words.text(*code) == text;
        self.codes.find(hash, is_same).map(|(_, code)| *code)
    }

    /// The texts that have a code.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The texts alone.
    pub fn into_words(self) -> Words {
        self.words
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_that_are_asked_for_together_have_the_codes_that_each_has_alone(
            batches in prop::collection::vec(prop::collection::vec("[ab]{0,3}", 0..20), 1..5),
        ) {
            let (mut together, mut alone) = (Interner::default(), Interner::default());
            for texts in &batches {
                let expected: Vec<u32> = texts.iter().map(|text| alone.code(text)).collect();
                prop_assert_eq!(together.codes(texts), expected);
            }
            prop_assert_eq!(together.words(), alone.words());
        }
    }
}
