//! Scan: exactly the columns a question needs, decoded to dictionary codes, in parallel.
//!
//! In:    data files, and a [`Request`] for fields and metrics.
//! Out:   batches of [`LineItems`], handed to one sink per thread; what the export lacks.
//! Never: interprets a cost, trusts a length or a statistic, or keeps more than a row group.

pub mod footer;
mod source_file;
mod locate;
mod keys;
mod chunks;
mod row_group;
mod batch;
mod days;
mod pages;
mod map_column;
mod dictionary;
mod error;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::line_items::{Field, Sink, Tells};
use crate::model::metric::CostMetric;
use crate::model::question::Wanted;
use crate::model::source_column::SourceColumn;
use crate::model::watch::Effort;

pub use error::ScanError;
pub use keys::tag_fields;
pub use locate::lacks;
pub use source_file::{ExportSchema, SourceFile};

/// What a question wants of every line item.
#[derive(Debug, Clone)]
pub struct Request {
    /// Fields to deliver; a missing optional one is simply absent from the batches.
    pub fields: Vec<Field>,
    /// Fields of which few texts mean anything: the others may be delivered as nothing.
    pub telling: BTreeMap<Field, Tells>,
    /// Metrics whose columns are needed, per line item type that is present.
    pub metrics: Vec<CostMetric>,
    /// Whether hours are wanted of charges of the store, where they are a column of their own.
    pub hours: Wanted,
    /// Worker threads, at least one.
    pub threads: usize,
}

/// What a question needed and files lack: how many files, by column and by tag key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Missing {
    /// Columns that some line of the file would have needed.
    pub columns: BTreeMap<SourceColumn, usize>,
    /// Tags that the question names and that have neither a column nor a map.
    pub tags: BTreeMap<String, usize>,
}

/// What a scan leaves behind.
#[derive(Debug)]
pub struct Scanned<S> {
    /// One per worker.
    pub sinks: Vec<S>,
    /// What the export lacks.
    pub missing: Missing,
    /// The line item types of each file, `''` for lines without one.
    pub types: BTreeMap<PathBuf, BTreeSet<String>>,
    /// What was done.
    pub effort: Effort,
}

/// Reads every row of every file once and hands the batches to one sink per worker.
///
/// # Errors
/// The error of the earliest file and row group among those that failed; nothing partial is
/// returned.
pub fn scan<S: Sink>(
    files: &[SourceFile],
    request: &Request,
    new_sink: impl Fn() -> S + Sync,
) -> Result<Scanned<S>, ScanError> {
    footer::refuse_twins(files.iter().map(|file| (file.path.as_path(), &file.facts)))?;
    let jobs: Vec<(&SourceFile, usize)> =
        files.iter().flat_map(|file| (0..file.row_groups()).map(move |at| (file, at))).collect();
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let failures: Mutex<Vec<(usize, ScanError)>> = Mutex::new(Vec::new());
    let seen: Mutex<BTreeMap<PathBuf, SeenInFile>> = Mutex::new(BTreeMap::new());
    let work = |mut sink: S| {
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((file, row_group)) = jobs.get(at) else { break };
            match row_group::read(file, *row_group, request, &mut sink) {
                Ok(found) => {
                    let mut seen = locked(&seen);
                    let of_file = seen.entry(file.path.clone()).or_default();
                    of_file.types.extend(found.types);
                    of_file.lacking.extend(found.lacking);
                    of_file.effort += found.effort;
                }
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    locked(&failures).push((at, error));
                }
            }
        }
        sink
    };
    let threads = request.threads.clamp(1, jobs.len().max(1));
    let sinks = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let sink = new_sink();
                scope.spawn(|| work(sink))
            })
            .collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut failures = std::mem::take(&mut *locked(&failures));
    failures.sort_by_key(|(at, _)| *at);
    if let Some((_, error)) = failures.into_iter().next() {
        return Err(error);
    }
    for file in files {
        file.check_unchanged()?;
    }
    let sinks: Result<Vec<S>, ScanError> =
        sinks.into_iter().map(|sink| sink.map_err(|_| ScanError::Worker)).collect();
    let seen = std::mem::take(&mut *locked(&seen));
    let missing = missing(files, request, &seen);
    let mut effort = Effort::default();
    for of_file in seen.values() {
        effort += of_file.effort;
    }
    let types = seen.into_iter().map(|(path, of_file)| (path, of_file.types)).collect();
    Ok(Scanned { sinks: sinks?, missing, types, effort })
}

/// Reads and unpacks what a scan would, and nothing else: no scan can be faster.
///
/// Returns how many bytes that gave.
///
/// # Errors
/// As [`scan`], of any row group.
pub fn unpack(files: &[SourceFile], request: &Request) -> Result<usize, ScanError> {
    let jobs: Vec<(&SourceFile, usize)> =
        files.iter().flat_map(|file| (0..file.row_groups()).map(move |at| (file, at))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut bytes = 0;
        while let Some((file, row_group)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            bytes += row_group::unpack(file, *row_group, request)?;
        }
        Ok(bytes)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..request.threads.max(1)).map(|_| scope.spawn(work)).collect();
        let bytes =
            workers.into_iter().map(|worker| worker.join().map_err(|_| ScanError::Worker)?);
        bytes.sum()
    })
}

/// What the row groups of a file turned out to hold, and to need.
#[derive(Debug, Default)]
struct SeenInFile {
    types: BTreeSet<String>,
    lacking: BTreeSet<SourceColumn>,
    effort: Effort,
}

/// A lock that outlives a worker's panic: what it guards is only ever appended to.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing(
    files: &[SourceFile],
    request: &Request,
    seen: &BTreeMap<PathBuf, SeenInFile>,
) -> Missing {
    let mut missing = Missing::default();
    for column in seen.values().flat_map(|of_file| &of_file.lacking) {
        *missing.columns.entry(*column).or_default() += 1;
    }
    for file in files {
        for field in &request.fields {
            if !file.locations.iter().any(|location| location.field == *field) {
                missing.add(field);
            }
        }
    }
    missing
}

impl Missing {
    /// One more file lacks a field. One spelling among several is missed by nobody.
    pub fn add(&mut self, field: &Field) {
        match field {
            Field::Column(column) => *self.columns.entry(*column).or_default() += 1,
            Field::Tag(tag) | Field::CostCategory(tag) => {
                *self.tags.entry(tag.key.clone()).or_default() += 1;
            }
            Field::OwnerResource => self.add(&Field::Column(SourceColumn::ResourceId)),
            Field::Hour(column) => self.add(&Field::Column(*column)),
            Field::Delivered(..) => {}
        }
    }
}
