//! `curtail report`: several questions on one paper.
//!
//! In:    its arguments, files of reports and queries.
//! Out:   the report in a format; the list of reports.
//! Never: does more than resolve, call and write.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::anomaly::AnomalyArguments;
use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::budget::{self, BudgetArguments};
use crate::cli::complaint::Complaint;
use crate::cli::idle::IdleArguments;
use crate::cli::policy::{self, PolicyArguments};
use crate::cli::{output, settings};
use crate::guardrails::StatementKind;
use crate::model::metric::CostMetric;
use crate::model::question::Filter;
use crate::pipeline;
use crate::query::{Plan, VIOLATIONS};
use crate::report::query::listed;

/// Compose a report: monthly, chargeback, guardrails, idle, anomalies, compliance, or your own
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
    policy: PolicyArguments,

    #[command(flatten)]
    idle: IdleArguments,

    #[command(flatten)]
    anomaly: AnomalyArguments,

    /// Print the policy of `guardrails` for AWS instead: scp (a service control policy) or iam
    #[arg(long = "as", value_name = "KIND", value_parser = policy::kind)]
    statement: Option<StatementKind>,

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
  curtail report guardrails --policy policy.toml --fail-on-violation
  curtail report guardrails --policy policy.toml --as scp -o scp.json
  curtail report anomalies --month 2026-10
  curtail report idle exports/ --time-zone Europe/Berlin --idle-after 4

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
    if let Some(kind) = arguments.statement {
        return statement(arguments, plan, kind);
    }
    if needs_policy(plan) && arguments.policy.file().is_none() {
        return Err(policy::none(&format!("`{}` needs a policy", plan.name)));
    }
    let months = arguments.source.months();
    let asked = arguments.budget.asked(arguments.metric, &arguments.filters, months);
    let asked = arguments.idle.watched(arguments.policy.held(asked)?);
    let asked = arguments.anomaly.looked_at(asked);
    let answer = pipeline::answer_plan(&settings::source(&arguments.source)?, plan, &asked)?;
    let code = output::show_with_charts(&answer.report, format, &arguments.output)?;
    let code = budget::verdict(&answer.overruns, code);
    Ok(arguments.policy.verdict(&answer.violations, code))
}

/// Prints the policy for AWS.
fn statement(
    arguments: &Arguments,
    plan: &Plan,
    kind: StatementKind,
) -> Result<ExitCode, Complaint> {
    if !needs_policy(plan) {
        let hint = "use `curtail report guardrails --policy FILE --as scp`";
        return Err(Complaint::usage(format!("`{}` is no policy", plan.name), hint));
    }
    policy::print_statement(arguments.policy.file().as_deref(), kind, &arguments.output)
}

/// Whether a report is about nothing but a policy.
fn needs_policy(plan: &Plan) -> bool {
    plan.sections.iter().all(|of| of.query.reads.iter().any(|table| table == VIOLATIONS))
}
