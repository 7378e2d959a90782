//! `curtail check`: what an export holds, misses and gets wrong.
//!
//! In:    its arguments.
//! Out:   several tables, and every finding.
//! Never: does more than resolve, call and write.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{OutputArguments, SourceArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::pipeline;
use crate::report::query::listed;

/// Show what an export and its rules hold, miss and get wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// Compare with other rules: what each tenant would have paid under OLD
    #[arg(long, value_name = "OLD", requires = "tenants")]
    diff: Option<PathBuf>,

    /// Check a report NAME.toml, or a folder of them, and the queries that they name, instead
    #[arg(long, value_name = "PATH", conflicts_with_all = ["source", "from", "store", "diff"])]
    reports: Option<PathBuf>,

    /// Queries that those reports may name, one per file NAME.sql
    #[arg(long, value_name = "DIR", requires = "reports")]
    queries: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail check exports/
  curtail check exports/ --month 2026-10 --strict
  curtail check --tenants tenants.toml
  curtail check exports/ --tenants tenants.toml
  curtail check exports/ --tenants tenants.toml --diff old-tenants.toml
  curtail check --reports reports/ --queries queries/
  curtail check --reports mine.toml
  curtail check exports/ --format json -o check.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    if let Some(folder) = &arguments.reports {
        let queries = settings::queries(arguments.queries.as_deref())?;
        let plans = settings::plans(Some(folder), &queries)?;
        let told = plans.iter().map(|plan| (plan.name.as_str(), plan.title.as_str()));
        let report = listed("Reports without a mistake", &told.collect::<Vec<_>>());
        return output::show(&report, format, &arguments.output);
    }
    let months = arguments.source.months();
    let report = match (&arguments.source.tenants, &arguments.diff) {
        (Some(rules), None) if !arguments.source.is_named() => pipeline::check_rules(rules)?,
        (_, Some(old)) => {
            pipeline::rule_change(&settings::source(&arguments.source)?, old, &months)?
        }
        (_, None) => pipeline::check(&settings::source(&arguments.source)?, &months)?,
    };
    output::show(&report, format, &arguments.output)
}
