//! Properties: what holds for every bill and every rule.
//!
//! In:    random bills and rules; `CURTAIL_CASES` says how many.
//! Out:   failing tests.
//! Never: tolerates a pico-unit.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::{Rules, sums};
use super::random::{Charge, bills, frame, plain_rules, rules};
use super::twin;

fn config() -> ProptestConfig {
    let asked = std::env::var("CURTAIL_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(128),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Cost by the words of a question, without what is zero.
fn costs(rules: &Rules, bill: &[Charge], asked: &str, by: &str) -> BTreeMap<Vec<String>, i128> {
    let allocated = rules.allocate(&frame(bill), asked).unwrap();
    let all = sums(&allocated.frame, by).into_iter().map(|(key, sum)| (key, sum.0));
    all.filter(|(_, cost)| *cost != 0).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_origin_gains_or_loses(bill in bills(), rules in rules()) {
        let by = "line-type,component,region,day,month,currency";
        let asked = format!("tenant,{by}");
        let before = frame(&bill);
        let allocated = rules.allocate(&before, &asked).unwrap();
        for words in [by, "currency", "region", "month,line-type"] {
            let strip = |frame| -> BTreeMap<_, _> {
                let all = sums(frame, words).into_iter().map(|(key, sum)| (key, sum.0));
                all.filter(|(_, cost)| *cost != 0).collect()
            };
            prop_assert_eq!(strip(&allocated.frame), strip(&before));
        }
        let lines = |frame| sums(frame, "currency").values().map(|sum| sum.1).sum::<u64>();
        let given: u64 = allocated.given.values().map(|given| given.line_items).sum();
        prop_assert_eq!(lines(&allocated.frame) + given, lines(&before));
    }

    #[test]
    fn a_tenants_total_is_the_same_whatever_else_is_asked(bill in bills(), rules in rules()) {
        let by = "tenant,pool,month,currency";
        let plain = costs(&rules, &bill, by, by);
        for more in ["line-type", "day,region", "component,line-type,region"] {
            prop_assert_eq!(&costs(&rules, &bill, &format!("{more},{by}"), by), &plain);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(bill in bills(), rules in rules(), by in 0..40_usize) {
        let mut turned = bill.clone();
        turned.rotate_left(by % bill.len());
        turned.reverse();
        let words = "tenant,pool,rule,standing,line-type,day,currency";
        prop_assert_eq!(
            costs(&rules, &turned, words, words),
            costs(&rules, &bill, words, words)
        );
        let trail = |bill: &[Charge]| rules.allocate(&frame(bill), words).unwrap().trail;
        prop_assert_eq!(trail(&turned), trail(&bill));
    }

    #[test]
    fn the_trail_adds_up(bill in bills(), rules in rules()) {
        let allocated = rules.allocate(&frame(&bill), "tenant,pool").unwrap();
        for pool in &allocated.trail.pools {
            let moved: i128 = pool.moves.iter().map(|step| step.amount.0).sum();
            prop_assert_eq!(moved + pool.kept.0, pool.amount.0);
            prop_assert!(pool.kept.0 == 0 || pool.why_kept.is_some());
            prop_assert!(pool.moves.is_sorted_by_key(|step| step.tenant.as_str()));
            for step in &pool.moves {
                prop_assert!(step.weight > 0 && step.weight <= step.weights);
            }
        }
    }

    #[test]
    fn a_plain_loop_gives_the_same(bill in bills(), rules in plain_rules()) {
        let found = costs(&rules, &bill, "tenant,month,currency", "tenant,month,currency");
        let expected: BTreeMap<Vec<String>, i128> = twin::carried_out(&bill, &rules.0.splits)
            .into_iter()
            .map(|((tenant, month, currency), cost)| {
                (vec![tenant.unwrap_or_else(|| "-".into()), month, currency], cost)
            })
            .collect();
        prop_assert_eq!(found, expected);
    }
}
