//! Stored: random bills through the store.
//!
//! In:    random lines, as exports of several layouts.
//! Out:   the same answers and books from the store as from the files.
//! Never: looks at a segment; questions and books tell whether one was right.

use std::path::Path;

use curtail::model::stored::{Instant, Keep, Pins};
use curtail::origin::Origin;
use curtail::pipeline::{self, Bill, IngestSettings};
use curtail::store::{Holder, Home};
use proptest::prelude::*;
use tempfile::TempDir;

use super::bill::{Line, bills, export};
use super::{CUTS, METRICS, cases, said};
use crate::support::ask::by;
use crate::support::export::{Export, Schema, TagHome};

/// Puts a source into a store of its own.
fn ingested(source: &Path, store: &Path, threads: usize) -> Bill {
    let at = Instant("2026-11-22T00:00:00Z".to_owned());
    let (tool, command) = ("test".to_owned(), "ingest".to_owned());
    let holder = Holder { pid: 1, started: at.clone(), tool, command };
    let (home, months, keep) = (Home::of(store), Vec::new(), Keep::All);
    let settings = IngestSettings {
        home: home.clone(),
        months,
        keep,
        threads,
        at,
        holder,
        origin: Origin::Disk,
    };
    pipeline::ingest(&[source.to_owned()], &settings, &|_| ()).unwrap_or_else(|e| panic!("{e}"));
    Bill::Store { home, versions: Pins::new() }
}

/// Files and store say the same of every cut.
fn agree(source: &Path, metric: &str, threads: usize) -> Result<(), TestCaseError> {
    let store = TempDir::new().unwrap();
    let bill = ingested(source, &store.path().join("store"), threads);
    for cut in CUTS {
        let ask = by(&cut.join(",")).metric(metric).hours();
        let [files, stored] = [ask.of(source), ask.of_bill(bill.clone())]
            .map(|found| said(found.unwrap_or_else(|error| panic!("{error}"))));
        prop_assert_eq!(files, stored, "{:?} {}", cut, metric);
    }
    Ok(())
}

fn in_its_month(export: &Export, folder: &Path) {
    let month = folder.join("data/BILLING_PERIOD=2026-04");
    std::fs::create_dir_all(&month).unwrap();
    export.write(&month.join("export-00001.parquet"));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_month_in_the_store_answers_as_its_files_do(
        lines in bills(),
        homes in 0..4_usize,
        row_group in 1..9_usize,
        metric in 0..METRICS.len(),
    ) {
        let plain = export(Schema::Cur2, &lines).row_groups_of(row_group);
        let export = match homes {
            0 => plain,
            1 => plain.tags_in(&[TagHome::Tags]),
            2 => plain.tags_in(&[TagHome::Tags, TagHome::ResourceTags]),
            _ => plain.tags_in(&[TagHome::Columns, TagHome::ResourceTags]),
        };
        let folder = TempDir::new().unwrap();
        in_its_month(&export, folder.path());
        agree(folder.path(), METRICS[metric], 1 + row_group % 3)?;
    }

    #[test]
    fn months_that_only_rows_tell_are_stored_one_by_one(
        lines in bills(),
        metric in 0..METRICS.len(),
    ) {
        let lines: Vec<Line> =
            lines.into_iter().filter(|line| line.text("month").is_some()).collect();
        prop_assume!(!lines.is_empty());
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("export.parquet");
        export(Schema::Cur2, &lines).write(&file);
        agree(&file, METRICS[metric], 2)?;
    }
}
