//! Book: the charges of a run as numbers, and the tenants by name.
//!
//! In:    the attributed frame, the rules, the question.
//! Out:   [`Book`]: per row its place, day, tenant, cost; texts behind sorted numbers.
//! Never: depends on the order of the rows: numbers are ranks of values, not of first sight.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::charges::column;
use crate::model::condition::{Coded, Condition};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, NOTHING};
use crate::model::metric::CostMetric;
use crate::model::period::Day;
use crate::model::question::Question;
use crate::model::split::{Method, Split, Targets};
use crate::model::tenancy::Tenancy;

/// Where a pool lies: one billing period, one currency; with a daily driver one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) currency: u32,
    pub(super) period: u32,
    pub(super) day: Option<u32>,
}

/// Tenants by name; their numbers sort as their names do.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    sorted: Vec<&'a str>,
    codes: FxHashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn of(names: BTreeSet<&'a str>) -> Self {
        let sorted: Vec<&str> = names.into_iter().collect();
        let codes = (0..).zip(&sorted).map(|(code, name)| (*name, code)).collect();
        Self { sorted, codes }
    }

    pub(super) fn name(&self, code: u32) -> &'a str {
        self.sorted.get(code as usize).copied().unwrap_or_default()
    }

    pub(super) fn code(&self, name: &str) -> Option<u32> {
        self.codes.get(name).copied()
    }
}

/// The charges of a run.
pub(super) struct Book<'a> {
    pub(super) frame: &'a Frame,
    pub(super) currencies: Coded<'a>,
    pub(super) periods: Coded<'a>,
    days: Option<(Coded<'a>, Vec<Option<Day>>)>,
    /// The tenant of each row.
    pub(super) tenants: Vec<Option<u32>>,
    /// Rows of months that were asked for, without those that restate the cost of others.
    pub(super) counts: Vec<bool>,
    pub(super) names: Names<'a>,
    /// Receivers of a split that names none.
    everybody: Vec<u32>,
}

impl<'a> Book<'a> {
    pub(super) fn read(
        frame: &'a Frame,
        tenancy: &'a Tenancy,
        question: &Question,
    ) -> Result<Self, FrameError> {
        let periods = ranked(frame, &Dimension::Month.key())?;
        let tenants = frame.coded(&Dimension::Tenant.key())?;
        let mut names: BTreeSet<&str> = tenants.values.iter().copied().flatten().collect();
        let seen: Vec<&str> = names.iter().copied().collect();
        let declared: Vec<&str> = tenancy.tenants.iter().map(|tenant| tenant.id.as_str()).collect();
        names.extend(&declared);
        names.extend(tenancy.splits.iter().flat_map(named));
        let names = Names::of(names);
        let everybody = if declared.is_empty() { seen } else { declared };
        let mut everybody: Vec<u32> = everybody.iter().filter_map(|id| names.code(id)).collect();
        everybody.sort_unstable();
        let codes: Vec<Option<u32>> =
            tenants.values.iter().map(|name| name.and_then(|name| names.code(name))).collect();
        let split_cost = frame.texts(column::SPLIT_COST)?.codes();
        let is_asked = |period: Option<&str>| {
            let is = |month: &_| period.is_none_or(|period| format!("{month}") == period);
            question.months.is_empty() || question.months.iter().any(is)
        };
        let asked: Vec<bool> = periods.values.iter().map(|period| is_asked(*period)).collect();
        let counts = split_cost.iter().zip(periods.codes.iter());
        let counts = counts.map(|(split, period)| *split == NOTHING && asked[*period as usize]);
        Ok(Self {
            frame,
            currencies: ranked(frame, column::CURRENCY)?,
            counts: counts.collect(),
            periods,
            days: days(frame)?,
            tenants: tenants.codes.iter().map(|code| codes[*code as usize]).collect(),
            names,
            everybody,
        })
    }

    /// The day of a row, when the grain tells days apart.
    pub(super) fn day(&self, row: usize) -> Option<Day> {
        let (days, parsed) = self.days.as_ref()?;
        parsed[days.codes[row] as usize]
    }

    /// The day behind a number of a [`Place`].
    pub(super) fn day_of(&self, place: Place) -> Option<Day> {
        self.days.as_ref()?.1.get(place.day? as usize).copied().flatten()
    }

    /// Where a row lies.
    pub(super) fn place(&self, row: usize, daily: bool) -> Place {
        let day = self.days.as_ref().filter(|_| daily).map(|(days, _)| days.codes[row]);
        Place { currency: self.currencies.codes[row], period: self.periods.codes[row], day }
    }

    /// The currency of a place.
    pub(super) fn currency(&self, place: Place) -> &'a str {
        let values = &self.currencies.values;
        values.get(place.currency as usize).copied().flatten().unwrap_or_default()
    }

    /// The cost of each row in one metric.
    pub(super) fn cost(&self, metric: CostMetric) -> Result<&'a [i128], FrameError> {
        self.frame.amounts(metric.column())
    }

    /// A column for the conditions of rules.
    pub(super) fn columns_of<'r>(
        &self,
        conditions: impl Iterator<Item = &'r Condition>,
    ) -> Result<FxHashMap<Dimension, Coded<'a>>, FrameError> {
        let mut columns = FxHashMap::default();
        for dimension in conditions.flat_map(Condition::dimensions) {
            if !columns.contains_key(dimension) {
                columns.insert(dimension.clone(), self.frame.coded(&dimension.key())?);
            }
        }
        Ok(columns)
    }

    /// Who may receive of a split, sorted by name; each once.
    pub(super) fn targets(&self, split: &Split) -> Vec<u32> {
        let steps = split.method.steps().into_iter();
        let mut targets: Vec<u32> = steps.flat_map(|step| self.targets_of(split, step)).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Who may receive by one of its methods, sorted by name; each once.
    pub(super) fn targets_of(&self, split: &Split, method: &Method) -> Vec<u32> {
        let mut targets: Vec<u32> = match method {
            Method::Even(Targets::All) | Method::Proportional { to: Targets::All, .. } => {
                let from: Vec<_> = split.from.iter().map(|id| self.names.code(id)).collect();
                let is_source = |code: &u32| from.contains(&Some(*code));
                self.everybody.iter().copied().filter(|code| !is_source(code)).collect()
            }
            other => receivers(other).filter_map(|id| self.names.code(id)).collect(),
        };
        targets.sort_unstable();
        targets.dedup();
        targets
    }
}

/// A column as ranks of its values.
pub(super) fn ranked<'a>(frame: &'a Frame, name: &str) -> Result<Coded<'a>, FrameError> {
    let texts = frame.texts(name)?;
    let ranks = texts.ranks();
    let codes = texts.codes().iter().map(|code| ranks[*code as usize]).collect();
    let mut values = texts.values();
    values.sort_unstable();
    Ok(Coded { codes: Arc::new(codes), values })
}

type Days<'a> = Option<(Coded<'a>, Vec<Option<Day>>)>;

fn days(frame: &Frame) -> Result<Days<'_>, FrameError> {
    let key = Dimension::Day.key();
    if !frame.tells(&key) {
        return Ok(None);
    }
    let days = ranked(frame, &key)?;
    let parsed = days.values.iter().map(|day| day.and_then(Day::parse)).collect();
    Ok(Some((days, parsed)))
}

/// Every tenant that a split writes out.
fn named(split: &Split) -> impl Iterator<Item = &str> {
    let receivers = split.method.steps().into_iter().flat_map(receivers);
    split.from.iter().map(String::as_str).chain(receivers)
}

fn receivers(method: &Method) -> Box<dyn Iterator<Item = &str> + '_> {
    match method {
        Method::Even(Targets::Named(ids))
        | Method::Proportional { to: Targets::Named(ids), .. } => {
            Box::new(ids.iter().map(String::as_str))
        }
        Method::Fixed { percent, .. } => Box::new(percent.iter().map(|(id, _)| id.as_str())),
        Method::Driver { rows, .. } => Box::new(rows.iter().map(|row| row.target.as_str())),
        Method::Even(_) | Method::Proportional { .. } | Method::Tiers(_) => {
            Box::new(std::iter::empty())
        }
    }
}
