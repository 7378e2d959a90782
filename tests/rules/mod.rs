//! Rules: files that people write, and what is read from them.
//!
//! In:    rule, map and driver files as text.
//! Out:   what the model says of them, or every mistake with its place.
//! Never: a bill.

// What every key means.
mod reading;
// Everything that can be wrong, by line and column.
mod mistakes;
// Spaces, profiles, home volumes, drivers.
mod tables;
// What is allowed and most likely not meant.
mod doubtful;
// How time grows with rules, rows and keys.
mod scale;
// The examples of `sample-data/tenants`.
mod samples;

use curtail::diagnostic::Diagnose as _;
use curtail::model::tenancy::Tenancy;
use curtail::rules::{self, RulesError};

/// Two tenants, for rules that need some.
const TWO: &str = "[tenants.search]\naliases = [\"srch\"]\n[tenants.ads]\n";

/// Reads files that lie in one folder: name, text.
fn read(files: &[(&str, &str)]) -> Result<Tenancy, RulesError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    rules::read(None, folder.path())
}

/// What a rule file says, which must be without mistakes.
#[track_caller]
fn good(text: &str) -> Tenancy {
    read(&[("tenants.toml", text)]).unwrap_or_else(|error| panic!("{:#?}", error.details()))
}

/// `line:column: message` of every mistake; other files are named.
#[track_caller]
fn mistakes(files: &[(&str, &str)]) -> String {
    let Err(RulesError::Invalid { mistakes, .. }) = read(files) else { panic!("no mistake") };
    let lines = mistakes.iter().map(|mistake| {
        let name = mistake.file.rsplit('/').next().unwrap();
        let file = if name == "tenants.toml" { String::new() } else { format!("{name} ") };
        let column = mistake.column.map_or(String::new(), |column| format!(":{column}"));
        // The sandbox folder differs from run to run.
        let folder = mistake.file.strip_suffix(name).unwrap();
        format!("{file}{}{column}: {}\n", mistake.line, mistake.message.replace(folder, ""))
    });
    lines.collect()
}
