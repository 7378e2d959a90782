//! Folder: everything in a store's folder that is not a segment of a version.
//!
//! In:    a store.
//! Out:   what is wrong with its catalogue and its other files; what stopped writers left.
//! Never: takes what a writer is writing just now for a leftover.

use std::fs;
use std::path::{Path, PathBuf};

use super::Problem;
use crate::store::Store;
use crate::store::catalogue::is_sealed;
use crate::store::error::{Damage, StoreError};
use crate::store::layout::Entry;
use crate::store::leftovers::{self, Standing};
use crate::store::lock::{Holder, is_written};

const BY_ITSELF: &str = "harmless: the next command that writes puts it right";

/// What is wrong with the catalogue beyond its seal, which opening it has checked.
pub(super) fn catalogue(store: &Store) -> Result<Vec<Problem>, StoreError> {
    let path = store.layout.catalogue();
    let complaints = store.catalogue.complaints()?;
    let mut problems: Vec<Problem> = complaints
        .into_iter()
        .map(|found| problem("catalogue", damage(&path, "tables that hold together", found)))
        .collect();
    // It may have been damaged since it was opened.
    if !fs::read(&path).is_ok_and(|file| is_sealed(&file)) {
        let found = "bytes that do not fit its seal".to_owned();
        problems.push(problem("catalogue", damage(&path, "a catalogue as it was written", found)));
    }
    Ok(problems)
}

/// Problems with other files, and leftovers.
pub(super) fn others(store: &Store) -> Result<(Vec<Problem>, Vec<PathBuf>), StoreError> {
    let reader = store.catalogue.reader(&store.layout);
    let (named, highest) = (reader.segments()?, reader.highest()?);
    let mut files = leftovers::files(&store.layout)?;
    files.extend(store.shelf.objects()?);
    // Asked after the files were listed: whoever wrote one of them is still there, or is done and
    // has replaced the catalogue.
    let is_moving = is_written(&store.layout) || !store.catalogue.is_on_disk(&store.layout);
    let (mut problems, mut leftovers) = (Vec::new(), Vec::new());
    problems.extend(store.shelf.damage()?.map(|damage| problem("segments-mark", damage)));
    if !files.contains(&store.layout.readers()) {
        problems.push(marker(&store.layout.readers(), "an empty file", "none"));
    }
    for path in files {
        match leftovers::standing(&store.layout, &path, &named, highest) {
            Standing::Ours => problems.extend(odd(store, &path, is_moving)),
            Standing::Leftover | Standing::Ahead(_) if is_moving => {}
            Standing::Leftover => leftovers.push(path),
            Standing::Ahead(id) => {
                let damage = leftovers::put_back(&store.layout, id, highest);
                problems.push(problem("catalogue-behind", damage));
            }
            Standing::Stray => {
                let damage = damage(&path, "only files of the store", "somebody else's".into());
                let hint = "move it out of the folder, or give it back its name".to_owned();
                problems.push(Problem { code: "stray-file", version: None, damage, hint });
            }
        }
    }
    Ok((problems, leftovers))
}

/// What is wrong with a file that belongs there and is no segment.
fn odd(store: &Store, path: &Path, is_moving: bool) -> Option<Problem> {
    let content = || fs::read(path).unwrap_or_default();
    match store.layout.entry(path)? {
        Entry::Lock => {
            let text = String::from_utf8(content()).unwrap_or_else(|_| "no text".into());
            // Empty is what a writer leaves that was stopped before it said its name.
            let is_right = text.is_empty() || Holder::parse(&text).is_some();
            let found = || marker(path, "the facts of the last writer", "something else");
            (!is_right && !is_moving).then(found)
        }
        Entry::Readers => {
            let length = fs::metadata(path).map_or(0, |found| found.len());
            (length > 0).then(|| marker(path, "an empty file", &format!("{length} bytes")))
        }
        Entry::Backup if !is_sealed(&content()) => {
            let found = "bytes that do not fit its seal".to_owned();
            let damage = damage(path, "an older catalogue as it was", found);
            let hint = "nothing reads it; remove it if the store is well".to_owned();
            Some(Problem { code: "backup", version: None, damage, hint })
        }
        _ => None,
    }
}

fn marker(path: &Path, expected: &str, found: &str) -> Problem {
    let damage = damage(path, expected, found.to_owned());
    Problem { code: "marker", version: None, damage, hint: BY_ITSELF.into() }
}

fn problem(code: &'static str, damage: Damage) -> Problem {
    let hint = damage.hint();
    Problem { code, version: None, damage, hint }
}

fn damage(path: &Path, expected: &str, found: String) -> Damage {
    Damage { file: path.to_owned(), period: None, expected: expected.to_owned(), found }
}
