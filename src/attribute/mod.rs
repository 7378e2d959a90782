//! Attribute: who made a charge, and how we know.
//!
//! In:    [`Charges`] with identity tags and owner ARNs.
//! Out:   [`AttributedCharges`]: domain, user profile and space ARN, owner reason, standing.
//! Never: changes a cost, drops a charge, or guesses without saying so in the reason.

mod frame;
mod held;
mod history;
mod home_volume;
mod names_seen;
mod owner;
mod owners;
mod skeleton;
mod rule_use;
mod tenant;
mod untold;
mod virtual_tag;
#[cfg(test)]
mod tests;

use polars::prelude::{Column, DataFrame, PolarsError};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::Standing;
use crate::model::charges::{AttributedCharges, Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::glob::BadGlob;
use crate::model::maps::Maps;
use crate::model::metric::CostMetric;
use crate::model::question::Question;
use crate::model::tenancy::Tenancy;
use history::History;
use owner::Reason;
use owners::{Known, SpaceOwners};
pub use rule_use::{map_use, rule_use};
pub use skeleton::skeleton;
use untold::Tally;
pub use untold::{Untold, Why};

/// What the room was promised was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AttributeError {
    /// A column is absent or of another type.
    #[error("charges could not be attributed: {0}")]
    Frame(#[from] PolarsError),
    /// A pattern that was read is no pattern.
    #[error("charges could not be attributed: {0}")]
    Pattern(#[from] BadGlob),
    /// The parts of a home volume do not add up.
    #[error("the cost of a home volume could not be divided")]
    Volume,
}

impl Diagnose for AttributeError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Internal
    }

    fn code(&self) -> &'static str {
        "BUG-ATTRIBUTE"
    }
}

/// What the room found.
#[derive(Debug, Clone)]
pub struct Attributed {
    /// The charges with their owners, and with their tenants when the question asks for them.
    pub charges: AttributedCharges,
    /// What could not be told, with its money; sorted.
    pub untold: Vec<Untold>,
}

/// Gives every charge its owner, then its tenant.
///
/// The owner is the first that holds: `tag`, `space-owner`, `resource-arn`, `resource-history`,
/// `efs`, `none`. A question that asks for no identity gets standing `attributed` everywhere: it
/// does not tell owners apart.
///
/// # Errors
/// Only when the frame lacks what its grain promises, which is our bug.
pub fn attribute(
    charges: Charges,
    tenancy: &Tenancy,
    question: &Question,
) -> Result<Attributed, AttributeError> {
    let mut untold = Tally::default();
    let mut frame = owned(charges, &tenancy.maps, question.metric, &mut untold)?;
    // A virtual tag may have the name of a delivered one, which the others are still made of.
    let tags = virtual_tag::columns(&frame, tenancy, question)?;
    add(&mut frame, tags)?;
    if question.asks_tenancy() {
        let tenants = tenant::columns(&frame, tenancy)?;
        add(&mut frame, tenants)?;
    }
    let standings = standings(&frame, question)?;
    add(&mut frame, vec![standings])?;
    Ok(Attributed { charges: AttributedCharges(frame), untold: untold.finish() })
}

/// Charges with their owners, home volumes divided; untouched when the grain has no identity.
fn owned(
    charges: Charges,
    maps: &Maps,
    metric: CostMetric,
    untold: &mut Tally,
) -> Result<DataFrame, AttributeError> {
    let Charges { mut frame, tagged } = charges;
    if frame.column(column::OWNER_ARN).is_err() {
        return Ok(frame);
    }
    let seen = owners::names_seen(&frame)?;
    let history = History::new(&tagged);
    let spaces = SpaceOwners::new(&maps.spaces);
    let known = Known { seen: &seen, history: &history, spaces: &spaces };
    let owners = owners::columns(&frame, &known, metric, untold)?;
    add(&mut frame, owners)?;
    home_volume::split(frame, maps, &known, metric, untold)
}

fn add(frame: &mut DataFrame, columns: Vec<Column>) -> Result<(), PolarsError> {
    for column in columns {
        frame.with_column(column)?;
    }
    Ok(())
}

/// Whether somebody answers for a charge, as far as the question asks.
fn standings(frame: &DataFrame, question: &Question) -> Result<Column, PolarsError> {
    if !question.asks_identity() {
        let all = vec![Some(Standing::Attributed.name()); frame.height()];
        return Ok(frame::texts(column::STANDING, &all));
    }
    let reasons = frame.column(&Dimension::OwnerReason.key())?.str()?;
    let products = frame.column(column::PRODUCT)?.str()?;
    let tenants = if question.asks_tenancy() {
        Some(frame.column(&Dimension::Tenant.key())?.str()?)
    } else {
        None
    };
    let standing = |row: usize| {
        let is_owned = reasons.get(row) != Some(Reason::None.name());
        let is_answered_for = tenants.map_or(is_owned, |tenants| tenants.get(row).is_some());
        if is_answered_for {
            Standing::Attributed
        } else if is_owned || component::is_sagemaker(products.get(row).unwrap_or_default()) {
            Standing::Unattributed
        } else {
            Standing::OtherServices
        }
    };
    let all: Vec<_> = (0..frame.height()).map(|row| Some(standing(row).name())).collect();
    Ok(frame::texts(column::STANDING, &all))
}
