//! Firsts: instance types that an owner never ran before, GPUs above all.
//!
//! In:    a series, its charges.
//! Out:   what is new since some day, with what it has cost since in that month.
//! Never: calls new what a short history cannot know.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::band::HISTORY;
use super::bill::Bill;
use super::series::Series;
use super::{AnomalyError, Candidate, Settled, is_judged};
use crate::model::anomaly::Unusual;
use crate::model::money::Money;
use crate::model::period::BillingPeriod;

/// Days that an owner and the bill must be known for: whoever comes every month was seen then.
const KNOWN: u64 = 28;

/// Families of instances with a GPU: `ml.p3.2xlarge`, `ml.g4dn.xlarge`.
const GPUS: [&str; 2] = ["p", "g"];

/// What is new.
pub(super) fn found<'a>(
    bill: &Bill<'a>,
    series: &Series<'a>,
    settled: &Settled,
    least: Money,
) -> Result<Vec<Candidate<'a>>, AnomalyError> {
    let mut types: BTreeMap<&'a str, BTreeMap<NaiveDate, Vec<usize>>> = BTreeMap::new();
    for (day, of_day) in &series.days {
        for place in &of_day.charges {
            let charge = &bill.charges[*place];
            let Some(instance) = charge.instance_type.filter(|_| charge.cost > 0) else { continue };
            types.entry(instance).or_default().entry(*day).or_default().push(*place);
        }
    }
    let gpus = types.iter().filter(|(instance, _)| is_gpu(instance));
    let first_gpu = gpus.filter_map(|(_, days)| days.keys().next().copied()).min();
    let mut found = Vec::new();
    for (instance, days) in types {
        let Some(first) = days.keys().next().copied() else { continue };
        if !is_judged(first, settled) || !is_known(bill, series, first) {
            continue;
        }
        let month = BillingPeriod::containing(first);
        let since = days.range(first..month.end()).filter(|(day, _)| is_judged(**day, settled));
        let mut charges: Vec<usize> = since.flat_map(|(_, of)| of.iter().copied()).collect();
        charges.sort_unstable();
        let cost = bill.cost(&charges)?;
        if cost < least.0 {
            continue;
        }
        let is_first_gpu = is_gpu(instance) && first_gpu == Some(first);
        let unusual = if is_first_gpu { Unusual::FirstGpu } else { Unusual::NewInstanceType };
        found.push(Candidate {
            unusual,
            owner: series.owner,
            found: Some(instance),
            day: first,
            month,
            cost,
            expected: 0,
            charges,
        });
    }
    Ok(found)
}

/// Whether enough is known of the days before.
fn is_known(bill: &Bill, series: &Series, day: NaiveDate) -> bool {
    let since = day.checked_sub_days(Days::new(KNOWN));
    let is_long = |first: Option<NaiveDate>| first.is_some_and(|first| Some(first) <= since);
    is_long(bill.first_day())
        && is_long(series.first_day())
        && series.days.range(..day).count() >= HISTORY
}

/// Whether an instance type has a GPU.
pub(super) fn is_gpu(instance_type: &str) -> bool {
    let name = instance_type.strip_prefix("ml.").unwrap_or(instance_type);
    let digits = GPUS.iter().find_map(|family| name.strip_prefix(family));
    digits.is_some_and(|rest| rest.starts_with(|of: char| of.is_ascii_digit()))
}
