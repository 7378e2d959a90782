//! CUR 2.0: the columns of a Data Exports export, in the order of its manifest.
//!
//! In:    nothing; it is a table.
//! Out:   [`COLUMNS`]: 131 names after the table dictionary of CUR 2.0, read 2026-11.
//! Never: more than a table: what a source means is said in `columns`.

use std::borrow::Cow;

use crate::sample::cast::{PAYER_ID, PAYER_NAME};
use crate::sample::columns::Source::{
    Always, DiscountMap, Interval, LineEnd, LineStart, Map, MonthEnd, MonthStart, NoNumber, NoText,
    Number, ProfileNumber, Text,
};
use crate::sample::columns::{
    Column, SELLER, all_tags, cost_category, discount, family, instance_family, lent, location,
    metered, net_rate, normal_factor, normal_usage, of_reservation, product, public_rate,
    resource_tags, term, unblended_rate, unit, zone,
};
use crate::sample::commitment_columns::{RESERVATIONS, SAVINGS_PLANS};

/// Every column, in order.
pub(super) const COLUMNS: &[&[Column]] =
    &[BEFORE_COMMITMENTS, RESERVATIONS, RESOURCE_TAGS, SAVINGS_PLANS, AFTER_COMMITMENTS];

const BEFORE_COMMITMENTS: &[Column] = &[
    ("bill_bill_type", Text(|p| lent(p.bill_type))),
    ("bill_billing_entity", Always("AWS")),
    ("bill_billing_period_end_date", MonthEnd),
    ("bill_billing_period_start_date", MonthStart),
    ("bill_invoice_id", NoText),
    ("bill_invoicing_entity", Always(SELLER)),
    ("bill_payer_account_id", Always(PAYER_ID)),
    ("bill_payer_account_name", Always(PAYER_NAME)),
    ("capacity_reservation_capacity_reservation_arn", NoText),
    ("capacity_reservation_capacity_reservation_status", NoText),
    ("capacity_reservation_capacity_reservation_type", NoText),
    ("cost_category", Map(cost_category)),
    ("discount", DiscountMap),
    ("discount_bundled_discount", Number(|_| Some(0))),
    ("discount_total_discount", Number(|row| Some(discount(row).unwrap_or(0)))),
    ("identity_line_item_id", Text(|p| lent(&p.line_id))),
    ("identity_time_interval", Interval),
    ("line_item_availability_zone", Text(zone)),
    ("line_item_blended_cost", Number(|row| row.written.blended)),
    ("line_item_blended_rate", Text(unblended_rate)),
    ("line_item_currency_code", Always("USD")),
    ("line_item_iam_principal", NoText),
    ("line_item_legal_entity", Always(SELLER)),
    ("line_item_line_item_description", Text(|p| lent(&p.description))),
    ("line_item_line_item_type", Text(|p| Cow::Owned(p.line_type.name()))),
    ("line_item_net_unblended_cost", Number(|row| row.written.net)),
    ("line_item_net_unblended_rate", Text(net_rate)),
    ("line_item_normalization_factor", ProfileNumber(normal_factor)),
    ("line_item_normalized_usage_amount", Number(|row| Some(normal_usage(row)))),
    ("line_item_operation", Text(|p| lent(p.sku.operation))),
    ("line_item_product_code", Text(|p| lent(p.sku.product.code))),
    ("line_item_resource_id", Text(|p| lent(&p.resource))),
    ("line_item_tax_type", Text(|p| lent(p.tax_type))),
    ("line_item_unblended_cost", Number(|row| Some(row.written.unblended))),
    ("line_item_unblended_rate", Text(unblended_rate)),
    ("line_item_usage_account_id", Text(|p| lent(p.account_id))),
    ("line_item_usage_account_name", Text(|p| lent(p.account_name))),
    ("line_item_usage_amount", Number(|row| Some(row.usage))),
    ("line_item_usage_end_date", LineEnd),
    ("line_item_usage_start_date", LineStart),
    ("line_item_usage_type", Text(|p| lent(&p.sku.usage_type))),
    ("line_item_user_identifier", NoText),
    ("pricing_currency", Text(|p| metered(p, "USD"))),
    ("pricing_lease_contract_length", Text(|p| of_reservation(p, |_| "1yr"))),
    ("pricing_offering_class", Text(|p| of_reservation(p, |_| "standard"))),
    ("pricing_public_on_demand_cost", Number(|row| Some(row.written.public))),
    ("pricing_public_on_demand_rate", Text(public_rate)),
    ("pricing_purchase_option", Text(|p| of_reservation(p, |_| "Partial Upfront"))),
    ("pricing_rate_code", Text(|p| lent(&p.sku.rate_code))),
    ("pricing_rate_id", Text(|p| lent(&p.sku.rate_id))),
    ("pricing_term", Text(term)),
    ("pricing_unit", Text(unit)),
    ("product", Map(product)),
    ("product_comment", NoText),
    ("product_fee_code", NoText),
    ("product_fee_description", NoText),
    ("product_from_location", NoText),
    ("product_from_location_type", NoText),
    ("product_from_region_code", NoText),
    ("product_instance_family", Text(instance_family)),
    ("product_instance_type", Text(|p| lent(p.sku.instance))),
    ("product_instancesku", NoText),
    ("product_location", Text(location)),
    ("product_location_type", Text(|p| metered(p, "AWS Region"))),
    ("product_operation", Text(|p| metered(p, p.sku.operation))),
    ("product_pricing_unit", Text(|p| metered(p, p.sku.unit))),
    ("product_product_family", Text(family)),
    ("product_region_code", Text(|p| lent(p.sku.region_code()))),
    ("product_servicecode", Text(|p| metered(p, p.sku.product.code))),
    ("product_sku", Text(|p| lent(&p.sku.id))),
    ("product_to_location", NoText),
    ("product_to_location_type", NoText),
    ("product_to_region_code", NoText),
    ("product_usagetype", Text(|p| metered(p, &p.sku.usage_type))),
];

const RESOURCE_TAGS: &[Column] = &[("resource_tags", Map(resource_tags))];

const AFTER_COMMITMENTS: &[Column] = &[
    ("split_line_item_actual_usage", NoNumber),
    ("split_line_item_net_split_cost", NoNumber),
    ("split_line_item_net_unused_cost", NoNumber),
    ("split_line_item_parent_resource_id", NoText),
    ("split_line_item_public_on_demand_split_cost", NoNumber),
    ("split_line_item_public_on_demand_unused_cost", NoNumber),
    ("split_line_item_reserved_usage", NoNumber),
    ("split_line_item_split_cost", NoNumber),
    ("split_line_item_split_usage", NoNumber),
    ("split_line_item_split_usage_ratio", NoNumber),
    ("split_line_item_unused_cost", NoNumber),
    ("tags", Map(all_tags)),
];
