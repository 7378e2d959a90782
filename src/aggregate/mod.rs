//! Aggregate: charges become the rows of an answer.
//!
//! In:    [`AllocatedCharges`] and the [`Question`].
//! Out:   [`Answered`]: the rows, and what the filters left out, per currency.
//! Never: folds a tail, rounds, or loses what a filter excludes.

mod filter;
mod differing;
mod rows;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::Answer;
use crate::model::charges::{AllocatedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError};
use crate::model::metric::CostMetric;
use crate::model::question::{Question, Wanted};
pub use differing::{Sums, differing, sums};
use filter::Mask;
pub use rows::Sum;

/// The frame was not what the room was promised.
#[derive(Debug, thiserror::Error)]
#[error("charges could not be added up: {0}")]
pub struct AggregateError(#[from] FrameError);

impl Diagnose for AggregateError {
    fn kind(&self) -> ErrorKind {
        match self.0 {
            FrameError::Overflow(_) => ErrorKind::Input,
            FrameError::Absent(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self.0 {
            FrameError::Overflow(_) => "MONEY-OVERFLOW",
            FrameError::Absent(_) => "BUG-AGGREGATE",
        }
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
/// When a sum leaves its range, or the frame lacks what its grain promises, which is our bug.
pub fn answer(charges: &AllocatedCharges, question: &Question) -> Result<Answered, AggregateError> {
    answered(charges, question, None)
}

/// The same, with rows for no more than the `limit` largest of a currency: those with an owner
/// together, those without by their standing. What the others add up to is the answer's rest.
///
/// # Errors
/// As [`answer`].
pub fn largest(
    charges: &AllocatedCharges,
    question: &Question,
    limit: usize,
) -> Result<Answered, AggregateError> {
    answered(charges, question, Some(limit))
}

fn answered(
    charges: &AllocatedCharges,
    question: &Question,
    largest: Option<usize>,
) -> Result<Answered, AggregateError> {
    let frame = &charges.frame;
    let Mask { counts, split_cost } = Mask::of(frame, question)?;
    let kept = grouped(frame, &counts, question)?;
    let excluded: Vec<bool> = counts.iter().map(|counts| !counts).collect();
    Ok(Answered {
        answer: rows::answer_of(&kept, question, largest)?,
        excluded: rows::sums_of(frame, &excluded, question.metric)?,
        split_cost: rows::sums_of(frame, &split_cost, question.metric)?,
        unknown_types: rows::counts_of(frame, column::UNKNOWN_TYPE)?,
        months: months(frame)?,
    })
}

/// The charges that a question counts, added up by its dimensions: its metric as `cost`, these
/// metrics under their own names, and hours when they are asked for.
///
/// # Errors
/// As [`answer`]; also when shared cost was moved, which has one metric alone.
pub fn charges(
    charges: &AllocatedCharges,
    question: &Question,
    metrics: &[CostMetric],
) -> Result<Frame, AggregateError> {
    let frame = &charges.frame;
    let counts = Mask::of(frame, question)?.counts;
    let mut keys = keys(question);
    keys.sort_unstable();
    let of_question = question.metric.column();
    let mut sums: Vec<&str> = metrics.iter().map(|metric| metric.column()).collect();
    sums.push(of_question);
    if question.hours == Wanted::Yes {
        sums.push(column::USAGE_HOURS);
    }
    let mut summed = frame.grouped(&keys, &sums, Some(&counts))?;
    let cost = summed.amounts(of_question)?.to_vec();
    summed.set_amounts(column::COST, cost);
    Ok(summed)
}

fn keys(question: &Question) -> Vec<String> {
    let mut keys = vec![column::CURRENCY.to_owned(), column::STANDING.to_owned()];
    for dimension in &question.dimensions {
        if !keys.contains(&dimension.key()) {
            keys.push(dimension.key());
        }
    }
    keys
}

fn grouped(frame: &Frame, counts: &[bool], question: &Question) -> Result<Frame, FrameError> {
    let mut sums = vec![question.metric.column()];
    if question.hours == Wanted::Yes {
        sums.push(column::USAGE_HOURS);
    }
    frame.grouped(&keys(question), &sums, Some(counts))
}

fn months(frame: &Frame) -> Result<Vec<String>, FrameError> {
    let key = Dimension::Month.key();
    if !frame.tells(&key) {
        return Ok(Vec::new());
    }
    Ok(rows::counts_of(frame, &key)?.into_iter().map(|(month, _)| month).collect())
}
