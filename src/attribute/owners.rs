//! Owners: the owner of every charge, each combination of evidence weighed once.
//!
//! In:    charges with identity tags and owner ARNs.
//! Out:   the columns of domain, user profile, space and owner reason.
//! Never: looks at a cost.

use polars::prelude::{Column, DataFrame, PolarsError};
use rustc_hash::FxHashMap;

use crate::attribute::frame::texts;
use crate::attribute::names_seen::NamesSeen;
use crate::attribute::owner::{self, Evidence, Owner};
use crate::model::charges::{coded, column};
use crate::model::condition::Coded;
use crate::model::dimension::Dimension;

/// The owner of every charge, as columns.
pub(super) fn columns(frame: &DataFrame) -> Result<Vec<Column>, PolarsError> {
    let (owners, of_row) = owners(frame)?;
    let text = |dimension: Dimension, of: fn(&Owner) -> Option<&str>| {
        let values: Vec<Option<&str>> = of_row.iter().map(|at| of(&owners[*at])).collect();
        texts(&dimension.key(), &values)
    };
    Ok(vec![
        text(Dimension::Domain, |owner| owner.domain_arn.as_deref()),
        text(Dimension::User, |owner| owner.user_profile_arn.as_deref()),
        text(Dimension::Space, |owner| owner.space_arn.as_deref()),
        text(Dimension::OwnerReason, |owner| Some(owner.reason.name())),
    ])
}

/// Distinct owners, and which of them each row has.
fn owners(frame: &DataFrame) -> Result<(Vec<Owner>, Vec<usize>), PolarsError> {
    let names = [
        column::DOMAIN_TAG,
        column::USER_TAG,
        column::SPACE_TAG,
        column::OWNER_ARN,
        column::MANAGED_BY_TAG,
    ];
    let columns: Vec<Coded> =
        names.iter().map(|name| coded(frame, name)).collect::<Result<_, _>>()?;
    let [domains, users, spaces, arns, managed_by] = &columns[..] else {
        return Ok((Vec::new(), Vec::new()));
    };
    let seen = NamesSeen::collect(&domains.values, &users.values, &spaces.values);
    let mut owners = Vec::new();
    let mut known: FxHashMap<[u32; 5], usize> = FxHashMap::default();
    let mut of_row = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        let key = [domains, users, spaces, arns, managed_by].map(|column| column.codes[row]);
        let at = *known.entry(key).or_insert_with(|| {
            let evidence = Evidence {
                domain_tag: domains.value(row),
                user_tag: users.value(row),
                space_tag: spaces.value(row),
                owner_arn: arns.value(row),
                managed_by_tag: managed_by.value(row),
            };
            owners.push(owner::owner_of(&evidence, &seen));
            owners.len() - 1
        });
        of_row.push(at);
    }
    Ok((owners, of_row))
}
