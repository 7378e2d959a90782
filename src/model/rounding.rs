//! Rounding: amounts to whole steps, alone or so that they still add up. The only one.
//!
//! In:    exact pico-units, and a step such as a cent.
//! Out:   numbers of whole steps.
//! Never: uses a float, or lets an order of rows decide more than a tie.

/// A cent in pico-units of a currency.
pub const CENT: i128 = 10_000_000_000;

/// The nearest number of steps; half-way to the even one.
pub fn half_even(amount: i128, step: i128) -> i128 {
    let (cut, left) = (amount.div_euclid(step), amount.rem_euclid(step));
    let up = left > step - left || (left == step - left && cut % 2 != 0);
    cut + i128::from(up)
}

/// Numbers of steps that add up to `total`: every amount is cut, and what is missing goes to the
/// largest remainders, the upper first.
///
/// Exact when `total` lies between the sum of the cut amounts and that plus one per amount, as the
/// rounded sum does.
pub fn adding_up(amounts: &[i128], total: i128, step: i128) -> Vec<i128> {
    let mut shown: Vec<i128> = amounts.iter().map(|amount| amount.div_euclid(step)).collect();
    let missing = total - shown.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by_key(|index| (-amounts[*index].rem_euclid(step), *index));
    // Every remainder is below one step, so no more is missing than there are rows.
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        shown[index] += 1;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_cent_goes_to_the_even_cent() {
        let steps = [(5, 0), (15, 2), (25, 2), (-5, 0), (-15, -2), (14, 1), (-14, -1)];
        for (tenths, cents) in steps {
            assert_eq!(half_even(tenths * CENT / 10, CENT), cents, "{tenths}");
        }
    }

    #[test]
    fn rounded_parts_add_up_to_the_rounded_whole() {
        assert_eq!(adding_up(&[CENT / 3; 3], 1, CENT), [1, 0, 0]);
        assert_eq!(adding_up(&[CENT / 2, -CENT / 2], 0, CENT), [1, -1]);
        // A whole that was rounded elsewhere may be a cent beside the nearest one.
        assert_eq!(adding_up(&[CENT * 9 / 10, CENT * 8 / 10], 1, CENT), [1, 0]);
    }
}
