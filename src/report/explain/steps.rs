//! Steps: the way from a total down to its charges, for each kind of subject.
//!
//! In:    what a run found.
//! Out:   [`Step`]s with the words of their nodes.
//! Never: leaves out what decided: the rule, the reason, the tag.

use std::collections::BTreeSet;

use super::tree::{Step, Values};
use super::{Found, OWNER_TAGS, words};
use crate::model::dimension::Dimension;

/// Own cost of a tenant.
pub(super) fn own(found: &Found) -> Vec<Step<'_>> {
    vec![rule(found), owner(), component(), resource_of()]
}

/// What a tenant received: the pool, then where its cost came from.
pub(super) fn received(found: &Found) -> Vec<Step<'_>> {
    let pool = Step {
        kind: "pool",
        by: vec![Dimension::Pool, Dimension::TenantRule],
        say: Box::new(|values: &Values<'_>| {
            let name = values.get(&Dimension::Pool).unwrap_or_default();
            let place = values.get(&Dimension::TenantRule).unwrap_or_default();
            let taken = found.tenancy.splits.iter().find(|split| split.name == name);
            let taken = taken.map(|split| {
                let what = words::condition(&split.condition);
                if split.from.is_empty() {
                    what
                } else {
                    format!("{what}, of {}", split.from.join(", "))
                }
            });
            (format!("pool {name}, {place}"), taken.unwrap_or_default())
        }),
        in_order: false,
    };
    let origin = Step {
        kind: "origin",
        by: vec![Dimension::Service, Dimension::LineItemType, Dimension::Account],
        say: Box::new(|values: &Values<'_>| {
            let service = values.get(&Dimension::Service).unwrap_or("no service");
            let line_type = values.get(&Dimension::LineItemType).unwrap_or("no line type");
            let account = values.get(&Dimension::Account);
            let account = account.map_or_else(String::new, |id| format!("in {id}"));
            (format!("{service}, {line_type}"), account)
        }),
        in_order: false,
    };
    vec![pool, origin]
}

/// A user: for whom it worked, how that is known, on what.
pub(super) fn user(found: &Found) -> Vec<Step<'_>> {
    let profile = Step {
        kind: "user",
        by: vec![Dimension::User],
        say: Box::new(|values: &Values<'_>| {
            let arn = values.get(&Dimension::User).unwrap_or("no user");
            (words::short(arn).to_owned(), String::new())
        }),
        in_order: false,
    };
    let mut steps = vec![tenant(found), owner(), component(), resource_of()];
    let at = found.answer.dimensions.iter().position(|of| *of == Dimension::User);
    let users = found.answer.rows.iter().map(|row| at.and_then(|at| row.keys.get(at)));
    if users.collect::<BTreeSet<_>>().len() > 1 {
        // Profiles of the same name in several domains.
        steps.insert(0, profile);
    }
    steps
}

/// A resource: when, whose, by which tag or reason, for which tenant.
pub(super) fn resource(found: &Found) -> Vec<Step<'_>> {
    let month = Step {
        kind: "month",
        by: vec![Dimension::Month],
        say: Box::new(|values: &Values<'_>| {
            (values.get(&Dimension::Month).unwrap_or("no month").to_owned(), String::new())
        }),
        in_order: true,
    };
    let day = Step {
        kind: "day",
        by: vec![Dimension::Day],
        say: Box::new(|values: &Values<'_>| {
            (values.get(&Dimension::Day).unwrap_or("no day").to_owned(), String::new())
        }),
        in_order: true,
    };
    let mut tagged = owner();
    tagged.by.extend(OWNER_TAGS.map(|key| Dimension::Tag(key.to_owned())));
    tagged.say = Box::new(|values: &Values<'_>| {
        let tags = OWNER_TAGS.iter().filter_map(|key| {
            let value = values.get(&Dimension::Tag((*key).to_owned()))?;
            Some(format!("{key} = {}", words::short(value)))
        });
        let tags: Vec<String> = tags.collect();
        let (word, why) = owner_words(values);
        let tags = if tags.is_empty() { "no SageMaker tag".to_owned() } else { tags.join(", ") };
        (word, format!("{why}; {tags}"))
    });
    let mut component = component();
    component.by.push(Dimension::LineItemType);
    component.say = Box::new(|values: &Values<'_>| {
        let (word, _) = component_words(values);
        (word, values.get(&Dimension::LineItemType).unwrap_or_default().to_owned())
    });
    vec![month, tagged, tenant(found), component, day]
}

fn rule(found: &Found) -> Step<'_> {
    Step {
        kind: "rule",
        by: vec![Dimension::TenantRule],
        say: Box::new(|values: &Values<'_>| {
            words::rule(&found.tenancy, values.get(&Dimension::TenantRule))
        }),
        in_order: false,
    }
}

/// The tenant, the rule that gave it, and the pool if it was moved there.
fn tenant(found: &Found) -> Step<'_> {
    Step {
        kind: "tenant",
        by: vec![Dimension::Tenant, Dimension::TenantRule, Dimension::Pool],
        say: Box::new(|values: &Values<'_>| {
            let Some(id) = values.get(&Dimension::Tenant) else {
                return ("no tenant".to_owned(), "no rule holds".to_owned());
            };
            let name = found.tenancy.tenant(id).map_or(words::last(id), |tenant| &tenant.name);
            let place = values.get(&Dimension::TenantRule);
            let why = if let Some(pool) = values.get(&Dimension::Pool) {
                format!("through pool {pool}, {}", place.unwrap_or_default())
            } else {
                let (word, why) = words::rule(&found.tenancy, place);
                format!("{word}: {why}")
            };
            (format!("tenant {name}"), why)
        }),
        in_order: false,
    }
}

fn owner() -> Step<'static> {
    Step {
        kind: "owner",
        by: vec![Dimension::User, Dimension::Space, Dimension::OwnerReason],
        say: Box::new(owner_words),
        in_order: false,
    }
}

fn owner_words(values: &Values<'_>) -> (String, String) {
    let user = values.get(&Dimension::User).map(words::last);
    let space = values.get(&Dimension::Space).map(words::last);
    let word = match (user, space) {
        (Some(user), Some(space)) => format!("{user} in {space}"),
        (Some(user), None) => user.to_owned(),
        (None, Some(space)) => format!("space {space}"),
        (None, None) => "no user".to_owned(),
    };
    (word, words::reason(values.get(&Dimension::OwnerReason)))
}

fn component() -> Step<'static> {
    Step {
        kind: "component",
        by: vec![Dimension::Component, Dimension::InstanceType],
        say: Box::new(component_words),
        in_order: false,
    }
}

fn component_words(values: &Values<'_>) -> (String, String) {
    let component = values.get(&Dimension::Component).unwrap_or("no component");
    let instance = values.get(&Dimension::InstanceType);
    let instance = instance.map_or_else(String::new, |of| format!(" {of}"));
    (format!("{component}{instance}"), String::new())
}

fn resource_of() -> Step<'static> {
    Step {
        kind: "resource",
        by: vec![
            Dimension::Resource,
            Dimension::LineItemType,
            Dimension::Service,
            Dimension::Account,
        ],
        say: Box::new(|values: &Values<'_>| {
            let resource = values.get(&Dimension::Resource).map(words::short);
            let line_type = values.get(&Dimension::LineItemType).unwrap_or_default();
            (resource.unwrap_or("no resource").to_owned(), line_type.to_owned())
        }),
        in_order: false,
    }
}
