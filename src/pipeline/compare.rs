//! Compare: two versions of one month, under the same rules and beside the same month before.
//!
//! In:    a store, a month, two of its versions, the rules, a metric.
//! Out:   [`Compared`]: what changed, charge by charge, and both bills as a whole.
//! Never: lets anything but the data differ between the two sides.

use std::collections::BTreeMap;

use super::{Bill, Pass, PipelineError, Source};
use crate::aggregate::{self, Sums};
use crate::change::{self, CHARGE};
use crate::diagnostic::Finding;
use crate::model::answer::Answer;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::question::Question;
use crate::model::restatement::Shift;
use crate::model::stored::{Pins, VersionId};
use crate::model::tenancy::Tenancy;
use crate::store::Home;

/// What is compared.
pub(super) struct Sides<'a> {
    pub(super) home: &'a Home,
    pub(super) threads: usize,
    pub(super) period: BillingPeriod,
    /// The version of the month before, if statements of the month are made beside it.
    pub(super) before: Option<VersionId>,
    pub(super) versions: [VersionId; 2],
    pub(super) tenancy: &'a Tenancy,
    pub(super) metric: CostMetric,
}

/// What two versions say.
pub(super) struct Compared {
    /// By what people look at: [`coarse`].
    pub(super) answers: [Answer; 2],
    /// Without any dimension.
    pub(super) bills: [Answer; 2],
    /// By [`dimensions`].
    pub(super) shifts: Vec<Shift>,
    /// By how much split cost changed; not zero.
    pub(super) split_cost: BTreeMap<Currency, Money>,
    /// What was odd about the later one.
    pub(super) findings: Vec<Finding>,
}

/// Fine enough to know a charge again: who has it, and what it is.
pub(super) fn dimensions() -> Vec<Dimension> {
    let owners = [
        Dimension::Tenant,
        Dimension::Domain,
        Dimension::User,
        Dimension::Space,
        Dimension::Pool,
        Dimension::Component,
        Dimension::InstanceType,
    ];
    owners.into_iter().chain(CHARGE).collect()
}

/// What tables show of either side.
fn coarse() -> Vec<Dimension> {
    let owners = [Dimension::Tenant, Dimension::Domain, Dimension::User, Dimension::Space];
    owners.into_iter().chain([Dimension::Service, Dimension::LineItemType]).collect()
}

/// Reads both versions and compares them.
pub(super) fn compare(sides: &Sides<'_>) -> Result<Compared, PipelineError> {
    let [before, after] = sides.versions;
    let (before, after) = (sides.read(before)?, sides.read(after)?);
    let question = Question::of(dimensions(), sides.metric, &[sides.period]);
    let [was, is] = aggregate::differing(&before.sums, &after.sums, &question)?;
    let shifts = change::compare(&was, &is)?;
    let mut split_cost = after.split_cost;
    for (currency, cost) in before.split_cost {
        let change = split_cost.entry(currency).or_default();
        *change = Money(change.0.saturating_sub(cost.0));
    }
    split_cost.retain(|_, change| *change != Money::ZERO);
    Ok(Compared {
        answers: [before.answer, after.answer],
        bills: [before.bill, after.bill],
        shifts,
        split_cost,
        findings: after.findings,
    })
}

/// What one version says.
struct Side {
    /// By [`dimensions`].
    sums: Sums,
    answer: Answer,
    bill: Answer,
    split_cost: BTreeMap<Currency, Money>,
    findings: Vec<Finding>,
}

impl Sides<'_> {
    fn read(&self, version: VersionId) -> Result<Side, PipelineError> {
        let month_before = self.before.map(|version| (self.period.before(), version));
        let versions: Pins = month_before.into_iter().chain([(self.period, version)]).collect();
        let months: Vec<BillingPeriod> = versions.keys().copied().collect();
        let bill = Bill::Store { home: self.home.clone(), versions };
        let source = Source::of(bill, self.threads, None);
        let whole = Question::of(dimensions(), self.metric, &months);
        let pass = Pass::under(&source, self.tenancy.clone(), &whole)?;
        let question = |dimensions| Question::of(dimensions, self.metric, &[self.period]);
        let sums = aggregate::sums(&pass.charges, &question(dimensions()))?;
        let answered = aggregate::answer(&pass.charges, &question(coarse()))?;
        pass.books(&answered)?;
        let bill = aggregate::answer(&pass.charges, &question(Vec::new()))?;
        let mut findings = pass.findings(&bill);
        // What the store does not keep of other services is the same on both sides.
        findings.retain(|finding| finding.code != "resource-dropped");
        let split_cost = bill.split_cost.into_iter().map(|sum| (sum.currency, sum.cost)).collect();
        Ok(Side { sums, answer: answered.answer, bill: bill.answer, split_cost, findings })
    }
}
