//! Rows: what was added up, as values for reports.
//!
//! In:    grouped frames.
//! Out:   sorted [`AnswerRow`]s and [`Sum`]s.
//! Never: lets a decimal become a float.

use std::cmp::Ordering::Equal;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::answer::{AnswerRow, Standing};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Texts};
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
pub(super) fn rows_of(frame: &Frame, question: &Question) -> Result<Vec<AnswerRow>, FrameError> {
    let currencies = frame.texts(column::CURRENCY)?;
    let standings = frame.texts(column::STANDING)?;
    let of_standing =
        |text: Option<&str>| text.and_then(Standing::parse).unwrap_or(Standing::Unattributed);
    let of_standing: Vec<Standing> = standings.values().into_iter().map(of_standing).collect();
    let costs = frame.amounts(question.metric.column())?;
    let hours = match question.hours {
        Wanted::Yes => Some(frame.amounts(column::USAGE_HOURS)?),
        Wanted::No => None,
    };
    let keys = question.dimensions.iter().map(|of| frame.texts(&of.key()));
    let keys: Vec<&Texts> = keys.collect::<Result<_, _>>()?;
    let row = |at: usize| AnswerRow {
        currency: Currency(currencies.get(at).unwrap_or_default().to_owned()),
        standing: of_standing[standings.codes()[at] as usize],
        keys: keys.iter().map(|texts| texts.get(at).map(ToOwned::to_owned)).collect(),
        cost: Money(costs[at]),
        usage_hours: hours.map(|hours| Quantity(hours[at])),
        line_items: frame.line_items()[at],
    };
    let is_in_time = matches!(question.dimensions.first(), Some(Dimension::Day | Dimension::Month));
    let ranks: Vec<Vec<u32>> = keys.iter().map(|texts| texts.ranks()).collect();
    let currency_ranks = currencies.ranks();
    let rank = |key: usize, row: usize| ranks[key][keys[key].codes()[row] as usize];
    let before = |row: usize| {
        let currency = currency_ranks[currencies.codes()[row] as usize];
        let time = if is_in_time { rank(0, row) } else { 0 };
        (currency, of_standing[standings.codes()[row] as usize], time, Reverse(costs[row]))
    };
    let mut order: Vec<usize> = (0..frame.height()).collect();
    order.sort_unstable_by(|a, b| {
        let by_keys = || (0..keys.len()).map(|key| rank(key, *a).cmp(&rank(key, *b)));
        before(*a).cmp(&before(*b)).then_with(|| by_keys().find(|o| o.is_ne()).unwrap_or(Equal))
    });
    Ok(order.into_iter().map(row).collect())
}

/// The sums by currency of the rows of a mask, sorted by it.
pub(super) fn sums_of(
    frame: &Frame,
    mask: &[bool],
    metric: CostMetric,
) -> Result<Vec<Sum>, FrameError> {
    let currency = column::CURRENCY.to_owned();
    let summed = frame.grouped(&[currency], &[metric.column()], Some(mask))?;
    let currencies = summed.texts(column::CURRENCY)?;
    let costs = summed.amounts(metric.column())?.iter().zip(summed.line_items());
    let sum = |(currency, (cost, line_items)): (Option<&str>, (&i128, &u64))| Sum {
        currency: Currency(currency.unwrap_or_default().to_owned()),
        cost: Money(*cost),
        line_items: *line_items,
    };
    let mut sums: Vec<Sum> = currencies.iter().zip(costs).map(sum).collect();
    sums.sort_by(|a, b| a.currency.cmp(&b.currency));
    Ok(sums)
}

/// Source rows per value of a column, sorted by the value; rows without one are not counted.
pub(super) fn counts_of(frame: &Frame, of: &str) -> Result<Vec<(String, u64)>, FrameError> {
    let texts = frame.texts(of)?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    if texts.words().len() > 1 {
        for (text, lines) in texts.iter().zip(frame.line_items()) {
            if let Some(text) = text {
                *counts.entry(text).or_default() += lines;
            }
        }
    }
    Ok(counts.into_iter().map(|(text, lines)| (text.to_owned(), lines)).collect())
}
