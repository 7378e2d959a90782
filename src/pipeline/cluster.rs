//! Cluster: an export that another engine rolls up.
//!
//! In:    an engine, the export as it knows it, months, what must be told apart.
//! Out:   a [`Reading`], as our own scan would have given it.
//! Never: takes the engine's word for a sum: a statement of its own tells what it must be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Field as ArrowField, Int64Type, Schema, SchemaRef,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;

use super::reading::{Delivered, FileShape, Reading, Told, rolled};
use super::{MonthAbsent, PipelineError, Source, dialect};
use crate::delivery;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::dialect::{Dialect, Relation, Rolled, Table, WITHOUT_COST};
use crate::model::charges::column;
use crate::model::cost_rules;
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::money::PRECISION;
use crate::model::period::BillingPeriod;
use crate::model::segment;
use crate::model::source_column::SourceColumn;
use crate::model::tenancy::Needs;
use crate::normalise::{Control, Grain, Months, Resources};
use crate::origin::Origin;
use crate::scan::{self, Missing, SourceFile};

/// Decimal places of money, as Arrow counts them.
const PLACES: i8 = 12;

/// Whoever answers statements in place of our own scan.
pub trait Engine: fmt::Debug + Send + Sync {
    /// Whose SQL it understands.
    fn dialect(&self) -> Dialect;

    /// The whole answer to a statement.
    ///
    /// # Errors
    /// When there is none, or it is not whole.
    fn run(&self, statement: &str) -> Result<Found, PipelineError>;
}

/// What an engine found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The columns, also of no rows.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

/// An export that an engine reads.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The engine.
    pub engine: Arc<dyn Engine>,
    /// The export as it knows it.
    pub relation: Relation,
}

/// What an engine answered is not what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A column is absent or of another type.
    #[error("the engine's answer has no column `{column}` of {expected}")]
    Shape {
        /// The column.
        column: String,
        /// What it should be.
        expected: String,
    },
    /// The charges could not be kept for a moment.
    #[error("the engine's answer could not be kept in a temporary file")]
    Kept(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Diagnose for ClusterError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Environment
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "ENGINE-SHAPE",
            Self::Kept(_) => "ENGINE-KEPT",
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Shape { .. } => "is the table a raw export, with the columns of AWS?",
            Self::Kept(_) => "check the space that is left in the folder for temporary files",
        };
        vec![hint.to_owned()]
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.relation {
            Relation::Named(table) => f.write_str(table),
            Relation::Files(files) => write!(f, "{}", files.join(", ")),
        }
    }
}

impl Cluster {
    /// The export's columns, without a row of it.
    fn table(&self) -> Result<Table, PipelineError> {
        let table = Table { relation: self.relation.clone(), columns: Vec::new() };
        let found = self.engine.run(&table.nothing_of(self.engine.dialect()))?;
        let column = |field: &Arc<ArrowField>| {
            (field.name().to_lowercase(), dialect::kind(field.data_type()))
        };
        Ok(Table { columns: found.schema.fields().iter().map(column).collect(), ..table })
    }

    fn present(&self, table: &Table) -> Result<Vec<BillingPeriod>, PipelineError> {
        let Some(statement) = table.months(self.engine.dialect()) else { return Ok(Vec::new()) };
        let found = self.engine.run(&statement)?;
        let mut months = Vec::new();
        for batch in &found.batches {
            let texts =
                cast(batch.column(0), &DataType::Utf8).map_err(|_| shape("month", "text"))?;
            months
                .extend(texts.as_string::<i32>().iter().flatten().filter_map(BillingPeriod::parse));
        }
        months.sort_unstable();
        Ok(months)
    }
}

/// The newest delivery of every month under a path that we can see, for an engine that can, too.
///
/// # Errors
/// Those of finding a delivery.
pub fn files_of(path: &Path) -> Result<Relation, PipelineError> {
    let found = delivery::find(&Origin::Disk, path, None)?;
    Ok(Relation::Files(found.files().map(|file| file.path.display().to_string()).collect()))
}

/// The months to read: the one asked for, or the latest, and the one before if it is there.
pub(super) fn months(
    cluster: &Cluster,
    month: Option<BillingPeriod>,
) -> Result<Vec<BillingPeriod>, PipelineError> {
    let present = cluster.present(&cluster.table()?)?;
    let Some(month) = month.or_else(|| present.last().copied()) else { return Ok(Vec::new()) };
    if !present.contains(&month) {
        let present = present.iter().map(ToString::to_string).collect();
        return Err(MonthAbsent { asked: month, present }.into());
    }
    let before = month.before();
    Ok(if present.contains(&before) { vec![before, month] } else { vec![month] })
}

/// Has an export rolled up as far as a question and its rules need.
pub(super) fn read(
    cluster: &Cluster,
    months: &[BillingPeriod],
    needs: &Needs,
    source: &Source,
) -> Result<Reading, PipelineError> {
    let table = cluster.table()?;
    let resources = Resources::AsDelivered;
    let grain = Grain::of(needs, Months::FromRows, resources);
    let fields = grain.fields();
    let dialect = cluster.engine.dialect();
    let metrics = &grain.metrics;
    let asked = Rolled { dialect, table: &table, fields: &fields, metrics, months };
    let (control, without_cost) = control(&cluster.engine.run(&asked.control())?, metrics)?;
    let charges = as_segment(&cluster.engine.run(&asked.charges())?)?;
    let kept = tempfile::Builder::new().prefix("curtail-").suffix(".parquet").tempfile();
    let kept = kept.map_err(|error| ClusterError::Kept(error.into()))?;
    write(kept.as_file(), &charges).map_err(|error| ClusterError::Kept(error.into()))?;
    let file = SourceFile::open(&Origin::Disk, kept.path(), &fields)?;
    let columns: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
    let missing = missing(&charges, &columns, &fields, metrics)?;
    let lacking = SourceColumn::ALL.iter().copied();
    let lacking = lacking.filter(|of| scan::lacks(&Field::Column(*of), &columns)).collect();
    let (rolled, _) = rolled(&[file], &grain, fields, source)?;
    let mut oddities = rolled.oddities;
    oddities.rows_without_cost = without_cost;
    let shape = FileShape {
        schema: format!("a table of {}", dialect.name()),
        columns,
        missing: lacking,
        rows: control.values().map(|control| control.rows).sum(),
    };
    let delivered = Delivered { period: None, execution: None, manifest: None, files: vec![shape] };
    Ok(Reading {
        delivered: vec![delivered],
        findings: Vec::new(),
        missing,
        charges: rolled.charges,
        control,
        oddities,
        is_dropped: false,
        told: Told { months: Months::FromRows, resources, metrics: grain.metrics },
    })
}

/// Writes charges where our scan can read them.
fn write(file: &std::fs::File, charges: &[RecordBatch]) -> Result<(), ParquetError> {
    let Some(first) = charges.first() else { return Ok(()) };
    let options = ArrowWriterOptions::new().with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(file, first.schema(), options)?;
    for batch in charges {
        writer.write(batch)?;
    }
    writer.close().map(|_| ())
}

fn shape(column: &str, expected: &str) -> ClusterError {
    ClusterError::Shape { column: column.to_owned(), expected: expected.to_owned() }
}

/// A column of a batch, of a type that it can be cast to without losing anything.
fn typed(batch: &RecordBatch, name: &str, wanted: &DataType) -> Result<ArrayRef, ClusterError> {
    let found = batch.column_by_name(name);
    let cast = found.and_then(|found| cast(found, wanted).ok());
    cast.ok_or_else(|| shape(name, &wanted.to_string()))
}

fn money() -> DataType {
    DataType::Decimal128(PRECISION, PLACES)
}

/// What the export holds by currency, and how many rows have no cost.
fn control(
    found: &Found,
    metrics: &[CostMetric],
) -> Result<(BTreeMap<String, Control>, u64), ClusterError> {
    let mut all: BTreeMap<String, Control> = BTreeMap::new();
    let mut without_cost = 0;
    let count = |batch: &RecordBatch, name: &str| -> Result<Vec<u64>, ClusterError> {
        let counts = typed(batch, name, &DataType::Int64)?;
        let counts = counts.as_primitive::<Int64Type>().iter();
        Ok(counts.map(|count| u64::try_from(count.unwrap_or(0)).unwrap_or(0)).collect())
    };
    for batch in &found.batches {
        let currencies = typed(batch, column::CURRENCY, &DataType::Utf8)?;
        let (rows, without) = (count(batch, segment::LINE_ITEMS)?, count(batch, WITHOUT_COST)?);
        let sums = metrics.iter().map(|metric| typed(batch, metric.column(), &money()));
        let sums: Vec<_> = sums.collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let sum = |sums: &ArrayRef| {
                let sums = sums.as_primitive::<Decimal128Type>();
                if sums.is_valid(row) { sums.value(row) } else { 0 }
            };
            let own = Control {
                rows: rows[row],
                without_cost: without[row],
                sums: sums.iter().map(sum).collect(),
                ..Control::default()
            };
            without_cost += without[row];
            let currency = currencies.as_string::<i32>().value(row).to_owned();
            all.entry(currency).or_default().absorb(&own);
        }
    }
    Ok((all, without_cost))
}

/// The rows in the types of a segment, whatever the engine prefers.
fn as_segment(found: &Found) -> Result<Vec<RecordBatch>, PipelineError> {
    let wanted = |field: &Arc<ArrowField>| match field.data_type() {
        DataType::Decimal128(..) => money(),
        DataType::Timestamp(..) | DataType::Date32 => DataType::Date32,
        found if found.is_integer() => DataType::Int64,
        _ => DataType::Utf8,
    };
    let fields = found.schema.fields().iter();
    let fields = fields.map(|field| field.as_ref().clone().with_data_type(wanted(field)));
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<ArrowField>>()));
    let mut batches = Vec::new();
    for batch in &found.batches {
        let columns =
            schema.fields().iter().map(|field| typed(batch, field.name(), field.data_type()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
        batches.push(batch.map_err(|error| ClusterError::Kept(error.into()))?);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// What lines of the question would have needed and the table lacks.
fn missing(
    charges: &[RecordBatch],
    columns: &[String],
    fields: &[Field],
    metrics: &[CostMetric],
) -> Result<Missing, PipelineError> {
    let mut missing = Missing::default();
    let mut types: BTreeSet<String> = BTreeSet::new();
    for batch in charges {
        let found = typed(batch, "line_item_type", &DataType::Utf8)?;
        types.extend(found.as_string::<i32>().iter().flatten().map(ToOwned::to_owned));
    }
    let lacks = |field: &Field| scan::lacks(field, columns);
    let needed = cost_rules::columns_for_all(&types, metrics).into_iter().map(Field::Column);
    for field in needed.chain(fields.iter().cloned()).filter(lacks) {
        missing.add(&field);
    }
    Ok(missing)
}
