//! Group: charges that say the same, added up.
//!
//! In:    a frame, the columns that tell charges apart, the amounts to add.
//! Out:   a frame with one row per combination, in the order of first sight.
//! Never: adds past the range of `i128`.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Frame, FrameError, Texts};

/// As many combinations are numbered by their place in a table, unless rows are so few that most
/// places would stay empty; others are hashed.
const MOST_PLACES: usize = 1 << 21;

/// A table has at most so many places for each row.
const PLACES_PER_ROW: usize = 8;

/// A row that is in no group.
const LEFT_OUT: u32 = u32::MAX;

/// Which rows belong together.
#[derive(Debug)]
pub struct Groups {
    /// By row: its group.
    pub of: Vec<u32>,
    /// By group: its first row.
    pub first: Vec<usize>,
}

impl Frame {
    /// One row per combination of `keys` among the rows for which `keeps` holds, with the sums of
    /// `amounts` and the number of source rows.
    ///
    /// # Errors
    /// When a column is absent, or a sum leaves its range.
    pub fn grouped(
        &self,
        keys: &[String],
        amounts: &[&str],
        keeps: Option<&[bool]>,
    ) -> Result<Self, FrameError> {
        let columns = keys.iter().map(|key| self.texts(key));
        let columns: Vec<&Texts> = columns.collect::<Result<_, _>>()?;
        let groups = Groups::of(self.height(), &columns, keeps);
        let mut lines = vec![0; groups.first.len()];
        for (group, more) in groups.of.iter().zip(self.line_items()) {
            if *group != LEFT_OUT {
                lines[*group as usize] += more;
            }
        }
        let mut grouped = Self::new(lines);
        let texts: Vec<Texts> =
            columns.par_iter().map(|column| column.take(&groups.first)).collect();
        for (key, texts) in keys.iter().zip(texts) {
            grouped.set_texts(key, texts);
        }
        for name in amounts {
            let sums = groups.sums(self.amounts(name)?);
            let sums = sums.ok_or_else(|| FrameError::Overflow((*name).to_owned()))?;
            grouped.set_amounts(*name, sums);
        }
        Ok(grouped)
    }
}

impl Groups {
    /// Rows that have the same text in all of some columns, numbered in the order of first sight.
    pub fn of_equal(rows: usize, columns: &[&Texts]) -> Self {
        Self::of(rows, columns, None)
    }

    /// Column by column: what was one group before is told apart by the next one's codes.
    fn of(rows: usize, columns: &[&Texts], keeps: Option<&[bool]>) -> Self {
        let start =
            |keeps: &[bool]| keeps.iter().map(|keeps| if *keeps { 0 } else { LEFT_OUT }).collect();
        let mut of: Vec<u32> = keeps.map_or_else(|| vec![0; rows], start);
        let mut count = 1;
        for column in columns {
            count = refine(&mut of, count, column.codes(), column.words().len());
        }
        let mut groups = Self { of, first: Vec::new() };
        groups.number();
        groups
    }

    /// Numbers the groups in the order of first sight.
    fn number(&mut self) {
        let mut numbers: Vec<u32> = Vec::new();
        for (row, group) in self.of.iter_mut().enumerate().filter(|(_, of)| **of != LEFT_OUT) {
            let at = *group as usize;
            if numbers.len() <= at {
                numbers.resize(at + 1, LEFT_OUT);
            }
            if numbers[at] == LEFT_OUT {
                // There are fewer groups than rows, whose codes have 32 bits.
                numbers[at] = u32::try_from(self.first.len()).unwrap_or(LEFT_OUT);
                self.first.push(row);
            }
            *group = numbers[at];
        }
    }

    fn sums(&self, amounts: &[i128]) -> Option<Vec<i128>> {
        let mut sums = vec![0_i128; self.first.len()];
        for (group, amount) in self.of.iter().zip(amounts) {
            if *group != LEFT_OUT {
                let sum = &mut sums[*group as usize];
                *sum = sum.checked_add(*amount)?;
            }
        }
        Some(sums)
    }
}

/// Tells groups apart by one more column; how many there may be now.
fn refine(of: &mut [u32], count: usize, codes: &[u32], values: usize) -> usize {
    if values <= 1 {
        return count;
    }
    let most = MOST_PLACES.min(of.len().saturating_mul(PLACES_PER_ROW));
    let places = count.checked_mul(values).filter(|places| *places <= most);
    let rows = of.iter_mut().zip(codes).filter(|(group, _)| **group != LEFT_OUT);
    let mut next = 0;
    let mut number = |known: &mut u32| {
        if *known == LEFT_OUT {
            *known = next;
            next += 1;
        }
        *known
    };
    if let Some(places) = places {
        let mut numbers = vec![LEFT_OUT; places];
        for (group, code) in rows {
            *group = number(&mut numbers[*group as usize * values + *code as usize]);
        }
    } else {
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        for (group, code) in rows {
            let key = u64::from(*group) << u32::BITS | u64::from(*code);
            *group = number(numbers.entry(key).or_insert(LEFT_OUT));
        }
    }
    next as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Row = (u32, u32, u32, i128, bool);

    proptest! {
        /// Against a map of texts.
        #[test]
        fn charges_that_say_the_same_are_added_up_and_no_others(
            rows in prop::collection::vec(
                (0..4_u32, 0..5_000_u32, 0..5_000_u32, -9..9_i128, any::<bool>()),
                0..300,
            ),
        ) {
            let text = |n: u32| (n > 0).then(|| n.to_string());
            let mut frame = Frame::new(vec![2; rows.len()]);
            let columns: [fn(&Row) -> u32; 3] = [|r| r.0, |r| r.1, |r| r.2];
            for (name, of) in ["a", "b", "c"].into_iter().zip(columns) {
                let texts: Vec<Option<String>> = rows.iter().map(|row| text(of(row))).collect();
                frame.set_texts(name, Texts::of(texts.iter().map(Option::as_deref)));
            }
            frame.set_amounts("cost", rows.iter().map(|row| row.3).collect());
            let keeps: Vec<bool> = rows.iter().map(|row| row.4).collect();
            let mut expected: BTreeMap<Vec<Option<String>>, (i128, u64)> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.4) {
                let sum = expected.entry([row.0, row.1, row.2].map(text).to_vec()).or_default();
                *sum = (sum.0 + row.3, sum.1 + 2);
            }

            let keys = ["a", "b", "c"].map(str::to_owned);
            let grouped = frame.grouped(&keys, &["cost"], Some(&keeps)).unwrap();

            let key = |row: usize| {
                let texts = keys.iter().map(|key| grouped.texts(key).unwrap().get(row));
                texts.map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
            };
            let sums = grouped.amounts("cost").unwrap().iter().zip(grouped.line_items());
            let found: BTreeMap<_, _> =
                sums.enumerate().map(|(row, (cost, lines))| (key(row), (*cost, *lines))).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_sum_beyond_the_range_is_an_error() {
        let mut frame = Frame::new(vec![1, 1]);
        frame.set_amounts("cost", vec![i128::MAX, 1]);
        let error = frame.grouped(&[], &["cost"], None).unwrap_err();
        assert_eq!(error, FrameError::Overflow("cost".to_owned()));
    }
}
