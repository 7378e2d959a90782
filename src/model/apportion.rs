//! Apportion: one amount, or a table of amounts, divided so that nothing is lost or made up.
//!
//! In:    pico-units of either sign; weights that are not negative.
//! Out:   shares whose sum is the amount, each within one unit of its exact share.
//! Never: uses a float, wraps around, or gives anything for a weight of zero.

use arrow::datatypes::i256;

/// Divides an amount by weights: the largest remainder method.
///
/// Every share is first rounded towards zero; the units that are then left go, one each, to the
/// largest remainders, and among equal ones to the earlier. So the order of weights matters only
/// there: callers sort by a stable key. A negative amount is divided like its opposite.
///
/// `None` when no weight is positive or one is negative: there is nobody to give to.
pub fn apportion(amount: i128, weights: &[i128]) -> Option<Vec<i128>> {
    let magnitude = amount.unsigned_abs();
    let total = weights.iter().try_fold(i256::ZERO, |total, weight| {
        if *weight < 0 { None } else { total.checked_add(i256::from_i128(*weight)) }
    })?;
    if total == i256::ZERO {
        return None;
    }
    let narrow_total = total.to_i128().map(i128::unsigned_abs);
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = magnitude;
    for weight in weights {
        let (share, remainder) = match (magnitude.checked_mul(weight.unsigned_abs()), narrow_total)
        {
            (Some(product), Some(total)) => (product / total, unsigned(product % total)),
            _ => wide_share(magnitude, *weight, total)?,
        };
        left = left.checked_sub(share)?;
        shares.push(share);
        remainders.push(remainder);
    }
    hand_out(left, &mut shares, &remainders)?;
    let signed = |share: u128| {
        if amount < 0 {
            0_i128.checked_sub_unsigned(share)
        } else {
            0_i128.checked_add_unsigned(share)
        }
    };
    shares.into_iter().map(signed).collect()
}

/// A product of two numbers below 2^127 always fits; so does every share, being a part.
fn wide_share(magnitude: u128, weight: i128, total: i256) -> Option<(u128, i256)> {
    let product = unsigned(magnitude).checked_mul(i256::from_i128(weight))?;
    let (share, high) = product.checked_div(total)?.to_parts();
    (high == 0).then_some(())?;
    Some((share, product.checked_rem(total)?))
}

fn unsigned(value: u128) -> i256 {
    i256::from_parts(value, 0)
}

/// One more unit to each of the `left` largest remainders; there are always fewer units than
/// remainders that are not zero.
fn hand_out(left: u128, shares: &mut [u128], remainders: &[i256]) -> Option<()> {
    let left = usize::try_from(left).ok()?;
    if left == 0 {
        return Some(());
    }
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.select_nth_unstable_by(left.checked_sub(1)?, |a, b| {
        remainders[*b].cmp(&remainders[*a]).then(a.cmp(b))
    });
    for at in order.iter().take(left) {
        shares[*at] = shares[*at].checked_add(1)?;
    }
    Some(())
}

/// Divides the rows of a table among its columns so that every row and every column adds up.
///
/// `rows` may have either sign; `columns` are what each column must receive in all, and add up to
/// the same as the rows; `weights` say how each row leans. The result holds one row of cells per
/// row. It is worked out on running totals: the cells of a row are what the columns hold after it
/// less what they held before it, and after the last row they hold `columns`. So a cell is within
/// two units of its exact share, except in the last row, which also takes up what `columns` differ
/// from an apportionment by `weights`. A column without weight gets nothing and must ask nothing.
///
/// `None` when the margins differ, when no weight is positive or one is negative, when a column
/// without weight asks for something, or when a sum leaves the range of `i128`.
pub fn cells(rows: &[i128], columns: &[i128], weights: &[i128]) -> Option<Vec<Vec<i128>>> {
    let sum = |amounts: &[i128]| amounts.iter().try_fold(0_i128, |sum, a| sum.checked_add(*a));
    let is_asked_for_nothing = |(column, weight): (&i128, &i128)| *weight != 0 || *column == 0;
    let fits = columns.len() == weights.len()
        && sum(rows)? == sum(columns)?
        && columns.iter().zip(weights).all(is_asked_for_nothing);
    if !fits {
        return None;
    }
    let mut running = 0_i128;
    let mut before = vec![0; columns.len()];
    let mut table = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        running = running.checked_add(*row)?;
        let after =
            if at + 1 == rows.len() { columns.to_vec() } else { apportion(running, weights)? };
        let cell = |(after, before): (&i128, &i128)| after.checked_sub(*before);
        table.push(after.iter().zip(&before).map(cell).collect::<Option<Vec<_>>>()?);
        before = after;
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn cases() -> u32 {
        let asked = std::env::var("CURTAIL_CASES").ok().and_then(|cases| cases.parse().ok());
        asked.unwrap_or(1_000)
    }

    fn config() -> ProptestConfig {
        ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() }
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainders() {
        for (amount, weights, expected) in [
            (100, vec![1, 1, 1], Some(vec![34, 33, 33])),
            (-100, vec![1, 1, 1], Some(vec![-34, -33, -33])),
            (10, vec![0, 3, 0, 1], Some(vec![0, 8, 0, 2])),
            (1, vec![1, 2, 1], Some(vec![0, 1, 0])),
            (0, vec![1, 2], Some(vec![0, 0])),
            (7, vec![0, 0], None),
            (7, vec![], None),
            (7, vec![2, -1], None),
            (i128::MIN, vec![i128::MAX], Some(vec![i128::MIN])),
            (i128::MAX, vec![i128::MAX, i128::MAX], Some(vec![i128::MAX / 2 + 1, i128::MAX / 2])),
        ] {
            assert_eq!(apportion(amount, &weights), expected, "{amount} by {weights:?}");
        }
    }

    #[test]
    fn a_table_adds_up_both_ways_even_when_its_rows_cancel() {
        let table = cells(&[5, -5], &[0, 0], &[1, 1]).unwrap();
        assert_eq!(table, [[3, 2], [-3, -2]]);
        assert_eq!(cells(&[5], &[4, 0], &[1, 1]), None);
        assert_eq!(cells(&[5], &[4, 1], &[1, 0]), None);
    }

    /// Magnitudes of every order, zero among them.
    fn magnitude() -> impl Strategy<Value = i128> {
        prop_oneof![
            1 => Just(0),
            1 => Just(i128::MAX),
            4 => 0..10_i128,
            8 => (0..127_u32, any::<u128>()).prop_map(|(bits, noise)| {
                i128::try_from((noise | 1) >> (128 - bits.max(1))).unwrap()
            }),
        ]
    }

    fn amount() -> impl Strategy<Value = i128> {
        (magnitude(), any::<bool>()).prop_map(
            |(magnitude, is_negative)| {
                if is_negative { -magnitude } else { magnitude }
            },
        )
    }

    /// Mostly a few tenants, now and then thousands.
    fn weights() -> impl Strategy<Value = Vec<i128>> {
        prop_oneof![
            60 => vec(magnitude(), 1..8),
            30 => vec(magnitude(), 1..100),
            1 => vec(magnitude(), 1..5_000),
        ]
    }

    /// Digits to the base 2^32: long multiplication as in school, no wide integer involved.
    fn product(a: u128, b: u128) -> [u128; 2] {
        let (a_low, a_high) = (a & u128::from(u64::MAX), a >> 64);
        let (b_low, b_high) = (b & u128::from(u64::MAX), b >> 64);
        let (low, mid, other) = (a_low * b_low, a_high * b_low, a_low * b_high);
        let (mid, carried) = mid.overflowing_add(other);
        let (low, carry) = low.overflowing_add(mid << 64);
        let high = a_high * b_high + (mid >> 64) + (u128::from(carried) << 64) + u128::from(carry);
        [high, low]
    }

    /// Whether a share is within one unit of `amount * weight / total`: `|share * total -
    /// amount * weight| < total`.
    fn is_near(share: i128, amount: i128, weight: i128, total: i128) -> bool {
        let total = total.unsigned_abs();
        let mine = product(share.unsigned_abs(), total);
        let exact = product(amount.unsigned_abs(), weight.unsigned_abs());
        let (big, small) = if mine > exact { (mine, exact) } else { (exact, mine) };
        let (low, borrowed) = big[1].overflowing_sub(small[1]);
        let high = big[0] - small[0] - u128::from(borrowed);
        high == 0 && low < total || mine == exact
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_apportionment_gives_away_exactly_the_amount(
            amount in amount(), weights in weights(),
        ) {
            let Some(shares) = apportion(amount, &weights) else {
                prop_assert!(weights.iter().all(|weight| *weight == 0));
                return Ok(());
            };
            // The running sum of parts of one sign never passes the whole.
            prop_assert_eq!(shares.iter().sum::<i128>(), amount);
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(*weight != 0 || *share == 0);
                prop_assert!(*share == 0 || share.signum() == amount.signum());
            }
            let total = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight));
            if let Some(total) = total {
                for (share, weight) in shares.iter().zip(&weights) {
                    prop_assert!(is_near(*share, amount, *weight, total));
                }
            }
        }

        #[test]
        fn the_order_of_tenants_does_not_matter_when_they_are_sorted(
            amount in amount(), weights in weights(), seed in any::<u64>(),
        ) {
            let mut tenants: Vec<(usize, i128)> = weights.iter().copied().enumerate().collect();
            let at = usize::try_from(seed).unwrap() % tenants.len();
            tenants.rotate_left(at);
            tenants.reverse();
            tenants.sort_unstable();
            let sorted: Vec<i128> = tenants.into_iter().map(|(_, weight)| weight).collect();
            prop_assert_eq!(apportion(amount, &sorted), apportion(amount, &weights));
        }

        #[test]
        fn small_amounts_are_shared_as_the_definition_says(
            amount in -1_000..1_000_i128, weights in vec(0..50_i128, 1..12),
        ) {
            prop_assert_eq!(apportion(amount, &weights), naive(amount, &weights));
        }

        #[test]
        fn a_table_adds_up_both_ways(
            rows in vec(-1_000_000_000_000_000_000_i128..1_000_000_000_000_000_000, 1..20),
            weights in vec(0..1_000_000_000_000_i128, 1..20),
        ) {
            let total: i128 = rows.iter().sum();
            let Some(columns) = apportion(total, &weights) else { return Ok(()) };
            let table = cells(&rows, &columns, &weights).unwrap();
            let all: i128 = weights.iter().sum();
            for (row, cells) in rows.iter().zip(&table) {
                prop_assert_eq!(cells.iter().sum::<i128>(), *row);
                for (cell, weight) in cells.iter().zip(&weights) {
                    prop_assert!(*weight != 0 || *cell == 0);
                    prop_assert!((cell * all - row * weight).abs() < 2 * all);
                }
            }
            for (at, column) in columns.iter().enumerate() {
                prop_assert_eq!(table.iter().map(|cells| cells[at]).sum::<i128>(), *column);
            }
        }
    }

    /// Round everything down, then hand out what is left one by one.
    fn naive(amount: i128, weights: &[i128]) -> Option<Vec<i128>> {
        let total: i128 = weights.iter().sum();
        if total == 0 {
            return None;
        }
        let magnitude = amount.abs();
        let mut shares: Vec<i128> = weights.iter().map(|w| magnitude * w / total).collect();
        let mut remainders: Vec<i128> = weights.iter().map(|w| magnitude * w % total).collect();
        while shares.iter().sum::<i128>() < magnitude {
            let largest = *remainders.iter().max()?;
            let at = remainders.iter().position(|remainder| *remainder == largest)?;
            shares[at] += 1;
            remainders[at] = -1;
        }
        Some(shares.into_iter().map(|share| share * amount.signum()).collect())
    }
}
