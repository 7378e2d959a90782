//! Write: the ledger after the last split, as a frame of charges.
//!
//! In:    the book, the ledger, the question.
//! Out:   the frame: untouched rows as they were, then what stayed and what was received.
//! Never: adds a column that the question does not need.

use std::collections::{BTreeMap, BTreeSet};

use super::AllocateError;
use super::book::Book;
use super::ledger::{Entry, Ledger};
use crate::model::answer::Standing;
use crate::model::charges::{Given, column};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, FrameError, Texts};
use crate::model::money::{Currency, Money};
use crate::model::question::{Question, Wanted};
use crate::model::tenancy::Tenancy;

/// The frame that `aggregate` reads.
pub(super) fn frame(
    book: &Book<'_>,
    ledger: &Ledger,
    tenancy: &Tenancy,
    question: &Question,
) -> Result<Frame, FrameError> {
    let entries: Vec<&Entry> = ledger
        .entries
        .iter()
        .zip(&ledger.is_gone)
        .filter_map(|(entry, is_gone)| (!is_gone).then_some(entry))
        .collect();
    let before = with_pool(book.frame.filter(|row| !ledger.is_in[row]));
    let mut frame = Frame::new(before.line_items().to_vec());
    let mut moved = Frame::new(entries.iter().map(|entry| entry.source.line_items).collect());
    for name in names(question) {
        frame.set_texts(&name, before.texts(&name)?.clone());
        let texts = texts(&name, &entries, book, tenancy)?;
        moved.set_texts(name, texts);
    }
    let metric = question.metric.column();
    frame.set_amounts(metric, before.amounts(metric)?.to_vec());
    moved.set_amounts(metric, entries.iter().map(|entry| entry.amount).collect());
    if question.hours == Wanted::Yes {
        frame.set_amounts(column::USAGE_HOURS, before.amounts(column::USAGE_HOURS)?.to_vec());
        let hours = entries.iter().map(|entry| entry.source.hours).collect();
        moved.set_amounts(column::USAGE_HOURS, hours);
    }
    frame.append(&moved)?;
    Ok(frame)
}

/// A frame of which nothing was ever shared.
pub(super) fn with_pool(mut frame: Frame) -> Frame {
    let nothing = Texts::nothing(frame.height());
    frame.set_texts(Dimension::Pool.key(), nothing);
    frame
}

/// Every text column that the answer or its findings depend on; each once, sorted.
fn names(question: &Question) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = question.all_dimensions().map(Dimension::key).collect();
    names.extend([Dimension::Tenant, Dimension::TenantRule].iter().map(Dimension::key));
    names.extend([Dimension::Pool, Dimension::Month].iter().map(Dimension::key));
    names.extend([column::CURRENCY, column::STANDING].map(ToOwned::to_owned));
    names.extend([column::SPLIT_COST, column::UNKNOWN_TYPE].map(ToOwned::to_owned));
    names
}

fn texts(
    name: &str,
    entries: &[&Entry],
    book: &Book<'_>,
    tenancy: &Tenancy,
) -> Result<Texts, FrameError> {
    let split = |at: usize| tenancy.splits[at].name.as_str();
    if name == Dimension::Pool.key() {
        let pools = entries.iter().map(|entry| entry.stayed.or(entry.received).map(split));
        return Ok(Texts::of(pools));
    }
    let places: Vec<String> = tenancy.splits.iter().map(|split| tenancy.place(split.at)).collect();
    let of_frame = book.frame.texts(name)?;
    let of_received = |entry: &Entry, at: usize| {
        if name == Dimension::Tenant.key() {
            entry.holder.map(|holder| book.names.name(holder))
        } else if name == Dimension::TenantRule.key() {
            places.get(at).map(String::as_str)
        } else if name == column::STANDING {
            Some(Standing::Shared.name())
        } else if name == column::UNKNOWN_TYPE {
            None
        } else {
            of_frame.get(entry.source.row)
        }
    };
    let text = |entry: &&Entry| match entry.received {
        Some(at) => of_received(entry, at),
        None => of_frame.get(entry.source.row),
    };
    Ok(Texts::of(entries.iter().map(text)))
}

/// What left its place, by currency.
pub(super) fn given(
    book: &Book<'_>,
    ledger: &Ledger,
) -> Result<BTreeMap<Currency, Given>, AllocateError> {
    let mut all: BTreeMap<Currency, Given> = BTreeMap::new();
    let mut received: BTreeMap<Currency, i128> = BTreeMap::new();
    for (entry, is_gone) in ledger.entries.iter().zip(&ledger.is_gone) {
        let place = ledger.origins[entry.origin as usize].place;
        let currency = Currency(book.currency(place).into());
        let left = if *is_gone { 0 } else { entry.amount };
        if entry.received.is_some() {
            let sum = received.entry(currency).or_default();
            *sum = sum.checked_add(left).ok_or(AllocateError::Range)?;
            continue;
        }
        let given = all.entry(currency).or_default();
        let cost = entry.source.cost.checked_sub(left).map(Money);
        let cost = cost.and_then(|cost| given.cost.checked_add(cost));
        given.cost = cost.ok_or(AllocateError::Range)?;
        given.line_items += if *is_gone { entry.source.line_items } else { 0 };
    }
    for (currency, given) in &all {
        let received = received.get(currency).copied().unwrap_or_default();
        if given.cost != Money(received) {
            return Err(AllocateError::Unbalanced {
                currency: currency.clone(),
                given: given.cost,
                received: Money(received),
            });
        }
    }
    all.retain(|_, given| *given != Given::default());
    Ok(all)
}
