//! Close: a month is frozen: its data, its rules, and what its statements say.
//!
//! In:    a store, a month, a metric, the rules of today, perhaps a reason to do it anyway.
//! Out:   the closing in the store, and a [`Report`] of it; or every reason against it.
//! Never: closes a month twice, or what cannot be made again from what is frozen.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::PipelineError;
use super::kept::Kept;
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::metric::CostMetric;
use crate::model::period::{BillingPeriod, Day};
use crate::model::stored::{Closing, Instant, Version};
use crate::report::statement::{Ledger, Unanswered};
use crate::report::{Report, closing as composer};
use crate::rules;
use crate::store::{Holder, Home, Store, StoreError, Writer};

/// What is closed, and how.
#[derive(Debug, Clone)]
pub struct Close {
    /// Where the store is.
    pub home: Home,
    /// The month.
    pub month: BillingPeriod,
    /// The metric of its statements.
    pub metric: CostMetric,
    /// The rule file; `None` takes `tenants.toml` in the store, if there is one.
    pub tenants: Option<PathBuf>,
    /// Worker threads.
    pub threads: usize,
    /// Why it is closed whatever speaks against it.
    pub force: Option<String>,
    /// The day.
    pub today: Day,
    /// The instant.
    pub at: Instant,
    /// Who writes to the store.
    pub holder: Holder,
}

/// Something speaks against closing a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{period} is not closed")]
pub struct CloseError {
    /// The month.
    pub period: BillingPeriod,
    /// What speaks against it.
    pub reasons: Vec<Objection>,
}

/// A reason not to close a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// AWS may still change it.
    Open {
        /// The first day after it.
        end: Day,
        /// Whether that day has come.
        is_over: bool,
        /// Rows without an invoice, when the export tells invoices.
        uninvoiced: Option<u64>,
    },
    /// Nobody answers for some of it.
    Unanswered(Unanswered),
}

impl Objection {
    fn words(&self) -> String {
        match self {
            Self::Open { end, is_over: false, .. } => {
                format!("the month is open: it is not over before {end}")
            }
            Self::Open { uninvoiced: Some(rows), .. } => {
                format!("the month is open: {rows} rows have no invoice yet")
            }
            Self::Open { end, .. } => {
                format!("the month is open: AWS may change it for two weeks from {end} on")
            }
            Self::Unanswered(Unanswered { currency, cost, lines }) => {
                let kinds = if *lines == 1 { "kind" } else { "kinds" };
                format!(
                    "no tenant answers for {cost} {currency} of SageMaker, in {lines} {kinds} of \
                     charge"
                )
            }
        }
    }

    fn hint(&self, period: BillingPeriod) -> String {
        match self {
            Self::Open { .. } => "wait, ingest the final delivery and close then".to_owned(),
            Self::Unanswered(_) => format!(
                "`curtail spend --month {period} --by service,component,reason,user --where \
                 tenant=` lists them; add a rule or a split to `tenants.toml`"
            ),
        }
    }
}

impl Diagnose for CloseError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        match self.reasons.first() {
            Some(Objection::Open { .. }) => "CLOSE-OPEN",
            _ => "CLOSE-UNASSIGNED",
        }
    }

    fn details(&self) -> Vec<String> {
        self.reasons.iter().map(Objection::words).collect()
    }

    fn hints(&self) -> Vec<String> {
        let mut hints: Vec<String> =
            self.reasons.iter().map(|reason| reason.hint(self.period)).collect();
        hints.dedup();
        hints.push("`--force \"why\"` closes it anyway and keeps the reason".to_owned());
        hints
    }
}

/// `close`: freezes a month.
///
/// # Errors
/// When the month is closed already; when something speaks against it and nobody forces it; the
/// first room's that could not go on. Nothing is closed then.
pub fn close(asked: &Close) -> Result<Report, PipelineError> {
    // A writer would make a store where there is none.
    drop(Store::open(&asked.home)?);
    let mut writer = Writer::open(&asked.home, &asked.holder)?;
    let kept = Kept::open(&asked.home)?;
    let month = kept.month(Some(asked.month))?;
    if let Some(earlier) = kept.timeline.closing(month) {
        let (period, at) = (month, earlier.at.clone());
        return Err(StoreError::Closed { period, at }.into());
    }
    let newest = kept.timeline.newest(month).and_then(|id| kept.version(id));
    // The month is there, so it has a version.
    let version = newest.ok_or(super::NoMonth)?;
    let written = rules::written(asked.tenants.as_deref(), &asked.home.folder)?;
    let (metric, threads) = (asked.metric, asked.threads);
    let ledger = kept.open_month(month, written.tenancy.clone(), metric, asked.today, threads)?;
    let reasons = objections(version, &ledger, asked.today)?;
    if !reasons.is_empty() && asked.force.is_none() {
        return Err(CloseError { period: month, reasons }.into());
    }
    let due = kept.timeline.due(month).into_iter().filter(|due| due.is_in(metric));
    let closing = Closing {
        period: month,
        at: asked.at.clone(),
        tool: asked.holder.tool.clone(),
        forced: asked.force.clone().filter(|_| !reasons.is_empty()),
        metric,
        pins: kept.pins(month),
        adjusted: due.map(|due| (due.closing.period, due.versions)).collect::<BTreeMap<_, _>>(),
        rules: written.files,
        rule_file: written.rule_file,
        totals: ledger.totals()?,
    };
    // Made again from what is frozen, it must say the same, or it could never be shown again.
    kept.closed_month(&closing, metric, threads)?;
    writer.close(&closing)?;
    let findings = findings(asked, &kept, &ledger, &reasons);
    Ok(composer::compose(&closing, version, ledger.books().clone(), findings)?)
}

fn objections(
    version: &Version,
    ledger: &Ledger,
    today: Day,
) -> Result<Vec<Objection>, PipelineError> {
    let facts = &version.facts;
    let end = Day(facts.period.end());
    let open = facts.is_open(today).then_some(Objection::Open {
        end,
        is_over: today >= end,
        uninvoiced: facts.uninvoiced_rows,
    });
    let unanswered = ledger.unanswered()?.into_iter().map(Objection::Unanswered);
    Ok(open.into_iter().chain(unanswered).collect())
}

/// What must be said about a month although it was closed.
fn findings(
    asked: &Close,
    kept: &Kept<'_>,
    ledger: &Ledger,
    reasons: &[Objection],
) -> Vec<Finding> {
    let mut findings = ledger.findings().to_vec();
    let against = reasons.iter().map(Objection::words);
    findings.extend(against.map(|words| Finding::new("closed-by-force", words)));
    if asked.force.is_some() && reasons.is_empty() {
        let message = "nothing spoke against closing: the reason for `--force` is not kept";
        findings.push(Finding::new("force-unneeded", message));
    }
    let earlier: Vec<String> =
        kept.timeline.open_before(asked.month).map(|month| month.to_string()).collect();
    if !earlier.is_empty() {
        let message = format!("months before it are not closed: {}", earlier.join(", "));
        findings.push(Finding::new("earlier-month-open", message));
    }
    findings
}
