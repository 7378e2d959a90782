//! Amount: money and quantities of generated lines, as integers.
//!
//! In:    prices and usage in units of 10^-10.
//! Out:   exact products, the double whose shortest text is the integer, rates as text.
//! Never: adds doubles, or knows a line item type.

/// Units of 10^-10 (of a dollar, an hour, a gigabyte): the finest step AWS shows.
pub(super) type Units = i64;

/// Units in one whole.
pub(super) const ONE: Units = 10_000_000_000;

/// Below this magnitude every integer of units, divided by 10^10, is a double whose shortest
/// round-trip text is that decimal again: fifteen digits always survive.
pub(super) const EXACT_BELOW: Units = 1_000_000_000_000_000;

/// Rate times usage, rounded to ten units so that nine tenths of it are exact too.
pub(super) fn price(rate: Units, usage: Units) -> Units {
    let exact = i128::from(rate) * i128::from(usage);
    let tens = (exact + 50_000_000_000) / 100_000_000_000;
    i64::try_from(tens * 10).unwrap_or(EXACT_BELOW - 10)
}

/// What is left after the private discount of ten percent; `amount` must be a multiple of ten.
pub(super) fn after_discount(amount: Units) -> Units {
    amount / 10 * 9
}

/// The same amount, at most 90,000 dollars, so that the double that carries it stays exact.
pub(super) fn capped(amount: Units) -> Units {
    amount.clamp(-90_000 * ONE, 90_000 * ONE)
}

/// The double that an export carries for these units.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and for whole numbers beyond")]
#[expect(clippy::float_arithmetic, reason = "the one place where units become the double of AWS")]
pub(super) fn double(units: Units) -> f64 {
    let survives = units.abs() < EXACT_BELOW || units % ONE == 0;
    debug_assert!(survives, "{units} units do not survive a double");
    units as f64 / 1e10
}

/// A rate as AWS writes it: text with ten decimals.
pub(super) fn rate_text(rate: Units) -> String {
    format!("{}.{:010}", rate / ONE, rate % ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_reads_back_as_its_units() {
        for units in [0, 1, 10, -3, 500_000_000, 123_456_789_012_345, -(EXACT_BELOW - 1)] {
            let text = format!("{:.10}", double(units));
            let sign = if units < 0 { "-" } else { "" };
            let magnitude = units.unsigned_abs();
            let one = ONE.unsigned_abs();
            assert_eq!(text, format!("{sign}{}.{:010}", magnitude / one, magnitude % one));
        }
    }

    #[test]
    fn a_price_is_rounded_to_ten_units() {
        assert_eq!(price(500_000_000, ONE), 500_000_000);
        assert_eq!(price(500_000_001, ONE / 3), 166_666_670);
        assert_eq!(after_discount(166_666_670), 150_000_003);
        assert_eq!(rate_text(500_000_000), "0.0500000000");
    }
}
