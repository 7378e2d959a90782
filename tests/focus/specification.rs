//! Specification: what FOCUS 1.2 demands of every row, tried on every data set that we write.
//!
//! In:    the facts of the specification, written Parquet of small bills and of the samples.
//! Out:   a failure with the rule, the row and what stands there.
//! Never: looks at how the data set was made.
//!
//! Source: the specification's column requirements and the rules of its validator (model 1.2.0.1);
//! types and nullability of AWS's table dictionary; `x_Allocated*`: FOCUS 1.3. Read 2026-11.

use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use curtail::render::{Format, Style, render};
use curtail::report::Report;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::facts::{
    ALLOWED, AMOUNTS, MOMENTS, NEVER_NULL, NULL_ON_TAXES, NULL_TOGETHER, NULL_WITHOUT, TAXONOMY,
    TEXTS, UNTOLD,
};
use super::{RULES, at, focus, of, of_bill, samples, under};
use crate::support::pico::pico;

/// A row by its columns; a column that is null is not there.
type Row = BTreeMap<String, String>;

/// A rule that looks at several columns.
type Holds = fn(&Row) -> bool;
const RULES_OF_ROWS: [(&str, Holds); 16] = [
    ("ChargeFrequency-C-004-C", |row| {
        !is(row, "ChargeCategory", "Purchase") || !is(row, "ChargeFrequency", "Usage-Based")
    }),
    ("PricingCategory-C-004-C", |row| {
        let is_priced = is(row, "ChargeCategory", "Usage") || is(row, "ChargeCategory", "Purchase");
        !is_priced || row.contains_key("ChargeClass") || row.contains_key("PricingCategory")
    }),
    ("ConsumedQuantity-C-004-C", |row| {
        let has_use =
            is(row, "ChargeCategory", "Usage") && !is(row, "CommitmentDiscountStatus", "Unused");
        has_use || !row.contains_key("ConsumedQuantity")
    }),
    ("CommitmentDiscountStatus-C-004-C", |row| {
        let needs = row.contains_key("CommitmentDiscountId") && is(row, "ChargeCategory", "Usage");
        !needs || row.contains_key("CommitmentDiscountStatus")
    }),
    ("EffectiveCost-C-005-C", |row| {
        let is_for_later = is(row, "ChargeCategory", "Purchase")
            && ["RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee"]
                .iter()
                .any(|of| is(row, "x_LineItemType", of));
        !is_for_later || pico(&row["EffectiveCost"]) == 0
    }),
    ("DiscountHandling-A-012-C", |row| {
        let id = row.get("CommitmentDiscountId");
        id.is_none() || id == row.get("ResourceId")
    }),
    ("DiscountHandling-A-018-C", |row| {
        !is(row, "CommitmentDiscountStatus", "Unused") || is(row, "ChargeCategory", "Usage")
    }),
    ("DiscountHandling-A-020-C", |row| {
        is(row, "ChargeCategory", "Credit") == is(row, "x_LineItemType", "Credit")
    }),
    ("ListCost-C-008-C", |row| {
        !is(row, "ChargeCategory", "Credit") || row["ListCost"] == row["BilledCost"]
    }),
    ("ContractedCost-C-008-C", |row| {
        !is(row, "ChargeCategory", "Credit") || row["ContractedCost"] == row["BilledCost"]
    }),
    ("PricingCategory-C-010-C", |row| {
        let is_spot = row.get("x_UsageType").is_some_and(|of| of.contains("SpotUsage"));
        !is_spot || !is(row, "x_LineItemType", "Usage") || is(row, "PricingCategory", "Dynamic")
    }),
    ("PricingCurrencyEffectiveCost-C-006-M", |row| {
        let priced = row.get("PricingCurrencyEffectiveCost");
        priced.is_none_or(|cost| *cost == row["EffectiveCost"])
    }),
    ("BillingCurrency-C-006-M", |row| {
        let code = &row["BillingCurrency"];
        code.len() == 3 && code.chars().all(|letter| letter.is_ascii_uppercase())
    }),
    ("ChargePeriodEnd-C-004-M", |row| {
        let [from, to] =
            ["ChargePeriodStart", "ChargePeriodEnd"].map(|of| row[of].parse::<i64>().unwrap());
        to - from == 86_400_000
    }),
    ("KeyValueFormat-A-004-M", |row| {
        row.get("Tags").is_none_or(|tags| {
            let tags: BTreeMap<String, String> = serde_json::from_str(tags).unwrap();
            tags.values().all(|value| !value.is_empty())
        })
    }),
    ("AllocatedMethodDetails (1.3)", |row| {
        let has = |column: &str| row.contains_key(column);
        let is_moved = has("x_SharedPool");
        let details = row.get("x_AllocatedMethodDetails").map(|text| {
            serde_json::from_str::<serde_json::Value>(text).unwrap()["Elements"][0]
                ["AllocatedRatio"]
                .as_f64()
                .unwrap()
        });
        // What stayed in the pool was received by nobody.
        has("x_AllocatedMethodId") == is_moved
            && has("x_AllocatedResourceId") == (is_moved && has("x_Tenant"))
            && details.is_none_or(|ratio| is_moved && (0.0..=1.0).contains(&ratio))
    }),
];

fn is(row: &Row, column: &str, value: &str) -> bool {
    row.get(column).is_some_and(|of| of == value)
}

/// The rows of a written data set, and the type of each column.
fn written(report: &Report) -> (Vec<Row>, Vec<(String, DataType)>) {
    let bytes = render(report, Format::Focus, &Style::default()).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let fields = reader.schema().fields().clone();
    let types = fields.iter().map(|field| (field.name().clone(), field.data_type().clone()));
    let mut rows = Vec::new();
    for batch in reader.build().unwrap().map(Result::unwrap) {
        let first = rows.len();
        rows.resize(first + batch.num_rows(), Row::new());
        for (field, column) in fields.iter().zip(batch.columns()) {
            let plain = match field.data_type() {
                DataType::Timestamp(..) => cast(column, &DataType::Int64).unwrap(),
                _ => column.clone(),
            };
            let texts = cast(&plain, &DataType::Utf8).unwrap();
            for (row, text) in texts.as_string::<i32>().iter().enumerate() {
                if let Some(text) = text {
                    rows[first + row].insert(field.name().clone(), text.to_owned());
                }
            }
        }
    }
    (rows, types.collect())
}

/// Every rule that a row breaks.
fn broken(row: &Row) -> Vec<String> {
    let has = |column: &str| row.contains_key(column);
    let mut broken: Vec<String> = Vec::new();
    let mut must = |holds: bool, rule: String| {
        if !holds {
            broken.push(rule);
        }
    };
    for column in NEVER_NULL {
        must(has(column), format!("{column} is null"));
    }
    for (column, other) in NULL_TOGETHER {
        must(has(column) == has(other), format!("{column} without {other}, or the reverse"));
    }
    for (column, other) in NULL_WITHOUT {
        must(!has(column) || has(other), format!("{column} without {other}"));
    }
    for column in NULL_ON_TAXES {
        must(!is(row, "ChargeCategory", "Tax") || !has(column), format!("{column} of a tax"));
    }
    for column in UNTOLD {
        must(!has(column), format!("{column} is told after all; correct the manual"));
    }
    for (column, values) in ALLOWED {
        let value = row.get(column).map(String::as_str);
        must(value.is_none_or(|value| values.contains(&value)), format!("{column}: {value:?}"));
    }
    for (rule, holds) in RULES_OF_ROWS {
        must(holds(row), rule.to_owned());
    }
    let parent = TAXONOMY.iter().find(|(category, _)| is(row, "ServiceCategory", category));
    let is_known = |subs: &&[&str]| subs.iter().any(|sub| is(row, "ServiceSubcategory", sub));
    must(parent.is_some_and(|(_, subs)| is_known(subs)), "ServiceSubcategory-C-004-M".into());
    must(row.values().all(|text| !text.is_empty()), "NullHandling-A-002-M".to_owned());
    broken
}

#[track_caller]
fn conforms(report: &Report) -> Vec<Row> {
    let (rows, types) = written(report);
    let ours = types.iter().position(|(name, _)| name.starts_with("x_")).unwrap();
    let (theirs, ours) = types.split_at(ours);
    let mut wanted: Vec<&str> = [&TEXTS[..], &AMOUNTS, &MOMENTS, &["Tags"]].concat();
    wanted.sort_unstable();
    assert_eq!(theirs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), wanted);
    assert!(ours.iter().all(|(name, _)| name.starts_with("x_")));
    for (name, found) in theirs {
        let name = name.as_str();
        let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
        match found {
            DataType::Decimal128(38, 12) => assert!(AMOUNTS.contains(&name), "{name}"),
            found if MOMENTS.contains(&name) => assert_eq!(*found, moment, "{name}"),
            _ => assert!(!AMOUNTS.contains(&name), "{name}: {found}"),
        }
    }
    for row in &rows {
        assert_eq!(broken(row), Vec::<String>::new(), "{row:#?}");
    }
    rows
}

/// A commitment that is bought and only partly used, and one that nobody can name.
const COMMITMENTS: &str = "
    day | type | cost | resource | product | usage_type | amount | unit | ri_unused_recurring
    2026-10-01 | RIFee | 70 | arn:aws:ec2::1:reserved-instances/r | AmazonEC2 | Heavy | 0 | - | 20
    2026-10-01 | RIFee | 7 | - | AmazonEC2 | Heavy | 0 | - | 2
    2026-10-05 | Usage | 3 | i-1 | AmazonEC2 | EUW1-SpotUsage:m5.large | 2.5 | Hrs | 0
    2026-10-05 | Credit | -1 | - | AmazonEC2 | Credit | 0 | - | 0";

#[test]
fn every_row_is_as_the_specification_wants_it() {
    let mut reports = vec![of_bill(None), of_bill(Some(RULES)), of(COMMITMENTS, None)];
    for bill in ["cur2", "legacy"] {
        let export = samples().join(bill);
        let rules = samples().join("tenants").read_dir().unwrap();
        let rules = rules.map(|entry| entry.unwrap().path().join("tenants.toml"));
        reports.push(focus(&at(&export)));
        for tenants in rules.filter(|file| file.is_file()) {
            reports.push(focus(&under(&export, tenants)));
        }
    }
    for report in &reports {
        assert!(!conforms(report).is_empty());
    }
}

#[test]
fn what_a_commitment_left_unused_is_usage_beside_its_purchase() {
    let rows = conforms(&of(COMMITMENTS, None));
    let shown = |row: &Row| {
        let columns = ["ChargeCategory", "CommitmentDiscountStatus", "PricingCategory"];
        let words = columns.map(|of| row.get(of).map_or("-", String::as_str)).join(" ");
        let named = if row.contains_key("CommitmentDiscountId") { "named" } else { "unnamed" };
        let costs = ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "x_LineItems"];
        let costs = costs.map(|of| row[of].trim_end_matches(".000000000000"));
        format!("{words} {named} {}", costs.join(" "))
    };
    let mut fees: Vec<String> =
        rows.iter().filter(|row| is(row, "x_LineItemType", "RIFee")).map(shown).collect();
    fees.sort();
    assert_eq!(
        fees,
        [
            "Purchase - Standard named 70 0 70 70 1",
            "Purchase - Standard unnamed 7 0 7 7 1",
            "Usage - Committed unnamed 0 2 0 0 0",
            "Usage Unused Committed named 0 20 0 0 0",
        ]
    );
}

#[test]
fn every_service_that_may_be_said_is_in_the_taxonomy() {
    for (category, sub) in curtail::model::focus::said() {
        let subs = TAXONOMY.iter().find(|(of, _)| *of == category).unwrap().1;
        assert!(subs.contains(&sub), "{category}: {sub}");
    }
}
