//! Cents: what statements book, so that all of them together are the bill to the cent.
//!
//! In:    exact amounts of accounts, and tables of a statement.
//! Out:   whole cents from the bill down: statements, their kinds of cost, the rows of each table.
//! Never: changes an exact amount.

use std::collections::BTreeMap;

use super::ledger::{Account, Bill, Kind};
use crate::model::money::{Currency, Money};
use crate::model::rounding::{CENT, adding_up, half_even};
use crate::report::ReportError;
use crate::report::table::{Cell, Row, Table};

/// This month and the month before, in whole cents.
pub(super) type Cents = [Money; 2];

/// What is booked of the bill, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct BookedBill {
    pub(super) unassigned: Money,
    pub(super) split_cost: Money,
    pub(super) total: Money,
}

/// Books the bill: gives every account its cents, and returns those of the bill.
///
/// # Errors
/// When a sum leaves its range.
pub(super) fn book(
    bill: &BTreeMap<Currency, Bill>,
    accounts: &mut [Account],
    unassigned: &mut Account,
) -> Result<BTreeMap<Currency, BookedBill>, ReportError> {
    let mut booked = BTreeMap::new();
    for (currency, bill) in bill {
        let sums = accounts.iter().chain([&*unassigned]).map(|of| of.sum(currency, |_| true));
        let sums: Vec<[Money; 2]> = sums.collect::<Result<_, _>>()?;
        let mut now: Vec<Money> = sums.iter().map(|[now, _]| *now).collect();
        now.push(bill.split_cost);
        let before: Vec<Money> = sums.iter().map(|[_, before]| *before).collect();
        let (now, total) = (parts(&now, None), whole(&now));
        let before = parts(&before, None);
        let holders = accounts.iter_mut().chain([&mut *unassigned]);
        for (holder, cents) in holders.zip(now.iter().zip(&before)) {
            holder.booked.insert(currency.clone(), [*cents.0, *cents.1]);
        }
        let cents = BookedBill {
            unassigned: now[accounts.len()],
            split_cost: now[accounts.len() + 1],
            total,
        };
        booked.insert(currency.clone(), cents);
    }
    Ok(booked)
}

impl Account {
    /// The cents of the whole account.
    pub(super) fn cents(&self, currency: &Currency) -> Cents {
        self.booked.get(currency).copied().unwrap_or_default()
    }

    /// The cents of some kinds of cost, which together are the account.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub(super) fn cents_of(
        &self,
        currency: &Currency,
        kinds: &[Kind],
    ) -> Result<Vec<Cents>, ReportError> {
        let sums = kinds.iter().map(|kind| self.sum(currency, |line| line.kind == *kind));
        let sums: Vec<[Money; 2]> = sums.collect::<Result<_, _>>()?;
        let [now, before] = [0, 1].map(|at| {
            let exact: Vec<Money> = sums.iter().map(|pair| pair[at]).collect();
            parts(&exact, Some(self.cents(currency)[at]))
        });
        Ok(now.into_iter().zip(before).map(|(now, before)| [now, before]).collect())
    }
}

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
    let cents = |cell: &Cell| match cell {
        Cell::Booked { cents, .. } => Some(*cents),
        _ => None,
    };
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
fn parts(exact: &[Money], total: Option<Money>) -> Vec<Money> {
    let total = total.unwrap_or_else(|| whole(exact));
    let exact: Vec<i128> = exact.iter().map(|amount| amount.0).collect();
    let cents = adding_up(&exact, total.0 / CENT, CENT);
    cents.into_iter().map(|cents| Money(cents * CENT)).collect()
}

fn whole(exact: &[Money]) -> Money {
    let sum: i128 = exact.iter().map(|amount| amount.0).sum();
    Money(half_even(sum, CENT) * CENT)
}
