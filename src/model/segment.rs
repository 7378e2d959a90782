//! Segment: the columns of a file of charges.
//!
//! In:    nothing; tables of names.
//! Out:   where a field of the export stands in a segment, and the measures.
//! Never: reads or writes a file; `normalise` fills the columns, `store` writes them, `scan` reads.
//!
//! One row is one charge: the source rows of one day that are alike in every column but the
//! measures. Texts that are nothing are NULL. Tags are columns by home and key, as delivered.

use crate::model::cost_rules::{KNOWN_LINE_ITEM_TYPES, SPLIT_COST_OPERATIONS};
use crate::model::dimension::Dimension;
use crate::model::line_items::TagHome;
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;
use crate::model::stored::SegmentKind;
use crate::model::tag_key::{TagKey, sagemaker};

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

/// The resource as far as it tells an owner among the charges of the month: of charges without an
/// identity tag a Studio ARN cut to what tells owners apart, or the id of a home volume or of a
/// resource that others tell of; of charges with one, the id of a resource that others ask about.
/// Resources of one owner have one id here, the first.
pub const OWNER_RESOURCE: &str = "owner_resource";

/// The UTC hour of usage that lasted no longer, as RFC 3339 writes it; only where hours are kept.
pub const HOUR: &str = "usage_hour";

/// Source rows behind the charge.
pub const LINE_ITEMS: &str = "line_items";

/// Usage whose pricing unit is an hour.
pub const USAGE_HOURS: &str = "usage_hours";

/// The column of an export's field, if a segment has one.
pub fn column_of(field: SourceColumn) -> Option<&'static str> {
    let known = TEXTS.iter().chain(DAYS).find(|(of, _)| *of == field);
    known.map(|(_, name)| *name)
}

/// Whether a column is in every segment, even where it is nothing.
pub fn is_standing(name: &str) -> bool {
    TEXTS.iter().chain(DAYS).any(|(_, of)| *of == name)
}

/// Tags that name an owner of a charge.
const OWNER_TAGS: [&str; 5] = [
    sagemaker::DOMAIN,
    sagemaker::USER_PROFILE,
    sagemaker::SPACE,
    sagemaker::SHARED_SPACE,
    sagemaker::MANAGED_BY,
];

/// Whether a tag names an owner.
pub fn tells_owner(key: &str) -> bool {
    OWNER_TAGS.iter().any(|tag| TagKey::new(tag).rank_of(key).is_some())
}

/// Dimensions that only charges tell.
const OF_CHARGES: [Dimension; 3] = [Dimension::Day, Dimension::Resource, Dimension::App];

/// Dimensions of usage, which owners are kept without.
const OF_USAGE: [Dimension; 6] = [
    Dimension::Component,
    Dimension::InstanceType,
    Dimension::UsageType,
    Dimension::Operation,
    Dimension::LineItemType,
    Dimension::Region,
];

/// Whether segments of a kind tell a dimension.
pub fn tells(kind: SegmentKind, dimension: &Dimension) -> bool {
    match (kind, dimension) {
        (SegmentKind::Hours, _) => true,
        (_, Dimension::Hour) => false,
        (SegmentKind::Charges, _) => true,
        (_, Dimension::Tag(key)) => tells_owner(key),
        (SegmentKind::Months, other) => !OF_CHARGES.contains(other),
        (SegmentKind::Owners, other) => !OF_CHARGES.contains(other) && !OF_USAGE.contains(other),
    }
}

/// How a column is kept in segments of a kind.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// As it is.
    Whole,
    /// Only the texts that say that a charge is out of the ordinary.
    Odd(fn(&str) -> bool),
    /// Not at all.
    Not,
}

/// How a column is kept in segments of a kind.
///
/// Every question looks for split cost and for unknown line item types, so owners keep those.
pub fn kept(kind: SegmentKind, column: &str) -> Kept {
    let key_of = |home: TagHome| column.strip_prefix(home.prefix());
    let source = TEXTS.iter().chain(DAYS).find(|(_, of)| *of == column).map(|(source, _)| *source);
    let is_of_owners = kind == SegmentKind::Owners;
    match (key_of(TagHome::Tags).or_else(|| key_of(TagHome::ResourceTags)), source) {
        _ if kind == SegmentKind::Hours => Kept::Whole,
        _ if column == HOUR => Kept::Not,
        _ if kind == SegmentKind::Charges => Kept::Whole,
        (Some(key), _) if tells_owner(key) => Kept::Whole,
        (Some(_), _) | (None, Some(SourceColumn::ResourceId | SourceColumn::UsageStart)) => {
            Kept::Not
        }
        (None, Some(SourceColumn::Operation)) if is_of_owners => {
            Kept::Odd(|operation| SPLIT_COST_OPERATIONS.contains(&operation))
        }
        (None, Some(SourceColumn::LineItemType)) if is_of_owners => {
            Kept::Odd(|of| !KNOWN_LINE_ITEM_TYPES.contains(&of))
        }
        (
            None,
            Some(SourceColumn::UsageType | SourceColumn::InstanceType | SourceColumn::Region),
        ) if is_of_owners => Kept::Not,
        _ => Kept::Whole,
    }
}

/// The column of a tag or a cost category.
pub fn tag_column(home: TagHome, key: &str) -> String {
    format!("{}{key}", home.prefix())
}

/// The metric that another one is kept as a difference to: mostly nothing, and so hardly any
/// bytes. Sums of both are exact, in whatever order.
pub fn base_of(metric: CostMetric) -> Option<CostMetric> {
    match metric {
        CostMetric::Unblended => None,
        CostMetric::NetAmortized => Some(CostMetric::NetUnblended),
        _ => Some(CostMetric::Unblended),
    }
}

/// The column of a metric: `unblended_cost` is one itself, any other metric is what its base adds
/// up to plus its difference.
pub fn measure_column(metric: CostMetric) -> String {
    match metric {
        CostMetric::Unblended => metric.column().to_owned(),
        other => format!("{}_difference", other.column()),
    }
}
