//! Splits: who pays for what is shared, as people write it.
//!
//! In:    `[[split]]` of `tenants.toml`, already parsed.
//! Out:   [`Split`]: what is taken, who receives it, by which method, within which limits.
//! Never: computes a share; `allocate` does.

use std::collections::BTreeMap;

use crate::model::condition::Condition;
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity};
use crate::model::period::{BillingPeriod, Day, Days};
use crate::model::tenancy::Position;

/// One rule that gives a shared cost, its pool, to tenants.
///
/// A pool is what one split takes in one billing period and one currency (with a daily driver: on
/// one day). Every charge is in at most one pool at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The pool's name, unique in its file.
    pub name: String,
    /// The tenants whose cost is taken, received cost included; empty takes what no rule assigned.
    pub from: Vec<String>,
    /// What a charge must be to be taken.
    pub condition: Condition,
    /// The days on which the split is in force.
    pub during: Days,
    /// Who receives, and how much.
    pub method: Method,
    /// At most so much per billing period, by tenant.
    pub caps: Limits,
    /// At least so much per billing period, by tenant.
    pub floors: Limits,
    /// Where it is written.
    pub at: Position,
}

/// Amounts by tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// For every tenant that `of` does not name.
    pub each: Option<Money>,
    /// By tenant id.
    pub of: BTreeMap<String, Money>,
}

impl Limits {
    /// The limit of one tenant.
    pub fn for_tenant(&self, id: &str) -> Option<Money> {
        self.of.get(id).copied().or(self.each)
    }
}

/// Who receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// Every tenant but the ones that the pool is taken from.
    All,
    /// These, by id.
    Named(Vec<String>),
}

/// How a pool becomes shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// The same for each.
    Even(Targets),
    /// Written percentages.
    Fixed {
        /// Pico-percent by tenant id: `100 * 10^12` is the whole.
        percent: Vec<(String, Quantity)>,
        /// What happens to the part that the percentages do not reach.
        rest: Rest,
    },
    /// By what each tenant spent or used itself in the billing period.
    Proportional {
        /// Who receives.
        to: Targets,
        /// What is weighed.
        by: Base,
        /// Which of the tenants' own charges count; an empty `All` counts each.
        of: Condition,
        /// When nobody has a base.
        on_zero: OnZero,
        /// When a base is negative.
        on_negative: OnNegative,
    },
    /// By the amounts of a file.
    Driver {
        /// The file, as written.
        file: String,
        /// Its rows.
        rows: Vec<DriverRow>,
        /// Whether each day is split by its own rows.
        every: Every,
        /// When the file has no row for the day or the month.
        on_zero: OnZero,
    },
    /// The first so much by one method, the next by another, the last without an end.
    Tiers(Vec<Tier>),
}

/// What proportional shares weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The metric of the question.
    Cost,
    /// One metric whatever the question.
    Metric(CostMetric),
    /// Usage hours.
    Hours,
}

/// What happens to the part of a pool that percentages do not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It stays where it was, and is named.
    Keep,
    /// The targets share it by their percentages.
    Spread,
}

/// What happens when all weights are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnZero {
    /// The pool stays where it was, and is named.
    Keep,
    /// The targets share it evenly.
    Even,
    /// The run stops.
    Refuse,
}

/// What happens to a target whose weight is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnNegative {
    /// It weighs nothing.
    AsZero,
    /// The run stops.
    Refuse,
}

/// How often a driver decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Once per billing period, by the sum of its rows.
    Month,
    /// Once per day, by the rows of that day.
    Day,
}

/// One row of a driver file: `date,target,amount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverRow {
    /// The day or the month.
    pub date: DriverDate,
    /// The tenant id.
    pub target: String,
    /// Any measure, not negative.
    pub amount: Quantity,
}

/// When a driver row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriverDate {
    /// On one day.
    Day(Day),
    /// In one billing period.
    Month(BillingPeriod),
}

/// One step of a tiered split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Where the step ends, counted from the pool's zero, whatever its sign; `None` has no end.
    pub up_to: Option<Money>,
    /// How this step is split; never tiers again.
    pub method: Method,
}

impl Method {
    /// The word in files and in the trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Even(_) => "even",
            Self::Fixed { .. } => "fixed",
            Self::Proportional { .. } => "proportional",
            Self::Driver { .. } => "driver",
            Self::Tiers(_) => "tiers",
        }
    }
}

impl Split {
    /// What its weights are taken from.
    pub fn bases(&self) -> Vec<Base> {
        let base = |method: &Method| match method {
            Method::Proportional { by, .. } => Some(*by),
            _ => None,
        };
        self.method.steps().into_iter().filter_map(base).collect()
    }

    /// What is taken, and whose own charges are weighed.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut all = vec![&self.condition];
        for step in self.method.steps() {
            if let Method::Proportional { of, .. } = step {
                all.push(of);
            }
        }
        all
    }

    /// Whether a driver decides each day.
    pub fn decides_daily(&self) -> bool {
        let is_daily =
            |method: &&Method| matches!(method, Method::Driver { every: Every::Day, .. });
        self.method.steps().iter().any(is_daily)
    }
}

impl Method {
    /// The methods of all tiers; itself when it has none.
    fn steps(&self) -> Vec<&Self> {
        match self {
            Self::Tiers(tiers) => tiers.iter().flat_map(|tier| tier.method.steps()).collect(),
            plain => vec![plain],
        }
    }
}
