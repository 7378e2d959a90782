//! Series: what one tenant costs from day to day.
//!
//! In:    daily costs, the month that is forecast.
//! Out:   the expected cost of the month, and how far off it may be.
//! Never: leaves the integers, or adds past their range.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::Told;
use crate::model::forecast::{DailyCost, GROWING, Scope};
use crate::model::period::BillingPeriod;
use crate::model::rounding::half_even;

/// Days that a forecast looks back: four of every weekday.
const LOOKS_BACK: u64 = 28;
/// Days that tell at what level costs are now, and the fewest that an earlier forecast may rest on
/// and be judged by.
const TELL_THE_LEVEL: usize = 7;
/// The level is a share of what is usual, in millionths.
const ONE: i128 = 1_000_000;
/// As many of every weekday make weekdays worth telling apart.
const OF_EACH_WEEKDAY: usize = 2;
/// Roots of the mean square error within which 8 of 10 normal errors lie, in ten-thousandths.
const EIGHT_OF_TEN: u128 = 12_816;
/// Errors are cut to so many bits before they are squared, so that their sums fit 128.
const ERROR_BITS: u32 = 48;

/// What a month that is over is called by.
const BILLED: &str = "billed";
const WEEKDAYS: &str = "mean of weekdays at last week's level";
const MEAN: &str = "mean of the last week";
const NOTHING: &str = "too few days";

/// The costs of one tenant, or of all.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// What usage costs, by day.
    days: BTreeMap<NaiveDate, i128>,
    /// Single sums of the month that is forecast, and usage that lies outside of its days.
    lumps: i128,
    /// All of that month.
    actual: i128,
    /// Whether anything of it is there.
    pub(super) has_month: bool,
}

/// Days that are learnt from at once.
struct Known {
    days: Vec<NaiveDate>,
    by_weekday: bool,
}

impl Known {
    /// Up to `last`; the first of a month is none of them.
    fn until(first: NaiveDate, last: NaiveDate) -> Self {
        let back = last.checked_sub_days(Days::new(LOOKS_BACK - 1)).unwrap_or_default();
        let days = first.max(back).iter_days().take_while(|day| *day <= last);
        let days: Vec<NaiveDate> = days.filter(|day| day.day() != 1).collect();
        let of_weekday = |at| days.iter().filter(move |day| weekday(**day) == at);
        let by_weekday = (0..7).all(|at| of_weekday(at).count() >= OF_EACH_WEEKDAY);
        Self { days, by_weekday }
    }

    /// Days whose mean stands for one of a weekday.
    fn like(&self, at: usize) -> impl Iterator<Item = &NaiveDate> {
        self.days.iter().filter(move |of| !self.by_weekday || weekday(**of) == at)
    }

    /// The last of them, which tell the level.
    fn last(&self) -> &[NaiveDate] {
        &self.days[self.days.len().saturating_sub(TELL_THE_LEVEL)..]
    }
}

/// A forecast that could have been made earlier, and the days that have shown what it was worth.
struct Rehearsal {
    known: Known,
    followed: Vec<NaiveDate>,
}

/// Which days are known, which are to come.
pub(super) struct Window {
    known: Known,
    rehearsals: Vec<Rehearsal>,
    /// The first day that is not known.
    unknown: NaiveDate,
    /// Days that are not known.
    ahead: usize,
}

impl Window {
    /// Of a running month, by the costs of all tenants.
    pub(super) fn of(all: &Series, month: BillingPeriod) -> Self {
        let is_inside = |day: &&NaiveDate| **day >= month.start() && **day < month.end();
        let before = month.start().pred_opt().unwrap_or_default();
        let last = all.days.keys().rev().find(is_inside);
        // In a month without a day of usage nothing is known yet.
        let last = last.copied().unwrap_or(before);
        let grown = last.checked_sub_days(Days::new(GROWING)).unwrap_or_default();
        // However many months were asked for, a forecast rests on two.
        let start = BillingPeriod::containing(before).start();
        let first = all.days.range(start..).next().map_or(last, |(day, _)| *day);
        let unknown = grown.succ_opt().unwrap_or(grown).max(month.start());
        let ahead = unknown.iter_days().take_while(|day| *day < month.end()).count();
        let rehearsals = rehearsals(first, grown, ahead);
        Self { known: Known::until(first, grown), rehearsals, unknown, ahead }
    }

    fn unknown(&self) -> impl Iterator<Item = NaiveDate> {
        self.unknown.iter_days().take(self.ahead)
    }
}

/// Every earlier day from which as many days, or a week of them, are known by now.
fn rehearsals(first: NaiveDate, grown: NaiveDate, ahead: usize) -> Vec<Rehearsal> {
    let origins = first.iter_days().skip(TELL_THE_LEVEL - 1).take_while(|day| *day < grown);
    let rehearse = |origin: NaiveDate| {
        let followed = origin.iter_days().skip(1).take(ahead).take_while(|day| *day <= grown);
        let followed: Vec<NaiveDate> = followed.collect();
        let is_enough = followed.len() >= ahead.min(TELL_THE_LEVEL);
        let followed: Vec<NaiveDate> = followed.into_iter().filter(|day| day.day() != 1).collect();
        let known = Known::until(first, origin);
        let is_told = is_enough && !followed.is_empty() && !known.days.is_empty();
        is_told.then_some(Rehearsal { known, followed })
    };
    origins.filter_map(rehearse).collect()
}

fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

impl Series {
    /// Adds a cost; `None` when a sum leaves its range.
    pub(super) fn add(&mut self, cost: &DailyCost, month: BillingPeriod) -> Option<()> {
        let is_own = |day: &NaiveDate| BillingPeriod::containing(*day) == cost.month;
        let sums = match cost.day.filter(is_own) {
            Some(day) => Some(self.days.entry(day).or_default()),
            None if cost.month == month => Some(&mut self.lumps),
            None => None,
        };
        if let Some(sum) = sums {
            *sum = sum.checked_add(cost.cost.0)?;
        }
        if cost.month == month {
            self.actual = self.actual.checked_add(cost.cost.0)?;
            self.has_month = true;
        }
        Some(())
    }

    fn on(&self, day: NaiveDate) -> i128 {
        self.days.get(&day).copied().unwrap_or_default()
    }

    /// The month; without a window it is over. `None` when a sum leaves its range.
    pub(super) fn told(
        &self,
        scope: Scope,
        month: BillingPeriod,
        window: Option<&Window>,
    ) -> Option<Told> {
        let actual = self.actual;
        let Some(window) = window else {
            let days = month.end().signed_duration_since(month.start()).num_days();
            let days = u32::try_from(days).unwrap_or_default();
            let (expected, half) = (Some(actual), Some(0));
            return Some(Told { scope, actual, expected, half, method: BILLED, days });
        };
        if window.known.days.is_empty() {
            let (expected, half) = (None, None);
            return Some(Told { scope, actual, expected, half, method: NOTHING, days: 0 });
        }
        let known = self.days.range(month.start()..window.unknown.min(month.end()));
        let known = known.map(|(_, cost)| *cost);
        let usual = self.usual(&window.known)?;
        let to_come = window.unknown().map(|day| usual[weekday(day)].max(self.on(day)));
        let mut days = known.chain(to_come);
        let expected = days.try_fold(self.lumps, i128::checked_add)?;
        let method = if window.known.by_weekday { WEEKDAYS } else { MEAN };
        let days = u32::try_from(window.known.days.len()).unwrap_or_default();
        let half = self.half(window);
        Some(Told { scope, actual, expected: Some(expected), half, method, days })
    }

    /// What a day of each weekday will cost; `None` when a sum leaves its range.
    fn usual(&self, known: &Known) -> Option<[i128; 7]> {
        let mut usual =
            [0, 1, 2, 3, 4, 5, 6].map(|at| mean(known.like(at).map(|day| self.on(*day))));
        let add = |sum: i128, cost: i128| sum.checked_add(cost);
        let now = known.last().iter().map(|day| self.on(*day)).try_fold(0, add)?;
        let then = known.last().iter().map(|day| usual[weekday(*day)]).try_fold(0, add)?;
        // A level below nothing, or of nothing, tells nothing.
        if now < 0 || then <= 0 {
            return Some(usual);
        }
        // The means contain the last days, so no level is more than all days of a mean.
        let level = half_even(now.checked_mul(ONE)?, then).min(ONE * i128::from(LOOKS_BACK));
        for cost in &mut usual {
            *cost = half_even(cost.checked_mul(level)?, ONE);
        }
        Some(usual)
    }

    /// Half of the band; `None` when one day alone is known, or when it leaves its range.
    fn half(&self, window: &Window) -> Option<i128> {
        let by_days = self.half_by_days(window)?;
        let miss = |of: &Rehearsal| self.miss(of, window.ahead);
        let mut misses: Vec<i128> = window.rehearsals.iter().map(miss).collect::<Option<_>>()?;
        misses.sort_unstable();
        let rank = ((misses.len() + 1) * 4).div_ceil(5).min(misses.len());
        let by_misses = rank.checked_sub(1).and_then(|at| misses.get(at)).copied();
        Some(by_misses.unwrap_or_default().max(by_days))
    }

    /// By how much an earlier forecast missed what followed, for as many days as are ahead.
    fn miss(&self, of: &Rehearsal, ahead: usize) -> Option<i128> {
        let usual = self.usual(&of.known)?;
        let off = |day: &NaiveDate| self.on(*day).checked_sub(usual[weekday(*day)]);
        let mut off = of.followed.iter().map(off);
        let sum = off.try_fold(0_i128, |sum, off| sum.checked_add(off?))?.checked_abs()?;
        let ahead = i128::try_from(ahead).ok()?;
        Some(half_even(sum.checked_mul(ahead)?, i128::try_from(of.followed.len()).ok()?))
    }

    /// Half of a band by the errors of single days, as if nothing but chance parted them.
    fn half_by_days(&self, window: &Window) -> Option<i128> {
        let learnt = &window.known.days;
        let known = learnt.len() as u128;
        if known < 2 {
            return None;
        }
        let errors = learnt.iter().map(|day| self.error(*day, &window.known));
        let errors: Vec<u128> = errors.collect::<Option<_>>()?;
        let largest = errors.iter().max().copied().unwrap_or_default();
        let cut = (u128::BITS - largest.leading_zeros()).saturating_sub(ERROR_BITS);
        let squares: u128 = errors.iter().map(|error| (error >> cut) * (error >> cut)).sum();
        let ahead = window.ahead as u128;
        // The mean square times `h + h * h / n`.
        let square = squares * (ahead * known + ahead * ahead) / (known * known);
        let half = square.isqrt().checked_mul(EIGHT_OF_TEN << cut)? / 10_000;
        i128::try_from(half).ok()
    }

    /// By how much the mean of the other days like it misses a known day.
    fn error(&self, day: NaiveDate, known: &Known) -> Option<u128> {
        let others =
            known.like(weekday(day)).filter(|other| **other != day).map(|other| self.on(*other));
        Some(self.on(day).checked_sub(mean(others))?.unsigned_abs())
    }
}

fn mean(costs: impl Iterator<Item = i128>) -> i128 {
    let add = |(sum, count): (i128, i128), cost| (sum.saturating_add(cost), count + 1);
    let (sum, count) = costs.fold((0, 0), add);
    half_even(sum, count.max(1))
}
