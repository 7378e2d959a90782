//! Table: lines of text as words and values.
//!
//! In:    headers and lines, cells between bars.
//! Out:   one value per word and line; what a header does not say has its default.
//! Never: knows where a word's values go.

use std::collections::BTreeMap;

/// What a line holds where its table has no word for it.
const DEFAULTS: &[(&str, &str)] = &[
    ("type", "Usage"),
    ("currency", "USD"),
    ("product", "AmazonSageMaker"),
    ("account", "111122223333"),
    ("payer", "999988887777"),
    ("region", "us-east-1"),
    ("day", "2026-10-15T09:00:00"),
    ("month", "2026-10-01"),
];

type Row = Vec<Option<String>>;

/// The words of all headers, and the lines' values for them.
pub(super) fn parse(text: &str) -> (Vec<String>, Vec<Row>) {
    let mut words: Vec<String> = Vec::new();
    let mut rows: Vec<BTreeMap<String, Option<String>>> = Vec::new();
    let mut header: Option<Vec<String>> = None;
    for line in text.trim().lines().map(str::trim) {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        match &header {
            _ if line.is_empty() => header = None,
            None => {
                let is_new = |word: &&String| !words.contains(word);
                let new: Vec<String> = cells.iter().filter(is_new).cloned().collect();
                words.extend(new);
                header = Some(cells);
            }
            Some(header) => {
                assert_eq!(header.len(), cells.len(), "`{line}` does not fit its header");
                rows.push(header.iter().cloned().zip(cells.into_iter().map(value)).collect());
            }
        }
    }
    let of_word = |row: &BTreeMap<String, Option<String>>, word: &String| {
        row.get(word).cloned().unwrap_or_else(|| default(word))
    };
    let rows = rows.iter().map(|row| words.iter().map(|word| of_word(row, word)).collect());
    (words.clone(), rows.collect())
}

fn value(cell: String) -> Option<String> {
    match cell.as_str() {
        "-" => None,
        "''" => Some(String::new()),
        _ => Some(cell),
    }
}

pub(super) fn default(word: &str) -> Option<String> {
    DEFAULTS.iter().find(|(of, _)| *of == word).map(|(_, value)| (*value).to_owned())
}
