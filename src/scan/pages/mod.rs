//! Pages: dictionary codes straight from the pages, without building arrays in between.
//!
//! In:    column chunks of a row group, as parquet-rs's page reader gives their pages.
//! Out:   whole columns of codes and amounts; nothing for what is left to the plain way.
//! Never: guesses: whatever is not exactly as expected is decoded by parquet-rs's Arrow reader,
//! which is also the twin that tests compare this room with.

mod bits;
mod hybrid;
mod levels;
mod chunk;
mod text;
mod doubles;
mod integers;
mod codes;
mod map;

use std::cell::Cell;
use std::sync::Arc;

use arrow::array::{Array, StringArray};
use arrow::buffer::ScalarBuffer;
use parquet::basic::Type as PhysicalType;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::model::line_items::{Amounts, Field, Tells, TextColumn};
use crate::model::watch::Effort;
use crate::scan::map_column::Wanted;
use chunk::{Chunk, Kept};
use doubles::Doubles;

/// Row groups beyond these are streamed the plain way, so that memory stays flat: a few bytes can
/// claim, in runs, as many entries of a map, and unpack to as many bytes, as they like.
const MOST_ROWS: usize = 4 << 20;
const MOST_ENTRIES: i64 = 16 << 20;
const MOST_BYTES: i64 = 256 << 20;

/// The column chunks of one row group.
pub(super) struct RowGroup<'a, R> {
    /// Where the bytes are.
    pub(super) chunks: &'a Arc<R>,
    /// What the footer says.
    pub(super) metadata: &'a RowGroupMetaData,
    /// Its rows, as the footer promises them.
    pub(super) rows: usize,
    /// What was done so far.
    pub(super) effort: Cell<Effort>,
}

/// Why a column could not be decoded: the page reader's own words.
pub(super) type Result<T> = parquet::errors::Result<Option<T>>;

impl<'a, R: ChunkReader + 'static> RowGroup<'a, R> {
    pub(super) fn new(chunks: &'a Arc<R>, metadata: &'a RowGroupMetaData) -> Self {
        let rows = usize::try_from(metadata.num_rows()).unwrap_or(usize::MAX);
        Self { chunks, metadata, rows, effort: Cell::default() }
    }

    fn did(&self, more: Effort) {
        let mut effort = self.effort.get();
        effort += more;
        self.effort.set(effort);
    }

    fn read_texts(&self, values: &StringArray) {
        self.did(Effort { texts: values.len(), ..Effort::default() });
    }

    /// A flat text column; texts that tell nothing may come as nothing.
    pub(super) fn text(
        &self,
        leaf: usize,
        field: &Field,
        tells: Option<Tells>,
    ) -> Result<TextColumn> {
        let Some(chunk) = self.chunk(leaf, PhysicalType::BYTE_ARRAY)? else { return Ok(None) };
        let Some(texts) = text::decode(&chunk, tells) else { return Ok(None) };
        let Some(values) = texts.dictionary.into_array() else { return Ok(None) };
        self.read_texts(&values);
        let column = |codes| TextColumn { field: field.clone(), codes, values };
        Ok(texts.codes.whole(self.rows).map(column))
    }

    /// A flat column of doubles.
    pub(super) fn amounts(&self, leaf: usize) -> Result<Amounts> {
        let Some(chunk) = self.chunk(leaf, PhysicalType::DOUBLE)? else { return Ok(None) };
        let coded = |Doubles { codes, values }| Amounts::Coded {
            codes: ScalarBuffer::from(codes),
            values: ScalarBuffer::from(values),
        };
        let amounts = doubles::decode(&chunk).map(coded);
        Ok(amounts.filter(|amounts| amounts.len() == self.rows))
    }

    /// A flat column of decimals of 16 bytes, none of them NULL.
    pub(super) fn decimals(&self, leaf: usize) -> Result<Vec<i128>> {
        let physical = PhysicalType::FIXED_LEN_BYTE_ARRAY;
        let is_wide = self.metadata.column(leaf).column_descr().type_length() == 16;
        let Some(chunk) = self.chunk(leaf, physical)?.filter(|_| is_wide) else { return Ok(None) };
        Ok(integers::decode(&chunk).filter(|found| found.len() == self.rows))
    }

    /// A flat column of counts, none of them NULL.
    pub(super) fn counts(&self, leaf: usize) -> Result<Vec<i64>> {
        let Some(chunk) = self.chunk(leaf, PhysicalType::INT64)? else { return Ok(None) };
        Ok(integers::decode(&chunk).filter(|found| found.len() == self.rows))
    }

    /// A flat column of days.
    pub(super) fn days(&self, leaf: usize) -> Result<Vec<Option<i32>>> {
        let Some(chunk) = self.chunk(leaf, PhysicalType::INT32)? else { return Ok(None) };
        Ok(integers::decode_nullable(&chunk).filter(|found| found.len() == self.rows))
    }

    /// The wanted fields of a map whose leaves are `leaf` (keys) and the next one (values).
    pub(super) fn map(&self, leaf: usize, wanted: &[Wanted]) -> Result<Vec<TextColumn>> {
        let Some(keys) = self.chunk(leaf, PhysicalType::BYTE_ARRAY)? else { return Ok(None) };
        let Some(values) = self.chunk(leaf + 1, PhysicalType::BYTE_ARRAY)? else {
            return Ok(None);
        };
        let columns = map::decode(&keys, &values, wanted, self.rows);
        if let Some(column) = columns.iter().flatten().next() {
            self.read_texts(&column.values);
        }
        Ok(columns)
    }

    /// The distinct texts of a leaf; some of them may not occur.
    pub(super) fn distinct(&self, leaf: usize) -> Result<StringArray> {
        let Some(chunk) = self.chunk(leaf, PhysicalType::BYTE_ARRAY)? else { return Ok(None) };
        Ok(text::distinct(&chunk))
    }

    /// Unpacks the pages of a leaf; their bytes.
    pub(super) fn unpack(&self, leaf: usize) -> parquet::errors::Result<usize> {
        let (chunks, metadata) = (Arc::clone(self.chunks), self.metadata.column(leaf));
        let pages = SerializedPageReader::new(chunks, metadata, self.rows, None)?;
        pages.map(|page| Ok(page?.buffer().len())).sum()
    }

    fn chunk<D: Kept>(&self, leaf: usize, physical: PhysicalType) -> Result<Chunk<D>> {
        let metadata = self.metadata.column(leaf);
        let is_large = self.rows > MOST_ROWS
            || metadata.num_values() > MOST_ENTRIES
            || metadata.uncompressed_size() > MOST_BYTES;
        if is_large || metadata.column_type() != physical {
            return Ok(None);
        }
        let chunks = Arc::clone(self.chunks);
        let mut pages = SerializedPageReader::new(chunks, metadata, self.rows, None)?;
        let chunk = Chunk::read(&mut pages, metadata.column_descr())?;
        if let Some(chunk) = &chunk {
            self.did(chunk.effort());
        }
        Ok(chunk)
    }
}
