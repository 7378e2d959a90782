//! Tests: whole small exports, read back.
//!
//! In:    plans of a few hundred to a few thousand rows.
//! Out:   the promises of the room: rows, bytes, sums, folders, columns.
//! Never: asks the product's own reader.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Repetition;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use super::*;

fn written(plan: &SamplePlan) -> SampleSummary {
    write_export(plan, &mut |_| {}).unwrap()
}

fn plan(folder: &tempfile::TempDir, rows: u64, schema: SampleSchema) -> SamplePlan {
    SamplePlan::new(folder.path().join("export"), rows, schema)
}

/// Every file below a folder with its bytes, by its path inside.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut folders = vec![root.to_owned()];
    let mut files = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn truth(summary: &SampleSummary) -> Value {
    serde_json::from_str(&fs::read_to_string(&summary.truth).unwrap()).unwrap()
}

/// A double as an integer of pico-units, by its shortest decimal text.
fn pico(value: f64) -> i128 {
    let text = format!("{value:?}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let shift = 12 + exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
    if shift >= 0 {
        return digits * 10i128.pow(shift.unsigned_abs());
    }
    let divisor = 10i128.pow(shift.unsigned_abs());
    assert_eq!(digits % divisor, 0, "{text} has more than twelve decimals");
    digits / divisor
}

/// The exact sum of a column of doubles over the data files.
fn column_sum(files: &[PathBuf], name: &str) -> (i128, u64) {
    let (mut sum, mut rows) = (0, 0);
    for path in files {
        let file = fs::File::open(path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let column = batch.column_by_name(name).unwrap().as_primitive::<Float64Type>();
            sum += column.iter().flatten().map(pico).sum::<i128>();
            rows += batch.num_rows() as u64;
        }
    }
    (sum, rows)
}

#[test]
fn equal_plans_give_equal_bytes_and_another_seed_gives_others() {
    for schema in [SampleSchema::Cur2, SampleSchema::Legacy] {
        let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let plans: Vec<_> = folders.iter().map(|folder| plan(folder, 700, schema)).collect();
        written(&plans[0]);
        written(&plans[1]);
        written(&SamplePlan { seed: 8, ..plans[2].clone() });
        assert!(tree(&plans[0].out) == tree(&plans[1].out));
        assert!(tree(&plans[0].out) != tree(&plans[2].out));
    }
}

#[test]
fn an_export_has_exactly_the_rows_of_its_plan() {
    for (rows, months, row_group_rows, rows_per_file) in
        [(1, 1, 10, 10), (7, 3, 10, 10), (999, 2, 100, 250), (1_500, 1, 1_000, 300)]
    {
        for granularity in [Granularity::Daily, Granularity::Hourly] {
            let folder = tempfile::tempdir().unwrap();
            let plan = plan(&folder, rows, SampleSchema::Cur2).months(months);
            let plan = SamplePlan { row_group_rows, rows_per_file, granularity, ..plan };
            let mut heard = 0;
            let summary = write_export(&plan, &mut |rows| heard = rows).unwrap();
            let found = column_sum(&summary.files, "line_item_unblended_cost").1;
            assert_eq!((summary.rows, found, heard), (rows, rows, rows));
            assert_eq!(truth(&summary)["total"]["rows"], rows);
        }
    }
}

#[test]
fn truth_equals_what_the_columns_add_up_to() {
    for schema in [SampleSchema::Cur2, SampleSchema::Legacy] {
        let folder = tempfile::tempdir().unwrap();
        let summary = written(&plan(&folder, 3_000, schema));
        let truth = truth(&summary);
        for (column, metric) in
            [("line_item_unblended_cost", "unblended"), ("line_item_blended_cost", "blended")]
        {
            let (sum, _) = column_sum(&summary.files, column);
            let text = crate::model::money::pico_text(sum);
            assert_eq!(truth["total"]["cost"][metric], text, "{column}");
        }
    }
}

/// The identities that hold on every real bill with commitments.
#[test]
fn commitments_cost_what_they_cover_and_what_they_leave_unused() {
    let folder = tempfile::tempdir().unwrap();
    let summary = written(&plan(&folder, 4_000, SampleSchema::Cur2));
    let sum = |name: &str| column_sum(&summary.files, name).0;
    let fees = sum("savings_plan_recurring_commitment_for_billing_period")
        + sum("savings_plan_amortized_upfront_commitment_for_billing_period");
    assert_eq!(fees, sum("savings_plan_total_commitment_to_date"));
    assert_eq!(
        sum("savings_plan_used_commitment"),
        sum("savings_plan_savings_plan_effective_cost")
    );
    assert!(sum("savings_plan_used_commitment") < fees);
    let shares = sum("reservation_amortized_upfront_cost_for_usage")
        + sum("reservation_unused_amortized_upfront_fee_for_billing_period");
    assert_eq!(shares, sum("reservation_amortized_upfront_fee_for_billing_period"));
    assert!(sum("reservation_unused_recurring_fee") > 0);
    let types = &truth(&summary)["by_line_item_type"];
    let cost = |name: &str, metric: &str| {
        let entries = types.as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["line_item_type"] == name).unwrap();
        entry["cost"][metric].as_str().unwrap().to_owned()
    };
    let covered = cost("SavingsPlanCoveredUsage", "unblended");
    assert_eq!(cost("SavingsPlanNegation", "unblended"), format!("-{covered}"));
    assert_eq!(cost("DiscountedUsage", "unblended"), "0");
}

#[test]
fn every_case_shows_in_a_small_export() {
    let folder = tempfile::tempdir().unwrap();
    let truth = truth(&written(&plan(&folder, 2_400, SampleSchema::Cur2)));
    let values = |list: &str, name: &str| -> Vec<String> {
        let entries = truth[list].as_array().unwrap().iter();
        entries.map(|entry| entry[name].as_str().unwrap_or("-").to_owned()).collect()
    };
    for component in [
        "batch-transform",
        "canvas",
        "data-wrangler",
        "efs",
        "feature-store",
        "hosting",
        "hyperpod",
        "notebook-instance",
        "other-service",
        "processing",
        "rstudio",
        "sagemaker-other",
        "data-transfer",
        "mlflow",
        "sagemaker-storage",
        "savings-plan-fee",
        "spot-training",
        "studio-codeeditor",
        "studio-jupyterlab",
        "studio-jupyterserver",
        "studio-kernelgateway",
        "studio-storage",
        "training",
        "training-warm-pool",
        "unified-studio",
    ] {
        assert!(values("by_component", "component").contains(&component.to_owned()), "{component}");
    }
    assert_eq!(
        values("by_reason", "owner_reason"),
        ["efs", "none", "resource-arn", "resource-history", "tag"]
    );
    assert_eq!(values("by_line_item_type", "line_item_type").len(), 12);
}

#[test]
fn columns_are_as_many_and_as_strict_as_those_of_aws() {
    for (schema, count, repetition) in [
        (SampleSchema::Cur2, 131, Repetition::OPTIONAL),
        (SampleSchema::Legacy, 161, Repetition::REQUIRED),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let summary = written(&plan(&folder, 400, schema));
        let reader = SerializedFileReader::new(fs::File::open(&summary.files[0]).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata();
        let root = metadata.schema_descr().root_schema();
        assert_eq!(root.get_fields().len(), count);
        for column in root.get_fields() {
            assert_eq!(column.get_basic_info().repetition(), repetition, "{}", column.name());
        }
        assert_eq!(metadata.created_by(), Some("curtail sample"));
    }
}

#[test]
fn folders_are_those_of_the_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let names = |plan: &SamplePlan| tree(&plan.out).into_keys().collect::<Vec<_>>();
    let cur2 = plan(&folder, 300, SampleSchema::Cur2).months(1);
    written(&cur2);
    assert_eq!(
        names(&cur2),
        [
            "data/BILLING_PERIOD=2026-09/curtail-sample-00001.snappy.parquet",
            "data/BILLING_PERIOD=2026-09/curtail-sample-00002.snappy.parquet",
            "metadata/BILLING_PERIOD=2026-09/curtail-sample-Manifest.json",
            "truth.json",
        ]
    );
    let legacy = SamplePlan { out: folder.path().join("l"), schema: SampleSchema::Legacy, ..cur2 };
    written(&legacy);
    assert_eq!(
        names(&legacy),
        [
            "20260901-20261001/curtail-sample-Manifest.json",
            "curtail-sample/cost_and_usage_data_status/cost_and_usage_data_status.parquet",
            "curtail-sample/year=2026/month=9/curtail-sample-00001.snappy.parquet",
            "curtail-sample/year=2026/month=9/curtail-sample-00002.snappy.parquet",
            "truth.json",
        ]
    );
}

#[test]
fn execution_folders_hold_a_superseded_delivery_beside_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&folder, 300, SampleSchema::Cur2).months(1);
    let plan = SamplePlan { folders: DeliveryFolders::PerExecution, ..plan };
    let summary = written(&plan);
    let data: Vec<_> =
        tree(&plan.out).into_keys().filter(|name| name.starts_with("data/")).collect();
    assert_eq!((data.len(), summary.files.len()), (2, 1));
    assert!(data[0].contains("/2026-10-02T") && data[1].contains("/2026-10-04T"));
    let manifest = plan.out.join("metadata/BILLING_PERIOD=2026-09/curtail-sample-Manifest.json");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(manifest).unwrap()).unwrap();
    let files = manifest["dataFiles"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].as_str().unwrap().ends_with(&data[1]));
}

#[test]
fn a_folder_with_anything_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kept"), "x").unwrap();
    let plan = SamplePlan::new(folder.path(), 10, SampleSchema::Cur2);
    let error = write_export(&plan, &mut |_| {}).unwrap_err();
    assert!(matches!(error, SampleError::OutNotEmpty { .. }));
    assert_eq!(tree(folder.path()).len(), 1);
}

#[test]
fn both_schemas_tell_the_same_story() {
    let folder = tempfile::tempdir().unwrap();
    let story = |schema: SampleSchema| {
        let out = folder.path().join(schema.name());
        let mut truth = truth(&written(&SamplePlan::new(out, 2_000, schema)));
        truth["schema"] = Value::Null;
        truth
    };
    assert_eq!(story(SampleSchema::Legacy), story(SampleSchema::Cur2));
}

/// The commands are in `sample-data/README.md`.
#[test]
fn the_committed_small_set_is_what_its_commands_write() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let mut bytes = 0;
    for schema in [SampleSchema::Cur2, SampleSchema::Legacy] {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(&folder, 2_400, schema);
        written(&plan);
        let (expected, found) = (tree(&plan.out), tree(&committed.join(schema.name())));
        let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
        assert!(found == expected, "run the commands of `sample-data/README.md` again");
        bytes += found.values().map(Vec::len).sum::<usize>();
    }
    assert!(bytes < 1_000_000, "{bytes} bytes are too many to commit");
}
