//! Item: what is compared, one row of a billing period.
//!
//! In:    line item types and standings.
//! Out:   [`Item`], [`Kind`].
//! Never: knows a period; the caller keeps the two apart.

use crate::model::answer::Standing;
use crate::model::money::{Currency, Money, Quantity};

/// One row of a billing period; several may have the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The resource id; for fees the line item type, for received cost the pool.
    pub resource: Option<String>,
    /// The usage type; it tells instance types and regions apart.
    pub usage_type: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The currency of both costs.
    pub currency: Currency,
    /// Usage hours; zero for usage that is not counted in hours.
    pub quantity: Quantity,
    /// Public on-demand price.
    pub list: Money,
    /// The metric of the question.
    pub cost: Money,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Usage at an on-demand or flat rate.
    Usage,
    /// Usage that a Savings Plan or a reservation covers.
    Covered,
    /// What a Savings Plan takes off an invoice for the usage that it covers.
    Negation,
    /// Fees, taxes, credits, refunds, discounts.
    Fee,
    /// Cost of others, received.
    Shared,
}

impl Kind {
    /// The kind of a row of an answer.
    pub fn of(standing: Standing, line_item_type: Option<&str>) -> Self {
        match line_item_type {
            _ if standing == Standing::Shared => Self::Shared,
            Some("Usage" | "FlatRateSubscription" | "FlateRateSubscription") => Self::Usage,
            Some("SavingsPlanCoveredUsage" | "DiscountedUsage") => Self::Covered,
            Some("SavingsPlanNegation") => Self::Negation,
            _ => Self::Fee,
        }
    }

    /// Whether it has a quantity.
    pub(super) fn is_usage(self) -> bool {
        matches!(self, Self::Usage | Self::Covered)
    }
}
