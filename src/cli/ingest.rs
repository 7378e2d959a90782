//! `curtail ingest`: exports into the store.
//!
//! In:    its arguments, the clock, who we are.
//! Out:   a line or an object about every month that is on disk; bars on stderr meanwhile.
//! Never: says that anything is stored before it is.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::{MonthArguments, StoreArguments};
use crate::cli::bucket;
use crate::cli::complaint::Complaint;
use crate::cli::engine::EngineArguments;
use crate::cli::progress::Bars;
use crate::cli::{clock, output, settings};
use crate::model::stored::Keep;
use crate::origin::{Address, Origin};
use crate::pipeline::{self, Cluster, IngestSettings, Progress};
use crate::render::number::{bytes, count};
use crate::render::{self, Format, Style};
use crate::report::store::ingestion::{Ingested, Outcome};

/// Read exports into the store, a billing period at a time; what it holds already is not read
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Parquet files, folders, or an export in S3, `s3://bucket/prefix`; a table with `--engine`
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,

    #[command(flatten)]
    store: StoreArguments,

    #[command(flatten)]
    months: MonthArguments,

    /// What to keep: `owners`, resource ids of SageMaker and those that tell an owner; `all`
    /// resource ids; or `hours`, as `owners` and hour by hour, for `curtail report idle`
    #[arg(long, value_name = "WHICH", default_value = "owners", value_parser = keep)]
    keep: Keep,

    #[command(flatten)]
    engine: EngineArguments,

    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Tell what was done as one JSON object
    #[arg(long)]
    json: bool,

    /// A prefix for the segments of a new store, `s3://bucket/prefix`; the catalogue stays here
    #[arg(long, value_name = "ADDRESS")]
    segments: Option<PathBuf>,
}

const EXAMPLES: &str = "\
One billing period is one commit: whatever happens, a month is the old one or the new one. Older
deliveries of a month stay as versions until `curtail gc` removes them.

Examples:
  curtail ingest exports/
  curtail ingest exports/ --month 2026-10 --store costs/
  curtail ingest exports/ --keep all --json
  curtail ingest billing.cur2 --engine spark --remote sc://host:15002
  CURTAIL_STORE=costs curtail ingest exports/";

fn keep(text: &str) -> Result<Keep, String> {
    Keep::parse(text).ok_or_else(|| "expected owners, all or hours".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let table = table(arguments)?;
    let home = settings::store(&arguments.store)?.with_segments(segments(arguments)?);
    let settings = IngestSettings {
        home: home.clone(),
        months: arguments.months.months(),
        keep: arguments.keep,
        threads: settings::threads(arguments.threads),
        at: clock::instant(),
        holder: clock::holder("ingest"),
        origin: match &table {
            None => bucket::origin(arguments.sources.iter(), &arguments.store.bucket)?,
            Some(_) => Origin::Disk,
        },
    };
    let bars = Bars::new();
    let progress = |news: Progress| match news {
        // A cluster is waited for, not we; it has a counter of its own.
        Progress::Begun { .. } if table.is_some() => {}
        Progress::Begun { period, rows, bytes } => {
            let what = period.map_or_else(|| "reading".to_owned(), |period| period.to_string());
            bars.begin(&what, rows, bytes);
        }
        Progress::Rows(rows) => bars.advance(rows),
        Progress::Writing => bars.say("writing"),
        Progress::Done(ingested) => {
            bars.end();
            if !arguments.json {
                // A reader that cannot be told is no reason to stop storing.
                let _ = output::write(None, line(ingested).as_bytes());
            }
        }
    };
    let ingested = match &table {
        None => pipeline::ingest(&arguments.sources, &settings, &progress)?,
        Some((cluster, name)) => pipeline::ingest_table(cluster, name, &settings, &progress)?,
    };
    let report = pipeline::ingested(&home, &ingested);
    if arguments.json {
        output::write(None, &render::render(&report, Format::Json, &Style::default())?)?;
        return Ok(output::verdict(&report, Format::Json, false));
    }
    output::write(None, summary(&home.folder, &ingested).as_bytes())?;
    Ok(output::verdict(&report, Format::Csv, false))
}

/// The table that another engine reads, and how it was typed; `None` when we read files.
fn table(arguments: &Arguments) -> Result<Option<(Cluster, String)>, Complaint> {
    let Some(cluster) =
        arguments.engine.cluster(arguments.sources.first().map(PathBuf::as_path))?
    else {
        return Ok(None);
    };
    let [source] = arguments.sources.as_slice() else {
        return Err(Complaint::usage("`--engine spark` reads one table", "ingest one at a time"));
    };
    if arguments.keep == Keep::Hours {
        let hint = "a table is rolled up to days; ingest the export itself";
        return Err(Complaint::usage("`--keep hours` needs hours", hint));
    }
    Ok(Some((cluster, source.display().to_string())))
}

/// Where the segments of a new store shall be; only a bucket can be named.
fn segments(arguments: &Arguments) -> Result<Option<PathBuf>, Complaint> {
    let Some(segments) = &arguments.segments else { return Ok(None) };
    if Address::parse(segments).is_none() {
        let words = format!("`{}` names no bucket", segments.display());
        return Err(Complaint::usage(words, "write s3://bucket/prefix"));
    }
    Ok(Some(segments.clone()))
}

/// What became of a month: `2026-10  5,000,000 rows  462 MB -> 12.6 MB  version 3, new`; a table
/// has no bytes of its own.
fn line(ingested: &Ingested) -> String {
    let version = &ingested.version;
    let source: u64 = version.facts.files.iter().map(|file| file.stamp.bytes).sum();
    let source = if source == 0 { "table".to_owned() } else { bytes(source) };
    let outcome = match ingested.outcome {
        Outcome::New => "new".to_owned(),
        Outcome::Replaced(before) => format!("replaces version {}", before.0),
        Outcome::Unchanged => "unchanged".to_owned(),
    };
    format!(
        "{}  {:>11} rows  {source:>7} -> {:<7}  version {}, {outcome}\n",
        version.facts.period,
        count(version.source_rows()),
        bytes(version.stored_bytes()),
        version.id.0,
    )
}

/// The last line: how many months were read, and where they are.
fn summary(folder: &Path, ingested: &[Ingested]) -> String {
    let unchanged = ingested.iter().filter(|one| one.outcome == Outcome::Unchanged).count();
    let read = ingested.len() - unchanged;
    let months = |number: usize| match number {
        1 => "1 month".to_owned(),
        several => format!("{several} months"),
    };
    let told = match (read, unchanged) {
        (0, _) => format!("nothing new: {} unchanged", months(unchanged)),
        (_, 0) => format!("{} stored", months(read)),
        _ => format!("{} stored, {unchanged} unchanged", months(read)),
    };
    format!("{told}, in {}\n", crate::render::escape::terminal_text(&folder.display().to_string()))
}
