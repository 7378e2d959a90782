//! Allocate: who pays for what is shared.
//!
//! In:    [`AttributedCharges`] with their tenants, and the splits of a [`Tenancy`].
//! Out:   [`AllocatedCharges`]: the same money, each move with its trail.
//! Never: changes a total, rounds, or decides who a charge's tenant is.
//!
//! A split takes a pool per billing period and currency, with a daily driver per day. The pool is
//! divided as one amount; tiers, caps and floors act there. Then its composition is divided so
//! that every tenant receives exactly its share and every origin gives exactly what it is, first by
//! what rules tell apart, then by what the question shows. So a tenant's total is the same whatever
//! else is asked.
//!
//! A pool that keeps a part keeps its rows too, with all their line items and hours; rows of a pool
//! of which nothing stays are counted as given. Percentages within 0.0001 of the whole mean the
//! whole. A row of a driver file that names a month holds on every day of it. With a daily driver,
//! limits hold for the whole billing period: a day gives what earlier days left of a cap, and what
//! earlier days still owe of a floor; tiers count from the zero of each day.

mod book;
mod carry;
mod ledger;
mod shares;
mod weights;
mod write;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::charges::{AllocatedCharges, AttributedCharges};
use crate::model::dimension::Dimension;
use crate::model::frame::FrameError;
use crate::model::money::{Currency, Money};
use crate::model::question::Question;
use crate::model::tenancy::Tenancy;
use crate::model::trail::Trail;
use book::Book;
use ledger::Ledger;
use weights::Weigher;

/// Shared cost could not be given to tenants.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    /// A split refuses to go on without a base.
    #[error("{place}: the split `{split}` refuses {date}: {why}")]
    NoBase {
        /// The split.
        split: String,
        /// Where it is written.
        place: String,
        /// The billing period or the day of the pool.
        date: String,
        /// What is missing, in words.
        why: String,
    },
    /// A split refuses a negative base.
    #[error("{place}: the split `{split}` refuses {date}: `{tenant}` weighs {base}")]
    NegativeBase {
        /// The split.
        split: String,
        /// Where it is written.
        place: String,
        /// The billing period or the day of the pool.
        date: String,
        /// The tenant.
        tenant: String,
        /// What it has.
        base: String,
    },
    /// A driver file is about other months than the bill.
    #[error("{place}: `{file}`, which drives the split `{split}`, has {has}; asked is {asked}")]
    DriverMonth {
        /// The split.
        split: String,
        /// Where it is written.
        place: String,
        /// The driver file, as written.
        file: String,
        /// The months it has.
        has: String,
        /// The months of the pools.
        asked: String,
    },
    /// The sums of a split leave the range.
    #[error("the split `{split}` adds up to more than 128-bit pico-units hold")]
    Overflow {
        /// The split.
        split: String,
    },
    /// The sums of the charges leave the range.
    #[error("shared cost adds up to more than 128-bit pico-units hold")]
    Range,
    /// What was given is not what was received.
    #[error("{given} {currency} of shared cost was given, {received} was received")]
    Unbalanced {
        /// The currency.
        currency: Currency,
        /// What left its place.
        given: Money,
        /// What arrived.
        received: Money,
    },
    /// The frame was not what the room was promised.
    #[error("shared cost could not be split: {0}")]
    Frame(#[from] FrameError),
    /// A pattern that was accepted when it was read is none.
    #[error("shared cost could not be split: {0}")]
    Pattern(String),
}

impl Diagnose for AllocateError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoBase { .. }
            | Self::NegativeBase { .. }
            | Self::DriverMonth { .. }
            | Self::Overflow { .. }
            | Self::Range => ErrorKind::Input,
            Self::Unbalanced { .. } => ErrorKind::Integrity,
            Self::Frame(_) | Self::Pattern(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoBase { .. } => "SPLIT-NO-BASE",
            Self::NegativeBase { .. } => "SPLIT-NEGATIVE-BASE",
            Self::DriverMonth { .. } => "SPLIT-DRIVER-MONTH",
            Self::Overflow { .. } | Self::Range => "SPLIT-OVERFLOW",
            Self::Unbalanced { .. } => "BOOKS-SHARED",
            Self::Frame(_) | Self::Pattern(_) => "BUG-ALLOCATE",
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::NoBase { .. } => {
                "`on_zero = \"keep\"` leaves it where it is, `\"even\"` shares it"
            }
            Self::NegativeBase { .. } => "`on_negative = \"as-zero\"` lets it weigh nothing",
            Self::DriverMonth { .. } => {
                "add rows of a month that was asked for: `date,target,amount`"
            }
            Self::Overflow { .. } | Self::Range => "write the driver's amounts in a larger unit",
            Self::Unbalanced { .. } => "this is our arithmetic, not your data; please report it",
            Self::Frame(_) | Self::Pattern(_) => return Vec::new(),
        };
        vec![hint.into()]
    }
}

impl AllocateError {
    fn pattern(error: impl std::fmt::Display) -> Self {
        Self::Pattern(error.to_string())
    }
}

/// Carries out every split, when the question asks for tenants.
///
/// The frame that comes back has the dimensions of the question, its metric alone, hours when they
/// are asked for, and what the books and findings need.
///
/// # Errors
/// When a split refuses, or a frame lacks what its grain promises.
pub fn allocate(
    charges: AttributedCharges,
    tenancy: &Tenancy,
    question: &Question,
) -> Result<AllocatedCharges, AllocateError> {
    let frame = charges.0;
    let nothing =
        |frame| AllocatedCharges { frame, trail: Trail::default(), given: BTreeMap::new() };
    if !question.all_dimensions().any(Dimension::is_tenancy) {
        return Ok(nothing(frame));
    }
    if tenancy.splits.is_empty() {
        return Ok(nothing(write::with_pool(frame)));
    }
    let book = Book::read(&frame, tenancy, question)?;
    let mut ledger = Ledger::open(&book, tenancy, question)?;
    let weigher = Weigher::new(&book, tenancy, question.metric)?;
    let trail = carry::carry_out(&book, &mut ledger, &weigher, tenancy)?;
    let given = write::given(&book, &ledger)?;
    let frame = write::frame(&book, &ledger, tenancy, question)?;
    Ok(AllocatedCharges { frame, trail, given })
}
