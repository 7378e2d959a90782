//! Methods: each way to split, its edges, and the bugs that others had (B-51 to B-55).
//!
//! In:    small bills.
//! Out:   failing tests.
//! Never: tries every combination; the properties do.

use super::fixture::{
    by_cost, chain, driver, fixed, limits, proportional, takes, tenants, tier, to,
};
use crate::allocate::AllocateError;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::period::{Day, Days};
use crate::model::split::{Base, Every, Method, OnNegative, OnZero, Rest, Split};

const BILL: &str = "
    tenant | line-type | component | hours | lines | cost
    search | Usage     | training  | 3     | 2     | 60
    ads    | Usage     | hosting   | 1     | 1     | 40
    -      | Tax       | -         | 0     | 1     | 10
    -      | Fee       | -         | 0     | 4     | 0.000000000001";

#[test]
fn a_pool_is_split_evenly_and_its_rows_are_given() {
    let rules = tenants("search ads ops").split(takes("tax", "line-type=Tax", even("*")));
    let allocated = rules.check(
        BILL,
        "tenant,standing,pool,rule,line-type",
        "- | unattributed | - | - | Fee | 0.000000000001 | 4
         ads | attributed | - | - | Usage | 40 | 1
         ads | shared | tax | tenants.toml:10 | Tax | 3.333333333334 | 0
         ops | shared | tax | tenants.toml:10 | Tax | 3.333333333333 | 0
         search | attributed | - | - | Usage | 60 | 2
         search | shared | tax | tenants.toml:10 | Tax | 3.333333333333 | 0",
    );
    let given: Vec<_> = allocated.given.values().collect();
    assert_eq!((given[0].line_items, given[0].cost.to_string()), (1, "10".into()));
    let pool = &allocated.trail.pools[0];
    assert_eq!((pool.split.as_str(), pool.method, pool.moves.len()), ("tax", "even", 3));
    assert_eq!((pool.moves[0].weight, pool.moves[0].weights), (1, 3));
    assert_eq!(pool.why_kept, None);
}

fn even(targets: &str) -> Method {
    Method::Even(to(targets))
}

#[test]
fn without_declared_tenants_everybody_who_is_seen_receives() {
    let rules = tenants("").split(takes("tax", "line-type=Tax", even("*")));
    rules.check(
        BILL,
        "tenant",
        "- | 0.000000000001 | 4
         ads | 45 | 1
         search | 65 | 2",
    );
}

#[test]
fn a_share_follows_the_tenants_own_cost_hours_or_other_metrics() {
    let by = |method| tenants("search ads").split(takes("tax", "line-type=Tax", method));
    let zero = (OnZero::Keep, OnNegative::AsZero);
    by(by_cost("*", "")).check(
        BILL,
        "tenant",
        "- | 0.000000000001 | 4
         ads | 44 | 1
         search | 66 | 2",
    );
    by(proportional("*", Base::Hours, "", zero.0, zero.1)).check(
        BILL,
        "tenant",
        "- | 0.000000000001 | 4
         ads | 42.5 | 1
         search | 67.5 | 2",
    );
    by(by_cost("*", "component=train*")).check(
        BILL,
        "tenant",
        "- | 0.000000000001 | 4
         ads | 40 | 1
         search | 70 | 2",
    );
}

const CREDIT: &str = "
    tenant | line-type | cost
    search | Usage     | 10
    ads    | Usage     | 5
    ads    | Credit    | -25
    -      | Tax       | 12";

#[test]
fn b51_a_negative_base_weighs_nothing_or_stops_the_run_but_never_turns_a_sign() {
    let by = |on_negative| {
        let method = proportional("*", Base::Cost, "", OnZero::Keep, on_negative);
        tenants("search ads").split(takes("tax", "line-type=Tax", method))
    };
    by(OnNegative::AsZero).check(CREDIT, "tenant", "ads | -20 | 2\n search | 22 | 1");
    let error = by(OnNegative::Refuse).refuses(CREDIT);
    assert_eq!((error.code(), error.kind()), ("SPLIT-NEGATIVE-BASE", ErrorKind::Input));
    assert_eq!(
        error.to_string(),
        "tenants.toml:10: the split `tax` refuses 2026-10: `ads` weighs -20"
    );
}

#[test]
fn b52_a_base_of_zero_stays_named_is_shared_evenly_or_stops_the_run() {
    let bill = "
        tenant | line-type | cost
        search | Usage     | 0
        -      | Tax       | 12";
    let by = |on_zero| {
        let method = proportional("*", Base::Cost, "", on_zero, OnNegative::AsZero);
        tenants("search ads").split(takes("tax", "line-type=Tax", method))
    };
    let kept = by(OnZero::Keep).check(
        bill,
        "tenant,pool,standing",
        "- | tax | unattributed | 12 | 1
         search | - | attributed | 0 | 1",
    );
    let pool = &kept.trail.pools[0];
    assert_eq!(pool.why_kept.as_deref(), Some("no target has cost of its own to weigh"));
    assert_eq!((pool.kept, pool.moves.len()), (pool.amount, 0));
    by(OnZero::Even).check(bill, "tenant", "ads | 6 | 0\n search | 6 | 1");
    assert_eq!(by(OnZero::Refuse).refuses(bill).code(), "SPLIT-NO-BASE");
}

#[test]
fn b53_percentages_near_the_whole_mean_it_and_a_true_rest_is_named() {
    let by =
        |percent, rest| tenants("a b c").split(takes("tax", "line-type=Tax", fixed(percent, rest)));
    let bill = "line-type | cost | lines\n Tax | 100 | 3";
    by("a=33.3333 b=33.3333 c=33.3333", Rest::Keep).check(
        bill,
        "tenant",
        "a | 33.333333333334 | 0\n b | 33.333333333333 | 0\n c | 33.333333333333 | 0",
    );
    by("a=33.33334 b=33.33334 c=33.33334", Rest::Keep).check(
        bill,
        "tenant",
        "a | 33.333333333334 | 0\n b | 33.333333333333 | 0\n c | 33.333333333333 | 0",
    );
    let kept = by("a=33 b=33 c=33", Rest::Keep).check(
        bill,
        "tenant,pool",
        "- | tax | 1 | 3\n a | tax | 33 | 0\n b | tax | 33 | 0\n c | tax | 33 | 0",
    );
    assert_eq!(kept.trail.pools[0].why_kept.as_deref(), Some("the percentages leave 1 %"));
    assert!(kept.given.values().all(|given| given.line_items == 0));
    by("a=33 b=33 c=0", Rest::Spread).check(bill, "tenant", "a | 50 | 0\n b | 50 | 0");
}

#[test]
fn b54_two_splits_to_the_same_tenant_add_up() {
    let rules = tenants("a").split(takes("tax", "line-type=Tax", even("*"))).split(takes(
        "fees",
        "line-type=Fee",
        even("a"),
    ));
    rules.check(
        "tenant | line-type | cost\n a | Usage | 1\n - | Tax | 2\n - | Fee | 4",
        "tenant",
        "a | 7 | 1",
    );
}

#[test]
fn b55_what_is_to_be_given_whole_leaves_nothing_behind() {
    let rules = tenants("a b").split(takes("all", "", even("*")));
    let allocated = rules.check(
        "line-type | cost | lines\n Fee | 1 | 1\n Usage | 2 | 5\n Credit | -4 | 1\n Tax | 0 | 1",
        "tenant,line-type",
        "a | Credit | -2 | 0\n a | Fee | 0.5 | 0\n a | Usage | 1 | 0
         b | Credit | -2 | 0\n b | Fee | 0.5 | 0\n b | Usage | 1 | 0",
    );
    let given: Vec<_> = allocated.given.values().collect();
    assert_eq!((given[0].line_items, given[0].cost.to_string()), (8, "-1".into()));
}

const DAYS: &str = "
    day        | line-type | cost
    2026-10-01 | Tax       | 10
    2026-10-02 | Tax       | 20
    2026-10-03 | Tax       | 40";

#[test]
fn a_driver_decides_each_month_or_each_day() {
    let rows = ["2026-10-01 a 1", "2026-10-02 b 3"];
    let by = |every| {
        let method = driver(&rows, every, OnZero::Keep);
        tenants("a b").split(takes("tax", "line-type=Tax", method))
    };
    by(Every::Month).check(DAYS, "tenant", "a | 17.5 | 0\n b | 52.5 | 0");
    let daily = by(Every::Day).check(
        DAYS,
        "tenant,pool",
        "- | tax | 40 | 1\n a | tax | 10 | 0\n b | tax | 20 | 0",
    );
    let pools: Vec<_> = daily.trail.pools.iter().map(|pool| pool.day.as_deref()).collect();
    assert_eq!(pools, [Some("2026-10-01"), Some("2026-10-02"), Some("2026-10-03")]);
    let why = daily.trail.pools[2].why_kept.as_deref();
    assert_eq!(why, Some("driver.csv has nothing for 2026-10-03"));
}

#[test]
fn a_driver_of_other_months_is_refused_with_both_lists() {
    let method = driver(&["2026-08 a 1", "2026-07-03 a 1"], Every::Month, OnZero::Even);
    let error = tenants("a").split(takes("tax", "", method)).refuses(DAYS);
    assert_eq!(error.code(), "SPLIT-DRIVER-MONTH");
    assert_eq!(
        error.to_string(),
        "tenants.toml:10: `driver.csv`, which drives the split `tax`, has 2026-07, 2026-08; \
         asked is 2026-10"
    );
}

#[test]
fn limits_of_a_daily_driver_hold_for_the_billing_period() {
    let method = driver(&["2026-10 a 1", "2026-10 b 1"], Every::Day, OnZero::Keep);
    let split = takes("tax", "line-type=Tax", method);
    let capped = Split { caps: limits(None, "a=12"), ..split.clone() };
    tenants("a b").split(capped).check(DAYS, "tenant", "a | 12 | 0\n b | 58 | 0");
    let floored = Split { floors: limits(None, "a=40"), ..split };
    tenants("a b").split(floored).check(DAYS, "tenant", "a | 50 | 0\n b | 20 | 0");
}

#[test]
fn tiers_caps_and_floors_act_on_the_magnitude_of_a_credit() {
    let tiers = vec![tier(Some("10"), even("a b")), tier(None, fixed("a=100", Rest::Keep))];
    let split = takes("edp", "line-type=EdpDiscount", Method::Tiers(tiers));
    let bill = "line-type | cost\n EdpDiscount | -30\n Usage | 1";
    tenants("a b").split(split.clone()).check(
        bill,
        "tenant",
        "- | 1 | 1\n a | -25 | 0\n b | -5 | 0",
    );
    let capped = Split { caps: limits(Some("8"), ""), ..split };
    let allocated = tenants("a b").split(capped).check(
        bill,
        "tenant,line-type,pool",
        "- | EdpDiscount | edp | -14 | 1
         - | Usage | - | 1 | 1
         a | EdpDiscount | edp | -8 | 0
         b | EdpDiscount | edp | -8 | 0",
    );
    let why = allocated.trail.pools[0].why_kept.as_deref();
    assert_eq!(why, Some("no target below its cap can take it"));
}

#[test]
fn a_chain_passes_on_what_its_tenant_spent_and_what_it_received() {
    let rules = tenants("platform a b")
        .split(takes("tax", "line-type=Tax", even("*")))
        .split(chain("platform", "platform", fixed("a=75 b=25", Rest::Keep)));
    let allocated = rules.check(
        "tenant | line-type | cost | lines\n platform | Usage | 97 | 3\n - | Tax | 9 | 1",
        "tenant,line-type,pool",
        "a | Tax | platform | 2.25 | 0
         a | Tax | tax | 3 | 0
         a | Usage | platform | 72.75 | 0
         b | Tax | platform | 0.75 | 0
         b | Tax | tax | 3 | 0
         b | Usage | platform | 24.25 | 0",
    );
    let given: Vec<_> = allocated.given.values().collect();
    assert_eq!((given[0].line_items, given[0].cost.to_string()), (4, "106".into()));
}

#[test]
fn what_a_chain_keeps_stays_with_its_tenant_and_is_named() {
    let rules = tenants("platform a")
        .split(takes("tax", "line-type=Tax", even("platform")))
        .split(chain("out", "platform", fixed("a=60", Rest::Keep)));
    rules.check(
        "tenant | line-type | cost\n platform | Usage | 10\n - | Tax | 5",
        "tenant,standing,pool,rule",
        "a | shared | out | tenants.toml:20 | 9 | 0
         platform | attributed | out | - | 4 | 1
         platform | shared | out | tenants.toml:10 | 2 | 0",
    );
}

#[test]
fn a_chain_may_take_only_what_its_condition_fits() {
    let rules = tenants("platform a").split(takes("all", "", even("platform"))).split(Split {
        condition: super::fixture::is("line-type=Tax"),
        ..chain("out", "platform", even("a"))
    });
    rules.check(
        "tenant | line-type | cost\n platform | Usage | 10\n - | Tax | 5\n - | Fee | 1",
        "tenant",
        "a | 5 | 0\n platform | 11 | 1",
    );
}

#[test]
fn a_circle_that_was_not_caught_runs_once_and_loses_nothing() {
    let rules =
        tenants("a b").split(chain("there", "a", even("b"))).split(chain("back", "b", even("a b")));
    rules.check("tenant | cost\n a | 3\n b | 5", "tenant", "a | 4 | 0\n b | 4 | 0");
}

#[test]
fn the_first_split_that_holds_takes_a_charge_on_its_days() {
    let day = Day::parse("2026-10-02");
    let early = Split {
        during: Days { from: None, to: day },
        ..takes("early", "line-type=Tax", even("a"))
    };
    let rules = tenants("a b").split(early).split(takes("rest", "", even("b")));
    rules.check(DAYS, "tenant,pool", "a | early | 10 | 0\n b | rest | 60 | 0");
}

#[test]
fn a_pool_stays_when_there_is_no_tenant() {
    let kept = tenants("").split(takes("tax", "", even("*"))).check(
        "line-type | cost\n Tax | 5",
        "tenant,pool",
        "- | tax | 5 | 1",
    );
    let why = kept.trail.pools[0].why_kept.as_deref();
    assert_eq!(why, Some("there is no tenant to give it to"));
}

#[test]
fn restated_cost_and_other_currencies_stay_out_of_a_pool() {
    let rules = tenants("a").split(takes("tax", "line-type=Tax", even("*")));
    rules.check(
        "currency | line-type | split_cost | cost
         USD | Tax | - | 5
         CNY | Tax | - | 7
         USD | Tax | EKSPod-EC2 | 9",
        "tenant,currency",
        "- | USD | 9 | 1\n a | CNY | 7 | 0\n a | USD | 5 | 0",
    );
}

#[test]
fn a_question_without_tenants_moves_nothing() {
    let rules = tenants("a").split(takes("tax", "", even("*")));
    let frame = super::fixture::frame(BILL);
    let allocated = rules.allocate(&frame, "line-type").unwrap();
    assert_eq!(allocated.frame, frame);
    assert!(allocated.given.is_empty() && allocated.trail.pools.is_empty());
}

#[test]
fn a_sum_out_of_range_is_an_error_and_no_panic() {
    let huge = "99999999999999999999999999";
    let rows = [format!("2026-10 a {huge}"), format!("2026-10 a {huge}")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let method = driver(&rows, Every::Month, OnZero::Keep);
    let error = tenants("a").split(takes("tax", "", method)).refuses(DAYS);
    assert!(matches!(error, AllocateError::Overflow { .. }), "{error}");
}
