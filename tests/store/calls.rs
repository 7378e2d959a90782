//! Calls: what a command asks of the system, and what happens when the system says no.
//!
//! In:    a command over a shop; a call, and what is to happen at it.
//! Out:   the calls that concern the store, in order; the outcome of the disturbed command.
//! Never: traces anything but its own children.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use super::Shop;
use crate::support::Outcome;

/// Every call that changes a file or its name, or could.
const CHANGING: &str = "?open,openat,?creat,write,pwrite64,writev,pwritev,fsync,fdatasync,\
    ftruncate,?rename,renameat,renameat2,?unlink,unlinkat,?mkdir,mkdirat,?link,linkat,fallocate";

/// Every call that reads a file.
const READING: &str = "read,pread64,readv,preadv";

/// One call: the `nth` of its name in its thread, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) nth: usize,
}

/// Whether calls can be disturbed here; a test that needs it ends where they cannot.
pub(super) fn can_be_disturbed() -> bool {
    let tried = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    match tried {
        Ok(tried) if tried.status.success() => true,
        Ok(_) => skipped("strace may not trace here"),
        Err(_) => skipped("strace is not installed"),
    }
}

/// Whether a part of the file system can be mounted for a child alone.
pub(super) fn can_mount() -> bool {
    let script = "mount -t tmpfs -o size=64k none /mnt";
    let tried = Command::new("unshare").args(["-rm", "sh", "-c", script]).output();
    tried.is_ok_and(|tried| tried.status.success())
        || skipped("mounting needs root or user namespaces")
}

#[expect(clippy::print_stderr, reason = "a test that proves nothing must not look as if it did")]
fn skipped(why: &str) -> bool {
    eprintln!("skipped: {why}");
    false
}

/// The calls of a command that change something in the store, or may.
pub(super) fn changes_of(shop: &Shop, command: &str) -> Vec<Call> {
    calls_of(shop, command, CHANGING, "store")
}

/// The calls of a command by which it reads the export.
pub(super) fn reads_of(shop: &Shop, command: &str) -> Vec<Call> {
    calls_of(shop, command, READING, "exports")
}

/// The calls of these names that are about a file with this word in its path.
fn calls_of(shop: &Shop, command: &str, names: &str, word: &str) -> Vec<Call> {
    let log = shop.sandbox.path("calls.log");
    let trace = format!("trace={names}");
    let options = ["-f", "-qq", "-y", "-o", log.to_str().unwrap(), "-e", &trace];
    shop.strace(&options, command).succeeded();
    let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in fs::read_to_string(&log).unwrap().lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, rest)) = call.trim_start().split_once('(') else { continue };
        if name.starts_with('<') || name.starts_with('-') || name.starts_with('+') {
            continue;
        }
        let nth = counted.entry((thread.to_owned(), name.to_owned())).or_default();
        *nth += 1;
        // What is read or written is no path.
        let is_about_content = name.contains("write") || name.contains("read");
        let path = if is_about_content { rest.split(',').next() } else { Some(rest) };
        if path.is_some_and(|path| path.contains(word)) {
            calls.push(Call { name: name.to_owned(), nth: *nth });
        }
    }
    fs::remove_file(&log).unwrap();
    calls.dedup();
    calls
}

impl Shop {
    /// Runs a command; at one of its calls this happens: `signal=SIGKILL`, `error=ENOSPC`.
    pub(super) fn disturbed(&self, command: &str, call: &Call, what: &str) -> Outcome {
        let Call { name, nth } = call;
        let [trace, inject] = [format!("trace={name}"), format!("inject={name}:{what}:when={nth}")];
        let options = ["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        self.strace(&options, command)
    }

    /// Starts a command that dawdles before one of its calls.
    pub(super) fn spawn_delayed(&self, command: &str, call: &Call, delay: Duration) -> Child {
        let Call { name, nth } = call;
        let inject = format!("inject={name}:delay_enter={}ms:when={nth}", delay.as_millis());
        let trace = format!("trace={name}");
        let options = ["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        self.sandbox.spawn(&mut traced(&options, command))
    }

    pub(super) fn strace(&self, options: &[&str], command: &str) -> Outcome {
        self.sandbox.run(&mut traced(options, command))
    }
}

fn traced(options: &[&str], command: &str) -> Command {
    let mut strace = Command::new("strace");
    strace.args(options).arg(env!("CARGO_BIN_EXE_curtail")).args(command.split(' '));
    strace
}
