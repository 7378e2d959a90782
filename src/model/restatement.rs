//! Restatement: what a later delivery of the same month says otherwise, and why.
//!
//! In:    nothing; the room `change` fills it.
//! Out:   [`Shift`]s, each with its [`Why`].
//! Never: holds shifts that do not add up to the difference of the two deliveries.

use crate::model::answer::{KeyText, Standing};
use crate::model::money::{Currency, Money};

/// Why a later delivery says something else. The order is that of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A credit, a refund or a discount came, went or changed.
    LateCredit,
    /// The same usage at the same cost has another owner.
    TagBackfill,
    /// The same shared cost is divided otherwise, because what it is divided by has changed.
    OtherShares,
    /// The same usage has another quantity or another cost.
    RestatedUsage,
    /// Usage that was not there.
    NewUsage,
    /// Usage that is not there any more.
    GoneUsage,
    /// A fee or a tax came, went or changed.
    FeeOrTax,
}

impl Why {
    /// Every reason, in order.
    pub const ALL: [Self; 7] = [
        Self::LateCredit,
        Self::TagBackfill,
        Self::OtherShares,
        Self::RestatedUsage,
        Self::NewUsage,
        Self::GoneUsage,
        Self::FeeOrTax,
    ];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::LateCredit => "late_credit",
            Self::TagBackfill => "tag_backfill",
            Self::OtherShares => "other_shares",
            Self::RestatedUsage => "restated_usage",
            Self::NewUsage => "new_usage",
            Self::GoneUsage => "gone_usage",
            Self::FeeOrTax => "fee_or_tax",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::LateCredit => "late credit",
            Self::TagBackfill => "tag backfill",
            Self::OtherShares => "other shares",
            Self::RestatedUsage => "restated usage",
            Self::NewUsage => "new usage",
            Self::GoneUsage => "gone usage",
            Self::FeeOrTax => "fee or tax",
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::LateCredit => "credits, refunds and discounts that came, went or changed",
            Self::TagBackfill => "the same usage at the same cost, under another owner",
            Self::OtherShares => "the same shared cost, divided by what is known now",
            Self::RestatedUsage => "the same usage in another quantity or at another cost",
            Self::NewUsage => "usage that was not there before",
            Self::GoneUsage => "usage that is no longer there",
            Self::FeeOrTax => "fees and taxes that came, went or changed",
        }
    }
}

/// A part of what changed in one combination of values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// The currency of the amount.
    pub currency: Currency,
    /// Where the combination stands in the attribution.
    pub standing: Standing,
    /// One value per dimension that was compared by; nothing, too, where the reason concerns every
    /// value.
    pub keys: Vec<KeyText>,
    /// Why.
    pub why: Why,
    /// The later amount less the earlier one; of a combination that changed for two reasons, the
    /// part of this one. Never zero.
    pub change: Money,
}
