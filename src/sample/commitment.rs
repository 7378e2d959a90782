//! Commitment: the Savings Plan and the reservations of a generated organisation.
//!
//! In:    the size of the organisation, usage that could be covered.
//! Out:   covered lines, negations, fees; what is covered plus what is unused is what was bought.
//! Never: lets a slice use more than was committed.

use std::sync::Arc;

use crate::sample::amount::{ONE, Units, after_discount, price};
use crate::sample::calendar::Span;
use crate::sample::cast::PAYER_ID;
use crate::sample::cost;
use crate::sample::price_list::{EC2, ML_PLANS, Product, RDS};
use crate::sample::profile::{Commitment, Detail, Line, LineType, Profile, Sku, Written};
use crate::sample::world::World;

/// An ML Savings Plan, partly paid upfront.
pub(super) struct Plan {
    pub(super) commitment: Arc<Commitment>,
    /// Recurring fee and amortized upfront fee per hour.
    pub(super) recurring: Units,
    pub(super) upfront: Units,
    fee: Arc<Profile>,
    negations: Vec<Arc<Profile>>,
}

/// What the plan paid for in one slice so far.
pub(super) struct Cover {
    span: Span,
    left: Units,
    used: Units,
    groups: Vec<Group>,
}

/// What one negation line will offset.
struct Group {
    sku: Arc<Sku>,
    usage: Units,
    unblended: Units,
}

impl Plan {
    /// A plan that a slice-hour with this many `SageMaker` lines uses well, but not wholly.
    pub(super) fn new(world: &mut World, lines_per_hour: u64) -> Self {
        let scale = i64::try_from(lines_per_hour).unwrap_or(0).clamp(5, 25_000);
        let (recurring, upfront) = (scale * 360_000_000, scale * 240_000_000);
        let commitment = Arc::new(Commitment {
            is_plan: true,
            arn: format!("arn:aws:savingsplans::{PAYER_ID}:savingsplan/{}", world.dice.uuid()),
            start: "2026-01-01T00:00:00.000Z".to_owned(),
            end: "2026-12-31T23:59:59.000Z".to_owned(),
            count: 0,
            plan_rate: None,
        });
        let fee = Profile {
            commitment: Some(Arc::clone(&commitment)),
            description: "1 year Partial Upfront Machine Learning Savings Plan".to_owned(),
            ..payer_line(
                world,
                Sku::unmetered(&ML_PLANS, "savings-plan-fee"),
                LineType::SavingsPlanRecurringFee,
            )
        };
        Self { commitment, recurring, upfront, fee: Arc::new(fee), negations: Vec::new() }
    }

    /// An untouched slice.
    pub(super) fn cover(&self, span: Span) -> Cover {
        let left = (self.recurring + self.upfront) * span.hours();
        Cover { span, left, used: 0, groups: Vec::new() }
    }

    /// The covered profile of a series.
    pub(super) fn covered(&self, world: &mut World, usage: &Profile) -> Arc<Profile> {
        let commitment = Arc::new(Commitment {
            plan_rate: Some(plan_rate(&usage.sku)),
            is_plan: true,
            arn: self.commitment.arn.clone(),
            start: self.commitment.start.clone(),
            end: self.commitment.end.clone(),
            count: 0,
        });
        Arc::new(usage.under(world.next(), LineType::SavingsPlanCoveredUsage, commitment))
    }

    /// The negations of a slice and its fee: as many lines as [`Cover::owed`] said.
    pub(super) fn settle(&mut self, world: &mut World, cover: &Cover) -> Vec<Line> {
        let mut lines = Vec::with_capacity(cover.groups.len() + 1);
        for group in &cover.groups {
            let profile = self.negation(world, &group.sku);
            let amount = -group.unblended;
            lines.push(Line {
                profile,
                span: cover.span,
                usage: group.usage,
                // The public price is negated too; a reader must not count it.
                written: Written {
                    unblended: amount,
                    net: Some(after_discount(amount)),
                    blended: Some(amount),
                    public: amount,
                },
                detail: Detail::None,
                metrics: [amount, 0, after_discount(amount), 0, 0, amount],
            });
        }
        let (recurring, upfront) =
            (self.recurring * cover.span.hours(), self.upfront * cover.span.hours());
        lines.push(Line {
            profile: Arc::clone(&self.fee),
            span: cover.span,
            usage: cover.span.hours() * ONE,
            written: cost::written(recurring, 0),
            detail: Detail::Recurring { recurring, upfront, used: cover.used },
            metrics: cost::plan_fee(recurring, recurring + upfront - cover.used),
        });
        lines
    }

    /// One negation profile per price list entry, for the whole export.
    fn negation(&mut self, world: &mut World, sku: &Arc<Sku>) -> Arc<Profile> {
        if let Some(known) = self.negations.iter().find(|known| Arc::ptr_eq(&known.sku, sku)) {
            return Arc::clone(known);
        }
        let profile = Arc::new(Profile {
            commitment: Some(Arc::clone(&self.commitment)),
            description: format!("SavingsPlanNegation used by {}", sku.usage_type),
            ..payer_line(world, Arc::clone(sku), LineType::SavingsPlanNegation)
        });
        self.negations.push(Arc::clone(&profile));
        profile
    }
}

impl Cover {
    /// Lines that the slice still owes: one per negation, and the fee.
    pub(super) fn owed(&self) -> u64 {
        self.groups.len() as u64 + 1
    }

    /// The plan's cost of this usage if the plan can pay for it, within `room` lines.
    pub(super) fn take(&mut self, sku: &Arc<Sku>, usage: Units, room: u64) -> Option<Units> {
        let effective = price(plan_rate(sku), usage);
        let unblended = price(sku.rate?, usage);
        let group = self.groups.iter().position(|group| Arc::ptr_eq(&group.sku, sku));
        let lines = if group.is_some() { 1 } else { 2 };
        if effective == 0 || effective > self.left || lines > room {
            return None;
        }
        let group = group.unwrap_or_else(|| {
            self.groups.push(Group { sku: Arc::clone(sku), usage: 0, unblended: 0 });
            self.groups.len() - 1
        });
        self.left -= effective;
        self.used += effective;
        self.groups[group].usage += usage;
        self.groups[group].unblended += unblended;
        Some(effective)
    }
}

/// Instances reserved for a year, partly paid upfront.
pub(super) struct Reservation {
    pub(super) sku: Arc<Sku>,
    pub(super) commitment: Arc<Commitment>,
    /// Recurring and amortized upfront fee per instance and hour.
    pub(super) recurring: Units,
    pub(super) upfront: Units,
    used_in_slice: i64,
    used_in_month: i64,
}

impl Reservation {
    /// The reservations of the price list, by their indexes there.
    pub(super) fn all(world: &mut World, busiest_slice: u64) -> [Self; 2] {
        let count = (busiest_slice / 25 + 1).clamp(1, 500);
        let ec2 = Self::new(world, (&EC2, "ec2", count), (300_000_000, 250_000_000));
        let rds = Self::new(world, (&RDS, "rds", count), (800_000_000, 600_000_000));
        [ec2, rds]
    }

    fn new(
        world: &mut World,
        (product, service, count): (&'static Product, &str, u64),
        (recurring, upfront): (Units, Units),
    ) -> Self {
        let id = world.dice.uuid();
        let commitment = Arc::new(Commitment {
            is_plan: false,
            arn: format!("arn:aws:{service}:us-east-1:{PAYER_ID}:reserved-instances/{id}"),
            start: "2026-02-01T00:00:00.000Z".to_owned(),
            end: "2027-01-31T23:59:59.000Z".to_owned(),
            count,
            plan_rate: None,
        });
        let sku = Sku::unmetered(product, "other-service");
        Self { sku, commitment, recurring, upfront, used_in_slice: 0, used_in_month: 0 }
    }

    /// Hours of the reservation in a stretch of time.
    pub(super) fn capacity(&self, span: Span) -> i64 {
        i64::try_from(self.commitment.count).unwrap_or(0) * span.hours()
    }

    /// Forgets what the slice before used.
    pub(super) fn begin_slice(&mut self) {
        self.used_in_slice = 0;
    }

    /// The shares of whole hours in both fees, or nothing when the reservation is used up.
    pub(super) fn take(&mut self, span: Span, usage: Units) -> Option<(Units, Units)> {
        let hours = usage / ONE;
        if usage % ONE != 0 || self.used_in_slice + hours > self.capacity(span) {
            return None;
        }
        self.used_in_slice += hours;
        self.used_in_month += hours;
        Some((self.upfront * hours, self.recurring * hours))
    }

    /// Closes a month: hours that nobody used.
    pub(super) fn close_month(&mut self, month: Span) -> i64 {
        let unused = self.capacity(month) - self.used_in_month;
        self.used_in_month = 0;
        unused
    }
}

/// Three quarters of the public rate.
fn plan_rate(sku: &Sku) -> Units {
    sku.rate.unwrap_or(0) / 40 * 30
}

/// A line of the paying account itself.
pub(super) fn payer_line(world: &mut World, sku: Arc<Sku>, line_type: LineType) -> Profile {
    Profile::plain(world.next(), &cost::PAYER, sku, line_type)
}
