//! Habits: people whose weeks are alike, planted where a plan asks for it; some do something
//! unusual in the last month.
//!
//! In:    the [`World`], the months of the plan.
//! Out:   their series; what there is to be found of them, as truth.json tells it.
//! Never: looks for anything unusual: it tells what was planted.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::model::period::BillingPeriod;
use crate::sample::amount::{ONE, Units};
use crate::sample::calendar::Span;
use crate::sample::owner::Evidence;
use crate::sample::price_list::{OFFERS, Resource};
use crate::sample::profile::Profile;
use crate::sample::resource::Found;
use crate::sample::world::World;

const HOUR_MS: i64 = 3_600_000;
/// Months that make a history, the first of which has tags in its second half only.
pub(super) const LEAST_MONTHS: u32 = 4;
/// Lines of a month that leave room for everybody's.
pub(super) const LEAST_ROWS: u64 = 2_000;

/// What somebody uses in an hour of a working day, and from when to when.
const USUAL: (&str, &str, Units, [i64; 2]) =
    ("studio-kernelgateway", "ml.m5.xlarge", 2 * ONE, [8, 16]);

/// What is unusual: its name, the working day of the last month, what is used then, and when.
type Case = (&'static str, u64, (&'static str, &'static str, Units, [i64; 2]));

const CASES: [Case; 4] = [
    ("unusual_day", 11, (USUAL.0, USUAL.1, 5 * ONE, [0, 24])),
    ("first_gpu", 12, ("training", "ml.p3.2xlarge", ONE, [10, 16])),
    ("new_instance_type", 13, ("training", "ml.c5.4xlarge", ONE, [1, 21])),
    // As much again, every day.
    ("month_to_date", 0, (USUAL.0, USUAL.1, 2 * ONE, USUAL.3)),
];
/// People who do nothing unusual.
const PLAIN: usize = 2;

/// One series of somebody.
pub(super) struct Habit {
    pub(super) profile: Arc<Profile>,
    usage: Units,
    hours: [i64; 2],
    days: OnDays,
}

enum OnDays {
    Working,
    WorkingOf(BillingPeriod),
    One(NaiveDate),
}

impl Habit {
    /// What is used in a slice, an hour or a day.
    pub(super) fn usage(&self, span: Span) -> Units {
        let Some(day) = DateTime::from_timestamp_millis(span.start).map(|at| at.date_naive())
        else {
            return 0;
        };
        let is_on = match &self.days {
            OnDays::Working => is_working(day),
            OnDays::WorkingOf(month) => {
                is_working(day) && (month.start()..month.end()).contains(&day)
            }
            OnDays::One(one) => day == *one,
        };
        let first = span.start.rem_euclid(24 * HOUR_MS) / HOUR_MS;
        let [from, until] = self.hours;
        let hours = (until.min(first + span.hours()) - from.max(first)).max(0);
        if is_on { hours * self.usage } else { 0 }
    }
}

fn is_working(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// What there is to be found.
pub(super) struct Habits {
    pub(super) series: Vec<Habit>,
    people: Vec<(Evidence, Option<Unusual>)>,
}

/// Its name, its day if it has one, the instance type.
type Unusual = (&'static str, Option<NaiveDate>, &'static str);

/// People beyond those of the cast, and what they do.
pub(super) fn plant(world: &mut World, last: BillingPeriod) -> Habits {
    let mut habits = Habits { series: Vec::new(), people: Vec::new() };
    for number in 0..CASES.len() + PLAIN {
        let person = world.hire();
        let (component, instance, usage, hours) = USUAL;
        let usual = series(world, person, component, instance);
        habits.people.push((usual.evidence, None));
        habits.series.push(Habit { profile: usual, usage, hours, days: OnDays::Working });
        let Some((name, nth, (component, instance, usage, hours))) = CASES.get(number) else {
            continue;
        };
        let day = (*nth > 0).then(|| working_day(last, *nth));
        if let Some((_, unusual)) = habits.people.last_mut() {
            *unusual = Some((*name, day, *instance));
        }
        let days = day.map_or(OnDays::WorkingOf(last), OnDays::One);
        let profile = series(world, person, component, instance);
        habits.series.push(Habit { profile, usage: *usage, hours: *hours, days });
    }
    habits
}

/// The working day of this number of a month, from 1.
fn working_day(month: BillingPeriod, nth: u64) -> NaiveDate {
    let days = (0..31).map(|later| month.start() + Days::new(later));
    let mut working = days.filter(|day| is_working(*day));
    let number = usize::try_from(nth - 1).unwrap_or_default();
    working.nth(number).unwrap_or(month.start())
}

/// A series of an instance that is somebody's own, and says so by tag.
fn series(world: &mut World, person: usize, component: &str, instance: &str) -> Arc<Profile> {
    let is_own = |of: &Resource| !matches!(of, Resource::SharedApp(_));
    let fits = |of: &crate::sample::price_list::Offer| {
        of.component == component && of.unit == "Hrs" && is_own(&of.resource)
    };
    let index = OFFERS.iter().position(fits).unwrap_or_default();
    let menu = OFFERS[index].menu;
    let choice = menu.iter().position(|(name, _)| *name == instance).unwrap_or_default();
    let own = |found: &Found| match found.tagged {
        Evidence::Tags { person: of, space, .. } => of == Some(person) && space.is_none(),
        _ => false,
    };
    let found = loop {
        let found = world.find_of(OFFERS[index].resource, person, false);
        if own(&found) {
            break found;
        }
    };
    Arc::new(world.planted_as(index, choice, found))
}

impl Habits {
    /// One entry per person: who it is, and what of them is unusual.
    pub(super) fn entries(
        &self,
        month: &str,
        user: &dyn Fn(Evidence) -> Option<String>,
    ) -> Vec<Value> {
        let entry = |(evidence, unusual): &(Evidence, Option<Unusual>)| {
            let mut entry = json!({ "user_profile_arn": user(*evidence) });
            if let Some((name, day, instance)) = unusual {
                entry["unusual"] = json!(name);
                entry["billing_period"] = json!(month);
                entry["usage_date"] = json!(day.map(|day| day.to_string()));
                entry["instance_type"] = json!(instance);
            }
            entry
        };
        self.people.iter().map(entry).collect()
    }
}
