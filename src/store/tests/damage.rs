//! Damage: no byte of a store can change unseen, and a damaged period is stored again alone.
//!
//! In:    the fixture's months, and bytes that are flipped, cut, removed and swapped.
//! Out:   one sentence per test.
//! Never: accepts a problem without a place and a next step.

use std::fs;
use std::path::{Path, PathBuf};

use super::fixture::{closing_of, me, month, version_of};
use crate::model::stored::{Pins, Version};
use crate::store::layout::Layout;
use crate::store::shelf::Shelf;
use crate::store::{Home, Spare, Store, StoreError, Verified, Writer, leftovers};

fn verified(folder: &Path) -> Result<Verified, StoreError> {
    let verified = Store::open(&Home::of(folder))?.verify(&|_| ())?;
    for problem in &verified.problems {
        let damage = &problem.damage;
        assert!(!damage.expected.is_empty() && !damage.found.is_empty(), "{problem:?}");
        assert!(!problem.hint.is_empty(), "{problem:?}");
    }
    Ok(verified)
}

fn is_noticed(folder: &Path) -> bool {
    match verified(folder) {
        Ok(verified) => !verified.is_sound(),
        Err(StoreError::Damaged(_)) => true,
        Err(error) => panic!("{error}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    leftovers::files(&Layout::of(folder)).unwrap()
}

/// Two versions of October, one of September, and a closing.
fn store(folder: &Path) -> [Version; 3] {
    let mut writer = Writer::open(&Home::of(folder), &me()).unwrap();
    let versions = [(9, 1), (10, 2), (10, 3)]
        .map(|(number, seed)| writer.commit(&version_of(month(number), seed), 2).unwrap());
    writer.close(&closing_of(month(9), versions[0].id)).unwrap();
    versions
}

#[test]
fn a_sound_store_is_verified_to_the_last_row_and_unit() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path());
    let seen = std::sync::Mutex::new(0);
    let store = Store::open(&Home::of(folder.path())).unwrap();
    let verified = store.verify(&|checked| *seen.lock().unwrap() += checked.bytes).unwrap();
    assert_eq!((&verified.problems[..], &verified.leftovers[..]), (&[][..], &[][..]));
    let all: u64 = verified.versions.iter().map(|version| version.bytes).sum();
    assert_eq!((*seen.lock().unwrap(), verified.closings), (all, 1));
    for version in &verified.versions {
        assert_eq!((version.segments, version.charges, version.files), (2, 65, 1));
        assert_eq!(version.rows, version.stored_rows + 1);
        assert_eq!(version.balances.len(), 12);
        assert!(version.balances.iter().all(|balance| balance.difference().0 == 0));
        assert!(version.balances.iter().all(|balance| balance.stored.0 != 0));
    }
    let superseded: Vec<bool> = verified.versions.iter().map(|v| v.is_superseded).collect();
    assert_eq!(superseded, [false, true, false]);
}

#[test]
fn one_flipped_bit_anywhere_in_the_store_is_found() {
    let folder = tempfile::tempdir().unwrap();
    Writer::open(&Home::of(folder.path()), &me())
        .unwrap()
        .commit(&version_of(month(10), 1), 1)
        .unwrap();
    let mut flipped = 0;
    for path in files(folder.path()) {
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, &bad).unwrap();
            assert!(is_noticed(folder.path()), "{} byte {at}", path.display());
            flipped += 1;
        }
        fs::write(&path, &good).unwrap();
    }
    assert!(flipped > 10_000 && !is_noticed(folder.path()));
}

#[test]
fn a_file_that_is_cut_longer_missing_zeroed_or_swapped_is_found() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path());
    let files = files(folder.path());
    for (path, other) in files.iter().zip(files.iter().cycle().skip(1)) {
        let good = fs::read(path).unwrap();
        let longer = [&good[..], b"\n"].concat();
        let mut bad = vec![longer, fs::read(other).unwrap()];
        if good.len() > 500 {
            bad.extend([good[..good.len() / 2].to_vec(), Vec::new(), vec![0; good.len()]]);
        }
        // An empty lock is what a writer leaves that never came to say its name.
        let is_lock = path.ends_with("lock");
        bad.retain(|bytes| *bytes != good && !(is_lock && bytes.is_empty()));
        for bytes in &bad {
            fs::write(path, bytes).unwrap();
            assert!(is_noticed(folder.path()), "{} of {} bytes", path.display(), bytes.len());
        }
        fs::remove_file(path).unwrap();
        assert_eq!(is_noticed(folder.path()), !is_lock, "{} is missing", path.display());
        fs::write(path, good).unwrap();
    }
    assert!(!is_noticed(folder.path()));
}

#[test]
fn answers_notice_a_segment_that_is_missing_or_cut() {
    let folder = tempfile::tempdir().unwrap();
    let [_, _, newest] = store(folder.path());
    let path = &newest.segments[1].path;
    let good = fs::read(path).unwrap();
    let snapshot = || Store::open(&Home::of(folder.path())).unwrap().snapshot(None, &Pins::new());
    for bad in [None, Some(&good[1..])] {
        match bad {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let Err(StoreError::Damaged(damage)) = snapshot() else { panic!("not noticed") };
        assert_eq!((&damage.file, damage.period), (path, Some(month(10))));
        // The other period is still there.
        let store = Store::open(&Home::of(folder.path())).unwrap();
        store.snapshot(Some(&[month(9)]), &Pins::new()).unwrap();
    }
}

#[test]
fn a_damaged_period_is_stored_again_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [_, older, newest] = store(folder.path());
    for version in [&older, &newest] {
        let path = &version.segments[0].path;
        let mut bytes = fs::read(path).unwrap();
        bytes[100] ^= 1;
        fs::write(path, bytes).unwrap();
        assert!(Shelf::Disk.damage_of(version).unwrap().is_some());
    }
    let found = verified(folder.path()).unwrap();
    let problems: Vec<_> = found.problems.iter().map(|p| (p.code, p.version)).collect();
    assert_eq!(problems, [("segment-bytes", Some(older.id)), ("segment-bytes", Some(newest.id))]);
    assert!(found.problems[1].hint.starts_with("ingest 2026-10 again"));
    let sound: Vec<bool> = found.versions.iter().map(|version| version.is_sound).collect();
    assert_eq!(sound, [true, false, false]);
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let again = writer.commit(&version_of(month(10), 3), 1).unwrap();
    assert_eq!(Shelf::Disk.damage_of(&again).unwrap(), None);
    // A damaged version is not worth keeping for a difference.
    let collected = writer.gc(Spare::Previous).unwrap();
    let gone: Vec<_> = collected.versions.iter().map(|version| version.id).collect();
    assert_eq!(gone, [older.id, newest.id]);
    assert_eq!(verified(folder.path()).unwrap().problems, []);
}

#[test]
fn a_catalogue_from_an_older_backup_is_refused_by_the_writer_and_found_by_verify() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    writer.commit(&version_of(month(9), 1), 1).unwrap();
    let backup = fs::read(&path).unwrap();
    writer.commit(&version_of(month(10), 2), 1).unwrap();
    let version = writer.commit(&version_of(month(11), 3), 1).unwrap();
    fs::write(&path, backup).unwrap();
    // The writer that is at work notices it as well.
    let error = writer.commit(&version_of(month(12), 4), 1).unwrap_err();
    assert!(matches!(error, StoreError::Replaced { .. }), "{error}");
    drop(writer);
    let found = verified(folder.path()).unwrap();
    assert!(found.problems.iter().any(|problem| problem.code == "catalogue-behind"));
    let error = Writer::open(&Home::of(folder.path()), &me()).err().unwrap();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert!(version.segments.iter().all(|segment| segment.path.exists()));
}

#[test]
fn charges_without_a_catalogue_are_a_damaged_store_and_not_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path());
    fs::remove_file(folder.path().join("catalogue.sqlite")).unwrap();
    for error in [
        Store::open(&Home::of(folder.path())).err(),
        Writer::open(&Home::of(folder.path()), &me()).err(),
    ] {
        assert!(matches!(error, Some(StoreError::Damaged(_))), "{error:?}");
    }
}
