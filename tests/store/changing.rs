//! Changing: deliveries that change or vanish while they are read.
//!
//! In:    an `ingest` that dawdles in the middle of reading, an export that is swapped meanwhile.
//! Out:   one delivery or the other, or a refusal that names the file; never some of both.
//! Never: needs luck to hit the middle.

use std::fs;
use std::time::Duration;

use super::calls::{Call, can_be_disturbed, reads_of};
use super::{FILE, FIRST, FIRST_ANSWER, INGEST, SECOND, SECOND_ANSWER, Shop};
use crate::support::export::Export;

/// Long enough for an ingest to come to the read before which it waits.
const MEANWHILE: Duration = Duration::from_millis(300);

/// Some reads of the export, from the first to the last.
fn some_reads(shop: &Shop) -> Vec<Call> {
    let reads = reads_of(shop, INGEST);
    fs::remove_dir_all(shop.store()).unwrap();
    let stride = (reads.len() / 5).max(1);
    assert!(reads.len() > 5, "{reads:?}");
    reads.into_iter().step_by(stride).collect()
}

/// Swaps the export while an ingest waits before a read of it; tells how that ended.
fn swapped(shop: &Shop, read: &Call, swap: &dyn Fn()) -> Option<i32> {
    let mut ingest = shop.spawn_delayed(INGEST, read, Duration::from_millis(600));
    std::thread::sleep(MEANWHILE);
    swap();
    ingest.wait().unwrap().code()
}

fn swaps_are_noticed(swap: &dyn Fn(&Shop), allowed: &[&str]) {
    if !can_be_disturbed() {
        return;
    }
    let shop = Shop::new();
    shop.deliver(FIRST);
    for read in some_reads(&shop) {
        let shop = Shop::new();
        shop.deliver(FIRST);
        let code = swapped(&shop, &read, &|| swap(&shop));
        let answer = shop.answer();
        match code {
            Some(0) => assert!(allowed.contains(&answer.as_str()), "{read:?}: {answer}"),
            Some(1 | 4) => assert_eq!(answer, super::NO_ANSWER, "{read:?}"),
            other => panic!("{read:?}: exit {other:?}"),
        }
    }
}

#[test]
fn a_file_that_is_replaced_while_it_is_read() {
    let swap = |shop: &Shop| {
        let path = shop.sandbox.path("new");
        Export::cur2(SECOND).write(&path);
        fs::rename(path, shop.sandbox.path(FILE)).unwrap();
    };
    swaps_are_noticed(&swap, &[FIRST_ANSWER, SECOND_ANSWER]);
}

#[test]
fn a_file_that_is_overwritten_while_it_is_read() {
    swaps_are_noticed(&|shop| shop.deliver(SECOND), &[FIRST_ANSWER, SECOND_ANSWER]);
}

#[test]
fn a_file_that_vanishes_while_it_is_read() {
    swaps_are_noticed(&|shop| fs::remove_file(shop.sandbox.path(FILE)).unwrap(), &[FIRST_ANSWER]);
}

#[test]
fn a_file_that_is_cut_short_while_it_is_read() {
    let cut = |shop: &Shop| {
        let bytes = fs::read(shop.sandbox.path(FILE)).unwrap();
        fs::write(shop.sandbox.path(FILE), &bytes[..bytes.len() / 2]).unwrap();
    };
    swaps_are_noticed(&cut, &[FIRST_ANSWER]);
}

/// A delivery of two files is one delivery: both of the first, or both of the second.
#[test]
fn files_that_belong_together_are_read_together() {
    if !can_be_disturbed() {
        return;
    }
    let folder = |shop: &Shop| shop.sandbox.path(FILE).parent().unwrap().to_owned();
    let shop = Shop::new();
    Export::cur2(FIRST).write_files(&folder(&shop), 2);
    for read in some_reads(&shop) {
        let shop = Shop::new();
        Export::cur2(FIRST).write_files(&folder(&shop), 2);
        let swap = || Export::cur2(SECOND).write_files(&folder(&shop), 2);
        let code = swapped(&shop, &read, &swap);
        let answer = shop.answer();
        let allowed: &[&str] = match code {
            Some(0) => &[FIRST_ANSWER, SECOND_ANSWER],
            Some(1 | 4) => &[super::NO_ANSWER],
            other => panic!("{read:?}: exit {other:?}"),
        };
        assert!(allowed.contains(&answer.as_str()), "{read:?}: {answer}");
    }
}
