//! Delivery: which files of a source count, told as trees of names.
//!
//! In:    lines of a tree: `path`, and after a manifest `<- key, key`, on its line or the next.
//! Out:   what [`curtail::delivery::find`] makes of it, as text.
//! Never: needs a data file to hold data: this room does not open them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use curtail::diagnostic::Diagnose;
use curtail::model::period::BillingPeriod;
use curtail::{delivery, origin::Origin};
use tempfile::TempDir;

pub(crate) fn tree(lines: &str) -> TempDir {
    let mut files: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (path, keys) = line.split_once("<- ").unwrap_or((line, ""));
        if !path.is_empty() {
            files.push((path.trim(), Vec::new()));
        }
        files.last_mut().unwrap().1.extend(keys.split(", ").filter(|key| !key.is_empty()));
    }
    let folder = tempfile::tempdir().unwrap();
    for (path, keys) in files {
        let field = if keys.concat().contains("s3://") { "dataFiles" } else { "reportKeys" };
        let manifest = format!("{{\"{field}\":{keys:?},\"executionId\":\"run\",\"x\":[{{}}]}}");
        let text = if path.ends_with("-Manifest.json") { manifest } else { String::new() };
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

pub(crate) fn told(source: &Path, months: &[&str]) -> String {
    let months: Vec<_> = months.iter().filter_map(|text| BillingPeriod::parse(text)).collect();
    let short = |text: String| text.replace(&format!("{}/", source.display()), "");
    let delivery = match delivery::find(&Origin::Disk, source, Some(&months)) {
        Ok(delivery) => delivery,
        Err(error) => {
            assert!(!error.hints().is_empty());
            return short(format!("{} {error}", error.code()));
        }
    };
    let mut text = String::new();
    for period in &delivery.periods {
        let month = period.period.map_or("?".to_owned(), |period| period.to_string());
        let by = if period.manifest.is_some() { "manifest" } else { "folder" };
        writeln!(text, "{month} by {by}").unwrap();
        for file in &period.files {
            writeln!(text, "  {}", file.path.display()).unwrap();
        }
    }
    for finding in &delivery.findings {
        writeln!(text, "{}: {}", finding.code, finding.message).unwrap();
    }
    short(text)
}

/// Line breaks and indents are those of this file, not of the text.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(lines: &str, expected: &str) {
    let folder = tree(lines);
    assert_eq!(one_line(&told(folder.path(), &[])), one_line(expected));
}

/// The error's text begins like this.
#[track_caller]
fn refused(lines: &str, expected: &str) {
    let text = one_line(&told(tree(lines).path(), &[]));
    assert!(text.starts_with(&one_line(expected)), "{text}");
}

#[test]
fn a_legacy_bucket_without_manifest_is_read_by_month() {
    check(
        "cur/cur/year=2018/month=10/cur-00001.parquet
         cur/cur/year=2018/month=9/cur-00001.parquet
         cur/cur/cost_and_usage_data_status/cost_and_usage_data_status.parquet
         cur/20181001-20181101/cur-create-table.sql
         cur/20181001-20181101/crawler-cfn.yml",
        "2018-09 by folder
         cur/cur/year=2018/month=9/cur-00001.parquet
         2018-10 by folder
         cur/cur/year=2018/month=10/cur-00001.parquet
         no-manifest: no manifest for the files of 2 periods, 2018-09 to 2018-10:
         completeness unverified",
    );
}

#[test]
fn a_legacy_manifest_in_the_months_folder_finds_its_files() {
    check(
        "cur/20181001-20181101/cur-Manifest.json
         <- p/cur/cur/year=2018/month=10/cur-00002.parquet
         <- p/cur/cur/year=2018/month=10/cur-00001.parquet
         cur/cur/year=2018/month=10/cur-00001.parquet
         cur/cur/year=2018/month=10/cur-00002.parquet",
        "2018-10 by manifest
         cur/cur/year=2018/month=10/cur-00001.parquet
         cur/cur/year=2018/month=10/cur-00002.parquet",
    );
}

#[test]
fn only_the_assembly_that_the_manifest_names_counts() {
    check(
        "20220401-20220501/cur-Manifest.json
         <- p/20220401-20220501/B/cur-00001.parquet
         <- p/20220401-20220501/B/cur-00002.parquet
         20220401-20220501/A/cur-Manifest.json <- p/20220401-20220501/A/cur-00001.parquet
         20220401-20220501/A/cur-00001.parquet
         20220401-20220501/B/cur-Manifest.json <- p/20220401-20220501/B/cur-00001.parquet
         20220401-20220501/B/cur-00001.parquet
         20220401-20220501/B/cur-00002.parquet
         20220401-20220501/C/cur-00001.parquet",
        "2022-04 by manifest
         20220401-20220501/B/cur-00001.parquet
         20220401-20220501/B/cur-00002.parquet",
    );
}

#[test]
fn a_copy_without_the_execution_folder_or_its_colons_is_found() {
    for folder in ["", "2026-04-16T15:24:15Z-04e9/", "2026-04-16T15_24_15Z-04e9/"] {
        check(
            &format!(
                "e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json
                 <- s3://b/p/e/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15Z-04e9/e-00001.parquet
                 e/data/BILLING_PERIOD=2026-04/{folder}e-00001.parquet"
            ),
            &format!("2026-04 by manifest\ne/data/BILLING_PERIOD=2026-04/{folder}e-00001.parquet"),
        );
    }
}

#[test]
fn the_file_of_another_execution_does_not_stand_in_for_a_missing_one() {
    refused(
        "e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json
         <- s3://b/e/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-b/e-00001.parquet
         e/data/BILLING_PERIOD=2026-04/2026-04-15T15:24:15.653Z-a/e-00001.parquet",
        "DELIVERY-FILES-MISSING the manifest `e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json`
         names 1 file that is not here: `s3://b/e/data/",
    );
}

#[test]
fn every_level_of_a_bucket_can_be_the_source() {
    let folder = tree(
        "CUR/e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json
         <- s3://b/CUR/e/data/BILLING_PERIOD=2026-04/x/e-00001.parquet
         CUR/e/data/BILLING_PERIOD=2026-04/x/e-00001.parquet
         CUR/e/data/BILLING_PERIOD=2026-05/x/e-00001.parquet",
    );
    for (below, by) in [
        ("", "manifest"),
        ("CUR", "manifest"),
        ("CUR/e", "manifest"),
        ("CUR/e/data", "folder"),
        ("CUR/e/data/BILLING_PERIOD=2026-04", "folder"),
        ("CUR/e/data/BILLING_PERIOD=2026-04/x", "folder"),
    ] {
        let text = told(&folder.path().join(below), &["2026-04"]);
        assert!(text.starts_with(&format!("2026-04 by {by}\n")), "{below}: {text}");
        assert_eq!(text.matches(".parquet").count(), 1, "{below}: {text}");
    }
    let one = folder.path().join("CUR/e/data/BILLING_PERIOD=2026-04/x/e-00001.parquet");
    assert_eq!(told(&one, &["2026-07"]).lines().next(), Some("? by folder"));
}

#[test]
fn without_a_manifest_the_newest_execution_is_taken_by_name() {
    check(
        "e/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-a/e-00001.parquet
         e/data/BILLING_PERIOD=2026-04/2026-04-17T15:24:15.653Z-b/e-00001.parquet",
        "2026-04 by folder
         e/data/BILLING_PERIOD=2026-04/2026-04-17T15:24:15.653Z-b/e-00001.parquet
         execution-by-name: no manifest decides among 2 executions of 2026-04;
         took `2026-04-17T15:24:15.653Z-b` by name
         no-manifest: no manifest for the files of 2026-04: completeness unverified",
    );
    refused(
        "20220401-20220501/aaaa-1/c-00001.parquet
         20220401-20220501/bbbb-2/c-00001.parquet",
        "DELIVERY-WHICH-EXECUTION",
    );
    refused(
        "20220401-20220501/20220503T120125Z/c-00001.parquet
         20220401-20220501/c-00001.parquet",
        "DELIVERY-MIXED",
    );
}

#[test]
fn copies_of_the_manifest_in_execution_folders_are_enough() {
    check(
        "20220401-20220501/20220503T120125Z/c-Manifest.json
         <- 20220401-20220501/20220503T120125Z/c-00001.parquet
         20220401-20220501/20220503T120125Z/c-00001.parquet
         20220401-20220501/20220504T120125Z/c-Manifest.json
         <- 20220401-20220501/20220504T120125Z/c-00001.parquet
         20220401-20220501/20220504T120125Z/c-00001.parquet",
        "2022-04 by manifest
         20220401-20220501/20220504T120125Z/c-00001.parquet
         execution-by-name: no manifest decides among 2 executions;
         took `20220401-20220501/20220504T120125Z/c-Manifest.json` by name",
    );
}

#[test]
fn files_outside_the_manifest_are_ignored_and_counted() {
    check(
        "e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json
         <- s3://b/e/data/BILLING_PERIOD=2026-04/e-00001.parquet
         e/data/BILLING_PERIOD=2026-04/e-00001.parquet
         e/data/BILLING_PERIOD=2026-04/e-00002.parquet
         e/data/BILLING_PERIOD=2026-04/.e-00003.parquet
         e/data/BILLING_PERIOD=2026-04/e-00004.parquet.crc
         e/data/BILLING_PERIOD=2026-04/_SUCCESS
         e/data/old.parquet",
        "2026-04 by manifest
         e/data/BILLING_PERIOD=2026-04/e-00001.parquet
         unlisted-files: 2 files are not in the manifest and were ignored,
         such as `e/data/BILLING_PERIOD=2026-04/e-00002.parquet`",
    );
}

#[test]
fn a_flat_folder_is_read_whole_and_keeps_its_unknown_months() {
    let folder = tree("Oct2018.parquet\nsub/Nov2018.PARQUET\nnotes.txt");
    let expected = "? by folder Oct2018.parquet sub/Nov2018.PARQUET \
                    no-manifest: no manifest for the files: completeness unverified";
    assert_eq!(one_line(&told(folder.path(), &[])), expected);
    assert_eq!(one_line(&told(folder.path(), &["2018-10"])), expected);
}

#[test]
fn flat_copies_of_two_months_keep_to_their_own_manifests() {
    check(
        "april/e-Manifest.json <- s3://b/e/data/BILLING_PERIOD=2026-04/x/e-00001.parquet
         april/e-00001.parquet
         may/e-Manifest.json <- s3://b/e/data/BILLING_PERIOD=2026-05/y/e-00001.parquet
         may/e-00001.parquet",
        "2026-04 by manifest
         april/e-00001.parquet
         2026-05 by manifest
         may/e-00001.parquet",
    );
    refused(
        "April-Manifest.json <- s3://b/e/data/BILLING_PERIOD=2026-04/x/e-00001.parquet
         May-Manifest.json <- s3://b/e/data/BILLING_PERIOD=2026-05/y/e-00001.parquet
         e-00001.parquet",
        "DELIVERY-TWICE-LISTED `e-00001.parquet` is listed twice",
    );
}

#[test]
fn a_month_that_two_exports_bill_is_refused() {
    refused(
        "hourly/hourly/year=2025/month=6/hourly-00001.parquet
         daily/data/BILLING_PERIOD=2025-06/daily-00001.parquet",
        "DELIVERY-TWO-EXPORTS two exports bill `2025-06`: `daily` and `hourly/hourly`",
    );
    refused(
        "year=2025/month=6/hourly-00001.parquet
         year=2025/month=6/daily-00001.parquet",
        "DELIVERY-TWO-EXPORTS two exports bill `2025-06`: `daily` and `hourly`",
    );
    refused(
        "metadata/BILLING_PERIOD=2025-06/a-Manifest.json
         <- s3://b/data/BILLING_PERIOD=2025-06/a-00001.parquet
         metadata/BILLING_PERIOD=2025-06/b-Manifest.json
         <- s3://b/data/BILLING_PERIOD=2025-06/b-00001.parquet
         data/BILLING_PERIOD=2025-06/a-00001.parquet
         data/BILLING_PERIOD=2025-06/b-00001.parquet",
        "DELIVERY-TWO-EXPORTS two exports bill `2025-06`: `a` of",
    );
}

#[test]
fn an_export_may_follow_another_in_time() {
    let folder = tree(
        "cur/cur/year=2025/month=5/cur-00001.parquet
         exp/data/BILLING_PERIOD=2025-06/exp-00001.parquet",
    );
    let text = told(folder.path(), &[]);
    assert!(text.starts_with("2025-05 by") && text.contains("2025-06 by"), "{text}");
}

#[test]
fn a_month_in_two_spellings_is_refused() {
    refused(
        "cur/year=2025/month=6/cur-00001.parquet
         cur/year=2025/month=06/cur-00001.parquet",
        "DELIVERY-MONTH-TWICE two folders hold `2025-06`: `cur/year=2025/month=06` and",
    );
}

#[test]
fn half_a_month_and_strays_are_refused() {
    refused("20250601-20250616/c-00001.parquet", "DELIVERY-ODD-PERIOD");
    refused("a.parquet\nyear=2025/month=6/b-00001.parquet", "DELIVERY-STRAY-FILE `a.parquet`");
}

#[test]
fn a_month_that_is_not_there_is_answered_with_those_that_are() {
    let folder = tree("year=2025/month=6/c-00001.parquet\nyear=2025/month=11/c-00001.parquet");
    assert_eq!(
        told(folder.path(), &["2025-06", "2025-07"]),
        "DELIVERY-NO-SUCH-MONTH there is no `2025-07` here, only `2025-06`, `2025-11`"
    );
}

#[test]
fn csv_exports_are_named_and_parquet_beside_them_is_pointed_at() {
    let lines = "e/metadata/BILLING_PERIOD=2026-04/e-Manifest.json
         <- s3://b/e/data/BILLING_PERIOD=2026-04/e-00001.csv.gz
         e/data/BILLING_PERIOD=2026-04/e-00001.csv.gz";
    refused(lines, "DELIVERY-CSV CSV exports are not read yet, and `e/metadata/");
    let folder = tree(&format!("{lines}\ne/twin/BILLING_PERIOD=2026-04/e-00001.parquet"));
    let error = delivery::find(&Origin::Disk, folder.path(), None).unwrap_err();
    assert!(error.hints()[0].contains("e/twin`"), "{:?}", error.hints());
    refused("a/b.csv.gz", "DELIVERY-NO-EXPORT");
    refused("a/b.txt", "DELIVERY-NO-EXPORT");
}

#[test]
fn keys_never_lead_out_of_the_source() {
    for key in [
        "p/../../secret.parquet",
        "s3://b/data/../x.parquet",
        "file:///etc/x.parquet",
        "s3://only-a-bucket",
        "s3://one/a.parquet, s3://two/b.parquet",
    ] {
        let lines = format!("e/x-Manifest.json <- {key}\ne/a.parquet\ne/b.parquet");
        refused(&lines, "DELIVERY-UNSAFE-KEY the manifest `e/x-Manifest.json` names");
    }
    let outside =
        tree("in/x-Manifest.json <- /out/secret.parquet\nout/secret.parquet\nin/a.parquet");
    let text = told(&outside.path().join("in"), &[]);
    assert!(text.starts_with("DELIVERY-FILES-MISSING"), "{text}");
}

#[test]
fn absent_files_are_counted_and_named() {
    let keys: Vec<_> = (1..=7).map(|n| format!("p/year=2025/month=6/c-{n:05}.parquet")).collect();
    let lines = format!(
        "20250601-20250701/c-Manifest.json <- {}\nyear=2025/month=6/c-00003.parquet",
        keys.join(", ")
    );
    refused(
        &lines,
        "DELIVERY-FILES-MISSING the manifest `20250601-20250701/c-Manifest.json`
         names 6 files that are not here: `p/year=2025/month=6/c-00001.parquet`, ",
    );
    let doubled = "20250601-20250701/c-Manifest.json <- p/c-00001.parquet, q/c-00001.parquet
                   20250601-20250701/c-00001.parquet";
    refused(doubled, "DELIVERY-TWICE-LISTED");
}

#[test]
fn a_manifest_that_lists_nothing_is_an_empty_month() {
    check("20250601-20250701/c-Manifest.json", "2025-06 by manifest");
}

#[test]
fn a_broken_manifest_is_named() {
    let folder = tree("20250601-20250701/c-Manifest.json");
    let path = folder.path().join("20250601-20250701/c-Manifest.json");
    for (bytes, expected) in [
        (b"{\"reportKeys\":[\"a".to_vec(), "not the JSON expected"),
        (b"{}".to_vec(), "neither `reportKeys` nor `dataFiles`"),
        (
            b"{\"reportKeys\":[],\"billingPeriod\":{\"start\":\"20250501T000000.000Z\"}}".to_vec(),
            "2025-05 but",
        ),
        (vec![b' '; (64 << 20) + 1], "larger than 64 MiB"),
    ] {
        fs::write(&path, bytes).unwrap();
        let text = told(folder.path(), &[]);
        assert!(text.starts_with("DELIVERY-MANIFEST ") && text.contains(expected), "{text}");
    }
}

#[test]
fn a_source_that_is_not_there_is_named() {
    let folder = tree("a.parquet\nc-Manifest.json");
    let text = told(&folder.path().join("b.parquet"), &[]);
    assert!(text.starts_with("DELIVERY-NO-PATH there is no `"), "{text}");
    let text = told(&folder.path().join("c-Manifest.json"), &[]);
    assert!(text.starts_with("DELIVERY-MANIFEST-AS-SOURCE"), "{text}");
}
