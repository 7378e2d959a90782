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
use crate::model::stored::{Keep, PeriodTotal, SegmentKind};
use crate::model::tag_key::TagKey;
use crate::normalise::codes::{Interner, SAME};
use crate::normalise::control::Control;
use crate::normalise::finish::{FinishError, NO_CURRENCY};
use crate::normalise::fold::Roller;
use crate::normalise::grain::{Grain, Input, Part, Parts, Reading, verbatim};
use crate::normalise::groups::Groups;
use crate::normalise::owner_resource;
use crate::normalise::table::{Ranked, Table};
use crate::normalise::together::together;

impl Grain {
    /// The grain of the store: days, resources, everything that can be asked for, every tag.
    pub fn whole(tags: &[Field], keep: Keep) -> Self {
        let mut parts = Parts::default();
        for (source, column) in segment::TEXTS {
            if *source != SourceColumn::ResourceId {
                parts.text(column, *source, verbatim);
            }
        }
        for field in tags {
            let Field::Delivered(home, key) = field else { continue };
            let input = Input::Text(vec![(field.clone(), verbatim as Reading)]);
            parts.push(&segment::tag_column(*home, key), input, Vec::new());
        }
        tell_doubles_against_each_other(&mut parts);
        let is_owner_tag = |part: &Part| {
            let [newer, older] = [TagHome::Tags, TagHome::ResourceTags].map(|home| part.key(home));
            newer.or(older).is_some_and(segment::tells_owner)
        };
        let owner_tags: Vec<usize> =
            (0..).zip(&parts.0).filter(|(_, part)| is_owner_tag(part)).map(|(at, _)| at).collect();
        let product = parts.0.iter().position(|part| part.column == "product_code");
        let resource = match keep {
            Keep::Owners | Keep::Hours => {
                Input::OwnedResource { product: product.unwrap_or_default(), tags: owner_tags }
            }
            Keep::All => Input::Text(vec![(Field::Column(SourceColumn::ResourceId), verbatim)]),
        };
        parts.push("resource_id", resource, Vec::new());
        for (source, column) in segment::DAYS {
            parts.push(column, Input::Day(*source), Vec::new());
        }
        if keep == Keep::Hours {
            parts.push(segment::HOUR, Input::Hour, Vec::new());
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
    /// One per segment; kinds that are hardly less than the charges themselves are left out.
    pub charges: BTreeMap<SegmentKind, Vec<RecordBatch>>,
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
    let (whole, _) = together(grain, shares);
    let mut control = BTreeMap::new();
    for ((file, [currency, period]), found) in &whole.control {
        let currency = whole.interners[0].words().get(*currency).unwrap_or(NO_CURRENCY);
        let period = whole.period_at.and_then(|at| whole.interners[at].words().get(*period));
        let key = ControlKey {
            file: file.clone(),
            period: period.and_then(month_of),
            currency: Currency(currency.into()),
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

/// CUR 2.0 may deliver a tag in two maps, mostly alike: the newer spelling is told against the
/// older one, and needs no bits where both are the same.
fn tell_doubles_against_each_other(parts: &mut Parts) {
    // What is told against another part comes after it.
    parts.0.sort_by_key(|part| part.key(TagHome::Tags).is_some());
    for at in 0..parts.0.len() {
        let Some(tag) = parts.0[at].key(TagHome::Tags).map(TagKey::new) else { continue };
        let is_same = |older: &str| tag.rank_of(older).is_some();
        let same = |part: &Part| part.key(TagHome::ResourceTags).is_some_and(is_same);
        parts.0[at].same_as = parts.0.iter().position(same);
    }
}

impl Part {
    /// The key of a tag of a home.
    fn key(&self, home: TagHome) -> Option<&str> {
        self.column.strip_prefix(home.prefix())
    }
}

/// The groups of a roll-up by rank; parts that say nothing of their own are left out.
fn ranked<'a>(grain: &Grain, interners: &'a [Interner], groups: Groups) -> Table<'a> {
    let width = grain.parts.len();
    let is_told = |part: &usize| {
        grain.parts[*part].same_as.is_none() || groups.codes(*part).any(|code| code != SAME)
    };
    let kept: Vec<usize> = (0..width).filter(is_told).collect();
    let columns: Vec<(Ranked, Vec<u32>)> =
        kept.par_iter().map(|part| column(grain, interners, *part)).collect();
    let mut ranks = vec![0; groups.len() * kept.len()];
    ranks.par_chunks_mut(kept.len()).enumerate().for_each(|(group, row)| {
        for ((rank, part), (_, ranks)) in row.iter_mut().zip(&kept).zip(&columns) {
            let code = match (groups.code(group, *part), grain.parts[*part].same_as) {
                // Codes of the other part stand behind those of this one.
                (SAME, Some(other)) => {
                    interners[*part].words().len() + groups.code(group, other) as usize
                }
                (code, _) => code as usize,
            };
            *rank = ranks[code];
        }
    });
    Table {
        columns: columns.into_iter().map(|(column, _)| column).collect(),
        ranks,
        totals: groups.totals,
    }
}

/// The texts of a part in order, and the place of each of its codes among them.
fn column<'a>(grain: &Grain, interners: &'a [Interner], part: usize) -> (Ranked<'a>, Vec<u32>) {
    let other = grain.parts[part].same_as.map(|other| &interners[other]);
    let mut texts: Vec<&str> = interners[part].words().iter().collect();
    if let Some(other) = other {
        texts[SAME as usize] = "";
        texts.extend(other.words().iter());
    }
    // A charge without a currency has ISO's code for that.
    if part == 0 {
        texts[0] = NO_CURRENCY;
    }
    let mut order: Vec<&str> = texts.iter().copied().chain([""]).collect();
    order.par_sort_unstable();
    order.dedup();
    let rank =
        |text: &&str| u32::try_from(order.partition_point(|known| known < text)).unwrap_or(0);
    let ranks = texts.par_iter().map(rank).collect();
    let texts = order.into_iter().map(Cow::Borrowed).collect();
    (Ranked { name: grain.parts[part].column.clone(), texts }, ranks)
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

/// How many rows a row of the next kind must stand for, on average, to be worth its bytes.
const WORTH: usize = 2;

/// The same charges told apart by less and less.
fn thinner(
    table: &Table,
    rows: &[u32],
) -> Result<BTreeMap<SegmentKind, Vec<RecordBatch>>, FinishError> {
    let mut kinds = BTreeMap::new();
    let mut least = rows.len();
    let mut before: Option<Table> = None;
    for kind in [SegmentKind::Months, SegmentKind::Owners] {
        let how = |column: &str| segment::kept(kind, column);
        let next = match &before {
            None => table.over(rows, how),
            Some(before) => before.over(&before.all(), how),
        };
        // Not worth a file of its own unless it spares most of the work.
        if next.rows() * WORTH <= least {
            kinds.insert(kind, next.batches(&next.sorted(&next.all()))?);
            least = next.rows();
        }
        before = Some(next);
    }
    Ok(kinds)
}

fn of_period(table: &Table, rows: &[u32]) -> Result<WholePeriod, FinishError> {
    if table.position(segment::HOUR).is_none() {
        return of_charges(table, rows);
    }
    let charges = table.over(rows, |column| segment::kept(SegmentKind::Charges, column));
    let mut period = of_charges(&charges, &charges.all())?;
    period.charges.insert(SegmentKind::Hours, table.batches(&table.sorted(rows))?);
    Ok(period)
}

fn of_charges(table: &Table, rows: &[u32]) -> Result<WholePeriod, FinishError> {
    let rows = table.sorted(rows);
    let day = segment::column_of(SourceColumn::UsageStart).and_then(|name| table.position(name));
    let (whole, thinner) = rayon::join(|| table.batches(&rows), || thinner(table, &rows));
    let mut charges = thinner?;
    charges.insert(SegmentKind::Charges, whole?);
    Ok(WholePeriod {
        charges,
        totals: table.totals(0, &rows)?,
        days: day.and_then(|day| table.ends(day, &rows)),
    })
}
