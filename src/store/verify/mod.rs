//! Verify: every byte, page, row and amount of a store against what was written.
//!
//! In:    a store.
//! Out:   [`Verified`]: what was compared, and every problem with what to do about it.
//! Never: stops at the first problem, or repairs one.

mod segments;
mod books;
mod folder;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Store;
use super::balance::Balance;
use super::error::{Damage, StoreError};
use super::gc::{Need, Spare, needed};
use crate::model::period::BillingPeriod;
use crate::model::stored::{Version, VersionId};

/// A segment that was read whole; for progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// The period that it belongs to.
    pub period: BillingPeriod,
    /// Its size as the catalogue has it.
    pub bytes: u64,
}

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Every version, by period and number.
    pub versions: Vec<VerifiedVersion>,
    /// How many closings there are.
    pub closings: usize,
    /// Every problem: of the catalogue, of versions in their order, of other files.
    pub problems: Vec<Problem>,
    /// Files that a stopped writer left and the next one removes. They are no problem.
    pub leftovers: Vec<PathBuf>,
}

impl Verified {
    /// Whether everything is as it was written.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What was compared for one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedVersion {
    /// Its period.
    pub period: BillingPeriod,
    /// Its number.
    pub id: VersionId,
    /// Whether a later version follows it.
    pub is_superseded: bool,
    /// Its segments.
    pub segments: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The charges that were counted in them.
    pub charges: u64,
    /// The source files behind it.
    pub files: usize,
    /// Their rows.
    pub rows: u64,
    /// Those that were refused.
    pub refused_rows: u64,
    /// Source rows that were counted in the charges.
    pub stored_rows: u64,
    /// The money, by currency and metric.
    pub balances: Vec<Balance>,
    /// Whether nothing is wrong with it.
    pub is_sound: bool,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable kebab-case name, such as `segment-bytes`.
    pub code: &'static str,
    /// The version that it belongs to, if it does.
    pub version: Option<VersionId>,
    /// Where, what was written and what is there.
    pub damage: Damage,
    /// What to do about it.
    pub hint: String,
}

impl Store {
    /// Reads the whole store and compares it with what was written. Needs the right to read only;
    /// a writer may be at work meanwhile. `progress` is told of every segment, from any thread.
    ///
    /// # Errors
    /// When a newer version wrote words that this one does not know, or the folder cannot be
    /// listed. What is damaged is a value.
    pub fn verify(&self, progress: &(dyn Fn(Checked) + Sync)) -> Result<Verified, StoreError> {
        let versions = self.history()?;
        let closings = self.closings()?;
        let needed = needed(&versions, &closings, Spare::Previous);
        let mut verified = Verified { closings: closings.len(), ..Verified::default() };
        verified.problems.extend(folder::catalogue(self)?);
        for version in &versions {
            let newest = versions.iter().rev().find(|v| v.facts.period == version.facts.period);
            let is_superseded = newest.is_some_and(|newest| newest.id != version.id);
            let hint = remedy(version, is_superseded, &needed);
            let read = segments::read(&self.shelf, version, &hint, progress);
            let (mut found, mut problems) = books::compare(version, &read, &hint);
            problems.splice(0..0, read.problems);
            found.is_superseded = is_superseded;
            verified.versions.push(found);
            verified.problems.extend(problems);
        }
        let (problems, leftovers) = folder::others(self)?;
        verified.problems.extend(problems);
        verified.leftovers = leftovers;
        Ok(verified)
    }
}

fn remedy(version: &Version, is_superseded: bool, needed: &BTreeMap<VersionId, Need>) -> String {
    let period = version.facts.period;
    match needed.get(&version.id) {
        Some(Need::Always) if is_superseded => {
            format!("restore the file from a backup: a closing needs this version of {period}")
        }
        Some(Need::Always) => format!("ingest {period} again: it replaces what is damaged"),
        _ => "nothing needs this version any more: `curtail gc` removes it".into(),
    }
}
