//! Chunks: the compressed bytes of the column chunks that a row group needs.
//!
//! In:    an opened file, a row group, which columns.
//! Out:   [`Chunks`], served to parquet-rs's page reader without copies.
//! Never: reads a byte twice, or lets a page header through that was not checked.

use std::ops::Range;

use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};

use crate::diagnostic::{Place, Refusal};
use crate::model::watch::Effort;
use crate::scan::error::ScanError;
use crate::scan::footer;
use crate::scan::source_file::SourceFile;

/// Entries of a map in one row group; one row of as many takes two gigabytes.
const MOST_ENTRIES: i64 = 1 << 27;

/// Refuses a map of more entries than anybody exports: a few bytes of runs can claim billions of
/// them for one row, and a row is never taken apart.
pub(super) fn refuse_flood(chunk: &ColumnChunkMetaData, place: &Place) -> Result<(), Refusal> {
    if chunk.column_descr().max_rep_level() == 0 || chunk.num_values() <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Refusal {
        code: "PQ-LIMIT",
        place: place.clone(),
        expected: format!("at most {MOST_ENTRIES} entries of a map in a row group"),
        found: format!("{} of them", chunk.num_values()),
        hint: "no billing export has as many; if yours has, write smaller row groups".into(),
    })
}

/// The compressed bytes of the needed column chunks, one read each, served without copies.
#[derive(Clone)]
pub(super) struct Chunks {
    length: u64,
    parts: Vec<(u64, Bytes)>,
}

impl Chunks {
    pub(super) fn read(
        file: &SourceFile,
        row_group: usize,
        mask: &ProjectionMask,
        place: &Place,
    ) -> Result<Self, ScanError> {
        let limits = footer::FooterLimits::default();
        let chunks = file.parquet().row_group(row_group).columns().iter().enumerate();
        let needed: Vec<&ColumnChunkMetaData> =
            chunks.filter(|(leaf, _)| mask.leaf_included(*leaf)).map(|(_, chunk)| chunk).collect();
        let column = |chunk: &ColumnChunkMetaData| place.in_column(chunk.column_path().string());
        for chunk in &needed {
            refuse_flood(chunk, &column(chunk))?;
        }
        let range = |chunk: &&ColumnChunkMetaData| {
            let (start, length) = chunk.byte_range();
            start..start.saturating_add(length)
        };
        let ranges: Vec<Range<u64>> = needed.iter().map(range).collect();
        let mut parts = Vec::with_capacity(needed.len());
        for ((chunk, range), bytes) in needed.iter().zip(&ranges).zip(file.file.read(&ranges)?) {
            let promise = footer::ChunkPromise::of(chunk);
            footer::check_page_headers(&bytes, promise, &column(chunk), &limits)?;
            parts.push((range.start, bytes));
        }
        parts.sort_by_key(|(start, _)| *start);
        Ok(Self { length: file.file.len(), parts })
    }

    /// The bytes that were read.
    pub(super) fn effort(&self) -> Effort {
        let bytes_read = self.parts.iter().map(|(_, bytes)| bytes.len()).sum();
        Effort { bytes_read, ..Effort::default() }
    }

    fn slice_from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let after = self.parts.partition_point(|(at, _)| *at <= start);
        let part = after.checked_sub(1).map(|at| &self.parts[at]);
        let inside = part.and_then(|(at, bytes)| {
            let offset = usize::try_from(start - at).ok()?;
            (offset <= bytes.len()).then(|| bytes.slice(offset..))
        });
        inside.ok_or_else(|| ParquetError::General(format!("byte {start} was not asked for")))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.slice_from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.slice_from(start)?;
        if length > bytes.len() {
            return Err(ParquetError::EOF("a page ends beyond its column chunk".into()));
        }
        Ok(bytes.slice(..length))
    }
}
