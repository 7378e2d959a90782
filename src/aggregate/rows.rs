//! Rows: what Polars added up, as values of ours.
//!
//! In:    grouped frames.
//! Out:   sorted [`AnswerRow`]s and [`Sum`]s.
//! Never: lets a decimal become a float.

use polars::prelude::{DataFrame, PolarsError};

use crate::model::answer::{AnswerRow, Standing};
use crate::model::charges::{amounts, column};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::question::{Question, Wanted};

/// Cost and rows in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The currency.
    pub currency: Currency,
    /// The metric of the question.
    pub cost: Money,
    /// Source rows.
    pub line_items: u64,
}

/// The rows of a grouped frame, sorted as [`crate::model::answer::Answer`] promises.
pub(super) fn rows_of(
    frame: &DataFrame,
    question: &Question,
) -> Result<Vec<AnswerRow>, PolarsError> {
    let currencies = texts(frame, column::CURRENCY)?;
    let standings = texts(frame, column::STANDING)?;
    let costs = amounts(frame.column(question.metric.column())?)?;
    let hours = match question.hours {
        Wanted::Yes => Some(amounts(frame.column(column::USAGE_HOURS)?)?),
        Wanted::No => None,
    };
    let lines = counts(frame, column::LINE_ITEMS)?;
    let keys = question.dimensions.iter().map(|of| texts(frame, &of.key()));
    let keys: Vec<Vec<Option<String>>> = keys.collect::<Result<_, _>>()?;
    let row = |at: usize| AnswerRow {
        currency: Currency(currencies[at].clone().unwrap_or_default()),
        standing: standings[at]
            .as_deref()
            .and_then(Standing::parse)
            .unwrap_or(Standing::Unattributed),
        keys: keys.iter().map(|values| values[at].clone()).collect(),
        cost: Money(costs[at]),
        usage_hours: hours.as_ref().map(|hours| Quantity(hours[at])),
        line_items: lines[at],
    };
    let mut rows: Vec<AnswerRow> = (0..frame.height()).map(row).collect();
    let is_in_time = matches!(question.dimensions.first(), Some(Dimension::Day | Dimension::Month));
    rows.sort_by(|a, b| {
        let by_time =
            if is_in_time { a.keys[0].cmp(&b.keys[0]) } else { std::cmp::Ordering::Equal };
        (&a.currency, a.standing)
            .cmp(&(&b.currency, b.standing))
            .then(by_time)
            .then(b.cost.cmp(&a.cost))
            .then_with(|| a.keys.cmp(&b.keys))
    });
    Ok(rows)
}

/// The sums of a frame grouped by currency, sorted by it.
pub(super) fn sums_of(frame: &DataFrame, metric: CostMetric) -> Result<Vec<Sum>, PolarsError> {
    let currencies = texts(frame, column::CURRENCY)?;
    let costs = amounts(frame.column(metric.column())?)?;
    let lines = counts(frame, column::LINE_ITEMS)?;
    let mut sums: Vec<Sum> = (0..frame.height())
        .map(|at| Sum {
            currency: Currency(currencies[at].clone().unwrap_or_default()),
            cost: Money(costs[at]),
            line_items: lines[at],
        })
        .collect();
    sums.sort_by(|a, b| a.currency.cmp(&b.currency));
    Ok(sums)
}

/// Rows per value of a column, sorted by the value.
pub(super) fn counts_of(frame: &DataFrame, of: &str) -> Result<Vec<(String, u64)>, PolarsError> {
    let values = texts(frame, of)?;
    let lines = counts(frame, column::LINE_ITEMS)?;
    let mut counts: Vec<(String, u64)> =
        values.into_iter().map(Option::unwrap_or_default).zip(lines).collect();
    counts.sort_unstable();
    Ok(counts)
}

fn texts(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, PolarsError> {
    Ok(frame.column(name)?.str()?.iter().map(|text| text.map(ToOwned::to_owned)).collect())
}

fn counts(frame: &DataFrame, name: &str) -> Result<Vec<u64>, PolarsError> {
    Ok(frame.column(name)?.u64()?.iter().map(Option::unwrap_or_default).collect())
}
