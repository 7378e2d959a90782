//! Idle: what ran though perhaps nobody used it, and what a shutdown would at most have saved.
//!
//! In:    charges by resource and hour, a time zone, after how many idle hours to shut down.
//! Out:   [`Idleness`]: findings with their money, and the hours of the week.
//! Never: says that somebody was idle: the bill knows hours, not keystrokes.
//!
//! Each resource is cut into stretches: hours on end of which all but the first and the last are
//! full. A stretch belongs to one finding at most, so findings add up. The saving is what the
//! hours after the first idle ones of each stretch cost: nobody can have saved more, and whoever
//! worked meanwhile could have saved less.

mod apps;
mod calendar;
mod resources;
mod stretch;
mod volumes;
mod week;

use std::collections::BTreeSet;

use chrono_tz::Tz;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError};
use crate::model::idle::{Idle, Idleness, Pattern, Watch};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use calendar::Calendar;
use resources::{Bill, Class, Resource, Spent};

/// Hours could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdleError {
    /// A column is absent or of another type.
    #[error("hours could not be told: {0}")]
    Frame(#[from] FrameError),
    /// A sum leaves its range.
    #[error("the cost of what ran leaves the range of 128-bit pico-units")]
    Range,
}

impl Diagnose for IdleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Frame(_) => ErrorKind::Internal,
            Self::Range => ErrorKind::Input,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Frame(_) => "BUG-IDLE",
            Self::Range => "IDLE-RANGE",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Frame(_) => Vec::new(),
            Self::Range => vec!["look for absurd costs with `curtail check`".to_owned()],
        }
    }
}

/// What [`idleness`] must know of a bill.
pub fn question(metric: CostMetric, filters: &[Filter], months: &[BillingPeriod]) -> Question {
    let dimensions = vec![
        Dimension::Currency,
        Dimension::Hour,
        Dimension::LineItemType,
        Dimension::Domain,
        Dimension::User,
        Dimension::Space,
        Dimension::Tenant,
        Dimension::Account,
        Dimension::Component,
        Dimension::InstanceType,
        Dimension::Region,
        Dimension::Resource,
    ];
    let question = Question::of(dimensions, metric, months);
    Question { filters: filters.to_vec(), hours: Wanted::Yes, ..question }
}

/// What ran though perhaps nobody used it: by currency, what a shutdown could have saved most on
/// first.
///
/// `charges` tells what [`question`] asks for, with hours and `cost`.
///
/// # Errors
/// When the frame lacks what it promises, which is our bug, or a sum leaves its range.
pub fn idleness(charges: &Frame, watch: Watch) -> Result<Idleness, IdleError> {
    let bill = Bill::of(charges)?;
    let calendar = Calendar::of(watch.zone);
    let resources = bill.resources().ok_or(IdleError::Range)?;
    let mut found = Vec::new();
    for resource in &resources {
        let stretches = match resource.class {
            Class::App => apps::patterns(resource, &calendar),
            Class::Endpoint => apps::unbroken(resource, Pattern::EndpointWithoutBreak),
            Class::Notebook => apps::unbroken(resource, Pattern::NotebookWithoutBreak),
            Class::Volume => volumes::without_app(&bill, &resources, resource),
        };
        for (pattern, stretches) in stretches {
            let told = Told { bill: &bill, resource, watch };
            let finding = told.finding(pattern, &stretches).ok_or(IdleError::Range)?;
            // What cost nothing can save nothing.
            found.extend((finding.cost > Money::ZERO).then_some(finding));
        }
    }
    let order = |of: &Idle| (of.pattern, of.place.clone(), of.first_hour.clone());
    found.sort_by(|a, b| {
        let by_money = b.saved.cmp(&a.saved).then(b.cost.cmp(&a.cost));
        a.currency.cmp(&b.currency).then(by_money).then_with(|| order(a).cmp(&order(b)))
    });
    Ok(Idleness {
        found,
        week: week::of(&bill, &calendar).ok_or(IdleError::Range)?,
        told: bill.told,
        untold: bill.untold,
    })
}

/// Hours of one resource that belong together.
type Stretch = Vec<i64>;

/// Who tells a finding.
struct Told<'a> {
    bill: &'a Bill<'a>,
    resource: &'a Resource,
    watch: Watch,
}

impl Told<'_> {
    /// A finding; `None` when a sum leaves its range.
    fn finding(&self, pattern: Pattern, stretches: &[Stretch]) -> Option<Idle> {
        let Self { bill, resource, watch } = self;
        let (mut all, mut saved) = (Spent::default(), 0_i128);
        let mut days = BTreeSet::new();
        for stretch in stretches {
            let Some(first) = stretch.first() else { continue };
            for hour in stretch {
                let spent = resource.hours.get(hour).copied().unwrap_or_default();
                all.add(spent)?;
                days.insert(calendar::day(watch.zone, *hour));
                if *hour >= first.saturating_add(i64::from(watch.after)) {
                    saved = saved.checked_add(spent.cost)?;
                }
            }
        }
        let ends = (stretches.iter().flatten().min(), stretches.iter().flatten().max());
        let text = |hour: Option<&i64>| hour_text(watch.zone, hour.copied().unwrap_or_default());
        Some(Idle {
            pattern,
            place: bill.place_of(resource.row),
            currency: Currency(bill.currency_of(resource.row).into()),
            hours: Quantity(all.hours),
            days: u64::try_from(days.len()).ok()?,
            cost: Money(all.cost),
            saved: Money(saved.min(all.cost).max(0)),
            first_hour: text(ends.0),
            last_hour: text(ends.1),
            line_items: all.line_items,
        })
    }
}

/// The beginning of an hour in a zone.
fn hour_text(zone: Tz, hour: i64) -> String {
    calendar::local(zone, hour)
        .map_or_else(String::new, |at| at.format("%Y-%m-%dT%H:%M%:z").to_string())
}

#[cfg(test)]
mod tests;
