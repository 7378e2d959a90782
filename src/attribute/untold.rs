//! Untold: money whose owner the evidence leaves open, and what it would take to tell.
//!
//! In:    what the other files of the room could not decide.
//! Out:   [`Untold`]: cost by reason, resource and currency.
//! Never: writes a sentence; `pipeline` does.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::money::{Currency, Money};

/// Cost that stays where it is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// Why.
    pub why: Why,
    /// The file system, when it is a home volume's; else empty.
    pub file_system: String,
    /// The currency of the cost.
    pub currency: Currency,
    /// By the metric of the question.
    pub cost: Money,
    /// The resources, days or uids that are to blame; sorted.
    pub names: BTreeSet<String>,
}

/// Why an owner stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Tagged lines of the resources name several owners.
    HistoryDisagrees,
    /// No bytes are told for the days.
    NoUsage,
    /// No profile has the uids.
    UnknownUid,
    /// Only profiles of other domains have the uids.
    UidOfOtherDomain,
    /// Two profiles have the uids on one day.
    UidOfTwo,
}

/// Why, the file system when it is about one, the currency.
type Key = (Why, String, String);

/// Untold cost while it is collected.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<Key, (i128, BTreeSet<String>)>);

impl Tally {
    /// Adds an amount in pico-units; the sum of all is part of a total that fits.
    pub(super) fn add(
        &mut self,
        (why, file_system, currency): (Why, &str, &str),
        cost: i128,
        names: impl IntoIterator<Item = String>,
    ) {
        let key = (why, file_system.to_owned(), currency.to_owned());
        let entry = self.0.entry(key).or_default();
        entry.0 = entry.0.saturating_add(cost);
        entry.1.extend(names);
    }

    /// Everything that was added, sorted.
    pub(super) fn finish(self) -> Vec<Untold> {
        let untold = |((why, file_system, currency), (cost, names)): (Key, _)| Untold {
            why,
            file_system,
            currency: Currency(currency.into()),
            cost: Money(cost),
            names,
        };
        self.0.into_iter().map(untold).collect()
    }
}
