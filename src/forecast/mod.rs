//! Forecast: what a month will have cost when it is over, and how sure that is.
//!
//! In:    [`DailyCost`] of the month so far and of the days before, and whether the month is over.
//! Out:   a [`Forecast`] per tenant and one of all, in integers.
//! Never: reads single sums as daily usage, or the last days of a running month as a fall.
//!
//! A month that is over is what was billed. Of a running one each day that is not known yet costs
//! the mean of its weekday in the last 28 known days (of all known days while there are fewer than
//! two of every weekday), times what the last seven known days cost against such means: weekdays
//! as seasons, the level from the end (Hyndman and Athanasopoulos, Forecasting: Principles and
//! Practice, 3rd ed., 5.2 and 5.7). Known are the days up to two before the last: AWS delivers a
//! day's usage over the next two. Of those two the larger of forecast and bill counts. The first
//! of a month is no day to learn from, because what is charged once a month stands there. What
//! comes as one sum (fees, taxes, credits, refunds) is taken as billed.
//!
//! The band rehearses the forecast: from every earlier day of this month and the one before (the
//! seventh and later) it is made with what was known then, for as many days as are ahead now, and
//! held against what followed (a rolling origin, the same book, 5.10). 8 of 10 of these misses are
//! no larger than half of the band (split conformal prediction: rank `4/5 (n + 1)`); one that was
//! judged by fewer days, at least seven, counts in proportion. It is never narrower than chance
//! alone makes it, `1.2816 * sqrt(e * (h + h * h / n))` with `e` the mean square error of `n`
//! days and `h` days ahead (5.5), and that is all there is while fewer than two weeks are known.
//! What two months have not shown, as what is switched off in mid-month, lies outside of the band;
//! once it has happened, the band is wide until rehearsals across it are fewer than one in five.
//!
//! The forecast of all is the sum of the parts (bottom-up, the same book, 11.2); its band is that
//! of their sum, because errors of tenants cancel.

mod series;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::forecast::{DailyCost, Forecast, Progress, Scope};
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use series::{Series, Window};

/// The costs add up to more than an `i128` of pico-units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the forecast leaves the range of 128-bit pico-units")]
pub struct ForecastError;

impl Diagnose for ForecastError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "FORECAST-RANGE"
    }

    fn hints(&self) -> Vec<String> {
        vec!["look for absurd costs with `curtail check`".to_owned()]
    }
}

/// Forecasts months, by currency: everybody together, then each tenant.
///
/// Costs of other months are what running ones are forecast from.
///
/// # Errors
/// When a sum leaves its range.
pub fn forecast(
    costs: &[DailyCost],
    months: &[(BillingPeriod, Progress)],
) -> Result<Vec<Forecast>, ForecastError> {
    let currencies: BTreeSet<&Currency> = costs.iter().map(|cost| &cost.currency).collect();
    let mut forecasts = Vec::new();
    for currency in currencies {
        let of: Vec<&DailyCost> = costs.iter().filter(|cost| cost.currency == *currency).collect();
        for (month, progress) in months {
            let found = of_month(&of, *month, *progress).ok_or(ForecastError)?;
            forecasts.extend(found.into_iter().map(|told| told.forecast(*month, currency)));
        }
    }
    Ok(forecasts)
}

/// One tenant's month, before it is dressed.
struct Told {
    scope: Scope,
    actual: i128,
    expected: Option<i128>,
    half: Option<i128>,
    method: &'static str,
    days: u32,
}

impl Told {
    fn forecast(self, month: BillingPeriod, currency: &Currency) -> Forecast {
        // Less than what is billed is not to be expected, however wide the band is.
        let floor = self.expected.map(|expected| expected.min(self.actual));
        let band = self.expected.zip(self.half).zip(floor);
        Forecast {
            scope: self.scope,
            month,
            currency: currency.clone(),
            actual: Money(self.actual),
            expected: self.expected.map(Money),
            band: band.map(|((expected, half), floor)| {
                let low = expected.saturating_sub(half).max(floor);
                [Money(low), Money(expected.saturating_add(half))]
            }),
            method: self.method,
            days: self.days,
        }
    }
}

/// Everybody, then each tenant; `None` when a sum leaves its range.
fn of_month(costs: &[&DailyCost], month: BillingPeriod, progress: Progress) -> Option<Vec<Told>> {
    let is_known = |cost: &&&DailyCost| cost.month <= month;
    let mut by_tenant: BTreeMap<&Option<String>, Series> = BTreeMap::new();
    let mut all = Series::default();
    for cost in costs.iter().filter(is_known) {
        by_tenant.entry(&cost.tenant).or_default().add(cost, month)?;
        all.add(cost, month)?;
    }
    if !costs.iter().any(|cost| cost.month == month) {
        return Some(Vec::new());
    }
    let window = match progress {
        Progress::Over => None,
        Progress::Running => Some(Window::of(&all, month)),
    };
    let mut whole = all.told(Scope::All, month, window.as_ref())?;
    let mut told = Vec::new();
    let mut sum = Some(0_i128);
    for (tenant, series) in by_tenant {
        let one = series.told(Scope::Tenant(tenant.clone()), month, window.as_ref())?;
        sum = match (sum, one.expected) {
            (Some(sum), Some(expected)) => Some(sum.checked_add(expected)?),
            _ => None,
        };
        let is_there = series.has_month || one.expected.is_some_and(|cost| cost != 0);
        told.extend(is_there.then_some(one));
    }
    whole.expected = sum;
    told.insert(0, whole);
    Some(told)
}
