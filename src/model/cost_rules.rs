//! Cost rules: what each metric of each line item type is made of. The only place that knows.
//!
//! In:    nothing; a table of data.
//! Out:   [`rule_for`], [`Formula`] terms over source columns, the sets of special words.
//! Never: computes; the Arrow path reads this table, and SQL can be rendered from it.
//!
//! Sources: `summary_view` of the Cloud Intelligence Dashboards, the FOCUS converters for AWS, and
//! the CUR guides on Savings Plans and reservations; read 2026-11.

use std::collections::BTreeSet;

use crate::model::metric::CostMetric;
#[allow(clippy::enum_glob_use, reason = "a table of columns reads better without a prefix")]
use crate::model::source_column::SourceColumn::{self, *};

/// A formula over the columns of one line item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// Nothing, whatever the line says.
    Zero,
    /// The signed sum of terms.
    Sum(&'static [Term]),
    /// `base` scaled by the ratio of two sums, rounded half away from zero to a pico-unit; the
    /// ratio is 1 when a column of the numerator is absent or NULL, or the denominator is zero.
    Scaled {
        /// The signed sum that is scaled.
        base: &'static [Term],
        /// The net columns.
        numerator: &'static [SourceColumn],
        /// The gross columns.
        denominator: &'static [SourceColumn],
    },
}

/// One signed term: the first of its columns that is present and not NULL, else zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Whether the term is subtracted.
    pub minus: bool,
    /// The columns, best first; the choice is made per line.
    pub first_of: &'static [SourceColumn],
}

/// What must hold beside the line item type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing more.
    Always,
    /// A text column has a value.
    Has(SourceColumn),
    /// A text column begins with these words.
    BeginsWith(SourceColumn, &'static str),
}

/// One row of the table: a line item type that departs from the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostRule {
    /// The line item type as AWS spells it.
    pub line_item_type: &'static str,
    /// What else must hold.
    pub condition: Condition,
    /// The metric that departs.
    pub metric: CostMetric,
    /// What it is made of.
    pub formula: Formula,
}

const fn plus(first_of: &'static [SourceColumn]) -> Term {
    Term { minus: false, first_of }
}

const fn minus(first_of: &'static [SourceColumn]) -> Term {
    Term { minus: true, first_of }
}

/// The metric of every line item type that has no rule of its own, unknown types included.
pub const DEFAULTS: &[(CostMetric, Formula)] = &[
    (CostMetric::Unblended, Formula::Sum(&[plus(&[UnblendedCost])])),
    (CostMetric::Amortized, Formula::Sum(&[plus(&[UnblendedCost])])),
    (CostMetric::NetUnblended, Formula::Sum(&[plus(&[NetUnblendedCost, UnblendedCost])])),
    (CostMetric::NetAmortized, Formula::Sum(&[plus(&[NetUnblendedCost, UnblendedCost])])),
    (CostMetric::List, Formula::Sum(&[plus(&[PublicOnDemandCost])])),
    (CostMetric::Blended, Formula::Sum(&[plus(&[BlendedCost])])),
];

const UNUSED_COMMITMENT: &[Term] =
    &[plus(&[SavingsPlanTotalCommitment]), minus(&[SavingsPlanUsedCommitment])];

/// How the description of a refunded plan purchase begins.
const PLAN_REFUND: Condition =
    Condition::BeginsWith(Description, "Refund for one-time fee for Savings Plan ID");

const fn rule(
    line_item_type: &'static str,
    condition: Condition,
    metric: CostMetric,
    formula: Formula,
) -> CostRule {
    CostRule { line_item_type, condition, metric, formula }
}

/// Every departure from [`DEFAULTS`].
pub const RULES: &[CostRule] = &[
    rule(
        "DiscountedUsage",
        Condition::Always,
        CostMetric::Amortized,
        Formula::Sum(&[plus(&[ReservationEffectiveCost])]),
    ),
    rule(
        "DiscountedUsage",
        Condition::Always,
        CostMetric::NetAmortized,
        Formula::Sum(&[plus(&[ReservationNetEffectiveCost, ReservationEffectiveCost])]),
    ),
    rule(
        "RIFee",
        Condition::Always,
        CostMetric::Amortized,
        Formula::Sum(&[plus(&[ReservationUnusedUpfront]), plus(&[ReservationUnusedRecurring])]),
    ),
    rule(
        "RIFee",
        Condition::Always,
        CostMetric::NetAmortized,
        Formula::Sum(&[
            plus(&[ReservationNetUnusedUpfront, ReservationUnusedUpfront]),
            plus(&[ReservationNetUnusedRecurring, ReservationUnusedRecurring]),
        ]),
    ),
    rule("Fee", Condition::Has(ReservationArn), CostMetric::Amortized, Formula::Zero),
    rule("Fee", Condition::Has(ReservationArn), CostMetric::NetAmortized, Formula::Zero),
    rule(
        "SavingsPlanCoveredUsage",
        Condition::Always,
        CostMetric::Amortized,
        Formula::Sum(&[plus(&[SavingsPlanEffectiveCost])]),
    ),
    rule(
        "SavingsPlanCoveredUsage",
        Condition::Always,
        CostMetric::NetAmortized,
        Formula::Sum(&[plus(&[SavingsPlanNetEffectiveCost, SavingsPlanEffectiveCost])]),
    ),
    rule("SavingsPlanNegation", Condition::Always, CostMetric::Amortized, Formula::Zero),
    rule("SavingsPlanNegation", Condition::Always, CostMetric::NetAmortized, Formula::Zero),
    rule("SavingsPlanNegation", Condition::Always, CostMetric::List, Formula::Zero),
    rule(
        "SavingsPlanRecurringFee",
        Condition::Always,
        CostMetric::Amortized,
        Formula::Sum(UNUSED_COMMITMENT),
    ),
    rule(
        "SavingsPlanRecurringFee",
        Condition::Always,
        CostMetric::NetAmortized,
        Formula::Scaled {
            base: UNUSED_COMMITMENT,
            numerator: &[SavingsPlanNetRecurring, SavingsPlanNetUpfront],
            denominator: &[SavingsPlanRecurring, SavingsPlanUpfront],
        },
    ),
    rule("SavingsPlanUpfrontFee", Condition::Always, CostMetric::Amortized, Formula::Zero),
    rule("SavingsPlanUpfrontFee", Condition::Always, CostMetric::NetAmortized, Formula::Zero),
    rule("Refund", PLAN_REFUND, CostMetric::Amortized, Formula::Zero),
    rule("Refund", PLAN_REFUND, CostMetric::NetAmortized, Formula::Zero),
];

/// Line item types that AWS documents; others pass through as unblended, with a finding.
pub const KNOWN_LINE_ITEM_TYPES: &[&str] = &[
    "Usage",
    "DiscountedUsage",
    "SavingsPlanCoveredUsage",
    "SavingsPlanNegation",
    "SavingsPlanRecurringFee",
    "SavingsPlanUpfrontFee",
    "RIFee",
    "Fee",
    "Tax",
    "Credit",
    "Refund",
    "Discount",
    "BundledDiscount",
    "EdpDiscount",
    "PrivateRateDiscount",
    "SppDiscount",
    "RiVolumeDiscount",
    "FlatRateSubscription",
    "FlateRateSubscription",
];

/// Types by which AWS takes back or gives, apart from what anything cost.
const ADJUSTMENTS: &[&str] = &[
    "Credit",
    "Refund",
    "Discount",
    "BundledDiscount",
    "EdpDiscount",
    "PrivateRateDiscount",
    "SppDiscount",
    "RiVolumeDiscount",
];

/// Whether a line item type is a credit, a refund or a discount.
pub fn is_adjustment(line_item_type: &str) -> bool {
    ADJUSTMENTS.contains(&line_item_type)
}

/// Types that come as one sum, whatever is used from day to day.
const LUMP_SUMS: &[&str] = &[
    "Fee",
    "RIFee",
    "SavingsPlanUpfrontFee",
    "FlatRateSubscription",
    "FlateRateSubscription",
    "Tax",
    "Credit",
    "Refund",
];

/// Whether a line item type says nothing of what the next day will cost.
pub fn is_lump_sum(line_item_type: &str) -> bool {
    LUMP_SUMS.contains(&line_item_type)
}

/// Types whose usage quantity counts; the others would count the same hours twice.
pub const QUANTITY_LINE_ITEM_TYPES: &[&str] =
    &["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "FlatRateSubscription"];

/// Operations of split cost allocation rows: they restate the cost of an EC2 parent line.
pub const SPLIT_COST_OPERATIONS: &[&str] = &["EKSPod-EC2", "ECSTask-EC2"];

/// Pricing units that mean an hour (lower case).
pub const HOUR_UNITS: &[&str] = &["hrs", "hours", "hour", "hr"];

/// The formula of a metric where no rule applies.
pub fn default_formula(metric: CostMetric) -> Formula {
    let found = DEFAULTS.iter().find(|(of, _)| *of == metric);
    found.map_or(Formula::Zero, |(_, formula)| *formula)
}

/// The rule for a line item type and a metric, if it departs from the default.
pub fn rule_for(line_item_type: &str, metric: CostMetric) -> Option<&'static CostRule> {
    RULES.iter().find(|rule| rule.metric == metric && rule.line_item_type == line_item_type)
}

impl Formula {
    /// Every column that the formula may look at.
    pub fn columns(self) -> Vec<SourceColumn> {
        let of_terms =
            |terms: &'static [Term]| terms.iter().flat_map(|term| term.first_of.iter().copied());
        match self {
            Self::Zero => Vec::new(),
            Self::Sum(terms) => of_terms(terms).collect(),
            Self::Scaled { base, numerator, denominator } => {
                of_terms(base).chain(numerator.iter().chain(denominator).copied()).collect()
            }
        }
    }
}

impl Condition {
    /// The text column that the condition looks at.
    pub fn column(self) -> Option<SourceColumn> {
        match self {
            Self::Always => None,
            Self::Has(column) | Self::BeginsWith(column, _) => Some(column),
        }
    }
}

/// The columns that a metric needs on lines of a type, conditions included; sorted.
pub fn columns_for(line_item_type: &str, metric: CostMetric) -> Vec<SourceColumn> {
    let default = default_formula(metric);
    let mut columns = match rule_for(line_item_type, metric) {
        None => default.columns(),
        Some(rule) => {
            let mut columns = rule.formula.columns();
            if let Some(column) = rule.condition.column() {
                // The line may fail the condition and then takes the default.
                columns.push(column);
                columns.extend(default.columns());
            }
            columns
        }
    };
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The columns that some metrics need on lines of some types; sorted, each once.
pub fn columns_for_all<'a>(
    line_item_types: impl IntoIterator<Item = &'a String>,
    metrics: &[CostMetric],
) -> BTreeSet<SourceColumn> {
    let of_type = |of: &'a String| metrics.iter().flat_map(|metric| columns_for(of, *metric));
    line_item_types.into_iter().flat_map(of_type).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_usage_line_needs_only_the_cost_itself() {
        assert_eq!(columns_for("Usage", CostMetric::Amortized), [UnblendedCost]);
        assert_eq!(columns_for("BrandNewThing", CostMetric::Unblended), [UnblendedCost]);
    }

    #[test]
    fn a_fee_needs_the_reservation_arn_only_when_amortized() {
        assert_eq!(columns_for("Fee", CostMetric::Unblended), [UnblendedCost]);
        assert_eq!(columns_for("Fee", CostMetric::Amortized), [UnblendedCost, ReservationArn]);
    }

    #[test]
    fn a_covered_line_needs_no_unblended_cost_when_amortized() {
        let columns = columns_for("SavingsPlanCoveredUsage", CostMetric::Amortized);
        assert_eq!(columns, [SavingsPlanEffectiveCost]);
    }

    #[test]
    fn every_rule_belongs_to_a_documented_type() {
        for rule in RULES {
            assert!(KNOWN_LINE_ITEM_TYPES.contains(&rule.line_item_type), "{rule:?}");
        }
    }
}
