//! Skeleton: the rows that map files of an export would have, for people to fill in.
//!
//! In:    [`AttributedCharges`] told apart by domain, user, space and day; the maps there are.
//! Out:   [`Maps`]: every row there is, and one for each space, profile and home volume without.
//! Never: drops what somebody wrote, or invents an owner: one that tags name is prefilled.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribute::AttributeError;
use crate::attribute::frame::RowDays;
use crate::model::arn::{StudioArn, StudioKind, file_system_of};
use crate::model::charges::{AttributedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::frame::FrameError;
use crate::model::maps::{EfsUsage, Maps, Profile, SpaceOwner};
use crate::model::period::{Day, Days};

/// What the charges name.
#[derive(Debug, Default)]
struct Named<'a> {
    /// The users of each space.
    spaces: BTreeMap<&'a str, BTreeSet<&'a str>>,
    profiles: BTreeSet<&'a str>,
    /// The first day of each home volume.
    volumes: BTreeMap<&'a str, Day>,
}

/// The rows of all maps, sorted by ARN, volume and day.
///
/// A space is given an owner when its lines name exactly one user. A row that is to be filled in
/// has an empty owner or uid, and says nothing until then.
///
/// # Errors
/// Only when the frame lacks what its grain promises, which is our bug.
pub fn skeleton(charges: &AttributedCharges, known: &Maps) -> Result<Maps, AttributeError> {
    let named = named(charges)?;
    let mut maps = known.clone();
    let folded = |arns: &mut dyn Iterator<Item = &str>| -> BTreeSet<String> {
        arns.map(str::to_lowercase).collect()
    };
    let has_row = folded(&mut known.spaces.iter().map(|row| row.space_arn.as_str()));
    for (space, users) in named.spaces {
        let owner = users.first().filter(|_| users.len() == 1).copied().unwrap_or_default();
        if !has_row.contains(&space.to_lowercase()) {
            maps.spaces.push(SpaceOwner {
                space_arn: space.to_owned(),
                owner_profile_arn: owner.to_owned(),
                during: Days::ALWAYS,
                line: 0,
            });
        }
    }
    let has_row = folded(&mut known.profiles.iter().map(|row| row.profile_arn.as_str()));
    for profile in named.profiles {
        if !has_row.contains(&profile.to_lowercase()) {
            maps.profiles.push(Profile {
                profile_arn: profile.to_owned(),
                efs_uid: None,
                person: None,
                tenant: None,
                during: Days::ALWAYS,
                line: 0,
            });
        }
    }
    let has_row = folded(&mut known.efs_usage.iter().map(EfsUsage::short_id));
    for (volume, day) in named.volumes {
        if !has_row.contains(&volume.to_lowercase()) {
            maps.efs_usage.push(EfsUsage {
                day,
                file_system_id: volume.to_owned(),
                uid: String::new(),
                bytes: 0,
                line: 0,
            });
        }
    }
    let of_space = |row: &SpaceOwner| (row.space_arn.clone(), row.during, row.line);
    maps.spaces.sort_by_cached_key(of_space);
    maps.profiles.sort_by_cached_key(|row| (row.profile_arn.clone(), row.during, row.line));
    let of_volume = |row: &EfsUsage| (row.file_system_id.clone(), row.day, row.uid.clone());
    maps.efs_usage.sort_by_cached_key(of_volume);
    Ok(maps)
}

fn named(charges: &AttributedCharges) -> Result<Named<'_>, FrameError> {
    let frame = &charges.0;
    let text = |name: &str| frame.texts(name);
    let (users, spaces) = (text(&Dimension::User.key())?, text(&Dimension::Space.key())?);
    let (arns, reasons) = (text(column::OWNER_ARN)?, text(&Dimension::OwnerReason.key())?);
    let days = RowDays::of(frame);
    let mut named = Named::default();
    for row in 0..frame.height() {
        let user = users.get(row).filter(|arn| is(arn, StudioKind::UserProfile));
        let space = spaces.get(row).filter(|arn| is(arn, StudioKind::Space));
        named.profiles.extend(user);
        if let Some(space) = space {
            named.spaces.entry(space).or_default().extend(user);
        }
        let volume = arns.get(row).filter(|_| reasons.get(row) == Some("efs"));
        if let (Some(volume), Some(day)) = (volume.and_then(file_system_of), days.on(row)) {
            let first = named.volumes.entry(volume).or_insert(day);
            *first = day.min(*first);
        }
    }
    Ok(named)
}

/// A tag may hold any text; only what is an ARN of its kind can be looked up later.
fn is(arn: &str, kind: StudioKind) -> bool {
    StudioArn::parse(arn).is_some_and(|arn| arn.kind == kind)
}
