//! Statement: one pass over a month and the one before it, for every tenant at once.
//!
//! In:    a source, the month that was asked for, a metric.
//! Out:   a [`Ledger`], tied to the bill.
//! Never: reads the bill once per tenant, or months that nobody asked for.

use std::collections::BTreeSet;

use super::{MonthAbsent, Pass, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::report::statement::{self, Ledger, Month};

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
/// # Errors
/// The first room's that could not go on; or when the statements are not the bill.
pub fn statements(
    source: &Source,
    month: Option<BillingPeriod>,
    metric: CostMetric,
) -> Result<Ledger, PipelineError> {
    let whole = Question::of(statement::dimensions(), metric, &source.bill.months(month)?);
    let pass = Pass::over(source, &whole)?;
    let answered = aggregate::answer(&pass.charges, &whole)?;
    pass.books(&answered)?;
    let [before, month] = pass.settle(&answered.months, &whole.months, month)?;
    let alone = Question::of(Vec::new(), metric, &[month]);
    let of_month = aggregate::answer(&pass.charges, &alone)?;
    let mut findings = pass.findings(&of_month);
    findings.extend(budget_finding(&pass, of_month.answer.rows.iter().map(|row| &row.currency.0)));
    let found = Month {
        month,
        before: answered.months.contains(&before.to_string()).then_some(before),
        answer: answered.answer,
        books: pass.books(&of_month)?,
        whole: of_month.answer,
        split_cost: of_month.split_cost.into_iter().map(|sum| (sum.currency, sum.cost)).collect(),
        trail: pass.charges.trail,
        tenancy: pass.tenancy,
        adjustments: Vec::new(),
        status: None,
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
    currencies: impl Iterator<Item = &'a String>,
) -> Option<Finding> {
    let currencies: BTreeSet<&String> = currencies.collect();
    let has_budget = pass.tenancy.tenants.iter().any(|tenant| tenant.budget.is_some());
    (has_budget && currencies.len() > 1).then(|| {
        let message = "the bill is in several currencies and budgets are in none: not compared";
        Finding::new("budget-currency", message)
    })
}
