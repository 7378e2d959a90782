//! Query: a statement over the charges of a run.
//!
//! In:    a source, a statement with its filters.
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
use crate::query::{self, Budget, Mentions, NamedQuery, Statement, Tables};
use crate::report::query::{Found, Settings, compose};
use crate::report::{Owners, Report};

/// A statement and what it is asked of.
#[derive(Debug, Clone)]
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
    let statement = match sql {
        Sql::Typed(statement) => statement,
        Sql::Named(query) => &query.statement,
    };
    let mentions = statement.mentions();
    let months = months(source, asked, &mentions)?;
    let tenancy = source.rules()?;
    let now =
        Read::of(source, tenancy.clone(), &question(asked, &mentions, months.clone()), &mentions)?;
    let prior = match before(source, &months, &mentions) {
        Some(months) => {
            let question = question(asked, &mentions, months);
            Some(Read::of(source, tenancy.clone(), &question, &mentions)?)
        }
        None => None,
    };
    let nothing = now.charges.take(&[]);
    let tables = Tables {
        charges: &now.charges,
        prior: prior.as_ref().map_or(&nothing, |prior| &prior.charges),
        trail: &now.pass.charges.trail,
        budgets: &budgets(&tenancy, &now.provenance),
    };
    let results = query::run(statement, &tables)?;
    let (title, conserves, chart) = match sql {
        Sql::Typed(_) => (None, Vec::new(), None),
        Sql::Named(query) => (Some(query.question.clone()), query.conserves.clone(), query.chart),
    };
    let found = Found {
        title,
        conserves,
        chart: settings.chart.or(chart),
        results,
        metric: asked.metric,
        owners: if now.asks_identity { Owners::Asked } else { Owners::NotAsked },
        books: now.books,
        provenance: now.provenance,
        findings: now.findings,
    };
    Ok(compose(found, settings)?)
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
