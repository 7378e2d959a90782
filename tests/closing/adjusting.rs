//! Adjusting: what AWS changes in a closed month is booked in an open one.
//!
//! In:    deliveries of a month, before and after it is closed.
//! Out:   closed + adjustments = the newest bill, tenant by tenant; the same bytes for ever.
//! Never: compares a sum with itself; the newest bill comes from a store that closed nothing.

use std::fmt::Write as _;

use curtail::diagnostic::ErrorKind;
use curtail::model::metric::CostMetric;
use curtail::model::money::UNIT;
use curtail::model::period::Day;
use curtail::report::Report;
use curtail::report::table::Cell;
use proptest::prelude::*;

use super::ledgers::{Books, Totals, adjustments, months_own, plus, sum, text};

/// Two tenants by domain, tax even, and a platform that passes everything on by its users' cost.
const RULES: &str = r#"
[tenants.search]
name = "Search & Ranking"

[tenants.ads]

[tenants.platform]

[[rule]]
tenant = "search"
match = { domain = "d-1" }

[[rule]]
tenant = "ads"
match = { domain = "d-2" }

[[rule]]
tenant = "platform"
match = { domain = "d-3" }

[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "even"
targets = ["search", "ads", "platform"]

[[split]]
name = "platform"
from_tenants = ["platform"]
method = "proportional"
targets = ["search", "ads"]
"#;

const BILL: &str = "
type  | cost  | domain | user      | resource        | usage_type         | product
Usage | 30.25 | d-1    | d-1/alice | training-job/a1 | Train:ml.m5.large  | AmazonSageMaker
Usage | 12.5  | d-1    | d-1/bob   | endpoint/b1     | Host:ml.m5.large   | AmazonSageMaker
Usage | 40    | d-2    | d-2/carol | training-job/c1 | Train:ml.m5.large  | AmazonSageMaker
Usage | 10    | d-3    | -         | endpoint/p1     | Host:ml.m5.large   | AmazonSageMaker
Tax   | 10    | -      | -         | -               | Tax                | AmazonSageMaker
Usage | 7.77  | -      | -         | i-1             | BoxUsage:m5.large  | AmazonEC2";

const NEXT: &str = "
type  | cost | domain | user      | resource        | usage_type
Usage | 5    | d-1    | d-1/alice | training-job/a2 | Train:ml.m5.large
Usage | 6    | d-2    | d-2/carol | training-job/c2 | Train:ml.m5.large";

/// The bill with more lines, or with lines that say otherwise.
fn changed(replace: &[(&str, &str)], more: &str) -> String {
    let mut bill = BILL.to_owned();
    for (was, is) in replace {
        assert!(bill.contains(was), "`{was}` is not in the bill");
        bill = bill.replace(was, is);
    }
    bill + more
}

/// What statements of October would be, had it been delivered like this at once.
fn at_once(table: &str) -> Totals {
    let books = Books::new(RULES);
    books.deliver("2026-10", table);
    months_own(&books.open("2026-10"))
}

/// Books in which October is closed and November open.
fn closed_october() -> Books {
    let books = Books::new(RULES);
    books.deliver("2026-10", BILL);
    books.closed("2026-10");
    books.deliver("2026-11", NEXT);
    books
}

/// October is what it was; with its adjustments in November it is the newest bill.
#[track_caller]
fn check_adjusted(books: &Books, newest: &str) {
    let (october, november) = (books.again("2026-10"), books.open("2026-11"));
    assert_eq!(months_own(&october), at_once(BILL));
    let told = plus(months_own(&october), &adjustments(&november));
    assert_eq!(told, at_once(newest));
    assert_eq!(sum(&months_own(&november)), 11 * UNIT);
}

/// `why change` of the rows of `diff`'s table of reasons that are not zero, and its total.
fn reasons(report: &Report) -> Vec<String> {
    let is_it = |of: &&curtail::report::Section| of.heading.as_deref() == Some("Why");
    let table = &report.sections.iter().find(is_it).unwrap().table;
    let place = table.columns.iter().position(|column| column.key == "change").unwrap();
    let rows =
        table.rows.iter().chain(&table.totals).filter(|row| row.cells[place].pico() != Some(0));
    let told = rows.map(|row| {
        let word = match &row.cells[0] {
            Cell::Text { short, .. } | Cell::Label(short) => short.clone(),
            other => panic!("{other:?}"),
        };
        let change = row.cells[place].pico().unwrap();
        format!("{word} {}", curtail::model::money::pico_text(change))
    });
    told.collect()
}

#[test]
fn a_closed_month_comes_out_byte_for_byte_after_deliveries_and_new_rules() {
    let books = closed_october();
    let closed = text(&books.again("2026-10"));
    assert!(closed.contains("closed on 2027-03-01"), "{closed}");
    books.deliver("2026-10", &changed(&[("30.25", "99")], "\nCredit | -3 | d-1 | - | - | C | -"));
    books.deliver("2026-09", NEXT);
    books.rules(&RULES.replace("d-1", "d-9"));
    assert_eq!(text(&books.again("2026-10")), closed);
    std::fs::remove_dir_all(books.store().folder.join("../rules")).unwrap();
    assert_eq!(text(&books.again("2026-10")), closed);
}

#[test]
fn nothing_speaks_of_adjustments_while_nothing_changed() {
    let books = closed_october();
    let text = text(&books.open("2026-11"));
    assert!(!text.to_lowercase().contains("adjustments to"), "{text}");
    assert!(text.contains("provisional: settled, not closed"), "{text}");
}

#[test]
fn a_late_credit_is_an_adjustment_of_the_month_that_is_open() {
    let books = closed_october();
    let newest =
        changed(&[], "\nCredit | -3.01 | d-1 | d-1/bob | - | Host:ml.m5.large | AmazonSageMaker");
    books.deliver("2026-10", &newest);
    check_adjusted(&books, &newest);
    let november = books.open("2026-11");
    assert!(text(&november).contains("late credit"));
    // A credit weighs in the split by cost, too: ads pay more of the platform than before.
    assert_eq!(sum(&adjustments(&november)), -301 * UNIT / 100);
    assert_eq!(reasons(&books.diff("2026-10", None))[0], "late credit -3.01");
}

#[test]
fn a_tag_backfill_moves_cost_between_tenants_and_adds_up_to_nothing() {
    let books = closed_october();
    let newest = changed(&[("d-2    | d-2/carol", "d-1    | d-1/alice")], "");
    books.deliver("2026-10", &newest);
    check_adjusted(&books, &newest);
    let moved = adjustments(&books.open("2026-11"));
    assert_eq!(sum(&moved), 0);
    assert!(moved["ads"] < -40 * UNIT && moved["search"] > 40 * UNIT, "{moved:?}");
    assert_eq!(reasons(&books.diff("2026-10", None)), Vec::<String>::new());
}

#[test]
fn usage_that_is_restated_is_told_as_such_and_so_is_usage_that_came_or_went() {
    let books = closed_october();
    let newest = changed(
        &[
            ("12.5 ", "11.25"),
            (
                "40    | d-2    | d-2/carol | training-job/c1",
                "1 | d-2 | d-2/carol | training-job/c9",
            ),
        ],
        "\nUsage | 2.5 | d-2 | d-2/dave | endpoint/d1 | Host:ml.m5.large | AmazonSageMaker",
    );
    books.deliver("2026-10", &newest);
    check_adjusted(&books, &newest);
    assert_eq!(
        reasons(&books.diff("2026-10", None)),
        ["restated usage -1.25", "new usage 3.5", "gone usage -40", "total -37.75"]
    );
}

#[test]
fn tax_that_changes_is_a_fee_and_cost_of_other_services_is_nobodys() {
    let books = closed_october();
    let newest = changed(
        &[
            ("| 10    | -      | -         | -               | Tax ", "| 13 | - | - | - | Tax"),
            ("7.77", "8.77"),
        ],
        "",
    );
    books.deliver("2026-10", &newest);
    check_adjusted(&books, &newest);
    assert_eq!(adjustments(&books.open("2026-11"))["-"], UNIT);
    assert_eq!(
        reasons(&books.diff("2026-10", None)),
        ["restated usage 1", "fee or tax 3", "total 4"]
    );
}

#[test]
fn an_adjustment_that_was_booked_is_never_booked_again() {
    let books = closed_october();
    let second = changed(&[("30.25", "31.25")], "");
    books.deliver("2026-10", &second);
    books.closed("2026-11");
    let november = books.again("2026-11");
    let (bytes, first) = (text(&november), adjustments(&november));
    assert_eq!(sum(&first), UNIT);
    books.deliver("2026-12", NEXT);
    assert_eq!(adjustments(&books.open("2026-12")), Totals::new());
    let third = changed(&[("30.25", "31.25")], "\nRefund | -2 | d-2 | - | - | R | AmazonSageMaker");
    books.deliver("2026-10", &third);
    books.deliver("2026-11", &NEXT.replace("| 5  ", "| 8  "));
    let december = adjustments(&books.open("2026-12"));
    assert_eq!(sum(&december), UNIT);
    let october = plus(months_own(&books.again("2026-10")), &first);
    let of_november = Totals::from([("search".to_owned(), 3 * UNIT)]);
    assert_eq!(plus(october, &december), plus(at_once(&third), &of_november));
    assert_eq!(text(&books.again("2026-11")), bytes);
}

#[test]
fn last_month_beside_an_open_month_is_what_was_told() {
    let books = closed_october();
    let before = text(&books.open("2026-11"));
    books.deliver("2026-10", &changed(&[("30.25", "99")], ""));
    let after = books.open("2026-11");
    let index = |text: &str| text.lines().find(|line| line.starts_with("ads ")).map(str::to_owned);
    let (before, after) = (index(&before).unwrap(), index(&text(&after)).unwrap());
    let last = |line: &str| line.split_whitespace().last().map(str::to_owned);
    assert_eq!(last(&before), last(&after), "{before}\n{after}");
}

#[test]
fn an_open_month_is_not_closed_unless_somebody_says_why() {
    let mut books = Books::new(RULES);
    books.deliver(
        "2026-10",
        &changed(
            &[],
            "\nUsage | 20 | - | - | training-job/n1 | Train:ml.m5.large | AmazonSageMaker",
        ),
    );
    books.today = Day::parse("2026-11-05").unwrap();
    let error = books.close("2026-10").err().unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Input, "CLOSE-OPEN"));
    assert_eq!(
        error.details(),
        [
            "the month is open: AWS may change it for two weeks from 2026-11-01 on",
            "no tenant answers for 20 USD of SageMaker, in 1 kind of charge",
        ]
    );
    assert_eq!(error.hints().len(), 3);
    assert!(text(&books.open("2026-10")).contains("provisional: the month is open"));
    books.today = Day::parse("2026-11-20").unwrap();
    let error = books.close("2026-10").err().unwrap();
    assert_eq!((error.code(), error.details().len()), ("CLOSE-UNASSIGNED", 1));
    let report = books.close_by("2026-10", Some("two jobs of a trial")).unwrap();
    let findings: Vec<&str> = report.findings.iter().map(|finding| &*finding.code).collect();
    assert!(findings.contains(&"closed-by-force"), "{findings:?}");
    assert!(text(&books.again("2026-10")).contains("two jobs of a trial"));
}

#[test]
fn a_closed_month_is_never_closed_again() {
    let books = closed_october();
    books.deliver("2026-10", &changed(&[("40 ", "41 ")], ""));
    for force in [None, Some("AWS changed it")] {
        let error = books.close_by("2026-10", force).err().unwrap();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Input, "STORE-CLOSED"));
        assert!(error.hints()[0].contains("adjustment"), "{:?}", error.hints());
    }
}

#[test]
fn other_rules_are_refused_and_another_metric_is_labelled() {
    let books = closed_october();
    let rules = Some(books.store().folder.join("../rules/tenants.toml"));
    let error = books.frozen("2026-10", None, rules).err().unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Usage, "CLOSED-RULES"));
    let list = books.frozen("2026-10", Some(CostMetric::List), None).unwrap();
    let text = text(&list);
    assert!(text.contains("was closed in unblended cost"), "{text}");
}

#[test]
fn months_before_it_that_are_open_are_said_and_do_not_matter() {
    let books = Books::new(RULES);
    books.deliver("2026-09", NEXT);
    books.deliver("2026-10", BILL);
    let report = books.close("2026-10").unwrap();
    let message = report.findings.iter().find(|finding| finding.code == "earlier-month-open");
    assert_eq!(message.unwrap().message, "months before it are not closed: 2026-09");
}

#[test]
fn a_closing_that_does_not_come_out_as_it_was_is_refused_with_both_amounts() {
    let books = closed_october();
    let other = Books::new(RULES);
    other.deliver("2026-10", BILL);
    other.keep(&books, |closing| {
        let total = closing.totals.iter_mut().find(|of| of.tenant.as_deref() == Some("ads"));
        total.unwrap().exact.0 += 1;
    });
    let error = other.frozen("2026-10", None, None).err().unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Integrity, "CLOSED-DIFFERS"));
    let [line] = error.details().try_into().unwrap();
    assert!(line.starts_with("`ads`: closed with ") && line.contains(" USD, now "), "{line}");
}

/// Lines of a month, some of which another delivery may lack, restate or give to somebody else.
fn bill() -> impl Strategy<Value = String> {
    let line = (0_u8..4, 0_usize..5, -10_000_000_i64..99_999_999, 0_u8..3);
    proptest::collection::vec(line, 1..9).prop_map(|lines| {
        let mut table = BILL.lines().take(2).collect::<Vec<_>>().join("\n");
        for (resource, owner, parts, kind) in lines {
            let owner =
                ["d-1 | d-1/alice", "d-1 | d-1/bob", "d-2 | d-2/carol", "d-3 | -", "- | -"][owner];
            let kind = ["Usage", "Credit", "Tax"][usize::from(kind)];
            let (sign, parts) = (if parts < 0 { "-" } else { "" }, parts.unsigned_abs());
            let cost = format!("{sign}{}.{:07}", parts / 10_000_000, parts % 10_000_000);
            let rest = format!("training-job/{resource} | Train:ml.m5.large | AmazonSageMaker");
            write!(table, "\n{kind} | {cost} | {owner} | {rest}").unwrap();
        }
        table
            + "\nUsage | 50 | d-1 | d-1/alice | endpoint/1 | Host | AmazonSageMaker"
            + "\nUsage | 60 | d-2 | d-2/carol | endpoint/2 | Host | AmazonSageMaker"
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn closed_and_adjusted_is_the_newest_bill_whatever_is_delivered(
        first in bill(), second in bill(), third in bill(),
    ) {
        let books = Books::new(RULES);
        books.deliver("2026-10", &first);
        books.close_by("2026-10", Some("it is random")).unwrap();
        books.deliver("2026-11", NEXT);
        books.deliver("2026-10", &second);
        let told = plus(months_own(&books.again("2026-10")), &adjustments(&books.open("2026-11")));
        prop_assert_eq!(&told, &at_once(&second));
        books.close_by("2026-11", Some("it is random")).unwrap();
        books.deliver("2026-12", NEXT);
        books.deliver("2026-10", &third);
        let told = plus(told, &adjustments(&books.open("2026-12")));
        prop_assert_eq!(told, at_once(&third));
    }
}
