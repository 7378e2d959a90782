//! The store: what is ingested is answered, and nothing that happens in between is half true.
//!
//! In:    exports of a few lines, in a first and a later delivery.
//! Out:   [`Shop`]: an export, a store beside it, and the commands over both.
//! Never: looks into a file of the store; `verify` does.

// What the store answers is what the export answers.
mod equality;
// `ingest`, `status`, `verify`, `gc`: what they say.
mod commands;
// Killed at any call, out of space, unreadable, read-only, of another version.
#[cfg(target_os = "linux")]
mod faults;
// Deliveries that change or vanish while they are read.
#[cfg(target_os = "linux")]
mod changing;
// Tables that another engine rolls up.
mod tables;
// One writer, many readers.
mod concurrency;
// Bytes that rot.
mod flips;
// The system's calls of a command, counted and made to fail.
#[cfg(target_os = "linux")]
mod calls;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use curtail::model::digest::Digest;
use serde_json::Value;

use crate::support::export::Export;
use crate::support::{Outcome, Sandbox};

/// Where the only data file of October is delivered.
const FILE: &str = "exports/BILLING_PERIOD=2026-10/e-00001.parquet";

/// Two deliveries of October: the later one knows a credit and one line more.
const FIRST: &str = "
    cost | user      | day        | resource
    1.5  | d-1/alice | 2026-10-01 | app/a
    2.25 | d-1/bob   | 2026-10-02 | app/b";
const SECOND: &str = "
    type   | cost | user      | day        | resource
    Usage  | 1.5  | d-1/alice | 2026-10-01 | app/a
    Usage  | 2.25 | d-1/bob   | 2026-10-02 | app/b
    Usage  | 8    | d-1/zoë   | 2026-10-30 | app/c
    Credit | -1   | d-1/alice | 2026-10-30 | app/a";

/// What `spend --by user` says of them, and of neither.
const FIRST_ANSWER: &str = "alice 1.5, bob 2.25";
const SECOND_ANSWER: &str = "alice 0.5, bob 2.25, zoë 8";
const NO_ANSWER: &str = "nothing";

/// An export and a store in an empty folder.
struct Shop {
    sandbox: Sandbox,
}

impl Shop {
    fn new() -> Self {
        Self { sandbox: Sandbox::new() }
    }

    /// A shop whose store holds the first delivery, and whose export is the second.
    fn with_news() -> Self {
        let shop = Self::new();
        shop.deliver(FIRST);
        shop.ingest().succeeded();
        shop.deliver(SECOND);
        shop
    }

    /// October is delivered anew, in place of what was there.
    fn deliver(&self, bill: &str) {
        Export::cur2(bill).write(&self.sandbox.path(FILE));
    }

    fn store(&self) -> PathBuf {
        self.sandbox.path("store")
    }

    fn run(&self, command: &str) -> Outcome {
        self.sandbox.curtail(&command.split(' ').collect::<Vec<_>>())
    }

    /// Starts a command and does not wait for it.
    fn spawn(&self, command: &str) -> Child {
        let mut curtail = Command::new(env!("CARGO_BIN_EXE_curtail"));
        self.sandbox.spawn(curtail.args(command.split(' ')))
    }

    /// One thread, so that the order of the system's calls is the same in every run.
    fn ingest(&self) -> Outcome {
        self.run(INGEST)
    }

    /// Who spent what, by the store.
    #[track_caller]
    fn answer(&self) -> String {
        let asked = self.run("spend --store store --by user --format json");
        if asked.code == Some(1) && asked.stderr.contains("STORE-ABSENT") {
            return NO_ANSWER.to_owned();
        }
        answer_of(&asked.json())
    }

    /// Every file of the store and its digest.
    fn files(&self) -> BTreeMap<PathBuf, Digest> {
        files_below(&self.store())
    }

    /// Nothing is wrong, and no file is there that the store does not need.
    #[track_caller]
    fn is_sound(&self) {
        self.run("verify --store store").succeeded();
        let orphans: Vec<PathBuf> = self.files().into_keys().filter(|file| is_odd(file)).collect();
        assert!(orphans.is_empty(), "{orphans:?}");
    }
}

const INGEST: &str = "ingest exports --store store --threads 1 --keep all";

/// Rows in words: `alice 1.5, bob 2.25`.
fn answer_of(json: &Value) -> String {
    let word = |row: &Value| {
        let user = row["user_profile_arn"].as_str().unwrap_or("-").rsplit('/').next();
        format!("{} {}", user.unwrap_or("-"), row["cost"].as_str().unwrap())
    };
    let mut rows: Vec<String> = json["rows"].as_array().unwrap().iter().map(word).collect();
    rows.sort();
    if rows.is_empty() { NO_ANSWER.to_owned() } else { rows.join(", ") }
}

/// Temporary files and journals are no part of a store that nobody writes to.
fn is_odd(file: &Path) -> bool {
    let name = file.file_name().unwrap().to_string_lossy();
    name.starts_with('.') || name.ends_with("-journal") || name.contains("tmp")
}

fn files_below(folder: &Path) -> BTreeMap<PathBuf, Digest> {
    let mut files = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            let digest = Digest::of(&fs::read(&path).unwrap());
            files.insert(path, digest);
        }
    }
    files
}

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
