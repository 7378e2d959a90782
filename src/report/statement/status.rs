//! Status: how final the statements of a month are.
//!
//! In:    nothing; `pipeline` knows closings and days.
//! Out:   [`Status`], and its words.
//! Never: asks a clock.

use super::fact;
use crate::model::phrase::phrase;
use crate::model::stored::Instant;
use crate::report::Fact;
use crate::report::table::Cell;

/// How final a month is that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// AWS still adds to it, or has not finished its invoices.
    Open,
    /// AWS is done with it; nobody has closed it.
    Settled,
    /// It was closed and does not change any more.
    Closed {
        /// When.
        at: Instant,
        /// Why it was closed although something spoke against it.
        forced: Option<String>,
    },
}

impl Status {
    /// The word in data.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Closed { .. } => "closed",
        }
    }

    /// What a statement says of it, above its tables.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let words = match self {
            Self::Open => "provisional: the month is open, AWS may still change it".into(),
            Self::Settled => "provisional: settled, not closed".into(),
            Self::Closed { at, .. } => phrase!("closed on {}", at.day()),
        };
        let shown = Cell::Text { full: words.as_str().into(), short: words };
        let mut facts = vec![Fact { key: "status", heading: "Status".into(), shown }];
        if let Self::Closed { forced: Some(reason), .. } = self {
            facts.push(fact("forced", "Forced", reason));
        }
        facts
    }
}
