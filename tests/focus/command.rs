//! Command: the data set as people get it, from an export and from a store.
//!
//! In:    a sample bill, its rules, a store of it.
//! Out:   the same from both: CSV to the byte, Parquet to the last type and value.
//! Never: knows what a column means.

use std::fs;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::samples;
use crate::support::Sandbox;

fn rules() -> String {
    let folders = samples().join("tenants").read_dir().unwrap();
    let files = folders.map(|entry| entry.unwrap().path().join("tenants.toml"));
    files.filter(|file| file.is_file()).min().unwrap().display().to_string()
}

/// What a source writes into a file of this name.
fn written(sandbox: &Sandbox, file: &str, source: &[&str]) -> PathBuf {
    let rules = rules();
    let asked = ["spend", "--format", "focus", "--tenants", &rules, "-o", file];
    sandbox.curtail(&[&asked[..], source].concat()).succeeded();
    sandbox.path(file)
}

#[test]
fn an_export_and_its_store_give_the_same_data_set() {
    let sandbox = Sandbox::new();
    let export = samples().join("cur2").display().to_string();
    sandbox.curtail(&["ingest", &export, "--store", "store", "--keep", "all"]).succeeded();
    let both = |kind: &str| {
        let from_export = written(&sandbox, &format!("export.{kind}"), &[&export]);
        [from_export, written(&sandbox, &format!("store.{kind}"), &["--store", "store"])]
    };
    let [from_export, from_store] = both("csv").map(|file| fs::read(file).unwrap());
    assert!(from_export.len() > 100_000);
    assert!(from_export == from_store, "CSV");

    // A store knows invoices where an export has its age, so which months are called provisional in
    // the facts about the file may differ.
    let [from_export, from_store] = both("parquet").map(|file| {
        let bytes = bytes::Bytes::from(fs::read(file).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let schema = reader.schema().clone().fields().clone();
        let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let columns: Vec<_> = batches.iter().map(|batch| batch.columns().to_vec()).collect();
        (schema, columns)
    });
    assert!(from_export == from_store, "Parquet");
}
