//! Check: the rooms in their order, for what is odd about an export and its rules.
//!
//! In:    a source, months, rule files.
//! Out:   the [`Report`]s of `check`.
//! Never: does a room's work.

use std::path::Path;

use super::{Pass, PipelineError, Source, found, inspect};
use crate::aggregate;
use crate::attribute;
use crate::diagnostic::Finding;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::report::check::{self, Inspection};
use crate::report::{Report, Section, rule_change, rules as rule_sections};
use crate::rules;

/// `check`: what an export holds, misses and gets wrong.
///
/// # Errors
/// As [`spend`].
pub fn check(source: &Source, months: &[BillingPeriod]) -> Result<Report, PipelineError> {
    let question =
        |dimensions: Vec<Dimension>, metric: CostMetric| Question::of(dimensions, metric, months);
    let all = vec![
        Dimension::Month,
        Dimension::Day,
        Dimension::LineItemType,
        Dimension::Service,
        Dimension::OwnerReason,
    ];
    let whole = question(all, CostMetric::Amortized);
    let pass = Pass::over(source, &whole)?;
    let answer = |dimensions: Vec<Dimension>, metric: CostMetric| {
        aggregate::answer(&pass.charges, &question(dimensions, metric))
    };
    let types = vec![Dimension::LineItemType];
    let by_day = answer(vec![Dimension::Day, Dimension::OwnerReason], CostMetric::Amortized)?;
    let mut findings = pass.findings(&by_day);
    findings.extend(inspect::findings(&pass.delivered, &by_day));
    // Most exports have no rules, and should not be read twice to learn that.
    let (sections, of_rules) =
        if pass.tenancy.is_written() { under_rules(source, months)? } else { Default::default() };
    findings.extend(of_rules);
    findings.sort();
    findings.dedup();
    let inspection = Inspection {
        periods: inspect::periods(&pass.delivered),
        unblended: answer(types.clone(), CostMetric::Unblended)?.answer,
        amortized: answer(types, CostMetric::Amortized)?.answer,
        missing: inspect::missing(pass.files()),
        books: pass.books(&by_day)?,
        provenance: pass.provenance(&by_day, &whole)?,
        coverage: by_day.answer,
        rules: sections,
        findings,
    };
    Ok(check::compose(inspection)?)
}

/// What the rules do to the export, in a pass of its own: they need dimensions that nobody else
/// asks for.
fn under_rules(
    source: &Source,
    months: &[BillingPeriod],
) -> Result<(Vec<Section>, Vec<Finding>), PipelineError> {
    let pass = Pass::over(
        source,
        &amortized_by(vec![Dimension::Tenant, Dimension::User, Dimension::Day], months),
    )?;
    let answer = |dimensions: Vec<Dimension>| {
        Ok::<_, PipelineError>(
            aggregate::answer(&pass.charges, &amortized_by(dimensions, months))?.answer,
        )
    };
    let by_tenant = answer(vec![Dimension::Tenant])?;
    let by_user = answer(vec![Dimension::User, Dimension::Tenant, Dimension::Day])?;
    let used = attribute::rule_use(&pass.attributed, &pass.tenancy, CostMetric::Amortized)?;
    let maps = attribute::map_use(&pass.attributed, &pass.tenancy)?;
    let mut findings = rules::doubts(&pass.tenancy);
    findings.extend(inspect::idle_rules(&pass.tenancy, &used));
    findings.extend(inspect::idle_map_rows(&maps));
    findings.extend(inspect::users_of_several(&by_user));
    findings.extend(inspect::kept_pools(&pass.charges.trail));
    let trail = &pass.charges.trail;
    Ok((rule_sections::sections(&pass.tenancy, &used, trail, &by_tenant)?, findings))
}

/// `check --tenants FILE` without an export: what a rule file says and what is doubtful about it.
///
/// # Errors
/// Every mistake of the file at once.
pub fn check_rules(file: &Path) -> Result<Report, PipelineError> {
    let tenancy = rules::read(Some(file), file)?;
    let findings = rules::doubts(&tenancy);
    Ok(rule_sections::of_file(&tenancy, findings))
}

fn amortized_by(dimensions: Vec<Dimension>, months: &[BillingPeriod]) -> Question {
    Question::of(dimensions, CostMetric::Amortized, months)
}

/// `check --diff`: what each tenant would have paid under other rules.
///
/// # Errors
/// As [`spend`], for either rule file.
pub fn rule_change(
    source: &Source,
    old_rules: &Path,
    months: &[BillingPeriod],
) -> Result<Report, PipelineError> {
    let question = amortized_by(vec![Dimension::Tenant], months);
    let under_old = Source { tenants: Some(old_rules.to_owned()), ..source.clone() };
    let old = found(&under_old, &question)?;
    Ok(rule_change::compose(&old, found(source, &question)?)?)
}
