//! Codes: the codes of errors, as sources and papers spell them.
//!
//! In:    folders of sources, texts.
//! Out:   every code.
//! Never: knows what a code means.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every code that a source file spells.
pub(super) fn codes_of_sources(folder: &Path) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes.extend(codes_of_sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            codes.extend(codes_in(&fs::read_to_string(&path).unwrap(), '"'));
        }
    }
    codes
}

/// Words such as `PQ-FOOTER` between two marks.
pub(super) fn codes_in(text: &str, mark: char) -> BTreeSet<String> {
    const ROOMS: [&str; 29] = [
        "DELIVERY",
        "PQ",
        "SRC",
        "MONEY",
        "BOOKS",
        "REPORT",
        "RENDER",
        "IO",
        "SAMPLE",
        "RULES",
        "TENANT",
        "EXPLAIN",
        "SPLIT",
        "CHANGE",
        "STORE",
        "INGEST",
        "CLOSE",
        "DIFF",
        "CLOSED",
        "SQL",
        "PROMPT",
        "S3",
        "POLICY",
        "GUARDRAIL",
        "IDLE",
        "ANOMALY",
        "DIALECT",
        "SPARK",
        "ENGINE",
    ];
    let is_code = |word: &&str| {
        let room = word.split_once('-').is_some_and(|(room, _)| ROOMS.contains(&room));
        room && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
    };
    text.split(mark).filter(is_code).map(ToOwned::to_owned).collect()
}
