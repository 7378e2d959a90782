//! Tests of the charts of queries: what is drawn is what the table says.
//!
//! In:    tables of changes, users and days.
//! Out:   failures.
//! Never: compiled into the product.

use super::charts::charts;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::phrase::Phrase;
use crate::model::result_set::Drawn;
use crate::report::chart::{Certainty, Chart, Heat, Measure, Shape};
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

/// Rows of a word or a day and amounts.
fn table(first: ColumnKind, money: &[&str], rows: &[(&str, &[Option<i128>])]) -> Table {
    let mut columns = vec![Column::new("name", "Name", first)];
    columns.extend(money.iter().map(|key| Column::new(*key, (*key).to_owned(), ColumnKind::Money)));
    let row = |(name, amounts): &(&str, &[Option<i128>])| {
        let cell = |amount: &Option<i128>| amount.map_or(Cell::Nothing, |n| Cell::Money(Money(n)));
        let mut cells = vec![Cell::text(*name)];
        cells.extend(amounts.iter().map(cell));
        Row { kind: RowKind::Data, currency: Some(Currency("USD".into())), cells }
    };
    Table { columns, rows: rows.iter().map(row).collect(), ..Table::default() }
}

fn drawn(table: &Table, drawn: Drawn) -> Option<Shape> {
    let charts = charts(&"It".into(), table, drawn, &[Currency("USD".into())]);
    charts.into_iter().next().map(|chart| chart.shape)
}

#[test]
fn a_waterfall_leads_from_one_total_to_the_other_by_all_changes() {
    let names: Vec<String> = (0..30).map(|n| format!("t{n}")).collect();
    let amounts: Vec<[Option<i128>; 2]> =
        (0..30).map(|n| [Some(n * n * 10), Some(n * 100)]).collect();
    let rows: Vec<(&str, &[Option<i128>])> =
        names.iter().zip(&amounts).map(|(name, row)| (name.as_str(), row.as_slice())).collect();
    let table = table(ColumnKind::Text, &["cost", "prior_cost"], &rows);
    let Some(Shape::Waterfall(steps)) = drawn(&table, Drawn::Waterfall) else { panic!() };
    let (first, last) = (&steps[0], &steps[steps.len() - 1]);
    assert_eq!(first.value, Money((0..30).map(|n| n * 100).sum()));
    assert_eq!(last.value, Money((0..30).map(|n| n * n * 10).sum()));
    let changes = &steps[1..steps.len() - 1];
    assert_eq!(first.value.0 + changes.iter().map(|bar| bar.value.0).sum::<i128>(), last.value.0);
    // t0 and t10 did not change; ten of the others are told.
    assert_eq!(changes.len(), 11);
    assert_eq!(changes[10].label.name, "rest (18 rows)");
    assert_eq!(changes[0].label.name, "t29");
}

#[test]
fn a_waterfall_needs_amounts_of_before() {
    let table = table(ColumnKind::Text, &["cost"], &[("a", &[Some(1)])]);
    assert_eq!(drawn(&table, Drawn::Waterfall), None);
    assert_eq!(drawn(&table, Drawn::BurnDown), None);
    assert_eq!(drawn(&table, Drawn::Heat), None);
}

#[test]
fn sums_of_a_pareto_end_at_the_total() {
    let rows: &[(&str, &[Option<i128>])] =
        &[("a", &[Some(5)]), ("none", &[None]), ("b", &[Some(90)]), ("credit", &[Some(-3)])];
    let of = table(ColumnKind::Text, &["cost"], rows);
    let Some(Shape::Pareto { bars, sums }) = drawn(&of, Drawn::Pareto) else { panic!() };
    let names: Vec<&str> = bars.iter().map(|bar| bar.label.name.as_str()).collect();
    assert_eq!(names, ["b", "a", "credit"]);
    assert_eq!(sums, [Money(90), Money(95), Money(92)]);
    let nothing = table(ColumnKind::Text, &["cost"], &[("credit", &[Some(-3)])]);
    assert_eq!(drawn(&nothing, Drawn::Pareto), None);
}

#[test]
fn a_calendar_holds_every_day_once() {
    // 2026-09-03 is a Thursday.
    let rows: &[(&str, &[Option<i128>])] =
        &[("2026-09-03", &[Some(7)]), ("2026-09-14", &[Some(2)]), ("2026-09-14", &[Some(3)])];
    let of = table(ColumnKind::Date, &["cost"], rows);
    let Some(Shape::Heat(Heat { weeks, days })) = drawn(&of, Drawn::Heat) else { panic!() };
    assert_eq!(weeks, ["2026-08-31", "2026-09-07", "2026-09-14"]);
    assert_eq!(days[0][..4], [None, None, None, Some(7)]);
    assert_eq!(days[1], [Some(0); 7]);
    assert_eq!(days[2][..2], [Some(5), None]);
    let months = table(ColumnKind::Date, &["cost"], &[("2026-09", &[Some(7)])]);
    assert_eq!(drawn(&months, Drawn::Heat), None, "a month is no day");
}

#[test]
fn a_week_has_a_column_per_day_and_a_row_per_hour() {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let columns = days.map(|day| format!("{day}_cost"));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let amounts = [Some(1), None, Some(3), None, None, None, Some(7)];
    let of = table(ColumnKind::Text, &columns, &[("08", &amounts), ("09", &amounts)]);
    let Some(Shape::Heat(Heat { weeks, days })) = drawn(&of, Drawn::Heat) else { panic!() };
    assert_eq!(weeks, ["08", "09"]);
    assert_eq!(days[1], [1, 0, 3, 0, 0, 0, 7].map(Some));
    let people = table(ColumnKind::Text, &columns, &[("ada", &amounts), ("ada", &amounts)]);
    assert_eq!(drawn(&people, Drawn::Heat), None, "two rows of one name");
    let short = table(ColumnKind::Text, &columns[..6], &[("08", &amounts[..6])]);
    assert_eq!(drawn(&short, Drawn::Heat), None, "no Sunday");
}

/// Hours of a week of people; each row is a user, an hour, and what all days hold.
fn hours(rows: &[(&str, &str, i128)]) -> Table {
    let words = ["user_profile_arn", "hour"];
    let mut columns = words.map(|key| Column::new(key, key, ColumnKind::Text)).to_vec();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = |day| Column::new(format!("{day}_hours"), day, ColumnKind::Quantity);
    columns.extend(days.map(day));
    columns.push(Column::new("cost", "Cost", ColumnKind::Money));
    let row = |(user, hour, pico): &(&str, &str, i128)| {
        let mut cells = vec![Cell::text(*user), Cell::text(*hour)];
        cells.extend(days.map(|_| Cell::Quantity(Quantity(*pico))));
        cells.push(Cell::Money(Money(1)));
        Row { kind: RowKind::Data, currency: Some(Currency("USD".into())), cells }
    };
    Table { columns, rows: rows.iter().map(row).collect(), ..Table::default() }
}

#[test]
fn everybody_has_a_week_of_their_own_over_the_same_hours() {
    let of = hours(&[("ada", "08", 2), ("bob", "08", 3), ("bob", "09", 4)]);
    let charts = charts(&"It".into(), &of, Drawn::Heat, &[Currency("USD".into())]);
    let told = |chart: &Chart| match &chart.shape {
        Shape::Heat(heat) => {
            let mondays = heat.days.iter().map(|day| day[0]).collect::<Vec<_>>();
            (chart.part.clone().unwrap().to_string(), heat.weeks.clone(), mondays)
        }
        other => panic!("{other:?}"),
    };
    let eight_and_nine = || vec!["08".to_owned(), "09".to_owned()];
    assert!(charts.iter().all(|chart| chart.measure == Measure::Hours));
    assert_eq!(
        charts.iter().map(told).collect::<Vec<_>>(),
        [
            ("bob".to_owned(), eight_and_nine(), vec![Some(3), Some(4)]),
            ("ada".to_owned(), eight_and_nine(), vec![Some(2), Some(0)]),
        ]
    );
}

#[test]
fn those_beyond_the_busiest_share_one_week() {
    let names: Vec<String> = (10..30).map(|n| format!("u{n}")).collect();
    let rows: Vec<(&str, &str, i128)> =
        names.iter().zip(1..).map(|(name, pico)| (name.as_str(), "08", pico)).collect();
    let charts = charts(&"It".into(), &hours(&rows), Drawn::Heat, &[Currency("USD".into())]);
    let parts: Vec<String> =
        charts.iter().filter_map(|chart| chart.part.as_ref().map(Phrase::to_string)).collect();
    assert_eq!((parts.len(), parts[0].as_str(), parts[8].as_str()), (9, "u29", "rest (12 series)"));
    let Shape::Heat(Heat { days, .. }) = &charts[8].shape else { panic!() };
    assert_eq!(days[0], [Some(78); 7]);
}

#[test]
fn a_budget_is_used_up_from_the_first_to_the_last_day_of_the_month() {
    let rows: &[(&str, &[Option<i128>])] = &[
        ("2026-09-02", &[Some(7), Some(50), None]),
        ("2026-09-04", &[Some(2), Some(50), None]),
        ("2026-09-05", &[None, Some(50), Some(4)]),
        ("2026-09-08", &[None, Some(50), Some(7)]),
    ];
    let of = table(ColumnKind::Date, &["cost", "budget", "forecast_cost"], rows);
    let Some(Shape::Lines { days, lines, limit }) = drawn(&of, Drawn::BurnDown) else { panic!() };
    assert_eq!((days.len(), days[0].as_str()), (30, "2026-09-01"));
    assert_eq!(lines[0].values, [0, 7, 7, 9].map(Money));
    assert_eq!(limit.map(|bar| bar.value), Some(Money(50)));
    assert_eq!((lines[1].from, lines[1].certainty), (3, Certainty::Expected));
    let expected = [9, 13, 15, 17, 20, 20].map(Money);
    assert_eq!(lines[1].values[..6], expected, "it goes on, straight, where the bill ends");
    assert_eq!(lines[1].values.len(), 27);
}

#[test]
fn lines_show_what_a_stack_shows() {
    let rows: &[(&str, &[Option<i128>])] =
        &[("2026-09-02", &[Some(7)]), ("2026-09-04", &[Some(2)])];
    let of = table(ColumnKind::Date, &["cost"], rows);
    let Some(Shape::Lines { days, lines, limit: None }) = drawn(&of, Drawn::Lines) else {
        panic!()
    };
    let Some(Shape::StackedBars { days: stacked, series }) = drawn(&of, Drawn::Stacked) else {
        panic!()
    };
    assert_eq!((days, &lines[0].values), (stacked, &series[0].values));
}

#[test]
fn columns_that_divide_the_cost_of_days_are_its_layers() {
    let rows: &[(&str, &[Option<i128>])] =
        &[("2026-09-02", &[Some(5), Some(-2), Some(7)]), ("2026-09-03", &[Some(9), None, Some(9)])];
    let layers = |first: ColumnKind, rows: &[(&str, &[Option<i128>])]| {
        let of = table(first, &["cost", "own_cost", "other_cost"], rows);
        let Some(Shape::StackedBars { series, .. }) = drawn(&of, Drawn::Stacked) else { panic!() };
        series.into_iter().map(|one| (one.label.name.to_string(), one.values)).collect::<Vec<_>>()
    };
    let own = ("own_cost".to_owned(), vec![Money(-2), Money(0)]);
    let other = ("other_cost".to_owned(), vec![Money(7), Money(9)]);
    assert_eq!(layers(ColumnKind::Date, rows), [other, own]);
    let beside: &[(&str, &[Option<i128>])] = &[("2026-09-02", &[Some(5), Some(5), Some(5)])];
    let whole = vec![Money(5)];
    assert_eq!(layers(ColumnKind::Date, beside), [(String::new(), whole)], "these are no parts");
}
