//! `curtail gc`: versions that nobody needs any more are removed.
//!
//! In:    its arguments, who we are.
//! Out:   what was removed, what stays and why.
//! Never: does more than resolve, call and write.

use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{OutputArguments, StoreArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{clock, output, settings};
use crate::pipeline;
use crate::store::Spare;

/// Remove the versions that no closed month, no difference and no reader needs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,

    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,

    /// Remove the version before the newest of each month too, which `curtail diff` compares
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
The newest version of a month always stays, and so does every version that the statements of a
closed month were made from.

Examples:
  curtail gc --dry-run
  curtail gc
  curtail gc --all --store costs/";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    let home = settings::store(&arguments.store)?;
    let spare = if arguments.all { Spare::Nothing } else { Spare::Previous };
    let report = if arguments.dry_run {
        pipeline::garbage(&home, spare)?
    } else {
        pipeline::gc(&home, &clock::holder("gc"), spare)?
    };
    output::show(&report, format, &arguments.output)
}
