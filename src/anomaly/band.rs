//! Band: which days cost more than the days before let expect.
//!
//! In:    a series, which days are judged.
//! Out:   days above their band, with what was expected of them.
//! Never: looks at a later day, or at days without a cost: who pauses has not changed.
//!
//! The middle of the band is the median of the same weekday; its width is the median of what all
//! days miss the median of their weekday by, because a weekday alone has too few days for that.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::series::{OfDay, Series};
use super::{AnomalyError, Candidate, Settled, is_judged, median};
use crate::model::anomaly::Unusual;
use crate::model::money::Money;
use crate::model::period::BillingPeriod;

/// Days that are looked back: thirteen of every weekday.
const LOOKS_BACK: u64 = 91;
/// Days with a cost that make a history: two weeks of every day, or three of working days.
pub(super) const HISTORY: usize = 14;
/// Days of one weekday that make a median of their own.
const OF_WEEKDAY: usize = 4;
/// Half the width of the band in median deviations: some four standard deviations, were days
/// normal; usage has longer tails.
const WIDTH: i128 = 6;

/// Days above their band.
pub(super) fn found<'a>(
    series: &Series<'a>,
    settled: &Settled,
    least: Money,
) -> Result<Vec<Candidate<'a>>, AnomalyError> {
    let mut found = Vec::new();
    for (day, of_day) in series.days.iter().filter(|(day, _)| is_judged(**day, settled)) {
        let from = day.checked_sub_days(Days::new(LOOKS_BACK)).unwrap_or_default();
        let before: Vec<(&NaiveDate, &OfDay)> = series.days.range(from..*day).collect();
        if before.len() < HISTORY {
            continue;
        }
        let Some(expected) = unexpected(&before, day.weekday(), of_day.cost, least)? else {
            continue;
        };
        found.push(Candidate {
            unusual: Unusual::Day,
            owner: series.owner,
            found: None,
            day: *day,
            month: BillingPeriod::containing(*day),
            cost: of_day.cost,
            expected,
            charges: of_day.charges.clone(),
        });
    }
    Ok(found)
}

/// What was expected of a day that costs too much.
fn unexpected(
    before: &[(&NaiveDate, &OfDay)],
    weekday: Weekday,
    cost: i128,
    least: Money,
) -> Result<Option<i128>, AnomalyError> {
    let mut by_weekday: BTreeMap<u32, Vec<i128>> = BTreeMap::new();
    for (day, of_day) in before {
        by_weekday.entry(at(day.weekday())).or_default().push(of_day.cost);
    }
    let mut costs: Vec<i128> = before.iter().map(|(_, of_day)| of_day.cost).collect();
    let Some(of_all) = median(costs.clone()) else { return Ok(None) };
    let middle = |weekday: u32| {
        let own = by_weekday.get(&weekday).filter(|of| of.len() >= OF_WEEKDAY);
        own.and_then(|of| median(of.clone())).unwrap_or(of_all)
    };
    let expected = middle(at(weekday));
    let above = cost - expected;
    // Half as much again, and what is worth a look.
    if above <= expected / 2 || above < least.0 {
        return Ok(None);
    }
    // Once is no habit, twice is: the second dearest day is usual, the dearest need not be.
    costs.sort_unstable();
    if costs.iter().rev().nth(1).is_some_and(|second| cost <= *second) {
        return Ok(None);
    }
    let misses = before.iter().map(|(day, of_day)| (of_day.cost - middle(at(day.weekday()))).abs());
    let miss = median(misses.collect()).unwrap_or_default();
    let width = miss.checked_mul(WIDTH).ok_or(AnomalyError::Range)?;
    Ok((above > width).then_some(expected))
}

fn at(weekday: Weekday) -> u32 {
    weekday.num_days_from_monday()
}
