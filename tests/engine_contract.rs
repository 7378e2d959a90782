//! Engine contract: what we rely on Polars and Arrow for, tried directly.
//!
//! In:    columns of `Decimal(38, 12)`, NULLs, more rows than one morsel.
//! Out:   exact sums; NULLs where SQL has them; the same integers on both sides of the hand-over.
//! Never: touches a bill. When an upgrade breaks one of these, our numbers would be next.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{Decimal128Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::writer::StreamWriter;
use polars::prelude::{DataFrame, IntoLazy, IpcStreamReader, SerReader, col, lit};

/// The largest amount that a `Decimal(38, 12)` column holds.
const LARGEST: i128 = 10_i128.pow(38) - 1;

/// A frame of groups and amounts, handed over as the product does it.
fn frame(rows: &[(Option<&str>, Option<i128>)]) -> DataFrame {
    let groups: StringArray = rows.iter().map(|(group, _)| *group).collect();
    let costs: Decimal128Array = rows.iter().map(|(_, cost)| *cost).collect();
    let costs = costs.with_precision_and_scale(38, 12).unwrap();
    let schema = Arc::new(Schema::new(vec![
        Field::new("of", DataType::Utf8, true),
        Field::new("cost", DataType::Decimal128(38, 12), true),
    ]));
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(groups), Arc::new(costs)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    IpcStreamReader::new(Cursor::new(bytes)).finish().unwrap()
}

fn costs(frame: &DataFrame) -> Vec<Option<i128>> {
    frame.column("cost").unwrap().decimal().unwrap().physical().iter().collect()
}

/// Sums by group, sorted by group.
fn sums(frame: DataFrame) -> Vec<(Option<String>, Option<i128>)> {
    let summed = frame.lazy().group_by([col("of")]).agg([col("cost").sum()]).collect().unwrap();
    let groups = summed.column("of").unwrap().str().unwrap();
    let groups = groups.iter().map(|group| group.map(ToOwned::to_owned));
    let mut sums: Vec<_> = groups.zip(costs(&summed)).collect();
    sums.sort();
    sums
}

#[test]
fn amounts_arrive_as_they_were_sent() {
    let sent = [0, 1, -1, LARGEST, -LARGEST, 1_500_000_000_000];
    let mut rows: Vec<(Option<&str>, Option<i128>)> =
        sent.iter().map(|cost| (Some("a"), Some(*cost))).collect();
    rows.push((None, None));
    let received = frame(&rows);
    let expected: Vec<Option<i128>> = rows.iter().map(|(_, cost)| *cost).collect();
    assert_eq!(costs(&received), expected);
    assert_eq!(received.column("cost").unwrap().dtype().to_string(), "decimal[38,12]");
    assert_eq!(received.column("of").unwrap().null_count(), 1);
}

#[test]
fn sums_over_thousands_of_rows_are_exact_and_wide() {
    // A sum in doubles, or in 64 bits, would lose the last digits of every one of these.
    let amount = |row: i128| 10_i128.pow(33) + row * 7 - 3;
    let rows: Vec<(Option<&str>, Option<i128>)> =
        (0..5_000).map(|row| (Some("a"), Some(amount(row)))).collect();
    let expected: i128 = (0..5_000).map(amount).sum();
    assert_eq!(sums(frame(&rows)), [(Some("a".into()), Some(expected))]);
}

#[test]
fn thousands_of_groups_are_exact() {
    let names: Vec<String> = (0..3_000).map(|group| format!("group-{group:05}")).collect();
    let rows: Vec<(Option<&str>, Option<i128>)> = (0..9_000)
        .map(|row| (Some(names[row % 3_000].as_str()), Some(i128::try_from(row).unwrap())))
        .collect();
    let found = sums(frame(&rows));
    assert_eq!(found.len(), 3_000);
    for (at, (group, sum)) in found.iter().enumerate() {
        assert_eq!(group.as_deref(), Some(names[at].as_str()));
        assert_eq!(*sum, Some(3 * i128::try_from(at).unwrap() + 9_000));
    }
}

#[test]
fn a_group_without_a_name_is_a_group() {
    // Some engines drop NULL keys, and the money with them.
    let rows = [(None, Some(1)), (Some("a"), Some(2)), (None, Some(4))];
    assert_eq!(sums(frame(&rows)), [(None, Some(5)), (Some("a".into()), Some(2))]);
}

#[test]
fn an_amount_that_is_null_is_skipped_and_nothing_sums_to_zero() {
    let rows = [(Some("a"), None), (Some("a"), Some(7)), (Some("b"), None)];
    assert_eq!(sums(frame(&rows)), [(Some("a".into()), Some(7)), (Some("b".into()), Some(0))]);
    let nothing = frame(&rows).lazy().filter(lit(false)).select([col("cost").sum()]);
    assert_eq!(costs(&nothing.collect().unwrap()), [Some(0)]);
}

#[test]
fn a_missing_value_equals_only_itself() {
    let rows = [(None, Some(1)), (Some(""), Some(2)), (Some("a"), Some(4))];
    let kept = |of| frame(&rows).lazy().filter(of).select([col("cost").sum()]).collect().unwrap();
    assert_eq!(costs(&kept(col("of").eq_missing(lit("a")))), [Some(4)]);
    assert_eq!(costs(&kept(col("of").eq_missing(lit("a")).not())), [Some(3)]);
    assert_eq!(costs(&kept(col("of").is_null())), [Some(1)]);
}
