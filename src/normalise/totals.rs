//! Totals: what groups add up to.
//!
//! In:    amounts of rows, and the group of each.
//! Out:   [`Totals`]: every cost, the hours and the lines of a group side by side.
//! Never: adds two groups, or loses a unit; 10^11 lines fit `i128`.

use crate::normalise::costs::Costs;

/// Exact totals by group.
///
/// Groups come in no order, and what belongs to one is fetched from memory together.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// How many costs a group has.
    metrics: usize,
    /// Of every group its costs in pico-units, its hours and how many lines it has.
    numbers: Vec<i128>,
}

/// Hours and lines, behind the costs.
const BESIDE_COSTS: usize = 2;

impl Totals {
    pub(super) fn new(metrics: usize) -> Self {
        Self { metrics, numbers: Vec::new() }
    }

    fn width(&self) -> usize {
        self.metrics + BESIDE_COSTS
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len() / self.width()
    }

    /// Begins a group.
    pub(super) fn push(&mut self) {
        self.numbers.resize(self.numbers.len() + self.width(), 0);
    }

    fn of(&self, group: usize) -> &[i128] {
        &self.numbers[group * self.width()..][..self.width()]
    }

    /// The costs of a group, metric by metric.
    pub(super) fn costs(&self, group: usize) -> &[i128] {
        &self.of(group)[..self.metrics]
    }

    pub(super) fn hours(&self, group: usize) -> i128 {
        self.of(group)[self.metrics]
    }

    pub(super) fn lines(&self, group: usize) -> u64 {
        u64::try_from(self.of(group)[self.metrics + 1]).unwrap_or(u64::MAX)
    }

    /// One cost, group by group.
    pub(super) fn costs_of(&self, metric: usize) -> impl Iterator<Item = i128> {
        self.numbers.iter().skip(metric).step_by(self.width()).copied()
    }

    /// Adds what one of `other` adds up to.
    pub(super) fn absorb(&mut self, group: usize, other: &Self, of_other: usize) {
        let width = self.width();
        let totals = &mut self.numbers[group * width..][..width];
        for (total, more) in totals.iter_mut().zip(other.of(of_other)) {
            *total += more;
        }
    }

    /// Adds rows to their groups; a row is one line unless `lines` says otherwise.
    pub(super) fn add(
        &mut self,
        groups: &[u32],
        costs: &[Costs],
        hours: Option<&[i128]>,
        lines: Option<&[u64]>,
    ) {
        let narrow: Option<Vec<&[i64]>> = costs.iter().map(Costs::narrow).collect();
        match (narrow, hours, lines) {
            // The rows of an export, of which nobody asks for hours.
            (Some(costs), None, None) => {
                self.each(groups, |totals, row| {
                    let (totals, beside) = totals.split_at_mut(costs.len());
                    for (total, costs) in totals.iter_mut().zip(&costs) {
                        *total += i128::from(costs[row]);
                    }
                    beside[1] += 1;
                });
            }
            _ => self.each(groups, |totals, row| {
                let (totals, beside) = totals.split_at_mut(costs.len());
                for (total, costs) in totals.iter_mut().zip(costs) {
                    *total += costs.at(row);
                }
                beside[0] += hours.map_or(0, |hours| hours[row]);
                beside[1] += lines.map_or(1, |lines| i128::from(lines[row]));
            }),
        }
    }

    #[inline]
    fn each(&mut self, groups: &[u32], add: impl Fn(&mut [i128], usize)) {
        let width = self.width();
        for (row, group) in groups.iter().enumerate() {
            add(&mut self.numbers[*group as usize * width..][..width], row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against sums that are found group by group.
        #[test]
        fn a_group_adds_up_to_its_rows_however_wide_they_are(
            rows in prop::collection::vec((0..4_u32, any::<i64>(), any::<i64>(), 0..9_u64), 0..60),
            is_wide in any::<bool>(),
            is_told in any::<bool>(),
        ) {
            let groups: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let costs = |of: fn(&(u32, i64, i64, u64)) -> i64| {
                let amounts = rows.iter().map(of);
                if is_wide {
                    Costs::Wide(amounts.map(i128::from).collect())
                } else {
                    Costs::Narrow(amounts.collect())
                }
            };
            let hours: Vec<i128> = rows.iter().map(|row| i128::from(row.1) << 3).collect();
            let lines: Vec<u64> = rows.iter().map(|row| row.3).collect();
            let mut totals = Totals::new(2);
            (0..4).for_each(|_| totals.push());
            let told = is_told.then_some((hours.as_slice(), lines.as_slice()));
            let costs = [costs(|row| row.1), costs(|row| row.2)];
            totals.add(&groups, &costs, told.map(|told| told.0), told.map(|told| told.1));
            for group in 0..4 {
                let own = || rows.iter().filter(|row| row.0 as usize == group);
                let sum = |of: fn(&(u32, i64, i64, u64)) -> i64| {
                    own().map(|row| i128::from(of(row))).sum::<i128>()
                };
                prop_assert_eq!(totals.costs(group), &[sum(|row| row.1), sum(|row| row.2)]);
                let hours = if is_told { sum(|row| row.1) << 3 } else { 0 };
                prop_assert_eq!(totals.hours(group), hours);
                let lines = own().map(|row| if is_told { row.3 } else { 1 }).sum::<u64>();
                prop_assert_eq!(totals.lines(group), lines);
            }
        }
    }
}
