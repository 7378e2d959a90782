//! `curtail status`: what the store holds.
//!
//! In:    its arguments and the day.
//! Out:   a table of months or versions.
//! Never: does more than resolve, call and write.

use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{OutputArguments, StoreArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{clock, output, settings};
use crate::pipeline;
use crate::report::store::status::Rows;

/// Show which months the store holds, from which deliveries, how large, open, settled or closed
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,

    /// Every version that is kept, not only the newest of each month
    #[arg(long)]
    versions: bool,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
A month is open while AWS adds to it or has not invoiced all of it, then settled, and closed when
`curtail close` froze its statements.

Examples:
  curtail status
  curtail status --versions --wide
  curtail status --store costs/ --format json -o status.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    let rows = if arguments.versions { Rows::Every } else { Rows::Newest };
    let report = pipeline::status(&settings::store(&arguments.store)?, clock::today(), rows)?;
    output::show(&report, format, &arguments.output)
}
