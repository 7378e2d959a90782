//! Effort: what questions cost, in things counted: whatever makes the engine do more fails here.
//!
//! Counts are the same on every machine, so this guards speed where seconds cannot. When they are
//! meant to change, `CURTAIL_BLESS=1` writes `tests/effort.txt` anew, and the diff is the price.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::question::{Question, Wanted};
use curtail::model::watch::{Effort, Moment, Watch};
use curtail::pipeline::{self, Bill, Source};

use crate::support::repository;

const BILLS: [&str; 4] = [
    "cur2",
    "legacy",
    "real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin",
    "real/legacy-workshop-cur",
];
const QUESTIONS: [(&str, CostMetric); 5] = [
    ("domain,user,space", CostMetric::Unblended),
    ("domain,user,space", CostMetric::Amortized),
    ("service", CostMetric::Unblended),
    ("day,user,component", CostMetric::Amortized),
    ("resource,tag:team", CostMetric::NetAmortized),
];

/// One worker, whose texts and groups are those of the whole bill.
fn effort(bill: &Path, by: &str, metric: CostMetric) -> Effort {
    let counted: Arc<Mutex<Effort>> = Arc::default();
    let told = Arc::clone(&counted);
    let watch = Watch::by(move |moment| {
        if let Moment::RolledUp(effort) = moment {
            *told.lock().unwrap() += effort;
        }
    });
    let source = Source { watch, ..Source::of(Bill::Export(bill.to_owned()), 1, None) };
    let question = Question {
        dimensions: by.split(',').map(|word| Dimension::parse(word).unwrap()).collect(),
        metric,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::No,
    };
    pipeline::found(&source, &question).unwrap();
    Effort::clone(&counted.lock().unwrap())
}

fn table() -> String {
    let mut table = String::new();
    for bill in BILLS {
        let path: PathBuf = repository().join("sample-data").join(bill);
        for (by, metric) in QUESTIONS {
            writeln!(table, "{bill} by {by}, {}", metric.column()).unwrap();
            for (what, count) in effort(&path, by, metric).counts() {
                writeln!(table, "  {what:<16}{count:>12}").unwrap();
            }
        }
    }
    table
}

#[test]
fn questions_cost_what_they_cost_before() {
    let path = repository().join("tests/effort.txt");
    let found = table();
    if std::env::var_os("CURTAIL_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "{:#?}", difference(&expected, &found));
}

/// The lines that differ.
fn difference(expected: &str, found: &str) -> Vec<String> {
    let pairs = expected.lines().zip(found.lines()).filter(|(before, now)| before != now);
    pairs.map(|(before, now)| format!("{before} -> {}", now.trim())).collect()
}

#[test]
fn a_question_reads_no_column_that_it_does_not_need() {
    let bill = repository().join("sample-data/cur2");
    let whole: usize = std::fs::read_dir(bill.join("data"))
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| usize::try_from(file.unwrap().metadata().unwrap().len()).unwrap())
        .sum();
    let read = effort(&bill, "service", CostMetric::Unblended).bytes_read;
    assert!(read * 5 < whole, "{read} of {whole} bytes");
}
