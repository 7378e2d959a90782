//! `curtail diff`: what a later delivery of a month says otherwise, and why.
//!
//! In:    its arguments.
//! Out:   tables by reason, tenant, owner, service and line type.
//! Never: does more than resolve, call and write.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{self, OutputArguments, StoreArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::stored::VersionId;
use crate::pipeline::{self, Diff};
use crate::report::diff::Settings;

/// Show what a later delivery of a month says otherwise, and why
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The billing period, such as 2026-10
    #[arg(value_name = "MONTH", value_parser = arguments::month)]
    month: BillingPeriod,

    /// Two versions, as `curtail status` numbers them [default: what was closed, else the version
    /// before, and the newest]
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    versions: Option<Vec<i64>>,

    #[command(flatten)]
    store: StoreArguments,

    /// Tenants, rules and splits of a month that is not closed [default: `tenants.toml` in the
    /// store]
    #[arg(long, value_name = "FILE")]
    tenants: Option<PathBuf>,

    /// Cost that is meant: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    /// [default: that of the closing, else amortized]
    #[arg(long, value_name = "METRIC", value_parser = arguments::metric)]
    metric: Option<CostMetric>,

    /// Rows of a table before the rest is shown as one row; 0 shows all. Data formats hold all
    #[arg(long, value_name = "N", default_value_t = 25)]
    limit: usize,

    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Both sides are told under the same rules: those of the closing when the month is closed.

Examples:
  curtail diff 2026-10
  curtail diff 2026-10 --versions 3 7
  curtail diff 2026-10 --format csv -o changes.csv";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    if format.is_chart() {
        let hint = "use another format; `curtail spend` draws";
        return Err(Complaint::usage("a difference is not a picture", hint));
    }
    let versions = match arguments.versions.as_deref() {
        Some([a, b]) => Some([VersionId(*a), VersionId(*b)]),
        _ => None,
    };
    let asked = Diff {
        home: settings::store(&arguments.store)?,
        threads: settings::threads(arguments.threads),
        tenants: arguments.tenants.clone(),
        month: arguments.month,
        versions,
        metric: arguments.metric,
        settings: Settings { limit: (arguments.limit > 0).then_some(arguments.limit) },
    };
    let report = pipeline::diff(&asked)?;
    output::show(&report, format, &arguments.output)
}
