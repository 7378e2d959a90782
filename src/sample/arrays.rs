//! Arrays: the columns of a chunk as Arrow arrays.
//!
//! In:    a [`Chunk`], a column table, and whether nothing is NULL or a value of its own.
//! Out:   one array at a time; texts as dictionaries whose entries are the profiles of the chunk.
//! Never: knows a file.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, MapArray, StringArray, StructArray,
    TimestampMillisecondArray, new_null_array,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Int32Type, TimeUnit};
use arrow::error::ArrowError;

use crate::sample::amount::double;
use crate::sample::chunk::Chunk;
use crate::sample::columns::{Column, DISCOUNT_NAME, Entries, Source, discount};
use crate::sample::plan::SampleSchema;
use crate::sample::profile::Profile;

/// A chunk with its dictionary keys, which all text columns share.
pub(super) struct Frame<'a> {
    chunk: &'a Chunk,
    schema: SampleSchema,
    profile_keys: Int32Array,
    span_keys: Int32Array,
}

/// The Arrow field of a column.
pub(super) fn field(schema: SampleSchema, (name, source): &Column) -> Field {
    Field::new(*name, data_type(source), is_nullable(schema))
}

/// Legacy columns are all REQUIRED.
fn is_nullable(schema: SampleSchema) -> bool {
    schema == SampleSchema::Cur2
}

fn text_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn data_type(source: &Source) -> DataType {
    match source {
        Source::NoText
        | Source::Always(_)
        | Source::Text(_)
        | Source::EmptyText(_)
        | Source::Tag(_)
        | Source::Interval => text_type(),
        Source::NoNumber | Source::Number(_) | Source::ProfileNumber(_) => DataType::Float64,
        Source::MonthStart | Source::MonthEnd | Source::LineStart | Source::LineEnd => {
            DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
        }
        Source::Map(_) => DataType::Map(entries_field(text_type()), false),
        Source::DiscountMap => DataType::Map(entries_field(DataType::Float64), false),
    }
}

fn entry_fields(value: DataType) -> Fields {
    vec![Field::new("key", text_type(), false), Field::new("value", value, true)].into()
}

fn entries_field(value: DataType) -> FieldRef {
    Arc::new(Field::new("key_value", DataType::Struct(entry_fields(value)), false))
}

impl<'a> Frame<'a> {
    /// Makes a chunk ready for [`Frame::array`].
    pub(super) fn new(chunk: &'a Chunk, schema: SampleSchema) -> Self {
        Self {
            chunk,
            schema,
            profile_keys: Int32Array::from(chunk.profile_of.clone()),
            span_keys: Int32Array::from(chunk.span_of.clone()),
        }
    }

    /// The schema whose columns these are.
    pub(super) fn schema(&self) -> SampleSchema {
        self.schema
    }

    /// The values of one column.
    pub(super) fn array(&self, (_, source): &Column) -> Result<ArrayRef, ArrowError> {
        let (chunk, rows) = (self.chunk, self.chunk.rows.len());
        let nullable = is_nullable(self.schema);
        match *source {
            Source::NoText | Source::NoNumber if nullable => {
                Ok(new_null_array(&data_type(source), rows))
            }
            Source::NoText => self.always(""),
            Source::NoNumber => Ok(Arc::new(Float64Array::from(vec![0.0; rows]))),
            Source::Always(text) => self.always(text),
            Source::Text(text) => self
                .texts(|profile| Some(text(profile)).filter(|text| !(nullable && text.is_empty()))),
            Source::EmptyText(text) => self.texts(|profile| Some(text(profile))),
            Source::Tag(tag) => self.texts(|profile| Some(profile.tag(tag))),
            Source::Interval => {
                let values = chunk.spans.iter().map(|span| Some(span.interval()));
                dictionary(&self.span_keys, values.collect())
            }
            Source::Number(number) => {
                let numbers = chunk.rows.iter().map(|row| number(row).map(double));
                Ok(Arc::new(if nullable {
                    numbers.collect::<Float64Array>()
                } else {
                    numbers.map(Option::unwrap_or_default).collect::<Vec<f64>>().into()
                }))
            }
            Source::ProfileNumber(number) => {
                let of: Vec<f64> = chunk.profiles.iter().map(|p| double(number(p))).collect();
                let numbers = chunk.profile_of.iter().map(|&key| of[position(key)]);
                Ok(Arc::new(numbers.collect::<Vec<f64>>().into_iter().collect::<Float64Array>()))
            }
            Source::MonthStart => Ok(times(vec![chunk.month.start; rows])),
            Source::MonthEnd => Ok(times(vec![chunk.month.end; rows])),
            Source::LineStart => Ok(times(chunk.rows.iter().map(|row| row.span.start).collect())),
            Source::LineEnd => Ok(times(chunk.rows.iter().map(|row| row.span.end).collect())),
            Source::Map(entries) => self.map(entries),
            Source::DiscountMap => self.discounts(),
        }
    }

    /// The same text on every row.
    fn always(&self, text: &str) -> Result<ArrayRef, ArrowError> {
        let keys = Int32Array::from(vec![0; self.chunk.rows.len()]);
        dictionary(&keys, StringArray::from(vec![text]))
    }

    /// A text per profile; `None` is NULL.
    fn texts<'p, T: AsRef<str>>(
        &'p self,
        text: impl Fn(&'p Profile) -> Option<T>,
    ) -> Result<ArrayRef, ArrowError> {
        let values = self.chunk.profiles.iter().map(|profile| text(profile));
        dictionary(&self.profile_keys, values.collect())
    }

    /// A map per profile, written out row by row: entries are dictionary keys too.
    fn map(&self, entries: fn(&Profile) -> Entries<'_>) -> Result<ArrayRef, ArrowError> {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        let mut ranges = Vec::with_capacity(self.chunk.profiles.len());
        for profile in &self.chunk.profiles {
            let first = names.len();
            for (name, value) in entries(profile) {
                names.push(Some(name));
                values.push(Some(value));
            }
            ranges.push(first..names.len());
        }
        let mut lengths = Vec::with_capacity(self.chunk.rows.len());
        let mut keys = Vec::new();
        for &profile in &self.chunk.profile_of {
            let range = ranges[position(profile)].clone();
            lengths.push(range.len());
            keys.extend(range.map(|entry| i32::try_from(entry).unwrap_or(i32::MAX)));
        }
        let keys = Int32Array::from(keys);
        let names = dictionary(&keys, names.into_iter().collect())?;
        let values = dictionary(&keys, values.into_iter().collect())?;
        map_array(lengths, names, values)
    }

    /// The discount of every row under its one name.
    fn discounts(&self) -> Result<ArrayRef, ArrowError> {
        let of_rows = || self.chunk.rows.iter().map(discount);
        let lengths = of_rows().map(|amount| usize::from(amount.is_some())).collect();
        let amounts: Float64Array = of_rows().flatten().map(|units| Some(double(units))).collect();
        let keys = Int32Array::from(vec![0; amounts.len()]);
        let names = dictionary(&keys, StringArray::from(vec![DISCOUNT_NAME]))?;
        map_array(lengths, names, Arc::new(amounts))
    }
}

/// Dictionary indexes are positions of short lists, never negative.
fn position(key: i32) -> usize {
    usize::try_from(key).unwrap_or(0)
}

fn dictionary(keys: &Int32Array, values: StringArray) -> Result<ArrayRef, ArrowError> {
    let array = DictionaryArray::<Int32Type>::try_new(keys.clone(), Arc::new(values))?;
    Ok(Arc::new(array))
}

fn times(millis: Vec<i64>) -> ArrayRef {
    let values = ScalarBuffer::from(millis);
    Arc::new(TimestampMillisecondArray::new(values, None).with_timezone("UTC"))
}

fn map_array(
    lengths: Vec<usize>,
    names: ArrayRef,
    values: ArrayRef,
) -> Result<ArrayRef, ArrowError> {
    let value_type = values.data_type().clone();
    let entries =
        StructArray::try_new(entry_fields(value_type.clone()), vec![names, values], None)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    let map = MapArray::try_new(entries_field(value_type), offsets, entries, None, false)?;
    Ok(Arc::new(map))
}
