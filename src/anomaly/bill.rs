//! Bill: charges as their history is told by.
//!
//! In:    frames of charges, of several months.
//! Out:   [`Bill`]: usage of SageMaker by day, without fees that stand for a month.
//! Never: holds a text of its own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::AnomalyError;
use crate::model::charges::column;
use crate::model::cost_rules::QUANTITY_LINE_ITEM_TYPES;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::period::{BillingPeriod, Day};

/// Components that nobody at SageMaker can do anything about.
const ELSEWHERE: [&str; 2] = ["other-service", "savings-plan-fee"];
/// A subscription is one sum for a month, whatever is used.
const SUBSCRIPTION: &str = "FlatRateSubscription";

/// A charge of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Charge<'a> {
    pub(super) day: NaiveDate,
    pub(super) currency: &'a str,
    /// By level, the narrowest first.
    pub(super) owners: [Option<&'a str>; 4],
    pub(super) instance_type: Option<&'a str>,
    pub(super) usage_type: Option<&'a str>,
    pub(super) resource: Option<&'a str>,
    pub(super) cost: i128,
    pub(super) has_hours: bool,
    pub(super) line_items: u64,
}

/// Charges, sorted.
pub(super) struct Bill<'a> {
    pub(super) charges: Vec<Charge<'a>>,
}

impl<'a> Bill<'a> {
    pub(super) fn of(frames: &[&'a Frame]) -> Result<Self, AnomalyError> {
        let mut charges = Vec::new();
        for frame in frames {
            read(frame, &mut charges)?;
        }
        let fees = month_long(&charges);
        charges.retain(|charge| !is_fee(charge) || !fees.contains(&use_of(charge)));
        charges.sort_unstable();
        Ok(Self { charges })
    }

    /// The first day that anything is known of.
    pub(super) fn first_day(&self) -> Option<NaiveDate> {
        self.charges.first().map(|charge| charge.day)
    }

    /// What some charges cost.
    pub(super) fn cost(&self, charges: &[usize]) -> Result<i128, AnomalyError> {
        super::sum(charges.iter().map(|at| self.charges[*at].cost))
    }
}

fn read<'a>(frame: &'a Frame, charges: &mut Vec<Charge<'a>>) -> Result<(), AnomalyError> {
    let texts = |of: Dimension| frame.texts(&of.key());
    let (month, day) = (texts(Dimension::Month)?, texts(Dimension::Day)?);
    let (kind, component) = (texts(Dimension::LineItemType)?, texts(Dimension::Component)?);
    let owners =
        [texts(Dimension::User)?, texts(Dimension::Space)?, texts(Dimension::Tenant)?, component];
    let (currency, instance) = (texts(Dimension::Currency)?, texts(Dimension::InstanceType)?);
    let usage = texts(Dimension::UsageType)?;
    let (cost, hours) = (frame.amounts(column::COST)?, frame.amounts(column::USAGE_HOURS)?);
    // Earlier months come without.
    let resource = texts(Dimension::Resource).ok();
    let days = coded(day, |text| Some(Day::parse(text)?.0));
    let months = coded(month, BillingPeriod::parse);
    for row in 0..frame.height() {
        let kind = kind.get(row).unwrap_or_default();
        let is_usage = QUANTITY_LINE_ITEM_TYPES.contains(&kind) && kind != SUBSCRIPTION;
        let is_ours = !ELSEWHERE.contains(&component.get(row).unwrap_or_default());
        let of = |codes: &[u32]| codes[row] as usize;
        let Some(day) = days[of(day.codes())].filter(|_| is_usage && is_ours) else { continue };
        // What another month settles late says nothing of a day of this one.
        if months[of(month.codes())] != Some(BillingPeriod::containing(day)) {
            continue;
        }
        charges.push(Charge {
            day,
            currency: currency.get(row).unwrap_or_default(),
            owners: owners.map(|owner| owner.get(row)),
            instance_type: instance.get(row),
            usage_type: usage.get(row),
            resource: resource.and_then(|of| of.get(row)),
            cost: cost[row],
            has_hours: hours[row] != 0,
            line_items: frame.line_items()[row],
        });
    }
    Ok(())
}

/// What each code of a column means.
fn coded<T: Copy>(texts: &Texts, read: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    texts.values().into_iter().map(|text| text.and_then(&read)).collect()
}

/// Who uses what in which month.
type Use<'a> = (BillingPeriod, &'a str, [Option<&'a str>; 4], Option<&'a str>);

fn use_of<'a>(charge: &Charge<'a>) -> Use<'a> {
    (BillingPeriod::containing(charge.day), charge.currency, charge.owners, charge.usage_type)
}

/// A charge of the first of a month that no instance made.
fn is_fee(charge: &Charge) -> bool {
    charge.day.day() == 1 && !charge.has_hours
}

/// What is charged on the first of a month and on no other of its days stands for the month.
fn month_long<'a>(charges: &[Charge<'a>]) -> BTreeSet<Use<'a>> {
    let mut uses: BTreeMap<Use<'a>, bool> = BTreeMap::new();
    for charge in charges {
        *uses.entry(use_of(charge)).or_insert(true) &= is_fee(charge);
    }
    uses.into_iter().filter(|(_, is_fee)| *is_fee).map(|(of, _)| of).collect()
}
