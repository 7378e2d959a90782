//! `curtail spend`: who spent what.
//!
//! In:    its arguments.
//! Out:   a table, a chart or data; findings on stderr when the format has no place for them.
//! Never: does more than resolve, call and write.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::complaint::Complaint;
use crate::cli::timings::{self, Timings};
use crate::cli::{clock, output, settings};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::question::{Filter, Question, Wanted};
use crate::pipeline::{self, Source};
use crate::render::Format;
use crate::report::spend::Settings;

/// Show who spent what
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// Ways to cut the bill, in order: domain, user, space, app, component, instance-type,
    /// service, usage-type, operation, line-type, resource, account, payer, region, currency,
    /// month, day, reason, tag:KEY, category:NAME
    #[arg(long, value_name = "DIMENSIONS", value_delimiter = ',', default_value = "domain,user")]
    #[arg(value_parser = arguments::dimension)]
    by: Vec<Dimension>,

    /// Cost that is meant: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// Count only charges like this, such as domain=d-abc123 or tag:team=search; the same
    /// dimension twice means either, different ones mean both
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = arguments::filter)]
    filters: Vec<Filter>,

    /// Rows before the rest is shown as one row; 0 shows all. Data formats hold all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// Tell on stderr how long each stage took, what it did, and how long it takes to read and
    /// unpack the same bytes and nothing else
    #[arg(long)]
    timings: bool,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail spend exports/ --by domain,user
  curtail spend exports/ --by space,instance-type --where domain=d-abc123 --wide
  curtail spend exports/ --by tag:studiouserid --month 2026-10 --format csv -o october.csv
  curtail spend exports/ --by day,component --format png -o days.png
  curtail spend exports/ --format focus -o charges.parquet
  curtail spend exports/ --by user --where reason=none --metric unblended --format json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let timings = Timings::begin();
    let mut source = settings::source(&arguments.source)?;
    if arguments.timings {
        source.watch = timings.watch();
    }
    let format = settings::format_of_charges(&arguments.output)?;
    if format == Format::Focus {
        return focus(&source, arguments);
    }
    let question = Question {
        dimensions: arguments.by.clone(),
        metric: arguments.metric,
        filters: arguments.filters.clone(),
        months: arguments.source.months(),
        hours: wanted_hours(arguments, format),
    };
    let limit = (arguments.limit > 0).then_some(arguments.limit);
    let charts = if format.has_charts() { Wanted::Yes } else { Wanted::No };
    // Letters show no more rows than they are told to; everything else holds all of them.
    let rest = match format {
        Format::Table | Format::Markdown => Wanted::No,
        _ => Wanted::Yes,
    };
    let for_programs = format.is_data() && format != Format::Xlsx;
    let settings = Settings { limit, charts, rest, for_programs };
    let report = pipeline::spend(&source, &question, settings)?;
    let report = pipeline::provisional(&source, report, clock::today())?;
    let shown = output::show(&report, format, &arguments.output)?;
    if arguments.timings {
        timings.tell();
        timings::tell_floor(&source, &question)?;
    }
    Ok(shown)
}

/// Single charges; the name of the file says whether they are CSV.
fn focus(source: &Source, arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let months = arguments.source.months();
    let report = pipeline::focus(source, &arguments.filters, &months, &arguments.by)?;
    let report = pipeline::provisional(source, report, clock::today())?;
    let name = arguments.output.output.as_deref().and_then(Path::extension);
    let is_csv = name.is_some_and(|name| name.eq_ignore_ascii_case("csv"));
    let format = if is_csv { Format::Csv } else { Format::Focus };
    output::show(&report, format, &arguments.output)
}

/// Hours need two more columns of the export, so they are read only where they are shown.
fn wanted_hours(arguments: &Arguments, format: Format) -> Wanted {
    let is_asked = arguments.by.iter().any(|dimension| {
        matches!(dimension, Dimension::App | Dimension::Component | Dimension::InstanceType)
    });
    if format.is_data() || is_asked || arguments.output.wide { Wanted::Yes } else { Wanted::No }
}
