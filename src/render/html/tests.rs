//! Tests of the page: read back as XML and held against what machines get.
//!
//! In:    sample reports.
//! Out:   failures.
//! Never: compiled into the product.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use crate::render::sample::{days, people, report};
use crate::render::tests::{as_xml, json, text};
use crate::render::{Format, Style, TerminalStyle, render_together};
use crate::report::Report;

use super::{SCRIPT, STYLE, policy};

fn page(report: &Report) -> String {
    text(report, Format::Html, TerminalStyle::default())
}

fn parsed(xml: &str) -> Document<'_> {
    Document::parse_with_options(xml, ParsingOptions { allow_dtd: true, ..Default::default() })
        .unwrap()
}

fn named<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Vec<Node<'a, 'b>> {
    node.descendants().filter(|one| one.has_tag_name(name)).collect()
}

fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|one| one.text().filter(|_| one.is_text())).collect()
}

/// Rows of the body of a table: text and exact value of each cell by the key of its column.
fn rows(table: Node<'_, '_>) -> Vec<BTreeMap<String, (String, Option<String>)>> {
    let heads = named(named(table, "thead")[0], "th");
    let keys: Vec<&str> = heads.iter().map(|head| head.attribute("data-key").unwrap()).collect();
    let cell =
        |node: Node<'_, '_>| (words(node), node.attribute("data-value").map(ToOwned::to_owned));
    let row = |row: &Node<'_, '_>| {
        let cells = row.children().filter(Node::is_element).map(cell);
        keys.iter().map(|key| (*key).to_owned()).zip(cells).collect()
    };
    named(named(table, "tbody")[0], "tr").iter().map(row).collect()
}

#[test]
fn a_page_carries_the_exact_amounts_of_every_row() {
    let report = report(people(), None);
    let (xml, machine) = (as_xml(&page(&report)), json(&report));
    let document = parsed(&xml);
    let told = rows(named(document.root_element(), "table")[0]);
    let theirs = machine["rows"].as_array().unwrap();
    assert_eq!(told.len(), theirs.len());
    for (ours, theirs) in told.iter().zip(theirs) {
        assert_eq!(ours["cost"].1.as_deref(), theirs["cost"].as_str());
    }
    let total = named(named(document.root_element(), "tfoot")[0], "td");
    let total = total.iter().find_map(|cell| cell.attribute("data-value"));
    assert_eq!(total, machine["totals"]["cost"].as_str());
    let key = document.descendants().find(|node| node.attribute("class") == Some("key"));
    let first = named(key.unwrap(), "dd")[0];
    assert_eq!(first.attribute("data-value"), machine["totals"]["cost"].as_str());
    assert_eq!(words(first), "5,938.91 USD");
}

#[test]
fn a_page_shows_the_cells_of_the_screen() {
    let report = report(people(), Some(3));
    let screen = text(&report, Format::Markdown, TerminalStyle::default());
    let xml = as_xml(&page(&report));
    let document = parsed(&xml);
    let told = rows(named(document.root_element(), "table")[0]);
    let lines = screen.lines().filter(|line| line.starts_with("| ")).skip(2);
    let mut compared = 0;
    for (ours, line) in told.iter().zip(lines) {
        for key in ["cost", "share"] {
            assert!(line.contains(&ours[key].0), "{:?} in {line}", ours[key]);
            compared += 1;
        }
    }
    assert!(compared > 8, "{compared}");
}

#[test]
fn all_rows_stand_behind_a_folded_table() {
    let answer = people();
    let count = answer.rows.len();
    let xml = as_xml(&page(&report(answer, Some(2))));
    let document = parsed(&xml);
    let details = named(document.root_element(), "details")[0];
    assert_eq!(words(named(details, "summary")[0]), format!("All {count} rows"));
    assert_eq!(rows(named(details, "table")[0]).len(), count);
    let unfolded = as_xml(&page(&report(people(), None)));
    assert!(named(parsed(&unfolded).root_element(), "details").is_empty());
}

#[test]
fn several_reports_are_chapters_of_one_page() {
    let (people, days) = (report(people(), None), report(days(), Some(5)));
    let bytes = render_together(&[&people, &days, &days], Format::Html, &Style::default()).unwrap();
    let xml = as_xml(&String::from_utf8(bytes).unwrap());
    let document = parsed(&xml);
    let count = |name| named(document.root_element(), name).len();
    assert_eq!((count("html"), count("h1"), count("article"), count("nav")), (1, 1, 3, 1));
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    for link in named(document.root_element(), "a") {
        let target = link.attribute("href").unwrap().trim_start_matches('#');
        assert!(ids.contains(&target), "{target}");
    }
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
}

#[test]
fn a_chart_tells_listeners_what_it_shows() {
    for answer in [people(), days()] {
        let xml = as_xml(&page(&report(answer, None)));
        let document = parsed(&xml);
        let is_chart = |node: &Node<'_, '_>| node.attribute("role") == Some("img");
        let charts: Vec<_> = document.descendants().filter(is_chart).collect();
        assert_eq!(charts.len(), 2, "one for wide screens, one for narrow ones");
        for chart in charts {
            assert!(words(named(chart, "title")[0]).ends_with("USD"));
            assert!(words(named(chart, "desc")[0]).contains("The table has every amount."));
        }
    }
}

#[test]
fn only_this_style_and_this_script_are_allowed() {
    let page = page(&report(people(), None));
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("eval"));
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(page.contains(&maud::html! { (policy(style)) }.into_string()));
    assert!(!page.contains("unsafe") && !page.contains("http:") && !page.contains("https:"));
}
