//! Cost: the amounts of a line as its columns carry them, and what every metric must make of them.
//!
//! In:    the amounts the generator chose.
//! Out:   [`Written`] columns and the six metrics, in the order of `CostMetric::ALL`: unblended,
//!        amortized, net unblended, net amortized, list, blended.
//! Never: calls the product's cost rules; these are the generator's own words for the same law.

use crate::sample::amount::{Units, after_discount};
use crate::sample::cast::{Account, PAYER_ID, PAYER_NAME};
use crate::sample::profile::Written;

/// The account that pays, as an account that also uses.
pub(super) const PAYER: Account = Account { id: PAYER_ID, name: PAYER_NAME, business_unit: "" };

/// Columns of an amount under the private discount, with this public price.
pub(super) fn written(unblended: Units, public: Units) -> Written {
    Written { unblended, net: Some(after_discount(unblended)), blended: Some(unblended), public }
}

/// Columns of an amount that knows no discount: taxes, credits, refunds.
pub(super) fn written_flat(unblended: Units) -> Written {
    Written { unblended, net: None, blended: Some(unblended), public: 0 }
}

/// Metrics of ordinary usage and of fees that are what they seem.
pub(super) fn plain(written: &Written) -> [Units; 6] {
    let net = written.net.unwrap_or(written.unblended);
    let blended = written.blended.unwrap_or(0);
    [written.unblended, written.unblended, net, net, written.public, blended]
}

/// Metrics of usage that a commitment paid for: `effective` is its share of the commitment.
pub(super) fn committed(written: &Written, effective: Units) -> [Units; 6] {
    let [unblended, _, net, _, list, blended] = plain(written);
    [unblended, effective, net, after_discount(effective), list, blended]
}

/// Metrics of an amount that amortization spreads elsewhere: upfront fees and their refunds.
pub(super) fn spread_elsewhere(written: &Written) -> [Units; 6] {
    let [unblended, _, net, _, list, blended] = plain(written);
    [unblended, 0, net, 0, list, blended]
}

/// Metrics of a plan's fee of one slice: amortized is what nobody used.
pub(super) fn plan_fee(recurring: Units, unused: Units) -> [Units; 6] {
    [recurring, unused, after_discount(recurring), after_discount(unused), 0, recurring]
}
