//! Scale: time grows with charges, not with charges times rules or times rows of a map.
//!
//! In:    as many users, rules and tag keys as an organisation may have.
//! Out:   nothing; fails when twice as much takes far more than twice as long.
//! Never: runs by itself, because a busy machine tells nothing: `cargo nextest run --run-ignored
//! only scale`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{charges, is, profiles, question, rules};
use crate::attribute::attribute;
use crate::model::condition::Condition;
use crate::model::tenancy::Tenancy;

/// Twice as much may take so many times as long, allocation and caches considered.
const MOST: u32 = 4;

fn time(table: &str, tenancy: &Tenancy) -> Duration {
    let charges = charges(table);
    let begun = Instant::now();
    let found = attribute(charges, tenancy, &question("tenant,user")).unwrap();
    assert!(found.charges.0.height() > 0);
    begun.elapsed()
}

/// Half of the users are members, the others go by one of a hundred rules.
fn users(count: usize) -> Duration {
    let mut table = "cost | user\n".to_owned();
    let mut members = Vec::new();
    for user in 0..count {
        writeln!(table, "1 | d-1/user-{user}").unwrap();
        members.push(format!("d-1/user-{},{user},ads,..", user * 2));
    }
    let patterns: Vec<String> = (0..100).map(|rule| format!("user=*-{rule}?7*")).collect();
    let mut tenancy = rules(patterns.iter().map(|text| ("search", is(text), "..")).collect());
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    tenancy.maps = profiles(&members);
    time(&table, &tenancy)
}

/// One rule for every key, each over a tag of its own.
fn keys(count: usize) -> Duration {
    let words: Vec<String> = (0..count).map(|key| format!("tag:key-{key}")).collect();
    let mut table = format!("cost | {}\n", words.join(" | "));
    for row in 0..2_000 {
        let value = |key: usize| if key == row % count { "yes" } else { "no" };
        let cells: Vec<&str> = (0..count).map(value).collect();
        writeln!(table, "1 | {}", cells.join(" | ")).unwrap();
    }
    let condition =
        |word: &String| Condition::All(vec![is(&format!("{word}=y*")), is("tag:key-0=*")]);
    time(&table, &rules(words.iter().map(|word| ("ads", condition(word), "..")).collect()))
}

fn check(what: &str, half: Duration, whole: Duration) {
    assert!(whole < half * MOST, "{what}: {whole:?}, half of it {half:?}");
}

#[test]
#[ignore = "measures time"]
fn two_hundred_thousand_users_take_twice_as_long_as_half_of_them() {
    check("200,000 users", users(100_000), users(200_000));
}

#[test]
#[ignore = "measures time"]
fn five_hundred_tag_keys_take_twice_as_long_as_half_of_them() {
    check("500 tag keys", keys(250), keys(500));
}
