//! Rules on a bill: what `check` says of rules that were carried out on an export.
//!
//! In:    a small bill, rule files, maps.
//! Out:   findings, and the tables of rules, tenants and pools.
//! Never: looks at mistakes of the files; `rules` does.

use curtail::pipeline::{self, Bill, Source};
use curtail::report::Report;
use curtail::report::table::Cell;

use crate::support::export::Export;

const BILL: &str = "
    day | type | cost | domain | user | usage_type
    2026-10-05 | Usage | 30 | d-1 | d-1/alice | Train:ml.m5.large
    2026-10-05 | Usage | 20 | d-1 | d-1/alice | Host:ml.m5.large
    2026-10-06 | Usage | 40 | d-2 | d-2/bob   | Host:ml.m5.large
    2026-10-06 | Tax   | 9  | -   | -         | Tax";

const RULES: &str = "
[tenants.search]
[tenants.ads]
[tenants.old]

[[rule]]
tenant = \"search\"
match = { component = \"training\" }

[[rule]]
tenant = \"ads\"
match = { domain = \"*\" }

[[rule]]
tenant = \"search\"
match = { user = \"alice\" }

[[rule]]
tenant = \"old\"
match = { account = \"999999999999\" }

[[split]]
name = \"tax\"
match = { line-type = \"Tax\" }
method = \"fixed\"
percent = { search = 60, ads = 30 }
";

fn check_of(files: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.parquet");
    Export::cur2(BILL).write(&path);
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    pipeline::check(&Source::of(Bill::Export(path), 1, None), &[]).unwrap()
}

/// The messages of findings with this code.
fn told<'a>(report: &'a Report, code: &str) -> Vec<&'a str> {
    let findings = report.findings.iter().filter(|finding| finding.code == code);
    findings.map(|finding| finding.message.as_str()).collect()
}

/// The shown columns of a section, one line per row.
#[track_caller]
fn table_of(report: &Report, heading: &str) -> Vec<String> {
    let found = report
        .sections
        .iter()
        .find(|section| section.heading.as_deref().is_some_and(|text| text.starts_with(heading)));
    let table = &found.unwrap_or_else(|| panic!("no `{heading}`")).table;
    let row = |row: &curtail::report::table::Row| {
        let cells = row.cells.iter().filter_map(|cell| match cell {
            Cell::Text { full, .. } => Some(full.to_string()),
            Cell::Label(word) => Some(word.to_string()),
            Cell::Money(money) | Cell::Booked { exact: money, .. } => Some(money.to_string()),
            Cell::Count(count) => Some(count.to_string()),
            _ => None,
        });
        cells.collect::<Vec<_>>().join(" ")
    };
    table.rows.iter().chain(&table.totals).map(row).collect()
}

#[test]
fn a_rule_that_fits_nothing_and_one_that_comes_too_late_are_told_apart() {
    let report = check_of(&[("tenants.toml", RULES)]);
    assert_eq!(
        told(&report, "rule-unmatched"),
        ["tenants.toml:18 fits no row: account=999999999999"]
    );
    assert_eq!(
        told(&report, "rule-shadowed"),
        ["tenants.toml:14 never decides: earlier rules took all 2 rows that it fits"]
    );
}

#[test]
fn every_rule_is_shown_with_what_it_took_and_what_was_taken_before() {
    let report = check_of(&[("tenants.toml", RULES)]);
    assert_eq!(
        table_of(&report, "Rules"),
        [
            "tenants.toml:6 search component=training always 1 0 30",
            "tenants.toml:10 ads domain=* always 2 1 60",
            "tenants.toml:14 search user=alice always 0 2 0",
            "tenants.toml:18 old account=999999999999 always 0 0",
        ]
    );
}

#[test]
fn tenants_pay_their_own_and_what_they_received_and_the_rest_is_named() {
    let report = check_of(&[("tenants.toml", RULES)]);
    assert_eq!(
        table_of(&report, "Tenants"),
        [
            "ads ads USD 60 2.7 62.7",
            "search search USD 30 5.4 35.4",
            "unassigned USD 0.9 0 0.9",
            "total USD 90.9 8.1 99",
        ]
    );
    assert_eq!(
        told(&report, "pool-kept"),
        ["0.900 USD of pool `tax` of 2026-10 stayed where it was: the percentages leave 10 %"]
    );
}

#[test]
fn a_user_of_two_tenants_on_one_day_is_told() {
    let report = check_of(&[("tenants.toml", RULES)]);
    assert_eq!(
        told(&report, "user-in-several-tenants"),
        ["1 user falls to several tenants on one day, such as `alice`: ads, search"]
    );
}

#[test]
fn a_membership_shadows_the_rule_that_fits_its_charges() {
    let profile = "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-2/bob";
    let profiles = format!("profile_arn,tenant\n{profile},search\n{profile}by,ads\n");
    let report = check_of(&[("tenants.toml", RULES), ("profiles.csv", &profiles)]);
    let rules = table_of(&report, "Rules");
    assert_eq!(rules[1], "tenants.toml:10 ads domain=* always 1 2 20");
    assert_eq!(
        told(&report, "map-unmatched"),
        ["1 of 2 rows of profiles.csv are about nothing in this export (lines 3)"]
    );
}

#[test]
fn other_rules_move_cost_between_tenants_and_leave_the_bill_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.parquet");
    Export::cur2(BILL).write(&path);
    let old = folder.path().join("old.toml");
    std::fs::write(folder.path().join("tenants.toml"), RULES).unwrap();
    std::fs::write(&old, RULES.replace("\"training\"", "\"hosting\"")).unwrap();
    let source = Source::of(Bill::Export(path), 1, None);
    let report = pipeline::rule_change(&source, &old, &[]).unwrap();
    let rows: Vec<String> = report.sections[0]
        .table
        .rows
        .iter()
        .chain(&report.sections[0].table.totals)
        .map(|row| {
            let cells = row.cells.iter().filter_map(|cell| match cell {
                Cell::Text { full, .. } => Some(full.to_string()),
                Cell::Label(word) => Some(word.to_string()),
                cell => cell.pico().map(|pico| (pico / 10_i128.pow(10)).to_string()),
            });
            cells.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "ads USD 3270 6270 3000",
            "search USD 6540 3540 -3000",
            "unassigned USD 90 90 0",
            "total USD 9900 9900 0",
        ]
    );
}
