//! Guardrails: a bill held against a policy.
//!
//! In:    a file of policy, readings of the months.
//! Out:   violations; the policy as a statement of AWS; what says that there is none.
//! Never: computes; the rooms do.

use std::path::Path;

use super::PipelineError;
use super::query::Asked;
use super::shared::Shared;
use crate::diagnostic::Finding;
use crate::guardrails::{self, Statement, StatementKind};
use crate::model::dimension::Dimension;
use crate::model::frame::Frame;
use crate::model::period::BillingPeriod;
use crate::model::policy::{Policy, Violation};
use crate::model::question::{Question, Wanted};
use crate::model::tenancy::Tenancy;
use crate::rules;

/// A policy, and what must be read to hold a bill against it.
pub(super) struct Guarded {
    policy: Policy,
    charges: Question,
    rates: Question,
}

impl Guarded {
    /// `None` when there is no policy, or nobody asks what breaks it.
    ///
    /// # Errors
    /// When the policy has mistakes, which are told whoever asks.
    pub(super) fn of(
        asked: &Asked,
        months: &[BillingPeriod],
        is_read: bool,
    ) -> Result<Option<Self>, PipelineError> {
        let Some(path) = &asked.policy else { return Ok(None) };
        let policy = rules::policy(path)?;
        if !is_read && !asked.stops {
            return Ok(None);
        }
        let charges = Question {
            dimensions: policy.dimensions(),
            metric: asked.metric,
            filters: asked.filters.clone(),
            months: months.to_vec(),
            hours: Wanted::Yes,
        };
        let rates = Question { months: months.to_vec(), ..guardrails::rates_question() };
        Ok(Some(Self { policy, charges, rates }))
    }

    /// What must be read.
    pub(super) fn questions(&self) -> [&Question; 2] {
        [&self.charges, &self.rates]
    }

    /// What breaks the policy, and which tags the bill cannot have. Its books are those of every
    /// pass over this reading.
    pub(super) fn violations(
        &self,
        shared: &Shared,
        tenancy: &Tenancy,
    ) -> Result<(Vec<Violation>, Vec<Finding>), PipelineError> {
        let frame = |question| shared.unmoved(tenancy, question);
        let (charges, rates) = (frame(&self.charges)?, frame(&self.rates)?);
        let violations = guardrails::violations(&self.policy, &charges, &rates)?;
        Ok((violations, self.unseen(&charges)))
    }

    /// Tags that are asked for and that no charge carries.
    fn unseen(&self, charges: &Frame) -> Vec<Finding> {
        let is_unseen = |key: &String| {
            let texts = charges.texts(&Dimension::Tag(key.clone()).key());
            texts.is_ok_and(|texts| texts.iter().all(|value| value.is_none()))
        };
        let unseen = |key: String| {
            let message = format!(
                "no charge carries the tag `{key}` that the policy asks for: is it activated as a \
                 cost allocation tag?"
            );
            Finding::new("tag-not-seen", message)
        };
        self.policy.tags().into_iter().filter(is_unseen).map(unseen).collect()
    }
}

/// A file of policy as a statement of AWS.
///
/// # Errors
/// When the file has mistakes, or nothing of it can be a statement.
pub fn policy_statement(path: &Path, kind: StatementKind) -> Result<Statement, PipelineError> {
    Ok(guardrails::statement(&rules::policy(path)?, kind)?)
}
