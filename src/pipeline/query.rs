//! Query: statements over the charges of a run, one or a report of several.
//!
//! In:    a source, a statement or a plan, with its filters.
//! Out:   a [`Report`] of what it found, with the books of the charges that it read.
//! Never: lets a statement see a charge that the filters leave out.

use super::{Pass, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::Finding;
use crate::model::answer::{Books, Provenance};
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use crate::model::tenancy::Tenancy;
use crate::query::{self, Budget, Mentions, NamedQuery, Plan, PlannedSection, Statement, Tables};
use crate::report::query::{Found, Part, Settings, compose, compose_parts};
use crate::report::{Owners, Report};

/// A statement and what it is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The cost that `cost` means.
    pub metric: CostMetric,
    /// What a charge must be to be seen.
    pub filters: Vec<Filter>,
    /// The billing periods of `charges`; none means all, or the latest when a statement compares.
    pub months: Vec<BillingPeriod>,
}

/// What is asked.
pub enum Sql<'a> {
    /// A statement that somebody typed.
    Typed(&'a Statement),
    /// A query of a file.
    Named(&'a NamedQuery),
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
    let found = answered(source, &source.rules()?, sql, asked)?;
    let chart = settings.chart.or(found.chart);
    Ok(compose(Found { chart, ..found }, settings)?)
}

/// Composes a report of several queries; of the latest month when none is asked for.
///
/// # Errors
/// As [`query`].
pub fn report(source: &Source, plan: &Plan, asked: &Asked) -> Result<Report, PipelineError> {
    let mut asked = asked.clone();
    if asked.months.is_empty() {
        asked.months.extend(source.bill.months(None)?.last());
    }
    let tenancy = source.rules()?;
    let part = |section: &PlannedSection| -> Result<Part, PipelineError> {
        let found = answered(source, &tenancy, &Sql::Named(&section.query), &asked)?;
        Ok(Part {
            heading: section.heading.clone(),
            found: Found { chart: section.chart, ..found },
            columns: section.columns.clone(),
            limit: section.rows,
        })
    };
    let parts = plan.sections.iter().map(part).collect::<Result<_, _>>()?;
    Ok(compose_parts(plan.title.clone(), parts)?)
}

/// What a statement finds.
fn answered(
    source: &Source,
    tenancy: &Tenancy,
    sql: &Sql,
    asked: &Asked,
) -> Result<Found, PipelineError> {
    let statement = match sql {
        Sql::Typed(statement) => statement,
        Sql::Named(query) => &query.statement,
    };
    let mentions = statement.mentions();
    let months = months(source, asked, &mentions)?;
    let prior = before(source, &months, &mentions);
    let read = |months: Vec<BillingPeriod>| {
        Read::of(source, tenancy.clone(), &question(asked, &mentions, months), &mentions)
    };
    let (now, prior) = (read(months)?, prior.map(read).transpose()?);
    let nothing = now.charges.take(&[]);
    let tables = Tables {
        charges: &now.charges,
        prior: prior.as_ref().map_or(&nothing, |prior| &prior.charges),
        trail: &now.pass.charges.trail,
        budgets: &budgets(tenancy, &now.provenance),
    };
    let results = query::run(statement, &tables)?;
    let (title, adds_up, chart) = match sql {
        Sql::Typed(_) => (None, Vec::new(), None),
        Sql::Named(query) => {
            let adds_up = query.conserves.iter().chain(&query.adds_up).cloned().collect();
            (Some(query.question.clone()), adds_up, query.chart)
        }
    };
    Ok(Found {
        title,
        adds_up,
        chart,
        results,
        metric: asked.metric,
        owners: if now.asks_identity { Owners::Asked } else { Owners::NotAsked },
        books: now.books,
        provenance: now.provenance,
        findings: now.findings,
    })
}

fn question(asked: &Asked, mentions: &Mentions, months: Vec<BillingPeriod>) -> Question {
    let mut dimensions = mentions.dimensions.clone();
    // Moves of shared cost are made only for who asks about tenants.
    if mentions.moves && !dimensions.contains(&Dimension::Tenant) {
        dimensions.push(Dimension::Tenant);
    }
    Question {
        dimensions,
        metric: asked.metric,
        filters: asked.filters.clone(),
        months,
        hours: if mentions.hours { Wanted::Yes } else { Wanted::No },
    }
}

/// Charges of some months, and what is told about them.
struct Read {
    pass: Pass,
    asks_identity: bool,
    charges: Frame,
    books: Books,
    provenance: Provenance,
    findings: Vec<Finding>,
}

impl Read {
    fn of(
        source: &Source,
        tenancy: Tenancy,
        question: &Question,
        mentions: &Mentions,
    ) -> Result<Self, PipelineError> {
        let pass = Pass::with(source, tenancy, question, &mentions.metrics)?;
        // The books do not care for what tells charges apart.
        let plain = Question { dimensions: Vec::new(), ..question.clone() };
        let answered = aggregate::answer(&pass.charges, &plain)?;
        let charges = aggregate::charges(&pass.charges, question, &mentions.metrics)?;
        Ok(Self {
            books: pass.books(&answered)?,
            provenance: pass.provenance(&answered, question)?,
            findings: pass.findings(&answered),
            asks_identity: question.asks_identity(),
            charges,
            pass,
        })
    }
}

/// The months of `charges`.
fn months(
    source: &Source,
    asked: &Asked,
    mentions: &Mentions,
) -> Result<Vec<BillingPeriod>, PipelineError> {
    if !mentions.prior || !asked.months.is_empty() {
        return Ok(asked.months.clone());
    }
    // Whoever compares without saying what means the latest month.
    Ok(source.bill.months(None)?.last().copied().into_iter().collect())
}

/// The months of `prior_charges`, as far as they are there.
fn before(
    source: &Source,
    months: &[BillingPeriod],
    mentions: &Mentions,
) -> Option<Vec<BillingPeriod>> {
    if !mentions.prior {
        return None;
    }
    let mut before = months.to_vec();
    for _ in months {
        before = before.into_iter().map(BillingPeriod::before).collect();
    }
    before.retain(|month| source.bill.months(Some(*month)).is_ok());
    (!before.is_empty()).then_some(before)
}

/// What is written at the tenants holds in every month.
fn budgets(tenancy: &Tenancy, provenance: &Provenance) -> Vec<Budget> {
    let of_month = |month: &String| {
        let month = month.clone();
        tenancy.tenants.iter().filter_map(move |tenant| {
            let (tenant, amount) = (tenant.id.clone(), tenant.budget?);
            Some(Budget { tenant, billing_period: month.clone(), amount })
        })
    };
    provenance.periods.iter().flat_map(of_month).collect()
}
