//! Budgets: what tenants may spend in the months of a report.
//!
//! In:    a file of budgets, the rules, the tenants of the bill.
//! Out:   budgets by month and tenant; which of them no tenant is behind.
//! Never: lets a budget be kept because nobody is held against it.

use std::collections::BTreeSet;

use super::query::Asked;
use super::shared::Shared;
use super::tables::Beside;
use super::{PipelineError, Question};
use crate::aggregate::AggregateError;
use crate::diagnostic::{Diagnose, ErrorKind, Finding, nearest};
use crate::model::budget::{Budget as Written, Measure, Overrun};
use crate::model::dimension::Dimension;
use crate::model::forecast::{Forecast, Scope};
use crate::model::money::Currency;
use crate::model::period::BillingPeriod;
use crate::model::question::Wanted;
use crate::model::tenancy::Tenancy;
use crate::query::Budget;
use crate::rules;

/// Budgets are to be held against, and some name nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the budgets can never be exceeded: the bill has no such tenant", .unmatched.len())]
pub struct NobodyBehind {
    /// What is wrong with each of them.
    unmatched: Vec<String>,
}

impl Diagnose for NobodyBehind {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "BUDGETS-NOBODY"
    }

    fn details(&self) -> Vec<String> {
        self.unmatched.clone()
    }

    fn hints(&self) -> Vec<String> {
        vec![
            "without `tenants.toml` domains are the tenants, by their id or ARN".to_owned(),
            "tenants that are declared there may be without cost".to_owned(),
        ]
    }
}

/// What tells the tenants of a bill, where only the bill knows them.
pub(super) fn question(
    asked: &Asked,
    tenancy: &Tenancy,
    months: &[BillingPeriod],
) -> Option<Question> {
    let is_needed = asked.budgets.is_some() && tenancy.tenants.is_empty();
    is_needed.then(|| Question {
        dimensions: vec![Dimension::Tenant],
        metric: asked.metric,
        filters: Vec::new(),
        months: months.to_vec(),
        hours: Wanted::No,
    })
}

/// The tenants of some bills.
pub(super) fn tenants<'a>(
    bills: impl IntoIterator<Item = (&'a Shared, &'a Question)>,
    tenancy: &Tenancy,
) -> Result<BTreeSet<String>, PipelineError> {
    let mut tenants = BTreeSet::new();
    for (shared, question) in bills {
        let pass = shared.pass(tenancy, question, &[])?;
        let told = pass.charges.frame.texts(&Dimension::Tenant.key());
        let told = told.map_err(AggregateError::from)?.values();
        tenants.extend(told.into_iter().flatten().map(ToOwned::to_owned));
    }
    Ok(tenants)
}

/// What tenants may spend in each of some months, a file before the rules; and what is odd.
///
/// Where the rules name no tenants, those of the bill are meant, by their whole name or its last
/// part.
///
/// # Errors
/// When the file has mistakes; when budgets are held against and one has nobody behind it.
pub(super) fn budgets(
    asked: &Asked,
    tenancy: &Tenancy,
    of_bill: Option<&BTreeSet<String>>,
    months: &[String],
) -> Result<(Vec<Budget>, Vec<Finding>), PipelineError> {
    let file = asked.budgets.as_deref().map(|path| rules::budgets(path, tenancy)).transpose()?;
    let mut file = file.unwrap_or_default();
    let unmatched = of_bill.map_or_else(Vec::new, |tenants| matched(&mut file, tenants));
    if asked.held.is_some() && !unmatched.is_empty() {
        return Err(NobodyBehind { unmatched }.into());
    }
    let odd = unmatched.into_iter().map(|why| Finding::new("budget-nobody", why));
    Ok((months.iter().flat_map(|month| of_month(month, &file, tenancy)).collect(), odd.collect()))
}

/// Gives budgets the whole names of their tenants; says which have none.
fn matched(budgets: &mut [Written], tenants: &BTreeSet<String>) -> Vec<String> {
    let last = |whole: &str| whole.rsplit('/').next().unwrap_or_default().to_owned();
    let mut unmatched = BTreeSet::new();
    for budget in budgets.iter_mut().filter(|budget| !tenants.contains(&budget.tenant)) {
        let named: Vec<&String> =
            tenants.iter().filter(|whole| last(whole) == budget.tenant).collect();
        match named.as_slice() {
            [only] => budget.tenant.clone_from(only),
            [] => {
                let words: Vec<String> = tenants.iter().map(|whole| last(whole)).collect();
                let near = nearest(&budget.tenant, words.iter().map(String::as_str));
                let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                unmatched.insert(format!("no tenant of the bill is `{}`{near}", budget.tenant));
            }
            several => {
                let any = several.iter().map(|whole| format!("`{whole}`")).collect::<Vec<_>>();
                unmatched.insert(format!("`{}` may be {}", budget.tenant, any.join(" or ")));
            }
        }
    }
    unmatched.into_iter().collect()
}

/// The budgets of a month: those of the month before those of every month, the file before rules.
fn of_month(month: &str, file: &[Written], tenancy: &Tenancy) -> Vec<Budget> {
    let of_month = |tenant: &str, amount, currency: Option<Currency>| Budget {
        tenant: tenant.to_owned(),
        billing_period: month.to_owned(),
        amount,
        currency,
    };
    let named = |of: &&Written| of.month.is_some_and(|own| own.to_string() == month);
    let exact: Vec<&Written> = file.iter().filter(named).collect();
    let every = file.iter().filter(|of| of.month.is_none());
    let is_exact = |of: &&Written| {
        exact.iter().any(|own| own.tenant == of.tenant && own.currency == of.currency)
    };
    let every = every.filter(|of| !is_exact(of));
    let of_file: Vec<Budget> = exact
        .iter()
        .copied()
        .chain(every)
        .map(|of| of_month(&of.tenant, of.amount, of.currency.clone()))
        .collect();
    let is_open = |id: &str| of_file.iter().all(|budget| budget.tenant != id);
    let of_rules = tenancy.tenants.iter().filter(|tenant| is_open(&tenant.id));
    let of_rules = of_rules.filter_map(|tenant| Some(of_month(&tenant.id, tenant.budget?, None)));
    of_rules.chain(of_file.iter().cloned()).collect()
}

impl Beside {
    /// Who is above a budget, in the order of the budgets.
    pub(super) fn overruns(&self, held: Option<Measure>) -> Vec<Overrun> {
        let Some(measure) = held else { return Vec::new() };
        let of_budget = |budget: &Budget| -> Vec<Overrun> {
            let is_meant = |of: &&Forecast| {
                of.scope == Scope::Tenant(Some(budget.tenant.clone()))
                    && of.month.to_string() == budget.billing_period
                    && budget.currency.as_ref().is_none_or(|own| *own == of.currency)
            };
            let held = self.forecasts.iter().filter(is_meant).filter_map(|of| {
                let cost = match measure {
                    Measure::Actual => of.actual,
                    Measure::Forecast => of.expected.unwrap_or(of.actual),
                };
                (cost > budget.amount).then(|| Overrun {
                    tenant: budget.tenant.clone(),
                    month: of.month,
                    currency: of.currency.clone(),
                    measure,
                    cost,
                    budget: budget.amount,
                })
            });
            held.collect()
        };
        self.budgets.iter().flat_map(of_budget).collect()
    }
}
