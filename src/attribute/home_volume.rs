//! Home volume: the file system of a domain, split to the users whose files lie on it.
//!
//! In:    attributed charges; bytes by day and uid; the profiles behind the uids.
//! Out:   the same charges, those of volumes divided; what stays with the domain, and why.
//! Never: changes a total, or gives anything to a profile of another domain.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::attribute::AttributeError;
use crate::attribute::frame::RowDays;
use crate::attribute::owners::Known;
use crate::attribute::untold::{Tally, Why};
use crate::model::apportion::{apportion, cells};
use crate::model::arn::{StudioArn, StudioKind, file_system_of};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Texts};
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
    bytes: FxHashMap<(String, Day), Vec<&'a EfsUsage>>,
    profiles: FxHashMap<&'a str, Vec<(&'a Profile, StudioArn<'a>)>>,
}

impl<'a> Usage<'a> {
    fn of(maps: &'a Maps) -> Self {
        let mut bytes: FxHashMap<_, Vec<&EfsUsage>> = FxHashMap::default();
        for row in &maps.efs_usage {
            let id = row.short_id().to_lowercase();
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
    frame: Frame,
    maps: &Maps,
    known: &Known,
    metric: CostMetric,
    untold: &mut Tally,
) -> Result<Frame, AttributeError> {
    if maps.efs_usage.is_empty() {
        return Ok(frame);
    }
    let usage = Usage::of(maps);
    let volumes = volumes(&frame)?;
    let costs = frame.amounts(metric.column())?;
    let mut shares = Vec::new();
    for ((file_system, day, currency, domain), rows) in volumes {
        let sum = |rows: &[usize]| rows.iter().map(|row| costs[*row]).sum::<i128>();
        let told = day.and_then(|day| usage.bytes.get(&(file_system.to_lowercase(), day)));
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
    divided(&frame, &shares)
}

/// The frame with every share in place of its rows, each amount divided so that the sums of a
/// receiver do not depend on what else the rows are told apart by.
fn divided(frame: &Frame, shares: &[Share]) -> Result<Frame, AttributeError> {
    let of_row: FxHashMap<usize, (usize, usize)> = shares
        .iter()
        .enumerate()
        .flat_map(|(at, share)| share.rows.iter().enumerate().map(move |(n, row)| (*row, (at, n))))
        .collect();
    // Where each row of the new frame is from, and which part of it this is.
    let mut from: Vec<usize> = Vec::with_capacity(frame.height());
    let mut parts: Vec<Option<(usize, usize, usize)>> = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        match of_row.get(&row) {
            None => {
                from.push(row);
                parts.push(None);
            }
            Some((share, n)) => {
                for to in 0..shares[*share].receivers.len() {
                    from.push(row);
                    parts.push(Some((*share, *n, to)));
                }
            }
        }
    }
    let mut new = frame.take(&from);
    for (name, amounts) in frame.amount_columns() {
        let divided = divide(amounts, shares, by_sums)?;
        let part = |(row, part): (&usize, &Option<(usize, usize, usize)>)| match part {
            Some((share, n, to)) => divided[*share][*n][*to],
            None => amounts[*row],
        };
        new.set_amounts(name, from.iter().zip(&parts).map(part).collect());
    }
    let lines = frame.line_items();
    let counts: Vec<i128> = lines.iter().map(|count| i128::from(*count)).collect();
    let divided = divide(&counts, shares, by_rows)?;
    let part = |(row, part): (&usize, &Option<(usize, usize, usize)>)| match part {
        Some((share, n, to)) => u64::try_from(divided[*share][*n][*to]).unwrap_or_default(),
        None => lines[*row],
    };
    new.set_line_items(from.iter().zip(&parts).map(part).collect());
    for (dimension, of) in [(Dimension::User, user_of as OfOwner), (Dimension::Space, space_of)] {
        let key = dimension.key();
        let before = frame.texts(&key)?;
        let owner = |(row, part): (&usize, &Option<(usize, usize, usize)>)| match part {
            Some((share, _, to)) => of(&shares[*share].receivers[*to]),
            None => before.get(*row),
        };
        new.set_texts(key, Texts::of(from.iter().zip(&parts).map(owner)));
    }
    Ok(new)
}

type OfOwner = fn(&To) -> Option<&str>;

fn user_of(to: &To) -> Option<&str> {
    if let To::Owner { user, .. } = to { user.as_deref() } else { None }
}

fn space_of(to: &To) -> Option<&str> {
    if let To::Owner { space, .. } = to { space.as_deref() } else { None }
}

/// One row of cells per row of a share.
type Cells = Vec<Vec<i128>>;
/// How the amounts of a share's rows are divided by its weights.
type By = fn(&[i128], &[i128]) -> Option<Cells>;

fn divide(amounts: &[i128], shares: &[Share], by: By) -> Result<Vec<Cells>, AttributeError> {
    let of_share = |share: &Share| {
        let rows: Vec<i128> = share.rows.iter().map(|row| amounts[*row]).collect();
        by(&rows, &share.weights).ok_or(AttributeError::Volume)
    };
    shares.iter().map(of_share).collect()
}

/// The sum is divided first, then what it is made of.
fn by_sums(rows: &[i128], weights: &[i128]) -> Option<Cells> {
    let sum = rows.iter().try_fold(0_i128, |sum, row| sum.checked_add(*row))?;
    cells(rows, &apportion(sum, weights)?, weights)
}

/// Every row by itself, so that no part of a count is negative.
fn by_rows(rows: &[i128], weights: &[i128]) -> Option<Cells> {
    rows.iter().map(|row| apportion(*row, weights)).collect()
}

/// The rows of each volume on each day, in an order that does not depend on that of the frame.
fn volumes(frame: &Frame) -> Result<BTreeMap<Key<'_>, Vec<usize>>, FrameError> {
    let reasons = frame.texts(&Dimension::OwnerReason.key())?;
    let arns = frame.texts(column::OWNER_ARN)?;
    let domains = frame.texts(&Dimension::Domain.key())?;
    let currencies = frame.texts(column::CURRENCY)?;
    let days = RowDays::of(frame);
    let mut volumes: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for row in 0..frame.height() {
        let file_system = arns.get(row).and_then(file_system_of);
        if let (Some(id), Some("efs")) = (file_system, reasons.get(row)) {
            let currency = currencies.get(row).unwrap_or_default();
            let key = (id, days.on(row), currency, domains.get(row).unwrap_or_default());
            volumes.entry(key).or_default().push(row);
        }
    }
    let columns: Vec<&Texts> = frame.text_columns().map(|(_, texts)| texts).collect();
    for rows in volumes.values_mut() {
        rows.sort_by_cached_key(|row| {
            columns.iter().map(|column| column.get(*row)).collect::<Vec<_>>()
        });
    }
    Ok(volumes)
}
