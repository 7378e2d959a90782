//! Statement: one pass over a month and the one before it, for every tenant at once.
//!
//! In:    a source, the month that was asked for, a metric.
//! Out:   a [`Ledger`], tied to the bill.
//! Never: reads the bill once per tenant, or months that nobody asked for.

use std::collections::BTreeSet;

use super::kept::Kept;
use super::{Bill, KeptError, MonthAbsent, Pass, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::model::period::{BillingPeriod, Day};
use crate::model::question::Question;
use crate::model::stored::is_unsettled;
use crate::model::tenancy::Tenancy;
use crate::report::statement::{self, Adjustment, Ledger, Month, Status};

/// The source has no row, and no folder that names a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing here belongs to any month")]
pub struct NoMonth;

impl Diagnose for NoMonth {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "SRC-NO-MONTH"
    }

    fn hints(&self) -> Vec<String> {
        vec!["give the folder of an export: its names tell months that have no rows".to_owned()]
    }
}

/// `statement`: every tenant's account of a month, the latest unless one is named.
///
/// From a store, a closed month is told as it was closed, in the metric of its closing unless
/// another one is named; an open one has what is to be adjusted of closed months.
///
/// # Errors
/// The first room's that could not go on; or when the statements are not the bill, or not what was
/// closed.
pub fn statements(
    source: &Source,
    month: Option<BillingPeriod>,
    metric: Option<CostMetric>,
    today: Day,
) -> Result<Ledger, PipelineError> {
    let usual = metric.unwrap_or(CostMetric::Amortized);
    let home = match &source.bill {
        Bill::Store { home, versions } if versions.is_empty() => home,
        _ => {
            let months = source.months(month)?;
            let meant = month.or(months.last().copied());
            let is_open = meant.is_some_and(|month| is_unsettled(month, today));
            let beside = Beside { status: is_open.then_some(Status::Open), ..Beside::default() };
            return ledger(source, source.rules()?, &months, month, usual, beside);
        }
    };
    let kept = Kept::open(home)?;
    let month = kept.month(month)?;
    let Some(closing) = kept.timeline.closing(month) else {
        return kept.open_month(month, source.rules()?, usual, today, source.threads);
    };
    if source.tenants.is_some() {
        let (period, at) = (month, closing.at.clone());
        return Err(KeptError::RulesOfClosed { period, at }.into());
    }
    kept.closed_month(closing, metric.unwrap_or(closing.metric), source.threads)
}

/// What statements say beside the bill.
#[derive(Default)]
pub(super) struct Beside {
    /// What is adjusted of closed months.
    pub(super) adjustments: Vec<Adjustment>,
    /// How final the month is.
    pub(super) status: Option<Status>,
    /// What must be said about both.
    pub(super) findings: Vec<Finding>,
}

/// The ledger of a month, or of the latest of some months, which are it and the one before.
pub(super) fn ledger(
    source: &Source,
    tenancy: Tenancy,
    months: &[BillingPeriod],
    month: Option<BillingPeriod>,
    metric: CostMetric,
    beside: Beside,
) -> Result<Ledger, PipelineError> {
    let whole = Question::of(statement::dimensions(), metric, months);
    let pass = Pass::under(source, tenancy, &whole)?;
    let answered = aggregate::answer(&pass.charges, &whole)?;
    pass.books(&answered)?;
    let [before, month] = pass.settle(&answered.months, &whole.months, month)?;
    let alone = Question::of(Vec::new(), metric, &[month]);
    let of_month = aggregate::answer(&pass.charges, &alone)?;
    let mut findings = pass.findings(&of_month);
    findings.extend(budget_finding(&pass, of_month.answer.rows.iter().map(|row| &row.currency)));
    findings.extend(beside.findings);
    let found = Month {
        month,
        before: answered.months.contains(&before.to_string()).then_some(before),
        answer: answered.answer,
        books: pass.books(&of_month)?,
        whole: of_month.answer,
        split_cost: of_month.split_cost.into_iter().map(|sum| (sum.currency, sum.cost)).collect(),
        trail: pass.charges.trail,
        tenancy: pass.tenancy,
        adjustments: beside.adjustments,
        status: beside.status,
        findings,
    };
    Ok(Ledger::keep(found)?)
}

impl Pass {
    /// The month of the statements and the one before, once the rows have told their months.
    pub(super) fn settle(
        &self,
        told: &[String],
        read: &[BillingPeriod],
        asked: Option<BillingPeriod>,
    ) -> Result<[BillingPeriod; 2], PipelineError> {
        let folders = self.delivered.iter().filter_map(|period| period.period);
        let rows = told.iter().filter_map(|month| BillingPeriod::parse(month));
        let is_wanted = |month: &BillingPeriod| read.is_empty() || read.contains(month);
        let present: BTreeSet<BillingPeriod> = folders.chain(rows).filter(is_wanted).collect();
        let month = asked.or_else(|| present.last().copied()).ok_or(NoMonth)?;
        if !present.contains(&month) {
            let present = present.iter().map(ToString::to_string).collect();
            return Err(MonthAbsent { asked: month, present }.into());
        }
        Ok([month.before(), month])
    }
}

/// A budget has no currency, so it cannot be held against a bill in several.
fn budget_finding<'a>(
    pass: &Pass,
    currencies: impl Iterator<Item = &'a Currency>,
) -> Option<Finding> {
    let currencies: BTreeSet<&Currency> = currencies.collect();
    let has_budget = pass.tenancy.tenants.iter().any(|tenant| tenant.budget.is_some());
    (has_budget && currencies.len() > 1).then(|| {
        let message = "the bill is in several currencies and budgets are in none: not compared";
        Finding::new("budget-currency", message)
    })
}
