//! Course: amounts in time as lines, or as a budget that is used up.
//!
//! In:    amounts by day.
//! Out:   shapes of charts.
//! Never: invents an amount: days without a charge cost nothing, days to come are left out unless
//! something is expected of them.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use crate::model::money::Money;
use crate::report::chart::{Bar, Certainty, Label, Line, MOST_DAYS, Series, Shape, parse};

/// A stack as lines.
pub(super) fn lines(stack: Shape) -> Option<Shape> {
    let Shape::StackedBars { days, series } = stack else { return None };
    let line = |Series { label, values }| known(label, values);
    let lines = series.into_iter().map(line).collect();
    Some(Shape::Lines { days, lines, limit: None })
}

fn known(label: Label, values: Vec<Money>) -> Line {
    Line { label, from: 0, values, certainty: Certainty::Known }
}

/// Every day from the first to the last with what it amounts to; `None` for anything but days, and
/// for more of them than a chart shows.
pub(super) fn daily<'a>(
    dated: impl Iterator<Item = (&'a str, i128)>,
) -> Option<BTreeMap<NaiveDate, i128>> {
    let mut all: BTreeMap<NaiveDate, i128> = BTreeMap::new();
    for (day, pico) in dated {
        let sum = all.entry(parse(day).ok()?).or_default();
        *sum = sum.checked_add(pico)?;
    }
    let (first, last) = (*all.keys().next()?, *all.keys().next_back()?);
    if (last - first).num_days() > MOST_DAYS {
        return None;
    }
    for day in first.iter_days().take_while(|day| *day <= last) {
        all.entry(day).or_default();
    }
    Some(all)
}

/// What a burn-down is drawn of.
pub(super) struct Burn {
    /// What was charged on each day.
    pub(super) spent: (Label, Vec<(String, Money)>),
    /// What is expected up to days to come, since the one before.
    pub(super) expected: Option<(Label, Vec<(String, Money)>)>,
    /// The budget of all of these months.
    pub(super) limit: Bar,
}

/// Sums up to each day, from the first of the first month to the last of the last.
pub(super) fn burn_down(of: Burn) -> Option<Shape> {
    let Burn { spent: (label, spent), expected, limit } = of;
    let spent = daily(spent.iter().map(|(day, amount)| (day.as_str(), amount.0)))?;
    let spent: BTreeMap<NaiveDate, Money> =
        spent.into_iter().map(|(day, pico)| (day, Money(pico))).collect();
    let (first, last) = (*spent.keys().next()?, *spent.keys().next_back()?);
    let first = first.with_day(1)?;
    let end = last.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()?;
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= end).collect();
    let upto = days.iter().copied().take_while(|day| *day <= last);
    let values = running(Money::ZERO, upto, &spent)?;
    let (so_far, from) = (*values.last()?, values.len() - 1);
    let mut lines = vec![known(label, values)];
    if let Some((label, expected)) = expected {
        let mut steps: BTreeMap<NaiveDate, Money> = BTreeMap::new();
        for (day, amount) in expected {
            let sum = steps.entry(parse(&day).ok()?).or_default();
            *sum = sum.checked_add(amount)?;
        }
        steps.retain(|day, _| last < *day && *day <= end);
        if !steps.is_empty() {
            let mut values = towards((last, so_far), &steps)?;
            values.resize(days.len() - from, *values.last()?);
            lines.push(Line { label, from, values, certainty: Certainty::Expected });
        }
    }
    let days = days.iter().map(NaiveDate::to_string).collect();
    Some(Shape::Lines { days, lines, limit: Some(limit) })
}

/// Straight lines from what is known over what is expected up to some later days.
fn towards(known: (NaiveDate, Money), steps: &BTreeMap<NaiveDate, Money>) -> Option<Vec<Money>> {
    let (mut day, mut sum) = known;
    let mut values = vec![sum];
    for (next, more) in steps {
        let length = (*next - day).num_days();
        for at in 1..=length {
            let part = more.0.checked_mul(i128::from(at))? / i128::from(length);
            values.push(sum.checked_add(Money(part))?);
        }
        (day, sum) = (*next, sum.checked_add(*more)?);
    }
    Some(values)
}

fn running(
    start: Money,
    days: impl Iterator<Item = NaiveDate>,
    of: &BTreeMap<NaiveDate, Money>,
) -> Option<Vec<Money>> {
    let mut sum = start;
    let next = |day: NaiveDate| {
        sum = sum.checked_add(of.get(&day).copied().unwrap_or_default())?;
        Some(sum)
    };
    days.map(next).collect()
}
