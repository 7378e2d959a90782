//! Stored: the charges of the store as a bill.
//!
//! In:    where a store is, versions that are meant, months, what must be told apart.
//! Out:   a [`Reading`], as an export would have given it.
//! Never: writes, or believes a segment that does not hold what the catalogue says.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Delivered, FileShape, Reading, Told, rolled};
use super::{MonthAbsent, PipelineError, Source};
use crate::delivery;
use crate::diagnostic::Finding;
use crate::model::cost_rules;
use crate::model::dimension::Dimension;
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Wanted;
use crate::model::segment;
use crate::model::stored::{FileFacts, Pins, SegmentKind, Version};
use crate::model::tenancy::Needs;
use crate::normalise::{Control, Grain, Months, Resources};
use crate::origin::Origin;
use crate::scan::{self, Missing, SourceFile};
use crate::store::{Home, Store};

/// The months to read: the one asked for, or the latest, and the one before if it is there.
pub(super) fn months(
    home: &Home,
    month: Option<BillingPeriod>,
) -> Result<Vec<BillingPeriod>, PipelineError> {
    let present = Store::open(home)?.periods()?;
    let Some(month) = month.or_else(|| present.last().copied()) else { return Ok(Vec::new()) };
    refuse_absent(&[month], &present)?;
    let before = month.before();
    Ok(if present.contains(&before) { vec![before, month] } else { vec![month] })
}

fn refuse_absent(
    asked: &[BillingPeriod],
    present: &BTreeSet<BillingPeriod>,
) -> Result<(), MonthAbsent> {
    let Some(asked) = asked.iter().find(|month| !present.contains(month)) else { return Ok(()) };
    let present = present.iter().map(ToString::to_string).collect();
    Err(MonthAbsent { asked: *asked, present })
}

/// Reads the charges of some months, all when none are named.
pub(super) fn read(
    home: &Home,
    pins: &Pins,
    months: &[BillingPeriod],
    needs: &Needs,
    source: &Source,
) -> Result<Reading, PipelineError> {
    let store = Store::open(home)?;
    refuse_absent(months, &store.periods()?)?;
    let snapshot = store.snapshot((!months.is_empty()).then_some(months), pins)?;
    let versions = &snapshot.versions;
    let who_tells = if months.is_empty() { Months::FromFolders } else { Months::FromRows };
    // Of several months, the tags of one may tell the owners of another.
    let resources = match versions.as_slice() {
        [_] => Resources::OfOwners,
        _ => Resources::AsDelivered,
    };
    let grain = Grain::of(needs, who_tells, resources);
    let fields = grain.fields();
    let segments = versions
        .iter()
        .flat_map(|version| version.segments_of(best_kind(version, resources, needs)));
    let origin = store.origin();
    let paths = segments.map(|segment| &segment.path);
    let files = SourceFile::open_all(&origin, paths, &fields)?;
    // What is open on a disk stays readable, whoever deletes its name.
    let kept = match origin {
        Origin::Disk => None,
        Origin::S3(_) => Some(snapshot.clone()),
    };
    drop(store);
    let versions = snapshot.forget_files();
    // What segments lack, the delivered files may have had; the catalogue knows.
    let (rolled, _) = rolled(&files, &grain, fields.clone(), source)?;
    drop(kept);
    let mut oddities = rolled.oddities;
    let told = versions.iter().map(|version| version.facts.oddities.rows_without_cost);
    oddities.rows_without_cost = told.sum();
    Ok(Reading {
        delivered: versions.iter().map(delivered).collect(),
        findings: findings(&versions),
        is_dropped: versions.iter().any(|version| version.facts.keep.drops()),
        missing: missing(&versions, &fields, &grain.metrics),
        charges: rolled.charges,
        control: control(&versions, &grain.metrics),
        oddities,
        told: Told { months: who_tells, resources, metrics: grain.metrics },
    })
}

/// The least that tells everything that is asked for.
fn best_kind(version: &Version, resources: Resources, needs: &Needs) -> SegmentKind {
    // Resources of several months are told by charges only.
    let has_hours = version.segments_of(SegmentKind::Hours).next().is_some();
    if has_hours && needs.dimensions.contains(&Dimension::Hour) {
        return SegmentKind::Hours;
    }
    let tells_owners = needs.identity == Wanted::No || resources == Resources::OfOwners;
    let fits = |kind: &SegmentKind| {
        version.segments_of(*kind).next().is_some()
            && needs.dimensions.iter().all(|dimension| segment::tells(*kind, dimension))
    };
    let kinds = SegmentKind::ALL.into_iter().rev().filter(|_| tells_owners);
    kinds.into_iter().find(fits).unwrap_or(SegmentKind::Charges)
}

/// What the catalogue says the charges add up to: the other side of the books.
fn control(versions: &[Version], metrics: &[CostMetric]) -> BTreeMap<String, Control> {
    let mut control: BTreeMap<String, Control> = BTreeMap::new();
    for total in versions.iter().flat_map(|version| &version.facts.totals) {
        let sums = metrics.iter().map(|metric| total.costs[metric.place()].0).collect();
        let own = Control { rows: total.line_items, sums, ..Control::default() };
        control.entry(total.currency.to_string()).or_default().absorb(&own);
    }
    control
}

fn delivered(version: &Version) -> Delivered {
    let facts = &version.facts;
    let shape = |file: &FileFacts| FileShape {
        schema: file.schema.clone(),
        columns: file.columns.clone(),
        missing: file.missing.clone(),
        rows: file.rows,
    };
    Delivered {
        period: Some(facts.period),
        execution: facts.origin.execution.clone(),
        manifest: facts.origin.manifest.clone(),
        files: facts.files.iter().map(shape).collect(),
    }
}

/// What lines of the question would have needed and files lacked, as the scan would have told.
fn missing(versions: &[Version], fields: &[Field], metrics: &[CostMetric]) -> Missing {
    let mut missing = Missing::default();
    for file in versions.iter().flat_map(|version| &version.facts.files) {
        let needed = cost_rules::columns_for_all(&file.line_item_types, metrics).into_iter();
        for column in needed.filter(|column| file.missing.contains(column)) {
            missing.add(&Field::Column(column));
        }
        for field in fields.iter().filter(|field| scan::lacks(field, &file.columns)) {
            missing.add(field);
        }
    }
    missing
}

fn findings(versions: &[Version]) -> Vec<Finding> {
    let told = versions.iter().flat_map(|version| &version.facts.oddities.findings);
    let mut findings: Vec<Finding> =
        told.map(|(code, message)| Finding::new(code.clone(), message.clone())).collect();
    findings.extend(unverified(versions));
    findings
}

/// Months of which nobody can say that they are whole.
pub(super) fn unverified<'a>(versions: impl IntoIterator<Item = &'a Version>) -> Option<Finding> {
    let without = versions.into_iter().filter(|version| version.facts.origin.manifest.is_none());
    delivery::unverified(&without.map(|version| Some(version.facts.period)).collect::<Vec<_>>())
}
