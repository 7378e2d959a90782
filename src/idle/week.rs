//! Week: in which hours of the week people's machines ran.
//!
//! In:    charges whose hour is told.
//! Out:   a [`BusyHour`] per currency, user, weekday and hour.
//! Never: leaves out an hour of an app or a notebook instance, or counts one twice.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::resources::{Bill, Class, Spent};
use crate::model::idle::BusyHour;
use crate::model::money::{Currency, Money, Quantity};

/// `None` when a sum leaves its range.
pub(super) fn of(bill: &Bill, calendar: &Calendar) -> Option<Vec<BusyHour>> {
    type Key<'a> = (String, [Option<&'a str>; 3], u32, u32);
    let mut found: BTreeMap<Key, Spent> = BTreeMap::new();
    for row in bill.rows().filter(|row| matches!(row.class, Class::App | Class::Notebook)) {
        let (_, weekday, hour) = calendar.place(row.hour)?;
        let [domain, user, _] = bill.owner(row.at);
        let key = (bill.currency_of(row.at), [domain, user, None], weekday, hour);
        found.entry(key).or_default().add(bill.spent(row.at))?;
    }
    let busy = |((currency, [domain, user, _], weekday, hour), spent): (Key, Spent)| BusyHour {
        currency: Currency(currency.into()),
        domain: domain.map(ToOwned::to_owned),
        user: user.map(ToOwned::to_owned),
        weekday,
        hour,
        hours: Quantity(spent.hours),
        cost: Money(spent.cost),
        line_items: spent.line_items,
    };
    Some(found.into_iter().map(busy).collect())
}
