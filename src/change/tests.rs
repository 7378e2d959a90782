//! Tests: what each part means, and that the parts always add up.
//!
//! In:    small tables; random items.
//! Out:   failing tests.
//! Never: reads a file.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Item, Kind, explain};
use crate::model::change::{Change, Part};
use crate::model::money::{Currency, Money, Quantity};

/// `resource usage-type kind hours list cost`, one item per line; `-` is nothing.
fn items(table: &str) -> Vec<Item> {
    let item = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let text = |at: usize| (cells[at] != "-").then(|| cells[at].to_owned());
        let number = |at: usize| cells[at].parse::<i128>().unwrap();
        let kind = match cells[2] {
            "usage" => Kind::Usage,
            "covered" => Kind::Covered,
            "negation" => Kind::Negation,
            "fee" => Kind::Fee,
            _ => Kind::Shared,
        };
        let (resource, usage_type) = (text(0), text(1));
        let currency = Currency("USD".into());
        let (quantity, list, cost) = (Quantity(number(3)), Money(number(4)), Money(number(5)));
        Item { resource, usage_type, kind, currency, quantity, list, cost }
    };
    table.lines().map(str::trim).filter(|line| !line.is_empty()).map(item).collect()
}

/// The parts that are not zero, `price 5 new -2`.
fn parts(before: &str, after: &str) -> String {
    let changes = explain(&items(before), &items(after)).unwrap();
    changes.first().map(told).unwrap_or_default()
}

fn told(change: &Change) -> String {
    let all = Part::ALL.iter().zip(change.parts).filter(|(_, amount)| *amount != Money::ZERO);
    all.map(|(part, amount)| format!("{} {}", part.name(), amount.0)).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_same_bill_twice_has_no_change() {
    let bill = "a t3 usage 10 20 20\n - tax fee 0 0 3\n a t3 covered 5 10 6";
    assert_eq!(parts(bill, bill), "");
    assert_eq!(explain(&[], &[]).unwrap(), []);
}

#[test]
fn each_part_stands_alone_when_only_that_changed() {
    for (before, after, expected) in [
        ("a t3 usage 10 20 20", "a t3 usage 10 30 30", "price 10"),
        ("a t3 usage 10 20 20", "a t3 usage 15 30 30", "quantity 10"),
        ("a t3 usage 10 20 20", "a t3 covered 10 20 12", "coverage -8"),
        ("a t3 covered 10 20 12", "a t3 usage 10 20 20", "coverage 8"),
        ("a t3 usage 10 20 20", "a t3 usage 5 10 10\n a t3 covered 5 10 6", "coverage -4"),
        ("a t3 usage 10 20 20", "a m5 usage 10 50 50", "mix 30"),
        ("a t3 usage 10 20 20", "a m5 usage 20 100 100", "quantity 20 mix 60"),
        ("a t3 usage 1 2 2", "a t3 usage 1 2 2\n b t3 usage 9 18 18", "new 18"),
        ("a t3 usage 1 2 2\n b t3 usage 9 18 18", "a t3 usage 1 2 2", "gone -18"),
        ("- s3 usage 0 5 5", "- s3 usage 0 7 7", "quantity 2"),
        ("- s3 usage 0 5 5", "- s3 usage 0 5 4", "price -1"),
        ("- s3 usage 0 5 5", "- efs usage 0 5 5", "new 5 gone -5"),
        ("- Tax fee 0 0 5", "- Tax fee 0 0 7\n - Credit fee 0 0 -1", "fees 1"),
        ("- tax shared 0 0 5", "- tax shared 0 0 2", "shared -3"),
        ("a t3 negation 0 0 0", "a t3 negation 0 0 -6", "coverage -6"),
    ] {
        assert_eq!(parts(before, after), expected, "{before:?} to {after:?}");
    }
}

#[test]
fn usage_twice_as_much_of_everything_is_quantity_alone() {
    let before = "a t3 usage 10 20 20\n a t3 covered 5 10 6\n b m5 usage 3 15 15";
    let after = "a t3 usage 20 40 40\n a t3 covered 10 20 12\n b m5 usage 6 30 30";
    assert_eq!(parts(before, after), "quantity 41");
}

#[test]
fn coverage_and_a_list_price_that_move_at_once_are_told_apart() {
    // The list price doubled, and a plan at its half now covers all hours.
    let found = parts("a t3 usage 10 20 20", "a t3 covered 10 40 20");
    assert_eq!(found, "price 20 coverage -20");
}

#[test]
fn where_nothing_can_be_measured_the_change_is_price() {
    for (before, after) in [
        ("a x usage 0 0 5", "a x usage 0 0 7"),
        ("a x usage -3 -5 5", "a x usage 2 4 7"),
        ("a x usage 0 0 5", "a x usage 3 0 7"),
    ] {
        assert_eq!(parts(before, after), "price 2", "{before:?} to {after:?}");
    }
}

#[test]
fn what_changed_most_comes_first_with_its_reason() {
    let changes = explain(
        &items("a t3 usage 10 20 20\n b t3 usage 1 2 2\n - Tax fee 0 0 1"),
        &items("a t3 usage 10 20 20\n c t3 usage 9 18 18\n - Tax fee 0 0 2"),
    );
    let things = &changes.unwrap()[0].things;
    let told: Vec<_> = things
        .iter()
        .map(|thing| (thing.name.as_deref(), thing.part.name(), thing.after.0 - thing.before.0))
        .collect();
    let expected = [(Some("c"), "new", 18), (Some("b"), "gone", -2), (None, "fees", 1)];
    assert_eq!(told, expected);
}

#[test]
fn two_currencies_are_two_changes() {
    let mut after = items("a t3 usage 1 2 2\n a t3 usage 1 2 3");
    after[1].currency = Currency("CNY".into());
    let found = explain(&[], &after).unwrap();
    let told = found.iter().map(|change| (change.currency.as_str(), change.after.0));
    assert_eq!(told.collect::<Vec<_>>(), [("CNY", 3), ("USD", 2)]);
}

#[test]
fn a_sum_out_of_range_is_an_error_and_no_panic() {
    let huge = i128::MAX;
    let table = format!("a t3 usage 1 1 {huge}\n a t3 usage 1 1 {huge}");
    assert_eq!(explain(&items(&table), &[]).unwrap_err().currency.as_str(), "USD");
}

fn item() -> impl Strategy<Value = Item> {
    let kinds =
        vec![Kind::Usage, Kind::Usage, Kind::Covered, Kind::Negation, Kind::Fee, Kind::Shared];
    let amount = || {
        prop_oneof![
            1 => Just(0_i128),
            2 => -20..20_i128,
            6 => 0..1_000_000_000_000_000_000_i128,
            1 => -1_000_000_000_000..0_i128,
        ]
    };
    let keys = (option::of(select(&["a", "b", "c"][..])), option::of(select(&["t3", "m5"][..])));
    let place = (keys, select(kinds), select(&["USD", "CNY"][..]));
    (place, amount(), amount(), amount()).prop_map(|(place, quantity, list, cost)| {
        let ((resource, usage_type), kind, currency) = place;
        Item {
            resource: resource.map(Into::into),
            usage_type: usage_type.map(Into::into),
            kind,
            currency: Currency(currency.into()),
            quantity: Quantity(quantity),
            list: Money(list),
            cost: Money(cost),
        }
    })
}

fn bills() -> impl Strategy<Value = Vec<Item>> {
    vec(item(), 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("CURTAIL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_parts_add_up_to_the_change(before in bills(), after in bills()) {
        for change in explain(&before, &after).unwrap() {
            let parts: i128 = change.parts.iter().map(|part| part.0).sum();
            prop_assert_eq!(parts, change.after.0 - change.before.0);
            let things: i128 = change.things.iter().map(|t| t.after.0 - t.before.0).sum();
            prop_assert_eq!(things, change.after.0 - change.before.0);
        }
    }

    #[test]
    fn the_way_back_is_the_same_way_for_what_came_and_went(before in bills(), after in bills()) {
        let (there, back) = (explain(&before, &after).unwrap(), explain(&after, &before).unwrap());
        for (there, back) in there.iter().zip(&back) {
            let of = |change: &Change, part: usize| change.parts[part].0;
            prop_assert_eq!(of(there, 4), -of(back, 5));
            prop_assert_eq!(of(there, 6), -of(back, 6));
            prop_assert_eq!(of(there, 7), -of(back, 7));
        }
    }

    #[test]
    fn no_change_has_no_parts(bill in bills()) {
        for change in explain(&bill, &bill).unwrap() {
            prop_assert_eq!(told(&change), "");
            prop_assert!(change.things.is_empty());
        }
    }

    #[test]
    fn another_price_is_price_alone(bill in bills(), by in 2..9_i128) {
        let usage = |item: &Item| matches!(item.kind, Kind::Usage | Kind::Covered);
        let before: Vec<Item> = bill.into_iter().filter(usage).collect();
        let dearer = |item: &Item| Item { cost: Money(item.cost.0 * by), ..item.clone() };
        let after: Vec<Item> = before.iter().map(dearer).collect();
        for change in explain(&before, &after).unwrap() {
            let others = change.parts[1..].iter().all(|part| *part == Money::ZERO);
            prop_assert!(others, "{}", told(&change));
        }
    }

    #[test]
    fn more_of_everything_is_quantity_alone(bill in bills(), by in 2..9_i128) {
        let is_measured = |item: &Item| {
            let is_usage = matches!(item.kind, Kind::Usage | Kind::Covered);
            is_usage && item.quantity.0 > 0 && item.list.0 > 0
        };
        let before: Vec<Item> = bill.into_iter().filter(is_measured).collect();
        let more = |item: &Item| Item {
            quantity: Quantity(item.quantity.0 * by),
            list: Money(item.list.0 * by),
            cost: Money(item.cost.0 * by),
            ..item.clone()
        };
        let after: Vec<Item> = before.iter().map(more).collect();
        for change in explain(&before, &after).unwrap() {
            prop_assert_eq!(change.parts[1].0, change.after.0 - change.before.0);
            prop_assert_eq!(change.parts.iter().filter(|part| part.0 != 0).count() < 2, true);
        }
    }
}
