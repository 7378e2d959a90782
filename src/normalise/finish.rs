//! Finish: the workers' shares as one frame of charges.
//!
//! In:    rolled-up shares of all workers.
//! Out:   [`Rolled`]: [`Charges`], the control totals, the oddities.
//! Never: depends on how many workers there were or who saw which row.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use arrow::ipc::writer::StreamWriter;
use polars::prelude::{IpcStreamReader, SerReader};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::charges::{Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::money::{PRECISION, SCALE};
use crate::model::question::Wanted;
use crate::normalise::fold::{Control, Oddities, Roller};
use crate::normalise::grain::Grain;

/// The currency of lines that name none: ISO 4217's "no currency".
pub const NO_CURRENCY: &str = "XXX";

/// [`SCALE`] as Arrow spells it.
#[expect(clippy::cast_possible_truncation, reason = "twelve")]
const DECIMAL_SCALE: i8 = SCALE as i8;

/// The roll-up of a whole source.
#[derive(Debug)]
pub struct Rolled {
    /// One row per combination of the grain.
    pub charges: Charges,
    /// What the source holds, by currency: the other side of the books.
    pub control: BTreeMap<String, Control>,
    /// What was odd.
    pub oddities: Oddities,
}

/// The frame could not be built.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// A total does not fit 38 digits.
    #[error("the sum of `{column}` does not fit 38 digits")]
    Overflow {
        /// The column.
        column: String,
    },
    /// Arrow and Polars did not understand each other.
    #[error("charges could not be handed over: {0}")]
    HandOver(String),
}

impl Diagnose for FinishError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overflow { .. } => ErrorKind::Input,
            Self::HandOver(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Overflow { .. } => "MONEY-OVERFLOW",
            Self::HandOver(_) => "BUG-HAND-OVER",
        }
    }
}

type Key = Vec<Option<Box<str>>>;

#[derive(Default)]
struct Sums {
    costs: Vec<i128>,
    hours: i128,
    lines: u64,
}

/// Puts the shares together.
///
/// # Errors
/// When a sum leaves `Decimal(38, 12)`.
pub fn finish(grain: &Grain, shares: Vec<Roller>) -> Result<Rolled, FinishError> {
    let mut groups: BTreeMap<Key, Sums> = BTreeMap::new();
    let mut control: BTreeMap<String, Control> = BTreeMap::new();
    let mut oddities = Oddities::default();
    for share in shares {
        merge_groups(&share, &mut groups);
        for (code, found) in &share.control {
            let currency = share.interners[0].text(*code).unwrap_or(NO_CURRENCY);
            let total = control.entry(currency.to_owned()).or_default();
            total.rows += found.rows;
            total.sums.resize(found.sums.len(), 0);
            for (total, sum) in total.sums.iter_mut().zip(&found.sums) {
                *total += sum;
            }
        }
        oddities.rows_without_cost += share.oddities.rows_without_cost;
        for (tag, rows) in share.oddities.tag_disagreements {
            *oddities.tag_disagreements.entry(tag).or_default() += rows;
        }
    }
    let charges = hand_over(&batch(grain, &groups)?)?;
    Ok(Rolled { charges, control, oddities })
}

fn merge_groups(share: &Roller, groups: &mut BTreeMap<Key, Sums>) {
    let parts = share.grain.parts.len();
    let metrics = share.grain.metrics.len();
    let found = &share.groups;
    for (group, lines) in found.lines.iter().enumerate() {
        let codes = &found.keys[group * parts..][..parts];
        let texts = codes.iter().zip(&share.interners);
        let mut key: Key = texts.map(|(code, texts)| texts.text(*code).map(Into::into)).collect();
        key[0].get_or_insert_with(|| NO_CURRENCY.into());
        let sums = groups.entry(key).or_default();
        sums.costs.resize(metrics, 0);
        for (total, sum) in sums.costs.iter_mut().zip(&found.sums[group * metrics..][..metrics]) {
            *total += sum;
        }
        sums.hours += found.hours[group];
        sums.lines += lines;
    }
}

fn batch(grain: &Grain, groups: &BTreeMap<Key, Sums>) -> Result<RecordBatch, FinishError> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut push = |name: &str, data_type: DataType, column: ArrayRef| {
        fields.push(ArrowField::new(name, data_type, true));
        columns.push(column);
    };
    for (at, part) in grain.parts.iter().enumerate() {
        let texts: StringArray = groups.keys().map(|key| key[at].as_deref()).collect();
        push(&part.column, DataType::Utf8, Arc::new(texts));
    }
    if let Some(components) = components(grain, groups) {
        push(&Dimension::Component.key(), DataType::Utf8, Arc::new(components));
    }
    let money = DataType::Decimal128(PRECISION, DECIMAL_SCALE);
    for (at, metric) in grain.metrics.iter().enumerate() {
        let amounts = decimals(metric.column(), groups.values().map(|sums| sums.costs[at]))?;
        push(metric.column(), money.clone(), amounts);
    }
    if grain.hours == Wanted::Yes {
        let hours = decimals(column::USAGE_HOURS, groups.values().map(|sums| sums.hours))?;
        push(column::USAGE_HOURS, money, hours);
    }
    let lines: UInt64Array = groups.values().map(|sums| sums.lines).collect();
    push(column::LINE_ITEMS, DataType::UInt64, Arc::new(lines));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(in_hand_over)
}

/// The component needs both the product and the usage type.
fn components(grain: &Grain, groups: &BTreeMap<Key, Sums>) -> Option<StringArray> {
    let at = |column: &str| grain.parts.iter().position(|part| part.column == column);
    let (product, usage) = (at(column::PRODUCT)?, at(column::USAGE_COMPONENT)?);
    let component = |key: &Key| {
        let known = component::USAGE_TYPES
            .iter()
            .find(|rule| Some(rule.component) == key[usage].as_deref())
            .map(|rule| rule.component);
        component::component_of(key[product].as_deref().unwrap_or_default(), known)
    };
    Some(groups.keys().map(|key| Some(component(key))).collect())
}

fn decimals(column: &str, amounts: impl Iterator<Item = i128>) -> Result<ArrayRef, FinishError> {
    let overflow = |_| FinishError::Overflow { column: column.to_owned() };
    let array = Decimal128Array::from_iter_values(amounts)
        .with_precision_and_scale(PRECISION, DECIMAL_SCALE)
        .map_err(overflow)?;
    array.validate_decimal_precision(PRECISION).map_err(overflow)?;
    Ok(Arc::new(array))
}

/// Arrow to Polars: an IPC stream in memory, a few thousand rows.
fn hand_over(batch: &RecordBatch) -> Result<Charges, FinishError> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).map_err(in_hand_over)?;
    writer.write(batch).map_err(in_hand_over)?;
    writer.finish().map_err(in_hand_over)?;
    drop(writer);
    let frame = IpcStreamReader::new(std::io::Cursor::new(bytes))
        .finish()
        .map_err(|error| FinishError::HandOver(error.to_string()))?;
    Ok(Charges(frame))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn in_hand_over(error: arrow::error::ArrowError) -> FinishError {
    FinishError::HandOver(error.to_string())
}
