//! `curtail sample`: an export to try things on, with the truth about it.
//!
//! In:    its arguments.
//! Out:   a folder laid out as AWS does it; progress and a summary on stderr.
//! Never: does more than resolve, call and tell.

#![expect(clippy::print_stderr, reason = "the summary is for people; stdout stays free for data")]

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::arguments;
use crate::cli::complaint::Complaint;
use crate::model::period::BillingPeriod;
use crate::render::escape::terminal_text;
use crate::sample::{self, DeliveryFolders, SamplePlan, SampleSchema};

/// Write a deterministic export with `SageMaker` lines, and truth.json with its exact totals
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the command line")]
pub(super) struct Arguments {
    /// A folder that does not exist yet, or is empty
    #[arg(value_name = "OUT")]
    out: PathBuf,

    /// Line items over all months
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    rows: u64,

    /// legacy or cur2
    #[arg(long, value_name = "SCHEMA", default_value = "cur2", value_parser = schema)]
    schema: SampleSchema,

    /// Billing periods
    #[arg(long, value_name = "K", default_value_t = 2)]
    months: u32,

    /// The same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 7)]
    seed: u64,

    /// The first billing period; `SageMaker` tags begin to show in its middle
    #[arg(long, value_name = "MONTH", default_value = "2026-09")]
    #[arg(value_parser = arguments::month)]
    first_month: BillingPeriod,

    /// Share of `SageMaker` among the lines, in percent: 35 is ML-heavy, 5 a whole organisation
    #[arg(long, value_name = "PERCENT", default_value_t = 35)]
    sagemaker: u32,

    /// Write execution folders, an older one too, as exports that keep every delivery do
    #[arg(long)]
    executions: bool,

    /// Write a policy.toml beside it, and into truth.json what breaks it
    #[arg(long)]
    policy: bool,

    /// Let things run in the last month though nobody uses them, and tell them in truth.json;
    /// months need 100,000 rows or more
    #[arg(long)]
    idle: bool,

    /// Add people with habits, some of whom do something unusual in the last month, and tell them
    /// in truth.json; 4 months or more, of 2,000 rows or more
    #[arg(long)]
    anomalies: bool,

    /// Rows of one row group
    #[arg(long, value_name = "N", default_value_t = 262_144)]
    row_group: usize,
}

const EXAMPLES: &str = "\
Examples:
  curtail sample demo --rows 100000 --schema cur2 --months 2 --seed 1
  curtail sample big --rows 10000000 --months 1
  curtail spend demo --by domain,user";

fn schema(text: &str) -> Result<SampleSchema, String> {
    SampleSchema::parse(text).ok_or_else(|| "expected legacy or cur2".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let mut plan = SamplePlan::new(&arguments.out, arguments.rows, arguments.schema);
    plan.first_month = arguments.first_month;
    plan.seed = arguments.seed;
    plan.sagemaker_percent = arguments.sagemaker;
    plan.row_group_rows = arguments.row_group;
    plan.policy = arguments.policy;
    plan.idle = arguments.idle;
    plan.anomalies = arguments.anomalies;
    if arguments.executions {
        plan.folders = DeliveryFolders::PerExecution;
    }
    let plan = plan.months(arguments.months);
    let bar = progress_bar(arguments.rows);
    let written = sample::write_export(&plan, &mut |rows| bar.set_position(rows));
    bar.finish_and_clear();
    let summary = written?;
    let line = format!(
        "{} rows in {} files of {} months; the truth is in `{}`",
        summary.rows,
        summary.files.len(),
        summary.periods.len(),
        summary.truth.display()
    );
    eprintln!("{}", terminal_text(&line));
    Ok(ExitCode::SUCCESS)
}

/// A bar for people; nothing when stderr is not a terminal.
fn progress_bar(rows: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(rows), target);
    let style = "{bar:30} {human_pos} of {human_len} rows, {per_sec}, {eta} left";
    bar.with_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()))
}
