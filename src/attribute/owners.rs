//! Owners: the owner of every charge, each combination of evidence weighed once.
//!
//! In:    charges with identity tags and owner ARNs; the map of spaces; the tags of resources.
//! Out:   the columns of domain, user profile, space and owner reason.
//! Never: changes a cost.

use rayon::prelude::*;

use crate::attribute::frame::RowDays;
use crate::attribute::held::Held;
use crate::attribute::history::{History, Told};
use crate::attribute::names_seen::NamesSeen;
use crate::attribute::owner::{self, Evidence, Owner};
use crate::attribute::untold::{Tally, Why};
use crate::model::arn::StudioArn;
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Groups, Texts};
use crate::model::maps::SpaceOwner;
use crate::model::metric::CostMetric;
use crate::model::period::Day;
use crate::model::reason::Reason;

/// What is known beside a charge itself.
pub(super) struct Known<'a> {
    /// Names that tags spell out.
    pub(super) seen: &'a NamesSeen,
    /// Whom tags name on other lines.
    pub(super) history: &'a History<'a>,
    /// Who owns a space.
    pub(super) spaces: &'a SpaceOwners<'a>,
}

/// Who owns a space, on which day.
pub(super) struct SpaceOwners<'a>(Held<'a, SpaceOwner>);

impl<'a> SpaceOwners<'a> {
    /// Rows without an owner say nothing.
    pub(super) fn new(rows: &'a [SpaceOwner]) -> Self {
        let told = rows.iter().filter(|row| !row.owner_profile_arn.is_empty());
        Self(Held::new(told.map(|row| (row.space_arn.as_str(), row.during, row))))
    }

    /// The user profile that owns a space on a day, spelled as tags spell it.
    pub(super) fn of(&self, space: &str, day: Option<Day>, seen: &NamesSeen) -> Option<String> {
        let owner = &self.0.of(space)?.on(day)?.owner_profile_arn;
        let arn = StudioArn::parse(owner);
        Some(arn.map_or_else(|| owner.clone(), |arn| seen.user(&arn)))
    }
}

/// The names that the tags of charges spell out.
pub(super) fn names_seen(frame: &Frame) -> Result<NamesSeen, FrameError> {
    let of = |name: &str| frame.texts(name).map(Texts::values);
    Ok(NamesSeen::collect(
        &of(column::DOMAIN_TAG)?,
        &of(column::USER_TAG)?,
        &of(column::SPACE_TAG)?,
    ))
}

/// The owner of every charge, as columns; what history could not tell goes to `untold`.
pub(super) fn columns(
    frame: &Frame,
    known: &Known,
    metric: CostMetric,
    untold: &mut Tally,
) -> Result<[(Dimension, Texts); 4], FrameError> {
    let (owners, of_row) = owners(frame, known)?;
    let (arns, currencies) = (frame.texts(column::OWNER_ARN)?, frame.texts(column::CURRENCY)?);
    let costs = frame.amounts(metric.column())?;
    for (row, at) in of_row.iter().enumerate() {
        if let (Reason::None, Some(arn)) = (owners[*at].reason, arns.get(row))
            && known.history.of(arn) == Some(&Told::Several)
        {
            let currency = currencies.get(row).unwrap_or_default();
            untold.add((Why::HistoryDisagrees, "", currency), costs[row], [arn.to_owned()]);
        }
    }
    let text = |of: fn(&Owner) -> Option<&str>| {
        let values: Vec<Option<&str>> = owners.iter().map(of).collect();
        Texts::of_places(of_row.iter().copied(), &values)
    };
    let ((user, space), (domain, reason)) = rayon::join(
        || {
            rayon::join(
                || text(|owner| owner.user_profile_arn.as_deref()),
                || text(|owner| owner.space_arn.as_deref()),
            )
        },
        || {
            let domain = text(|owner| owner.domain_arn.as_deref());
            (domain, text(|owner| Some(owner.reason.name())))
        },
    );
    Ok([
        (Dimension::Domain, domain),
        (Dimension::User, user),
        (Dimension::Space, space),
        (Dimension::OwnerReason, reason),
    ])
}

/// Distinct owners, and which of them each row has.
fn owners(frame: &Frame, known: &Known) -> Result<(Vec<Owner>, Vec<usize>), FrameError> {
    let of = |name: &str| frame.texts(name);
    let (domains, users) = (of(column::DOMAIN_TAG)?, of(column::USER_TAG)?);
    let (spaces, arns) = (of(column::SPACE_TAG)?, of(column::OWNER_ARN)?);
    let managed_by = of(column::MANAGED_BY_TAG)?;
    let days = RowDays::of(frame);
    let mut evidence = vec![domains, users, spaces, arns, managed_by];
    // Most maps hold on every day, and then days tell no owners apart.
    let day = frame.texts(&Dimension::Day.key()).ok();
    evidence.extend(day.filter(|_| known.spaces.0.is_dated()));
    let weighed = Groups::of_equal(frame.height(), &evidence);
    let owner = |row: usize| {
        let owner_arn = arns.get(row);
        let history = owner_arn.and_then(|arn| known.history.of(arn));
        let evidence = Evidence {
            domain_tag: domains.get(row),
            user_tag: users.get(row),
            space_tag: spaces.get(row),
            owner_arn,
            history: history.and_then(|told| match told {
                Told::One(owner) => Some(owner),
                Told::Several => None,
            }),
            managed_by_tag: managed_by.get(row),
        };
        owner_of(&evidence, known, days.on(row))
    };
    let owners = weighed.first.into_par_iter().map(owner).collect();
    let of_row = weighed.of.into_iter().map(|of| of as usize).collect();
    Ok((owners, of_row))
}

fn owner_of(evidence: &Evidence, known: &Known, day: Option<Day>) -> Owner {
    let owner = owner::owner_of(evidence, known.seen);
    let space = owner.space_arn.as_deref().filter(|_| owner.user_profile_arn.is_none());
    match space.and_then(|space| known.spaces.of(space, day, known.seen)) {
        Some(user) => owner::of_space(owner, user),
        None => owner,
    }
}
