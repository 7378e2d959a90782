//! `curtail query`: questions in SQL.
//!
//! In:    its arguments, query files.
//! Out:   what a statement found; the list of queries or of columns.
//! Never: does more than resolve, call and write.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::anomaly::AnomalyArguments;
use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::budget::{self, BudgetArguments};
use crate::cli::complaint::Complaint;
use crate::cli::idle::IdleArguments;
use crate::cli::policy::PolicyArguments;
use crate::cli::{output, prompt, settings};
use crate::model::metric::CostMetric;
use crate::model::question::Filter;
use crate::model::result_set::Drawn;
use crate::pipeline::{self, Sql};
use crate::query::{self, NamedQuery, Statement};
use crate::report::Report;
use crate::report::query::{Settings, listed, schema};

/// Ask in SQL: a query by its name, or a statement
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The query's name, as `--list` tells it
    #[arg(value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    source: SourceArguments,

    /// A `SELECT` over the tables of `--schema`
    #[arg(long, value_name = "STATEMENT", conflicts_with_all = ["list", "schema"])]
    sql: Option<String>,

    /// List every query
    #[arg(long, conflicts_with = "schema")]
    list: bool,

    /// List every table and column
    #[arg(long)]
    schema: bool,

    /// More queries, one per file NAME.sql; they hide bundled ones of their name
    #[arg(long, value_name = "DIR")]
    queries: Option<PathBuf>,

    /// What `cost` means: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// See only charges like this, such as domain=d-abc123 or tag:team=search
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = arguments::filter)]
    filters: Vec<Filter>,

    /// Rows that are shown; 0 shows all. Formats for machines always hold all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// Draw it, also on a screen: bar, line, stacked, waterfall, pareto, heat, burndown. Pictures
    /// and pages are drawn as the query says unless this is given
    #[arg(long, value_name = "CHART", value_parser = drawn)]
    chart: Option<Drawn>,

    #[command(flatten)]
    budget: BudgetArguments,

    #[command(flatten)]
    policy: PolicyArguments,

    #[command(flatten)]
    idle: IdleArguments,

    #[command(flatten)]
    anomaly: AnomalyArguments,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail query --list
  curtail query cost_by_component --month 2026-10
  curtail query cost_by_user exports/ --where domain=d-abc123 --format csv -o users.csv
  curtail query change_by_service exports/ --month 2026-10
  curtail query --sql \"SELECT component, SUM(cost) AS cost FROM charges GROUP BY component\"
  curtail query --schema
  curtail query exports/                        # a prompt; `.help` tells what it knows
  curtail query --month 2026-10 < questions.sql

A row of `charges` is one combination of the columns that a statement names; `line_items` tells how
many lines of the bill are behind it. Two currencies are two answers.";

fn drawn(text: &str) -> Result<Drawn, String> {
    let known = Drawn::WORDS.map(|(word, _)| word).join(", ");
    Drawn::parse(text).ok_or_else(|| format!("expected one of {known}"))
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let format = settings::format(&arguments.output)?;
    let show = |report: &Report| output::show(report, format, &arguments.output);
    if arguments.schema {
        return show(&schema(&query::schema()));
    }
    let queries = settings::queries(arguments.queries.as_deref())?;
    if arguments.list {
        let told = queries.iter().map(|query| (query.name.as_str(), query.question.as_str()));
        return show(&listed("Queries", &told.collect::<Vec<_>>()));
    }
    let chart = arguments.chart;
    let limit = (arguments.limit > 0).then_some(arguments.limit);
    let (name, source) = named(arguments, &queries)?;
    let months = arguments.source.months();
    let asked = arguments.budget.asked(arguments.metric, &arguments.filters, months);
    let asked = arguments.idle.watched(arguments.policy.held(asked)?);
    let asked = arguments.anomaly.looked_at(asked);
    let answer = |sql: &Sql| pipeline::answer(&source, sql, &asked, Settings { limit, chart });
    let answer = match (&arguments.sql, name) {
        (Some(text), _) => answer(&Sql::Typed(&Statement::read(text)?))?,
        (None, Some(name)) => answer(&Sql::Named(NamedQuery::find(&queries, &name)?))?,
        (None, None) => {
            let folder = settings::queries_folder(arguments.queries.as_deref());
            let (settings, output) = (Settings { limit, chart }, &arguments.output);
            let start = prompt::Start { source, asked, queries, folder, settings, format, output };
            return prompt::run(start)?.ok_or_else(|| {
                let hint = "`curtail query --list` lists the queries, `--sql` takes a statement, \
                            and standard input several";
                Complaint::usage("no query is named", hint)
            });
        }
    };
    // A chart that nobody asked for would push the table off the screen.
    let code = match chart {
        Some(_) => output::show_with_charts(&answer.report, format, &arguments.output)?,
        None => show(&answer.report)?,
    };
    let code = budget::verdict(&answer.overruns, code);
    Ok(arguments.policy.verdict(&answer.violations, code))
}

/// The name and the source; a lone word that is no query but a path is the source, and with a
/// statement any is.
fn named(
    arguments: &Arguments,
    queries: &[NamedQuery],
) -> Result<(Option<String>, pipeline::Source), Complaint> {
    let mut source = settings::source(&arguments.source)?;
    match &arguments.name {
        Some(word) if arguments.sql.is_some() => {
            if arguments.source.is_named() {
                let hint = "leave out the name, or the statement";
                return Err(Complaint::usage("a name and a statement are two questions", hint));
            }
            source.bill = pipeline::Bill::Export(PathBuf::from(word));
            Ok((None, source))
        }
        Some(word) => {
            let name = word.replace('-', "_");
            let is_known = queries.iter().any(|query| query.name == name);
            if !is_known && !arguments.source.is_named() && Path::new(word).exists() {
                source.bill = pipeline::Bill::Export(PathBuf::from(word));
                return Ok((None, source));
            }
            Ok((Some(name), source))
        }
        None => Ok((None, source)),
    }
}
