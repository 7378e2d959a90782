//! Segment: the columns of a file of charges.
//!
//! In:    nothing; tables of names.
//! Out:   where a field of the export stands in a segment, and the measures.
//! Never: reads or writes a file; `normalise` fills the columns, `store` writes them, `scan` reads.
//!
//! One row is one charge: the source rows of one day that are alike in every column but the
//! measures. Texts that are nothing are NULL. Tags are columns by home and key, as delivered.

use crate::model::line_items::TagHome;
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;

/// Text columns, and what they hold of the export.
pub const TEXTS: &[(SourceColumn, &str)] = &[
    (SourceColumn::Currency, "currency"),
    (SourceColumn::PayerAccount, "payer_account_id"),
    (SourceColumn::UsageAccount, "usage_account_id"),
    (SourceColumn::ProductCode, "product_code"),
    (SourceColumn::Region, "region_code"),
    (SourceColumn::UsageType, "usage_type"),
    (SourceColumn::Operation, "operation"),
    (SourceColumn::LineItemType, "line_item_type"),
    (SourceColumn::InstanceType, "instance_type"),
    (SourceColumn::ResourceId, "resource_id"),
];

/// Columns of days (`Date32`): the first day of the billing period, and the UTC day of the usage.
pub const DAYS: &[(SourceColumn, &str)] = &[
    (SourceColumn::PeriodStart, "billing_period_start_date"),
    (SourceColumn::UsageStart, "usage_date"),
];

/// Source rows behind the charge.
pub const LINE_ITEMS: &str = "line_items";

/// Usage whose pricing unit is an hour.
pub const USAGE_HOURS: &str = "usage_hours";

/// The column of an export's field, if a segment has one.
pub fn column_of(field: SourceColumn) -> Option<&'static str> {
    let known = TEXTS.iter().chain(DAYS).find(|(of, _)| *of == field);
    known.map(|(_, name)| *name)
}

/// The column of a tag or a cost category.
pub fn tag_column(home: TagHome, key: &str) -> String {
    format!("{}{key}", home.prefix())
}

/// The column that a metric is added up from, beside `unblended_cost`.
///
/// Unblended cost is a column itself. Any other metric is unblended cost plus its difference:
/// mostly nothing, and so hardly any bytes. Sums of both are exact, in whatever order.
pub fn measure_column(metric: CostMetric) -> String {
    match metric {
        CostMetric::Unblended => metric.column().to_owned(),
        other => format!("{}_difference", other.column()),
    }
}
