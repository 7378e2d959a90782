//! Bound: a statement that is run for us, and the values of its parameters.
//!
//! In:    texts that name months, the months.
//! Out:   [`Bound`].
//! Never: writes a value of the question into a text.

use std::collections::BTreeMap;

use crate::dialect::words::Dialect;
use crate::model::period::BillingPeriod;

/// A statement and the values of its named parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bound {
    /// The statement.
    pub text: String,
    /// The values, by name.
    pub values: BTreeMap<String, String>,
}

impl From<String> for Bound {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Bound {
    /// A statement over some months, which its text names in [`months`].
    pub(super) fn over(months: &[BillingPeriod], text: String) -> Self {
        let values = (0..).map(name).zip(months.iter().map(ToString::to_string));
        Self { text, values: values.collect() }
    }
}

/// Months as a list of parameters.
pub(super) fn months(dialect: Dialect, months: &[BillingPeriod]) -> String {
    let names = (0..months.len()).map(|at| dialect.parameter(&name(at)));
    names.collect::<Vec<_>>().join(", ")
}

fn name(at: usize) -> String {
    format!("month_{at}")
}
