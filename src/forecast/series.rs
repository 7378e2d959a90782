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
/// As many of every weekday make weekdays worth telling apart.
const OF_EACH_WEEKDAY: usize = 2;
/// Roots of the mean square error within which 8 of 10 normal errors lie, in ten-thousandths.
const EIGHT_OF_TEN: u128 = 12_816;
/// Errors are cut to so many bits before they are squared, so that their sums fit 128.
const ERROR_BITS: u32 = 48;

/// What a month that is over is called by.
const BILLED: &str = "billed";
const WEEKDAYS: &str = "mean of weekdays";
const MEAN: &str = "mean of days";
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

/// Which days are known, which are to come.
pub(super) struct Window {
    /// Known days to learn from.
    learnt: Vec<NaiveDate>,
    /// The first day that is not known.
    unknown: NaiveDate,
    by_weekday: bool,
}

impl Window {
    /// Of a running month, by the costs of all tenants.
    pub(super) fn of(all: &Series, month: BillingPeriod) -> Self {
        let is_inside = |day: &&NaiveDate| **day >= month.start() && **day < month.end();
        let last = all.days.keys().rev().find(is_inside);
        // In a month without a day of usage nothing is known yet.
        let last = last.copied().or_else(|| month.start().pred_opt()).unwrap_or_default();
        let grown = last.checked_sub_days(Days::new(GROWING)).unwrap_or_default();
        let first = all.days.keys().next().copied().unwrap_or(last);
        let back = grown.checked_sub_days(Days::new(LOOKS_BACK - 1)).unwrap_or_default();
        let known = first.max(back).iter_days().take_while(|day| *day <= grown);
        let learnt: Vec<NaiveDate> = known.filter(|day| day.day() != 1).collect();
        let of_weekday =
            |at| learnt.iter().filter(move |day| day.weekday().num_days_from_monday() == at);
        let by_weekday = (0..7).all(|at| of_weekday(at).count() >= OF_EACH_WEEKDAY);
        let unknown = grown.succ_opt().unwrap_or(grown).max(month.start());
        Self { learnt, unknown, by_weekday }
    }

    /// Days whose mean stands for a day.
    fn like(&self, day: NaiveDate) -> impl Iterator<Item = &NaiveDate> {
        let is_like = move |of: &&NaiveDate| !self.by_weekday || of.weekday() == day.weekday();
        self.learnt.iter().filter(is_like)
    }

    fn unknown(&self, month: BillingPeriod) -> impl Iterator<Item = NaiveDate> {
        self.unknown.iter_days().take_while(move |day| *day < month.end())
    }
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
        if window.learnt.is_empty() {
            let (expected, half) = (None, None);
            return Some(Told { scope, actual, expected, half, method: NOTHING, days: 0 });
        }
        let known = self.days.range(month.start()..window.unknown.min(month.end()));
        let known = known.map(|(_, cost)| *cost);
        let to_come = window.unknown(month).map(|day| {
            let like = window.like(day).map(|day| self.on(*day));
            mean(like).max(self.on(day))
        });
        let mut days = known.chain(to_come);
        let expected = days.try_fold(self.lumps, i128::checked_add)?;
        let method = if window.by_weekday { WEEKDAYS } else { MEAN };
        let days = u32::try_from(window.learnt.len()).unwrap_or_default();
        let half = self.half(window, month);
        Some(Told { scope, actual, expected: Some(expected), half, method, days })
    }

    /// Half of the band; `None` when one day alone is known, or when it leaves its range.
    fn half(&self, window: &Window, month: BillingPeriod) -> Option<i128> {
        let known = window.learnt.len() as u128;
        if known < 2 {
            return None;
        }
        let errors: Vec<u128> =
            window.learnt.iter().map(|day| self.error(*day, window)).collect::<Option<_>>()?;
        let largest = errors.iter().max().copied().unwrap_or_default();
        let cut = (u128::BITS - largest.leading_zeros()).saturating_sub(ERROR_BITS);
        let squares: u128 = errors.iter().map(|error| (error >> cut) * (error >> cut)).sum();
        let ahead = window.unknown(month).count() as u128;
        // The mean square times `h + h * h / n`.
        let square = squares * (ahead * known + ahead * ahead) / (known * known);
        let half = square.isqrt().checked_mul(EIGHT_OF_TEN << cut)? / 10_000;
        i128::try_from(half).ok()
    }

    /// By how much the mean of the other days like it misses a known day.
    fn error(&self, day: NaiveDate, window: &Window) -> Option<u128> {
        let others = window.like(day).filter(|other| **other != day).map(|other| self.on(*other));
        Some(self.on(day).checked_sub(mean(others))?.unsigned_abs())
    }
}

fn mean(costs: impl Iterator<Item = i128>) -> i128 {
    let add = |(sum, count): (i128, i128), cost| (sum.saturating_add(cost), count + 1);
    let (sum, count) = costs.fold((0, 0), add);
    half_even(sum, count.max(1))
}
