//! Closings: mistakes with months that are, or are to be, closed.
//!
//! In:    stores of one month.
//! Out:   cases of `complaints`.
//! Never: a case whose words tell the day of the run.

use super::Case;
use crate::support::Sandbox;
use crate::support::export::Export;

pub(super) const CASES: &[Case] = &[
    ("close_without_a_reason", |_| {}, "close 2024-10 --force="),
    ("close_as_a_picture", |_| {}, "close 2024-10 --format svg"),
    ("close_as_csv", |s| kept(s, "2024-10", "d-1/alice"), "close 2024-10 -o closed.csv"),
    ("close_strictly", |s| kept(s, "2024-10", "d-1/alice"), "close 2024-10 --strict"),
    ("close_of_no_store", |_| {}, "close 2024-10 --store store"),
    ("close_of_no_month", |s| kept(s, "2024-10", "d-1/alice"), "close 2024-09 --store store"),
    ("close_of_an_open_month", |s| kept(s, "2099-10", "d-2/bob"), "close 2099-10 --store store"),
    ("close_of_unassigned", |s| kept(s, "2024-10", "d-2/bob"), "close 2024-10 --store store"),
    ("diff_as_a_picture", |_| {}, "diff 2024-10 --format png -o diff.png"),
    ("diff_of_one_version", |s| kept(s, "2024-10", "d-1/alice"), DIFF),
];

const DIFF: &str = "diff 2024-10 --versions 1 7 --store store";

/// A tenant who answers for one domain only.
const RULES: &str =
    "[tenants.search]\n[[rule]]\ntenant = \"search\"\nmatch = { domain = \"d-1\" }\n";

/// A store of one month and its rules.
fn kept(sandbox: &Sandbox, period: &str, user: &str) {
    let domain = user.split('/').next().unwrap();
    let line = format!("{period}-01 | {period}-03 | 1 | {domain} | {user}");
    let bill = Export::cur2(&format!("month | day | cost | domain | user\n{line}"));
    bill.write(&sandbox.path(format!("exports/data/BILLING_PERIOD={period}/e-00001.parquet")));
    sandbox.curtail(&["ingest", "exports", "--store", "store"]).succeeded();
    sandbox.write("store/tenants.toml", RULES);
}
