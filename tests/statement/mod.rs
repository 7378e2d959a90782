//! Statement: what tenants are told they pay, and why.
//!
//! In:    small exports and rule files; the committed sample with its examples of tenancy.
//! Out:   statements, trees and folders, read as their readers do; goldens that somebody read.
//! Never: repeats how a share is computed; `allocate` tests that.
//!
//! `CURTAIL_BLESS=1` writes the goldens anew; the difference is the review.

// Every table adds up, all statements together are the bill.
mod money;
// The command line: statements, folders, mistakes.
mod command;
// Trees down to charges.
mod explain;
// Three ways to be a tenant, on the committed sample.
mod examples;

use std::fs;
use std::path::Path;

use curtail::model::metric::CostMetric;
use curtail::model::period::{BillingPeriod, Day};
use curtail::pipeline::{self, Bill, PipelineError, Source};
use curtail::report::statement::Ledger;

use crate::support::export::Export;
use crate::support::{Outcome, Sandbox, repository};

/// Two tenants with a domain each, a platform team that passes its cost on, one that has nothing.
const RULES: &str = r#"
[tenants.search]
name = "Search & Ranking"
aliases = ["srch"]
cost_center = "CC-100"
contact = "search@example.com"
budget = "100.00"

[tenants.ads]
budget = 60

[tenants.platform]
name = "ML Platform"

[tenants.idle]

[[rule]]
tenant = "search"
match = { domain = "d-1" }

[[rule]]
tenant = "ads"
match = { domain = "d-2" }

[[rule]]
tenant = "platform"
match = { domain = "d-3" }

[[split]]
name = "platform"
from_tenants = ["platform"]
method = "fixed"
percent = { search = 60, ads = 30 }

[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "even"
targets = ["search", "ads", "platform"]

[[split]]
name = "credits"
match = { line-type = "Credit" }
method = "even"
targets = ["search", "ads"]
"#;

/// October and the month before: own cost, a shared platform, tax, credits, and nobody's cost.
const BILL: &str = "
month      | day        | type   | cost  | domain | user      | resource        | usage_type
2026-10-01 | 2026-10-03 | Usage  | 30.25 | d-1    | d-1/alice | training-job/a1 | Train:ml.m5.large
2026-10-01 | 2026-10-04 | Usage  | 12.5  | d-1    | d-1/bob   | training-job/b1 | Train:ml.m5.large
2026-10-01 | 2026-10-04 | Usage  | 7     | d-1    | d-1/bob   | endpoint/b2     | Host:ml.m5.large
2026-10-01 | 2026-10-05 | Credit | -2    | d-1    | d-1/bob   | -               | Train:ml.m5.large
2026-10-01 | 2026-10-05 | Usage  | 40    | d-2    | d-2/alice | training-job/c1 | Train:ml.m5.large
2026-10-01 | 2026-10-06 | Usage  | 10    | d-3    | -         | endpoint/p1     | Host:ml.m5.large
2026-10-01 | 2026-10-06 | Tax    | 10    | -      | -         | -               | Tax
2026-10-01 | 2026-10-06 | Credit | -3.01 | -      | -         | -               | Credit
2026-10-01 | 2026-10-07 | Usage  | 20    | -      | -         | training-job/n1 | Train:ml.m5.large
2026-09-01 | 2026-09-07 | Usage  | 25    | d-1    | d-1/alice | training-job/a1 | Train:ml.m5.large
2026-09-01 | 2026-09-07 | Tax    | 5     | -      | -         | -               | Tax";

fn source(folder: &Path, export: &Export, rules: &str) -> Source {
    let path = folder.join("bill.parquet");
    export.write(&path);
    fs::write(folder.join("tenants.toml"), rules).unwrap();
    Source::of(Bill::Export(path), 2, None)
}

/// The accounts of a month of an export, unblended.
fn ledger(export: &Export, rules: &str, month: Option<&str>) -> Result<Ledger, PipelineError> {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), export, rules);
    let month = month.map(|month| BillingPeriod::parse(month).unwrap());
    pipeline::statements(&source, month, Some(CostMetric::Unblended), today())
}

/// An export has no status, so any day does.
fn today() -> Day {
    Day::parse("2026-11-22").unwrap()
}

/// A sandbox with the bill and its rules.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    Export::cur2(BILL).write(&sandbox.path("bill.parquet"));
    sandbox.write("tenants.toml", RULES);
    sandbox
}

/// What a command says is what is kept in `tests/statement/NAME`.
#[track_caller]
fn check_golden(name: &str, outcome: Outcome) {
    let said = outcome.succeeded();
    let path = repository().join("tests/statement").join(name);
    if std::env::var_os("CURTAIL_BLESS").is_some() {
        fs::write(&path, &said).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(said, kept, "{name}; CURTAIL_BLESS=1 writes it anew");
}
