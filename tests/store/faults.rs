//! Faults: whatever happens to an `ingest`, a month is the old one or the new one.
//!
//! In:    a store that holds the first delivery, an export that is the second.
//! Out:   after the fault: a sound store, the old answer or the new one, and a next `ingest` that
//!        works and leaves nothing behind.
//! Never: needs strace, namespaces or root; a test that does and has none says why it is skipped.

use std::fs;
use std::process::Command;

use curtail::model::digest::Digest;

use super::calls::{Call, can_be_disturbed, can_mount, changes_of, reads_of};
use super::{FIRST_ANSWER, INGEST, NO_ANSWER, SECOND, SECOND_ANSWER, Shop, copy, files_below};

/// Calls by which a name or its content becomes final: none of them is skipped.
const DECIDING: [&str; 8] =
    ["fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate"];

/// What a store was before an `ingest`, and what its answers may be after one that was disturbed.
struct Before {
    shop: Shop,
    answers: [&'static str; 2],
}

impl Before {
    /// October is there and is delivered anew.
    fn replacing() -> Self {
        let shop = Shop::with_news();
        copy(&shop.store(), &shop.sandbox.path("before"));
        Self { shop, answers: [FIRST_ANSWER, SECOND_ANSWER] }
    }

    /// There is no store yet.
    fn beginning() -> Self {
        let shop = Shop::new();
        shop.deliver(SECOND);
        fs::create_dir(shop.sandbox.path("before")).unwrap();
        Self { shop, answers: [NO_ANSWER, SECOND_ANSWER] }
    }

    /// Puts the store back to what it was.
    fn restore(&self) {
        let store = self.shop.store();
        if store.exists() {
            fs::remove_dir_all(&store).unwrap();
        }
        copy(&self.shop.sandbox.path("before"), &store);
    }

    fn calls(&self) -> Vec<Call> {
        self.restore();
        changes_of(&self.shop, INGEST)
    }

    /// The store is whole after what happened, and the next `ingest` ends as if nothing had.
    #[track_caller]
    fn is_old_or_new(&self, happened: &str) {
        let answer = self.shop.answer();
        assert!(self.answers.contains(&answer.as_str()), "{happened}: {answer}");
        if answer != NO_ANSWER {
            self.shop.run("verify --store store").succeeded();
        }
        self.heals(happened);
    }

    #[track_caller]
    fn is_old(&self, happened: &str) {
        assert_eq!(self.shop.answer(), self.answers[0], "{happened}");
        self.heals(happened);
    }

    #[track_caller]
    fn heals(&self, happened: &str) {
        self.shop.ingest().succeeded();
        assert_eq!(self.shop.answer(), SECOND_ANSWER, "{happened}");
        self.shop.is_sound();
    }
}

fn killed_at_every(before: &Before, stride: usize) {
    let calls = before.calls();
    assert!(calls.len() > 20, "{calls:?}");
    for (index, call) in calls.iter().enumerate() {
        if index % stride != 0 && !DECIDING.contains(&call.name.as_str()) {
            continue;
        }
        before.restore();
        let outcome = before.shop.disturbed(INGEST, call, "signal=SIGKILL");
        assert_eq!(outcome.code, None, "{call:?}: {}", outcome.transcript());
        before.is_old_or_new(&format!("killed at {call:?}"));
    }
}

#[test]
fn killed_while_it_replaces_a_month_an_ingest_leaves_the_old_one_or_the_new_one() {
    if !can_be_disturbed() {
        return;
    }
    killed_at_every(&Before::replacing(), 7);
}

#[test]
fn killed_while_it_makes_a_store_an_ingest_leaves_none_or_a_whole_one() {
    if !can_be_disturbed() {
        return;
    }
    killed_at_every(&Before::beginning(), 7);
}

#[test]
#[ignore = "some minutes: every call"]
fn killed_at_every_single_call_an_ingest_leaves_the_old_month_or_the_new_one() {
    if !can_be_disturbed() {
        return;
    }
    killed_at_every(&Before::replacing(), 1);
    killed_at_every(&Before::beginning(), 1);
}

/// Kills so many ingests, each a little later than the one before, over and over.
fn killed_at_random(rounds: u32) {
    let before = Before::replacing();
    before.restore();
    let begun = std::time::Instant::now();
    before.shop.ingest().succeeded();
    let whole = begun.elapsed();
    for round in 0..rounds {
        before.restore();
        // Knuth's multiplicative hash: spread evenly, and the same in every run.
        let part = round.wrapping_mul(2_654_435_769) >> 16;
        let after = whole * part / 65_536;
        let mut child = before.shop.spawn("ingest exports --store store --threads 2 --keep all");
        std::thread::sleep(after);
        child.kill().unwrap();
        let is_told = child.wait().unwrap().success();
        if is_told {
            assert_eq!(before.shop.answer(), SECOND_ANSWER, "what was told is lost");
        }
        before.is_old_or_new(&format!("killed after {after:?} of {whole:?}"));
    }
}

#[test]
fn killed_at_any_moment_an_ingest_leaves_the_old_month_or_the_new_one() {
    killed_at_random(30);
}

#[test]
#[ignore = "some minutes: a thousand rounds"]
fn killed_a_thousand_times_an_ingest_leaves_the_old_month_or_the_new_one() {
    killed_at_random(1000);
}

/// The system refuses one call after the other.
fn refused_at_every(before: &Before, kinds: &[&str], error: &str, stride: usize) {
    let calls = before.calls().into_iter().filter(|call| kinds.contains(&call.name.as_str()));
    for call in calls.step_by(stride) {
        before.restore();
        let outcome = before.shop.disturbed(INGEST, &call, &format!("error={error}"));
        let happened = format!("{error} at {call:?}: {}", outcome.transcript());
        if outcome.code == Some(0) {
            // Some writes are a courtesy, such as the name of the holder in the lock.
            assert_eq!(before.shop.answer(), SECOND_ANSWER, "{happened}");
        } else {
            assert_eq!(outcome.code, Some(4), "{happened}");
            assert!(outcome.stderr.contains("`store"), "no file is named: {happened}");
            // The disk failed after the catalogue had its new name.
            let is_unsure = outcome.stderr.contains("STORE-UNSYNCED");
            if is_unsure { before.is_old_or_new(&happened) } else { before.is_old(&happened) }
        }
    }
}

const WRITES: &[&str] = &["write", "pwrite64", "fallocate", "ftruncate"];
const SYNCS: &[&str] = &["fsync", "fdatasync"];
const NAMES: &[&str] = &["rename", "renameat", "renameat2", "mkdir", "mkdirat", "linkat"];

#[test]
fn a_full_disk_at_any_write_leaves_the_store_as_it_was() {
    if !can_be_disturbed() {
        return;
    }
    refused_at_every(&Before::replacing(), WRITES, "ENOSPC", 4);
    refused_at_every(&Before::beginning(), WRITES, "ENOSPC", 9);
}

#[test]
fn a_failing_disk_at_any_write_sync_or_rename_leaves_the_store_as_it_was() {
    if !can_be_disturbed() {
        return;
    }
    let before = Before::replacing();
    refused_at_every(&before, WRITES, "EIO", 9);
    refused_at_every(&before, SYNCS, "EIO", 1);
    refused_at_every(&before, NAMES, "EIO", 1);
}

#[test]
#[ignore = "a minute: every call"]
fn a_failing_disk_at_every_single_call_leaves_the_store_as_it_was() {
    if !can_be_disturbed() {
        return;
    }
    for before in [Before::replacing(), Before::beginning()] {
        for error in ["ENOSPC", "EIO", "EDQUOT"] {
            refused_at_every(&before, WRITES, error, 1);
            refused_at_every(&before, SYNCS, error, 1);
            refused_at_every(&before, NAMES, error, 1);
        }
    }
}

/// What a script of the shell says that mounts something for itself alone.
fn mounted(shop: &Shop, script: &str) -> Vec<String> {
    let mut shell = Command::new("unshare");
    let said = shop.sandbox.run(shell.args(["-rm", "sh", "-ec", script])).succeeded();
    said.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_month_or_the_new_one() {
    if !can_mount() {
        return;
    }
    let before = Before::replacing();
    before.restore();
    let size = |folder: &str| -> u64 {
        let files = files_below(&before.shop.sandbox.path(folder)).into_keys();
        files.map(|file| file.metadata().unwrap().len().next_multiple_of(4096)).sum()
    };
    let old = size("store");
    before.shop.ingest().succeeded();
    let new = size("store");
    let room = 3 * (new - old) + 65_536;
    for step in 0..20 {
        let kilobytes = (old + room * step / 20) / 1024 + 16;
        let script = format!(
            "mkdir -p disk && mount -t tmpfs -o size={kilobytes}k none disk
            cp -r before disk/store
            code=0
            $CURTAIL ingest exports --store disk/store --threads 1 >/dev/null 2>err || code=$?
            echo $code; head -c 300 err | tr '\\n' ' '; echo
            mount -o remount,size=64m disk
            $CURTAIL verify --store disk/store >/dev/null && echo sound
            $CURTAIL spend --store disk/store --by user --format csv | wc -l
            $CURTAIL ingest exports --store disk/store >/dev/null && echo healed
            find disk -name '.*' -o -name '*tmp*' -o -name '*-journal'"
        );
        let told = mounted(&before.shop, &script);
        let rows = match told[0].as_str() {
            "0" => "4",
            "4" => "3",
            _ => panic!("with {kilobytes} kB: {told:?}"),
        };
        assert_eq!(told[2..], ["sound", rows, "healed"], "with {kilobytes} kB: {told:?}");
    }
}

#[test]
fn a_read_only_store_answers_and_takes_nothing() {
    if !can_mount() {
        return;
    }
    let before = Before::replacing();
    before.restore();
    let script = "mount --bind store store && mount -o remount,ro,bind store
        $CURTAIL spend --store store --by user --format csv | wc -l
        $CURTAIL status --store store >/dev/null && echo status
        $CURTAIL verify --store store >/dev/null && echo sound
        $CURTAIL ingest exports --store store 2>/dev/null || echo $?
        $CURTAIL gc --store store 2>/dev/null || echo $?";
    assert_eq!(mounted(&before.shop, script), ["3", "status", "sound", "4", "4"]);
}

/// The bytes of the last line of a catalogue.
const SEAL: usize = "\ncurtail seal \n".len() + 64;

/// Limits of the shell: file sizes, open files, address space.
#[test]
fn within_tight_limits_an_ingest_works_or_leaves_the_store_as_it_was() {
    let before = Before::replacing();
    for limit in ["-f 8", "-f 40", "-n 12", "-n 24", "-v 200000", "-v 400000", "-v 4000000"] {
        before.restore();
        let script = format!("ulimit {limit}; exec \"$CURTAIL\" {INGEST}");
        let outcome = before.shop.sandbox.run(Command::new("sh").args(["-c", &script]));
        let happened = format!("ulimit {limit}: {}", outcome.transcript());
        match outcome.code {
            Some(0) => assert_eq!(before.shop.answer(), SECOND_ANSWER, "{happened}"),
            // A signal, or words of ours; no memory is told by the allocator.
            None | Some(1 | 4 | 127) => before.is_old_or_new(&happened),
            Some(_) => panic!("{happened}"),
        }
    }
}

#[test]
fn a_store_that_a_newer_version_wrote_is_refused_and_left_alone() {
    let shop = Shop::with_news();
    let catalogue = shop.store().join("catalogue.sqlite");
    let mut bytes = fs::read(&catalogue).unwrap();
    let database = bytes.len() - SEAL;
    // SQLite keeps `user_version` at byte 60.
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    let seal = format!("\ncurtail seal {}\n", Digest::of(&bytes[..database]));
    bytes[database..].copy_from_slice(seal.as_bytes());
    fs::write(&catalogue, bytes).unwrap();
    let files = shop.files();
    for command in ["spend --store store", "status --store store", "verify --store store", INGEST] {
        let said = shop.run(command).failed_with(1);
        assert!(said.contains("STORE-NEWER") && said.contains("999"), "{said}");
    }
    assert_eq!(shop.files(), files);
}

#[test]
fn a_signal_ends_an_ingest_at_once_and_leaves_the_store_as_it_was() {
    if !can_be_disturbed() {
        return;
    }
    let before = Before::replacing();
    let calls = before.calls();
    let sync = calls.iter().find(|call| SYNCS.contains(&call.name.as_str())).unwrap();
    for signal in ["SIGINT", "SIGTERM", "SIGHUP"] {
        before.restore();
        let outcome = before.shop.disturbed(INGEST, sync, &format!("signal={signal}"));
        assert_eq!(outcome.code, None, "{}", outcome.transcript());
        before.is_old(signal);
    }
}

#[test]
fn a_source_that_cannot_be_read_to_its_end_changes_nothing() {
    if !can_be_disturbed() {
        return;
    }
    let before = Before::replacing();
    before.restore();
    for call in reads_of(&before.shop, INGEST) {
        before.restore();
        let outcome = before.shop.disturbed(INGEST, &call, "error=EIO");
        if outcome.code == Some(127) {
            // Another thread came first: the system's own loader, which read a library.
            continue;
        }
        assert!(matches!(outcome.code, Some(1 | 4)), "{call:?}: {}", outcome.transcript());
        assert!(outcome.stderr.contains("e-00001.parquet"), "{}", outcome.transcript());
        before.is_old(&format!("EIO at {call:?}"));
    }
}
