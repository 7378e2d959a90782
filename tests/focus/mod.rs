//! Focus: bills as data sets of FOCUS 1.2.
//!
//! In:    bills as tables, rules beside them, exports of the samples.
//! Out:   columns and values as the specification has them; sums that are those of the bill.
//! Never: looks at what a screen shows.

mod command;
mod facts;
mod specification;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::datatypes::{DataType, TimeUnit};
use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::question::{Filter, Question};
use curtail::pipeline::{self, Bill, Source};
use curtail::render::{Format, Style, render};
use curtail::report::Report;
use curtail::report::spend::Settings;
use curtail::report::table::{Cell, ColumnKind};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::export::Export;

const BILL: &str = "
    day | type | cost | domain | user | product | usage_type
    2026-10-05 | Usage | 30 | d-1 | d-1/alice | AmazonSageMaker | Train:ml.m5.large
    2026-10-06 | Usage | 40 | d-2 | d-2/bob | AmazonSageMaker | TrSpt:ml.m5.large
    2026-10-01 | Tax | 9 | - | - | AmazonSageMaker | Tax
    2026-10-07 | Usage | 10 | - | - | AmazonS3 | TimedStorage
    2026-10-08 | Refund | -3 | - | - | AmazonSageMaker | Refund
    2026-10-09 | BrandNewThing | 1 | d-1 | d-1/alice | AmazonSageMaker | New";

const RULES: &str = "
[tenants.search]
[tenants.ads]

[[rule]]
tenant = \"search\"
match = { domain = \"d-1\" }

[[rule]]
tenant = \"ads\"
match = { domain = \"d-2\" }

[[split]]
name = \"tax\"
match = { line-type = \"Tax\" }
method = \"fixed\"
percent = { search = 60, ads = 30 }
";

const COSTS: [(&str, CostMetric); 2] =
    [("BilledCost", CostMetric::NetUnblended), ("EffectiveCost", CostMetric::NetAmortized)];
/// Types without a public price: what is billed of them is their `ListCost`.
const LUMPS: [&str; 7] =
    ["Credit", "Fee", "RIFee", "Refund", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee", "Tax"];

fn at(path: &Path) -> Source {
    Source::of(Bill::Export(path.to_owned()), 1, None)
}

fn focus(source: &Source) -> Report {
    pipeline::focus(source, &[], &[], &[]).unwrap()
}

/// The data set of the small bill, with these rules beside it.
fn of_bill(rules: Option<&str>) -> Report {
    of(BILL, rules)
}

/// The data set of a bill, with these rules beside it.
fn of(bill: &str, rules: Option<&str>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.parquet");
    Export::cur2(bill).write(&path);
    if let Some(rules) = rules {
        std::fs::write(folder.path().join("tenants.toml"), rules).unwrap();
    }
    focus(&at(&path))
}

fn place(report: &Report, name: &str) -> usize {
    let columns = &report.one_table().unwrap().columns;
    columns.iter().position(|column| column.key == name).unwrap()
}

/// The words and amounts of a column; `-` for nothing.
fn column(report: &Report, name: &str) -> Vec<String> {
    let at = place(report, name);
    let told = |cell: &Cell| match cell {
        Cell::Text { full, .. } => full.to_string(),
        Cell::Money(money) => money.to_string(),
        Cell::Quantity(hours) => hours.to_string(),
        Cell::Count(count) => count.to_string(),
        _ => "-".to_owned(),
    };
    report.one_table().unwrap().rows.iter().map(|row| told(&row.cells[at])).collect()
}

/// Rows with some of their columns, sorted.
fn rows(report: &Report, names: &[&str]) -> Vec<String> {
    let columns: Vec<Vec<String>> = names.iter().map(|name| column(report, name)).collect();
    let mut rows: Vec<String> = (0..columns[0].len())
        .map(|row| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(" "))
        .collect();
    rows.sort();
    rows
}

/// By currency: what a column of money adds up to.
fn sums(report: &Report, name: &str) -> BTreeMap<String, i128> {
    let at = place(report, name);
    let mut sums = BTreeMap::new();
    for row in &report.one_table().unwrap().rows {
        let currency = row.currency.as_ref().unwrap().to_string();
        *sums.entry(currency).or_default() += row.cells[at].pico().unwrap();
    }
    sums
}

/// What the bill adds up to, without rules; with types, what is of one of them.
fn billed(source: &Source, metric: CostMetric, types: &[&str]) -> BTreeMap<String, i128> {
    let mut question = Question::of(vec![Dimension::Currency], metric, &[]);
    question.filters = types.iter().map(|of| of_type(of)).collect();
    let report = pipeline::spend(source, &question, Settings::default()).unwrap();
    let books = report.books.unwrap();
    let of = |of: &curtail::model::answer::CurrencyBooks| {
        let kept = of.direct.0 + of.shared.0 + of.unattributed.0;
        (of.currency.to_string(), kept)
    };
    books.currencies.iter().map(of).collect()
}

fn of_type(line_item_type: &str) -> Filter {
    Filter { dimension: Dimension::LineItemType, value: Some(line_item_type.to_owned()) }
}

/// Sums by currency: `with` comes in, `without` goes out.
fn balance<const N: usize>(
    with: [BTreeMap<String, i128>; N],
    without: &BTreeMap<String, i128>,
) -> BTreeMap<String, i128> {
    let mut sums: BTreeMap<String, i128> =
        without.iter().map(|(currency, sum)| (currency.clone(), -sum)).collect();
    for (currency, sum) in with.into_iter().flatten() {
        *sums.entry(currency).or_default() += sum;
    }
    sums
}

/// An export under rules of its own.
fn under(export: &Path, tenants: PathBuf) -> Source {
    Source { tenants: Some(tenants), ..at(export) }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

#[test]
fn every_cost_adds_up_to_that_of_the_bill_with_rules_and_without() {
    let rules = samples().join("tenants");
    let written = rules.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let written = written.map(|folder| folder.join("tenants.toml")).filter(|file| file.is_file());
    let all: Vec<Option<PathBuf>> = std::iter::once(None).chain(written.map(Some)).collect();
    assert!(all.len() > 1);
    for bill in ["cur2", "legacy"] {
        let plain = at(&samples().join(bill));
        let [net, list] = [CostMetric::NetUnblended, CostMetric::List];
        let lumps = billed(&plain, net, &LUMPS);
        let listed = balance([billed(&plain, list, &[]), lumps], &billed(&plain, list, &LUMPS));
        // Negations count nothing, and reserved usage at the public price.
        let apart = ["SavingsPlanNegation", "DiscountedUsage"];
        let contracted = balance(
            [billed(&plain, net, &[]), billed(&plain, list, &apart)],
            &billed(&plain, net, &apart),
        );
        for tenants in &all {
            let source = Source { tenants: tenants.clone(), ..at(&samples().join(bill)) };
            let report = focus(&source);
            for (name, metric) in COSTS {
                assert_eq!(sums(&report, name), billed(&source, metric, &[]), "{name} {tenants:?}");
            }
            assert_eq!(sums(&report, "ListCost"), listed, "{tenants:?}");
            assert_eq!(sums(&report, "ContractedCost"), contracted, "{tenants:?}");
        }
    }
}

#[test]
fn shared_cost_is_moved_in_the_effective_cost_alone() {
    let report = of_bill(Some(RULES));
    let names = [
        "x_LineItemType",
        "x_Tenant",
        "x_SharedPool",
        "x_AllocatedMethodId",
        "x_AllocatedResourceId",
        "x_AllocatedMethodDetails",
    ];
    let costs = ["BilledCost", "EffectiveCost", "x_LineItems"];
    let shown = rows(&report, &[&names[..], &costs[..]].concat());
    let tax: Vec<&String> = shown.iter().filter(|row| row.starts_with("Tax")).collect();
    assert_eq!(
        tax,
        [
            "Tax - - - - - 9 0 1",
            "Tax - tax fixed - - 0 0.9 0",
            r#"Tax ads tax fixed ads {"Elements":[{"AllocatedRatio":0.3}]} 0 2.7 0"#,
            r#"Tax search tax fixed search {"Elements":[{"AllocatedRatio":0.6}]} 0 5.4 0"#
        ]
    );
    assert_eq!(sums(&report, "BilledCost"), sums(&of_bill(None), "BilledCost"));
    assert_eq!(sums(&report, "EffectiveCost"), sums(&of_bill(None), "EffectiveCost"));
}

#[test]
fn line_item_types_become_the_words_of_the_specification() {
    let names =
        ["x_LineItemType", "ChargeCategory", "ChargeClass", "ChargeFrequency", "PricingCategory"];
    let mut told = rows(&of_bill(None), &names);
    told.dedup();
    assert_eq!(
        told,
        [
            "BrandNewThing Usage - Usage-Based Standard",
            "Refund Adjustment Correction One-Time -",
            "Tax Tax - Usage-Based -",
            "Usage Usage - Usage-Based Dynamic",
            "Usage Usage - Usage-Based Standard",
        ]
    );
    let codes = of_bill(None).findings.into_iter().map(|finding| finding.code);
    assert!(codes.into_iter().any(|code| code.contains("type")));
}

#[test]
fn periods_are_half_open_moments_in_utc() {
    let report = of_bill(None);
    let names = ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"];
    assert_eq!(
        rows(&report, &names)[0],
        "2026-10-01T00:00:00Z 2026-10-02T00:00:00Z 2026-10-01T00:00:00Z 2026-11-01T00:00:00Z"
    );
    let bytes = render(&report, Format::Focus, &Style::default()).unwrap();
    let schema = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let schema = schema.schema().clone();
    for column in &report.one_table().unwrap().columns {
        let field = schema.field_with_name(&column.key).unwrap();
        match column.kind {
            ColumnKind::Moment => {
                let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
                assert_eq!(*field.data_type(), moment);
            }
            ColumnKind::Money => assert_eq!(*field.data_type(), DataType::Decimal128(38, 12)),
            _ => {}
        }
    }
}

#[test]
fn tags_are_a_json_object_that_a_spreadsheet_does_not_run() {
    let report = of_bill(None);
    let tags = column(&report, "Tags");
    let alice = tags.iter().find(|tags| tags.contains("alice")).unwrap();
    let alice: serde_json::Value = serde_json::from_str(alice).unwrap();
    let arn = alice["sagemaker:user-profile-arn"].as_str().unwrap();
    assert!(arn.ends_with("user-profile/d-1/alice"), "{arn}");
    let csv = String::from_utf8(render(&report, Format::Csv, &Style::default()).unwrap()).unwrap();
    assert!(csv.starts_with("AvailabilityZone,BilledCost,BillingAccountId,"), "{csv}");
    assert!(csv.contains(r#""{""sagemaker:domain-arn"":""#), "{csv}");
}
