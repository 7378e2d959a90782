//! Anomaly: what is too little to be looked at, however unusual it is.
//!
//! In:    its arguments.
//! Out:   the same question, with that.
//! Never: knows a currency: who is billed in yen says so in yen.

use clap::Args;

use crate::model::money::{Money, UNIT};
use crate::pipeline::Asked;

/// What is too little to be looked at.
#[derive(Debug, Args)]
pub(super) struct AnomalyArguments {
    /// The least that something unusual costs above what its owner's history lets expect, in units
    /// of the currency of the bill [default: 10]
    #[arg(long, value_name = "AMOUNT")]
    least_excess: Option<u32>,
}

impl AnomalyArguments {
    /// The same question.
    pub(super) fn looked_at(&self, asked: Asked) -> Asked {
        let least_excess = self.least_excess.map(|units| Money(i128::from(units) * UNIT));
        Asked { least_excess, ..asked }
    }
}
