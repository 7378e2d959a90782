//! Frozen: everything that a closed month was made from stays what it was.
//!
//! In:    rules with maps and a driver file, two currencies, split cost, a store that is cleaned.
//! Out:   the same bytes; the newest bill to the pico-unit.
//! Never: a closing without something that changes afterwards.

use curtail::model::metric::CostMetric;
use curtail::model::money::UNIT;
use curtail::pipeline;
use curtail::store::Spare;

use super::ledgers::{Books, Totals, adjustments, months_own, plus, text};

/// People by `profiles.csv`, a private space by `spaces.csv`, tax by seats.
const RULES: &str = r#"
[tenants.search]
[tenants.ads]

[[rule]]
tenant = "ads"
match = { user = "*" }

[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "driver"
file = "seats.csv"
"#;

const ARN: &str = "arn:aws:sagemaker:us-east-1:111122223333:";

const BILL: &str = "
type  | cost  | domain | user      | space   | usage_type
Usage | 30.25 | d-1    | d-1/alice | -       | Train:ml.m5.large
Usage | 12.5  | d-1    | -         | d-1/lab | Studio:JupyterLab-ml.t3.medium
Usage | 40    | d-2    | d-2/carol | -       | Train:ml.m5.large
Tax   | 10    | -      | -         | -       | Tax";

fn maps(books: &Books, tenant_of_alice: &str, owner_of_lab: &str, seats: &str) {
    let profiles = format!("profile_arn,tenant\n{ARN}user-profile/d-1/alice,{tenant_of_alice}\n");
    books.write("profiles.csv", &profiles);
    let owner = format!("{ARN}user-profile/{owner_of_lab}");
    let spaces = format!("space_arn,owner_profile_arn\n{ARN}space/d-1/lab,{owner}\n");
    books.write("spaces.csv", &spaces);
    books.write("seats.csv", &format!("date,target,amount\n{seats}"));
}

/// October of people and seats, closed.
fn people() -> Books {
    let books = Books::new(RULES);
    maps(&books, "search", "d-1/alice", "2026-10,search,1\n2026-10,ads,3\n");
    books.deliver("2026-10", BILL);
    books.closed("2026-10");
    books
}

#[test]
fn maps_and_drivers_are_frozen_with_the_rules() {
    let books = people();
    let closed = text(&books.again("2026-10"));
    let totals = months_own(&books.again("2026-10"));
    assert_eq!(totals["search"], (3025 + 1250 + 250) * UNIT / 100);
    maps(&books, "ads", "d-2/carol", "2026-10,search,9\n");
    assert_eq!(text(&books.again("2026-10")), closed);
    // A delivery is booked as the frozen maps say, whatever those of today do.
    books.deliver("2026-10", &BILL.replace("12.5 ", "13.5 "));
    books.write("seats.csv", "date,target,amount\n2026-11,ads,1\n");
    books.deliver("2026-11", BILL);
    let late = Totals::from([("search".to_owned(), UNIT)]);
    assert_eq!(adjustments(&books.open("2026-11")), late);
}

#[test]
fn cleaning_the_store_takes_nothing_that_a_closed_month_needs() {
    let books = people();
    let closed = text(&books.again("2026-10"));
    for cost in ["31 ", "32 ", "33 "] {
        books.deliver("2026-10", &BILL.replace("30.25 ", cost));
    }
    books.write("seats.csv", "date,target,amount\n2026-11,ads,1\n");
    books.deliver("2026-11", BILL);
    let before = text(&books.open("2026-11"));
    pipeline::gc(&books.store(), &books.holder(), Spare::Nothing).unwrap();
    assert_eq!(text(&books.again("2026-10")), closed);
    assert_eq!(text(&books.open("2026-11")), before);
    assert_eq!(adjustments(&books.open("2026-11"))["search"], 275 * UNIT / 100);
}

/// Two currencies, and lines that restate lines of EC2.
const MIXED: &str = "
type  | cost | currency | domain | user      | product         | operation  | resource
Usage | 30   | USD      | d-1    | d-1/alice | AmazonSageMaker | -          | training-job/a
Usage | 20   | EUR      | d-2    | d-2/carol | AmazonSageMaker | -          | training-job/b
Usage | 7    | USD      | -      | -         | AmazonEC2       | -          | i-1
Usage | 3    | USD      | -      | -         | AmazonEC2       | EKSPod-EC2 | pod-1";

const OF_DOMAINS: &str = "[tenants.search]\n[tenants.ads]\n\
    [[rule]]\ntenant = \"search\"\nmatch = { domain = \"d-1\" }\n\
    [[rule]]\ntenant = \"ads\"\nmatch = { domain = \"d-2\" }\n";

#[test]
fn two_currencies_are_adjusted_apart_and_split_cost_is_in_the_tie() {
    let books = Books::new(OF_DOMAINS);
    books.deliver("2026-10", MIXED);
    books.closed("2026-10");
    let newest = MIXED.replace("| 20 ", "| 22 ").replace("| 3 ", "| 5 ").replace("| 30 ", "| 29 ");
    books.deliver("2026-10", &newest);
    books.deliver("2026-11", MIXED);
    let november = books.open("2026-11");
    let expected = [("ads EUR".to_owned(), 2 * UNIT), ("search".to_owned(), -UNIT)];
    assert_eq!(adjustments(&november), Totals::from(expected));
    let at_once = Books::new(OF_DOMAINS);
    at_once.deliver("2026-10", &newest);
    let told = plus(months_own(&books.again("2026-10")), &adjustments(&november));
    assert_eq!(told, months_own(&at_once.open("2026-10")));
    // The ledger would not be kept if its accounts and the split cost were not the bill.
    let said = text(&november);
    assert!(said.contains("split cost, restates EC2 lines"), "{said}");
    let message = books.diff("2026-10", None).findings.into_iter().find(|of| of.code == "diff");
    assert!(message.unwrap().message.contains("changed by 2 USD"));
}

#[test]
fn the_month_before_is_frozen_too() {
    let books = Books::new(OF_DOMAINS);
    books.deliver("2026-09", MIXED);
    books.deliver("2026-10", MIXED);
    books.closed("2026-10");
    let closed = text(&books.again("2026-10"));
    assert!(closed.contains("Last month"));
    books.deliver("2026-09", &MIXED.replace("| 30 ", "| 99 "));
    assert_eq!(text(&books.again("2026-10")), closed);
}

#[test]
fn an_adjustment_waits_for_statements_in_the_metric_of_its_month() {
    let mut books = Books::new(OF_DOMAINS);
    books.deliver("2026-10", MIXED);
    books.closed("2026-10");
    books.deliver("2026-10", &MIXED.replace("| 30 ", "| 29 "));
    books.deliver("2026-11", MIXED);
    books.metric = CostMetric::Amortized;
    let said = text(&books.open("2026-11"));
    assert!(said.contains("its adjustments are in statements of that cost only"), "{said}");
    assert_eq!(adjustments(&books.open("2026-11")), Totals::new());
    books.closed("2026-11");
    books.deliver("2026-12", MIXED);
    books.metric = CostMetric::Unblended;
    let late = Totals::from([("search".to_owned(), -UNIT)]);
    assert_eq!(adjustments(&books.open("2026-12")), late);
}
