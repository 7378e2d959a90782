//! Batches: decoded Arrow columns as line items.
//!
//! In:    record batches of one row group's reader.
//! Out:   [`LineItems`] with every needed field as codes, amounts or days.
//! Never: drops a row or makes one up.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use chrono::{DateTime, NaiveDate};

use crate::diagnostic::{Place, Refusal};
use crate::model::line_items::{Amounts, Field, LineItems, TextColumn};
use crate::model::source_column::{SourceColumn, SourceKind};
use crate::scan::error::ScanError;
use crate::scan::locate::{self, Source};
use crate::scan::map_column;
use crate::scan::source_file::{SourceFile, coded_text};

/// What to take from each decoded batch of a row group.
pub(super) struct Plan {
    /// Top-level columns to decode, ascending: the order of the decoded columns.
    pub(super) roots: Vec<usize>,
    flat_texts: Vec<(Field, usize)>,
    maps: Vec<(usize, Vec<(Field, locate::MapKeys)>)>,
    amounts: Vec<(SourceColumn, usize)>,
    instants: Vec<(SourceColumn, usize)>,
}

impl Plan {
    /// Plans the fields of the question and the amounts that the row group needs beside them.
    pub(super) fn new(
        file: &SourceFile,
        amounts: &BTreeSet<SourceColumn>,
        place: &Place,
    ) -> Result<Self, ScanError> {
        let mut plan = Self {
            roots: Vec::new(),
            flat_texts: Vec::new(),
            maps: Vec::new(),
            amounts: Vec::new(),
            instants: Vec::new(),
        };
        for location in &file.locations {
            for source in &location.sources {
                plan.add(&location.field, source);
            }
        }
        for column in amounts {
            let field = Field::Column(*column);
            if file.locations.iter().any(|location| location.field == field) {
                continue;
            }
            let sources = locate::column_sources(place, file.metadata.schema(), *column)?;
            for source in sources.iter().take(1) {
                plan.add(&field, source);
            }
        }
        plan.roots.sort_unstable();
        plan.roots.dedup();
        Ok(plan)
    }

    fn add(&mut self, field: &Field, source: &Source) {
        self.roots.push(source.root());
        match (source, field) {
            (Source::Map { root, keys }, _) => {
                let wanted = (field.clone(), keys.clone());
                match self.maps.iter_mut().find(|(of, _)| of == root) {
                    Some((_, fields)) => fields.push(wanted),
                    None => self.maps.push((*root, vec![wanted])),
                }
            }
            (Source::Flat { root }, Field::Column(column)) => match column.kind() {
                SourceKind::Text => self.flat_texts.push((field.clone(), *root)),
                SourceKind::Amount | SourceKind::Quantity => self.amounts.push((*column, *root)),
                SourceKind::Instant => self.instants.push((*column, *root)),
            },
            (Source::Flat { root }, _) => self.flat_texts.push((field.clone(), *root)),
        }
    }

    /// Takes the planned columns out of a decoded batch.
    pub(super) fn line_items(
        &self,
        decoded: &RecordBatch,
        place: &Place,
        first_row: u64,
    ) -> Result<LineItems, Refusal> {
        let column = |root: usize| decoded.column(self.roots.partition_point(|at| *at < root));
        let refuse = |what: &str| undecodable(place, what);
        let mut texts = Vec::with_capacity(self.flat_texts.len() + self.maps.len() * 5);
        // Maps come first: a value of the `tags` map is nearer to the key than a legacy column.
        for (root, wanted) in &self.maps {
            let map = column(*root).as_map_opt().ok_or_else(|| refuse("a map"))?;
            let wanted: Vec<map_column::Wanted> = wanted.iter().map(|(f, k)| (f, k)).collect();
            let found = map_column::extract(map, &wanted);
            texts.extend(found.ok_or_else(|| refuse("a map of dictionary codes"))?);
        }
        for (field, root) in &self.flat_texts {
            texts.extend(text_column(field, column(*root), place)?);
        }
        let mut amounts = Vec::with_capacity(self.amounts.len());
        for (of, root) in &self.amounts {
            amounts.extend(amounts_of(column(*root)).map(|found| (*of, found)));
        }
        let mut days = Vec::with_capacity(self.instants.len());
        for (of, root) in &self.instants {
            days.push((*of, days_of(column(*root)).ok_or_else(|| refuse("an instant"))?));
        }
        let rows = decoded.num_rows();
        Ok(LineItems { place: place.clone(), first_row, rows, texts, amounts, days })
    }
}

fn undecodable(place: &Place, expected: &str) -> Refusal {
    Refusal {
        code: "PQ-DECODE",
        place: place.clone(),
        expected: expected.to_owned(),
        found: "a column of another shape".into(),
        hint: "export the column as AWS delivers it".into(),
    }
}

/// A text column; one that was all NULL when written has no type and no values.
fn text_column(
    field: &Field,
    array: &ArrayRef,
    place: &Place,
) -> Result<Option<TextColumn>, Refusal> {
    let coded = match array.data_type() {
        DataType::Null => return Ok(None),
        DataType::Dictionary(..) => array.clone(),
        // Account ids are sometimes stored as numbers; text is what they are.
        _ => {
            let text = cast(array, &DataType::Utf8).map_err(|_| undecodable(place, "text"))?;
            cast(&padded(field, &text), &coded_text()).map_err(|_| undecodable(place, "text"))?
        }
    };
    let coded = coded
        .as_any()
        .downcast_ref::<DictionaryArray<Int32Type>>()
        .ok_or_else(|| undecodable(place, "dictionary codes"))?;
    let values: &StringArray =
        coded.values().as_string_opt().ok_or_else(|| undecodable(place, "text"))?;
    Ok(Some(TextColumn {
        field: field.clone(),
        codes: coded.keys().values().clone(),
        nulls: coded.keys().nulls().cloned(),
        values: values.clone(),
    }))
}

/// Account ids are 12 digits and may begin with zeros that a number forgets.
fn padded(field: &Field, text: &ArrayRef) -> ArrayRef {
    let is_account =
        matches!(field, Field::Column(SourceColumn::UsageAccount | SourceColumn::PayerAccount));
    match text.as_string_opt::<i32>() {
        Some(ids) if is_account => {
            let ids: StringArray = ids.iter().map(|id| id.map(|id| format!("{id:0>12}"))).collect();
            std::sync::Arc::new(ids)
        }
        _ => text.clone(),
    }
}

fn amounts_of(array: &ArrayRef) -> Option<Amounts> {
    match array.data_type() {
        DataType::Float64 => Some(Amounts::Double(array.as_primitive::<Float64Type>().clone())),
        DataType::Decimal128(_, scale) => {
            Some(Amounts::Decimal(array.as_primitive::<Decimal128Type>().clone(), *scale))
        }
        _ => None,
    }
}

const SECONDS_A_DAY: i64 = 86_400;

/// UTC days since 1970-01-01 of an instant in any unit, of a date, or of ISO text.
fn days_of(array: &ArrayRef) -> Option<Vec<Option<i32>>> {
    let day = |instant: i64, per_second: i64| {
        i32::try_from(instant.div_euclid(SECONDS_A_DAY * per_second)).ok()
    };
    let days = match array.data_type() {
        DataType::Null => vec![None; array.len()],
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().collect(),
        DataType::Timestamp(TimeUnit::Second, _) => array
            .as_primitive::<TimestampSecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1)))
            .collect(),
        DataType::Timestamp(TimeUnit::Millisecond, _) => array
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000)))
            .collect(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => array
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000_000)))
            .collect(),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => array
            .as_primitive::<TimestampNanosecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000_000_000)))
            .collect(),
        DataType::Dictionary(..) => {
            let coded = array.as_any_dictionary_opt()?;
            let by_code: Vec<Option<i32>> = coded
                .values()
                .as_string_opt::<i32>()?
                .iter()
                .map(|t| t.and_then(iso_day))
                .collect();
            let day_of = |(row, key): (usize, usize)| {
                by_code.get(key).copied().flatten().filter(|_| coded.keys().is_valid(row))
            };
            coded.normalized_keys().into_iter().enumerate().map(day_of).collect()
        }
        _ => return None,
    };
    Some(days)
}

/// The UTC day of `2018-10-31T23:00:00Z`, `2018-10-31 23:00:00` or `2018-10-31`.
fn iso_day(text: &str) -> Option<i32> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| at.naive_utc().date());
    let date = instant.or_else(|| NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok())?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}
