//! Twin: the same rules carried out in the plainest way.
//!
//! In:    charges as values, splits.
//! Out:   what every tenant has in the end, by billing period and currency.
//! Never: calls the room, composes a pool, or is fast.

use std::collections::{BTreeMap, BTreeSet};

use super::random::{Charge, TENANTS};
use crate::model::condition::Condition;
use crate::model::money::UNIT;
use crate::model::period::{BillingPeriod, Day};
use crate::model::split::{
    Base, DriverDate, DriverRow, Every, Method, OnZero, Rest, Split, Targets,
};

/// Tenant, billing period, currency.
pub(super) type Held = BTreeMap<(Option<String>, String, String), i128>;

/// What everybody has after all splits.
pub(super) fn carried_out(bill: &[Charge], splits: &[Split]) -> Held {
    let mut held = Held::new();
    let mut taken = BTreeSet::new();
    // Unassigned charges first: split by split, pool by pool.
    for split in splits.iter().filter(|split| split.from.is_empty()) {
        let mut pools: BTreeMap<(&str, &str, &str), i128> = BTreeMap::new();
        for (at, charge) in bill.iter().enumerate() {
            let fits = charge.tenant.is_none()
                && !taken.contains(&at)
                && holds(&split.condition, charge)
                && split.during.contains(Day::parse(charge.day));
            if fits {
                taken.insert(at);
                let day = if is_daily(split) { charge.day } else { "" };
                *pools.entry((charge.period(), charge.currency, day)).or_default() += charge.cost;
            }
        }
        for ((period, currency, day), amount) in pools {
            give(bill, split, (period, currency, day), amount, None, &mut held);
        }
    }
    for (at, charge) in bill.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        let key = (charge.tenant.map(Into::into), charge.period().into(), charge.currency.into());
        *held.entry(key).or_default() += bill[at].cost;
    }
    for split in splits.iter().filter(|split| !split.from.is_empty()) {
        chain(bill, split, &mut held);
    }
    held.retain(|_, cost| *cost != 0);
    held
}

/// What a chain's tenant holds is the pool; what stays of it stays there.
fn chain(bill: &[Charge], split: &Split, held: &mut Held) {
    let keeper = split.from.first().cloned();
    let own: Vec<_> = held.keys().filter(|key| key.0 == keeper).cloned().collect();
    for key in own {
        let amount = held.remove(&key).unwrap_or_default();
        give(bill, split, (&key.1, &key.2, ""), amount, keeper.clone(), held);
    }
}

fn give(
    bill: &[Charge],
    split: &Split,
    (period, currency, day): (&str, &str, &str),
    amount: i128,
    keeper: Option<String>,
    held: &mut Held,
) {
    let pool = Pool { bill, split, period, currency, day };
    let (shares, kept) = match &split.method {
        Method::Tiers(tiers) => {
            let (mut all, mut stays, mut from) = (BTreeMap::new(), 0, 0);
            for tier in tiers {
                let end = tier.up_to.map_or(amount.abs(), |end| end.0.min(amount.abs()));
                let (shares, kept) = pool.shares(&tier.method, (end - from) * amount.signum());
                for (tenant, share) in shares {
                    *all.entry(tenant).or_default() += share;
                }
                (stays, from) = (stays + kept, end);
            }
            (all, stays)
        }
        plain => pool.shares(plain, amount),
    };
    let all = shares.into_iter().map(|(tenant, share)| (Some(tenant), share));
    for (tenant, share) in all.chain([(keeper, kept)]) {
        *held.entry((tenant, period.into(), currency.into())).or_default() += share;
    }
}

struct Pool<'a> {
    bill: &'a [Charge],
    split: &'a Split,
    period: &'a str,
    currency: &'a str,
    day: &'a str,
}

impl Pool<'_> {
    fn shares(&self, method: &Method, amount: i128) -> (BTreeMap<String, i128>, i128) {
        let (mut weights, mut kept) = self.weights(method);
        if weights.values().all(|weight| *weight == 0) {
            let even = match method {
                Method::Proportional { on_zero, .. } | Method::Driver { on_zero, .. } => {
                    *on_zero == OnZero::Even
                }
                _ => false,
            };
            for weight in weights.values_mut() {
                *weight = i128::from(even);
            }
            kept = i128::from(!even);
        }
        let total: i128 = weights.values().sum::<i128>() + kept;
        let columns: Vec<i128> = weights.values().copied().chain([kept]).collect();
        // Fractions over one denominator: the numerators say everything.
        let exact: Vec<i128> = columns.iter().map(|weight| amount.abs() * weight).collect();
        let mut shares: Vec<i128> = exact.iter().map(|numerator| numerator / total).collect();
        while shares.iter().sum::<i128>() < amount.abs() {
            let left = |at: &usize| exact[*at] - shares[*at] * total;
            let first = (0..shares.len()).max_by_key(|at| (left(at), usize::MAX - at)).unwrap();
            shares[first] += 1;
        }
        let kept = shares.pop().unwrap() * amount.signum();
        let shares = shares.into_iter().map(|share| share * amount.signum());
        (weights.into_keys().zip(shares).collect(), kept)
    }

    fn weights(&self, method: &Method) -> (BTreeMap<String, i128>, i128) {
        let each = |to: &Targets, of: &dyn Fn(&str) -> i128| {
            let names: Vec<&str> = match to {
                Targets::All => {
                    let is_source = |name: &&str| self.split.from.iter().any(|from| from == name);
                    TENANTS.into_iter().filter(|name| !is_source(name)).collect()
                }
                Targets::Named(names) => names.iter().map(String::as_str).collect(),
            };
            names.into_iter().map(|name| (name.to_owned(), of(name))).collect()
        };
        match method {
            Method::Even(to) => (each(to, &|_| 1), 0),
            Method::Fixed { percent, rest } => {
                let all: BTreeMap<_, _> =
                    percent.iter().map(|(name, percent)| (name.clone(), percent.0)).collect();
                let left = 100 * UNIT - all.values().sum::<i128>();
                let is_kept = *rest == Rest::Keep && left > UNIT / 10_000;
                (all, if is_kept { left } else { 0 })
            }
            Method::Proportional { to, by, of, .. } => {
                (each(to, &|name| self.base(name, *by, of).max(0)), 0)
            }
            Method::Driver { rows, every, .. } => {
                let of = |name: &str| {
                    let own = rows.iter().filter(|row| row.target == name);
                    own.filter(|row| self.drives(row, *every)).map(|row| row.amount.0).sum()
                };
                let names: BTreeSet<&str> = rows.iter().map(|row| row.target.as_str()).collect();
                (names.into_iter().map(|name| (name.to_owned(), of(name))).collect(), 0)
            }
            Method::Tiers(_) => unreachable!(),
        }
    }

    fn drives(&self, row: &DriverRow, every: Every) -> bool {
        let period = BillingPeriod::parse(self.period).unwrap();
        match (row.date, every) {
            (DriverDate::Month(month), _) => month == period,
            (DriverDate::Day(day), Every::Month) => day.month() == period,
            (DriverDate::Day(day), Every::Day) => day.to_string() == self.day,
        }
    }

    fn base(&self, tenant: &str, by: Base, of: &Condition) -> i128 {
        let own = self.bill.iter().filter(|charge| {
            charge.tenant == Some(tenant)
                && charge.period() == self.period
                && charge.currency == self.currency
                && holds(of, charge)
        });
        own.map(|charge| if by == Base::Hours { charge.hours } else { charge.cost }).sum()
    }
}

fn is_daily(split: &Split) -> bool {
    let is = |method: &Method| matches!(method, Method::Driver { every: Every::Day, .. });
    match &split.method {
        Method::Tiers(tiers) => tiers.iter().any(|tier| is(&tier.method)),
        plain => is(plain),
    }
}

/// The few patterns that the random rules use.
fn holds(condition: &Condition, charge: &Charge) -> bool {
    let Condition::Is(atom) = condition else { return true };
    let value = match atom.dimension.to_string().as_str() {
        "line-type" => charge.line_type,
        _ => charge.component,
    };
    value != "-"
        && atom.patterns.iter().any(|pattern| match pattern.as_str() {
            "*" => true,
            "*a*" => value.contains('a'),
            exact => exact == value,
        })
}
