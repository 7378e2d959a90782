//! Formats: one answer says the same numbers wherever it is written.
//!
//! In:    a report with names, credits, crumbs and, in one case, two currencies.
//! Out:   every format, read back and compared.
//! Never: pins how a format looks; the renderer's own tests do.
//!
//! A neighbour showed a run rate on the screen and a cumulative sum in the PDF (B-56).

mod rows;
mod workbook;

use curtail::model::dimension::Dimension;
use curtail::model::metric::CostMetric;
use curtail::model::question::{Question, Wanted};
use curtail::pipeline::{self, Bill, Source};
use curtail::render::terminal::TerminalStyle;
use curtail::render::{Format, Style, render};
use curtail::report::Report;
use curtail::report::spend::Settings;
use serde_json::Value;

use crate::support::export::Export;
use crate::support::pico::pico;

const BILL: &str = "
    cost            | user      | day        | currency | amount | unit
    30.333333333333 | d-1/alice | 2026-10-01 | USD      | 1      | Hrs
    20.333333333333 | d-1/bob   | 2026-10-01 | USD      | 2.25   | Hrs
    10.333333333334 | d-1/zoë   | 2026-10-02 | USD      | -      | -
    -0.005          | d-1/carol | 2026-10-02 | USD      | -      | -
    1e-10           | d-1/dave  | 2026-10-02 | USD      | 1000   | Hrs
    1234567.125     | -         | 2026-10-03 | USD      | -      | -";

fn report(bill: &str, words: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.parquet");
    Export::cur2(bill).write(&path);
    let question = Question {
        dimensions: words.split(',').map(|word| Dimension::parse(word).unwrap()).collect(),
        metric: CostMetric::Amortized,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::Yes,
    };
    let settings = Settings::default();
    pipeline::spend(&Source::of(Bill::Export(path), 1, None), &question, settings).unwrap()
}

fn written(report: &Report, format: Format) -> String {
    let terminal = TerminalStyle { width: 200, ..TerminalStyle::default() };
    let style = Style { terminal, ..Style::default() };
    String::from_utf8(render(report, format, &style).unwrap()).unwrap()
}

/// The rows of RFC 4180 text, header first.
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                row.last_mut().unwrap().push(characters.next().unwrap());
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows.pop();
    rows
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&written(report, Format::Json)).unwrap()
}

/// Cells of Markdown's table: header, rows, totals.
fn markdown(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("| ---"));
    let cells = |line: &str| {
        let inner = line.trim_matches('|').split(" | ");
        inner.map(|cell| cell.trim().replace("**", "")).collect()
    };
    lines.map(cells).collect()
}

/// Cells of the screen's table, bars left out.
fn table(text: &str) -> Vec<Vec<String>> {
    let is_rule = |line: &str| line.starts_with('─');
    let mut lines = text.lines().skip_while(|line| !line.starts_with("User")).peekable();
    let mut rows = Vec::new();
    while let Some(line) = lines.next_if(|line| !line.is_empty()) {
        if !is_rule(line) {
            let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
            let is_bar = |cell: &&str| cell.chars().all(|c| ('\u{2580}'..='\u{259f}').contains(&c));
            rows.push(cells.filter(|cell| !is_bar(cell)).map(ToOwned::to_owned).collect());
        }
    }
    rows
}

/// `1,234.50` as pico-units; what is too small to be shown counts as zero.
fn shown(cell: &str) -> i128 {
    if cell.starts_with(['<', '>']) {
        return 0;
    }
    pico(&cell.replace(',', "").replace('\u{2212}', "-"))
}

#[test]
fn csv_and_json_agree_to_the_last_digit() {
    let report = report(BILL, "user,day");
    let (rows, document) = (csv(&written(&report, Format::Csv)), json(&report));
    assert_eq!(document["columns"], serde_json::json!(rows[0]));
    let theirs = document["rows"].as_array().unwrap();
    assert_eq!(rows.len() - 1, theirs.len());
    for (ours, theirs) in rows[1..].iter().zip(theirs) {
        for (key, cell) in rows[0].iter().zip(ours) {
            let text = match &theirs[key] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(text, *cell, "{key}");
        }
    }
    let total: i128 = theirs.iter().map(|row| pico(row["cost"].as_str().unwrap())).sum();
    assert_eq!(pico(document["totals"]["cost"].as_str().unwrap()), total);
    assert_eq!(total, pico("1234628.1200000001"));
}

#[test]
fn screen_and_markdown_show_the_same_cells() {
    let report = report(BILL, "user");
    let (screen, page) =
        (table(&written(&report, Format::Table)), markdown(&written(&report, Format::Markdown)));
    assert!(screen.len() == 8, "{screen:?}");
    for (screen, page) in screen.iter().zip(&page) {
        for cell in screen {
            assert!(page.contains(cell), "`{cell}` of {screen:?} is not in {page:?}");
        }
    }
    assert_eq!(screen.len(), page.len());
}

#[test]
fn cents_on_the_screen_are_the_exact_costs_and_add_up() {
    let report = report(BILL, "user");
    let screen = table(&written(&report, Format::Table));
    let cost = screen[0].iter().position(|heading| heading == "Cost").unwrap();
    let exact = json(&report);
    let exact: Vec<i128> = exact["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| pico(row["cost"].as_str().unwrap()))
        .collect();
    let (total, rows) = screen[1..].split_last().unwrap();
    let mut sum = 0;
    for (row, exact) in rows.iter().zip(&exact) {
        let cents = shown(&row[cost]);
        assert!((cents - exact).abs() < pico("0.01"), "{row:?} for {exact}");
        sum += cents;
    }
    assert_eq!(rows.len(), exact.len());
    assert_eq!(sum, shown(&total[cost]));
    let whole: i128 = exact.iter().sum();
    assert!((sum - whole).abs() <= pico("0.005"), "{sum} for {whole}");
}

#[test]
fn two_currencies_are_two_totals_in_every_format() {
    let bill = "
        cost  | user      | currency
        10.5  | d-1/alice | CNY
        20.25 | d-1/bob   | USD
        1     | d-1/alice | USD";
    let report = report(bill, "user");
    let document = json(&report);
    assert_eq!(document["currency"], Value::Null);
    let totals: Vec<(&str, &str)> = document["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|total| (total["currency"].as_str().unwrap(), total["cost"].as_str().unwrap()))
        .collect();
    assert_eq!(totals, [("CNY", "10.5"), ("USD", "21.25")]);
    for rows in
        [table(&written(&report, Format::Table)), markdown(&written(&report, Format::Markdown))]
    {
        let cost = rows[0].iter().position(|heading| heading == "Cost").unwrap();
        let of = |row: &Vec<String>| (row[cost - 1].clone(), shown(&row[cost]));
        let last: Vec<_> = rows[rows.len() - 2..].iter().map(of).collect();
        assert_eq!(last, [("CNY".into(), pico("10.5")), ("USD".into(), pico("21.25"))]);
    }
    let rows = csv(&written(&report, Format::Csv));
    let [cost, currency] = ["cost", "currency"].map(|key| rows[0].iter().position(|k| k == key));
    let of = |row: &Vec<String>| (row[currency.unwrap()].clone(), row[cost.unwrap()].clone());
    let expected = [("CNY", "10.5"), ("USD", "20.25"), ("USD", "1")];
    let found: Vec<_> = rows[1..].iter().map(of).collect();
    assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn charts_are_well_formed_and_name_everybody() {
    for words in ["user", "day", "day,user"] {
        let drawn = written(&report(BILL, words), Format::Svg);
        let document = roxmltree::Document::parse(&drawn).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "svg");
        if words.contains("user") {
            let texts: String = document.descendants().filter_map(|node| node.text()).collect();
            for name in ["alice", "bob", "zoë"] {
                assert!(texts.contains(name), "{words}: {texts}");
            }
        }
    }
    let drawn = render(&report(BILL, "user"), Format::Png, &Style::default()).unwrap();
    assert!(drawn.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn hostile_names_stay_cells_of_their_own() {
    let bill = "
        cost | tag:team
        1    | a,b \"c\" <d> & e
        2    | =HYPERLINK(1)
        4    | \u{202e}txt.exe";
    let report = report(bill, "tag:team");
    let rows = csv(&written(&report, Format::Csv));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{rows:?}");
    assert!(!rows.iter().any(|row| row[0].starts_with('=')), "{rows:?}");
    let names: Vec<Value> =
        json(&report)["rows"].as_array().unwrap().iter().map(|r| r["tag:team"].clone()).collect();
    assert_eq!(names, ["\u{202e}txt.exe", "=HYPERLINK(1)", "a,b \"c\" <d> & e"]);
    for format in [Format::Table, Format::Markdown, Format::Html, Format::Svg] {
        assert!(!written(&report, format).contains('\u{202e}'), "{format:?}");
    }
    roxmltree::Document::parse(&written(&report, Format::Svg)).unwrap();
}
