//! Apps: in which pattern an app, an endpoint or a notebook instance ran.
//!
//! In:    a resource with what each hour cost.
//! Out:   its stretches by pattern; no hour is in two of them.
//! Never: finds a pattern in a single long day: people have those.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Stretch;
use super::calendar::Calendar;
use super::resources::Resource;
use super::stretch;
use crate::model::idle::Pattern;

/// Hours without a break after which an app or a notebook instance ran around the clock.
const TWO_DAYS: usize = 48;
/// Hours without a break after which an endpoint is worth a look.
const WEEK: usize = 168;
/// Hours without a break that nobody works at night.
const LONG: usize = 10;
/// Nights and days of weekends that are more than an exception.
const RESTS: usize = 3;
/// Days on end with the same full hours, and how many hours at least.
const SAME_DAYS: usize = 5;
const SAME_HOURS: u32 = 4;

/// A day, the hours of it that are full as bits, and the same since 1970.
type FullDay<'a> = (NaiveDate, &'a (u32, Vec<i64>));

/// Hours of each pattern.
pub(super) type Found = Vec<(Pattern, Vec<Stretch>)>;

/// How an app ran.
pub(super) fn patterns(resource: &Resource, calendar: &Calendar) -> Found {
    let (long, rest): (Vec<Stretch>, Vec<Stretch>) =
        stretch::of(&resource.hours).into_iter().partition(|of| of.len() >= TWO_DAYS);
    let (resting, rest): (Vec<Stretch>, Vec<Stretch>) =
        rest.into_iter().partition(|of| of.len() >= LONG && calendar.rests(of) > 0);
    let rests: usize = resting.iter().map(|of| calendar.rests(of)).sum();
    let mut found = vec![(Pattern::AroundTheClock, long)];
    let rest = if rests >= RESTS {
        found.push((Pattern::NightsAndWeekends, resting));
        rest
    } else {
        rest.into_iter().chain(resting).collect()
    };
    found.push((Pattern::SameHours, same_hours(resource, calendar, &rest)));
    found.retain(|(_, stretches)| !stretches.is_empty());
    found
}

/// Stretches of an endpoint or a notebook instance without a break.
pub(super) fn unbroken(resource: &Resource, pattern: Pattern) -> Found {
    let least = if pattern == Pattern::EndpointWithoutBreak { WEEK } else { TWO_DAYS };
    let mut stretches = stretch::of(&resource.hours);
    stretches.retain(|of| of.len() >= least);
    if stretches.is_empty() { Vec::new() } else { vec![(pattern, stretches)] }
}

/// The full hours of days on end that have the same ones.
fn same_hours(resource: &Resource, calendar: &Calendar, rest: &[Stretch]) -> Vec<Stretch> {
    let mut days: BTreeMap<NaiveDate, (u32, Vec<i64>)> = BTreeMap::new();
    for hour in rest.iter().flatten() {
        let is_full = resource.hours.get(hour).is_some_and(stretch::is_full);
        let Some((day, _, of_day)) = calendar.place(*hour).filter(|_| is_full) else { continue };
        let (mask, hours) = days.entry(day).or_default();
        *mask |= 1 << of_day;
        hours.push(*hour);
    }
    days.retain(|_, (mask, _)| mask.count_ones() >= SAME_HOURS);
    let mut series: Vec<Vec<FullDay>> = Vec::new();
    for (day, of_day) in &days {
        match series.last_mut() {
            Some(open)
                if open.last().is_some_and(|(before, (mask, _))| {
                    before.succ_opt() == Some(*day) && *mask == of_day.0
                }) =>
            {
                open.push((*day, of_day));
            }
            _ => series.push(vec![(*day, of_day)]),
        }
    }
    let long = series.into_iter().filter(|days| days.len() >= SAME_DAYS).flatten();
    let mut hours: Vec<i64> = long.flat_map(|(_, (_, hours))| hours.iter().copied()).collect();
    hours.sort_unstable();
    hours.chunk_by(|a, b| a + 1 == *b).map(<[i64]>::to_vec).collect()
}
