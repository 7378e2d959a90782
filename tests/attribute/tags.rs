//! Tags: tenants by rule and by membership, and tags that are computed.
//!
//! In:    lines with tags, a rule file beside them.
//! Out:   cost by tenant and by computed tag.
//! Never: splits anything.

use crate::support::ask::by;
use crate::support::export::{Export, HEAD};

const TWO: &str = "[tenants.ads]\n[tenants.search]\n";

#[test]
fn a_user_who_moved_on_the_12th_is_split_there() {
    // B-47.
    let alice = format!("{HEAD}user-profile/d-1/alice");
    let profiles =
        format!("profile_arn,tenant,from,to\n{alice},ads,,2026-10-12\n{alice},search,2026-10-12,");
    let export = Export::cur2(
        "cost | day        | user
         1    | 2026-10-11 | d-1/alice
         2    | 2026-10-12 | d-1/alice
         4    | 2026-10-13 | d-1/alice
         8    | 2026-10-12 | d-1/bob",
    );
    let rules = format!("{TWO}[[rule]]\ntenant = \"ads\"\nmatch = {{ domain = \"d-1\" }}\n");
    by("tenant,user,rule").beside("tenants.toml", &rules).beside("profiles.csv", &profiles).check(
        &export,
        "ads    | bob   | tenants.toml:3 | 8
             search | alice | profiles.csv:3 | 6
             ads    | alice | profiles.csv:2 | 1",
    );
    // A rule in force changes on its day as well.
    let dated = format!(
        "{TWO}[[rule]]\ntenant = \"search\"\nmatch = {{ user = \"alice\" }}\nfrom = 2026-10-12\n\
         [[rule]]\ntenant = \"ads\"\nmatch = {{ user = \"alice\" }}\n"
    );
    by("tenant").beside("tenants.toml", &dated).check(
        &export,
        "search | 6
         ads    | 1
         -      | 8 | unattributed",
    );
}

#[test]
fn a_member_is_told_by_the_file_and_line_that_say_so() {
    let alice = format!("{HEAD}user-profile/d-1/alice");
    let people = format!("profile_arn,tenant\n{alice},ads\n");
    let rules = format!("{TWO}[maps]\nprofiles = \"people.csv\"\n");
    let ask = by("tenant,rule").beside("tenants.toml", &rules).beside("people.csv", &people);
    ask.check(&Export::cur2("cost | user\n1 | d-1/alice"), "ads | people.csv:2 | 1");
}

#[test]
fn aliases_of_a_key_are_merged_by_declared_precedence() {
    // B-39.
    let export = Export::cur2(
        "cost | tag:team | tag:Team_Name | tag:squad
         1    | a        | b             | -
         2    | -        | b             | c
         4    | -        | -             | cats
         8    | -        | -             | -",
    );
    let rules = "[tag.team]
                 first_of = [\"tag:squad\", \"tag:team\", \"tag:Team_Name\"]
                 rename = { \"c*\" = \"cats\" }
                 default = \"nobody\"";
    let ask = by("tag:team").beside("tenants.toml", rules);
    ask.check(&export, "nobody | 8\ncats | 6\na | 1");
    ask.clone().only("tag:team=cats").check(&export, "cats | 6");
}

#[test]
fn a_rule_looks_at_keys_with_any_character() {
    // B-40.
    for key in ["a.b", "équipe", "key with space", "a'b", "a/b", "$.x", "таг", "x=y"] {
        let export = Export::cur2(&format!("cost | tags[resourceTags/{key}]\n1 | v\n2 | -"));
        let rules =
            format!("{TWO}[[rule]]\ntenant = \"ads\"\nmatch = {{ \"tag:{key}\" = \"v\" }}\n");
        let ask = by("tenant").beside("tenants.toml", &rules);
        ask.check(&export, "ads | 1\n- | 2 | unattributed");
    }
}

#[test]
fn the_empty_pattern_and_the_empty_tag_match_nothing() {
    let export = Export::cur2("cost | tag:team\n1 | ''\n2 | -\n4 | x");
    let rule = |pattern: &str| {
        format!("{TWO}[[rule]]\ntenant = \"ads\"\nmatch = {{ tag.team = \"{pattern}\" }}\n")
    };
    by("tenant").beside("tenants.toml", &rule("")).check(&export, "- | 7 | unattributed");
    by("tenant").beside("tenants.toml", &rule("*")).check(&export, "ads | 4\n- | 3 | unattributed");
}

#[test]
fn usage_under_a_savings_plan_stays_with_its_user_and_tenant() {
    // B-48: the negation and the fee have no owner; the covered line keeps its own.
    let export = Export::cur2(
        "type                    | cost | sp_effective | sp_total | sp_used | user      | resource
         SavingsPlanCoveredUsage | 5    | 3            | -        | -       | d-1/alice | app/d/a/k
         SavingsPlanNegation     | -5   | -            | -        | -       | -         | -
         SavingsPlanRecurringFee | 4    | -            | 4        | 3       | -         | -",
    );
    let rules = format!("{TWO}[[rule]]\ntenant = \"ads\"\nmatch = {{ user = \"alice\" }}\n");
    by("tenant,user,line-type").beside("tenants.toml", &rules).check(
        &export,
        "ads | alice | SavingsPlanCoveredUsage | 3
         -   | -     | SavingsPlanRecurringFee | 1 | unattributed
         -   | -     | SavingsPlanNegation     | 0 | unattributed",
    );
}

#[test]
fn usage_that_costs_nothing_keeps_its_hours() {
    // B-50.
    let export = Export::cur2(
        "cost | amount | unit | user      | usage_type
         0    | 3      | Hrs  | d-1/alice | Studio:JupyterServer-system
         2    | 1      | Hrs  | d-1/alice | Studio:KernelGateway-ml.t3.medium",
    );
    let rules = format!("{TWO}[[rule]]\ntenant = \"ads\"\nmatch = {{ user = \"alice\" }}\n");
    by("tenant,component").hours().beside("tenants.toml", &rules).check(
        &export,
        "ads | studio-kernelgateway | 2 | 1 h
         ads | studio-jupyterserver | 0 | 3 h",
    );
}
