//! Fixture: small months and closings to put into a store.
//!
//! In:    a month and a seed.
//! Out:   values whose facts fit their charges.
//! Never: opens a store.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, DictionaryArray, Int64Array, RecordBatch};
use arrow::datatypes::Int32Type;

use crate::model::digest::Digest;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, PRECISION, Quantity, SCALE, UNIT};
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{
    Closing, FileFacts, FileStamp, FileSum, Instant, Keep, NewVersion, Origin, PeriodFacts,
    PeriodTotal, Pins, RuleFile, SegmentKind, StatementTotal, StoredOddities, VersionId,
};
use crate::store::lock::Holder;

pub(super) fn month(number: u32) -> BillingPeriod {
    BillingPeriod::new(2026, number).unwrap()
}

pub(super) fn me() -> Holder {
    Holder {
        pid: 4711,
        started: Instant("2026-11-22T18:26:28Z".into()),
        tool: "0.1.0".into(),
        command: "ingest".into(),
    }
}

fn amounts(values: impl Iterator<Item = i128>) -> ArrayRef {
    let array = Decimal128Array::from_iter_values(values);
    let scale = i8::try_from(SCALE).unwrap();
    Arc::new(array.with_precision_and_scale(PRECISION, scale).unwrap())
}

/// Charges of a few users; every amount differs by seed and place.
fn charges(rows: i128, seed: i128) -> RecordBatch {
    let texts = |text: fn(i128) -> Option<String>| -> ArrayRef {
        let texts: DictionaryArray<Int32Type> =
            (0..rows).map(text).collect::<Vec<_>>().iter().map(|text| text.as_deref()).collect();
        Arc::new(texts)
    };
    let cost = move |at: i128| (at * 7 + seed) * UNIT / 1000 + at;
    RecordBatch::try_from_iter_with_nullable([
        ("currency", texts(|at| Some(if at % 5 == 4 { "EUR" } else { "USD" }.into())), false),
        ("user_tag", texts(|at| (at % 3 > 0).then(|| format!("user-{}", at % 3))), true),
        (
            "line_items",
            Arc::new(Int64Array::from_iter_values((0..rows).map(|_| 24))) as ArrayRef,
            false,
        ),
        ("unblended_cost", amounts((0..rows).map(cost)), false),
        ("amortized_cost_difference", amounts((0..rows).map(|at| -(at % 2))), false),
        ("usage_hours", amounts((0..rows).map(|at| at * UNIT)), false),
    ])
    .unwrap()
}

/// The totals of [`charges`], added up by other means.
fn totals(batches: &[(i128, i128)]) -> Vec<PeriodTotal> {
    let mut totals = BTreeMap::new();
    for (rows, seed) in batches {
        for at in 0..*rows {
            let currency = if at % 5 == 4 { "EUR" } else { "USD" };
            let total = totals.entry(currency).or_insert((0, 0, 0, 0));
            let cost = (at * 7 + seed) * UNIT / 1000 + at;
            let amortized = cost - at % 2;
            *total = (total.0 + 24, total.1 + cost, total.2 + amortized, total.3 + at * UNIT);
        }
    }
    let total = |(currency, (items, cost, amortized, hours)): (&str, (u64, i128, i128, i128))| {
        let mut costs = [Money(cost); CostMetric::ALL.len()];
        costs[1] = Money(amortized);
        let currency = Currency(currency.into());
        PeriodTotal { currency, line_items: items, usage_hours: Quantity(hours), costs }
    };
    totals.into_iter().map(total).collect()
}

/// A month in two segments and one file of which one row was refused.
pub(super) fn version_of(period: BillingPeriod, seed: i128) -> NewVersion {
    let batches = [(40, seed), (25, seed + 1)];
    let totals = totals(&batches);
    let refused = Money(UNIT / 4);
    let sum = |total: &PeriodTotal, (metric, cost): (CostMetric, Money)| FileSum {
        currency: total.currency.clone(),
        metric,
        delivered: Money(cost.0 + refused.0),
        refused,
    };
    let sums = totals.iter().flat_map(|total| {
        CostMetric::ALL.into_iter().zip(total.costs).map(move |of| sum(total, of))
    });
    let file = FileFacts {
        stamp: FileStamp { name: format!("{period}/data.parquet"), bytes: 4096, modified: -1 },
        digest: Digest::of(&seed.to_le_bytes()),
        schema: "CUR 2.0".into(),
        columns: vec!["bill_payer_account_id".into(), "line_item_\"quoted\"".into()],
        missing: vec![SourceColumn::ProductCode],
        line_item_types: vec![String::new(), "Usage".into()],
        rows: totals.iter().map(|total| total.line_items).sum::<u64>() + 1,
        refused_rows: 1,
        sums: sums.collect(),
    };
    let facts = PeriodFacts {
        period,
        origin: Origin {
            source: "exports".into(),
            manifest: Some("cur-Manifest.json".into()),
            execution: None,
            manifest_digest: Some(Digest::of(b"manifest")),
        },
        files: vec![file],
        totals,
        days: Some((format!("{period}-01"), format!("{period}-28"))),
        oddities: StoredOddities {
            rows_without_cost: 3,
            findings: vec![("odd".into(), "it is odd".into())],
        },
        keep: Keep::Owners,
        uninvoiced_rows: Some(0),
        tool: "0.1.0".into(),
        at: Instant("2026-11-22T18:26:28Z".into()),
    };
    let charges = batches.map(|(rows, seed)| charges(rows, seed)).to_vec();
    NewVersion { facts, charges: [(SegmentKind::Charges, charges)].into() }
}

pub(super) fn closing_of(period: BillingPeriod, version: VersionId) -> Closing {
    Closing {
        period,
        at: Instant("2026-12-05T08:00:00Z".into()),
        tool: "0.1.0".into(),
        forced: Some("the auditor waits".into()),
        metric: CostMetric::Amortized,
        pins: Pins::from([(period, version)]),
        adjusted: BTreeMap::new(),
        rules: vec![RuleFile { name: "tenants.toml".into(), bytes: b"\x00rules\xff".to_vec() }],
        rule_file: Some("tenants.toml".into()),
        totals: vec![StatementTotal {
            tenant: None,
            currency: Currency("USD".into()),
            exact: Money(-1),
            adjustments: Money(0),
            booked: Money(UNIT / 100),
        }],
    }
}
