//! Anomaly: cost that its owner's history does not explain, as values.
//!
//! In:    nothing; `anomaly` fills them.
//! Out:   [`Anomaly`]: what is unusual, whose it is, its money and the charges behind it.
//! Never: says that something is wrong: it says what was not expected.

use chrono::NaiveDate;

use crate::model::money::{Currency, Money, UNIT};
use crate::model::period::BillingPeriod;

/// Months of history that are looked at before those asked for: thirteen of every weekday, and
/// enough months for a pace.
pub const MONTHS_BACK: usize = 3;

/// What is not worth a look, however unusual it is: an hour of somebody's time costs more.
pub const LEAST: Money = Money(10 * UNIT);

/// What is unusual. The first that explains a charge is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unusual {
    /// An owner ran a GPU for the first time.
    FirstGpu,
    /// An owner ran an instance type for the first time.
    NewInstanceType,
    /// A day left the band of its weekday.
    Day,
    /// A month has cost more by its day than any earlier one by the same day.
    Pace,
}

/// Whose history something is held against, the narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A user profile.
    User,
    /// A space.
    Space,
    /// A tenant.
    Tenant,
    /// A component of SageMaker.
    Component,
}

/// One thing that is unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What is unusual.
    pub unusual: Unusual,
    /// At which level its owner is.
    pub level: Level,
    /// The owner: an ARN, a tenant, a component.
    pub owner: String,
    /// The instance type that is new.
    pub found: Option<String>,
    /// The currency of every amount.
    pub currency: Currency,
    /// The month.
    pub month: BillingPeriod,
    /// The day; of something new its first, of a pace the last that is settled.
    pub day: NaiveDate,
    /// What was charged.
    pub cost: Money,
    /// What the owner's history lets expect.
    pub expected: Money,
    /// What lies above: `cost - expected`.
    pub excess: Money,
    /// What all charges behind it have in common.
    pub common: Common,
    /// The dearest charges behind it.
    pub behind: Vec<Behind>,
    /// Wider owners that the same charges make unusual: `tenant search`.
    pub also: Vec<String>,
    /// Source rows behind it.
    pub line_items: u64,
}

/// What charges have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Common {
    /// The user profile.
    pub user: Option<String>,
    /// The space.
    pub space: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The component.
    pub component: Option<String>,
    /// The instance type.
    pub instance_type: Option<String>,
}

/// A charge behind something unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The resource.
    pub resource: Option<String>,
    /// What was used, as AWS calls it.
    pub usage_type: Option<String>,
    /// What it cost.
    pub cost: Money,
    /// Source rows behind it.
    pub line_items: u64,
}

impl Unusual {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FirstGpu, Self::NewInstanceType, Self::Day, Self::Pace];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstGpu => "first_gpu",
            Self::NewInstanceType => "new_instance_type",
            Self::Day => "unusual_day",
            Self::Pace => "month_to_date",
        }
    }

    /// What to do about it.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::FirstGpu => "ask whether a GPU was meant; a guardrail can say who may",
            Self::NewInstanceType => "compare it with the instance type that did before",
            Self::Day => "look at the charges of the day; stop what still runs",
            Self::Pace => "see what grew since last month: `curtail diff`; adjust the budget",
        }
    }
}

impl Level {
    /// Every one, the narrowest first.
    pub const ALL: [Self; 4] = [Self::User, Self::Space, Self::Tenant, Self::Component];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Space => "space",
            Self::Tenant => "tenant",
            Self::Component => "component",
        }
    }
}
