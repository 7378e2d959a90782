//! Real footers: files of many writers are taken, and those known to be broken are not.
//!
//! In:    every Parquet file of `sample-data/real`, and what other readers said about each.
//! Out:   the same number of rows, or a refusal where one is due.
//! Never: decodes a page.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use curtail::diagnostic::{Place, Refusal};
use curtail::scan::footer::{self, ChunkPromise, FooterLimits};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use crate::support::sample_data;

/// Refused by the footer, and why.
const BAD_FOOTERS: [(&str, &str); 6] = [
    ("ARROW-GH-41317.parquet", "PQ-SCHEMA"),
    ("ARROW-GH-41321.parquet", "PQ-COVERAGE"),
    ("ARROW-RS-GH-6229-DICTHEADER.parquet", "PQ-CHUNK"),
    ("PARQUET-1481.parquet", "PQ-TYPE"),
    ("encrypt_columns_and_footer.parquet.encrypted", "PQ-ENCRYPTED"),
    ("encrypt_columns_plaintext_footer.parquet.encrypted", "PQ-ENCRYPTED"),
];

/// Refused by their page headers: levels without rows, 4 KB that unpack to 2 GiB, and a chunk that
/// is shorter than its pages.
const BAD_PAGES: [(&str, &str); 3] = [
    ("ARROW-RS-GH-6229-LEVELS.parquet", "PQ-PAGE"),
    ("large_string_map.brotli.parquet", "PQ-LIMIT"),
    ("nation.dict-malformed.parquet", "PQ-PAGE"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.display().to_string().contains(".parquet") {
            found.push(path);
        }
    }
}

fn inspected(path: &Path) -> Result<u64, Refusal> {
    let facts = footer::inspect(&File::open(path).unwrap(), path, &FooterLimits::default());
    facts.map(|facts| facts.rows)
}

fn code_of(table: &[(&str, &'static str)], path: &Path) -> Option<&'static str> {
    let name = path.file_name().unwrap().to_str().unwrap();
    table.iter().find(|(bad, _)| *bad == name).map(|(_, code)| *code)
}

/// The rows that another reader found, if it read the file.
fn rows_elsewhere(verdicts: &serde_json::Value, path: &Path) -> Option<u64> {
    let mut end = path.iter().rev().map(|name| name.to_str().unwrap());
    let (name, folder) = (end.next().unwrap(), end.next().unwrap());
    let verdict = verdicts[format!("{folder}/{name}")]["pyarrow_26.0.1"].as_str()?;
    verdict.strip_prefix("ok rows ")?.split(' ').next()?.parse().ok()
}

#[test]
fn footers_of_many_writers_are_taken_and_broken_ones_are_not() {
    let text = fs::read(sample_data("real/parquet-testing/verdicts.json")).unwrap();
    let verdicts: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let mut found = Vec::new();
    files(&sample_data("real"), &mut found);
    assert!(found.len() > 50, "{found:?}");
    for path in found {
        match inspected(&path) {
            Err(refusal) => {
                assert_eq!(Some(refusal.code), code_of(&BAD_FOOTERS, &path), "{refusal}");
            }
            Ok(rows) => {
                assert_eq!(code_of(&BAD_FOOTERS, &path), None, "{}", path.display());
                let elsewhere = rows_elsewhere(&verdicts, &path);
                assert!(elsewhere.is_none_or(|other| other == rows), "{}", path.display());
            }
        }
    }
}

fn check_pages(file: &File, chunk: &ColumnChunkMetaData) -> Result<(), Refusal> {
    let start = chunk.dictionary_page_offset().unwrap_or(i64::MAX).min(chunk.data_page_offset());
    let mut bytes = vec![0; usize::try_from(chunk.compressed_size()).unwrap()];
    file.read_exact_at(&mut bytes, u64::try_from(start).unwrap()).unwrap();
    let (place, limits) = (Place::default(), FooterLimits::default());
    footer::check_page_headers(&bytes, ChunkPromise::of(chunk), &place, &limits)
}

#[test]
fn pages_of_many_writers_are_taken_and_bombs_are_not() {
    let mut found = Vec::new();
    files(&sample_data("real"), &mut found);
    for path in found.iter().filter(|path| inspected(path).is_ok()) {
        let file = File::open(path).unwrap();
        // One writer's own fields are more than the library can pass over.
        let Ok(metadata) = ParquetMetaDataReader::new().parse_and_finish(&file) else { continue };
        let chunks = metadata.row_groups().iter().filter(|group| group.num_rows() > 0);
        let refusal =
            chunks.flat_map(RowGroupMetaData::columns).find_map(|c| check_pages(&file, c).err());
        let code = refusal.map(|refusal| refusal.code);
        assert_eq!(code, code_of(&BAD_PAGES, path), "{}", path.display());
    }
}

/// A file of so many rows, in row groups of 100, with or without all that a writer may add.
fn written(rows: i64, version: WriterVersion, statistics: EnabledStatistics) -> File {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let names: ArrayRef = Arc::new(
        (0..rows).map(|row| (row % 3 > 0).then(|| row.to_string())).collect::<StringArray>(),
    );
    let batch = RecordBatch::try_from_iter([("id", ids), ("name", names)]).unwrap();
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_statistics_enabled(statistics)
        .set_bloom_filter_enabled(statistics == EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(100))
        .build();
    let file = tempfile::tempfile().unwrap();
    let mut writer =
        ArrowWriter::try_new(file.try_clone().unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn a_writers_options_and_an_empty_month_change_nothing() {
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for statistics in [EnabledStatistics::None, EnabledStatistics::Page] {
            for rows in [0, 1, 1_000] {
                let file = written(rows, version, statistics);
                let path = Path::new("written.parquet");
                let facts = footer::inspect(&file, path, &FooterLimits::default()).unwrap();
                assert_eq!(facts.rows, u64::try_from(rows).unwrap());
                let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
                for chunk in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
                    check_pages(&file, chunk).unwrap();
                }
            }
        }
    }
}
