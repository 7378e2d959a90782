//! Tests: made histories, and a second reckoning beside the first.
//!
//! In:    rows written out here, or random ones.
//! Out:   what is unusual of them.
//! Never: reads a bill.

use chrono::{Datelike, Days};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::model::anomaly::LEAST;
use crate::model::charges::column;
use crate::model::frame::Texts;
use crate::model::money::{UNIT, pico_text};

/// Days since Monday 2026-06-01; October is what is asked for.
const OCTOBER: u64 = 122;

/// A charge: who, on which day, how much in cents, and what else is not as usual.
#[derive(Debug, Clone, Copy)]
struct Line {
    user: Option<&'static str>,
    day: u64,
    cents: i128,
    tenant: Option<&'static str>,
    component: Option<&'static str>,
    instance: Option<&'static str>,
    kind: &'static str,
    has_hours: bool,
}

fn line(user: &'static str, day: u64, cents: i128) -> Line {
    Line {
        user: Some(user),
        day,
        cents,
        tenant: None,
        component: None,
        instance: None,
        kind: "Usage",
        has_hours: true,
    }
}

fn day(since: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap() + Days::new(since)
}

fn frame(lines: &[Line], unit: i128) -> Frame {
    let mut frame = Frame::new(vec![1; lines.len()]);
    let days: Vec<String> = lines.iter().map(|of| day(of.day).to_string()).collect();
    let mut set = |of: Dimension, texts: Vec<Option<&str>>| {
        frame.set_texts(of.key(), Texts::of(texts));
    };
    set(Dimension::Currency, vec![Some("USD"); lines.len()]);
    set(Dimension::Day, days.iter().map(|day| Some(day.as_str())).collect());
    set(Dimension::Month, days.iter().map(|day| Some(&day[..7])).collect());
    set(Dimension::LineItemType, lines.iter().map(|of| Some(of.kind)).collect());
    set(Dimension::User, lines.iter().map(|of| of.user).collect());
    set(Dimension::Space, vec![None; lines.len()]);
    set(Dimension::Tenant, lines.iter().map(|of| of.tenant).collect());
    set(Dimension::Component, lines.iter().map(|of| of.component).collect());
    set(Dimension::InstanceType, lines.iter().map(|of| of.instance).collect());
    set(Dimension::UsageType, lines.iter().map(|of| of.component).collect());
    set(Dimension::Resource, lines.iter().map(|of| of.user).collect());
    let hours = lines.iter().map(|of| if of.has_hours { UNIT } else { 0 }).collect();
    frame.set_amounts(column::USAGE_HOURS, hours);
    frame.set_amounts(column::COST, lines.iter().map(|of| of.cents * unit).collect());
    frame
}

/// October, settled as far as a day.
fn until(last: u64) -> Settled {
    Settled::from([(BillingPeriod::new(2026, 10).unwrap(), Some(day(last)))])
}

fn found(lines: &[Line]) -> Vec<Anomaly> {
    anomalies(&[&frame(lines, UNIT / 100)], &until(OCTOBER + 30), LEAST).unwrap()
}

fn told(lines: &[Line]) -> String {
    let line = |of: &Anomaly| {
        format!(
            "{} {} {}{}, {}: {} of {}, expected {}{}\n",
            of.unusual.name(),
            of.level.name(),
            of.owner,
            of.found.as_ref().map(|of| format!(" on {of}")).unwrap_or_default(),
            of.day,
            pico_text(of.excess.0),
            pico_text(of.cost.0),
            pico_text(of.expected.0),
            of.also.iter().fold(String::new(), |all, of| all + "\n  also " + of),
        )
    };
    found(lines).iter().map(line).collect()
}

/// Five a day from June to October, on Fridays twenty.
fn steady(user: &'static str) -> Vec<Line> {
    let cents = |at: u64| if at % 7 == 4 { 2_000 } else { 500 };
    (0..OCTOBER + 31).map(|at| line(user, at, cents(at))).collect()
}

/// Steady, and one more charge.
fn with(more: Line) -> Vec<Line> {
    let mut lines = steady("ada");
    lines.push(more);
    lines
}

/// 2026-10-14, a Wednesday.
const WEDNESDAY: u64 = OCTOBER + 13;

#[test]
fn a_day_is_held_against_the_same_days_of_the_week() {
    assert_eq!(told(&steady("ada")), "", "Fridays are dear every week");
    assert_snapshot!(
        told(&with(line("ada", WEDNESDAY, 2_000))),
        @"unusual_day user ada, 2026-10-14: 20 of 25, expected 5"
    );
    assert_snapshot!(
        told(&with(line("ada", WEDNESDAY + 2, 1_500))),
        @"unusual_day user ada, 2026-10-16: 15 of 35, expected 20"
    );
    assert_eq!(told(&with(line("ada", WEDNESDAY, 900))), "", "less than is worth a look");
}

#[test]
fn once_is_no_habit_and_twice_is() {
    let mut lines = with(line("ada", WEDNESDAY, 9_500));
    lines.push(line("ada", WEDNESDAY + 5, 9_500));
    lines.push(line("ada", WEDNESDAY + 8, 9_400));
    let told = told(&lines);
    assert!(told.contains("2026-10-14") && told.contains("2026-10-19"), "{told}");
    assert!(!told.contains("2026-10-22"), "{told}");
}

#[test]
fn a_short_history_tells_nothing() {
    let short: Vec<Line> =
        with(line("ada", WEDNESDAY, 90_000)).into_iter().filter(|of| of.day > OCTOBER).collect();
    assert_eq!(told(&short), "", "twelve days");
    let pausing: Vec<Line> = (0..OCTOBER + 31).step_by(2).map(|at| line("ada", at, 500)).collect();
    assert_eq!(told(&pausing), "", "work that begins again after a pause");
}

#[test]
fn fees_taxes_credits_and_days_that_may_grow_are_no_alarm() {
    let fee = Line { has_hours: false, component: Some("fee"), ..line("ada", OCTOBER, 90_000) };
    assert_eq!(told(&with(fee)), "", "a fee of the month on its first day");
    let real = Line { has_hours: true, ..fee };
    assert!(told(&with(real)).starts_with("unusual_day user ada, 2026-10-01"), "usage is");
    for kind in ["Tax", "Credit", "Refund", "Fee", "SavingsPlanRecurringFee", "RIFee"] {
        let other = Line { kind, ..line("ada", WEDNESDAY, 90_000) };
        assert_eq!(told(&with(other)), "", "{kind}");
    }
    let elsewhere = Line { component: Some("other-service"), ..line("ada", WEDNESDAY, 90_000) };
    assert_eq!(told(&with(elsewhere)), "");
    let lines = frame(&with(line("ada", WEDNESDAY, 90_000)), UNIT / 100);
    let open = |last| anomalies(&[&lines], &until(last), LEAST).unwrap();
    assert!(open(WEDNESDAY - 1).is_empty(), "an open day");
    assert_eq!(open(WEDNESDAY).len(), 1);
}

#[test]
fn a_first_gpu_is_told_with_all_that_it_has_cost_since() {
    let on = |instance, at, cents| Line { instance: Some(instance), ..line("ada", at, cents) };
    let mut lines = with(on("ml.g5.xlarge", WEDNESDAY, 700));
    lines.push(on("ml.g5.xlarge", WEDNESDAY + 1, 800));
    lines.push(on("ml.m5.large", WEDNESDAY + 1, 1_100));
    lines.push(on("ml.g5.xlarge", OCTOBER + 31, 90_000));
    assert_snapshot!(
        told(&lines),
        @"
    first_gpu user ada on ml.g5.xlarge, 2026-10-14: 15 of 15, expected 0
    new_instance_type user ada on ml.m5.large, 2026-10-15: 11 of 11, expected 0
    "
    );
    lines.push(on("ml.p3.2xlarge", 60, 100));
    assert!(told(&lines).contains("new_instance_type user ada on ml.g5.xlarge"), "not the first");
    assert!(!firsts::is_gpu("ml.m5.large") && !firsts::is_gpu("ml.geospatial.x"));
}

#[test]
fn a_month_that_is_ahead_of_all_before_is_told_once_it_is_a_week_old() {
    let more = |from: u64| -> Vec<Line> {
        // A little more every day: no day is unusual.
        let lines = steady("ada").into_iter();
        let more =
            |of: Line| if of.day >= from { Line { cents: of.cents + 900, ..of } } else { of };
        lines.map(more).collect()
    };
    assert_snapshot!(
        told(&more(OCTOBER)),
        @"month_to_date user ada, 2026-10-31: 294 of 509, expected 215"
    );
    let lines = frame(&more(OCTOBER), UNIT / 100);
    let by = |last| anomalies(&[&lines], &until(last), LEAST).unwrap().len();
    assert_eq!([by(OCTOBER + 5), by(OCTOBER + 6)], [0, 1]);
    assert_eq!(told(&more(OCTOBER - 30)), "", "September was as dear");
}

#[test]
fn what_a_user_explains_is_told_at_the_user_and_names_the_wider_owners() {
    let of = |line: Line| Line { tenant: Some("search"), component: Some("training"), ..line };
    let mut lines: Vec<Line> =
        with(line("ada", WEDNESDAY, 9_500)).into_iter().chain(steady("bo")).map(of).collect();
    assert_snapshot!(
        told(&lines),
        @"
    unusual_day user ada, 2026-10-14: 95 of 100, expected 5
      also component training
      also tenant search
    "
    );
    let all = found(&lines);
    let behind: Vec<i128> = all[0].behind.iter().map(|of| of.cost.0 / UNIT).collect();
    assert_eq!((behind, all[0].common.tenant.as_deref()), (vec![100], Some("search")));
    // Nobody: then the tenant is the narrowest owner.
    for of in &mut lines {
        of.user = None;
    }
    assert!(told(&lines).starts_with("unusual_day tenant search, 2026-10-14: 95"));
}

/// Days of one user, told by a second way: sorted by hand, one loop per day.
fn twin(lines: &[(u64, i128)]) -> Vec<(NaiveDate, i128)> {
    let mut costs = vec![0i128; 153];
    for (at, cents) in lines {
        costs[usize::try_from(*at).unwrap()] += cents;
    }
    let middle = |mut all: Vec<i128>| {
        all.sort_unstable_by(|a, b| b.cmp(a));
        all[all.len() / 2]
    };
    let mut found = Vec::new();
    for at in 122..153usize {
        let past: Vec<usize> = (at - 91..at).filter(|of| costs[*of] > 0).collect();
        if past.len() < 14 || costs[at] == 0 {
            continue;
        }
        let usual = |of: usize| {
            let own: Vec<i128> =
                past.iter().filter(|p| *p % 7 == of % 7).map(|p| costs[*p]).collect();
            if own.len() < 4 {
                middle(past.iter().map(|p| costs[*p]).collect())
            } else {
                middle(own)
            }
        };
        let above = costs[at] - usual(at);
        let misses = past.iter().map(|of| (costs[*of] - usual(*of)).abs()).collect();
        let as_dear = past.iter().filter(|of| costs[**of] >= costs[at]).count();
        if above * 2 > usual(at) && above >= 1_000 && as_dear < 2 && above > 6 * middle(misses) {
            let date = day(u64::try_from(at).unwrap());
            found.push((date, above));
        }
    }
    found
}

fn random() -> impl Strategy<Value = Vec<(u64, i128)>> {
    let cents = prop_oneof![8 => 1..800i128, 2 => 500..6_000i128, 1 => 5_000..90_000i128];
    proptest::collection::vec((0..153u64, cents), 20..220)
}

fn lines_of(random: &[(u64, i128)]) -> Vec<Line> {
    random.iter().map(|(at, cents)| line("ada", *at, *cents)).collect()
}

proptest! {
    #[test]
    fn two_ways_tell_the_same_days(random in random()) {
        let mut days: Vec<(NaiveDate, i128)> = found(&lines_of(&random))
            .iter()
            .filter(|of| of.unusual == Unusual::Day)
            .map(|of| (of.day, of.excess.0 * 100 / UNIT))
            .collect();
        days.sort_unstable();
        prop_assert_eq!(days, twin(&random));
    }

    #[test]
    fn the_same_every_day_is_never_unusual(cents in 1..1_000_000i128, step in 1..7usize) {
        let lines: Vec<Line> = (0..153).step_by(step).map(|at| line("ada", at, cents)).collect();
        let days = found(&lines).iter().filter(|of| of.unusual != Unusual::Pace).count();
        prop_assert_eq!(days, 0);
        if step == 1 {
            prop_assert!(found(&lines).is_empty());
        }
    }

    #[test]
    fn order_is_nothing_and_money_is_a_unit(
        random in random(),
        unit in 1..1_000i128,
        turn in 0..20usize,
    ) {
        let lines = lines_of(&random);
        let mut turned = lines.clone();
        turned.rotate_left(turn);
        turned.reverse();
        let all = |lines: &[Line], unit: i128| {
            let least = Money(LEAST.0 / (UNIT / 100) * unit);
            anomalies(&[&frame(lines, unit)], &until(OCTOBER + 30), least).unwrap()
        };
        let own = all(&lines, 1);
        prop_assert_eq!(&own, &all(&turned, 1));
        let scaled = all(&lines, unit);
        let money = |of: &Anomaly| (of.day, of.unusual, of.cost.0, of.excess.0);
        let expected: Vec<_> = own.iter().map(money).collect();
        let found: Vec<_> = scaled.iter().map(money).collect();
        let expected: Vec<_> =
            expected.into_iter().map(|(day, of, a, b)| (day, of, a * unit, b * unit)).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(own.iter().all(|of| of.excess <= of.cost && of.excess.0 > 0));
        prop_assert!(own.iter().all(|of| of.day.month() == 10));
    }
}

/// Chance that is the same everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % limit
    }
}

const PEOPLE: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// Five months of people who work on four of five working days and some weekends, for a third to
/// three times of what is usual for them.
fn made(seed: u64) -> Vec<Line> {
    let mut chance = Chance(seed);
    let mut lines = Vec::new();
    for user in PEOPLE {
        let usual = i128::from(300 + chance.below(4_000));
        for at in 0..OCTOBER + 31 {
            let percent = if at % 7 < 5 { 80 } else { 10 };
            if chance.below(100) < percent {
                let share = i128::from(chance.below(70) + chance.below(70) + chance.below(70));
                lines.push(line(user, at, usual * (33 + share) / 100));
            }
        }
    }
    lines
}

/// What is told of made months without a reason, and what is missed of what was planted.
#[test]
fn made_months_alarm_seldom_and_every_planted_day_is_found() {
    let (mut false_alarms, mut missed, mut days) = (0, 0, 0);
    for seed in 1..=20 {
        let quiet = made(seed);
        days += quiet.iter().filter(|of| of.day >= OCTOBER).count();
        false_alarms += found(&quiet).len();
        for (at, user) in (OCTOBER + 2..).step_by(3).zip(PEOPLE) {
            let mut planted = quiet.clone();
            planted.push(line(user, at, 45_000));
            let is_told = |of: &Anomaly| of.owner == user && of.day == day(at);
            missed += usize::from(!found(&planted).iter().any(is_told));
        }
    }
    // Fixed seeds: whoever changes a rule sees what it does to both.
    assert_eq!((false_alarms, days, missed), (3, 3_681, 0));
}
