//! Budget: what is held against budgets, and what that means for a scheduler.
//!
//! In:    its arguments, tenants above their budgets.
//! Out:   a line on stderr for each; exit code 6.
//! Never: hides the report: it was written before.

#![expect(clippy::print_stderr, reason = "the report has stdout")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::clock;
use crate::model::budget::{Measure, Overrun};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Filter;
use crate::pipeline::Asked;
use crate::render::escape::terminal_text;
use crate::render::number::money;

/// Somebody is above a budget.
const OVER_BUDGET: u8 = 6;

/// Budgets, and whether they are a limit.
#[derive(Debug, Args)]
pub(super) struct BudgetArguments {
    /// Budgets in columns tenant, month, amount and maybe currency; they stand before `budget` of
    /// the rules. No month, or `*`, means every month
    #[arg(long, value_name = "FILE")]
    budgets: Option<PathBuf>,

    /// Exit with 6 when a tenant is above its budget: by what is billed (actual), or by what the
    /// month will have cost (forecast)
    #[arg(long, value_name = "MEASURE", value_parser = measure, num_args = 0..=1)]
    #[arg(default_missing_value = "actual", require_equals = true)]
    fail_over_budget: Option<Measure>,
}

impl BudgetArguments {
    /// What a statement or a report is asked of, today.
    pub(super) fn asked(
        &self,
        metric: CostMetric,
        filters: &[Filter],
        months: Vec<BillingPeriod>,
    ) -> Asked {
        Asked {
            metric,
            filters: filters.to_vec(),
            months,
            today: Some(clock::today()),
            budgets: self.budgets.clone(),
            held: self.fail_over_budget,
            ..Asked::default()
        }
    }
}

fn measure(text: &str) -> Result<Measure, String> {
    Measure::parse(text).ok_or_else(|| "expected actual or forecast".to_owned())
}

/// The exit code of a command whose report is written.
pub(super) fn verdict(overruns: &[Overrun], code: ExitCode) -> ExitCode {
    for over in overruns {
        let Overrun { tenant, month, currency, .. } = over;
        let [cost, budget] = [over.cost.0, over.budget.0];
        let [above, cost, budget] = [cost.saturating_sub(budget), cost, budget].map(money);
        let is = match over.measure {
            Measure::Actual => "is",
            Measure::Forecast => "is expected to be",
        };
        let line = format!(
            "over budget: {tenant} {is} {above} {currency} above its budget of {month}: {cost} of \
             {budget}"
        );
        eprintln!("{}", terminal_text(&line));
    }
    if overruns.is_empty() { code } else { ExitCode::from(OVER_BUDGET) }
}
