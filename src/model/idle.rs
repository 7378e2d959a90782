//! Idle: what ran though perhaps nobody used it, as values.
//!
//! In:    nothing; `idle` fills them.
//! Out:   [`Idleness`]: what was found, and in which hours of the week something ran.
//! Never: knows whether somebody worked: a bill tells hours, not keystrokes.

pub use chrono_tz::Tz as Zone;

use crate::model::money::{Currency, Money, Quantity};
use crate::model::policy::ViolationPlace;

/// The hours after which something would have been shut down, unless somebody says.
pub const IDLE_AFTER: u32 = 2;

/// The zone of a name of the IANA database, letter case aside.
pub fn zone(name: &str) -> Option<Zone> {
    let is_meant = |of: &&Zone| of.name().eq_ignore_ascii_case(name.trim());
    chrono_tz::TZ_VARIANTS.iter().find(is_meant).copied()
}

/// How idleness is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Where people work: nights and weekends are theirs.
    pub zone: Zone,
    /// After so many idle hours something would have been shut down.
    pub after: u32,
}

impl Default for Watch {
    fn default() -> Self {
        Self { zone: Zone::UTC, after: IDLE_AFTER }
    }
}

/// How something ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// An app, two days or more without a break.
    AroundTheClock,
    /// An app, over several nights or days of weekends.
    NightsAndWeekends,
    /// An app, for days on end in the same full hours.
    SameHours,
    /// An endpoint, a week or more without a break.
    EndpointWithoutBreak,
    /// A notebook instance, two days or more without a break.
    NotebookWithoutBreak,
    /// A volume, a week or more after the last app of its owner.
    VolumeWithoutApp,
}

impl Pattern {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::AroundTheClock,
        Self::NightsAndWeekends,
        Self::SameHours,
        Self::EndpointWithoutBreak,
        Self::NotebookWithoutBreak,
        Self::VolumeWithoutApp,
    ];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::AroundTheClock => "around_the_clock",
            Self::NightsAndWeekends => "nights_and_weekends",
            Self::SameHours => "same_hours",
            Self::EndpointWithoutBreak => "endpoint_without_a_break",
            Self::NotebookWithoutBreak => "notebook_without_a_break",
            Self::VolumeWithoutApp => "volume_without_its_app",
        }
    }

    /// What to do about it.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::AroundTheClock | Self::NightsAndWeekends => "enable idle shutdown in the domain",
            Self::SameHours => "see what starts it; enable idle shutdown",
            Self::EndpointWithoutBreak => "delete it, or let it scale in to zero",
            Self::NotebookWithoutBreak => "stop it by a lifecycle configuration",
            Self::VolumeWithoutApp => "keep a copy, delete the space or the volume",
        }
    }
}

/// One resource that ran in one pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// How it ran.
    pub pattern: Pattern,
    /// What and whose.
    pub place: ViolationPlace,
    /// The currency of every amount.
    pub currency: Currency,
    /// Hours of usage; nothing for a volume, which is paid by its size.
    pub hours: Quantity,
    /// Days of the zone on which it ran so.
    pub days: u64,
    /// What those hours cost.
    pub cost: Money,
    /// The part of it after the first idle hours of each stretch: the most that an automatic
    /// shutdown could have saved, if nobody did anything from the first hour on.
    pub saved: Money,
    /// Beginning of the first hour, in the zone, as RFC 3339 writes it.
    pub first_hour: String,
    /// Beginning of the last hour.
    pub last_hour: String,
    /// Source rows behind it.
    pub line_items: u64,
}

/// What ran in one hour of the week, all weeks together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyHour {
    /// The currency of the cost.
    pub currency: Currency,
    /// The domain.
    pub domain: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u32,
    /// 0 to 23, in the zone.
    pub hour: u32,
    /// Hours of usage.
    pub hours: Quantity,
    /// What they cost.
    pub cost: Money,
    /// Source rows behind it.
    pub line_items: u64,
}

/// What a bill tells of hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Idleness {
    /// What ran though perhaps nobody used it, the dearest first.
    pub found: Vec<Idle>,
    /// Apps and notebook instances by the hour of the week.
    pub week: Vec<BusyHour>,
    /// Source rows of what is looked at whose hour is told.
    pub told: u64,
    /// Those whose hour is not.
    pub untold: u64,
}
