//! Report: what is said, not how it looks.
//!
//! In:    an [`Answer`](crate::model::answer::Answer) with its books, provenance and findings.
//! Out:   [`Report`]: captions, tables of typed cells, charts without pixels.
//! Never: rounds, escapes, or knows a width, a colour or a format.
//!
//! ```text
//! Report ── Caption            what was asked and of which months
//!   └─ Section ── Table        columns, rows, totals; the folded rows for screens beside all rows
//!        └─ Chart              bars or stacked days, in money
//! ```

pub mod table;
pub mod chart;
mod cents;
mod fold;
mod names;
mod frame;
pub mod query;
pub mod spend;
pub mod focus;
pub mod check;
pub mod change;
pub mod diff;
pub mod closing;
pub mod rule_change;
pub mod rules;
pub mod statement;
pub mod explain;
pub mod store;

use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::answer::Books;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::phrase::Phrase;

use chart::Chart;
use table::{Cell, Table};

/// Everything that one command has to say, ready for any format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// One line, such as `Spend by domain, user`.
    pub title: Phrase,
    /// What the numbers are about.
    pub caption: Caption,
    /// Who or what it is about, beside the numbers: `Contact`, `search@example.com`.
    pub subject: Vec<Fact>,
    /// One for `spend`; several for `check`.
    pub sections: Vec<Section>,
    /// Everything as one tidy table, for formats of one table and for machines; `None` when the
    /// only section is that table.
    pub data: Option<Table>,
    /// The proof that nothing was lost; `None` when the command adds up no money.
    pub books: Option<Books>,
    /// What was odd in the data.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Everything as one table; `None` when it is told in several.
    pub fn one_table(&self) -> Option<&Table> {
        match (&self.data, self.sections.as_slice()) {
            (Some(table), _) => Some(table),
            (None, [section]) => Some(&section.table),
            (None, _) => None,
        }
    }
}

/// What the numbers of a report are about. Empty parts stay unsaid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caption {
    /// Billing periods, sorted: `2026-04`.
    pub periods: Vec<String>,
    /// Those of them that AWS may still change.
    pub provisional: Vec<String>,
    /// First and last UTC day with a charge: `2026-04-01`.
    pub days: Option<(String, String)>,
    /// The metric of every money column.
    pub metric: Option<CostMetric>,
    /// Every currency of the report, sorted.
    pub currencies: Vec<Currency>,
    /// The filters as typed.
    pub filters: Vec<String>,
    /// Rows that the files hold.
    pub source_rows: Option<u64>,
    /// Whether the rows tell owners apart from "unattributed" and "other services".
    pub owners: Owners,
}

/// Whether a report asks who made a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Owners {
    /// No identity dimension: "unattributed" has no meaning.
    #[default]
    NotAsked,
    /// At least one identity dimension.
    Asked,
}

/// One word about the subject of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The key in data, `snake_case`.
    pub key: &'static str,
    /// The heading for people.
    pub heading: Phrase,
    /// What it is; for people.
    pub shown: Cell,
}

/// One table, with a chart per currency beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Above the table; `None` when the title says it.
    pub heading: Option<Phrase>,
    /// The table.
    pub table: Table,
    /// One per currency; none when nothing is worth drawing.
    pub charts: Vec<Chart>,
}

/// Why a report could not be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The rows of a currency add up to more than an `i128` of pico-units.
    #[error("the total in `{currency}` leaves the range of 128-bit pico-units")]
    TotalOutOfRange {
        /// The currency of the total.
        currency: String,
    },
    /// Parts that must add up to a whole do not.
    #[error("{what}: {parts} {currency} in parts, {whole} {currency} as a whole")]
    Untied {
        /// What was added up.
        what: String,
        /// The currency of both.
        currency: String,
        /// The sum of the parts.
        parts: Money,
        /// The whole, added up another way.
        whole: Money,
    },
}

impl ReportError {
    /// A sum in a currency left its range.
    pub(crate) fn range(currency: &Currency) -> Self {
        Self::TotalOutOfRange { currency: currency.to_string() }
    }
}

impl Diagnose for ReportError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TotalOutOfRange { .. } => ErrorKind::Input,
            Self::Untied { .. } => ErrorKind::Integrity,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TotalOutOfRange { .. } => "REPORT-RANGE",
            Self::Untied { .. } => "BOOKS-TIE",
        }
    }

    fn hints(&self) -> Vec<String> {
        vec![match self {
            Self::TotalOutOfRange { .. } => "look for absurd costs with `curtail check`".to_owned(),
            Self::Untied { .. } => {
                "this is our arithmetic, not your data; please report it with these totals"
                    .to_owned()
            }
        }]
    }
}
