//! Clock: what day it is, and when.
//!
//! In:    the system's clock.
//! Out:   [`Day`] and [`Instant`] in UTC.
//! Never: decides an order; versions are numbered because clocks jump.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;

use crate::model::period::Day;
use crate::model::stored::Instant;

/// The UTC day.
pub(super) fn today() -> Day {
    Day(now().date_naive())
}

/// The UTC second, as RFC 3339 writes it.
pub(super) fn instant() -> Instant {
    Instant(now().format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// A clock before 1970 or beyond what a calendar can say shows 1970.
fn now() -> DateTime<chrono::Utc> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
