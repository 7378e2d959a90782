//! Finance: sections that share a reading, last year, forecasts, budgets, what is provisional.
//!
//! In:    sample bills, random bills, small exports; days that the tests name.
//! Out:   failing tests; whole transcripts, few of them.
//! Never: tests how a forecast is made; the room's own tests do.

use std::fmt::Write as _;
use std::path::Path;

use curtail::model::budget::Measure;
use curtail::model::idle::Watch;
use curtail::model::money::UNIT;
use curtail::model::period::{BillingPeriod, Day};
use curtail::pipeline::{self, Asked, Bill, Source, Sql};
use curtail::query::{NamedQuery, Plan, Statement, bundled, bundled_plans};
use curtail::render::{Format, Style, render};
use curtail::report::chart::{Certainty, Line, Shape};
use curtail::report::query::Settings;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::export::Export;
use crate::support::{Sandbox, repository};

/// A plan with every query of the house.
fn everything(queries: &[NamedQuery]) -> Plan {
    let section = |query: &NamedQuery| {
        format!("[[section]]\nheading = \"{0}\"\nquery = \"{0}\"\n", query.name)
    };
    let sections: String = queries.iter().map(section).collect();
    let text = format!("title = \"Everything\"\naudience = \"tests\"\n{sections}");
    Plan::read("everything", &text, queries).unwrap()
}

/// Every section of a report is what its query finds when it reads the bill alone.
fn check_alone(source: &Source, queries: &[NamedQuery], month: &str, what: &str) {
    let months = vec![BillingPeriod::parse(month).unwrap()];
    let policy = Some(repository().join("sample-data/policy.toml"));
    let asked = Asked { months, policy, watch: Some(Watch::default()), ..asked("2026-10-20") };
    let report = pipeline::report(source, &everything(queries), &asked).unwrap();
    for (section, query) in report.sections.iter().zip(queries) {
        if query.reads.contains(&"year_ago_charges".to_owned()) {
            continue; // Told in a note; rows would all look like changes.
        }
        let alone = pipeline::query(source, &Sql::Named(query), &asked, Settings::default());
        let alone = alone.unwrap();
        assert_eq!(section.table.rows, alone.sections[0].table.rows, "{what}: {}", query.name);
    }
}

#[test]
fn sections_that_share_a_reading_say_what_their_queries_say_alone() {
    let queries = bundled().unwrap();
    for sample in ["cur2", "legacy"] {
        for rules in [None, Some("custom-tag"), Some("account-per-tenant")] {
            let file = |rules| format!("sample-data/tenants/{rules}/tenants.toml");
            let tenants = rules.map(|rules| repository().join(file(rules)));
            let bill = Bill::Export(repository().join("sample-data").join(sample));
            let source = Source::of(bill, 2, tenants);
            check_alone(&source, &queries, "2026-10", &format!("{sample} {rules:?}"));
        }
    }
}

const TENANTS: &str = r#"
[tenants.search]
budget = 100

[tenants.ads]
budget = "250.50"

[[rule]]
tenant = "search"
match = { user = "*/al" }

[[rule]]
tenant = "ads"
match = { user = "*/bo" }

[[split]]
name = "rest"
match = { user = "*/cy" }
method = "proportional"
"#;

/// A folder with a bill, and perhaps rules.
fn folder(bill: &Export, rules: Option<&str>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    bill.write(&folder.path().join("bill.parquet"));
    if let Some(rules) = rules {
        std::fs::write(folder.path().join("tenants.toml"), rules).unwrap();
    }
    folder
}

fn source(folder: &Path) -> Source {
    Source::of(Bill::Export(folder.to_owned()), 1, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn sections_of_random_bills_are_what_their_queries_say_alone(
        lines in prop::collection::vec((0..2_u8, 1..29_u8, 0..5_u8, 0..4_u8, 1..99_999_u32), 1..40),
        has_rules in any::<bool>(),
    ) {
        let mut text = "month | day | type | user | usage_type | cost\n".to_owned();
        for (month, day, user, kind, cost) in lines {
            let month = ["2026-09", "2026-10"][usize::from(month)];
            let user = ["d-1/al", "d-1/bo", "d-2/al", "d-2/cy", "-"][usize::from(user)];
            let kind = ["Usage", "Usage", "Tax", "Credit"][usize::from(kind)];
            let usage = ["Train:ml.m5.large", "Studio:JupyterLab-ml.t3.medium"]
                [usize::from(cost % 2 == 0)];
            let (whole, part) = (cost / 100, cost % 100);
            let line = format!(
                "{month}-01 | {month}-{day:02} | {kind} | {user} | {usage} | {whole}.{part:02}\n"
            );
            text.push_str(&line);
        }
        // The month that is asked for is always there.
        text.push_str("2026-10-01 | 2026-10-09 | Usage | d-1/al | Train:ml.m5.large | 1\n");
        let folder = folder(&Export::cur2(&text), has_rules.then_some(TENANTS));
        check_alone(&source(folder.path()), &bundled().unwrap(), "2026-10", &text);
    }
}

/// Twelve days of October, two tenants, with September and perhaps October of last year.
fn autumn(last_year: bool) -> Export {
    let mut text = "month | day | type | user | cost\n".to_owned();
    for (month, days) in [("2026-09", 30), ("2026-10", 12)] {
        for day in 1..=days {
            writeln!(text, "{month}-01 | {month}-{day:02} | Usage | d-1/al | 10").unwrap();
            writeln!(text, "{month}-01 | {month}-{day:02} | Usage | d-1/bo | 5").unwrap();
        }
        writeln!(text, "{month}-01 | {month}-01 | Tax | d-1/al | 3").unwrap();
    }
    if last_year {
        text.push_str("2025-10-01 | 2025-10-07 | Usage | d-1/al | 70\n");
    }
    Export::cur2(&text)
}

fn asked(today: &str) -> Asked {
    let months = vec![BillingPeriod::parse("2026-10").unwrap()];
    Asked { months, today: Day::parse(today), ..Asked::default() }
}

/// The rows of a statement as CSV.
fn rows(source: &Source, sql: &str, asked: &Asked) -> Vec<String> {
    let statement = Statement::read(sql).unwrap();
    let report = pipeline::query(source, &Sql::Typed(&statement), asked, Settings::default());
    let report = report.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    let text = render(&report, Format::Csv, &Style::default()).unwrap();
    let text = String::from_utf8(text).unwrap().replace('"', "");
    text.lines().skip(1).map(ToOwned::to_owned).collect()
}

#[test]
fn a_running_month_is_forecast_and_one_that_is_over_is_what_was_billed() {
    let folder = folder(&autumn(false), Some(TENANTS));
    let sql = "SELECT scope, tenant, actual, forecast, low, high, method, days FROM forecasts
        ORDER BY scope, tenant";
    assert_eq!(
        rows(&source(folder.path()), sql, &asked("2026-10-14")),
        [
            "all,,183,468,468,468,mean of weekdays at last week's level,27",
            "tenant,ads,60,155,155,155,mean of weekdays at last week's level,27",
            "tenant,search,123,313,313,313,mean of weekdays at last week's level,27",
        ]
    );
    assert_eq!(
        rows(&source(folder.path()), sql, &asked("2026-12-24")),
        [
            "all,,183,183,183,183,billed,31",
            "tenant,ads,60,60,60,60,billed,31",
            "tenant,search,123,123,123,123,billed,31",
        ]
    );
}

/// The heading of the monthly report that contains some words.
fn heading(folder: &Path, today: &str, words: &str) -> String {
    let plans = bundled_plans(&bundled().unwrap()).unwrap();
    let monthly = Plan::find(&plans, "monthly").unwrap();
    let report = pipeline::report(&source(folder), monthly, &asked(today)).unwrap();
    let mut headings = report.sections.into_iter().filter_map(|section| section.heading);
    headings.find(|heading| heading.contains(words)).unwrap().to_string()
}

#[test]
fn last_year_is_compared_with_where_it_is_there_and_missed_aloud_where_not() {
    let sql = "SELECT SUM(cost) AS cost FROM year_ago_charges";
    let there = folder(&autumn(true), None);
    assert_eq!(rows(&source(there.path()), sql, &asked("2026-10-14")), ["70"]);

    let bill = |last_year: bool| {
        let sandbox = Sandbox::new();
        let months = ["2025-10", "2026-09", "2026-10"];
        for month in &months[usize::from(!last_year)..] {
            let text = format!("month | day | user | cost\n{month}-01 | {month}-02 | d-1/a | 7");
            let path = format!("exports/BILLING_PERIOD={month}/e-00001.parquet");
            Export::cur2(&text).write(&sandbox.path(&path));
        }
        heading(&sandbox.path("exports"), "2026-12-24", "last year")
    };
    assert_eq!(bill(true), "By service, against the same month last year");
    assert_eq!(
        bill(false),
        "By service, against the same month last year (there is no 2025-10 here)"
    );
}

#[test]
fn a_month_that_is_not_over_is_never_silently_held_against_whole_ones() {
    let folder = folder(&autumn(false), None);
    let heading = |today: &str| heading(folder.path(), today, "By domain");
    let plain = "By domain, against the month before";
    assert_eq!(heading("2026-10-31"), format!("{plain} (2026-10 is not over)"));
    assert_eq!(heading("2026-11-01"), plain);

    let queries = bundled().unwrap();
    let sql = Sql::Named(NamedQuery::find(&queries, "change_by_domain").unwrap());
    let (source, asked) = (source(folder.path()), asked("2026-10-14"));
    let report = pipeline::query(&source, &sql, &asked, Settings::default()).unwrap();
    assert!(report.findings.iter().any(|of| of.message == "2026-10 is not over"));
}

#[test]
fn a_budget_of_the_file_stands_before_that_of_the_rules() {
    let folder = folder(&autumn(false), Some(TENANTS));
    let path = folder.path().join("budgets.csv");
    std::fs::write(&path, "tenant,month,amount\nsearch,*,90\nsearch,2026-10,122.99\n").unwrap();
    let sql = "SELECT tenant, amount FROM budgets ORDER BY tenant";
    let with = Asked { budgets: Some(path), ..asked("2026-10-14") };
    assert_eq!(rows(&source(folder.path()), sql, &with), ["ads,250.5", "search,122.99"]);

    let statement = Statement::read(sql).unwrap();
    let over = |held, asked: &Asked| {
        let asked = Asked { held: Some(held), ..asked.clone() };
        let sql = Sql::Typed(&statement);
        let answer =
            pipeline::answer(&source(folder.path()), &sql, &asked, Settings::default()).unwrap();
        let told = answer.overruns.into_iter().map(|over| (over.tenant, over.cost.0 / UNIT));
        told.collect::<Vec<_>>()
    };
    assert_eq!(over(Measure::Actual, &with), [("search".to_owned(), 123)]);
    assert_eq!(over(Measure::Forecast, &with), [("search".to_owned(), 313)]);
}

#[test]
fn a_budget_of_a_running_month_is_drawn_to_the_end_that_is_expected() {
    let folder = folder(&autumn(false), Some(TENANTS));
    let plans = bundled_plans(&bundled().unwrap()).unwrap();
    let monthly = Plan::find(&plans, "monthly").unwrap();
    let drawn = |today: &str| {
        let report = pipeline::report(&source(folder.path()), monthly, &asked(today)).unwrap();
        let charts = report.sections.into_iter().flat_map(|section| section.charts);
        let lines = charts.filter_map(|chart| match chart.shape {
            Shape::Lines { lines, limit: Some(_), .. } => Some(lines),
            _ => None,
        });
        let certain = |line: Line| (line.certainty, line.from, line.values.len());
        lines.flatten().map(certain).collect::<Vec<_>>()
    };
    let known = (Certainty::Known, 0, 12);
    assert_eq!(drawn("2026-10-14"), [known, (Certainty::Expected, 11, 20)]);
    assert_eq!(drawn("2026-12-24"), [known]);
}

#[test]
fn a_month_that_aws_may_still_change_is_provisional_in_every_format() {
    let folder = folder(&autumn(false), None);
    let statement = Statement::read("SELECT SUM(cost) AS cost FROM charges").unwrap();
    let told = |today: &str, format| {
        let sql = Sql::Typed(&statement);
        let source = source(folder.path());
        let report = pipeline::query(&source, &sql, &asked(today), Settings::default()).unwrap();
        String::from_utf8_lossy(&render(&report, format, &Style::default()).unwrap()).into_owned()
    };
    for format in [Format::Table, Format::Markdown, Format::Html, Format::Json] {
        assert!(told("2026-11-14", format).contains("provisional"), "{format:?}");
        assert!(!told("2026-11-15", format).contains("provisional"), "{format:?}");
    }
    assert!(told("2026-11-14", Format::Json).contains("\"provisional\": [\n    \"2026-10\"\n  ]"));
}

fn budgeted(budgets: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let text = "month | day | user | cost\n2026-10-01 | 2026-10-02 | d-1/al | 150.25";
    Export::cur2(text).write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox.write("exports/tenants.toml", TENANTS);
    sandbox.write("budgets.csv", budgets);
    sandbox
}

#[test]
fn a_scheduler_learns_who_is_over_budget_after_the_report_is_written() {
    let sandbox = budgeted("tenant,month,amount,currency\nsearch,2026-10,100.20,USD\n");
    let arguments = [
        "query",
        "budgets_against_cost",
        "exports",
        "--budgets",
        "budgets.csv",
        "--fail-over-budget",
        "--format",
        "csv",
    ];
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r#"
    exit 6
    --- stdout
    billing_period,tenant,cost,budget,variance_cost,budget_percent,forecast_cost,forecast_percent
    "2026-10","search",150.25,100.2,50.05,1.499500998004,150.25,1.499500998004
    "2026-10","ads",0,250.5,-250.5,0,,
    --- stderr
    note[no-manifest]: no manifest for the files of 2026-10: completeness unverified
    over budget: search is 50.05 USD above its budget of 2026-10: 150.25 of 100.20
    "#);
}

#[test]
fn every_mistake_in_a_file_of_budgets_is_told_with_its_line() {
    let sandbox = budgeted(
        "tenant,month,amount,currency\nserch,2026-10,5,USD\nads,October,5,\nads,,5 USD,\n\
         ads,2026-10,-1,\nads,,5,\nads,*,6,\nads,2026-11,6,dollars\n",
    );
    let arguments = ["query", "budgets_against_cost", "exports", "--budgets", "budgets.csv"];
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r"
    exit 1
    --- stdout
    --- stderr
    error[BUDGETS-INVALID]: budgets.csv: 6 mistakes
      budgets.csv:2: unknown tenant `serch`; did you mean `search`?
      budgets.csv:3: `month` must be a month (2026-10), `*` or nothing; found `October`
      budgets.csv:4: `amount` must be a decimal such as 1200.50, at most 12 places; found `5 USD`
      budgets.csv:5: `amount` must be from 0 to below 10^15; found -1
      budgets.csv:7: `ads` has a budget for every month in line 6
      budgets.csv:8: `currency` must be a code such as USD; found `dollars`
      hint: columns are `tenant,month,amount` and maybe `currency`; `*` is every month
    ");
}

#[test]
fn reports_of_the_user_are_checked_without_a_bill() {
    let sandbox = Sandbox::new();
    let report = |column: &str| {
        format!(
            "title = \"Mine\"\naudience = \"me\"\n\n[[section]]\nheading = \"Users\"\n\
             query = \"cost_by_user\"\ncolumns = [\"{column}\"]\n"
        )
    };
    sandbox.write("right/mine.toml", report("cost"));
    sandbox.write("wrong/mine.toml", report("csot"));
    let right = sandbox.curtail(&["check", "--reports", "right"]).transcript();
    assert!(right.starts_with("exit 0") && right.contains("Mine"), "{right}");
    let wrong = sandbox.curtail(&["check", "--reports", "wrong"]).transcript();
    insta::assert_snapshot!(wrong, @r#"
    exit 1
    --- stdout
    --- stderr
    error[REPORT-PLAN]: the report `mine`: the query `cost_by_user` has no column `csot`
      7 | columns = ["csot"]
        |             ^
      hint: did you mean `cost`?
    "#);
}

#[test]
fn without_rules_a_budget_is_for_a_domain_by_its_id_and_one_for_nobody_is_never_silent() {
    let sandbox = Sandbox::new();
    let text = "month | day | user | cost\n2026-10-01 | 2026-10-02 | d-1/al | 150.25";
    Export::cur2(text).write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox.write("budgets.csv", "tenant,month,amount\nd-1,2026-10,100\nd-11,*,5\n");
    let sql = "SELECT tenant, amount FROM budgets";
    let query = ["query", "--sql", sql, "exports", "--budgets", "budgets.csv", "--format", "csv"];
    insta::assert_snapshot!(sandbox.curtail(&query).transcript(), @r#"
    exit 0
    --- stdout
    tenant,amount
    "arn:aws:sagemaker:us-east-1:111122223333:domain/d-1",100
    "d-11",5
    --- stderr
    note[no-manifest]: no manifest for the files of 2026-10: completeness unverified
    note[budget-nobody]: no tenant of the bill is `d-11`; did you mean `d-1`?
    "#);
    let held = [&query[..], &["--fail-over-budget"]].concat();
    insta::assert_snapshot!(sandbox.curtail(&held).transcript(), @r"
    exit 1
    --- stdout
    --- stderr
    error[BUDGETS-NOBODY]: 1 of the budgets can never be exceeded: the bill has no such tenant
      no tenant of the bill is `d-11`; did you mean `d-1`?
      hint: without `tenants.toml` domains are the tenants, by their id or ARN
      hint: tenants that are declared there may be without cost
    ");
    sandbox.write("budgets.csv", "tenant,month,amount\nd-1,2026-10,100\n");
    let over = sandbox.curtail(&held).transcript();
    assert!(over.starts_with("exit 6"), "{over}");
    assert!(over.contains("domain/d-1 is 50.25 USD above its budget of 2026-10"), "{over}");
}
