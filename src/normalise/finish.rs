//! Finish: the workers' shares as one frame of charges.
//!
//! In:    rolled-up shares of all workers.
//! Out:   [`Rolled`]: [`Charges`], the control totals, the oddities.
//! Never: depends on how many workers there were or who saw which row.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array};
use rayon::prelude::*;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::charges::{Charges, column};
use crate::model::component;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Texts};
use crate::model::money::{PRECISION, SCALE};
use crate::model::question::Wanted;
use crate::normalise::codes::Interner;
use crate::normalise::control::Control;
use crate::normalise::fold::{Oddities, Roller};
use crate::normalise::grain::Grain;
use crate::normalise::together::together;

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
    /// Arrow did not understand us.
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
    let (mut whole, tagged) = together(grain, shares);
    let currencies = &whole.interners[0];
    let mut control: BTreeMap<String, Control> = BTreeMap::new();
    for ((_, [code, _]), found) in &whole.control {
        whole.oddities.rows_without_cost += found.without_cost;
        let currency = currencies.words().get(*code).unwrap_or(NO_CURRENCY);
        control.entry(currency.to_owned()).or_default().absorb(found);
    }
    let oddities = std::mem::take(&mut whole.oddities);
    let charges = Charges { frame: frame(grain, whole)?, tagged };
    Ok(Rolled { charges, control, oddities })
}

/// The same charges, told apart by no more than a coarser grain of the same source.
///
/// # Errors
/// When a sum leaves its range; or when the charges lack what the grain tells, which is our bug.
pub fn narrowed(charges: &Charges, grain: &Grain) -> Result<Charges, FinishError> {
    let mut keys: Vec<String> = grain.parts.iter().map(|part| part.column.clone()).collect();
    let tells = |column: &str| keys.iter().any(|key| key == column);
    if tells(column::PRODUCT) && tells(column::USAGE_COMPONENT) {
        keys.push(Dimension::Component.key());
    }
    let mut amounts: Vec<&str> = grain.metrics.iter().map(|metric| metric.column()).collect();
    if grain.hours == Wanted::Yes {
        amounts.push(column::USAGE_HOURS);
    }
    let frame = charges.frame.grouped(&keys, &amounts, None).map_err(|error| match error {
        FrameError::Overflow(column) => FinishError::Overflow { column },
        FrameError::Absent(_) => FinishError::HandOver(error.to_string()),
    })?;
    let tagged = if grain.identity.is_some() { charges.tagged.clone() } else { Vec::new() };
    Ok(Charges { frame, tagged })
}

fn frame(grain: &Grain, whole: Roller) -> Result<Frame, FinishError> {
    let Roller { groups, interners, .. } = whole;
    let all = 0..groups.len();
    let mut frame = Frame::new(all.clone().map(|group| groups.totals.lines(group)).collect());
    let texts = |(at, interner): (usize, Interner)| {
        let texts = Texts::of_codes(groups.codes(at), &Arc::new(interner.into_words()));
        if at == 0 { texts.or(NO_CURRENCY) } else { texts }
    };
    let texts: Vec<Texts> = interners.into_par_iter().enumerate().map(texts).collect();
    for (part, texts) in grain.parts.iter().zip(texts) {
        frame.set_texts(&part.column, texts);
    }
    if let Some(components) = components(&frame) {
        frame.set_texts(Dimension::Component.key(), components);
    }
    for (at, metric) in grain.metrics.iter().enumerate() {
        let sums: Vec<i128> = groups.totals.costs_of(at).collect();
        in_range(metric.column(), &sums)?;
        frame.set_amounts(metric.column(), sums);
    }
    if grain.hours == Wanted::Yes {
        let hours: Vec<i128> = all.map(|group| groups.totals.hours(group)).collect();
        in_range(column::USAGE_HOURS, &hours)?;
        frame.set_amounts(column::USAGE_HOURS, hours);
    }
    Ok(frame)
}

/// The component needs both the product and the usage type.
fn components(frame: &Frame) -> Option<Texts> {
    let product = frame.texts(column::PRODUCT).ok()?;
    let usage = frame.texts(column::USAGE_COMPONENT).ok()?;
    let known = |usage: Option<&str>| {
        let rule = component::USAGE_TYPES.iter().find(|rule| Some(rule.component) == usage)?;
        Some(rule.component)
    };
    let known: Vec<Option<&str>> = usage.values().into_iter().map(known).collect();
    let products = product.values();
    let all = products.iter().flat_map(|product| {
        known.iter().map(|known| component::component_of(product.unwrap_or_default(), *known))
    });
    let all: Vec<Option<&str>> = all.map(Some).collect();
    let place = |(product, usage): (&u32, &u32)| *product as usize * known.len() + *usage as usize;
    Some(Texts::of_places(product.codes().iter().zip(usage.codes()).map(place), &all))
}

/// Totals have at most 38 digits, wherever they go from here.
fn in_range(column: &str, sums: &[i128]) -> Result<(), FinishError> {
    let most = 10_i128.pow(PRECISION.into());
    let is_in_range = |sum: &i128| -most < *sum && *sum < most;
    if sums.iter().all(is_in_range) {
        return Ok(());
    }
    Err(FinishError::Overflow { column: column.to_owned() })
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
