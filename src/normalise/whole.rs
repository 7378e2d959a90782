//! Whole: the grain of the store, and its charges as batches for segments.
//!
//! In:    the keys of every tag, which resource ids to keep; then the workers' shares.
//! Out:   [`WholeRolled`]: the charges of each billing period in one order, with their totals.
//! Never: answers a question; every distinction that a question may ask for is kept apart.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use rayon::prelude::*;

use crate::model::line_items::{Field, TagHome};
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::model::period::BillingPeriod;
use crate::model::question::Wanted;
use crate::model::segment;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{Keep, PeriodTotal};
use crate::model::tag_key::TagKey;
use crate::normalise::codes::Interner;
use crate::normalise::finish::{FinishError, NO_CURRENCY};
use crate::normalise::fold::{Control, Roller};
use crate::normalise::grain::{Grain, Input, Parts, Reading, verbatim};
use crate::normalise::groups::Groups;
use crate::normalise::owner_resource;
use crate::normalise::table::{Amounts, Ranked, Table};

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
            if *home != TagHome::CostCategory && segment::tells_owner(key) {
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
    /// The same money without days, resources and tags that people chose; nothing when that is
    /// hardly less.
    pub months: Vec<RecordBatch>,
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
    let by_rows = whole.period_at.is_some();
    let Roller { interners, groups, .. } = whole;
    let mut table = ranked(grain, &interners, groups);
    owner_resource::add_to(&mut table);
    let mut periods = BTreeMap::new();
    for (period, rows) in by_period(&table, by_rows) {
        periods.insert(period, of_period(&table, &rows)?);
    }
    Ok(WholeRolled { periods, control })
}

/// The month of a day.
fn month_of(day: &str) -> Option<BillingPeriod> {
    BillingPeriod::parse(day.get(..7)?)
}

/// The groups of a roll-up by rank: one column of each part that is not another one's double.
fn ranked<'a>(grain: &Grain, interners: &'a [Interner], groups: Groups) -> Table<'a> {
    let order = |(at, interner): (usize, &'a Interner)| {
        let mut order: Vec<(&str, u32)> = interner.texts().zip(0..).collect();
        // A charge without a currency has ISO's code for that.
        if at == 0 {
            order[0].0 = NO_CURRENCY;
        }
        order.par_sort_unstable();
        // Nothing is 0, which `''` gives of itself.
        let first = u32::from(!order[0].0.is_empty());
        let mut ranks = vec![0; order.len()];
        for ((_, code), rank) in order.iter().zip(first..) {
            ranks[*code as usize] = rank;
        }
        let nothing = (first == 1).then_some("");
        let texts = nothing.into_iter().chain(order.into_iter().map(|(text, _)| text));
        (ranks, texts.map(Cow::Borrowed).collect())
    };
    let (ranks, texts): (Vec<Vec<u32>>, Vec<Vec<Cow<str>>>) =
        interners.iter().enumerate().map(order).unzip();
    let parts = grain.parts.len();
    let kept = single(grain, &ranks, &texts, &groups.keys);
    let mut of_rows = Vec::with_capacity(groups.lines.len() * kept.len());
    for key in groups.keys.chunks_exact(parts) {
        of_rows.extend(kept.iter().map(|part| ranks[*part][key[*part] as usize]));
    }
    let mut texts = texts;
    let column = |part: &usize| Ranked {
        name: grain.parts[*part].column.clone(),
        texts: std::mem::take(&mut texts[*part]),
    };
    Table {
        columns: kept.iter().map(column).collect(),
        ranks: of_rows,
        amounts: Amounts { costs: groups.sums, hours: groups.hours, lines: groups.lines },
    }
}

/// The parts that say something of their own. CUR 2.0 may deliver a tag in two maps; where both
/// hold the same on every charge, the older spelling is kept.
fn single(grain: &Grain, ranks: &[Vec<u32>], texts: &[Vec<Cow<str>>], keys: &[u32]) -> Vec<usize> {
    let parts = grain.parts.len();
    let key_of = |part: usize, home: TagHome| grain.parts[part].column.strip_prefix(home.prefix());
    let is_same_tag = |newer: usize, older: usize| {
        let names = key_of(newer, TagHome::Tags).zip(key_of(older, TagHome::ResourceTags));
        names.is_some_and(|(newer, older)| TagKey::new(newer).rank_of(older).is_some())
    };
    let is_alike = |a: usize, b: usize| {
        let rank = |key: &[u32], part: usize| ranks[part][key[part] as usize];
        texts[a] == texts[b] && keys.par_chunks(parts).all(|key| rank(key, a) == rank(key, b))
    };
    let is_double =
        |newer: usize| (0..parts).any(|older| is_same_tag(newer, older) && is_alike(newer, older));
    (0..parts).filter(|part| !is_double(*part)).collect()
}

fn by_period(table: &Table, by_rows: bool) -> BTreeMap<Option<BillingPeriod>, Vec<u32>> {
    let rows = (0..).take(table.rows());
    let month = segment::column_of(SourceColumn::PeriodStart).and_then(|name| table.position(name));
    let Some(month) = month.filter(|_| by_rows) else {
        return BTreeMap::from([(None, rows.collect())]);
    };
    let mut periods: BTreeMap<Option<BillingPeriod>, Vec<u32>> = BTreeMap::new();
    for row in rows {
        let told = table.text(row as usize, month).and_then(month_of);
        periods.entry(told).or_default().push(row);
    }
    periods
}

/// How many charges a row of a month must stand for, on average, to be worth its bytes.
const WORTH: usize = 2;

fn of_period(table: &Table, rows: &[u32]) -> Result<WholePeriod, FinishError> {
    let rows = table.sorted(rows);
    let day = segment::column_of(SourceColumn::UsageStart).and_then(|name| table.position(name));
    let months = table.over(&rows, segment::is_column_of_months);
    // Not worth a file of its own unless it spares most of the work.
    let months = if months.rows() * WORTH <= rows.len() {
        let all: Vec<u32> = (0..).take(months.rows()).collect();
        months.batches(&months.sorted(&all))?
    } else {
        Vec::new()
    };
    Ok(WholePeriod {
        charges: table.batches(&rows)?,
        months,
        totals: table.totals(0, &rows)?,
        days: day.and_then(|day| table.ends(day, &rows)),
    })
}
