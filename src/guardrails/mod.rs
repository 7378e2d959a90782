//! Guardrails: what runs that a policy does not allow, and what would have stopped it.
//!
//! In:    a [`Policy`], charges by day and resource, what usage cost by the hour.
//! Out:   [`Violation`]s with the charges behind them; the policy as statements of AWS.
//! Never: counts a charge twice under one rule, or minds the free `system` instance.
//!
//! A charge is held against every guardrail that covers it. Where several ask for the same thing
//! (an instance type, a region, the same tag) the first that is broken is told, so that the cost of
//! one rule adds up; one charge may break two rules. Only usage can break a rule: fees, tax and
//! what a plan takes back are nobody's choice of an instance. A ceiling counts everything that the
//! bill says of a user, and its violation is what lies above.

mod bill;
mod ceiling;
mod rates;
mod statement;
mod usage;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::condition::{Coded, Matcher};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError};
use crate::model::glob::BadGlob;
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::model::period::Days;
use crate::model::policy::{Policy, Violation};
use crate::model::question::{Question, Wanted};
use bill::Bill;
use rates::Rates;
pub use statement::{Kind as StatementKind, Statement, statement};

/// Charges could not be held against the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardrailError {
    /// A column is absent or of another type.
    #[error("charges could not be held against the policy: {0}")]
    Frame(#[from] FrameError),
    /// A pattern that was read is no pattern.
    #[error("charges could not be held against the policy: {0}")]
    Pattern(#[from] BadGlob),
    /// No part of a policy can be a statement of AWS.
    #[error("nothing in `{file}` can be a statement of AWS")]
    NoStatement {
        /// The policy as the user knows it.
        file: String,
        /// Why, by guardrail.
        notes: Vec<String>,
    },
    /// A sum leaves its range.
    #[error("the cost of a violation leaves the range of 128-bit pico-units")]
    Range,
}

impl Diagnose for GuardrailError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Frame(_) | Self::Pattern(_) => ErrorKind::Internal,
            Self::NoStatement { .. } | Self::Range => ErrorKind::Input,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Frame(_) | Self::Pattern(_) => "BUG-GUARDRAIL",
            Self::NoStatement { .. } => "POLICY-NO-STATEMENT",
            Self::Range => "GUARDRAIL-RANGE",
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::NoStatement { notes, .. } => notes.clone(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::NoStatement { .. } => "AWS can deny instance types, regions and missing tags",
            Self::Range => "look for absurd costs with `curtail check`",
            Self::Frame(_) | Self::Pattern(_) => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

/// What [`violations`] needs of a bill to know what an hour costs: usage as it was charged, before
/// any plan, whatever the filters are.
pub fn rates_question() -> Question {
    let dimensions = [
        Dimension::Currency,
        Dimension::Day,
        Dimension::LineItemType,
        Dimension::Component,
        Dimension::InstanceType,
        Dimension::Region,
    ];
    let question = Question::of(dimensions.to_vec(), CostMetric::Unblended, &[]);
    Question { hours: Wanted::Yes, ..question }
}

/// What breaks a policy: by currency and rule, the dearest first.
///
/// `charges` tells what [`Policy::dimensions`] names, `rates` what [`rates_question`] asks for;
/// both with hours and `cost`.
///
/// # Errors
/// When a frame lacks what it promises, which is our bug, or a sum leaves its range.
pub fn violations(
    policy: &Policy,
    charges: &Frame,
    rates: &Frame,
) -> Result<Vec<Violation>, GuardrailError> {
    let bill = Bill::of(charges, policy)?;
    let rates = Rates::of(rates)?;
    let covering = covering(policy, charges)?;
    let mut found = usage::broken(policy, &bill, &covering)?;
    for violation in &mut found {
        rates.substitute(policy, violation);
    }
    found.extend(ceiling::broken(policy, &bill, &covering)?);
    let mut keyed = Vec::with_capacity(found.len());
    for violation in found {
        keyed.push((violation.cost().ok_or(GuardrailError::Range)?, violation));
    }
    keyed.sort_by(|(cost, of), (other_cost, other)| {
        let by_rule = (&of.currency, of.broken).cmp(&(&other.currency, other.broken));
        let by_name = (&of.place, &of.found, &of.guardrail);
        let by_name = by_name.cmp(&(&other.place, &other.found, &other.guardrail));
        by_rule.then(other_cost.cmp(cost)).then(by_name)
    });
    Ok(keyed.into_iter().map(|(_, violation)| violation).collect())
}

/// By row: the guardrails that cover it, in order.
fn covering(policy: &Policy, charges: &Frame) -> Result<Vec<Vec<usize>>, GuardrailError> {
    let scopes = policy.guardrails.iter().map(|of| (&of.scope, Days::ALWAYS));
    let mut absent = None;
    let matcher = Matcher::new(scopes, |dimension| {
        charges.coded(&dimension.key()).unwrap_or_else(|error| {
            absent = Some(error);
            Coded::default()
        })
    })?;
    if let Some(error) = absent {
        return Err(error.into());
    }
    Ok((0..charges.height()).map(|row| matcher.matching(row, None).collect()).collect())
}

impl Violation {
    /// What it costs, all days together; `None` beyond the range.
    pub fn cost(&self) -> Option<Money> {
        Money::checked_sum(self.days.iter().map(|day| day.cost))
    }
}
