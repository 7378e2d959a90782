//! Pace: months that have cost more by a day than any earlier month by the same day.
//!
//! In:    a series, until which day each month is settled.
//! Out:   the months that are ahead of all earlier ones, with what those let expect.
//! Never: holds a month against one in which its owner was not there from the start.

use chrono::{Datelike, Days, NaiveDate};

use super::bill::Bill;
use super::series::Series;
use super::{AnomalyError, Candidate, Settled, median, sum};
use crate::model::anomaly::{MONTHS_BACK, Unusual};
use crate::model::money::Money;
use crate::model::period::BillingPeriod;

/// Earlier months that a pace needs.
const MONTHS: usize = 2;
/// A week: what one day costs is no pace.
const LEAST_DAYS: u32 = 7;

/// Months that are ahead.
pub(super) fn found<'a>(
    bill: &Bill<'a>,
    series: &Series<'a>,
    settled: &Settled,
    least: Money,
) -> Result<Vec<Candidate<'a>>, AnomalyError> {
    let mut found = Vec::new();
    for (month, until) in settled {
        let Some(until) = until.filter(|until| until.day() >= LEAST_DAYS) else { continue };
        let earlier = std::iter::successors(Some(month.before()), |of| Some(of.before()));
        let mut costs = Vec::new();
        for before in earlier.take(MONTHS_BACK) {
            if is_there(series, before) && is_told(bill, before) {
                costs.push(by(series, before, until.day())?);
            }
        }
        let (Some(most), Some(expected)) = (costs.iter().max(), median(costs.clone())) else {
            continue;
        };
        let cost = by(series, *month, until.day())?;
        let above = cost - expected;
        // Half as much again as the dearest of them.
        if costs.len() < MONTHS || cost - most <= most / 2 || above < least.0 {
            continue;
        }
        let days = series.days.range(month.start()..=until);
        let mut charges: Vec<usize> = days.flat_map(|(_, of)| of.charges.clone()).collect();
        charges.sort_unstable();
        found.push(Candidate {
            unusual: Unusual::Pace,
            owner: series.owner,
            found: None,
            day: until,
            month: *month,
            cost,
            expected,
            charges,
        });
    }
    Ok(found)
}

/// What a month has cost by a day of the month.
fn by(series: &Series, month: BillingPeriod, day: u32) -> Result<i128, AnomalyError> {
    let days = series.days.range(month.start()..month.end());
    sum(days.take_while(|(of, _)| of.day() <= day).map(|(_, of)| of.cost))
}

/// Whether an owner was there in the first week of a month, or before.
fn is_there(series: &Series, month: BillingPeriod) -> bool {
    is_there_since(series.first_day(), month)
        && series.days.range(month.start()..month.end()).next().is_some()
}

/// Whether the bill begins no later.
fn is_told(bill: &Bill, month: BillingPeriod) -> bool {
    is_there_since(bill.first_day(), month)
}

fn is_there_since(first: Option<NaiveDate>, month: BillingPeriod) -> bool {
    let week = month.start().checked_add_days(Days::new(u64::from(LEAST_DAYS)));
    first.zip(week).is_some_and(|(first, week)| first < week)
}
