//! Exact: the one door where a double becomes money.
//!
//! In:    doubles and decimals as the export stores them.
//! Out:   pico-units (`i128`), or the reason why a value is no amount.
//! Never: lets NaN, infinity or an implausible amount through, or depends on a sum's order.
//!
//! Rule (Spark's and Trino's cast): the shortest decimal text that gives the double back, rounded
//! half away from zero to 12 places.

#![expect(clippy::float_arithmetic, reason = "this is where floats end")]

/// Amounts at or above this many currency units are no amounts. With it, 10^11 lines fit `i128`.
const LIMIT_UNITS: f64 = 1e15;

/// Why a value is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotMoney {
    /// NaN or an infinity.
    NotANumber,
    /// Too large to be a cost.
    Implausible,
}

impl NotMoney {
    /// For the "found" of an error.
    pub(super) fn describe(self, value: f64) -> String {
        match self {
            Self::NotANumber => format!("{value}, which is not a number"),
            Self::Implausible => format!("{value:e}, which is no plausible amount"),
        }
    }
}

/// Pico-units of a double.
pub(super) fn pico_of_double(value: f64) -> Result<i128, NotMoney> {
    fast(value).map_or_else(|| slow(value), |pico| Ok(i128::from(pico)))
}

/// Most costs have at most ten decimals and fifteen digits. When `q / 10^10` is the double itself,
/// its shortest text is `q`'s: decimals of up to fifteen digits never share a double.
#[inline]
fn fast(value: f64) -> Option<i64> {
    const SCALE: f64 = 1e10;
    const EXACT: f64 = 1e15;
    let scaled = value * SCALE;
    if scaled.is_nan() || scaled.abs() >= EXACT {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "below 10^15, and checked by dividing back"
    )]
    let units = (scaled + 0.5_f64.copysign(scaled)) as i64;
    #[expect(clippy::cast_precision_loss, reason = "below 2^53, so exact")]
    let back = units as f64 / SCALE;
    #[expect(clippy::float_cmp, reason = "the very same double is the proof")]
    let is_same = back == value;
    is_same.then_some(units * 100)
}

/// The shortest text, rounded by hand.
fn slow(value: f64) -> Result<i128, NotMoney> {
    if !value.is_finite() {
        return Err(NotMoney::NotANumber);
    }
    if value.abs() >= LIMIT_UNITS {
        return Err(NotMoney::Implausible);
    }
    // `{:e}` of Rust is the shortest text that reads back as the same double.
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // value = 0.digits * 10^(exponent + 1); pico = value * 10^12.
    let places = exponent + 1 + 12;
    let magnitude = round_at(&digits, places);
    Ok(if value.is_sign_negative() { -magnitude } else { magnitude })
}

/// The integer of the first `places` digits (padded with zeros), rounded half up by the next one.
fn round_at(digits: &str, places: i32) -> i128 {
    let Ok(places) = usize::try_from(places) else { return 0 };
    let digit = |at: usize| digits.as_bytes().get(at).map_or(0, |byte| i128::from(byte - b'0'));
    let whole = (0..places).fold(0_i128, |sum, at| sum * 10 + digit(at));
    if digit(places) >= 5 { whole + 1 } else { whole }
}

/// Pico-units of a stored decimal of a scale, rounded half away from zero; `None` on overflow.
pub(super) fn pico_of_decimal(stored: i128, scale: i8) -> Option<i128> {
    let shift = 12 - i32::from(scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        return stored.checked_mul(power);
    }
    let (whole, rest) = (stored / power, stored % power);
    let is_up = rest.unsigned_abs() >= power.unsigned_abs() - rest.unsigned_abs();
    Some(if is_up { whole + stored.signum() } else { whole })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_double_becomes_the_pico_units_of_its_shortest_text() {
        for (value, pico) in [
            (0.0, 0),
            (-0.0, 0),
            (1.5, 1_500_000_000_000),
            (-1.5, -1_500_000_000_000),
            (123_456.789_012_345, 123_456_789_012_345_000),
            (1e-12, 1),
            (5e-13, 1),
            (-5e-13, -1),
            (4.9e-13, 0),
            (5e-324, 0),
            (0.1, 100_000_000_000),
            (1_234_567.89, 1_234_567_890_000_000_000),
            (9.999_999_999_999_99e14, 999_999_999_999_999_000_000_000_000),
            (2.255_140_518_769_849_2e-17, 0),
        ] {
            assert_eq!(pico_of_double(value), Ok(pico), "{value:e}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        assert_eq!(pico_of_double(f64::NAN), Err(NotMoney::NotANumber));
        assert_eq!(pico_of_double(f64::NEG_INFINITY), Err(NotMoney::NotANumber));
        assert_eq!(pico_of_double(1e308), Err(NotMoney::Implausible));
        assert_eq!(pico_of_double(-1e15), Err(NotMoney::Implausible));
    }

    #[test]
    fn a_stored_decimal_is_rescaled_half_away_from_zero() {
        assert_eq!(pico_of_decimal(15, 1), Some(1_500_000_000_000));
        assert_eq!(pico_of_decimal(5, 13), Some(1));
        assert_eq!(pico_of_decimal(-5, 13), Some(-1));
        assert_eq!(pico_of_decimal(4, 13), Some(0));
        assert_eq!(pico_of_decimal(-14, 13), Some(-1));
        assert_eq!(pico_of_decimal(i128::MAX, 0), None);
    }

    proptest! {
        #[test]
        fn the_fast_way_agrees_with_the_text(value in prop_oneof![
            -1e6..1e6_f64,
            (-1_000_000_000..1_000_000_000_i32).prop_map(|n| f64::from(n) / 1e10),
            any::<f64>().prop_filter("plausible", |v| v.abs() < 1e15),
        ]) {
            let by_text = slow(value).unwrap();
            prop_assert_eq!(pico_of_double(value).unwrap(), by_text);
        }
    }
}
