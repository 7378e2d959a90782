//! Upkeep: what the store holds and took, whether it is sound, and what it no longer needs.
//!
//! In:    the folder of a store.
//! Out:   [`Report`]s of `status`, `ingest`, `verify` and `gc`.
//! Never: decides what is wrong or what may go; `store` does.

use std::path::Path;

use super::PipelineError;
use crate::delivery;
use crate::diagnostic::Finding;
use crate::model::period::Day;
use crate::model::stored::{Pins, Version};
use crate::report::Report;
use crate::report::store::ingestion::{self, Ingested, Outcome};
use crate::report::store::status::{self, Holdings, Rows};
use crate::store::Store;

/// `status`: which months the store holds, on a UTC day.
///
/// # Errors
/// When there is no store, when it is damaged or newer.
pub fn status(folder: &Path, today: Day, rows: Rows) -> Result<Report, PipelineError> {
    let store = Store::open(folder)?;
    let (versions, closings) = (store.history()?, store.closings()?);
    let newest = store.snapshot(None, &Pins::new())?.versions;
    let findings = unverified(newest.iter()).into_iter().collect();
    let folder = folder.to_owned();
    Ok(status::compose(&Holdings { folder, versions, closings, today, findings }, rows))
}

/// What [`ingest`](super::ingest) did.
pub fn ingested(folder: &Path, ingested: &[Ingested]) -> Report {
    let fresh = ingested.iter().filter(|one| one.outcome != Outcome::Unchanged);
    let findings = unverified(fresh.map(|one| &one.version));
    ingestion::compose(folder, ingested, findings.into_iter().collect())
}

/// Months of which nobody can say that they are whole.
fn unverified<'a>(versions: impl Iterator<Item = &'a Version>) -> Option<Finding> {
    let is_unverified = |version: &&Version| version.facts.origin.manifest.is_none();
    let months = versions.filter(is_unverified).map(|version| Some(version.facts.period));
    delivery::unverified(&months.collect::<Vec<_>>())
}
