//! Query: SQL over the charges of a run.
//!
//! In:    the text of a statement; [`Tables`] of charges, moves and budgets.
//! Out:   [`ResultSet`]; before that, which columns the statement speaks of.
//! Never: lets a statement write, open a file or add two currencies.

mod anomalies;
mod bundled;
mod error;
mod finance;
mod frames;
mod idle;
mod lexis;
mod named;
mod plan;
mod result;
mod statement;
mod violations;

use polars::prelude::LazyFrame;
use polars::sql::SQLContext;

use crate::model::anomaly::Anomaly;
use crate::model::charges::column;
use crate::model::forecast::Forecast;
use crate::model::frame::{Frame, Texts};
use crate::model::idle::Idleness;
use crate::model::money::Currency;
use crate::model::policy::Violation;
use crate::model::result_set::{InCurrency, ResultSet};
use crate::model::trail::Trail;

pub use bundled::{bundled, bundled_plans};
pub use error::{Place, QueryError};
pub use finance::Adjusted;
pub use frames::{
    ADJUSTMENTS, ALLOCATIONS, ANOMALIES, ANOMALY_CHARGES, BUDGETS, BUSY_HOURS, Budget, CHARGES,
    FORECASTS, IDLE, PRIOR_CHARGES, TABLES, VIOLATIONS, YEAR_AGO_CHARGES, schema,
};
pub use lexis::{Lexis, Pieces, Word, WordKind, keywords};
pub use named::NamedQuery;
pub use plan::{Plan, PlannedSection};
pub use statement::{Mentions, Statement};

/// What a statement may read.
#[derive(Debug)]
pub struct Tables<'a> {
    /// The charges of the months asked for, at the grain of what the statement speaks of.
    pub charges: &'a Frame,
    /// The same of as many months before.
    pub prior: &'a Frame,
    /// Every move of shared cost.
    pub trail: &'a Trail,
    /// What tenants may spend.
    pub budgets: &'a [Budget],
    /// The charges of the same months one year before.
    pub year_ago: &'a Frame,
    /// What the months will have cost.
    pub forecasts: &'a [Forecast],
    /// What changed of months that are closed.
    pub adjustments: &'a [Adjusted],
    /// What breaks the policy.
    pub violations: &'a [Violation],
    /// What ran though perhaps nobody used it.
    pub idleness: &'a Idleness,
    /// What history does not explain.
    pub anomalies: &'a [Anomaly],
}

/// Runs a statement once for every currency that the tables hold, sorted.
///
/// Two currencies have no sum, so no statement sees both at once.
///
/// # Errors
/// When the statement names what is not there, or asks for what SQL over Polars cannot do.
pub fn run(statement: &Statement, tables: &Tables) -> Result<Vec<InCurrency>, QueryError> {
    let in_currency = |currency: Currency| {
        let found = run_in(statement, tables, &currency)?;
        Ok(InCurrency { currency, found })
    };
    tables.currencies().into_iter().map(in_currency).collect()
}

fn run_in(
    statement: &Statement,
    tables: &Tables,
    currency: &Currency,
) -> Result<ResultSet, QueryError> {
    let mut context = SQLContext::new();
    for (name, frame) in frames::of(tables, currency)? {
        context.register(name, frame);
    }
    let found = context.execute(statement.text()).and_then(LazyFrame::collect);
    let found = found.map_err(|error| statement.explained(&error, tables))?;
    result::of(&found)
}

impl Tables<'_> {
    fn currencies(&self) -> Vec<Currency> {
        let of = |frame: &Frame| {
            let texts = frame.texts(column::CURRENCY).map(Texts::values);
            let named = texts.unwrap_or_default().into_iter().flatten();
            named.map(|code| Currency(code.into())).collect::<Vec<_>>()
        };
        let mut all = of(self.charges);
        all.extend(of(self.prior));
        all.extend(of(self.year_ago));
        all.extend(self.forecasts.iter().map(|forecast| forecast.currency.clone()));
        all.extend(self.adjustments.iter().map(|adjusted| adjusted.currency.clone()));
        all.extend(self.violations.iter().map(|violation| violation.currency.clone()));
        all.extend(self.idleness.found.iter().map(|idle| idle.currency.clone()));
        all.extend(self.idleness.week.iter().map(|busy| busy.currency.clone()));
        all.extend(self.anomalies.iter().map(|anomaly| anomaly.currency.clone()));
        all.extend(self.trail.pools.iter().map(|pool| pool.currency.clone()));
        all.sort_unstable();
        all.dedup();
        all
    }
}
