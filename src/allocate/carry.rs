//! Carry: the splits in their order, each pool from where it lies to who receives it.
//!
//! In:    the ledger, the weigher, the splits.
//! Out:   the ledger after the last split, and the [`Trail`].
//! Never: gives an amount without taking it from somebody, or more than a split has taken.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::AllocateError;
use super::book::{Book, Place};
use super::ledger::{Entry, Ledger, Source, sum_of};
use super::shares::{self, Bounds, Shares};
use super::weights::{Weigher, overflow};
use crate::model::apportion::cells;
use crate::model::money::{Currency, Money};
use crate::model::split::{Limits, Split};
use crate::model::tenancy::Tenancy;
use crate::model::trail::{Move, Pool, Trail};

/// Carries out every split.
pub(super) fn carry_out(
    book: &Book<'_>,
    ledger: &mut Ledger,
    weigher: &Weigher<'_>,
    tenancy: &Tenancy,
) -> Result<Trail, AllocateError> {
    let mut carrier =
        Carrier { book, ledger, weigher, received: FxHashMap::default(), trail: Trail::default() };
    let (chains, first): (Vec<_>, Vec<_>) =
        tenancy.splits.iter().enumerate().partition(|(_, split)| !split.from.is_empty());
    for (at, split) in first.into_iter().chain(chains) {
        carrier.carry(at, split)?;
    }
    Ok(carrier.trail)
}

struct Carrier<'a> {
    book: &'a Book<'a>,
    ledger: &'a mut Ledger,
    weigher: &'a Weigher<'a>,
    /// What a daily split has given in a billing period: by split, place without day, target.
    received: FxHashMap<(usize, Place, u32), i128>,
    trail: Trail,
}

impl Carrier<'_> {
    fn carry(&mut self, at: usize, split: &Split) -> Result<(), AllocateError> {
        let taken = if split.from.is_empty() {
            std::mem::take(&mut self.ledger.takes[at])
        } else {
            let names = &self.book.names;
            self.ledger.chained(at, split.from.iter().filter_map(|id| names.code(id)))
        };
        let daily = split.decides_daily();
        let mut pools: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for entry in taken {
            let place = self.ledger.origins[self.ledger.entries[entry].origin as usize].place;
            let place = Place { day: place.day.filter(|_| daily), ..place };
            pools.entry(place).or_default().push(entry);
        }
        self.weigher.check_drivers(at, pools.keys().copied())?;
        let targets = self.book.targets(split);
        for (place, entries) in pools {
            self.pool(at, split, &targets, place, &entries)?;
        }
        Ok(())
    }

    fn pool(
        &mut self,
        at: usize,
        split: &Split,
        targets: &[u32],
        place: Place,
        entries: &[usize],
    ) -> Result<(), AllocateError> {
        let amount = sum_of(&self.ledger.entries, entries, split)?;
        let steps = self.weigher.steps(at, targets, place)?;
        let bounds = self.bounds(at, split, targets, place, amount);
        let shares = shares::shares(amount, &steps, &bounds).ok_or_else(|| overflow(split))?;
        self.note(at, split, targets, place, &shares)?;
        let given = shares.lean.given().ok_or_else(|| overflow(split))?;
        if given == 0 {
            for entry in entries {
                self.ledger.entries[*entry].stayed = Some(at);
            }
        } else {
            let receivers = Receivers::of(at, targets, &shares, given);
            self.hand_over(&receivers, entries).ok_or_else(|| overflow(split))?;
        }
        self.trail.pools.push(Pool {
            split: split.name.clone(),
            method: split.method.name(),
            at: split.at,
            period: self.weigher.period_text(place).map(ToOwned::to_owned),
            day: self.book.day_of(place).map(|day| day.to_string()),
            currency: Currency(self.book.currency(place).into()),
            amount: Money(amount),
            kept: Money(shares.kept),
            why_kept: (shares.lean.kept > 0).then(|| shares.lean.why.clone()),
            moves: self.moves(targets, &shares, given).ok_or_else(|| overflow(split))?,
        });
        Ok(())
    }

    fn moves(&self, targets: &[u32], shares: &Shares, given: i128) -> Option<Vec<Move>> {
        let weights = given.checked_add(shares.lean.kept)?;
        let all = targets.iter().zip(&shares.lean.each).zip(&shares.amounts);
        let all = all.filter(|((_, weight), _)| **weight != 0);
        let moves = all.map(|((target, weight), amount)| Move {
            tenant: self.book.names.name(*target).to_owned(),
            weight: *weight,
            weights,
            amount: Money(*amount),
        });
        Some(moves.collect())
    }

    /// Limits hold for a billing period: a daily pool may give what earlier days left of them.
    fn bounds(
        &self,
        at: usize,
        split: &Split,
        targets: &[u32],
        place: Place,
        amount: i128,
    ) -> Vec<Bounds> {
        if split.caps == Limits::default() && split.floors == Limits::default() {
            return Vec::new();
        }
        let of = |code: &u32| {
            let name = self.book.names.name(*code);
            let key = (at, Place { day: None, ..place }, *code);
            let before = self.received.get(&key).copied().unwrap_or_default();
            let before = if amount < 0 { before.saturating_neg() } else { before };
            let less = |limit: Money| limit.0.saturating_sub(before);
            Bounds {
                floor: split.floors.for_tenant(name).map_or(0, less),
                cap: split.caps.for_tenant(name).map(less),
            }
        };
        targets.iter().map(of).collect()
    }

    fn note(
        &mut self,
        at: usize,
        split: &Split,
        targets: &[u32],
        place: Place,
        shares: &Shares,
    ) -> Result<(), AllocateError> {
        if place.day.is_none() {
            return Ok(());
        }
        for (target, amount) in targets.iter().zip(&shares.amounts) {
            let key = (at, Place { day: None, ..place }, *target);
            let sum = self.received.entry(key).or_default();
            *sum = sum.checked_add(*amount).ok_or_else(|| overflow(split))?;
        }
        Ok(())
    }

    /// Divides the composition of a pool: first what rules and chains tell apart, so that a later
    /// chain finds the same amounts whatever the question shows; within that, what it shows.
    fn hand_over(&mut self, to: &Receivers, entries: &[usize]) -> Option<()> {
        let origin = |entry: usize| self.ledger.entries[entry].origin;
        let groups: Vec<Vec<&[usize]>> = entries
            .chunk_by(|a, b| self.ledger.part(*a) == self.ledger.part(*b))
            .map(|of| of.chunk_by(|a, b| origin(*a) == origin(*b)).collect())
            .collect();
        let sum = |of: &[usize]| {
            of.iter().try_fold(0_i128, |sum, at| sum.checked_add(self.ledger.entries[*at].amount))
        };
        let of_origins: Vec<Vec<i128>> = groups
            .iter()
            .map(|group| group.iter().map(|of| sum(of)).collect::<Option<Vec<_>>>())
            .collect::<Option<_>>()?;
        let of_groups: Vec<i128> = of_origins
            .iter()
            .map(|sums| sums.iter().try_fold(0_i128, |sum, more| sum.checked_add(*more)))
            .collect::<Option<_>>()?;
        let table = cells(&of_groups, &to.columns, &to.lean)?;
        for ((group, sums), columns) in groups.into_iter().zip(of_origins).zip(table) {
            let table = cells(&sums, &columns, &to.lean)?;
            for ((of, sum), shares) in group.into_iter().zip(sums).zip(table) {
                self.receive(to, of, sum, &shares)?;
            }
        }
        Some(())
    }

    /// Takes one origin's part of a pool from its entries and gives it to the receivers.
    fn receive(&mut self, to: &Receivers, of: &[usize], sum: i128, shares: &[i128]) -> Option<()> {
        let first = self.ledger.entries[*of.first()?];
        let row = self.ledger.origins[first.origin as usize].row;
        let source = Source { row, line_items: 0, hours: 0, cost: 0 };
        for (target, amount) in to.targets.iter().zip(shares).filter(|(_, amount)| **amount != 0) {
            self.ledger.push(Entry {
                origin: first.origin,
                holder: Some(*target),
                amount: *amount,
                received: Some(to.split),
                stayed: None,
                source,
            });
        }
        if to.kept == 0 {
            for entry in of {
                self.ledger.is_gone[*entry] = true;
            }
            return Some(());
        }
        let kept = *shares.last()?;
        let amounts: Vec<i128> = of.iter().map(|at| self.ledger.entries[*at].amount).collect();
        let table = cells(&amounts, &[kept, sum.checked_sub(kept)?], &[to.kept, to.given])?;
        for (entry, cell) in of.iter().zip(table) {
            let entry = &mut self.ledger.entries[*entry];
            entry.amount = *cell.first()?;
            entry.stayed = Some(to.split);
        }
        Some(())
    }
}

/// Who receives of a pool, and the columns of its composition: one for each, one for what stays.
struct Receivers {
    split: usize,
    targets: Vec<u32>,
    columns: Vec<i128>,
    lean: Vec<i128>,
    kept: i128,
    given: i128,
}

impl Receivers {
    fn of(split: usize, targets: &[u32], shares: &Shares, given: i128) -> Self {
        let mut receivers = Self {
            split,
            targets: Vec::new(),
            columns: Vec::new(),
            lean: Vec::new(),
            kept: shares.lean.kept,
            given,
        };
        let all = targets.iter().zip(&shares.amounts).zip(&shares.lean.each);
        for ((target, amount), weight) in all.filter(|(_, weight)| **weight != 0) {
            receivers.targets.push(*target);
            receivers.columns.push(*amount);
            receivers.lean.push(*weight);
        }
        receivers.columns.push(shares.kept);
        receivers.lean.push(shares.lean.kept);
        receivers
    }
}
