//! Crashes: whenever a writer is stopped, the period is the old one or the new one.
//!
//! In:    the files before and after a commit, mixed as a stop in between would leave them.
//! Out:   one sentence per test.
//! Never: kills a process; that is done from outside, in `tests/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::fixture::{me, month, version_of};
use crate::model::stored::Pins;
use crate::store::layout::{Layout, unfinished};
use crate::store::shelf::Shelf;
use crate::store::{Home, Spare, Store, Writer, leftovers};

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(folder: &Path) -> Files {
    let paths = leftovers::files(&Layout::of(folder)).unwrap();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap();
        (path.strip_prefix(folder).unwrap().to_owned(), bytes)
    };
    paths.into_iter().map(read).collect()
}

/// The disk after each step of a commit, and once more with each step's file half written.
fn states(before: &Files, after: &Files) -> Vec<Files> {
    let is_new = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let (catalogue, segments): (Vec<&PathBuf>, Vec<&PathBuf>) =
        after.keys().filter(is_new).partition(|path| path.ends_with("catalogue.sqlite"));
    let mut disk = before.clone();
    let mut states = vec![disk.clone()];
    for paths in [segments, catalogue] {
        for path in &paths {
            let bytes = &after[*path];
            for length in [0, bytes.len() / 2, bytes.len()] {
                disk.insert(unfinished(path), bytes[..length].to_vec());
                states.push(disk.clone());
            }
        }
        for path in &paths {
            let bytes = disk.remove(&unfinished(path)).unwrap();
            disk.insert((*path).clone(), bytes);
            states.push(disk.clone());
        }
    }
    assert_eq!(&disk, after);
    states
}

#[test]
fn a_writer_stopped_at_any_step_leaves_the_old_or_the_new_period() {
    let source = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(source.path()), &me()).unwrap();
    let old = writer.commit(&version_of(month(10), 1), 1).unwrap();
    let before = files(source.path());
    let new = writer.commit(&version_of(month(10), 2), 1).unwrap();
    let states = states(&before, &files(source.path()));
    let last = states.len() - 1;
    assert_eq!(last, 2 * 4 + 4);
    for (step, state) in states.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in state {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let store = Store::open(&Home::of(folder.path())).unwrap();
        let found = store.snapshot(None, &Pins::new()).unwrap();
        let expected = if step == last { &new } else { &old };
        assert_eq!(found.versions[0].facts, expected.facts, "step {step}");
        assert!(store.verify(&|_| ()).unwrap().is_sound(), "step {step}");
        drop((store, found));
        let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
        writer.commit(&version_of(month(10), 3), 1).unwrap();
        let verified = writer.store().verify(&|_| ()).unwrap();
        assert!(verified.is_sound() && verified.leftovers.is_empty(), "step {step}");
    }
}

#[test]
fn readers_see_whole_periods_while_they_are_replaced_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    writer.commit(&version_of(month(10), 0), 1).unwrap();
    let is_done = AtomicBool::new(false);
    let read = || {
        let (mut rounds, mut highest) = (0, 0);
        while !is_done.load(Ordering::Relaxed) || rounds == 0 {
            let store = Store::open(&Home::of(folder.path())).unwrap();
            let snapshot = store.snapshot(None, &Pins::new()).unwrap();
            drop(store);
            assert_eq!(Shelf::Disk.damage_of(&snapshot.versions[0]).unwrap(), None);
            assert!(snapshot.versions[0].id.0 >= highest, "time went back");
            highest = snapshot.versions[0].id.0;
            rounds += 1;
        }
        rounds
    };
    std::thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read), scope.spawn(read)];
        for seed in 1..30 {
            writer.commit(&version_of(month(10), seed), 1).unwrap();
            writer.gc(Spare::Nothing).unwrap();
        }
        is_done.store(true, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 0));
    });
    writer.gc(Spare::Nothing).unwrap();
    assert_eq!(writer.store().history().unwrap().len(), 1);
    assert!(writer.store().verify(&|_| ()).unwrap().is_sound());
}
