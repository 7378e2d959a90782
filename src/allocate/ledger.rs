//! Ledger: the charges that splits may move, and who holds them.
//!
//! In:    the book, the splits, the question.
//! Out:   [`Ledger`]: entries of sorted origins; which split takes which of them.
//! Never: depends on the order of rows, or groups by anything that a rule or the question tells
//!        apart.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::AllocateError;
use super::book::{Book, Place, ranked};
use super::weights::overflow;
use crate::model::charges::column;
use crate::model::condition::{Coded, Matcher};
use crate::model::dimension::Dimension;
use crate::model::frame::FrameError;
use crate::model::period::Days;
use crate::model::question::{Question, Wanted};
use crate::model::split::Split;
use crate::model::tenancy::Tenancy;

/// A combination of everything that rules and the question tell apart, the tenant excepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// A row of the frame that has these values.
    pub(super) row: usize,
    /// The same for origins that no rule tells apart; sorted.
    pub(super) rule_group: u32,
    /// Where it lies; with a day when rules tell days apart.
    pub(super) place: Place,
}

/// An amount that one tenant, or nobody, holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) origin: u32,
    pub(super) holder: Option<u32>,
    pub(super) amount: i128,
    /// The split through which it was received; `None` for a direct charge.
    pub(super) received: Option<usize>,
    /// The last split that had it in its pool and left it.
    pub(super) stayed: Option<usize>,
    pub(super) source: Source,
}

/// What is behind a direct charge; nothing behind a received one but its origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// A row with its tenant, rule and standing.
    pub(super) row: usize,
    pub(super) line_items: u64,
    pub(super) hours: i128,
    pub(super) cost: i128,
}

/// Every movable charge.
pub(super) struct Ledger {
    pub(super) origins: Vec<Origin>,
    pub(super) entries: Vec<Entry>,
    /// Entries that were given away whole.
    pub(super) is_gone: Vec<bool>,
    /// By split: the unassigned entries that it takes.
    pub(super) takes: Vec<Vec<usize>>,
    /// By tenant that some chain takes from: the entries that it holds.
    held: FxHashMap<u32, Vec<usize>>,
    /// By rule group: the chains whose conditions hold.
    chains: Vec<Vec<usize>>,
    /// Rows of the frame that are in it.
    pub(super) is_in: Vec<bool>,
}

impl Ledger {
    pub(super) fn open(
        book: &Book<'_>,
        tenancy: &Tenancy,
        question: &Question,
    ) -> Result<Self, AllocateError> {
        let splits = &tenancy.splits;
        let sources: FxHashSet<u32> = splits
            .iter()
            .flat_map(|split| &split.from)
            .filter_map(|id| book.names.code(id))
            .collect();
        let takers = takers(book, splits)?;
        let is_in: Vec<bool> = (0..book.frame.height())
            .map(|row| {
                let is_source = book.tenants[row].is_some_and(|tenant| sources.contains(&tenant));
                takers[row].is_some() || (book.counts[row] && is_source)
            })
            .collect();
        let mut ledger = Self {
            origins: Vec::new(),
            entries: Vec::new(),
            is_gone: Vec::new(),
            takes: vec![Vec::new(); splits.len()],
            held: sources.into_iter().map(|source| (source, Vec::new())).collect(),
            chains: Vec::new(),
            is_in,
        };
        let keys = Keys::of(book, splits, question, &takers)?;
        ledger.fill(book, question, &keys)?;
        let chains = splits.iter().filter(|split| !split.from.is_empty());
        let columns = book.columns_of(chains.map(|split| &split.condition))?;
        let positions: Vec<usize> =
            (0..splits.len()).filter(|at| !splits[*at].from.is_empty()).collect();
        let conditions = positions.iter().map(|at| (&splits[*at].condition, splits[*at].during));
        let matcher = Matcher::new(conditions, |of| columns.get(of).cloned().unwrap_or_default())
            .map_err(AllocateError::pattern)?;
        for group in ledger.origins.chunk_by(|a, b| a.rule_group == b.rule_group) {
            let row = group[0].row;
            let holds = matcher.matching(row, book.day(row)).map(|chain| positions[chain]);
            ledger.chains.push(holds.collect());
        }
        Ok(ledger)
    }

    /// Sorts the rows by what tells them apart and adds up equal ones.
    fn fill(
        &mut self,
        book: &Book<'_>,
        question: &Question,
        keys: &Keys<'_>,
    ) -> Result<(), AllocateError> {
        let cost = book.cost(question.metric)?;
        let hours = match question.hours {
            Wanted::Yes => Some(book.frame.amounts(column::USAGE_HOURS)?),
            Wanted::No => None,
        };
        let lines = book.frame.line_items();
        let mut rows: Vec<usize> = (0..self.is_in.len()).filter(|row| self.is_in[*row]).collect();
        rows.sort_unstable_by(|a, b| keys.rank(*a).cmp(keys.rank(*b)).then(a.cmp(b)));
        let mut last: Option<usize> = None;
        let mut rule_group = 0;
        for row in rows {
            let same = last.map_or(0, |last| keys.same(last, row));
            if same < keys.rules {
                rule_group += u32::from(last.is_some());
            }
            if same < keys.origins {
                let place = book.place(row, keys.daily);
                self.origins.push(Origin { row, rule_group, place });
            }
            let source = Source {
                row,
                line_items: lines[row],
                hours: hours.map_or(0, |hours| hours[row]),
                cost: cost[row],
            };
            if same < keys.all() {
                self.push_direct(book, keys.takers[row], source);
            } else if let Some(entry) = self.entries.last_mut() {
                let sum = entry.source;
                let add = |a: i128, b: i128| a.checked_add(b).ok_or(AllocateError::Range);
                entry.source = Source {
                    row: sum.row,
                    line_items: sum.line_items + source.line_items,
                    hours: add(sum.hours, source.hours)?,
                    cost: add(sum.cost, source.cost)?,
                };
                entry.amount = entry.source.cost;
            }
            last = Some(row);
        }
        Ok(())
    }

    fn push_direct(&mut self, book: &Book<'_>, taker: Option<usize>, source: Source) {
        let origin = u32::try_from(self.origins.len() - 1).unwrap_or(u32::MAX);
        let holder = book.tenants[source.row];
        let at = self.entries.len();
        if let Some(taker) = taker {
            self.takes[taker].push(at);
        }
        self.push(Entry {
            origin,
            holder,
            amount: source.cost,
            received: None,
            stayed: None,
            source,
        });
    }

    /// Adds an entry to what its holder has.
    pub(super) fn push(&mut self, entry: Entry) {
        if let Some(held) = entry.holder.and_then(|holder| self.held.get_mut(&holder)) {
            held.push(self.entries.len());
        }
        self.entries.push(entry);
        self.is_gone.push(false);
    }

    /// What a chain takes now: all that its tenants hold and its condition fits.
    pub(super) fn chained(&mut self, at: usize, from: impl Iterator<Item = u32>) -> Vec<usize> {
        let mut taken = Vec::new();
        for tenant in from.collect::<BTreeSet<_>>() {
            let Some(held) = self.held.get_mut(&tenant) else { continue };
            held.retain(|entry| !self.is_gone[*entry]);
            let fits = |entry: &&usize| {
                let origin = self.origins[self.entries[**entry].origin as usize];
                self.chains[origin.rule_group as usize].contains(&at)
            };
            taken.extend(held.iter().filter(fits));
        }
        taken.sort_unstable_by_key(|entry: &usize| {
            (self.part(*entry), self.entries[*entry].origin, *entry)
        });
        taken
    }
}

impl Ledger {
    /// What later chains tell apart: the same part of a pool is the same whatever is shown.
    pub(super) fn part(&self, entry: usize) -> (u32, Option<u32>) {
        let Entry { origin, holder, .. } = self.entries[entry];
        (self.origins[origin as usize].rule_group, holder)
    }
}

/// Which split takes each row that no rule assigned.
fn takers(book: &Book<'_>, splits: &[Split]) -> Result<Vec<Option<usize>>, AllocateError> {
    let first = splits.iter().enumerate().filter(|(_, split)| split.from.is_empty());
    let first: Vec<(usize, &Split)> = first.collect();
    let columns = book.columns_of(first.iter().map(|(_, split)| &split.condition))?;
    let conditions = first.iter().map(|(_, split)| (&split.condition, split.during));
    let matcher = Matcher::new(conditions, |of| columns.get(of).cloned().unwrap_or_default())
        .map_err(AllocateError::pattern)?;
    let taker = |row: usize| {
        let is_free = book.tenants[row].is_none() && book.counts[row];
        let first_of = |at: usize| first[at].0;
        if is_free { matcher.first(row, book.day(row)).map(first_of) } else { None }
    };
    Ok((0..book.frame.height()).map(taker).collect())
}

/// What tells rows apart: first what rules look at, then what the question does, then whose the
/// charge is.
struct Keys<'a> {
    columns: Vec<Coded<'a>>,
    /// How many of them rules look at.
    rules: usize,
    /// How many of them, the former included, an origin has.
    origins: usize,
    /// Whether rules tell days apart.
    daily: bool,
    takers: &'a [Option<usize>],
}

impl<'a> Keys<'a> {
    fn of(
        book: &Book<'a>,
        splits: &[Split],
        question: &Question,
        takers: &'a [Option<usize>],
    ) -> Result<Self, FrameError> {
        let chains = || splits.iter().filter(|split| !split.from.is_empty());
        let daily = splits.iter().any(Split::decides_daily);
        let dated = chains().any(|split| split.during != Days::ALWAYS);
        let mut names = vec![column::CURRENCY.to_owned(), Dimension::Month.key()];
        if daily || dated {
            names.push(Dimension::Day.key());
        }
        let looked_at: BTreeSet<String> =
            chains().flat_map(|s| s.condition.dimensions()).map(Dimension::key).collect();
        names.extend(looked_at);
        let rules = names.len();
        let shown = question.all_dimensions().filter(|dimension| !dimension.is_tenancy());
        names.extend(shown.map(Dimension::key).collect::<BTreeSet<_>>());
        let origins = names.len();
        let whose = [Dimension::Tenant.key(), Dimension::TenantRule.key()];
        names.extend(whose);
        names.extend([column::STANDING.to_owned(), column::UNKNOWN_TYPE.to_owned()]);
        let columns = names.iter().map(|name| ranked(book.frame, name));
        let columns = columns.collect::<Result<_, _>>()?;
        Ok(Self { columns, rules, origins, daily, takers })
    }

    /// Every key of a row, the split that takes it last.
    fn rank(&self, row: usize) -> impl Iterator<Item = usize> {
        let taker = self.takers[row].map_or(usize::MAX, |taker| taker);
        self.columns.iter().map(move |c| c.codes[row] as usize).chain([taker])
    }

    /// How many keys, from the first, are the same.
    fn same(&self, a: usize, b: usize) -> usize {
        self.rank(a).zip(self.rank(b)).take_while(|(a, b)| a == b).count()
    }

    fn all(&self) -> usize {
        self.columns.len() + 1
    }
}

/// The sum of entries, for a pool of a split.
pub(super) fn sum_of(
    entries: &[Entry],
    of: &[usize],
    split: &Split,
) -> Result<i128, AllocateError> {
    let amounts = of.iter().map(|at| entries[*at].amount);
    amounts.into_iter().try_fold(0_i128, i128::checked_add).ok_or_else(|| overflow(split))
}
