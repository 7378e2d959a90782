//! Balance: delivered = stored + refused, in rows and in money.
//!
//! In:    what is known of a period, and what its charges add up to.
//! Out:   one [`Balance`] per currency and metric; everything that does not fit.
//! Never: reads a file, or forgives a unit.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::stored::{FileFacts, PeriodFacts, PeriodTotal};

/// Delivered = stored + refused, in one currency and metric of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The currency.
    pub currency: Currency,
    /// The metric.
    pub metric: CostMetric,
    /// The sum over the source files.
    pub delivered: Money,
    /// The part of it that was refused.
    pub refused: Money,
    /// The sum over the charges in the segments.
    pub stored: Money,
}

impl Balance {
    /// What is missing (or too much, when negative); 0 when the books are right.
    pub fn difference(&self) -> Money {
        let Self { delivered, refused, stored, .. } = self;
        Money(delivered.0.saturating_sub(refused.0).saturating_sub(stored.0))
    }
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) expected: String,
    pub(super) found: String,
}

/// The books of a period, by currency and metric.
pub(super) fn balances(files: &[FileFacts], totals: &[PeriodTotal]) -> Vec<Balance> {
    let mut sums: BTreeMap<(Currency, CostMetric), [Money; 3]> = BTreeMap::new();
    let mut add = |currency: &Currency, metric: CostMetric, amounts: [Money; 3]| {
        let sums = sums.entry((currency.clone(), metric)).or_default();
        for (sum, amount) in sums.iter_mut().zip(amounts) {
            // At the ends of the range, where no bill is, the other checks still hold.
            *sum = Money(sum.0.saturating_add(amount.0));
        }
    };
    for sum in files.iter().flat_map(|file| &file.sums) {
        add(&sum.currency, sum.metric, [sum.delivered, sum.refused, Money::ZERO]);
    }
    for total in totals {
        for (metric, cost) in CostMetric::ALL.into_iter().zip(total.costs) {
            add(&total.currency, metric, [Money::ZERO, Money::ZERO, cost]);
        }
    }
    let mut balances = Vec::with_capacity(sums.len());
    for ((currency, metric), [delivered, refused, stored]) in sums {
        balances.push(Balance { currency, metric, delivered, refused, stored });
    }
    balances
}

/// Whether what was delivered is what the charges of a period add up to.
pub fn adds_up(facts: &PeriodFacts) -> bool {
    differences(facts, &facts.totals).is_empty()
}

/// Everything in which the charges are not what the facts of their period say.
pub(super) fn differences(facts: &PeriodFacts, charges: &[PeriodTotal]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: &dyn Display, found: &dyn Display, fits: bool| {
        if !fits {
            let (expected, found) = (format!("{what} {expected}"), found.to_string());
            differences.push(Difference { expected, found });
        }
    };
    let by_currency = |totals: &[PeriodTotal]| -> BTreeMap<Currency, PeriodTotal> {
        totals.iter().map(|total| (total.currency.clone(), total.clone())).collect()
    };
    let (expected, found) = (by_currency(&facts.totals), by_currency(charges));
    for (currency, total) in &expected {
        let Some(found) = found.get(currency) else {
            compare("charges in", currency, &"none", false);
            continue;
        };
        let (lines, other) = (total.line_items, found.line_items);
        compare(&format!("line items in {currency}"), &lines, &other, lines == other);
        let (hours, other) = (total.usage_hours, found.usage_hours);
        compare(&format!("usage hours in {currency}"), &hours, &other, hours == other);
        for ((metric, cost), other) in CostMetric::ALL.iter().zip(total.costs).zip(found.costs) {
            let what = format!("{} cost in {currency}", metric.name());
            compare(&what, &cost, &other, cost == other);
        }
    }
    for currency in found.keys().filter(|currency| !expected.contains_key(*currency)) {
        compare("no charges in", currency, &"some", false);
    }
    let rows = |of: fn(&FileFacts) -> u64| facts.files.iter().map(of).sum::<u64>();
    let (delivered, refused) = (rows(|file| file.rows), rows(|file| file.refused_rows));
    let stored: u64 = charges.iter().map(|total| total.line_items).sum();
    let kept = format!("{stored} stored and {refused} refused");
    compare("delivered rows", &delivered, &kept, delivered == stored + refused);
    for balance in balances(&facts.files, charges) {
        let what = format!("delivered {} cost in {}", balance.metric.name(), balance.currency);
        let kept = format!("{} stored and {} refused", balance.stored, balance.refused);
        compare(&what, &balance.delivered, &kept, balance.difference() == Money::ZERO);
    }
    differences
}
