//! Segment: one immutable Parquet file of charges.
//!
//! In:    a batch, and where it belongs.
//! Out:   the bytes of its file; from bytes, what is wrong with them.
//! Never: knows what a column means beyond the amounts that the books are about.

mod checksum;
mod tally;
#[cfg(test)]
mod tests;

use arrow::array::{AsArray, Decimal128Array, RecordBatch};
use arrow::datatypes::Decimal128Type;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rustc_hash::FxHashSet;

use crate::model::period::BillingPeriod;
use crate::model::stored::VersionId;

pub(super) use tally::Tally;

/// Most rows of a row group: enough to compress well, few enough to decode several at once.
const ROW_GROUP: usize = 131_072;
/// Fewer rows than this are not worth being decoded by two.
const LEAST_ROWS: usize = 16_384;
/// A dictionary beyond this would not be one; below it, readers get codes for every row.
const DICTIONARY_BYTES: usize = 16 << 20;
/// The layout of a segment's columns and metadata.
const FORMAT: &str = "1";

/// Where a segment belongs; written into its footer, so that a file that was moved is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) period: BillingPeriod,
    pub(super) version: VersionId,
    pub(super) number: usize,
    /// The version of this program.
    pub(super) tool: &'a str,
}

impl Place<'_> {
    fn facts(&self) -> Vec<KeyValue> {
        let fact = |key: &str, value: String| KeyValue::new(format!("curtail.{key}"), value);
        vec![
            fact("format", FORMAT.into()),
            fact("period", self.period.to_string()),
            fact("version", self.version.0.to_string()),
            fact("segment", self.number.to_string()),
        ]
    }
}

/// The bytes of the file for a batch.
pub(super) fn encode(batch: &RecordBatch, place: &Place<'_>) -> Result<Vec<u8>, ParquetError> {
    let mut file = Vec::new();
    let options = ArrowWriterOptions::new()
        .with_properties(properties(batch, place)?)
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(&mut file, batch.schema(), options)?;
    writer.write(batch)?;
    let metadata = writer.close()?;
    checksum::stamped(&file, metadata)
}

fn properties(batch: &RecordBatch, place: &Place<'_>) -> Result<WriterProperties, ParquetError> {
    let rows = batch.num_rows().div_ceil(2).clamp(LEAST_ROWS, ROW_GROUP);
    let mut properties = WriterProperties::builder()
        // With the word `version`, without which Spark does not believe statistics.
        .set_created_by(format!("curtail version {}", place.tool))
        .set_key_value_metadata(Some(place.facts()))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(rows))
        .set_data_page_row_count_limit(ROW_GROUP)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES);
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if column.as_primitive_opt::<Decimal128Type>().is_some_and(is_various) {
            let column = ColumnPath::new(vec![field.name().clone()]);
            properties = properties.set_column_dictionary_enabled(column, false);
        }
    }
    Ok(properties.build())
}

/// Whether a dictionary of amounts would be about as long as the column. Those columns are written
/// plain: splitting them into streams of bytes would save a thirtieth of them, and DuckDB and Spark
/// could not read the file.
fn is_various(amounts: &Decimal128Array) -> bool {
    let rows = amounts.len().min(ROW_GROUP);
    let few = rows / 4;
    let mut distinct = FxHashSet::default();
    for amount in &amounts.values()[..rows] {
        distinct.insert(*amount);
        if distinct.len() > few {
            return true;
        }
    }
    false
}

/// Reads every page of a file and adds its charges to a tally; what is wrong with it, if anything.
pub(super) fn examine(file: &Bytes, place: &Place<'_>, tally: &mut Tally) -> Result<(), Flaw> {
    let undecodable = |error: ParquetError| Flaw::new("pages that decode", error.to_string());
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.clone()).map_err(undecodable)?;
    let metadata = reader.metadata().clone();
    let facts = metadata.file_metadata().key_value_metadata();
    if facts != Some(&place.facts()) {
        let expected = format!("segment {} of version {}", place.number, place.version.0);
        return Err(Flaw::new(expected, "the footer of another one"));
    }
    let [pages, right] = checksum::counted(file, &metadata).map_err(undecodable)?;
    if pages != right {
        let expected = format!("{pages} pages with their checksums");
        return Err(Flaw::new(expected, format!("{right}")));
    }
    for batch in reader.build().map_err(undecodable)? {
        let batch = batch.map_err(|error| Flaw::new("pages that decode", error.to_string()))?;
        tally.add(&batch).map_err(|found| Flaw::new("charges that add up", found))?;
    }
    Ok(())
}

/// What is wrong with a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) expected: String,
    pub(super) found: String,
}

impl Flaw {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into() }
    }
}
