//! Command: the data set as people get it, from an export and from a store.
//!
//! In:    a sample bill, its rules, a store of it.
//! Out:   the same bytes from both, in both formats.
//! Never: knows what a column means.

use std::fs;

use super::samples;
use crate::support::Sandbox;

#[test]
fn an_export_and_its_store_give_the_same_bytes() {
    let sandbox = Sandbox::new();
    let export = samples().join("cur2").display().to_string();
    let rules = samples().join("tenants").read_dir().unwrap();
    let rules = rules.map(|entry| entry.unwrap().path().join("tenants.toml"));
    let rules = rules.filter(|file| file.is_file()).min().unwrap().display().to_string();
    sandbox.curtail(&["ingest", &export, "--store", "store", "--keep", "all"]).succeeded();
    for file in ["charges.parquet", "charges.csv"] {
        let written = |name: &str, source: &[&str]| {
            let name = format!("{name}-{file}");
            let asked = ["spend", "--format", "focus", "--tenants", &rules, "-o", &name];
            sandbox.curtail(&[&asked[..], source].concat()).succeeded();
            fs::read(sandbox.path(name)).unwrap()
        };
        let from_export = written("export", &[&export]);
        assert!(from_export.len() > 1000);
        assert!(from_export == written("store", &["--store", "store"]), "{file}");
    }
}
