//! Ask: a question in one line, and its answer as a table of text.
//!
//! In:    `--by` words and what a user would add to them.
//! Out:   [`Found`], and lines such as `d-1 | zoë | 1.5`.
//! Never: goes through the binary; the library's own pipeline answers.

use std::fmt::Write as _;
use std::path::Path;

use curtail::model::answer::{AnswerRow, Standing};
use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::period::BillingPeriod;
use curtail::model::question::{Filter, Question, Wanted};
use curtail::pipeline::{self, Bill, PipelineError, Source};
use curtail::report::spend::Found;

use super::export::Export;

/// A question; amortized, of all months, without hours unless told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    question: Question,
    threads: usize,
    /// Files that lie beside the export: name, text.
    beside: Vec<(String, String)>,
}

/// Asks for these dimensions, separated by commas; `""` asks for the total.
pub(crate) fn by(words: &str) -> Ask {
    let word = |word: &str| Dimension::parse(word).unwrap_or_else(|| panic!("no `{word}`"));
    let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
    let question = Question {
        dimensions: words.map(word).collect(),
        metric: CostMetric::Amortized,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::No,
    };
    Ask { question, threads: 2, beside: Vec::new() }
}

impl Ask {
    pub(crate) fn question(&self) -> &Question {
        &self.question
    }

    pub(crate) fn metric(mut self, word: &str) -> Self {
        self.question.metric = CostMetric::parse(word).unwrap();
        self
    }

    /// `user=zoë`; `user=` asks for charges without a user.
    pub(crate) fn only(mut self, filter: &str) -> Self {
        let (word, value) = filter.split_once('=').unwrap();
        let value = (!value.is_empty()).then(|| value.to_owned());
        self.question.filters.push(Filter { dimension: Dimension::parse(word).unwrap(), value });
        self
    }

    pub(crate) fn month(mut self, month: &str) -> Self {
        self.question.months.push(BillingPeriod::parse(month).unwrap());
        self
    }

    pub(crate) fn hours(mut self) -> Self {
        self.question.hours = Wanted::Yes;
        self
    }

    pub(crate) fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// A rule file, a map or a driver that lies beside the export.
    pub(crate) fn beside(mut self, name: &str, text: &str) -> Self {
        self.beside.push((name.to_owned(), text.to_owned()));
        self
    }

    /// What the pipeline says of a source.
    pub(crate) fn of(&self, source: &Path) -> Result<Found, PipelineError> {
        self.of_bill(Bill::Export(source.to_owned()))
    }

    /// What the pipeline says of a bill, wherever it comes from.
    pub(crate) fn of_bill(&self, bill: Bill) -> Result<Found, PipelineError> {
        let source = Source::of(bill, self.threads, None);
        pipeline::found(&source, &self.question)
    }

    /// What the pipeline finds in an export of one file.
    #[track_caller]
    pub(crate) fn find(&self, export: &Export) -> Found {
        self.try_find(export).unwrap_or_else(|error| panic!("{error}: {:?}", error.hints()))
    }

    /// The same, where an error is what the test wants.
    pub(crate) fn try_find(&self, export: &Export) -> Result<Found, PipelineError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.parquet");
        export.write(&path);
        for (name, text) in &self.beside {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        self.of(&path)
    }

    /// The lines of the answer are these; spaces do not matter.
    #[track_caller]
    pub(crate) fn check(&self, export: &Export, expected: &str) {
        assert_eq!(lines_of(&self.find(export)), aligned(expected));
    }

    /// The same for files that are there already.
    #[track_caller]
    pub(crate) fn check_source(&self, source: &Path, expected: &str) {
        let found = self.of(source).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lines_of(&found), aligned(expected));
    }
}

/// One line per row: names, cost, hours if asked; then who it is not and which currency not USD.
pub(crate) fn lines_of(found: &Found) -> String {
    let mut text = String::new();
    for row in &found.answer.rows {
        let mut cells: Vec<&str> = row.keys.iter().map(|key| short(key.as_deref())).collect();
        let (cost, hours) = (cost_of(row), row.usage_hours.map(|hours| format!("{hours} h")));
        cells.push(&cost);
        cells.extend(hours.as_deref());
        match row.standing {
            Standing::Attributed => {}
            Standing::Shared => cells.push("shared"),
            Standing::Unattributed => cells.push("unattributed"),
            Standing::OtherServices => cells.push("other services"),
        }
        writeln!(text, "{}", cells.join(" | ")).unwrap();
    }
    text
}

/// The names of the findings, sorted, without those that every file outside a delivery has.
pub(crate) fn oddities(found: &Found) -> Vec<String> {
    let usual = |code: &str| ["no-manifest", "missing-column"].contains(&code);
    let found = found.findings.iter().filter(|finding| !usual(&finding.code));
    found.map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
}

fn cost_of(row: &AnswerRow) -> String {
    let currency = row.currency.as_str();
    if currency == "USD" { row.cost.to_string() } else { format!("{} {currency}", row.cost) }
}

/// The last part of an ARN of ours; everything else as it is.
fn short(key: Option<&str>) -> &str {
    let Some(key) = key else { return "-" };
    let is_studio = key.starts_with("arn:") && key.contains(":sagemaker:");
    if is_studio { key.rsplit('/').next().unwrap_or(key) } else { key }
}

fn aligned(table: &str) -> String {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let cells = lines.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "));
    cells.map(|line| line + "\n").collect()
}
