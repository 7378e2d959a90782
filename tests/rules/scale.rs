//! Scale, tried: ignored in the normal run, because it prints times and asserts nothing of them.
//!
//! In:    rules for 200,000 users, 500 tag keys, a row for each user.
//! Out:   seconds, for half as many and for all: growth is linear when they double.
//! Never: compares times, which another load of the machine would falsify.

#![expect(clippy::print_stdout, reason = "its figures are what it is for")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use curtail::model::condition::{Atom, Coded, Condition, Matcher};
use curtail::model::dimension::Dimension;
use curtail::model::period::Days;
use curtail::rules;

const USERS: usize = 200_000;
const KEYS: usize = 500;

fn atom(dimension: Dimension, pattern: String) -> Condition {
    Condition::Is(Atom { dimension, patterns: vec![pattern] })
}

/// One row per value, in a shuffled order.
fn column(values: &[String]) -> Coded<'_> {
    let count = values.len();
    let codes: Vec<u32> =
        (0..count).map(|row| u32::try_from(row * 7919 % count).unwrap()).collect();
    Coded {
        codes: Arc::new(codes),
        values: values.iter().map(|value| Some(value.as_str())).collect(),
    }
}

/// Every row is decided; the seconds it took.
fn decided(
    kind: &str,
    conditions: &[Condition],
    rows: usize,
    column_of: impl Fn(&Dimension) -> usize,
) {
    let values: Vec<Vec<String>> = vec![
        (0..rows).map(|n| format!("arn:aws:sagemaker:x:1:user-profile/d-1/user-{n}")).collect(),
        vec!["arn:aws:sagemaker:x:1:domain/d-1".to_owned()],
        (0..rows).map(|n| format!("value-{}", n % 400)).collect(),
    ];
    let begun = Instant::now();
    let rules = conditions.iter().map(|condition| (condition, Days::ALWAYS));
    let matcher = Matcher::new(rules, |dimension| {
        let mut found = column(&values[column_of(dimension)]);
        let count = found.values.len();
        found.codes = Arc::new((0..rows).map(|row| found.codes[row % count]).collect());
        found
    });
    let matcher = matcher.unwrap();
    let prepared = begun.elapsed();
    let held = (0..rows).filter(|row| matcher.first(*row, None).is_some()).count();
    let (prepared, all) = (prepared.as_millis(), begun.elapsed().as_millis());
    let rules = conditions.len();
    println!("{kind}: {rules} rules, {rows} rows: {prepared} ms prepared, {all} ms, {held} held");
}

#[test]
#[ignore = "prints times"]
fn two_hundred_thousand_rules_of_one_user_each() {
    let user = |pattern: String| atom(Dimension::User, pattern);
    for count in [USERS / 4, USERS / 2, USERS] {
        let of = |dimension: &Dimension| usize::from(*dimension == Dimension::Domain);
        let plain: Vec<_> = (0..count).map(|n| user(format!("user-{n}"))).collect();
        decided("names", &plain, count, of);
        let globs: Vec<_> =
            (0..count).map(|n| user(format!("arn:*:user-profile/*/user-{n}"))).collect();
        decided("globs", &globs, count, of);
        let pairs = (0..count).map(|n| {
            let domain = atom(Dimension::Domain, "d-1".to_owned());
            Condition::All(vec![domain, user(format!("*user-{n}"))])
        });
        decided("domain and user", &pairs.collect::<Vec<_>>(), count, of);
    }
}

#[test]
#[ignore = "prints times"]
fn five_hundred_tag_keys() {
    for (rules, rows) in [(5_000, 25_000), (10_000, 25_000), (10_000, 50_000)] {
        let tag = |n: usize| {
            let key = Dimension::Tag(format!("key-{}", n % KEYS));
            atom(key, format!("value-{}", 1000 + n))
        };
        let conditions: Vec<_> = (0..rules).map(tag).collect();
        decided("500 keys, no value met", &conditions, rows, |_| 2);
        let tag = |n: usize| {
            let key = Dimension::Tag(format!("key-{}", n % KEYS));
            Condition::All(vec![
                atom(key, format!("value-{}", n % 400)),
                atom(Dimension::Domain, "x".into()),
            ])
        };
        let conditions: Vec<_> = (0..rules).map(tag).collect();
        let of = |dimension: &Dimension| if *dimension == Dimension::Domain { 1 } else { 2 };
        decided("500 keys, every value met", &conditions, rows, of);
    }
}

#[test]
#[ignore = "prints times"]
fn a_rule_file_of_two_hundred_thousand_rules() {
    for count in [USERS / 2, USERS] {
        let mut text = String::from("[tenants.a]\n");
        for n in 0..count {
            writeln!(text, "[[rule]]\ntenant = \"a\"\nmatch.user = \"user-{n}\"").unwrap();
        }
        let mut rows = String::from("profile_arn,tenant\n");
        for n in 0..count {
            writeln!(rows, "arn:aws:sagemaker:x:1:user-profile/d-1/user-{n},a").unwrap();
        }
        let begun = Instant::now();
        let tenancy = super::read(&[("tenants.toml", &text), ("profiles.csv", &rows)]).unwrap();
        let read = begun.elapsed().as_millis();
        let doubts = rules::doubts(&tenancy).len();
        let all = begun.elapsed().as_millis();
        println!("{count} rules and profiles: {read} ms read, {all} ms with {doubts} doubts");
    }
}
