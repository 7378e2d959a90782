//! FOCUS: what a line item type is in the words of its specification.
//!
//! In:    a line item type, a product code.
//! Out:   [`Charge`]: its category, frequency and pricing; the category of a service.
//! Never: computes a cost.
//!
//! Sources: FOCUS 1.2, `ChargeCategory`, `ChargeFrequency`, `PricingCategory`,
//! `CommitmentDiscountStatus` and the service taxonomy; the FOCUS converters' mapping for AWS;
//! AWS's guide to its own FOCUS exports; read 2026-11. A negation takes back usage that a plan
//! covers, so it is usage here, as in the converters; AWS's own exports do without it.

/// What a charge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// `ChargeCategory`.
    pub category: &'static str,
    /// `ChargeClass`: `Correction` or nothing.
    pub class: Option<&'static str>,
    /// `ChargeFrequency`.
    pub frequency: &'static str,
    /// `PricingCategory`, of usage and purchases.
    pub pricing: Option<&'static str>,
    /// `CommitmentDiscountCategory`: `Spend` for plans, `Usage` for reservations.
    pub commitment: Option<&'static str>,
    /// `CommitmentDiscountStatus`, of usage under a commitment alone.
    pub status: Option<&'static str>,
}

const fn plain(category: &'static str, frequency: &'static str) -> Charge {
    Charge { category, class: None, frequency, pricing: None, commitment: None, status: None }
}

const fn bought(commitment: &'static str, frequency: &'static str) -> Charge {
    Charge {
        pricing: Some("Standard"),
        commitment: Some(commitment),
        ..plain("Purchase", frequency)
    }
}

const fn covered(commitment: &'static str) -> Charge {
    Charge {
        pricing: Some("Committed"),
        commitment: Some(commitment),
        status: Some("Used"),
        ..plain("Usage", "Usage-Based")
    }
}

/// What every type is that has no row of its own, those that AWS does not document included.
const USAGE: Charge = Charge { pricing: Some("Standard"), ..plain("Usage", "Usage-Based") };

/// A purchase without a commitment.
const fn fee(frequency: &'static str) -> Charge {
    Charge { pricing: Some("Standard"), ..plain("Purchase", frequency) }
}

/// A part of the price of usage on a line of its own, as the converters see it.
const DISCOUNT: Charge = Charge { pricing: Some("Other"), ..plain("Usage", "Usage-Based") };

/// The types that are no plain usage.
const CHARGES: &[(&str, Charge)] = &[
    ("DiscountedUsage", covered("Usage")),
    ("SavingsPlanCoveredUsage", covered("Spend")),
    (
        "SavingsPlanNegation",
        Charge {
            pricing: Some("Committed"),
            commitment: Some("Spend"),
            ..plain("Usage", "Usage-Based")
        },
    ),
    ("SavingsPlanRecurringFee", bought("Spend", "Recurring")),
    ("SavingsPlanUpfrontFee", bought("Spend", "One-Time")),
    ("RIFee", bought("Usage", "Recurring")),
    ("Fee", fee("One-Time")),
    ("FlatRateSubscription", fee("Recurring")),
    ("FlateRateSubscription", fee("Recurring")),
    ("Tax", plain("Tax", "Usage-Based")),
    ("Credit", plain("Credit", "One-Time")),
    ("Refund", Charge { class: Some("Correction"), ..plain("Adjustment", "One-Time") }),
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

/// Product code, `ServiceCategory`, `ServiceSubcategory`.
const SERVICES: &[(&str, &str, &str)] = &[
    ("AmazonSageMaker", "AI and Machine Learning", "Machine Learning"),
    ("MachineLearningSavingsPlans", "AI and Machine Learning", "Machine Learning"),
    ("AmazonBedrock", "AI and Machine Learning", "Generative AI"),
    ("AmazonEC2", "Compute", "Virtual Machines"),
    ("AWSLambda", "Compute", "Serverless Compute"),
    ("AmazonEKS", "Compute", "Containers"),
    ("AmazonECS", "Compute", "Containers"),
    ("AmazonS3", "Storage", "Object Storage"),
    ("AmazonEFS", "Storage", "File Storage"),
    ("AmazonRDS", "Databases", "Relational Databases"),
    ("AmazonDynamoDB", "Databases", "NoSQL Databases"),
    ("AmazonRedshift", "Databases", "Data Warehouses"),
    ("AWSGlue", "Analytics", "Data Processing"),
    ("ElasticMapReduce", "Analytics", "Data Processing"),
    ("AmazonAthena", "Analytics", "Analytics Platforms"),
    ("AmazonVPC", "Networking", "Network Infrastructure"),
    ("AWSDataTransfer", "Networking", "Network Connectivity"),
    ("AmazonCloudWatch", "Management and Governance", "Observability"),
    ("awskms", "Security", "Other (Security)"),
];

/// `ServiceCategory` and `ServiceSubcategory` of a product code.
pub fn service_of(product_code: &str) -> (&'static str, &'static str) {
    let found = SERVICES.iter().find(|(code, ..)| *code == product_code);
    found.map_or(("Other", "Other (Other)"), |(_, category, sub)| (*category, *sub))
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
    fn the_values_are_those_of_the_specification() {
        for charge in CHARGES.iter().map(|(_, charge)| charge).chain([&USAGE]) {
            let categories = ["Usage", "Purchase", "Tax", "Credit", "Adjustment"];
            assert!(categories.contains(&charge.category), "{charge:?}");
            let frequencies = ["One-Time", "Recurring", "Usage-Based"];
            assert!(frequencies.contains(&charge.frequency), "{charge:?}");
            // A purchase is never usage-based, and only usage is used.
            assert!(charge.category != "Purchase" || charge.frequency != "Usage-Based");
            let is_priced = ["Usage", "Purchase"].contains(&charge.category);
            assert_eq!(charge.pricing.is_some(), is_priced, "{charge:?}");
            assert!(charge.status.is_none() || charge.category == "Usage");
        }
    }

    #[test]
    fn a_type_that_nobody_documents_passes_as_usage() {
        assert_eq!(charge_of("BrandNewThing"), charge_of("Usage"));
    }
}
