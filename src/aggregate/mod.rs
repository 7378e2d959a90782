//! Aggregate: charges become the rows of an answer.
//!
//! In:    [`AllocatedCharges`] and the [`Question`].
//! Out:   [`Answered`]: the rows, and what the filters left out, per currency.
//! Never: folds a tail, rounds, or loses what a filter excludes.

mod filter;
mod differing;
mod rows;

use polars::prelude::{DataFrame, Expr, IntoLazy, PolarsError, col};

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::Answer;
use crate::model::charges::{AllocatedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::question::{Question, Wanted};
pub use differing::{Sums, differing, sums};
pub use rows::Sum;

/// The frame was not what the room was promised.
#[derive(Debug, thiserror::Error)]
#[error("charges could not be added up: {0}")]
pub struct AggregateError(#[from] PolarsError);

impl Diagnose for AggregateError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Internal
    }

    fn code(&self) -> &'static str {
        "BUG-AGGREGATE"
    }
}

/// An answer and what it leaves out.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The rows.
    pub answer: Answer,
    /// What filters excluded, per currency; split cost rows are under it too.
    pub excluded: Vec<Sum>,
    /// Split cost rows alone, per currency, for the finding.
    pub split_cost: Vec<Sum>,
    /// Lines of undocumented types among all charges: type, rows.
    pub unknown_types: Vec<(String, u64)>,
    /// The billing periods that rows name, when the grain tells them apart; sorted.
    pub months: Vec<String>,
}

/// Answers a question.
///
/// # Errors
/// Only when the frame lacks what the question's grain promises, which is our bug.
pub fn answer(charges: &AllocatedCharges, question: &Question) -> Result<Answered, AggregateError> {
    let frame = &charges.frame;
    let kept = grouped(frame, filter::counts(question), question)?;
    let excluded = totals(frame, filter::counts(question).not(), question.metric)?;
    let is_split = filter::keeps(question).and(filter::is_split());
    let split_cost = totals(frame, is_split, question.metric)?;
    Ok(Answered {
        answer: Answer {
            dimensions: question.dimensions.clone(),
            metric: question.metric,
            rows: rows::rows_of(&kept, question)?,
        },
        excluded,
        split_cost,
        unknown_types: unknown_types(frame)?,
        months: months(frame)?,
    })
}

fn grouped(frame: &DataFrame, keeps: Expr, question: &Question) -> Result<DataFrame, PolarsError> {
    let mut keys = vec![column::CURRENCY.to_owned(), column::STANDING.to_owned()];
    for dimension in &question.dimensions {
        if !keys.contains(&dimension.key()) {
            keys.push(dimension.key());
        }
    }
    let mut sums = vec![question.metric.column(), column::LINE_ITEMS];
    if question.hours == Wanted::Yes {
        sums.push(column::USAGE_HOURS);
    }
    frame
        .clone()
        .lazy()
        .filter(keeps)
        .group_by(keys.iter().map(col).collect::<Vec<_>>())
        .agg(sums.into_iter().map(|name| col(name).sum()).collect::<Vec<_>>())
        .collect()
}

fn totals(frame: &DataFrame, of: Expr, metric: CostMetric) -> Result<Vec<Sum>, PolarsError> {
    let summed = frame
        .clone()
        .lazy()
        .filter(of)
        .group_by([col(column::CURRENCY)])
        .agg([col(metric.column()).sum(), col(column::LINE_ITEMS).sum()])
        .collect()?;
    rows::sums_of(&summed, metric)
}

fn unknown_types(frame: &DataFrame) -> Result<Vec<(String, u64)>, PolarsError> {
    let counted = frame
        .clone()
        .lazy()
        .filter(col(column::UNKNOWN_TYPE).is_not_null())
        .group_by([col(column::UNKNOWN_TYPE)])
        .agg([col(column::LINE_ITEMS).sum()])
        .collect()?;
    rows::counts_of(&counted, column::UNKNOWN_TYPE)
}

fn months(frame: &DataFrame) -> Result<Vec<String>, PolarsError> {
    let key = Dimension::Month.key();
    if frame.column(&key).is_err() {
        return Ok(Vec::new());
    }
    let named = frame.clone().lazy().filter(col(&key).is_not_null());
    let counted = named.group_by([col(&key)]).agg([col(column::LINE_ITEMS).sum()]).collect()?;
    Ok(rows::counts_of(&counted, &key)?.into_iter().map(|(month, _)| month).collect())
}
