//! Answers: what a question about charges found, as values.
//!
//! In:    nothing; `aggregate` fills them.
//! Out:   [`Answer`] and its rows; [`Books`], the proof that nothing was lost.
//! Never: rounds, shortens a name, or knows a format.

use std::sync::Arc;

use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};

/// Where a row stands in the attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Somebody in SageMaker Studio made it; under rules, a tenant answers for it.
    Attributed,
    /// A tenant received it through a split rule.
    Shared,
    /// SageMaker cost whose owner the export does not tell.
    Unattributed,
    /// Cost of other services without a SageMaker identity.
    OtherServices,
}

impl Standing {
    /// Every one, in this order.
    pub const ALL: [Self; 4] =
        [Self::Attributed, Self::Shared, Self::Unattributed, Self::OtherServices];

    /// The word in JSON, CSV and the frame.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attributed => "attributed",
            Self::Shared => "shared",
            Self::Unattributed => "unattributed",
            Self::OtherServices => "other_services",
        }
    }

    /// The standing of a word of the frame.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == text)
    }
}

/// The value of a dimension, `None` for "none"; rows of one answer share their texts.
pub type KeyText = Option<Arc<str>>;

/// One row: a combination of dimension values and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Never mixed: two currencies are two rows.
    pub currency: Currency,
    /// Attributed when the question asks no identity dimension.
    pub standing: Standing,
    /// One value per dimension of the question, full ARNs, dates as `2026-10-31`; `None` is "none".
    pub keys: Vec<KeyText>,
    /// The metric that was asked for.
    pub cost: Money,
    /// Usage whose pricing unit is an hour; only when the question asked for hours.
    pub usage_hours: Option<Quantity>,
    /// Line items behind the row.
    pub line_items: u64,
}

/// What one question found.
///
/// Rows are sorted: currency, standing, then cost descending, then keys; when `day` or `month` is
/// the first dimension they are sorted by it instead of by cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The dimensions asked for, in order.
    pub dimensions: Vec<Dimension>,
    /// The metric asked for.
    pub metric: CostMetric,
    /// Every row, or the largest ones when only those were asked for.
    pub rows: Vec<AnswerRow>,
    /// What the other rows add up to; empty when every row is there.
    pub rest: Vec<Rest>,
    /// Dimensions of which some row, shown or not, has no value.
    pub untold: Vec<Dimension>,
}

/// What rows that were not asked for add up to, in one currency and standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Their currency.
    pub currency: Currency,
    /// Their standing.
    pub standing: Standing,
    /// How many they are.
    pub rows: u64,
    /// The metric that was asked for.
    pub cost: Money,
    /// Only when the question asked for hours.
    pub usage_hours: Option<Quantity>,
    /// Line items behind them.
    pub line_items: u64,
}

impl Rest {
    /// As a row that has no value of any dimension.
    pub fn as_row(&self, dimensions: usize) -> AnswerRow {
        AnswerRow {
            currency: self.currency.clone(),
            standing: self.standing,
            keys: vec![None; dimensions],
            cost: self.cost,
            usage_hours: self.usage_hours,
            line_items: self.line_items,
        }
    }
}

/// A row, or rows that were added up, as books see them.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The currency.
    pub currency: &'a Currency,
    /// Where it stands.
    pub standing: Standing,
    /// The metric of the question.
    pub cost: Money,
    /// Line items behind it.
    pub line_items: u64,
}

impl Answer {
    /// An answer with every row.
    pub fn whole(dimensions: Vec<Dimension>, metric: CostMetric, rows: Vec<AnswerRow>) -> Self {
        let lacks =
            |at: usize| rows.iter().any(|row| row.keys.get(at).is_some_and(Option::is_none));
        let untold = (0..).zip(&dimensions).filter(|(at, _)| lacks(*at));
        let untold = untold.map(|(_, dimension)| dimension.clone()).collect();
        Self { dimensions, metric, rows, rest: Vec::new(), untold }
    }

    /// Everything that the answer adds up, whether it has a row of its own or not.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let row = |row: &AnswerRow| (row.standing, row.cost, row.line_items);
        let rest = |rest: &Rest| (rest.standing, rest.cost, rest.line_items);
        let rows = self.rows.iter().map(move |of| (&of.currency, row(of)));
        let told = rows.chain(self.rest.iter().map(move |of| (&of.currency, rest(of))));
        told.map(|(currency, (standing, cost, line_items))| Part {
            currency,
            standing,
            cost,
            line_items,
        })
    }
}

/// The books of one run in one currency: what came in and where it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyBooks {
    /// The currency of all amounts of this entry.
    pub currency: Currency,
    /// Sum over the source rows, taken before anything is grouped or filtered.
    pub source: Money,
    /// Sum of the attributed rows of the answer.
    pub direct: Money,
    /// Sum of the rows of the answer that were given to tenants by split rules.
    pub shared: Money,
    /// Sum of the unattributed and other-service rows of the answer.
    pub unattributed: Money,
    /// Sum of what `--where` and `--month` left out.
    pub excluded: Money,
    /// The invoice's own measure over the source rows, beside any metric.
    pub source_unblended: Money,
}

/// The books of one run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// Rows that the footers of the files promise.
    pub source_rows: u64,
    /// Rows that are in the answer or were excluded by a filter.
    pub kept_rows: u64,
    /// Rows that were refused.
    pub refused_rows: u64,
    /// One entry per currency, sorted.
    pub currencies: Vec<CurrencyBooks>,
}

/// What the caption says about where an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The billing periods read, sorted: `2026-04`.
    pub periods: Vec<String>,
    /// First and last UTC day with a charge, if any: `2026-04-01`.
    pub days: Option<(String, String)>,
    /// Number of files read.
    pub files: u64,
    /// The filters as typed: `account=111122223333`.
    pub filters: Vec<String>,
}
