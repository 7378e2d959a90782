//! Rule use: what the rules and maps did on an export, so that dead ones are found.
//!
//! In:    nothing; `attribute` fills it.
//! Out:   [`RuleUse`] per rule and currency, [`MapUse`] per map.
//! Never: decides whether an unused rule is a mistake; a month without GPUs is no mistake.

use crate::model::money::{Currency, Money};
use crate::model::period::Days;
use crate::model::tenancy::Position;

/// What one rule did, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// Where the rule is written.
    pub at: Position,
    /// Its tenant.
    pub tenant: String,
    /// What it matches, in words.
    pub says: String,
    /// The days on which it is in force.
    pub during: Days,
    /// The currency; `None` when nothing matched.
    pub currency: Option<Currency>,
    /// Source rows that it gave to its tenant.
    pub line_items: u64,
    /// Their cost.
    pub cost: Money,
    /// Source rows that it fits, but that an earlier rule or a membership took.
    pub shadowed: u64,
}

/// Rows of a map that say nothing about this export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapUse {
    /// The map: `spaces.csv`.
    pub map: &'static str,
    /// Rows of the map.
    pub rows: u64,
    /// The lines of rows whose ARN or file system no charge has, in order.
    pub unmatched: Vec<u64>,
}
