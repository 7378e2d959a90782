//! Rows: JSON lines and Parquet hold the rows of CSV and JSON.
//!
//! In:    reports of the parent.
//! Out:   each format read back, value by value.
//! Never: reads Parquet with anything of the product.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int32Type, UInt64Type};
use curtail::render::{Format, Style, render};
use curtail::report::Report;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::{BILL, csv, json, report, written};
use crate::support::pico::pico;

#[test]
fn every_line_of_json_lines_is_a_row_of_json() {
    let report = report(BILL, "user,day");
    let lines = written(&report, Format::Jsonl);
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json(&report)["rows"], Value::Array(rows));
    assert!(lines.ends_with("}\n"), "{lines}");
}

/// The only batch of a report as Parquet, and a fact of its footer.
fn parquet(report: &Report) -> RecordBatch {
    let bytes = render(report, Format::Parquet, &Style::default()).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let facts = builder.metadata().file_metadata().key_value_metadata().unwrap();
    let metric = facts.iter().find(|fact| fact.key == "curtail.metric").unwrap();
    assert_eq!(metric.value.as_deref(), Some("amortized"));
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// A cell as CSV writes it.
fn told(column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Dictionary(..) => {
            let column = column.as_dictionary::<Int32Type>();
            let key = usize::try_from(column.keys().value(row)).unwrap();
            column.values().as_string::<i32>().value(key).to_owned()
        }
        DataType::Decimal128(38, 12) => {
            let amount = column.as_primitive::<Decimal128Type>().value(row);
            curtail::model::money::pico_text(amount)
        }
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string(),
        DataType::Date32 => {
            column.as_primitive::<Date32Type>().value_as_date(row).unwrap().to_string()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn parquet_holds_the_cells_of_csv_in_their_types() {
    let report = report(BILL, "user,day,month");
    let (batch, rows) = (parquet(&report), csv(&written(&report, Format::Csv)));
    let schema = batch.schema();
    let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(names, rows[0].iter().collect::<Vec<_>>());
    assert_eq!(batch.num_rows(), rows.len() - 1);
    for (row, expected) in rows[1..].iter().enumerate() {
        let cells: Vec<String> = batch.columns().iter().map(|column| told(column, row)).collect();
        assert_eq!(cells, *expected);
    }
    let type_of = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(type_of("usage_date"), DataType::Date32);
    assert_eq!(type_of("cost"), DataType::Decimal128(38, 12));
    assert_eq!(type_of("usage_hours"), DataType::Decimal128(38, 12));
    assert_eq!(type_of("line_items"), DataType::UInt64);
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    assert_eq!((type_of("user_profile_arn"), type_of("billing_period")), (text.clone(), text));

    let costs = batch.column_by_name("cost").unwrap();
    let total: i128 = costs.as_primitive::<Decimal128Type>().iter().flatten().sum();
    assert_eq!(total, pico(json(&report)["totals"]["cost"].as_str().unwrap()));
}

#[test]
fn a_report_without_rows_is_a_file_with_its_columns() {
    let report = report("cost | user", "user,day");
    assert_eq!(written(&report, Format::Jsonl), "");
    let batch = parquet(&report);
    assert_eq!(batch.num_rows(), 0);
    let schema = batch.schema();
    assert_eq!(schema.field_with_name("usage_date").unwrap().data_type(), &DataType::Date32);
}
