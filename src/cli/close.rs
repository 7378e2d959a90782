//! `curtail close`: freeze a month.
//!
//! In:    its arguments.
//! Out:   the closing in the store, and what it holds.
//! Never: does more than resolve, call and write.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{self, OutputArguments, StoreArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{clock, output, settings};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::pipeline::{self, Close};
use crate::store::Holder;

/// Freeze a month of the store: its data, its rules, and what its statements say
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The billing period, such as 2026-10
    #[arg(value_name = "MONTH", value_parser = arguments::month)]
    month: BillingPeriod,

    #[command(flatten)]
    store: StoreArguments,

    /// Tenants, rules and splits; kept with the closing [default: `tenants.toml` in the store]
    #[arg(long, value_name = "FILE")]
    tenants: Option<PathBuf>,

    /// Cost that statements tell: unblended, amortized, `net_unblended`, `net_amortized`, list,
    /// blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// Close it although something speaks against it; the reason is kept
    #[arg(long, value_name = "REASON", value_parser = reason)]
    force: Option<String>,

    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
A month is not closed while AWS may still change it, or while nobody answers for some of its
SageMaker cost. A closed month is never opened again: what AWS delivers later is booked as an
adjustment in the first month after it that is open.

Examples:
  curtail close 2026-10
  curtail close 2026-10 --tenants rules/tenants.toml
  curtail close 2026-10 --force 'two test accounts are not worth a rule'
  curtail diff 2026-10
  curtail statement --month 2026-10 --all -o statements/ --format markdown";

fn reason(text: &str) -> Result<String, String> {
    let reason = text.trim();
    if reason.is_empty() { Err("say why".to_owned()) } else { Ok(reason.to_owned()) }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    // What cannot be told afterwards must not be done before.
    if format.is_chart() || format.is_one_table() {
        let hint = "use table, markdown, json or xlsx";
        return Err(Complaint::usage("a closing is several tables and no picture", hint));
    }
    if arguments.output.strict {
        let hint = "leave it out: what speaks against closing a month refuses it anyway";
        return Err(Complaint::usage("`--strict` would refuse a month that is closed", hint));
    }
    let at = clock::instant();
    let holder = Holder {
        pid: std::process::id(),
        started: at.clone(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        command: "close".to_owned(),
    };
    let report = pipeline::close(&Close {
        home: settings::store(&arguments.store)?,
        month: arguments.month,
        metric: arguments.metric,
        tenants: arguments.tenants.clone(),
        threads: settings::threads(arguments.threads),
        force: arguments.force.clone(),
        today: clock::today(),
        at,
        holder,
    })?;
    output::show(&report, format, &arguments.output)
}
