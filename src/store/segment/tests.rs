//! Tests of segments: other readers find what was written, and every page has its checksum.
//!
//! In:    batches of every shape that charges have.
//! Out:   one sentence per test.
//! Never: needs a store.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Int64Array, MapBuilder, RecordBatch, StringArray,
    StringBuilder,
};
use arrow::compute::concat_batches;
use arrow::datatypes::Int32Type;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Encoding;
use parquet::file::metadata::ColumnChunkMetaData;

use super::*;
use crate::model::money::{PRECISION, SCALE};

fn amounts(values: impl Iterator<Item = i128>) -> ArrayRef {
    let array = Decimal128Array::from_iter_values(values);
    let scale = i8::try_from(SCALE).unwrap();
    Arc::new(array.with_precision_and_scale(PRECISION, scale).unwrap())
}

/// Charges of every kind of column: more distinct ids than a dictionary takes, maps, nothing.
fn charges(rows: usize, id_length: usize) -> RecordBatch {
    let many = || (0..rows).map(|at| i128::try_from(at).unwrap());
    let currencies: DictionaryArray<Int32Type> =
        (0..rows).map(|at| if at % 2 == 0 { "USD" } else { "EUR" }).collect();
    let ids = (0..rows).map(|at| (at % 7 > 0).then(|| format!("{at:0id_length$}")));
    let mut tags = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for at in 0..rows {
        for tag in 0..at % 3 {
            tags.keys().append_value(format!("user_{tag}"));
            tags.values().append_option((tag > 0).then(|| format!("team {}", at % 11)));
        }
        tags.append(at % 13 > 0).unwrap();
    }
    RecordBatch::try_from_iter_with_nullable([
        ("currency", Arc::new(currencies) as ArrayRef, false),
        ("resource_id", Arc::new(ids.collect::<StringArray>()), true),
        ("tags", Arc::new(tags.finish()), true),
        ("line_items", Arc::new((0..rows).map(|_| Some(1)).collect::<Int64Array>()), false),
        ("unblended_cost", amounts(many().map(|at| at * at - 5)), false),
        ("list_cost_difference", amounts(many().map(|_| 0)), false),
        ("usage_hours", amounts(many().map(|at| -at)), false),
    ])
    .unwrap()
}

fn place() -> Place<'static> {
    let period = BillingPeriod::new(2026, 10).unwrap();
    Place { period, version: VersionId(7), number: 0, tool: "0.1.0" }
}

#[test]
fn other_readers_find_every_value_and_a_checksum_on_every_page() {
    for (rows, id_length) in [(1, 1), (1000, 20), (ROW_GROUP + 1, 140)] {
        let batch = charges(rows, id_length);
        let file = Bytes::from(encode(&batch, &place()).unwrap());
        // Read as what it was, dictionaries too.
        let options = ArrowReaderOptions::new().with_schema(batch.schema());
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options);
        let reader = reader.unwrap();
        let metadata = reader.metadata().clone();
        let read: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
        // Arrays are equal by their values, whatever codes stand for them.
        let read = concat_batches(&batch.schema(), &read).unwrap();
        assert!(read == batch, "{rows} charges");
        let [pages, right] = checksum::counted(&file, &metadata).unwrap();
        assert!(pages >= 8 && pages == right, "{right} of {pages}");
        let mut tally = Tally::default();
        examine(&file, &place(), &mut tally).unwrap();
        let mut expected = Tally::default();
        expected.add(&batch).unwrap();
        assert_eq!(tally.totals(), expected.totals());
    }
}

#[test]
fn chunks_follow_each_other_without_a_gap_and_sizes_fit() {
    let batch = charges(ROW_GROUP + 9, 140);
    let file = Bytes::from(encode(&batch, &place()).unwrap());
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    let metadata = reader.metadata();
    assert_eq!(metadata.num_row_groups(), 2);
    let mut at = 4;
    for group in metadata.row_groups() {
        assert_eq!(group.file_offset(), Some(i64::try_from(at).unwrap()));
        for column in group.columns() {
            let (start, length) = column.byte_range();
            assert_eq!(start, at, "{}", column.column_path());
            assert!(column.statistics().is_some(), "{}", column.column_path());
            at += length;
        }
        let sizes = group.columns().iter().map(ColumnChunkMetaData::uncompressed_size);
        assert_eq!(group.total_byte_size(), sizes.sum::<i64>());
    }
    let encodings = |name: &str| {
        let columns = metadata.row_group(0).columns().iter();
        let mut columns = columns.filter(|column| column.column_path().string() == name);
        columns.next().unwrap().encodings().collect::<Vec<_>>()
    };
    assert!(!encodings("unblended_cost").contains(&Encoding::RLE_DICTIONARY));
    assert!(encodings("list_cost_difference").contains(&Encoding::RLE_DICTIONARY));
}

#[test]
fn a_segment_of_another_place_is_not_taken_for_this_one() {
    let file = Bytes::from(encode(&charges(10, 5), &place()).unwrap());
    for other in [
        Place { number: 1, ..place() },
        Place { version: VersionId(8), ..place() },
        Place { period: BillingPeriod::new(2026, 11).unwrap(), ..place() },
    ] {
        assert!(examine(&file, &other, &mut Tally::default()).is_err(), "{other:?}");
    }
}

#[test]
fn charges_without_a_currency_are_not_added_up() {
    let batch = charges(10, 5);
    let without = batch.project(&[1, 3, 4]).unwrap();
    assert!(Tally::default().add(&without).is_err());
    let mut tally = Tally::default();
    tally.add(&batch).unwrap();
    let euro = &tally.totals()[0];
    assert_eq!((euro.currency.as_str(), euro.line_items), ("EUR", 5));
    assert_eq!(euro.costs[0].0, 1 + 9 + 25 + 49 + 81 - 25);
    assert_eq!(euro.usage_hours.0, -25);
}
