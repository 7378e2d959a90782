//! Change: why a cost is not what it was, as parts that add up.
//!
//! In:    nothing; the room `change` fills it.
//! Out:   [`Change`] of one currency: what it was, what it is, the [`Part`]s, the things behind.
//! Never: holds parts that do not add up to the difference.

use crate::model::money::{Currency, Money};

/// A reason for a change. The order is that of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The same thing costs more or less per unit.
    Price,
    /// More or less was used, at the average rate of before.
    Quantity,
    /// Dearer or cheaper things were used.
    Mix,
    /// More or less of the usage is covered by a Savings Plan or a reservation.
    Coverage,
    /// Resources that were not there before.
    New,
    /// Resources that are no longer there.
    Gone,
    /// Fees, taxes, credits, refunds, discounts.
    Fees,
    /// Cost of others that split rules gave.
    Shared,
}

impl Part {
    /// Every part, in order.
    pub const ALL: [Self; 8] = [
        Self::Price,
        Self::Quantity,
        Self::Mix,
        Self::Coverage,
        Self::New,
        Self::Gone,
        Self::Fees,
        Self::Shared,
    ];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Quantity => "quantity",
            Self::Mix => "mix",
            Self::Coverage => "coverage",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Fees => "fees",
            Self::Shared => "shared",
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Price => "the same usage costs more or less",
            Self::Quantity => "more or less was used",
            Self::Mix => "dearer or cheaper kinds were used",
            Self::Coverage => "Savings Plans and reservations cover more or less",
            Self::New => "resources that were not there before",
            Self::Gone => "resources that are no longer there",
            Self::Fees => "fees, taxes, credits and discounts",
            Self::Shared => "cost of others, given by split rules",
        }
    }
}

/// Why the cost in one currency changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The cost of the earlier billing period.
    pub before: Money,
    /// The cost of the later one.
    pub after: Money,
    /// One amount per [`Part::ALL`]; their sum is `after - before`.
    pub parts: [Money; 8],
    /// What changed, the largest change first.
    pub things: Vec<Thing>,
}

/// The cost of one resource's usage type, of one kind of fee, or of one pool.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    /// The resource id, the line item type, or the pool; `None` when the export names none.
    pub name: Option<String>,
    /// The usage type.
    pub usage_type: Option<String>,
    /// The part that it is in; for usage of both periods the one that moved most of it.
    pub part: Part,
    /// What it cost.
    pub before: Money,
    /// What it costs.
    pub after: Money,
}
