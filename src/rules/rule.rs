//! Rules: `[[rule]]` and `[tag.KEY]` of the rule file.
//!
//! In:    sections of the rule file, the tenants' names.
//! Out:   [`Rule`]s and [`VirtualTag`]s in the order of the file.
//! Never: says whether a rule holds.

use toml::de::DeValue;

use crate::model::condition::Condition;
use crate::model::dimension::Dimension;
use crate::model::tenancy::{Rule, ValueRule, VirtualTag};
use crate::rules::matching;
use crate::rules::page::Page;
use crate::rules::section::{Section, Value, expected, text_of};
use crate::rules::tenants::Names;

/// The tables of `[[key]]`.
pub(super) fn sections<'d>(
    parent: &mut Section<'d>,
    key: &'static str,
    page: &mut Page,
) -> Vec<Section<'d>> {
    let Some(value) = parent.take(key) else { return Vec::new() };
    match value.get_ref() {
        DeValue::Array(list) => {
            list.iter().filter_map(|item| Section::of(item, key, page)).collect()
        }
        other => {
            let wanted = format!("a list of tables, each headed `[[{key}]]`");
            page.wrong(value.span().start, expected(key, &wanted, other));
            Vec::new()
        }
    }
}

/// Reads every `[[rule]]`.
pub(super) fn read(parent: &mut Section, names: &Names, page: &mut Page) -> Vec<Rule> {
    let sections = sections(parent, "rule", page);
    sections.into_iter().filter_map(|section| rule(section, names, page)).collect()
}

fn rule(mut section: Section, names: &Names, page: &mut Page) -> Option<Rule> {
    let tenant = section.required("tenant", page);
    let tenant = tenant.and_then(|word| names.resolve(word, page));
    let condition = matching::required(&mut section, page);
    let during = section.days(page);
    section.finish(page);
    Some(Rule { tenant: tenant?, condition: condition?, during, at: page.position(section.at) })
}

/// Reads `[tag]`.
pub(super) fn tags(section: &Section, page: &mut Page) -> Vec<VirtualTag> {
    let entries = section.entries();
    let tags = entries.into_iter().filter_map(|((key, at), value)| {
        if key.trim().is_empty() {
            page.wrong(at, "a virtual tag needs a key; this one is empty");
            return None;
        }
        Some(tag(key, at, &mut Section::of(value, key, page)?, page))
    });
    tags.collect()
}

fn tag(key: &str, at: usize, section: &mut Section, page: &mut Page) -> VirtualTag {
    let sections = sections(section, "rule", page);
    let rules = sections.into_iter().filter_map(|section| value_rule(section, page)).collect();
    let words = section.texts("first_of", page);
    let first_of = words.map_or_else(
        || vec![Dimension::Tag(key.to_owned())],
        |words| words.into_iter().filter_map(|word| matching::dimension(word, page)).collect(),
    );
    let renames = section.take("rename").map(|value| renames(value, page)).unwrap_or_default();
    let default = section.name("default", page).map(|(text, _)| text.to_owned());
    section.finish(page);
    VirtualTag { key: key.to_owned(), rules, first_of, renames, default, at: page.position(at) }
}

fn value_rule(mut section: Section, page: &mut Page) -> Option<ValueRule> {
    let value = section.required("value", page).map(|(text, _)| text.to_owned());
    let condition = matching::required(&mut section, page);
    let during = section.days(page);
    section.finish(page);
    Some(ValueRule { value: value?, condition: condition?, during, at: page.position(section.at) })
}

fn renames(value: &Value, page: &mut Page) -> Vec<(String, String)> {
    let Some(section) = Section::of(value, "rename", page) else { return Vec::new() };
    let rename = |((pattern, at), value)| {
        let (to, to_at) = text_of(value, pattern, page)?;
        if to.trim().is_empty() {
            page.wrong(to_at, format!("`{pattern}` is renamed to nothing"));
            return None;
        }
        matching::check((pattern, at), page).then(|| (pattern.to_owned(), to.to_owned()))
    };
    section.entries().into_iter().filter_map(rename).collect()
}

/// A virtual tag is made of what the export has: one that asks for another is a mistake.
pub(super) fn check_tags(tags: &[VirtualTag], page: &mut Page, offset_of: impl Fn(&str) -> usize) {
    let is_virtual = |of: &VirtualTag, dimension: &Dimension| match dimension {
        Dimension::Tag(key) => key != &of.key && tags.iter().any(|tag| tag.key == *key),
        _ => false,
    };
    for tag in tags {
        let conditions = tag.rules.iter().map(|rule| &rule.condition);
        let asked = conditions.flat_map(Condition::dimensions).chain(&tag.first_of);
        for other in asked.filter(|dimension| is_virtual(tag, dimension)) {
            let message = format!("virtual tag `{}` cannot ask for virtual `{other}`", tag.key);
            page.wrong(offset_of(&tag.key), message);
        }
    }
}
