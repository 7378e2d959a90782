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

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::Standing;
use crate::model::charges::{AttributedCharges, Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, NOTHING, Texts};
use crate::model::glob::BadGlob;
use crate::model::maps::Maps;
use crate::model::metric::CostMetric;
use crate::model::question::Question;
use crate::model::reason::Reason;
use crate::model::tenancy::Tenancy;
use history::History;
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
    Frame(#[from] FrameError),
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
    for (name, texts) in virtual_tag::columns(&frame, tenancy, question)? {
        frame.set_texts(name, texts);
    }
    if question.asks_tenancy() {
        let [tenants, written] = tenant::columns(&frame, tenancy)?;
        frame.set_texts(Dimension::Tenant.key(), tenants);
        frame.set_texts(Dimension::TenantRule.key(), written);
    }
    let standings = standings(&frame, question)?;
    frame.set_texts(column::STANDING, standings);
    Ok(Attributed { charges: AttributedCharges(frame), untold: untold.finish() })
}

/// Charges with their owners, home volumes divided; untouched when the grain has no identity.
fn owned(
    charges: Charges,
    maps: &Maps,
    metric: CostMetric,
    untold: &mut Tally,
) -> Result<Frame, AttributeError> {
    let Charges { mut frame, tagged } = charges;
    if !frame.tells(column::OWNER_ARN) {
        return Ok(frame);
    }
    let seen = owners::names_seen(&frame)?;
    let history = History::new(&tagged);
    let spaces = SpaceOwners::new(&maps.spaces);
    let known = Known { seen: &seen, history: &history, spaces: &spaces };
    for (dimension, texts) in owners::columns(&frame, &known, metric, untold)? {
        frame.set_texts(dimension.key(), texts);
    }
    home_volume::split(frame, maps, &known, metric, untold)
}

/// Whether somebody answers for a charge, as far as the question asks.
fn standings(frame: &Frame, question: &Question) -> Result<Texts, FrameError> {
    if !question.asks_identity() {
        return Ok(Texts::all(Standing::Attributed.name(), frame.height()));
    }
    let none = Some(Reason::None.name());
    let of_reason = frame.texts(&Dimension::OwnerReason.key())?;
    let is_owned: Vec<bool> = of_reason.values().into_iter().map(|why| why != none).collect();
    let products = frame.texts(column::PRODUCT)?;
    let is_sagemaker: Vec<bool> = products.words().iter().map(component::is_sagemaker).collect();
    let tenants = if question.asks_tenancy() {
        Some(frame.texts(&Dimension::Tenant.key())?.codes())
    } else {
        None
    };
    let standing = |row: usize| {
        let is_owned = is_owned[of_reason.codes()[row] as usize];
        let is_answered_for = tenants.map_or(is_owned, |tenants| tenants[row] != NOTHING);
        if is_answered_for {
            Standing::Attributed
        } else if is_owned || is_sagemaker[products.codes()[row] as usize] {
            Standing::Unattributed
        } else {
            Standing::OtherServices
        }
    };
    let names = Standing::ALL.map(|standing| Some(standing.name()));
    Ok(Texts::of_places((0..frame.height()).map(|row| standing(row) as usize), &names))
}
