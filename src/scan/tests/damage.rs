//! Damage: bytes that went wrong end in a refusal, or change nothing that is counted.
//!
//! In:    small good files with a few bytes changed, and files that say more than they hold.
//! Out:   refusals; never a panic that leaves the room, never more or fewer rows than promised.
//! Never: relies on page checksums, which few writers write; `chunks` does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, Float64Array, ListArray, RecordBatch};
use arrow::array::{StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Float64Type};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::{WriterProperties, WriterVersion};

use super::export::Recipe;
use super::shape::{Coding, Dice, Gaps, Shape};
use super::{declined, open, read, request};
use crate::diagnostic::Refusal;
use crate::model::line_items::{LineItems, Sink};
use crate::scan::{ScanError, scan};

/// Changed files to try for each random file of the other tests.
const MUTATIONS_PER_CASE: u64 = 35;

const SMALL: Shape = Shape {
    coding: Coding::Dictionary(1 << 20),
    gaps: Gaps::Sometimes,
    distinct: 9,
    page_bytes: 200,
    is_marked: true,
};

#[derive(Debug, Default)]
struct Counted(u64);

impl Sink for Counted {
    fn take(&mut self, items: &LineItems) -> Result<(), Refusal> {
        for text in &items.texts {
            assert!(text.codes.are_of(items.rows));
            // Whatever the codes are, a row has a text or none.
            let _ = (0..items.rows).filter_map(|row| text.text(row)).count();
        }
        assert!(items.amounts.iter().all(|(_, amounts)| amounts.len() == items.rows));
        self.0 += items.rows as u64;
        Ok(())
    }
}

/// Opens and scans bytes: how many rows were promised and given.
fn scanned(path: &Path, bytes: &[u8]) -> Result<(u64, u64), ScanError> {
    std::fs::write(path, bytes).unwrap();
    let file = open(path)?;
    let promised = file.rows;
    let found = scan(&[file], &request(), Counted::default)?;
    Ok((promised, found.sinks.iter().map(|sink| sink.0).sum()))
}

#[test]
fn no_changed_byte_leaves_the_room_as_a_panic_or_changes_the_number_of_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    let mut dice = Dice(11);
    let (mut refused, mut taken) = (0, 0);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for coding in [SMALL.coding, Coding::Dictionary(60), Coding::Plain] {
            let recipe = Recipe::uniform(40, Shape { coding, ..SMALL });
            Recipe { version, group_rows: 25, ..recipe }.write(&path);
            let good = std::fs::read(&path).unwrap();
            for _ in 0..super::cases() * MUTATIONS_PER_CASE / 6 {
                let mut bytes = good.clone();
                for _ in 0..=dice.below(3) {
                    let at = usize::try_from(dice.below(good.len() as u64)).unwrap();
                    bytes[at] = u8::try_from(dice.below(256)).unwrap();
                }
                match scanned(&path, &bytes) {
                    Ok((promised, found)) => {
                        assert_eq!(found, promised);
                        taken += 1;
                    }
                    Err(ScanError::Refused(_)) => refused += 1,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
    assert!(refused > 100 && taken > 100, "{refused} refused, {taken} taken");
}

/// Refused by either way.
#[track_caller]
fn refused(path: &Path, says: &str) {
    let file = open(path).unwrap();
    for way in [true, false] {
        let read = || read(&file, 0, || way).map(|rows| rows.count);
        // The room catches panics one level above what is called here.
        let found = catch_unwind(AssertUnwindSafe(read));
        let Ok(Ok(rows)) = found.map(|found| found.map_err(|error| error.to_string())) else {
            continue;
        };
        panic!("{rows} rows; {says}");
    }
    let error = scan(&[file], &request(), Counted::default).unwrap_err();
    assert!(matches!(error, ScanError::Refused(_)), "{error}");
}

#[test]
fn text_that_is_not_utf8_is_refused_by_either_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    for coding in [SMALL.coding, Coding::Plain, Coding::Exotic] {
        for is_marked in [true, false] {
            let shape = Shape { coding, is_marked, ..SMALL };
            Recipe::uniform(200, shape).write(&path);
            let mut bytes = std::fs::read(&path).unwrap();
            let at = bytes.windows(9).position(|text| text == b"sagemaker").unwrap();
            bytes[at] = 0xFF;
            std::fs::write(&path, &bytes).unwrap();
            refused(&path, &format!("{coding:?}, marked: {is_marked}"));
        }
    }
}

/// One column beside those that every export has.
fn export_with(path: &Path, extra: Vec<(Field, ArrayRef)>, dictionary: bool) {
    let rows = extra[0].1.len();
    let types: ArrayRef = Arc::new(StringArray::from(vec!["Usage"; rows]));
    let costs: ArrayRef = Arc::new(Float64Array::from(vec![1.0; rows]));
    let mut columns = vec![
        (Field::new("line_item_line_item_type", DataType::Utf8, true), types),
        (Field::new("line_item_unblended_cost", DataType::Float64, true), costs),
    ];
    columns.extend(extra);
    let schema = columns.iter().map(|(field, _)| field.clone()).collect::<Vec<_>>();
    let schema = Arc::new(arrow::datatypes::Schema::new(schema));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(dictionary)
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn an_index_beyond_the_dictionary_is_refused_by_either_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    // Five values need indices of three bits: packed in threes of bytes, none of them all ones.
    let values: Vec<String> = (0..400).map(|row| format!("value {}", row * row % 5)).collect();
    let texts: ArrayRef = Arc::new(StringArray::from(values));
    let field = Field::new("line_item_usage_type", DataType::Utf8, false);
    export_with(&path, vec![(field, texts)], true);
    let file = open(&path).unwrap();
    let chunk = file.parquet().row_group(0).column(2);
    let end = usize::try_from(chunk.byte_range().0 + chunk.byte_range().1).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    read(&file, 0, || true).unwrap();
    bytes[end - 5] = 0xFF;
    bytes[end - 4] = 0xFF;
    std::fs::write(&path, &bytes).unwrap();
    let left = declined(&open(&path).unwrap(), 0);
    assert_eq!(left, ["line_item_usage_type"]);
    refused(&path, "an index of 7 into 5 or fewer values");
}

#[test]
fn tags_that_are_not_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    let words: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let word = Field::new("word", DataType::Utf8, true);
    let items = Arc::new(Field::new("item", DataType::Float64, true));
    let one = |at: f64| Some(vec![Some(at)]);
    let list = ListArray::from_iter_primitive::<Float64Type, _, _>([one(1.0), one(2.0)]);
    let odd: [(DataType, ArrayRef); 3] = [
        (DataType::List(items), Arc::new(list)),
        (
            DataType::Struct(vec![word.clone()].into()),
            Arc::new(StructArray::new(vec![word].into(), vec![words], None)),
        ),
        (DataType::Float64, Arc::new(Float64Array::from(vec![1.0, 2.0]))),
    ];
    for (data_type, array) in odd {
        let field = Field::new("resource_tags_user_team", array.data_type().clone(), true);
        export_with(&path, vec![(field, array)], true);
        let Err(ScanError::Refused(refusal)) = open(&path) else { panic!("{data_type}") };
        assert_eq!(refusal.code, "SRC-TYPE");
    }
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"a".as_slice(), b"b"]));
    let field = Field::new("resource_tags_user_team", DataType::Binary, true);
    export_with(&path, vec![(field, bytes)], true);
    assert_eq!(read(&open(&path).unwrap(), 0, || false).unwrap().count, 2);
}
