//! FOCUS: what a line item type is in the words of its specification.
//!
//! In:    a line item type, a resource id, the codes of a region and a product.
//! Out:   [`Charge`]: its category, frequency, pricing and costs; display names of FOCUS.
//! Never: computes a cost.
//!
//! Sources: FOCUS 1.2 and the rules of its validator (model 1.2.0.1): `ChargeCategory`,
//! `ChargeClass`, `ChargeFrequency`, `PricingCategory`, `CommitmentDiscount*`, `ListCost`,
//! `ContractedCost`, discount handling; the FOCUS converters' `charge_category` for AWS; rows of
//! AWS's own FOCUS export in the foundation's sample data; read 2026-11.
//!
//! Where those differ: a negation takes back usage that a plan covers, so it is usage here, as in
//! the converters; AWS's own exports do without it, but `BilledCost` would no longer add up row by
//! row. A credit is `Credit`, as AWS says it and discount handling wants it; the converters say
//! `Adjustment`. A refund is a `Correction`: money is given back only after it was invoiced.

mod region;
mod service;

pub use region::name_of;
pub use service::{said, service_of};

/// What a charge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// `ChargeCategory`.
    pub category: &'static str,
    /// `ChargeClass`: `Correction` or nothing.
    pub class: Option<&'static str>,
    /// `ChargeFrequency`.
    pub frequency: &'static str,
    /// `PricingCategory`; nothing for taxes, which are calculated from other charges.
    pub pricing: Option<&'static str>,
    /// Which commitment is bought, on lines whose resource is the commitment itself.
    pub bought: Option<Commitment>,
    /// `ListCost`.
    pub list: Basis,
    /// `ContractedCost`.
    pub contracted: Basis,
}

/// A kind of commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// `CommitmentDiscountCategory`.
    pub category: &'static str,
    /// `CommitmentDiscountType`, as AWS's own exports and the converters say it.
    pub kind: &'static str,
}

const PLAN: Commitment = Commitment { category: "Spend", kind: "Savings Plan" };
const RESERVATION: Commitment = Commitment { category: "Usage", kind: "Reserved Instances (RI)" };

/// What a cost that CUR does not have is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The public price. As `ContractedCost` where no price but that one is known.
    Public,
    /// What is billed: charges without a unit price, and usage at the rate agreed upon.
    Billed,
    /// Nothing: the charge only takes back what another one counted.
    Nothing,
}

/// What every type is that has no row of its own, those that AWS does not document included.
///
/// What is billed of usage is the agreed rate, negotiated discounts included; of usage under a plan
/// too, because the plan is a negation of its own.
const USAGE: Charge = Charge {
    category: "Usage",
    class: None,
    frequency: "Usage-Based",
    pricing: Some("Standard"),
    bought: None,
    list: Basis::Public,
    contracted: Basis::Billed,
};

const COVERED: Charge = Charge { pricing: Some("Committed"), ..USAGE };

/// A charge that is no price times a quantity: each cost is the one that is billed.
const fn lump(category: &'static str, frequency: &'static str) -> Charge {
    Charge { category, frequency, pricing: None, list: Basis::Billed, ..USAGE }
}

/// A purchase without a commitment.
const fn fee(frequency: &'static str) -> Charge {
    Charge { pricing: Some("Standard"), ..lump("Purchase", frequency) }
}

const fn bought(commitment: Commitment, frequency: &'static str) -> Charge {
    Charge { bought: Some(commitment), ..fee(frequency) }
}

/// A part of the price of usage on a line of its own, as the converters see it.
const DISCOUNT: Charge = Charge { pricing: Some("Other"), ..USAGE };

/// The types that are no plain usage.
const CHARGES: &[(&str, Charge)] = &[
    // Billed elsewhere, so that no other price is known than the public one.
    ("DiscountedUsage", Charge { contracted: Basis::Public, ..COVERED }),
    ("SavingsPlanCoveredUsage", COVERED),
    ("SavingsPlanNegation", Charge { list: Basis::Nothing, contracted: Basis::Nothing, ..COVERED }),
    ("SavingsPlanRecurringFee", bought(PLAN, "Recurring")),
    ("SavingsPlanUpfrontFee", bought(PLAN, "One-Time")),
    ("RIFee", bought(RESERVATION, "Recurring")),
    ("Fee", fee("One-Time")),
    ("FlatRateSubscription", fee("Recurring")),
    ("FlateRateSubscription", fee("Recurring")),
    ("Tax", lump("Tax", "Usage-Based")),
    ("Credit", Charge { pricing: Some("Other"), ..lump("Credit", "One-Time") }),
    ("Refund", Charge { class: Some("Correction"), ..lump("Adjustment", "One-Time") }),
    ("Discount", DISCOUNT),
    ("BundledDiscount", DISCOUNT),
    ("EdpDiscount", DISCOUNT),
    ("PrivateRateDiscount", DISCOUNT),
    ("SppDiscount", DISCOUNT),
    ("RiVolumeDiscount", DISCOUNT),
];

/// What a line item type is; undocumented ones pass as usage.
pub fn charge_of(line_item_type: &str) -> Charge {
    let found = CHARGES.iter().find(|(name, _)| *name == line_item_type);
    found.map_or(USAGE, |(_, charge)| *charge)
}

impl Charge {
    /// What a commitment was paid for and nobody used: a charge beside its purchase.
    #[must_use]
    pub fn unused(self) -> Self {
        // The purchase is what has a price.
        let unpriced = Charge { list: Basis::Nothing, contracted: Basis::Nothing, ..COVERED };
        Charge { bought: self.bought, ..unpriced }
    }
}

/// `ResourceType`: of an ARN the word that AWS puts there; of the ids that are no ARN those that
/// AWS's own exports tell.
pub fn resource_type_of<'a>(resource: &'a str, product_code: &str) -> Option<&'a str> {
    let Some(rest) = resource.strip_prefix("arn:") else {
        let known = [("i-", "instance"), ("vol-", "volume")];
        let found = known.iter().find(|(prefix, _)| resource.starts_with(prefix));
        let bucket = (product_code == "AmazonS3").then_some("bucket");
        return found.map(|(_, kind)| *kind).or(bucket);
    };
    // arn:PARTITION:SERVICE:REGION:ACCOUNT:TYPE/ID, or TYPE:ID, or ID alone.
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    let (service, tail) = (*parts.get(1)?, *parts.get(4)?);
    match tail.split_once(['/', ':']) {
        _ if service == "s3" => Some("bucket"),
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Some(kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cost_rules::KNOWN_LINE_ITEM_TYPES;

    #[test]
    fn every_documented_type_but_usage_has_a_row_and_no_row_is_of_another() {
        for known in KNOWN_LINE_ITEM_TYPES.iter().filter(|known| **known != "Usage") {
            assert!(CHARGES.iter().any(|(name, _)| name == known), "{known}");
        }
        for (name, _) in CHARGES {
            assert!(KNOWN_LINE_ITEM_TYPES.contains(name), "{name}");
        }
    }

    #[test]
    fn a_type_that_nobody_documents_passes_as_usage() {
        assert_eq!(charge_of("BrandNewThing"), charge_of("Usage"));
    }

    #[test]
    fn a_resource_has_the_type_that_its_id_tells() {
        let told = [
            ("arn:aws:sagemaker:eu-west-1:1:app/d-1/alice/default", "", Some("app")),
            ("arn:aws:rds:eu-west-1:1:db:db-8", "AmazonRDS", Some("db")),
            ("arn:aws:savingsplans::1:savingsplan/p-1", "", Some("savingsplan")),
            ("arn:aws:s3:::lake/prefix", "AmazonS3", Some("bucket")),
            ("lake", "AmazonS3", Some("bucket")),
            ("i-0abc", "AmazonEC2", Some("instance")),
            ("arn:aws:sqs:eu-west-1:1:jobs", "AWSQueueService", None),
            ("arn:aws", "", None),
            ("something", "AmazonEC2", None),
        ];
        for (id, product, kind) in told {
            assert_eq!(resource_type_of(id, product), kind, "{id}");
        }
    }
}
