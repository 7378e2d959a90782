//! Tests: every reason by example, and that shifts always add up.
//!
//! In:    small tables; random answers.
//! Out:   failing tests.
//! Never: reads a file.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::model::answer::{AnswerRow, KeyText};
use crate::model::metric::CostMetric;

const DIMENSIONS: [Dimension; 5] = [
    Dimension::Tenant,
    Dimension::User,
    Dimension::Pool,
    Dimension::LineItemType,
    Dimension::Resource,
];

/// `tenant user pool line-type resource cost`, one row per line; `-` is nothing.
fn answer(table: &str) -> Answer {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let keys: Vec<KeyText> =
            cells[..5].iter().map(|cell| (*cell != "-").then(|| (*cell).into())).collect();
        let standing = if keys[2].is_some() {
            Standing::Shared
        } else if keys[0].is_some() {
            Standing::Attributed
        } else {
            Standing::Unattributed
        };
        let (currency, cost) = (Currency("USD".into()), Money(cells[5].parse().unwrap()));
        AnswerRow { currency, standing, keys, cost, usage_hours: None, line_items: 1 }
    };
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows = lines.map(row).collect();
    Answer::whole(DIMENSIONS.to_vec(), CostMetric::Amortized, rows)
}

/// `tenant why change` of every shift.
fn told(before: &str, after: &str) -> String {
    let shifts = compare(&answer(before), &answer(after)).unwrap();
    let line = |shift: &Shift| {
        let tenant = shift.keys[0].as_deref().unwrap_or("-");
        format!("{tenant} {} {}", shift.why.words(), shift.change.0)
    };
    shifts.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_same_delivery_twice_has_no_shift() {
    let bill = "a ann - Usage r1 10\n - - - Credit - -3";
    assert_eq!(told(bill, bill), "");
}

#[test]
fn each_reason_is_recognised_when_only_that_happened() {
    for (before, after, expected) in [
        ("a ann - Usage r 10", "a ann - Usage r 12", "a restated usage 2"),
        ("", "a ann - Usage r 12", "a new usage 12"),
        ("a ann - Usage r 12", "", "a gone usage -12"),
        ("", "a - - Credit - -5", "a late credit -5"),
        ("a - - Refund - -5", "a - - Refund - -7", "a late credit -2"),
        ("", "- - - Tax - 5", "- fee or tax 5"),
        ("- - - Usage r 10", "a ann - Usage r 10", "a tag backfill 10, - tag backfill -10"),
        ("a - - Credit - -5", "b - - Credit - -5", "a tag backfill 5, b tag backfill -5"),
    ] {
        assert_eq!(told(before, after), expected, "{before} -> {after}");
    }
}

#[test]
fn usage_that_moved_and_changed_is_told_in_both_parts() {
    assert_eq!(
        told("- - - Usage r 10", "a ann - Usage r 12"),
        "a tag backfill 10, a restated usage 2, - tag backfill -10"
    );
    assert_eq!(
        told("- - - Usage r -10", "a ann - Usage r -4"),
        "a tag backfill -4, - tag backfill 4, - restated usage 6"
    );
}

#[test]
fn a_new_user_of_the_same_resource_is_new_usage_and_nobody_lost_anything() {
    assert_eq!(
        told("a ann - Usage r 10", "a ann - Usage r 10\n b bob - Usage r 4"),
        "b new usage 4"
    );
}

#[test]
fn usage_that_got_an_owner_and_with_it_a_resource_id_is_a_backfill() {
    assert_eq!(
        told("- - - Usage - 10", "- - - Usage - 4\n a ann - Usage r 6"),
        "a tag backfill 6, - tag backfill -6"
    );
}

#[test]
fn rounding_in_a_pool_is_told_with_what_really_changed() {
    let before = "a - p Usage r1 1000\n a - p Usage r2 500\n b - p Usage r2 501";
    let after = "a - p Usage r1 1100\n a - p Usage r2 501\n b - p Usage r2 500";
    // Of `b` only a unit moved, and that is its whole change.
    assert_eq!(told(before, after), "a restated usage 101, b other shares -1");
    let back = "a - p Usage r1 1000\n a - p Usage r2 501\n a - p Usage r3 499";
    let forth = "a - p Usage r1 1001\n a - p Usage r2 500\n a - p Usage r3 499";
    assert_eq!(told(back, forth), "");
}

fn rows() -> impl Strategy<Value = String> {
    let row = (
        select(vec!["a", "b", "-"]),
        select(vec!["ann", "-"]),
        select(vec!["p", "-", "-"]),
        select(vec!["Usage", "Usage", "Credit", "Tax"]),
        select(vec!["r1", "r2", "-"]),
        -20_i64..40,
    );
    vec(row, 0..12).prop_map(|rows| {
        let mut rows: Vec<(String, i64)> = rows
            .into_iter()
            .map(|(a, b, c, d, e, cost)| (format!("{a} {b} {c} {d} {e}"), cost))
            .collect();
        rows.sort();
        // An answer has every combination once.
        rows.dedup_by(|a, b| a.0 == b.0);
        let lines = rows.iter().map(|(keys, cost)| format!("{keys} {cost}"));
        lines.collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shifts_add_up_to_the_change_of_every_tenant_and_pool(before in rows(), after in rows()) {
        let (before, after) = (answer(&before), answer(&after));
        let shifts = compare(&before, &after).unwrap();
        let mut sums: BTreeMap<[KeyText; 2], i128> = BTreeMap::new();
        let mut add = |keys: &[KeyText], amount: i128| {
            *sums.entry([keys[0].clone(), keys[2].clone()]).or_default() += amount;
        };
        for row in &after.rows {
            add(&row.keys, row.cost.0);
        }
        for row in &before.rows {
            add(&row.keys, -row.cost.0);
        }
        for shift in &shifts {
            add(&shift.keys, -shift.change.0);
        }
        prop_assert!(sums.values().all(|left| *left == 0), "{sums:?} of {shifts:?}");
    }

    #[test]
    fn what_only_moved_adds_up_to_nothing(before in rows(), after in rows()) {
        let (before, after) = (answer(&before), answer(&after));
        let mut rows = before.rows.iter().chain(&after.rows);
        // Crumbs of pools go where the largest change is, whatever that is.
        if rows.all(|row| row.standing != Standing::Shared) {
            let shifts = compare(&before, &after).unwrap();
            let moved = shifts.iter().filter(|shift| shift.why == Why::TagBackfill);
            prop_assert_eq!(moved.map(|shift| shift.change.0).sum::<i128>(), 0);
        }
    }
}
