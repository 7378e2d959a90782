//! Filter: `--where` and `--month` as a mask of rows.
//!
//! In:    a frame, the filters of a question.
//! Out:   true or false for every charge; filters of one dimension are alternatives.
//! Never: looks at a text more than once.

use std::collections::BTreeMap;

use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, NOTHING, Texts};
use crate::model::question::{Filter, Question};

/// What a question asks for, row by row.
pub(super) struct Mask {
    /// Charges that count: they are asked for, and restate nothing.
    pub(super) counts: Vec<bool>,
    /// Charges that are asked for and restate lines of EC2.
    pub(super) split_cost: Vec<bool>,
}

impl Mask {
    pub(super) fn of(frame: &Frame, question: &Question) -> Result<Self, FrameError> {
        let mut counts = keeps(frame, question)?;
        let split_cost = frame.texts(column::SPLIT_COST)?.codes().iter();
        let is_split = split_cost.map(|operation| *operation != NOTHING);
        let split_cost = counts.iter_mut().zip(is_split).map(|(keeps, is_split)| {
            let is_both = *keeps && is_split;
            *keeps &= !is_split;
            is_both
        });
        let split_cost = split_cost.collect();
        Ok(Self { counts, split_cost })
    }
}

/// True on charges that are asked for.
fn keeps(frame: &Frame, question: &Question) -> Result<Vec<bool>, FrameError> {
    let mut by_dimension: BTreeMap<&Dimension, Vec<&Filter>> = BTreeMap::new();
    for filter in &question.filters {
        by_dimension.entry(&filter.dimension).or_default().push(filter);
    }
    let mut all = vec![true; frame.height()];
    for (dimension, filters) in by_dimension {
        let any = |value: Option<&str>| filters.iter().any(|filter| matches(filter, value));
        narrow(&mut all, frame.texts(&dimension.key())?, any);
    }
    if !question.months.is_empty() {
        let asked: Vec<String> = question.months.iter().map(ToString::to_string).collect();
        // A charge without a period of its own belongs to the folder that was asked for.
        let any = |month: Option<&str>| month.is_none_or(|month| asked.iter().any(|a| a == month));
        narrow(&mut all, frame.texts(&Dimension::Month.key())?, any);
    }
    Ok(all)
}

fn narrow(all: &mut [bool], texts: &Texts, keeps: impl Fn(Option<&str>) -> bool) {
    let keeps: Vec<bool> = texts.values().into_iter().map(keeps).collect();
    for (all, code) in all.iter_mut().zip(texts.codes()) {
        *all &= keeps[*code as usize];
    }
}

fn matches(filter: &Filter, value: Option<&str>) -> bool {
    let (Some(asked), Some(value)) = (&filter.value, value) else {
        return filter.value.as_deref() == value;
    };
    let is_last_part = || {
        let before = value.strip_suffix(asked.as_str());
        filter.dimension.is_identity() && before.is_some_and(|before| before.ends_with('/'))
    };
    asked == value || is_last_part()
}
