//! Tests of whole reports in every format.
//!
//! In:    sample answers and hostile words.
//! Out:   failures.
//! Never: compiled into the product.

use serde_json::Value;

use super::sample::{people, report, row};
use super::{Format, Style, TerminalStyle, render};
use crate::model::answer::{Answer, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::report::Report;

fn text(report: &Report, format: Format, terminal: TerminalStyle) -> String {
    let style = Style { terminal, ..Style::default() };
    String::from_utf8(render(report, format, &style).unwrap()).unwrap()
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&text(report, Format::Json, TerminalStyle::default())).unwrap()
}

/// Cost by user in two currencies.
fn two_currencies() -> Answer {
    let keyed = |name: &str| vec![Some(name.to_owned())];
    let mut euro = row(Standing::Attributed, keyed("alice"), 3_000_000_000_000);
    euro.currency = Currency("EUR".to_owned());
    let dollars = row(Standing::Attributed, keyed("alice"), 5_000_000_000_000);
    let lost = row(Standing::Unattributed, vec![None], 1_000_000_000_000);
    Answer {
        dimensions: vec![Dimension::User],
        metric: CostMetric::Unblended,
        rows: vec![euro, dollars, lost],
    }
}

#[test]
fn every_format_is_found_by_its_name() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.name()), Some(format));
    }
    assert_eq!(Format::parse("MD"), Some(Format::Markdown));
    assert_eq!(Format::parse("xlsx"), None);
}

#[test]
fn json_says_exactly_what_the_answer_says() {
    let answer = people();
    let json = json(&report(answer.clone(), Some(2)));
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["period"], "2026-09..2026-10");
    assert_eq!(json["metric"], "amortized");
    assert_eq!(json["currency"], "USD");
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), answer.rows.len(), "machines get every row");
    for (told, row) in rows.iter().zip(&answer.rows) {
        let keys = ["domain_arn", "user_profile_arn", "space_arn"];
        for (key, value) in keys.iter().zip(&row.keys) {
            assert_eq!(told[key].as_str(), value.as_deref());
        }
        assert_eq!(told["standing"], row.standing.name());
        assert_eq!(told["cost"], row.cost.to_string());
        assert_eq!(told["usage_hours"], row.usage_hours.unwrap().to_string());
        assert_eq!(told["line_items"], row.line_items);
    }
    let total = Money::checked_sum(answer.rows.iter().map(|row| row.cost)).unwrap();
    assert_eq!(json["totals"]["cost"], total.to_string());
    assert_eq!(json["reconciliation"]["source_rows"], 30_000);
    assert_eq!(json["reconciliation"]["refused_rows"], 0);
    assert_eq!(json["reconciliation"]["difference"], "0");
    assert_eq!(json["findings"][0]["code"], "missing-column");
}

#[test]
fn two_currencies_are_never_added() {
    let report = report(two_currencies(), None);
    let json = json(&report);
    assert_eq!(json["currency"], Value::Null);
    assert_eq!(json["rows"][0]["currency"], "EUR");
    assert_eq!(json["totals"][0]["currency"], "EUR");
    assert_eq!(json["totals"][0]["cost"], "3");
    assert_eq!(json["totals"][1]["cost"], "6");
    let table = text(&report, Format::Table, TerminalStyle::default());
    assert_eq!(table.lines().filter(|line| line.starts_with("total")).count(), 2, "{table}");
}

#[test]
fn a_table_never_leaves_the_screen() {
    use unicode_width::UnicodeWidthStr;
    let report = report(people(), Some(6));
    for width in 40..200 {
        for unicode in [true, false] {
            let style = TerminalStyle { width, unicode, ..TerminalStyle::default() };
            let table = text(&report, Format::Table, style);
            assert!(table.contains("5,938.91"), "no total at {width}:\n{table}");
            for line in table.lines() {
                assert!(line.width() <= width, "{} > {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_codes_of_ours() {
    let report = report(people(), None);
    let plain = text(&report, Format::Table, TerminalStyle::default());
    let style = TerminalStyle { colour: true, ..TerminalStyle::default() };
    let mut painted = text(&report, Format::Table, style);
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m"] {
        painted = painted.replace(code, "");
    }
    assert_eq!(painted, plain);
}

#[test]
fn an_empty_answer_says_so() {
    let answer = Answer { rows: Vec::new(), ..people() };
    let report = report(answer, None);
    let table = text(&report, Format::Table, TerminalStyle::default());
    assert!(table.contains("nothing to show"), "{table}");
    assert_eq!(json(&report)["totals"]["cost"], "0");
    assert_eq!(json(&report)["rows"], Value::Array(Vec::new()));
}
