//! Calendar: hours of UTC as people in a zone live through them.
//!
//! In:    hours since 1970-01-01 UTC, a zone.
//! Out:   the local day and hour; the nights and the days of weekends that hours cover.
//! Never: takes a day for 24 hours: twice a year it is not.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Weekday};
use chrono_tz::Tz;

use super::Stretch;

const SECONDS_AN_HOUR: i64 = 3_600;

/// Hours of a night: nobody is expected to work.
const NIGHT: std::ops::Range<u32> = 0..6;
/// Hours of a day of a weekend.
const DAYTIME: std::ops::Range<u32> = 8..20;

/// The local time at which an hour begins.
pub(super) fn local(zone: Tz, hour: i64) -> Option<DateTime<Tz>> {
    let seconds = hour.checked_mul(SECONDS_AN_HOUR)?;
    Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&zone))
}

/// The local day of an hour.
pub(super) fn day(zone: Tz, hour: i64) -> Option<NaiveDate> {
    Some(local(zone, hour)?.date_naive())
}

/// A part of a day when nobody is expected to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    Night,
    Weekend,
}

/// What hours mean in a zone.
pub(super) struct Calendar {
    pub(super) zone: Tz,
}

impl Calendar {
    pub(super) fn of(zone: Tz) -> Self {
        Self { zone }
    }

    /// The local day, its weekday (1 is Monday) and the hour of it.
    pub(super) fn place(&self, hour: i64) -> Option<(NaiveDate, u32, u32)> {
        let at = local(self.zone, hour)?;
        Some((at.date_naive(), at.weekday().number_from_monday(), at.hour()))
    }

    /// How many whole nights and whole days of weekends a stretch covers.
    pub(super) fn rests(&self, stretch: &Stretch) -> usize {
        let mut covered: BTreeMap<(NaiveDate, Rest), usize> = BTreeMap::new();
        for hour in stretch {
            if let Some(rest) = self.rest(*hour) {
                *covered.entry(rest).or_default() += 1;
            }
        }
        let Some(first) = stretch.first() else { return 0 };
        let whole = |of: &(NaiveDate, Rest)| {
            // Far enough on both sides for a day in any zone.
            let around = first.saturating_sub(36)..=last(stretch).saturating_add(36);
            around.filter(|hour| self.rest(*hour).as_ref() == Some(of)).count()
        };
        covered.iter().filter(|(of, hours)| whole(of) == **hours).count()
    }

    fn rest(&self, hour: i64) -> Option<(NaiveDate, Rest)> {
        let at = local(self.zone, hour)?;
        let is_weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
        let rest = match at.hour() {
            hour if NIGHT.contains(&hour) => Rest::Night,
            hour if is_weekend && DAYTIME.contains(&hour) => Rest::Weekend,
            _ => return None,
        };
        Some((at.date_naive(), rest))
    }
}

fn last(stretch: &Stretch) -> i64 {
    stretch.last().copied().unwrap_or_default()
}
