//! Change: why a cost changed from one billing period to another, or from one delivery to the next.
//!
//! In:    two lists of [`Item`]s: usage with its hours and list cost, fees, received cost; or two
//!        answers to the same question.
//! Out:   a [`Change`] per currency, whose parts add up to the difference, to the pico-unit; or the
//!        shifts of [`compare`], which do so as well.
//! Never: uses a float, or calls a part something that it cannot know.
//!
//! **Keys.** A resource that has usage in one period only is *new* or *gone*, with all its cost.
//! Usage without a resource id is told apart by its usage type instead. Everything else is compared
//! per resource and usage type, `0` before and `1` after, `C` the cost in the metric:
//!
//! - `q`, the quantity, is usage hours where both periods have hours (where one period alone has
//!   usage of that type, where that one has). Other usage is measured by its list cost, since its
//!   units are not all the same; a change of a list price then shows as quantity. Without either,
//!   where one is negative, or where an effect leaves 128 bits, nothing can be told from the price,
//!   and the whole change is *price*.
//! - usage effect `e = (q1 - q0) * C0 / q0`; a usage type that the resource did not have before
//!   enters with `C1`, one that it has no longer leaves with `-C0`.
//! - **quantity** `= (Q1 - Q0) * C0 / Q0` over the sums of all that is measured in one unit: hours
//!   together, list cost per usage type. **mix** is what the usage effects differ from that: the
//!   same hours on a dearer instance type. Where `Q0` is zero all of it is quantity.
//! - the rest, `C1 - C0 - e`, is the change of the cost per unit. With `k`, the part of `q1` by
//!   which coverage grew, `q1_covered - q0_covered * q1 / q0`: **coverage** is `k` times what a
//!   covered unit costs more than an uncovered one, both of the later period. Where that has no
//!   uncovered usage, the earlier rate stands in, moved as the list cost per unit moved; where it
//!   has no covered usage, the earlier covered rate. **price** is what is left, so the parts always
//!   add up.
//!
//! Divisions are rounded half away from zero to a pico-unit; as the last part of every sum is a
//! difference, no rounding is lost.

mod item;
mod usage;
mod deliveries;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::change::{Change, Part, Thing};
use crate::model::money::{Currency, Money};
pub use deliveries::{CHARGE, compare};
pub use item::{Item, Kind};
use usage::Pair;

/// A change could not be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change in {currency} leaves the range of 128-bit pico-units")]
pub struct ChangeError {
    /// The currency.
    pub currency: Currency,
}

impl Diagnose for ChangeError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "CHANGE-RANGE"
    }

    fn hints(&self) -> Vec<String> {
        vec!["look for absurd costs with `curtail check`".to_owned()]
    }
}

/// Splits the change of every currency, sorted by currency.
///
/// # Errors
/// When a sum leaves the range of 128-bit pico-units.
pub fn explain(before: &[Item], after: &[Item]) -> Result<Vec<Change>, ChangeError> {
    let all = before.iter().chain(after);
    let currencies: BTreeSet<&Currency> = all.map(|item| &item.currency).collect();
    let change = |currency: &Currency| {
        let of = |items: &[Item]| -> Vec<Item> {
            items.iter().filter(|item| item.currency == *currency).cloned().collect()
        };
        of_currency(currency, &of(before), &of(after))
            .ok_or_else(|| ChangeError { currency: currency.clone() })
    };
    currencies.into_iter().map(change).collect()
}

/// A key of usage: resource and usage type.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

fn of_currency(currency: &Currency, before: &[Item], after: &[Item]) -> Option<Change> {
    let sum = |items: &[Item]| Money::checked_sum(items.iter().map(|item| item.cost));
    let mut parts = Parts::default();
    simple(before, after, &mut parts)?;
    let mut pairs: BTreeMap<Key<'_>, Pair> = BTreeMap::new();
    for (items, is_after) in [(before, false), (after, true)] {
        for item in items.iter().filter(|item| item.kind.is_usage()) {
            let pair = pairs.entry((item.resource.as_deref(), item.usage_type.as_deref()));
            pair.or_default().side(is_after).add(item)?;
        }
    }
    let of_before: BTreeSet<_> = things(before).collect();
    let of_after: BTreeSet<_> = things(after).collect();
    let mut compared = Vec::new();
    for (key, pair) in pairs {
        let thing = if key.0.is_some() { (key.0, None) } else { key };
        match (of_before.contains(&thing), of_after.contains(&thing)) {
            (true, true) => compared.push((key, pair)),
            (false, _) => parts.add(Part::New, key, pair.before.cost, pair.after.cost)?,
            (_, false) => parts.add(Part::Gone, key, pair.before.cost, pair.after.cost)?,
        }
    }
    usage::compare(&compared, &mut parts)?;
    let mut things = parts.things;
    things.retain(|thing| thing.before != thing.after);
    let size = |thing: &Thing| Some(thing.after.checked_sub(thing.before)?.0.unsigned_abs());
    things.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.cmp(b)));
    Some(Change {
        currency: currency.clone(),
        before: sum(before)?,
        after: sum(after)?,
        parts: parts.sums.map(Money),
        things,
    })
}

/// What is new or gone as a whole: resources, and usage types of nothing in particular.
fn things(items: &[Item]) -> impl Iterator<Item = Key<'_>> {
    let usage = items.iter().filter(|item| item.kind.is_usage());
    usage.map(|item| match item.resource.as_deref() {
        Some(resource) => (Some(resource), None),
        None => (None, item.usage_type.as_deref()),
    })
}

/// Fees and received cost: the change itself is the part.
fn simple(before: &[Item], after: &[Item], parts: &mut Parts) -> Option<()> {
    let mut sums: BTreeMap<(Part, Key<'_>), [i128; 2]> = BTreeMap::new();
    for (at, items) in [before, after].into_iter().enumerate() {
        for item in items {
            let part = match item.kind {
                Kind::Fee => Part::Fees,
                Kind::Shared => Part::Shared,
                Kind::Negation => Part::Coverage,
                Kind::Usage | Kind::Covered => continue,
            };
            let key = (part, (item.resource.as_deref(), item.usage_type.as_deref()));
            let sum = &mut sums.entry(key).or_default()[at];
            *sum = sum.checked_add(item.cost.0)?;
        }
    }
    for ((part, key), [before, after]) in sums {
        parts.add(part, key, before, after)?;
    }
    Some(())
}

/// The parts so far.
#[derive(Debug, Default)]
struct Parts {
    sums: [i128; 8],
    things: Vec<Thing>,
}

impl Parts {
    fn put(&mut self, part: Part, amount: i128) -> Option<()> {
        let at = Part::ALL.iter().position(|of| *of == part)?;
        self.sums[at] = self.sums[at].checked_add(amount)?;
        Some(())
    }

    /// A thing whose whole change is in one part.
    fn add(&mut self, part: Part, key: Key<'_>, before: i128, after: i128) -> Option<()> {
        self.put(part, after.checked_sub(before)?)?;
        self.name(part, key, before, after);
        Some(())
    }

    fn name(&mut self, part: Part, key: Key<'_>, before: i128, after: i128) {
        self.things.push(Thing {
            name: key.0.map(ToOwned::to_owned),
            usage_type: key.1.map(ToOwned::to_owned),
            part,
            before: Money(before),
            after: Money(after),
        });
    }
}
