//! Questions: what is asked of a bill.
//!
//! In:    the command line, already parsed.
//! Out:   [`Question`], [`Filter`].
//! Never: says how the answer is found or shown.

use std::fmt;

use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;

/// A question about who spent what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The ways the bill is cut, in order.
    pub dimensions: Vec<Dimension>,
    /// The cost that is meant.
    pub metric: CostMetric,
    /// What a charge must be to count; the rest is `excluded` in the books.
    pub filters: Vec<Filter>,
    /// The billing periods asked for; empty means all.
    pub months: Vec<BillingPeriod>,
    /// Whether usage hours are wanted beside the cost.
    pub hours: Wanted,
}

/// Whether something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// It is.
    #[default]
    Yes,
    /// It is not, and no column is read for it.
    No,
}

/// One `--where`: several of the same dimension are alternatives, different ones must all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The dimension that is looked at.
    pub dimension: Dimension,
    /// The value, a full ARN or its last part; `None` asks for charges that have none.
    pub value: Option<String>,
}

impl Question {
    /// The plain question: no filters, no hours; no months means all.
    pub fn of(dimensions: Vec<Dimension>, metric: CostMetric, months: &[BillingPeriod]) -> Self {
        let months = months.to_vec();
        Self { dimensions, metric, filters: Vec::new(), months, hours: Wanted::No }
    }

    /// Every dimension that the answer depends on: shown or filtered by.
    pub fn all_dimensions(&self) -> impl Iterator<Item = &Dimension> {
        self.dimensions.iter().chain(self.filters.iter().map(|filter| &filter.dimension))
    }

    /// Whether the answer depends on who made a charge.
    pub fn asks_identity(&self) -> bool {
        self.all_dimensions().any(Dimension::is_identity)
    }

    /// Whether the answer depends on who answers for a charge.
    pub fn asks_tenancy(&self) -> bool {
        self.all_dimensions().any(Dimension::is_tenancy)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.dimension, self.value.as_deref().unwrap_or_default())
    }
}
