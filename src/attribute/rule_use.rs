//! Rule use: what each rule and each map row did on the charges of an export.
//!
//! In:    [`AttributedCharges`] of a question that asks for tenants, and their [`Tenancy`].
//! Out:   [`RuleUse`] per rule and currency, [`MapUse`] per map.
//! Never: changes a charge.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribute::AttributeError;
use crate::attribute::frame::{RowDays, matcher};
use crate::model::arn::file_system_of;
use crate::model::charges::{AttributedCharges, column};
use crate::model::dimension::Dimension;
use crate::model::frame::Texts;
use crate::model::maps::Maps;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::rule_use::{MapUse, RuleUse};
use crate::model::tenancy::Tenancy;

/// What one rule did in one currency.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    line_items: u64,
    cost: i128,
    shadowed: u64,
}

/// What every rule did, in the order of the file; currencies sorted within a rule.
///
/// # Errors
/// Only when the frame lacks what its grain promises, which is our bug.
pub fn rule_use(
    charges: &AttributedCharges,
    tenancy: &Tenancy,
    metric: CostMetric,
) -> Result<Vec<RuleUse>, AttributeError> {
    let frame = &charges.0;
    if tenancy.rules.is_empty() {
        return Ok(Vec::new());
    }
    let conditions = tenancy.rules.iter().map(|rule| (&rule.condition, rule.during));
    let matcher = matcher(frame, conditions)?;
    let decided = frame.texts(&Dimension::TenantRule.key())?;
    let currencies = frame.texts(column::CURRENCY)?;
    let costs = frame.amounts(metric.column())?;
    let split_cost = frame.texts(column::SPLIT_COST)?;
    let days = RowDays::of(frame);
    let places: Vec<String> = tenancy.rules.iter().map(|rule| tenancy.place(rule.at)).collect();
    let mut tallies: Vec<BTreeMap<&str, Tally>> = vec![BTreeMap::new(); tenancy.rules.len()];
    for row in (0..frame.height()).filter(|row| split_cost.get(*row).is_none()) {
        for rule in matcher.matching(row, days.on(row)) {
            let currency = currencies.get(row).unwrap_or_default();
            let tally = tallies[rule].entry(currency).or_default();
            let rows = frame.line_items()[row];
            if decided.get(row) == Some(&places[rule]) {
                tally.line_items += rows;
                tally.cost += costs[row];
            } else {
                tally.shadowed += rows;
            }
        }
    }
    let uses = tenancy.rules.iter().zip(tallies).flat_map(|(rule, tallies)| {
        let of = |currency: Option<Currency>, tally: Tally| RuleUse {
            at: rule.at,
            tenant: rule.tenant.clone(),
            says: rule.condition.to_string(),
            during: rule.during,
            currency,
            line_items: tally.line_items,
            cost: Money(tally.cost),
            shadowed: tally.shadowed,
        };
        if tallies.is_empty() {
            return vec![of(None, Tally::default())];
        }
        let currency = |(code, tally): (&str, Tally)| of(Some(Currency(code.into())), tally);
        tallies.into_iter().map(currency).collect()
    });
    Ok(uses.collect())
}

/// What the rows of every map say about these charges.
///
/// # Errors
/// Only when the frame lacks what its grain promises, which is our bug.
pub fn map_use(
    charges: &AttributedCharges,
    tenancy: &Tenancy,
) -> Result<Vec<MapUse>, AttributeError> {
    let Maps { spaces, profiles, efs_usage, .. } = &tenancy.maps;
    let spaces_seen = values(charges, &Dimension::Space.key());
    let mut profiles_seen = values(charges, &Dimension::User.key());
    profiles_seen.extend(spaces_seen.iter().cloned());
    let arns_seen = values(charges, column::OWNER_ARN);
    let volumes = arns_seen.iter().filter_map(|arn| file_system_of(arn));
    let volumes_seen: BTreeSet<String> = volumes.map(str::to_lowercase).collect();
    // Attribution does not care for letter case either.
    let seen_by = |seen: &BTreeSet<String>, key: &str| seen.contains(&key.to_lowercase());
    let of = |map, rows: Vec<(u64, bool)>| MapUse {
        map,
        rows: rows.len() as u64,
        unmatched: rows.into_iter().filter(|(_, seen)| !seen).map(|(line, _)| line).collect(),
    };
    Ok(vec![
        of(
            "spaces.csv",
            spaces.iter().map(|row| (row.line, seen_by(&spaces_seen, &row.space_arn))).collect(),
        ),
        of(
            "profiles.csv",
            profiles
                .iter()
                .map(|row| (row.line, seen_by(&profiles_seen, &row.profile_arn)))
                .collect(),
        ),
        of(
            "efs-usage.csv",
            efs_usage
                .iter()
                .map(|row| (row.line, seen_by(&volumes_seen, row.short_id())))
                .collect(),
        ),
    ])
}

/// Distinct texts of a column in lower case.
fn values(charges: &AttributedCharges, name: &str) -> BTreeSet<String> {
    let values = charges.0.texts(name).map(Texts::values).unwrap_or_default();
    values.into_iter().flatten().map(str::to_lowercase).collect()
}
