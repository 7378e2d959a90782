//! Commitment columns: reservations and Savings Plans, alike in both schemas.
//!
//! In:    nothing; two tables.
//! Out:   [`RESERVATIONS`] and [`SAVINGS_PLANS`], in the order of both exports.
//! Never: more than tables: what a source means is said in `columns`.

use crate::sample::amount::after_discount;
use crate::sample::columns::Source::{EmptyText, NoText, Number, ProfileNumber, Text};
use crate::sample::columns::{
    Column, fee, lent, of_plan, of_reservation, plan_effective, plan_fee, plan_rate, reserved,
    shares,
};

/// What was reserved, used and left unused.
pub(super) const RESERVATIONS: &[Column] = &[
    ("reservation_amortized_upfront_cost_for_usage", Number(|row| Some(shares(row).0))),
    ("reservation_amortized_upfront_fee_for_billing_period", Number(|row| Some(fee(row).0))),
    ("reservation_availability_zone", NoText),
    ("reservation_effective_cost", Number(|row| Some(shares(row).0 + shares(row).1))),
    ("reservation_end_time", Text(|p| of_reservation(p, |paid| &paid.end))),
    ("reservation_modification_status", Text(|p| of_reservation(p, |_| "Original"))),
    (
        "reservation_net_amortized_upfront_cost_for_usage",
        Number(|row| Some(after_discount(shares(row).0))),
    ),
    (
        "reservation_net_amortized_upfront_fee_for_billing_period",
        Number(|row| Some(after_discount(fee(row).0))),
    ),
    (
        "reservation_net_effective_cost",
        Number(|row| Some(after_discount(shares(row).0 + shares(row).1))),
    ),
    ("reservation_net_recurring_fee_for_usage", Number(|row| Some(after_discount(shares(row).1)))),
    (
        "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        Number(|row| Some(after_discount(fee(row).1))),
    ),
    ("reservation_net_unused_recurring_fee", Number(|row| Some(after_discount(fee(row).2)))),
    ("reservation_net_upfront_value", Number(|row| Some(after_discount(fee(row).0)))),
    ("reservation_normalized_units_per_reservation", EmptyText(|p| reserved(p, 4))),
    ("reservation_number_of_reservations", EmptyText(|p| reserved(p, 1))),
    ("reservation_recurring_fee_for_usage", Number(|row| Some(shares(row).1))),
    ("reservation_reservation_a_r_n", Text(|p| of_reservation(p, |paid| &paid.arn))),
    ("reservation_start_time", Text(|p| of_reservation(p, |paid| &paid.start))),
    ("reservation_subscription_id", Text(|p| lent(&p.sku.rate_id))),
    ("reservation_total_reserved_normalized_units", EmptyText(|p| reserved(p, 4 * 720))),
    ("reservation_total_reserved_units", EmptyText(|p| reserved(p, 720))),
    ("reservation_units_per_reservation", EmptyText(|p| reserved(p, 1))),
    ("reservation_unused_amortized_upfront_fee_for_billing_period", Number(|row| Some(fee(row).1))),
    ("reservation_unused_normalized_unit_quantity", Number(|row| Some(fee(row).3 * 4))),
    ("reservation_unused_quantity", Number(|row| Some(fee(row).3))),
    ("reservation_unused_recurring_fee", Number(|row| Some(fee(row).2))),
    ("reservation_upfront_value", Number(|row| Some(fee(row).0))),
];

/// What was committed, used and paid.
pub(super) const SAVINGS_PLANS: &[Column] = &[
    (
        "savings_plan_amortized_upfront_commitment_for_billing_period",
        Number(|row| Some(plan_fee(row).1)),
    ),
    ("savings_plan_end_time", Text(|p| of_plan(p, |paid| &paid.end))),
    ("savings_plan_instance_type_family", NoText),
    (
        "savings_plan_net_amortized_upfront_commitment_for_billing_period",
        Number(|row| Some(after_discount(plan_fee(row).1))),
    ),
    (
        "savings_plan_net_recurring_commitment_for_billing_period",
        Number(|row| Some(after_discount(plan_fee(row).0))),
    ),
    (
        "savings_plan_net_savings_plan_effective_cost",
        Number(|row| Some(after_discount(plan_effective(row)))),
    ),
    ("savings_plan_offering_type", Text(|p| of_plan(p, |_| "SageMakerSavingsPlans"))),
    ("savings_plan_payment_option", Text(|p| of_plan(p, |_| "Partial Upfront"))),
    ("savings_plan_purchase_term", Text(|p| of_plan(p, |_| "1yr"))),
    ("savings_plan_recurring_commitment_for_billing_period", Number(|row| Some(plan_fee(row).0))),
    ("savings_plan_region", Text(|p| of_plan(p, |_| "Any"))),
    ("savings_plan_savings_plan_a_r_n", Text(|p| of_plan(p, |paid| &paid.arn))),
    ("savings_plan_savings_plan_effective_cost", Number(|row| Some(plan_effective(row)))),
    ("savings_plan_savings_plan_rate", ProfileNumber(plan_rate)),
    ("savings_plan_start_time", Text(|p| of_plan(p, |paid| &paid.start))),
    (
        "savings_plan_total_commitment_to_date",
        Number(|row| Some(plan_fee(row).0 + plan_fee(row).1)),
    ),
    ("savings_plan_used_commitment", Number(|row| Some(plan_fee(row).2))),
];
