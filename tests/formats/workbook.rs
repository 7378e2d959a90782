//! Workbook: what a spreadsheet reads is what JSON says.
//!
//! In:    reports of the parent, written as workbooks.
//! Out:   cells, results and formulas, as a reader of other people reads them.
//! Never: recalculates; a spreadsheet does.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use curtail::render::{Format, Style, render};
use curtail::report::Report;
use serde_json::Value;

use super::{BILL, json, report};

type Workbook = Xlsx<Cursor<Vec<u8>>>;

fn workbook(report: &Report) -> Workbook {
    let bytes = render(report, Format::Xlsx, &Style::default()).unwrap();
    calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap()
}

fn sheet(workbook: &mut Workbook, name: &str) -> Range<Data> {
    workbook.worksheet_range(name).unwrap()
}

/// A number as JSON tells it: text when it is exact, else a number.
fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap(),
    }
}

/// The cells of a heading, top down, as numbers; the head itself left out.
fn column(range: &Range<Data>, heading: &str) -> Vec<f64> {
    let head = range.rows().next().unwrap();
    let at = head.iter().position(|cell| cell == &Data::String(heading.to_owned())).unwrap();
    let cells = range.rows().skip(1).map(|row| &row[at]);
    cells
        .map(|cell| match cell {
            Data::Float(number) => *number,
            _ => 0.0,
        })
        .collect()
}

/// Whether two doubles are the same, to the last bit.
fn is_same(found: f64, told: f64) -> bool {
    found.total_cmp(&told).is_eq()
}

/// Every formula of every sheet.
fn formulas(workbook: &mut Workbook) -> Vec<String> {
    let mut formulas = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_formula(&name).unwrap();
        formulas.extend(range.used_cells().map(|(_, _, text)| text.clone()));
    }
    formulas.retain(|text| !text.is_empty());
    formulas
}

#[test]
fn the_data_sheet_holds_the_rows_of_json_as_numbers_and_days() {
    let report = report(BILL, "user,day");
    let (mut workbook, document) = (workbook(&report), json(&report));
    let data = sheet(&mut workbook, "Data");
    let head: Vec<String> = data.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(serde_json::json!(head), document["columns"]);
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(data.rows().count() - 1, rows.len());
    for (cells, row) in data.rows().skip(1).zip(rows) {
        for (key, cell) in head.iter().zip(cells) {
            match (cell, &row[key]) {
                (Data::Empty, Value::Null) => {}
                (Data::String(text), Value::String(told)) => assert_eq!(text, told, "{key}"),
                (Data::Float(found), told) => assert!(is_same(*found, number(told)), "{key}"),
                (Data::DateTime(day), Value::String(told)) => {
                    let (year, month, of_month, ..) = day.to_ymd_hms_milli();
                    assert_eq!(format!("{year}-{month:02}-{of_month:02}"), *told);
                }
                (cell, told) => panic!("{key}: {cell:?} for {told}"),
            }
        }
    }
}

#[test]
fn the_result_of_every_sum_is_the_total_of_json() {
    let report = report(BILL, "user");
    let (mut workbook, document) = (workbook(&report), json(&report));
    let people = sheet(&mut workbook, "Spend by user");
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(people.rows().count(), 1 + rows.len() + 1);
    for (heading, key) in [("Cost", "cost"), ("Hours", "usage_hours"), ("Lines", "line_items")] {
        let cells = column(&people, heading);
        let (total, parts) = cells.split_last().unwrap();
        assert!(is_same(*total, number(&document["totals"][key])), "{heading}");
        for (part, row) in parts.iter().zip(rows) {
            let told = if row[key].is_null() { 0.0 } else { number(&row[key]) };
            assert!(is_same(*part, told), "{heading}");
        }
    }
    let last = rows.len() + 1;
    let sum = |column: &str| format!("SUBTOTAL(109,{column}2:{column}{last})");
    assert_eq!(formulas(&mut workbook), [sum("B"), sum("C"), sum("E")]);
}

#[test]
fn every_currency_has_a_sum_of_its_own_rows() {
    let bill = "
        cost  | user      | currency
        10.5  | d-1/alice | CNY
        20.25 | d-1/bob   | USD
        1     | d-1/alice | USD";
    let report = report(bill, "user");
    let mut workbook = workbook(&report);
    let costs = column(&sheet(&mut workbook, "Spend by user"), "Cost");
    assert_eq!(costs, [10.5, 20.25, 1.0, 10.5, 21.25]);
    let sums = formulas(&mut workbook);
    for sum in ["SUMPRODUCT(--EXACT(B2:B4,B5),C2:C4)", "SUMPRODUCT(--EXACT(B2:B4,B6),C2:C4)"] {
        assert!(sums.iter().any(|found| found == sum), "`{sum}` is not in {sums:?}");
    }
}

#[test]
fn a_workbook_says_first_what_it_is_about() {
    let mut workbook = workbook(&report(BILL, "user,day"));
    assert_eq!(workbook.sheet_names(), ["About", "Spend by user, day", "Charts", "Data"]);
    let about = sheet(&mut workbook, "About");
    let words: Vec<String> =
        about.rows().map(|row| row.iter().map(ToString::to_string).collect::<String>()).collect();
    let words = words.join("\n");
    for told in ["Spend by user, day", "2026-10 · amortized cost · USD", "Data6 rows", "rows in ="]
    {
        assert!(words.contains(told), "`{told}` is not in {words}");
    }
}

#[test]
fn the_same_report_is_the_same_bytes() {
    let report = report(BILL, "user,day");
    let write = |format| render(&report, format, &Style::default()).unwrap();
    assert_eq!(write(Format::Xlsx), write(Format::Xlsx));
    assert_eq!(write(Format::Parquet), write(Format::Parquet));
}

#[test]
fn words_of_the_data_are_neither_formulas_nor_links_nor_numbers() {
    let bill = "
        cost | tag:team
        1    | =HYPERLINK(1)
        2    | http://example.com
        4    | 00123
        8    | \u{202e}txt.exe";
    let report = report(bill, "tag:team");
    let mut workbook = workbook(&report);
    let data = sheet(&mut workbook, "Data");
    let names: Vec<&Data> = data.rows().skip(1).map(|row| &row[0]).collect();
    let told = ["<U+202E>txt.exe", "00123", "http://example.com", "=HYPERLINK(1)"];
    assert_eq!(names, told.map(|word| Data::String(word.to_owned())).each_ref());
    assert!(formulas(&mut workbook).iter().all(|text| text.starts_with("SUBTOTAL(109,")));
}
