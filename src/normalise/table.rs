//! Table: charges by rank, the form in which they are sorted, thinned and made into batches.
//!
//! In:    columns whose texts are sorted, one rank per charge and column, what charges add up to.
//! Out:   the same charges in order, as record batches; the same sums over fewer columns.
//! Never: compares a text: ranks stand in the order of the texts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{Field as ArrowField, Schema};
use chrono::NaiveDate;
use rayon::prelude::*;

use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::segment::{self, Kept};
use crate::model::stored::PeriodTotal;
use crate::normalise::finish::{FinishError, NO_CURRENCY, decimals};
use crate::normalise::groups::Groups;
use crate::normalise::totals::Totals;

/// Charges of one segment: enough to be worth a file, few enough that several workers share a
/// month.
const SEGMENT_ROWS: usize = 262_144;

/// A column: its name and its distinct texts in order, `''` for nothing first.
#[derive(Debug, Clone)]
pub(super) struct Ranked<'a> {
    pub(super) name: String,
    pub(super) texts: Vec<Cow<'a, str>>,
}

/// Charges by rank.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) columns: Vec<Ranked<'a>>,
    /// One per column, charge by charge; 0 is nothing.
    pub(super) ranks: Vec<u32>,
    /// What they add up to, the metrics of [`CostMetric::ALL`] in order.
    pub(super) totals: Totals,
}

const METRICS: usize = CostMetric::ALL.len();

impl Table<'_> {
    pub(super) fn rows(&self) -> usize {
        self.totals.len()
    }

    /// Every row, in the order in which they stand.
    pub(super) fn all(&self) -> Vec<u32> {
        (0..).take(self.rows()).collect()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    pub(super) fn rank(&self, row: usize, column: usize) -> u32 {
        self.ranks[row * self.columns.len() + column]
    }

    pub(super) fn text(&self, row: usize, column: usize) -> Option<&str> {
        let text = self.columns[column].texts[self.rank(row, column) as usize].as_ref();
        (!text.is_empty()).then_some(text)
    }

    /// Some charges over fewer columns, those that are alike put together.
    pub(super) fn over(&self, rows: &[u32], keep: impl Fn(&str) -> Kept) -> Self {
        let mut kept: Vec<(usize, Option<Vec<u32>>)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            match keep(&column.name) {
                Kept::Not => {}
                Kept::Whole => kept.push((at, None)),
                Kept::Odd(is_odd) => kept.push((at, Some(self.odd_ranks(at, is_odd)))),
            }
        }
        let mut groups = Groups::new(kept.len(), METRICS);
        let mut key = vec![0; kept.len()];
        for row in rows.iter().map(|row| *row as usize) {
            for (code, (column, odd)) in key.iter_mut().zip(&kept) {
                let rank = self.rank(row, *column);
                *code = odd.as_ref().map_or(rank, |odd| odd[rank as usize]);
            }
            groups.add_total(&key, &self.totals, row);
        }
        let ranks = (0..groups.len() * kept.len())
            .map(|at| groups.code(at / kept.len(), at % kept.len()))
            .collect();
        Self {
            columns: kept.iter().map(|(at, _)| self.columns[*at].clone()).collect(),
            ranks,
            totals: groups.totals,
        }
    }

    /// The ranks that stand for those of a column of which only odd texts are kept.
    fn odd_ranks(&self, column: usize, is_odd: fn(&str) -> bool) -> Vec<u32> {
        let texts = (0..).zip(&self.columns[column].texts);
        texts.map(|(rank, text)| if is_odd(text) { rank } else { 0 }).collect()
    }

    /// Rows that are alike stand together, column by column.
    pub(super) fn sorted(&self, rows: &[u32]) -> Vec<u32> {
        let width = |column: &Ranked| usize::BITS - (column.texts.len() - 1).leading_zeros();
        let widths: Vec<u32> = self.columns.iter().map(width).collect();
        let (words, _) = widths.iter().fold((1, 0), |(words, used), width| {
            if used + width > u64::BITS { (words + 1, *width) } else { (words, used + width) }
        });
        let mut keys = vec![0_u64; rows.len() * words];
        keys.par_chunks_mut(words).zip(rows).for_each(|(key, row)| {
            let (mut word, mut used) = (0, 0);
            for (column, width) in widths.iter().enumerate() {
                if used + width > u64::BITS {
                    (word, used) = (word + 1, 0);
                }
                let rank = u64::from(self.rank(*row as usize, column));
                key[word] = key[word].checked_shl(*width).unwrap_or(0) | rank;
                used += width;
            }
        });
        let mut order: Vec<(u64, u32)> =
            (0_u32..).zip(keys.chunks_exact(words)).map(|(at, key)| (key[0], at)).collect();
        let rest = |at: u32| &keys[at as usize * words..][1..words];
        order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a.1).cmp(rest(b.1))));
        order.into_iter().map(|(_, at)| rows[at as usize]).collect()
    }

    /// Rows as batches, in their order; a column that is nothing everywhere is left out unless
    /// every segment has it.
    pub(super) fn batches(&self, rows: &[u32]) -> Result<Vec<RecordBatch>, FinishError> {
        let is_used = |column: &usize| {
            segment::is_standing(&self.columns[*column].name)
                || rows.iter().any(|row| self.rank(*row as usize, *column) != 0)
        };
        let columns: Vec<usize> = (0..self.columns.len()).filter(is_used).collect();
        rows.par_chunks(SEGMENT_ROWS).map(|rows| self.batch(&columns, rows)).collect()
    }

    fn batch(&self, columns: &[usize], rows: &[u32]) -> Result<RecordBatch, FinishError> {
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let mut push = |name: &str, array: ArrayRef, nullable: bool| {
            fields.push(ArrowField::new(name, array.data_type().clone(), nullable));
            arrays.push(array);
        };
        for column in columns {
            let name = &self.columns[*column].name;
            let is_day = segment::DAYS.iter().any(|(_, of)| of == name);
            let array = if is_day { self.days(*column, rows) } else { self.coded(*column, rows)? };
            push(name, array, true);
        }
        let cost = |row: &u32, of: CostMetric| self.totals.costs(*row as usize)[of.place()];
        for metric in CostMetric::ALL {
            let name = segment::measure_column(metric);
            let base = segment::base_of(metric);
            let amounts =
                rows.iter().map(|row| cost(row, metric) - base.map_or(0, |base| cost(row, base)));
            push(&name, decimals(&name, amounts)?, false);
        }
        let hours = rows.iter().map(|row| self.totals.hours(*row as usize));
        push(segment::USAGE_HOURS, decimals(segment::USAGE_HOURS, hours)?, false);
        let lines = rows.iter().map(|row| self.totals.lines(*row as usize).cast_signed());
        push(segment::LINE_ITEMS, Arc::new(Int64Array::from_iter_values(lines)), false);
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| FinishError::HandOver(error.to_string()))
    }

    /// A text column; its dictionary holds, in order, the texts that occur in these rows.
    fn coded(&self, column: usize, rows: &[u32]) -> Result<ArrayRef, FinishError> {
        let all = &self.columns[column].texts;
        let mut local = vec![-1_i32; all.len()];
        for row in rows {
            local[self.rank(*row as usize, column) as usize] = 0;
        }
        let mut texts = Vec::new();
        for (rank, place) in local.iter_mut().enumerate().skip(1) {
            if *place == 0 {
                *place = i32::try_from(texts.len()).unwrap_or(i32::MAX);
                texts.push(all[rank].as_ref());
            }
        }
        let key = |row: &u32| {
            let rank = self.rank(*row as usize, column);
            (rank != 0).then(|| local[rank as usize])
        };
        let keys: Int32Array = rows.iter().map(key).collect();
        let coded = DictionaryArray::try_new(keys, Arc::new(StringArray::from(texts)));
        Ok(Arc::new(coded.map_err(|error| FinishError::HandOver(error.to_string()))?))
    }

    fn days(&self, column: usize, rows: &[u32]) -> ArrayRef {
        let day = |text: &Cow<str>| {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
        };
        let by_rank: Vec<Option<i32>> = self.columns[column].texts.iter().map(day).collect();
        let days = rows.iter().map(|row| by_rank[self.rank(*row as usize, column) as usize]);
        Arc::new(days.collect::<Date32Array>())
    }

    /// First and last text of a column.
    pub(super) fn ends(&self, column: usize, rows: &[u32]) -> Option<(String, String)> {
        let ranks = rows.iter().map(|row| self.rank(*row as usize, column));
        let ranks: BTreeSet<u32> = ranks.filter(|rank| *rank != 0).collect();
        let text = |rank: &u32| self.columns[column].texts[*rank as usize].clone().into_owned();
        Some((text(ranks.first()?), text(ranks.last()?)))
    }

    /// What rows add up to, by the column of the currency: the side of the books after grouping.
    pub(super) fn totals(
        &self,
        currency: usize,
        rows: &[u32],
    ) -> Result<Vec<PeriodTotal>, FinishError> {
        let mut totals: BTreeMap<&str, PeriodTotal> = BTreeMap::new();
        for row in rows {
            let row = *row as usize;
            let name = || self.text(row, currency).unwrap_or(NO_CURRENCY);
            let total = totals.entry(name()).or_insert_with(|| PeriodTotal {
                currency: Currency(name().into()),
                line_items: 0,
                usage_hours: Quantity(0),
                costs: [Money::ZERO; METRICS],
            });
            total.line_items += self.totals.lines(row);
            total.usage_hours.0 += self.totals.hours(row);
            for (sum, cost) in total.costs.iter_mut().zip(self.totals.costs(row)) {
                let overflow = || FinishError::Overflow { column: name().to_owned() };
                *sum = sum.checked_add(Money(*cost)).ok_or_else(overflow)?;
            }
        }
        Ok(totals.into_values().collect())
    }
}
