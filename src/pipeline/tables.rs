//! Tables: everything that statements may read, each bill read once.
//!
//! In:    a source, what the statements of a run speak of.
//! Out:   [`Bills`]: readings of the months and of those they are compared with; [`Beside`].
//! Never: reads a month twice for two statements.

use std::collections::BTreeSet;

use super::anomaly::Noticed;
use super::budgets;
use super::guardrails::Guarded;
use super::idle::{NoHours, Watched};
use super::outlook;
use super::shared::Shared;
use super::{Bill, Pass, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::Finding;
use crate::model::anomaly::Anomaly;
use crate::model::answer::{Books, Provenance};
use crate::model::dimension::Dimension;
use crate::model::forecast::Forecast;
use crate::model::frame::Frame;
use crate::model::idle::Idleness;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::policy::Violation;
use crate::model::question::{Question, Wanted};
use crate::model::tenancy::Tenancy;
use crate::query::{
    ADJUSTMENTS, ALLOCATIONS, ANOMALIES, ANOMALY_CHARGES, Adjusted, BUDGETS, BUSY_HOURS, Budget,
    FORECASTS, IDLE, Mentions, PRIOR_CHARGES, VIOLATIONS, YEAR_AGO_CHARGES,
};

use super::query::Asked;

/// Tables that hold months against others.
const COMPARES: [&str; 6] =
    [PRIOR_CHARGES, YEAR_AGO_CHARGES, FORECASTS, ADJUSTMENTS, ANOMALIES, ANOMALY_CHARGES];

/// The finding of a table that has nothing to say.
pub(super) const NOTHING: &str = "nothing-to-compare";

/// What one statement wants of the bill.
pub(super) struct Wants {
    mentions: Mentions,
    pub(super) now: Question,
    pub(super) prior: Option<Question>,
    pub(super) year_ago: Option<Question>,
}

/// Readings of a bill.
pub(super) struct Bills {
    /// One per statement, in their order.
    pub(super) wants: Vec<Wants>,
    pub(super) tenancy: Tenancy,
    pub(super) now: Shared,
    pub(super) prior: Option<Shared>,
    pub(super) year_ago: Option<Shared>,
    pub(super) beside: Beside,
}

/// What statements read beside charges.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) budgets: Vec<Budget>,
    pub(super) forecasts: Vec<Forecast>,
    pub(super) adjustments: Vec<Adjusted>,
    pub(super) violations: Vec<Violation>,
    pub(super) idleness: Idleness,
    /// Why nothing is said of what is idle.
    pub(super) no_hours: Option<NoHours>,
    pub(super) anomalies: Vec<Anomaly>,
    pub(super) findings: Vec<Finding>,
    /// First and last day with a charge, when days were told apart.
    pub(super) days: Option<(String, String)>,
    /// What speaks against comparing with a table: its name, and why.
    pub(super) doubts: Vec<(&'static str, Finding)>,
}

/// Charges of some months, and what is told about them.
pub(super) struct Read {
    pub(super) pass: Pass,
    pub(super) charges: Frame,
    pub(super) books: Books,
    pub(super) provenance: Provenance,
    pub(super) findings: Vec<Finding>,
}

/// A question, and the metrics that it adds up.
type Asking = (Question, Vec<CostMetric>);

impl Bills {
    /// Reads what some statements speak of.
    pub(super) fn read(
        source: &Source,
        asked: &Asked,
        mentions: &[Mentions],
    ) -> Result<Self, PipelineError> {
        let reads = |table: &str| mentions.iter().any(|of| of.reads(table));
        let mut months = asked.months.clone();
        if months.is_empty() && COMPARES.into_iter().any(reads) {
            // Whoever compares without saying what means the latest month.
            months.extend(source.months(None)?.last());
        }
        let tenancy = source.rules()?;
        let holds = asked.held.is_some();
        let forecasts = (reads(FORECASTS) || holds).then(|| outlook::question(asked, &months));
        let before = there(source, &before(&months, months.len()));
        let year_ago = there(source, &before_year(&months));
        let wants: Vec<Wants> =
            mentions.iter().map(|of| Wants::of(of, asked, [&months, &before, &year_ago])).collect();
        let asking = |of: fn(&Wants) -> Option<&Question>| -> Vec<Asking> {
            let own = wants
                .iter()
                .filter_map(|wants| Some((of(wants)?.clone(), wants.mentions.metrics.clone())));
            own.collect()
        };
        let mut of_now = asking(|wants| Some(&wants.now));
        let mut of_prior = asking(|wants| wants.prior.as_ref());
        let history = forecasts.as_ref().filter(|_| !before.is_empty());
        let history = history.map(|of| Question { months: before.clone(), ..of.clone() });
        of_now.extend(forecasts.clone().map(|question| (question, Vec::new())));
        of_prior.extend(history.clone().map(|question| (question, Vec::new())));
        let owing = (reads(BUDGETS) || holds).then(|| budgets::question(asked, &tenancy, &months));
        let owing = owing.flatten();
        of_now.extend(owing.clone().map(|question| (question, Vec::new())));
        let guarded = Guarded::of(asked, &months, reads(VIOLATIONS))?;
        let of_guarded = guarded.iter().flat_map(Guarded::questions);
        of_now.extend(of_guarded.map(|question| (question.clone(), Vec::new())));
        let watched = Watched::of(asked, &months, reads(IDLE) || reads(BUSY_HOURS));
        of_now.extend(watched.iter().map(|of| (of.question().clone(), Vec::new())));
        let is_noticed = reads(ANOMALIES) || reads(ANOMALY_CHARGES);
        let noticed = is_noticed.then(|| Noticed::of(asked, &months));
        of_now.extend(noticed.iter().map(|of| (of.question().clone(), Vec::new())));
        let now = Shared::of(source, &tenancy, &of_now)?.ok_or(super::NoMonth)?;
        let prior = Shared::of(source, &tenancy, &of_prior)?;
        let of_year_ago = asking(|wants| wants.year_ago.as_ref());
        let year_ago_bill = Shared::of(source, &tenancy, &of_year_ago)?;
        let mut beside = Beside::default();
        beside.guard(guarded.as_ref(), (&now, &tenancy), asked)?;
        beside.watch(watched.as_ref(), source, (&now, &tenancy))?;
        beside.notice(noticed.as_ref(), source, (&now, &tenancy))?;
        if let Some(question) = &forecasts {
            let prior = prior.as_ref().zip(history.as_ref());
            let told = outlook::forecasts(source, asked, &tenancy, (&now, question), prior)?;
            (beside.forecasts, beside.days) = told;
        }
        if reads(BUDGETS) || holds {
            // Who had a cost in the month before may have none in this one.
            let before = prior.as_ref().zip(history.as_ref());
            let bills = owing.as_ref().map(|of| [(&now, of)].into_iter().chain(before));
            let tenants = bills.map(|bills| budgets::tenants(bills, &tenancy)).transpose()?;
            beside.budgets(asked, &tenancy, tenants.as_ref(), (&now, &months))?;
        }
        if reads(ADJUSTMENTS) {
            beside.adjustments(source, asked, &months)?;
        }
        beside.compare(&months, [&before, &year_ago], asked);
        Ok(Self { wants, tenancy, now, prior, year_ago: year_ago_bill, beside })
    }

    /// The charges of months that are compared with; their books must balance, too.
    pub(super) fn charges(
        shared: &Shared,
        tenancy: &Tenancy,
        wants: &Wants,
        question: &Question,
    ) -> Result<Frame, PipelineError> {
        let pass = shared.pass(tenancy, question, &wants.mentions.metrics)?;
        let plain = Question { dimensions: Vec::new(), ..question.clone() };
        pass.books(&aggregate::answer(&pass.charges, &plain)?)?;
        Ok(aggregate::charges(&pass.charges, question, &wants.mentions.metrics)?)
    }
}

impl Shared {
    /// What one statement reads.
    pub(super) fn answer(
        &self,
        tenancy: &Tenancy,
        wants: &Wants,
        question: &Question,
    ) -> Result<Read, PipelineError> {
        let metrics = &wants.mentions.metrics;
        let pass = self.pass(tenancy, question, metrics)?;
        // The books do not care for what tells charges apart.
        let plain = Question { dimensions: Vec::new(), ..question.clone() };
        let answered = aggregate::answer(&pass.charges, &plain)?;
        Ok(Read {
            books: pass.books(&answered)?,
            provenance: pass.provenance(&answered, question)?,
            findings: pass.findings(&answered),
            charges: aggregate::charges(&pass.charges, question, metrics)?,
            pass,
        })
    }
}

impl Wants {
    fn of(
        mentions: &Mentions,
        asked: &Asked,
        [now, prior, year_ago]: [&Vec<BillingPeriod>; 3],
    ) -> Self {
        let mut dimensions = mentions.dimensions.clone();
        // Moves of shared cost are made only for who asks about tenants.
        if mentions.reads(ALLOCATIONS) && !dimensions.contains(&Dimension::Tenant) {
            dimensions.push(Dimension::Tenant);
        }
        let question = |months: &[BillingPeriod]| Question {
            dimensions: dimensions.clone(),
            metric: asked.metric,
            filters: asked.filters.clone(),
            months: months.to_vec(),
            hours: if mentions.hours { Wanted::Yes } else { Wanted::No },
        };
        let compared = |table: &str, months: &Vec<BillingPeriod>| {
            (mentions.reads(table) && !months.is_empty()).then(|| question(months))
        };
        Self {
            now: question(now),
            prior: compared(PRIOR_CHARGES, prior),
            year_ago: compared(YEAR_AGO_CHARGES, year_ago),
            mentions: mentions.clone(),
        }
    }

    /// What speaks against a comparison that the statement makes.
    pub(super) fn doubt(&self, beside: &Beside) -> Option<Finding> {
        let (_, why) = beside.doubts.iter().find(|(table, _)| self.mentions.reads(table))?;
        Some(why.clone())
    }

    /// Whether an answer would say nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.mentions.reads(YEAR_AGO_CHARGES) && self.year_ago.is_none()
    }
}

/// Months a number of months earlier.
fn before(months: &[BillingPeriod], by: usize) -> Vec<BillingPeriod> {
    let earlier = |month: &BillingPeriod| (0..by).fold(*month, |month, _| month.before());
    months.iter().map(earlier).collect()
}

fn before_year(months: &[BillingPeriod]) -> Vec<BillingPeriod> {
    before(months, 12)
}

/// Those of some months that the bill has.
pub(super) fn there(source: &Source, months: &[BillingPeriod]) -> Vec<BillingPeriod> {
    let is_there = |month: &&BillingPeriod| source.months(Some(**month)).is_ok();
    months.iter().filter(is_there).copied().collect()
}

impl Beside {
    /// Says which tables have nothing of the months that they are about, and which hold whole
    /// months for one that is not over.
    fn compare(
        &mut self,
        months: &[BillingPeriod],
        [prior, year_ago]: [&Vec<BillingPeriod>; 2],
        asked: &Asked,
    ) {
        let is_running = |month: &&BillingPeriod| {
            asked.today.is_some_and(|today| month.start() <= today.0 && today.0 < month.end())
        };
        let running = months.iter().find(is_running);
        let tables = [
            (PRIOR_CHARGES, before(months, months.len()), prior),
            (YEAR_AGO_CHARGES, before_year(months), year_ago),
        ];
        for (table, wanted, there) in tables {
            let absent = wanted.iter().filter(|month| !there.contains(month));
            let absent: Vec<String> = absent.map(ToString::to_string).collect();
            if !absent.is_empty() {
                let why = format!("there is no {} here", absent.join(", "));
                self.doubts.push((table, Finding::new(NOTHING, why)));
            } else if let Some(month) = running {
                let why = format!("{month} is not over");
                self.doubts.push((table, Finding::new("month-not-over", why)));
            }
        }
    }

    fn budgets(
        &mut self,
        asked: &Asked,
        tenancy: &Tenancy,
        tenants: Option<&BTreeSet<String>>,
        (now, months): (&Shared, &[BillingPeriod]),
    ) -> Result<(), PipelineError> {
        let currencies = now.currencies();
        let (mut budgets, odd) = budgets::budgets(asked, tenancy, tenants, &now.months(months))?;
        self.findings.extend(odd);
        let has_none = budgets.iter().any(|budget| budget.currency.is_none());
        if has_none && currencies.len() > 1 {
            // A budget without a currency cannot be held against a bill in several.
            budgets.retain(|budget| budget.currency.is_some());
            let message = "the bill is in several currencies and budgets are in none: not compared";
            self.findings.push(Finding::new("budget-currency", message));
        }
        if budgets.is_empty() {
            let none = "no tenant has a budget: write `budget` in tenants.toml, or `--budgets`";
            self.doubts.push((BUDGETS, Finding::new(NOTHING, none)));
        }
        self.budgets = budgets;
        Ok(())
    }

    fn guard(
        &mut self,
        guarded: Option<&Guarded>,
        (now, tenancy): (&Shared, &Tenancy),
        asked: &Asked,
    ) -> Result<(), PipelineError> {
        if asked.policy.is_none() {
            let none = "no policy is given: name one with `--policy FILE`";
            self.doubts.push((VIOLATIONS, Finding::new(NOTHING, none)));
        }
        if let Some(guarded) = guarded {
            let (violations, odd) = guarded.violations(now, tenancy)?;
            self.violations = violations;
            self.findings.extend(odd);
        }
        Ok(())
    }

    fn watch(
        &mut self,
        watched: Option<&Watched>,
        source: &Source,
        now: (&Shared, &Tenancy),
    ) -> Result<(), PipelineError> {
        match watched.map(|of| of.idleness(source, now)).transpose()? {
            Some(Ok((idleness, findings))) => {
                self.idleness = idleness;
                self.findings.extend(findings);
            }
            Some(Err(no_hours)) => {
                let why = no_hours.sentence();
                let doubts = [IDLE, BUSY_HOURS].map(|of| (of, Finding::new(NOTHING, why.clone())));
                self.doubts.extend(doubts);
                self.no_hours = Some(no_hours);
            }
            None => {}
        }
        Ok(())
    }

    fn adjustments(
        &mut self,
        source: &Source,
        asked: &Asked,
        months: &[BillingPeriod],
    ) -> Result<(), PipelineError> {
        let Bill::Store { home, versions } = &source.bill else {
            let none = "only a store knows what was closed";
            self.doubts.push((ADJUSTMENTS, Finding::new(NOTHING, none)));
            return Ok(());
        };
        if versions.is_empty() {
            let (adjusted, findings) =
                outlook::adjustments(home, months, asked.metric, source.threads)?;
            self.adjustments = adjusted;
            self.findings.extend(findings);
        }
        Ok(())
    }
}
