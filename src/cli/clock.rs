//! Clock: what day it is, when, and who we are.
//!
//! In:    the system's clock, the process.
//! Out:   [`Day`] and [`Instant`] in UTC; the [`Holder`] of a lock.
//! Never: decides an order; versions are numbered because clocks jump.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;

use crate::model::period::Day;
use crate::model::stored::Instant;
use crate::store::Holder;

/// The UTC day.
pub(super) fn today() -> Day {
    Day(now().date_naive())
}

/// The UTC second, as RFC 3339 writes it.
pub(super) fn instant() -> Instant {
    Instant(now().format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Who writes to a store, as the second one who wants to is told.
pub(super) fn holder(command: &str) -> Holder {
    Holder {
        pid: std::process::id(),
        started: instant(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        command: command.to_owned(),
    }
}

/// A clock before 1970 or beyond what a calendar can say shows 1970.
fn now() -> DateTime<chrono::Utc> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
