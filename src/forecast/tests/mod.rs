//! Tests: months that are forecast from days that are known.

mod judge;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::model::money::UNIT;

fn month(text: &str) -> BillingPeriod {
    BillingPeriod::parse(text).unwrap()
}

fn cost(tenant: &str, day: Option<NaiveDate>, of: BillingPeriod, units: i128) -> DailyCost {
    DailyCost {
        currency: Currency("USD".into()),
        tenant: Some(tenant.to_owned()),
        month: of,
        day,
        cost: Money(units * UNIT),
    }
}

/// Days in a row, each with its cost.
fn days(from: &str, costs: impl IntoIterator<Item = i128>) -> Vec<DailyCost> {
    let from: NaiveDate = from.parse().unwrap();
    let day = |(at, units)| {
        let day = from + Days::new(at);
        cost("search", Some(day), BillingPeriod::containing(day), units)
    };
    (0..).zip(costs).map(day).collect()
}

/// Everybody's forecast of October 2026, in whole units.
fn october(costs: &[DailyCost], progress: Progress) -> (i128, Option<i128>, Option<[i128; 2]>) {
    let all = forecast(costs, &[(month("2026-10"), progress)]).unwrap();
    let all = all.into_iter().find(|of| of.scope == Scope::All).unwrap();
    let units = |money: Money| money.0 / UNIT;
    (units(all.actual), all.expected.map(units), all.band.map(|band| band.map(units)))
}

#[test]
fn a_month_that_is_over_is_what_was_billed() {
    let costs = days("2026-10-01", (0..31).map(|day| day * day));
    assert_eq!(october(&costs, Progress::Over), (9455, Some(9455), Some([9455, 9455])));
}

#[test]
fn days_that_are_all_alike_go_on_like_that() {
    let costs = days("2026-10-01", [10; 9]);
    assert_eq!(october(&costs, Progress::Running), (90, Some(310), Some([310, 310])));
}

#[test]
fn the_last_two_days_are_no_fall() {
    let costs = days("2026-10-01", [10, 10, 10, 10, 10, 10, 10, 4, 1]);
    assert_eq!(october(&costs, Progress::Running).1, Some(310));
    // What is more than usual already, stays.
    let costs = days("2026-10-01", [10, 10, 10, 10, 10, 10, 10, 10, 90]);
    assert_eq!(october(&costs, Progress::Running).1, Some(390));
}

#[test]
fn what_is_charged_once_a_month_is_no_daily_usage() {
    let mut costs = days("2026-10-01", [1010, 10, 10, 10, 10, 10, 10, 10]);
    costs.push(cost("search", None, month("2026-10"), 500));
    assert_eq!(october(&costs, Progress::Running).1, Some(1500 + 310));
}

#[test]
fn weekends_are_told_from_working_days_once_both_are_known_twice() {
    let of_day = |day: NaiveDate| if day.weekday().number_from_monday() > 5 { 0 } else { 20 };
    let from: NaiveDate = "2026-09-01".parse().unwrap();
    let costs = days("2026-09-01", from.iter_days().take(40).map(of_day));
    // October 2026 has 22 working days.
    assert_eq!(october(&costs, Progress::Running).1, Some(440));
    let found = forecast(&costs, &[(month("2026-10"), Progress::Running)]).unwrap();
    assert_eq!((found[0].method, found[0].days), ("mean of weekdays at last week's level", 27));
    // Rehearsals from days when weekdays could not be told apart were off by a little.
    assert_eq!(found[0].band.unwrap().map(|money| money.0 / UNIT), [434, 445]);
}

#[test]
fn too_few_days_give_no_forecast() {
    assert_eq!(october(&days("2026-10-01", [10, 10, 10]), Progress::Running), (30, None, None));
    let (_, expected, band) = october(&days("2026-10-01", [10, 10, 10, 10]), Progress::Running);
    assert_eq!((expected, band), (Some(310), None));
}

#[test]
fn the_more_days_differ_the_wider_is_the_band() {
    let calm = october(&days("2026-10-01", [9, 11].repeat(8)), Progress::Running).2.unwrap();
    let wild = october(&days("2026-10-01", [1, 19].repeat(8)), Progress::Running).2.unwrap();
    assert!(wild[1] - wild[0] > 3 * (calm[1] - calm[0]), "{calm:?} {wild:?}");
}

#[test]
fn everybody_together_is_the_sum_of_the_parts() {
    let mut costs = days("2026-10-01", [10, 30, 20, 10, 50, 10, 10, 20, 10, 10]);
    let other = days("2026-10-03", [7, 1, 3, 9, 9, 2]);
    costs.extend(other.into_iter().map(|of| DailyCost { tenant: None, ..of }));
    let found = forecast(&costs, &[(month("2026-10"), Progress::Running)]).unwrap();
    let sum: i128 = found[1..].iter().map(|of| of.expected.unwrap().0).sum();
    assert_eq!((found.len(), found[0].expected.unwrap().0), (3, sum));
}

#[test]
fn currencies_are_forecast_apart() {
    let mut costs = days("2026-10-01", [10; 9]);
    let yuan = Currency("CNY".into());
    costs.extend(
        days("2026-10-01", [1; 9]).into_iter().map(|of| DailyCost { currency: yuan.clone(), ..of }),
    );
    let found = forecast(&costs, &[(month("2026-10"), Progress::Running)]).unwrap();
    let all = found.iter().filter(|of| of.scope == Scope::All);
    let told: Vec<_> = all.map(|of| (of.currency.as_str(), of.expected.unwrap().0)).collect();
    assert_eq!(told, [("CNY", 31 * UNIT), ("USD", 310 * UNIT)]);
}

#[test]
fn absurd_costs_are_refused_and_not_wrapped() {
    let mut costs = days("2026-10-01", [10; 9]);
    for cost in &mut costs {
        cost.cost = Money(i128::MAX / 4);
    }
    assert_eq!(forecast(&costs, &[(month("2026-10"), Progress::Running)]), Err(ForecastError));
}

proptest! {
    #[test]
    fn a_forecast_holds_whatever_is_billed_in_whatever_order(
        costs in prop::collection::vec((0..61_u64, 0..3_u8, 0..100_000_i128), 1..200),
        order in any::<prop::sample::Index>(),
    ) {
        let from: NaiveDate = "2026-09-01".parse().unwrap();
        let daily = |(at, tenant, units): &(u64, u8, i128)| {
            let day = from + Days::new(*at);
            let of = BillingPeriod::containing(day);
            cost(&format!("t{tenant}"), (units % 7 > 0).then_some(day), of, *units)
        };
        let mut costs: Vec<DailyCost> = costs.iter().map(daily).collect();
        let asked = [(month("2026-10"), Progress::Running)];
        let found = forecast(&costs, &asked).unwrap();
        for of in &found {
            if let Some(expected) = of.expected {
                prop_assert!(expected >= of.actual, "{of:?}");
            }
            if let (Some([low, high]), Some(expected)) = (of.band, of.expected) {
                prop_assert!(of.actual <= low && low <= expected && expected <= high, "{of:?}");
            }
        }
        let at = order.index(costs.len());
        costs.rotate_left(at);
        costs.reverse();
        prop_assert_eq!(forecast(&costs, &asked).unwrap(), found);
    }
}
