//! Anomaly: which costs the history of their owner does not explain.
//!
//! In:    daily charges of some months and of those before, until which day each is settled.
//! Out:   [`Anomaly`]s, the dearest first, each with the charges behind it.
//! Never: divides money, looks at what comes later, or minds a fee, tax, credit or refund.
//!
//! Every user, space, tenant and component is a series of days. A day is held against the days
//! before it, by weekday, with medians only, so that what was unusual once does not hide what is
//! unusual now. The same charges are told once: by what explains them best, then at the narrowest
//! owner; the wider ones are named beside it.

mod band;
mod bill;
mod firsts;
mod nest;
mod pace;
mod series;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::anomaly::{Anomaly, Level, Unusual};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError};
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use bill::Bill;
use series::Owner;

/// Charges could not be held against their history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnomalyError {
    /// A column is absent or of another type.
    #[error("charges could not be held against their history: {0}")]
    Frame(#[from] FrameError),
    /// A sum leaves its range.
    #[error("the cost of something unusual leaves the range of 128-bit pico-units")]
    Range,
}

impl Diagnose for AnomalyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Frame(_) => ErrorKind::Internal,
            Self::Range => ErrorKind::Input,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Frame(_) => "BUG-ANOMALY",
            Self::Range => "ANOMALY-RANGE",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Frame(_) => Vec::new(),
            Self::Range => vec!["look for absurd costs with `curtail check`".to_owned()],
        }
    }
}

/// The months that are looked at, each with its last day that will not grow any more; a month
/// without such a day is not judged.
pub type Settled = BTreeMap<BillingPeriod, Option<NaiveDate>>;

/// Something that may be told, with its charges.
struct Candidate<'a> {
    unusual: Unusual,
    owner: Owner<'a>,
    found: Option<&'a str>,
    day: NaiveDate,
    month: BillingPeriod,
    cost: i128,
    expected: i128,
    /// Charges, by their place in the bill, sorted.
    charges: Vec<usize>,
}

/// What [`anomalies`] must know of months.
pub fn question(metric: CostMetric, filters: &[Filter], months: &[BillingPeriod]) -> Question {
    let dimensions = vec![
        Dimension::Currency,
        Dimension::Month,
        Dimension::Day,
        Dimension::LineItemType,
        Dimension::User,
        Dimension::Space,
        Dimension::Tenant,
        Dimension::Component,
        Dimension::InstanceType,
        Dimension::UsageType,
    ];
    let question = Question::of(dimensions, metric, months);
    Question { filters: filters.to_vec(), hours: Wanted::Yes, ..question }
}

/// The same of the months asked for, whose charges are shown.
pub fn question_with_resources(
    metric: CostMetric,
    filters: &[Filter],
    months: &[BillingPeriod],
) -> Question {
    let mut question = question(metric, filters, months);
    question.dimensions.push(Dimension::Resource);
    question
}

/// What is unusual in some months, by currency, the dearest first. `frames` tell what
/// [`question`] asks for, of these months and of those before; less than `least` above what is
/// expected is not told.
///
/// # Errors
/// When a frame lacks what it promises, which is our bug, or a sum leaves its range.
pub fn anomalies(
    frames: &[&Frame],
    settled: &Settled,
    least: Money,
) -> Result<Vec<Anomaly>, AnomalyError> {
    let bill = Bill::of(frames)?;
    let mut candidates = Vec::new();
    for level in Level::ALL {
        for series in series::all(&bill, level)? {
            candidates.extend(firsts::found(&bill, &series, settled, least)?);
            candidates.extend(band::found(&series, settled, least)?);
            candidates.extend(pace::found(&bill, &series, settled, least)?);
        }
    }
    nest::told(&bill, candidates)
}

impl<'a> Candidate<'a> {
    fn excess(&self) -> i128 {
        self.cost - self.expected
    }

    /// How candidates are asked, one after the other.
    fn order(&self) -> (Unusual, &Owner<'a>, NaiveDate, Option<&'a str>) {
        (self.unusual, &self.owner, self.day, self.found)
    }
}

/// Adds up, or says that it cannot.
fn sum(costs: impl IntoIterator<Item = i128>) -> Result<i128, AnomalyError> {
    let add = |sum: i128, cost: i128| sum.checked_add(cost).ok_or(AnomalyError::Range);
    costs.into_iter().try_fold(0, add)
}

/// The lower of the two in the middle, so that it is always one of them.
fn median(mut all: Vec<i128>) -> Option<i128> {
    all.sort_unstable();
    all.get(all.len().checked_sub(1)? / 2).copied()
}

/// Days of a series that are judged: those of the months that are looked at, as far as settled.
fn is_judged(day: NaiveDate, settled: &Settled) -> bool {
    let last = settled.get(&BillingPeriod::containing(day)).copied().flatten();
    last.is_some_and(|last| day <= last)
}

#[cfg(test)]
mod tests;
