//! GC: versions that nobody needs any more are removed.
//!
//! In:    every version and every closing; what shall be spared beyond them.
//! Out:   the versions that may go; [`Collected`].
//! Never: removes what a closing names, the newest version of a period, or a file that a reader may
//!        still open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::catalogue::remove_versions;
use super::error::StoreError;
use super::lock::without_readers;
use super::{Store, Writer};
use crate::model::period::BillingPeriod;
use crate::model::stored::{Closing, Version, VersionId};

/// What is kept beside the newest version of every period and the versions that closings name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spare {
    /// The version before the newest, unless it is damaged: a difference compares the two.
    #[default]
    Previous,
    /// Nothing.
    Nothing,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// The versions, by period and number.
    pub versions: Vec<Version>,
    /// Whether they were left where they are because somebody reads.
    pub is_read: bool,
}

impl Collected {
    /// The bytes of their segments.
    pub fn bytes(&self) -> u64 {
        self.versions.iter().map(Version::stored_bytes).sum()
    }
}

impl Store {
    /// The versions that nobody needs, by period and number.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub fn garbage(&self, spare: Spare) -> Result<Vec<Version>, StoreError> {
        let mut versions = self.history()?;
        let needed = needed(&versions, &self.closings()?, spare);
        versions.retain(|version| match needed.get(&version.id) {
            None => true,
            Some(Need::Difference) => !matches!(self.damage_of(version), Ok(None)),
            Some(Need::Always) => false,
        });
        Ok(versions)
    }
}

impl Writer {
    /// Removes the versions that nobody needs; none while somebody reads.
    ///
    /// # Errors
    /// When the disk fails. What could not be deleted is reclaimed by the next writer.
    pub fn gc(&mut self, spare: Spare) -> Result<Collected, StoreError> {
        let versions = self.store.garbage(spare)?;
        if versions.is_empty() {
            return Ok(Collected::default());
        }
        let Store { layout, shelf, catalogue, .. } = &mut self.store;
        let Some(_alone) = without_readers(&layout.readers())? else {
            return Ok(Collected { versions, is_read: true });
        };
        let ids: Vec<VersionId> = versions.iter().map(|version| version.id).collect();
        let (amended, ()) = catalogue.amended(|rows| remove_versions(rows, &ids))?;
        amended.publish(layout, catalogue)?;
        for segment in versions.iter().flat_map(|version| &version.segments) {
            shelf.remove(&segment.path)?;
        }
        let all = versions.iter().flat_map(|version| {
            let period = version.facts.period;
            version.segments.iter().map(move |segment| (segment.kind, period))
        });
        let all: BTreeSet<_> = all.collect();
        let folders: Vec<_> = all.iter().map(|(kind, of)| layout.period(*kind, *of)).collect();
        shelf.sync(folders.iter().map(PathBuf::as_path))?;
        self.store.catalogue = amended;
        Ok(Collected { versions, is_read: false })
    }
}

/// Why a version is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It is the newest of its period, or a closing names it.
    Always,
    /// It is the one before the newest.
    Difference,
}

/// The versions that are needed; they come by period and number.
pub(super) fn needed(
    versions: &[Version],
    closings: &[Closing],
    spare: Spare,
) -> BTreeMap<VersionId, Need> {
    let mut by_period: BTreeMap<BillingPeriod, Vec<VersionId>> = BTreeMap::new();
    for version in versions {
        by_period.entry(version.facts.period).or_default().push(version.id);
    }
    let mut needed = BTreeMap::new();
    for ids in by_period.values() {
        if spare == Spare::Previous {
            needed.extend(ids.iter().nth_back(1).map(|id| (*id, Need::Difference)));
        }
        needed.extend(ids.last().map(|id| (*id, Need::Always)));
    }
    let named = closings.iter().flat_map(Closing::named);
    needed.extend(named.map(|(_, id)| (id, Need::Always)));
    needed
}
