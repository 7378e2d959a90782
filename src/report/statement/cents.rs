//! Cents: what statements book, so that all of them together are the bill to the cent.
//!
//! In:    the bill and the accounts it is made of.
//! Out:   whole cents from the bill down: of every statement, and of its kinds of cost.
//! Never: changes an exact amount.
//!
//! The bill of the month and the adjustments to each closed month are booked apart, each from its
//! own total down, so that an adjustment does not move a cent of the month.

use std::collections::BTreeMap;

use super::ledger::{Account, Bill, Kind, Line};
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::report::ReportError;
use crate::report::cents::{parts, whole};

/// This month and the month before, in whole cents.
pub(super) type Cents = [Money; 2];

/// What is booked of an account, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct BookedAccount {
    month: Cents,
    adjusted: BTreeMap<BillingPeriod, Money>,
}

/// What is booked of the bill, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct BookedBill {
    /// Adjustments included, as in the next one.
    pub(super) unassigned: Money,
    pub(super) split_cost: Money,
    /// The bill of the month.
    pub(super) total: Money,
    /// What is booked of months that were closed.
    pub(super) adjusted: BTreeMap<BillingPeriod, Money>,
}

impl BookedBill {
    /// What is booked of a closed month, by its name.
    pub(super) fn adjusted_in(&self, period: &str) -> Money {
        let period = BillingPeriod::parse(period);
        period.and_then(|period| self.adjusted.get(&period)).copied().unwrap_or_default()
    }
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
        let mut holders: Vec<&mut Account> =
            accounts.iter_mut().chain([&mut *unassigned]).collect();
        let sums = sums(&holders, currency, Line::is_of_month)?;
        let mut now: Vec<Money> = sums.iter().map(|[now, _]| *now).collect();
        let split_cost = bill.adjusted.values().try_fold(bill.split_cost, |left, [_, split]| {
            left.checked_sub(*split).ok_or_else(|| ReportError::range(currency))
        })?;
        now.push(split_cost);
        let before: Vec<Money> = sums.iter().map(|[_, before]| *before).collect();
        let (now, total) = (parts(&now, None), whole(&now));
        let before = parts(&before, None);
        for (holder, cents) in holders.iter_mut().zip(now.iter().zip(&before)) {
            let month = [*cents.0, *cents.1];
            let entry = BookedAccount { month, adjusted: BTreeMap::new() };
            holder.booked.insert(currency.clone(), entry);
        }
        let mut cents = BookedBill {
            unassigned: now[holders.len() - 1],
            split_cost: now[holders.len()],
            total,
            adjusted: BTreeMap::new(),
        };
        for (period, [_, split_cost]) in &bill.adjusted {
            let kind = Kind::Adjustment(*period);
            let sums = self::sums(&holders, currency, |line| line.kind == kind)?;
            let mut exact: Vec<Money> = sums.iter().map(|[now, _]| *now).collect();
            exact.push(*split_cost);
            let (now, total) = (parts(&exact, None), whole(&exact));
            for (holder, cents) in holders.iter_mut().zip(&now) {
                let entry = holder.booked.entry(currency.clone()).or_default();
                entry.adjusted.insert(*period, *cents);
            }
            cents.unassigned.0 += now[holders.len() - 1].0;
            cents.split_cost.0 += now[holders.len()].0;
            cents.adjusted.insert(*period, total);
        }
        booked.insert(currency.clone(), cents);
    }
    Ok(booked)
}

fn sums(
    holders: &[&mut Account],
    currency: &Currency,
    of: impl Fn(&Line) -> bool,
) -> Result<Vec<Cents>, ReportError> {
    holders.iter().map(|holder| holder.sum(currency, &of)).collect()
}

impl Account {
    /// The cents of the whole account, adjustments included.
    pub(super) fn cents(&self, currency: &Currency) -> Cents {
        let Some(booked) = self.booked.get(currency) else { return Cents::default() };
        let [now, before] = booked.month;
        let adjusted: i128 = booked.adjusted.values().map(|cents| cents.0).sum();
        [Money(now.0 + adjusted), before]
    }

    /// The cents of what is of the month itself.
    pub(super) fn month_cents(&self, currency: &Currency) -> Cents {
        self.booked.get(currency).map(|booked| booked.month).unwrap_or_default()
    }

    /// The cents of what is adjusted of a closed month.
    pub(super) fn adjusted_cents(&self, currency: &Currency, period: BillingPeriod) -> Money {
        let booked = self.booked.get(currency);
        booked.and_then(|booked| booked.adjusted.get(&period)).copied().unwrap_or_default()
    }

    /// The cents of some kinds of cost: those of the month, which together are all of it, and
    /// adjustments.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub(super) fn cents_of(
        &self,
        currency: &Currency,
        kinds: &[Kind],
    ) -> Result<Vec<Cents>, ReportError> {
        let sums = kinds.iter().map(|kind| match kind {
            Kind::Adjustment(_) => Ok([Money::ZERO; 2]),
            _ => self.sum(currency, |line| line.kind == *kind),
        });
        let sums: Vec<[Money; 2]> = sums.collect::<Result<_, _>>()?;
        let [now, before] = [0, 1].map(|at| {
            let exact: Vec<Money> = sums.iter().map(|pair| pair[at]).collect();
            parts(&exact, Some(self.month_cents(currency)[at]))
        });
        let cents = now.into_iter().zip(before).zip(kinds);
        Ok(cents
            .map(|((now, before), kind)| match kind {
                Kind::Adjustment(period) => [self.adjusted_cents(currency, *period), Money::ZERO],
                _ => [now, before],
            })
            .collect())
    }
}
