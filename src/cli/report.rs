//! `curtail report`: several questions on one paper.
//!
//! In:    its arguments, files of reports and queries.
//! Out:   the report in a format; the list of reports.
//! Never: does more than resolve, call and write.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::budget::{self, BudgetArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::model::metric::CostMetric;
use crate::model::question::Filter;
use crate::pipeline;
use crate::query::Plan;
use crate::report::query::listed;

/// Compose a report: monthly, chargeback, coverage, domain, or your own
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The report's name, as `--list` tells it
    #[arg(value_name = "NAME", required_unless_present = "list")]
    name: Option<String>,

    #[command(flatten)]
    source: SourceArguments,

    /// List every report
    #[arg(long)]
    list: bool,

    /// More reports, one per file NAME.toml; they hide bundled ones of their name
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,

    /// More queries, one per file NAME.sql; they hide bundled ones of their name
    #[arg(long, value_name = "DIR")]
    queries: Option<PathBuf>,

    /// Cost that is meant: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// Count only charges like this, such as domain=d-abc123 or tag:team=search
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = arguments::filter)]
    filters: Vec<Filter>,

    #[command(flatten)]
    budget: BudgetArguments,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail report --list
  curtail report monthly --month 2026-10
  curtail report domain exports/ --where domain=d-abc123
  curtail report coverage --format markdown -o coverage.md
  curtail report mine --reports reports/ --queries queries/
  curtail report monthly --budgets budgets.csv --fail-over-budget=forecast

Without `--month` it is about the latest month. A report says what is shown; queries say how it is
computed.";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    let queries = settings::queries(arguments.queries.as_deref())?;
    let plans = settings::plans(arguments.reports.as_deref(), &queries)?;
    let Some(name) = arguments.name.as_ref().filter(|_| !arguments.list) else {
        let told = plans.iter().map(|plan| (plan.name.as_str(), plan.title.as_str()));
        let report = listed("Reports", &told.collect::<Vec<_>>());
        return output::show(&report, format, &arguments.output);
    };
    let plan = Plan::find(&plans, name)?;
    let months = arguments.source.months();
    let asked = arguments.budget.asked(arguments.metric, &arguments.filters, months);
    let answer = pipeline::answer_plan(&settings::source(&arguments.source)?, plan, &asked)?;
    let code = output::show_with_charts(&answer.report, format, &arguments.output)?;
    Ok(budget::verdict(&answer.overruns, code))
}
