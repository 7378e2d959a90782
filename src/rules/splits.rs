//! Splits: `[[split]]` of the rule file.
//!
//! In:    sections of the rule file, the tenants' names, the folder of driver files.
//! Out:   [`Split`]s in the order of the file; mistakes of what contradicts itself.
//! Never: computes a share.

use std::collections::BTreeSet;

use toml::de::DeValue;

use crate::model::condition::Condition;
use crate::model::money::Money;
use crate::model::split::{Limits, Method, Split, Targets, order};
use crate::rules::driver::Drivers;
use crate::rules::matching;
use crate::rules::method;
use crate::rules::page::Page;
use crate::rules::rule::sections;
use crate::rules::section::{Section, Value, Word, pico_of};
use crate::rules::tenants::Names;

/// What a split is read with.
pub(super) struct Around<'n, 'p> {
    pub(super) names: &'n Names,
    pub(super) drivers: &'n mut Drivers<'p>,
    /// The tenants that the split at hand takes from.
    pub(super) from: Vec<String>,
}

/// Reads every `[[split]]`.
pub(super) fn read(
    parent: &mut Section,
    names: &Names,
    drivers: &mut Drivers,
    page: &mut Page,
) -> Vec<Split> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut splits = Vec::new();
    for mut section in sections(parent, "split", page) {
        let name = section.required("name", page);
        if let Some((name, at)) = name
            && !known.insert(name.to_owned())
        {
            page.wrong(at, format!("there is already a split `{name}`"));
        }
        let mut around = Around { names, drivers, from: Vec::new() };
        splits.extend(split(name, &mut section, &mut around, page));
        section.finish(page);
    }
    splits
}

/// Splits in the order in which they are carried out; a mistake when cost would run in a circle.
pub(super) fn ordered(splits: Vec<Split>, page: &mut Page) -> Vec<Split> {
    match order(&splits) {
        Ok(places) => {
            let mut waiting: Vec<Option<Split>> = splits.into_iter().map(Some).collect();
            places.into_iter().filter_map(|place| waiting[place].take()).collect()
        }
        Err(circle) => {
            let on_it = splits.iter().find(|split| split.from.iter().any(|id| circle.contains(id)));
            let at = on_it.map(|split| split.at).unwrap_or_default();
            let circle: Vec<String> = circle.iter().map(|id| format!("`{id}`")).collect();
            let message = format!("cost would run in a circle: {}", circle.join(" to "));
            page.wrong_at(at, message);
            splits
        }
    }
}

fn split(
    name: Option<Word>,
    section: &mut Section,
    around: &mut Around,
    page: &mut Page,
) -> Option<Split> {
    let takes_from_tenants = section.has("from_tenants");
    let words = section.texts("from_tenants", page).unwrap_or_default();
    around.from = distinct(words, around.names, page);
    let condition = if takes_from_tenants && !section.has("match") {
        section.take("match");
        Some(Condition::All(Vec::new()))
    } else {
        matching::required(section, page)
    };
    let during = section.days(page);
    let method = method::read(section, around, true, page);
    let receivers = method.as_ref().and_then(|method| receivers(method, around));
    let caps = limits("cap", section, around.names, receivers.as_ref(), page);
    let floors = limits("floor", section, around.names, receivers.as_ref(), page);
    check_limits(&caps, &floors, section, page);
    Some(Split {
        name: name?.0.to_owned(),
        from: around.from.clone(),
        condition: condition?,
        during,
        method: method?,
        caps,
        floors,
        at: page.position(section.at),
    })
}

/// Tenants by id, each once.
pub(super) fn distinct(words: Vec<Word>, names: &Names, page: &mut Page) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut ids = Vec::new();
    for word in words {
        let Some(id) = names.resolve(word, page) else { continue };
        if seen.insert(id.clone()) {
            ids.push(id);
        } else {
            page.wrong(word.1, format!("tenant `{id}` is named twice"));
        }
    }
    ids
}

/// Who receives; `None` when only a file tells.
fn receivers(method: &Method, around: &Around) -> Option<BTreeSet<String>> {
    let of = |targets: &Targets| match targets {
        Targets::Named(ids) => ids.iter().cloned().collect(),
        Targets::All => {
            let ids = around.names.ids().map(ToOwned::to_owned);
            ids.filter(|id| !around.from.contains(id)).collect()
        }
    };
    match method {
        Method::Even(targets) => Some(of(targets)),
        Method::Proportional { to, .. } => Some(of(to)),
        Method::Fixed { percent, .. } => Some(percent.iter().map(|(id, _)| id.clone()).collect()),
        Method::Driver { .. } => None,
        Method::Tiers(tiers) => {
            let all: Option<Vec<_>> =
                tiers.iter().map(|tier| receivers(&tier.method, around)).collect();
            Some(all?.into_iter().flatten().collect())
        }
    }
}

/// `cap` and `floor`: one amount for each, or a table by tenant.
fn limits(
    key: &'static str,
    section: &mut Section,
    names: &Names,
    receivers: Option<&BTreeSet<String>>,
    page: &mut Page,
) -> Limits {
    let Some(value) = section.take(key) else { return Limits::default() };
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return Limits { each: pico_of(value, key, page).map(Money), ..Limits::default() };
    }
    let mut limits = Limits::default();
    for (word, value) in by_tenant(value, key, page) {
        let amount = pico_of(value, word.0, page);
        let Some(id) = names.resolve(word, page) else { continue };
        if receivers.is_some_and(|receivers| !receivers.contains(&id)) {
            page.wrong(word.1, format!("`{id}` receives nothing of this split"));
        }
        if let Some(amount) = amount
            && limits.of.insert(id.clone(), Money(amount)).is_some()
        {
            page.wrong(word.1, format!("tenant `{id}` is named twice"));
        }
    }
    limits
}

/// The entries of a table whose keys are tenants.
pub(super) fn by_tenant<'d>(
    value: &'d Value<'d>,
    what: &str,
    page: &mut Page,
) -> Vec<(Word<'d>, &'d Value<'d>)> {
    let section = Section::of(value, what, page);
    section.map(|section| section.entries()).unwrap_or_default()
}

fn check_limits(caps: &Limits, floors: &Limits, section: &mut Section, page: &mut Page) {
    let at = section.take("floor").map_or(section.at, |value| value.span().start);
    let mut check = |who: &str, cap: Option<Money>, floor: Option<Money>| {
        if let (Some(cap), Some(floor)) = (cap, floor)
            && cap < floor
        {
            page.wrong(at, format!("the floor of {who}, {floor}, is above its cap, {cap}"));
        }
    };
    check("each tenant", caps.each, floors.each);
    let named: BTreeSet<&String> = caps.of.keys().chain(floors.of.keys()).collect();
    for id in named {
        check(&format!("`{id}`"), caps.for_tenant(id), floors.for_tenant(id));
    }
}
