//! Policies: mistakes with what people write about what may run.
//!
//! In:    a good month, policies.
//! Out:   cases of `complaints`.
//! Never: a policy that a bill could be held against.

use super::{Case, good};
use crate::support::Sandbox;
use crate::support::export::Export;

pub(super) const CASES: &[Case] = &[
    ("policy_with_mistakes", guarded, "report guardrails exports --policy policy.toml"),
    ("policy_not_there", good, "report guardrails exports --policy policy.toml"),
    ("policy_of_nothing", good, "report guardrails exports"),
    ("policy_as_a_statement_of_nothing", guarded, "report guardrails --policy t.toml --as scp"),
    ("policy_of_no_limit", good, "report monthly exports --fail-on-violation"),
    (
        "sql_of_what_only_curtail_knows",
        good,
        "sql budgets_against_cost --dialect athena --month 2026-10",
    ),
    ("spark_without_a_source", good, "spend --engine spark --remote sc://127.0.0.1:9"),
    ("spark_at_no_address", good, "spend exports --engine spark --remote 127.0.0.1:9"),
    ("spark_where_nobody_is", good, "spend exports --engine spark --remote sc://127.0.0.1:9"),
    ("remote_of_no_engine", good, "spend exports --remote sc://127.0.0.1:9"),
    ("sql_that_compares_nothing", good, "sql change_by_service --dialect spark"),
    ("sql_of_an_unknown_engine", good, "sql --dialect duckbd"),
    ("idle_by_the_day", by_the_day, "report idle exports"),
    ("idle_of_a_store_of_days", by_the_day, "report idle --store store"),
    ("idle_in_no_zone", good, "report idle exports --time-zone Berlin"),
    ("policy_of_another_report", good, "report monthly exports --as scp"),
];

/// A policy with a mistake of every kind, and one that AWS has no words for.
fn guarded(sandbox: &Sandbox) {
    good(sandbox);
    sandbox.write("policy.toml", MISTAKES);
    sandbox.write("t.toml", TENANT);
}

/// A bill that tells days, and the same in a store.
fn by_the_day(sandbox: &Sandbox) {
    let bill = "day | user | usage_type | amount | unit | cost
2026-10-02 | d-1/al | Studio:JupyterLab-ml.g5.xlarge | 3 | Hrs | 6";
    Export::cur2(bill).write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    let _ = sandbox.curtail(&["ingest", "exports", "--store", "store"]).succeeded();
}

const TENANT: &str = r#"
[[guardrail]]
name = "a"
tenant = "x"
allowed_regions = "eu-*"
"#;

const MISTAKES: &str = r#"
[[guardrail]]
allowed_instance_types = ["t3.medium", "ml.[ab"]
substitute = "ml.x"
component = "trainng"

[[guardrail]]
name = "a"
allowed_region = "eu-*"

[[guardrail]]
name = "b"
required_tags = [""]
ceiling = { amount = -1, currency = "dollars" }

[[guardrail]]
name = "b"
allowed_regions = []
"#;
