//! File: columns of values as one Parquet file.
//!
//! In:    [`Column`]s, all of one length, and [`Physics`].
//! Out:   the bytes of a Parquet file, written value by value as an exporter of AWS would.
//! Never: knows what a column means.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type, Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use parquet::schema::parser::parse_message_type;

use super::Instants;

/// One column and its values; `None` is NULL.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) cells: Cells,
}

/// Values of one column, still as text.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    Text(Vec<Option<String>>),
    Double(Vec<Option<String>>),
    /// A decimal of 38 digits, this many of them after the point.
    Decimal(u8, Vec<Option<String>>),
    Long(Vec<Option<String>>),
    Instant(Instants, Vec<Option<String>>),
    TextMap(Vec<Vec<(String, Option<String>)>>),
    DoubleMap(Vec<Vec<(String, Option<String>)>>),
}

/// Whether a column can hold nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nothing {
    /// NULL, as CUR 2.0 has it.
    Null,
    /// `''`, `0.0` or 1970: every column is REQUIRED, as in legacy CUR.
    Default,
}

/// How a file is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Physics {
    pub(super) nothing: Nothing,
    pub(super) row_group: usize,
    pub(super) dictionary: bool,
    pub(super) compression: Compression,
}

/// The file's bytes.
pub(super) fn write(columns: &[Column], rows: usize, physics: Physics) -> Vec<u8> {
    let fields: Vec<String> = columns.iter().map(|c| field(c, physics.nothing)).collect();
    let schema = parse_message_type(&format!("message export {{ {} }}", fields.join(" ")));
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(physics.dictionary)
        .set_compression(physics.compression)
        .build();
    let mut bytes = Vec::new();
    let schema = Arc::new(schema.unwrap());
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    for start in (0..rows).step_by(physics.row_group.max(1)) {
        let range = start..rows.min(start + physics.row_group);
        let mut group = file.next_row_group().unwrap();
        for column in columns {
            write_column(&column.cells, range.clone(), physics.nothing, &mut group);
        }
        group.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

fn field(column: &Column, nothing: Nothing) -> String {
    let name = &column.name;
    let repetition = if nothing == Nothing::Null { "optional" } else { "required" };
    let map = |value: &str| {
        format!(
            "{repetition} group {name} (MAP) {{ repeated group key_value {{ \
             required binary key (UTF8); optional {value}; }} }}"
        )
    };
    let plain = |physical: &str, logical: &str| format!("{repetition} {physical} {name}{logical};");
    match &column.cells {
        Cells::Text(_) => plain("binary", " (UTF8)"),
        Cells::Double(_) => plain("double", ""),
        Cells::Decimal(scale, _) => {
            plain("fixed_len_byte_array(16)", &format!(" (DECIMAL(38,{scale}))"))
        }
        Cells::Long(_) => plain("int64", ""),
        Cells::Instant(Instants::Millis, _) => plain("int64", " (TIMESTAMP(MILLIS,true))"),
        Cells::Instant(Instants::Micros, _) => plain("int64", " (TIMESTAMP(MICROS,true))"),
        Cells::Instant(Instants::Nanos, _) => plain("int64", " (TIMESTAMP(NANOS,true))"),
        Cells::Instant(Instants::Int96, _) => plain("int96", ""),
        Cells::Instant(Instants::Date, _) => plain("int32", " (DATE)"),
        Cells::Instant(Instants::Text, _) => plain("binary", " (UTF8)"),
        Cells::TextMap(_) => map("binary value (UTF8)"),
        Cells::DoubleMap(_) => map("double value"),
    }
}

fn write_column(
    cells: &Cells,
    rows: Range<usize>,
    nothing: Nothing,
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
) {
    let text = |value: &str| ByteArray::from(value);
    let micros = |value: &str| instant(value).and_utc().timestamp_micros();
    match cells {
        Cells::Text(all) | Cells::Instant(Instants::Text, all) => {
            flat::<ByteArrayType>(next(group), &all[rows], nothing, text);
        }
        Cells::Double(all) => {
            flat::<DoubleType>(next(group), &all[rows], nothing, |v| number(v).parse().unwrap());
        }
        Cells::Decimal(scale, all) => {
            let stored = |value: &str| decimal(number(value), *scale).to_be_bytes();
            flat::<FixedLenByteArrayType>(next(group), &all[rows], nothing, |v| {
                FixedLenByteArray::from(stored(v).to_vec())
            });
        }
        Cells::Long(all) => {
            flat::<Int64Type>(next(group), &all[rows], nothing, |v| number(v).parse().unwrap());
        }
        Cells::Instant(Instants::Millis, all) => {
            flat::<Int64Type>(next(group), &all[rows], nothing, |v| micros(v) / 1_000);
        }
        Cells::Instant(Instants::Micros, all) => {
            flat::<Int64Type>(next(group), &all[rows], nothing, micros);
        }
        Cells::Instant(Instants::Nanos, all) => {
            flat::<Int64Type>(next(group), &all[rows], nothing, |v| micros(v) * 1_000);
        }
        Cells::Instant(Instants::Int96, all) => {
            flat::<Int96Type>(next(group), &all[rows], nothing, |v| int96(micros(v)));
        }
        Cells::Instant(Instants::Date, all) => {
            flat::<Int32Type>(next(group), &all[rows], nothing, |v| {
                let days = instant(v).date().signed_duration_since(NaiveDate::default());
                i32::try_from(days.num_days()).unwrap()
            });
        }
        Cells::TextMap(all) => {
            let levels = Levels::of(&all[rows], nothing);
            levels.write_keys(next(group));
            levels.write_values::<ByteArrayType>(next(group), text);
        }
        Cells::DoubleMap(all) => {
            let levels = Levels::of(&all[rows], nothing);
            levels.write_keys(next(group));
            levels.write_values::<DoubleType>(next(group), |v| v.parse().unwrap());
        }
    }
}

fn next<'a>(
    group: &'a mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
) -> SerializedColumnWriter<'a> {
    group.next_column().unwrap().unwrap()
}

fn flat<T: parquet::data_type::DataType>(
    mut writer: SerializedColumnWriter<'_>,
    cells: &[Option<String>],
    nothing: Nothing,
    convert: impl Fn(&str) -> T::T,
) {
    let column = writer.typed::<T>();
    if nothing == Nothing::Default {
        let all: Vec<T::T> =
            cells.iter().map(|cell| convert(cell.as_deref().unwrap_or_default())).collect();
        column.write_batch(&all, None, None).unwrap();
    } else {
        let known: Vec<T::T> = cells.iter().flatten().map(|cell| convert(cell)).collect();
        let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
        column.write_batch(&known, Some(&levels), None).unwrap();
    }
    writer.close().unwrap();
}

/// A map column as Parquet stores it: entries, and levels that say where rows begin.
struct Levels<'a> {
    entries: Vec<&'a (String, Option<String>)>,
    of_keys: Vec<i16>,
    of_values: Vec<i16>,
    repetition: Vec<i16>,
}

impl<'a> Levels<'a> {
    fn of(rows: &'a [Vec<(String, Option<String>)>], nothing: Nothing) -> Self {
        let mut levels =
            Self { entries: vec![], of_keys: vec![], of_values: vec![], repetition: vec![] };
        let empty = i16::from(nothing == Nothing::Null);
        for row in rows {
            if row.is_empty() {
                // No map at all where that can be said.
                levels.of_keys.push(0);
                levels.of_values.push(0);
                levels.repetition.push(0);
            }
            for (at, entry) in row.iter().enumerate() {
                levels.entries.push(entry);
                levels.of_keys.push(empty + 1);
                levels.of_values.push(empty + 1 + i16::from(entry.1.is_some()));
                levels.repetition.push(i16::from(at > 0));
            }
        }
        levels
    }

    fn write_keys(&self, mut writer: SerializedColumnWriter<'_>) {
        let keys: Vec<ByteArray> =
            self.entries.iter().map(|entry| ByteArray::from(entry.0.as_str())).collect();
        let column = writer.typed::<ByteArrayType>();
        column.write_batch(&keys, Some(&self.of_keys), Some(&self.repetition)).unwrap();
        writer.close().unwrap();
    }

    fn write_values<T: parquet::data_type::DataType>(
        &self,
        mut writer: SerializedColumnWriter<'_>,
        convert: impl Fn(&str) -> T::T,
    ) {
        let values: Vec<T::T> =
            self.entries.iter().filter_map(|entry| entry.1.as_deref()).map(convert).collect();
        let column = writer.typed::<T>();
        column.write_batch(&values, Some(&self.of_values), Some(&self.repetition)).unwrap();
        writer.close().unwrap();
    }
}

/// Nothing is zero where a column is REQUIRED.
fn number(value: &str) -> &str {
    if value.is_empty() { "0" } else { value }
}

/// `1.5` with a scale of 3 is 1500. The fixture must not say more digits than fit.
fn decimal(value: &str, scale: u8) -> i128 {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = format!("{whole}{fraction:0<width$}", width = usize::from(scale));
    assert_eq!(digits.len(), whole.len() + usize::from(scale), "{value} with {scale} places");
    digits.parse().unwrap()
}

/// `2026-10-31`, or `2026-10-31T23:59:59`, or 1970.
fn instant(value: &str) -> NaiveDateTime {
    if value.is_empty() {
        return NaiveDateTime::default();
    }
    let midnight = || NaiveDate::parse_from_str(value, "%Y-%m-%d").unwrap().into();
    value.parse::<NaiveDateTime>().unwrap_or_else(|_| midnight())
}

/// Julian day and nanoseconds of the day, as Impala and old Spark write instants.
fn int96(micros: i64) -> Int96 {
    let at = DateTime::from_timestamp_micros(micros).unwrap().naive_utc();
    let days = at.date().signed_duration_since(NaiveDate::default()).num_days() + 2_440_588;
    let nanos = micros.rem_euclid(86_400_000_000) * 1_000;
    let [low, high] = [nanos & 0xFFFF_FFFF, nanos >> 32].map(|part| u32::try_from(part).unwrap());
    let mut value = Int96::new();
    value.set_data(low, high, u32::try_from(days).unwrap());
    value
}
