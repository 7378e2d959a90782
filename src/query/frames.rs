//! Frames: what SQL sees of a run.
//!
//! In:    [`Tables`] and a currency.
//! Out:   the frames `charges`, `prior_charges`, `allocations` and `budgets` of Polars.
//! Never: shows a charge of another currency, or a cost as a float.

use chrono::NaiveDate;
use polars::prelude::{
    Column, DataFrame, DataType, Int32Chunked, Int128Chunked, IntoColumn, IntoLazy, LazyFrame,
    PolarsError, StringChunked, UInt64Chunked,
};

use super::Tables;
use super::error::QueryError;
use super::{anomalies, finance, idle, violations};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, PRECISION, SCALE, UNIT};
use crate::model::result_set::TableSchema;
use crate::model::trail::{Pool, Trail};

/// The charges of the months asked for.
pub const CHARGES: &str = "charges";
/// The charges of as many months before.
pub const PRIOR_CHARGES: &str = "prior_charges";
/// Every move of shared cost.
pub const ALLOCATIONS: &str = "allocations";
/// What tenants may spend.
pub const BUDGETS: &str = "budgets";
/// The charges of the same months one year before.
pub const YEAR_AGO_CHARGES: &str = "year_ago_charges";
/// What months will have cost.
pub const FORECASTS: &str = "forecasts";
/// What changed of months that are closed.
pub const ADJUSTMENTS: &str = "adjustments";
/// What breaks the policy.
pub const VIOLATIONS: &str = "violations";
/// What ran though perhaps nobody used it.
pub const IDLE: &str = "idle";
/// What ran in each hour of the week.
pub const BUSY_HOURS: &str = "busy_hours";
/// What history does not explain.
pub const ANOMALIES: &str = "anomalies";
/// The dearest charges behind it.
pub const ANOMALY_CHARGES: &str = "anomaly_charges";

/// What a tenant may spend in a billing period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The tenant's id.
    pub tenant: String,
    /// The billing period.
    pub billing_period: String,
    /// How much.
    pub amount: Money,
    /// Its currency; `None` is that of the bill.
    pub currency: Option<Currency>,
}

/// Every table, and what it holds.
pub const TABLES: [(&str, &str); 12] = [
    (CHARGES, "the charges of the months asked for, under the filters, shared cost moved"),
    (PRIOR_CHARGES, "the same of as many months before"),
    (ALLOCATIONS, "every move of shared cost, and what stayed"),
    (BUDGETS, "what each tenant may spend in a month"),
    (YEAR_AGO_CHARGES, "the charges of the same months one year before"),
    (FORECASTS, "what each month will have cost when it is over"),
    (ADJUSTMENTS, "what newer deliveries change of months that are closed"),
    (VIOLATIONS, "what breaks the policy of `--policy`, by day"),
    (IDLE, "what ran though perhaps nobody used it; needs hours"),
    (BUSY_HOURS, "apps and notebook instances by user and hour of the week; needs hours"),
    (ANOMALIES, "what the history of users, spaces, tenants and components does not explain"),
    (ANOMALY_CHARGES, "the dearest charges behind each of `anomalies`"),
];

/// Every table with its columns; tags and cost categories come on top of them.
pub fn schema() -> Vec<TableSchema> {
    let of = |(table, holds): (&'static str, &'static str)| TableSchema {
        table,
        holds,
        columns: columns_of(table),
    };
    TABLES.into_iter().map(of).collect()
}

fn columns_of(table: &str) -> Vec<(String, String)> {
    let text = |name: &str, what: &str| (name.to_owned(), what.to_owned());
    let told = |all: &[(&str, &str)]| all.iter().map(|(name, what)| text(name, what)).collect();
    match table {
        CHARGES | PRIOR_CHARGES | YEAR_AGO_CHARGES => {
            let dimensions = Dimension::all().map(|of| text(&of.key(), &of.heading()));
            let standing =
                text(column::STANDING, "attributed, shared, unattributed or other_services");
            let cost = text(column::COST, "cost in the metric of the run, exact");
            let metric = |of: &CostMetric| text(of.column(), &format!("{} cost, exact", of.name()));
            let more = [
                text(column::USAGE_HOURS, "usage whose pricing unit is an hour"),
                text(column::LINE_ITEMS, "source rows behind the charge"),
                text("\"tag:KEY\"", "value of a cost-allocation tag"),
                text("\"category:NAME\"", "value of a cost category"),
            ];
            let metrics = CostMetric::ALL.iter().map(metric);
            dimensions.chain([standing, cost]).chain(metrics).chain(more).collect()
        }
        ALLOCATIONS => told(ALLOCATION_COLUMNS),
        BUDGETS => told(BUDGET_COLUMNS),
        FORECASTS => told(finance::FORECAST_COLUMNS),
        ADJUSTMENTS => told(finance::ADJUSTMENT_COLUMNS),
        VIOLATIONS => told(violations::COLUMNS),
        IDLE => told(idle::IDLE_COLUMNS),
        BUSY_HOURS => told(idle::BUSY_COLUMNS),
        ANOMALIES => told(anomalies::COLUMNS),
        ANOMALY_CHARGES => told(anomalies::CHARGE_COLUMNS),
        _ => Vec::new(),
    }
}

const ALLOCATION_COLUMNS: &[(&str, &str)] = &[
    ("split", "the split rule"),
    ("method", "how it divides"),
    ("billing_period", "the month of the pool"),
    ("usage_date", "its day, when a driver decides each day"),
    ("tenant", "who received; nothing for what stayed"),
    ("amount", "what was received or stayed, exact"),
    ("pool_amount", "what the pool held, exact"),
    ("share", "the part of the pool that the rule gives"),
    ("why_kept", "why something stayed"),
];

const BUDGET_COLUMNS: &[(&str, &str)] = &[
    ("tenant", "the tenant"),
    ("billing_period", "the month"),
    ("amount", "what it may spend, exact"),
];

/// Every table in one currency.
pub(super) fn of(
    tables: &Tables,
    currency: &Currency,
) -> Result<Vec<(&'static str, LazyFrame)>, QueryError> {
    let frames = [
        (CHARGES, charges(tables.charges, currency)),
        (PRIOR_CHARGES, charges(tables.prior, currency)),
        (ALLOCATIONS, allocations(tables.trail, currency)),
        (BUDGETS, budgets(tables.budgets, currency)),
        (YEAR_AGO_CHARGES, charges(tables.year_ago, currency)),
        (FORECASTS, finance::forecasts(tables.forecasts, currency)),
        (ADJUSTMENTS, finance::adjustments(tables.adjustments, currency)),
        (VIOLATIONS, violations::violations(tables.violations, currency)),
        (IDLE, idle::idle(tables.idleness, currency)),
        (BUSY_HOURS, idle::busy(tables.idleness, currency)),
        (ANOMALIES, anomalies::anomalies(tables.anomalies, currency)),
        (ANOMALY_CHARGES, anomalies::charges(tables.anomalies, currency)),
    ];
    let lazy = |(name, frame): (&'static str, Result<DataFrame, PolarsError>)| match frame {
        Ok(frame) => Ok((name, frame.lazy())),
        Err(error) => Err(QueryError::Engine { message: error.to_string() }),
    };
    frames.into_iter().map(lazy).collect()
}

/// Every column that a statement could have meant.
pub(super) fn every_column(tables: &Tables) -> Vec<String> {
    let named = TABLES.iter().flat_map(|(table, _)| columns_of(table));
    let mut all: Vec<String> = named.map(|(name, _)| name).collect();
    all.extend(tables.charges.text_columns().map(|(name, _)| name.to_owned()));
    all.sort_unstable();
    all.dedup();
    all
}

fn charges(frame: &Frame, currency: &Currency) -> Result<DataFrame, PolarsError> {
    let currencies = frame.texts(column::CURRENCY).map(Texts::values).unwrap_or_default();
    let is_meant: Vec<bool> =
        currencies.iter().map(|code| *code == Some(currency.as_str())).collect();
    let codes = frame.texts(column::CURRENCY).map(Texts::codes).unwrap_or_default();
    let frame = frame.filter(|row| is_meant[codes[row] as usize]);
    let mut columns = Vec::new();
    for (name, texts) in frame.text_columns() {
        columns.push(text_column(name, texts.iter())?);
    }
    for (name, amounts) in frame.amount_columns() {
        columns.push(amount_column(name, amounts.to_vec())?);
    }
    let lines = frame.line_items().to_vec();
    columns.push(UInt64Chunked::from_vec(column::LINE_ITEMS.into(), lines).into_column());
    DataFrame::new(frame.height(), columns)
}

/// What one tenant received of a pool, or what stayed.
struct Moved<'a> {
    pool: &'a Pool,
    tenant: Option<&'a str>,
    amount: Money,
    weight: i128,
    weights: i128,
}

fn allocations(trail: &Trail, currency: &Currency) -> Result<DataFrame, PolarsError> {
    let pools = trail.pools.iter().filter(|pool| pool.currency == *currency);
    let rows: Vec<Moved> = pools.flat_map(moved).collect();
    let text = |name: &str, of: fn(&Moved) -> Option<String>| {
        let texts: Vec<Option<String>> = rows.iter().map(of).collect();
        text_column(name, texts.iter().map(Option::as_deref))
    };
    let columns = vec![
        text("split", |row| Some(row.pool.split.clone()))?,
        text("method", |row| Some(row.pool.method.to_owned()))?,
        text("billing_period", |row| row.pool.period.clone())?,
        text("usage_date", |row| row.pool.day.clone())?,
        text("tenant", |row| row.tenant.map(ToOwned::to_owned))?,
        amount_column("amount", rows.iter().map(|row| row.amount.0).collect())?,
        amount_column("pool_amount", rows.iter().map(|row| row.pool.amount.0).collect())?,
        amount_column("share", rows.iter().map(share).collect())?,
        text("why_kept", |row| row.pool.why_kept.clone().filter(|_| row.tenant.is_none()))?,
    ];
    DataFrame::new(rows.len(), columns)
}

/// One row per receiver, and one for what stayed.
fn moved(pool: &Pool) -> Vec<Moved<'_>> {
    let received = pool.moves.iter().map(|to| Moved {
        pool,
        tenant: Some(to.tenant.as_str()),
        amount: to.amount,
        weight: to.weight,
        weights: to.weights,
    });
    let mut rows: Vec<Moved> = received.collect();
    if pool.kept != Money::ZERO || pool.moves.is_empty() {
        let weights = pool.moves.first().map_or(1, |to| to.weights);
        let given: i128 = pool.moves.iter().map(|to| to.weight).sum();
        let weight = weights - given;
        rows.push(Moved { pool, tenant: None, amount: pool.kept, weight, weights });
    }
    rows
}

/// The part of the pool that a weight stands for, to twelve places.
fn share(row: &Moved) -> i128 {
    let part = row.weight.checked_mul(UNIT).and_then(|part| part.checked_div(row.weights));
    // Weights beyond 26 digits lose their last ones first.
    part.or_else(|| row.weight.checked_div(row.weights / UNIT)).unwrap_or_default()
}

fn budgets(budgets: &[Budget], currency: &Currency) -> Result<DataFrame, PolarsError> {
    let is_meant = |of: &&Budget| of.currency.as_ref().is_none_or(|own| own == currency);
    let budgets: Vec<&Budget> = budgets.iter().filter(is_meant).collect();
    let columns = vec![
        text_column("tenant", budgets.iter().map(|of| Some(of.tenant.as_str())))?,
        text_column("billing_period", budgets.iter().map(|of| Some(of.billing_period.as_str())))?,
        amount_column("amount", budgets.iter().map(|of| of.amount.0).collect())?,
    ];
    DataFrame::new(budgets.len(), columns)
}

/// Days are dates, everything else is text.
pub(super) fn text_column<'a>(
    name: &str,
    texts: impl Iterator<Item = Option<&'a str>>,
) -> Result<Column, PolarsError> {
    if name == Dimension::Day.key() {
        return days_column(name, texts);
    }
    let texts: StringChunked = texts.collect();
    Ok(texts.with_name(name.into()).into_column())
}

pub(super) fn days_column<'a>(
    name: &str,
    texts: impl Iterator<Item = Option<&'a str>>,
) -> Result<Column, PolarsError> {
    let days: Int32Chunked = texts.map(|text| text.and_then(epoch_days)).collect();
    days.with_name(name.into()).into_column().cast(&DataType::Date)
}

/// Days since 1970-01-01.
fn epoch_days(text: &str) -> Option<i32> {
    let day: NaiveDate = text.parse().ok()?;
    Some(day.to_epoch_days())
}

pub(super) fn amount_column(name: &str, amounts: Vec<i128>) -> Result<Column, PolarsError> {
    let amounts = Int128Chunked::from_vec(name.into(), amounts);
    Ok(amounts.into_decimal(PRECISION.into(), SCALE as usize)?.into_column())
}
