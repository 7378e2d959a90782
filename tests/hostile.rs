//! Hostile files: what is not what it says is refused before anything is believed.
//!
//! In:    other files under Parquet's name, and good ones with a damaged end; the numbers are those
//!        of our catalogue of bad input.
//! Out:   a refusal that names the file, the place, the fact, and what to do next.
//! Never: needs more memory than the file itself, or a second.

use std::fs::{self, File};
use std::path::Path;

use curtail::diagnostic::Refusal;
use curtail::scan::footer::{self, FooterFacts, FooterLimits};

use crate::support::footer_editor::{Parts, Value, good_file};

pub(crate) fn inspected(bytes: &[u8]) -> Result<FooterFacts, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.parquet");
    fs::write(&path, bytes).unwrap();
    let name = Path::new("bucket/hostile.parquet");
    footer::inspect(&File::open(path).unwrap(), name, &FooterLimits::default())
}

/// The refusal has this code and says this, and it names the file and the next step.
#[track_caller]
pub(crate) fn refused(bytes: &[u8], code: &str, says: &str) {
    let refusal = inspected(bytes).unwrap_err();
    let text = refusal.to_string();
    assert_eq!(refusal.code, code, "{text}");
    assert!(text.starts_with("`bucket/hostile.parquet`"), "{text}");
    assert!(text.contains(says), "{text}");
    assert!(!refusal.hint.is_empty());
}

#[track_caller]
pub(crate) fn refused_with(change: impl FnOnce(&mut Value), code: &str, says: &str) {
    refused(&edited(change), code, says);
}

pub(crate) fn edited(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut parts = Parts::of(&good_file());
    change(&mut parts.footer);
    parts.join()
}

#[test]
fn a_good_file_is_taken_and_so_is_its_copy_by_the_editor() {
    for bytes in [good_file(), edited(|_| {})] {
        let facts = inspected(&bytes).unwrap();
        assert_eq!((facts.rows, facts.row_groups, facts.columns), (1_000, 1, 3));
        assert_eq!(facts.file_bytes, bytes.len() as u64);
    }
}

#[test]
fn h01_an_empty_object() {
    refused(b"", "PQ-EMPTY", "found an empty one");
}

#[test]
fn h02_nothing_but_magic() {
    refused(b"PAR1", "PQ-TRUNCATED", "4 bytes, too short");
    refused(b"PAR1PAR1", "PQ-TRUNCATED", "8 bytes, too short");
}

#[test]
fn h03_a_footer_of_no_bytes() {
    refused(b"PAR1\0\0\0\0PAR1", "PQ-FOOTER", "an empty one");
}

#[test]
fn h04_an_error_page_of_the_store() {
    let page = b"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>";
    refused(page, "PQ-NOT-PARQUET", "an XML error page: AccessDenied; check the permissions");
}

#[test]
fn h05_csv_text() {
    let text = b"identity/LineItemId,identity/TimeInterval\na,b\n";
    refused(text, "PQ-NOT-PARQUET", "looks like CSV; CSV exports are not read");
}

#[test]
fn h06_gzip_around_it() {
    let packed = [b"\x1F\x8B\x08\0".as_slice(), &good_file()[..100]].concat();
    refused(&packed, "PQ-NOT-PARQUET", "gzip; decompress it first");
}

#[test]
fn h07_h08_a_file_that_was_cut_off() {
    let good = good_file();
    for length in [good.len() - 1, good.len() / 2, 5] {
        refused(&good[..length], "PQ-TRUNCATED", &format!("after {length} bytes: it is cut off"));
    }
}

#[test]
fn h09_data_cut_out_of_the_middle() {
    let mut parts = Parts::of(&good_file());
    parts.body.truncate(100);
    refused(&parts.join(), "PQ-CHUNK", "row group 0, column `id`: expected data inside the file");
}

#[test]
fn h10_a_line_break_behind_it() {
    let longer = [good_file(), b"\n".to_vec()].concat();
    refused(&longer, "PQ-TRAILING", "other bytes behind it, 1 of them");
}

#[test]
fn h12_h13_one_end_overwritten() {
    let mut bytes = good_file();
    bytes[..4].copy_from_slice(b"ABCD");
    refused(&bytes, "PQ-MAGIC", "as if overwritten");
    let mut bytes = good_file();
    let end = bytes.len();
    bytes[end - 1] = b'2';
    refused(&bytes, "PQ-TRUNCATED", "`PAR1` at the end");
}

#[test]
fn h14_two_files_in_one() {
    let glued = [good_file(), good_file()].concat();
    refused(&glued, "PQ-COVERAGE", "that belong to no column");
    assert!(inspected(&glued).unwrap_err().hint.contains("two files in one?"));
}

#[test]
fn h15_other_formats_by_their_magic() {
    for (head, says) in [
        (b"PK\x03\x04".as_slice(), "zip"),
        (b"ORC", "ORC"),
        (b"Obj\x01", "Avro"),
        (b"ARROW1\0\0", "Arrow IPC"),
        (b"\0\0\0\0\0\0", "zeros"),
    ] {
        refused(&[head, &[7; 600]].concat(), "PQ-NOT-PARQUET", says);
    }
}
