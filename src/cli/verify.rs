//! `curtail verify`: whether the store is as it was written.
//!
//! In:    its arguments.
//! Out:   what was checked, every problem and what to do about it; exit 3 when there is one.
//! Never: repairs anything.

use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{OutputArguments, StoreArguments};
use crate::cli::complaint::{self, Complaint};
use crate::cli::progress::Bars;
use crate::cli::{output, settings};
use crate::diagnostic::ErrorKind;
use crate::pipeline::{self, Looked, Soundness};

/// Check every byte, page, row and amount of the store against what was written
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Nothing is written; a damaged month can be ingested again alone. The exit code is 3 when anything
is wrong.

Examples:
  curtail verify
  curtail verify --store costs/ --wide
  curtail verify --format json -o verified.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    let bars = Bars::new();
    let progress = |Looked { more, all }| match more {
        0 => bars.begin_bytes("verifying", all),
        more => bars.advance(more),
    };
    let checked = pipeline::verify(&settings::store(&arguments.store)?, &progress);
    bars.end();
    let (report, soundness) = checked?;
    let verdict = output::show(&report, format, &arguments.output)?;
    Ok(match soundness {
        Soundness::Sound => verdict,
        Soundness::Damaged => complaint::exit_code(ErrorKind::Integrity),
    })
}
