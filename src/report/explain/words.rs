//! Words: what the nodes of a tree are called, and why they are there.
//!
//! In:    values of the data and what people wrote.
//! Out:   short words for people.
//! Never: rounds, or says more than the data does.

use crate::model::condition::Condition;
use crate::model::tenancy::Tenancy;

/// How an owner was found, in words.
pub(super) fn reason(reason: Option<&str>) -> String {
    match reason {
        Some("tag") => "by tag",
        Some("space-owner") => "by map of spaces",
        Some("resource-arn") => "by its ARN",
        Some("resource-history") => "by its other days",
        Some("efs") => "by home volume",
        Some("none") | None => "nobody told",
        Some(other) => other,
    }
    .to_owned()
}

/// A `match` as people write it: `domain = d-abc*, component = training or processing`.
pub(super) fn condition(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) if parts.is_empty() => "every charge".to_owned(),
        Condition::All(parts) => joined(parts, ", "),
        Condition::Any(parts) => format!("any of ({})", joined(parts, " or ")),
        Condition::Not(inner) => format!("not ({})", self::condition(inner)),
        Condition::Is(atom) => format!("{} = {}", atom.dimension, atom.patterns.join(" or ")),
    }
}

fn joined(parts: &[Condition], by: &str) -> String {
    parts.iter().map(condition).collect::<Vec<_>>().join(by)
}

/// What the rule at a place says.
pub(super) fn rule(tenancy: &Tenancy, place: Option<&str>) -> (String, String) {
    let Some(place) = place else {
        return ("its domain".to_owned(), "without rules a domain is its own tenant".to_owned());
    };
    let written = tenancy.rules.iter().find(|rule| tenancy.place(rule.at) == place);
    let why = match written {
        Some(rule) if rule.during == crate::model::period::Days::ALWAYS => {
            condition(&rule.condition)
        }
        Some(rule) => format!("{}, {}", condition(&rule.condition), rule.during),
        None => "membership of the profile".to_owned(),
    };
    (format!("rule {place}"), why)
}

/// The last parts of an ARN or a path that tell a thing apart from its like: `d-1/alice`.
pub fn short(value: &str) -> &str {
    let resource = value.splitn(6, ':').nth(5).filter(|_| value.starts_with("arn:"));
    resource.filter(|rest| !rest.is_empty()).unwrap_or(value)
}

/// The last part of an ARN.
pub fn last(value: &str) -> &str {
    let last = value.rsplit('/').next().filter(|last| !last.is_empty());
    last.filter(|_| value.starts_with("arn:")).unwrap_or(value)
}
