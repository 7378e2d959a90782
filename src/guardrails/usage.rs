//! Usage: instance types, regions and tags that a policy does not allow.
//!
//! In:    the bill, the guardrails that cover each row.
//! Out:   a [`Violation`] per rule, guardrail, person and resource, by day.
//! Never: knows what a substitute costs.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::GuardrailError;
use super::bill::{Bill, Place};
use crate::model::frame::Texts;
use crate::model::glob::{BadGlob, Glob};
use crate::model::money::{Currency, Money, Quantity};
use crate::model::policy::{Broken, Guardrail, Policy, Violation, ViolationDay};

/// What tells violations apart: the rule, the guardrail, the place of the tag, the currency.
type Key = (Broken, usize, usize, u32, Place);

/// Rows that broke one rule.
struct Rows {
    first: usize,
    days: BTreeMap<(u32, u32), Sums>,
}

#[derive(Default)]
struct Sums {
    row: usize,
    cost: i128,
    hours: i128,
    line_items: u64,
}

/// What one guardrail says of every instance type and region of the bill, by code.
struct Allowed {
    instance_types: Option<Vec<bool>>,
    regions: Option<Vec<bool>>,
    /// Places of its tags among those of the bill.
    tags: Vec<usize>,
}

/// Every violation by usage.
pub(super) fn broken(
    policy: &Policy,
    bill: &Bill,
    covering: &[Vec<usize>],
) -> Result<Vec<Violation>, GuardrailError> {
    let allowed: Vec<Allowed> =
        policy.guardrails.iter().map(|of| Allowed::of(of, bill)).collect::<Result<_, _>>()?;
    let mut found: FxHashMap<Key, Rows> = FxHashMap::default();
    let mut order = Vec::new();
    for row in (0..bill.rows).filter(|row| bill.is_usage(*row)) {
        for (broken, guardrail, tag) in of_row(bill, row, &covering[row], &allowed) {
            let key = (broken, guardrail, tag, bill.currency.codes()[row], bill.place(row));
            let rows = found.entry(key).or_insert_with(|| {
                order.push(key);
                Rows { first: row, days: BTreeMap::new() }
            });
            rows.add(bill, row).ok_or(GuardrailError::Range)?;
        }
    }
    let told = |key: &Key| Some(violation(policy, bill, *key, found.get(key)?));
    Ok(order.iter().filter_map(told).collect())
}

/// The rules that a row breaks, each once under the first guardrail that says so.
fn of_row(
    bill: &Bill,
    row: usize,
    covering: &[usize],
    allowed: &[Allowed],
) -> Vec<(Broken, usize, usize)> {
    let mut broken = Vec::new();
    let component = bill.component_of(row);
    let is_fine = |all: &Option<Vec<bool>>, texts: &Texts| {
        let code = texts.codes()[row] as usize;
        all.as_ref().is_none_or(|fine| fine[code])
    };
    let instance_type = bill.instance_type.get(row).filter(|of| of.starts_with("ml."));
    let is_system = instance_type.is_none_or(|of| Policy::is_system(component, of));
    let mut first = |rule: Broken, breaks: &dyn Fn(&Allowed) -> bool, tag: usize| {
        if let Some(at) = covering.iter().find(|at| breaks(&allowed[**at])) {
            broken.push((rule, *at, tag));
        }
    };
    if !is_system {
        let breaks = |of: &Allowed| !is_fine(&of.instance_types, bill.instance_type);
        first(Broken::InstanceType, &breaks, 0);
    }
    if bill.region.get(row).is_some() {
        first(Broken::Region, &|of| !is_fine(&of.regions, bill.region), 0);
    }
    if Policy::must_be_tagged(component) {
        let missing = (0..).zip(&bill.tags).filter(|(_, (_, values))| values.get(row).is_none());
        for (tag, _) in missing {
            first(Broken::MissingTag, &|of| of.tags.contains(&tag), tag);
        }
    }
    broken
}

fn violation(policy: &Policy, bill: &Bill, key: Key, rows: &Rows) -> Violation {
    let (broken, guardrail, tag, _, _) = key;
    let place = bill.place_of(rows.first);
    let guardrail = &policy.guardrails[guardrail];
    let (found, allowed) = match broken {
        Broken::InstanceType => (place.instance_type.clone(), guardrail.instance_types.join(", ")),
        Broken::Region => (place.region.clone(), guardrail.regions.join(", ")),
        Broken::MissingTag | Broken::Ceiling => {
            let key = bill.tags[tag].0.clone();
            (Some(key.clone()), key)
        }
    };
    let day = |sums: &Sums| ViolationDay {
        day: bill.day.get(sums.row).unwrap_or_default().to_owned(),
        month: bill.month.get(sums.row).unwrap_or_default().to_owned(),
        hours: Quantity(sums.hours),
        cost: Money(sums.cost),
        substitute_cost: None,
        line_items: sums.line_items,
    };
    let mut days: Vec<ViolationDay> = rows.days.values().map(day).collect();
    days.sort_by(|a, b| (&a.day, &a.month).cmp(&(&b.day, &b.month)));
    Violation {
        broken,
        guardrail: guardrail.name.clone(),
        found,
        allowed,
        place,
        currency: Currency(bill.currency.get(rows.first).unwrap_or_default().into()),
        substitute: None,
        days,
    }
}

impl Rows {
    fn add(&mut self, bill: &Bill, row: usize) -> Option<()> {
        let key = (bill.day.codes()[row], bill.month.codes()[row]);
        let sums = self.days.entry(key).or_insert_with(|| Sums { row, ..Sums::default() });
        sums.cost = sums.cost.checked_add(bill.cost[row])?;
        sums.hours = sums.hours.checked_add(bill.hours[row])?;
        sums.line_items += bill.line_items[row];
        Some(())
    }
}

impl Allowed {
    fn of(guardrail: &Guardrail, bill: &Bill) -> Result<Self, BadGlob> {
        let key_at = |key: &String| bill.tags.iter().position(|(known, _)| known == key);
        Ok(Self {
            instance_types: fitting(&guardrail.instance_types, bill.instance_type)?,
            regions: fitting(&guardrail.regions, bill.region)?,
            tags: guardrail.tags.iter().filter_map(key_at).collect(),
        })
    }
}

/// By code: whether a text fits one of some patterns; `None` when there are none.
fn fitting(patterns: &[String], texts: &Texts) -> Result<Option<Vec<bool>>, BadGlob> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let globs: Vec<Glob> = patterns.iter().map(|of| Glob::parse(of)).collect::<Result<_, _>>()?;
    let fits = |text: Option<&str>| text.is_some_and(|text| globs.iter().any(|of| of.fits(text)));
    Ok(Some(texts.values().into_iter().map(fits).collect()))
}
