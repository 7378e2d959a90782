//! Splits: who pays for what is shared, as people write it.
//!
//! In:    `[[split]]` of `tenants.toml`, already parsed.
//! Out:   [`Split`]: what is taken, who receives it, by which method, within which limits.
//! Never: computes a share; `allocate` does.

use std::collections::BTreeMap;

use crate::model::condition::Condition;
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity};
use crate::model::period::{BillingPeriod, Day, Days};
use crate::model::tenancy::Position;

/// One rule that gives a shared cost, its pool, to tenants.
///
/// A pool is what one split takes in one billing period and one currency (with a daily driver: on
/// one day). Every charge is in at most one pool at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The pool's name, unique in its file.
    pub name: String,
    /// The tenants whose cost is taken, received cost included; empty takes what no rule assigned.
    pub from: Vec<String>,
    /// What a charge must be to be taken.
    pub condition: Condition,
    /// The days on which the split is in force.
    pub during: Days,
    /// Who receives, and how much.
    pub method: Method,
    /// At most so much per billing period, by tenant.
    pub caps: Limits,
    /// At least so much per billing period, by tenant.
    pub floors: Limits,
    /// Where it is written.
    pub at: Position,
}

/// Amounts by tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// For every tenant that `of` does not name.
    pub each: Option<Money>,
    /// By tenant id.
    pub of: BTreeMap<String, Money>,
}

impl Limits {
    /// The limit of one tenant.
    pub fn for_tenant(&self, id: &str) -> Option<Money> {
        self.of.get(id).copied().or(self.each)
    }
}

/// Who receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// Every tenant but the ones that the pool is taken from.
    All,
    /// These, by id.
    Named(Vec<String>),
}

/// How a pool becomes shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// The same for each.
    Even(Targets),
    /// Written percentages.
    Fixed {
        /// Pico-percent by tenant id: `100 * 10^12` is the whole.
        percent: Vec<(String, Quantity)>,
        /// What happens to the part that the percentages do not reach.
        rest: Rest,
    },
    /// By what each tenant spent or used itself in the billing period.
    Proportional {
        /// Who receives.
        to: Targets,
        /// What is weighed.
        by: Base,
        /// Which of the tenants' own charges count; an empty `All` counts each.
        of: Condition,
        /// When nobody has a base.
        on_zero: OnZero,
        /// When a base is negative.
        on_negative: OnNegative,
    },
    /// By the amounts of a file.
    Driver {
        /// The file, as written.
        file: String,
        /// Its rows.
        rows: Vec<DriverRow>,
        /// Whether each day is split by its own rows.
        every: Every,
        /// When the file has no row for the day or the month.
        on_zero: OnZero,
    },
    /// The first so much by one method, the next by another, the last without an end.
    Tiers(Vec<Tier>),
}

/// What proportional shares weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The metric of the question.
    Cost,
    /// One metric whatever the question.
    Metric(CostMetric),
    /// Usage hours.
    Hours,
}

/// What happens to the part of a pool that percentages do not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It stays where it was, and is named.
    Keep,
    /// The targets share it by their percentages.
    Spread,
}

/// What happens when all weights are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnZero {
    /// The pool stays where it was, and is named.
    Keep,
    /// The targets share it evenly.
    Even,
    /// The run stops.
    Refuse,
}

/// What happens to a target whose weight is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnNegative {
    /// It weighs nothing.
    AsZero,
    /// The run stops.
    Refuse,
}

/// How often a driver decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Once per billing period, by the sum of its rows.
    Month,
    /// Once per day, by the rows of that day.
    Day,
}

/// One row of a driver file: `date,target,amount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverRow {
    /// The day or the month.
    pub date: DriverDate,
    /// The tenant id.
    pub target: String,
    /// Any measure, not negative.
    pub amount: Quantity,
}

/// When a driver row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriverDate {
    /// On one day.
    Day(Day),
    /// In one billing period.
    Month(BillingPeriod),
}

/// One step of a tiered split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Where the step ends, counted from the pool's zero, whatever its sign; `None` has no end.
    pub up_to: Option<Money>,
    /// How this step is split; never tiers again.
    pub method: Method,
}

impl DriverDate {
    /// The billing period that the row belongs to.
    pub fn month(self) -> BillingPeriod {
        match self {
            Self::Day(day) => day.month(),
            Self::Month(period) => period,
        }
    }
}

impl Method {
    /// The word in files and in the trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Even(_) => "even",
            Self::Fixed { .. } => "fixed",
            Self::Proportional { .. } => "proportional",
            Self::Driver { .. } => "driver",
            Self::Tiers(_) => "tiers",
        }
    }
}

impl Split {
    /// What its weights are taken from.
    pub fn bases(&self) -> Vec<Base> {
        let base = |method: &Method| match method {
            Method::Proportional { by, .. } => Some(*by),
            _ => None,
        };
        self.method.steps().into_iter().filter_map(base).collect()
    }

    /// What is taken, and whose own charges are weighed.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut all = vec![&self.condition];
        for step in self.method.steps() {
            if let Method::Proportional { of, .. } = step {
                all.push(of);
            }
        }
        all
    }

    /// Whether a driver decides each day.
    pub fn decides_daily(&self) -> bool {
        let is_daily =
            |method: &&Method| matches!(method, Method::Driver { every: Every::Day, .. });
        self.method.steps().iter().any(is_daily)
    }
}

impl Method {
    /// The methods of all tiers; itself when it has none.
    pub fn steps(&self) -> Vec<&Self> {
        match self {
            Self::Tiers(tiers) => tiers.iter().flat_map(|tier| tier.method.steps()).collect(),
            plain => vec![plain],
        }
    }
}

/// The order in which splits are carried out, as positions: first those that take what no rule
/// assigned, then every chain after all splits that can give to the tenants it takes from; file
/// order where nothing else decides.
///
/// # Errors
/// When cost would run in a circle: the tenants along it, the first again at the end.
pub fn order(splits: &[Split]) -> Result<Vec<usize>, Vec<String>> {
    let gives = |giver: usize, taker: usize| {
        splits[taker].from.iter().find(|tenant| splits[giver].can_give_to(tenant))
    };
    let mut waiting: Vec<usize> = (0..splits.len()).collect();
    waiting.sort_by_key(|at| (!splits[*at].from.is_empty(), *at));
    let takers_of = |giver: usize| -> Vec<usize> {
        (0..splits.len()).filter(|taker| gives(giver, *taker).is_some()).collect()
    };
    let takers: Vec<Vec<usize>> = (0..splits.len()).map(takers_of).collect();
    let mut awaited: Vec<usize> = vec![0; splits.len()];
    takers.iter().flatten().for_each(|taker| awaited[*taker] += 1);
    let mut order = Vec::with_capacity(splits.len());
    while let Some(next) = waiting.iter().position(|at| awaited[*at] == 0) {
        let next = waiting.remove(next);
        for taker in &takers[next] {
            awaited[*taker] -= 1;
        }
        order.push(next);
    }
    if waiting.is_empty() { Ok(order) } else { Err(circle(&waiting, gives)) }
}

/// Tenants along a circle among splits of which each waits for another.
fn circle<'a>(
    waiting: &[usize],
    gives: impl Fn(usize, usize) -> Option<&'a String>,
) -> Vec<String> {
    // Going back from any of them to one that it waits for must come round.
    let mut path: Vec<usize> = Vec::new();
    let mut next = waiting.first().copied();
    while let Some(at) = next.filter(|at| !path.contains(at)) {
        path.push(at);
        next = waiting.iter().copied().find(|giver| gives(*giver, at).is_some());
    }
    let from = path.iter().position(|at| Some(*at) == next).unwrap_or_default();
    let mut along = path.split_off(from);
    along.reverse();
    let Some(last) = along.last().copied() else { return Vec::new() };
    let before = std::iter::once(last).chain(along.iter().copied());
    let mut tenants: Vec<String> =
        before.zip(&along).filter_map(|(giver, taker)| gives(giver, *taker).cloned()).collect();
    tenants.extend(tenants.first().cloned());
    tenants
}

impl Split {
    /// Whether a tenant may receive something of it.
    pub fn can_give_to(&self, tenant: &str) -> bool {
        let among = |to: &Targets| match to {
            Targets::All => !self.from.iter().any(|from| from == tenant),
            Targets::Named(named) => named.iter().any(|name| name == tenant),
        };
        self.method.steps().into_iter().any(|step| match step {
            Method::Even(to) | Method::Proportional { to, .. } => among(to),
            Method::Fixed { percent, .. } => percent.iter().any(|(name, _)| name == tenant),
            Method::Driver { rows, .. } => rows.iter().any(|row| row.target == tenant),
            Method::Tiers(_) => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name: from, from > target, target`, or `> *` for everybody else.
    fn splits(lines: &[&str]) -> Vec<Split> {
        let names = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(Into::into).collect()
        };
        let split = |line: &&str| {
            let (name, rest) = line.split_once(':').unwrap();
            let (from, to) = rest.split_once('>').unwrap();
            let to = if to.trim() == "*" { Targets::All } else { Targets::Named(names(to)) };
            Split {
                name: name.into(),
                from: names(from),
                condition: Condition::All(Vec::new()),
                during: Days::ALWAYS,
                method: Method::Even(to),
                caps: Limits::default(),
                floors: Limits::default(),
                at: Position::default(),
            }
        };
        lines.iter().map(split).collect()
    }

    #[test]
    fn a_chain_waits_for_everything_that_may_reach_its_tenants() {
        for (lines, expected) in [
            (&["tax: > *", "fees: > a"][..], Ok(vec![0, 1])),
            (&["chain: a > b", "tax: > *"], Ok(vec![1, 0])),
            (&["last: b > c", "first: a > b", "tax: > a"], Ok(vec![2, 1, 0])),
            (&["one: a > b", "two: a > c"], Ok(vec![0, 1])),
            (&["one: a > b", "two: b > a"], Err("a -> b -> a")),
            (&["one: a > *", "two: b > *"], Err("a -> b -> a")),
            (&["self: a > a, b"], Err("a -> a")),
            (&["in: > a", "one: a > b", "two: b > c", "three: c > a"], Err("a -> b -> c -> a")),
            (&["after: c > d", "one: a > b", "two: b > a, c"], Err("a -> b -> a")),
            (&[], Ok(vec![])),
        ] {
            let found = order(&splits(lines)).map_err(|along| along.join(" -> "));
            let is_same_circle = |found: &str, expected: &str| {
                let set = |text: &str| text.split(" -> ").map(String::from).collect::<Vec<_>>();
                let (mut found, mut expected) = (set(found), set(expected));
                let closes = found.first() == found.last() && found.len() == expected.len();
                found.sort();
                found.dedup();
                expected.sort();
                expected.dedup();
                closes && found == expected
            };
            match (&found, expected) {
                (Err(found), Err(expected)) => {
                    assert!(is_same_circle(found, expected), "{lines:?}: {found}");
                }
                (found, expected) => {
                    assert_eq!(found, &expected.map_err(str::to_owned), "{lines:?}");
                }
            }
        }
    }
}
