//! Focus: the charges of a bill as a FOCUS data set.
//!
//! In:    a source, filters, months, tags that are wanted.
//! Out:   a [`Report`] of one table, a row per charge of a day.
//! Never: lets a move of shared cost change the sum of a cost.
//!
//! Rules move one metric. So the charges are taken twice from one pass: as they are before anything
//! moves, for the costs that stay as billed, hours and line items; and after it, for the effective
//! cost alone. Both are put together and added up by what tells charges apart. A row that was given
//! away keeps its other costs; a row that was received has none.

use std::collections::BTreeMap;

use super::{Pass, PipelineError, Source};
use crate::aggregate;
use crate::model::charges::{AllocatedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Texts};
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use crate::model::tag_key::sagemaker;
use crate::model::trail::Trail;
use crate::report::Report;
use crate::report::focus::{self, BILLED, EFFECTIVE, Found, LIST};

/// What tells charges apart beside tags and tenants.
const GRAIN: [Dimension; 16] = [
    Dimension::Day,
    Dimension::Month,
    Dimension::Resource,
    Dimension::Account,
    Dimension::Payer,
    Dimension::Region,
    Dimension::Service,
    Dimension::UsageType,
    Dimension::Operation,
    Dimension::LineItemType,
    Dimension::Component,
    Dimension::InstanceType,
    Dimension::Domain,
    Dimension::User,
    Dimension::Space,
    Dimension::OwnerReason,
];

/// Charges as FOCUS tells them.
///
/// # Errors
/// The first room's that could not go on.
pub fn focus(
    source: &Source,
    filters: &[Filter],
    months: &[BillingPeriod],
    more: &[Dimension],
) -> Result<Report, PipelineError> {
    let tenancy = source.rules()?;
    let owner_tags = [sagemaker::DOMAIN, sagemaker::USER_PROFILE, sagemaker::SPACE];
    let mut dimensions = GRAIN.to_vec();
    dimensions.extend(owner_tags.map(|key| Dimension::Tag(key.to_owned())));
    let named = more.iter().chain(filters.iter().map(|filter| &filter.dimension));
    for tag in named.filter(|of| matches!(of, Dimension::Tag(_))) {
        if !dimensions.contains(tag) {
            dimensions.push(tag.clone());
        }
    }
    if tenancy.is_written() || filters.iter().any(|filter| filter.dimension.is_tenancy()) {
        dimensions.extend([Dimension::Tenant, Dimension::TenantRule, Dimension::Pool]);
    }
    let question = Question {
        dimensions,
        metric: EFFECTIVE,
        filters: filters.to_vec(),
        months: months.to_vec(),
        hours: Wanted::Yes,
    };
    let pass = Pass::with(source, tenancy, &question, &[BILLED, LIST])?;
    let plain = Question { dimensions: Vec::new(), ..question.clone() };
    let answered = aggregate::answer(&pass.charges, &plain)?;
    let mut billed = pass.attributed.0.clone();
    if question.asks_tenancy() {
        billed.set_texts(Dimension::Pool.key(), Texts::nothing(billed.height()));
    }
    let billed =
        AllocatedCharges { frame: billed, trail: Trail::default(), given: BTreeMap::new() };
    let billed = aggregate::charges(&billed, &question, &[BILLED, LIST])?;
    let moved = aggregate::charges(&pass.charges, &question, &[])?;
    let charges = together(billed, &moved, &question).map_err(aggregate::AggregateError::from)?;
    Ok(focus::compose(&Found {
        charges,
        dimensions: question.dimensions.clone(),
        trail: pass.charges.trail.clone(),
        books: pass.books(&answered)?,
        provenance: pass.provenance(&answered, &question)?,
        findings: pass.findings(&answered),
    }))
}

/// The billed side keeps everything but its effective cost, the moved side only that.
fn together(mut billed: Frame, moved: &Frame, question: &Question) -> Result<Frame, FrameError> {
    let billed_only = [BILLED.column(), LIST.column(), column::USAGE_HOURS];
    let mut keys = vec![column::CURRENCY.to_owned()];
    keys.extend(question.dimensions.iter().map(Dimension::key));
    billed.set_amounts(EFFECTIVE.column(), vec![0; billed.height()]);
    let mut moved_alone = Frame::new(vec![0; moved.height()]);
    for key in &keys {
        moved_alone.set_texts(key.clone(), moved.texts(key)?.clone());
    }
    for name in billed_only {
        moved_alone.set_amounts(name, vec![0; moved.height()]);
    }
    moved_alone.set_amounts(EFFECTIVE.column(), moved.amounts(EFFECTIVE.column())?.to_vec());
    let sums: Vec<&str> = billed_only.into_iter().chain([EFFECTIVE.column()]).collect();
    let mut both = billed.grouped(&keys, &sums, None)?;
    both.append(&moved_alone)?;
    both.grouped(&keys, &sums, None)
}
