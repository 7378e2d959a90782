//! Kept: what a store knows of months that were closed, and statements from it.
//!
//! In:    a store, a month.
//! Out:   [`Ledger`]s: of a closed month from what was frozen, of an open one with what is due.
//! Never: shows a closed month that is not what was closed.

use std::collections::BTreeMap;

use super::compare::{Sides, compare, dimensions};
use super::statement::{Beside, ledger};
use super::{Bill, MonthAbsent, NoMonth, PipelineError, Source};
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::answer::Answer;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::{BillingPeriod, Day};
use crate::model::stored::{Closing, Instant, Pins, StatementTotal, Version, VersionId};
use crate::model::tenancy::Tenancy;
use crate::model::timeline::{Due, Timeline};
use crate::report::statement::{Adjustment, Ledger, Status};
use crate::rules;
use crate::store::{Home, Store};

/// What was closed cannot be shown as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// A closed month has rules already.
    #[error("{period} was closed on {}, with the rules of that day", at.day())]
    RulesOfClosed {
        /// The month.
        period: BillingPeriod,
        /// When it was closed.
        at: Instant,
    },
    /// What was frozen does not give what was told.
    #[error("the statements of {period} are not what they were when it was closed")]
    Differs {
        /// The month.
        period: BillingPeriod,
        /// What differs, a line each.
        totals: Vec<String>,
    },
}

impl Diagnose for KeptError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::RulesOfClosed { .. } => ErrorKind::Usage,
            Self::Differs { .. } => ErrorKind::Integrity,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::RulesOfClosed { .. } => "CLOSED-RULES",
            Self::Differs { .. } => "CLOSED-DIFFERS",
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::RulesOfClosed { .. } => Vec::new(),
            Self::Differs { totals, .. } => totals.clone(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::RulesOfClosed { .. } => {
                "leave out `--tenants`; `spend --by tenant` and `check --diff` try other rules"
            }
            Self::Differs { .. } => {
                "`curtail verify` tells whether the store is damaged; if it is not, another \
                 version of curtail computes otherwise: use the one that closed it"
            }
        };
        vec![hint.to_owned()]
    }
}

/// A store, and what it knows of closings; no version is collected while it is held.
pub(super) struct Kept<'a> {
    home: &'a Home,
    pub(super) timeline: Timeline,
    versions: Vec<Version>,
    _store: Store,
}

impl<'a> Kept<'a> {
    pub(super) fn open(home: &'a Home) -> Result<Self, PipelineError> {
        let store = Store::open(home)?;
        let versions = store.history()?;
        let known = versions.iter().map(|version| (version.facts.period, version.id));
        let timeline = Timeline::of(known, store.closings()?);
        Ok(Self { home, timeline, versions, _store: store })
    }

    /// The month that is meant: the one asked for, else the latest.
    pub(super) fn month(
        &self,
        asked: Option<BillingPeriod>,
    ) -> Result<BillingPeriod, PipelineError> {
        let month = asked.or_else(|| self.timeline.periods().next_back()).ok_or(NoMonth)?;
        if self.timeline.newest(month).is_none() {
            let present = self.timeline.periods().map(|of| of.to_string()).collect();
            return Err(MonthAbsent { asked: month, present }.into());
        }
        Ok(month)
    }

    pub(super) fn version(&self, id: VersionId) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The versions that statements of an open month are made from.
    pub(super) fn pins(&self, month: BillingPeriod) -> Pins {
        let before = month.before();
        let last_month = self.timeline.last_month(before).map(|version| (before, version));
        let own = self.timeline.newest(month).map(|version| (month, version));
        last_month.into_iter().chain(own).collect()
    }

    fn source(&self, pins: &Pins, threads: usize) -> Source {
        let bill = Bill::Store { home: self.home.clone(), versions: pins.clone() };
        Source::of(bill, threads, None)
    }

    /// Statements of a month under the rules of today, with what is due in it.
    pub(super) fn open_month(
        &self,
        month: BillingPeriod,
        tenancy: Tenancy,
        metric: CostMetric,
        today: Day,
        threads: usize,
    ) -> Result<Ledger, PipelineError> {
        let version = self.timeline.newest(month).and_then(|id| self.version(id));
        let is_open = version.is_some_and(|version| version.facts.is_open(today));
        let status = Some(if is_open { Status::Open } else { Status::Settled });
        let due = self.timeline.due(month);
        let (adjustments, findings) = self.adjustments(&due, metric, threads)?;
        let beside = Beside { adjustments, status, findings };
        let pins = self.pins(month);
        let months: Vec<BillingPeriod> = pins.keys().copied().collect();
        ledger(&self.source(&pins, threads), tenancy, &months, Some(month), metric, beside)
    }

    /// Statements of a closed month, from what was frozen.
    pub(super) fn closed_month(
        &self,
        closing: &Closing,
        metric: CostMetric,
        threads: usize,
    ) -> Result<Ledger, PipelineError> {
        let tenancy = rules::kept(&closing.rules, closing.rule_file.as_deref())?;
        let (at, forced) = (closing.at.clone(), closing.forced.clone());
        let due = self.timeline.settled(closing);
        let (adjustments, mut findings) = self.adjustments(&due, metric, threads)?;
        let is_same = metric == closing.metric;
        if !is_same {
            let message = format!(
                "{} was closed in {} cost; these amounts were never told and are not checked",
                closing.period,
                closing.metric.name()
            );
            findings.push(Finding::new("closed-metric", message));
        }
        let beside = Beside { adjustments, status: Some(Status::Closed { at, forced }), findings };
        let source = self.source(&closing.pins, threads);
        let months: Vec<BillingPeriod> = closing.pins.keys().copied().collect();
        let ledger = ledger(&source, tenancy, &months, Some(closing.period), metric, beside)?;
        if is_same {
            hold_against(closing, &ledger.totals()?)?;
        }
        Ok(ledger)
    }

    /// What is adjusted of closed months, in the metric that is asked for.
    pub(super) fn adjustments(
        &self,
        due: &[Due<'_>],
        metric: CostMetric,
        threads: usize,
    ) -> Result<(Vec<Adjustment>, Vec<Finding>), PipelineError> {
        let (mut adjustments, mut findings) = (Vec::new(), Vec::new());
        for due in due {
            let Closing { period, metric: told, .. } = due.closing;
            if due.is_in(metric) {
                let adjustment = self.adjustment(due, threads)?;
                adjustments.extend(adjustment.filter(Adjustment::is_some));
            } else {
                let message = format!(
                    "{period} was closed in {} cost: its adjustments are in statements of that \
                     cost only",
                    told.name()
                );
                findings.push(Finding::new("adjustment-metric", message));
            }
        }
        Ok((adjustments, findings))
    }

    fn adjustment(
        &self,
        due: &Due<'_>,
        threads: usize,
    ) -> Result<Option<Adjustment>, PipelineError> {
        let Due { closing, versions } = *due;
        let tenancy = rules::kept(&closing.rules, closing.rule_file.as_deref())?;
        let compared = compare(&Sides {
            home: self.home,
            threads,
            period: closing.period,
            before: closing.pins.get(&closing.period.before()).copied(),
            versions,
            tenancy: &tenancy,
            metric: closing.metric,
        })?;
        if closing.pins.get(&closing.period) == Some(&versions[0]) {
            hold_against_answer(closing, &compared.answers[0])?;
        }
        let Some(newer) = self.version(versions[1]) else { return Ok(None) };
        Ok(Some(Adjustment {
            period: closing.period,
            closed: closing.at.clone(),
            versions,
            delivered: newer.facts.at.clone(),
            tenants: tenancy.tenants,
            dimensions: dimensions(),
            shifts: compared.shifts,
            bills: compared.bills,
            split_cost: compared.split_cost,
        }))
    }
}

/// Exact sums by tenant and currency.
type Sums = BTreeMap<(Option<String>, Currency), Money>;

/// One of the amounts of a statement.
type Amount = fn(&StatementTotal) -> Money;

/// Statements are what they were.
pub(super) fn hold_against(closing: &Closing, totals: &[StatementTotal]) -> Result<(), KeptError> {
    let sums = |totals: &[StatementTotal], of: Amount| -> Sums {
        let keyed = totals.iter().map(|total| {
            let key = (total.tenant.clone(), total.currency.clone());
            (key, of(total))
        });
        keyed.collect()
    };
    let mut differences = Vec::new();
    let parts: [(&str, Amount); 3] = [
        ("", |total| total.exact),
        (" of adjustments", |total| total.adjustments),
        (" in cents", |total| total.booked),
    ];
    for (what, of) in parts {
        differences.extend(differ(&sums(&closing.totals, of), &sums(totals, of), what));
    }
    told(closing, differences)
}

/// The charges of a closed month are what its statements told, tenant by tenant.
fn hold_against_answer(closing: &Closing, answer: &Answer) -> Result<(), KeptError> {
    let at = answer.dimensions.iter().position(|of| *of == Dimension::Tenant);
    let mut found = Sums::new();
    for row in &answer.rows {
        let tenant = at.and_then(|at| row.keys.get(at)?.as_deref()).map(str::to_owned);
        let sum = found.entry((tenant, row.currency.clone())).or_default();
        *sum = Money(sum.0.saturating_add(row.cost.0));
    }
    let closed = closing.totals.iter();
    let closed = closed.map(|of| ((of.tenant.clone(), of.currency.clone()), of.exact)).collect();
    told(closing, differ(&closed, &found, ""))
}

fn differ(closed: &Sums, found: &Sums, what: &str) -> Vec<String> {
    let mut keys: Vec<_> = closed.keys().chain(found.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let line = |(tenant, currency): &(Option<String>, Currency)| {
        let key = (tenant.clone(), currency.clone());
        let amount = |of: &Sums| of.get(&key).copied().unwrap_or_default();
        let (closed, found) = (amount(closed), amount(found));
        let name = tenant.as_ref().map_or("unassigned".to_owned(), |id| format!("`{id}`"));
        (closed != found)
            .then(|| format!("{name}: closed with {closed} {currency}{what}, now {found}"))
    };
    keys.into_iter().filter_map(line).collect()
}

fn told(closing: &Closing, totals: Vec<String>) -> Result<(), KeptError> {
    if totals.is_empty() {
        return Ok(());
    }
    Err(KeptError::Differs { period: closing.period, totals })
}
