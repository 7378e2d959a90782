//! Focus: bills as data sets of FOCUS 1.2.
//!
//! In:    bills as tables, rules beside them, exports of the samples.
//! Out:   columns and values as the specification has them; sums that are those of the bill.
//! Never: looks at what a screen shows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::datatypes::{DataType, TimeUnit};
use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::question::Question;
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

/// Columns that FOCUS 1.2 lets nobody leave empty.
const MANDATORY: [&str; 19] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
];

const COSTS: [(&str, CostMetric); 3] = [
    ("BilledCost", CostMetric::NetUnblended),
    ("EffectiveCost", CostMetric::NetAmortized),
    ("ListCost", CostMetric::List),
];

fn at(path: &Path) -> Source {
    Source { bill: Bill::Export(path.to_owned()), threads: 1, tenants: None }
}

fn focus(source: &Source) -> Report {
    pipeline::focus(source, &[], &[], &[]).unwrap()
}

/// The data set of the small bill, with these rules beside it.
fn of_bill(rules: Option<&str>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.parquet");
    Export::cur2(BILL).write(&path);
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
        Cell::Text { full, .. } => full.clone(),
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
        *sums.entry(row.currency.clone().unwrap().0).or_default() += row.cells[at].pico().unwrap();
    }
    sums
}

/// What the bill adds up to, without rules.
fn billed(source: &Source, metric: CostMetric) -> BTreeMap<String, i128> {
    let question = Question::of(vec![Dimension::Currency], metric, &[]);
    let report = pipeline::spend(source, &question, Settings::default()).unwrap();
    let books = report.books.unwrap();
    let of = |of: &curtail::model::answer::CurrencyBooks| {
        let kept = of.direct.0 + of.shared.0 + of.unattributed.0;
        (of.currency.0.clone(), kept)
    };
    books.currencies.iter().map(of).collect()
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
        for tenants in &all {
            let source = Source { tenants: tenants.clone(), ..at(&samples().join(bill)) };
            let report = focus(&source);
            for (name, metric) in COSTS {
                assert_eq!(sums(&report, name), billed(&source, metric), "{name} {tenants:?}");
            }
        }
    }
}

#[test]
fn shared_cost_is_moved_in_the_effective_cost_alone() {
    let report = of_bill(Some(RULES));
    let names = ["x_LineItemType", "x_Tenant", "x_SharedPool", "x_AllocatedMethodId"];
    let costs = ["BilledCost", "EffectiveCost", "x_LineItems"];
    let shown = rows(&report, &[&names[..], &costs[..]].concat());
    let tax: Vec<&String> = shown.iter().filter(|row| row.starts_with("Tax")).collect();
    assert_eq!(
        tax,
        [
            "Tax - - - 9 0 1",
            "Tax - tax fixed 0 0.9 0",
            "Tax ads tax fixed 0 2.7 0",
            "Tax search tax fixed 0 5.4 0"
        ]
    );
    assert_eq!(sums(&report, "BilledCost"), sums(&of_bill(None), "BilledCost"));
    assert_eq!(sums(&report, "EffectiveCost"), sums(&of_bill(None), "EffectiveCost"));
}

#[test]
fn what_focus_wants_in_every_row_is_there() {
    for report in [of_bill(None), of_bill(Some(RULES)), focus(&at(&samples().join("cur2")))] {
        for name in MANDATORY {
            assert!(column(&report, name).iter().all(|cell| cell != "-"), "{name}");
        }
    }
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
