//! Bundled: the queries and reports that come with the program.
//!
//! In:    nothing but the files of `queries/` and `reports/`, compiled in.
//! Out:   every one of them, sorted by name.
//! Never: reads a file.

use super::error::QueryError;
use super::named::NamedQuery;
use super::plan::Plan;

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../queries/", $name, ".sql")))),*]
    };
}

const QUERIES: &[(&str, &str)] = queries![
    "adjustments",
    "allocation_trail",
    "anomalies",
    "anomalies_by_kind",
    "budget_by_day",
    "budgets_against_cost",
    "change_against_last_year_by_component",
    "change_against_last_year_by_service",
    "change_against_last_year_by_tenant",
    "change_by_component",
    "change_by_domain",
    "change_by_service",
    "change_by_tenant",
    "change_by_user",
    "charges_behind_anomalies",
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
    "cost_of_week",
    "credits_and_tax",
    "daily_cost",
    "domains_without_tags",
    "efs_by_user",
    "first_gpu_use",
    "forecast",
    "hours_of_week",
    "hours_of_week_by_user",
    "hours_of_week_of_top_users",
    "idle_by_pattern",
    "idle_by_user",
    "idle_resources",
    "jobs_by_user",
    "month_to_date",
    "new_instance_types",
    "own_and_shared_by_tenant",
    "owner_by_resource_name",
    "shared_spaces",
    "tag_activation_gap",
    "tag_backfill",
    "tag_coverage",
    "tag_coverage_by_account",
    "tag_coverage_by_creator",
    "tag_coverage_by_domain",
    "tag_keys_active_since",
    "top_anomalies",
    "top_idle",
    "top_resources",
    "top_users",
    "top_violations",
    "total_cost",
    "unassigned",
    "unattributed",
    "unit_cost",
    "violations_by_guardrail",
    "violations_by_resource",
    "violations_by_user",
];

/// The bundled queries.
///
/// # Errors
/// When one of them has a mistake, which a test rules out.
pub fn bundled() -> Result<Vec<NamedQuery>, QueryError> {
    QUERIES.iter().map(|(name, text)| NamedQuery::read(name, text)).collect()
}

macro_rules! reports {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../reports/", $name, ".toml")))),*]
    };
}

const REPORTS: &[(&str, &str)] = reports![
    "anomalies",
    "chargeback",
    "compliance",
    "coverage",
    "domain",
    "guardrails",
    "idle",
    "monthly",
];

/// The bundled reports over these queries.
///
/// # Errors
/// When a query that hides a bundled one lacks what a report shows.
pub fn bundled_plans(queries: &[NamedQuery]) -> Result<Vec<Plan>, QueryError> {
    REPORTS.iter().map(|(name, text)| Plan::read(name, text, queries)).collect()
}
