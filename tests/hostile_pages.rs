//! Hostile pages: headers that ask for memory, or count what is not there.
//!
//! In:    the bytes of a good column chunk with one value of its page header changed.
//! Out:   a refusal that names file, row group, column and page.
//! Never: unpacks a page.

use std::path::Path;

use curtail::diagnostic::{Place, Refusal};
use curtail::scan::footer::{ChunkPromise, FooterFacts, FooterLimits};
use curtail::scan::footer::{check_page_headers, refuse_twins};

use crate::hostile::inspected;
use crate::support::footer_editor::{Parts, Value, good_file};

/// Fields of `PageHeader`.
const TYPE: i64 = 1;
const UNPACKED: i64 = 2;
const PACKED: i64 = 3;
const DATA_PAGE: i64 = 5;

/// A column chunk of one page.
struct Chunk {
    header: Value,
    body: Vec<u8>,
    promise: ChunkPromise,
}

impl Chunk {
    fn good() -> Self {
        let mut parts = Parts::of(&good_file());
        let column = parts.footer.at(&[4, 0, 1, 1, 3]);
        let number = |value: &Value| usize::try_from(value.number()).unwrap();
        let (start, length) = (number(column.at(&[9])), number(column.at(&[7])));
        let promise = ChunkPromise {
            values: number(column.at(&[5])) as u64,
            unpacked_bytes: number(column.at(&[6])) as u64,
        };
        let (header, size) = Value::read_struct(&parts.body[start..]);
        Self { header, body: parts.body[start + size..start + length].to_vec(), promise }
    }

    fn check(&self) -> Result<(), Refusal> {
        self.check_bytes(&[self.header.write(), self.body.clone()].concat())
    }

    fn check_bytes(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let place = Place::file("hostile.parquet").in_row_group(0).in_column("cost");
        check_page_headers(bytes, self.promise, &place, &FooterLimits::default())
    }
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Chunk), code: &str, says: &str) {
    let mut chunk = Chunk::good();
    change(&mut chunk);
    let refusal = chunk.check().unwrap_err();
    let text = refusal.to_string();
    assert_eq!(refusal.code, code, "{text}");
    assert!(text.starts_with("`hostile.parquet`, row group 0, column `cost`: "), "{text}");
    assert!(text.contains(says), "{text}");
}

#[test]
fn a_good_page_is_taken() {
    Chunk::good().check().unwrap();
}

#[test]
fn h11_a_hole_of_zeros() {
    let mut chunk = Chunk::good();
    chunk.header = Value::Struct([].into());
    let refusal = chunk.check().unwrap_err();
    assert_eq!(refusal.code, "PQ-PAGE", "{refusal}");
}

#[test]
fn h30_a_page_that_unpacks_to_more_than_it_may() {
    let unpacked = |bytes| move |chunk: &mut Chunk| chunk.header.at(&[UNPACKED]).set(bytes);
    refused(unpacked(0x7FFF_FFFF), "PQ-LIMIT", "found one of 2147483647");
    refused(unpacked(200 << 20), "PQ-PAGE", "209715200 bytes unpacked instead of");
}

#[test]
fn h31_a_page_larger_than_its_chunk() {
    let packed = |chunk: &mut Chunk| chunk.header.at(&[PACKED]).set(0x7FFF_FFFF);
    refused(packed, "PQ-PAGE", "2147483647 bytes with");
}

#[test]
fn h32_negative_sizes_and_impossible_counts() {
    for path in [&[UNPACKED][..], &[PACKED], &[DATA_PAGE, 1]] {
        refused(|chunk| chunk.header.at(path).set(-1), "PQ-PAGE", "found -1");
    }
    let count = |chunk: &mut Chunk| chunk.header.at(&[DATA_PAGE, 1]).set(0x7FFF_FFFF);
    refused(count, "PQ-PAGE", "2147483647 values instead of 1000, in page 0 at byte 0");
}

#[test]
fn h36_more_values_promised_than_the_pages_have() {
    let promise = |chunk: &mut Chunk| chunk.promise.values = 2_000_000_000;
    refused(promise, "PQ-PAGE", "expected 2000000000 values, found 1000 values in all its pages");
}

#[test]
fn h42_page_types_and_encodings_that_do_not_exist() {
    refused(|chunk| chunk.header.at(&[TYPE]).set(9), "PQ-PAGE", "page type 9");
    let encoding = |chunk: &mut Chunk| chunk.header.at(&[DATA_PAGE, 2]).set(77);
    refused(encoding, "PQ-ENCODING", "encoding 77");
    let other = |chunk: &mut Chunk| chunk.header.at(&[TYPE]).set(3);
    refused(other, "PQ-PAGE", "a page with the header of its type");
}

#[test]
fn no_cut_or_changed_byte_of_a_page_makes_the_check_panic() {
    let chunk = Chunk::good();
    let good = [chunk.header.write(), chunk.body.clone()].concat();
    for at in 0..chunk.header.write().len() {
        assert!(chunk.check_bytes(&good[..at]).is_err());
        for change in 1..=u8::MAX {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            let _ = chunk.check_bytes(&bytes);
        }
    }
}

#[test]
fn h82_one_file_under_two_names() {
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (path, inspected(bytes).unwrap())
    };
    let (first, second) = (named("a.parquet", &good_file()), named("b.parquet", &good_file()));
    let pairs = |all: [&'_ (std::path::PathBuf, FooterFacts); 2]| {
        refuse_twins(all.map(|(path, facts)| (path as &Path, facts)))
    };
    let refusal = pairs([&first, &second]).unwrap_err();
    assert_eq!(refusal.code, "PQ-TWIN");
    assert!(refusal.to_string().contains("the same bytes as"), "{refusal}");
    let mut other = good_file();
    other[60] ^= 1;
    let other = named("c.parquet", &other);
    pairs([&first, &other]).unwrap();
    let empty = (second.0.clone(), FooterFacts { rows: 0, ..second.1.clone() });
    pairs([&first, &empty]).unwrap();
}
