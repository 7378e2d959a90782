//! Stretch: hours on end.
//!
//! In:    what a resource spent by the hour.
//! Out:   its stretches, in order; every hour with usage is in one of them.
//! Never: joins hours over a pause: all but the first and the last hour of a stretch are full.

use std::collections::BTreeMap;

use super::Stretch;
use super::resources::Spent;
use crate::model::money::UNIT;

/// A full hour may lack a few seconds.
const FULL: i128 = UNIT / 100 * 99;

/// Whether something ran for the whole of an hour.
pub(super) fn is_full(spent: &Spent) -> bool {
    spent.hours >= FULL
}

/// Cuts hours into stretches.
pub(super) fn of(hours: &BTreeMap<i64, Spent>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut was_full = false;
    for (hour, spent) in hours.iter().filter(|(_, spent)| spent.hours > 0) {
        let is_full = is_full(spent);
        match stretches.last_mut() {
            // It may have begun within its first hour.
            Some(open) if open.last() == Some(&(hour - 1)) && (was_full || open.len() == 1) => {
                open.push(*hour);
            }
            _ => stretches.push(vec![*hour]),
        }
        was_full = is_full;
    }
    stretches
}
