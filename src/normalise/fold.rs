//! Fold: the roll-up itself, one worker's share of it.
//!
//! In:    batches of line items, in any order.
//! Out:   [`Roller`]: exact sums per combination of codes, and the control totals of the source.
//! Never: orders, filters or renames; sums are integers, so no order of batches changes them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use crate::diagnostic::Refusal;
use crate::model::component;
use crate::model::line_items::{Field, LineItems, Sink};
use crate::model::segment;
use crate::model::source_column::SourceColumn;
use crate::model::watch::Effort;
use crate::normalise::clock;
use crate::normalise::codes::{self, DictionaryCache, Interner, NOTHING, PartCodes, SAME};
use crate::normalise::control::{Control, runs};
use crate::normalise::cost::{self, DistinctAmounts};
use crate::normalise::costs::Costs;
use crate::normalise::grain::{self, Grain, Identity, Input, Part, Reading};
use crate::normalise::groups::Groups;
use crate::normalise::history::History;
use crate::normalise::hours::hours;

/// One worker's roll-up.
pub struct Roller<'a> {
    pub(super) grain: &'a Grain,
    pub(super) interners: Vec<Interner>,
    caches: Vec<Vec<DictionaryCache>>,
    distinct: DistinctAmounts,
    pub(super) groups: Groups,
    pub(super) history: History,
    /// Source totals, by file and the codes of the currency and of the billing period, which is
    /// nothing unless rows tell it to the store.
    pub(super) control: BTreeMap<(PathBuf, [u32; 2]), Control>,
    /// The part of the billing period, when it divides the control totals.
    pub(super) period_at: Option<usize>,
    /// Oddities to be told, counted.
    pub(super) oddities: Oddities,
}

/// Counted oddities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Oddities {
    /// Rows without an unblended cost, which count as nothing.
    pub rows_without_cost: u64,
    /// Rows where two spellings of one tag disagree, by the tag as typed.
    pub tag_disagreements: BTreeMap<String, u64>,
}

impl<'a> Roller<'a> {
    /// An empty roll-up.
    pub fn new(grain: &'a Grain) -> Self {
        let parts = grain.parts.len();
        Self {
            grain,
            interners: grain
                .parts
                .iter()
                .map(|part| {
                    part.same_as.map_or_else(Interner::default, |_| codes::against_another())
                })
                .collect(),
            caches: (0..parts).map(|_| Vec::new()).collect(),
            distinct: DistinctAmounts::default(),
            groups: Groups::new(parts, grain.metrics.len()),
            history: History::default(),
            control: BTreeMap::new(),
            period_at: None,
            oddities: Oddities::default(),
        }
    }

    /// An empty roll-up for the store; with `by_rows` its control totals are told apart by the
    /// billing period of the rows.
    pub fn for_store(grain: &'a Grain, by_rows: bool) -> Self {
        let name = segment::column_of(SourceColumn::PeriodStart);
        let at = grain.parts.iter().position(|part| Some(part.column.as_str()) == name);
        Self { period_at: at.filter(|_| by_rows), ..Self::new(grain) }
    }

    /// What was done with the batches.
    pub fn effort(&self) -> Effort {
        let readings = self.caches.iter().flatten().map(|cache| cache.readings).sum();
        Effort { readings, lookups: self.groups.lookups, ..Effort::default() }
    }

    fn part_codes(&mut self, items: &LineItems) -> Vec<PartCodes> {
        let mut codes: Vec<PartCodes> = Vec::with_capacity(self.grain.parts.len());
        for (at, part) in self.grain.parts.iter().enumerate() {
            let silenced = silenced_rows(part, &codes, items.rows);
            self.learn(at, items, &codes, silenced.as_deref());
            let found = match &part.input {
                Input::Text(_) => self.text_codes(at, items, silenced.as_deref()),
                Input::Day(column) => self.day_codes(at, items, *column, "%Y-%m-%d"),
                Input::Month(column) => self.day_codes(at, items, *column, "%Y-%m"),
                Input::Hour => clock::hour_codes(items, &mut self.interners[at]),
                Input::OwnedResource { product, tags } => {
                    let (product, tags) = (*product, tags.clone());
                    self.owned_resources(at, items, &codes, (product, &tags))
                }
            };
            codes.push(match part.same_as {
                Some(other) => self.against(at, &found, (other, &codes[other]), items.rows),
                None => found,
            });
        }
        codes
    }

    /// Codes of one part, which are those of the other one's interner, told against the other one.
    fn against(
        &mut self,
        at: usize,
        found: &PartCodes,
        (other, codes): (usize, &PartCodes),
        rows: usize,
    ) -> PartCodes {
        if found == codes {
            return PartCodes::Constant(SAME);
        }
        let mut own: FxHashMap<u32, u32> = FxHashMap::default();
        let (found, codes) = (found.per_row(rows), codes.per_row(rows));
        let mut code = |(shared, of_other): (&u32, &u32)| {
            if shared == of_other {
                return SAME;
            }
            let shared = *shared;
            *own.entry(shared).or_insert_with(|| {
                let text = self.interners[other].words().get(shared).unwrap_or_default().to_owned();
                self.interners[at].code(&text)
            })
        };
        PartCodes::PerRow(found.iter().zip(codes.iter()).map(&mut code).collect())
    }

    /// The rows on which the part of the owner's ARN is silenced are those that carry tags.
    fn learn(
        &mut self,
        at: usize,
        items: &LineItems,
        codes: &[PartCodes],
        is_tagged: Option<&[bool]>,
    ) {
        let identity = self.grain.identity.filter(|identity| identity.owner_arn == at);
        let (Some(Identity { tags, .. }), Some(is_tagged)) = (identity, is_tagged) else { return };
        let tags = tags.map(|at| &codes[at]);
        if tags.iter().all(|codes| **codes == PartCodes::Constant(NOTHING)) {
            return;
        }
        let Input::Text(inputs) = &self.grain.parts[at].input else { return };
        let columns = inputs.iter().flat_map(|(field, reading)| {
            items.texts_of(field).map(move |column| (column, *reading))
        });
        for (cache, (ids, reading)) in columns.enumerate() {
            let cache = nth(&mut self.caches[at], cache);
            cache.refresh(&ids.values);
            let interner = &mut self.interners[at];
            let tagged = (0..items.rows).filter(|row| is_tagged[*row]);
            let tagged: Vec<(usize, i32)> = tagged.map(|row| (row, ids.codes.at(row))).collect();
            cache.read_ahead(tagged.iter().map(|(_, id)| *id), reading, interner);
            let mut owner = tags.map(PartCodes::ascending);
            for (row, id) in tagged {
                let owner = owner.each_mut().map(|code| code(row));
                let resource = cache.read(id, reading, interner);
                if resource != NOTHING {
                    self.history.learn(resource, owner);
                }
            }
        }
    }

    fn text_codes(&mut self, at: usize, items: &LineItems, silenced: Option<&[bool]>) -> PartCodes {
        let Input::Text(inputs) = &self.grain.parts[at].input else {
            return PartCodes::Constant(NOTHING);
        };
        let mut merged = PartCodes::Constant(NOTHING);
        let mut cache = 0;
        for (field, reading) in inputs {
            for column in items.texts_of(field) {
                // Two parts are compared by the codes of one interner.
                let interner = &mut self.interners[self.grain.parts[at].same_as.unwrap_or(at)];
                let known = nth(&mut self.caches[at], cache);
                let found = known.part_codes(column, *reading, interner, silenced);
                let disagreements = coalesce(&mut merged, found, items);
                if disagreements > 0
                    && let Field::Tag(tag) = field
                {
                    *self.oddities.tag_disagreements.entry(tag.key.clone()).or_default() +=
                        disagreements;
                }
                cache += 1;
            }
        }
        merged
    }

    fn day_codes(
        &mut self,
        at: usize,
        items: &LineItems,
        column: SourceColumn,
        format: &str,
    ) -> PartCodes {
        let Some((_, days)) = items.days.iter().find(|(of, _)| *of == column) else {
            return PartCodes::Constant(NOTHING);
        };
        let interner = &mut self.interners[at];
        // A month has few days, and stored charges come in no order of days.
        let mut known: FxHashMap<Option<i32>, u32> = FxHashMap::default();
        let mut last = (None, NOTHING);
        let mut code_of = |day: Option<i32>| {
            if day != last.0 {
                let code = known.entry(day).or_insert_with(|| {
                    let date = day.and_then(chrono::NaiveDate::from_epoch_days);
                    date.map_or(NOTHING, |date| interner.code(&date.format(format).to_string()))
                });
                last = (day, *code);
            }
            last.1
        };
        PartCodes::PerRow(days.iter().map(|day| code_of(*day)).collect())
    }

    /// Resource ids of charges with an owner, and of others those that may tell one.
    fn owned_resources(
        &mut self,
        at: usize,
        items: &LineItems,
        codes: &[PartCodes],
        (product, tags): (usize, &[usize]),
    ) -> PartCodes {
        let is_sagemaker: Vec<bool> =
            self.interners[product].words().iter().map(component::is_sagemaker).collect();
        let mut is_owned = vec![false; items.rows];
        codes[product].mark(&mut is_owned, |code| is_sagemaker[code as usize]);
        for tag in tags {
            // What is the same as another tag is told by that one.
            let is_told_there = self.grain.parts[*tag].same_as.is_some();
            let is_value = |code| code != NOTHING && !(code == SAME && is_told_there);
            codes[*tag].mark(&mut is_owned, is_value);
        }
        let is_unowned: Vec<bool> = is_owned.into_iter().map(|is_owned| !is_owned).collect();
        let mut merged = PartCodes::Constant(NOTHING);
        let readings: [(Reading, Option<&[bool]>); 2] =
            [(grain::verbatim, Some(&is_unowned)), (grain::telling_resource, None)];
        for (cache, (reading, silenced)) in readings.into_iter().enumerate() {
            for column in items.texts_of(&Field::Column(SourceColumn::ResourceId)) {
                let interner = &mut self.interners[at];
                let known = nth(&mut self.caches[at], cache);
                let found = known.part_codes(column, reading, interner, silenced);
                coalesce(&mut merged, found, items);
            }
        }
        merged
    }

    fn add_to_control(&mut self, items: &LineItems, codes: &[PartCodes], sums: &[Costs]) {
        let nothing = PartCodes::Constant(NOTHING);
        let period = self.period_at.map_or(&nothing, |at| &codes[at]);
        let mut start = 0;
        for rows in runs(&codes[0], period, items.rows) {
            let key = (items.place.file.clone(), [codes[0].at(start), period.at(start)]);
            let control = self.control.entry(key).or_default();
            let range = start..start + rows;
            start = range.end;
            control.absorb(&self.grain.control_of(items, sums, range));
        }
    }
}

impl Sink for Roller<'_> {
    fn take(&mut self, items: &LineItems) -> Result<(), Refusal> {
        let codes = self.part_codes(items);
        let distinct = &mut self.distinct;
        let (sums, hours) = match &items.sums {
            Some(stored) => {
                let costs = stored.costs_of(&self.grain.metrics).into_iter().map(Costs::Wide);
                (costs.collect(), stored.hours.clone())
            }
            None => (
                cost::costs(items, &self.grain.metrics, distinct)?,
                hours(items, self.grain.hours, distinct)?,
            ),
        };
        self.add_to_control(items, &codes, &sums);
        let widths: Vec<u32> =
            self.interners.iter().map(|interner| interner.words().bits()).collect();
        let groups = self.groups.of_rows(&codes, &widths, items.rows);
        let lines = items.sums.as_ref().map(|stored| stored.line_items.as_slice());
        self.groups.totals.add(&groups, &sums, hours.as_deref(), lines);
        Ok(())
    }
}

/// The cache of one input of a part.
fn nth(caches: &mut Vec<DictionaryCache>, at: usize) -> &mut DictionaryCache {
    if caches.len() <= at {
        caches.resize_with(at + 1, DictionaryCache::default);
    }
    &mut caches[at]
}

/// Rows on which an earlier part has the say.
fn silenced_rows(part: &Part, codes: &[PartCodes], rows: usize) -> Option<Vec<bool>> {
    if part.silenced_by.is_empty() {
        return None;
    }
    let mut silenced = vec![false; rows];
    for earlier in &part.silenced_by {
        codes[*earlier].mark(&mut silenced, |code| code != NOTHING);
    }
    Some(silenced)
}

/// Fills gaps of `merged` from `next`; returns on how many source rows both speak and differ.
fn coalesce(merged: &mut PartCodes, next: PartCodes, items: &LineItems) -> u64 {
    let rows = items.rows;
    let lines = |row: usize| items.sums.as_ref().map_or(1, |stored| stored.line_items[row]);
    match (&mut *merged, next) {
        (_, PartCodes::Constant(NOTHING)) => 0,
        (PartCodes::Constant(NOTHING), next) => {
            *merged = next;
            0
        }
        (PartCodes::Few(before), PartCodes::Few(next)) => {
            let (both, disagreements) = joined(before, &next, lines);
            *merged = PartCodes::Few(both);
            disagreements
        }
        (before, next) => {
            let (before, next) = (before.per_row(rows), next.per_row(rows));
            let mut disagreements = 0;
            let pair = |(row, (code, other)): (usize, (&u32, &u32))| {
                if *code != NOTHING && *other != NOTHING && code != other {
                    disagreements += lines(row);
                }
                if *code == NOTHING { *other } else { *code }
            };
            let pairs = before.iter().zip(next.iter()).enumerate();
            *merged = PartCodes::PerRow(pairs.map(pair).collect());
            disagreements
        }
    }
}

/// Rows of either, the first one's code where both speak; and the lines on which they differ.
fn joined(
    first: &[(u32, u32)],
    second: &[(u32, u32)],
    lines: impl Fn(usize) -> u64,
) -> (Vec<(u32, u32)>, u64) {
    let mut both = Vec::with_capacity(first.len().max(second.len()));
    let mut disagreements = 0;
    let mut rest = second.iter().copied().peekable();
    for (row, code) in first {
        while let Some(earlier) = rest.next_if(|(other, _)| other < row) {
            both.push(earlier);
        }
        if let Some((_, other)) = rest.next_if(|(other, _)| other == row)
            && other != *code
        {
            disagreements += lines(*row as usize);
        }
        both.push((*row, *code));
    }
    both.extend(rest);
    (both, disagreements)
}
