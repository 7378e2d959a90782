//! Query: questions in SQL, and the queries that come with the program.
//!
//! In:    sample bills and small exports.
//! Out:   failing tests.
//! Never: compares SQL with SQL; the answers of `spend` and the books are the measure.

mod command;
mod finance;
mod named;
mod prompt;
mod reports;

use std::path::Path;

use curtail::diagnostic::Diagnose as _;
use curtail::model::money::pico_of_text;
use curtail::pipeline::{self, Asked, Bill, Source, Sql};
use curtail::query::Statement;
use curtail::render::{Format, Style, render};
use curtail::report::query::Settings;

use crate::support::export::Export;

/// What a statement finds in an export, as CSV without its heading.
fn found(export: &Export, sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    export.write(&path);
    csv(&path, &Sql::Typed(&Statement::read(sql).unwrap())).1
}

/// The heading and the rows of an answer as CSV.
fn csv(path: &Path, sql: &Sql) -> (String, Vec<String>) {
    let source = Source::of(Bill::Export(path.to_owned()), 2, None);
    let asked = Asked::default();
    let report = pipeline::query(&source, sql, &asked, Settings::default());
    let report = report.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    let text = render(&report, Format::Csv, &Style::default()).unwrap();
    let text = String::from_utf8(text).unwrap().replace('"', "");
    let mut lines = text.lines().map(ToOwned::to_owned);
    (lines.next().unwrap_or_default(), lines.collect())
}

fn small() -> Export {
    Export::cur2(
        "cost  | user      | usage_type                     | amount | unit | currency
         30.25 | d-1/alice | Studio:JupyterLab-ml.t3.medium | 10     | Hrs  | USD
         20    | d-1/bob   | Train:ml.m5.large              | 4      | Hrs  | USD
         9.75  | d-1/zoë   | Train:ml.m5.large              | 2      | Hrs  | USD
         40    | -         | Host:ml.m5.large               | 8      | Hrs  | USD",
    )
}

#[test]
fn sums_are_exact_to_the_pico_unit() {
    let export = Export::cur2("cost | user\n0.000000000001 | d-1/a\n90071992.547409 | d-1/a");
    assert_eq!(found(&export, "SELECT SUM(cost) AS cost FROM charges"), ["90071992.547409000001"]);
}

#[test]
fn a_charge_is_a_combination_of_what_the_statement_names() {
    let by_component = "SELECT component, COUNT(*) AS n, SUM(line_items) AS line_items
        FROM charges GROUP BY component ORDER BY component";
    assert_eq!(
        found(&small(), by_component),
        ["hosting,1,1", "studio-jupyterlab,1,1", "training,1,2"]
    );
    let users = "SELECT COUNT(DISTINCT user_profile_arn) AS users FROM charges";
    assert_eq!(found(&small(), users), ["3"]);
}

#[test]
fn what_spend_shows_is_what_sql_finds() {
    let sql =
        "SELECT user_profile_arn, component, SUM(cost) AS cost, SUM(usage_hours) AS usage_hours
        FROM charges WHERE standing = 'attributed'
        GROUP BY user_profile_arn, component ORDER BY cost DESC";
    let rows = found(&small(), sql);
    let told = crate::support::ask::by("user,component").hours().find(&small());
    let told = told.answer.rows.iter().filter(|row| row.keys[0].is_some()).map(|row| {
        let keys = row.keys.iter().map(|key| key.clone().unwrap_or_default());
        let keys = keys.collect::<Vec<_>>().join(",");
        format!("{keys},{},{}", row.cost, row.usage_hours.unwrap())
    });
    assert_eq!(rows, told.collect::<Vec<_>>());
}

#[test]
fn a_star_stands_for_every_column_that_every_export_has() {
    let rows = found(&small(), "SELECT * FROM charges ORDER BY cost DESC");
    assert_eq!(rows.len(), 4);
    assert!(rows[0].contains("hosting") && rows[1].contains("alice"), "{rows:?}");
}

#[test]
fn two_currencies_are_two_answers_and_never_one_sum() {
    let export = Export::cur2("cost | user | currency\n5 | d-1/a | USD\n7 | d-1/a | CNY");
    let sql = "SELECT SUM(cost) AS cost FROM charges";
    assert_eq!(found(&export, sql), ["CNY,7", "USD,5"]);
}

#[test]
fn a_tag_is_a_column_in_quotes() {
    let export = Export::cur2("cost | tag:team\n5 | search\n7 | -");
    let sql = r#"SELECT "tag:team", SUM(cost) AS cost FROM charges GROUP BY 1 ORDER BY cost"#;
    assert_eq!(found(&export, sql), ["search,5", ",7"]);
}

#[test]
fn only_questions_are_answered() {
    for sql in [
        "DROP TABLE charges",
        "CREATE TABLE x AS SELECT * FROM charges",
        "DELETE FROM charges",
        "INSERT INTO charges VALUES (1)",
        "UPDATE charges SET cost = 0",
        "TRUNCATE TABLE charges",
        "COPY charges TO 'x.csv'",
        "SELECT * INTO x FROM charges",
        "SELECT 1; SELECT 2",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "",
    ] {
        let error = Statement::read(sql).unwrap_err();
        assert!(matches!(error.code(), "SQL-READ-ONLY" | "SQL-SYNTAX"), "{sql}: {error}");
    }
}

#[test]
fn no_statement_opens_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    small().write(&path);
    let secret = folder.path().join("secret.csv");
    std::fs::write(&secret, "a,b\n1,2\n").unwrap();
    let source = Source::of(Bill::Export(path), 1, None);
    let asked = Asked::default();
    for function in ["read_csv", "read_parquet", "read_json", "read_ipc", "scan_csv"] {
        let sql = format!("SELECT * FROM {function}('{}')", secret.display());
        let Ok(statement) = Statement::read(&sql) else { continue };
        let answer = pipeline::query(&source, &Sql::Typed(&statement), &asked, Settings::default());
        assert!(answer.is_err(), "{sql}");
    }
    let direct = format!("SELECT * FROM '{}'", secret.display());
    if let Ok(statement) = Statement::read(&direct) {
        let answer = pipeline::query(&source, &Sql::Typed(&statement), &asked, Settings::default());
        assert!(answer.is_err(), "{direct}");
    }
}

/// The sum of a column of CSV rows without commas in their cells.
fn sum_of(heading: &str, rows: &[String], column: &str) -> i128 {
    let at = heading.split(',').position(|name| name == column).unwrap();
    let cell = |row: &String| {
        let cell = row.split(',').nth(at).unwrap().to_owned();
        if cell.is_empty() { 0 } else { pico_of_text(&cell).unwrap() }
    };
    rows.iter().map(cell).sum()
}
