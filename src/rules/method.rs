//! Method: how a split gives, as it is written.
//!
//! In:    a `[[split]]` or one of its tiers.
//! Out:   a [`Method`], with the rows of its driver file.
//! Never: takes a key for a method that it does not belong to.

use crate::model::condition::Condition;
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity, UNIT};
use crate::model::split::{
    Base, DriverDate, Every, Method, OnNegative, OnZero, Rest, Targets, Tier,
};
use crate::rules::matching;
use crate::rules::page::Page;
use crate::rules::rule::sections;
use crate::rules::section::{Section, Word, expected, pico_of};
use crate::rules::splits::{Around, by_tenant, distinct};

/// Methods and the keys of their own.
const METHODS: &[(&str, &[&str])] = &[
    ("even", &["targets"]),
    ("fixed", &["percent", "rest"]),
    ("proportional", &["targets", "by", "of", "on_zero", "on_negative"]),
    ("driver", &["file", "every", "on_zero"]),
    ("tiers", &["tier"]),
];

const ON_ZERO: &[(&str, OnZero)] =
    &[("keep", OnZero::Keep), ("even", OnZero::Even), ("refuse", OnZero::Refuse)];

/// The whole, in pico-percent, and what written text may miss it by: 33.3333 three times.
const WHOLE: i128 = 100 * UNIT;
const TOLERANCE: i128 = UNIT / 10_000;

/// Reads `method` and its keys; tiers only where they may be.
pub(super) fn read(
    section: &mut Section,
    around: &mut Around,
    may_have_tiers: bool,
    page: &mut Page,
) -> Option<Method> {
    let word = section.required("method", page);
    let found = word.and_then(|(word, _)| METHODS.iter().find(|(name, _)| *name == word));
    let (Some((word, at)), Some((_, own))) = (word, found) else {
        for (_, keys) in METHODS {
            section.allow(keys);
        }
        if let Some((word, at)) = word {
            page.unknown(at, "method", word, METHODS.iter().map(|(name, _)| *name));
        }
        return None;
    };
    foreign_keys(section, word, own, page);
    match word {
        "even" => targets(section, around, page).map(Method::Even),
        "fixed" => fixed(section, around, page),
        "proportional" => proportional(section, around, page),
        "driver" => driver(section, around, page),
        _ if may_have_tiers => tiers(section, around, page),
        _ => {
            page.wrong(at, "a tier cannot have tiers");
            None
        }
    }
}

/// Keys of other methods: known, but not here.
fn foreign_keys(section: &mut Section, method: &str, own: &[&str], page: &mut Page) {
    for (_, keys) in METHODS {
        for key in keys.iter().filter(|key| !own.contains(key)) {
            if !section.has(key) || section.is_known(key) {
                continue;
            }
            section.take(key);
            let owners = METHODS.iter().filter(|(_, keys)| keys.contains(key));
            let owners: Vec<_> = owners.map(|(name, _)| format!("`{name}`")).collect();
            let owners = owners.join(" or ");
            let message = format!("method `{method}` has no `{key}`; it belongs to {owners}");
            page.wrong(section.key_at(key), message);
        }
    }
}

/// `"all"`, which is the default, or a list of tenants.
fn targets(section: &mut Section, around: &Around, page: &mut Page) -> Option<Targets> {
    let value = section.take("targets");
    let at = value.map_or(section.at, |value| value.span().start);
    let is_all = value.is_none_or(|value| value.get_ref().as_str() == Some("all"));
    if is_all {
        let is_some = around.names.ids().any(|id| !around.from.iter().any(|from| from == id));
        if !is_some {
            page.wrong(at, "no tenant is left to receive");
        }
        return is_some.then_some(Targets::All);
    }
    let value = value?;
    if !value.get_ref().is_array() {
        let wanted = "\"all\" or a list of tenants";
        page.wrong(at, expected("targets", wanted, value.get_ref()));
        return None;
    }
    let words = section.texts("targets", page)?;
    let places = words.clone();
    let ids = distinct(words, around.names, page);
    let is_giver = |(spelling, _): &Word| {
        around.names.id(spelling).is_some_and(|id| around.from.iter().any(|from| from == id))
    };
    let givers: Vec<Word> = places.into_iter().filter(is_giver).collect();
    for (id, at) in &givers {
        gives_and_receives(id, *at, page);
    }
    givers.is_empty().then_some(Targets::Named(ids))
}

fn gives_and_receives(id: &str, at: usize, page: &mut Page) {
    page.wrong(at, format!("`{id}` is in `from_tenants`: it cannot receive what is taken from it"));
}

fn fixed(section: &mut Section, around: &Around, page: &mut Page) -> Option<Method> {
    let rest = section.choice("rest", &[("keep", Rest::Keep), ("spread", Rest::Spread)], page);
    let Some(value) = section.take("percent") else {
        section.missing("percent", ": write `percent = { TENANT = 60 }`", page);
        return None;
    };
    let entries = by_tenant(value, "percent", page);
    let words = entries.iter().map(|(word, _)| *word).collect();
    let ids = distinct(words, around.names, page);
    let mut percent = Vec::new();
    for ((spelling, at), value) in &entries {
        let Some(part) = pico_of(value, spelling, page) else { continue };
        if part > WHOLE {
            let message = format!("{} percent is more than all", Quantity(part));
            page.wrong(value.span().start, message);
            continue;
        }
        let Some(id) = around.names.id(spelling) else { continue };
        if around.from.iter().any(|from| from == id) {
            gives_and_receives(id, *at, page);
            continue;
        }
        percent.push((id.to_owned(), Quantity(part)));
    }
    let sum = Quantity(percent.iter().map(|(_, part)| part.0).sum());
    let at = value.span().start;
    if sum.0 > WHOLE + TOLERANCE {
        page.wrong(at, format!("the percentages add up to {sum}, which is more than 100"));
    }
    if value.get_ref().is_table() && percent.len() == entries.len() && sum.0 == 0 {
        page.wrong(at, "no percentage is above 0");
    }
    (ids.len() == percent.len()).then_some(Method::Fixed { percent, rest })
}

fn proportional(section: &mut Section, around: &Around, page: &mut Page) -> Option<Method> {
    let to = targets(section, around, page);
    let by = base(section, page);
    let has_of = section.has("of");
    let of = matching::optional(section, "of", page);
    let on_zero = section.choice("on_zero", ON_ZERO, page);
    let signs = [("as-zero", OnNegative::AsZero), ("refuse", OnNegative::Refuse)];
    let on_negative = section.choice("on_negative", &signs, page);
    let of = if has_of { of? } else { Condition::All(Vec::new()) };
    Some(Method::Proportional { to: to?, by: by?, of, on_zero, on_negative })
}

fn base(section: &mut Section, page: &mut Page) -> Option<Base> {
    let Some((word, at)) = section.text("by", page) else {
        return (!section.has("by")).then_some(Base::Cost);
    };
    match word {
        "cost" => Some(Base::Cost),
        "hours" => Some(Base::Hours),
        _ => {
            let metric = CostMetric::parse(word);
            if metric.is_none() {
                let metrics = CostMetric::ALL.into_iter().map(CostMetric::name);
                page.unknown(at, "base", word, ["cost", "hours"].into_iter().chain(metrics));
            }
            metric.map(Base::Metric)
        }
    }
}

fn driver(section: &mut Section, around: &mut Around, page: &mut Page) -> Option<Method> {
    let every = section.choice("every", &[("month", Every::Month), ("day", Every::Day)], page);
    let on_zero = section.choice("on_zero", ON_ZERO, page);
    let (file, at) = section.required("file", page)?;
    let found = around.drivers.rows(file, around.names);
    let rows = match found {
        Ok(rows) => rows,
        Err(why) => {
            page.wrong(at, format!("driver file {why}"));
            return None;
        }
    };
    if let Some(row) = rows.iter().find(|row| around.from.contains(&row.target)) {
        gives_and_receives(&row.target, at, page);
        return None;
    }
    let is_month = |date: DriverDate| matches!(date, DriverDate::Month(_));
    if every == Every::Day && rows.iter().any(|row| is_month(row.date)) {
        page.wrong(at, format!("`{file}` has rows for months; `every = \"day\"` needs days"));
    }
    Some(Method::Driver { file: file.to_owned(), rows, every, on_zero })
}

fn tiers(section: &mut Section, around: &mut Around, page: &mut Page) -> Option<Method> {
    if !section.has("tier") {
        page.wrong(section.at, "`tiers` needs tiers: write `[[split.tier]]` below");
        section.take("tier");
        return None;
    }
    let mut found = sections(section, "tier", page);
    let last = found.len().saturating_sub(1);
    let mut below = Money::ZERO;
    let mut tiers = Vec::new();
    for (number, tier) in found.iter_mut().enumerate() {
        let up_to = tier.take("up_to");
        let at = up_to.map_or(tier.at, |value| value.span().start);
        let end = up_to.and_then(|value| pico_of(value, "up_to", page)).map(Money);
        match end {
            Some(_) if number == last => {
                page.wrong(at, "the last tier has no `up_to`: it takes what is left");
            }
            Some(end) if end <= below => {
                page.wrong(at, format!("`up_to` must be above {below}; found {end}"));
            }
            None if up_to.is_none() && number != last => {
                page.wrong(at, "only the last tier may have no `up_to`");
            }
            _ => {}
        }
        below = below.max(end.unwrap_or_default());
        let method = read(tier, around, false, page);
        tier.finish(page);
        tiers.extend(method.map(|method| Tier { up_to: end, method }));
    }
    if found.is_empty() {
        page.wrong(section.at, "`tier` is an empty list");
    }
    (!found.is_empty() && tiers.len() == found.len()).then_some(Method::Tiers(tiers))
}
