//! Explain: one pass over the months of a subject, fine enough to follow every charge.
//!
//! In:    a source, a subject as typed, a month, a metric.
//! Out:   a [`Report`] of one tree.
//! Never: reads months that nobody asked for.

use std::collections::BTreeMap;

use super::{Pass, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::{Diagnose, ErrorKind, nearest};
use crate::model::answer::Answer;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question};
use crate::report::Report;
use crate::report::explain::{self, Found, Settings, Subject};
use crate::report::statement::{Holder, find};

/// Nothing in the months that were read is called like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no charge of {what} `{asked}`")]
pub struct SubjectAbsent {
    /// `user` or `resource`.
    pub what: &'static str,
    /// What was typed.
    pub asked: String,
    /// The one that was most likely meant.
    pub near: Option<String>,
}

impl Diagnose for SubjectAbsent {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "EXPLAIN-ABSENT"
    }

    fn hints(&self) -> Vec<String> {
        match &self.near {
            Some(near) => vec![format!("did you mean `{near}`?")],
            None => vec![format!("`curtail spend --by {}` lists what there is", self.what)],
        }
    }
}

/// `explain`: why a subject costs what it costs, in the month that is named or the latest one; a
/// resource in every month.
///
/// # Errors
/// The first room's that could not go on; or when the subject is not there.
pub fn explain(
    source: &Source,
    asked: &Subject,
    month: Option<BillingPeriod>,
    metric: CostMetric,
    settings: Settings,
) -> Result<Report, PipelineError> {
    let every_month = month.is_none() && matches!(asked, Subject::Resource(_));
    let read = match month {
        Some(month) => vec![month],
        None if every_month => Vec::new(),
        None => source.months(None)?.last().copied().into_iter().collect(),
    };
    let whole = Question::of(explain::dimensions(asked), metric, &read);
    let pass = Pass::over(source, &whole)?;
    let all = Question::of(vec![of(asked)], metric, &whole.months);
    let all = aggregate::answer(&pass.charges, &all)?;
    pass.books(&all)?;
    let months = if every_month {
        Vec::new()
    } else {
        vec![pass.settle(&all.months, &whole.months, month)?[1]]
    };
    let (subject, name) = pass.subject(asked, &all.answer)?;
    let (value, is_exact) = match &subject {
        Subject::User(name) => (name.clone(), name.starts_with("arn:")),
        Subject::Tenant(id) | Subject::Resource(id) => (id.clone(), true),
    };
    let only = Filter { dimension: of(&subject), value: Some(value.clone()) };
    let place = |answer: &Answer| answer.dimensions.iter().position(|own| *own == of(&subject));
    let answer = |dimensions: Vec<Dimension>| -> Result<Answer, PipelineError> {
        let filters = vec![only.clone()];
        let question = Question { filters, ..Question::of(dimensions, metric, &months) };
        let mut answer = aggregate::answer(&pass.charges, &question)?.answer;
        let at = place(&answer).unwrap_or_default();
        // The filter also takes last parts of ARNs.
        answer.rows.retain(|row| !is_exact || row.keys[at].as_deref() == Some(value.as_str()));
        Ok(answer)
    };
    let coarse = answer(vec![of(&subject)])?;
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for row in &coarse.rows {
        let total = totals.entry(row.currency.clone()).or_default();
        *total = total.checked_add(row.cost).unwrap_or(*total);
    }
    let mut periods: Vec<String> = months.iter().map(ToString::to_string).collect();
    if periods.is_empty() {
        periods.clone_from(&all.months);
    }
    let told = answer(explain::dimensions(&subject))?;
    let mut findings = pass.findings(&all);
    findings.extend(pass.dropped(&told));
    findings.sort();
    let found = Found {
        answer: told,
        subject,
        name,
        whole: totals,
        periods,
        findings,
        trail: pass.charges.trail.clone(),
        tenancy: pass.tenancy.clone(),
    };
    Ok(explain::compose(found, settings)?)
}

pub(super) fn of(subject: &Subject) -> Dimension {
    match subject {
        Subject::Tenant(_) => Dimension::Tenant,
        Subject::User(_) => Dimension::User,
        Subject::Resource(_) => Dimension::Resource,
    }
}

impl Pass {
    /// The subject that is meant, and its name for people.
    pub(super) fn subject(
        &self,
        asked: &Subject,
        all: &Answer,
    ) -> Result<(Subject, String), PipelineError> {
        let values = all.rows.iter().filter_map(|row| row.keys.first()?.as_deref());
        let (what, typed) = match asked {
            Subject::Tenant(name) => {
                let mut holders: Vec<Holder> =
                    self.tenancy.tenants.iter().cloned().map(Holder::declared).collect();
                let unknown: std::collections::BTreeSet<&str> =
                    values.filter(|id| self.tenancy.tenant(id).is_none()).collect();
                holders.extend(unknown.into_iter().map(Holder::undeclared));
                let holders: Vec<&Holder> = holders.iter().collect();
                let holder = holders[find(&holders, name)?];
                return Ok((Subject::Tenant(holder.id().to_owned()), holder.name()));
            }
            Subject::User(name) => ("user", name),
            Subject::Resource(name) => ("resource", name),
        };
        let is_user = what == "user";
        let known: Vec<String> = values
            .map(|value| {
                if is_user && !typed.starts_with("arn:") {
                    explain::last(value).to_owned()
                } else {
                    value.to_owned()
                }
            })
            .collect();
        if known.iter().any(|value| value == typed) {
            let name = if is_user { explain::last(typed) } else { explain::short(typed) };
            return Ok((asked.clone(), name.to_owned()));
        }
        let near = nearest(typed, known.iter().map(String::as_str)).map(str::to_owned);
        Err(SubjectAbsent { what, asked: typed.clone(), near }.into())
    }
}
