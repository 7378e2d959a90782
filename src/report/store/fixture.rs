//! Fixture: versions from few words.
//!
//! In:    a month, a number.
//! Out:   [`Version`]s of one file and one segment.
//! Never: compiled into the product.

use std::path::PathBuf;

use crate::model::digest::Digest;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::stored::{
    Closing, FileFacts, FileStamp, Instant, Keep, Origin, PeriodFacts, Pins, Segment, SegmentKind,
    StoredOddities, Version, VersionId,
};

pub(super) fn period(text: &str) -> BillingPeriod {
    BillingPeriod::parse(text).unwrap()
}

/// A version of a month: a million bytes of a thousand rows became 25 thousand.
pub(super) fn version(month: &str, id: i64) -> Version {
    let file = FileFacts {
        stamp: FileStamp { name: "e-00001.parquet".into(), bytes: 1_000_000, modified: 0 },
        digest: Digest::of(b"source"),
        schema: "CUR 2.0".into(),
        columns: vec!["line_item_unblended_cost".into()],
        missing: Vec::new(),
        line_item_types: vec!["Usage".into()],
        rows: 1000,
        refused_rows: 0,
        sums: Vec::new(),
    };
    let segment = Segment {
        kind: SegmentKind::Charges,
        path: PathBuf::from("1.parquet"),
        bytes: 25_000,
        rows: 100,
        digest: Digest::of(b"segment"),
    };
    let facts = PeriodFacts {
        period: period(month),
        origin: Origin { source: "exports".into(), ..Origin::default() },
        files: vec![file],
        totals: Vec::new(),
        days: Some((format!("{month}-01"), format!("{month}-17"))),
        oddities: StoredOddities::default(),
        keep: Keep::All,
        uninvoiced_rows: None,
        tool: "0.1.0".into(),
        at: Instant("2026-11-22T18:26:28Z".into()),
    };
    Version { id: VersionId(id), facts, segments: vec![segment] }
}

/// A month closed with a version.
pub(super) fn closing(month: &str, id: i64) -> Closing {
    Closing {
        period: period(month),
        at: Instant("2026-11-20T08:00:00Z".into()),
        tool: "0.1.0".into(),
        forced: None,
        metric: CostMetric::Amortized,
        pins: Pins::from([(period(month), VersionId(id))]),
        adjusted: std::collections::BTreeMap::new(),
        rules: Vec::new(),
        rule_file: None,
        totals: Vec::new(),
    }
}
