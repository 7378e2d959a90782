//! Deliveries: two deliveries of one month, compared charge by charge.
//!
//! In:    the same question answered from an earlier and from a later delivery.
//! Out:   [`Shift`]s that add up to the difference, combination by combination, to the pico-unit.
//! Never: takes a cost that only moved between owners for more or less usage.
//!
//! Combinations are told apart by every dimension of the question. Those that agree in what names
//! a charge ([`CHARGE`]) are one charge, whoever owns it. Of a charge that changed:
//!
//! - where the changes of its combinations cancel, the cost moved between owners: *tag backfill*,
//!   or *other shares* when all of them received it through splits;
//! - else the line item type decides for credits and for fees;
//! - else it is usage. What left combinations that are gone and what entered combinations that are
//!   new is the same usage as far as the amounts go, the smaller of the two: *tag backfill*, too.
//!   The rest of it is *restated*; where nothing left, what entered is *new*, and where nothing
//!   entered, what left is *gone*.
//!
//! A store keeps the resource ids of other services only on lines that have an owner, so a backfill
//! can make a charge known by an id that it did not have. Usage that cancels as soon as resource
//! ids are not looked at is therefore *tag backfill*.
//!
//! *Other shares* are told per tenant, pool, service and line type: they concern every charge of
//! a pool.
//!
//! Received cost is divided to a pico-unit, charge by charge; a change anywhere in a pool can move
//! single units everywhere in it. They are told with the largest change of the same tenant and
//! pool, so that only what really changed is listed.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{ChangeError, Kind};
use crate::model::answer::{Answer, KeyText, Standing};
use crate::model::apportion::apportion;
use crate::model::cost_rules::is_adjustment;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::restatement::{Shift, Why};

/// What names a charge, whoever owns it. The resource is the last.
pub const CHARGE: [Dimension; 7] = [
    Dimension::Day,
    Dimension::Service,
    Dimension::UsageType,
    Dimension::Operation,
    Dimension::LineItemType,
    Dimension::Account,
    Dimension::Resource,
];

/// The values of some dimensions, in one currency.
type Key<'a> = (&'a Currency, Vec<Option<&'a str>>);

/// The same, as a shift has them.
type OwnedKey = (Currency, Vec<KeyText>);

/// Currency, standing, and a value per dimension of the question.
type Combination<'a> = (&'a Currency, Standing, &'a [KeyText]);

/// One combination on both sides; at least one of them is there.
#[derive(Debug, Clone, Copy)]
struct Cell<'a> {
    currency: &'a Currency,
    standing: Standing,
    keys: &'a [KeyText],
    before: Option<i128>,
    after: Option<i128>,
}

/// What a later answer says otherwise. Both must be of the same question; sorted.
///
/// # Errors
/// When a sum leaves the range of 128-bit pico-units.
pub fn compare(before: &Answer, after: &Answer) -> Result<Vec<Shift>, ChangeError> {
    let place = |of: &Dimension| before.dimensions.iter().position(|own| own == of);
    let places: Vec<usize> = CHARGE.iter().filter_map(place).collect();
    let line_type = place(&Dimension::LineItemType);
    let mut charges: FxHashMap<Key<'_>, Vec<Cell<'_>>> = FxHashMap::default();
    for cell in changed(before, after) {
        charges.entry(cell.key(&places)).or_default().push(cell);
    }
    let mut shifts = Vec::new();
    for cells in charges.values() {
        let kind = line_type.and_then(|at| cells[0].keys[at].as_deref());
        let range = || ChangeError { currency: cells[0].currency.clone() };
        shifts.extend(of_charge(cells, kind).ok_or_else(range)?);
    }
    let places: Vec<usize> = CHARGE[..CHARGE.len() - 1].iter().filter_map(place).collect();
    without_resources(&mut shifts, &places)?;
    let receivers = [place(&Dimension::Tenant), place(&Dimension::Pool)];
    let kinds = [place(&Dimension::Service), line_type];
    let told: Vec<usize> = receivers.into_iter().chain(kinds).flatten().collect();
    let shifts = whole_pools(shifts, &told)?;
    let mut shifts = without_crumbs(shifts, receivers)?;
    shifts.sort_unstable();
    Ok(shifts)
}

/// The combinations whose cost is not the same on both sides.
fn changed<'a>(before: &'a Answer, after: &'a Answer) -> Vec<Cell<'a>> {
    let mut cells: FxHashMap<Combination<'a>, [Option<i128>; 2]> = FxHashMap::default();
    for (side, answer) in [before, after].into_iter().enumerate() {
        for row in &answer.rows {
            let key = (&row.currency, row.standing, row.keys.as_slice());
            // An answer has every combination once.
            cells.entry(key).or_default()[side] = Some(row.cost.0);
        }
    }
    let cell =
        |((currency, standing, keys), [before, after]): (Combination<'a>, [Option<i128>; 2])| {
            let is_same = before.unwrap_or(0) == after.unwrap_or(0);
            (!is_same).then_some(Cell { currency, standing, keys, before, after })
        };
    let mut cells: Vec<Cell<'_>> = cells.into_iter().filter_map(cell).collect();
    // Shares are handed out in this order, so it must not depend on a hash.
    cells.sort_unstable_by_key(|cell| (cell.currency, cell.keys, cell.standing));
    cells
}

impl<'a> Cell<'a> {
    fn key(&self, places: &[usize]) -> Key<'a> {
        (self.currency, places.iter().map(|at| self.keys[*at].as_deref()).collect())
    }

    fn change(&self) -> Option<i128> {
        self.after.unwrap_or(0).checked_sub(self.before.unwrap_or(0))
    }

    fn shift(&self, why: Why, change: i128) -> Shift {
        Shift {
            currency: self.currency.clone(),
            standing: self.standing,
            keys: self.keys.to_vec(),
            why,
            change: Money(change),
        }
    }
}

/// The shifts of one charge; `None` when a sum leaves its range.
fn of_charge(cells: &[Cell<'_>], line_type: Option<&str>) -> Option<Vec<Shift>> {
    let changes: Vec<i128> = cells.iter().map(Cell::change).collect::<Option<_>>()?;
    let sum = changes.iter().try_fold(0_i128, |sum, change| sum.checked_add(*change))?;
    let all = |why: Why| {
        Some(cells.iter().zip(&changes).map(|(cell, change)| cell.shift(why, *change)).collect())
    };
    if sum == 0 {
        let is_received = cells.iter().all(|cell| cell.standing == Standing::Shared);
        return all(if is_received { Why::OtherShares } else { Why::TagBackfill });
    }
    // Who received a line does not change what it is.
    match Kind::of(Standing::Attributed, line_type) {
        Kind::Fee if line_type.is_some_and(is_adjustment) => return all(Why::LateCredit),
        Kind::Fee => return all(Why::FeeOrTax),
        _ => {}
    }
    let moved = moved(cells)?;
    let has_left = cells.iter().any(|cell| cell.after.is_none());
    let has_entered = cells.iter().any(|cell| cell.before.is_none());
    let mut shifts = Vec::new();
    for ((cell, change), moved) in cells.iter().zip(changes).zip(moved) {
        let why = match (cell.before, cell.after) {
            (None, _) if !has_left => Why::NewUsage,
            (_, None) if !has_entered => Why::GoneUsage,
            _ => Why::RestatedUsage,
        };
        let rest = change.checked_sub(moved)?;
        let parts = [(Why::TagBackfill, moved), (why, rest)];
        let told = parts.into_iter().filter(|(_, amount)| *amount != 0);
        shifts.extend(told.map(|(why, amount)| cell.shift(why, amount)));
    }
    Some(shifts)
}

/// What every combination gained or lost because usage moved from those that are gone to those
/// that are new. Adds up to nothing.
fn moved(cells: &[Cell<'_>]) -> Option<Vec<i128>> {
    // Negations are usage below zero; they move as well.
    for sign in [1, -1] {
        let weight = |is_side: bool, amount: Option<i128>| {
            let amount = if is_side { amount.unwrap_or(0) } else { 0 };
            Some(amount.checked_mul(sign)?.max(0))
        };
        let weigh = |of: &dyn Fn(&Cell<'_>) -> Option<i128>| -> Option<(Vec<i128>, i128)> {
            let weights: Vec<i128> = cells.iter().map(of).collect::<Option<_>>()?;
            let sum = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
            Some((weights, sum))
        };
        let (left, lost) = weigh(&|cell| weight(cell.after.is_none(), cell.before))?;
        let (entered, gained) = weigh(&|cell| weight(cell.before.is_none(), cell.after))?;
        if lost == 0 || gained == 0 {
            continue;
        }
        let amount = sign * lost.min(gained);
        let (from, to) = (apportion(amount, &left)?, apportion(amount, &entered)?);
        return to.iter().zip(&from).map(|(to, from)| to.checked_sub(*from)).collect();
    }
    Some(vec![0; cells.len()])
}

/// Usage that cancels when nobody looks at resource ids only got an owner.
fn without_resources(shifts: &mut [Shift], places: &[usize]) -> Result<(), ChangeError> {
    let is_usage =
        |shift: &Shift| matches!(shift.why, Why::RestatedUsage | Why::NewUsage | Why::GoneUsage);
    let mut sums: BTreeMap<OwnedKey, (i128, Vec<usize>)> = BTreeMap::new();
    for (at, shift) in shifts.iter().enumerate().filter(|(_, shift)| is_usage(shift)) {
        let key: Vec<KeyText> = places.iter().map(|at| shift.keys[*at].clone()).collect();
        let (sum, members) = sums.entry((shift.currency.clone(), key)).or_default();
        let range = || ChangeError { currency: shift.currency.clone() };
        *sum = sum.checked_add(shift.change.0).ok_or_else(range)?;
        members.push(at);
    }
    for (_, members) in sums.into_values().filter(|(sum, _)| *sum == 0) {
        for at in members {
            shifts[at].why = Why::TagBackfill;
        }
    }
    Ok(())
}

/// Adds up what is only divided otherwise: that concerns every charge of a pool, and says nothing
/// about any of them.
fn whole_pools(shifts: Vec<Shift>, told: &[usize]) -> Result<Vec<Shift>, ChangeError> {
    let (otherwise, mut all): (Vec<Shift>, Vec<Shift>) =
        shifts.into_iter().partition(|shift| shift.why == Why::OtherShares);
    let mut sums: BTreeMap<OwnedKey, Money> = BTreeMap::new();
    for Shift { currency, mut keys, change, .. } in otherwise {
        for (at, key) in keys.iter_mut().enumerate() {
            if !told.contains(&at) {
                *key = None;
            }
        }
        let range = ChangeError { currency: currency.clone() };
        let sum = sums.entry((currency, keys)).or_default();
        *sum = sum.checked_add(change).ok_or(range)?;
    }
    let sums = sums.into_iter().filter(|(_, change)| *change != Money::ZERO);
    let (standing, why) = (Standing::Shared, Why::OtherShares);
    all.extend(sums.map(|((currency, keys), change)| Shift {
        currency,
        standing,
        keys,
        why,
        change,
    }));
    Ok(all)
}

/// The most by which rounding alone moves a received cost: two units on either side.
const CRUMB: u128 = 4;

/// Adds what only rounding moved to the largest shift of its tenant and pool.
fn without_crumbs(
    shifts: Vec<Shift>,
    receivers: [Option<usize>; 2],
) -> Result<Vec<Shift>, ChangeError> {
    let (shared, mut told): (Vec<Shift>, Vec<Shift>) =
        shifts.into_iter().partition(|shift| shift.standing == Standing::Shared);
    let mut pools: BTreeMap<OwnedKey, Vec<Shift>> = BTreeMap::new();
    for shift in shared {
        let key = receivers.iter().map(|at| shift.keys.get((*at)?).cloned()?).collect();
        pools.entry((shift.currency.clone(), key)).or_default().push(shift);
    }
    for ((currency, _), mut shifts) in pools {
        shifts.sort_unstable_by(|a, b| {
            let size = |shift: &Shift| shift.change.0.unsigned_abs();
            size(b).cmp(&size(a)).then_with(|| a.cmp(b))
        });
        let is_crumb = |shift: &Shift| shift.change.0.unsigned_abs() <= CRUMB;
        let first_crumb = shifts.iter().position(is_crumb).unwrap_or(shifts.len()).max(1);
        let crumbs = Money::checked_sum(shifts.drain(first_crumb..).map(|shift| shift.change));
        let largest = shifts[0].change;
        let whole = crumbs.and_then(|crumbs| largest.checked_add(crumbs));
        shifts[0].change = whole.ok_or(ChangeError { currency })?;
        told.extend(shifts.into_iter().filter(|shift| shift.change != Money::ZERO));
    }
    Ok(told)
}

#[cfg(test)]
mod tests;
