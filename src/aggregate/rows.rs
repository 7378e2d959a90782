//! Rows: what was added up, as values for reports.
//!
//! In:    grouped frames.
//! Out:   sorted [`AnswerRow`]s, [`Rest`]s of those that nobody asked for, and [`Sum`]s.
//! Never: lets a decimal become a float, or makes a row of what is not shown.

use std::cmp::Ordering::{self, Equal};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::answer::{Answer, AnswerRow, KeyText, Rest, Standing};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, NOTHING, Texts};
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

/// The answer in a grouped frame, sorted as [`Answer`] promises.
///
/// With `largest` no more than so many rows of one currency, with an owner or of one standing
/// without, are in it, those of the largest costs without sign; the others are its rest. One row
/// is never a rest.
pub(super) fn answer_of(
    frame: &Frame,
    question: &Question,
    largest: Option<usize>,
) -> Result<Answer, FrameError> {
    let rows = Rows::of(frame, question)?;
    let (shown, rest) = match largest {
        Some(limit) => rows.largest(limit)?,
        None => (rows.all(), Vec::new()),
    };
    let dimensions = question.dimensions.iter().zip(&rows.keys);
    let untold = dimensions.filter(|(_, texts)| texts.codes().contains(&NOTHING));
    Ok(Answer {
        dimensions: question.dimensions.clone(),
        metric: question.metric,
        untold: untold.map(|(dimension, _)| dimension.clone()).collect(),
        rows: shown.into_iter().map(|at| rows.row(at)).collect(),
        rest,
    })
}

/// A grouped frame, column by column.
struct Rows<'a> {
    currencies: &'a Texts,
    /// By code of `currencies`.
    of_currency: Vec<Currency>,
    standings: &'a Texts,
    /// By code of `standings`.
    of_standing: Vec<Standing>,
    keys: Vec<&'a Texts>,
    /// By key and code: the text.
    words: Vec<Vec<KeyText>>,
    costs: &'a [i128],
    hours: Option<&'a [i128]>,
    lines: &'a [u64],
    /// Whether the first key goes before the cost in the order of rows.
    is_in_time: bool,
}

impl<'a> Rows<'a> {
    fn of(frame: &'a Frame, question: &Question) -> Result<Self, FrameError> {
        let standings = frame.texts(column::STANDING)?;
        let of_standing =
            |text: Option<&str>| text.and_then(Standing::parse).unwrap_or(Standing::Unattributed);
        let keys = question.dimensions.iter().map(|of| frame.texts(&of.key()));
        let keys: Vec<&Texts> = keys.collect::<Result<_, _>>()?;
        let time = [Dimension::Day, Dimension::Month];
        let currencies = frame.texts(column::CURRENCY)?;
        let of_currency = |code: Option<&str>| Currency(code.unwrap_or_default().into());
        Ok(Self {
            currencies,
            of_currency: currencies.values().into_iter().map(of_currency).collect(),
            standings,
            of_standing: standings.values().into_iter().map(of_standing).collect(),
            words: keys.iter().map(|texts| words(texts)).collect(),
            keys,
            costs: frame.amounts(question.metric.column())?,
            hours: match question.hours {
                Wanted::Yes => Some(frame.amounts(column::USAGE_HOURS)?),
                Wanted::No => None,
            },
            lines: frame.line_items(),
            is_in_time: question.dimensions.first().is_some_and(|first| time.contains(first)),
        })
    }

    fn row(&self, at: usize) -> AnswerRow {
        let of_key =
            |(texts, words): (&&Texts, &Vec<KeyText>)| words[texts.codes()[at] as usize].clone();
        AnswerRow {
            currency: self.currency(at),
            standing: self.standing(at),
            keys: self.keys.iter().zip(&self.words).map(of_key).collect(),
            cost: Money(self.costs[at]),
            usage_hours: self.hours.map(|hours| Quantity(hours[at])),
            line_items: self.lines[at],
        }
    }

    fn currency(&self, at: usize) -> Currency {
        self.of_currency[self.currencies.codes()[at] as usize].clone()
    }

    fn standing(&self, at: usize) -> Standing {
        self.of_standing[self.standings.codes()[at] as usize]
    }

    /// Every row in order; texts are compared once per distinct text.
    fn all(&self) -> Vec<usize> {
        let ranks: Vec<Vec<u32>> = self.keys.iter().map(|texts| texts.ranks()).collect();
        let currencies = self.currencies.ranks();
        let rank = |key: usize, row: usize| ranks[key][self.keys[key].codes()[row] as usize];
        let before = |row: usize| {
            let currency = currencies[self.currencies.codes()[row] as usize];
            let time = if self.is_in_time { rank(0, row) } else { 0 };
            ((currency, self.standing(row), time, Reverse(self.costs[row])), row)
        };
        let mut order: Vec<_> = (0..self.costs.len()).map(before).collect();
        order.par_sort_unstable_by(|(before, a), (behind, b)| {
            let by_keys = || (0..self.keys.len()).map(|key| rank(key, *a).cmp(&rank(key, *b)));
            before.cmp(behind).then_with(|| by_keys().find(|o| o.is_ne()).unwrap_or(Equal))
        });
        order.into_iter().map(|(_, row)| row).collect()
    }

    /// The same order for two rows alone, by their texts.
    fn order(&self, a: usize, b: usize) -> Ordering {
        let before = |row: usize| {
            let time = self.keys.first().filter(|_| self.is_in_time).map(|texts| texts.get(row));
            (self.currencies.get(row), self.standing(row), time, Reverse(self.costs[row]))
        };
        let by_keys = || self.keys.iter().map(|texts| texts.get(a).cmp(&texts.get(b)));
        before(a).cmp(&before(b)).then_with(|| by_keys().find(|o| o.is_ne()).unwrap_or(Equal))
    }

    /// The largest rows in order, and what the others add up to.
    fn largest(&self, limit: usize) -> Result<(Vec<usize>, Vec<Rest>), FrameError> {
        // People see what is shared among what has an owner.
        let kind = |row: usize| match self.standing(row) {
            Standing::Shared => Standing::Attributed,
            other => other,
        };
        let mut groups: BTreeMap<(u32, Standing), Vec<usize>> = BTreeMap::new();
        for (row, currency) in self.currencies.codes().iter().enumerate() {
            groups.entry((*currency, kind(row))).or_default().push(row);
        }
        let by_size = |a: &usize, b: &usize| {
            let size = |row: usize| Reverse(self.costs[row].unsigned_abs());
            size(*a).cmp(&size(*b)).then_with(|| self.order(*a, *b))
        };
        let (mut shown, mut rest) = (Vec::new(), Vec::new());
        for mut group in groups.into_values() {
            if group.len() > limit.saturating_add(1) {
                group.select_nth_unstable_by(limit, by_size);
                rest.extend(self.sums(&group.split_off(limit))?);
            }
            shown.append(&mut group);
        }
        shown.sort_unstable_by(|a, b| self.order(*a, *b));
        rest.sort_by(|a, b| (&a.currency, a.standing).cmp(&(&b.currency, b.standing)));
        Ok((shown, rest))
    }

    /// What some rows of one currency add up to, by their standing.
    fn sums(&self, rows: &[usize]) -> Result<Vec<Rest>, FrameError> {
        let overflow = || FrameError::Overflow(column::COST.to_owned());
        let mut sums: BTreeMap<Standing, Rest> = BTreeMap::new();
        for row in rows {
            let standing = self.standing(*row);
            let sum = sums.entry(standing).or_insert_with(|| Rest {
                currency: self.currency(*row),
                standing,
                rows: 0,
                cost: Money::ZERO,
                usage_hours: self.hours.map(|_| Quantity(0)),
                line_items: 0,
            });
            sum.rows += 1;
            sum.cost = sum.cost.checked_add(Money(self.costs[*row])).ok_or_else(overflow)?;
            sum.line_items += self.lines[*row];
            if let (Some(Quantity(sum)), Some(hours)) = (&mut sum.usage_hours, self.hours) {
                *sum = sum.checked_add(hours[*row]).ok_or_else(overflow)?;
            }
        }
        Ok(sums.into_values().collect())
    }
}

/// Every text of a column once, by code.
fn words(texts: &Texts) -> Vec<KeyText> {
    texts.values().into_iter().map(|text| text.map(Arc::from)).collect()
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
        currency: Currency(currency.unwrap_or_default().into()),
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
    let mut lines = vec![0; texts.words().len()];
    if lines.len() > 1 {
        for (code, more) in texts.codes().iter().zip(frame.line_items()) {
            lines[*code as usize] += more;
        }
    }
    let counts = texts.values().into_iter().zip(lines);
    let mut counts: Vec<(String, u64)> =
        counts.filter_map(|(text, lines)| Some((text?.to_owned(), lines))).collect();
    counts.sort_unstable();
    Ok(counts)
}
