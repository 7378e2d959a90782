//! Explain: trees from a total down to its charges.
//!
//! In:    a small bill under rules.
//! Out:   goldens of the screen; sums of every level of the data.
//! Never: looks into the tree's code.

use std::collections::BTreeMap;

use super::{check_golden, sandbox};
use crate::support::pico::pico;

#[test]
fn trees_read_well_on_a_screen() {
    let sandbox = sandbox();
    let explain = |arguments: &[&str]| {
        sandbox.curtail(&[&["explain", "bill.parquet"][..], arguments].concat())
    };
    check_golden("explain_tenant.txt", explain(&["--tenant", "search"]));
    check_golden("explain_user.txt", explain(&["--user", "alice"]));
    let job = "arn:aws:sagemaker:us-east-1:111122223333:training-job/a1";
    check_golden("explain_resource.txt", explain(&["--resource", job]));
}

#[test]
fn every_level_is_the_sum_of_the_one_below() {
    let sandbox = sandbox();
    for subject in [["--tenant", "search"], ["--tenant", "ads"], ["--user", "alice"]] {
        let explain = ["explain", "bill.parquet", subject[0], subject[1], "--format", "csv"];
        let text = sandbox.curtail(&explain).succeeded();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        let place = |key: &str| headers.iter().position(|name| name == key).unwrap();
        let (path, cost) = (place("path"), place("cost"));
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let costs: BTreeMap<&str, i128> =
            rows.iter().map(|row| (&row[path], pico(&row[cost]))).collect();
        assert_eq!(costs.len(), rows.len(), "paths are distinct");
        let mut below: BTreeMap<&str, i128> = BTreeMap::new();
        for (path, cost) in &costs {
            if let Some((parent, _)) = path.rsplit_once('.') {
                *below.entry(parent).or_default() += cost;
            }
        }
        for (parent, sum) in below {
            assert_eq!(costs[parent], sum, "{subject:?} {parent}");
        }
    }
}

#[test]
fn the_total_of_a_tree_is_the_total_of_the_statement() {
    let sandbox = sandbox();
    for tenant in ["search", "ads", "platform"] {
        let statement = ["statement", "bill.parquet", "--tenant", tenant, "--format", "json"];
        let explain = ["explain", "bill.parquet", "--tenant", tenant, "--format", "json"];
        let statement = sandbox.curtail(&statement).json();
        let explain = sandbox.curtail(&explain).json();
        assert_eq!(explain["rows"][0]["cost"], statement["totals"]["cost"], "{tenant}");
    }
}
