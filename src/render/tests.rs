//! Tests of whole reports in every format.
//!
//! In:    sample answers and hostile words.
//! Out:   failures.
//! Never: compiled into the product.

use proptest::prelude::*;
use serde_json::Value;

use super::sample::{days, people, report, row};
use super::{Format, RenderError, Style, TerminalStyle, render};
use crate::model::answer::{Answer, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};
use crate::report::{Report, Section};

pub(super) fn text(report: &Report, format: Format, terminal: TerminalStyle) -> String {
    let style = Style { terminal, ..Style::default() };
    String::from_utf8(render(report, format, &style).unwrap()).unwrap()
}

pub(super) fn json(report: &Report) -> Value {
    serde_json::from_str(&text(report, Format::Json, TerminalStyle::default())).unwrap()
}

/// The page as XML: the only elements without an end are closed, style and script left out. Both
/// must be there once, so nothing of the data can hide in them.
pub(super) fn as_xml(page: &str) -> String {
    let mut xml = page.to_owned();
    for name in ["style", "script"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        assert_eq!(page.matches(&format!("<{name}")).count(), 1);
        let (from, to) = (xml.find(&open).unwrap() + open.len(), xml.find(&close).unwrap());
        xml.replace_range(from..to, "");
    }
    let pieces: Vec<String> = xml.split("<meta").map(ToOwned::to_owned).collect();
    let closed = pieces[1..].iter().map(|piece| piece.replacen('>', "/>", 1));
    std::iter::once(pieces[0].clone()).chain(closed).collect::<Vec<_>>().join("<meta")
}

/// Cost by user in two currencies.
fn two_currencies() -> Answer {
    let keyed = |name: &str| vec![Some(name.to_owned())];
    let mut euro = row(Standing::Attributed, keyed("alice"), 3_000_000_000_000);
    euro.currency = Currency("EUR".into());
    let dollars = row(Standing::Attributed, keyed("alice"), 5_000_000_000_000);
    let lost = row(Standing::Unattributed, vec![None], 1_000_000_000_000);
    Answer::whole(vec![Dimension::User], CostMetric::Unblended, vec![euro, dollars, lost])
}

#[test]
fn every_format_is_found_by_its_name() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.name()), Some(format));
    }
    assert_eq!(Format::parse("MD"), Some(Format::Markdown));
    assert_eq!(Format::parse("NDJSON"), Some(Format::Jsonl));
    assert_eq!(Format::parse("excel"), None);
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

/// What a person sees on an ordinary screen; changes here deserve a look with both eyes.
#[test]
fn the_table_of_an_ordinary_screen() {
    let table = text(&report(people(), Some(8)), Format::Table, TerminalStyle::default());
    insta::assert_snapshot!(table, @r##"
    Spend by domain, user, space
    2026-09 to 2026-10 · amortized cost · USD · UTC days · 30,000 source rows

    Domain          User                Space                  Cost    Hours   Share
    ────────────────────────────────────────────────────────────────────────────────
    d-7fk2m9x4qzt1  Zoë Müller          gpu-лаб            1,834.57    743.1   30.9%
    d-7fk2m9x4qzt1  alice               —                    912.40    512.0   15.4%
    d-7fk2m9x4qzt1  bob.fontaine        notebooks            640.12    440.5   10.8%
    d-7fk2m9x4qzt1  山田 太郎           —                    388.00    221.0    6.5%
    d-2b8xkqv1n4rt  alice               churn-model-expe…    302.00    180.4    5.1%
    d-2b8xkqv1n4rt  carol               —                    244.01    160.0    4.1%
    d-2b8xkqv1n4rt  data-pla…ount-blue  —                     97.50     70.2    1.6%
    d-2b8xkqv1n4rt  data-pla…unt-green  —                     55.50     40.0    0.9%
    rest (4 rows)                                             25.56     37.9    0.4%
    unattributed                                             233.46      0.0    3.9%
    other services                                         1,205.79      0.0   20.3%
    ────────────────────────────────────────────────────────────────────────────────
    total                                                  5,938.91  2,405.1  100.0%

    books: 30,000 rows in = 30,000 kept + 0 refused
    books: 5,938.91 USD in = 4,499.66 attributed + 1,439.25 unattributed and other
           services, difference 0
    invoice: 5,951.25 USD unblended for the same rows
    note: no `line_item_resource_id`: owners cannot be inferred from ARNs
    "##);
    let narrow = TerminalStyle { width: 44, unicode: false, ..TerminalStyle::default() };
    let table = text(&report(people(), Some(3)), Format::Table, narrow);
    insta::assert_snapshot!(table, @r##"
    Spend by domain, user, space
    2026-09 to 2026-10 | amortized cost | USD
    UTC days | 30,000 source rows

    Domain          User      Space         Cost
    --------------------------------------------
    d-7fk2m9x4qzt1  Zoë M...  gpu-лаб   1,834.57
    d-7fk2m9x4qzt1  alice     -           912.40
    d-7fk2m9x4qzt1  bob.f...  noteb...    640.12
    rest (9 rows)                       1,112.57
    unattributed                          233.46
    other services                      1,205.79
    --------------------------------------------
    total                               5,938.91

    books: 30,000 rows in = 30,000 kept + 0
           refused
    books: 5,938.91 USD in = 4,499.66 attributed
           + 1,439.25 unattributed and other
           services, difference 0
    invoice: 5,951.25 USD unblended for the same
           rows
    note: no `line_item_resource_id`: owners
           cannot be inferred from ARNs
    "##);
}

#[test]
fn the_page_of_two_currencies() {
    let page = text(&report(two_currencies(), None), Format::Markdown, TerminalStyle::default());
    insta::assert_snapshot!(page, @r##"
    ## Spend by user

    2026-09 to 2026-10 · unblended cost · EUR, USD · UTC days · 30,000 source rows

    | User | Currency | Cost | Share |
    | --- | --- | ---: | ---: |
    | alice | EUR | 3.00 | 100.0% |
    | alice | USD | 5.00 | 83.3% |
    | unattributed | USD | 1.00 | 16.7% |
    | **total** | **EUR** | **3.00** | **100.0%** |
    | **total** | **USD** | **6.00** | **100.0%** |

    - books: 30,000 rows in = 30,000 kept + 0 refused
    - books: 3.00 EUR in = 3.00 attributed + 0.00 unattributed and other services, difference 0
    - books: 6.00 USD in = 5.00 attributed + 1.00 unattributed and other services, difference 0
    - note: no \`line_item_resource_id\`: owners cannot be inferred from ARNs
    "##);
}

#[test]
fn the_document_of_two_currencies() {
    let json = text(&report(two_currencies(), None), Format::Json, TerminalStyle::default());
    insta::assert_snapshot!(json, @r##"
    {
      "schema_version": 1,
      "period": "2026-09..2026-10",
      "metric": "unblended",
      "currency": null,
      "columns": [
        "user_profile_arn",
        "standing",
        "currency",
        "cost",
        "line_items"
      ],
      "rows": [
        {
          "user_profile_arn": "alice",
          "standing": "attributed",
          "currency": "EUR",
          "cost": "3",
          "line_items": 1
        },
        {
          "user_profile_arn": "alice",
          "standing": "attributed",
          "currency": "USD",
          "cost": "5",
          "line_items": 1
        },
        {
          "user_profile_arn": null,
          "standing": "unattributed",
          "currency": "USD",
          "cost": "1",
          "line_items": 1
        }
      ],
      "totals": [
        {
          "currency": "EUR",
          "cost": "3",
          "line_items": 1
        },
        {
          "currency": "USD",
          "cost": "6",
          "line_items": 2
        }
      ],
      "reconciliation": {
        "source_rows": 30000,
        "refused_rows": 0,
        "difference": {
          "EUR": "0",
          "USD": "0"
        }
      },
      "findings": [
        {
          "code": "missing-column",
          "message": "no `line_item_resource_id`: owners cannot be inferred from ARNs"
        }
      ]
    }
    "##);
}

/// A report of two tables without money, as `check` makes them.
fn two_tables() -> Report {
    let columns = vec![
        Column::new("column", "Column", ColumnKind::Text),
        Column::new("rows", "Rows", ColumnKind::Count),
    ];
    let cells = vec![Cell::text("line_item_type"), Cell::Count(1_200)];
    let rows = vec![Row { kind: RowKind::Data, currency: None, cells }];
    let table = Table { columns, rows, ..Table::default() };
    let section = |heading: &str| Section {
        heading: Some(heading.to_owned().into()),
        table: table.clone(),
        charts: Vec::new(),
    };
    let sections = vec![section("Columns"), section("Files")];
    Report { title: "Check".into(), sections, ..Report::default() }
}

#[test]
fn a_report_of_several_tables_has_sections() {
    let json = json(&two_tables());
    assert_eq!(json["sections"][1]["heading"], "Files");
    assert_eq!(json["sections"][0]["rows"][0]["rows"], 1_200);
    assert_eq!(json["rows"], Value::Null);
    for format in Format::ALL.into_iter().filter(|format| format.is_one_table()) {
        let error = render(&two_tables(), format, &Style::default()).unwrap_err();
        let said = format!("`{}` holds one table, and this report has 2", format.name());
        assert_eq!(error.to_string(), said);
    }
    let table = text(&two_tables(), Format::Table, TerminalStyle::default());
    insta::assert_snapshot!(table, @r##"
    Check

    Columns
    Column           Rows
    ─────────────────────
    line_item_type  1,200

    Files
    Column           Rows
    ─────────────────────
    line_item_type  1,200
    "##);
}

#[test]
fn a_credit_stays_a_number_in_csv() {
    let rows = vec![row(Standing::Attributed, vec![Some("a".to_owned())], -5)];
    let answer = Answer::whole(vec![Dimension::Service], CostMetric::List, rows);
    let csv = text(&report(answer, None), Format::Csv, TerminalStyle::default());
    assert_eq!(csv, "product_code,cost,line_items\r\n\"a\",-0.000000000005,1\r\n");
}

#[test]
fn stacked_days_hang_credits_below_the_axis() {
    let svg = text(&report(days(), None), Format::Svg, TerminalStyle::default());
    assert!(svg.contains("\n-100\n"), "the axis goes below zero");
    let png = render(&report(days(), None), Format::Png, &Style::default()).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn without_a_dimension_there_is_nothing_to_draw() {
    let rows = vec![row(Standing::Attributed, Vec::new(), 5)];
    let report = report(Answer::whole(Vec::new(), CostMetric::List, rows), None);
    assert_eq!(render(&report, Format::Svg, &Style::default()), Err(RenderError::NoChart));
    let table = text(&report, Format::Table, TerminalStyle::default());
    assert!(table.contains("0.000000000005  100.0%"), "{table}");
}

proptest! {
    #[test]
    fn printed_cents_of_a_table_add_up(
        costs in prop::collection::vec((0_u8..3, -10_i128.pow(16)..10_i128.pow(16)), 1..40),
        limit in prop::option::of(0_usize..10),
    ) {
        let rows = costs.iter().enumerate().map(|(index, (standing, cost))| {
            let standing = [Standing::Attributed, Standing::Unattributed, Standing::OtherServices]
                [usize::from(*standing)];
            row(standing, vec![Some(format!("u{index}"))], *cost)
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|row| row.standing);
        let answer = Answer::whole(vec![Dimension::User], CostMetric::List, rows);
        let page = text(&report(answer, limit), Format::Markdown, TerminalStyle::default());
        let cents = |line: &str| -> i128 {
            let cell = line.split(" | ").nth(1).unwrap().replace(['*', ',', '.'], "");
            cell.parse().unwrap_or(0)
        };
        let table: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
        let (total, rows) = table.split_last().unwrap();
        let sum: i128 = rows.iter().map(|line| cents(line)).sum();
        prop_assert_eq!(sum, cents(total), "{}", page);
    }
}
