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
use polars::prelude::{DataFrame, IpcStreamReader, SerReader};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::charges::{Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::money::{PRECISION, SCALE};
use crate::model::question::Wanted;
use crate::normalise::control::Control;
use crate::normalise::fold::{Oddities, Roller};
use crate::normalise::grain::{Grain, Identity};

/// The currency of lines that name none: ISO 4217's "no currency".
pub const NO_CURRENCY: &str = "XXX";

/// [`SCALE`] as Arrow spells it.
#[expect(clippy::cast_possible_truncation, reason = "twelve")]
pub(super) const DECIMAL_SCALE: i8 = SCALE as i8;

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

/// Puts the shares together.
///
/// The rows of the frame come in no particular order; whoever shows them sorts them.
///
/// # Errors
/// When a sum leaves `Decimal(38, 12)`.
pub fn finish(grain: &Grain, shares: Vec<Roller>) -> Result<Rolled, FinishError> {
    let mut whole = Roller::together(grain, shares);
    let currencies = &whole.interners[0];
    let mut control: BTreeMap<String, Control> = BTreeMap::new();
    for ((_, [code, _]), found) in &whole.control {
        whole.oddities.rows_without_cost += found.without_cost;
        let currency = currencies.text(*code).unwrap_or(NO_CURRENCY);
        control.entry(currency.to_owned()).or_default().absorb(found);
    }
    let tagged = grain.identity.map_or_else(Vec::new, |Identity { tags, owner_arn, .. }| {
        let tags = tags.map(|at| &whole.interners[at]);
        whole.history.of(&whole.interners[owner_arn], tags)
    });
    whole.forget_untold(&tagged);
    let frame = hand_over(&batch(grain, &whole)?)?;
    let charges = Charges { frame, tagged };
    Ok(Rolled { charges, control, oddities: whole.oddities })
}

fn batch(grain: &Grain, whole: &Roller) -> Result<RecordBatch, FinishError> {
    let groups = &whole.groups;
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut push = |name: &str, data_type: DataType, column: ArrayRef| {
        fields.push(ArrowField::new(name, data_type, true));
        columns.push(column);
    };
    for (at, part) in grain.parts.iter().enumerate() {
        let nothing = (at == 0).then_some(NO_CURRENCY);
        let texts: StringArray = whole.texts(at).map(|text| text.or(nothing)).collect();
        push(&part.column, DataType::Utf8, Arc::new(texts));
    }
    if let Some(components) = components(grain, whole) {
        push(&Dimension::Component.key(), DataType::Utf8, Arc::new(components));
    }
    let money = DataType::Decimal128(PRECISION, DECIMAL_SCALE);
    let metrics = grain.metrics.len();
    for (at, metric) in grain.metrics.iter().enumerate() {
        let sums = groups.sums.iter().skip(at).step_by(metrics).copied();
        push(metric.column(), money.clone(), decimals(metric.column(), sums)?);
    }
    if grain.hours == Wanted::Yes {
        let hours = decimals(column::USAGE_HOURS, groups.hours.iter().copied())?;
        push(column::USAGE_HOURS, money, hours);
    }
    let lines = UInt64Array::from_iter_values(groups.lines.iter().copied());
    push(column::LINE_ITEMS, DataType::UInt64, Arc::new(lines));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(in_hand_over)
}

/// The component needs both the product and the usage type.
fn components(grain: &Grain, whole: &Roller) -> Option<StringArray> {
    let at = |column: &str| grain.parts.iter().position(|part| part.column == column);
    let (product, usage) = (at(column::PRODUCT)?, at(column::USAGE_COMPONENT)?);
    let component = |(product, usage): (Option<&str>, Option<&str>)| {
        let known = component::USAGE_TYPES
            .iter()
            .find(|rule| Some(rule.component) == usage)
            .map(|rule| rule.component);
        Some(component::component_of(product.unwrap_or_default(), known))
    };
    Some(whole.texts(product).zip(whole.texts(usage)).map(component).collect())
}

pub(super) fn decimals(
    column: &str,
    amounts: impl Iterator<Item = i128>,
) -> Result<ArrayRef, FinishError> {
    let overflow = |_| FinishError::Overflow { column: column.to_owned() };
    let array = Decimal128Array::from_iter_values(amounts)
        .with_precision_and_scale(PRECISION, DECIMAL_SCALE)
        .map_err(overflow)?;
    array.validate_decimal_precision(PRECISION).map_err(overflow)?;
    Ok(Arc::new(array))
}

/// Arrow to Polars: an IPC stream in memory, a few thousand rows.
fn hand_over(batch: &RecordBatch) -> Result<DataFrame, FinishError> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).map_err(in_hand_over)?;
    writer.write(batch).map_err(in_hand_over)?;
    writer.finish().map_err(in_hand_over)?;
    drop(writer);
    IpcStreamReader::new(std::io::Cursor::new(bytes))
        .finish()
        .map_err(|error| FinishError::HandOver(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn in_hand_over(error: arrow::error::ArrowError) -> FinishError {
    FinishError::HandOver(error.to_string())
}
