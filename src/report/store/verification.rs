//! Verification: what was checked of a store, and everything that is wrong with it.
//!
//! In:    [`Examination`].
//! Out:   a [`Report`]: a row per version, and a row per problem when there are any.
//! Never: decides what is wrong; `store` does.

use std::path::PathBuf;

use super::{about, count, data, leftovers, month, number, section, word};
use crate::diagnostic::Finding;
use crate::model::period::BillingPeriod;
use crate::model::phrase::phrase;
use crate::model::stored::VersionId;
use crate::report::Report;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};

/// What a look at every byte of a store found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examination {
    /// Where the store is.
    pub folder: PathBuf,
    /// Every version, by period.
    pub versions: Vec<Examined>,
    /// Closed periods whose kept rules and totals were looked at.
    pub closings: usize,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// Files of a writer that was stopped: paths below the store.
    pub leftovers: Vec<String>,
}

/// One version that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Its period.
    pub period: BillingPeriod,
    /// Its number.
    pub version: VersionId,
    /// Its segments.
    pub segments: usize,
    /// Charges in them.
    pub charges: u64,
    /// Source rows behind them.
    pub source_rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable kebab-case name, such as `segment-bytes`.
    pub code: &'static str,
    /// The period that it is about, if it is about one.
    pub period: Option<BillingPeriod>,
    /// The version that it is about, if it is about one.
    pub version: Option<VersionId>,
    /// The file, as a path below the store's folder.
    pub file: String,
    /// What was written.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// What to do.
    pub advice: String,
}

/// What is said of files that are no problem.
const LEFT: &str = "harmless, and the next one that writes removes it";

/// Composes the report of `verify`.
pub fn compose(examination: &Examination) -> Report {
    let months = examination.versions.iter().map(|version| version.period).collect();
    let mut sections = vec![section(None, checked(examination))];
    if !examination.problems.is_empty() {
        let heading = match examination.problems.len() {
            1 => "1 problem".into(),
            several => phrase!("{} problems", several),
        };
        sections.push(section(Some(heading), problems(&examination.problems)));
    }
    let title =
        if examination.problems.is_empty() { "The store is sound" } else { "The store is damaged" };
    let mut report = about(title, &examination.folder, months, sections);
    report.findings = examination.problems.iter().map(in_words).collect();
    report.findings.extend(leftovers(&examination.leftovers, LEFT));
    report
}

/// The whole of a problem; in a table most of it would be cut.
fn in_words(problem: &Problem) -> Finding {
    let Problem { code, period, version, file, expected, found, advice } = problem;
    let whose = match (period, version) {
        (Some(period), Some(version)) => format!(" of {period}, version {}", version.0),
        (Some(period), None) => format!(" of {period}"),
        (None, _) => String::new(),
    };
    let message = format!("`{file}`{whose}: expected {expected}, found {found}; {advice}");
    Finding::new(*code, message)
}

fn checked(examination: &Examination) -> Table {
    let columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("version", "Version", ColumnKind::Count),
        Column::new("segments", "Segments", ColumnKind::Count),
        Column::new("charges", "Charges", ColumnKind::Count),
        Column::new("source_rows", "Source rows", ColumnKind::Count),
        Column::new("stored_bytes", "Bytes", ColumnKind::Bytes),
        Column::new("problems", "Problems", ColumnKind::Count),
    ];
    let versions = &examination.versions;
    let row = |examined: &Examined| {
        let concerns = |problem: &&Problem| problem.version == Some(examined.version);
        let problems = examination.problems.iter().filter(concerns).count();
        let mut cells = vec![month(examined.period), number(examined.version)];
        cells.extend(figures(std::slice::from_ref(examined), problems));
        data(cells)
    };
    let rows: Vec<Row> = versions.iter().map(row).collect();
    let mut cells = vec![Cell::Label("total".into()), Cell::Blank];
    cells.extend(figures(versions, examination.problems.len()));
    let totals = vec![Row { kind: RowKind::Total, currency: None, cells }];
    Table { columns, rows, totals, folded: None }
}

fn figures(versions: &[Examined], problems: usize) -> Vec<Cell> {
    let sum = |of: fn(&Examined) -> u64| versions.iter().map(of).sum::<u64>();
    vec![
        count(versions.iter().map(|examined| examined.segments).sum()),
        Cell::Count(sum(|examined| examined.charges)),
        Cell::Count(sum(|examined| examined.source_rows)),
        Cell::Bytes(sum(|examined| examined.bytes)),
        count(problems),
    ]
}

/// The last part of a path.
fn name_of(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn problems(problems: &[Problem]) -> Table {
    let columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("version", "Version", ColumnKind::Count),
        Column::new("file", "File", ColumnKind::Text),
        Column::new("problem", "Problem", ColumnKind::Text),
        Column::new("expected", "Expected", ColumnKind::Text).seen(Place::Data),
        Column::new("found", "Found", ColumnKind::Text).seen(Place::Data),
        Column::new("advice", "What to do", ColumnKind::Text).seen(Place::Data),
    ];
    let row = |problem: &Problem| {
        data(vec![
            word(problem.period.map(|period| period.to_string()).as_deref()),
            problem.version.map_or(Cell::Nothing, number),
            Cell::Text {
                full: problem.file.as_str().into(),
                short: name_of(&problem.file).to_owned().into(),
            },
            Cell::text(problem.code),
            Cell::text(problem.expected.clone()),
            Cell::text(problem.found.clone()),
            Cell::text(problem.advice.clone()),
        ])
    };
    Table { columns, rows: problems.iter().map(row).collect(), ..Table::default() }
}
