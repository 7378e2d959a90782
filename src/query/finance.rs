//! Finance: forecasts and adjustments as SQL sees them.
//!
//! In:    forecasts, adjustments, a currency.
//! Out:   frames of Polars.
//! Never: computes an amount.

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PolarsError, Series};

use super::frames::{amount_column, days_column, text_column};
use crate::model::forecast::{Forecast, Scope};
use crate::model::money::{Currency, Money, PRECISION, SCALE};

/// What a newer delivery changes of a month that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjusted {
    /// The closed month.
    pub billing_period: String,
    /// The tenant of its rules; `None` is what nobody answers for.
    pub tenant: Option<String>,
    /// Why, in words.
    pub why: &'static str,
    /// The currency of the amount.
    pub currency: Currency,
    /// How much.
    pub amount: Money,
}

pub(super) const FORECAST_COLUMNS: &[(&str, &str)] = &[
    ("scope", "`all` for everybody together, else `tenant`"),
    ("tenant", "the tenant; nothing for what nobody answers for"),
    ("billing_period", "the month"),
    ("last_day", "its last day"),
    ("actual", "what is billed so far, exact"),
    ("forecast", "what it will have cost; nothing when too few days are known"),
    ("low", "it costs more in 9 of 10 cases, if days go on as they did"),
    ("high", "it costs less in 9 of 10 cases, if days go on as they did"),
    ("method", "how it was forecast"),
    ("days", "days that it rests on"),
];

pub(super) const ADJUSTMENT_COLUMNS: &[(&str, &str)] = &[
    ("billing_period", "the closed month"),
    ("tenant", "the tenant of its rules"),
    ("why", "what changed"),
    ("amount", "by how much, exact"),
];

pub(super) fn forecasts(
    forecasts: &[Forecast],
    currency: &Currency,
) -> Result<DataFrame, PolarsError> {
    let rows: Vec<&Forecast> = forecasts.iter().filter(|of| of.currency == *currency).collect();
    let scope = |of: &&Forecast| match of.scope {
        Scope::All => "all",
        Scope::Tenant(_) => "tenant",
    };
    let tenant = |of: &&Forecast| match &of.scope {
        Scope::Tenant(Some(tenant)) => Some(tenant.clone()),
        Scope::All | Scope::Tenant(None) => None,
    };
    let tenants: Vec<Option<String>> = rows.iter().map(tenant).collect();
    let months: Vec<String> = rows.iter().map(|of| of.month.to_string()).collect();
    let last_days: Vec<Option<String>> =
        rows.iter().map(|of| Some(of.month.end().pred_opt()?.to_string())).collect();
    let days: Vec<u32> = rows.iter().map(|of| of.days).collect();
    let amounts = |name, of: fn(&Forecast) -> Option<Money>| {
        maybe_amounts(name, rows.iter().map(|row| of(row)).collect())
    };
    let columns = vec![
        text_column("scope", rows.iter().map(|of| Some(scope(of))))?,
        text_column("tenant", tenants.iter().map(Option::as_deref))?,
        text_column("billing_period", months.iter().map(|month| Some(month.as_str())))?,
        days_column("last_day", last_days.iter().map(Option::as_deref))?,
        amount_column("actual", rows.iter().map(|of| of.actual.0).collect())?,
        amounts("forecast", |of| of.expected)?,
        amounts("low", |of| of.band.map(|[low, _]| low))?,
        amounts("high", |of| of.band.map(|[_, high]| high))?,
        text_column("method", rows.iter().map(|of| Some(of.method)))?,
        Series::new("days".into(), days).into_column(),
    ];
    DataFrame::new(rows.len(), columns)
}

pub(super) fn adjustments(
    adjustments: &[Adjusted],
    currency: &Currency,
) -> Result<DataFrame, PolarsError> {
    let rows: Vec<&Adjusted> = adjustments.iter().filter(|of| of.currency == *currency).collect();
    let columns = vec![
        text_column("billing_period", rows.iter().map(|of| Some(of.billing_period.as_str())))?,
        text_column("tenant", rows.iter().map(|of| of.tenant.as_deref()))?,
        text_column("why", rows.iter().map(|of| Some(of.why)))?,
        amount_column("amount", rows.iter().map(|of| of.amount.0).collect())?,
    ];
    DataFrame::new(rows.len(), columns)
}

/// Amounts, some of which are not there.
pub(super) fn maybe_amounts(
    name: &str,
    amounts: Vec<Option<Money>>,
) -> Result<polars::prelude::Column, PolarsError> {
    let amounts: polars::prelude::Int128Chunked =
        amounts.into_iter().map(|amount| amount.map(|amount| amount.0)).collect();
    let amounts = amounts.with_name(name.into());
    Ok(amounts.into_decimal(PRECISION.into(), SCALE as usize)?.into_column())
}
