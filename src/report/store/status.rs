//! Status: which months the store holds, from where, how large, and whether AWS may change them.
//!
//! In:    [`Holdings`].
//! Out:   a [`Report`] of one table: a row per month, or per version.
//! Never: asks a clock; the day is given.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{about, count, data, month, number, oddities, section, size_columns, sizes, word};
use crate::diagnostic::Finding;
use crate::model::period::Day;
use crate::model::stored::{Closing, Pins, Version, newest};
use crate::report::Report;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};

/// Everything that a store holds.
#[derive(Debug, Clone)]
pub struct Holdings {
    /// Where it is.
    pub folder: PathBuf,
    /// Every version, by period and then in the order of their commits.
    pub versions: Vec<Version>,
    /// Every closing.
    pub closings: Vec<Closing>,
    /// The UTC day.
    pub today: Day,
    /// What is odd beside what each version tells.
    pub findings: Vec<Finding>,
}

/// Which versions get a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// The newest of each period.
    Newest,
    /// All of them.
    Every,
}

/// Composes the report of `status`.
pub fn compose(holdings: &Holdings, rows: Rows) -> Report {
    let newest = newest(&holdings.versions);
    let is_newest = |version: &&Version| newest.values().any(|id| *id == version.id);
    let told: Vec<&Version> =
        holdings.versions.iter().filter(|v| rows == Rows::Every || is_newest(v)).collect();
    let mut table = Table {
        columns: columns(),
        rows: told.iter().map(|version| row(holdings, &newest, version)).collect(),
        ..Table::default()
    };
    if told.len() > 1 {
        table.totals.push(total(&told));
    }
    let months = newest.keys().copied().collect();
    let mut report = about("Status of the store", &holdings.folder, months, Vec::new());
    report.findings = oddities(told.iter().copied());
    report.findings.extend(holdings.findings.iter().cloned());
    report.findings.extend(dropped(&told));
    report.sections.push(section(None, table));
    report
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("state", "State", ColumnKind::Text).seen(Place::Data),
        Column::new("state_shown", "State", ColumnKind::Text).seen(Place::Screen),
        Column::new("closed_at", "Closed", ColumnKind::Date).seen(Place::Data),
        Column::new("version", "Version", ColumnKind::Count),
        Column::new("versions", "Versions", ColumnKind::Count).giving_way(1),
    ];
    columns.extend(size_columns());
    columns.extend([
        Column::new("first_day", "First day", ColumnKind::Day).seen(Place::Data),
        Column::new("last_day", "Last day", ColumnKind::Day).seen(Place::Data),
        Column::new("days", "Days", ColumnKind::Text).seen(Place::Screen),
        Column::new("schema", "Schema", ColumnKind::Text).giving_way(3),
        Column::new("resource_ids", "Ids", ColumnKind::Text).seen(Place::DataAndWide),
        Column::new("source", "Read from", ColumnKind::Text).giving_way(0),
        Column::new("manifest", "Manifest", ColumnKind::Text).seen(Place::DataAndWide),
        Column::new("execution", "Execution", ColumnKind::Text).seen(Place::DataAndWide),
        Column::new("ingested_at", "Ingested", ColumnKind::Date).seen(Place::DataAndWide),
        Column::new("tool", "By", ColumnKind::Text).seen(Place::DataAndWide),
    ]);
    columns
}

fn row(holdings: &Holdings, newest: &Pins, version: &Version) -> Row {
    let facts = &version.facts;
    let closed = holdings.closings.iter().find(|closing| closing.period == facts.period);
    let state = match closed {
        Some(_) => "closed",
        None if facts.is_open(holdings.today) => "open",
        None => "settled",
    };
    let shown = state_shown(state, closed, newest, version);
    let of_period = holdings.versions.iter().filter(|other| other.facts.period == facts.period);
    let schemas: BTreeSet<&str> = facts.files.iter().map(|file| file.schema.as_str()).collect();
    let schemas: Vec<&str> = schemas.into_iter().collect();
    let mut cells = vec![
        month(facts.period),
        Cell::text(state),
        Cell::text(shown),
        word(closed.map(|closing| closing.at.0.as_str())),
        number(version.id),
        count(of_period.count()),
    ];
    cells.extend(sizes(&[version]));
    cells.extend([
        word(facts.days.as_ref().map(|(first, _)| first.as_str())),
        word(facts.days.as_ref().map(|(_, last)| last.as_str())),
        days_shown(facts.days.as_ref()),
        Cell::text(schemas.join(", ")),
        Cell::text(facts.keep.name()),
        Cell::text(facts.origin.source.clone()),
        word(facts.origin.manifest.as_deref()),
        word(facts.origin.execution.as_deref()),
        Cell::text(facts.at.0.clone()),
        Cell::text(facts.tool.clone()),
    ]);
    data(cells)
}

/// The state in words: when it was closed, and with which version when that is not the newest.
fn state_shown(state: &str, closed: Option<&Closing>, newest: &Pins, version: &Version) -> String {
    let Some(closing) = closed else {
        let is_newest = newest.get(&version.facts.period) == Some(&version.id);
        return if is_newest { state.to_owned() } else { "superseded".to_owned() };
    };
    let day = closing.at.day();
    match closing.pins.get(&closing.period) {
        Some(pinned) if *pinned != version.id => format!("{state} {day} as version {}", pinned.0),
        _ => format!("{state} {day}"),
    }
}

/// Days within the month, because the month stands beside them: `1 to 17`.
fn days_shown(days: Option<&(String, String)>) -> Cell {
    let Some((first, last)) = days else { return Cell::Nothing };
    let day = |text: &str| text.rsplit('-').next().unwrap_or(text).trim_start_matches('0').into();
    let [first, last]: [String; 2] = [day(first), day(last)];
    Cell::text(if first == last { first } else { format!("{first} to {last}") })
}

fn total(told: &[&Version]) -> Row {
    let columns = columns();
    let mut cells = vec![Cell::Blank; columns.len()];
    cells[0] = Cell::Label("total".into());
    let first = columns.iter().position(|column| column.key == "source_rows");
    if let Some(slots) = first.and_then(|first| cells.get_mut(first..)) {
        for (slot, cell) in slots.iter_mut().zip(sizes(told)) {
            *slot = cell;
        }
    }
    Row { kind: RowKind::Total, currency: None, cells }
}

/// Months whose charges beyond SageMaker can no longer be told apart by resource.
fn dropped(told: &[&Version]) -> Option<Finding> {
    let months: BTreeSet<String> = told
        .iter()
        .filter(|version| version.facts.keep.drops())
        .map(|version| version.facts.period.to_string())
        .collect();
    if months.is_empty() {
        return None;
    }
    let months: Vec<String> = months.into_iter().collect();
    let which = match months.as_slice() {
        [only] => only.clone(),
        [first, .., last] => format!("{} months from {first} to {last}", months.len()),
        [] => return None,
    };
    let message = format!(
        "{which}: resource ids of services beyond SageMaker are not kept; \
         `curtail ingest --keep all` keeps them"
    );
    Some(Finding::new("resource-dropped", message))
}
