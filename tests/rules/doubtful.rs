use curtail::rules;

use super::read;

/// What is doubtful about a rule file and its maps.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let tenancy = read(files).unwrap_or_else(|error| panic!("{error:?}"));
    let found = rules::doubts(&tenancy);
    let told: Vec<String> = found.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_tenant_that_nothing_names_is_told() {
    let text = r#"
        [tenants.by_rule]
        [tenants.by_profile]
        [tenants.by_split]
        [tenants.idle]
        [[rule]]
        tenant = "by_rule"
        match.user = "a"
        [[split]]
        name = "tax"
        match.line-type = "Tax"
        method = "even"
        [[split]]
        name = "rest"
        match.line-type = "*"
        method = "tiers"
        [[split.tier]]
        up_to = 5
        method = "even"
        targets = ["by_split"]
        [[split.tier]]
        method = "even"
    "#;
    let profiles = "profile_arn,tenant\narn:aws:sagemaker:x:1:user-profile/d-1/a,by_profile\n";
    let told = "tenant-without-rule: `tenants.toml:5:18`: tenant `idle` has no rule, no profile \
                and no split that names it";
    check(&[("tenants.toml", text), ("profiles.csv", profiles)], &[told]);
}

#[test]
fn tenants_that_look_alike_or_like_rows_of_ours_are_told_and_kept_apart() {
    // h95, h97: composed and not, capitals, a space behind.
    let text = "[tenants.\"é\"]\n[tenants.\"e\u{301}\"]\n[tenants.Ads]\n[tenants.\"ads \"]\n\
                [tenants.TOTAL]\n[[split]]\nname = \"s\"\nmatch.line-type = \"*\"\n\
                method = \"even\"\ntargets = [\"é\", \"e\u{301}\", \"Ads\", \"ads \", \"TOTAL\"]\n";
    check(
        &[("tenants.toml", text)],
        &[
            "tenant-look-alike: tenants look alike: `Ads` at `tenants.toml:3:10`, `ads ` at \
             `tenants.toml:4:10`",
            "tenant-look-alike: tenants look alike: `é` at `tenants.toml:1:10`, `e\u{301}` at \
             `tenants.toml:2:10`",
            "tenant-named-like-ours: `tenants.toml:5:10`: a tenant is called `TOTAL`, as rows of \
             ours",
        ],
    );
}

/// Whether the second of two rules is told to be without effect.
fn is_shadowed(first: &str, second: &str) -> bool {
    let rule = |text: &str| format!("[[rule]]\ntenant = \"a\"\n{text}\n");
    let text = format!("[tenants.a]\n{}{}", rule(first), rule(second));
    let tenancy = read(&[("tenants.toml", &text)]).unwrap();
    let found = rules::doubts(&tenancy);
    assert!(found.iter().all(|finding| finding.code == "rule-shadowed"), "{found:?}");
    !found.is_empty()
}

#[test]
fn a_rule_behind_one_that_is_plainly_more_general_is_told() {
    for (first, second) in [
        ("match.user = \"a\"", "match.user = \"a\""),
        ("match.user = \"a*\"", "match.user = \"alice\""),
        ("match.user = \"a*\"", "match.user = \"alice-?\""),
        ("match.user = \"*\"", "match.user = \"*x\""),
        ("match.user = [\"a\", \"b\"]", "match = { user = \"b\", account = \"1\" }"),
        ("match.any = [{ user = \"a\" }, { account = \"1*\" }]", "match.account = \"12\""),
        ("match.user = \"a*\"", "match.any = [{ user = \"ab\" }, { user = \"ac\" }]"),
        ("match.user = \"a\"", "match.user = \"a\"\nfrom = 2026-10-01"),
        ("match.user = \"a\"\nto = 2026-10-01", "match.user = \"a\"\nto = 2026-10-01"),
    ] {
        assert!(is_shadowed(first, second), "{first} then {second}");
    }
}

#[test]
fn a_rule_that_may_still_decide_is_not_told() {
    for (first, second) in [
        ("match.user = \"alice\"", "match.user = \"a*\""),
        ("match.user = \"a*\"", "match.space = \"alice\""),
        ("match.user = \"a*\"", "match.user = \"*a\""),
        ("match.user = \"a*c\"", "match.user = \"ab*\""),
        ("match = { user = \"a\", account = \"1\" }", "match.user = \"a\""),
        ("match.user = \"a\"\nto = 2026-10-01", "match.user = \"a\""),
        ("match.not = { user = \"a*\" }", "match.not = { user = \"b\" }"),
        ("match.user = \"a\"", "match.any = [{ user = \"a\" }, { user = \"b\" }]"),
    ] {
        assert!(!is_shadowed(first, second), "{first} then {second}");
    }
}

#[test]
fn other_oddities_of_rules_and_maps_are_told_with_their_place() {
    let text = r#"
[tenants.a]
[[rule]]
tenant = "a"
match = { "tag:Team" = ["", "x"] }
[tag.team]
[[split]]
name = "tax"
match.line-type = "Tax"
method = "fixed"
percent.a = 99.99
[[split]]
name = "fee"
match.line-type = "Fee"
method = "fixed"
percent.a = 99.9999
"#;
    let arn = "arn:aws:sagemaker:x:1";
    let spaces = format!(
        "space_arn,owner_profile_arn,from,to\n\
         {arn}:space/d-1/s,{arn}:user-profile/d-1/u,,\n\
         {arn}:space/d-1/S,{arn}:user-profile/d-1/u,2026-10-01,\n\
         d-1/t,{arn}:user-profile/d-1/u,,\n"
    );
    check(
        &[("tenants.toml", text), ("spaces.csv", &spaces)],
        &[
            "empty-pattern: `tenants.toml:3:1`: the empty pattern for `tag:Team` fits nothing, \
             not even a charge without",
            "map-no-arn: spaces map, line 4: `d-1/t` is no ARN of SageMaker Studio",
            "map-overlap: spaces map, line 3: some days are those of line 2 too",
            "percent-below-100: `tenants.toml:7:1`: split `tax` keeps 0.01 percent where it was; \
             `rest = \"spread\"` gives all of it",
            "virtual-tag-spelling: `tenants.toml:3:1`: `tag:Team` is the tag as delivered; the \
             virtual one is `tag:team`",
        ],
    );
}
