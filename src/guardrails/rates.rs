//! Rates: what an hour of an instance type cost in a region.
//!
//! In:    usage by day with its hours and its cost as charged; violations by instance type.
//! Out:   what an allowed instance type would have cost for the same hours.
//! Never: divides before it multiplies, or makes up a rate that the bill does not show.
//!
//! A day of one component is one observation. The rate of an instance type in a region is the
//! median of the days of the same component, else of every other component but spot training,
//! which is sold at other prices. It is kept as cost and hours, so that a cost for other hours is
//! rounded once.

use std::collections::BTreeMap;

use super::GuardrailError;
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::glob::Glob;
use crate::model::money::{Money, UNIT};
use crate::model::policy::{Broken, Guardrail, Policy, Violation};
use crate::model::rounding::half_even;

/// Usage at prices of its own.
const SPOT: &str = "spot-training";
/// Usage as it was charged, before any plan.
const USAGE: &str = "Usage";

/// Cost and hours of usage, both in pico-units and above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    cost: i128,
    hours: i128,
}

/// By component: every day's rate of one instance type.
type OfType = BTreeMap<String, Vec<Rate>>;

/// By currency and region, then by instance type.
#[derive(Default)]
pub(super) struct Rates {
    days: BTreeMap<(String, String), BTreeMap<String, OfType>>,
}

impl Rates {
    pub(super) fn of(frame: &Frame) -> Result<Self, GuardrailError> {
        let texts = |of: Dimension| frame.texts(&of.key());
        let (currency, region) = (texts(Dimension::Currency)?, texts(Dimension::Region)?);
        let (component, kind) = (texts(Dimension::Component)?, texts(Dimension::LineItemType)?);
        let instance_type = texts(Dimension::InstanceType)?;
        let (costs, hours) = (frame.amounts(column::COST)?, frame.amounts(column::USAGE_HOURS)?);
        let mut rates = Self::default();
        for row in 0..frame.height() {
            let rate = Rate { cost: costs[row], hours: hours[row] };
            let is_charged = kind.get(row) == Some(USAGE) && rate.cost > 0 && rate.hours > 0;
            let told = (currency.get(row), region.get(row), instance_type.get(row));
            let (Some(currency), Some(region), Some(instance_type), true) =
                (told.0, told.1, told.2, is_charged)
            else {
                continue;
            };
            let place = (currency.to_owned(), region.to_owned());
            let of_type = rates.days.entry(place).or_default();
            let of_type = of_type.entry(instance_type.to_owned()).or_default();
            let component = component.get(row).unwrap_or_default().to_owned();
            of_type.entry(component).or_default().push(rate);
        }
        Ok(rates)
    }

    /// Says what the violation would have cost on an instance type that is allowed: the one that
    /// the policy names, else the dearest that is cheaper than what ran, else the cheapest.
    pub(super) fn substitute(&self, policy: &Policy, violation: &mut Violation) {
        if violation.broken != Broken::InstanceType {
            return;
        }
        let of_name = |of: &&Guardrail| of.name == violation.guardrail;
        let Some(guardrail) = policy.guardrails.iter().find(of_name) else { return };
        let Some((name, rate)) = self.chosen(guardrail, violation) else { return };
        let mut hours = 0_i128;
        let mut before = 0_i128;
        let mut costs = Vec::with_capacity(violation.days.len());
        // What the hours up to each day cost is rounded, so that the days add up to their whole.
        for day in &violation.days {
            let so_far = hours.checked_add(day.hours.0).and_then(|sum| {
                hours = sum;
                rate.of(sum)
            });
            let Some(so_far) = so_far else { return };
            costs.push(Money(so_far - before));
            before = so_far;
        }
        for (day, cost) in violation.days.iter_mut().zip(costs) {
            day.substitute_cost = Some(cost);
        }
        violation.substitute = Some(name);
    }

    fn chosen(&self, guardrail: &Guardrail, violation: &Violation) -> Option<(String, Rate)> {
        let place = &violation.place;
        let at = (violation.currency.to_string(), place.region.clone()?);
        let here = self.days.get(&at)?;
        let component = place.component.as_deref().unwrap_or_default();
        let rate = |name: &str| rate(here.get(name)?, component);
        if let Some(name) = &guardrail.substitute {
            return Some((name.clone(), rate(name)?));
        }
        let globs: Vec<Glob> =
            guardrail.instance_types.iter().filter_map(|of| Glob::parse(of).ok()).collect();
        let hours = violation.days.iter().map(|day| day.hours.0).sum::<i128>();
        let cost = violation.cost()?.0;
        let names = here.keys().filter(|name| globs.iter().any(|glob| glob.fits(name)));
        let mut known: Vec<(i128, &String, Rate)> = names
            .filter_map(|name| {
                let rate = rate(name)?;
                Some((rate.of(hours)?, name, rate))
            })
            .collect();
        known.sort_by_key(|(cost, name, _)| (*cost, *name));
        let cheaper = known.partition_point(|(of, ..)| *of < cost);
        let (_, name, rate) = known.get(cheaper.saturating_sub(1))?;
        Some(((*name).clone(), *rate))
    }
}

/// The median of the days of a component, else of all others.
fn rate(days: &OfType, component: &str) -> Option<Rate> {
    if let Some(own) = days.get(component) {
        return median(own.clone());
    }
    let others = days.iter().filter(|(of, _)| *of != SPOT).flat_map(|(_, days)| days);
    median(others.copied().collect())
}

/// The lower of the two in the middle when their number is even.
fn median(mut rates: Vec<Rate>) -> Option<Rate> {
    rates.sort_by_key(|rate| (rate.of(UNIT), rate.cost, rate.hours));
    rates.get(rates.len().checked_sub(1)? / 2).copied()
}

impl Rate {
    /// What so many pico-hours cost, rounded once; `None` beyond the range.
    fn of(self, hours: i128) -> Option<i128> {
        Some(half_even(hours.checked_mul(self.cost)?, self.hours))
    }
}
