//! Statement: what a tenant pays for a month, from which source and by which rule.
//!
//! In:    a [`Ledger`] of the month and the one before.
//! Out:   a [`Report`] per tenant, one of what is unassigned, an index, and all lines as one table.
//! Never: adds two currencies, or shows a table that does not add up to its summary.

mod ledger;
mod status;
mod adjustment;
mod closing;
mod cents;
mod tables;
mod shared;
mod data;
mod index;
mod find;

use crate::model::dimension::Dimension;
use crate::model::period::BillingPeriod;
use crate::model::phrase::{Phrase, phrase};
use crate::report::names::{quoted, shorten};
use crate::report::table::Cell;
use crate::report::{Caption, Fact, Owners, Report, ReportError, Section};

pub use adjustment::Adjustment;
pub use closing::Unanswered;
pub use find::{TenantError, find};
pub use ledger::{Account, Holder, Ledger, Month, dimensions};
pub use status::Status;
use tables::Tables;

/// How much of a statement people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per table and currency before the tail is folded; `None` folds nothing.
    pub limit: Option<usize>,
}

impl Holder {
    /// The name for people; one that looks like a word of ours is quoted.
    pub fn name(&self) -> String {
        match self {
            Self::Unassigned => "unassigned".to_owned(),
            Self::Tenant { declared: Some(tenant), .. } => quoted(&tenant.name),
            Self::Tenant { id, .. } => {
                let short = shorten(&Dimension::Tenant, std::iter::once((None, id.as_str())));
                short.into_values().next().map_or_else(|| id.clone(), |name| name.to_string())
            }
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let Self::Tenant { id, declared } = self else { return Vec::new() };
        let mut facts = vec![fact("tenant", "Tenant", id)];
        let Some(tenant) = declared else { return facts };
        if tenant.name != *id {
            facts.push(fact("name", "Name", &tenant.name));
        }
        let center = tenant.cost_center.as_deref();
        facts.extend(center.map(|text| fact("cost_center", "Cost centre", text)));
        let contact = tenant.contact.as_deref();
        facts.extend(contact.map(|text| fact("contact", "Contact", text)));
        facts
    }
}

fn fact(key: &'static str, heading: &'static str, text: &str) -> Fact {
    Fact { key, heading: heading.into(), shown: Cell::text(text) }
}

impl Ledger {
    /// The statement of one account.
    ///
    /// # Errors
    /// When a sum leaves its range, or a table does not add up to its summary.
    pub fn statement(&self, account: &Account, settings: Settings) -> Result<Report, ReportError> {
        let tables = Tables::of(self, account, settings);
        let mut sections = Vec::new();
        let title = match &account.holder {
            Holder::Unassigned => {
                sections.push(tables.unassigned_summary()?);
                sections.extend(self.adjustments(account, &tables)?);
                sections.extend(tables.unassigned_cuts()?);
                sections.extend(self.kept()?);
                phrase!("Not assigned to any tenant, {}", self.month.to_string())
            }
            Holder::Tenant { id, declared } => {
                sections.push(tables.summary()?);
                sections.extend(tables.budget(declared.as_ref())?);
                sections.extend(tables.own_cuts()?);
                sections.extend(self.received(account, &tables)?);
                sections.extend(tables.credits()?);
                sections.extend(self.adjustments(account, &tables)?);
                sections.extend(self.passed_on(id)?);
                phrase!("Statement for {}, {}", account.holder.name(), self.month.to_string())
            }
        };
        sections.push(self.foot(account)?);
        Ok(Report {
            title,
            caption: self.caption(account),
            subject: self.facts(account),
            sections,
            data: Some(self.lines([account], false, &tables.currencies)?),
            books: None,
            findings: self.findings.clone(),
        })
    }

    /// Whose the statement is, and how final.
    fn facts(&self, account: &Account) -> Vec<Fact> {
        let mut facts = account.holder.facts();
        facts.extend(self.status.iter().flat_map(Status::facts));
        facts
    }

    /// The month, while AWS may still change it.
    fn provisional(&self) -> Vec<String> {
        let is_open = self.status == Some(Status::Open);
        is_open.then(|| self.month.to_string()).into_iter().collect()
    }

    /// What every report of the month says above its tables.
    fn caption(&self, account: &Account) -> Caption {
        Caption {
            periods: vec![self.month.to_string()],
            provisional: self.provisional(),
            metric: Some(self.metric),
            currencies: self.currencies_of(account),
            owners: Owners::Asked,
            ..Caption::default()
        }
    }
}

/// Adjustments to a month, as a row of a summary.
fn adjustments_to(period: BillingPeriod) -> Cell {
    tables::word(&format!("adjustments_{period}"), phrase!("Adjustments to {}", period.to_string()))
}

fn section(heading: impl Into<Phrase>, table: crate::report::table::Table) -> Section {
    Section { heading: Some(heading.into()), table, charts: Vec::new() }
}
