//! Attribute: who made a charge, and how we know.
//!
//! In:    [`Charges`] with identity tags and owner ARNs.
//! Out:   [`AttributedCharges`]: domain, user profile and space ARN, owner reason, standing.
//! Never: changes a cost, drops a charge, or guesses without saying so in the reason.

mod owner;
mod names_seen;
mod rule_use;

use polars::prelude::{Column, DataFrame, NamedFrom, PolarsError, Series, StringChunked};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::Standing;
use crate::model::charges::{AttributedCharges, Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::glob::BadGlob;
use crate::model::question::Question;
use crate::model::tenancy::Tenancy;
use names_seen::NamesSeen;
use owner::{Evidence, Owner};
pub use rule_use::{map_use, rule_use};

/// What the room was promised was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AttributeError {
    /// A frame lacks a column of its grain.
    #[error("charges could not be attributed: {0}")]
    Frame(#[from] PolarsError),
    /// A pattern is no glob, although the rules were checked.
    #[error("a rule could not be prepared: {0}")]
    Pattern(#[from] BadGlob),
}

impl Diagnose for AttributeError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Internal
    }

    fn code(&self) -> &'static str {
        "BUG-ATTRIBUTE"
    }
}

/// Gives every charge its owner.
///
/// The first that holds: `tag`, `resource-arn`, `efs`, `none`. A frame whose grain has no identity
/// comes back with standing `attributed` everywhere: the question does not tell owners apart.
///
/// # Errors
/// Only when the frame lacks what its grain promises, which is our bug.
pub fn attribute(
    charges: Charges,
    _tenancy: &Tenancy,
    _question: &Question,
) -> Result<AttributedCharges, AttributeError> {
    let frame = charges.frame;
    if frame.column(column::OWNER_ARN).is_err() {
        let standing = vec![Standing::Attributed.name(); frame.height()];
        let standing = Series::new(column::STANDING.into(), standing);
        return with_columns(frame, vec![standing.into()]);
    }
    let owners = owners(&frame)?;
    let products = frame.column(column::PRODUCT)?.str()?;
    let standing: Vec<&str> = owners
        .iter()
        .zip(products.iter())
        .map(|(owner, product)| standing(owner, product.unwrap_or_default()).name())
        .collect();
    let text = |dimension: Dimension, of: fn(&Owner) -> Option<&str>| -> Column {
        let values: Vec<Option<&str>> = owners.iter().map(of).collect();
        Series::new(dimension.key().into(), values).into()
    };
    let columns = vec![
        text(Dimension::Domain, |owner| owner.domain_arn.as_deref()),
        text(Dimension::User, |owner| owner.user_profile_arn.as_deref()),
        text(Dimension::Space, |owner| owner.space_arn.as_deref()),
        text(Dimension::OwnerReason, |owner| Some(owner.reason.name())),
        Series::new(column::STANDING.into(), standing).into(),
    ];
    with_columns(frame, columns)
}

fn with_columns(
    mut frame: DataFrame,
    columns: Vec<Column>,
) -> Result<AttributedCharges, AttributeError> {
    for column in columns {
        frame.with_column(column)?;
    }
    Ok(AttributedCharges(frame))
}

fn owners(frame: &DataFrame) -> Result<Vec<Owner>, AttributeError> {
    let text = |name: &str| -> Result<&StringChunked, PolarsError> { frame.column(name)?.str() };
    let (domains, users, spaces) =
        (text(column::DOMAIN_TAG)?, text(column::USER_TAG)?, text(column::SPACE_TAG)?);
    let (arns, managed_by) = (text(column::OWNER_ARN)?, text(column::MANAGED_BY_TAG)?);
    let seen = NamesSeen::collect(domains.iter(), users.iter(), spaces.iter());
    let owner = |row: usize| {
        let evidence = Evidence {
            domain_tag: domains.get(row),
            user_tag: users.get(row),
            space_tag: spaces.get(row),
            owner_arn: arns.get(row),
            managed_by_tag: managed_by.get(row),
        };
        owner::owner_of(&evidence, &seen)
    };
    Ok((0..frame.height()).map(owner).collect())
}

fn standing(owner: &Owner, product: &str) -> Standing {
    if owner.reason != owner::Reason::None {
        Standing::Attributed
    } else if component::is_sagemaker(product) {
        Standing::Unattributed
    } else {
        Standing::OtherServices
    }
}
