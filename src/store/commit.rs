//! Commit: one billing period becomes a version, whole or not at all.
//!
//! In:    facts and charges.
//! Out:   segments on the disk, then the catalogue that names them.
//! Never: touches a file of an older version.

use std::collections::BTreeSet;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::balance::{Difference, differences};
use super::catalogue::{Catalogue, insert_version};
use super::durable;
use super::error::StoreError;
use super::layout::Layout;
use super::segment::{self, Tally};
use super::shelf::{Shelf, Shelved};
use crate::model::digest::Digest;
use crate::model::stored::{NewVersion, Segment, SegmentKind, Version, VersionId};

/// Writes a version; the catalogue that has it is on the disk when this returns.
pub(super) fn commit(
    (layout, shelf): (&Layout, &Shelf),
    catalogue: &mut Catalogue,
    new: &NewVersion,
    threads: usize,
) -> Result<(Catalogue, Version), StoreError> {
    balance(new)?;
    let id = VersionId(catalogue.reader(layout).highest()?.0 + 1);
    let segments = write_segments((layout, shelf), id, new, threads)?;
    let amended = catalogue.amended(|rows| insert_version(rows, id, &new.facts, &segments));
    let published = amended.and_then(|(amended, ())| {
        amended.publish(layout, catalogue)?;
        Ok(amended)
    });
    match published {
        Ok(amended) => Ok((amended, Version { id, facts: new.facts.clone(), segments })),
        Err(error) => {
            // When only the last fsync failed, the new catalogue is there and needs its segments.
            if catalogue.is_on_disk(layout) {
                remove(shelf, &segments);
            }
            Err(error)
        }
    }
}

/// The charges must be what the facts say, before a byte of them is written.
fn balance(new: &NewVersion) -> Result<(), StoreError> {
    let period = new.facts.period;
    let nothing = Vec::new();
    let charges = new.charges.get(&SegmentKind::Charges).unwrap_or(&nothing);
    let thinner = new.charges.iter().filter(|(kind, _)| **kind != SegmentKind::Charges);
    for batches in [charges].into_iter().chain(thinner.map(|(_, batches)| batches)) {
        let mut tally = Tally::default();
        for batch in batches {
            tally.add(batch).map_err(|why| StoreError::Encode { period, why })?;
        }
        if let Some(Difference { expected, found }) =
            differences(&new.facts, &tally.totals()).into_iter().next()
        {
            return Err(StoreError::Unbalanced { period, expected, found });
        }
    }
    Ok(())
}

fn write_segments(
    (layout, shelf): (&Layout, &Shelf),
    id: VersionId,
    new: &NewVersion,
    threads: usize,
) -> Result<Vec<Segment>, StoreError> {
    let period = new.facts.period;
    let batches = new.charges.iter().flat_map(|(kind, all)| all.iter().map(move |b| (*kind, b)));
    let batches: Vec<(SegmentKind, &RecordBatch)> =
        batches.filter(|(_, batch)| batch.num_rows() > 0).collect();
    let folders: BTreeSet<PathBuf> =
        batches.iter().map(|(kind, _)| layout.period(*kind, period)).collect();
    for folder in &folders {
        shelf.make_folder(folder)?;
    }
    let write = |number: usize, (kind, batch): (SegmentKind, &RecordBatch)| {
        let place = segment::Place { period, version: id, number, tool: &new.facts.tool };
        let file = segment::encode(batch, &place)
            .map_err(|error| StoreError::Encode { period, why: error.to_string() })?;
        let path = layout.segment(kind, period, id, number);
        let (bytes, rows) = (file.len() as u64, batch.num_rows() as u64);
        let digest = Digest::of(&file);
        let shelved = shelf.stage(&path, file)?;
        Ok((shelved, Segment { kind, path, bytes, rows, digest }))
    };
    // Where the system has no threads left, one does it.
    let written: Result<Vec<(Shelved, Segment)>, StoreError> =
        match rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build() {
            Ok(pool) => pool.install(|| {
                batches.par_iter().enumerate().map(|(at, batch)| write(at, *batch)).collect()
            }),
            Err(_) => batches.iter().enumerate().map(|(at, batch)| write(at, *batch)).collect(),
        };
    publish(shelf, written?, &folders)
}

/// Gives all segments their names, or none of them.
fn publish(
    shelf: &Shelf,
    written: Vec<(Shelved, Segment)>,
    folders: &BTreeSet<PathBuf>,
) -> Result<Vec<Segment>, StoreError> {
    let mut published = Vec::with_capacity(written.len());
    let mut failure = None;
    for (shelved, segment) in written {
        if failure.is_none() {
            failure = shelved.publish().err();
            published.push(segment);
        }
    }
    // The folder above too: a writer that was stopped may have made the period's folder.
    let all = folders.iter().flat_map(|folder| [folder.as_path(), durable::above(folder)]);
    match failure.map_or_else(|| shelf.sync(all), Err) {
        Ok(()) => Ok(published),
        Err(error) => {
            remove(shelf, &published);
            Err(error)
        }
    }
}

/// On the way out of an error; what cannot be removed now is reclaimed by the next writer.
fn remove(shelf: &Shelf, segments: &[Segment]) {
    for segment in segments {
        drop(shelf.remove(&segment.path));
    }
}
