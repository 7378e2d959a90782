//! Bundled: the queries that come with the program.
//!
//! In:    nothing but the files of `queries/`, compiled in.
//! Out:   every one of them, sorted by name.
//! Never: reads a file.

use super::error::QueryError;
use super::named::NamedQuery;

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../queries/", $name, ".sql")))),*]
    };
}

const QUERIES: &[(&str, &str)] = queries![
    "allocation_trail",
    "budgets_against_cost",
    "change_by_component",
    "change_by_domain",
    "change_by_service",
    "change_by_user",
    "commitment_coverage",
    "commitment_utilization",
    "cost_by_account",
    "cost_by_category",
    "cost_by_component",
    "cost_by_day",
    "cost_by_domain",
    "cost_by_environment",
    "cost_by_instance_type",
    "cost_by_region",
    "cost_by_service",
    "cost_by_space",
    "cost_by_tag_key",
    "cost_by_tenant",
    "cost_by_user",
    "credits_and_tax",
    "efs_by_user",
    "jobs_by_user",
    "shared_spaces",
    "tag_activation_gap",
    "tag_coverage",
    "top_resources",
    "unattributed",
    "unit_cost",
];

/// The bundled queries.
///
/// # Errors
/// When one of them has a mistake, which a test rules out.
pub fn bundled() -> Result<Vec<NamedQuery>, QueryError> {
    QUERIES.iter().map(|(name, text)| NamedQuery::read(name, text)).collect()
}
