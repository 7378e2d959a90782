//! Stores: mistakes with what is, or is to be, kept.
//!
//! In:    stores of one month, whole and damaged.
//! Out:   cases of `complaints`.
//! Never: a case whose words tell a process or the time of the run.

use std::fs;

use curtail::model::digest::Digest;

use super::{Case, below_a_file, bill, good, one};
use crate::support::Sandbox;
use crate::support::export::Export;

pub(super) const CASES: &[Case] = &[
    ("store_and_source", good, "spend exports --store store"),
    ("store_not_there", good, "status --store store"),
    ("store_below_a_file", below_a_file, "ingest exports --store file.txt/store"),
    ("store_among_other_files", good, "ingest exports --store exports"),
    ("store_without_the_month", stored, "spend --store store --month 2026-08"),
    ("store_of_a_newer_version", newer, "spend --store store"),
    ("store_damaged", rotten, "verify --store store"),
    ("store_without_a_file", incomplete, "spend --store store"),
    ("store_being_written", written, "ingest exports --store store"),
    ("ingest_of_nothing", |_| {}, "ingest"),
    ("ingest_keeps_what", good, "ingest exports --keep some"),
    ("ingest_of_two_bills", two_bills, "ingest exports others --store store"),
    (
        "ingest_without_months",
        |s| one(s, &bill().without(&["month"])),
        "ingest bill.parquet --store store",
    ),
];

/// A store that holds a good month.
fn stored(sandbox: &Sandbox) {
    good(sandbox);
    sandbox.curtail(&["ingest", "exports", "--store", "store"]).succeeded();
}

/// Changes the catalogue of a store, and seals it again so that nobody notices.
fn catalogued(sandbox: &Sandbox, change: fn(&mut [u8])) {
    stored(sandbox);
    let path = sandbox.path("store/catalogue.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let database = bytes.len() - "\ncurtail seal \n".len() - 64;
    change(&mut bytes[..database]);
    let seal = format!("\ncurtail seal {}\n", Digest::of(&bytes[..database]));
    bytes[database..].copy_from_slice(seal.as_bytes());
    fs::write(&path, bytes).unwrap();
}

/// SQLite keeps the number of the format at byte 60.
fn newer(sandbox: &Sandbox) {
    catalogued(sandbox, |bytes| bytes[60..64].copy_from_slice(&99_u32.to_be_bytes()));
}

fn rotten(sandbox: &Sandbox) {
    stored(sandbox);
    let path = sandbox.path("store/catalogue.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    bytes[5000] ^= 1;
    fs::write(&path, bytes).unwrap();
}

fn incomplete(sandbox: &Sandbox) {
    stored(sandbox);
    let segment = "store/charges/billing_period=2026-10/00000001-000.parquet";
    fs::remove_file(sandbox.path(segment)).unwrap();
}

/// Another delivery of a month, while the store is held by a process that said who it is.
fn written(sandbox: &Sandbox) {
    stored(sandbox);
    let again = Export::cur2("cost | user\n3 | d-1/alice");
    again.write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    let facts = "pid 4711\nstarted 2026-11-22T18:26:28Z\ntool 0.1.0\ncommand ingest\n";
    let text = format!("{facts}digest {}\n", Digest::of(facts.as_bytes()));
    let file = fs::File::open(sandbox.write("store/lock", text)).unwrap();
    file.lock().unwrap();
    // Held for as long as the test runs.
    std::mem::forget(file);
}

fn two_bills(sandbox: &Sandbox) {
    good(sandbox);
    bill().write(&sandbox.path("others/BILLING_PERIOD=2026-10/e-00001.parquet"));
}
