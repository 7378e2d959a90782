//! Groups: which rows belong together, and what they add up to.
//!
//! In:    part codes and amounts of a batch.
//! Out:   [`Groups`]: one number per combination of codes, with its sums.
//! Never: mistakes one combination for another, or adds sums of two.

use std::hash::Hasher;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::normalise::codes::{NOTHING, PartCodes};
use crate::normalise::layout::Layout;
use crate::normalise::totals::Totals;

/// The groups: keys and totals side by side, by group number.
#[derive(Debug)]
pub(super) struct Groups {
    layout: Layout,
    /// The words of every group, one group behind the other.
    words: Vec<u64>,
    index: HashTable<Slot>,
    /// Groups that were found lately, by the end of their hash.
    recent: Vec<Slot>,
    /// How often a group was looked for.
    pub(super) lookups: usize,
    /// Where keys are put together that do not come in batches.
    scratch: Vec<u64>,
    /// What each adds up to.
    pub(super) totals: Totals,
}

/// A group, found by the word that is its key, or by a hash of several.
#[derive(Debug, Clone, Copy)]
struct Slot {
    mark: u64,
    group: u32,
}

/// How many groups are remembered: the busy ones, and those of the jobs of one hour, for lines come
/// hour by hour.
const RECENT: usize = 1 << 13;

/// No group.
const UNKNOWN: Slot = Slot { mark: 0, group: u32::MAX };

impl Groups {
    pub(super) fn new(parts: usize, metrics: usize) -> Self {
        Self {
            layout: Layout::new(vec![0; parts]),
            words: Vec::new(),
            index: HashTable::new(),
            recent: vec![UNKNOWN; RECENT],
            lookups: 0,
            scratch: Vec::new(),
            totals: Totals::new(metrics),
        }
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.totals.len()
    }

    /// The code of a part of a group.
    pub(super) fn code(&self, group: usize, part: usize) -> u32 {
        self.layout.code(self.key(group), part)
    }

    /// The codes of a part, group by group.
    pub(super) fn codes(&self, part: usize) -> impl Iterator<Item = u32> {
        let keys = self.words.chunks_exact(self.layout.words);
        keys.map(move |key| self.layout.code(key, part))
    }

    fn key(&self, group: usize) -> &[u64] {
        &self.words[group * self.layout.words..][..self.layout.words]
    }

    /// The group of every row; `widths` are the bits that the codes of each part need.
    pub(super) fn of_rows(&mut self, codes: &[PartCodes], widths: &[u32], rows: usize) -> Vec<u32> {
        self.make_room(widths.iter().copied());
        let keys = self.layout.keys_of(codes, rows);
        // Rows often repeat the one before them.
        let mut before: Option<&[u64]> = None;
        let mut group = 0;
        let words = self.layout.words;
        let mut of_row = |key| {
            if before != Some(key) {
                (before, group) = (Some(key), self.group_of(key));
            }
            group
        };
        match words {
            // A length that the compiler knows makes a key a number.
            1 => keys.as_chunks::<1>().0.iter().map(|key| of_row(key.as_slice())).collect(),
            _ => keys.chunks_exact(words).map(of_row).collect(),
        }
    }

    /// Makes every part as wide as it must be, and writes all keys anew when one was not.
    fn make_room(&mut self, widths: impl Iterator<Item = u32>) {
        let Some(layout) = self.layout.wider(widths) else { return };
        let before = std::mem::replace(&mut self.layout, layout);
        let mut words = vec![0; self.len() * self.layout.words];
        let keys = words.chunks_exact_mut(self.layout.words);
        for (key, old) in keys.zip(self.words.chunks_exact(before.words)) {
            for part in 0..before.widths.len() {
                self.layout.put(key, part, before.code(old, part));
            }
        }
        self.words = words;
        self.recent.fill(UNKNOWN);
        self.index.clear();
        for (group, key) in (0..).zip(self.words.chunks_exact(self.layout.words)) {
            let mark = mark_of(key);
            self.index.insert_unique(hash(mark), Slot { mark, group }, |slot| hash(slot.mark));
        }
    }

    #[inline]
    fn group_of(&mut self, key: &[u64]) -> u32 {
        self.lookups += 1;
        let mark = mark_of(key);
        let hash = hash(mark);
        #[expect(clippy::cast_possible_truncation, reason = "only its lowest bits are used")]
        let at = hash as usize % RECENT;
        let found = self.recent[at];
        if found.mark == mark && self.is_group(found.group, key) {
            return found.group;
        }
        let group = self.find_or_begin(key, mark, hash);
        self.recent[at] = Slot { mark, group };
        group
    }

    /// Whether a group has this key, whose mark it has.
    #[inline]
    fn is_group(&self, group: u32, key: &[u64]) -> bool {
        let group = group as usize;
        // One word is its own mark; but no group has a number beyond those that were begun.
        match key.len() {
            1 => group < self.len(),
            width => self.words.get(group * width..).is_some_and(|of| of.starts_with(key)),
        }
    }

    #[inline(never)]
    fn find_or_begin(&mut self, key: &[u64], mark: u64, hash: u64) -> u32 {
        let is_same = |slot: &Slot| slot.mark == mark && self.is_group(slot.group, key);
        match self.index.find(hash, is_same) {
            Some(slot) => slot.group,
            None => self.begin(key, mark),
        }
    }

    fn begin(&mut self, key: &[u64], mark: u64) -> u32 {
        // More than 2^32 groups do not fit memory.
        let group = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.words.extend_from_slice(key);
        self.totals.push();
        self.index.insert_unique(hash(mark), Slot { mark, group }, |slot| hash(slot.mark));
        group
    }

    /// Adds what one of `other` adds up to, to the group of its codes here.
    pub(super) fn add_total(&mut self, codes: &[u32], other: &Totals, of_other: usize) {
        self.make_room(codes.iter().map(|code| u32::BITS - code.leading_zeros()));
        let mut key = std::mem::take(&mut self.scratch);
        key.clear();
        key.resize(self.layout.words, 0);
        for (part, code) in codes.iter().enumerate() {
            self.layout.put(&mut key, part, *code);
        }
        let group = self.group_of(&key);
        self.scratch = key;
        self.totals.absorb(group as usize, other, of_other);
    }

    /// Adds another worker's groups, codes translated part by part.
    pub(super) fn absorb(&mut self, other: &Self, translated: &[Vec<u32>]) {
        let ours = |(part, of_part): (usize, &Vec<u32>)| {
            PartCodes::PerRow(other.codes(part).map(|code| of_part[code as usize]).collect())
        };
        let codes: Vec<PartCodes> = translated.par_iter().enumerate().map(ours).collect();
        let largest = |codes: &Vec<u32>| codes.iter().copied().max().unwrap_or(NOTHING);
        let widths = translated.iter().map(|codes| u32::BITS - largest(codes).leading_zeros());
        let groups = self.of_rows(&codes, &widths.collect::<Vec<_>>(), other.len());
        for (at, group) in groups.into_iter().enumerate() {
            self.totals.absorb(group as usize, &other.totals, at);
        }
    }
}

/// What a key is looked up by: itself when it is one word, else a hash of its words.
fn mark_of(key: &[u64]) -> u64 {
    if let [only] = key {
        return *only;
    }
    let mut hasher = FxHasher::default();
    for word in key {
        hasher.write_u64(*word);
    }
    hasher.finish()
}

fn hash(mark: u64) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(mark);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::normalise::costs::Costs;

    fn bits(code: u32) -> u32 {
        u32::BITS - code.leading_zeros()
    }

    proptest! {
        /// Against a map of whole combinations, while widths grow from batch to batch.
        #[test]
        fn rows_are_in_one_group_when_all_their_codes_are_equal(
            batches in prop::collection::vec(
                prop::collection::vec((0..5_u32, 0..70_000_u32, 0..3_u32), 1..50),
                1..5,
            ),
            // Beyond 64 bits together a key has several words.
            more in prop::sample::select(vec![0_u32, 12, 28]),
        ) {
            let mut groups = Groups::new(3, 1);
            let mut plain: BTreeMap<[u32; 3], (i128, i128)> = BTreeMap::new();
            let mut widest = [0_u32; 3];
            for rows in &batches {
                let rows: Vec<[u32; 3]> = rows.iter().map(|row| [row.0, row.1, row.2]).collect();
                let codes = |at: usize| rows.iter().map(|row| row[at]).collect();
                let column = |at: usize| PartCodes::PerRow(codes(at));
                for row in &rows {
                    for (widest, code) in widest.iter_mut().zip(row) {
                        *widest = (*widest).max((bits(*code) + more).min(u32::BITS));
                    }
                    let sum = plain.entry(*row).or_default();
                    *sum = (sum.0 + i128::from(row[1]), sum.1 + 1);
                }
                let found = groups.of_rows(&[0, 1, 2].map(column), &widest, rows.len());
                let costs = rows.iter().map(|row| i128::from(row[1])).collect();
                groups.totals.add(&found, &[Costs::Wide(costs)], None, None);
            }
            let translated = [0_u32, 1, 2].map(|_| (0..70_000).collect::<Vec<u32>>());
            let mut twice = Groups::new(3, 1);
            twice.absorb(&groups, &translated);
            twice.absorb(&groups, &translated);
            for (groups, times) in [(&groups, 1_u32), (&twice, 2)] {
                let of_group = |at: usize| {
                    let lines = i128::from(groups.totals.lines(at));
                    let cost = groups.totals.costs(at)[0];
                    let times = i128::from(times);
                    ([0, 1, 2].map(|part| groups.code(at, part)), (cost / times, lines / times))
                };
                let found: BTreeMap<_, _> = (0..groups.len()).map(of_group).collect();
                prop_assert_eq!(groups.len(), plain.len());
                prop_assert_eq!(&found, &plain);
            }
        }
    }
}
