//! Languages: reports say the same in six of them.
//!
//! In:    the catalogues, the sources, the bundled reports and queries, the sample bill.
//! Out:   no word for people is missing anywhere; formats for machines know no language.
//! Never: judges a translation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use curtail::model::anomaly::{Level, Unusual};
use curtail::model::idle::Pattern;
use curtail::model::policy::Broken;

use crate::support::{Sandbox, repository};

const TAGS: [&str; 5] = ["fr", "es", "id", "zh", "de"];

/// The messages of a language by their English.
fn catalogue(tag: &str) -> BTreeMap<String, String> {
    let file = repository().join(format!("src/render/lang/{tag}.toml"));
    toml::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Every file with this ending below a folder.
fn files(folder: &Path, ending: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// The first literal after each opening, such as `phrase!(`.
fn literals(source: &str, opening: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let source = source.replace("\\\n", "").split('\n').map(str::trim).collect::<Vec<_>>().join("");
    let after = source.split(opening).skip(1).map(str::trim_start);
    let literal = after.filter_map(|rest| rest.strip_prefix('"')?.split_once('"'));
    literal.map(|(message, _)| message.to_owned()).collect()
}

/// What the code says to people: phrases with holes, words, headings of columns.
fn said_by_sources() -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for source in ["src/report", "src/render"].map(|room| files(&repository().join(room), "rs")) {
        for source in &source {
            for opening in ["phrase!(", "tongue.word("] {
                said.extend(literals(source, opening));
            }
            for column in source.split("Column::new(").skip(1) {
                let heading = column.split('"').nth(3).filter(|_| column.starts_with('"'));
                said.extend(heading.map(ToOwned::to_owned));
            }
        }
    }
    said.retain(|message| message.chars().any(char::is_alphabetic));
    said
}

/// What the bundled reports and queries say.
fn said_by_files() -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for report in files(&repository().join("reports"), "toml") {
        let report: toml::Table = toml::from_str(&report).unwrap();
        said.insert(report["title"].as_str().unwrap().to_owned());
        for section in report["section"].as_array().unwrap() {
            said.insert(section["heading"].as_str().unwrap().to_owned());
        }
    }
    for query in files(&repository().join("queries"), "sql") {
        let question = query.lines().find_map(|line| line.strip_prefix("-- question:")).unwrap();
        said.insert(question.trim().to_owned());
    }
    said
}

#[test]
fn every_word_for_people_is_in_every_catalogue() {
    let mut said = said_by_sources();
    assert!(said.len() > 100, "{said:?}");
    said.extend(said_by_files());
    said.extend(said_by_findings());
    for tag in TAGS {
        let known = catalogue(tag);
        let missing: Vec<&String> = said.iter().filter(|word| !known.contains_key(*word)).collect();
        assert!(missing.is_empty(), "{tag}.toml lacks {missing:#?}");
    }
}

/// What findings of cost control say in words of ours.
fn said_by_findings() -> BTreeSet<String> {
    let patterns = Pattern::ALL.iter().flat_map(|of| [of.name(), of.next_step()]);
    let unusual = Unusual::ALL.iter().flat_map(|of| [of.name(), of.next_step()]);
    let levels = Level::ALL.iter().map(|of| of.name());
    let rules = Broken::ALL.iter().map(|of| of.name());
    patterns.chain(unusual).chain(levels).chain(rules).map(ToOwned::to_owned).collect()
}

#[test]
fn findings_are_told_in_every_language() {
    let sandbox = Sandbox::new();
    sandbox.curtail(&["sample", "bill", "--rows", "100000", "--months", "1", "--idle"]).succeeded();
    let tell = |more: &[&str]| {
        let arguments = ["query", "idle_by_pattern", "bill", "--format", "markdown"];
        sandbox.curtail(&[&arguments[..], more].concat()).succeeded()
    };
    assert!(tell(&[]).contains("around_the_clock"));
    let german = tell(&["--lang", "de"]);
    assert!(german.contains("rund um die Uhr") && !german.contains("around_the_clock"), "{german}");
    assert!(
        german.contains("Abschalten bei Leerlauf") && !german.contains("enable idle"),
        "{german}"
    );
}

#[test]
fn machines_read_the_same_in_every_language() {
    let bill = repository().join("sample-data/cur2");
    let bill = bill.to_str().unwrap();
    let sandbox = Sandbox::new();
    for format in ["json", "csv", "jsonl"] {
        let arguments = ["spend", bill, "--by", "user,month", "--format", format];
        let english = sandbox.curtail(&arguments).succeeded();
        for tag in TAGS {
            let other = sandbox.curtail(&[&arguments[..], &["--lang", tag]].concat()).succeeded();
            assert_eq!(other, english, "{format} in {tag}");
        }
    }
}
