//! Budget: what a tenant may spend, and who spends more.
//!
//! In:    `tenants.toml` and `budgets.csv`, already parsed.
//! Out:   [`Budget`]; [`Overrun`].
//! Never: adds up two currencies.

use std::fmt;

use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;

/// What a tenant may spend in a billing period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The tenant's id.
    pub tenant: String,
    /// The billing period; `None` means every one.
    pub month: Option<BillingPeriod>,
    /// How much.
    pub amount: Money,
    /// Its currency; `None` is that of the bill.
    pub currency: Option<Currency>,
}

/// What is held against a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// What is billed so far.
    Actual,
    /// What the month will have cost.
    Forecast,
}

/// A tenant above its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overrun {
    /// The tenant's id.
    pub tenant: String,
    /// The month.
    pub month: BillingPeriod,
    /// The currency of both amounts.
    pub currency: Currency,
    /// What was held against the budget.
    pub measure: Measure,
    /// How much that is.
    pub cost: Money,
    /// The budget.
    pub budget: Money,
}

impl Measure {
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Forecast => "forecast",
        }
    }

    /// The measure of a word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Actual, Self::Forecast].into_iter().find(|of| of.name() == text)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
