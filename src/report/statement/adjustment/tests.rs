//! Tests: adjustments are in every total, and every total is still the bill.
//!
//! In:    ledgers made by hand.
//! Out:   failing tests.
//! Never: reads a file.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::model::answer::{AnswerRow, Books, KeyText, Standing};
use crate::model::metric::CostMetric;
use crate::model::money::UNIT;
use crate::model::tenancy::Tenancy;
use crate::model::trail::Trail;
use crate::report::Report;
use crate::report::statement::ledger::{Month, dimensions};
use crate::report::statement::{Settings, Status};
use crate::report::table::{Row, Table};

fn month(text: &str) -> BillingPeriod {
    BillingPeriod::parse(text).unwrap()
}

fn usd() -> Currency {
    Currency("USD".into())
}

fn answer(dimensions: Vec<Dimension>, rows: Vec<(Vec<KeyText>, i128)>) -> Answer {
    let row = |(keys, cost): (Vec<KeyText>, i128)| AnswerRow {
        currency: usd(),
        standing: match keys.first() {
            Some(None) => Standing::Unattributed,
            _ => Standing::Attributed,
        },
        keys,
        cost: Money(cost),
        usage_hours: None,
        line_items: 1,
    };
    let rows = rows.into_iter().map(row).collect();
    Answer::whole(dimensions, CostMetric::Amortized, rows)
}

/// What a tenant of the month before was charged too little: service, reason, amount.
type Late = (&'static str, Why, i128);

/// A November of two tenants and nobody, with what is adjusted of October.
fn ledger(costs: [i128; 3], late: &[(Option<&str>, Late)]) -> Ledger {
    let tenants = [Some("search"), Some("ads"), None];
    let keys = |tenant: Option<&str>| {
        let mut keys = vec![tenant.map(Into::into), Some("2026-11".into())];
        keys.resize(dimensions().len(), None);
        keys
    };
    let rows = tenants.iter().zip(costs).map(|(tenant, cost)| (keys(*tenant), cost)).collect();
    let shift = |(tenant, (service, why, change)): &(Option<&str>, Late)| Shift {
        currency: usd(),
        standing: Standing::Attributed,
        keys: vec![tenant.map(Into::into), Some((*service).into())],
        why: *why,
        change: Money(*change),
    };
    let adjusted = late.iter().map(|(_, (.., change))| change).sum();
    let adjustment = Adjustment {
        period: month("2026-10"),
        closed: Instant("2026-11-05T10:00:00Z".into()),
        versions: [VersionId(1), VersionId(4)],
        delivered: Instant("2026-11-22T18:00:00Z".into()),
        tenants: Vec::new(),
        dimensions: vec![Dimension::Tenant, Dimension::Service],
        shifts: late.iter().map(shift).collect(),
        bills: [answer(vec![], vec![]), answer(vec![], vec![(vec![], adjusted)])],
        split_cost: BTreeMap::new(),
    };
    Ledger::keep(Month {
        month: month("2026-11"),
        before: None,
        answer: answer(dimensions(), rows),
        whole: answer(vec![], vec![(vec![], costs.iter().sum())]),
        split_cost: BTreeMap::new(),
        trail: Trail::default(),
        tenancy: Tenancy::default(),
        books: Books::default(),
        adjustments: if late.is_empty() { Vec::new() } else { vec![adjustment] },
        status: Some(Status::Open),
        findings: Vec::new(),
    })
    .unwrap()
}

fn statement(ledger: &Ledger, tenant: &str) -> Report {
    let account = if tenant == "-" { ledger.unassigned() } else { ledger.find(tenant).unwrap() };
    ledger.statement(account, Settings::default()).unwrap()
}

/// `words exact cents` of every row and total of a section.
fn told(report: &Report, heading: &str) -> Vec<String> {
    let is_it =
        |section: &&Section| section.heading.as_deref().is_some_and(|of| of.starts_with(heading));
    let table = &report.sections.iter().find(is_it).unwrap().table;
    table.rows.iter().chain(&table.totals).map(|row| line(table, row)).collect()
}

fn line(table: &Table, row: &Row) -> String {
    let cell = |(column, cell): (&Column, &Cell)| match cell {
        Cell::Text { short, .. } | Cell::Label(short) => Some(short.to_string()),
        Cell::Booked { exact, cents } if column.key == "cost" => Some(format!("{exact} {cents}")),
        _ => None,
    };
    let cells = table.columns.iter().zip(&row.cells).filter_map(cell);
    cells.collect::<Vec<_>>().join(" ")
}

const CREDIT: Late = ("AmazonSageMaker", Why::LateCredit, -UNIT / 3);
const USAGE: Late = ("AmazonEC2", Why::NewUsage, 2 * UNIT);

#[test]
fn an_adjustment_is_told_by_service_and_reason_and_is_in_the_total() {
    let costs = [10 * UNIT, 20 * UNIT, 5 * UNIT];
    let ledger = ledger(costs, &[(Some("search"), CREDIT), (Some("search"), USAGE)]);
    let search = statement(&ledger, "search");
    assert_eq!(
        told(&search, "Adjustments to 2026-10, closed on 2026-11-05, delivered on 2026-11-22"),
        [
            "AmazonEC2 new usage 2 2",
            "AmazonSageMaker late credit -0.333333333333 -0.33",
            "total 1.666666666667 1.67",
        ]
    );
    assert_eq!(
        told(&search, "Summary"),
        [
            "Own cost 10 10",
            "Own credits and adjustments 0 0",
            "Shared cost received 0 0",
            "Adjustments to 2026-10 1.666666666667 1.67",
            "total 11.666666666667 11.67",
        ]
    );
    assert_eq!(
        told(&search, "Tie to the bill of 2026-11"),
        [
            "This statement 11.666666666667 11.67",
            "1 other statement 20 20",
            "Not assigned to any tenant 5 5",
            "Less adjustments to 2026-10 -1.666666666667 -1.67",
            "the bill 35 35",
        ]
    );
    let ads = statement(&ledger, "ads");
    assert_eq!(told(&ads, "Summary").last().unwrap(), "total 20 20");
    assert!(!ads.sections.iter().any(|of| of.heading.as_deref().unwrap().starts_with("Adjust")));
}

#[test]
fn a_tenant_that_has_only_an_adjustment_has_a_statement() {
    let ledger = ledger([UNIT, UNIT, UNIT], &[(Some("gone"), USAGE), (None, CREDIT)]);
    assert_eq!(told(&statement(&ledger, "gone"), "Summary").last().unwrap(), "total 2 2");
    let nobody = told(&statement(&ledger, "-"), "Summary");
    assert_eq!(nobody[2], "Adjustments to 2026-10 -0.333333333333 -0.33");
}

#[test]
fn lines_of_an_adjustment_belong_to_the_month_that_was_closed() {
    let ledger = ledger([UNIT, UNIT, UNIT], &[(Some("search"), USAGE)]);
    let data = ledger.everything(Settings::default()).unwrap().data.unwrap();
    let place = |key: &str| data.columns.iter().position(|column| column.key == key).unwrap();
    let text = |row: &Row, key: &str| match &row.cells[place(key)] {
        Cell::Text { full, .. } => full.to_string(),
        _ => String::new(),
    };
    let keys = ["billing_period", "kind", "product_code", "why"];
    let rows = data.rows.iter().map(|row| keys.map(|key| text(row, key)).join(" "));
    let rows: Vec<String> = rows.filter(|row| row.contains("adjustment")).collect();
    assert_eq!(rows, ["2026-10 adjustment AmazonEC2 new_usage"]);
}

#[test]
fn without_adjustments_nothing_speaks_of_them() {
    let report = ledger([UNIT, UNIT, UNIT], &[]).everything(Settings::default()).unwrap();
    let columns = report.sections.iter().map(|section| &section.table).chain(&report.data);
    let mut columns = columns.flat_map(|table| &table.columns);
    assert!(columns.all(|column| !["adjustments", "why"].contains(&column.key.as_str())));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cents_add_up_in_statements_and_over_all_of_them(
        costs in [0_i128..10 * UNIT, 0_i128..10 * UNIT, 0_i128..10 * UNIT],
        late in vec((0_usize..3, 0_usize..2, -UNIT..UNIT), 0..6),
    ) {
        let tenants = [Some("search"), Some("ads"), None];
        let late: Vec<(Option<&str>, Late)> = late
            .into_iter()
            .map(|(tenant, of, change)| {
                let (service, why, _) = [CREDIT, USAGE][of];
                (tenants[tenant], (service, why, change))
            })
            .collect();
        let ledger = ledger(costs, &late);
        let mut all = 0;
        for account in ledger.accounts().iter().chain([ledger.unassigned()]) {
            let report = ledger.statement(account, Settings::default()).unwrap();
            for section in &report.sections {
                let Some(at) = section.table.columns.iter().position(|of| of.key == "cost") else {
                    continue;
                };
                let cents = |row: &Row| match row.cells[at] {
                    Cell::Booked { cents, .. } => cents.0,
                    _ => 0,
                };
                let rows: i128 = section.table.rows.iter().map(cents).sum();
                let totals: i128 = section.table.totals.iter().map(cents).sum();
                prop_assert_eq!(rows, totals, "{:?}", section.heading);
            }
            all += account.cents(&usd())[0].0;
        }
        let booked = &ledger.booked[&usd()];
        let adjusted: i128 = booked.adjusted.values().map(|cents| cents.0).sum();
        prop_assert_eq!(all, booked.total.0 + adjusted);
    }
}
