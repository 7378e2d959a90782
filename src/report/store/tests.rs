//! What people read in the tables about the store.
//!
//! In:    versions and closings of the fixture.
//! Out:   the words of their cells.
//! Never: renders.

use std::path::{Path, PathBuf};

use super::fixture::{closing, period, version};
use super::ingestion::{Ingested, Outcome};
use super::status::{Holdings, Rows};
use super::{collection, ingestion, status, verification};
use crate::model::period::Day;
use crate::model::stored::{Closing, Keep, Version, VersionId};
use crate::report::Report;
use crate::report::table::{Cell, Row};

fn holdings(versions: Vec<Version>, closings: Vec<Closing>) -> Holdings {
    let today = Day::parse("2026-11-22").unwrap();
    Holdings { folder: PathBuf::from("store"), versions, closings, today, findings: Vec::new() }
}

/// The words of some columns of a section, a line per row and total.
fn lines(report: &Report, section: usize, keys: &[&str]) -> Vec<String> {
    let table = &report.sections[section].table;
    let cell = |row: &Row, key: &&str| {
        let index = table.columns.iter().position(|column| column.key == *key).unwrap();
        match &row.cells[index] {
            Cell::Text { full: word, .. } => word.to_string(),
            Cell::Label(word) => word.to_string(),
            Cell::Count(count) | Cell::Bytes(count) => count.to_string(),
            Cell::Ratio { part, whole } => format!("{part}/{whole}"),
            _ => "-".to_owned(),
        }
    };
    let line = |row: &Row| keys.iter().map(|key| cell(row, key)).collect::<Vec<_>>().join(" | ");
    table.rows.iter().chain(&table.totals).map(line).collect()
}

#[test]
fn a_month_is_open_until_aws_has_done_with_it_and_then_settled_until_it_is_closed() {
    let versions = ["2026-08", "2026-10", "2026-11"].map(|month| version(month, 1));
    let mut versions = versions.to_vec();
    for (id, version) in (1..).zip(&mut versions) {
        version.id = VersionId(id);
    }
    let report = status::compose(&holdings(versions, vec![closing("2026-08", 1)]), Rows::Newest);
    assert_eq!(
        lines(&report, 0, &["billing_period", "state", "state_shown", "days", "stored_share"]),
        [
            "2026-08 | closed | closed 2026-11-20 | 1 to 17 | 25000/1000000",
            "2026-10 | settled | settled | 1 to 17 | 25000/1000000",
            "2026-11 | open | open | 1 to 17 | 25000/1000000",
            "total | - | - | - | 75000/3000000",
        ]
    );
    assert!(report.findings.is_empty());
}

#[test]
fn a_delivery_after_the_close_is_the_newest_version_of_a_month_closed_as_another() {
    let versions = vec![version("2026-10", 1), version("2026-10", 4)];
    let held = holdings(versions, vec![closing("2026-10", 1)]);
    assert_eq!(
        lines(&status::compose(&held, Rows::Newest), 0, &["version", "versions", "state_shown"]),
        ["4 | 2 | closed 2026-11-20 as version 1"]
    );
    assert_eq!(
        lines(&status::compose(&held, Rows::Every), 0, &["version", "state_shown"]),
        ["1 | closed 2026-11-20", "4 | closed 2026-11-20 as version 1", "- | -"]
    );
    let open = holdings(held.versions, Vec::new());
    assert_eq!(
        lines(&status::compose(&open, Rows::Every), 0, &["version", "state_shown"]),
        ["1 | superseded", "4 | settled", "- | -"]
    );
}

#[test]
fn what_was_odd_about_a_delivery_is_told_with_its_month() {
    let mut lean = version("2026-10", 1);
    lean.facts.keep = Keep::Owners;
    lean.facts.oddities.findings = vec![("no-manifest".into(), "no manifest names files".into())];
    let report = status::compose(&holdings(vec![lean], Vec::new()), Rows::Newest);
    let told: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "2026-10: no manifest names files",
            "2026-10: resource ids of services beyond SageMaker are not kept; \
             `curtail ingest --keep all` keeps them",
        ]
    );
}

#[test]
fn an_ingest_tells_which_version_it_followed() {
    let one = |month, id, outcome| Ingested { version: version(month, id), outcome };
    let ingested = [
        one("2026-09", 1, Outcome::Unchanged),
        one("2026-10", 3, Outcome::Replaced(VersionId(2))),
        one("2026-11", 4, Outcome::New),
    ];
    let report = ingestion::compose(Path::new("store"), &ingested, Vec::new());
    let keys = ["billing_period", "outcome", "version", "replaced_version", "source_rows"];
    assert_eq!(
        lines(&report, 0, &keys),
        [
            "2026-09 | unchanged | 1 | - | 1000",
            "2026-10 | replaced | 3 | 2 | 1000",
            "2026-11 | new | 4 | - | 1000",
        ]
    );
}

#[test]
fn a_problem_is_told_beside_its_version_and_in_full() {
    use verification::{Examination, Examined, Problem};
    let examined = |id| Examined {
        period: period("2026-10"),
        version: VersionId(id),
        segments: 1,
        charges: 100,
        source_rows: 1000,
        bytes: 25_000,
    };
    let problem = Problem {
        period: Some(period("2026-10")),
        version: Some(VersionId(2)),
        file: "charges/2-0.parquet".into(),
        code: "segment-size",
        expected: "25 bytes".into(),
        found: "24 bytes".into(),
        advice: "ingest 2026-10 again".into(),
    };
    let mut found = Examination {
        versions: vec![examined(1), examined(2)],
        problems: vec![problem],
        ..Examination::default()
    };
    let report = verification::compose(&found);
    assert_eq!(report.title, "The store is damaged");
    assert_eq!(lines(&report, 0, &["version", "problems"]), ["1 | 0", "2 | 1", "- | 1"]);
    assert_eq!(
        lines(&report, 1, &["file", "advice"]),
        ["charges/2-0.parquet | ingest 2026-10 again"]
    );
    found.problems.clear();
    assert_eq!(verification::compose(&found).title, "The store is sound");
}

#[test]
fn what_goes_and_what_stays_are_told_with_the_bytes_that_come_free() {
    use collection::{Collection, Fate, Trial};
    let fate = |id, kept: Option<&str>| Fate {
        period: period("2026-10"),
        version: VersionId(id),
        bytes: 10,
        kept: kept.map(str::to_owned),
    };
    let collection = Collection {
        trial: Trial::DryRun,
        versions: vec![fate(1, None), fate(2, Some("newest"))],
        leftovers: vec!["charges/7-0.parquet".into()],
        ..Collection::default()
    };
    let report = collection::compose(&collection);
    assert_eq!(
        lines(&report, 0, &["billing_period", "stored_bytes", "fate"]),
        ["2026-10 | 10 | to remove", "2026-10 | 10 | kept", "to remove | 10 | -",]
    );
    assert!(report.findings[0].message.starts_with("`charges/7-0.parquet` was left by a writer"));
}
