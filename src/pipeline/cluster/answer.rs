//! Answer: what an engine answered, as charges, sums and months.
//!
//! In:    batches in whatever types the engine prefers.
//! Out:   batches and books in ours; an error when something would be lost on the way.
//! Never: asks anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Field as ArrowField, Int64Type, Schema, SchemaRef,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;

use super::{ClusterError, Found};
use crate::dialect::{HOME, KEY, MONTH, UNINVOICED, WITHOUT_COST};
use crate::model::charges::column;
use crate::model::line_items::TagHome;
use crate::model::metric::CostMetric;
use crate::model::money::PRECISION;
use crate::model::period::BillingPeriod;
use crate::model::segment;
use crate::normalise::Control;
use crate::pipeline::PipelineError;

/// Decimal places of money, as Arrow counts them.
const PLACES: i8 = 12;

/// Writes charges where our scan can read them.
pub(super) fn write(file: &std::fs::File, charges: &[RecordBatch]) -> Result<(), ParquetError> {
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

/// What the export holds by currency.
pub(super) fn control(
    found: &Found,
    metrics: &[CostMetric],
) -> Result<BTreeMap<String, Control>, ClusterError> {
    let mut all: BTreeMap<String, Control> = BTreeMap::new();
    for batch in &found.batches {
        let currencies = typed(batch, column::CURRENCY, &DataType::Utf8)?;
        let (rows, without) = (counts(batch, segment::LINE_ITEMS)?, counts(batch, WITHOUT_COST)?);
        // It is counted where it is asked for.
        let uninvoiced = batch.column_by_name(UNINVOICED).map(|_| counts(batch, UNINVOICED));
        let uninvoiced = uninvoiced.transpose()?;
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
                uninvoiced: uninvoiced.as_ref().map_or(0, |rows_of| rows_of[row]),
                sums: sums.iter().map(sum).collect(),
            };
            let currency = currencies.as_string::<i32>().value(row).to_owned();
            all.entry(currency).or_default().absorb(&own);
        }
    }
    Ok(all)
}

/// The rows in the types of a segment, whatever the engine prefers, and under its names.
pub(super) fn as_segment(
    found: &Found,
    renamed: &BTreeMap<String, String>,
) -> Result<Vec<RecordBatch>, PipelineError> {
    let wanted = |field: &Arc<ArrowField>| match field.data_type() {
        DataType::Decimal128(..) => money(),
        DataType::Timestamp(..) | DataType::Date32 => DataType::Date32,
        found if found.is_integer() => DataType::Int64,
        _ => DataType::Utf8,
    };
    let ours = |field: &Arc<ArrowField>| {
        let name = renamed.get(field.name()).unwrap_or(field.name());
        field.as_ref().clone().with_name(name).with_data_type(wanted(field))
    };
    let fields: Vec<ArrowField> = found.schema.fields().iter().map(ours).collect();
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let mut batches = Vec::new();
    for batch in &found.batches {
        let pairs = found.schema.fields().iter().zip(schema.fields());
        let columns = pairs.map(|(field, ours)| typed(batch, field.name(), ours.data_type()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
        batches.push(batch.map_err(|error| ClusterError::Kept(error.into()))?);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// The whole numbers of a column; NULL counts as none.
fn counts(batch: &RecordBatch, name: &str) -> Result<Vec<u64>, ClusterError> {
    let counts = typed(batch, name, &DataType::Int64)?;
    let counts = counts.as_primitive::<Int64Type>().iter();
    Ok(counts.map(|count| u64::try_from(count.unwrap_or(0)).unwrap_or(0)).collect())
}

/// How many lines are of each billing period.
pub(super) fn months(found: &Found) -> Result<BTreeMap<Option<BillingPeriod>, u64>, ClusterError> {
    let mut all = BTreeMap::new();
    for batch in &found.batches {
        let months = typed(batch, MONTH, &DataType::Utf8)?;
        let rows = counts(batch, segment::LINE_ITEMS)?;
        for (month, rows) in months.as_string::<i32>().iter().zip(rows) {
            *all.entry(month.and_then(BillingPeriod::parse)).or_default() += rows;
        }
    }
    Ok(all)
}

/// The keys of maps, by their homes.
pub(super) fn keys(found: &Found) -> Result<BTreeSet<(TagHome, String)>, ClusterError> {
    let mut all = BTreeSet::new();
    for batch in &found.batches {
        let homes = typed(batch, HOME, &DataType::Utf8)?;
        let keys = typed(batch, KEY, &DataType::Utf8)?;
        for (map, key) in homes.as_string::<i32>().iter().zip(keys.as_string::<i32>()) {
            let home = TagHome::ALL.into_iter().find(|home| Some(home.map()) == map);
            all.extend(home.zip(key.map(ToOwned::to_owned)));
        }
    }
    Ok(all)
}

/// The line item types among charges, `''` for none.
pub(super) fn line_item_types(charges: &[RecordBatch]) -> Result<BTreeSet<String>, ClusterError> {
    let mut types = BTreeSet::new();
    for batch in charges {
        let found = typed(batch, "line_item_type", &DataType::Utf8)?;
        let found = found.as_string::<i32>().iter();
        types.extend(found.map(|of| of.unwrap_or_default().to_owned()));
    }
    Ok(types)
}
