//! Tests: patterns in made tables of hours, and a second reckoning beside the first.
//!
//! In:    rows written out here, or random ones.
//! Out:   what is found of them.
//! Never: reads a bill.

use chrono_tz::{Europe, Tz};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::model::charges::column;
use crate::model::frame::Texts;
use crate::model::money::{UNIT, pico_text};

/// Resource, component, hour since Monday 2026-09-07T00:00Z, thousandths of an hour, cents.
type Line = (&'static str, &'static str, i64, i128, i128);

/// 2026-09-07T00:00:00Z in hours since 1970.
const MONDAY: i64 = 496_872;

fn frame(lines: &[Line]) -> Frame {
    let mut frame = Frame::new(vec![1; lines.len()]);
    let hours: Vec<String> = lines
        .iter()
        .map(|of| {
            let at = chrono::DateTime::from_timestamp((MONDAY + of.2) * 3_600, 0).unwrap();
            at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        })
        .collect();
    let mut set = |of: Dimension, texts: Vec<Option<&str>>| {
        frame.set_texts(of.key(), Texts::of(texts));
    };
    let all = |text: &'static str| vec![Some(text); lines.len()];
    set(Dimension::Currency, all("USD"));
    set(Dimension::LineItemType, all("Usage"));
    set(Dimension::Hour, hours.iter().map(|hour| Some(hour.as_str())).collect());
    set(Dimension::Domain, all("d-1"));
    // The owner of `ada-app` and of `ada-disk` is ada.
    set(Dimension::User, lines.iter().map(|of| of.0.split('-').next()).collect());
    set(Dimension::Component, lines.iter().map(|of| Some(of.1)).collect());
    set(Dimension::Resource, lines.iter().map(|of| Some(of.0)).collect());
    for of in [Dimension::Space, Dimension::Tenant, Dimension::Account] {
        set(of, vec![None; lines.len()]);
    }
    set(Dimension::InstanceType, all("ml.m5.large"));
    set(Dimension::Region, all("eu-west-1"));
    let hours = lines.iter().map(|of| of.3 * UNIT / 1_000).collect();
    frame.set_amounts(column::USAGE_HOURS, hours);
    frame.set_amounts(column::COST, lines.iter().map(|of| of.4 * UNIT / 100).collect());
    frame
}

/// Full hours at ten cents.
fn full(resource: &'static str, component: &'static str, hours: Vec<i64>) -> Vec<Line> {
    hours.into_iter().map(|hour| (resource, component, hour, 1_000, 10)).collect()
}

fn told(lines: &[Line], zone: Tz, after: u32) -> String {
    let idleness = idleness(&frame(lines), Watch { zone, after }).unwrap();
    let line = |of: &Idle| {
        format!(
            "{} {}: {} h, {} days, {} of {}, {} to {}\n",
            of.pattern.name(),
            of.place.resource.as_deref().unwrap_or_default(),
            pico_text(of.hours.0),
            of.days,
            pico_text(of.saved.0),
            pico_text(of.cost.0),
            &of.first_hour[5..13],
            &of.last_hour[5..13],
        )
    };
    idleness.found.iter().map(line).collect()
}

const APP: &str = "studio-jupyterlab";

#[test]
fn two_days_without_a_break_are_around_the_clock_and_one_hour_less_is_not() {
    let lines = full("ada-app", APP, (9..57).collect());
    assert_snapshot!(
        told(&lines, Tz::UTC, 2),
        @"around_the_clock ada-app: 48 h, 3 days, 4.6 of 4.8, 09-07T09 to 09-09T08"
    );
    assert_eq!(told(&lines[1..], Tz::UTC, 2), "");
    let mut paused = lines.clone();
    paused[20].3 = 500;
    assert_eq!(told(&paused, Tz::UTC, 2), "", "half an hour of pause");
    paused = lines;
    paused[0].3 = 100;
    assert!(told(&paused, Tz::UTC, 2).starts_with("around_the_clock"), "started within an hour");
}

#[test]
fn three_nights_are_a_pattern_where_people_sleep() {
    // From 18:00 to 06:00 in Berlin, which is two hours ahead of UTC.
    let night = |day: i64| (day * 24 + 16..day * 24 + 28).collect::<Vec<_>>();
    let lines = full("ada-app", APP, (0..3).flat_map(night).collect());
    assert_snapshot!(
        told(&lines, Europe::Berlin, 4),
        @"nights_and_weekends ada-app: 36 h, 4 days, 2.4 of 3.6, 09-07T18 to 09-10T05"
    );
    assert_eq!(told(&lines, Tz::UTC, 4), "", "no night is whole in London");
    assert_eq!(told(&lines[..24], Europe::Berlin, 4), "", "two nights are an exception");
}

#[test]
fn a_night_that_is_an_hour_shorter_is_still_a_night() {
    // In Berlin the clocks go forward on 2027-03-28 at 02:00, a Sunday.
    let sunday = 202 * 24;
    let lines = |from: i64| full("ada-app", APP, (from..sunday + 19).collect());
    let nights = lines(sunday - 1);
    // The short night, and the day of the weekend after it.
    let more = full("ada-app", APP, (sunday + 46..sunday + 60).collect());
    let all: Vec<Line> = nights.iter().chain(&more).copied().collect();
    assert!(told(&all, Europe::Berlin, 2).contains("nights_and_weekends"));
    let late: Vec<Line> = lines(sunday).into_iter().chain(more).collect();
    assert!(!told(&late, Europe::Berlin, 2).contains("nights_and_weekends"));
}

#[test]
fn five_days_with_the_same_full_hours_are_a_pattern_and_people_differ() {
    let day = |day: i64| (day * 24 + 8..day * 24 + 16).collect::<Vec<_>>();
    let lines = full("ada-app", APP, (0..5).flat_map(day).collect());
    assert_snapshot!(
        told(&lines, Tz::UTC, 2),
        @"same_hours ada-app: 40 h, 5 days, 3 of 4, 09-07T08 to 09-11T15"
    );
    assert_eq!(told(&lines[1..], Tz::UTC, 2), "", "one day began later");
    assert_eq!(told(&lines[8..], Tz::UTC, 2), "", "four days");
}

#[test]
fn endpoints_and_notebooks_have_their_own_patience() {
    let lines = [
        full("ada-model", "hosting", (0..168).collect()),
        full("ben-model", "hosting", (0..167).collect()),
        full("ada-notebook", "notebook-instance", (0..48).collect()),
        full("ben-notebook", "notebook-instance", (0..47).collect()),
        full("ada-job", "training", (0..200).collect()),
    ];
    assert_snapshot!(told(&lines.concat(), Tz::UTC, 2), @r"
    endpoint_without_a_break ada-model: 168 h, 7 days, 16.6 of 16.8, 09-07T00 to 09-13T23
    notebook_without_a_break ada-notebook: 48 h, 2 days, 4.6 of 4.8, 09-07T00 to 09-08T23
    ");
}

#[test]
fn a_volume_outlives_the_last_app_of_its_owner_by_a_week() {
    let disk = |name: &'static str, until: i64| -> Vec<Line> {
        (0..until).map(|hour| (name, "studio-storage", hour, 0, 1)).collect()
    };
    let lines = [full("ada-app", APP, vec![30]), disk("ada-disk", 200), disk("ben-disk", 168)];
    assert_snapshot!(
        told(&lines.concat(), Tz::UTC, 2),
        @"volume_without_its_app ada-disk: 0 h, 8 days, 1.67 of 1.69, 09-08T07 to 09-15T07"
    );
    assert_eq!(told(&disk("ada-disk", 200), Tz::UTC, 2), "", "nothing tells of any app");
}

#[test]
fn charges_by_the_day_have_no_hours_and_nothing_is_found() {
    let lines = full("ada-app", APP, (0..100).collect());
    let mut frame = frame(&lines);
    frame.set_texts(Dimension::Hour.key(), Texts::nothing(lines.len()));
    let idleness = idleness(&frame, Watch::default()).unwrap();
    assert_eq!((idleness.told, idleness.untold), (0, 100));
    assert!(idleness.found.is_empty() && idleness.week.is_empty());
}

fn line() -> impl Strategy<Value = Line> {
    let names = [
        ("ada-app", APP),
        ("ben-app", "studio-codeeditor"),
        ("ada-model", "hosting"),
        ("ada-notebook", "notebook-instance"),
        ("ben-disk", "studio-storage"),
    ];
    let used = prop_oneof![8 => Just(1_000_i128), 1 => 0..=1_000_i128];
    (proptest::sample::select(names.to_vec()), 0..400_i64, used, 0..50_i128)
        .prop_map(|((name, component), hour, used, cents)| (name, component, hour, used, cents))
}

/// Mostly long stretches, so that patterns are common, in no order and with doubles.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let block = (line(), 1..120_i64).prop_map(|(of, long)| {
        (of.2..of.2 + long).map(|hour| (of.0, of.1, hour, of.3, of.4)).collect::<Vec<_>>()
    });
    let blocks = proptest::collection::vec(block, 0..8).prop_map(|blocks| blocks.concat());
    (blocks, proptest::collection::vec(line(), 0..20))
        .prop_map(|(blocks, more)| [blocks, more].concat())
        .prop_shuffle()
}

/// Hours and cost of one resource, by hour, added up without a thought.
fn naive(lines: &[Line], resource: &str) -> Vec<(i64, i128, i128)> {
    let mut hours: Vec<i64> = lines.iter().filter(|of| of.0 == resource).map(|of| of.2).collect();
    hours.sort_unstable();
    hours.dedup();
    let sum = |hour: i64, of: fn(&Line) -> i128| -> i128 {
        lines.iter().filter(|line| line.0 == resource && line.2 == hour).map(of).sum()
    };
    hours.into_iter().map(|hour| (hour, sum(hour, |of| of.3), sum(hour, |of| of.4))).collect()
}

/// The stretches of at least so many hours: every pair of ends is tried.
fn naive_unbroken(hours: &[(i64, i128, i128)], least: usize, after: i64) -> [i128; 3] {
    let used: Vec<_> = hours.iter().filter(|of| of.1 > 0).collect();
    let is_whole = |from: usize, to: usize| {
        (from..to).all(|at| used[at].0 + 1 == used[at + 1].0)
            && (from + 1..to).all(|at| used[at].1 >= 990)
    };
    let (mut sums, mut from) = ([0; 3], 0);
    while from < used.len() {
        let to = (from..used.len()).rev().find(|to| is_whole(from, *to)).unwrap_or(from);
        if to - from + 1 >= least {
            for of in &used[from..=to] {
                sums[0] += of.1;
                sums[1] += of.2;
                sums[2] += if of.0 - used[from].0 >= after { of.2 } else { 0 };
            }
        }
        from = to + 1;
    }
    sums
}

proptest! {
    #[test]
    fn money_and_hours_of_findings_are_those_of_the_bill(lines in lines(), after in 0..60_u32) {
        let watch = Watch { zone: Europe::Berlin, after };
        let found = idleness(&frame(&lines), watch).unwrap();
        for of in &found.found {
            prop_assert!(Money::ZERO <= of.saved && of.saved <= of.cost);
        }
        let mut names: Vec<&str> = lines.iter().map(|of| of.0).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let own = found.found.iter().filter(|of| of.place.resource.as_deref() == Some(name));
            let (hours, cost) = own.fold((0, 0), |(hours, cost), of| {
                (hours + of.hours.0, cost + of.cost.0)
            });
            let all = naive(&lines, name);
            prop_assert!(hours <= all.iter().map(|of| of.1).sum::<i128>() * UNIT / 1_000);
            prop_assert!(cost <= all.iter().map(|of| of.2).sum::<i128>() * UNIT / 100);
        }
        let machines = |of: &&Line| !matches!(of.1, "hosting" | "studio-storage");
        let hours: i128 = lines.iter().filter(machines).map(|of| of.3 * UNIT / 1_000).sum();
        prop_assert_eq!(found.week.iter().map(|of| of.hours.0).sum::<i128>(), hours);
        let cost: i128 = lines.iter().filter(machines).map(|of| of.4 * UNIT / 100).sum();
        prop_assert_eq!(found.week.iter().map(|of| of.cost.0).sum::<i128>(), cost);
    }

    #[test]
    fn a_second_reckoning_finds_the_same_stretches(lines in lines(), after in 0..60_u32) {
        let found = idleness(&frame(&lines), Watch { zone: Tz::UTC, after }).unwrap();
        for (name, pattern, least) in [
            ("ada-app", Pattern::AroundTheClock, 48),
            ("ben-app", Pattern::AroundTheClock, 48),
            ("ada-model", Pattern::EndpointWithoutBreak, 168),
            ("ada-notebook", Pattern::NotebookWithoutBreak, 48),
        ] {
            let of_name = |of: &&Idle| of.place.resource.as_deref() == Some(name);
            let mut own = found.found.iter().filter(of_name);
            let own = own.find(|of| of.pattern == pattern);
            let own = own.map_or([0; 3], |of| [
                of.hours.0 / (UNIT / 1_000),
                of.cost.0 / (UNIT / 100),
                of.saved.0 / (UNIT / 100),
            ]);
            let naive = naive_unbroken(&naive(&lines, name), least, i64::from(after));
            // What cost nothing is not told.
            prop_assert_eq!(own, if naive[1] > 0 { naive } else { [0; 3] });
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(lines in lines()) {
        let mut turned = lines.clone();
        turned.reverse();
        let of = |lines: &[Line]| idleness(&frame(lines), Watch::default()).unwrap();
        let [one, other] = [of(&lines), of(&turned)];
        prop_assert_eq!(one, other);
    }
}
