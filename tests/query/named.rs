//! Named: the queries of `queries/`, each run on every sample bill.
//!
//! In:    `queries/*.sql`, `sample-data/`.
//! Out:   failing tests.
//! Never: believes a header.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use curtail::model::metric::CostMetric;
use curtail::model::question::Question;
use curtail::pipeline::{self, Bill, Source, Sql};
use curtail::query::{NamedQuery, TABLES, bundled};

use super::{csv, sum_of};
use crate::support::repository;

fn samples() -> [PathBuf; 2] {
    ["cur2", "legacy"].map(|name| repository().join("sample-data").join(name))
}

#[test]
fn every_file_is_bundled_under_its_name() {
    let files = fs::read_dir(repository().join("queries")).unwrap();
    let files = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.collect();
    let bundled = bundled().unwrap();
    let names: Vec<String> = bundled.iter().map(|query| format!("{}.sql", query.name)).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), files);
}

#[test]
fn every_query_finds_the_columns_that_its_header_names() {
    for query in bundled().unwrap() {
        for sample in samples() {
            let (heading, rows) = csv(&sample, &Sql::Named(&query));
            // A bill without rules has no pools, and so no columns of an answer.
            if !rows.is_empty() {
                assert_eq!(heading, query.columns.join(","), "{}", query.name);
            }
        }
    }
}

#[test]
fn a_query_reads_the_tables_that_its_header_names() {
    for NamedQuery { name, reads, statement, .. } in bundled().unwrap() {
        let words: BTreeSet<&str> =
            statement.text().split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let read = TABLES.iter().map(|(table, _)| *table).filter(|table| words.contains(table));
        let told: BTreeSet<&str> = reads.iter().map(String::as_str).collect();
        assert_eq!(read.collect::<BTreeSet<_>>(), told, "{name}");
    }
}

#[test]
fn what_a_query_conserves_adds_up_to_the_bill() {
    let mut checked = 0;
    for sample in samples() {
        let source = Source::of(Bill::Export(sample.clone()), 2, None);
        let total = |metric: CostMetric| -> i128 {
            let question = Question::of(Vec::new(), metric, &[]);
            let found = pipeline::found(&source, &question).unwrap();
            found.answer.rows.iter().map(|row| row.cost.0).sum()
        };
        let (amortized, unblended) = (total(CostMetric::Amortized), total(CostMetric::Unblended));
        // Queries that compare take the latest month; their own test is below.
        let plain = |query: &NamedQuery| !query.reads.iter().any(|of| of.ends_with("_charges"));
        for query in bundled().unwrap().iter().filter(|query| plain(query)) {
            let (heading, rows) = csv(&sample, &Sql::Named(query));
            for column in &query.conserves {
                let expected = if column == "unblended_cost" { unblended } else { amortized };
                assert_eq!(sum_of(&heading, &rows, column), expected, "{} {column}", query.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn a_change_is_this_month_without_the_one_before() {
    let [sample, _] = samples();
    let source = Source::of(Bill::Export(sample.clone()), 2, None);
    let total = |month: &str| -> i128 {
        let month = curtail::model::period::BillingPeriod::parse(month).unwrap();
        let question = Question::of(Vec::new(), CostMetric::Amortized, &[month]);
        let found = pipeline::found(&source, &question).unwrap();
        found.answer.rows.iter().map(|row| row.cost.0).sum()
    };
    let (now, before) = (total("2026-10"), total("2026-09"));
    for query in bundled().unwrap().iter().filter(|query| query.name.starts_with("change_by_")) {
        let (heading, rows) = csv(&sample, &Sql::Named(query));
        let sums = ["cost", "prior_cost", "change_cost"].map(|of| sum_of(&heading, &rows, of));
        assert_eq!(sums, [now, before, now - before], "{}", query.name);
    }
}

#[test]
fn the_order_of_an_answer_does_not_depend_on_chance() {
    let [sample, _] = samples();
    for query in bundled().unwrap() {
        let once = csv(&sample, &Sql::Named(&query));
        assert_eq!(csv(&sample, &Sql::Named(&query)), once, "{}", query.name);
    }
}
