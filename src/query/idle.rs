//! Idle: what ran though perhaps nobody used it, as SQL sees it.
//!
//! In:    [`Idleness`], a currency.
//! Out:   frames of Polars: a row per finding; a row per user and hour of the week.
//! Never: computes an amount.

use polars::prelude::{DataFrame, IntoColumn, PolarsError, UInt32Chunked, UInt64Chunked};

use super::frames::{amount_column, text_column};
use crate::model::idle::{BusyHour, Idle, Idleness};
use crate::model::money::Currency;
use crate::model::policy::ViolationPlace;

pub(super) const IDLE_COLUMNS: &[(&str, &str)] = &[
    (
        "pattern",
        "around_the_clock, nights_and_weekends, same_hours, endpoint_without_a_break, \
         notebook_without_a_break or volume_without_its_app",
    ),
    ("domain_arn", "the domain"),
    ("user_profile_arn", "the user"),
    ("space_arn", "the space"),
    ("tenant", "the tenant, before shared cost is moved"),
    ("usage_account_id", "the account"),
    ("component", "the component"),
    ("instance_type", "the instance type"),
    ("region_code", "the region"),
    ("resource_id", "what ran"),
    ("usage_hours", "hours of usage in the pattern; none for a volume"),
    ("days", "days of the zone on which it ran so"),
    ("cost", "what those hours cost, exact"),
    (
        "saving_at_most",
        "the most that a shutdown after the idle hours of `--idle-after` could have saved: as if \
         nobody had done anything from the first hour of each stretch on",
    ),
    ("first_hour", "the first hour, in the zone"),
    ("last_hour", "the last hour, in the zone"),
    ("next_step", "what to do about it"),
    ("line_items", "source rows behind it"),
];

pub(super) const BUSY_COLUMNS: &[(&str, &str)] = &[
    ("domain_arn", "the domain"),
    ("user_profile_arn", "the user"),
    ("weekday", "1 is Monday, 7 is Sunday"),
    ("hour", "the hour of the day in the zone: 00 to 23"),
    ("usage_hours", "hours of apps and notebook instances"),
    ("cost", "what they cost, exact"),
    ("line_items", "source rows behind it"),
];

pub(super) fn idle(idleness: &Idleness, currency: &Currency) -> Result<DataFrame, PolarsError> {
    let rows: Vec<&Idle> = idleness.found.iter().filter(|of| of.currency == *currency).collect();
    let text = |name: &str, of: fn(&Idle) -> &str| {
        text_column(name, rows.iter().map(|idle| Some(of(idle))))
    };
    let place = |name: &str, of: fn(&ViolationPlace) -> &Option<String>| {
        text_column(name, rows.iter().map(|idle| of(&idle.place).as_deref()))
    };
    let amount = |name: &str, of: fn(&Idle) -> i128| {
        amount_column(name, rows.iter().map(|idle| of(idle)).collect())
    };
    let count = |name: &str, of: fn(&Idle) -> u64| {
        let counts = rows.iter().map(|idle| of(idle)).collect();
        UInt64Chunked::from_vec(name.into(), counts).into_column()
    };
    let columns = vec![
        text("pattern", |of| of.pattern.name())?,
        place("domain_arn", |of| &of.domain)?,
        place("user_profile_arn", |of| &of.user)?,
        place("space_arn", |of| &of.space)?,
        place("tenant", |of| &of.tenant)?,
        place("usage_account_id", |of| &of.account)?,
        place("component", |of| &of.component)?,
        place("instance_type", |of| &of.instance_type)?,
        place("region_code", |of| &of.region)?,
        place("resource_id", |of| &of.resource)?,
        amount("usage_hours", |of| of.hours.0)?,
        count("days", |of| of.days),
        amount("cost", |of| of.cost.0)?,
        amount("saving_at_most", |of| of.saved.0)?,
        text("first_hour", |of| &of.first_hour)?,
        text("last_hour", |of| &of.last_hour)?,
        text("next_step", |of| of.pattern.next_step())?,
        count("line_items", |of| of.line_items),
    ];
    DataFrame::new(rows.len(), columns)
}

pub(super) fn busy(idleness: &Idleness, currency: &Currency) -> Result<DataFrame, PolarsError> {
    let of_currency = idleness.week.iter().filter(|of| of.currency == *currency);
    let rows: Vec<&BusyHour> = of_currency.collect();
    let hours: Vec<String> = rows.iter().map(|of| format!("{:02}", of.hour)).collect();
    let weekdays = rows.iter().map(|of| of.weekday).collect();
    let lines = rows.iter().map(|of| of.line_items).collect();
    let columns = vec![
        text_column("domain_arn", rows.iter().map(|of| of.domain.as_deref()))?,
        text_column("user_profile_arn", rows.iter().map(|of| of.user.as_deref()))?,
        UInt32Chunked::from_vec("weekday".into(), weekdays).into_column(),
        text_column("hour", hours.iter().map(|hour| Some(hour.as_str())))?,
        amount_column("usage_hours", rows.iter().map(|of| of.hours.0).collect())?,
        amount_column("cost", rows.iter().map(|of| of.cost.0).collect())?,
        UInt64Chunked::from_vec("line_items".into(), lines).into_column(),
    ];
    DataFrame::new(rows.len(), columns)
}
