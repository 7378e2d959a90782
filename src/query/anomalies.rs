//! Anomalies: what history does not explain, as SQL sees it.
//!
//! In:    [`Anomaly`]s, the dearest first; a currency.
//! Out:   a frame of Polars with a row for each; another with the charges behind them.
//! Never: computes an amount.

use polars::prelude::{Column, DataFrame, IntoColumn, PolarsError, UInt64Chunked};

use super::frames::{amount_column, text_column};
use crate::model::anomaly::{Anomaly, Behind, Common};
use crate::model::money::Currency;

pub(super) const COLUMNS: &[(&str, &str)] = &[
    ("anomaly", "its number; 1 is the dearest"),
    ("unusual", "`first_gpu`, `new_instance_type`, `unusual_day` or `month_to_date`"),
    ("level", "whose history it is held against: `user`, `space`, `tenant` or `component`"),
    ("owner", "the user, the space, the tenant or the component"),
    ("found", "the instance type that is new"),
    ("billing_period", "the month"),
    ("usage_date", "the day; of something new the first, of a month to date the last"),
    ("excess_cost", "what lies above what is expected, exact"),
    ("cost", "what was charged, exact"),
    ("expected_cost", "what the history of the owner lets expect"),
    ("user_profile_arn", "the user of all charges behind it"),
    ("space_arn", "their space"),
    ("tenant", "their tenant, before shared cost is moved"),
    ("component", "their component"),
    ("instance_type", "their instance type"),
    ("resource_id", "the dearest resource behind it"),
    ("usage_type", "what was used of it"),
    ("also_unusual", "wider owners that the same charges make unusual"),
    ("next_step", "what to do about it"),
    ("line_items", "source rows behind it"),
];

pub(super) const CHARGE_COLUMNS: &[(&str, &str)] = &[
    ("anomaly", "the number in `anomalies`"),
    ("rank", "1 is the dearest"),
    ("resource_id", "the resource"),
    ("usage_type", "what was used, as AWS calls it"),
    ("cost", "what it cost, exact"),
    ("line_items", "source rows behind it"),
];

/// Those of a currency, each with its number.
fn numbered<'a>(
    anomalies: &'a [Anomaly],
    currency: &'a Currency,
) -> impl Iterator<Item = (u64, &'a Anomaly)> {
    (1..).zip(anomalies.iter().filter(|of| of.currency == *currency))
}

pub(super) fn anomalies(
    anomalies: &[Anomaly],
    currency: &Currency,
) -> Result<DataFrame, PolarsError> {
    let rows: Vec<(u64, &Anomaly)> = numbered(anomalies, currency).collect();
    let text = |name: &str, of: &dyn Fn(&Anomaly) -> Option<String>| {
        let texts: Vec<Option<String>> = rows.iter().map(|(_, row)| of(row)).collect();
        text_column(name, texts.iter().map(Option::as_deref))
    };
    let common = |name: &str, of: fn(&Common) -> &Option<String>| {
        text_column(name, rows.iter().map(|(_, row)| of(&row.common).as_deref()))
    };
    let amount = |name: &str, of: fn(&Anomaly) -> i128| {
        amount_column(name, rows.iter().map(|(_, row)| of(row)).collect())
    };
    let columns = vec![
        counts("anomaly", rows.iter().map(|(number, _)| *number)),
        text("unusual", &|of| Some(of.unusual.name().to_owned()))?,
        text("level", &|of| Some(of.level.name().to_owned()))?,
        text("owner", &|of| Some(of.owner.clone()))?,
        text("found", &|of| of.found.clone())?,
        text("billing_period", &|of| Some(of.month.to_string()))?,
        text("usage_date", &|of| Some(of.day.to_string()))?,
        amount("excess_cost", |of| of.excess.0)?,
        amount("cost", |of| of.cost.0)?,
        amount("expected_cost", |of| of.expected.0)?,
        common("user_profile_arn", |of| &of.user)?,
        common("space_arn", |of| &of.space)?,
        common("tenant", |of| &of.tenant)?,
        common("component", |of| &of.component)?,
        common("instance_type", |of| &of.instance_type)?,
        text("resource_id", &|of| of.behind.first()?.resource.clone())?,
        text("usage_type", &|of| of.behind.first()?.usage_type.clone())?,
        text("also_unusual", &|of| Some(of.also.join(", ")).filter(|text| !text.is_empty()))?,
        text("next_step", &|of| Some(of.unusual.next_step().to_owned()))?,
        counts("line_items", rows.iter().map(|(_, of)| of.line_items)),
    ];
    DataFrame::new(rows.len(), columns)
}

pub(super) fn charges(
    anomalies: &[Anomaly],
    currency: &Currency,
) -> Result<DataFrame, PolarsError> {
    let ranked = |(number, of): (u64, &'_ Anomaly)| -> Vec<(u64, u64, Behind)> {
        let behind = (1..).zip(&of.behind);
        behind.map(|(rank, behind)| (number, rank, behind.clone())).collect()
    };
    let rows: Vec<(u64, u64, Behind)> = numbered(anomalies, currency).flat_map(ranked).collect();
    let text = |name: &str, of: fn(&Behind) -> &Option<String>| {
        text_column(name, rows.iter().map(|(.., row)| of(row).as_deref()))
    };
    let columns = vec![
        counts("anomaly", rows.iter().map(|(number, ..)| *number)),
        counts("rank", rows.iter().map(|(_, rank, _)| *rank)),
        text("resource_id", |of| &of.resource)?,
        text("usage_type", |of| &of.usage_type)?,
        amount_column("cost", rows.iter().map(|(.., of)| of.cost.0).collect())?,
        counts("line_items", rows.iter().map(|(.., of)| of.line_items)),
    ];
    DataFrame::new(rows.len(), columns)
}

fn counts(name: &str, counts: impl Iterator<Item = u64>) -> Column {
    UInt64Chunked::from_vec(name.into(), counts.collect()).into_column()
}
