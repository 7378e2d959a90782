//! Forecast: what a month will have cost when it is over.
//!
//! In:    nothing; the room `forecast` fills it.
//! Out:   [`DailyCost`] to forecast from, [`Forecast`] per tenant and month.
//! Never: says how a forecast is made.

use chrono::NaiveDate;

use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;

/// Days after which AWS has delivered the usage of a day; until then it may still grow.
pub const GROWING: u64 = 2;

/// What one tenant was charged on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyCost {
    /// The currency of the cost.
    pub currency: Currency,
    /// The tenant's id; `None` is what nobody answers for.
    pub tenant: Option<String>,
    /// The billing period.
    pub month: BillingPeriod,
    /// The UTC day; `None` for what comes as one sum and says nothing of other days.
    pub day: Option<NaiveDate>,
    /// The cost.
    pub cost: Money,
}

/// Whether a month is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// All of its days are delivered.
    Over,
    /// Days are to come, and the last that are there may still grow.
    Running,
}

/// Whom a forecast is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody together.
    All,
    /// One tenant, or with `None` what nobody answers for.
    Tenant(Option<String>),
}

/// What a month will have cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Whom it is about.
    pub scope: Scope,
    /// The month.
    pub month: BillingPeriod,
    /// The currency of every amount.
    pub currency: Currency,
    /// What is billed so far.
    pub actual: Money,
    /// What it will be; `None` when there is nothing to go by.
    pub expected: Option<Money>,
    /// Between these it lies in 8 of 10 cases, if days go on as they did; `None` when nothing
    /// tells how wrong it may be.
    pub band: Option<[Money; 2]>,
    /// The method, in words.
    pub method: &'static str,
    /// Days that it rests on.
    pub days: u32,
}
