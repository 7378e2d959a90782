//! Trail: every move of a shared cost, so that anybody can follow it.
//!
//! In:    nothing; `allocate` fills it.
//! Out:   [`Trail`]: pools, what each tenant received of them and by which share, what stayed.
//! Never: holds an amount that is not also in the allocated charges.

use crate::model::money::{Currency, Money};
use crate::model::tenancy::Position;

/// Every pool of a run, in the order in which the splits were carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trail {
    /// The pools.
    pub pools: Vec<Pool>,
}

/// What one split took in one billing period and currency, and where it went.
///
/// `amount` is exactly the sum of `moves` and `kept`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The split's name.
    pub split: String,
    /// Its method.
    pub method: &'static str,
    /// Where it is written.
    pub at: Position,
    /// The billing period, `2026-10`.
    pub period: Option<String>,
    /// The day, when a driver decides each day.
    pub day: Option<String>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What was taken.
    pub amount: Money,
    /// What of it stayed where it was.
    pub kept: Money,
    /// Why something stayed, in words; `None` when nothing did.
    pub why_kept: Option<String>,
    /// Who received what, sorted by tenant id.
    pub moves: Vec<Move>,
}

/// What one tenant received of one pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The tenant's id.
    pub tenant: String,
    /// Its weight; the share is `weight / weights`.
    pub weight: i128,
    /// The sum of all weights of the pool, what stayed included.
    pub weights: i128,
    /// What it received.
    pub amount: Money,
}
