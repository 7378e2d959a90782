//! Frame: columns of charges as rules and maps look at them.
//!
//! In:    a frame of charges.
//! Out:   days by row, a [`Matcher`] over its columns.
//! Never: decides anything about a charge.

use std::sync::Arc;

use crate::attribute::AttributeError;
use crate::model::condition::{Coded, Condition, Matcher};
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::period::{Day, Days};

/// The day of every charge, as far as the frame tells days apart.
pub(super) struct RowDays {
    codes: Arc<Vec<u32>>,
    days: Vec<Option<Day>>,
}

impl RowDays {
    /// The days of a frame.
    pub(super) fn of(frame: &Frame) -> Self {
        let Ok(Coded { codes, values }) = frame.coded(&Dimension::Day.key()) else {
            return Self { codes: Arc::new(vec![0; frame.height()]), days: vec![None] };
        };
        let days = values.into_iter().map(|text| text.and_then(Day::parse)).collect();
        Self { codes, days }
    }

    /// The day of a row; `None` when nothing tells it.
    pub(super) fn on(&self, row: usize) -> Option<Day> {
        self.days[self.code(row) as usize]
    }

    /// The same number for the same day.
    pub(super) fn code(&self, row: usize) -> u32 {
        self.codes[row]
    }
}

/// Rules over the rows of a frame that holds every column they look at.
pub(super) fn matcher<'r>(
    frame: &Frame,
    rules: impl Iterator<Item = (&'r Condition, Days)>,
) -> Result<Matcher, AttributeError> {
    let mut absent = None;
    let column_of = |dimension: &Dimension| {
        frame.coded(&dimension.key()).unwrap_or_else(|error| {
            absent = Some(error);
            Coded::default()
        })
    };
    let matcher = Matcher::new(rules, column_of)?;
    absent.map_or(Ok(matcher), |error| Err(error.into()))
}
