//! Closing: what a month says of itself when it is closed.
//!
//! In:    a ledger.
//! Out:   the total of every statement; cost of SageMaker that nobody answers for.
//! Never: decides whether a month may be closed.

use std::collections::BTreeMap;

use super::ledger::{Account, Holder, Kind, Ledger, Line, add};
use crate::diagnostic::Finding;
use crate::model::answer::Books;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::stored::StatementTotal;
use crate::report::ReportError;

/// SageMaker cost that no tenant answers for, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The currency.
    pub currency: Currency,
    /// All of it.
    pub cost: Money,
    /// Combinations of what a statement tells apart that are part of it.
    pub lines: usize,
}

impl Ledger {
    /// The month of the statements.
    pub fn month(&self) -> BillingPeriod {
        self.month
    }

    /// The cost that they tell.
    pub fn metric(&self) -> CostMetric {
        self.metric
    }

    /// The proof that nothing of the month was lost.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// What was odd.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What every statement says: tenants in their order, then what nobody answers for.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub fn totals(&self) -> Result<Vec<StatementTotal>, ReportError> {
        let mut totals = Vec::new();
        for account in self.accounts.iter().chain([&self.unassigned]) {
            for currency in self.currencies_of(account) {
                totals.push(account.total(currency)?);
            }
        }
        Ok(totals)
    }

    /// What of SageMaker nobody answers for, by currency; lines that cancel are some, too.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub fn unanswered(&self) -> Result<Vec<Unanswered>, ReportError> {
        let mut by_currency: BTreeMap<&Currency, Unanswered> = BTreeMap::new();
        let lines = self.unassigned.lines.iter().filter(|line| line.kind == Kind::Unassigned);
        for line in lines.filter(|line| line.cost != Money::ZERO) {
            let currency = line.currency.clone();
            let none = Unanswered { currency, cost: Money::ZERO, lines: 0 };
            let entry = by_currency.entry(&line.currency).or_insert(none);
            add(&mut entry.cost, line.cost, &line.currency)?;
            entry.lines += 1;
        }
        Ok(by_currency.into_values().collect())
    }
}

impl Account {
    fn total(&self, currency: Currency) -> Result<StatementTotal, ReportError> {
        let [all, _] = self.sum(&currency, |_| true)?;
        let [exact, _] = self.sum(&currency, Line::is_of_month)?;
        let adjustments = all.checked_sub(exact).ok_or_else(|| ReportError::range(&currency))?;
        let tenant = match &self.holder {
            Holder::Tenant { id, .. } => Some(id.clone()),
            Holder::Unassigned => None,
        };
        let [booked, _] = self.cents(&currency);
        Ok(StatementTotal { tenant, currency, exact, adjustments, booked })
    }
}
