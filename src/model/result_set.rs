//! Result set: what one SQL statement found.
//!
//! In:    nothing; `query` fills it.
//! Out:   [`ResultSet`]: named columns of words, days, counts, amounts or numbers.
//! Never: knows how a column is shown.

use crate::model::money::Currency;

/// What a statement found in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InCurrency {
    /// The currency of every amount.
    pub currency: Currency,
    /// The rows.
    pub found: ResultSet,
}

/// A table that statements may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// Its name.
    pub table: &'static str,
    /// What it holds.
    pub holds: &'static str,
    /// Its columns and what they hold.
    pub columns: Vec<(String, String)>,
}

/// How a result is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// One bar per row, the rest in one.
    Bars,
    /// A line per name over the days.
    Lines,
    /// Days, stacked.
    Stacked,
    /// From the total of the months before to this one, by the largest changes.
    Waterfall,
    /// Bars from the largest on, and how much of the total they make together.
    Pareto,
    /// Days as a calendar, a row per day of the week.
    Heat,
    /// What was spent up to each day, against the budget.
    BurnDown,
}

impl Drawn {
    /// Every chart by its word.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("bar", Self::Bars),
        ("line", Self::Lines),
        ("stacked", Self::Stacked),
        ("waterfall", Self::Waterfall),
        ("pareto", Self::Pareto),
        ("heat", Self::Heat),
        ("burndown", Self::BurnDown),
    ];

    /// The chart of a word.
    pub fn parse(word: &str) -> Option<Self> {
        let same = |(known, _): &&(&str, Self)| *known == word.trim();
        Self::WORDS.iter().find(same).map(|(_, drawn)| *drawn)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        let same = |(_, drawn): &&(&'static str, Self)| *drawn == self;
        Self::WORDS.iter().find(same).map_or("", |(word, _)| word)
    }
}

/// Columns of equal length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultSet {
    /// From left to right.
    pub columns: Vec<ResultColumn>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// The name that the statement gave it.
    pub name: String,
    /// Its values, row by row.
    pub values: Values,
}

/// The values of a column; `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Words.
    Texts(Vec<Option<String>>),
    /// UTC days, `2026-10-31`.
    Days(Vec<Option<String>>),
    /// Whole numbers.
    Counts(Vec<Option<u64>>),
    /// Exact decimals in pico-units: sums of costs and hours.
    Amounts(Vec<Option<i128>>),
    /// What SQL divided, in pico-units, rounded.
    Numbers(Vec<Option<i128>>),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(values) | Self::Days(values) => values.len(),
            Self::Counts(values) => values.len(),
            Self::Amounts(values) | Self::Numbers(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ResultSet {
    /// The same columns without a row.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        let columns = self.columns.iter().map(|of| {
            let values = match of.values {
                Values::Texts(_) => Values::Texts(Vec::new()),
                Values::Days(_) => Values::Days(Vec::new()),
                Values::Counts(_) => Values::Counts(Vec::new()),
                Values::Amounts(_) => Values::Amounts(Vec::new()),
                Values::Numbers(_) => Values::Numbers(Vec::new()),
            };
            ResultColumn { name: of.name.clone(), values }
        });
        Self { columns: columns.collect() }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}
