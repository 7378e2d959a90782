//! Series: what one owner costs from day to day.
//!
//! In:    charges, a level.
//! Out:   a [`Series`] for every owner of that level.
//! Never: knows which days are unusual.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::AnomalyError;
use super::bill::Bill;
use crate::model::anomaly::Level;

/// Whose history it is, and in which currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner<'a> {
    pub(super) level: Level,
    pub(super) currency: &'a str,
    pub(super) name: &'a str,
}

/// What a day costs, and its charges by their place in the bill.
#[derive(Debug, Clone, Default)]
pub(super) struct OfDay {
    pub(super) cost: i128,
    pub(super) charges: Vec<usize>,
}

/// What an owner costs, by day.
#[derive(Debug)]
pub(super) struct Series<'a> {
    pub(super) owner: Owner<'a>,
    /// Days with a cost.
    pub(super) days: BTreeMap<NaiveDate, OfDay>,
}

/// The series of every owner of a level, in order.
pub(super) fn all<'a>(bill: &Bill<'a>, level: Level) -> Result<Vec<Series<'a>>, AnomalyError> {
    let at = Level::ALL.iter().position(|of| *of == level).unwrap_or_default();
    let mut all: BTreeMap<Owner<'a>, BTreeMap<NaiveDate, OfDay>> = BTreeMap::new();
    for (place, charge) in bill.charges.iter().enumerate() {
        let Some(name) = charge.owners[at] else { continue };
        let owner = Owner { level, currency: charge.currency, name };
        let day = all.entry(owner).or_default().entry(charge.day).or_default();
        day.cost = day.cost.checked_add(charge.cost).ok_or(AnomalyError::Range)?;
        day.charges.push(place);
    }
    let series = |(owner, mut days): (Owner<'a>, BTreeMap<NaiveDate, OfDay>)| {
        // A day on which nothing was paid is no day of work.
        days.retain(|_, day| day.cost > 0);
        Series { owner, days }
    };
    Ok(all.into_iter().map(series).filter(|of| !of.days.is_empty()).collect())
}

impl Series<'_> {
    /// Its first day with a cost.
    pub(super) fn first_day(&self) -> Option<NaiveDate> {
        self.days.keys().next().copied()
    }
}
