//! Whole: the grain of the store, and its charges as batches for segments.
//!
//! In:    the keys of every tag, which resource ids to keep; then the workers' shares.
//! Out:   [`WholeRolled`]: the charges of each billing period in one order, with their totals.
//! Never: answers a question; every distinction that a question may ask for is kept apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{Field as ArrowField, Schema};
use chrono::NaiveDate;
use rayon::prelude::*;

use crate::model::line_items::{Field, TagHome};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::BillingPeriod;
use crate::model::question::Wanted;
use crate::model::segment;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{Keep, PeriodTotal};
use crate::model::tag_key::{TagKey, sagemaker};
use crate::normalise::finish::{FinishError, NO_CURRENCY, decimals};
use crate::normalise::fold::{Control, Roller};
use crate::normalise::grain::{Grain, Input, Parts, Reading, verbatim};

/// Charges of one segment: enough to be worth a file, few enough that several workers share a
/// month.
const SEGMENT_ROWS: usize = 262_144;

/// Tags that name an owner of a charge.
const OWNER_TAGS: [&str; 5] = [
    sagemaker::DOMAIN,
    sagemaker::USER_PROFILE,
    sagemaker::SPACE,
    sagemaker::SHARED_SPACE,
    sagemaker::MANAGED_BY,
];

impl Grain {
    /// The grain of the store: days, resources, everything that can be asked for, every tag.
    pub fn whole(tags: &[Field], keep: Keep) -> Self {
        let mut parts = Parts::default();
        for (source, column) in segment::TEXTS {
            if *source != SourceColumn::ResourceId {
                parts.text(column, *source, verbatim);
            }
        }
        let mut owner_tags = Vec::new();
        for field in tags {
            let Field::Delivered(home, key) = field else { continue };
            let tells = |tag: &str| TagKey::new(tag).rank_of(key).is_some();
            if *home != TagHome::CostCategory && OWNER_TAGS.iter().any(|tag| tells(tag)) {
                owner_tags.push(parts.0.len());
            }
            let input = Input::Text(vec![(field.clone(), verbatim as Reading)]);
            parts.push(&segment::tag_column(*home, key), input, Vec::new());
        }
        let product = parts.0.iter().position(|part| part.column == "product_code");
        let resource = match keep {
            Keep::Owners => {
                Input::OwnedResource { product: product.unwrap_or_default(), tags: owner_tags }
            }
            Keep::All => Input::Text(vec![(Field::Column(SourceColumn::ResourceId), verbatim)]),
        };
        parts.push("resource_id", resource, Vec::new());
        for (source, column) in segment::DAYS {
            parts.push(column, Input::Day(*source), Vec::new());
        }
        Self {
            parts: parts.0,
            metrics: CostMetric::ALL.to_vec(),
            hours: Wanted::Yes,
            identity: None,
            invoices: Wanted::Yes,
        }
    }
}

/// The roll-up of a source for the store.
#[derive(Debug)]
pub struct WholeRolled {
    /// By billing period as rows tell it.
    pub periods: BTreeMap<Option<BillingPeriod>, WholePeriod>,
    /// What each file holds, added up before anything was grouped: the metrics of
    /// [`CostMetric::ALL`] in order.
    pub control: BTreeMap<ControlKey, Control>,
}

/// What control totals are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ControlKey {
    /// The file.
    pub file: PathBuf,
    /// The billing period, where rows tell it.
    pub period: Option<BillingPeriod>,
    /// The currency.
    pub currency: Currency,
}

/// The charges of one billing period.
#[derive(Debug, Default)]
pub struct WholePeriod {
    /// One per segment, all of one schema.
    pub charges: Vec<RecordBatch>,
    /// What they add up to, sorted by currency.
    pub totals: Vec<PeriodTotal>,
    /// First and last UTC day.
    pub days: Option<(String, String)>,
}

/// Puts the shares together, in an order that depends on nothing but the charges.
///
/// # Errors
/// When a sum leaves `Decimal(38, 12)`.
pub fn finish_whole(grain: &Grain, shares: Vec<Roller>) -> Result<WholeRolled, FinishError> {
    let mut shares = shares.into_iter();
    let mut whole = shares.next().unwrap_or_else(|| Roller::new(grain));
    for share in shares {
        whole.absorb(&share);
    }
    let mut control = BTreeMap::new();
    for ((file, [currency, period]), found) in &whole.control {
        let currency = whole.interners[0].text(*currency).unwrap_or(NO_CURRENCY);
        let period = whole.period_at.and_then(|at| whole.interners[at].text(*period));
        let key = ControlKey {
            file: file.clone(),
            period: period.and_then(month_of),
            currency: Currency(currency.to_owned()),
        };
        control.entry(key).or_insert_with(Control::default).absorb(found);
    }
    let table = Table::new(grain, &whole);
    let mut periods = BTreeMap::new();
    for (period, groups) in table.by_period() {
        periods.insert(period, table.period(&groups)?);
    }
    Ok(WholeRolled { periods, control })
}

/// The month of a day.
fn month_of(day: &str) -> Option<BillingPeriod> {
    BillingPeriod::parse(day.get(..7)?)
}

/// The groups of a roll-up, and where their codes stand in the order of their texts.
struct Table<'a> {
    grain: &'a Grain,
    whole: &'a Roller<'a>,
    /// By part and code: the place among the sorted texts; nothing is 0.
    ranks: Vec<Vec<u32>>,
    /// By part: the sorted texts, `''` for nothing first.
    texts: Vec<Vec<&'a str>>,
}

impl<'a> Table<'a> {
    fn new(grain: &'a Grain, whole: &'a Roller<'a>) -> Self {
        let sorted = |interner: &'a crate::normalise::codes::Interner| {
            let mut order: Vec<(&str, u32)> = interner.texts().zip(0..).collect();
            order.sort_unstable();
            let mut ranks = vec![0; order.len()];
            for ((_, code), rank) in order.iter().zip(0_u32..) {
                ranks[*code as usize] = rank;
            }
            (ranks, order.into_iter().map(|(text, _)| text).collect())
        };
        let (ranks, texts) = whole.interners.iter().map(sorted).unzip();
        Self { grain, whole, ranks, texts }
    }

    fn rank(&self, group: u32, part: usize) -> u32 {
        let code = self.whole.groups.keys[group as usize * self.grain.parts.len() + part];
        self.ranks[part][code as usize]
    }

    fn text(&self, group: u32, part: usize) -> Option<&'a str> {
        let text = self.texts[part][self.rank(group, part) as usize];
        (!text.is_empty()).then_some(text)
    }

    fn part(&self, column: SourceColumn) -> usize {
        let name = segment::column_of(column);
        let found = self.grain.parts.iter().position(|part| Some(part.column.as_str()) == name);
        found.unwrap_or_default()
    }

    fn by_period(&self) -> BTreeMap<Option<BillingPeriod>, Vec<u32>> {
        let groups = 0..u32::try_from(self.whole.groups.lines.len()).unwrap_or(u32::MAX);
        let Some(month) = self.whole.period_at else {
            return BTreeMap::from([(None, groups.collect())]);
        };
        let mut periods: BTreeMap<Option<BillingPeriod>, Vec<u32>> = BTreeMap::new();
        for group in groups {
            periods.entry(self.text(group, month).and_then(month_of)).or_default().push(group);
        }
        periods
    }

    fn period(&self, groups: &[u32]) -> Result<WholePeriod, FinishError> {
        let order = self.sorted(groups);
        // A tag that no charge of the period has needs no column.
        let is_used = |part: &usize| {
            let name = self.grain.parts[*part].column.as_str();
            let is_plain = segment::TEXTS.iter().chain(segment::DAYS).any(|(_, of)| *of == name);
            is_plain || order.iter().any(|group| self.rank(*group, *part) != 0)
        };
        let parts: Vec<usize> = (0..self.grain.parts.len()).filter(is_used).collect();
        let batches = order.par_chunks(SEGMENT_ROWS).map(|rows| self.batch(&parts, rows));
        let charges = batches.collect::<Result<_, _>>()?;
        let day = self.part(SourceColumn::UsageStart);
        let days: BTreeSet<&str> =
            order.iter().filter_map(|group| self.text(*group, day)).collect();
        let days = days.first().zip(days.last()).map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        Ok(WholePeriod { charges, totals: self.totals(&order)?, days })
    }

    /// Charges that are alike stand together: by product and what was used, then by resource and
    /// its tags, then by day.
    fn sorted(&self, groups: &[u32]) -> Vec<u32> {
        let widths: Vec<u32> = self
            .texts
            .iter()
            .map(|texts| usize::BITS - (texts.len() - 1).leading_zeros())
            .collect();
        let words = widths.iter().fold((1, 0), |(words, used), width| {
            if used + width > u64::BITS { (words + 1, *width) } else { (words, used + width) }
        });
        let mut keys = Vec::with_capacity(groups.len() * words.0);
        for group in groups {
            let (mut word, mut used) = (0_u64, 0);
            for (part, width) in widths.iter().enumerate() {
                if used + width > u64::BITS {
                    keys.push(word);
                    (word, used) = (0, 0);
                }
                let rank = u64::from(self.rank(*group, part));
                word = word.checked_shl(*width).unwrap_or(0) | rank;
                used += width;
            }
            keys.push(word);
        }
        let mut order: Vec<u32> = (0..u32::try_from(groups.len()).unwrap_or(u32::MAX)).collect();
        let key = |at: u32| &keys[at as usize * words.0..][..words.0];
        order.par_sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        order.into_iter().map(|at| groups[at as usize]).collect()
    }

    fn batch(&self, parts: &[usize], rows: &[u32]) -> Result<RecordBatch, FinishError> {
        let mut fields = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut push = |name: &str, column: ArrayRef, nullable: bool| {
            fields.push(ArrowField::new(name, column.data_type().clone(), nullable));
            columns.push(column);
        };
        for part in parts {
            let name = &self.grain.parts[*part].column;
            let is_day = segment::DAYS.iter().any(|(_, of)| of == name);
            let column = if is_day { self.days(*part, rows) } else { self.coded(*part, rows)? };
            push(name, column, true);
        }
        let groups = &self.whole.groups;
        let metrics = self.grain.metrics.len();
        let sum = |group: u32, at: usize| groups.sums[group as usize * metrics + at];
        for (at, metric) in self.grain.metrics.iter().enumerate() {
            let name = segment::measure_column(*metric);
            let base = |group: u32| if at == 0 { 0 } else { sum(group, 0) };
            let amounts = rows.iter().map(|group| sum(*group, at) - base(*group));
            push(&name, decimals(&name, amounts)?, false);
        }
        let hours = rows.iter().map(|group| groups.hours[*group as usize]);
        push(segment::USAGE_HOURS, decimals(segment::USAGE_HOURS, hours)?, false);
        let lines = rows.iter().map(|group| groups.lines[*group as usize].cast_signed());
        push(segment::LINE_ITEMS, Arc::new(Int64Array::from_iter_values(lines)), false);
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
            .map_err(|error| FinishError::HandOver(error.to_string()))
    }

    /// A text column; its dictionary holds, in order, the texts that occur in these rows.
    fn coded(&self, part: usize, rows: &[u32]) -> Result<ArrayRef, FinishError> {
        let mut local = vec![-1_i32; self.texts[part].len()];
        for group in rows {
            local[self.rank(*group, part) as usize] = 0;
        }
        let mut texts = Vec::new();
        for (rank, place) in local.iter_mut().enumerate().skip(1) {
            if *place == 0 {
                *place = i32::try_from(texts.len()).unwrap_or(i32::MAX);
                texts.push(self.texts[part][rank]);
            }
        }
        let key = |group: &u32| {
            let rank = self.rank(*group, part);
            (rank != 0).then(|| local[rank as usize])
        };
        let keys: Int32Array = rows.iter().map(key).collect();
        let values = Arc::new(StringArray::from(texts));
        let coded = DictionaryArray::try_new(keys, values);
        Ok(Arc::new(coded.map_err(|error| FinishError::HandOver(error.to_string()))?))
    }

    fn days(&self, part: usize, rows: &[u32]) -> ArrayRef {
        let day = |text: &&str| {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
        };
        let by_rank: Vec<Option<i32>> = self.texts[part].iter().map(day).collect();
        let days = rows.iter().map(|group| by_rank[self.rank(*group, part) as usize]);
        Arc::new(days.collect::<Date32Array>())
    }

    /// What the charges add up to: the side of the books after grouping.
    fn totals(&self, rows: &[u32]) -> Result<Vec<PeriodTotal>, FinishError> {
        let metrics = self.grain.metrics.len();
        let mut totals: BTreeMap<&str, PeriodTotal> = BTreeMap::new();
        for group in rows {
            let currency = self.text(*group, 0).unwrap_or(NO_CURRENCY);
            let total = totals.entry(currency).or_insert_with(|| PeriodTotal {
                currency: Currency(currency.to_owned()),
                line_items: 0,
                usage_hours: Quantity(0),
                costs: [Money::ZERO; CostMetric::ALL.len()],
            });
            let at = *group as usize;
            total.line_items += self.whole.groups.lines[at];
            total.usage_hours.0 += self.whole.groups.hours[at];
            for (sum, cost) in total.costs.iter_mut().zip(&self.whole.groups.sums[at * metrics..]) {
                let overflow = || FinishError::Overflow { column: currency.to_owned() };
                *sum = sum.checked_add(Money(*cost)).ok_or_else(overflow)?;
            }
        }
        Ok(totals.into_values().collect())
    }
}
