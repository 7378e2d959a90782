//! Leftovers: files that no version names, because a writer was stopped before it was done.
//!
//! In:    the folder, and what the catalogue names.
//! Out:   every file of the store; which of them may go.
//! Never: removes what is not ours by its exact name, or what a newer catalogue may have named.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::durable;
use super::error::{Damage, StoreError};
use super::layout::{Entry, Layout};
use super::shelf::Shelf;
use crate::model::stored::VersionId;
use crate::origin::is_remote;

/// Every file below the folder, sorted; links are not followed.
pub(super) fn files(layout: &Layout) -> Result<Vec<PathBuf>, StoreError> {
    let mut files = Vec::new();
    let mut folders = vec![layout.root.clone()];
    while let Some(folder) = folders.pop() {
        let unreadable = |source| StoreError::Read { path: folder.clone(), source };
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(unreadable)?,
        };
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
            let list = if is_folder { &mut folders } else { &mut files };
            list.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// What a file is to a store whose catalogue names these segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It belongs there.
    Ours,
    /// A writer was stopped before it was done; nobody needs it.
    Leftover,
    /// A segment of a version that the catalogue has not come to: it was put back to an older one.
    Ahead(VersionId),
    /// Somebody else's.
    Stray,
}

/// Tells what a file is. A stopped writer leaves at most the version after the highest.
pub(super) fn standing(
    layout: &Layout,
    path: &Path,
    named: &BTreeSet<PathBuf>,
    highest: VersionId,
) -> Standing {
    match layout.entry(path) {
        None => Standing::Stray,
        Some(Entry::Unfinished) => Standing::Leftover,
        Some(Entry::Segment(_, id)) if !named.contains(path) => {
            if id.0 > highest.0 + 1 {
                Standing::Ahead(id)
            } else {
                Standing::Leftover
            }
        }
        Some(_) => Standing::Ours,
    }
}

/// Removes what stopped writers left, and lists it.
pub(super) fn reclaim(
    (layout, shelf): (&Layout, &Shelf),
    named: &BTreeSet<PathBuf>,
    highest: VersionId,
) -> Result<Vec<PathBuf>, StoreError> {
    let mut leftovers = Vec::new();
    for path in files(layout)?.into_iter().chain(shelf.objects()?) {
        match standing(layout, &path, named, highest) {
            Standing::Leftover => leftovers.push(path),
            Standing::Ahead(id) => return Err(put_back(layout, id, highest).into()),
            Standing::Ours | Standing::Stray => {}
        }
    }
    for path in &leftovers {
        // A temporary name is only ever one of the folder.
        if is_remote(path) { shelf.remove(path)? } else { durable::remove(path)? }
    }
    Ok(leftovers)
}

/// The catalogue is older than the charges beside it.
pub(super) fn put_back(layout: &Layout, id: VersionId, highest: VersionId) -> Damage {
    Damage {
        file: layout.catalogue(),
        period: None,
        expected: format!("a catalogue that knows version {}, whose charges are here", id.0),
        found: format!("one that ends at version {}, as from an older backup", highest.0),
    }
}
