//! Upkeep: what the store holds and took, whether it is sound, and what it no longer needs.
//!
//! In:    where a store is.
//! Out:   [`Report`]s of `status`, `ingest`, `verify` and `gc`.
//! Never: decides what is wrong or what may go; `store` does.

use std::collections::BTreeSet;
use std::path::Path;

use super::PipelineError;
use super::stored::unverified;
use crate::model::period::Day;
use crate::model::stored::{Closing, Version, VersionId, newest};
use crate::report::Report;
use crate::report::store::collection::{self, Collection, Fate, Readers, Trial};
use crate::report::store::ingestion::{self, Ingested, Outcome};
use crate::report::store::status::{self, Holdings, Rows};
use crate::report::store::verification::{self, Examination, Examined, Problem};
use crate::store::{self, Damage, Holder, Home, Spare, Store, VerifiedVersion, Writer};

/// `status`: which months the store holds, on a UTC day.
///
/// # Errors
/// When there is no store, when it is damaged or newer.
pub fn status(home: &Home, today: Day, rows: Rows) -> Result<Report, PipelineError> {
    let store = Store::open(home)?;
    let (versions, closings) = (store.history()?, store.closings()?);
    let findings = unverified(&store.newest()?).into_iter().collect();
    let folder = home.folder.clone();
    Ok(status::compose(&Holdings { folder, versions, closings, today, findings }, rows))
}

/// What [`ingest`](super::ingest) did.
pub fn ingested(home: &Home, ingested: &[Ingested]) -> Report {
    let fresh = ingested.iter().filter(|one| one.outcome != Outcome::Unchanged);
    let findings = unverified(fresh.map(|one| &one.version));
    ingestion::compose(&home.folder, ingested, findings.into_iter().collect())
}

/// How far a verification is: so many of so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// The bytes that were looked at since the last news.
    pub more: u64,
    /// The bytes of all segments.
    pub all: u64,
}

/// `verify`: whether every byte of the store is as it was written, and what is not.
///
/// # Errors
/// When the store cannot be opened: there is none, it is newer, or its catalogue is damaged.
pub fn verify(
    home: &Home,
    progress: &(dyn Fn(Looked) + Sync),
) -> Result<(Report, Soundness), PipelineError> {
    let store = Store::open(home)?;
    let folder = &home.folder;
    let all = store.history()?.iter().map(Version::stored_bytes).sum();
    progress(Looked { more: 0, all });
    let verified = store.verify(&|checked| progress(Looked { more: checked.bytes, all }))?;
    let soundness = if verified.is_sound() { Soundness::Sound } else { Soundness::Damaged };
    let examination = Examination {
        folder: folder.to_owned(),
        versions: verified.versions.iter().map(examined).collect(),
        closings: verified.closings,
        problems: verified.problems.iter().map(|problem| told(folder, problem)).collect(),
        leftovers: verified.leftovers.iter().map(|path| below(folder, path)).collect(),
    };
    Ok((verification::compose(&examination), soundness))
}

/// Whether a store is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// Every byte of it.
    Sound,
    /// Something is not.
    Damaged,
}

fn examined(version: &VerifiedVersion) -> Examined {
    Examined {
        period: version.period,
        version: version.id,
        segments: version.segments,
        charges: version.charges,
        source_rows: version.rows,
        bytes: version.bytes,
    }
}

fn told(folder: &Path, problem: &store::Problem) -> Problem {
    let Damage { file, period, expected, found } = &problem.damage;
    Problem {
        code: problem.code,
        period: *period,
        version: problem.version,
        file: below(folder, file),
        expected: expected.clone(),
        found: found.clone(),
        advice: problem.hint.clone(),
    }
}

fn below(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

/// `gc`: removes the versions that no closing, difference or reader needs.
///
/// # Errors
/// When somebody else writes, and as [`status`].
pub fn gc(home: &Home, me: &Holder, spare: Spare) -> Result<Report, PipelineError> {
    // Writing makes a store where there is none; there is nothing to remove from that.
    drop(Store::open(home)?);
    let mut writer = Writer::open(home, me)?;
    let folder = &home.folder;
    let (versions, closings) = (writer.store().history()?, writer.store().closings()?);
    let collected = writer.gc(spare)?;
    let gone: BTreeSet<VersionId> = collected.versions.iter().map(|version| version.id).collect();
    Ok(collection::compose(&Collection {
        folder: folder.to_owned(),
        trial: Trial::Done,
        versions: fates(&versions, &closings, &gone),
        leftovers: writer.reclaimed().iter().map(|path| below(folder, path)).collect(),
        readers: if collected.is_read { Readers::Some } else { Readers::None },
    }))
}

/// `gc --dry-run`: what [`gc`] would remove.
///
/// # Errors
/// As [`status`].
pub fn garbage(home: &Home, spare: Spare) -> Result<Report, PipelineError> {
    let store = Store::open(home)?;
    let gone = store.garbage(spare)?.iter().map(|version| version.id).collect();
    let versions = fates(&store.history()?, &store.closings()?, &gone);
    let (folder, trial) = (home.folder.clone(), Trial::DryRun);
    Ok(collection::compose(&Collection { folder, trial, versions, ..Collection::default() }))
}

fn fates(versions: &[Version], closings: &[Closing], gone: &BTreeSet<VersionId>) -> Vec<Fate> {
    let newest = newest(versions);
    let closed_with = |id: VersionId| {
        let names = |closing: &&Closing| closing.named().any(|(_, named)| named == id);
        closings.iter().find(names).map(|closing| closing.period)
    };
    let why = |version: &Version| match closed_with(version.id) {
        _ if newest.get(&version.facts.period) == Some(&version.id) => "the newest".to_owned(),
        Some(period) => format!("{period} is closed with it"),
        None => "before the newest, for `diff`".to_owned(),
    };
    let fate = |version: &Version| Fate {
        period: version.facts.period,
        version: version.id,
        bytes: version.stored_bytes(),
        kept: (!gone.contains(&version.id)).then(|| why(version)),
    };
    versions.iter().map(fate).collect()
}
