//! Reports: the files of `reports/`, and those that users write.
//!
//! In:    `reports/*.toml`, sample bills, a small export.
//! Out:   failing tests; whole transcripts, few of them.
//! Never: tests what a query computes; `named` does.

use std::collections::BTreeSet;
use std::fs;

use curtail::model::idle::Watch;
use curtail::pipeline::{self, Asked, Bill, Source};
use curtail::query::{bundled, bundled_plans};

use super::command::sandbox;
use crate::support::repository;

#[test]
fn every_file_is_bundled_under_its_name() {
    let files = fs::read_dir(repository().join("reports")).unwrap();
    let files = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let plans = bundled_plans(&bundled().unwrap()).unwrap();
    let names: BTreeSet<String> = plans.iter().map(|plan| format!("{}.toml", plan.name)).collect();
    assert_eq!(names, files.collect());
}

#[test]
fn every_report_has_its_sections_and_balanced_books_for_every_sample() {
    for plan in bundled_plans(&bundled().unwrap()).unwrap() {
        for sample in ["cur2", "legacy"] {
            let path = repository().join("sample-data").join(sample);
            let rules = repository().join("sample-data/tenants/custom-tag/tenants.toml");
            let source = Source::of(Bill::Export(path), 2, Some(rules));
            let policy = Some(repository().join("sample-data/policy.toml"));
            let watch = Some(Watch::default());
            let asked = Asked { policy, watch, ..Asked::default() };
            let report = pipeline::report(&source, &plan, &asked);
            if plan.name == "idle" {
                // These samples are by the day.
                assert_eq!(report.unwrap_err().code(), "IDLE-NO-HOURS");
                continue;
            }
            let report = report.unwrap_or_else(|error| panic!("{}: {error}", plan.name));
            let headings = report.sections.iter().map(|of| of.heading.clone().unwrap());
            for (heading, section) in headings.zip(&plan.sections) {
                assert!(heading.starts_with(&section.heading), "{heading}");
            }
            assert_eq!(report.sections.len(), plan.sections.len());
            let months = if plan.spans_all { vec!["2026-09", "2026-10"] } else { vec!["2026-10"] };
            assert_eq!(report.caption.periods, months, "{}", plan.name);
            assert!(report.books.is_some());
        }
    }
}

#[test]
fn one_file_of_a_report_is_checked_alone() {
    let sandbox = sandbox();
    let text = "title = \"Mine\"\naudience = \"me\"\n\n[[section]]\nheading = \"Users\"\n\
                query = \"cost_by_user\"\n";
    sandbox.write("mine/mine.toml", text);
    sandbox.write("mine/broken.toml", "title = ");
    let check = |path| sandbox.curtail(&["check", "--reports", path]).transcript();
    assert!(check("mine/mine.toml").starts_with("exit 0"));
    assert!(check("mine").starts_with("exit 1"));
}

#[test]
fn a_report_of_the_user_is_one_file() {
    let sandbox = sandbox();
    let text = "title = \"Mine\"\naudience = \"me\"\n\n[[section]]\nheading = \"Users\"\n\
                query = \"cost_by_user\"\ncolumns = [\"user_profile_arn\", \"cost\"]\nrows = 2\n";
    sandbox.write("mine/mine.toml", text);
    let arguments = ["report", "mine", "exports", "--reports", "mine"];
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Mine
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    Users
    User             Cost
    ─────────────────────
    —               40.00
    alice           30.25
    rest (2 rows)   29.75
    ─────────────────────
    total          100.00

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn a_mistake_in_a_report_is_shown_in_its_place() {
    let sandbox = sandbox();
    for (name, text) in [
        ("word", "title = \"T\"\naudience = \"me\"\n\n[[section]]\nheadin = \"Users\"\n"),
        (
            "query",
            "title = \"T\"\naudience = \"me\"\n\n[[section]]\nheading = \"Users\"\n\
             query = \"cost_by_usr\"\n",
        ),
    ] {
        sandbox.write(format!("{name}/mine.toml"), text);
    }
    let told = ["word", "query"].map(|folder| {
        let arguments = ["report", "mine", "exports", "--reports", folder];
        sandbox.curtail(&arguments).transcript()
    });
    insta::assert_snapshot!(told.join("\n"), @r#"
    exit 1
    --- stdout
    --- stderr
    error[REPORT-PLAN]: the report `mine`: unknown field `headin`
      5 | headin = "Users"
        | ^
      hint: expected one of `heading`, `query`, `columns`, `rows`, `chart`

    exit 1
    --- stdout
    --- stderr
    error[REPORT-PLAN]: the report `mine`: there is no query `cost_by_usr`
      6 | query = "cost_by_usr"
        |          ^
      hint: did you mean `cost_by_user`?
    "#);
}

#[test]
fn a_mistyped_report_is_answered_with_the_one_meant() {
    let arguments = ["report", "montly", "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 2
    --- stdout
    --- stderr
    error[REPORT-NO-REPORT]: there is no report `montly`
      hint: did you mean `monthly`?
      hint: `curtail report --list` lists every report
    ");
}
