//! `curtail check`: what an export holds, misses and gets wrong.
//!
//! In:    its arguments.
//! Out:   several tables, and every finding.
//! Never: does more than resolve, call and write.

use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{OutputArguments, SourceArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::{pipeline, render};

/// Show what an export holds, misses and gets wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail check exports/
  curtail check exports/ --month 2026-10 --strict
  curtail check exports/ --format json -o check.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let source = settings::source(&arguments.source)?;
    let format = settings::format(&arguments.output)?;
    let style = settings::style(&arguments.output);
    let report = pipeline::check(&source, &arguments.source.months())?;
    let bytes = render::render(&report, format, &style)?;
    output::write(arguments.output.output.as_deref(), &bytes)?;
    Ok(output::verdict(&report, format, arguments.output.strict))
}
