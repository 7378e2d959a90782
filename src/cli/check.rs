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

/// Show what an export and its rules hold, miss and get wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// Compare with other rules: what each tenant would have paid under OLD
    #[arg(long, value_name = "OLD", requires = "tenants")]
    diff: Option<PathBuf>,

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
  curtail check exports/ --format json -o check.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
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
