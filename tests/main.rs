//! The integration tests, one binary: linking costs more than running.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod delivery;
#[cfg(unix)]
mod delivery_odd_entries;
