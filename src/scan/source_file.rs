//! Source files: one opened Parquet file, its footer checked, its columns located.
//!
//! In:    a path and the fields that are wanted.
//! Out:   [`SourceFile`]: where each field lies, what is missing, how many rows there are.
//! Never: reads a page.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arrow::datatypes::{DataType, Field as ArrowField, FieldRef, Schema, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{ConvertedType, Type as PhysicalType};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::Type as ParquetType;
use rayon::prelude::*;

use crate::diagnostic::{Place, Refusal};
use crate::model::line_items::Field;
use crate::model::source_column::{Need, SourceColumn};
use crate::origin::{Opened, Origin};
use crate::scan::error::ScanError;
use crate::scan::footer;
use crate::scan::locate::{self, Location};

/// Which kind of export the columns betray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExportSchema {
    /// Legacy CUR: a column per tag.
    LegacyCur,
    /// CUR 2.0 (Data Exports): tags in maps.
    Cur2,
    /// A segment of the store: charges of a day, already added up.
    Charges,
}

impl ExportSchema {
    /// The name in messages and in `check`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LegacyCur => "legacy CUR",
            Self::Cur2 => "CUR 2.0",
            Self::Charges => "stored charges",
        }
    }
}

/// One opened data file.
#[derive(Debug)]
pub struct SourceFile {
    /// The file as the user knows it.
    pub path: PathBuf,
    /// Which kind of export it belongs to.
    pub schema: ExportSchema,
    /// Rows that the footer promises; decoding is checked against it.
    pub rows: u64,
    /// Columns of ours that the file lacks, whether the question needs them or not.
    pub missing: Vec<SourceColumn>,
    /// Where each wanted field lies.
    pub(super) locations: Vec<Location>,
    /// Top-level columns by name, lower case.
    pub(super) columns: Vec<String>,
    pub(super) facts: footer::FooterFacts,
    pub(super) file: Opened,
    pub(super) metadata: ArrowReaderMetadata,
    /// Of a file on a disk: its size and its last change.
    stamp: Option<Stamp>,
}

impl SourceFile {
    /// Opens several files at once.
    ///
    /// # Errors
    /// Those of [`Self::open`], of the first file that has one.
    pub fn open_all<'a>(
        origin: &Origin,
        paths: impl IntoIterator<Item = &'a PathBuf>,
        fields: &[Field],
    ) -> Result<Vec<Self>, ScanError> {
        let paths: Vec<&PathBuf> = paths.into_iter().collect();
        // An export's footer tells of every column of every row group, a hundred each.
        let opened = paths.par_iter().map(|path| Self::open(origin, path, fields));
        opened.collect::<Vec<_>>().into_iter().collect()
    }

    /// Opens a file, checks its footer and finds the fields.
    ///
    /// # Errors
    /// A refusal when it is not a Parquet file of a billing export, or lacks what no answer can
    /// do without.
    pub fn open(origin: &Origin, path: &Path, fields: &[Field]) -> Result<Self, ScanError> {
        let io = |source| ScanError::Io { path: path.to_owned(), source };
        let file = origin.open(path)?;
        let stamp = file.file().map(stamp_of).transpose().map_err(io)?;
        let failed = |refusal: Refusal| {
            file.failure().map_or_else(|| ScanError::Refused(refusal), ScanError::from)
        };
        let facts = footer::inspect(&file, path, &footer::FooterLimits::default());
        let facts = facts.map_err(failed)?;
        let place = Place::file(path);
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let plain = ArrowReaderMetadata::load(&file, options)
            .map_err(|error| failed(unreadable(&place, &error.to_string())))?;
        let columns: Vec<String> =
            plain.schema().fields().iter().map(|field| field.name().to_lowercase()).collect();
        let schema = locate::detect(&place, &columns)?;
        let hinted = ArrowReaderOptions::new()
            .with_schema(Arc::new(hinted(plain.schema(), plain.metadata())));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), hinted)
            .map_err(|error| unreadable(&place, &error.to_string()))?;
        let locations = locate::locate(&place, schema, metadata.schema(), fields)?;
        let is_missing = |column: &SourceColumn| match schema {
            // What an export lacked is known to the catalogue of the store.
            ExportSchema::Charges => false,
            _ => locate::is_missing(*column, &columns),
        };
        let missing: Vec<_> = SourceColumn::ALL.iter().copied().filter(is_missing).collect();
        refuse_without_required(&place, &missing)?;
        Ok(Self {
            path: path.to_owned(),
            schema,
            rows: facts.rows,
            facts,
            missing,
            locations,
            columns,
            file,
            metadata,
            stamp,
        })
    }

    /// Looks for other fields than those it was opened for.
    ///
    /// # Errors
    /// A refusal when a field is there but of a type that it cannot have.
    pub fn look_for(&mut self, fields: &[Field]) -> Result<(), ScanError> {
        let place = Place::file(&self.path);
        self.locations = locate::locate(&place, self.schema, self.metadata.schema(), fields)?;
        Ok(())
    }

    /// How many row groups there are.
    pub fn row_groups(&self) -> usize {
        self.parquet().num_row_groups()
    }

    /// The top-level columns, lower case.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    /// The top-level columns, lower case, with what they hold.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &DataType)> {
        let types = self.metadata.schema().fields().iter().map(|field| field.data_type());
        self.columns.iter().map(String::as_str).zip(types)
    }

    /// The leaf columns under a top-level column, in order.
    pub(super) fn leaves_of(&self, root: usize) -> Vec<usize> {
        let schema = self.metadata.parquet_schema();
        (0..schema.num_columns()).filter(|leaf| schema.get_column_root_idx(*leaf) == root).collect()
    }

    pub(super) fn parquet(&self) -> &ParquetMetaData {
        self.metadata.metadata()
    }

    /// Compares size and time of change with what they were at opening.
    pub(super) fn check_unchanged(&self) -> Result<(), ScanError> {
        // Every range of an object was asked of the version that was opened.
        let Some(stamp) = self.stamp else { return Ok(()) };
        let by_name = std::fs::metadata(&self.path);
        let now = by_name.map(|found| (found.len(), found.modified().ok()));
        match now {
            Ok(now) if now == stamp => Ok(()),
            _ => Err(ScanError::Changed { path: self.path.clone() }),
        }
    }
}

/// What changes when somebody writes to a file.
type Stamp = (u64, Option<SystemTime>);

fn stamp_of(file: &File) -> std::io::Result<Stamp> {
    let found = file.metadata()?;
    Ok((found.len(), found.modified().ok()))
}

fn refuse_without_required(place: &Place, missing: &[SourceColumn]) -> Result<(), Refusal> {
    let Some(column) = missing.iter().find(|column| column.need() == Need::Required) else {
        return Ok(());
    };
    Err(Refusal {
        code: "SRC-COLUMN",
        place: place.in_column(column.name()),
        expected: format!("a column `{}`", column.name()),
        found: "no such column".into(),
        hint: "add the column to the SELECT of the export; without it nothing can be told".into(),
    })
}

pub(super) fn unreadable(place: &Place, why: &str) -> Refusal {
    Refusal {
        code: "PQ-FOOTER",
        place: place.clone(),
        expected: "a Parquet footer".into(),
        found: why.to_owned(),
        hint: "download the file again; if it repeats, ask AWS support for a re-delivery".into(),
    }
}

/// The schema we ask the reader for: text as dictionary codes, map children included, and INT96
/// as microseconds, which reach far enough.
fn hinted(schema: &Schema, parquet: &ParquetMetaData) -> Schema {
    let roots = parquet.file_metadata().schema_descr().root_schema().get_fields();
    let fields = schema.fields().iter().zip(roots);
    Schema::new(fields.map(|(field, root)| hinted_field(field, root)).collect::<Vec<FieldRef>>())
}

fn hinted_field(field: &FieldRef, parquet: &ParquetType) -> FieldRef {
    let with = |data_type: DataType| -> FieldRef {
        Arc::new(ArrowField::clone(field).with_data_type(data_type))
    };
    let is_primitive = |physical| parquet.is_primitive() && parquet.get_physical_type() == physical;
    match field.data_type() {
        _ if is_primitive(PhysicalType::INT96) => {
            with(DataType::Timestamp(TimeUnit::Microsecond, None))
        }
        // The reader checks UTF-8 only where the column is marked with it (JSON is not).
        DataType::Utf8 if parquet.get_basic_info().converted_type() == ConvertedType::UTF8 => {
            with(coded(DataType::Utf8))
        }
        DataType::Binary if is_primitive(PhysicalType::BYTE_ARRAY) => with(coded(DataType::Binary)),
        DataType::Map(entries, sorted) => {
            let DataType::Struct(children) = entries.data_type() else {
                return Arc::clone(field);
            };
            let [pairs] = parquet.get_fields() else { return Arc::clone(field) };
            let children = children.iter().zip(pairs.get_fields());
            let children = children.map(|(child, leaf)| hinted_field(child, leaf));
            let children = DataType::Struct(children.collect());
            let entries = ArrowField::clone(entries).with_data_type(children);
            with(DataType::Map(Arc::new(entries), *sorted))
        }
        _ => Arc::clone(field),
    }
}

pub(super) fn coded_text() -> DataType {
    coded(DataType::Utf8)
}

fn coded(values: DataType) -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(values))
}
