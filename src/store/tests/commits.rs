//! Commits: periods are stored, replaced and read.
//!
//! In:    the fixture's months.
//! Out:   one sentence per test.
//! Never: flips bytes; that is `damage`.

use std::fs;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Decimal128Type;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::fixture::{closing_of, me, month, version_of};
use crate::model::stored::{NewVersion, Pins, SegmentKind, VersionId};
use crate::store::{Home, Spare, Store, StoreError, Writer};

#[test]
fn a_period_comes_out_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let new = version_of(month(10), 5);
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let stored = writer.commit(&new, 2).unwrap();
    assert_eq!((stored.id, &stored.facts), (VersionId(1), &new.facts));
    let snapshot =
        Store::open(&Home::of(folder.path())).unwrap().snapshot(None, &Pins::new()).unwrap();
    assert_eq!(snapshot.versions, std::slice::from_ref(&stored));
    assert_eq!(writer.store().history().unwrap(), [stored]);
    for (segment, batch) in
        snapshot.versions[0].segments.iter().zip(&new.charges[&SegmentKind::Charges])
    {
        let file = Bytes::from(fs::read(&segment.path).unwrap());
        assert_eq!(segment.bytes, file.len() as u64);
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let read: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        for name in ["unblended_cost", "usage_hours", "amortized_cost_difference"] {
            let amounts = |batch: &RecordBatch| {
                batch.column_by_name(name).unwrap().as_primitive::<Decimal128Type>().clone()
            };
            assert_eq!(amounts(&read[0]), amounts(batch));
        }
    }
}

#[test]
fn a_later_delivery_replaces_a_period_and_the_older_version_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let september = writer.commit(&version_of(month(9), 1), 1).unwrap();
    let first = writer.commit(&version_of(month(10), 2), 1).unwrap();
    let before = Store::open(&Home::of(folder.path())).unwrap();
    let second = writer.commit(&version_of(month(10), 3), 1).unwrap();
    let after = Store::open(&Home::of(folder.path())).unwrap();
    let newest = |store: &Store| store.snapshot(None, &Pins::new()).unwrap().versions;
    assert_eq!(newest(&before), [september.clone(), first.clone()]);
    assert_eq!(newest(&after), [september.clone(), second.clone()]);
    let pins = Pins::from([(month(10), first.id)]);
    let pinned = after.snapshot(Some(&[month(10)]), &pins).unwrap();
    assert_eq!(pinned.versions, std::slice::from_ref(&first));
    assert_eq!(after.history().unwrap(), [september, first, second]);
}

#[test]
fn a_version_of_another_period_is_not_a_version_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    writer.commit(&version_of(month(9), 1), 1).unwrap();
    let october = writer.commit(&version_of(month(10), 2), 1).unwrap();
    let pins = Pins::from([(month(9), october.id)]);
    let error = writer.store().snapshot(None, &pins).unwrap_err();
    let StoreError::NoVersion { known, .. } = error else { panic!("{error}") };
    assert_eq!(known, [VersionId(1)]);
}

#[test]
fn charges_that_are_not_what_the_facts_say_are_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let right = version_of(month(10), 1);
    let wrong: [fn(&mut NewVersion); 6] = [
        |new| new.facts.totals[0].costs[3].0 += 1,
        |new| new.facts.totals[1].usage_hours.0 -= 1,
        |new| drop(new.facts.totals.pop()),
        |new| new.facts.files[0].refused_rows = 0,
        |new| new.facts.files[0].sums[7].delivered.0 += 1,
        |new| drop(new.charges.get_mut(&SegmentKind::Charges).unwrap().pop()),
    ];
    let errors = wrong.map(|spoil| {
        let mut new = right.clone();
        spoil(&mut new);
        let error = writer.commit(&new, 1).unwrap_err();
        assert!(matches!(error, StoreError::Unbalanced { .. }), "{error}");
        error.to_string()
    });
    assert_eq!(
        errors[3],
        "the charges of 2026-10 do not add up: expected delivered rows 1561, found 1560 stored \
         and 0 refused"
    );
    assert!(writer.store().history().unwrap().is_empty());
}

#[test]
fn a_period_is_closed_once_and_what_was_kept_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let version = writer.commit(&version_of(month(10), 1), 1).unwrap();
    let mut closing = closing_of(month(10), version.id);
    closing.adjusted.insert(month(10), [version.id, version.id]);
    writer.close(&closing).unwrap();
    assert_eq!(
        Store::open(&Home::of(folder.path())).unwrap().closings().unwrap(),
        [closing.clone()]
    );
    let error = writer.close(&closing).unwrap_err();
    assert!(matches!(error, StoreError::Closed { .. }), "{error}");
    let error = writer.close(&closing_of(month(9), version.id)).unwrap_err();
    assert!(matches!(error, StoreError::NoVersion { .. }), "{error}");
}

#[test]
fn one_writes_and_the_second_is_told_who() {
    let folder = tempfile::tempdir().unwrap();
    let first = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let Err(StoreError::Locked { holder, .. }) = Writer::open(&Home::of(folder.path()), &me())
    else {
        panic!("two writers");
    };
    assert_eq!(holder, Some(me()));
    drop(first);
    Writer::open(&Home::of(folder.path()), &me()).unwrap();
}

#[test]
fn a_store_is_not_made_among_other_files_and_not_read_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(&Home::of(folder.path())).err().unwrap();
    assert!(matches!(error, StoreError::Absent { .. }), "{error}");
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let error = Writer::open(&Home::of(folder.path()), &me()).err().unwrap();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn sqlite_reads_the_catalogue_as_it_lies_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    writer.commit(&version_of(month(10), 1), 1).unwrap();
    let rows = rusqlite::Connection::open(folder.path().join("catalogue.sqlite")).unwrap();
    let ask = |sql: &str| rows.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(ask("SELECT period FROM version"), "2026-10");
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
    drop(rows);
    Store::open(&Home::of(folder.path())).unwrap();
}

#[test]
fn the_same_money_by_month_lies_beside_the_charges_and_has_to_be_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
    let mut new = version_of(month(10), 1);
    let charges = new.charges[&SegmentKind::Charges].clone();
    let all = concat_batches(&charges[0].schema(), &charges).unwrap();
    new.charges.insert(SegmentKind::Months, vec![all]);
    let version = writer.commit(&new, 2).unwrap();
    let count = |kind: SegmentKind| version.segments_of(kind).count();
    assert_eq!((count(SegmentKind::Charges), count(SegmentKind::Months)), (2, 1));
    let verified = writer.store().verify(&|_| ()).unwrap();
    assert!(verified.is_sound());
    assert_eq!((verified.versions[0].segments, verified.versions[0].charges), (3, 65));
    new.charges.get_mut(&SegmentKind::Months).unwrap().push(charges[1].clone());
    let error = writer.commit(&new, 1).unwrap_err();
    assert!(matches!(error, StoreError::Unbalanced { .. }), "{error}");
    // A file of one kind does not pass for one of the other.
    let [first, last] = [0, 2].map(|at| fs::read(&version.segments[at].path).unwrap());
    fs::write(&version.segments[0].path, last).unwrap();
    fs::write(&version.segments[2].path, first).unwrap();
    let problems = writer.store().verify(&|_| ()).unwrap().problems;
    assert_eq!(problems.len(), 2);
    writer.commit(&version_of(month(10), 1), 1).unwrap();
    writer.gc(Spare::Previous).unwrap();
    assert!(writer.store().verify(&|_| ()).unwrap().is_sound());
}
