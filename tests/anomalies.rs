//! Anomalies: what people with habits do for once, in made bills with their truth.
//!
//! In:    made bills of five months; people whose weeks are alike among others.
//! Out:   failing tests.
//! Never: looks for anything unusual by the product's own rules.

use std::path::{Path, PathBuf};

use curtail::model::money::{Money, UNIT};
use curtail::pipeline::{self, Asked, Bill, Source, Sql};
use curtail::query::Statement;
use curtail::render::{Format, Style, render};
use curtail::report::query::Settings;
use curtail::sample::{self, SamplePlan, SampleSchema};
use serde_json::Value;
use tempfile::TempDir;

const FOUND: &str = "SELECT owner, unusual, billing_period, usage_date FROM anomalies
    WHERE level = 'user' ORDER BY owner, unusual, usage_date";

/// A made bill of five months, with people of habits.
fn made(schema: SampleSchema, seed: u64, rows: u64) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("export");
    let mut plan = SamplePlan::new(&out, rows, schema).months(5);
    (plan.seed, plan.anomalies) = (seed, true);
    sample::write_export(&plan, &mut |_| {}).unwrap();
    (folder, out)
}

/// What is found of the last month, as CSV without quotes.
fn found(export: &Path) -> Vec<String> {
    asked(export, FOUND, Asked::default())
}

fn asked(export: &Path, statement: &str, asked: Asked) -> Vec<String> {
    let text = shown(export, statement, asked, Format::Csv).replace('"', "");
    text.lines().skip(1).map(ToOwned::to_owned).collect()
}

fn shown(export: &Path, statement: &str, asked: Asked, format: Format) -> String {
    let source = Source::of(Bill::Export(export.to_owned()), 2, None);
    let statement = Statement::read(statement).unwrap();
    let asked = Asked { months: source_month(export), ..asked };
    let report = pipeline::query(&source, &Sql::Typed(&statement), &asked, Settings::default());
    let report = report.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    String::from_utf8(render(&report, format, &Style::default()).unwrap()).unwrap()
}

fn truth(export: &Path) -> Value {
    let text = std::fs::read_to_string(export.join("truth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn source_month(export: &Path) -> Vec<curtail::model::period::BillingPeriod> {
    let truth = truth(export);
    let last = truth["habits"][0]["billing_period"].as_str().unwrap();
    curtail::model::period::BillingPeriod::parse(last).into_iter().collect()
}

/// People with habits, and what of them is unusual; of a month to date nobody says the day.
fn told(export: &Path) -> (Vec<String>, Vec<[String; 3]>) {
    let truth = truth(export);
    let habits = truth["habits"].as_array().unwrap();
    let text = |entry: &Value, word: &str| entry[word].as_str().unwrap_or_default().to_owned();
    let people = habits.iter().map(|entry| text(entry, "user_profile_arn")).collect();
    let unusual = habits.iter().filter(|entry| entry["unusual"].is_string());
    let words = ["user_profile_arn", "unusual", "usage_date"];
    let mut cases: Vec<_> = unusual.map(|entry| words.map(|word| text(entry, word))).collect();
    cases.sort();
    (people, cases)
}

#[test]
fn what_is_told_costs_as_much_more_as_somebody_says() {
    let (_folder, export) = made(SampleSchema::Cur2, 7, 30_000);
    let least_excess =
        |units: i128| Asked { least_excess: Some(Money(units * UNIT)), ..Asked::default() };
    let counted = "SELECT COUNT(*) AS found, MIN(excess_cost) AS least_cost FROM anomalies";
    let counts = |units| {
        let lines = asked(&export, counted, least_excess(units));
        let [found, least] = [0, 1].map(|at| lines[0].split(',').nth(at).unwrap().to_owned());
        (found.parse::<u64>().unwrap(), least.parse::<f64>().unwrap())
    };
    let (ten, fifty) = (counts(10), counts(50));
    assert!(ten.0 > fifty.0 && fifty.0 > 0, "{ten:?} {fifty:?}");
    assert!((10.0..50.0).contains(&ten.1) && fifty.1 >= 50.0, "{ten:?} {fifty:?}");
}

#[test]
fn people_read_the_names_of_owners_and_not_their_arns() {
    let (_folder, export) = made(SampleSchema::Cur2, 7, 30_000);
    let owners = "SELECT DISTINCT owner FROM anomalies WHERE level IN ('user', 'space')";
    let arns = asked(&export, owners, Asked::default());
    assert!(!arns.is_empty() && arns.iter().all(|arn| arn.starts_with("arn:")), "{arns:?}");
    let table = shown(&export, owners, Asked::default(), Format::Markdown);
    assert!(
        !["arn:", "user-profile/", "space/"].iter().any(|word| table.contains(word)),
        "{table}"
    );
    for name in arns.iter().filter_map(|arn| arn.rsplit('/').next()) {
        assert!(table.contains(name), "{name}: {table}");
    }
}

#[test]
fn what_people_with_habits_do_for_once_is_found_and_nothing_else_of_them() {
    for (schema, seed, rows) in [
        (SampleSchema::Cur2, 7, 30_000),
        (SampleSchema::Legacy, 8, 30_000),
        (SampleSchema::Cur2, 9, 20_000),
        (SampleSchema::Legacy, 10, 60_000),
    ] {
        let (_folder, export) = made(schema, seed, rows);
        let (people, expected) = told(&export);
        assert_eq!((people.len(), expected.len()), (6, 4), "a case of every kind");
        let of_people = found(&export).into_iter().filter_map(|line| {
            let fields: Vec<String> = line.split(',').map(ToOwned::to_owned).collect();
            let [owner, unusual, _, day] = fields.try_into().ok()?;
            let day = if unusual == "month_to_date" { String::new() } else { day };
            people.contains(&owner).then_some([owner, unusual, day])
        });
        let mut of_people: Vec<[String; 3]> = of_people.collect();
        of_people.sort();
        assert_eq!(of_people, expected, "{} seed {seed}", schema.name());
    }
}
