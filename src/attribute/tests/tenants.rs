//! Tenants: who answers for a charge, by membership, by rule, by domain.
//!
//! In:    charges, rules, rows of `profiles.csv`.
//! Out:   tenant, place and standing.
//! Never: splits anything.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{charges, check, is, lines, profiles, rules};
use crate::model::condition::Condition;
use crate::model::dimension::Dimension;
use crate::model::period::Days;
use crate::model::tenancy::{Position, Tenancy, ValueRule, VirtualTag};

const ALWAYS: &str = "..";

#[test]
fn without_rules_a_domain_is_its_own_tenant() {
    check(
        "cost | domain | product
         1    | d-1    | AmazonSageMaker
         2    | -      | AmazonSageMaker
         4    | -      | AmazonEC2",
        &Tenancy::default(),
        "tenant,rule",
        "d-1 | - | 1 | attributed
         -   | - | 2 | unattributed
         -   | - | 4 | other_services",
    );
}

#[test]
fn the_first_rule_that_holds_gives_the_tenant_and_its_place() {
    let tenancy = rules(vec![
        ("search", is("user=alice|d-1/b*"), ALWAYS),
        ("ads", is("domain=d-1"), ALWAYS),
        ("ads", is("tag:studiouserid=*"), ALWAYS),
        ("never", is("user="), ALWAYS),
        ("rest", Condition::Not(Box::new(is("product_code=AmazonEC2"))), ALWAYS),
    ]);
    check(
        "cost | domain | user      | product         | tag:studiouserid
         1    | d-1    | d-1/alice | AmazonSageMaker | x
         2    | d-1    | d-1/bob   | AmazonSageMaker | -
         4    | d-1    | d-1/cleo  | AmazonSageMaker | x
         8    | d-2    | d-2/bob   | AmazonSageMaker | x
         16   | d-2    | d-2/bob   | AmazonSageMaker | -
         32   | d-2    | d-2/bob   | AmazonEC2       | -
         64   | -      | -         | AmazonEC2       | -
         128  | -      | -         | AmazonEC2       | x",
        &tenancy,
        "tenant,rule",
        "search | tenants.toml:1 | 1   | attributed
         search | tenants.toml:1 | 2   | attributed
         ads    | tenants.toml:2 | 4   | attributed
         ads    | tenants.toml:3 | 8   | attributed
         rest   | tenants.toml:5 | 16  | attributed
         -      | -              | 32  | unattributed
         -      | -              | 64  | other_services
         ads    | tenants.toml:3 | 128 | attributed",
    );
}

#[test]
fn a_rule_is_not_seen_on_a_day_on_which_it_is_not_in_force() {
    let tenancy = rules(vec![
        ("ads", is("user=alice"), "..2026-10-12"),
        ("search", is("user=alice"), "2026-10-12.."),
    ]);
    check(
        "cost | user      | day
         1    | d-1/alice | 2026-10-11
         2    | d-1/alice | 2026-10-12
         4    | d-1/alice | -",
        &tenancy,
        "tenant,rule",
        "ads    | tenants.toml:1 | 1 | attributed
         search | tenants.toml:2 | 2 | attributed
         -      | -              | 4 | unattributed",
    );
}

#[test]
fn membership_goes_before_rules_and_changes_with_the_day() {
    // B-47: alice moved on the 12th.
    let mut tenancy = rules(vec![("rest", is("domain=*"), ALWAYS)]);
    tenancy.maps = profiles(&[
        "d-1/alice,,ads,..2026-10-12",
        "d-1/Alice,,search,2026-10-12..",
        "d-1/bob,200001,,..",
        ",,nobody,..",
        "space/d-1/team,,search,..",
    ]);
    check(
        "cost | user      | space    | day
         1    | d-1/alice | -        | 2026-10-11
         2    | d-1/alice | d-1/team | 2026-10-12
         4    | d-1/bob   | -        | 2026-10-12
         8    | d-2/alice | -        | 2026-10-12
         16   | -         | d-1/team | 2026-10-12
         32   | -         | -        | 2026-10-12",
        &tenancy,
        "tenant,rule",
        "ads    | profiles.csv:2 | 1  | attributed
         search | profiles.csv:3 | 2  | attributed
         rest   | tenants.toml:1 | 4  | attributed
         rest   | tenants.toml:1 | 8  | attributed
         search | profiles.csv:6 | 16 | attributed
         -      | -              | 32 | unattributed",
    );
}

fn team() -> VirtualTag {
    let research = ValueRule {
        value: "research".into(),
        condition: is("account=1111*"),
        during: Days::ALWAYS,
        at: Position::default(),
    };
    VirtualTag {
        key: "team".into(),
        rules: vec![research],
        first_of: ["tag:team", "tag:Team_Name", "category:unit"]
            .map(|word| Dimension::parse(word).unwrap())
            .into(),
        renames: vec![("mlplat*".into(), "ml-platform".into()), ("*".into(), "other".into())],
        default: Some("none".into()),
        at: Position::default(),
    }
}

#[test]
fn a_virtual_tag_is_ruled_then_delivered_then_renamed_then_given_its_default() {
    // B-39: keys that differ are one by a declared precedence.
    let mut upper = team();
    upper.key = "UPPER".into();
    upper.renames = vec![("mlplat*".into(), "ML".into())];
    upper.default = None;
    let table = "cost | account | tag:team | tag:Team_Name | category:unit
                 1    | 111122  | x        | -             | -
                 2    | 222233  | mlplat-1 | red           | -
                 4    | 222233  | -        | mlplatform    | x
                 8    | 222233  | -        | -             | finance
                 16   | 222233  | -        | -             | -";
    let virtual_tags = vec![team(), upper];
    let tenancy = Tenancy { virtual_tags, ..Tenancy::default() };
    check(
        table,
        &tenancy,
        "tag:team,tag:UPPER",
        "research    | research | 1  | attributed
         ml-platform | ML       | 2  | attributed
         ml-platform | ML       | 4  | attributed
         other       | finance  | 8  | attributed
         none        | -        | 16 | attributed",
    );
}

#[test]
fn rules_look_at_virtual_tags_and_virtual_tags_at_what_was_delivered() {
    let mut unit = team();
    unit.key = "unit".into();
    unit.rules[0].condition = is("tag:team=mlplat-1");
    let mut tenancy = rules(vec![
        ("wrong", is("tag:team=mlplat*"), ALWAYS),
        ("ml", is("tag:team=ml-platform"), ALWAYS),
        ("units", is("tag:unit=research"), ALWAYS),
    ]);
    tenancy.virtual_tags = vec![team(), unit];
    check(
        "cost | account | tag:team | tag:Team_Name | category:unit
         1    | 222233  | mlplat-1 | -             | -
         2    | 111122  | mlplat-1 | -             | -
         4    | 222233  | -        | -             | -",
        &tenancy,
        "tenant,tag:team",
        "ml    | ml-platform | 1 | attributed
         units | research    | 2 | attributed
         -     | none        | 4 | unattributed",
    );
}

/// What the rules say of one charge, in the plainest words.
fn naive(user: &str, region: &str, day: u32) -> &'static str {
    if day >= 12 && (user == "alice" || user == "al") {
        "movers"
    } else if region.starts_with("eu") && user != "bob" {
        "europe"
    } else if user.starts_with('b') || region == "us" {
        "others"
    } else {
        "-"
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tenants_by_rule_are_those_of_a_naive_loop_in_any_order_of_rows(
        mut rows in prop::collection::vec(
            (
                prop::sample::select(vec!["alice", "al", "bob", "b", "cleo", "-"]),
                prop::sample::select(vec!["eu", "eu-1", "us", "us-2", "-"]),
                1..31_u32,
            ),
            1..40,
        ),
    ) {
        let not_bob = Condition::Not(Box::new(is("user=bob")));
        let tenancy = rules(vec![
            ("movers", is("user=al|al?ce"), "2026-10-12.."),
            ("europe", Condition::All(vec![is("region=eu*"), not_bob]), ALWAYS),
            ("others", Condition::Any(vec![is("user=b*"), is("region=us")]), ALWAYS),
        ]);
        let found = |rows: &[(&str, &str, u32)]| {
            let mut table = "cost | user | region | day\n".to_owned();
            for (user, region, day) in rows {
                let user = if *user == "-" { "-".to_owned() } else { format!("d-1/{user}") };
                writeln!(table, "1 | {user} | {region} | 2026-10-{day:02}").unwrap();
            }
            lines(charges(&table), &tenancy, "tenant")
        };
        let mut expected: Vec<String> = rows
            .iter()
            .map(|(user, region, day)| match naive(user, region, *day) {
                "-" => "- | 1 | unattributed".to_owned(),
                tenant => format!("{tenant} | 1 | attributed"),
            })
            .collect();
        expected.sort();
        prop_assert_eq!(found(&rows), expected.clone());
        rows.reverse();
        prop_assert_eq!(found(&rows), expected);
    }
}
