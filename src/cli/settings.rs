//! Settings: what was typed, what the environment says, and what the terminal is, made one.
//!
//! In:    arguments, environment variables, the terminal.
//! Out:   values without an `Option` that means "the user did not say".
//! Never: reads a data file; of the user's files only queries.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use terminal_size::{Width, terminal_size};

use crate::cli::arguments::{ColorChoice, OutputArguments, SourceArguments, StoreArguments};
use crate::cli::bucket;
use crate::cli::complaint::Complaint;
use crate::model::question::Wanted;
use crate::model::stored::Pins;
use crate::pipeline::{Bill, Source};
use crate::query::{self, NamedQuery, Plan};
use crate::render::csv::CsvText;
use crate::render::terminal::TerminalStyle;
use crate::render::{Format, Style};
use crate::store::Home;

/// The width when nothing else tells: a page of a mail or a log.
const DEFAULT_WIDTH: usize = 80;
/// Tables narrower than this cannot say anything.
const NARROWEST: usize = 20;

/// The source of a command.
pub(super) fn source(arguments: &SourceArguments) -> Result<Source, Complaint> {
    let export = arguments.source.as_ref().or(arguments.from.as_ref());
    if let Some(bill) = arguments.engine.bill(export.map(PathBuf::as_path))? {
        return Ok(Source::of(bill, threads(arguments.threads), arguments.tenants.clone()));
    }
    let bill = match export {
        Some(path) => Bill::Export(path.clone()),
        None => Bill::Store { home: store(&arguments.store)?, versions: Pins::new() },
    };
    let threads = threads(arguments.threads);
    let origin = bucket::origin(export.into_iter(), &arguments.store.bucket)?;
    bucket::show_progress();
    Ok(Source { origin, ..Source::of(bill, threads, arguments.tenants.clone()) })
}

/// The bundled queries, and those of a folder: as typed, else of the user's own settings.
pub(super) fn queries(typed: Option<&Path>) -> Result<Vec<NamedQuery>, Complaint> {
    let mut own = Vec::new();
    for (name, text) in texts(typed, "queries", "sql")? {
        own.push(NamedQuery::read(&name, &text)?);
    }
    Ok(overlaid(query::bundled()?, own, |query| &query.name))
}

/// The bundled reports, and those of a folder: as typed, else of the user's own settings.
pub(super) fn plans(typed: Option<&Path>, queries: &[NamedQuery]) -> Result<Vec<Plan>, Complaint> {
    let mut own = Vec::new();
    for (name, text) in texts(typed, "reports", "toml")? {
        own.push(Plan::read(&name, &text, queries)?);
    }
    Ok(overlaid(query::bundled_plans(queries)?, own, |plan| &plan.name))
}

/// What is bundled, without what the user's own hides, sorted by name.
fn overlaid<T>(mut all: Vec<T>, own: Vec<T>, name: fn(&T) -> &str) -> Vec<T> {
    all.retain(|bundled| own.iter().all(|own| name(own) != name(bundled)));
    all.extend(own);
    all.sort_by(|a, b| name(a).cmp(name(b)));
    all
}

/// The files of a folder by name, or the one file that was typed; none when nobody typed anything
/// and the user has none.
fn texts(
    typed: Option<&Path>,
    kind: &str,
    extension: &str,
) -> Result<Vec<(String, String)>, Complaint> {
    let own = || own_folder(kind).filter(|folder| folder.is_dir());
    let Some(folder) = typed.map(ToOwned::to_owned).or_else(own) else { return Ok(Vec::new()) };
    let unreadable = |path: &Path| {
        let message = format!("cannot read `{}`", path.display());
        let hint = format!("name a file that ends in .{extension}, or a folder of them");
        Complaint::usage(message, hint)
    };
    let mut paths = Vec::new();
    if folder.is_file() && folder.extension().is_some_and(|found| found == extension) {
        paths.push(folder);
    } else {
        for entry in folder.read_dir().map_err(|_| unreadable(&folder))? {
            paths.push(entry.map_err(|_| unreadable(&folder))?.path());
        }
    }
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|found| found == extension) {
            let text = std::fs::read_to_string(&path).map_err(|_| unreadable(&path))?;
            texts.push((name, text));
        }
    }
    texts.sort();
    Ok(texts)
}

/// A folder of the user's settings.
fn own_folder(kind: &str) -> Option<PathBuf> {
    Some(choose_native_strategy().ok()?.config_dir().join("curtail").join(kind))
}

/// Where queries are kept: as typed, else among the user's own settings.
pub(super) fn queries_folder(typed: Option<&Path>) -> Option<PathBuf> {
    typed.map(ToOwned::to_owned).or_else(|| own_folder("queries"))
}

/// The file of what was typed at the prompt: in the user's folder for state, else for data.
pub(super) fn history() -> Option<PathBuf> {
    let user = choose_native_strategy().ok()?;
    let folder = user.state_dir().unwrap_or_else(|| user.data_dir());
    Some(folder.join("curtail").join("query_history"))
}

/// The worker threads: as typed, else one per core.
pub(super) fn threads(typed: Option<u16>) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    typed.map_or(cores, usize::from)
}

/// The store: as typed, else as the environment says, else the user's own.
pub(super) fn store(arguments: &StoreArguments) -> Result<Home, Complaint> {
    let by_variable = std::env::var_os("CURTAIL_STORE").filter(|folder| !folder.is_empty());
    let typed = arguments.store.clone().or(by_variable.map(PathBuf::from));
    let own = || Some(choose_native_strategy().ok()?.data_dir().join("curtail"));
    let folder = typed.or_else(own).ok_or_else(|| {
        let hint = "name one with `--store DIR`, or an export with SOURCE";
        Complaint::usage("this system tells no folder for data, so there is no store", hint)
    })?;
    let bucket = arguments.bucket.clone();
    Ok(Home::of(&folder).reached_by(move |address| bucket::reach(address, &bucket)))
}

/// The format: as typed, else by the file's name, else a table.
pub(super) fn format(arguments: &OutputArguments) -> Result<Format, Complaint> {
    let format = format_of_charges(arguments)?;
    if format == Format::Focus {
        let hint = "use `curtail spend SOURCE --format focus -o charges.parquet`";
        return Err(Complaint::usage("only `spend` writes `focus`", hint));
    }
    Ok(format)
}

/// The same, where single charges can be written.
pub(super) fn format_of_charges(arguments: &OutputArguments) -> Result<Format, Complaint> {
    let by_name = || {
        let extension = arguments.output.as_deref().and_then(Path::extension)?;
        Format::parse(extension.to_str()?)
    };
    let format = arguments.format.or_else(by_name).unwrap_or_default();
    if format.is_binary() && arguments.output.is_none() && std::io::stdout().is_terminal() {
        let name = format.name();
        return Err(Complaint::usage(
            format!("`{name}` is not for terminals"),
            format!("name a file with `-o report.{}`, or redirect the output", format.extension()),
        ));
    }
    Ok(format)
}

/// How the output looks.
pub(super) fn style(arguments: &OutputArguments) -> Style {
    let is_screen = arguments.output.is_none() && std::io::stdout().is_terminal();
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let colour = match arguments.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_screen && !set("NO_COLOR") && !is_dumb,
    };
    let wide = arguments.wide;
    let terminal =
        TerminalStyle { width: width(), colour, wide, unicode: unicode(), charts: Wanted::No };
    let csv = if arguments.csv_raw { CsvText::Raw } else { CsvText::Safe };
    Style { terminal, csv, lang: arguments.lang }
}

fn width() -> usize {
    let by_variable = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let by_terminal = || terminal_size().map(|(Width(columns), _)| usize::from(columns));
    by_variable.or_else(by_terminal).unwrap_or(DEFAULT_WIDTH).max(NARROWEST)
}

/// The first of these variables that is set decides, as POSIX says.
fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let upper = locale.unwrap_or_default().to_uppercase();
    // Containers often set nothing at all and still show UTF-8.
    upper.is_empty() || upper.contains("UTF-8") || upper.contains("UTF8")
}
