//! Matching: the `match` of a rule as a condition.
//!
//! In:    a table such as `{ domain = "d-abc*", not = { component = ["training"] } }`.
//! Out:   a [`Condition`], every pattern of which is a glob.
//! Never: lets an empty table mean everything, or a rule ask for what rules decide.

use toml::de::DeValue;

use crate::model::condition::{Atom, Condition};
use crate::model::dimension::Dimension;
use crate::model::glob::Glob;
use crate::rules::page::Page;
use crate::rules::section::{Section, Value, Word, expected, texts_of};

/// What to write for every charge.
const EVERYTHING: &str = "for every charge write `{ line-type = \"*\" }`";

/// Reads `match`, which must be there.
pub(super) fn required(section: &mut Section, page: &mut Page) -> Option<Condition> {
    let found = optional(section, "match", page);
    if found.is_none() && !section.has("match") {
        section.missing("match", &format!("; {EVERYTHING}"), page);
    }
    found
}

/// Reads a condition, which may be left out.
pub(super) fn optional(
    section: &mut Section,
    key: &'static str,
    page: &mut Page,
) -> Option<Condition> {
    let value = section.take(key)?;
    condition(value, key, page)
}

fn condition(value: &Value, what: &str, page: &mut Page) -> Option<Condition> {
    let section = Section::of(value, what, page)?;
    let entries = section.entries();
    if entries.is_empty() {
        page.wrong(section.at, format!("`{what}` is empty; {EVERYTHING}"));
        return None;
    }
    // Every key is looked at, so that all mistakes are told; one is enough to have no condition.
    let parts: Vec<_> = entries.into_iter().map(|(key, value)| part(key, value, page)).collect();
    let mut parts = parts.into_iter().collect::<Option<Vec<Condition>>>()?;
    Some(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
}

fn part((key, at): Word, value: &Value, page: &mut Page) -> Option<Condition> {
    match key {
        "all" => several(value, key, page).map(Condition::All),
        "any" => several(value, key, page).map(Condition::Any),
        "not" => condition(value, key, page).map(|inner| Condition::Not(Box::new(inner))),
        "tag" | "category" => nested(key, value, page),
        "product" => atom(Dimension::Service, key, value, page),
        word => atom(dimension((word, at), page)?, key, value, page),
    }
}

/// `all` and `any`: a list of tables.
fn several(value: &Value, what: &str, page: &mut Page) -> Option<Vec<Condition>> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::Array(list) if list.is_empty() => {
            page.wrong(at, format!("`{what}` is an empty list; {EVERYTHING}"));
            None
        }
        DeValue::Array(list) => {
            let found: Vec<_> = list.iter().map(|item| condition(item, what, page)).collect();
            found.into_iter().collect()
        }
        other => {
            page.wrong(at, expected(what, "a list of tables", other));
            None
        }
    }
}

/// `tag.studiouserid = "alice*"`, which TOML reads as a table in a table.
fn nested(kind: &str, value: &Value, page: &mut Page) -> Option<Condition> {
    let section = Section::of(value, kind, page)?;
    let one = |((key, at), value): (Word, &Value)| {
        let word = format!("{kind}:{key}");
        if matches!(value.get_ref(), DeValue::Table(_)) {
            page.wrong(at, format!("a key with points needs quotes: `\"{word}...\" = ...`"));
            return None;
        }
        atom(dimension((&word, at), page)?, &word, value, page)
    };
    let parts: Vec<_> = section.entries().into_iter().map(one).collect();
    if parts.is_empty() {
        page.wrong(section.at, format!("`{kind}` is empty; write `{kind}.KEY = \"...\"`"));
        return None;
    }
    parts.into_iter().collect::<Option<Vec<_>>>().map(Condition::All)
}

/// A dimension that rules may ask for, or a mistake.
pub(super) fn dimension((word, at): Word, page: &mut Page) -> Option<Dimension> {
    match Dimension::parse(word) {
        None => {
            let more = ["product", "all", "any", "not"];
            page.unknown(at, "dimension", word, Dimension::words().chain(more));
            None
        }
        Some(found) if found.is_tenancy() => {
            page.wrong(at, format!("`{word}` is what rules decide; they cannot ask for it"));
            None
        }
        Some(Dimension::Month | Dimension::Day) => {
            page.wrong(at, format!("a rule has no `{word}`; write `from` and `to` beside `match`"));
            None
        }
        found => found,
    }
}

fn atom(dimension: Dimension, what: &str, value: &Value, page: &mut Page) -> Option<Condition> {
    let words = texts_of(value, what, page)?;
    let mut is_good = true;
    for (pattern, at) in &words {
        is_good &= check((pattern, *at), page);
    }
    let patterns = words.into_iter().map(|(pattern, _)| pattern.to_owned()).collect();
    is_good.then_some(Condition::Is(Atom { dimension, patterns }))
}

/// Whether a pattern is a glob; a mistake when it is not.
pub(super) fn check((pattern, at): Word, page: &mut Page) -> bool {
    let wrong = Glob::parse(pattern).err();
    if let Some(wrong) = &wrong {
        page.wrong(at, format!("`{pattern}` is no pattern: {wrong}"));
    }
    wrong.is_none()
}
