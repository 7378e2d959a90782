//! Idle: in whose time people sleep, and after how many idle hours something is shut down.
//!
//! In:    its arguments.
//! Out:   the same question, with how idleness is told.
//! Never: takes the zone of this machine for that of the people.

use clap::Args;

use crate::model::idle::{IDLE_AFTER, Watch, Zone, zone};
use crate::pipeline::Asked;

/// How idleness is told.
#[derive(Debug, Args)]
pub(super) struct IdleArguments {
    /// Where people work, such as Europe/Berlin: nights, weekends and hours of the week are theirs
    /// [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone_of)]
    time_zone: Option<Zone>,

    /// Idle hours after which an automatic shutdown is thought to come [default: 2]
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=8784))]
    idle_after: Option<u32>,
}

impl IdleArguments {
    /// The same question; told how, a report shows what is idle wherever hours are.
    pub(super) fn watched(&self, asked: Asked) -> Asked {
        let is_told = self.time_zone.is_some() || self.idle_after.is_some();
        let watch = is_told.then(|| Watch {
            zone: self.time_zone.unwrap_or(Zone::UTC),
            after: self.idle_after.unwrap_or(IDLE_AFTER),
        });
        Asked { watch, ..asked }
    }
}

fn zone_of(text: &str) -> Result<Zone, String> {
    zone(text).ok_or_else(|| "expected a zone of the IANA database, such as Europe/Berlin".into())
}
