//! Anomaly: a bill held against its own history.
//!
//! In:    readings of the months and of those before.
//! Out:   what history does not explain.
//! Never: computes; the room does.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::query::Asked;
use super::shared::Shared;
use super::tables::{Beside, NOTHING, there};
use super::{PipelineError, Source, outlook};
use crate::aggregate;
use crate::anomaly::{self, Settled};
use crate::diagnostic::Finding;
use crate::model::anomaly::{Anomaly, LEAST, MONTHS_BACK};
use crate::model::dimension::Dimension;
use crate::model::forecast::{GROWING, Progress};
use crate::model::frame::Frame;
use crate::model::money::Money;
use crate::model::period::{BillingPeriod, Day};
use crate::model::question::Question;
use crate::model::tenancy::Tenancy;
use crate::query::{ANOMALIES, ANOMALY_CHARGES};

/// What must be read to hold months against their history.
pub(super) struct Noticed {
    question: Question,
    history: Question,
    today: Option<Day>,
    /// What is told must cost above what is expected.
    least: Money,
}

impl Noticed {
    /// For some months; none means every month that is read.
    pub(super) fn of(asked: &Asked, months: &[BillingPeriod]) -> Self {
        let (metric, filters) = (asked.metric, &asked.filters);
        Self {
            question: anomaly::question_with_resources(metric, filters, months),
            history: anomaly::question(metric, filters, months),
            today: asked.today,
            least: asked.least_excess.unwrap_or(LEAST),
        }
    }

    /// What must be read of the months.
    pub(super) fn question(&self) -> &Question {
        &self.question
    }

    /// The months before that tell what is usual, if the bill has them.
    fn months_before(&self) -> Vec<BillingPeriod> {
        let Some(first) = self.question.months.iter().min() else { return Vec::new() };
        let earlier = std::iter::successors(Some(first.before()), |of| Some(of.before()));
        earlier.take(MONTHS_BACK).collect()
    }

    /// What history does not explain. The books of the months are those of every pass over their
    /// reading.
    fn anomalies(
        &self,
        source: &Source,
        (now, tenancy): (&Shared, &Tenancy),
        earlier: &[BillingPeriod],
    ) -> Result<Vec<Anomaly>, PipelineError> {
        let months = now.unmoved(tenancy, &self.question)?;
        let settled = self.settled(source, &months)?;
        let mut frames = vec![months];
        if !earlier.is_empty() {
            let history = Question { months: earlier.to_vec(), ..self.history.clone() };
            let asking = [(history.clone(), Vec::new())];
            if let Some(shared) = Shared::of(source, tenancy, &asking)? {
                let pass = shared.pass(tenancy, &history, &[])?;
                let plain = Question { dimensions: Vec::new(), ..history.clone() };
                pass.books(&aggregate::answer(&pass.charges, &plain)?)?;
                frames.push(shared.unmoved(tenancy, &history)?);
            }
        }
        let frames: Vec<&Frame> = frames.iter().collect();
        Ok(anomaly::anomalies(&frames, &settled, self.least)?)
    }

    /// The days of each month that will not grow any more.
    fn settled(&self, source: &Source, charges: &Frame) -> Result<Settled, PipelineError> {
        let texts = charges.texts(&Dimension::Day.key()).map_err(anomaly::AnomalyError::from)?;
        let days = texts.values().into_iter().flatten().filter_map(Day::parse);
        let mut months: BTreeMap<BillingPeriod, Option<NaiveDate>> = BTreeMap::new();
        for day in days {
            let is_asked =
                self.question.months.is_empty() || self.question.months.contains(&day.month());
            if is_asked {
                let last = months.entry(day.month()).or_default();
                *last = (*last).max(Some(day.0));
            }
        }
        let progress = outlook::progress(source, &months, self.today)?;
        let until = |(month, progress): (BillingPeriod, Progress)| {
            let last = match progress {
                Progress::Over => month.end().pred_opt(),
                Progress::Running => {
                    let last = months.get(&month).copied().flatten();
                    last.and_then(|last| last.checked_sub_days(Days::new(GROWING)))
                }
            };
            (month, last.filter(|day| BillingPeriod::containing(*day) == month))
        };
        Ok(progress.into_iter().map(until).collect())
    }
}

impl Beside {
    /// Looks at the months, and says when there is no history.
    pub(super) fn notice(
        &mut self,
        noticed: Option<&Noticed>,
        source: &Source,
        now: (&Shared, &Tenancy),
    ) -> Result<(), PipelineError> {
        let Some(noticed) = noticed else { return Ok(()) };
        let earlier = there(source, &noticed.months_before());
        if earlier.is_empty() {
            let none = "no earlier month is here: what is usual is told by the same month alone";
            let doubt = |table| (table, Finding::new(NOTHING, none));
            self.doubts.extend([ANOMALIES, ANOMALY_CHARGES].map(doubt));
        }
        self.anomalies = noticed.anomalies(source, now, &earlier)?;
        Ok(())
    }
}
