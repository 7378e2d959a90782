//! Groups: which rows belong together, and what they add up to.
//!
//! In:    part codes and amounts of a batch.
//! Out:   [`Groups`]: one number per combination of codes, with its sums.
//! Never: mistakes one combination for another: what is packed is only a memory of what was told
//! apart code by code.

use std::hash::Hasher;
use std::ops::Range;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use crate::normalise::codes::{NOTHING, PartCodes};

/// The groups: keys and sums side by side, by group number.
#[derive(Debug)]
pub(super) struct Groups {
    parts: usize,
    metrics: usize,
    table: HashTable<u32>,
    /// `parts` codes per group.
    pub(super) keys: Vec<u32>,
    /// `metrics` sums per group, in pico-units.
    pub(super) sums: Vec<i128>,
    pub(super) hours: Vec<i128>,
    pub(super) lines: Vec<u64>,
    packed: Packed,
    wide: Wide,
}

/// Groups by packed key, as long as the codes of all parts fit 64 bits side by side.
///
/// Invariant: under one set of widths two rows have one packed key exactly when all their codes
/// are equal, because every code is below `2^width` of its part.
#[derive(Debug, Default)]
struct Packed {
    widths: Vec<u32>,
    groups: FxHashMap<u64, u32>,
}

impl Groups {
    pub(super) fn new(parts: usize, metrics: usize) -> Self {
        Self {
            parts,
            metrics,
            table: HashTable::new(),
            keys: Vec::new(),
            sums: Vec::new(),
            hours: Vec::new(),
            lines: Vec::new(),
            packed: Packed::default(),
            wide: Wide::default(),
        }
    }

    /// The group of every row; `widths` are the bits that the codes of each part need.
    pub(super) fn of_rows(&mut self, codes: &[PartCodes], widths: &[u32], rows: usize) -> Vec<u32> {
        if widths.iter().sum::<u32>() > u64::BITS {
            return self.wide(codes, widths, rows);
        }
        if self.packed.widths != widths {
            widths.clone_into(&mut self.packed.widths);
            self.packed.groups.clear();
        }
        let keys = packed_keys(codes, widths, rows);
        let mut last = None;
        let mut group_of = |(row, key): (usize, &u64)| match last {
            Some((known, group)) if known == *key => group,
            _ => {
                let known = self.packed.groups.get(key).copied();
                let group = known.unwrap_or_else(|| {
                    let group = self.group_of_row(codes, row);
                    self.packed.groups.insert(*key, group);
                    group
                });
                last = Some((*key, group));
                group
            }
        };
        keys.iter().enumerate().map(&mut group_of).collect()
    }

    /// More parts than one word holds: several words tell them apart.
    fn wide(&mut self, codes: &[PartCodes], widths: &[u32], rows: usize) -> Vec<u32> {
        let mut wide = std::mem::take(&mut self.wide);
        let keys = wide.keys_of(codes, widths, rows);
        let words = wide.words.len();
        let mut group_of = |(row, key): (usize, &[u64])| {
            wide.group(key).unwrap_or_else(|| {
                let group = self.group_of_row(codes, row);
                wide.learn(key, group);
                group
            })
        };
        let groups = keys.chunks_exact(words).enumerate().map(&mut group_of).collect();
        self.wide = wide;
        groups
    }

    /// The plain way: every code is compared.
    fn group_of_row(&mut self, codes: &[PartCodes], row: usize) -> u32 {
        let key: Vec<u32> = codes.iter().map(|codes| codes.at(row)).collect();
        self.group_of(&key)
    }

    fn group_of(&mut self, key: &[u32]) -> u32 {
        let (parts, keys) = (self.parts, &self.keys);
        let key_of = |group: &u32| &keys[*group as usize * parts..][..parts];
        let hash = hash_of(key);
        if let Some(group) = self.table.find(hash, |group| key_of(group) == key) {
            return *group;
        }
        // More than 2^32 groups do not fit memory.
        let group = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.keys.extend_from_slice(key);
        self.sums.resize(self.sums.len() + self.metrics, 0);
        self.hours.push(0);
        self.lines.push(0);
        let keys = &self.keys;
        let rehash = |group: &u32| hash_of(&keys[*group as usize * parts..][..parts]);
        self.table.insert_unique(hash, group, rehash);
        group
    }

    /// Adds one row's sums to the group of its key.
    pub(super) fn add_sums(&mut self, key: &[u32], costs: &[i128], hours: i128, lines: u64) {
        let group = self.group_of(key) as usize;
        for (total, cost) in self.sums[group * self.metrics..].iter_mut().zip(costs) {
            *total += cost;
        }
        self.hours[group] += hours;
        self.lines[group] += lines;
    }

    /// Adds another worker's groups, codes translated part by part.
    pub(super) fn absorb(&mut self, other: &Self, translated: &[Vec<u32>]) {
        let (parts, metrics) = (self.parts, self.metrics);
        for (at, lines) in other.lines.iter().enumerate() {
            let codes = other.keys[at * parts..][..parts].iter().zip(translated);
            let key: Vec<u32> = codes.map(|(code, of_part)| of_part[*code as usize]).collect();
            let sums = &other.sums[at * metrics..][..metrics];
            self.add_sums(&key, sums, other.hours[at], *lines);
        }
    }

    /// Adds the amounts of a batch to the groups of its rows.
    ///
    /// A row is one source row unless `lines` says otherwise.
    pub(super) fn add(
        &mut self,
        groups: &[u32],
        sums: &[Vec<i128>],
        hours: Option<&[i128]>,
        lines: Option<&[u64]>,
    ) {
        // Row by row: the sums of a group stand together, and groups come in no order.
        match sums {
            [only] if self.metrics == 1 => {
                for (group, amount) in groups.iter().zip(only) {
                    self.sums[*group as usize] += amount;
                }
            }
            _ => {
                for (row, group) in groups.iter().enumerate() {
                    let totals = &mut self.sums[*group as usize * self.metrics..][..self.metrics];
                    for (total, amounts) in totals.iter_mut().zip(sums) {
                        *total += amounts[row];
                    }
                }
            }
        }
        match lines {
            None => groups.iter().for_each(|group| self.lines[*group as usize] += 1),
            Some(lines) => {
                for (group, lines) in groups.iter().zip(lines) {
                    self.lines[*group as usize] += lines;
                }
            }
        }
        for (group, amount) in groups.iter().zip(hours.unwrap_or_default()) {
            self.hours[*group as usize] += amount;
        }
    }
}

/// Widths grow in steps of so many bits, because everything is forgotten when one grows.
const WIDTH_STEP: u32 = 4;

/// Groups by several words, where the codes of all parts do not fit one.
///
/// Invariant: under one set of widths two rows have the same words exactly when all their codes are
/// equal; words are compared, not only hashed.
#[derive(Debug, Default)]
struct Wide {
    /// The bits of each part, rounded up.
    widths: Vec<u32>,
    /// The parts of each word.
    words: Vec<Range<usize>>,
    /// Places among `keys`, by hash of the words.
    table: HashTable<u32>,
    /// The words of every key, one key behind the other.
    keys: Vec<u64>,
    /// By place: the group.
    groups: Vec<u32>,
    /// The place of the last key; rows often repeat it.
    last: u32,
}

impl Wide {
    /// The words of every row, row by row.
    fn keys_of(&mut self, codes: &[PartCodes], widths: &[u32], rows: usize) -> Vec<u64> {
        let rounded: Vec<u32> =
            widths.iter().map(|width| width.next_multiple_of(WIDTH_STEP)).collect();
        if self.widths != rounded {
            *self = Self { words: words(&rounded), widths: rounded, ..Self::default() };
        }
        let width = self.words.len();
        let mut keys = vec![0; rows * width];
        for (at, word) in self.words.iter().enumerate() {
            let of_word = packed_keys(&codes[word.clone()], &self.widths[word.clone()], rows);
            for (key, word) in keys.chunks_exact_mut(width).zip(of_word) {
                key[at] = word;
            }
        }
        keys
    }

    fn group(&mut self, key: &[u64]) -> Option<u32> {
        let (keys, width) = (&self.keys, self.words.len());
        let is_same = |place: &u32| {
            keys.get(*place as usize * width..).and_then(|rest| rest.get(..width)) == Some(key)
        };
        if !is_same(&self.last) {
            self.last = *self.table.find(hash_of_words(key), is_same)?;
        }
        self.groups.get(self.last as usize).copied()
    }

    fn learn(&mut self, key: &[u64], group: u32) {
        // There are no more keys than groups, and those are counted in 32 bits.
        self.last = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.keys.extend_from_slice(key);
        self.groups.push(group);
        let (keys, width) = (&self.keys, key.len());
        let rehash = |place: &u32| hash_of_words(&keys[*place as usize * width..][..width]);
        self.table.insert_unique(hash_of_words(key), self.last, rehash);
    }
}

fn hash_of_words(key: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    for word in key {
        hasher.write_u64(*word);
    }
    hasher.finish()
}

/// Cuts parts into words of at most 64 bits, in order.
fn words(widths: &[u32]) -> Vec<Range<usize>> {
    let (mut words, mut start, mut used) = (Vec::new(), 0, 0);
    for (part, width) in widths.iter().enumerate() {
        if used + width > u64::BITS {
            words.push(start..part);
            (start, used) = (part, 0);
        }
        used += width;
    }
    words.push(start..widths.len());
    words
}

fn packed_keys(codes: &[PartCodes], widths: &[u32], rows: usize) -> Vec<u64> {
    let mut shift = 0;
    let mut constant = 0;
    let mut varying = Vec::new();
    for (codes, width) in codes.iter().zip(widths) {
        match codes {
            // A part without a value needs no bits, and may stand at the end of a full word.
            _ if *width == 0 => {}
            PartCodes::Constant(NOTHING) => {}
            PartCodes::Constant(code) => constant |= u64::from(*code) << shift,
            PartCodes::PerRow(codes) => varying.push((codes, shift)),
        }
        shift += width;
    }
    let mut keys = vec![constant; rows];
    for (codes, shift) in varying {
        for (key, code) in keys.iter_mut().zip(codes) {
            *key |= u64::from(*code) << shift;
        }
    }
    keys
}

fn hash_of(key: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    for code in key {
        hasher.write_u32(*code);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The packed way against the plain way, while widths grow from batch to batch.
        #[test]
        fn packed_groups_are_the_groups_of_equal_codes(
            batches in prop::collection::vec(
                prop::collection::vec((0..5_u32, 0..70_000_u32, 0..3_u32), 1..50),
                1..5,
            ),
            // Beyond 64 bits together the words are numbered.
            more in prop::sample::select(vec![0_u32, 12, 40]),
        ) {
            let mut packed = Groups::new(3, 0);
            let mut plain = Groups::new(3, 0);
            let mut widest = [0_u32; 3];
            for rows in &batches {
                let column = |of: fn(&(u32, u32, u32)) -> u32| {
                    PartCodes::PerRow(rows.iter().map(of).collect())
                };
                let codes = [column(|r| r.0), column(|r| r.1), column(|r| r.2)];
                for row in rows {
                    for (widest, code) in widest.iter_mut().zip([row.0, row.1, row.2]) {
                        *widest = (*widest).max(u32::BITS - code.leading_zeros());
                    }
                }
                let widest = widest.map(|width| width + more);
                let found = packed.of_rows(&codes, &widest, rows.len());
                let expected: Vec<u32> =
                    (0..rows.len()).map(|row| plain.group_of_row(&codes, row)).collect();
                prop_assert_eq!(found, expected);
            }
            prop_assert_eq!(packed.keys, plain.keys);
        }
    }
}
