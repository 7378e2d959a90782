//! Outlook: what finance looks at beside charges.
//!
//! In:    readings of a month and the one before, rules, a store.
//! Out:   forecasts, provisional months, adjustments of closed months.
//! Never: computes; the rooms do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::kept::Kept;
use super::query::Asked;
use super::shared::Shared;
use super::{Bill, PipelineError, Source};
use crate::aggregate;
use crate::diagnostic::Finding;
use crate::forecast;
use crate::model::cost_rules::is_lump_sum;
use crate::model::dimension::Dimension;
use crate::model::forecast::{DailyCost, Forecast, GROWING, Progress};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::{BillingPeriod, Day};
use crate::model::question::{Question, Wanted};
use crate::model::restatement::Why;
use crate::model::stored::is_unsettled;
use crate::model::tenancy::Tenancy;
use crate::query::Adjusted;
use crate::report::Report;
use crate::store::{Home, Store};

/// What forecasts are made from.
const DAILY: [Dimension; 4] =
    [Dimension::Month, Dimension::Day, Dimension::LineItemType, Dimension::Tenant];

/// The question behind a forecast.
pub(super) fn question(asked: &Asked, months: &[BillingPeriod]) -> Question {
    Question {
        dimensions: DAILY.to_vec(),
        metric: asked.metric,
        filters: asked.filters.clone(),
        months: months.to_vec(),
        hours: Wanted::No,
    }
}

/// Forecasts, and the first and the last day that is known.
type Outlook = (Vec<Forecast>, Option<(String, String)>);

/// What each month will have cost; the first and the last day with a charge.
pub(super) fn forecasts(
    source: &Source,
    asked: &Asked,
    tenancy: &Tenancy,
    now: (&Shared, &Question),
    prior: Option<(&Shared, &Question)>,
) -> Result<Outlook, PipelineError> {
    let mut costs = daily(now, tenancy)?;
    let mut months: BTreeMap<BillingPeriod, Option<NaiveDate>> = BTreeMap::new();
    for cost in &costs {
        let last = months.entry(cost.month).or_default();
        *last = (*last).max(cost.day.filter(|day| BillingPeriod::containing(*day) == cost.month));
    }
    let days: BTreeSet<NaiveDate> = costs.iter().filter_map(|cost| cost.day).collect();
    let days = days.first().zip(days.last());
    let days = days.map(|(first, last)| (first.to_string(), last.to_string()));
    let months = progress(source, &months, asked.today)?;
    let is_running = months.iter().any(|(_, progress)| *progress == Progress::Running);
    if let Some(prior) = prior.filter(|_| is_running) {
        costs.extend(daily(prior, tenancy)?);
    }
    Ok((forecast::forecast(&costs, &months)?, days))
}

/// How far months are that are known until some day.
pub(super) fn progress(
    source: &Source,
    months: &BTreeMap<BillingPeriod, Option<NaiveDate>>,
    today: Option<Day>,
) -> Result<Vec<(BillingPeriod, Progress)>, PipelineError> {
    let read: Vec<BillingPeriod> = months.keys().copied().collect();
    let open: BTreeSet<BillingPeriod> =
        open(source, &read, today)?.into_iter().map(|of| of.month).collect();
    let latest = months.keys().next_back().copied();
    let progress = |(month, last): (&BillingPeriod, &Option<NaiveDate>)| {
        let is_whole = last.and_then(|day| day.succ_opt()) == Some(month.end());
        let is_over = match today {
            Some(today) => {
                let is_delivered = month.end().checked_add_days(Days::new(GROWING));
                let is_delivered = is_delivered.is_some_and(|day| today.0 >= day);
                !open.contains(month) || (is_whole && is_delivered)
            }
            None => is_whole || Some(*month) != latest,
        };
        (*month, if is_over { Progress::Over } else { Progress::Running })
    };
    Ok(months.iter().map(progress).collect())
}

fn daily(
    (shared, question): (&Shared, &Question),
    tenancy: &Tenancy,
) -> Result<Vec<DailyCost>, PipelineError> {
    let pass = shared.pass(tenancy, question, &[])?;
    let answered = aggregate::answer(&pass.charges, question)?;
    pass.books(&answered)?;
    let cost = |row: &crate::model::answer::AnswerRow| {
        let [month, day, kind, tenant] = row.keys.as_slice() else { return None };
        let is_lump = kind.as_deref().is_some_and(is_lump_sum);
        let day = day.as_deref().and_then(Day::parse).filter(|_| !is_lump);
        Some(DailyCost {
            currency: row.currency.clone(),
            tenant: tenant.as_deref().map(str::to_owned),
            month: BillingPeriod::parse(month.as_deref()?)?,
            day: day.map(|day| day.0),
            cost: row.cost,
        })
    };
    Ok(answered.answer.rows.iter().filter_map(cost).collect())
}

/// A month that AWS may still change, and its last day that is known.
struct Open {
    month: BillingPeriod,
    last: Option<String>,
}

/// Those of some months that AWS may still change, as far as anybody can tell.
fn open(
    source: &Source,
    months: &[BillingPeriod],
    today: Option<Day>,
) -> Result<Vec<Open>, PipelineError> {
    let Some(today) = today else { return Ok(Vec::new()) };
    let mut open: Vec<Open> = match &source.bill {
        Bill::Export(_) | Bill::Cluster(_) => {
            let unsettled = months.iter().filter(|month| is_unsettled(**month, today));
            unsettled.map(|month| Open { month: *month, last: None }).collect()
        }
        Bill::Store { home, versions } => {
            let store = Store::open(home)?;
            let closed: Vec<BillingPeriod> =
                store.closings()?.iter().map(|closing| closing.period).collect();
            let snapshot = store.snapshot(Some(months), versions)?;
            let facts = snapshot.versions.iter().map(|version| &version.facts);
            let facts = facts.filter(|of| of.is_open(today) && !closed.contains(&of.period));
            let last = |days: &(String, String)| days.1.clone();
            facts.map(|of| Open { month: of.period, last: of.days.as_ref().map(last) }).collect()
        }
    };
    open.sort_unstable_by_key(|of| of.month);
    Ok(open)
}

/// Says in a report which of its months AWS may still change, and how far their data go.
///
/// # Errors
/// When the store cannot be read.
pub fn provisional(
    source: &Source,
    mut report: Report,
    today: Day,
) -> Result<Report, PipelineError> {
    let caption = &mut report.caption;
    let months = caption.periods.iter().filter_map(|text| BillingPeriod::parse(text));
    let months: Vec<BillingPeriod> = months.collect();
    let open = open(source, &months, Some(today))?;
    if let (None, Some(Open { month, last: Some(last) })) = (&caption.days, open.last())
        && months.last() == Some(month)
    {
        caption.days = months.first().map(|first| (first.start().to_string(), last.clone()));
    }
    caption.provisional = open.iter().map(|of| of.month.to_string()).collect();
    Ok(report)
}

/// What newer deliveries change of closed months, told in some months.
pub(super) fn adjustments(
    home: &Home,
    months: &[BillingPeriod],
    metric: CostMetric,
    threads: usize,
) -> Result<(Vec<Adjusted>, Vec<Finding>), PipelineError> {
    let kept = Kept::open(home)?;
    let (mut sums, mut findings) = (BTreeMap::new(), Vec::new());
    for month in months {
        let due = match kept.timeline.closing(*month) {
            Some(closing) => kept.timeline.settled(closing),
            None => kept.timeline.due(*month),
        };
        let (adjustments, told) = kept.adjustments(&due, metric, threads)?;
        findings.extend(told);
        for adjustment in &adjustments {
            let at = adjustment.dimensions.iter().position(|of| *of == Dimension::Tenant);
            for shift in &adjustment.shifts {
                let tenant = at.and_then(|at| shift.keys.get(at)?.as_deref()).map(str::to_owned);
                let key = (adjustment.period, tenant, shift.why, shift.currency.clone());
                let sum: &mut Money = sums.entry(key).or_default();
                *sum = sum.checked_add(shift.change).ok_or(forecast::ForecastError)?;
            }
        }
    }
    let adjusted = |((period, tenant, why, currency), amount): (
        (BillingPeriod, Option<String>, Why, Currency),
        Money,
    )| Adjusted {
        billing_period: period.to_string(),
        tenant,
        why: why.words(),
        currency,
        amount,
    };
    let told = sums.into_iter().filter(|(_, amount)| *amount != Money::ZERO);
    Ok((told.map(adjusted).collect(), findings))
}
