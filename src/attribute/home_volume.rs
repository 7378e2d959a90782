//! Home volume: the file system of a domain, split to the users whose files lie on it.
//!
//! In:    attributed charges; bytes by day and uid; the profiles behind the uids.
//! Out:   the same charges, those of volumes divided; what stays with the domain, and why.
//! Never: changes a total, or gives anything to a profile of another domain.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, PolarsError};
use rustc_hash::FxHashMap;

use crate::attribute::AttributeError;
use crate::attribute::frame::{self, RowDays};
use crate::attribute::owner::Reason;
use crate::attribute::owners::Known;
use crate::attribute::untold::{Tally, Why};
use crate::model::apportion::{apportion, cells};
use crate::model::arn::{StudioArn, StudioKind, file_system_of};
use crate::model::charges::{coded, column};
use crate::model::dimension::Dimension;
use crate::model::maps::{EfsUsage, Maps, Profile};
use crate::model::metric::CostMetric;
use crate::model::period::Day;

/// Who receives a part of a volume; sorted, so that ties are broken alike every time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Owner { user: Option<String>, space: Option<String> },
    Stays(Why),
}

/// A volume of a domain on a day, in one currency.
type Key<'a> = (&'a str, Option<Day>, &'a str, &'a str);

/// One volume on one day: its rows and who shares them.
struct Share {
    rows: Vec<usize>,
    receivers: Vec<To>,
    weights: Vec<i128>,
}

/// Bytes and profiles, found by what they speak of.
struct Usage<'a> {
    bytes: FxHashMap<(&'a str, Day), Vec<&'a EfsUsage>>,
    profiles: FxHashMap<&'a str, Vec<(&'a Profile, StudioArn<'a>)>>,
}

impl<'a> Usage<'a> {
    fn of(maps: &'a Maps) -> Self {
        let mut bytes: FxHashMap<_, Vec<&EfsUsage>> = FxHashMap::default();
        for row in &maps.efs_usage {
            let id = row.file_system_id.rsplit('/').next().unwrap_or_default();
            if !id.is_empty() && !row.uid.is_empty() {
                bytes.entry((id, row.day)).or_default().push(row);
            }
        }
        let mut profiles: FxHashMap<&str, Vec<(&Profile, StudioArn)>> = FxHashMap::default();
        for row in &maps.profiles {
            if let (Some(uid), Some(arn)) = (&row.efs_uid, StudioArn::parse(&row.profile_arn)) {
                profiles.entry(uid.as_str()).or_default().push((row, arn));
            }
        }
        Self { bytes, profiles }
    }

    /// Whose directory a uid is, on the volume of a domain.
    fn owner(&self, domain: &str, uid: &str, day: Day, known: &Known) -> To {
        let rows = self.profiles.get(uid).map_or(&[][..], Vec::as_slice);
        let mut holding = rows.iter().filter(|(row, _)| row.during.contains(Some(day))).peekable();
        if holding.peek().is_none() {
            return To::Stays(Why::UnknownUid);
        }
        let is_here = |arn: &StudioArn| arn.domain_arn().eq_ignore_ascii_case(domain);
        let here = holding.filter(|(_, arn)| is_here(arn)).map(|(_, arn)| owner(arn, day, known));
        let mut here: Vec<To> = here.collect();
        here.sort();
        here.dedup();
        match here.len() {
            0 => To::Stays(Why::UidOfOtherDomain),
            1 => here.remove(0),
            _ => To::Stays(Why::UidOfTwo),
        }
    }
}

/// A directory is a user's or a space's; a private space's is its owner's.
fn owner(arn: &StudioArn, day: Day, known: &Known) -> To {
    if arn.kind == StudioKind::Space {
        let space = known.seen.space(arn);
        let user = known.spaces.of(&space, Some(day), known.seen);
        return To::Owner { user, space: Some(space) };
    }
    To::Owner { user: Some(known.seen.user(arn)), space: None }
}

/// Divides what volumes cost.
pub(super) fn split(
    frame: DataFrame,
    maps: &Maps,
    known: &Known,
    metric: CostMetric,
    untold: &mut Tally,
) -> Result<DataFrame, AttributeError> {
    if maps.efs_usage.is_empty() {
        return Ok(frame);
    }
    let usage = Usage::of(maps);
    let volumes = volumes(&frame)?;
    let costs = decimals(frame.column(metric.column())?)?;
    let mut shares = Vec::new();
    for ((file_system, day, currency, domain), rows) in volumes {
        let sum = |rows: &[usize]| rows.iter().map(|row| costs[*row]).sum::<i128>();
        let told = day.and_then(|day| usage.bytes.get(&(file_system, day)));
        let bytes = told.map_or(&[][..], Vec::as_slice);
        let mut receivers: BTreeMap<To, i128> = BTreeMap::new();
        let mut uids: BTreeMap<Why, Vec<String>> = BTreeMap::new();
        for row in bytes.iter().filter(|row| row.bytes > 0) {
            let to = usage.owner(domain, &row.uid, row.day, known);
            if let To::Stays(why) = &to {
                uids.entry(*why).or_default().push(row.uid.clone());
            }
            // A file has fewer than 2^63 rows of at most 2^64 bytes.
            *receivers.entry(to).or_default() += i128::from(row.bytes);
        }
        if receivers.is_empty() {
            let day = day.map(|day| day.to_string());
            untold.add((Why::NoUsage, file_system, currency), sum(&rows), day);
            continue;
        }
        let (receivers, weights): (Vec<To>, Vec<i128>) = receivers.into_iter().unzip();
        let parts = apportion(sum(&rows), &weights).unwrap_or_default();
        for (to, part) in receivers.iter().zip(&parts) {
            if let To::Stays(why) = to {
                let uids = uids.remove(why).unwrap_or_default();
                untold.add((*why, file_system, currency), *part, uids);
            }
        }
        shares.push(Share { rows, receivers, weights });
    }
    Ok(divided(&frame, &shares)?)
}

/// The rows of each volume on each day, in an order that does not depend on that of the frame.
fn volumes(frame: &DataFrame) -> Result<BTreeMap<Key<'_>, Vec<usize>>, PolarsError> {
    let text = |name: &str| frame.column(name).and_then(|column| column.str());
    let reasons = text(&Dimension::OwnerReason.key())?;
    let (arns, domains) = (text(column::OWNER_ARN)?, text(&Dimension::Domain.key())?);
    let currencies = text(column::CURRENCY)?;
    let days = RowDays::of(frame)?;
    let mut volumes: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for row in 0..frame.height() {
        let file_system = arns.get(row).and_then(file_system_of);
        if let (Some(id), Some("efs")) = (file_system, reasons.get(row)) {
            let currency = currencies.get(row).unwrap_or_default();
            let key = (id, days.on(row), currency, domains.get(row).unwrap_or_default());
            volumes.entry(key).or_default().push(row);
        }
    }
    let columns = frame.columns().iter().filter_map(|column| coded(frame, column.name()).ok());
    let columns: Vec<_> = columns.collect();
    for rows in volumes.values_mut() {
        rows.sort_by_cached_key(|row| {
            columns.iter().map(|column| column.value(*row)).collect::<Vec<_>>()
        });
    }
    Ok(volumes)
}
