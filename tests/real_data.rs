//! Real data: bills that we did not make, against totals that others computed.
//!
//! In:    `sample-data/real`, its `expected.json` and `verdicts.json`.
//! Out:   the same rows and the same money, cut in every way that the totals are.
//! Never: reads anything outside of the checkout.
//!
//! The published totals are doubles, correctly rounded sums; ours are exact. They meet within 1e-9.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use curtail::report::spend::Found;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::support::ask::{by, lines_of};
use crate::support::pico::pico;
use crate::support::{Sandbox, sample_data};

/// 1e-9 of a dollar.
const TOLERANCE: i128 = 1_000;

/// Cuts of `expected.json` and our words for them.
const CUTS: &[(&str, &str)] = &[
    ("by_line_item_type", "line-type"),
    ("by_product_code", "service"),
    ("by_usage_account", "account"),
    ("by_line_item_resource_id", "resource"),
    ("by_resource_tags_user_cost_center", "tag:cost_center"),
    ("by_resource_tags_user_department", "tag:department"),
    ("by_resource_tags_user_environment", "tag:environment"),
    ("by_resource_tags_user_workload", "tag:workload"),
    ("by_resource_tags_user_workload_type", "tag:workload_type"),
    ("by_resource_tags_user_name", "tag:Name"),
    ("by_resource_tags_user_tag21_nov", "tag:tag21_nov"),
    ("by_resource_tags_user_team", "tag:team"),
    ("by_resource_tags_user_sagemaker_domain_arn", "domain"),
    ("by_resource_tags_user_sagemaker_user_profile_arn", "user"),
    ("by_resource_tags_user_sagemaker_space_arn", "space"),
    ("by_resource_tags[user_workload]", "tag:workload"),
    ("by_resource_tags[user_cost_center]", "tag:cost_center"),
    ("by_tags[resourceTags/user:Workload]", "tag:Workload"),
];

/// Cuts that no dimension of ours makes.
const NO_CUTS: &[&str] = &["by_product[product_name]"];

/// Metrics, their sums in `expected.json`, and their names inside a cut.
const METRICS: &[(&str, &str, &[&str])] = &[
    ("unblended", "sum_line_item_unblended_cost", &["unblended"]),
    ("blended", "sum_line_item_blended_cost", &["line_item_blended_cost"]),
    (
        "list",
        "sum_pricing_public_on_demand_cost",
        &["pricing_public_on_demand_cost", "public_on_demand"],
    ),
];

fn expected() -> BTreeMap<String, Value> {
    serde_json::from_slice(&fs::read(sample_data("real/expected.json")).unwrap()).unwrap()
}

/// Every cut of one source in every metric that was published, rows included.
fn check(name: &str, source: &Path, months: &[&str]) {
    let expected = &expected()[name];
    let cuts: Vec<(&str, &str)> =
        CUTS.iter().filter(|(cut, _)| expected.get(cut).is_some()).copied().collect();
    let known = expected.as_object().unwrap().keys().filter(|key| key.starts_with("by_"));
    for key in known.filter(|key| !NO_CUTS.contains(&key.as_str())) {
        assert!(cuts.iter().any(|(cut, _)| cut == key), "{name}: nobody looks at {key}");
    }
    let words: Vec<&str> = cuts.iter().map(|(_, word)| *word).collect();
    for (metric, sum, names) in METRICS.iter().filter(|(_, sum, _)| expected.get(sum).is_some()) {
        let ask = months.iter().fold(by(&words.join(",")).metric(metric), |ask, m| ask.month(m));
        let found = ask.of(source).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(expected["rows"], rows(&found), "{name}");
        let mut negated = 0;
        for (at, (cut, _)) in cuts.iter().enumerate() {
            let ours = cut_by(&found, at);
            let theirs = published(&expected[cut], names);
            assert_eq!(ours.len(), theirs.len(), "{name} {cut}");
            for (value, (lines, theirs)) in theirs {
                let ours = ours[&value];
                assert_eq!(ours.0, lines, "{name} {cut} {value}");
                let Some(theirs) = theirs else { continue };
                if value == "SavingsPlanNegation" && *metric == "list" {
                    // The generator wrote the offset twice; a negation has no list price.
                    negated = theirs;
                    assert_eq!(ours.1, 0);
                } else {
                    assert_near(ours.1, theirs, &format!("{name} {cut} {value} {metric}"));
                }
            }
        }
        assert_near(total(&found), double(&expected[sum]) - negated, &format!("{name} {metric}"));
    }
}

/// Rows and cost per value of a published cut; NULL and `''` are one value.
fn published(cut: &Value, names: &[&str]) -> BTreeMap<String, (u64, Option<i128>)> {
    let mut sums = BTreeMap::<String, (u64, Option<i128>)>::new();
    for (value, theirs) in cut.as_object().unwrap() {
        let value = if value == "(null)" { "" } else { value };
        let sum = sums.entry(value.to_owned()).or_default();
        sum.0 += theirs["rows"].as_u64().unwrap();
        let cost = names.iter().find_map(|name| theirs.get(name)).map(double);
        sum.1 = cost.map(|cost| cost + sum.1.unwrap_or(0));
    }
    sums
}

/// Rows and cost per value of one dimension of an answer.
fn cut_by(found: &Found, at: usize) -> BTreeMap<String, (u64, i128)> {
    let mut cut = BTreeMap::<String, (u64, i128)>::new();
    for row in &found.answer.rows {
        let sums = cut.entry(row.keys[at].as_deref().unwrap_or_default().to_owned()).or_default();
        sums.0 += row.line_items;
        sums.1 += row.cost.0;
    }
    cut
}

fn rows(found: &Found) -> u64 {
    found.answer.rows.iter().map(|row| row.line_items).sum()
}

fn total(found: &Found) -> i128 {
    found.answer.rows.iter().map(|row| row.cost.0).sum()
}

/// A published double, by its shortest text.
fn double(value: &Value) -> i128 {
    pico(&value.as_f64().unwrap().to_string())
}

#[track_caller]
fn assert_near(ours: i128, theirs: i128, what: &str) {
    assert!((ours - theirs).abs() <= TOLERANCE, "{what}: {ours} here, {theirs} there");
}

#[test]
fn a_bill_that_aws_wrote_adds_up_month_by_month_and_together() {
    let bill = sample_data("real/legacy-workshop-cur");
    check("legacy-workshop-cur/2018-10", &bill, &["2018-10"]);
    check("legacy-workshop-cur/2018-11", &bill, &["2018-11"]);
    check("legacy-workshop-cur/2018-10+11", &bill, &[]);
}

#[test]
fn a_file_of_a_bill_that_aws_wrote_can_be_read_alone() {
    let file = "year=2018/month=10/Oct2018-WorkshopCUR-00001.snappy.parquet";
    let path = sample_data("real/legacy-workshop-cur/WorkshopCUR").join(file);
    check("legacy-workshop-cur/2018-10", &path, &[]);
}

#[test]
fn a_cur2_export_adds_up_in_every_cut() {
    let twin = sample_data("real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin");
    check("cur2-ha-portal", &twin, &[]);
}

#[test]
fn one_tag_in_two_maps_of_a_cur2_export_is_one_tag() {
    let twin = sample_data("real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin");
    let found = by("tag:workload,tag:Workload,tag:user_workload").metric("list").of(&twin).unwrap();
    for row in &found.answer.rows {
        assert!(row.keys.iter().all(|key| *key == row.keys[0]), "{row:?}");
    }
    assert_eq!(
        lines_of(&by("tag:workload").metric("list").of(&twin).unwrap()),
        "- | 38.1712895824
         web-tier | 7.7691917976
         data-tier | 3.6180215182
         storage-tier | 0.0001918854
         Observability | 0.0000186841\n"
            .replace("         ", "")
    );
    assert!(!found.findings.iter().any(|finding| finding.code == "tag-disagreement"));
}

#[test]
fn generated_sagemaker_bills_add_up_by_domain_user_and_space() {
    let twin = sample_data("real/nise-sagemaker/parquet-twin");
    check("nise-sagemaker/2025-10", &twin, &["2025-10"]);
    check("nise-sagemaker/2025-11", &twin, &["2025-11"]);
    check("nise-sagemaker/all", &twin, &[]);
}

#[test]
fn names_beyond_ascii_can_be_asked_for_and_filtered_by() {
    let twin = sample_data("real/nise-sagemaker/parquet-twin");
    let zoe = by("user,space").only("user=Zoë Müller");
    zoe.check_source(&twin, "Zoë Müller | gpu-лаб | 777.216");
    by("user").only("space=gpu-лаб").check_source(&twin, "Zoë Müller | 777.216");
    by("tag:team")
        .only("tag:team=search, \"rank\"")
        .check_source(&twin, "search, \"rank\" | 777.216");
}

#[test]
fn savings_plan_lines_are_amortized() {
    let twin = sample_data("real/nise-sagemaker/parquet-twin");
    by("line-type").check_source(
        &twin,
        "Usage                   | 6825.0396559152
         SavingsPlanCoveredUsage | 39.0816
         DiscountedUsage         | 0
         SavingsPlanNegation     | 0
         SavingsPlanRecurringFee | 0
         SavingsPlanUpfrontFee   | 0",
    );
}

#[test]
fn tiny_buckets_add_up_too() {
    let mocks = sample_data("real/mock-manifests-keboola");
    check("mock-manifests-keboola/cur_1_0", &mocks.join("cur_1_0/parquet-twin"), &[]);
    check("mock-manifests-keboola/cur_2_0", &mocks.join("cur_2_0/parquet-twin"), &[]);
}

#[test]
fn the_laws_of_reservations_hold_on_a_real_bill() {
    // Month, upfront fee of the month, AWS's own rounding in micro-dollars: a row of the table of
    // identities each.
    let bill = sample_data("real/legacy-workshop-cur");
    for (month, upfront, rounding) in
        [("2018-10", "131.473973", "5.2e-6"), ("2018-11", "127.232877", "1.7e-6")]
    {
        let sum = |metric: &str| total(&by("").metric(metric).month(month).of(&bill).unwrap());
        let rounding = pico(rounding) + pico("1e-7");
        let residual = sum("amortized") - sum("unblended") - pico(upfront);
        assert!(residual.abs() <= rounding, "{month}: {residual}");
        let residual = sum("blended") - sum("unblended");
        assert!(residual.abs() <= pico("1.6e-6"), "{month}: {residual}");
        assert_eq!(sum("net_amortized"), sum("amortized"), "2018 had no net columns");
    }
}

#[test]
fn reservation_fees_are_what_covered_usage_and_the_unused_rest_cost() {
    for (name, month) in [("Oct2018", "month=10"), ("Nov2018", "month=11")] {
        let folder = sample_data("real/legacy-workshop-cur/WorkshopCUR/year=2018").join(month);
        let path = folder.join(format!("{name}-WorkshopCUR-00001.snappy.parquet"));
        let raw = |column: &str| raw_sums(&path, column);
        let fee = raw("line_item_unblended_cost")["RIFee"];
        let used = raw("reservation_recurring_fee_for_usage")["DiscountedUsage"];
        let unused = raw("reservation_unused_recurring_fee")["RIFee"];
        assert!((fee - used - unused).abs() <= pico("6e-6"), "{name}");
        // And what we make of it, from the same columns read by other code.
        let unused_upfront =
            raw("reservation_unused_amortized_upfront_fee_for_billing_period")["RIFee"];
        let effective = raw("reservation_effective_cost")["DiscountedUsage"];
        let ours = cut_by(&by("line-type").of(&path).unwrap(), 0);
        assert_eq!(ours["RIFee"].1, unused + unused_upfront, "{name}");
        assert_eq!(ours["DiscountedUsage"].1, effective, "{name}");
        assert_eq!(ours["Usage"].1, raw("line_item_unblended_cost")["Usage"], "{name}");
    }
}

/// Exact sums of a column by line item type, read row by row.
fn raw_sums(path: &Path, column: &str) -> BTreeMap<String, i128> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let columns = ["line_item_line_item_type", column];
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns);
    let mut sums = BTreeMap::new();
    for batch in builder.with_projection(mask).build().unwrap() {
        let batch = batch.unwrap();
        let kinds = batch.column_by_name(columns[0]).unwrap().as_string::<i32>();
        let amounts = batch.column_by_name(column).unwrap().as_primitive::<Float64Type>();
        for (kind, amount) in kinds.iter().zip(amounts.values()) {
            *sums.entry(kind.unwrap().to_owned()).or_default() += pico(&amount.to_string());
        }
    }
    sums
}

#[test]
fn the_status_table_beside_a_bill_is_no_bill() {
    let status = sample_data("real/legacy-workshop-cur/cost_and_usage_data_status");
    let error = by("").of(&status.join("cost_and_usage_data_status.parquet")).unwrap_err();
    assert_eq!(error.code(), "SRC-STATUS");
    let found = by("").of(&sample_data("real/legacy-workshop-cur")).unwrap();
    assert_eq!(found.provenance.files, 2);
}

#[test]
fn manifests_that_name_csv_files_are_refused_by_name() {
    for (bucket, manifest) in [
        ("cur2-ha-portal", "ha-project-CUR-daily-1-Manifest.json"),
        ("mock-manifests-keboola/cur_1_0/mock-cur-bucket", "MockTestReport-Manifest.json"),
        ("mock-manifests-keboola/cur_2_0/mock-cur-v2-bucket", "MockTestReportV2-Manifest.json"),
    ] {
        let error = by("").of(&sample_data("real").join(bucket)).unwrap_err();
        assert_eq!(error.code(), "DELIVERY-CSV", "{error}");
        assert!(error.to_string().contains(manifest), "{error}");
    }
}

#[test]
fn every_real_bill_passes_a_check() {
    let sandbox = Sandbox::new();
    for bill in [
        "legacy-workshop-cur",
        "cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin",
        "nise-sagemaker/parquet-twin",
        "mock-manifests-keboola/cur_1_0/parquet-twin",
        "mock-manifests-keboola/cur_2_0/parquet-twin",
    ] {
        let source = sample_data("real").join(bill).display().to_string();
        let told = sandbox.curtail(&["check", &source, "--format", "json"]).json();
        assert!(told["sections"].as_array().is_some_and(|s| !s.is_empty()), "{bill}");
        assert!(told["reconciliation"]["refused_rows"] == 0, "{bill}");
    }
}

#[test]
fn odd_and_broken_parquet_files_end_in_one_clean_error() {
    let sandbox = Sandbox::new();
    let folder = sample_data("real/parquet-testing");
    let verdicts = fs::read(folder.join("verdicts.json")).unwrap();
    let verdicts: BTreeMap<String, Value> = serde_json::from_slice(&verdicts).unwrap();
    let known = ["PQ-", "SRC-SCHEMA", "DELIVERY-"];
    for name in verdicts.keys() {
        let file = folder.join(name).display().to_string();
        for command in ["spend", "check"] {
            // Two threads and their stacks fit in a gibibyte of address space; the file that
            // unfolds to two does not.
            let outcome = sandbox.curtail_within(1024, &[command, &file, "--threads", "2"]);
            let transcript = outcome.transcript();
            let stderr = outcome.failed_with(1);
            let (first, _) = stderr.split_once('\n').unwrap();
            let is_known = known.iter().any(|code| first.starts_with(&format!("error[{code}")));
            assert!(is_known && first.contains(name), "{name}: {transcript}");
            assert!(!stderr.contains("panic") && stderr.contains("hint: "), "{name}: {transcript}");
        }
    }
}
