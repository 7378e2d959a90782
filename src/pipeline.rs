//! Pipeline: the rooms in their order, and nothing else.
//!
//! In:    a source, a question and how to read.
//! Out:   [`Report`]s, or the error of the room that could not go on.
//! Never: prints, exits, reads the environment, or does a room's work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::aggregate::{self, Answered, Sum};
use crate::attribute;
use crate::delivery;
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::answer::{Books, Provenance};
use crate::model::delivery::Delivery;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::model::source_column::Need;
use crate::normalise::{self, Control, Grain, Oddities, Roller};
use crate::reconcile::{self, ExcludedTotal, SourceTotal};
use crate::report::Report;
use crate::report::spend::{self, Found, Settings};
use crate::scan::{self, Missing, Request, SourceFile};

/// Any room's error.
pub type PipelineError = Box<dyn Diagnose>;

impl<E: Diagnose + 'static> From<E> for PipelineError {
    fn from(error: E) -> Self {
        Box::new(error)
    }
}

/// Where a bill comes from and how it is read.
#[derive(Debug, Clone)]
pub struct Source {
    /// A file, a folder, or a copy of an export's bucket.
    pub path: PathBuf,
    /// Worker threads.
    pub threads: usize,
}

/// A month was asked for that no row belongs to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no row belongs to {asked}")]
pub struct MonthAbsent {
    /// The month.
    pub asked: BillingPeriod,
    /// The months there are.
    pub present: Vec<String>,
}

impl Diagnose for MonthAbsent {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "SRC-MONTH"
    }

    fn hints(&self) -> Vec<String> {
        vec![format!("there is {}", self.present.join(", "))]
    }
}

/// `spend`: who spent what.
///
/// # Errors
/// The first room's that could not go on; nothing partial is returned.
pub fn spend(
    source: &Source,
    question: &Question,
    settings: Settings,
) -> Result<Report, PipelineError> {
    Ok(spend::compose(found(source, question)?, settings)?)
}

/// Everything that one question finds in a source.
///
/// # Errors
/// As [`spend`].
pub fn found(source: &Source, question: &Question) -> Result<Found, PipelineError> {
    let months = (!question.months.is_empty()).then_some(question.months.as_slice());
    let delivery = delivery::find(&source.path, months)?;
    let grain = Grain::of(question, period_from_rows(&delivery, question));
    let files = open(&delivery, &grain)?;
    let request = Request {
        fields: grain.fields(),
        metrics: grain.metrics.clone(),
        threads: source.threads,
    };
    let scanned = scan::scan(&files, &request, || Roller::new(&grain))?;
    let rolled = normalise::finish(&grain, scanned.sinks)?;
    let charges = attribute::attribute(rolled.charges)?;
    let answered = aggregate::answer(&charges, question)?;
    let books = books(&files, &rolled.control, &answered)?;
    let provenance = provenance(&delivery, &files, &answered, question)?;
    let mut findings = delivery.findings.clone();
    findings.extend(missing(&scanned.missing, files.len()));
    findings.extend(odd(&rolled.oddities, &answered));
    findings.sort();
    Ok(Found { answer: answered.answer, books, provenance, findings })
}

/// Rows must tell their month when the question filters by it or no folder does.
fn period_from_rows(delivery: &Delivery, question: &Question) -> normalise::Months {
    let is_unknown = delivery.periods.iter().any(|period| period.period.is_none());
    if is_unknown || !question.months.is_empty() {
        normalise::Months::FromRows
    } else {
        normalise::Months::FromFolders
    }
}

fn open(delivery: &Delivery, grain: &Grain) -> Result<Vec<SourceFile>, PipelineError> {
    let fields = grain.fields();
    let mut files = Vec::new();
    for file in delivery.files() {
        files.push(SourceFile::open(&file.path, &fields)?);
    }
    Ok(files)
}

fn books(
    files: &[SourceFile],
    control: &BTreeMap<String, Control>,
    answered: &Answered,
) -> Result<Books, PipelineError> {
    let promised = files.iter().map(|file| file.rows).sum();
    let source = control
        .iter()
        .map(|(currency, found)| (Currency(currency.clone()), source_total(found)))
        .collect();
    let excluded = answered.excluded.iter().map(excluded_total).collect();
    Ok(reconcile::reconcile(promised, &source, &answered.answer, &excluded)?)
}

/// The metric of the question is the first of a grain, unblended the last.
fn source_total(control: &Control) -> SourceTotal {
    let at = |sum: Option<&i128>| Money(sum.copied().unwrap_or_default());
    SourceTotal {
        rows: control.rows,
        cost: at(control.sums.first()),
        unblended: at(control.sums.last()),
    }
}

fn excluded_total(sum: &Sum) -> (Currency, ExcludedTotal) {
    (sum.currency.clone(), ExcludedTotal { rows: sum.line_items, cost: sum.cost })
}

fn provenance(
    delivery: &Delivery,
    files: &[SourceFile],
    answered: &Answered,
    question: &Question,
) -> Result<Provenance, MonthAbsent> {
    let of_folders = delivery.periods.iter().filter_map(|period| period.period);
    let mut periods: BTreeSet<String> = of_folders.map(|period| period.to_string()).collect();
    periods.extend(answered.months.iter().cloned());
    for asked in &question.months {
        if !periods.contains(&asked.to_string()) {
            return Err(MonthAbsent { asked: *asked, present: periods.into_iter().collect() });
        }
    }
    if !question.months.is_empty() {
        periods.retain(|period| question.months.iter().any(|asked| asked.to_string() == *period));
    }
    Ok(Provenance {
        periods: periods.into_iter().collect(),
        days: None,
        files: files.len() as u64,
        filters: question.filters.iter().map(ToString::to_string).collect(),
    })
}

/// What the export lacks that lines of the question would have needed, and what that turns off.
fn missing(missing: &Missing, files: usize) -> Vec<Finding> {
    let of_columns = missing.columns.iter().filter_map(|(column, lacking)| {
        let Need::Optional(consequence) = column.need() else { return None };
        Some((format!("column `{}`", column.name()), *lacking, consequence))
    });
    let of_tags = missing
        .tags
        .iter()
        .map(|(tag, lacking)| (format!("tag `{tag}`"), *lacking, "it counts as never set"));
    of_columns
        .chain(of_tags)
        .map(|(what, lacking, consequence)| {
            let where_ = if lacking == files {
                "no file has".to_owned()
            } else {
                format!("{lacking} of {files} files lack")
            };
            Finding::new("missing-column", format!("{where_} the {what}: {consequence}"))
        })
        .collect()
}

fn odd(oddities: &Oddities, answered: &Answered) -> Vec<Finding> {
    let mut findings = Vec::new();
    if oddities.rows_without_cost > 0 {
        let message = format!(
            "{} rows have no `line_item_unblended_cost` and count as nothing",
            oddities.rows_without_cost
        );
        findings.push(Finding::new("no-cost", message));
    }
    for (tag, rows) in &oddities.tag_disagreements {
        let message = format!("{rows} rows hold two values of tag `{tag}` under two spellings");
        findings.push(Finding::new("tag-disagreement", message));
    }
    for (kind, rows) in &answered.unknown_types {
        let message = format!("{rows} rows of the unknown line item type `{kind}` count as usage");
        findings.push(Finding::new("unknown-line-type", message));
    }
    for sum in &answered.split_cost {
        let message = format!(
            "{} split cost rows ({} {}) restate the cost of EC2 lines and are left out",
            sum.line_items, sum.cost, sum.currency
        );
        findings.push(Finding::new("split-cost", message));
    }
    findings
}
