//! Differing: the rows in which two answers to one question differ.
//!
//! In:    charges of either side, added up by the question.
//! Out:   two [`Answer`]s that hold nothing that is the same in both.
//! Never: makes a row of what is the same: of millions of combinations few differ.

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray, PolarsError};
use rustc_hash::FxHashMap;

use super::{AggregateError, filter, grouped, rows};
use crate::model::answer::Answer;
use crate::model::charges::{AllocatedCharges, amounts, column};
use crate::model::dimension::Dimension;
use crate::model::question::Question;

/// Charges, added up by a question.
#[derive(Debug, Clone)]
pub struct Sums {
    frame: DataFrame,
}

/// Adds charges up by a question, as [`super::answer`] does, and makes no rows yet.
///
/// # Errors
/// Only when the frame lacks what the question's grain promises, which is our bug.
pub fn sums(charges: &AllocatedCharges, question: &Question) -> Result<Sums, AggregateError> {
    Ok(Sums { frame: grouped(&charges.frame, filter::counts(question), question)? })
}

/// The rows of either side whose cost is not that of the same combination on the other side, where
/// a combination that is not there costs nothing.
///
/// # Errors
/// As [`sums`].
pub fn differing(
    before: &Sums,
    after: &Sums,
    question: &Question,
) -> Result<[Answer; 2], AggregateError> {
    let sides = [&before.frame, &after.frame];
    let keys = codes(sides, question)?;
    let costs = [amounts_of(before, question)?, amounts_of(after, question)?];
    let mut both: FxHashMap<&[u32], [i128; 2]> = FxHashMap::default();
    let width = keys.width;
    for (side, (keys, costs)) in keys.of.iter().zip(&costs).enumerate() {
        for (key, cost) in keys.chunks_exact(width).zip(costs) {
            both.entry(key).or_default()[side] = *cost;
        }
    }
    let of_side = |side: usize| -> Result<Answer, AggregateError> {
        let differs = |key: &[u32]| both.get(key).is_some_and(|[before, after]| before != after);
        let mask = keys.of[side].chunks_exact(width).map(differs);
        let mask = BooleanChunked::from_iter_values("differs".into(), mask);
        let frame = sides[side].filter(&mask)?;
        Ok(Answer {
            dimensions: question.dimensions.clone(),
            metric: question.metric,
            rows: rows::rows_of(&frame, question)?,
        })
    };
    Ok([of_side(0)?, of_side(1)?])
}

fn amounts_of(sums: &Sums, question: &Question) -> Result<Vec<i128>, PolarsError> {
    amounts(sums.frame.column(question.metric.column())?)
}

/// The keys of the rows of both sides as numbers that mean the same on either.
struct Codes {
    /// Numbers per row.
    width: usize,
    /// Row after row.
    of: [Vec<u32>; 2],
}

fn codes(sides: [&DataFrame; 2], question: &Question) -> Result<Codes, PolarsError> {
    let fixed = [column::CURRENCY.to_owned(), column::STANDING.to_owned()];
    let names: Vec<String> =
        fixed.into_iter().chain(question.dimensions.iter().map(Dimension::key)).collect();
    let width = names.len();
    let mut of = sides.map(|frame| vec![0; frame.height() * width]);
    for (at, name) in names.iter().enumerate() {
        let columns = [sides[0].column(name)?.str()?, sides[1].column(name)?.str()?];
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        for (codes, texts) in of.iter_mut().zip(columns) {
            for (row, text) in texts.iter().enumerate() {
                // Nothing is zero.
                let Some(text) = text else { continue };
                let next = u32::try_from(known.len() + 1).unwrap_or(u32::MAX);
                codes[row * width + at] = *known.entry(text).or_insert(next);
            }
        }
    }
    Ok(Codes { width, of })
}
