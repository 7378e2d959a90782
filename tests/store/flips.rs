//! Flips: bytes that rot are found, whichever they are.
//!
//! In:    every file of a small store, one byte of it changed.
//! Out:   `verify` ends with 3 and names the file; or the store refuses to open.
//! Never: an answer from a store that is not as it was written.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use curtail::store::{Home, Store};

use super::{SECOND_ANSWER, Shop};
use crate::support::export::Export;

/// Changes one bit of every `stride`-th byte, one at a time.
fn flipped(stride: usize) {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    let store = shop.store();
    let looked_at = AtomicUsize::new(0);
    for file in shop.files().into_keys() {
        let good = fs::read(&file).unwrap();
        for at in (0..good.len()).step_by(stride) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&file, &bad).unwrap();
            let name = file.strip_prefix(&store).unwrap();
            assert!(is_found(&store, name), "byte {at} of {} is not missed", name.display());
            looked_at.fetch_add(1, Ordering::Relaxed);
        }
        fs::write(&file, &good).unwrap();
    }
    assert!(looked_at.into_inner() > 100);
    shop.run("verify --store store").succeeded();
}

#[test]
fn a_changed_byte_is_found() {
    flipped(211);
}

#[test]
#[ignore = "some minutes: every byte of every file"]
fn every_changed_byte_is_found() {
    flipped(1);
}

#[test]
fn a_damaged_month_is_told_and_ingested_again_alone() {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    let is_segment = |file: &&std::path::PathBuf| file.extension().is_some_and(|e| e == "parquet");
    let files = shop.files();
    let newest = files.keys().filter(is_segment).max().unwrap();
    let mut bytes = fs::read(newest).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0x40;
    fs::write(newest, bytes).unwrap();
    let told = shop.run("verify --store store --wide");
    assert_eq!(told.code, Some(3), "{}", told.transcript());
    let name = newest.file_name().unwrap().to_str().unwrap();
    assert!(told.stdout.contains(name) && told.stdout.contains("2026-10"), "{}", told.stdout);
    let _ = shop.run("ingest exports --store store --threads 1 --keep all").succeeded();
    assert_eq!(shop.answer(), SECOND_ANSWER);
}

#[test]
fn a_damaged_month_leaves_the_others_readable() {
    let shop = Shop::with_news();
    let bill = Export::cur2("cost | user | day | month\n7 | d-1/zoë | 2026-08-01 | 2026-08-01");
    bill.write(&shop.sandbox.path("exports/BILLING_PERIOD=2026-08/e-00001.parquet"));
    shop.ingest().succeeded();
    let files = shop.files();
    let is_august = |file: &&std::path::PathBuf| file.display().to_string().contains("2026-08");
    fs::remove_file(files.keys().find(is_august).unwrap()).unwrap();
    let october = shop.run("spend --store store --by user --month 2026-10 --format json").json();
    assert_eq!(super::answer_of(&october), SECOND_ANSWER);
    shop.run("statement --store store --all --month 2026-10").succeeded();
    let told = shop.run("spend --store store --by user").failed_with(3);
    assert!(told.contains("STORE-DAMAGED") && told.contains("2026-08"), "{told}");
    // What the store holds is told all the same; `verify` tells how it is.
    let status = shop.run("status --store store --format csv").succeeded();
    assert!(status.contains("2026-08") && status.contains("2026-10"), "{status}");
    shop.ingest().succeeded();
    shop.run("spend --store store --by user").succeeded();
}

#[test]
fn files_that_are_cut_missing_or_swapped_are_found() {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    let files: Vec<_> = shop.files().into_keys().collect();
    let store = shop.store();
    for file in &files {
        let good = fs::read(file).unwrap();
        let name = file.strip_prefix(&store).unwrap();
        // What carries no data is made again by the next writer.
        if good.is_empty() || name == Path::new("lock") {
            continue;
        }
        fs::write(file, &good[..good.len() / 2]).unwrap();
        assert!(is_found(&store, name), "{} cut short", name.display());
        fs::write(file, vec![0; good.len()]).unwrap();
        assert!(is_found(&store, name), "{} filled with zeros", name.display());
        fs::remove_file(file).unwrap();
        assert!(is_found(&store, name), "{} missing", name.display());
        fs::write(file, &good).unwrap();
    }
    let segments: Vec<_> =
        files.iter().filter(|file| file.extension().is_some_and(|e| e == "parquet")).collect();
    let [a, b] = [segments[0], segments[1]];
    let [of_a, of_b] = [a, b].map(|file| fs::read(file).unwrap());
    fs::write(a, &of_b).unwrap();
    fs::write(b, &of_a).unwrap();
    assert!(is_found(&store, a.strip_prefix(&store).unwrap()));
}

/// `verify` does not end well, and names the file; or the store does not even open.
fn is_found(store: &Path, name: &Path) -> bool {
    let name = name.file_name().unwrap().to_str().unwrap();
    match Store::open(&Home::of(store)) {
        Err(error) => error.to_string().contains(name),
        Ok(opened) => {
            let found = opened.verify(&|_| ()).unwrap();
            found
                .problems
                .iter()
                .any(|problem| problem.damage.file.display().to_string().contains(name))
        }
    }
}
