//! Texts: one text per row, each distinct text kept once.
//!
//! In:    texts in the order of rows.
//! Out:   [`Texts`]: a code per row, and the [`Words`] behind the codes.
//! Never: has two codes for one text, or a text that no row has.

use std::sync::Arc;

use super::words::{Interner, NOTHING, Words};
use crate::model::condition::Coded;

/// A text column.
///
/// Invariants: texts behind different codes differ; some row has every text. A copy shares what it
/// is a copy of.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    codes: Arc<Vec<u32>>,
    words: Arc<Words>,
}

impl PartialEq for Texts {
    /// Equal row by row, whatever the codes are.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Texts {}

impl Texts {
    /// Nothing in every row.
    pub fn nothing(rows: usize) -> Self {
        Self::new(vec![NOTHING; rows], Arc::default())
    }

    fn new(codes: Vec<u32>, words: Arc<Words>) -> Self {
        Self { codes: Arc::new(codes), words }
    }

    /// One text in every row.
    pub fn all(text: &str, rows: usize) -> Self {
        if rows == 0 || text.is_empty() {
            return Self::nothing(rows);
        }
        let mut words = Words::default();
        Self::new(vec![words.push(text); rows], Arc::new(words))
    }

    /// Codes into words that are distinct; what no row has is forgotten.
    pub fn of_codes(codes: impl IntoIterator<Item = u32>, words: &Arc<Words>) -> Self {
        let mut codes: Vec<u32> = codes.into_iter().collect();
        let mut is_used = vec![false; words.len()];
        is_used[NOTHING as usize] = true;
        for code in &codes {
            is_used[*code as usize] = true;
        }
        // Mostly every text is still there, and nothing has to be copied.
        if is_used.iter().all(|is_used| *is_used) {
            return Self::new(codes, Arc::clone(words));
        }
        let mut kept = Words::default();
        let keep = |(code, is_used): (u32, bool)| match words.get(code).filter(|_| is_used) {
            Some(text) => kept.push(text),
            None => NOTHING,
        };
        let ours: Vec<u32> = (0..).zip(is_used).map(keep).collect();
        for code in &mut codes {
            *code = ours[*code as usize];
        }
        Self::new(codes, Arc::new(kept))
    }

    /// Rows that point at one of a few values, of which several may be one text.
    pub fn of_places<'a, T: AsRef<str> + 'a>(
        places: impl IntoIterator<Item = usize>,
        values: &'a [Option<T>],
    ) -> Self {
        let mut interner = Interner::default();
        let mut codes: Vec<Option<u32>> = vec![None; values.len()];
        let code = |place: usize| {
            let text = || values[place].as_ref().map_or("", T::as_ref);
            *codes[place].get_or_insert_with(|| interner.code(text()))
        };
        let codes = places.into_iter().map(code).collect();
        Self::new(codes, Arc::new(interner.into_words()))
    }

    /// The text of every row; `""` is nothing.
    pub fn of<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut interner = Interner::default();
        let code = |text: Option<&str>| interner.code(text.unwrap_or_default());
        let codes = texts.into_iter().map(code).collect();
        Self::new(codes, Arc::new(interner.into_words()))
    }

    /// The same, with a text where there is nothing.
    #[must_use]
    pub fn or(&self, text: &str) -> Self {
        if !self.codes.contains(&NOTHING) {
            return self.clone();
        }
        let mut interner = Interner::of(&self.words);
        let instead = interner.code(text);
        let code = |code: &u32| if *code == NOTHING { instead } else { *code };
        let codes = self.codes.iter().map(code).collect();
        Self::new(codes, Arc::new(interner.into_words()))
    }

    /// One code per row.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The distinct texts.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The text of a row; `None` for nothing.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.words.get(*self.codes.get(row)?)
    }

    /// The text of every row.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.codes.iter().map(|code| self.words.get(*code))
    }

    /// By code: the text.
    pub fn values(&self) -> Vec<Option<&str>> {
        (0..).take(self.words.len()).map(|code| self.words.get(code)).collect()
    }

    /// By code: its place among the texts in their order, nothing first.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<(&str, usize)> = self.words.iter().zip(0..).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, code)) in (0..).zip(order) {
            ranks[code] = rank;
        }
        ranks
    }

    /// As rules look at it.
    pub fn coded(&self) -> Coded<'_> {
        Coded { codes: Arc::clone(&self.codes), values: self.values() }
    }

    pub(super) fn take(&self, rows: &[usize]) -> Self {
        Self::of_codes(rows.iter().map(|row| self.codes[*row]), &self.words)
    }

    pub(super) fn append(&mut self, other: &Self) {
        let mut interner = Interner::of(&self.words);
        let translated: Vec<u32> = other.words.iter().map(|text| interner.code(text)).collect();
        let ours = other.codes.iter().map(|code| translated[*code as usize]);
        Arc::make_mut(&mut self.codes).extend(ours);
        self.words = Arc::new(interner.into_words());
    }
}
