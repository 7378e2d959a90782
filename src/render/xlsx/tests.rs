//! Tests of workbooks that no command writes every day.
//!
//! In:    sample answers, a tree, booked cents, a table beyond the limit.
//! Out:   failures.
//! Never: compiled into the product.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};

use crate::model::money::{Currency, Money, UNIT};
use crate::model::question::Wanted;
use crate::render::sample::{books, days, people};
use crate::render::{Format, RenderError, Style, render};
use crate::report::chart::Shape;
use crate::report::spend::{Found, Settings, compose};
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use crate::report::{Report, Section};

fn read(report: &Report) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = render(report, Format::Xlsx, &Style::default()).unwrap();
    calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap()
}

fn sheet(report: &Report, name: &str) -> Range<Data> {
    read(report).worksheet_range(name).unwrap()
}

fn of(table: Table) -> Report {
    let section = Section { heading: Some("It".into()), table, charts: Vec::new() };
    Report { title: "It".into(), sections: vec![section], ..Report::default() }
}

fn row(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Data, currency: Some(Currency("USD".into())), cells }
}

#[test]
fn charts_are_fed_from_cells_that_add_up_to_the_table() {
    for answer in [people(), days()] {
        let found = Found {
            books: books(&answer),
            answer,
            provenance: crate::model::answer::Provenance::default(),
            findings: Vec::new(),
        };
        let settings = Settings { charts: Wanted::Yes, ..Settings::default() };
        let report = compose(found, settings).unwrap();
        let section = &report.sections[0];
        let lines = match &section.charts[0].shape {
            Shape::Bars(bars) => bars.len(),
            Shape::StackedBars { days, .. } => days.len(),
            other => panic!("{other:?}"),
        };
        let cells = sheet(&report, "Charts");
        let numbers: Vec<f64> = cells
            .used_cells()
            .filter_map(|(_, _, cell)| if let Data::Float(n) = cell { Some(*n) } else { None })
            .collect();
        let total = section.table.totals[0].cells.iter().find_map(Cell::pico).unwrap();
        let total: f64 = Money(total).to_string().parse().unwrap();
        assert!((numbers.iter().sum::<f64>() - total).abs() < 1e-6, "{numbers:?}");
        let (first, last) = (cells.start().unwrap().0, cells.end().unwrap().0);
        assert!(usize::try_from(last - first).unwrap() > lines);
    }
}

#[test]
fn booked_cents_are_summed_in_cents_and_kept_exact_beside() {
    let booked = |exact: i128, cents: i128| {
        row(vec![Cell::Booked { exact: Money(exact), cents: Money(cents * UNIT / 100) }])
    };
    let mut total = booked(UNIT, 100);
    total.kind = RowKind::Total;
    let table = Table {
        columns: vec![Column::new("cost", "Cost", ColumnKind::Money)],
        rows: vec![booked(UNIT / 3, 34), booked(UNIT - UNIT / 3, 66)],
        folded: None,
        totals: vec![total],
    };
    let report = of(table);
    let numbers = |name| -> Vec<f64> {
        sheet(&report, name)
            .rows()
            .skip(1)
            .map(|row| if let Data::Float(number) = row[0] { number } else { f64::NAN })
            .collect()
    };
    assert_eq!(numbers("It"), [0.34, 0.66, 1.0]);
    assert_eq!(numbers("Data"), [0.333_333_333_333, 0.666_666_666_667]);
    let formulas = read(&report).worksheet_formula("It").unwrap();
    assert_eq!(formulas.get_value((3, 0)).unwrap(), "SUBTOTAL(109,A2:A3)");
}

#[test]
fn a_total_that_the_rows_do_not_add_up_to_is_a_number_and_no_formula() {
    let money = |units: i128| row(vec![Cell::Money(Money(units * UNIT))]);
    let table = Table {
        columns: vec![Column::new("cost", "Cost", ColumnKind::Money)],
        rows: vec![money(1), money(2)],
        folded: None,
        totals: vec![money(4)],
    };
    let mut workbook = read(&of(table));
    assert!(workbook.worksheet_formula("It").unwrap().is_empty());
    let cells = workbook.worksheet_range("It").unwrap();
    assert_eq!(cells.get_value((3, 0)), Some(&Data::Float(4.0)));
}

#[test]
fn every_row_of_a_tree_is_there_although_people_see_a_fold_elsewhere() {
    let node = |depth, word: &str| row(vec![Cell::Node { depth, word: word.to_owned().into() }]);
    let table = Table {
        columns: vec![Column::new("what", "What", ColumnKind::Tree).seen(Place::Screen)],
        rows: vec![node(0, "all"), node(1, "a"), node(40, "b")],
        folded: Some(vec![node(0, "all")]),
        totals: Vec::new(),
    };
    let cells = sheet(&of(table), "It");
    let words: Vec<String> = cells.rows().map(|row| row[0].to_string()).collect();
    assert_eq!(words, ["What", "all", "a", "b"]);
}

#[test]
fn sheets_and_columns_of_one_name_are_told_apart() {
    let text = |key: &str| Column::new(key, "Name", ColumnKind::Text);
    let cells = vec![Cell::text("a"), Cell::text("b")];
    let table =
        Table { columns: vec![text("x"), text("y")], rows: vec![row(cells)], ..Table::default() };
    let mut report = of(table);
    report.sections[0].heading = Some("data".into());
    let mut workbook = read(&report);
    assert_eq!(workbook.sheet_names(), ["About", "data 2", "Data"]);
    let cells = workbook.worksheet_range("data 2").unwrap();
    assert_eq!(cells.get_value((0, 1)), Some(&Data::String("Name 2".to_owned())));
}

#[test]
fn a_table_without_rows_is_a_sheet_with_a_head() {
    let columns = vec![Column::new("cost", "Cost", ColumnKind::Money)];
    let cells = sheet(&of(Table { columns, ..Table::default() }), "It");
    assert_eq!(cells.rows().count(), 1);
    assert_eq!(read(&Report::default()).sheet_names(), ["About"]);
}

#[test]
fn more_rows_than_a_sheet_holds_are_refused_with_a_way_out() {
    let columns = vec![Column::new("cost", "Cost", ColumnKind::Money)];
    let rows = vec![Row { kind: RowKind::Data, currency: None, cells: Vec::new() }; 1_048_576];
    let report = of(Table { columns, rows, ..Table::default() });
    let error = render(&report, Format::Xlsx, &Style::default()).unwrap_err();
    assert_eq!(error, RenderError::TooManyRows { rows: 1_048_577, most: 1_048_576 });
    let said = "`xlsx` holds 1048576 rows on a sheet, and a table of this report has 1048577";
    assert_eq!(error.to_string(), said);
}
