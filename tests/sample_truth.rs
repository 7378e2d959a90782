//! The generator's truth against the pipeline: two accounts of one bill that share no code.

use std::collections::BTreeMap;
use std::path::Path;

use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::money::{Money, Quantity};
use curtail::model::question::{Question, Wanted};
use curtail::pipeline::{self, Bill, Source};
use curtail::sample::{self, DeliveryFolders, SamplePlan, SampleSchema};
use serde_json::Value;

/// Lists of the truth, and the question that each of them answers.
const LISTS: &[(&str, &str)] = &[
    ("owners", "domain,user,space,reason"),
    ("by_reason", "reason"),
    ("by_component", "component"),
    ("by_line_item_type", "line-type"),
    ("by_domain", "domain"),
    ("by_user", "user"),
    ("by_space", "space"),
    ("by_month", "month"),
];

/// Cost, hours and rows by standing and keys; rows without a standing of their own are "".
type Answers = BTreeMap<(String, Vec<Option<String>>), (String, String, u64)>;

fn check(schema: SampleSchema, folders: DeliveryFolders) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("export");
    let mut plan = SamplePlan::new(&out, 6_000, schema);
    (plan.row_group_rows, plan.rows_per_file, plan.folders) = (700, 2_000, folders);
    sample::write_export(&plan, &mut |_| {}).unwrap();
    let truth = std::fs::read_to_string(out.join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    for metric in CostMetric::ALL {
        for (list, by) in LISTS {
            let dimensions: Vec<Dimension> =
                by.split(',').map(|word| Dimension::parse(word).unwrap()).collect();
            let expected = told(&truth[list], &dimensions, metric);
            let found = found(&out, &dimensions, metric);
            assert!(!expected.is_empty(), "the truth has no `{list}`");
            assert_eq!(found, expected, "`{list}` in {}", metric.name());
        }
    }
}

fn told(list: &Value, dimensions: &[Dimension], metric: CostMetric) -> Answers {
    let mut answers = Answers::new();
    for entry in list.as_array().unwrap() {
        let text = |key: &str| entry[key].as_str().map(ToOwned::to_owned);
        let is_identity = dimensions.iter().any(Dimension::is_identity);
        let standing = text("standing").filter(|_| is_identity).unwrap_or_default();
        let keys = dimensions.iter().map(|dimension| text(&dimension.key())).collect();
        let cost = entry["cost"][metric.name()].as_str().unwrap().to_owned();
        let hours = text("usage_hours").unwrap();
        let rows = entry["rows"].as_u64().unwrap();
        assert!(answers.insert((standing, keys), (cost, hours, rows)).is_none());
    }
    answers
}

fn found(out: &Path, dimensions: &[Dimension], metric: CostMetric) -> Answers {
    let source = Source::of(Bill::Export(out.to_owned()), 2, None);
    let question = Question {
        dimensions: dimensions.to_vec(),
        metric,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::Yes,
    };
    let answer = pipeline::found(&source, &question).unwrap().answer;
    let is_identity = dimensions.iter().any(Dimension::is_identity);
    // The truth tells reasons without standings, so rows of one key are added up.
    let is_split = dimensions != [Dimension::OwnerReason];
    let mut sums: BTreeMap<_, (i128, i128, u64)> = BTreeMap::new();
    for row in answer.rows {
        let standing = if is_identity && is_split { row.standing.name() } else { "" };
        let keys = row.keys.iter().map(|key| key.as_deref().map(str::to_owned)).collect();
        let sum = sums.entry((standing.to_owned(), keys)).or_default();
        sum.0 += row.cost.0;
        sum.1 += row.usage_hours.unwrap().0;
        sum.2 += row.line_items;
    }
    let text = |(key, (cost, hours, rows)): (_, (i128, i128, u64))| {
        (key, (Money(cost).to_string(), Quantity(hours).to_string(), rows))
    };
    sums.into_iter().map(text).collect()
}

#[test]
fn a_cur2_sample_is_answered_as_its_truth_tells_in_all_six_metrics() {
    check(SampleSchema::Cur2, DeliveryFolders::Overwrite);
}

#[test]
fn a_cur2_sample_with_older_executions_counts_only_the_newest() {
    check(SampleSchema::Cur2, DeliveryFolders::PerExecution);
}

#[test]
fn a_legacy_sample_is_answered_as_its_truth_tells_in_all_six_metrics() {
    check(SampleSchema::Legacy, DeliveryFolders::Overwrite);
}
