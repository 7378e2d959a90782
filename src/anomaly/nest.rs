//! Nest: the same charges told once, at the narrowest owner.
//!
//! In:    everything that may be told.
//! Out:   [`Anomaly`]s, the dearest first; wider owners are named by the narrower.
//! Never: adds the same charge to two findings that each would explain it.

use std::collections::{BTreeMap, BTreeSet};

use super::bill::{Bill, Charge};
use super::{AnomalyError, Candidate};
use crate::model::anomaly::{Anomaly, Behind, Common};
use crate::model::money::{Currency, Money};

/// Charges that are shown for each.
const BEHIND: usize = 3;

/// What is told of candidates.
pub(super) fn told(
    bill: &Bill,
    mut candidates: Vec<Candidate>,
) -> Result<Vec<Anomaly>, AnomalyError> {
    candidates.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut kept: Vec<(Candidate, BTreeSet<String>)> = Vec::new();
    // By charge: who tells it.
    let mut tellers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for candidate in candidates {
        let mut shared: BTreeMap<usize, i128> = BTreeMap::new();
        for place in &candidate.charges {
            for teller in tellers.get(place).into_iter().flatten() {
                let cost = shared.entry(*teller).or_default();
                *cost = cost.saturating_add(bill.charges[*place].cost);
            }
        }
        let parts =
            shared.into_iter().map(|(teller, cost)| (kept[teller].0.excess().min(cost), teller));
        let parts: Vec<(i128, usize)> = parts.collect();
        let explained = super::sum(parts.iter().map(|(part, _)| *part))?;
        if explained >= candidate.excess() - explained {
            if let Some((_, teller)) = parts.iter().max() {
                let (by, also) = &mut kept[*teller];
                if by.owner != candidate.owner {
                    let level = candidate.owner.level.name();
                    also.insert(format!("{level} {}", candidate.owner.name));
                }
            }
            continue;
        }
        for place in &candidate.charges {
            tellers.entry(*place).or_default().push(kept.len());
        }
        kept.push((candidate, BTreeSet::new()));
    }
    let told = kept.iter().map(|(candidate, also)| anomaly(bill, candidate, also));
    let mut told: Vec<Anomaly> = told.collect::<Result<_, _>>()?;
    told.sort_by(|a, b| (&a.currency, b.excess).cmp(&(&b.currency, a.excess)));
    Ok(told)
}

fn anomaly(
    bill: &Bill,
    candidate: &Candidate,
    also: &BTreeSet<String>,
) -> Result<Anomaly, AnomalyError> {
    let charges: Vec<&Charge> = candidate.charges.iter().map(|at| &bill.charges[*at]).collect();
    let common = |of: &dyn Fn(&Charge) -> Option<String>| {
        let first = of(charges.first()?)?;
        charges.iter().all(|charge| of(charge).as_deref() == Some(&first)).then_some(first)
    };
    let owner = |at: usize| common(&|charge| charge.owners[at].map(ToOwned::to_owned));
    Ok(Anomaly {
        unusual: candidate.unusual,
        level: candidate.owner.level,
        owner: candidate.owner.name.to_owned(),
        found: candidate.found.map(ToOwned::to_owned),
        currency: Currency(candidate.owner.currency.into()),
        month: candidate.month,
        day: candidate.day,
        cost: Money(candidate.cost),
        expected: Money(candidate.expected),
        excess: Money(candidate.excess()),
        common: Common {
            user: owner(0),
            space: owner(1),
            tenant: owner(2),
            component: owner(3),
            instance_type: common(&|charge| charge.instance_type.map(ToOwned::to_owned)),
        },
        behind: behind(&charges)?,
        also: also.iter().cloned().collect(),
        line_items: charges.iter().map(|charge| charge.line_items).sum(),
    })
}

/// A resource and a usage type.
type Used<'a> = (Option<&'a str>, Option<&'a str>);

/// The dearest charges, by resource and usage type.
fn behind(charges: &[&Charge]) -> Result<Vec<Behind>, AnomalyError> {
    let mut sums: BTreeMap<Used, (i128, u64)> = BTreeMap::new();
    for charge in charges {
        let (cost, lines) = sums.entry((charge.resource, charge.usage_type)).or_default();
        *cost = cost.checked_add(charge.cost).ok_or(AnomalyError::Range)?;
        *lines += charge.line_items;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    // Of equals the first by name stays first.
    sums.sort_by_key(|(_, (cost, _))| std::cmp::Reverse(*cost));
    let behind =
        sums.into_iter().take(BEHIND).map(|((resource, usage_type), (cost, lines))| Behind {
            resource: resource.map(ToOwned::to_owned),
            usage_type: usage_type.map(ToOwned::to_owned),
            cost: Money(cost),
            line_items: lines,
        });
    Ok(behind.collect())
}
