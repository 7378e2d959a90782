//! Doubts: what is allowed, and most likely not meant.
//!
//! In:    a [`Tenancy`] without mistakes.
//! Out:   [`Finding`]s, each with its place in the rule file or map.
//! Never: looks at a charge; `attribute` tells what rules do to an export.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization as _;

use crate::diagnostic::Finding;
use crate::model::arn::StudioArn;
use crate::model::condition::Condition;
use crate::model::dimension::Dimension;
use crate::model::money::{Quantity, UNIT};
use crate::model::period::Days;
use crate::model::split::{Method, Rest, Split, Targets};
use crate::model::tag_key::TagKey;
use crate::model::tenancy::{Position, Tenancy};
use crate::rules::shadow;

/// Names that rows of ours have, or that spreadsheets take for something else; in lower case.
const OURS: [&str; 11] = [
    "total",
    "unassigned",
    "unattributed",
    "unallocated",
    "other services",
    "shared",
    "excluded",
    "all",
    "none",
    "null",
    "n/a",
];
/// Percentages may miss the whole by this, as written text does.
const TOLERANCE: i128 = UNIT / 10_000;

/// What is doubtful about the rules and maps, whatever the export; sorted.
pub fn doubts(tenancy: &Tenancy) -> Vec<Finding> {
    let mut findings = tenancy.findings.clone();
    findings.extend(idle_tenants(tenancy));
    findings.extend(names_of_ours(tenancy));
    findings.extend(look_alikes(tenancy));
    findings.extend(shadow::shadowed(tenancy));
    findings.extend(empty_patterns(tenancy));
    findings.extend(other_spellings(tenancy));
    findings.extend(tenancy.splits.iter().flat_map(|split| kept_percent(tenancy, split)));
    findings.extend(odd_rows(tenancy));
    findings.sort();
    findings
}

/// A place with its column, as mistakes have it.
pub(super) fn place(tenancy: &Tenancy, at: Position) -> String {
    format!("{}:{}", tenancy.place(at), at.column)
}

/// Tenants that nothing is given to by name.
fn idle_tenants(tenancy: &Tenancy) -> Vec<Finding> {
    let mut met: FxHashSet<&str> = tenancy.rules.iter().map(|rule| &*rule.tenant).collect();
    met.extend(tenancy.maps.profiles.iter().filter_map(|row| row.tenant.as_deref()));
    tenancy.splits.iter().for_each(|split| named_by(&split.method, &mut met));
    let idle = tenancy.tenants.iter().filter(|tenant| !met.contains(&*tenant.id));
    let told = |at, id: &str| {
        let message = format!(
            "`{}`: tenant `{id}` has no rule, no profile and no split that names it",
            place(tenancy, at)
        );
        Finding::new("tenant-without-rule", message)
    };
    idle.map(|tenant| told(tenant.at, &tenant.id)).collect()
}

fn named_by<'a>(method: &'a Method, met: &mut FxHashSet<&'a str>) {
    match method {
        Method::Even(Targets::Named(ids))
        | Method::Proportional { to: Targets::Named(ids), .. } => {
            met.extend(ids.iter().map(String::as_str));
        }
        Method::Even(Targets::All) | Method::Proportional { to: Targets::All, .. } => {}
        Method::Fixed { percent, .. } => met.extend(percent.iter().map(|(id, _)| id.as_str())),
        Method::Driver { rows, .. } => met.extend(rows.iter().map(|row| row.target.as_str())),
        Method::Tiers(tiers) => tiers.iter().for_each(|tier| named_by(&tier.method, met)),
    }
}

fn names_of_ours(tenancy: &Tenancy) -> Vec<Finding> {
    let is_ours = |id: &str| OURS.contains(&id.trim().to_lowercase().as_str());
    let named = tenancy.tenants.iter().filter(|tenant| is_ours(&tenant.id));
    let told = |at, id: &str| {
        let message =
            format!("`{}`: a tenant is called `{id}`, as rows of ours", place(tenancy, at));
        Finding::new("tenant-named-like-ours", message)
    };
    named.map(|tenant| told(tenant.at, &tenant.id)).collect()
}

/// Ids that differ only in what the eye does not see.
fn look_alikes(tenancy: &Tenancy) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<(&str, Position)>> = BTreeMap::new();
    for tenant in &tenancy.tenants {
        let plain: String = tenant.id.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect();
        groups.entry(plain).or_default().push((&tenant.id, tenant.at));
    }
    let told = |group: Vec<(&str, Position)>| {
        let told = group.iter().map(|(id, at)| format!("`{id}` at `{}`", place(tenancy, *at)));
        let message = format!("tenants look alike: {}", told.collect::<Vec<_>>().join(", "));
        Finding::new("tenant-look-alike", message)
    };
    groups.into_values().filter(|group| group.len() > 1).map(told).collect()
}

/// Every condition and where its rule is written.
fn conditions(tenancy: &Tenancy) -> Vec<(&Condition, Position)> {
    let rules = tenancy.rules.iter().map(|rule| (&rule.condition, rule.at));
    let values = tenancy.virtual_tags.iter().flat_map(|tag| &tag.rules);
    let values = values.map(|rule| (&rule.condition, rule.at));
    let splits = tenancy.splits.iter().flat_map(|split| {
        split.conditions().into_iter().map(move |condition| (condition, split.at))
    });
    rules.chain(values).chain(splits).collect()
}

fn empty_patterns(tenancy: &Tenancy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (condition, at) in conditions(tenancy) {
        for dimension in with_empty_pattern(condition) {
            let message = format!(
                "`{}`: the empty pattern for `{dimension}` fits nothing, not even a charge without",
                place(tenancy, at)
            );
            findings.push(Finding::new("empty-pattern", message));
        }
    }
    findings
}

fn with_empty_pattern(condition: &Condition) -> Vec<&Dimension> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().flat_map(with_empty_pattern).collect()
        }
        Condition::Not(inner) => with_empty_pattern(inner),
        Condition::Is(atom) => {
            let is_empty = atom.patterns.iter().any(String::is_empty);
            is_empty.then_some(&atom.dimension).into_iter().collect()
        }
    }
}

/// `tag:Team` beside a virtual tag `team`: the delivered tag is asked for.
fn other_spellings(tenancy: &Tenancy) -> Vec<Finding> {
    let keys = tenancy.virtual_tags.iter().map(|tag| (TagKey::new(&tag.key), &tag.key));
    let keys: Vec<_> = keys.collect();
    let mut told: BTreeMap<(&str, &str), Position> = BTreeMap::new();
    for (condition, at) in conditions(tenancy) {
        for dimension in condition.dimensions() {
            let Dimension::Tag(asked) = dimension else { continue };
            let meant = keys.iter().find(|(tag, _)| tag.rank_of(asked).is_some());
            if let Some((_, key)) = meant.filter(|(_, key)| *key != asked) {
                told.entry((asked, key)).or_insert(at);
            }
        }
    }
    let finding = |((asked, key), at)| {
        let message = format!(
            "`{}`: `tag:{asked}` is the tag as delivered; the virtual one is `tag:{key}`",
            place(tenancy, at)
        );
        Finding::new("virtual-tag-spelling", message)
    };
    told.into_iter().map(finding).collect()
}

fn kept_percent(tenancy: &Tenancy, split: &Split) -> Vec<Finding> {
    let methods: Vec<&Method> = match &split.method {
        Method::Tiers(tiers) => tiers.iter().map(|tier| &tier.method).collect(),
        method => vec![method],
    };
    let kept = methods.into_iter().filter_map(|method| match method {
        Method::Fixed { percent, rest: Rest::Keep } => {
            let sum: i128 = percent.iter().map(|(_, part)| part.0).sum();
            Some(100 * UNIT - sum).filter(|kept| *kept > TOLERANCE)
        }
        _ => None,
    });
    let told = |kept| {
        let message = format!(
            "`{}`: split `{}` keeps {} percent where it was; `rest = \"spread\"` gives all of it",
            place(tenancy, split.at),
            split.name,
            Quantity(kept)
        );
        Finding::new("percent-below-100", message)
    };
    kept.map(told).collect()
}

/// Rows of maps that name no ARN, or say the same of one day twice.
fn odd_rows(tenancy: &Tenancy) -> Vec<Finding> {
    let maps = &tenancy.maps;
    let spaces = maps.spaces.iter().map(|row| (&row.space_arn, row.during, row.line));
    let owners = maps.spaces.iter().map(|row| (&row.owner_profile_arn, row.line));
    let profiles = maps.profiles.iter().map(|row| (&row.profile_arn, row.during, row.line));
    let spaces: Vec<_> = spaces.collect();
    let profiles: Vec<_> = profiles.collect();
    let mut findings = Vec::new();
    for (name, rows) in [("spaces", &spaces), ("profiles", &profiles)] {
        findings.extend(overlaps(name, rows));
        let arns = rows.iter().map(|(arn, _, line)| (*arn, *line));
        findings.extend(no_arns(name, arns));
    }
    findings.extend(no_arns("spaces", owners));
    findings
}

fn overlaps(name: &str, rows: &[(&String, Days, u64)]) -> Vec<Finding> {
    let mut by_id: FxHashMap<String, Vec<(Days, u64)>> = FxHashMap::default();
    for (id, during, line) in rows {
        by_id.entry(id.to_lowercase()).or_default().push((*during, *line));
    }
    let mut findings = Vec::new();
    for mut rows in by_id.into_values() {
        rows.sort_unstable();
        for pair in rows.windows(2) {
            let [(days, line), (more_days, other)] = pair else { continue };
            if days.overlaps(*more_days) {
                let (first, second) = (line.min(other), line.max(other));
                let message =
                    format!("{name} map, line {second}: some days are those of line {first} too");
                findings.push(Finding::new("map-overlap", message));
            }
        }
    }
    findings
}

fn no_arns<'a>(name: &str, rows: impl Iterator<Item = (&'a String, u64)>) -> Vec<Finding> {
    let odd = rows.filter(|(arn, _)| StudioArn::parse(arn).is_none());
    let told = |(arn, line): (&String, u64)| {
        let message = format!("{name} map, line {line}: `{arn}` is no ARN of SageMaker Studio");
        Finding::new("map-no-arn", message)
    };
    odd.map(told).collect()
}
