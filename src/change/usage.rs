//! Usage: the change of what is used in both periods: price, quantity, mix, coverage.
//!
//! In:    per resource and usage type the sums of either period.
//! Out:   four parts, by the formulas of the room's door.
//! Never: divides by zero; where nothing can be told, the change is price.

use std::collections::BTreeMap;

use arrow::datatypes::i256;

use super::{Item, Key, Kind, Parts};
use crate::model::change::Part;

/// Sums of one period, covered or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rate {
    hours: i128,
    list: i128,
    cost: i128,
}

/// Sums of one period.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Side {
    covered: Rate,
    open: Rate,
    pub(super) cost: i128,
    is_there: bool,
}

/// Both periods.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair {
    pub(super) before: Side,
    pub(super) after: Side,
}

impl Pair {
    pub(super) fn side(&mut self, is_after: bool) -> &mut Side {
        if is_after { &mut self.after } else { &mut self.before }
    }
}

impl Side {
    pub(super) fn add(&mut self, item: &Item) -> Option<()> {
        let rate = if item.kind == Kind::Covered { &mut self.covered } else { &mut self.open };
        rate.hours = rate.hours.checked_add(item.quantity.0)?;
        rate.list = rate.list.checked_add(item.list.0)?;
        rate.cost = rate.cost.checked_add(item.cost.0)?;
        self.cost = self.cost.checked_add(item.cost.0)?;
        self.is_there = true;
        Some(())
    }

    fn list(&self) -> Option<i128> {
        self.covered.list.checked_add(self.open.list)
    }
}

/// How a pair is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit<'a> {
    Hours,
    ListCost(Option<&'a str>),
}

impl Unit<'_> {
    fn of_rate(self, rate: Rate) -> i128 {
        match self {
            Self::Hours => rate.hours,
            Self::ListCost(_) => rate.list,
        }
    }

    fn of(self, side: Side) -> Option<i128> {
        self.of_rate(side.covered).checked_add(self.of_rate(side.open))
    }

    /// Whether every side that is there has something to measure, and nothing is negative.
    fn measures(self, pair: &Pair) -> bool {
        [pair.before, pair.after].into_iter().filter(|side| side.is_there).all(|side| {
            let rates = [side.covered, side.open];
            let is_sound = rates.into_iter().all(|rate| self.of_rate(rate) >= 0);
            is_sound && self.of(side).is_some_and(|quantity| quantity > 0)
        })
    }
}

/// What is measured in one unit.
#[derive(Debug, Default)]
struct Volume {
    before: i128,
    after: i128,
    cost_before: i128,
    /// The sum of the usage effects.
    effect: i128,
}

/// Splits the change of pairs whose resources are in both periods.
pub(super) fn compare(pairs: &[(Key<'_>, Pair)], parts: &mut Parts) -> Option<()> {
    let mut volumes: BTreeMap<Unit<'_>, Volume> = BTreeMap::new();
    for (key, pair) in pairs {
        let (before, after) = (pair.before.cost, pair.after.cost);
        let Some(split) = Split::of(key.1, pair) else {
            parts.add(Part::Price, *key, before, after)?;
            continue;
        };
        let Split { unit, is_both, q0, q1, effect, covered, price } = split;
        let volume = volumes.entry(unit).or_default();
        volume.before = volume.before.checked_add(q0)?;
        volume.after = volume.after.checked_add(q1)?;
        volume.cost_before = volume.cost_before.checked_add(before)?;
        volume.effect = volume.effect.checked_add(effect)?;
        parts.put(Part::Price, price)?;
        parts.put(Part::Coverage, covered)?;
        let usage = if is_both { Part::Quantity } else { Part::Mix };
        let most = [(price, Part::Price), (effect, usage), (covered, Part::Coverage)];
        let most = most.into_iter().max_by_key(|(amount, _)| amount.unsigned_abs());
        parts.name(most.map_or(Part::Price, |(_, part)| part), *key, before, after);
    }
    for volume in volumes.into_values() {
        let quantity = volume.quantity().unwrap_or(volume.effect);
        parts.put(Part::Quantity, quantity)?;
        parts.put(Part::Mix, volume.effect.checked_sub(quantity)?)?;
    }
    Some(())
}

impl Volume {
    /// The effect that more or less of the same would have had.
    fn quantity(&self) -> Option<i128> {
        scaled(self.after.checked_sub(self.before)?, self.cost_before, self.before)
    }
}

/// The change of one pair.
struct Split<'a> {
    unit: Unit<'a>,
    is_both: bool,
    q0: i128,
    q1: i128,
    effect: i128,
    covered: i128,
    price: i128,
}

impl<'a> Split<'a> {
    /// `None` when nothing measures the pair, or an effect leaves the range of 128 bits.
    fn of(usage_type: Option<&'a str>, pair: &Pair) -> Option<Self> {
        let units = [Unit::Hours, Unit::ListCost(usage_type)];
        let unit = units.into_iter().find(|unit| unit.measures(pair))?;
        let (q0, q1) = (unit.of(pair.before)?, unit.of(pair.after)?);
        let change = pair.after.cost.checked_sub(pair.before.cost)?;
        let is_both = pair.before.is_there && pair.after.is_there;
        let (effect, covered) = if is_both {
            let effect = scaled(q1.checked_sub(q0)?, pair.before.cost, q0)?;
            (effect, coverage(unit, pair, q0, q1)?)
        } else {
            (change, 0)
        };
        let price = change.checked_sub(effect)?.checked_sub(covered)?;
        Some(Self { unit, is_both, q0, q1, effect, covered, price })
    }
}

/// What the growth of coverage saves or costs, at the rates of the later period.
fn coverage(unit: Unit<'_>, pair: &Pair, q0: i128, q1: i128) -> Option<i128> {
    let (before, after) = (pair.before, pair.after);
    let quantity = |rate: Rate| unit.of_rate(rate);
    let would_be = scaled(quantity(before.covered), q1, q0)?;
    let grown = quantity(after.covered).checked_sub(would_be)?;
    if grown == 0 {
        return Some(0);
    }
    let at = |rate: Rate| scaled(grown, rate.cost, quantity(rate));
    let covered =
        if quantity(after.covered) > 0 { at(after.covered)? } else { at(before.covered)? };
    let open = if quantity(after.open) > 0 {
        at(after.open)?
    } else {
        // Nothing is uncovered any more: the rate of before, moved as the list price moved.
        let open = at(before.open)?;
        let (list0, list1) = (before.list()?, after.list()?);
        if list0 > 0 && list1 > 0 { scaled(scaled(open, list1, list0)?, q0, q1)? } else { open }
    };
    covered.checked_sub(open)
}

/// `amount * by / of`, rounded half away from zero; `None` when `of` is not positive or the result
/// leaves its range.
pub(super) fn scaled(amount: i128, by: i128, of: i128) -> Option<i128> {
    if of <= 0 {
        return None;
    }
    let product = i256::from_i128(amount).checked_mul(i256::from_i128(by))?;
    let of = i256::from_i128(of);
    let (whole, rest) = (product.checked_div(of)?, product.checked_rem(of)?);
    let twice = rest.wrapping_abs().checked_mul(i256::from_i128(2))?;
    let away = if twice < of {
        i256::ZERO
    } else if product < i256::ZERO {
        i256::MINUS_ONE
    } else {
        i256::ONE
    };
    whole.checked_add(away)?.to_i128()
}
