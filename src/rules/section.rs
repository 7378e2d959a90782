//! Section: a table of the rule file, whose keys are asked for one by one.
//!
//! In:    a parsed TOML table with its spans.
//! Out:   values of the types that are wanted; a mistake for every other type and unknown key.
//! Never: knows what a key means.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::nearest;
use crate::model::money::{UNIT, pico_of_text};
use crate::model::period::{Day, Days};
use crate::rules::page::Page;

/// Amounts beyond this are no money of any bill.
const MOST_UNITS: i128 = 1_000_000_000_000_000;

/// Keys that must be there somewhere.
const REQUIRED: [&str; 7] = ["tenant", "match", "value", "name", "method", "file", "percent"];

/// A value and where it is written.
pub(super) type Value<'d> = Spanned<DeValue<'d>>;

/// A text or a key and where it is written.
pub(super) type Word<'d> = (&'d str, usize);

/// A table that is being read.
pub(super) struct Section<'d> {
    table: &'d DeTable<'d>,
    asked: Vec<&'static str>,
    /// Where the table begins.
    pub(super) at: usize,
}

impl<'d> Section<'d> {
    pub(super) fn new(table: &'d DeTable<'d>, at: usize) -> Self {
        Self { table, asked: Vec::new(), at }
    }

    /// The table of a value, or a mistake.
    pub(super) fn of(value: &'d Value<'d>, what: &str, page: &mut Page) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Self::new(table, value.span().start)),
            other => {
                page.wrong(value.span().start, expected(what, "a table", other));
                None
            }
        }
    }

    /// The value of a key, which is known from now on.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'d Value<'d>> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// Whether the key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the key was asked for.
    pub(super) fn is_known(&self, key: &str) -> bool {
        self.asked.contains(&key)
    }

    /// Where a key is written.
    pub(super) fn key_at(&self, key: &str) -> usize {
        self.table.get_key_value(key).map_or(self.at, |(key, _)| key.span().start)
    }

    /// Every key and value, in the order of the file.
    pub(super) fn entries(&self) -> Vec<(Word<'d>, &'d Value<'d>)> {
        let entries = self.table.iter().map(|(key, value)| {
            let word: Word<'d> = (key.get_ref().as_ref(), key.span().start);
            (word, value)
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|((_, at), _)| *at);
        entries
    }

    /// Text.
    pub(super) fn text(&mut self, key: &'static str, page: &mut Page) -> Option<Word<'d>> {
        let value = self.take(key)?;
        text_of(value, key, page)
    }

    /// Text that is not empty.
    pub(super) fn name(&mut self, key: &'static str, page: &mut Page) -> Option<Word<'d>> {
        let (text, at) = self.text(key, page)?;
        if text.trim().is_empty() {
            page.wrong(at, format!("`{key}` is empty"));
            return None;
        }
        Some((text, at))
    }

    /// Text that must be there.
    pub(super) fn required(&mut self, key: &'static str, page: &mut Page) -> Option<Word<'d>> {
        if !self.has(key) {
            self.missing(key, "", page);
            return None;
        }
        self.name(key, page)
    }

    /// Notes that a key is not there, unless a mistyped one is told anyhow.
    pub(super) fn missing(&mut self, key: &'static str, what_to_do: &str, page: &mut Page) {
        self.asked.push(key);
        let is_mistyped =
            |(found, _): &Word| !REQUIRED.contains(found) && nearest(found, REQUIRED) == Some(key);
        if !self.entries().iter().any(|(word, _)| is_mistyped(word)) {
            page.wrong(self.at, format!("`{key}` is missing{what_to_do}"));
        }
    }

    /// Makes keys known without asking for them.
    pub(super) fn allow(&mut self, keys: &[&'static str]) {
        self.asked.extend(keys);
    }

    /// One text, or a list of them.
    pub(super) fn texts(&mut self, key: &'static str, page: &mut Page) -> Option<Vec<Word<'d>>> {
        let value = self.take(key)?;
        texts_of(value, key, page)
    }

    /// One of a few words; the first one when nothing is written.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        page: &mut Page,
    ) -> T {
        let default = words[0].1;
        let Some((text, at)) = self.text(key, page) else { return default };
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let guess = page.guess(text, known.iter().copied());
            let known = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
            let known = known.join(", ");
            page.wrong(at, format!("`{key}` is one of {known}; found `{text}`{guess}"));
        }
        found.map_or(default, |(_, value)| *value)
    }

    /// The days of `from` and `to`.
    pub(super) fn days(&mut self, page: &mut Page) -> Days {
        let [from, to] = ["from", "to"].map(|key| {
            let value = self.take(key)?;
            day_of(value, key, page)
        });
        let days = Days { from, to };
        if days.is_empty() {
            let at = self.table.get("to").map_or(self.at, |value| value.span().start);
            page.wrong(at, format!("no day is {days}: `to` is the first day after"));
        }
        days
    }

    /// Every key that nobody asked for is a mistake.
    pub(super) fn finish(&self, page: &mut Page) {
        for ((key, at), _) in self.entries() {
            if !self.asked.contains(&key) {
                page.unknown(at, "key", key, self.asked.iter().copied());
            }
        }
    }
}

/// Text, or a mistake.
pub(super) fn text_of<'d>(value: &'d Value<'d>, what: &str, page: &mut Page) -> Option<Word<'d>> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(text) => Some((text.as_ref(), at)),
        other => {
            let quoted = if is_number(other) { "; write it in quotes" } else { "" };
            page.wrong(at, expected(what, "text", other) + quoted);
            None
        }
    }
}

/// One text or a list of texts, at least one.
pub(super) fn texts_of<'d>(
    value: &'d Value<'d>,
    what: &str,
    page: &mut Page,
) -> Option<Vec<Word<'d>>> {
    match value.get_ref() {
        DeValue::String(text) => Some(vec![(text.as_ref(), value.span().start)]),
        DeValue::Array(list) if list.is_empty() => {
            page.wrong(value.span().start, format!("`{what}` is an empty list"));
            None
        }
        DeValue::Array(list) => list
            .iter()
            .map(|item| text_of(item, what, page))
            .collect::<Vec<_>>()
            .into_iter()
            .collect(),
        other => {
            let quoted = if is_number(other) { "; write it in quotes" } else { "" };
            let message = expected(what, "text or a list of texts", other) + quoted;
            page.wrong(value.span().start, message);
            None
        }
    }
}

/// Pico-units of a number or a text of digits, never negative, or a mistake.
pub(super) fn pico_of(value: &Value, what: &str, page: &mut Page) -> Option<i128> {
    let at = value.span().start;
    let text = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        DeValue::String(text) => text.as_ref(),
        other => {
            page.wrong(at, expected(what, "a number", other));
            return None;
        }
    };
    let plain = text.replace('_', "");
    let Some(pico) = pico_of_text(plain.strip_prefix('+').unwrap_or(&plain)) else {
        let wanted = "a decimal such as 12.50, at most 12 places";
        page.wrong(at, format!("`{what}` must be {wanted}; found `{text}`"));
        return None;
    };
    if pico < 0 {
        page.wrong(at, format!("`{what}` cannot be negative; found {text}"));
        return None;
    }
    if pico >= MOST_UNITS * UNIT {
        page.wrong(at, format!("`{what}` is beyond all money; found {text}"));
        return None;
    }
    Some(pico)
}

/// A TOML date or the same as text, or a mistake.
fn day_of(value: &Value, what: &str, page: &mut Page) -> Option<Day> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.as_ref().to_owned(),
        DeValue::Datetime(moment) => moment.to_string(),
        other => {
            page.wrong(value.span().start, expected(what, "a day such as 2026-10-12", other));
            return None;
        }
    };
    let day = Day::parse(&text);
    if day.is_none() {
        let message = format!("`{what}` must be a day such as 2026-10-12; found `{text}`");
        page.wrong(value.span().start, message);
    }
    day
}

fn is_number(value: &DeValue) -> bool {
    matches!(value, DeValue::Integer(_) | DeValue::Float(_))
}

/// `` `name` must be text; found a number ``
pub(super) fn expected(what: &str, wanted: &str, found: &DeValue) -> String {
    let found = match found {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    format!("`{what}` must be {wanted}; found {found}")
}
