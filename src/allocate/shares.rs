//! Shares: one pool's amount becomes what each target receives and what stays.
//!
//! In:    an amount, the weights of one step or of several tiers, caps and floors.
//! Out:   [`Shares`]: amounts whose sum is the pool, and the weights that its rows lean on.
//! Never: knows a tenant, a file or a frame.
//!
//! Limits act on magnitudes, so a credit of 100 is capped as a cost of 100 is. Floors come first:
//! when they exceed the pool they are scaled down to it; otherwise the part that stays gives way
//! to them. What caps refuse goes to the other targets by their weights; when no target can take
//! more, it stays. A target without weight receives its floor and nothing else. A pool of which
//! nobody has a weight stays whole, floors or not.

use crate::model::apportion::apportion;
use crate::model::money::pico_text;

/// How one amount leans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights {
    /// One weight per target, none negative.
    pub(super) each: Vec<i128>,
    /// The weight of the part that stays.
    pub(super) kept: i128,
    /// Why that part stays, in words; empty when none does.
    pub(super) why: String,
}

impl Weights {
    /// Everything stays.
    pub(super) fn nobody(targets: usize, why: impl Into<String>) -> Self {
        Self { each: vec![0; targets], kept: 1, why: why.into() }
    }

    /// Targets share everything.
    pub(super) fn all(each: Vec<i128>) -> Self {
        Self { each, kept: 0, why: String::new() }
    }

    /// The weights of all targets together.
    pub(super) fn given(&self) -> Option<i128> {
        self.each.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight))
    }

    /// One column per target and one for what stays.
    pub(super) fn columns(&self) -> Vec<i128> {
        self.each.iter().copied().chain([self.kept]).collect()
    }
}

/// A part of a pool that is split in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Where it ends, as a magnitude; `None` has no end.
    pub(super) up_to: Option<i128>,
    /// How it is split.
    pub(super) weights: Weights,
}

/// What one target may receive, as magnitudes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bounds {
    /// At least.
    pub(super) floor: i128,
    /// At most.
    pub(super) cap: Option<i128>,
}

impl Bounds {
    fn floor(self) -> i128 {
        self.floor.max(0).min(self.cap())
    }

    fn cap(self) -> i128 {
        self.cap.map_or(i128::MAX, |cap| cap.max(0))
    }
}

/// A pool divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shares {
    /// What each target receives.
    pub(super) amounts: Vec<i128>,
    /// What stays.
    pub(super) kept: i128,
    /// What its rows lean on: the method's weights, or the amounts where limits or tiers decided.
    pub(super) lean: Weights,
}

/// Divides a pool.
///
/// `None` when a sum leaves the range of `i128`.
pub(super) fn shares(pool: i128, steps: &[Step], bounds: &[Bounds]) -> Option<Shares> {
    let magnitude = i128::try_from(pool.unsigned_abs()).ok()?;
    let shares = limited(magnitude, stepped(magnitude, steps)?, bounds)?;
    let sign = |amount: i128| if pool < 0 { -amount } else { amount };
    Some(Shares {
        amounts: shares.amounts.into_iter().map(sign).collect(),
        kept: sign(shares.kept),
        lean: shares.lean,
    })
}

fn stepped(magnitude: i128, steps: &[Step]) -> Option<Shares> {
    let first = steps.first()?;
    if steps.len() == 1 && first.up_to.is_none() {
        let (amounts, kept) = divided(magnitude, &first.weights)?;
        return Some(Shares { amounts, kept, lean: first.weights.clone() });
    }
    let mut amounts = vec![0_i128; first.weights.each.len()];
    let (mut kept, mut reasons) = (0_i128, Vec::new());
    let mut from = 0_i128;
    for step in steps {
        let end = step.up_to.map_or(magnitude, |end| end.min(magnitude)).max(from);
        let (more, stays) = divided(end - from, &step.weights)?;
        for (amount, more) in amounts.iter_mut().zip(more) {
            *amount = amount.checked_add(more)?;
        }
        if stays > 0 && !reasons.contains(&step.weights.why) {
            reasons.push(step.weights.why.clone());
        }
        kept = kept.checked_add(stays)?;
        from = end;
    }
    if from < magnitude {
        kept = kept.checked_add(magnitude - from)?;
        reasons.push(format!("the tiers end at {}", pico_text(from)));
    }
    let lean = if magnitude == 0 {
        first.weights.clone()
    } else {
        Weights { each: amounts.clone(), kept, why: reasons.join("; ") }
    };
    Some(Shares { amounts, kept, lean })
}

fn divided(amount: i128, weights: &Weights) -> Option<(Vec<i128>, i128)> {
    let mut amounts = apportion(amount, &weights.columns())?;
    let kept = amounts.pop()?;
    Some((amounts, kept))
}

fn limited(magnitude: i128, shares: Shares, bounds: &[Bounds]) -> Option<Shares> {
    if bounds.is_empty() || shares.lean.each.iter().all(|weight| *weight == 0) {
        return Some(shares);
    }
    let floors: Vec<i128> = bounds.iter().map(|bounds| bounds.floor()).collect();
    let floored = floors.iter().try_fold(0_i128, |sum, floor| sum.checked_add(*floor))?;
    let mut why = if shares.kept > 0 { shares.lean.why.clone() } else { String::new() };
    let (amounts, kept) = if floored > magnitude {
        (apportion(magnitude, &floors)?, 0)
    } else {
        let budget = (magnitude - shares.kept).max(floored);
        let (amounts, refused) = within(budget, &shares.lean.each, bounds)?;
        if refused > 0 {
            let capped = "no target below its cap can take it";
            why = if why.is_empty() { capped.into() } else { format!("{why}; {capped}") };
        }
        (amounts, magnitude - budget + refused)
    };
    if amounts == shares.amounts && kept == shares.kept {
        return Some(shares);
    }
    let why = if kept == 0 { String::new() } else { why };
    Some(Shares { lean: Weights { each: amounts.clone(), kept, why }, amounts, kept })
}

/// Shares within bounds whose floors fit, and what no target can take.
///
/// As browsers lay out flexible boxes: share out; where more is missing at floors than is over at
/// caps, the floors are final, else the caps; share out the rest among the others, until all fit.
fn within(budget: i128, weights: &[i128], bounds: &[Bounds]) -> Option<(Vec<i128>, i128)> {
    let mut amounts = vec![0_i128; weights.len()];
    let mut open: Vec<usize> = (0..weights.len()).collect();
    let mut rest = budget;
    while !open.is_empty() {
        let own: Vec<i128> = open.iter().map(|at| weights[*at]).collect();
        let tried = apportion(rest, &own).unwrap_or_else(|| vec![0; own.len()]);
        let (mut missing, mut over) = (0_i128, 0_i128);
        for (at, share) in open.iter().zip(&tried) {
            missing = missing.checked_add((bounds[*at].floor() - share).max(0))?;
            over = over.checked_add((share - bounds[*at].cap()).max(0))?;
        }
        if missing == 0 && over == 0 {
            for (at, share) in open.iter().zip(tried) {
                amounts[*at] = share;
                rest -= share;
            }
            break;
        }
        let mut still = Vec::with_capacity(open.len());
        for (at, share) in open.into_iter().zip(tried) {
            let (floor, cap) = (bounds[at].floor(), bounds[at].cap());
            let last = match share {
                share if share < floor && missing >= over => floor,
                share if share > cap && over >= missing => cap,
                _ => {
                    still.push(at);
                    continue;
                }
            };
            amounts[at] = last;
            rest -= last;
        }
        open = still;
    }
    Some((amounts, rest))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn plain(pool: i128, each: &[i128], kept: i128, bounds: &[(i128, Option<i128>)]) -> Shares {
        let weights = Weights { each: each.to_vec(), kept, why: "percentages".into() };
        let bounds: Vec<Bounds> =
            bounds.iter().map(|(floor, cap)| Bounds { floor: *floor, cap: *cap }).collect();
        shares(pool, &[Step { up_to: None, weights }], &bounds).unwrap()
    }

    #[test]
    fn what_a_cap_refuses_goes_to_the_others_and_stays_when_all_are_full() {
        let capped = plain(100, &[1, 1, 2], 0, &[(0, None), (0, None), (0, Some(20))]);
        assert_eq!((capped.amounts, capped.kept), (vec![40, 40, 20], 0));
        let full = plain(-100, &[1, 1], 0, &[(0, Some(10)), (0, Some(30))]);
        assert_eq!((full.amounts, full.kept), (vec![-10, -30], -60));
        assert_eq!(full.lean.why, "no target below its cap can take it");
    }

    #[test]
    fn floors_are_met_before_anything_stays_and_scaled_when_they_exceed_the_pool() {
        let met = plain(100, &[9, 1], 0, &[(0, None), (30, None)]);
        assert_eq!((met.amounts, met.kept), (vec![70, 30], 0));
        let from_kept = plain(100, &[1, 1], 8, &[(25, None), (25, None)]);
        assert_eq!((from_kept.amounts, from_kept.kept), (vec![25, 25], 50));
        let scaled = plain(10, &[1, 1], 0, &[(30, None), (10, None)]);
        assert_eq!((scaled.amounts, scaled.kept), (vec![8, 2], 0));
    }

    #[test]
    fn tiers_cut_the_magnitude_of_a_pool() {
        let step = |up_to, each: &[i128]| Step { up_to, weights: Weights::all(each.to_vec()) };
        let steps = [step(Some(60), &[1, 0]), step(None, &[1, 3])];
        let of = |pool| shares(pool, &steps, &[]).unwrap().amounts;
        assert_eq!(of(100), [70, 30]);
        assert_eq!(of(-100), [-70, -30]);
        assert_eq!(of(50), [50, 0]);
        assert_eq!(of(0), [0, 0]);
        let ends = shares(100, &steps[..1], &[]).unwrap();
        assert_eq!((ends.amounts, ends.kept), (vec![60, 0], 40));
        assert_eq!(ends.lean.why, "the tiers end at 0.00000000006");
    }

    proptest! {
        #[test]
        fn limits_hold_and_nothing_is_lost(
            pool in -10_000..10_000_i128,
            rows in vec((0..100_i128, 0..2_000_i128, option::of(0..3_000_i128)), 1..8),
            kept in 0..50_i128,
        ) {
            let each: Vec<i128> = rows.iter().map(|row| row.0).collect();
            prop_assume!(each.iter().any(|weight| *weight > 0));
            let bounds: Vec<_> = rows.iter().map(|row| (row.1, row.2)).collect();
            let found = plain(pool, &each, kept, &bounds);
            prop_assert_eq!(found.amounts.iter().sum::<i128>() + found.kept, pool);
            let floor = |row: &(i128, i128, Option<i128>)| row.1.min(row.2.unwrap_or(i128::MAX));
            let floors: i128 = rows.iter().map(floor).sum();
            for (amount, row) in found.amounts.iter().zip(&rows) {
                prop_assert!(*amount == 0 || amount.signum() == pool.signum());
                prop_assert!(amount.abs() <= row.2.unwrap_or(i128::MAX));
                prop_assert!(floors > pool.abs() || amount.abs() >= floor(row));
            }
            prop_assert!(found.kept == 0 || found.kept.signum() == pool.signum());
        }
    }
}
