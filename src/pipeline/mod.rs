//! Pipeline: the rooms in their order, and nothing else.
//!
//! In:    a source, a question and how to read.
//! Out:   [`Report`]s, or the error of the room that could not go on.
//! Never: prints, exits, reads the environment, or does a room's work.

mod budgets;
mod change;
mod check;
mod cluster;
mod close;
mod compare;
mod dialect;
mod diff;
mod explain;
mod focus;
mod anomaly;
mod guardrails;
mod idle;
mod ingest;
mod inspect;
mod kept;
mod maps;
mod query;
mod reading;
mod stored;
mod statement;
mod shared;
mod tables;
mod outlook;
mod upkeep;

pub use budgets::NobodyBehind;
pub use change::change;
pub use check::{check, check_rules, rule_change};
pub use close::{Close, CloseError, Objection, close};
pub use cluster::{Cluster, ClusterError, Engine, Found as EngineFound, files_of};
pub use dialect::{Documented, Spoken, Unspoken, documented, like, statement as dialect_statement};
pub use diff::{Diff, DiffError, diff};
pub use guardrails::policy_statement;
pub use idle::NoHours;
pub use ingest::{
    BilledTwice, IngestError, IngestSettings, Progress, Unreadable, ingest, ingest_table,
};
pub use kept::KeptError;
pub use maps::maps;
pub use outlook::provisional;
pub use query::{Answer as QueryAnswer, Asked, Sql, answer, answer_plan, query, report};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::aggregate::{self, Answered, Sum};
use crate::allocate;
use crate::attribute::{self, Untold};
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::answer::{Answer, Books, Provenance};
use crate::model::charges::{AllocatedCharges, AttributedCharges};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::question::{Question, Wanted};
use crate::model::stored::Pins;
use crate::model::tenancy::{Needs, Tenancy};
use crate::model::watch::{Moment, Watch};
use crate::normalise::{Control, Oddities};
use crate::origin::Origin;
use crate::reconcile::{self, ExcludedTotal, SourceTotal};
use crate::report::Report;
use crate::report::spend::{self, Found, Settings};
use crate::rules;
use crate::store::Home;

pub use explain::{SubjectAbsent, explain};
pub use focus::focus;
use reading::{Delivered, FileShape, Reading};
pub use statement::{NoMonth, statements};
pub use upkeep::{Looked, Soundness, garbage, gc, ingested, status, verify};

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
    /// What is read.
    pub bill: Bill,
    /// Worker threads.
    pub threads: usize,
    /// The rule file; `None` takes `tenants.toml` beside the data, if there is one.
    pub tenants: Option<PathBuf>,
    /// Where the files of an export are.
    pub origin: Origin,
    /// Who is told how far a question has got.
    pub watch: Watch,
}

/// What a bill is read from.
#[derive(Debug, Clone)]
pub enum Bill {
    /// A file, a folder, or a copy of an export's bucket.
    Export(PathBuf),
    /// What was ingested before.
    Store {
        /// Where it is.
        home: Home,
        /// Versions that are meant instead of the newest ones.
        versions: Pins,
    },
    /// An export that another engine rolls up.
    Cluster(Cluster),
}

impl Source {
    /// One on a disk, that nobody watches.
    pub fn of(bill: Bill, threads: usize, tenants: Option<PathBuf>) -> Self {
        Self { bill, threads, tenants, origin: Origin::Disk, watch: Watch::default() }
    }

    /// The rules of today.
    fn rules(&self) -> Result<Tenancy, PipelineError> {
        Ok(rules::read(self.tenants.as_deref(), self.bill.place())?)
    }
}

impl Bill {
    /// Where rules and maps lie that nobody named: beside the data.
    fn place(&self) -> &Path {
        match self {
            Self::Export(path) => path,
            Self::Store { home, .. } => &home.folder,
            // Nothing lies beside a table.
            Self::Cluster(_) => Path::new(""),
        }
    }
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
    let largest = settings.limit.filter(|_| settings.rest == Wanted::No);
    Ok(spend::compose(found_of(source, question, largest)?, settings)?)
}

/// The bytes that a question about an export unpacks, read and unpacked and not looked at: what no
/// engine can be faster than. `None` for charges of the store.
///
/// # Errors
/// As [`spend`].
pub fn floor(source: &Source, question: &Question) -> Result<Option<usize>, PipelineError> {
    let Bill::Export(path) = &source.bill else { return Ok(None) };
    let needs = needs(&source.rules()?, question, &[]);
    reading::unpacked(source, path, &question.months, &needs).map(Some)
}

/// Everything that one question finds in a source.
///
/// # Errors
/// As [`spend`].
pub fn found(source: &Source, question: &Question) -> Result<Found, PipelineError> {
    found_of(source, question, None)
}

fn found_of(
    source: &Source,
    question: &Question,
    largest: Option<usize>,
) -> Result<Found, PipelineError> {
    let pass = Pass::over(source, question)?;
    let watch = &source.watch;
    let answered = match largest {
        Some(limit) => aggregate::largest(&pass.charges, question, limit)?,
        None => aggregate::answer(&pass.charges, question)?,
    };
    watch.tell(Moment::Answered);
    let books = pass.books(&answered)?;
    let provenance = pass.provenance(&answered, question)?;
    let findings = pass.findings(&answered);
    Ok(Found { answer: answered.answer, books, provenance, findings })
}

/// One pass over a source, up to attributed charges.
struct Pass {
    delivered: Vec<Delivered>,
    /// What was odd about the delivery, and what lines would have needed.
    findings: Vec<Finding>,
    /// Whether resource ids of other services were left out when it was stored.
    is_dropped: bool,
    control: BTreeMap<String, Control>,
    /// Where unblended stands among the sums of a control.
    unblended_at: usize,
    oddities: Oddities,
    tenancy: Tenancy,
    attributed: AttributedCharges,
    untold: Vec<Untold>,
    charges: AllocatedCharges,
}

impl Pass {
    fn over(source: &Source, question: &Question) -> Result<Self, PipelineError> {
        Self::under(source, source.rules()?, question)
    }

    /// The same, under rules that are read already.
    fn under(
        source: &Source,
        tenancy: Tenancy,
        question: &Question,
    ) -> Result<Self, PipelineError> {
        Self::with(source, tenancy, question, &[])
    }

    /// The same, with more metrics than that of the question.
    fn with(
        source: &Source,
        tenancy: Tenancy,
        question: &Question,
        metrics: &[CostMetric],
    ) -> Result<Self, PipelineError> {
        let needs = needs(&tenancy, question, metrics);
        source.watch.tell(Moment::Rules);
        let reading = Reading::of(source, &question.months, &needs)?;
        let pass = Self::of(reading, tenancy, question, &needs)?;
        source.watch.tell(Moment::Attributed);
        Ok(pass)
    }

    /// The same, over what was read already, and no finer than the question needs.
    fn of(
        reading: Reading,
        tenancy: Tenancy,
        question: &Question,
        needs: &Needs,
    ) -> Result<Self, PipelineError> {
        let Reading { delivered, mut findings, missing, charges, control, oddities, .. } = reading;
        let is_dropped = reading.is_dropped;
        let files = delivered.iter().map(|period| period.files.len()).sum();
        findings.extend(inspect::lacking(&missing, files));
        // Rules that look at resources may have missed some; questions see for themselves.
        let is_asked = question.all_dimensions().any(|of| *of == Dimension::Resource);
        if is_dropped && !is_asked && needs.dimensions.contains(&Dimension::Resource) {
            findings.push(inspect::dropped());
        }
        let attributed = attribute::attribute(charges, &tenancy, question)?;
        let charges = allocate::allocate(attributed.charges.clone(), &tenancy, question)?;
        Ok(Self {
            delivered,
            findings,
            is_dropped,
            control,
            unblended_at: needs.unblended_at(),
            oddities,
            tenancy,
            attributed: attributed.charges,
            untold: attributed.untold,
            charges,
        })
    }

    /// The files that AWS delivered.
    fn files(&self) -> impl Iterator<Item = &FileShape> {
        self.delivered.iter().flat_map(|period| &period.files)
    }

    fn books(&self, answered: &Answered) -> Result<Books, PipelineError> {
        let promised = self.files().map(|file| file.rows).sum();
        let total = |(currency, found): (&String, &Control)| {
            (Currency(currency.as_str().into()), source_total(found, self.unblended_at))
        };
        let source = self.control.iter().map(total).collect();
        let excluded = answered.excluded.iter().map(excluded_total).collect();
        let given = &self.charges.given;
        Ok(reconcile::reconcile(promised, &source, &answered.answer, given, &excluded)?)
    }

    fn provenance(
        &self,
        answered: &Answered,
        question: &Question,
    ) -> Result<Provenance, MonthAbsent> {
        let of_folders = self.delivered.iter().filter_map(|period| period.period);
        let mut periods: BTreeSet<String> = of_folders.map(|period| period.to_string()).collect();
        periods.extend(answered.months.iter().cloned());
        for asked in &question.months {
            if !periods.contains(&asked.to_string()) {
                return Err(MonthAbsent { asked: *asked, present: periods.into_iter().collect() });
            }
        }
        let is_asked = |period: &String| {
            question.months.is_empty() || question.months.iter().any(|m| m.to_string() == *period)
        };
        Ok(Provenance {
            periods: periods.into_iter().filter(is_asked).collect(),
            days: None,
            files: self.files().count() as u64,
            filters: question.filters.iter().map(ToString::to_string).collect(),
        })
    }

    /// Told when an answer shows charges whose resource was not stored.
    fn dropped(&self, answer: &Answer) -> Option<Finding> {
        let is_shown = answer.untold.contains(&Dimension::Resource);
        (self.is_dropped && is_shown).then(inspect::dropped)
    }

    fn findings(&self, answered: &Answered) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        findings.extend(self.dropped(&answered.answer));
        findings.extend(inspect::odd(&self.oddities, answered));
        findings.extend(inspect::kept_pools(&self.charges.trail));
        findings.extend(self.untold.iter().map(inspect::untold));
        findings.sort();
        findings
    }
}

/// What a question needs, with more metrics than its own.
fn needs(tenancy: &Tenancy, question: &Question, metrics: &[CostMetric]) -> Needs {
    let mut needs = tenancy.needs(question);
    for metric in metrics {
        if !needs.metrics.contains(metric) {
            needs.metrics.push(*metric);
        }
    }
    needs
}

/// The metric of the question is the first of a grain.
fn source_total(control: &Control, unblended_at: usize) -> SourceTotal {
    let at = |sum: Option<&i128>| Money(sum.copied().unwrap_or_default());
    SourceTotal {
        rows: control.rows,
        cost: at(control.sums.first()),
        unblended: at(control.sums.get(unblended_at)),
    }
}

fn excluded_total(sum: &Sum) -> (Currency, ExcludedTotal) {
    (sum.currency.clone(), ExcludedTotal { rows: sum.line_items, cost: sum.cost })
}
