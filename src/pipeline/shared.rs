//! Shared: one reading of a bill for several questions.
//!
//! In:    questions about the same months, and the metrics that each adds up.
//! Out:   a [`Pass`] per question, as if it had read the bill alone.
//! Never: lets a question see what another one needs: a charge is a combination of what it names.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::Reading;
use super::{Pass, PipelineError, Source, needs};
use crate::aggregate;
use crate::model::charges::AllocatedCharges;
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::{Question, Wanted};
use crate::model::tenancy::{Needs, Tenancy};
use crate::model::trail::Trail;

/// What several questions read.
pub(super) struct Shared {
    reading: Reading,
}

impl Shared {
    /// Reads a bill as far as the questions, which name the same months, need it.
    pub(super) fn of(
        source: &Source,
        tenancy: &Tenancy,
        questions: &[(Question, Vec<CostMetric>)],
    ) -> Result<Option<Self>, PipelineError> {
        let Some((first, _)) = questions.first() else { return Ok(None) };
        let mut all = needs(tenancy, first, &[]);
        for (question, metrics) in questions {
            together(&mut all, needs(tenancy, question, metrics));
        }
        let reading = Reading::of(source, &first.months, &all)?;
        Ok(Some(Self { reading }))
    }

    /// The currencies of the bill.
    pub(super) fn currencies(&self) -> Vec<&String> {
        self.reading.control.keys().collect()
    }

    /// The billing periods that were read: those asked for, else those of folders and rows.
    pub(super) fn months(&self, asked: &[BillingPeriod]) -> Vec<String> {
        if !asked.is_empty() {
            return asked.iter().map(ToString::to_string).collect();
        }
        let of_folders = self.reading.delivered.iter().filter_map(|period| period.period);
        let mut months: BTreeSet<String> = of_folders.map(|month| month.to_string()).collect();
        if let Ok(of_rows) = self.reading.charges.frame.texts(&Dimension::Month.key()) {
            months.extend(of_rows.values().into_iter().flatten().map(ToOwned::to_owned));
        }
        months.into_iter().collect()
    }

    /// What one of the questions would have read alone.
    pub(super) fn pass(
        &self,
        tenancy: &Tenancy,
        question: &Question,
        metrics: &[CostMetric],
    ) -> Result<Pass, PipelineError> {
        let needs = needs(tenancy, question, metrics);
        Pass::of(self.reading.narrowed(&needs)?, tenancy.clone(), question, &needs)
    }

    /// The charges of one of the questions before shared cost is moved: whoever ran something
    /// answers for it, whoever pays.
    pub(super) fn unmoved(
        &self,
        tenancy: &Tenancy,
        question: &Question,
    ) -> Result<Frame, PipelineError> {
        let unmoved = AllocatedCharges {
            frame: self.pass(tenancy, question, &[])?.attributed.0,
            trail: Trail::default(),
            given: BTreeMap::new(),
        };
        Ok(aggregate::charges(&unmoved, question, &[])?)
    }
}

fn together(all: &mut Needs, more: Needs) {
    for dimension in more.dimensions {
        if !all.dimensions.contains(&dimension) {
            all.dimensions.push(dimension);
        }
    }
    for metric in more.metrics {
        if !all.metrics.contains(&metric) {
            all.metrics.push(metric);
        }
    }
    let either = |a: Wanted, b: Wanted| if a == Wanted::Yes { a } else { b };
    all.hours = either(all.hours, more.hours);
    all.identity = either(all.identity, more.identity);
}
