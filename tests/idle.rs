//! Idle: what ran though perhaps nobody used it, in made bills with their truth.
//!
//! In:    made bills by the hour, the same in stores; bills by the day.
//! Out:   failing tests.
//! Never: looks for a pattern by the product's own rules.

use std::path::{Path, PathBuf};

use curtail::model::idle::Watch;
use curtail::pipeline::{self, Asked, Bill, Source, Sql};
use curtail::query::Statement;
use curtail::render::{Format, Style, render};
use curtail::report::query::Settings;
use curtail::sample::{self, SamplePlan, SampleSchema};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::Sandbox;

const FOUND: &str = "SELECT pattern, resource_id, user_profile_arn, usage_hours, days, cost,
    saving_at_most FROM idle ORDER BY pattern, resource_id";

/// A made bill by the hour; with what is idle, its truth tells it.
fn made(schema: SampleSchema, seed: u64, idle: bool) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("export");
    let mut plan = SamplePlan::new(&out, 100_000, schema).months(1);
    (plan.seed, plan.idle) = (seed, idle);
    sample::write_export(&plan, &mut |_| {}).unwrap();
    (folder, out)
}

/// The rows of a statement as CSV, without quotes.
fn rows(export: &Path, sql: &str) -> Vec<String> {
    let source = Source::of(Bill::Export(export.to_owned()), 2, None);
    let statement = Statement::read(sql).unwrap();
    let asked = Asked { watch: Some(Watch::default()), ..Asked::default() };
    let report = pipeline::query(&source, &Sql::Typed(&statement), &asked, Settings::default());
    let report = report.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    let text = render(&report, Format::Csv, &Style::default()).unwrap();
    let text = String::from_utf8(text).unwrap().replace('"', "");
    text.lines().skip(1).map(ToOwned::to_owned).collect()
}

fn told(export: &Path) -> Vec<String> {
    let truth = std::fs::read_to_string(export.join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let line = |entry: &Value| {
        let words = ["pattern", "resource_id", "user_profile_arn", "usage_hours"];
        let text = |word: &str| entry[word].as_str().unwrap_or_default().to_owned();
        let days = entry["days"].to_string();
        let all = words.map(text).into_iter().chain([days, text("cost"), text("saving_at_most")]);
        all.collect::<Vec<_>>().join(",")
    };
    let mut lines: Vec<String> = truth["idle"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn what_was_planted_is_found_and_nothing_else() {
    for (schema, seed) in [(SampleSchema::Cur2, 7), (SampleSchema::Legacy, 8)] {
        let (_folder, export) = made(schema, seed, true);
        let expected = told(&export);
        assert_eq!(expected.len(), 6, "a case of every pattern");
        assert_eq!(rows(&export, FOUND), expected, "{}", schema.name());
    }
}

#[test]
fn people_who_shut_down_are_not_found() {
    for seed in [1, 2, 3] {
        let (_folder, export) = made(SampleSchema::Cur2, seed, false);
        assert_eq!(rows(&export, FOUND), Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn the_hours_of_the_week_are_those_of_the_bill() {
    let (_folder, export) = made(SampleSchema::Cur2, 7, true);
    let of_week = rows(&export, "SELECT SUM(usage_hours) AS h, SUM(cost) AS c FROM busy_hours");
    let of_bill = rows(
        &export,
        "SELECT SUM(usage_hours) AS h, SUM(cost) AS c FROM charges
        WHERE component IN ('studio-jupyterlab', 'studio-kernelgateway', 'studio-codeeditor',
        'studio-jupyterserver', 'studio-other', 'rstudio', 'canvas', 'notebook-instance')
        AND line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')",
    );
    assert_eq!(of_week, of_bill);
}

#[test]
fn a_month_shows_the_dearest_three_where_hours_are_at_hand() {
    let (_folder, export) = made(SampleSchema::Cur2, 7, true);
    let sandbox = Sandbox::new();
    let export = export.to_str().unwrap();
    let heading = "What perhaps nobody used";
    let monthly =
        |more: &[&str]| sandbox.curtail(&[&["report", "monthly"][..], more].concat()).succeeded();
    // To read a bill by the hour takes long: nobody asked for it.
    assert!(!monthly(&[export]).contains(heading));
    assert!(monthly(&[export, "--time-zone", "europe/berlin"]).contains(heading));
    let _ = sandbox.curtail(&["ingest", export, "--store", "days"]).succeeded();
    let _ = sandbox.curtail(&["ingest", export, "--store", "hours", "--keep", "hours"]).succeeded();
    assert!(!monthly(&["--store", "days"]).contains(heading));
    assert!(monthly(&["--store", "hours"]).contains(heading));
    let _ = sandbox.curtail(&["verify", "--store", "hours"]).succeeded();
}
