//! Segments of a version: bytes, digests, footers, pages and rows.
//!
//! In:    a version as the catalogue has it.
//! Out:   what its charges add up to, and what is wrong with their files.
//! Never: decodes a file whose digest is not right.

use std::collections::BTreeMap;
use std::fmt::Display;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{Checked, Problem};
use crate::model::digest::Digest;
use crate::model::stored::{Segment, SegmentKind, Version};
use crate::store::error::{Damage, StoreError};
use crate::store::segment::{self, Flaw, Tally};
use crate::store::shelf::Shelf;

/// What the segments of a version hold.
pub(super) struct Read {
    /// What the charges add up to.
    pub(super) tally: Tally,
    /// What the same money of other kinds adds up to, where it is kept.
    pub(super) thinner: BTreeMap<SegmentKind, Tally>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn read(
    shelf: &Shelf,
    version: &Version,
    hint: &str,
    progress: &(dyn Fn(Checked) + Sync),
) -> Read {
    let period = version.facts.period;
    let one = |(number, segment): (usize, &Segment)| {
        let found = examine(shelf, version, number, segment);
        progress(Checked { file: segment.path.clone(), period, bytes: segment.bytes });
        found
    };
    let found: Vec<_> = version.segments.par_iter().enumerate().map(one).collect();
    let mut read = Read { tally: Tally::default(), thinner: BTreeMap::new(), problems: Vec::new() };
    for (segment, found) in version.segments.iter().zip(found) {
        let joined = found.and_then(|tally| {
            let of_kind = match segment.kind {
                SegmentKind::Charges => &mut read.tally,
                thinner => read.thinner.entry(thinner).or_default(),
            };
            of_kind.join(tally).map_err(|found| ("segment-content", flaw("amounts", found)))
        });
        if let Err((code, Flaw { expected, found })) = joined {
            let file = segment.path.clone();
            let damage = Damage { file, period: Some(period), expected, found };
            let version = Some(version.id);
            read.problems.push(Problem { code, version, damage, hint: hint.to_owned() });
        }
    }
    read
}

fn examine(
    shelf: &Shelf,
    version: &Version,
    number: usize,
    segment: &Segment,
) -> Result<Tally, (&'static str, Flaw)> {
    let missing = |found| ("segment-missing", flaw(format!("{} bytes", segment.bytes), found));
    let file = shelf.read(&segment.path).map_err(|error| missing(cause(&error)))?;
    let file = file.ok_or_else(|| missing("no file".to_owned()))?;
    if file.len() as u64 != segment.bytes {
        let expected = format!("{} bytes", segment.bytes);
        return Err(("segment-size", flaw(expected, format!("{} bytes", file.len()))));
    }
    let digest = Digest::of(&file);
    if digest != segment.digest {
        let expected = format!("the digest {}", segment.digest);
        return Err(("segment-bytes", flaw(expected, digest)));
    }
    let mut tally = Tally::default();
    let (period, tool) = (version.facts.period, version.facts.tool.as_str());
    let place = segment::Place { period, version: version.id, number, tool };
    segment::examine(&file, &place, &mut tally).map_err(|flaw| ("segment-content", flaw))?;
    if tally.charges != segment.rows {
        let expected = format!("{} charges", segment.rows);
        return Err(("segment-rows", flaw(expected, tally.charges)));
    }
    Ok(tally)
}

/// What the system said.
fn cause(error: &StoreError) -> String {
    match error {
        StoreError::Read { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

fn flaw(expected: impl Into<String>, found: impl Display) -> Flaw {
    Flaw { expected: expected.into(), found: format!("{found}") }
}
