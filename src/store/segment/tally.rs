//! Tally: what charges add up to, by currency.
//!
//! In:    batches with the columns that the books are about.
//! Out:   one [`PeriodTotal`] per currency, and the number of charges.
//! Never: believes a total that somebody else computed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};

use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, PRECISION, Quantity, SCALE};
use crate::model::segment::{self, LINE_ITEMS, USAGE_HOURS, column_of};
use crate::model::source_column::SourceColumn;
use crate::model::stored::PeriodTotal;

const AMOUNT_SCALE: i8 = 12;
const _: () = assert!(SCALE == AMOUNT_SCALE.cast_unsigned() as u32);

/// What was counted so far.
#[derive(Debug, Default)]
pub(in crate::store) struct Tally {
    /// Charges.
    pub(in crate::store) charges: u64,
    totals: BTreeMap<String, PeriodTotal>,
}

impl Tally {
    /// Adds the charges of a batch; what is wrong with it, if it cannot.
    pub(in crate::store) fn add(&mut self, batch: &RecordBatch) -> Result<(), String> {
        let rows = Rows::of(batch)?;
        let mut slots = vec![Rows::nothing(); rows.currencies.len()];
        for (at, slot) in rows.codes.iter().enumerate() {
            let total = slots.get_mut(*slot).ok_or("a code without a currency")?;
            rows.add_to(at, total).ok_or("a sum beyond the range of an amount")?;
        }
        for (currency, slot) in rows.currencies.iter().zip(slots) {
            let total = self.totals.entry(currency.clone()).or_insert_with(|| PeriodTotal {
                currency: Currency(currency.as_str().into()),
                ..Rows::nothing()
            });
            put_together(total, &slot).ok_or("a sum beyond the range of an amount")?;
        }
        self.charges += batch.num_rows() as u64;
        Ok(())
    }

    /// Adds another tally.
    pub(in crate::store) fn join(&mut self, other: Self) -> Result<(), &'static str> {
        for (currency, share) in other.totals {
            match self.totals.entry(currency) {
                Entry::Vacant(place) => drop(place.insert(share)),
                Entry::Occupied(mut total) => put_together(total.get_mut(), &share)
                    .ok_or("a sum beyond the range of an amount")?,
            }
        }
        self.charges += other.charges;
        Ok(())
    }

    /// What it adds up to; a currency that no charge has is left out.
    pub(in crate::store) fn totals(&self) -> Vec<PeriodTotal> {
        let is_something = |total: &&PeriodTotal| {
            total.line_items > 0 || total.costs != [Money::ZERO; CostMetric::ALL.len()]
        };
        self.totals.values().filter(is_something).cloned().collect()
    }
}

/// The columns of a batch that the books are about.
struct Rows {
    currencies: Vec<String>,
    /// Which currency a row has.
    codes: Vec<usize>,
    line_items: ArrayRef,
    hours: Option<ArrayRef>,
    /// Unblended cost, and what other metrics differ from their base; a column that is absent does
    /// not.
    measures: [Option<ArrayRef>; CostMetric::ALL.len()],
}

impl Rows {
    fn of(batch: &RecordBatch) -> Result<Self, String> {
        let text = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
        let amount = DataType::Decimal128(PRECISION, AMOUNT_SCALE);
        let present = |name: &str, kind: &DataType| {
            let column = batch.column_by_name(name).map(|column| cast(column, kind));
            column.transpose().map_err(|error| format!("`{name}`: {error}"))
        };
        let needed = |name: &str, kind: &DataType| {
            present(name, kind)?.ok_or_else(|| format!("no column `{name}`"))
        };
        let currency = needed(column_of(SourceColumn::Currency).unwrap_or_default(), &text)?;
        let currency = currency.as_dictionary::<Int32Type>();
        let values = currency.values().as_string::<i32>();
        let code = |key: Option<i32>| key.and_then(|key| usize::try_from(key).ok());
        let codes = currency.keys().iter().map(|key| code(key).ok_or("a charge without currency"));
        let mut measures = [const { None }; CostMetric::ALL.len()];
        needed(CostMetric::Unblended.column(), &amount)?;
        for (metric, measure) in CostMetric::ALL.iter().zip(&mut measures) {
            *measure = present(&segment::measure_column(*metric), &amount)?;
        }
        Ok(Self {
            codes: codes.collect::<Result<_, _>>()?,
            currencies: values.iter().map(|text| text.unwrap_or_default().to_owned()).collect(),
            line_items: needed(LINE_ITEMS, &DataType::Int64)?,
            hours: present(USAGE_HOURS, &amount)?,
            measures,
        })
    }

    fn nothing() -> PeriodTotal {
        PeriodTotal {
            currency: Currency::default(),
            line_items: 0,
            usage_hours: Quantity(0),
            costs: [Money::ZERO; CostMetric::ALL.len()],
        }
    }

    fn add_to(&self, at: usize, total: &mut PeriodTotal) -> Option<()> {
        let items = self.line_items.as_primitive::<Int64Type>();
        let items = if items.is_null(at) { 0 } else { items.value(at) };
        total.line_items = total.line_items.checked_add(u64::try_from(items).ok()?)?;
        let hours = self.hours.as_ref().map_or(0, |hours| amount(hours, at));
        total.usage_hours = Quantity(total.usage_hours.0.checked_add(hours)?);
        let mut costs = [0_i128; CostMetric::ALL.len()];
        for (place, metric) in CostMetric::ALL.into_iter().enumerate() {
            let own = self.measures[place].as_ref().map_or(0, |column| amount(column, at));
            let base = segment::base_of(metric).map_or(0, |base| costs[base.place()]);
            costs[place] = base.checked_add(own)?;
        }
        for (total, cost) in total.costs.iter_mut().zip(costs) {
            *total = total.checked_add(Money(cost))?;
        }
        Some(())
    }
}

/// An amount of a row; NULL is nothing.
fn amount(column: &ArrayRef, at: usize) -> i128 {
    let column = column.as_primitive::<Decimal128Type>();
    if column.is_null(at) { 0 } else { column.value(at) }
}

fn put_together(total: &mut PeriodTotal, share: &PeriodTotal) -> Option<()> {
    total.line_items = total.line_items.checked_add(share.line_items)?;
    total.usage_hours = Quantity(total.usage_hours.0.checked_add(share.usage_hours.0)?);
    for (cost, share) in total.costs.iter_mut().zip(share.costs) {
        *cost = cost.checked_add(share)?;
    }
    Some(())
}
