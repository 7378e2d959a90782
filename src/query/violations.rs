//! Violations: what breaks a policy, as SQL sees it.
//!
//! In:    [`Violation`]s, a currency.
//! Out:   a frame of Polars with a row per violation and day.
//! Never: computes an amount.

use polars::prelude::{Column, DataFrame, IntoColumn, PolarsError, UInt64Chunked};

use super::finance::maybe_amounts;
use super::frames::{amount_column, text_column};
use crate::model::money::Currency;
use crate::model::policy::{Violation, ViolationDay, ViolationPlace};

pub(super) const COLUMNS: &[(&str, &str)] = &[
    ("rule", "`instance_type`, `region`, `missing_tag` or `ceiling`"),
    ("guardrail", "the guardrail that says so"),
    ("found", "the instance type, the region, the tag that is missing"),
    ("allowed", "what the policy allows or asks for"),
    ("billing_period", "the month"),
    ("usage_date", "the day"),
    ("domain_arn", "the domain"),
    ("user_profile_arn", "the user"),
    ("space_arn", "the space"),
    ("tenant", "the tenant, before shared cost is moved"),
    ("usage_account_id", "the account"),
    ("component", "the component"),
    ("instance_type", "the instance type that ran"),
    ("region_code", "the region"),
    ("resource_id", "the resource"),
    ("usage_hours", "hours of usage"),
    ("cost", "what they cost, exact; of a ceiling only what is above"),
    ("substitute", "an allowed instance type; nothing when no rate for it was found"),
    ("substitute_cost", "what it would have cost for the same hours"),
    ("line_items", "source rows behind it"),
];

pub(super) fn violations(
    violations: &[Violation],
    currency: &Currency,
) -> Result<DataFrame, PolarsError> {
    let of_currency = violations.iter().filter(|of| of.currency == *currency);
    let days = of_currency.flat_map(|of| of.days.iter().map(move |day| (of, day)));
    let rows: Vec<(&Violation, &ViolationDay)> = days.collect();
    let text = |name: &str, of: fn(&Violation) -> Option<&str>| {
        text_column(name, rows.iter().map(|(violation, _)| of(violation)))
    };
    let place = |name: &str, of: fn(&ViolationPlace) -> &Option<String>| {
        text_column(name, rows.iter().map(|(violation, _)| of(&violation.place).as_deref()))
    };
    let amount = |name: &str, of: fn(&ViolationDay) -> i128| {
        amount_column(name, rows.iter().map(|(_, day)| of(day)).collect())
    };
    let lines: Vec<u64> = rows.iter().map(|(_, day)| day.line_items).collect();
    let lines: Column = UInt64Chunked::from_vec("line_items".into(), lines).into_column();
    let substitute_costs = rows.iter().map(|(_, day)| day.substitute_cost).collect();
    let columns = vec![
        text("rule", |of| Some(of.broken.name()))?,
        text("guardrail", |of| Some(of.guardrail.as_str()))?,
        text("found", |of| of.found.as_deref())?,
        text("allowed", |of| Some(of.allowed.as_str()))?,
        text_column("billing_period", rows.iter().map(|(_, day)| Some(day.month.as_str())))?,
        text_column("usage_date", rows.iter().map(|(_, day)| Some(day.day.as_str())))?,
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
        amount("cost", |of| of.cost.0)?,
        text("substitute", |of| of.substitute.as_deref())?,
        maybe_amounts("substitute_cost", substitute_costs)?,
        lines,
    ];
    DataFrame::new(rows.len(), columns)
}
