//! Ledger: the lines of one month by who answers for them, with the month before beside.
//!
//! In:    an answer by [`dimensions`], and what the bill holds by another way of adding up.
//! Out:   [`Ledger`]: an account per tenant and one for what is unassigned; tied to the bill.
//! Never: looks at a charge, rounds, or lets a tenant be mistaken for what is unassigned.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::adjustment::{self, Adjustment};
use super::cents::{self, BookedAccount, BookedBill};
use super::status::Status;
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, AnswerRow, Books, KeyText, Standing};
use crate::model::cost_rules::is_adjustment;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::restatement::Why;
use crate::model::tenancy::{Tenancy, Tenant};
use crate::model::trail::Trail;
use crate::report::ReportError;

/// What a statement tells apart, beside tenant and month.
pub(super) const KEYS: [Dimension; 8] = [
    Dimension::User,
    Dimension::Space,
    Dimension::Component,
    Dimension::InstanceType,
    Dimension::Service,
    Dimension::LineItemType,
    Dimension::Pool,
    Dimension::TenantRule,
];

/// The dimensions of the answer that a ledger is kept from, in order.
pub fn dimensions() -> Vec<Dimension> {
    [Dimension::Tenant, Dimension::Month].into_iter().chain(KEYS).collect()
}

/// What a run knows of a month.
#[derive(Debug, Clone)]
pub struct Month {
    /// The billing period of the statements.
    pub month: BillingPeriod,
    /// The one before, when the source holds it.
    pub before: Option<BillingPeriod>,
    /// Both months by [`dimensions`].
    pub answer: Answer,
    /// The month alone, asked without tenants.
    pub whole: Answer,
    /// Split cost rows of the month, which restate other lines.
    pub split_cost: BTreeMap<Currency, Money>,
    /// Every move of a shared cost.
    pub trail: Trail,
    /// What people wrote.
    pub tenancy: Tenancy,
    /// The proof that nothing of the month was lost.
    pub books: Books,
    /// What newer deliveries change of months that were closed, and is booked in this month.
    pub adjustments: Vec<Adjustment>,
    /// How final the month is; `None` when nobody keeps it.
    pub status: Option<Status>,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// The tenant's own cost.
    Own,
    /// A credit, a refund or a discount of its own.
    Credit,
    /// Received through a split.
    Shared,
    /// Cost of SageMaker or Studio that no tenant answers for.
    Unassigned,
    /// Cost of other services that no tenant answers for.
    OtherServices,
    /// What a newer delivery changes of a month that was closed.
    Adjustment(BillingPeriod),
}

impl Kind {
    /// The word in data.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Credit => "credit",
            Self::Shared => "shared",
            Self::Unassigned => "unassigned",
            Self::OtherServices => "other_services",
            Self::Adjustment(_) => "adjustment",
        }
    }
}

/// A combination of what a statement tells apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) currency: Currency,
    pub(super) kind: Kind,
    /// One per dimension of [`KEYS`].
    pub(super) keys: Vec<KeyText>,
    /// Why an adjustment was made.
    pub(super) why: Option<Why>,
    pub(super) cost: Money,
    /// The same in the month before.
    pub(super) before: Money,
}

impl Line {
    pub(super) fn key(&self, dimension: &Dimension) -> Option<&str> {
        let at = KEYS.iter().position(|key| key == dimension)?;
        self.keys.get(at)?.as_deref()
    }

    /// Whether it belongs to the bill of the month, and not to one that was closed.
    pub(super) fn is_of_month(&self) -> bool {
        !matches!(self.kind, Kind::Adjustment(_))
    }
}

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A tenant; by its id alone when it is not declared.
    Tenant {
        /// The value in data.
        id: String,
        /// What is written about it.
        declared: Option<Tenant>,
    },
    /// Nobody.
    Unassigned,
}

/// The lines of one holder.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose it is.
    pub holder: Holder,
    pub(super) lines: Vec<Line>,
    /// What is booked of it, by currency.
    pub(super) booked: BTreeMap<Currency, BookedAccount>,
}

impl Account {
    fn new(holder: Holder, lines: Vec<Line>) -> Self {
        Self { holder, lines, booked: BTreeMap::new() }
    }

    /// The sums of some lines, this month and the month before.
    pub(super) fn sum(
        &self,
        currency: &Currency,
        of: impl Fn(&Line) -> bool,
    ) -> Result<[Money; 2], ReportError> {
        let lines = self.lines.iter().filter(|line| line.currency == *currency && of(line));
        let mut sums = [Money::ZERO; 2];
        for line in lines {
            add(&mut sums[0], line.cost, currency)?;
            add(&mut sums[1], line.before, currency)?;
        }
        Ok(sums)
    }
}

/// Every account of a month, tied to the bill.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(super) month: BillingPeriod,
    pub(super) before: Option<BillingPeriod>,
    pub(super) metric: CostMetric,
    pub(super) currencies: Vec<Currency>,
    /// Declared tenants in the order of the file, then others by id.
    pub(super) accounts: Vec<Account>,
    pub(super) unassigned: Account,
    /// By currency: all accounts, what is unassigned, split cost.
    pub(super) bill: BTreeMap<Currency, Bill>,
    pub(super) booked: BTreeMap<Currency, BookedBill>,
    pub(super) adjustments: Vec<Adjustment>,
    pub(super) status: Option<Status>,
    pub(super) trail: Trail,
    pub(super) tenancy: Tenancy,
    pub(super) books: Books,
    pub(super) findings: Vec<Finding>,
}

/// What the bill of the month holds, in one currency, and what is booked beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bill {
    /// Adjustments included, as in the next two.
    pub(super) tenants: Money,
    pub(super) unassigned: Money,
    pub(super) split_cost: Money,
    /// The bill of the month alone.
    pub(super) total: Money,
    /// What is booked of months that were closed: in all, and of split cost.
    pub(super) adjusted: BTreeMap<BillingPeriod, [Money; 2]>,
}

impl Ledger {
    /// Sorts the answer into accounts and ties them to the bill.
    ///
    /// # Errors
    /// When a sum leaves its range, or the accounts are not the bill.
    pub fn keep(found: Month) -> Result<Self, ReportError> {
        let mut by_tenant = lines_of(&found)?;
        for adjustment in &found.adjustments {
            adjustment::add_lines(adjustment, &mut by_tenant)?;
        }
        let nobody = by_tenant.remove(&None).unwrap_or_default();
        let mut unassigned = Account::new(Holder::Unassigned, nobody);
        let mut accounts = Vec::with_capacity(found.tenancy.tenants.len());
        for tenant in &found.tenancy.tenants {
            let lines = by_tenant.remove(&Some(tenant.id.clone())).unwrap_or_default();
            let holder = Holder::Tenant { id: tenant.id.clone(), declared: Some(tenant.clone()) };
            accounts.push(Account::new(holder, lines));
        }
        for (id, lines) in by_tenant {
            let Some(id) = id else { continue };
            // A tenant of frozen rules may not be one any more.
            let declared = found.adjustments.iter().find_map(|of| of.tenant(&id));
            accounts.push(Account::new(Holder::Tenant { id, declared }, lines));
        }
        let bill = bill(&found, &accounts, &unassigned)?;
        let booked = cents::book(&bill, &mut accounts, &mut unassigned)?;
        Ok(Self {
            month: found.month,
            before: found.before,
            metric: found.answer.metric,
            currencies: bill.keys().cloned().collect(),
            accounts,
            unassigned,
            bill,
            booked,
            adjustments: found.adjustments,
            status: found.status,
            trail: found.trail,
            tenancy: found.tenancy,
            books: found.books,
            findings: found.findings,
        })
    }

    /// Every tenant's account: declared tenants in the order of the file, then others by id.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// What no tenant answers for.
    pub fn unassigned(&self) -> &Account {
        &self.unassigned
    }

    /// The currencies of an account; those of the bill when it has no line.
    pub(super) fn currencies_of(&self, account: &Account) -> Vec<Currency> {
        let mut own: Vec<Currency> =
            account.lines.iter().map(|line| line.currency.clone()).collect();
        own.sort_unstable();
        own.dedup();
        if own.is_empty() { self.currencies.clone() } else { own }
    }
}

type Combination = (Currency, Kind, Vec<KeyText>);

/// Every combination once, its two months side by side, sorted.
fn lines_of(found: &Month) -> Result<BTreeMap<Option<String>, Vec<Line>>, ReportError> {
    let mut by_tenant: FxHashMap<&KeyText, FxHashMap<Combination, [Money; 2]>> =
        FxHashMap::default();
    let asked = found.month.to_string();
    let before = found.before.map(|month| month.to_string());
    for row in &found.answer.rows {
        let [tenant, month, keys @ ..] = row.keys.as_slice() else { continue };
        // A row that tells no month belongs to the one that was asked for.
        let slot = match month {
            Some(_) if month.as_deref() == before.as_deref() => 1,
            Some(month) if **month != *asked => continue,
            _ => 0,
        };
        let key = (row.currency.clone(), kind(row, keys), keys.to_vec());
        let sums = by_tenant.entry(tenant).or_default().entry(key).or_default();
        add(&mut sums[slot], row.cost, &row.currency)?;
    }
    let lines = |lines: FxHashMap<Combination, [Money; 2]>| {
        let line = |((currency, kind, keys), [cost, before]): (Combination, [Money; 2])| Line {
            currency,
            kind,
            keys,
            why: None,
            cost,
            before,
        };
        let mut lines: Vec<Line> = lines.into_iter().map(line).collect();
        lines.sort_unstable();
        lines
    };
    let owned = |tenant: &KeyText| tenant.as_deref().map(str::to_owned);
    Ok(by_tenant.into_iter().map(|(tenant, found)| (owned(tenant), lines(found))).collect())
}

fn kind(row: &AnswerRow, keys: &[KeyText]) -> Kind {
    let line_type = KEYS.iter().position(|key| *key == Dimension::LineItemType);
    let line_type = line_type.and_then(|at| keys.get(at)?.as_deref());
    match row.standing {
        Standing::Shared => Kind::Shared,
        Standing::Unattributed => Kind::Unassigned,
        Standing::OtherServices => Kind::OtherServices,
        Standing::Attributed if line_type.is_some_and(is_adjustment) => Kind::Credit,
        Standing::Attributed => Kind::Own,
    }
}

/// Adds up the accounts and holds them against the bill, which was added up without tenants.
fn bill(
    found: &Month,
    accounts: &[Account],
    unassigned: &Account,
) -> Result<BTreeMap<Currency, Bill>, ReportError> {
    let mut bill: BTreeMap<Currency, Bill> = BTreeMap::new();
    for account in accounts {
        for line in &account.lines {
            add(&mut entry(&mut bill, &line.currency).tenants, line.cost, &line.currency)?;
        }
    }
    for line in &unassigned.lines {
        add(&mut entry(&mut bill, &line.currency).unassigned, line.cost, &line.currency)?;
    }
    for (currency, cost) in &found.split_cost {
        let entry = entry(&mut bill, currency);
        add(&mut entry.split_cost, *cost, currency)?;
        add(&mut entry.total, *cost, currency)?;
    }
    for row in &found.whole.rows {
        add(&mut entry(&mut bill, &row.currency).total, row.cost, &row.currency)?;
    }
    for adjustment in &found.adjustments {
        adjustment::add_totals(adjustment, &mut bill)?;
    }
    for (currency, entry) in &bill {
        let mut whole = entry.total;
        for [adjusted, _] in entry.adjusted.values() {
            add(&mut whole, *adjusted, currency)?;
        }
        let parts = [entry.tenants, entry.unassigned, entry.split_cost];
        tie("the statements and the bill", currency, &parts, whole)?;
    }
    Ok(bill)
}

pub(super) fn entry<'a>(
    bill: &'a mut BTreeMap<Currency, Bill>,
    currency: &Currency,
) -> &'a mut Bill {
    bill.entry(currency.clone()).or_default()
}

pub(super) fn add(sum: &mut Money, amount: Money, currency: &Currency) -> Result<(), ReportError> {
    let range = || ReportError::range(currency);
    *sum = sum.checked_add(amount).ok_or_else(range)?;
    Ok(())
}

/// Parts are their whole, or nothing is shown.
///
/// # Errors
/// When they are not.
pub(super) fn tie(
    what: &str,
    currency: &Currency,
    parts: &[Money],
    whole: Money,
) -> Result<(), ReportError> {
    let range = || ReportError::range(currency);
    let parts = Money::checked_sum(parts.iter().copied()).ok_or_else(range)?;
    if parts == whole {
        return Ok(());
    }
    let (what, currency) = (what.to_owned(), currency.to_string());
    Err(ReportError::Untied { what, currency, parts, whole })
}
