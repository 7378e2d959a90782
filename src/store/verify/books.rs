//! Books of a version: delivered = stored + refused, in rows and in money.
//!
//! In:    a version's facts, and what its segments add up to.
//! Out:   the comparison, and what does not fit.
//! Never: reads a file.

use std::collections::BTreeMap;

use super::segments::Read;
use super::{Balance, Problem, VerifiedVersion};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::stored::Version;
use crate::store::error::Damage;

pub(super) fn compare(
    version: &Version,
    read: &Read,
    hint: &str,
) -> (VerifiedVersion, Vec<Problem>) {
    let facts = &version.facts;
    let totals = read.tally.totals();
    let found = VerifiedVersion {
        period: facts.period,
        id: version.id,
        is_superseded: false,
        segments: version.segments.len(),
        bytes: version.stored_bytes(),
        charges: read.tally.charges,
        files: facts.files.len(),
        rows: version.source_rows(),
        refused_rows: facts.files.iter().map(|file| file.refused_rows).sum(),
        stored_rows: totals.iter().map(|total| total.line_items).sum(),
        balances: balances(version, read),
        is_sound: true,
    };
    let mut problems = Vec::new();
    let mut wrong = |expected: String, found: String| {
        let file = version.segments.first().map(|segment| segment.path.clone());
        let file = file.unwrap_or_else(|| facts.origin.source.clone().into());
        let damage = Damage { file, period: Some(facts.period), expected, found };
        let (code, hint) = ("books", hint.to_owned());
        problems.push(Problem { code, version: Some(version.id), damage, hint });
    };
    // A damaged segment explains every difference; it has its own problem.
    if read.problems.is_empty() {
        if totals != facts.totals {
            wrong(format!("charges of {:?}", facts.totals), format!("{totals:?}"));
        }
        if found.rows != found.stored_rows + found.refused_rows {
            let stored = format!("{} stored, {} refused", found.stored_rows, found.refused_rows);
            wrong(format!("{} source rows", found.rows), stored);
        }
        for balance in found.balances.iter().filter(|balance| balance.difference().0 != 0) {
            let of = format!("{} {}", balance.metric.name(), balance.currency);
            let stored = format!("{} stored, {} refused", balance.stored, balance.refused);
            wrong(format!("{} {of} as delivered", balance.delivered), stored);
        }
    }
    (found, problems)
}

fn balances(version: &Version, read: &Read) -> Vec<Balance> {
    let mut balances: BTreeMap<(Currency, CostMetric), [Money; 3]> = BTreeMap::new();
    let mut add = |currency: &Currency, metric: CostMetric, amounts: [Money; 3]| {
        let sums = balances.entry((currency.clone(), metric)).or_default();
        for (sum, amount) in sums.iter_mut().zip(amounts) {
            // Nothing that was ever stored comes near the ends of the range.
            *sum = Money(sum.0.saturating_add(amount.0));
        }
    };
    for sum in version.facts.files.iter().flat_map(|file| &file.sums) {
        add(&sum.currency, sum.metric, [sum.delivered, sum.refused, Money::ZERO]);
    }
    for total in read.tally.totals() {
        for (metric, cost) in CostMetric::ALL.into_iter().zip(total.costs) {
            add(&total.currency, metric, [Money::ZERO, Money::ZERO, cost]);
        }
    }
    let mut list = Vec::with_capacity(balances.len());
    for ((currency, metric), [delivered, refused, stored]) in balances {
        list.push(Balance { currency, metric, delivered, refused, stored });
    }
    list
}
