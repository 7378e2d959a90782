//! Housekeeping: gc, leftovers of stopped writers, older and newer formats.
//!
//! In:    the fixture's months.
//! Out:   one sentence per test.
//! Never: removes what somebody needs.

use std::fs;

use rusqlite::Connection;

use super::fixture::{closing_of, me, month, version_of};
use crate::model::stored::{Pins, VersionId};
use crate::store::layout::Layout;
use crate::store::{Home, Spare, Store, StoreError, Writer, leftovers};

#[test]
fn gc_keeps_the_newest_the_one_before_and_what_closings_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    for seed in 1..=5 {
        writer.commit(&version_of(month(10), seed), 1).unwrap();
    }
    writer.close(&closing_of(month(10), VersionId(2))).unwrap();
    let left = |writer: &Writer| -> Vec<i64> {
        writer.store().history().unwrap().iter().map(|version| version.id.0).collect()
    };
    let catalogue = folder.path().join("catalogue.sqlite");
    let before = fs::metadata(&catalogue).unwrap().len();
    let collected = writer.gc(Spare::Previous).unwrap();
    assert!(!collected.is_read && collected.bytes() > 0);
    assert_eq!(left(&writer), [2, 4, 5]);
    assert!(fs::metadata(&catalogue).unwrap().len() <= before);
    writer.gc(Spare::Nothing).unwrap();
    assert_eq!(left(&writer), [2, 5]);
    assert!(writer.gc(Spare::Nothing).unwrap().versions.is_empty());
    // A number is never used again, even when the highest one is gone.
    let sixth = writer.commit(&version_of(month(10), 6), 1).unwrap();
    assert_eq!(sixth.id, VersionId(6));
    let segments = leftovers::files(&Layout::of(folder.path())).unwrap();
    assert_eq!(segments.iter().filter(|path| path.extension().is_some()).count(), 3 * 2 + 1);
    drop(writer);
    assert!(Store::open(&Home::of(folder.path())).unwrap().verify(&|_| ()).unwrap().is_sound());
}

#[test]
fn gc_deletes_nothing_while_somebody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let first = writer.commit(&version_of(month(10), 1), 1).unwrap();
    let snapshot =
        Store::open(&Home::of(folder.path())).unwrap().snapshot(None, &Pins::new()).unwrap();
    writer.commit(&version_of(month(10), 2), 1).unwrap();
    let collected = writer.gc(Spare::Nothing).unwrap();
    assert!(collected.is_read && collected.versions == [first.clone()]);
    assert!(snapshot.versions[0].segments.iter().all(|segment| segment.path.exists()));
    drop(snapshot);
    assert_eq!(writer.gc(Spare::Nothing).unwrap().versions, std::slice::from_ref(&first));
    assert!(first.segments.iter().all(|segment| !segment.path.exists()));
}

#[test]
fn what_a_stopped_writer_left_is_no_problem_and_goes_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let version = writer.commit(&version_of(month(10), 1), 1).unwrap();
    drop(writer);
    let segment = &version.segments[0].path;
    // As it is after a kill between the segments and the catalogue, or before a rename.
    let left = [
        folder.path().join("catalogue.sqlite.tmp"),
        segment.with_file_name("00000002-000.parquet"),
        segment.with_file_name("00000002-001.parquet.tmp"),
    ];
    for path in &left {
        fs::copy(segment, path).unwrap();
    }
    let kept = folder.path().join("README");
    let store = Store::open(&Home::of(folder.path())).unwrap();
    let found = store.verify(&|_| ()).unwrap();
    assert!(found.is_sound());
    let mut sorted = left.clone();
    sorted.sort();
    assert_eq!(found.leftovers, sorted);
    fs::write(&kept, "not ours").unwrap();
    let writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    assert_eq!(writer.reclaimed(), sorted);
    assert!(kept.exists() && left.iter().all(|path| !path.exists()));
    assert_eq!(writer.store().history().unwrap(), [version]);
}

#[test]
fn a_commit_that_cannot_be_written_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let first = writer.commit(&version_of(month(10), 1), 1).unwrap();
    let files = || leftovers::files(&Layout::of(folder.path())).unwrap();
    let before = files();
    let period = first.segments[0].path.parent().unwrap();
    // A folder stands where each of these must be written or renamed to.
    for name in ["00000002-000.parquet.tmp", "00000002-001.parquet", "../../catalogue.sqlite.tmp"] {
        let obstacle = period.join(name);
        fs::create_dir_all(&obstacle).unwrap();
        let error = writer.commit(&version_of(month(10), 2), 1).unwrap_err();
        let is_refused = matches!(error, StoreError::Write { .. } | StoreError::Replaced { .. });
        assert!(is_refused, "{error}");
        fs::remove_dir(&obstacle).unwrap();
        assert_eq!(files(), before, "after {name}");
    }
    assert_eq!(writer.store().history().unwrap(), [first]);
    writer.commit(&version_of(month(10), 2), 1).unwrap();
}

/// Makes the catalogue of a store say what `sql` says, with a seal that fits.
fn amend(folder: &std::path::Path, sql: &str) {
    let path = folder.join("catalogue.sqlite");
    let rows = Connection::open(&path).unwrap();
    rows.execute_batch(sql).unwrap();
    rows.execute_batch("VACUUM").unwrap();
    drop(rows);
    let database = fs::read(&path).unwrap();
    fs::write(&path, crate::store::catalogue::sealed(&database)).unwrap();
}

#[test]
fn a_newer_format_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    drop(Writer::open(&Home::of(folder.path()), &me()).unwrap());
    amend(folder.path(), "PRAGMA user_version = 4");
    let path = folder.path().join("catalogue.sqlite");
    let before = fs::read(&path).unwrap();
    for error in [
        Store::open(&Home::of(folder.path())).err(),
        Writer::open(&Home::of(folder.path()), &me()).err(),
    ] {
        let Some(StoreError::Newer { found, known, .. }) = error else { panic!("{error:?}") };
        assert_eq!((found.as_str(), known.as_str()), ("format 4", "format 3"));
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn an_older_format_is_read_as_it_is_and_migrated_with_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = version_of(month(10), 1);
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    writer.commit(&new, 1).unwrap();
    drop(writer);
    amend(
        folder.path(),
        "ALTER TABLE version DROP COLUMN uninvoiced_rows; DROP TABLE place;
         PRAGMA user_version = 0",
    );
    let path = folder.path().join("catalogue.sqlite");
    let older = fs::read(&path).unwrap();
    // Nobody had counted them.
    new.facts.uninvoiced_rows = None;
    let store = Store::open(&Home::of(folder.path())).unwrap();
    assert_eq!(store.history().unwrap()[0].facts, new.facts);
    assert!(store.verify(&|_| ()).unwrap().is_sound());
    assert_eq!(fs::read(&path).unwrap(), older);
    drop(Writer::open(&Home::of(folder.path()), &me()).unwrap());
    assert_ne!(fs::read(&path).unwrap(), older);
    assert_eq!(fs::read(folder.path().join("catalogue-format-0.sqlite")).unwrap(), older);
    let store = Store::open(&Home::of(folder.path())).unwrap();
    assert_eq!(store.history().unwrap()[0].facts, new.facts);
    assert!(store.verify(&|_| ()).unwrap().is_sound());
    // The copy is verified as well.
    let copy = folder.path().join("catalogue-format-0.sqlite");
    fs::write(&copy, &older[1..]).unwrap();
    let problems = store.verify(&|_| ()).unwrap().problems;
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["backup"]);
}
