//! Facts: what FOCUS 1.2 says of its columns and their values.
//!
//! In:    nothing; tables.
//! Out:   types, what is null together or never, allowed values, the taxonomy of services.
//! Never: taken from what curtail writes.
//!
//! Source: the specification's column requirements and the rules of its validator (model 1.2.0.1),
//! AWS's table dictionary of FOCUS 1.2; read 2026-11.

pub(super) const TEXTS: [&str; 40] = [
    "AvailabilityZone",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "ConsumedUnit",
    "InvoiceId",
    "InvoiceIssuerName",
    "PricingCategory",
    "PricingCurrency",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
];
pub(super) const AMOUNTS: [&str; 12] = [
    "BilledCost",
    "CommitmentDiscountQuantity",
    "ConsumedQuantity",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "ListCost",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
];
pub(super) const MOMENTS: [&str; 4] =
    ["BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart"];
pub(super) const NEVER_NULL: [&str; 18] = [
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
];
/// The first is null exactly where the second is.
pub(super) const NULL_TOGETHER: [(&str, &str); 9] = [
    ("BillingAccountType", "BillingAccountId"),
    ("CommitmentDiscountCategory", "CommitmentDiscountId"),
    ("CommitmentDiscountType", "CommitmentDiscountId"),
    ("CommitmentDiscountUnit", "CommitmentDiscountQuantity"),
    ("ConsumedUnit", "ConsumedQuantity"),
    ("PricingUnit", "PricingQuantity"),
    ("PricingCurrencyEffectiveCost", "PricingCurrency"),
    ("RegionName", "RegionId"),
    ("SubAccountType", "SubAccountId"),
];
/// The first is null where the second is.
pub(super) const NULL_WITHOUT: [(&str, &str); 8] = [
    ("CapacityReservationStatus", "CapacityReservationId"),
    ("CommitmentDiscountName", "CommitmentDiscountId"),
    ("CommitmentDiscountStatus", "CommitmentDiscountId"),
    ("ResourceName", "ResourceId"),
    ("ResourceType", "ResourceId"),
    ("SkuMeter", "SkuId"),
    ("SkuPriceDetails", "SkuPriceId"),
    ("SubAccountName", "SubAccountId"),
];
pub(super) const NULL_ON_TAXES: [&str; 8] = [
    "ContractedUnitPrice",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "SkuId",
    "SkuPriceId",
];
/// Null in every row, because a roll-up of CUR does not tell them; the manual says so.
pub(super) const UNTOLD: [&str; 19] = [
    "AvailabilityZone",
    "BillingAccountName",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeDescription",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountUnit",
    "ContractedUnitPrice",
    "InvoiceId",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
    "ResourceName",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountName",
];
pub(super) const ALLOWED: [(&str, &[&str]); 8] = [
    ("ChargeCategory", &["Usage", "Purchase", "Tax", "Credit", "Adjustment"]),
    ("ChargeClass", &["Correction"]),
    ("ChargeFrequency", &["One-Time", "Recurring", "Usage-Based"]),
    ("PricingCategory", &["Standard", "Dynamic", "Committed", "Other"]),
    ("CommitmentDiscountCategory", &["Spend", "Usage"]),
    ("CommitmentDiscountStatus", &["Used", "Unused"]),
    ("CapacityReservationStatus", &["Used", "Unused"]),
    ("PricingUnit", &["Hours"]),
];

/// Each category with its subcategories.
#[rustfmt::skip]
pub(super) const TAXONOMY: &[(&str, &[&str])] = &[
    ("AI and Machine Learning", &[
        "AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing",
        "Other (AI and Machine Learning)",
    ]),
    ("Analytics", &[
        "Analytics Platforms", "Business Intelligence", "Data Processing", "Search",
        "Streaming Analytics", "Other (Analytics)",
    ]),
    ("Business Applications", &["Productivity and Collaboration", "Other (Business Applications)"]),
    ("Compute", &[
        "Containers", "End User Computing", "Quantum Compute", "Serverless Compute",
        "Virtual Machines", "Other (Compute)",
    ]),
    ("Databases", &[
        "Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases",
        "Relational Databases", "Time Series Databases", "Other (Databases)",
    ]),
    ("Developer Tools", &[
        "Developer Platforms", "Continuous Integration and Deployment", "Development Environments",
        "Source Code Management", "Quality Assurance", "Other (Developer Tools)",
    ]),
    ("Identity", &["Identity and Access Management", "Other (Identity)"]),
    ("Integration", &[
        "API Management", "Messaging", "Workflow Orchestration", "Other (Integration)",
    ]),
    ("Internet of Things", &["IoT Analytics", "IoT Platforms", "Other (Internet of Things)"]),
    ("Management and Governance", &[
        "Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery",
        "Endpoint Management", "Observability", "Support", "Other (Management and Governance)",
    ]),
    ("Media", &["Content Creation", "Gaming", "Media Streaming", "Mixed Reality", "Other (Media)"]),
    ("Migration", &["Data Migration", "Resource Migration", "Other (Migration)"]),
    ("Mobile", &["Other (Mobile)"]),
    ("Multicloud", &["Multicloud Integration", "Other (Multicloud)"]),
    ("Networking", &[
        "Application Networking", "Content Delivery", "Network Connectivity",
        "Network Infrastructure", "Network Routing", "Network Security", "Other (Networking)",
    ]),
    ("Security", &[
        "Secret Management", "Security Posture Management", "Threat Detection and Response",
        "Other (Security)",
    ]),
    ("Storage", &[
        "Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms",
        "Other (Storage)",
    ]),
    ("Web", &["Application Platforms", "Other (Web)"]),
    ("Other", &["Other (Other)"]),
];
