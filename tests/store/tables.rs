//! Tables: what an engine rolls up is stored when it adds up, and only when it is news.
//!
//! In:    an engine that says what a test has it say.
//! Out:   failures.
//! Never: runs Spark; `tests/spark` does.

use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use curtail::dialect::{Bound, Dialect, Relation};
use curtail::model::metric::CostMetric;
use curtail::model::segment::measure_column;
use curtail::model::stored::{Instant, Keep};
use curtail::origin::Origin;
use curtail::pipeline::{
    Cluster, Engine, EngineFound, IngestSettings, PipelineError, ingest_table,
};
use curtail::report::store::ingestion::{Ingested, Outcome};
use curtail::store::{Holder, Home};

const UNIT: i128 = 1_000_000_000_000;
/// 2026-10-01, in days since 1970.
const OCTOBER: i32 = 20_727;

/// An engine whose table has two lines of October; what its charges cost changes from one time
/// that they are asked for to the next.
#[derive(Debug)]
struct Told {
    /// What a charge costs, in the order in which charges are asked for; the last one stays.
    costs: Mutex<Vec<i128>>,
    /// What the lines cost.
    sum: i128,
    /// Lines of no month.
    lost: i64,
}

impl Engine for Told {
    fn dialect(&self) -> Dialect {
        Dialect::Spark
    }

    fn run(&self, statement: &Bound) -> Result<EngineFound, PipelineError> {
        let statement = &statement.text;
        let batch = if statement.ends_with("LIMIT 0") {
            batch(vec![
                ("line_item_line_item_type", text("")),
                ("bill_billing_period_start_date", day()),
            ])
            .slice(0, 0)
        } else if statement.starts_with("SELECT billing_period,") {
            let months: StringArray = [Some("2026-10"), None].into_iter().collect();
            let lines = Int64Array::from(vec![2, self.lost]);
            batch(vec![("billing_period", Arc::new(months)), ("line_items", Arc::new(lines))])
        } else if statement.contains("without_cost") {
            let sums = CostMetric::ALL.map(|metric| (metric.column(), money(self.sum)));
            let counts = [("line_items", count(2)), ("without_cost", count(0))];
            batch([("currency", text("USD"))].into_iter().chain(counts).chain(sums).collect())
        } else {
            let mut costs = self.costs.lock().unwrap();
            let cost = if costs.len() > 1 { costs.remove(0) } else { costs[0] };
            charge(cost)
        };
        Ok(EngineFound { schema: batch.schema(), batches: vec![batch] })
    }
}

fn charge(cost: i128) -> RecordBatch {
    let names = CostMetric::ALL.map(measure_column);
    let measures = names.iter().zip(CostMetric::ALL).map(|(name, metric)| {
        let own = if metric == CostMetric::Unblended { cost } else { 0 };
        (name.as_str(), money(own))
    });
    let texts = [("currency", "USD"), ("line_item_type", "Usage"), ("product_code", "AmazonS3")];
    let days = [("billing_period_start_date", day()), ("usage_date", day())];
    let counts = [("line_items", count(2)), ("usage_hours", money(0))];
    let texts = texts.map(|(name, of)| (name, text(of)));
    batch(texts.into_iter().chain(days).chain(measures).chain(counts).collect())
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, of)| (name, of, true)))
        .unwrap()
}

fn text(text: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![text]))
}

fn day() -> ArrayRef {
    Arc::new(Date32Array::from(vec![OCTOBER]))
}

fn count(count: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![count]))
}

fn money(pico: i128) -> ArrayRef {
    Arc::new(Decimal128Array::from(vec![pico]).with_precision_and_scale(38, 12).unwrap())
}

/// A store that a table is ingested into.
struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn ingest(&self, told: Told) -> Result<Vec<Ingested>, PipelineError> {
        let at = Instant("2026-11-22T00:00:00Z".to_owned());
        let settings = IngestSettings {
            home: Home::of(&self.0.path().join("store")),
            months: Vec::new(),
            keep: Keep::Owners,
            threads: 1,
            at: at.clone(),
            holder: Holder {
                pid: 1,
                started: at,
                tool: "0.0.0".to_owned(),
                command: "ingest".to_owned(),
            },
            origin: Origin::Disk,
        };
        let relation = Relation::Named("billing.cur2".to_owned());
        let cluster = Cluster { engine: Arc::new(told), relation };
        ingest_table(&cluster, "billing.cur2", &settings, &|_| {})
    }
}

fn of(costs: &[i128], sum: i128) -> Told {
    let costs = Mutex::new(costs.iter().map(|cost| cost * UNIT).collect());
    Told { costs, sum: sum * UNIT, lost: 0 }
}

fn outcomes(of: Result<Vec<Ingested>, PipelineError>) -> Vec<(i64, Outcome)> {
    of.unwrap().iter().map(|one| (one.version.id.0, one.outcome)).collect()
}

#[test]
fn a_table_is_stored_again_only_when_its_charges_are_others() {
    let shelf = Shelf::new();
    assert_eq!(outcomes(shelf.ingest(of(&[7], 7))), [(1, Outcome::New)]);
    assert_eq!(outcomes(shelf.ingest(of(&[7], 7))), [(1, Outcome::Unchanged)]);
    let replaced = outcomes(shelf.ingest(of(&[8], 8)));
    assert!(matches!(replaced[..], [(2, Outcome::Replaced(_))]), "{replaced:?}");
}

#[test]
fn a_table_that_changes_between_two_statements_is_read_once_more() {
    let shelf = Shelf::new();
    assert_eq!(outcomes(shelf.ingest(of(&[6, 7], 7))), [(1, Outcome::New)]);
}

#[test]
fn charges_that_are_not_what_the_lines_add_up_to_are_refused() {
    let error = Shelf::new().ingest(of(&[6], 7)).unwrap_err();
    assert_eq!(error.code(), "STORE-BOOKS", "{error}");
}

#[test]
fn lines_of_no_month_are_not_left_behind() {
    let error = Shelf::new().ingest(Told { lost: 3, ..of(&[7], 7) }).unwrap_err();
    assert_eq!(error.code(), "INGEST-NO-MONTH");
    assert!(error.to_string().contains("3 rows of `billing.cur2`"), "{error}");
}
