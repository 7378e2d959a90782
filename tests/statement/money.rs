//! Money: every table of a statement adds up, and all statements together are the bill.
//!
//! In:    a small bill with known totals; random bills under random rules.
//! Out:   sums taken from the reports by other means than the reports' own.
//! Never: looks at how a statement is shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use curtail::render::{Format, Style, render};
use curtail::report::statement::{Account, Ledger, Settings};
use curtail::report::table::{Cell, Row, Table};
use curtail::report::{Report, Section};
use proptest::prelude::*;
use serde_json::Value;

use super::{BILL, RULES, ledger};
use crate::support::export::Export;
use crate::support::pico::pico;

const ALL: Settings = Settings { limit: None };

fn statement(ledger: &Ledger, tenant: &str) -> Report {
    ledger.statement(ledger.find(tenant).unwrap(), ALL).unwrap()
}

/// `name: amount` for every row of a section, and its total.
#[track_caller]
fn check_section(report: &Report, heading: &str, expected: &[&str]) {
    let is_it = |section: &&curtail::report::Section| section.heading.as_deref() == Some(heading);
    let section = report.sections.iter().find(is_it);
    let table = &section.unwrap_or_else(|| panic!("no `{heading}`")).table;
    let rows = table.rows.iter().chain(&table.totals);
    let told = rows.map(|row| {
        let name = match &row.cells[0] {
            Cell::Text { short, .. } => short.to_string(),
            Cell::Label(word) => word.to_string(),
            other => format!("{other:?}"),
        };
        let amounts = row.cells.iter().filter_map(|cell| match cell {
            Cell::Money(money) | Cell::Booked { exact: money, .. } => Some(money.to_string()),
            _ => None,
        });
        format!("{name}: {}", amounts.collect::<Vec<_>>().join(" "))
    });
    assert_eq!(told.collect::<Vec<_>>(), expected, "{heading}");
}

#[test]
fn a_statement_says_what_is_own_what_is_shared_and_what_is_credit() {
    let ledger = ledger(&Export::cur2(BILL), RULES, None).unwrap();
    let search = statement(&ledger, "search");
    check_section(
        &search,
        "Summary",
        &[
            "Own cost: 49.75 25 24.75",
            "Own credits and adjustments: -2 0 -2",
            // A third of the tax, half of the credits, 60 % of the platform's 10 and its tax.
            "Shared cost received: 9.828333333333 2.666666666666 7.161666666667",
            "total: 57.578333333333 27.666666666666 29.911666666667",
        ],
    );
}

#[test]
fn every_cut_of_own_cost_is_the_same_own_cost() {
    let ledger = ledger(&Export::cur2(BILL), RULES, None).unwrap();
    let search = statement(&ledger, "search");
    let cuts = ["user", "space", "component", "instance type"];
    for cut in cuts {
        let heading = format!("Own cost by {cut}");
        let section =
            search.sections.iter().find(|s| s.heading.as_deref() == Some(heading.as_str()));
        let total = &section.unwrap().table.totals[0];
        let amounts: Vec<_> = total.cells.iter().filter_map(Cell::pico).collect();
        assert_eq!(amounts, [pico("49.75"), pico("25")], "{heading}");
    }
    check_section(
        &search,
        "Own cost by user",
        &["alice: 30.25 25", "bob: 19.5 0", "total: 49.75 25"],
    );
    check_section(&search, "Own cost by space", &["no space: 49.75 25", "total: 49.75 25"]);
}

#[test]
fn a_tenant_without_any_charge_gets_a_statement_of_zeros() {
    let ledger = ledger(&Export::cur2(BILL), RULES, None).unwrap();
    check_section(
        &statement(&ledger, "idle"),
        "Summary",
        &[
            "Own cost: 0 0 0",
            "Own credits and adjustments: 0 0 0",
            "Shared cost received: 0 0 0",
            "total: 0 0 0",
        ],
    );
}

#[test]
fn a_month_without_the_one_before_has_no_last_month() {
    let ledger = ledger(&Export::cur2(BILL), RULES, Some("2026-09")).unwrap();
    let search = statement(&ledger, "search");
    check_section(
        &search,
        "Summary",
        &[
            "Own cost: 25",
            "Own credits and adjustments: 0",
            "Shared cost received: 2.666666666666",
            "total: 27.666666666666",
        ],
    );
}

#[test]
fn two_currencies_are_two_of_everything_and_no_budget() {
    let bill = "month | cost | domain | currency
                2026-10-01 | 10 | d-1 | USD
                2026-10-01 | 7  | d-1 | CNY
                2026-10-01 | 5  | d-2 | CNY";
    let ledger = ledger(&Export::cur2(bill), RULES, None).unwrap();
    let search = statement(&ledger, "search");
    let summary = &search.sections[0].table;
    assert_eq!(summary.rows.len(), 6);
    let totals = summary.totals.iter().map(|row| row.currency.as_ref().unwrap().as_str());
    assert_eq!(totals.collect::<Vec<_>>(), ["CNY", "USD"]);
    assert!(search.sections.iter().all(|s| s.heading.as_deref() != Some("Budget")));
    assert!(search.findings.iter().any(|finding| finding.code == "budget-currency"));
    let ads = statement(&ledger, "ads");
    assert_eq!(ads.caption.currencies.len(), 1, "{:?}", ads.caption.currencies);
}

#[test]
fn split_cost_is_in_the_tie_and_in_no_statement() {
    let bill = "month | cost | domain | operation
                2026-10-01 | 10 | d-1 | -
                2026-10-01 | 3  | -   | EKSPod-EC2";
    let ledger = ledger(&Export::cur2(bill), RULES, None).unwrap();
    let foot = "Tie to the bill of 2026-10: difference 0";
    check_section(
        &statement(&ledger, "search"),
        foot,
        &[
            "This statement: 10",
            "3 other statements: 0",
            "Not assigned to any tenant: 0",
            "Split cost, which restates EC2 lines: 3",
            "the bill: 13",
        ],
    );
}

#[test]
fn a_tenant_called_unassigned_is_not_what_is_unassigned() {
    let rules =
        "[tenants.unassigned]\n[[rule]]\ntenant = \"unassigned\"\nmatch = { domain = \"d-1\" }";
    let bill = "month | cost | domain\n2026-10-01 | 10 | d-1\n2026-10-01 | 3 | -";
    let ledger = ledger(&Export::cur2(bill), rules, None).unwrap();
    assert_eq!(statement(&ledger, "unassigned").title, "Statement for \"unassigned\", 2026-10");
    let nobody = ledger.statement(ledger.unassigned(), ALL).unwrap();
    assert_eq!(nobody.title, "Not assigned to any tenant, 2026-10");
    let index = ledger.index(&[], ALL).unwrap();
    let tenants = index.sections[0].table.rows.iter().map(|row| match &row.cells[0] {
        Cell::Text { short, .. } | Cell::Label(short) => short.to_string(),
        other => format!("{other:?}"),
    });
    assert_eq!(tenants.collect::<Vec<_>>(), ["\"unassigned\"", "unassigned"]);
}

#[test]
fn every_format_carries_the_same_numbers() {
    // B-56: a neighbour's export differed from its screen.
    let ledger = ledger(&Export::cur2(BILL), RULES, None).unwrap();
    for account in ledger.accounts() {
        let report = ledger.statement(account, ALL).unwrap();
        let text = |format| String::from_utf8(render(&report, format, &Style::default()).unwrap());
        let json: Value = serde_json::from_str(&text(Format::Json).unwrap()).unwrap();
        let total = sum_of(report.data.as_ref().unwrap(), "cost");
        assert_eq!(csv_sum(&text(Format::Csv).unwrap(), "cost"), total);
        let rows = json["rows"].as_array().unwrap();
        let of_rows = rows.iter().map(|row| pico(row["cost"].as_str().unwrap()));
        assert_eq!(of_rows.sum::<i128>(), total);
        assert_eq!(json["sections"][0]["totals"]["cost"], json["totals"]["cost"]);
        let shown = curtail::render::number::money(total);
        for format in [Format::Table, Format::Markdown] {
            let text = text(format).unwrap();
            let summary = text.lines().find(|line| line.contains("total")).unwrap();
            assert!(summary.contains(&shown), "{summary} is not {shown}");
        }
    }
}

fn csv_sum(text: &str, key: &str) -> i128 {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let place = reader.headers().unwrap().iter().position(|name| name == key).unwrap();
    reader.records().map(|row| pico(&row.unwrap()[place])).sum()
}

fn sum_of(table: &Table, key: &str) -> i128 {
    let place = table.columns.iter().position(|column| column.key == key).unwrap();
    table.rows.iter().filter_map(|row| row.cells[place].pico()).sum()
}

/// Rows of a random bill: month, domain, user, type, cents, currency.
type Line = (bool, u8, u8, usize, i64, bool);

const TYPES: [&str; 5] = ["Usage", "Tax", "Credit", "Refund", "EdpDiscount"];

fn bill(lines: &[Line]) -> String {
    let mut text = "month | type | cost | domain | user | currency\n".to_owned();
    for (is_before, domain, user, kind, cents, is_euro) in lines {
        let month = if *is_before { "2026-09-01" } else { "2026-10-01" };
        let domain = if *domain == 0 { "-".to_owned() } else { format!("d-{domain}") };
        let user =
            if *user == 0 || domain == "-" { "-".to_owned() } else { format!("{domain}/u{user}") };
        let cost = format!(
            "{}{}.{:02}",
            if *cents < 0 { "-" } else { "" },
            cents.abs() / 100,
            cents.abs() % 100
        );
        let currency = if *is_euro { "EUR" } else { "USD" };
        writeln!(text, "{month} | {} | {cost} | {domain} | {user} | {currency}", TYPES[*kind])
            .unwrap();
    }
    text
}

/// Splits that may or may not be there, each of another method.
const SPLITS: [&str; 5] = [
    "[[split]]\nname = \"tax\"\nmatch = { line-type = \"Tax\" }\nmethod = \"even\"\n",
    "[[split]]\nname = \"credits\"\nmatch = { line-type = \"Credit\" }\nmethod = \"fixed\"\n\
     percent = { search = 33.3, ads = 12.7 }\n",
    "[[split]]\nname = \"refunds\"\nmatch = { line-type = \"Refund\" }\n\
     method = \"proportional\"\n",
    "[[split]]\nname = \"platform\"\nfrom_tenants = [\"platform\"]\nmethod = \"even\"\n",
    "[[split]]\nname = \"rest\"\nmatch = { domain = \"d-4\" }\nmethod = \"even\"\ncap = 5\n",
];

fn rules(splits: &[bool]) -> String {
    let head = RULES.split("[[split]]").next().unwrap().to_owned();
    let chosen = SPLITS.iter().zip(splits).filter(|(_, is_chosen)| **is_chosen);
    chosen.fold(head, |rules, (split, _)| rules + split)
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        any::<bool>(),
        0..5_u8,
        0..4_u8,
        0..TYPES.len(),
        -5_000..20_000_i64,
        prop::bool::weighted(0.2),
    );
    prop::collection::vec(line, 1..40)
}

/// The booked cents of the first money cell, by currency, of rows with this first word.
fn cents(rows: &[Row], word: &str) -> BTreeMap<String, i128> {
    let is_meant = |row: &&Row| match &row.cells[0] {
        Cell::Text { full, .. } => word.is_empty() || **full == *word,
        _ => word.is_empty(),
    };
    let booked = |row: &Row| {
        let found = row.cells.iter().find_map(|cell| match cell {
            Cell::Booked { cents, .. } => Some(cents.0),
            _ => None,
        });
        Some((row.currency.as_ref()?.to_string(), found?))
    };
    rows.iter().filter(is_meant).filter_map(booked).collect()
}

/// The cents of every booked column add up to those of its totals.
fn check_cents(section: &Section) {
    let table = &section.table;
    for total in &table.totals {
        for (place, cell) in total.cells.iter().enumerate() {
            let Cell::Booked { cents, .. } = cell else { continue };
            assert_eq!(cents.0 % 10_i128.pow(10), 0);
            let rows = table.rows.iter().filter(|row| row.currency == total.currency);
            let sum: i128 = rows
                .map(|row| match row.cells[place] {
                    Cell::Booked { exact, cents } => {
                        // A change is the difference of two cents, everything else one.
                        assert!((exact.0 - cents.0).abs() <= 2 * 10_i128.pow(10));
                        cents.0
                    }
                    _ => 0,
                })
                .sum();
            assert_eq!(sum, cents.0, "{:?}", section.heading);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn all_statements_together_are_the_bill(
        lines in lines(),
        splits in prop::array::uniform5(any::<bool>()),
    ) {
        let mut of_bill: BTreeMap<&str, i128> = BTreeMap::new();
        let has_october = lines.iter().any(|line| !line.0);
        for (is_before, .., cents, is_euro) in &lines {
            if *is_before != has_october {
                *of_bill.entry(if *is_euro { "EUR" } else { "USD" }).or_default() +=
                    i128::from(*cents) * 10_i128.pow(10);
            }
        }
        let ledger = ledger(&Export::cur2(&bill(&lines)), &rules(&splits), None).unwrap();
        // Each statement checks its own tables; here they are added up without their help.
        let mut of_statements: BTreeMap<String, i128> = BTreeMap::new();
        let accounts: Vec<&Account> =
            ledger.accounts().iter().chain([ledger.unassigned()]).collect();
        let mut cents_of_statements: BTreeMap<String, i128> = BTreeMap::new();
        for account in accounts {
            let report = ledger.statement(account, ALL).unwrap();
            for section in &report.sections {
                check_cents(section);
            }
            let own = cents(&report.sections[0].table.rows, "own_cost");
            for section in &report.sections {
                let heading = section.heading.as_deref().unwrap_or_default();
                if heading.starts_with("Own cost") {
                    prop_assert_eq!(&cents(&section.table.totals, ""), &own);
                }
            }
            for (currency, cents) in cents(&report.sections[0].table.totals, "") {
                *cents_of_statements.entry(currency).or_default() += cents;
            }
            let table = report.data.unwrap();
            let place = table.columns.iter().position(|column| column.key == "cost").unwrap();
            for row in &table.rows {
                *of_statements.entry(row.currency.as_ref().unwrap().to_string()).or_default() +=
                    row.cells[place].pico().unwrap();
            }
        }
        let everything = ledger.everything(ALL).unwrap().data.unwrap();
        prop_assert_eq!(sum_of(&everything, "cost"), of_bill.values().sum::<i128>());
        for (currency, whole) in of_bill {
            // The random bill is in whole cents, and so is what is booked of it.
            let booked = cents_of_statements.get(currency).copied().unwrap_or_default();
            prop_assert_eq!(booked, whole);
            prop_assert_eq!(of_statements.get(currency).copied().unwrap_or_default(), whole);
        }
    }
}
