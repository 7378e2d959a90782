//! Diff: what a later delivery of a month says otherwise.
//!
//! In:    a store, a month, perhaps two of its versions.
//! Out:   a [`Report`]: by tenant, owner, service and line type, and why.
//! Never: uses other rules for one side than for the other.

use std::path::PathBuf;

use super::compare::{Compared, Sides, compare, dimensions};
use super::kept::Kept;
use super::{KeptError, PipelineError};
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::stored::{Version, VersionId};
use crate::report::Report;
use crate::report::diff::{self as composer, Found, Settings, Side};
use crate::rules;
use crate::store::Home;

/// What is compared.
#[derive(Debug, Clone)]
pub struct Diff {
    /// Where the store is.
    pub home: Home,
    /// Worker threads.
    pub threads: usize,
    /// The rule file of a month that is not closed; `None` takes `tenants.toml` in the store.
    pub tenants: Option<PathBuf>,
    /// The month.
    pub month: BillingPeriod,
    /// The two versions; `None` takes what is closed, or the version before, and the newest.
    pub versions: Option<[VersionId; 2]>,
    /// The metric; `None` takes that of the closing, or the usual one.
    pub metric: Option<CostMetric>,
    /// How much people want to see.
    pub settings: Settings,
}

/// The month has no such version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{period} has no version {asked}")]
pub struct DiffError {
    /// The month.
    pub period: BillingPeriod,
    /// The version.
    pub asked: VersionId,
    /// Those that there are.
    pub known: Vec<VersionId>,
}

impl Diagnose for DiffError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "DIFF-NO-VERSION"
    }

    fn hints(&self) -> Vec<String> {
        let known: Vec<String> = self.known.iter().map(ToString::to_string).collect();
        vec![format!("it has {}", known.join(", "))]
    }
}

/// `diff`: what changed in a month, and why.
///
/// # Errors
/// When a version is not there; the first room's that could not go on.
pub fn diff(asked: &Diff) -> Result<Report, PipelineError> {
    let Diff { home, tenants, .. } = asked;
    let kept = Kept::open(home)?;
    let period = kept.month(Some(asked.month))?;
    let closing = kept.timeline.closing(period);
    let tenancy = match closing {
        Some(closing) if tenants.is_some() => {
            return Err(KeptError::RulesOfClosed { period, at: closing.at.clone() }.into());
        }
        Some(closing) => rules::kept(&closing.rules, closing.rule_file.as_deref())?,
        None => rules::read(tenants.as_deref(), &home.folder)?,
    };
    let usual = closing.map_or(CostMetric::Amortized, |closing| closing.metric);
    let before = match closing {
        Some(closing) => closing.pins.get(&period.before()).copied(),
        None => kept.timeline.last_month(period.before()),
    };
    let versions = kept.compared(period, asked.versions)?;
    let [earlier, later] = versions.map(|id| kept.version(id));
    // Both are known to the timeline, which was made of the same versions.
    let (Some(earlier), Some(later)) = (earlier, later) else {
        return Err(super::NoMonth.into());
    };
    let compared = compare(&Sides {
        home,
        threads: asked.threads,
        period,
        before,
        versions,
        tenancy: &tenancy,
        metric: asked.metric.unwrap_or(usual),
    })?;
    let found = Found {
        period,
        versions: [earlier, later].map(|version| kept.side(version)),
        findings: findings(&kept, &compared, versions, period),
        answers: compared.answers,
        dimensions: dimensions(),
        shifts: compared.shifts,
    };
    Ok(composer::compose(found, asked.settings)?)
}

impl Kept<'_> {
    /// The versions that are meant.
    fn compared(
        &self,
        period: BillingPeriod,
        asked: Option<[VersionId; 2]>,
    ) -> Result<[VersionId; 2], PipelineError> {
        let known: Vec<VersionId> = self.timeline.versions(period).collect();
        if let Some(versions) = asked {
            let absent = versions.iter().find(|asked| !known.contains(asked));
            return match absent {
                Some(asked) => Err(DiffError { period, asked: *asked, known }.into()),
                None => Ok(versions),
            };
        }
        let newest = *known.last().ok_or(super::NoMonth)?;
        let closed = self.timeline.closing(period).and_then(|of| of.pins.get(&period)).copied();
        let before = known.iter().rev().nth(1).copied();
        Ok([closed.or(before).unwrap_or(newest), newest])
    }

    fn side(&self, version: &Version) -> Side {
        let facts = &version.facts;
        let closed = self.timeline.closing(facts.period).and_then(|of| of.pins.get(&facts.period));
        let booked = self.timeline.booked(facts.period);
        let words = [
            (closed == Some(&version.id), "closed"),
            (booked == Some(version.id) && closed != Some(&version.id), "booked"),
            (self.timeline.newest(facts.period) == Some(version.id), "newest"),
        ];
        Side {
            id: version.id,
            words: words.into_iter().filter_map(|(is, word)| is.then_some(word)).collect(),
            at: facts.at.clone(),
            source: facts.origin.source.clone(),
            files: facts.files.iter().map(|_| 1).sum(),
            rows: version.source_rows(),
        }
    }
}

fn findings(
    kept: &Kept<'_>,
    compared: &Compared,
    [earlier, later]: [VersionId; 2],
    period: BillingPeriod,
) -> Vec<Finding> {
    let mut findings = compared.findings.clone();
    let say = |message: String| Finding::new("diff", message);
    if earlier == later {
        let message = match kept.timeline.versions(period).count() {
            1 => format!("{period} has one version, so there is nothing to compare it with"),
            _ => format!("version {later} is compared with itself"),
        };
        findings.push(say(message));
    } else if compared.shifts.is_empty() {
        findings.push(say("no charge changed".to_owned()));
    }
    let split_cost = compared.split_cost.iter();
    findings.extend(split_cost.map(|(currency, change)| {
        say(format!(
            "split cost, which restates EC2 lines, changed by {change} {currency}; no table has it"
        ))
    }));
    findings
}
