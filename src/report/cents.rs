//! Cents: amounts that several tables or columns must agree on, rounded once.
//!
//! In:    tables of exact amounts, and the cents of their totals.
//! Out:   the same tables, whose cells say what is booked in whole cents.
//! Never: changes an exact amount, or lets two places that say the same amount differ.

use std::collections::BTreeMap;

use super::table::{Cell, Row, Table};
use crate::model::money::{Currency, Money};
use crate::model::rounding::{CENT, adding_up, half_even};

/// Books a column: its rows add up to the cents of its total, currency by currency.
pub(super) fn book_column(table: &mut Table, key: &str, totals: &BTreeMap<Currency, Money>) {
    let Some(place) = table.columns.iter().position(|column| column.key == key) else { return };
    for (currency, cents) in totals {
        book_rows(&mut table.rows, place, currency, *cents);
        if let Some(folded) = &mut table.folded {
            book_rows(folded, place, currency, *cents);
        }
        let is_ours = |row: &&mut Row| row.currency.as_ref() == Some(currency);
        for total in table.totals.iter_mut().filter(is_ours) {
            book_cell(&mut total.cells[place], *cents);
        }
    }
}

/// Books the cell of a column that is the difference of two booked ones.
pub(super) fn book_difference(row: &mut Row, place: usize, of: usize, and: usize) {
    let both = cents(&row.cells[of]).zip(cents(&row.cells[and]));
    if let Some(change) = both.and_then(|(of, and)| of.checked_sub(and)) {
        book_cell(&mut row.cells[place], change);
    }
}

/// Books one cell.
pub(super) fn book_cell(cell: &mut Cell, cents: Money) {
    if let Some(exact) = cell.pico() {
        *cell = Cell::Booked { exact: Money(exact), cents };
    }
}

fn book_rows(rows: &mut [Row], place: usize, currency: &Currency, total: Money) {
    let is_ours = |row: &&mut Row| {
        row.currency.as_ref() == Some(currency) && row.cells[place].pico().is_some()
    };
    let mut ours: Vec<&mut Row> = rows.iter_mut().filter(is_ours).collect();
    let exact = ours.iter().filter_map(|row| row.cells[place].pico()).map(Money);
    let cents = parts(&exact.collect::<Vec<_>>(), Some(total));
    for (row, cents) in ours.iter_mut().zip(cents) {
        book_cell(&mut row.cells[place], cents);
    }
}

/// Cents of parts that add up to a total; to their own rounded sum when none is given.
pub(super) fn parts(exact: &[Money], total: Option<Money>) -> Vec<Money> {
    let total = total.unwrap_or_else(|| whole(exact));
    let exact: Vec<i128> = exact.iter().map(|amount| amount.0).collect();
    let cents = adding_up(&exact, total.0 / CENT, CENT);
    cents.into_iter().map(|cents| Money(cents * CENT)).collect()
}

/// The rounded sum in cents.
pub(super) fn whole(exact: &[Money]) -> Money {
    let sum: i128 = exact.iter().map(|amount| amount.0).sum();
    Money(half_even(sum, CENT) * CENT)
}

/// Books two columns and the one that is their sum or difference, so that rows and columns add up.
///
/// The two totals add up to the cents of the third by `sign`: 1 for a sum, -1 for a difference.
pub(super) fn book_pair(table: &mut Table, keys: [&str; 3], sign: i128) {
    book_three(table, keys, sign, |one, other| {
        // A difference of two rounded totals needs nothing to agree; a sum is rounded as one.
        if sign > 0 { parts(&[one, other], None) } else { vec![whole(&[one]), whole(&[other])] }
    });
}

/// The same for a sum of which the parts say what other tables say of them, too; so they are
/// rounded apart, and the sum is what they add up to.
pub(super) fn book_apart(table: &mut Table, keys: [&str; 3]) {
    book_three(table, keys, 1, |one, other| vec![whole(&[one]), whole(&[other])]);
}

fn book_three(
    table: &mut Table,
    keys: [&str; 3],
    sign: i128,
    cents_of: impl Fn(Money, Money) -> Vec<Money>,
) {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let [Some(first), Some(second), Some(third)] = keys.map(place) else { return };
    let exact = |row: &Row, place: usize| Money(row.cells[place].pico().unwrap_or_default());
    let mut totals: [BTreeMap<Currency, Money>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for total in &table.totals {
        let Some(currency) = &total.currency else { continue };
        let cents = cents_of(exact(total, first), exact(total, second));
        totals[0].insert(currency.clone(), cents[0]);
        totals[1].insert(currency.clone(), cents[1]);
    }
    let [of_first, of_second] = totals;
    book_column(table, keys[0], &of_first);
    book_column(table, keys[1], &of_second);
    let folded = table.folded.iter_mut().flatten();
    for row in table.rows.iter_mut().chain(folded).chain(&mut table.totals) {
        if let Some((one, other)) = cents(&row.cells[first]).zip(cents(&row.cells[second])) {
            book_cell(&mut row.cells[third], Money(one.0 + sign * other.0));
        }
    }
}

/// The cents of a cell that is booked.
fn cents(cell: &Cell) -> Option<Money> {
    match cell {
        Cell::Booked { cents, .. } => Some(*cents),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Column, ColumnKind, RowKind};
    use super::*;

    fn table(rows: &[[i128; 2]]) -> Table {
        let currency = Some(Currency("USD".into()));
        let row_of = |kind: RowKind, [own, shared]: [i128; 2]| {
            let cells = [own, shared, own + shared].map(|pico| Cell::Money(Money(pico))).into();
            Row { kind, currency: currency.clone(), cells }
        };
        let sums = rows.iter().fold([0, 0], |sum, row| [sum[0] + row[0], sum[1] + row[1]]);
        Table {
            columns: ["own", "shared", "cost"]
                .map(|key| Column::new(key, key, ColumnKind::Money))
                .into(),
            rows: rows.iter().map(|row| row_of(RowKind::Data, *row)).collect(),
            totals: vec![row_of(RowKind::Total, sums)],
            folded: None,
        }
    }

    #[test]
    fn rows_and_columns_of_cents_add_up_at_once() {
        let third = CENT / 3;
        let mut table = table(&[[third, third], [CENT + third, 0], [third, CENT / 2]]);
        book_pair(&mut table, ["own", "shared", "cost"], 1);
        let cents = |row: &Row| {
            let of = |cell: &Cell| match cell {
                Cell::Booked { cents, .. } => cents.0 / CENT,
                other => panic!("{other:?} is not booked"),
            };
            row.cells.iter().map(of).collect::<Vec<_>>()
        };
        let total = cents(&table.totals[0]);
        assert_eq!(total, [2, 1, 3]);
        for (place, total) in total.iter().enumerate() {
            let column: i128 = table.rows.iter().map(|row| cents(row)[place]).sum();
            assert_eq!(column, *total);
        }
        for row in table.rows.iter().map(cents) {
            assert_eq!(row[0] + row[1], row[2]);
        }
    }
}
