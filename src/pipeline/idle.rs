//! Idle: a bill looked through for what ran though perhaps nobody used it.
//!
//! In:    how idleness is told, a reading of the months.
//! Out:   [`Idleness`]; what says that the bill does not tell hours.
//! Never: computes; the room does.

use super::query::Asked;
use super::shared::Shared;
use super::{Bill, PipelineError, Source};
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::idle;
use crate::model::idle::{Idleness, Watch};
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::model::stored::SegmentKind;
use crate::model::tenancy::Tenancy;
use crate::store::Store;

/// The bill does not tell in which hour something was used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}: what is idle cannot be told")]
pub struct NoHours {
    why: String,
    next: &'static str,
}

impl Diagnose for NoHours {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "IDLE-NO-HOURS"
    }

    fn hints(&self) -> Vec<String> {
        vec![self.next.to_owned()]
    }
}

impl NoHours {
    /// Why nothing is found, for the bill of a source.
    fn of(source: &Source) -> Self {
        let (why, next) = match source.bill {
            Bill::Store { .. } => (
                "the store keeps days, not hours",
                "`curtail ingest --keep hours` keeps them, from an export by the hour",
            ),
            Bill::Cluster(_) => (
                "the engine is asked for days, not hours",
                "ask for the files of the export themselves",
            ),
            Bill::Export(_) => (
                "the export tells days or months, not hours, or lacks \
                 `line_item_usage_end_date`",
                "make an export whose time granularity is hourly",
            ),
        };
        Self { why: why.to_owned(), next }
    }

    /// The same in one line.
    pub(super) fn sentence(&self) -> String {
        format!("{}; {}", self.why, self.next)
    }
}

/// How idleness is told, and what must be read for it.
pub(super) struct Watched {
    watch: Watch,
    question: Question,
}

impl Watched {
    /// `None` when nobody asks what is idle.
    pub(super) fn of(asked: &Asked, months: &[BillingPeriod], is_read: bool) -> Option<Self> {
        is_read.then(|| Self {
            watch: asked.watch.unwrap_or_default(),
            question: idle::question(asked.metric, &asked.filters, months),
        })
    }

    /// What must be read.
    pub(super) fn question(&self) -> &Question {
        &self.question
    }

    /// What is idle, and what readers must know of it; an error when the bill tells no hour.
    pub(super) fn idleness(
        &self,
        source: &Source,
        (shared, tenancy): (&Shared, &Tenancy),
    ) -> Result<Result<(Idleness, Vec<Finding>), NoHours>, PipelineError> {
        let charges = shared.unmoved(tenancy, &self.question)?;
        let idleness = idle::idleness(&charges, self.watch)?;
        if idleness.told == 0 && idleness.untold > 0 {
            return Ok(Err(NoHours::of(source)));
        }
        let findings = self.findings(&idleness);
        Ok(Ok((idleness, findings)))
    }

    fn findings(&self, idleness: &Idleness) -> Vec<Finding> {
        let Watch { zone, after } = self.watch;
        let assumed = format!(
            "savings are at most what a shutdown after {after} idle hours could have saved, as if \
             nobody had done anything from the first hour of each stretch on: the bill knows \
             hours, not keystrokes; days, nights and weekends are those of {zone}"
        );
        let mut findings = Vec::new();
        if idleness.told > 0 {
            findings.push(Finding::new("idle-upper-bound", assumed));
        }
        if idleness.untold > 0 {
            let untold = format!(
                "{} of {} source rows of apps, endpoints, notebook instances and volumes tell no \
                 hour and are left out of what is idle",
                idleness.untold,
                idleness.untold.saturating_add(idleness.told)
            );
            findings.push(Finding::new("idle-hours-untold", untold));
        }
        findings
    }
}

/// Whether hours are there without reading a bill: in a store that keeps them for every month.
pub(super) fn are_kept(source: &Source, months: &[BillingPeriod]) -> Result<bool, PipelineError> {
    let Bill::Store { home, versions } = &source.bill else { return Ok(false) };
    let snapshot = Store::open(home)?.snapshot(Some(months), versions)?;
    let has_hours = snapshot
        .versions
        .iter()
        .map(|version| version.segments_of(SegmentKind::Hours).next().is_some());
    Ok(has_hours.clone().count() > 0 && has_hours.into_iter().all(|has| has))
}
