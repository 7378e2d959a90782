//! Cents: what statements book, so that all of them together are the bill to the cent.
//!
//! In:    the bill and the accounts it is made of.
//! Out:   whole cents from the bill down: of every statement, and of its kinds of cost.
//! Never: changes an exact amount.

use std::collections::BTreeMap;

use super::ledger::{Account, Bill, Kind};
use crate::model::money::{Currency, Money};
use crate::report::ReportError;
use crate::report::cents::{parts, whole};

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
