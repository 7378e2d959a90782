//! Parquet: one table with types, for engines.
//!
//! In:    the one table of a report, and what the report is about.
//! Out:   a file: money and quantities as `DECIMAL(38, 12)`, counts as `UINT_64`, days as `DATE`,
//!        moments as `TIMESTAMP` in UTC.
//! Never: rounds, folds, or leaves out a value because it does not fit its column.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringDictionaryBuilder,
    TimestampMillisecondArray, UInt64Array,
};
use arrow::datatypes::{Field, Int32Type, Schema};
use arrow::error::ArrowError;
use chrono::{DateTime, NaiveDate};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::{RenderError, words};
use crate::model::metric::CostMetric;
use crate::model::money::{PRECISION, SCALE, UNIT};
use crate::report::Report;
use crate::report::table::{Cell, ColumnKind, Table};

/// Writes a table; the footer says what the report says above it.
pub(super) fn write(report: &Report, table: &Table) -> Result<Vec<u8>, RenderError> {
    file(report, table).map_err(|error| RenderError::Parquet { reason: error.to_string() })
}

fn file(report: &Report, table: &Table) -> Result<Vec<u8>, ParquetError> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    let columns = table.columns.iter().enumerate().filter(|(_, column)| column.in_data());
    for (index, column) in columns {
        let array = array(table, index)?;
        fields.push(Field::new(&column.key, array.data_type().clone(), true));
        arrays.push(array);
    }
    let properties = WriterProperties::builder()
        .set_created_by(format!("curtail version {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(facts(report)))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .build();
    let schema = Arc::new(Schema::new(fields));
    let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
    if !arrays.is_empty() {
        writer.write(&RecordBatch::try_new(schema, arrays)?)?;
    }
    writer.into_inner()
}

/// What no column tells.
fn facts(report: &Report) -> Vec<KeyValue> {
    let caption = &report.caption;
    let currency = match caption.currencies.as_slice() {
        [only] => Some(only.to_string()),
        _ => None,
    };
    let facts = [
        ("curtail.title", Some(report.title.to_string())),
        ("curtail.period", words::periods(&caption.periods)),
        ("curtail.provisional", words::periods(&caption.provisional)),
        ("curtail.metric", caption.metric.map(|metric| CostMetric::name(metric).to_owned())),
        ("curtail.currency", currency),
    ];
    let told = facts.into_iter().filter(|(_, value)| value.is_some());
    told.map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect()
}

/// A column in its type; as text when one of its cells is something else.
fn array(table: &Table, index: usize) -> Result<ArrayRef, ArrowError> {
    let cells: Vec<&Cell> = table.rows.iter().map(|row| &row.cells[index]).collect();
    let typed = match table.columns[index].kind {
        ColumnKind::Text | ColumnKind::Tree | ColumnKind::Date => None,
        ColumnKind::Day => days(&cells),
        ColumnKind::Moment => moments(&cells),
        ColumnKind::Count | ColumnKind::Bytes => counts(&cells),
        ColumnKind::Money | ColumnKind::Quantity | ColumnKind::Share | ColumnKind::Percent => {
            amounts(&cells)?
        }
    };
    typed.map_or_else(|| texts(&cells), Ok)
}

fn is_null(cell: &Cell) -> bool {
    matches!(cell, Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. })
}

/// Every cell as a value of its column; `None` when one is neither that nor null.
fn all<T>(cells: &[&Cell], value: impl Fn(&Cell) -> Option<T>) -> Option<Vec<Option<T>>> {
    let told = |cell: &&Cell| if is_null(cell) { Some(None) } else { value(cell).map(Some) };
    cells.iter().map(told).collect()
}

fn days(cells: &[&Cell]) -> Option<ArrayRef> {
    let day = |cell: &Cell| {
        let Cell::Text { full, .. } = cell else { return None };
        let day = NaiveDate::parse_from_str(full, "%Y-%m-%d").ok()?;
        i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).ok()
    };
    Some(Arc::new(Date32Array::from(all(cells, day)?)))
}

fn moments(cells: &[&Cell]) -> Option<ArrayRef> {
    let moment = |cell: &Cell| {
        let Cell::Text { full, .. } = cell else { return None };
        Some(DateTime::parse_from_rfc3339(full).ok()?.timestamp_millis())
    };
    let moments = TimestampMillisecondArray::from(all(cells, moment)?);
    Some(Arc::new(moments.with_timezone("UTC")))
}

fn counts(cells: &[&Cell]) -> Option<ArrayRef> {
    let count = |cell: &Cell| match cell {
        Cell::Count(count) | Cell::Bytes(count) | Cell::Ratio { part: count, .. } => Some(*count),
        _ => None,
    };
    Some(Arc::new(UInt64Array::from(all(cells, count)?)))
}

/// # Errors
/// When an amount has more than 38 digits.
fn amounts(cells: &[&Cell]) -> Result<Option<ArrayRef>, ArrowError> {
    let amount = |cell: &Cell| match cell {
        Cell::Share { part, .. } => Some(part.0),
        Cell::Ratio { part, .. } => Some(i128::from(*part) * UNIT),
        other => other.pico(),
    };
    let Some(amounts) = all(cells, amount) else { return Ok(None) };
    let scale = i8::try_from(SCALE).unwrap_or(i8::MAX);
    let amounts = Decimal128Array::from(amounts).with_precision_and_scale(PRECISION, scale)?;
    amounts.validate_decimal_precision(PRECISION)?;
    Ok(Some(Arc::new(amounts)))
}

fn texts(cells: &[&Cell]) -> Result<ArrayRef, ArrowError> {
    let mut texts = StringDictionaryBuilder::<Int32Type>::new();
    for cell in cells {
        match cell {
            Cell::Text { full, .. } => _ = texts.append(full)?,
            Cell::Money(money) | Cell::Booked { exact: money, .. } => {
                texts.append(money.to_string())?;
            }
            Cell::Quantity(quantity) => _ = texts.append(quantity.to_string())?,
            Cell::Count(count) | Cell::Bytes(count) | Cell::Ratio { part: count, .. } => {
                texts.append(count.to_string())?;
            }
            Cell::Share { part, .. } => _ = texts.append(part.to_string())?,
            Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. } => {
                texts.append_null();
            }
        }
    }
    Ok(Arc::new(texts.finish()))
}
