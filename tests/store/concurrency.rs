//! Concurrency: one writer, any number of readers.
//!
//! In:    a store, a process that writes to it, others that want to.
//! Out:   the second writer is told who the first is; a reader sees the old month or the new one.
//! Never: waits for luck; a writer is held where the test wants it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{FIRST, FIRST_ANSWER, INGEST, SECOND, SECOND_ANSWER, Shop, answer_of};

#[test]
fn the_same_delivery_twice_changes_no_byte_of_the_store() {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    let files = shop.files();
    let said = shop.ingest().succeeded();
    assert!(said.contains("unchanged"), "{said}");
    let different: Vec<_> =
        shop.files().into_iter().filter(|f| files.get(&f.0) != Some(&f.1)).collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn a_delivery_another_and_the_first_again_are_three_versions() {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    assert_eq!(shop.answer(), SECOND_ANSWER);
    shop.deliver(FIRST);
    shop.ingest().succeeded();
    assert_eq!(shop.answer(), FIRST_ANSWER);
    let status = shop.run("status --store store --versions --format json").json();
    let versions: Vec<u64> =
        status["rows"].as_array().unwrap().iter().map(|r| r["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 3]);
    shop.is_sound();
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_writer_is_told_who_the_first_is_and_readers_do_not_wait() {
    use super::calls::{can_be_disturbed, changes_of};
    if !can_be_disturbed() {
        return;
    }
    let shop = Shop::with_news();
    super::copy(&shop.store(), &shop.sandbox.path("before"));
    let calls = changes_of(&shop, INGEST);
    std::fs::remove_dir_all(shop.store()).unwrap();
    super::copy(&shop.sandbox.path("before"), &shop.store());
    let sync = calls.iter().find(|call| call.name.contains("sync")).unwrap();
    let lock = shop.store().join("lock");
    let earlier = std::fs::read(&lock).unwrap();
    let mut first = shop.spawn_delayed(INGEST, sync, Duration::from_secs(3));
    while std::fs::read(&lock).unwrap() == earlier {
        assert!(first.try_wait().unwrap().is_none(), "the first writer is done already");
        std::thread::sleep(Duration::from_millis(5));
    }
    let refused = shop.ingest().failed_with(5);
    assert!(refused.contains("STORE-LOCKED") && refused.contains("process "), "{refused}");
    assert!(refused.contains("started at 20"), "no start time: {refused}");
    assert_eq!(shop.answer(), FIRST_ANSWER);
    assert!(first.wait().unwrap().success());
    assert_eq!(shop.answer(), SECOND_ANSWER);
    shop.is_sound();
}

#[test]
fn readers_see_the_old_month_or_the_new_one_while_it_is_replaced_again_and_again() {
    let shop = Shop::with_news();
    let (done, asked, replaced) =
        (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let said = shop.run("spend --store store --by user --threads 1 --format json");
                    let answer = answer_of(&said.json());
                    assert!([FIRST_ANSWER, SECOND_ANSWER].contains(&answer.as_str()), "{answer}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(6) {
            let bill =
                if replaced.fetch_add(1, Ordering::Relaxed) % 2 == 0 { FIRST } else { SECOND };
            shop.deliver(bill);
            shop.ingest().succeeded();
            shop.run("gc --store store").succeeded();
        }
        done.store(true, Ordering::Relaxed);
    });
    let (asked, replaced) = (asked.into_inner(), replaced.into_inner());
    assert!(asked > 30 && replaced > 4, "{asked} answers, {replaced} replacements");
    shop.run("verify --store store").succeeded();
}
