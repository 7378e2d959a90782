//! `curtail sql`: our rules and questions as SQL for the user's own engine.
//!
//! In:    its arguments; the footers of an export, when one is named.
//! Out:   one statement.
//! Never: runs it, or reads a charge.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{self, MonthArguments};
use crate::cli::bucket::{self, BucketArguments};
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::dialect::Dialect;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::pipeline::{self, Bill, Documented, Source, Spoken};
use crate::query::NamedQuery;

/// Print the charges of an export, or a query over them, as SQL for another engine
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The query's name, as `curtail query --list` tells it [default: the charges themselves]
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// Whose SQL: spark, athena or duckdb
    #[arg(long, value_name = "DIALECT", value_parser = Dialect::parse)]
    dialect: Dialect,

    /// The table of the raw export, as the engine knows it [default: the files of --like, else
    /// `cur2` or `legacy_cur`]
    #[arg(long, value_name = "TABLE")]
    source: Option<String>,

    /// An export whose files have the columns of that table, on a disk or in S3
    #[arg(long, value_name = "PATH", conflicts_with = "schema")]
    like: Option<PathBuf>,

    /// Without --like, the columns that AWS documents: cur2 or legacy
    #[arg(long, value_name = "SCHEMA", default_value = "cur2", value_parser = documented)]
    schema: Documented,

    /// A tag or a cost category to tell charges apart by, such as tag:team or category:unit
    #[arg(long, value_name = "DIMENSION", value_parser = keyed)]
    by: Vec<Dimension>,

    /// What `cost` means: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    #[arg(long, value_name = "METRIC", default_value = "amortized")]
    #[arg(value_parser = arguments::metric)]
    metric: CostMetric,

    /// The currency of the charges that a query sees; the charges themselves tell theirs
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: String,

    #[command(flatten)]
    months: MonthArguments,

    /// More queries, one per file NAME.sql; they hide bundled ones of their name
    #[arg(long, value_name = "DIR")]
    queries: Option<PathBuf>,

    /// Write to a file, whole or not at all
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    bucket: BucketArguments,
}

const EXAMPLES: &str = "\
Examples:
  curtail sql --dialect athena --source billing.cur2 > charges.sql
  curtail sql cost_by_user --dialect spark --source billing.cur2 --month 2026-10
  curtail sql cost_by_component --dialect duckdb --like exports/ | duckdb
  curtail sql change_by_service --dialect athena --source cur --like s3://billing/exports \\
      --month 2026-10

Rules of tenants.toml, maps, budgets and closed months stay with curtail: a tenant is a domain in
the statement.";

fn documented(text: &str) -> Result<Documented, String> {
    match text.to_ascii_lowercase().as_str() {
        "cur2" => Ok(Documented::Cur2),
        "legacy" => Ok(Documented::Legacy),
        _ => Err("expected cur2 or legacy".to_owned()),
    }
}

fn keyed(text: &str) -> Result<Dimension, String> {
    let found = Dimension::parse(text);
    let is_keyed = |of: &Dimension| matches!(of, Dimension::Tag(_) | Dimension::CostCategory(_));
    found.filter(is_keyed).ok_or_else(|| "expected tag:KEY or category:NAME".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let queries = settings::queries(arguments.queries.as_deref())?;
    let found = arguments.name.as_ref().map(|name| NamedQuery::find(&queries, name));
    let query = found.transpose()?;
    let spoken = Spoken {
        dialect: arguments.dialect,
        metric: arguments.metric,
        months: arguments.months.months(),
        keyed: arguments.by.clone(),
        currency: Currency(arguments.currency.to_uppercase().into()),
    };
    let named = arguments.source.clone();
    let table = if let Some(path) = &arguments.like {
        let origin = bucket::origin([path].into_iter(), &arguments.bucket)?;
        let source = Source { origin, ..Source::of(Bill::Export(path.clone()), 1, None) };
        pipeline::like(&source, &spoken, named)?
    } else {
        let name = named.unwrap_or_else(|| arguments.schema.table().to_owned());
        pipeline::documented(arguments.schema, name, &spoken, query)
    };
    let text = pipeline::dialect_statement(&spoken, &table, query)?;
    output::write(arguments.output.as_deref(), format!("{text}\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
