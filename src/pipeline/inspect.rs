//! Inspect: what a pass saw, in sentences.
//!
//! In:    a delivery, its opened files, what the scan and the roll-up found odd.
//! Out:   facts and [`Finding`]s for people.
//! Never: stops a run; what stops a run is an error of its room.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Delivered, FileShape};
use crate::aggregate::Answered;
use crate::attribute::{Untold, Why};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, Standing};
use crate::model::money::{Currency, Money};
use crate::model::rule_use::{MapUse, RuleUse};
use crate::model::source_column::{Need, SourceColumn};
use crate::model::tag_key::sagemaker;
use crate::model::tenancy::Tenancy;
use crate::model::trail::Trail;
use crate::normalise::Oddities;
use crate::render::number::{count, money};
use crate::report::check::{MissingColumn, PeriodFacts};
use crate::scan::Missing;

/// What was delivered, period by period.
pub(super) fn periods(delivered: &[Delivered]) -> Vec<PeriodFacts> {
    let facts = delivered.iter().map(|period| {
        let schemas: BTreeSet<&str> =
            period.files.iter().map(|file| file.schema.as_str()).collect();
        let columns: BTreeSet<&String> =
            period.files.iter().flat_map(|file| &file.columns).collect();
        PeriodFacts {
            period: period.period.map(|period| period.to_string()),
            schema: schemas.into_iter().collect::<Vec<_>>().join(", "),
            files: period.files.len() as u64,
            columns: columns.len() as u64,
            rows: period.files.iter().map(|file| file.rows).sum(),
            execution: period.execution.clone(),
            manifest: period.manifest.clone(),
        }
    });
    facts.collect()
}

/// Columns of ours that some file lacks, whether a line would have needed them or not.
pub(super) fn missing<'a>(files: impl Iterator<Item = &'a FileShape>) -> Vec<MissingColumn> {
    let mut lacking: BTreeMap<SourceColumn, u64> = BTreeMap::new();
    for column in files.flat_map(|file| &file.missing) {
        *lacking.entry(*column).or_default() += 1;
    }
    let told = lacking.into_iter().filter_map(|(column, files)| {
        let Need::Optional(consequence) = column.need() else { return None };
        let column = column.name().to_owned();
        Some(MissingColumn { column, files, consequence: consequence.to_owned() })
    });
    told.collect()
}

/// What only `check` looks for.
pub(super) fn findings(delivered: &[Delivered], by_day: &Answered) -> Vec<Finding> {
    let mut findings = Vec::new();
    let files = delivered.iter().flat_map(|period| &period.files);
    let empty = files.filter(|file| file.rows == 0).count();
    if empty > 0 {
        let files = if empty == 1 { "file holds" } else { "files hold" };
        let message = format!("{empty} {files} no rows, as after an export that shrank");
        findings.push(Finding::new("empty-file", message));
    }
    findings.extend(strange_months(delivered, by_day));
    findings.extend(untagged(by_day));
    findings
}

/// Rows of a month that no folder is named for.
fn strange_months(delivered: &[Delivered], by_day: &Answered) -> Option<Finding> {
    let folders: BTreeSet<String> =
        delivered.iter().filter_map(|period| period.period).map(|p| p.to_string()).collect();
    let strange = by_day.months.iter().filter(|month| !folders.contains(*month));
    let strange: Vec<&str> = strange.map(String::as_str).collect();
    let is_odd = !folders.is_empty() && !strange.is_empty();
    is_odd.then(|| {
        let message = format!("rows belong to {}, which no folder says", strange.join(", "));
        Finding::new("strange-month", message)
    })
}

/// The tag activation gap: SageMaker cost without a tag, and the day on which tags begin.
fn untagged(by_day: &Answered) -> Vec<Finding> {
    let mut untagged: BTreeMap<&Currency, Money> = BTreeMap::new();
    let mut first_tagged: BTreeMap<&Currency, &str> = BTreeMap::new();
    for row in &by_day.answer.rows {
        let [day, reason] = row.keys.as_slice() else { continue };
        if row.standing == Standing::OtherServices {
            continue;
        }
        if matches!(reason.as_deref(), Some("tag" | "space-owner")) {
            let day = day.as_deref().unwrap_or_default();
            let first = first_tagged.entry(&row.currency).or_insert(day);
            *first = day.min(*first);
        } else {
            let sum = untagged.entry(&row.currency).or_default();
            *sum = sum.checked_add(row.cost).unwrap_or(*sum);
        }
    }
    let told = untagged.into_iter().filter(|(_, cost)| *cost != Money::ZERO).map(|(of, cost)| {
        let since = first_tagged.get(of).map_or_else(
            || "no line carries a SageMaker tag: activate the cost allocation tags".to_owned(),
            |day| format!("tags begin on {day}"),
        );
        Finding::new(
            "untagged",
            format!("{} {of} of SageMaker cost has no tag; {since}", money(cost.0)),
        )
    });
    told.collect()
}

/// What the absence of a tag turns off; the others are not worth a word.
const TAG_CONSEQUENCES: &[(&str, &str)] = &[
    (sagemaker::DOMAIN, "activate it as a cost allocation tag to see domains"),
    (sagemaker::USER_PROFILE, "activate it as a cost allocation tag to see users"),
    (sagemaker::SPACE, "activate it as a cost allocation tag to see spaces"),
    (sagemaker::MANAGED_BY, "EFS volumes cannot be given to their domains"),
];

/// What the export lacks that lines of the question would have needed, and what that turns off.
pub(super) fn lacking(missing: &Missing, files: usize) -> Vec<Finding> {
    let of_columns = missing.columns.iter().filter_map(|(column, lacking)| {
        let Need::Optional(consequence) = column.need() else { return None };
        Some((format!("column `{}`", column.name()), *lacking, consequence))
    });
    let of_tags = missing.tags.iter().filter_map(|(tag, lacking)| {
        if tag == sagemaker::SHARED_SPACE {
            // Only Glue sessions carry it; its absence is the rule.
            return None;
        }
        let known = TAG_CONSEQUENCES.iter().find(|(key, _)| key == tag);
        let consequence = known.map_or("every line counts as without it", |(_, what)| *what);
        Some((format!("tag `{tag}`"), *lacking, consequence))
    });
    of_columns
        .chain(of_tags)
        .map(|(what, lacking, consequence)| {
            let where_ = if lacking == files {
                "no file has".to_owned()
            } else {
                format!("{lacking} of {files} files lack")
            };
            Finding::new("missing-column", format!("{where_} the {what}: {consequence}"))
        })
        .collect()
}

/// Resource ids that the store does not have.
pub(super) fn dropped() -> Finding {
    let message = "resource ids of other services are not in the store; \
                   `curtail ingest --keep all` keeps them";
    Finding::new("resource-dropped", message)
}

pub(super) fn odd(oddities: &Oddities, answered: &Answered) -> Vec<Finding> {
    let mut findings = Vec::new();
    if oddities.rows_without_cost > 0 {
        let message = format!(
            "{} rows have no `line_item_unblended_cost` and count as nothing",
            count(oddities.rows_without_cost)
        );
        findings.push(Finding::new("no-cost", message));
    }
    for (tag, rows) in &oddities.tag_disagreements {
        let message =
            format!("{} rows hold two values of tag `{tag}` under two spellings", count(*rows));
        findings.push(Finding::new("tag-disagreement", message));
    }
    for (kind, rows) in &answered.unknown_types {
        let message =
            format!("{} rows of unknown line item type `{kind}` count as unblended", count(*rows));
        findings.push(Finding::new("unknown-line-type", message));
    }
    for sum in &answered.split_cost {
        let message = format!(
            "{} split cost rows ({} {}) restate the cost of EC2 lines and are left out",
            count(sum.line_items),
            money(sum.cost.0),
            sum.currency
        );
        findings.push(Finding::new("split-cost", message));
    }
    findings
}

/// Rules that gave nothing to their tenant, and whether earlier ones are why.
pub(super) fn idle_rules(tenancy: &Tenancy, used: &[RuleUse]) -> Vec<Finding> {
    let idle = used.iter().filter(|rule| rule.line_items == 0);
    let told = idle.map(|rule| {
        let place = tenancy.place(rule.at);
        if rule.shadowed > 0 {
            let message = format!(
                "{place} never decides: earlier rules took all {} rows that it fits",
                count(rule.shadowed)
            );
            return Finding::new("rule-shadowed", message);
        }
        Finding::new("rule-unmatched", format!("{place} fits no row: {}", rule.says))
    });
    told.collect()
}

/// Rows of maps about ARNs that the export does not have.
pub(super) fn idle_map_rows(maps: &[MapUse]) -> Vec<Finding> {
    let idle = maps.iter().filter(|map| !map.unmatched.is_empty());
    let told = idle.map(|map| {
        let first: Vec<String> = map.unmatched.iter().take(5).map(ToString::to_string).collect();
        let more = if map.unmatched.len() > first.len() { ", ..." } else { "" };
        let message = format!(
            "{} of {} rows of {} are about nothing in this export (lines {}{more})",
            count(map.unmatched.len() as u64),
            count(map.rows),
            map.map,
            first.join(", ")
        );
        Finding::new("map-unmatched", message)
    });
    told.collect()
}

/// Users whose own charges of one day fall to more than one tenant.
pub(super) fn users_of_several(by_user: &Answer) -> Option<Finding> {
    let mut tenants: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in by_user.rows.iter().filter(|row| row.standing == Standing::Attributed) {
        let [Some(user), Some(tenant), day] = row.keys.as_slice() else { continue };
        let day = day.as_deref().unwrap_or_default();
        tenants.entry((user, day)).or_default().insert(tenant);
    }
    let several: BTreeMap<&str, &BTreeSet<&str>> = tenants
        .iter()
        .filter(|(_, tenants)| tenants.len() > 1)
        .map(|((user, _), tenants)| (*user, tenants))
        .collect();
    let (user, tenants) = several.first_key_value()?;
    let name = user.rsplit('/').next().unwrap_or(user);
    let named: Vec<&str> = tenants.iter().copied().collect();
    let users = match several.len() {
        1 => "1 user falls".to_owned(),
        many => format!("{} users fall", count(many as u64)),
    };
    let message =
        format!("{users} to several tenants on one day, such as `{name}`: {}", named.join(", "));
    Some(Finding::new("user-in-several-tenants", message))
}

/// Shared cost that a split could not give away.
pub(super) fn kept_pools(trail: &Trail) -> Vec<Finding> {
    let kept = trail.pools.iter().filter(|pool| pool.kept != Money::ZERO);
    let told = kept.map(|pool| {
        let message = format!(
            "{} {} of pool `{}` of {} stayed where it was: {}",
            money(pool.kept.0),
            pool.currency,
            pool.split,
            pool.period.as_deref().unwrap_or("an unknown month"),
            pool.why_kept.as_deref().unwrap_or("no reason given")
        );
        Finding::new("pool-kept", message)
    });
    told.collect()
}

/// What would have to be told for an owner to be known.
const UNTOLD: &[(Why, &str, &str)] = &[
    (Why::HistoryDisagrees, "ambiguous-history", "tagged lines of the same resources name several"),
    (Why::NoUsage, "efs-no-usage", "efs-usage.csv has no bytes for"),
    (Why::UnknownUid, "efs-unknown-uid", "profiles.csv has no profile with uid"),
    (Why::UidOfOtherDomain, "efs-other-domain", "only profiles of other domains have uid"),
    (Why::UidOfTwo, "efs-two-profiles", "two profiles of the domain have uid"),
];

/// Names that a finding spells out.
const NAMED: usize = 3;

/// Cost that stays where it is because its owner is not told.
pub(super) fn untold(untold: &Untold) -> Finding {
    let known = UNTOLD.iter().find(|(why, ..)| *why == untold.why);
    let (_, code, because) = known.unwrap_or(&UNTOLD[0]);
    let cost = format!("{} {}", money(untold.cost.0), untold.currency);
    let mut names: Vec<&str> = untold.names.iter().take(NAMED).map(String::as_str).collect();
    let more = format!("{} more", untold.names.len() - names.len());
    if untold.names.len() > NAMED {
        names.push(&more);
    }
    let names = names.join(", ");
    let message = if untold.file_system.is_empty() {
        format!("{cost} without tags has no owner, because {because}: {names}")
    } else {
        format!(
            "{cost} of home volume `{}` stays with its domain: {because} {names}",
            untold.file_system
        )
    };
    Finding::new(*code, message)
}
