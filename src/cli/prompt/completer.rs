//! Completer: what Tab offers.
//!
//! In:    the line, the place in it, what is known.
//! Out:   commands, tables, columns, words of SQL, queries, values in quotes.
//! Never: offers a word that would drive the terminal.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use reedline::{Completer, CompletionResult, Span, Suggestion};

use super::commands::COMMANDS;
use super::known::{Known, Value, holds_words};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::result_set::Drawn;
use crate::query::{Lexis, TABLES, Word, WordKind, keywords, schema};
use crate::render::Format;

/// Offers for a prompt.
pub(super) struct Offers(pub(super) Arc<Mutex<Known>>);

impl Completer for Offers {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        CompletionResult::fresh(offers(&mut known, line, pos))
    }
}

/// What may be meant at a place of a line.
pub(super) fn offers(known: &mut Known, line: &str, at: usize) -> Vec<Suggestion> {
    let before = line.get(..at).unwrap_or(line);
    if before.trim_start().starts_with('.') {
        return of_command(known, before);
    }
    let lexis = Lexis::read(before);
    if lexis.words.last().is_some_and(|word| word.kind == WordKind::Comment) {
        return Vec::new();
    }
    let typed = typed(&lexis, before);
    let spoken: Vec<&Word> = lexis.spoken().filter(|word| word.at.start < typed.start).collect();
    let texts: Vec<&str> = spoken.iter().map(|word| before[word.at.clone()].trim_end()).collect();
    let is_text = before[typed.clone()].starts_with('\'');
    if let Some(column) = compared(&spoken, &texts) {
        let offers = of_values(known, line, column, &before[typed.clone()], &typed);
        if is_text || !offers.is_empty() {
            return offers;
        }
    }
    if is_text || lexis.is_open && !before[typed.clone()].starts_with('"') {
        return Vec::new();
    }
    of_words(known, line, before, typed, &texts)
}

/// The word that ends where the cursor is; nothing behind a blank or a sign.
fn typed(lexis: &Lexis, before: &str) -> Range<usize> {
    let end = before.len();
    let Some(word) = lexis.words.last() else { return end..end };
    let is_done = match word.kind {
        WordKind::Gap | WordKind::Sign | WordKind::Comment => true,
        WordKind::Text => !lexis.is_open,
        _ => false,
    };
    if is_done { end..end } else { word.at.clone() }
}

/// The column that a value would be compared with: `x = `, `x IN ('a', `, `x LIKE `.
fn compared<'a>(spoken: &[&Word], texts: &[&'a str]) -> Option<&'a str> {
    let is_value =
        |at: &usize| spoken[*at].kind == WordKind::Text || [",", "("].contains(&texts[*at]);
    let mut at = texts.len().checked_sub(1)?;
    while is_value(&at) {
        at = at.checked_sub(1)?;
    }
    let operator = texts[at].to_uppercase();
    let in_list = at + 1 < texts.len();
    match operator.as_str() {
        "IN" if in_list => {}
        "=" | "<>" | "!=" | "LIKE" | "ILIKE" if !in_list => {}
        _ => return None,
    }
    at = at.checked_sub(1)?;
    if texts[at].eq_ignore_ascii_case("NOT") {
        at = at.checked_sub(1)?;
    }
    let is_name = matches!(spoken[at].kind, WordKind::Name | WordKind::QuotedName);
    is_name.then(|| texts[at].trim_matches('"'))
}

fn of_values(
    known: &mut Known,
    line: &str,
    column: &str,
    typed: &str,
    at: &Range<usize>,
) -> Vec<Suggestion> {
    let lower = column.to_lowercase();
    let column = if column.contains(':') { column } else { lower.as_str() };
    if !holds_words(column) {
        return Vec::new();
    }
    let holds = |table: &str| {
        schema().iter().any(|of| of.table == table && of.columns.iter().any(|of| of.0 == column))
    };
    // What was charged before is seldom what a new name is sought in.
    let table =
        if lexed(line, "allocations") && holds("allocations") { "allocations" } else { "charges" };
    let sought = typed.trim_matches('\'').to_lowercase();
    let offer = |value: &Value| {
        let quoted = format!("'{}'", value.full.replace('\'', "''"));
        let shown = (value.short != value.full).then(|| value.short.clone());
        Suggestion { display_override: shown, ..suggestion(quoted, None, at) }
    };
    let is_meant = |text: &str| text.to_lowercase().contains(&sought);
    let values = known.values(table, column).iter();
    let mut meant: Vec<&Value> =
        values.filter(|value| is_meant(&value.full) || is_meant(&value.short)).collect();
    // What begins as typed goes before what holds it somewhere.
    meant.sort_by_key(|value| !value.short.to_lowercase().starts_with(&sought));
    meant.into_iter().map(offer).collect()
}

fn lexed(text: &str, name: &str) -> bool {
    Lexis::read(text).spoken().any(|word| text[word.at.clone()].eq_ignore_ascii_case(name))
}

/// Names and words of SQL.
fn of_words(
    known: &Known,
    line: &str,
    before: &str,
    at: Range<usize>,
    texts: &[&str],
) -> Vec<Suggestion> {
    let word = &before[at.clone()];
    let last = texts.last().map(|text| text.to_uppercase()).unwrap_or_default();
    let mut found =
        Found { word: word.trim_start_matches('"').to_lowercase(), at, all: Vec::new() };
    if ["FROM", "JOIN"].contains(&last.as_str()) {
        found.add_tables();
        return found.all;
    }
    if texts.is_empty() && word.is_empty() {
        found.add("SELECT", None);
        found.all.extend(of_list(&known.queries, "", &found.at));
        return found.all;
    }
    let tables = schema();
    let is_named = |table: &&crate::model::result_set::TableSchema| lexed(line, table.table);
    let mut meant: Vec<_> = tables.iter().filter(is_named).collect();
    if meant.is_empty() {
        meant.extend(tables.first());
    }
    // Keys of tags are the bill's; their place in the schema is no name.
    let columns = meant.iter().flat_map(|table| &table.columns).filter(|of| !of.0.contains(':'));
    columns.clone().for_each(|(name, what)| found.add(name, Some(what)));
    if !word.is_empty() {
        columns.for_each(|(name, what)| found.add_inside(name, what));
        // `user` and `day` are what people call columns.
        if let Some(meant) = Dimension::parse(&found.word).filter(|of| !of.key().contains(':')) {
            found.add_always(&meant.key(), &meant.heading());
        }
        let is_low = !word.contains(char::is_uppercase);
        for keyword in keywords() {
            let keyword = if is_low { keyword.to_lowercase() } else { keyword.to_uppercase() };
            found.add(&keyword, None);
        }
        found.add_tables();
    }
    if texts.is_empty() {
        let queries = of_list(&known.queries, &found.word, &found.at);
        found.all.extend(queries);
    }
    found.all
}

/// Offers for one word.
struct Found {
    word: String,
    at: Range<usize>,
    all: Vec<Suggestion>,
}

impl Found {
    fn add(&mut self, name: &str, what: Option<&str>) {
        if name.to_lowercase().starts_with(&self.word) {
            self.push(name, what);
        }
    }

    fn add_tables(&mut self) {
        for (name, what) in TABLES {
            self.add(name, Some(what));
        }
    }

    fn add_inside(&mut self, name: &str, what: &str) {
        if name.contains(&self.word) && self.word.len() > 1 {
            self.push(name, Some(what));
        }
    }

    fn add_always(&mut self, name: &str, what: &str) {
        self.push(name, Some(what));
    }

    fn push(&mut self, name: &str, what: Option<&str>) {
        if self.all.iter().all(|offer| !offer.value.eq_ignore_ascii_case(name)) {
            self.all.push(suggestion(name.to_owned(), what, &self.at));
        }
    }
}

/// Words after a command.
fn of_command(known: &Known, before: &str) -> Vec<Suggestion> {
    let start = before.len() - before.trim_start().len();
    let Some((command, _)) = before[start..].split_once(char::is_whitespace) else {
        let all = COMMANDS.map(|(word, _, what)| (word.to_owned(), what.to_owned()));
        return of_list(&all, &before[start..], &(start..before.len()));
    };
    let from = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let plain = |words: Vec<&str>| -> Vec<(String, String)> {
        words.into_iter().map(|word| (word.to_owned(), String::new())).collect()
    };
    let words = match command {
        ".schema" => TABLES.map(|(table, what)| (table.to_owned(), what.to_owned())).to_vec(),
        ".run" => known.queries.clone(),
        ".last" => plain(vec!["--wide"]),
        ".format" => {
            let text = Format::ALL.into_iter().filter(|format| !format.is_binary());
            plain(text.map(Format::name).collect())
        }
        ".chart" => plain(Drawn::WORDS.iter().map(|(word, _)| *word).chain(["off"]).collect()),
        ".metric" => plain(CostMetric::ALL.iter().map(|metric| metric.name()).collect()),
        ".month" | ".limit" => plain(vec!["all"]),
        ".where" => {
            let words = Dimension::words().filter(|word| !word.contains(':'));
            let words = words.map(|word| (format!("{word}="), String::new()));
            words.chain([("off".to_owned(), String::new())]).collect()
        }
        _ => Vec::new(),
    };
    of_list(&words, &before[from..], &(from..before.len()))
}

fn of_list(list: &[(String, String)], typed: &str, at: &Range<usize>) -> Vec<Suggestion> {
    let typed = typed.to_lowercase();
    let meant = list.iter().filter(|(word, _)| word.starts_with(&typed));
    let what = |what: &String| Some(what.clone()).filter(|what| !what.is_empty());
    meant.map(|(word, told)| suggestion(word.clone(), what(told).as_deref(), at)).collect()
}

fn suggestion(value: String, what: Option<&str>, at: &Range<usize>) -> Suggestion {
    Suggestion {
        description: what.map(ToOwned::to_owned),
        span: Span::new(at.start, at.end),
        value,
        ..Suggestion::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered at the `|` of a line, values as they would stand in it.
    fn offered(line: &str) -> Vec<String> {
        let at = line.find('|').unwrap();
        let line = line.replace('|', "");
        let mut known = Known::default()
            .with("charges", "component", &["training", "hosting", "it's", "a\u{1b}[2J"])
            .with("charges", "tag:team", &["search"])
            .with("allocations", "split", &["tax"]);
        known.queries.push(("cost_by_user".into(), "Who?".into()));
        offers(&mut known, &line, at).into_iter().map(|offer| offer.value).collect()
    }

    #[test]
    fn a_word_is_completed_by_what_may_stand_there() {
        for (line, meant) in [
            ("SELECT * FROM ch|", "charges"),
            ("SELECT * FROM |", "budgets"),
            ("sel|", "select"),
            ("SEL|", "SELECT"),
            ("cost_b|", "cost_by_user"),
            ("SELECT comp| FROM charges", "component"),
            ("SELECT user| FROM charges", "user_profile_arn"),
            ("SELECT type| FROM charges", "instance_type"),
            ("SELECT why| FROM allocations", "why_kept"),
            ("SELECT cost FROM charges gr|", "group"),
            (".sch|", ".schema"),
            (".schema ch|", "charges"),
            (".run cost|", "cost_by_user"),
            (".chart st|", "stacked"),
            (".where dom|", "domain="),
        ] {
            let offered = offered(line);
            assert!(offered.iter().any(|offer| offer == meant), "{line}: {offered:?}");
        }
    }

    #[test]
    fn values_of_a_column_are_offered_in_quotes() {
        let all = ["'training'", "'hosting'", "'it''s'"];
        for (line, values) in [
            ("SELECT 1 FROM charges WHERE component = |", &all[..]),
            ("SELECT 1 FROM charges WHERE component = '|", &all),
            ("SELECT 1 FROM charges WHERE component <> 'TR|", &["'training'"]),
            ("SELECT 1 FROM charges WHERE Component NOT IN ('hosting', 'tr|", &["'training'"]),
            ("SELECT 1 FROM charges WHERE component IN (|", &all),
            ("SELECT 1 FROM charges WHERE \"tag:team\" = 's|", &["'search'"]),
            ("SELECT 1 FROM allocations WHERE split = '|", &["'tax'"]),
            ("SELECT '|", &[]),
            ("SELECT 1 FROM charges WHERE cost = '|", &[]),
        ] {
            assert_eq!(offered(line), values, "{line}");
        }
    }

    #[test]
    fn nothing_is_offered_inside_a_comment() {
        assert!(offered("SELECT 1 -- co|").is_empty());
        assert!(offered("SELECT /* co|").is_empty());
    }
}
