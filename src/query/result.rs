//! Result: a frame of Polars as a result set of ours.
//!
//! In:    what a statement found.
//! Out:   [`ResultSet`]; decimals stay exact, what SQL divided is rounded to pico-units.
//! Never: makes an exact number a float.

use polars::prelude::{Column, DataFrame, DataType, PolarsError};

use super::error::QueryError;
use crate::model::money::{SCALE, UNIT};
use crate::model::result_set::{ResultColumn, ResultSet, Values};

/// The rows of a frame.
///
/// # Errors
/// When a number has more digits than ours.
pub(super) fn of(frame: &DataFrame) -> Result<ResultSet, QueryError> {
    let column = |column: &Column| {
        let values = values(column)?;
        Ok(ResultColumn { name: column.name().to_string(), values })
    };
    let columns = frame.columns().iter().map(column).collect::<Result<_, QueryError>>()?;
    Ok(ResultSet { columns })
}

fn values(column: &Column) -> Result<Values, QueryError> {
    let out_of_range = || QueryError::Range { column: column.name().to_string() };
    match column.dtype() {
        DataType::Date => Ok(Values::Days(texts(column)?)),
        DataType::Decimal(_, scale) => amounts(column, *scale).ok_or_else(out_of_range),
        DataType::Float32 | DataType::Float64 => numbers(column)?.ok_or_else(out_of_range),
        of if of.is_integer() => whole(column)?.ok_or_else(out_of_range),
        _ => Ok(Values::Texts(texts(column)?)),
    }
}

fn texts(column: &Column) -> Result<Vec<Option<String>>, QueryError> {
    let texts = column.cast(&DataType::String).map_err(engine)?;
    let texts = texts.str().map_err(engine)?;
    Ok(texts.iter().map(|text| text.map(ToOwned::to_owned)).collect())
}

fn amounts(column: &Column, scale: usize) -> Option<Values> {
    let up = (SCALE as usize).checked_sub(scale).and_then(power);
    let down = scale.checked_sub(SCALE as usize).and_then(power);
    let decimals = column.decimal().ok()?.physical();
    let pico = |amount: Option<i128>| match (amount, up, down) {
        (None, ..) => Some(None),
        (Some(amount), Some(up), _) => amount.checked_mul(up).map(Some),
        (Some(amount), None, Some(down)) => Some(Some(amount / down)),
        (Some(_), None, None) => None,
    };
    decimals.iter().map(pico).collect::<Option<_>>().map(Values::Amounts)
}

fn power(of_ten: usize) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(of_ten).ok()?)
}

/// Counts, unless one of them is negative.
fn whole(column: &Column) -> Result<Option<Values>, QueryError> {
    let wide = column.cast(&DataType::Int128).map_err(engine)?;
    let wide = wide.i128().map_err(engine)?;
    let counts = wide.iter().map(|n| n.map(u64::try_from).transpose().ok());
    if let Some(counts) = counts.collect::<Option<Vec<_>>>() {
        return Ok(Some(Values::Counts(counts)));
    }
    let pico = wide.iter().map(|n| n.map_or(Some(None), |n| n.checked_mul(UNIT).map(Some)));
    Ok(pico.collect::<Option<_>>().map(Values::Numbers))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "a quotient is for people, and its range is checked"
)]
fn numbers(column: &Column) -> Result<Option<Values>, QueryError> {
    let doubles = column.cast(&DataType::Float64).map_err(engine)?;
    let doubles = doubles.f64().map_err(engine)?;
    let pico = |double: Option<f64>| {
        let Some(double) = double.filter(|double| double.is_finite()) else { return Some(None) };
        let pico = (double * UNIT as f64).round();
        (pico.abs() < i128::MAX as f64).then_some(Some(pico as i128))
    };
    Ok(doubles.iter().map(pico).collect::<Option<_>>().map(Values::Numbers))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn engine(error: PolarsError) -> QueryError {
    QueryError::Engine { message: error.to_string() }
}
