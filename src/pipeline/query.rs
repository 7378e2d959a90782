//! Query: statements over the charges of a run, one or a report of several.
//!
//! In:    a source, a statement or a plan, with its filters.
//! Out:   a [`Report`] of what it found, with the books of the charges that it read.
//! Never: lets a statement see a charge that the filters leave out, or reads a bill per section.

use std::path::PathBuf;

use super::tables::{Beside, Bills, Wants};
use super::{PipelineError, Source, idle, outlook};
use crate::model::budget::{Measure, Overrun};
use crate::model::idle::Watch;
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::model::period::{BillingPeriod, Day};
use crate::model::policy::Violation;
use crate::model::question::Filter;
use crate::query::{
    self, BUSY_HOURS, IDLE, NamedQuery, Plan, PlannedSection, Statement, VIOLATIONS,
};
use crate::report::query::{Found, Part, Settings, compose, compose_parts};
use crate::report::{Owners, Report};

/// A statement and what it is asked of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The cost that `cost` means.
    pub metric: CostMetric,
    /// What a charge must be to be seen.
    pub filters: Vec<Filter>,
    /// The billing periods of `charges`; none means all, or the latest when a statement compares.
    pub months: Vec<BillingPeriod>,
    /// What day it is, for what is final and what is to come; `None` goes by the data alone.
    pub today: Option<Day>,
    /// A file of budgets, which stand before those of the rule file.
    pub budgets: Option<PathBuf>,
    /// What is held against budgets, if anything is.
    pub held: Option<Measure>,
    /// A file of what may run.
    pub policy: Option<PathBuf>,
    /// Whether what breaks it is looked for though no statement reads it.
    pub stops: bool,
    /// How what is idle is told, where somebody says; then a report tells it that otherwise would
    /// only where a store keeps hours.
    pub watch: Option<Watch>,
    /// What something unusual must cost above what is expected, where somebody says.
    pub least_excess: Option<Money>,
}

/// What is asked.
pub enum Sql<'a> {
    /// A statement that somebody typed.
    Typed(&'a Statement),
    /// A query of a file.
    Named(&'a NamedQuery),
}

impl Sql<'_> {
    fn statement(&self) -> &Statement {
        match self {
            Sql::Typed(statement) => statement,
            Sql::Named(query) => &query.statement,
        }
    }
}

/// A report, and who is above a budget when that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// What was found.
    pub report: Report,
    /// Sorted by month, then as budgets are written.
    pub overruns: Vec<Overrun>,
    /// What breaks the policy, when it was looked for.
    pub violations: Vec<Violation>,
}

/// Answers a statement.
///
/// # Errors
/// The first room's that could not go on.
pub fn query(
    source: &Source,
    sql: &Sql,
    asked: &Asked,
    settings: Settings,
) -> Result<Report, PipelineError> {
    Ok(answer(source, sql, asked, settings)?.report)
}

/// Composes a report of several queries; of the latest month when none is asked for.
///
/// # Errors
/// As [`query`].
pub fn report(source: &Source, plan: &Plan, asked: &Asked) -> Result<Report, PipelineError> {
    Ok(answer_plan(source, plan, asked)?.report)
}

/// As [`query`], and who is above a budget.
///
/// # Errors
/// As [`query`].
pub fn answer(
    source: &Source,
    sql: &Sql,
    asked: &Asked,
    settings: Settings,
) -> Result<Answer, PipelineError> {
    let bills = Bills::read(source, asked, &[sql.statement().mentions()])?;
    let mut found = found(&bills, sql, &bills.wants[0])?;
    found.chart = settings.chart.or(found.chart);
    found.findings.extend(bills.wants[0].doubt(&bills.beside));
    let report = dated(source, &bills, compose(found, settings)?, asked)?;
    let overruns = bills.beside.overruns(asked.held);
    Ok(Answer { report, overruns, violations: bills.beside.violations })
}

/// As [`report`], and who is above a budget.
///
/// # Errors
/// As [`query`].
pub fn answer_plan(source: &Source, plan: &Plan, asked: &Asked) -> Result<Answer, PipelineError> {
    let mut asked = asked.clone();
    if asked.months.is_empty() && !plan.spans_all {
        asked.months.extend(source.months(None)?.last());
    }
    let plan = &shown(source, plan, &asked)?;
    let mentions = plan.sections.iter().map(|of| of.query.statement.mentions());
    let bills = Bills::read(source, &asked, &mentions.collect::<Vec<_>>())?;
    if let Some(none) =
        bills.beside.no_hours.clone().filter(|_| plan.sections.iter().all(tells_idle))
    {
        return Err(none.into());
    }
    let part = |(section, wants): (&PlannedSection, &Wants)| -> Result<Part, PipelineError> {
        let mut found = found(&bills, &Sql::Named(&section.query), wants)?;
        if wants.is_idle() {
            // Everything would look like a change.
            found.results.iter_mut().for_each(|of| of.found = of.found.without_rows());
        }
        Ok(Part {
            heading: section.heading.clone(),
            found: Found { chart: section.chart, ..found },
            columns: section.columns.clone(),
            limit: section.rows,
            note: wants.doubt(&bills.beside).map(|finding| finding.message),
        })
    };
    let parts = plan.sections.iter().zip(&bills.wants).map(part).collect::<Result<_, _>>()?;
    let overruns = bills.beside.overruns(asked.held);
    let report = dated(source, &bills, compose_parts(plan.title.clone(), parts)?, &asked)?;
    Ok(Answer { report, overruns, violations: bills.beside.violations })
}

/// The plan without what needs a policy when there is none, or hours that nobody asked for and
/// that are not at hand, unless nothing would be left.
fn shown(source: &Source, plan: &Plan, asked: &Asked) -> Result<Plan, PipelineError> {
    let needs = |section: &PlannedSection| section.query.reads.iter().any(|of| of == VIOLATIONS);
    let mut shown = plan.clone();
    if asked.policy.is_none() && !plan.sections.iter().all(needs) {
        shown.sections.retain(|section| !needs(section));
    }
    let is_partly_idle = shown.sections.iter().any(tells_idle);
    if is_partly_idle
        && !shown.sections.iter().all(tells_idle)
        && asked.watch.is_none()
        && !idle::are_kept(source, &asked.months)?
    {
        shown.sections.retain(|section| !tells_idle(section));
    }
    Ok(shown)
}

/// Whether a section is about what is idle.
fn tells_idle(section: &PlannedSection) -> bool {
    section.query.reads.iter().any(|of| of == IDLE || of == BUSY_HOURS)
}

/// How final a report is.
fn dated(
    source: &Source,
    bills: &Bills,
    mut report: Report,
    asked: &Asked,
) -> Result<Report, PipelineError> {
    report.caption.days = report.caption.days.or(bills.beside.days.clone());
    match asked.today {
        Some(today) => outlook::provisional(source, report, today),
        None => Ok(report),
    }
}

/// What a statement finds.
fn found(bills: &Bills, sql: &Sql, wants: &Wants) -> Result<Found, PipelineError> {
    let Bills { now, prior, year_ago, tenancy, beside, .. } = bills;
    let read = now.answer(tenancy, wants, &wants.now)?;
    let charges = |shared: &Option<_>, question: &Option<_>| -> Result<_, PipelineError> {
        Ok(match (shared, question) {
            (Some(shared), Some(question)) => Bills::charges(shared, tenancy, wants, question)?,
            _ => read.charges.take(&[]),
        })
    };
    let (prior, year_ago) = (charges(prior, &wants.prior)?, charges(year_ago, &wants.year_ago)?);
    let Beside { budgets, forecasts, adjustments, violations, idleness, anomalies, .. } = beside;
    let tables = query::Tables {
        charges: &read.charges,
        prior: &prior,
        trail: &read.pass.charges.trail,
        budgets,
        year_ago: &year_ago,
        forecasts,
        adjustments,
        violations,
        idleness,
        anomalies,
    };
    let results = query::run(sql.statement(), &tables)?;
    let (title, adds_up, chart) = match sql {
        Sql::Typed(_) => (None, Vec::new(), None),
        Sql::Named(query) => {
            let adds_up = query.conserves.iter().chain(&query.adds_up).cloned().collect();
            (Some(query.question.clone()), adds_up, query.chart)
        }
    };
    let mut findings = read.findings;
    findings.extend(beside.findings.iter().cloned());
    Ok(Found {
        title,
        adds_up,
        chart,
        results,
        metric: wants.now.metric,
        owners: if wants.now.asks_identity() { Owners::Asked } else { Owners::NotAsked },
        books: read.books,
        provenance: read.provenance,
        findings,
    })
}
