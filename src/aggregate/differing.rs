//! Differing: the rows in which two answers to one question differ.
//!
//! In:    charges of either side, added up by the question.
//! Out:   two [`Answer`]s that hold nothing that is the same in both.
//! Never: makes a row of what is the same: of millions of combinations few differ.

use rustc_hash::FxHashMap;

use super::filter::Mask;
use super::{AggregateError, grouped, rows};
use crate::model::answer::Answer;
use crate::model::charges::{AllocatedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Interner};
use crate::model::question::Question;

/// Charges, added up by a question.
#[derive(Debug, Clone)]
pub struct Sums {
    frame: Frame,
}

/// Adds charges up by a question, as [`super::answer`] does, and makes no rows yet.
///
/// # Errors
/// Only when the frame lacks what the question's grain promises, which is our bug.
pub fn sums(charges: &AllocatedCharges, question: &Question) -> Result<Sums, AggregateError> {
    let frame = &charges.frame;
    let counts = Mask::of(frame, question)?.counts;
    Ok(Sums { frame: grouped(frame, &counts, question)? })
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
    let metric = question.metric.column();
    let costs = [before.frame.amounts(metric)?, after.frame.amounts(metric)?];
    let mut both: FxHashMap<&[u32], [i128; 2]> = FxHashMap::default();
    let width = keys.width;
    for (side, (keys, costs)) in keys.of.iter().zip(costs).enumerate() {
        for (key, cost) in keys.chunks_exact(width).zip(costs) {
            both.entry(key).or_default()[side] = *cost;
        }
    }
    let of_side = |side: usize| -> Result<Answer, AggregateError> {
        let key = |row: usize| &keys.of[side][row * width..][..width];
        let differs = |row| both.get(key(row)).is_some_and(|[before, after]| before != after);
        let frame = sides[side].filter(differs);
        Ok(rows::answer_of(&frame, question, None)?)
    };
    Ok([of_side(0)?, of_side(1)?])
}

/// The keys of the rows of both sides as numbers that mean the same on either.
struct Codes {
    /// Numbers per row.
    width: usize,
    /// Row after row.
    of: [Vec<u32>; 2],
}

fn codes(sides: [&Frame; 2], question: &Question) -> Result<Codes, FrameError> {
    let fixed = [column::CURRENCY.to_owned(), column::STANDING.to_owned()];
    let names: Vec<String> =
        fixed.into_iter().chain(question.dimensions.iter().map(Dimension::key)).collect();
    let width = names.len();
    let mut of = sides.map(|frame| vec![0; frame.height() * width]);
    for (at, name) in names.iter().enumerate() {
        let mut interner = Interner::default();
        for (codes, frame) in of.iter_mut().zip(sides) {
            let texts = frame.texts(name)?;
            let shared: Vec<u32> = texts.words().iter().map(|text| interner.code(text)).collect();
            for (row, code) in texts.codes().iter().enumerate() {
                codes[row * width + at] = shared[*code as usize];
            }
        }
    }
    Ok(Codes { width, of })
}
