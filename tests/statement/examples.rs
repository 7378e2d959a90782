//! Examples: the statements of the committed sample under each way to be a tenant.
//!
//! In:    `sample-data/cur2`, `sample-data/legacy`, the rule files of `sample-data/tenants`.
//! Out:   goldens that somebody read; the same numbers in both schemas.
//! Never: writes into `sample-data`.

use super::check_golden;
use crate::support::{Sandbox, sample_data};

const EXAMPLES: [&str; 3] = ["domain-per-tenant", "account-per-tenant", "custom-tag"];

fn all_of(schema: &str, example: &str, format: &str) -> Vec<String> {
    let rules = sample_data("tenants").join(example).join("tenants.toml");
    let source = sample_data(schema);
    let words = ["statement", source.to_str().unwrap(), "--tenants", rules.to_str().unwrap()];
    words.into_iter().chain(["--all", "--format", format]).map(str::to_owned).collect()
}

#[test]
fn statements_of_a_domain_per_tenant_are_as_read() {
    let said = Sandbox::new().curtail(&all_of("cur2", "domain-per-tenant", "table"));
    check_golden("domain-per-tenant.txt", said);
}

#[test]
fn statements_of_an_account_per_tenant_are_as_read() {
    let said = Sandbox::new().curtail(&all_of("cur2", "account-per-tenant", "table"));
    check_golden("account-per-tenant.txt", said);
}

#[test]
fn statements_of_a_tag_inside_one_domain_are_as_read() {
    check_golden("custom-tag.txt", Sandbox::new().curtail(&all_of("cur2", "custom-tag", "table")));
}

#[test]
fn both_schemas_tell_the_same_statements() {
    for example in EXAMPLES {
        let said = |schema| Sandbox::new().curtail(&all_of(schema, example, "csv")).succeeded();
        assert_eq!(said("cur2"), said("legacy"), "{example}");
    }
}

#[test]
fn a_tree_of_the_sample_is_as_read() {
    let rules = sample_data("tenants").join("domain-per-tenant/tenants.toml");
    let source = sample_data("cur2");
    let words = ["explain", source.to_str().unwrap(), "--tenants", rules.to_str().unwrap()];
    let words = [&words[..], &["--tenant", "search", "--limit", "3"]].concat();
    check_golden("domain-per-tenant-explained.txt", Sandbox::new().curtail(&words));
}
