//! Commands: `close` and `diff` as people type them.
//!
//! In:    a store in a sandbox, months that are long over.
//! Out:   what is said, in the words of the program.
//! Never: repeats what the library's tests show.
//!
//! `CURTAIL_BLESS=1` writes the goldens anew; the difference is the review.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::export::Export;
use crate::support::pico::pico;
use crate::support::{Sandbox, repository};

const RULES: &str = "[tenants.search]\n[tenants.ads]\n\
    [[rule]]\ntenant = \"search\"\nmatch = { domain = \"d-1\" }\n\
    [[rule]]\ntenant = \"ads\"\nmatch = { domain = \"d-2\" }\n";

const BILL: &str = "
cost  | domain | user      | resource        | usage_type
30.25 | d-1    | d-1/alice | training-job/a1 | Train:ml.m5.large
40    | d-2    | d-2/carol | training-job/c1 | Train:ml.m5.large";

/// A credit, a backfill and usage that came late.
const LATER: &str = "
type   | cost  | domain | user      | resource        | usage_type
Usage  | 30.25 | d-2    | d-2/carol | training-job/a1 | Train:ml.m5.large
Usage  | 40    | d-2    | d-2/carol | training-job/c1 | Train:ml.m5.large
Usage  | 2.125 | d-1    | d-1/bob   | endpoint/b1     | Host:ml.m5.large
Credit | -1.5  | d-1    | d-1/bob   | -               | Host:ml.m5.large";

/// Puts a month of 2024 into the store of the sandbox.
fn deliver(sandbox: &Sandbox, delivery: &str, period: &str, table: &str) {
    let mut lines = table.trim().lines();
    let header = format!("month | day | {}\n", lines.next().unwrap());
    let line = |line: &str| format!("{period}-01 | {period}-03 | {line}\n");
    let table: String = lines.map(line).fold(header, |table, line| table + &line);
    let path = format!("{delivery}/data/BILLING_PERIOD={period}/bill.parquet");
    Export::cur2(&table).write(&sandbox.path(path));
    let said = sandbox.curtail(&["ingest", delivery, "--store", "store"]);
    said.succeeded();
}

fn books() -> Sandbox {
    let sandbox = Sandbox::new();
    deliver(&sandbox, "first", "2024-10", BILL);
    sandbox.write("store/tenants.toml", RULES);
    sandbox
}

fn run(sandbox: &Sandbox, line: &str) -> crate::support::Outcome {
    let words: Vec<&str> = line.split(' ').chain(["--store", "store"]).collect();
    sandbox.curtail(&words)
}

/// What a command says is what is kept, apart from instants, which differ from run to run.
#[track_caller]
fn check_golden(name: &str, said: &str) {
    let path: PathBuf = repository().join("tests/closing").join(name);
    let said = without_instants(said);
    if std::env::var_os("CURTAIL_BLESS").is_some() {
        fs::write(&path, &said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(&path).unwrap_or_default(), "{name}; CURTAIL_BLESS=1");
}

/// Today's day and instants as `DAY` and `INSTANT`, of the same length.
fn without_instants(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("202") {
        let (before, from) = rest.split_at(at);
        told.push_str(before);
        let shape = |length: usize| -> String {
            let digits = from.chars().take(length);
            digits.map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
        };
        let (word, length) = match from {
            _ if from.starts_with("2024") => ("2024", 4),
            _ if shape(20) == "0000-00-00T00:00:00Z" => ("INSTANT-OF-THE-TEST.", 20),
            _ if shape(10) == "0000-00-00" => ("DAY-OF-RUN", 10),
            _ => ("202", 3),
        };
        told.push_str(word);
        rest = &from[length..];
    }
    told + rest
}

#[test]
fn a_month_is_closed_told_again_compared_and_adjusted() {
    let sandbox = books();
    check_golden("close.txt", &run(&sandbox, "close 2024-10").succeeded());
    let closed = run(&sandbox, "statement --month 2024-10 --all").succeeded();
    check_golden("closed.txt", &closed);
    deliver(&sandbox, "second", "2024-10", LATER);
    deliver(&sandbox, "second", "2024-11", BILL);
    assert_eq!(run(&sandbox, "statement --month 2024-10 --all").succeeded(), closed);
    check_golden("diff.txt", &run(&sandbox, "diff 2024-10").succeeded());
    check_golden("adjusted.txt", &run(&sandbox, "statement --month 2024-11 --all").succeeded());
    check_golden("adjusted.csv", &run(&sandbox, "statement --all --format csv").succeeded());
}

#[test]
fn every_format_of_a_difference_adds_up_to_the_same_change() {
    let sandbox = books();
    deliver(&sandbox, "second", "2024-10", LATER);
    let json = run(&sandbox, "diff 2024-10 --format json").succeeded();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["totals"]["change"], "0.625");
    let sections = json["sections"].as_array().unwrap();
    let changes = sections.iter().filter_map(|section| section["totals"].get("change"));
    assert_eq!(changes.collect::<Vec<_>>(), ["0.625"; 5]);
    let csv = run(&sandbox, "diff 2024-10 --format csv").succeeded();
    let changes = csv.lines().skip(1).map(|line| pico(line.rsplit(',').next().unwrap()));
    assert_eq!(changes.sum::<i128>(), pico("0.625"));
    let markdown = run(&sandbox, "diff 2024-10 --format markdown").succeeded();
    assert!(markdown.contains("| **total** |") && markdown.contains("late credit"), "{markdown}");
}

#[test]
fn two_versions_may_be_named_in_either_order() {
    let sandbox = books();
    deliver(&sandbox, "second", "2024-10", LATER);
    for (versions, change) in [("1 2", "0.625"), ("2 1", "-0.625"), ("1 1", "0")] {
        let line = format!("diff 2024-10 --versions {versions} --format json");
        let json: Value = serde_json::from_str(&run(&sandbox, &line).succeeded()).unwrap();
        assert_eq!(json["totals"]["change"], change, "{versions}");
    }
}
