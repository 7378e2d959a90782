//! Writer: lines into the data files of one month.
//!
//! In:    lines, and the folder of the month.
//! Out:   Parquet files as AWS writes them: snappy, dictionaries, one name and a running number.
//! Never: holds more than one row group.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions,
    compute_leaves,
};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

use crate::sample::SampleError;
use crate::sample::arrays::{Frame, field};
use crate::sample::calendar::Span;
use crate::sample::chunk::Chunk;
use crate::sample::columns::{Column, Source};
use crate::sample::plan::{EXPORT_NAME, SamplePlan, SampleSchema};
use crate::sample::profile::Line;
use crate::sample::{cur2, legacy};

/// The data files of one month.
pub(super) struct MonthWriter<'a> {
    plan: &'a SamplePlan,
    folder: PathBuf,
    schema: Arc<Schema>,
    chunk: Chunk,
    open: Option<OpenFile>,
    files: Vec<PathBuf>,
}

struct OpenFile {
    path: PathBuf,
    writer: SerializedFileWriter<File>,
    factory: ArrowRowGroupWriterFactory,
    row_groups: usize,
    rows: u64,
}

/// The columns of a schema, in order.
pub(super) fn columns(schema: SampleSchema) -> impl Iterator<Item = &'static Column> {
    let sections = match schema {
        SampleSchema::Legacy => legacy::COLUMNS,
        SampleSchema::Cur2 => cur2::COLUMNS,
    };
    sections.iter().flat_map(|section| section.iter())
}

impl<'a> MonthWriter<'a> {
    /// A month without files; creates its folder.
    pub(super) fn new(
        plan: &'a SamplePlan,
        folder: PathBuf,
        month: Span,
    ) -> Result<Self, SampleError> {
        fs::create_dir_all(&folder).map_err(SampleError::io(&folder))?;
        let fields: Vec<_> =
            columns(plan.schema).map(|column| field(plan.schema, column)).collect();
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { plan, folder, schema, chunk: Chunk::new(month), open: None, files: Vec::new() })
    }

    /// Takes a line; returns how many rows went to disk with it, 0 for most.
    pub(super) fn push(&mut self, line: &Line) -> Result<u64, SampleError> {
        self.chunk.push(line);
        let waiting = self.chunk.rows.len();
        let in_file = self.open.as_ref().map_or(0, |file| file.rows) + waiting as u64;
        let is_full = in_file >= self.plan.rows_per_file;
        if !is_full && waiting < self.plan.row_group_rows {
            return Ok(0);
        }
        self.flush()?;
        if is_full {
            self.close_file()?;
        }
        Ok(waiting as u64)
    }

    /// Writes what waits; returns the files of the month and the rows of the last row group.
    pub(super) fn finish(mut self) -> Result<(Vec<PathBuf>, u64), SampleError> {
        let waiting = self.chunk.rows.len() as u64;
        self.flush()?;
        self.close_file()?;
        Ok((self.files, waiting))
    }

    /// One more file without rows, as a delivery leaves it that shrank; returns the rows that
    /// waited until now.
    pub(super) fn add_empty_file(&mut self) -> Result<u64, SampleError> {
        let waiting = self.chunk.rows.len() as u64;
        self.flush()?;
        self.close_file()?;
        self.open = Some(self.create_file()?);
        Ok(waiting)
    }

    fn flush(&mut self) -> Result<(), SampleError> {
        if self.chunk.rows.is_empty() {
            return Ok(());
        }
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.create_file()?,
        };
        let path = file.path.clone();
        file.write(&Frame::new(&self.chunk, self.plan.schema))
            .map_err(SampleError::parquet(&path))?;
        file.rows += self.chunk.rows.len() as u64;
        self.chunk.clear();
        self.open = Some(file);
        Ok(())
    }

    fn close_file(&mut self) -> Result<(), SampleError> {
        if let Some(file) = self.open.take() {
            file.writer.close().map_err(SampleError::parquet(&file.path))?;
            self.files.push(file.path);
        }
        Ok(())
    }

    fn create_file(&self) -> Result<OpenFile, SampleError> {
        let number = self.files.len() + 1;
        let path = self.folder.join(format!("{EXPORT_NAME}-{number:05}.snappy.parquet"));
        let file = File::create(&path).map_err(SampleError::io(&path))?;
        let mut properties = properties().set_compression(Compression::SNAPPY);
        // AWS writes statistics for numbers and times only.
        for (name, source) in columns(self.plan.schema) {
            if matches!(source, Source::Number(_) | Source::LineStart | Source::LineEnd) {
                let statistics = EnabledStatistics::Chunk;
                properties = properties.set_column_statistics_enabled((*name).into(), statistics);
            }
        }
        let options = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_schema_root("cost_and_usage".to_owned())
            .with_skip_arrow_metadata(true);
        let (writer, factory) =
            ArrowWriter::try_new_with_options(file, Arc::clone(&self.schema), options)
                .and_then(ArrowWriter::into_serialized_writer)
                .map_err(SampleError::parquet(&path))?;
        Ok(OpenFile { path, writer, factory, row_groups: 0, rows: 0 })
    }
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by("curtail sample".to_owned())
        .set_dictionary_enabled(true)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(None)
}

impl OpenFile {
    /// Encodes the columns of a row group on all threads, then appends them in order.
    fn write(&mut self, frame: &Frame<'_>) -> Result<(), ParquetError> {
        let mut writers = self.factory.create_column_writers(self.row_groups)?.into_iter();
        let leaves = |(_, source): &Column| match source {
            Source::Map(_) | Source::DiscountMap => 2,
            _ => 1,
        };
        let tasks: Vec<(&Column, Vec<ArrowColumnWriter>)> = columns(frame.schema())
            .map(|column| (column, writers.by_ref().take(leaves(column)).collect()))
            .collect();
        let chunks: Vec<Vec<ArrowColumnChunk>> = tasks
            .into_par_iter()
            .map(|(column, writers)| encode(frame, column, writers))
            .collect::<Result<_, _>>()?;
        let mut row_group = self.writer.next_row_group()?;
        for chunk in chunks.into_iter().flatten() {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        self.row_groups += 1;
        Ok(())
    }
}

/// Builds one column and encodes its leaves.
fn encode(
    frame: &Frame<'_>,
    column: &Column,
    mut writers: Vec<ArrowColumnWriter>,
) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let array = frame.array(column)?;
    let leaves = compute_leaves(&field(frame.schema(), column), &array)?;
    for (writer, leaf) in writers.iter_mut().zip(&leaves) {
        writer.write(leaf)?;
    }
    writers.into_iter().map(ArrowColumnWriter::close).collect()
}

/// The tiny table beside a legacy report that says whether it is ready.
pub(super) fn write_status(path: &Path) -> Result<(), SampleError> {
    let properties = properties()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .build();
    let schema = Arc::new(Schema::new(vec![Field::new("status", DataType::Utf8, false)]));
    let options =
        ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let file = File::create(path).map_err(SampleError::io(path))?;
    let write = || -> Result<(), ParquetError> {
        let ready: StringArray = vec![Some("READY")].into();
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(ready)])?;
        let mut writer = ArrowWriter::try_new_with_options(file, schema, options)?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(())
    };
    write().map_err(SampleError::parquet(path))
}
