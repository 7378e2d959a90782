//! Weights: what every method says about who receives how much.
//!
//! In:    splits, the tenants' own charges, the rows of driver files.
//! Out:   the [`Step`]s of a split for one pool.
//! Never: divides an amount; weighs a received cost; counts what restates the cost of others.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::AllocateError;
use super::book::{Book, Place};
use super::shares::{Step, Weights};
use crate::model::charges::column;
use crate::model::condition::Matcher;
use crate::model::metric::CostMetric;
use crate::model::money::{Quantity, UNIT, pico_text};
use crate::model::period::{BillingPeriod, Days};
use crate::model::split::{
    Base, DriverDate, DriverRow, Every, Method, OnNegative, OnZero, Rest, Split,
};
use crate::model::tenancy::Tenancy;

/// The whole in pico-percent.
const WHOLE: i128 = 100 * UNIT;
/// How far percentages may miss the whole and still mean it: people write 33.3333 three times.
const NEARLY: i128 = UNIT / 10_000;

/// Amounts by tenant.
type Amounts = FxHashMap<u32, i128>;

/// Weighs the targets of splits.
pub(super) struct Weigher<'a> {
    book: &'a Book<'a>,
    tenancy: &'a Tenancy,
    metric: CostMetric,
    /// By split and step, then by currency and period: what the tenants have themselves.
    bases: FxHashMap<(usize, usize), FxHashMap<(u32, u32), Amounts>>,
    /// By split and step, then by date.
    drivers: FxHashMap<(usize, usize), FxHashMap<DriverDate, Amounts>>,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(
        book: &'a Book<'a>,
        tenancy: &'a Tenancy,
        metric: CostMetric,
    ) -> Result<Self, AllocateError> {
        let drivers = FxHashMap::default();
        let mut weigher = Self { book, tenancy, metric, bases: FxHashMap::default(), drivers };
        weigher.add_up_bases()?;
        for (at, split) in tenancy.splits.iter().enumerate() {
            for (step, method) in split.method.steps().into_iter().enumerate() {
                if let Method::Driver { rows, every, .. } = method {
                    let driver = driver(book, rows, *every);
                    let driver = driver.ok_or_else(|| overflow(split))?;
                    weigher.drivers.insert((at, step), driver);
                }
            }
        }
        Ok(weigher)
    }

    fn add_up_bases(&mut self) -> Result<(), AllocateError> {
        let splits = self.tenancy.splits.iter().enumerate();
        let steps = splits.flat_map(|(at, split)| {
            let steps = split.method.steps().into_iter().enumerate();
            steps.map(move |(step, method)| ((at, step), split, method))
        });
        let weighed = steps.filter_map(|(key, split, method)| match method {
            Method::Proportional { by, of, .. } => Some((key, split, *by, of)),
            _ => None,
        });
        let weighed: Vec<_> = weighed.collect();
        if weighed.is_empty() {
            return Ok(());
        }
        let columns = self.book.columns_of(weighed.iter().map(|(.., of)| *of))?;
        let conditions = weighed.iter().map(|(.., of)| (*of, Days::ALWAYS));
        let matcher = Matcher::new(conditions, |of| columns.get(of).cloned().unwrap_or_default())
            .map_err(AllocateError::pattern)?;
        let amounts = weighed.iter().map(|(_, _, by, _)| amounts(self.book, self.metric, *by));
        let amounts: Vec<&[i128]> = amounts.collect::<Result<_, _>>()?;
        for (row, tenant) in self.book.tenants.iter().enumerate() {
            let Some(tenant) = tenant.filter(|_| self.book.counts[row]) else { continue };
            let place = self.book.place(row, false);
            for at in matcher.matching(row, self.book.day(row)) {
                let (key, split, ..) = weighed[at];
                let of_place = self.bases.entry(key).or_default();
                let base = of_place.entry((place.currency, place.period)).or_default();
                let base = base.entry(tenant).or_default();
                *base = base.checked_add(amounts[at][row]).ok_or_else(|| overflow(split))?;
            }
        }
        Ok(())
    }

    /// How a pool is split, over the targets of the whole split.
    pub(super) fn steps(
        &self,
        at: usize,
        targets: &[u32],
        place: Place,
    ) -> Result<Vec<Step>, AllocateError> {
        let split = &self.tenancy.splits[at];
        let ends: Vec<Option<i128>> = match &split.method {
            Method::Tiers(tiers) => tiers.iter().map(|t| t.up_to.map(|end| end.0)).collect(),
            _ => vec![None],
        };
        let methods = split.method.steps().into_iter().enumerate();
        methods
            .zip(ends)
            .map(|((step, method), up_to)| {
                let pool = Pool { at, step, split, targets, place };
                Ok(Step { up_to, weights: self.weights(&pool, method)? })
            })
            .collect()
    }

    fn weights(&self, pool: &Pool<'_>, method: &Method) -> Result<Weights, AllocateError> {
        let own = self.book.targets_of(pool.split, method);
        if own.is_empty() {
            let why = "there is no tenant to give it to";
            return Ok(Weights::nobody(pool.targets.len(), why));
        }
        let among = |weight: &dyn Fn(u32) -> i128| -> Vec<i128> {
            let weight =
                |code: &u32| if own.binary_search(code).is_ok() { weight(*code) } else { 0 };
            pool.targets.iter().map(weight).collect()
        };
        match method {
            Method::Even(_) => Ok(Weights::all(among(&|_| 1))),
            Method::Fixed { percent, rest } => self.fixed(pool, percent, *rest),
            Method::Proportional { by, on_zero, on_negative, .. } => {
                let key = (pool.place.currency, pool.place.period);
                let bases = self.bases.get(&(pool.at, pool.step)).and_then(|all| all.get(&key));
                let base = |code| bases.and_then(|b| b.get(&code)).copied().unwrap_or_default();
                let bases = among(&base);
                if *on_negative == OnNegative::Refuse {
                    self.refuse_negative(pool, &bases)?;
                }
                let each: Vec<i128> = bases.into_iter().map(|base| base.max(0)).collect();
                self.or_zero(pool, each, among(&|_| 1), *on_zero, || {
                    format!("no target has {} of its own to weigh", word(*by))
                })
            }
            Method::Driver { file, every, on_zero, .. } => {
                let amounts = self.driven(pool, *every);
                let amount = |code: u32| amounts.get(&code).copied().unwrap_or_default();
                let date = self.date(pool.place);
                self.or_zero(pool, among(&amount), among(&|_| 1), *on_zero, || {
                    format!("{file} has nothing for {date}")
                })
            }
            Method::Tiers(_) => Ok(Weights::nobody(pool.targets.len(), "tiers have no tiers")),
        }
    }

    fn fixed(
        &self,
        pool: &Pool<'_>,
        percent: &[(String, Quantity)],
        rest: Rest,
    ) -> Result<Weights, AllocateError> {
        let mut by_code = Amounts::default();
        for (id, percent) in percent {
            if let Some(code) = self.book.names.code(id) {
                let sum: &mut i128 = by_code.entry(code).or_default();
                *sum = sum.checked_add(percent.0.max(0)).ok_or_else(|| overflow(pool.split))?;
            }
        }
        let weight = |code: &u32| by_code.get(code).copied().unwrap_or_default();
        let weights = Weights::all(pool.targets.iter().map(weight).collect());
        let given = weights.given().ok_or_else(|| overflow(pool.split))?;
        if given == 0 {
            return Ok(Weights::nobody(pool.targets.len(), "the percentages are all zero"));
        }
        let left = WHOLE - given.min(WHOLE);
        Ok(match rest {
            Rest::Keep if left > NEARLY => {
                let why = format!("the percentages leave {} %", pico_text(left));
                Weights { kept: left, why, ..weights }
            }
            Rest::Keep | Rest::Spread => weights,
        })
    }

    fn or_zero(
        &self,
        pool: &Pool<'_>,
        each: Vec<i128>,
        even: Vec<i128>,
        on_zero: OnZero,
        why: impl Fn() -> String,
    ) -> Result<Weights, AllocateError> {
        if each.iter().any(|weight| *weight > 0) {
            return Ok(Weights::all(each));
        }
        match on_zero {
            OnZero::Keep => Ok(Weights::nobody(each.len(), why())),
            OnZero::Even => Ok(Weights::all(even)),
            OnZero::Refuse => Err(AllocateError::NoBase {
                split: pool.split.name.clone(),
                place: self.tenancy.place(pool.split.at),
                date: self.date(pool.place),
                why: why(),
            }),
        }
    }

    fn refuse_negative(&self, pool: &Pool<'_>, bases: &[i128]) -> Result<(), AllocateError> {
        match bases.iter().position(|base| *base < 0) {
            None => Ok(()),
            Some(at) => Err(AllocateError::NegativeBase {
                split: pool.split.name.clone(),
                place: self.tenancy.place(pool.split.at),
                date: self.date(pool.place),
                tenant: self.book.names.name(pool.targets[at]).to_owned(),
                base: pico_text(bases[at]),
            }),
        }
    }

    fn driven(&self, pool: &Pool<'_>, every: Every) -> Amounts {
        let Some(driver) = self.drivers.get(&(pool.at, pool.step)) else {
            return Amounts::default();
        };
        let of = |date: Option<DriverDate>| date.and_then(|date| driver.get(&date));
        let period = self.period(pool.place).map(DriverDate::Month);
        let mut amounts = of(period).cloned().unwrap_or_default();
        if every == Every::Day {
            let day = self.book.day_of(pool.place).map(DriverDate::Day);
            for (target, amount) in of(day).into_iter().flatten() {
                let sum = amounts.entry(*target).or_default();
                *sum = sum.saturating_add(*amount);
            }
        }
        amounts
    }

    fn period(&self, place: Place) -> Option<BillingPeriod> {
        self.period_text(place).and_then(BillingPeriod::parse)
    }

    pub(super) fn period_text(&self, place: Place) -> Option<&'a str> {
        self.book.periods.values.get(place.period as usize).copied().flatten()
    }

    /// The day or the month of a pool, for people.
    fn date(&self, place: Place) -> String {
        match (self.book.day_of(place), self.period_text(place)) {
            (Some(day), _) => day.to_string(),
            (None, Some(period)) => period.to_owned(),
            (None, None) => "charges without a billing period".to_owned(),
        }
    }

    /// Stops when a driver file is about other months than the pools of its split.
    pub(super) fn check_drivers(
        &self,
        at: usize,
        places: impl Iterator<Item = Place>,
    ) -> Result<(), AllocateError> {
        let split = &self.tenancy.splits[at];
        let asked: BTreeSet<BillingPeriod> = places.filter_map(|p| self.period(p)).collect();
        for method in split.method.steps() {
            let Method::Driver { file, rows, .. } = method else { continue };
            let has: BTreeSet<BillingPeriod> = rows.iter().map(|row| row.date.month()).collect();
            if !asked.is_empty() && has.is_disjoint(&asked) {
                return Err(AllocateError::DriverMonth {
                    split: split.name.clone(),
                    place: self.tenancy.place(split.at),
                    file: file.clone(),
                    has: listed(&has),
                    asked: listed(&asked),
                });
            }
        }
        Ok(())
    }
}

/// One pool at one step of its split.
struct Pool<'p> {
    at: usize,
    step: usize,
    split: &'p Split,
    targets: &'p [u32],
    place: Place,
}

fn driver(
    book: &Book<'_>,
    rows: &[DriverRow],
    every: Every,
) -> Option<FxHashMap<DriverDate, Amounts>> {
    let mut driver: FxHashMap<DriverDate, Amounts> = FxHashMap::default();
    for row in rows {
        let date = match every {
            Every::Month => DriverDate::Month(row.date.month()),
            Every::Day => row.date,
        };
        let Some(target) = book.names.code(&row.target) else { continue };
        let sum = driver.entry(date).or_default().entry(target).or_default();
        *sum = sum.checked_add(row.amount.0.max(0))?;
    }
    Some(driver)
}

fn amounts<'a>(book: &Book<'a>, metric: CostMetric, by: Base) -> Result<&'a [i128], AllocateError> {
    Ok(match by {
        Base::Cost => book.cost(metric)?,
        Base::Metric(metric) => book.cost(metric)?,
        Base::Hours => book.frame.amounts(column::USAGE_HOURS)?,
    })
}

fn listed(months: &BTreeSet<BillingPeriod>) -> String {
    if months.is_empty() {
        return "no month".into();
    }
    months.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn word(by: Base) -> String {
    match by {
        Base::Cost => "cost".into(),
        Base::Hours => "hours".into(),
        Base::Metric(metric) => format!("{} cost", metric.name()),
    }
}

pub(super) fn overflow(split: &Split) -> AllocateError {
    AllocateError::Overflow { split: split.name.clone() }
}
