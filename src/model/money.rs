//! Money and quantities: signed integers of pico-units (10^-12), and their currency.
//!
//! In:    integers; floats become money in `normalise/exact.rs` and nowhere else.
//! Out:   [`Money`], [`Quantity`], [`Currency`], their exact decimal text.
//! Never: rounds, adds two currencies, or wraps around.

use std::fmt;
use std::sync::Arc;

/// Decimal places that an amount keeps: the scale of every `Decimal(38, 12)` column of ours.
pub const SCALE: u32 = 12;
/// The precision of every money column of ours.
pub const PRECISION: u8 = 38;
/// Pico-units in one unit of the currency.
pub const UNIT: i128 = 1_000_000_000_000;

/// An exact, signed amount in pico-units of a currency that travels beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i128);

/// An exact, signed usage quantity in pico-units (hours, mostly).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(pub i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` when it leaves the range of `i128`.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it leaves the range of `i128`.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum of many amounts, or `None` on overflow.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pico_text(self.0))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pico_text(self.0))
    }
}

/// Pico-units as exact decimal text without trailing zeros: `-0.5`, `12.345678901234`, `0`.
pub fn pico_text(pico: i128) -> String {
    let sign = if pico < 0 { "-" } else { "" };
    let (magnitude, unit) = (pico.unsigned_abs(), UNIT.unsigned_abs());
    // Most amounts fit 64 bits, which are divided several times as fast.
    match (u64::try_from(magnitude), u64::try_from(unit)) {
        (Ok(magnitude), Ok(unit)) => decimal_text(sign, magnitude / unit, magnitude % unit),
        _ => decimal_text(sign, magnitude / unit, magnitude % unit),
    }
}

fn decimal_text<T: fmt::Display>(sign: &str, whole: T, fraction: T) -> String {
    let text = format!("{sign}{whole}.{fraction:012}");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

/// Pico-units of exact decimal text: an optional minus, digits, and a point with at most 12 places
/// that are not zero. `None` for anything else, and beyond the range of `i128`.
pub fn pico_of_text(text: &str) -> Option<i128> {
    let (is_negative, digits) =
        text.strip_prefix('-').map_or((false, text), |magnitude| (true, magnitude));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let kept = fraction.trim_end_matches('0');
    if !is_number(whole) || !is_number(fraction) || kept.len() > SCALE as usize {
        return None;
    }
    let fraction: i128 = format!("{kept:0<12}").parse().ok()?;
    let magnitude = whole.parse::<i128>().ok()?.checked_mul(UNIT)?.checked_add(fraction)?;
    Some(if is_negative { -magnitude } else { magnitude })
}

/// An ISO 4217 code as the export spells it; unknown codes are kept. A copy shares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Currency(pub Arc<str>);

impl Currency {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_an_amount_is_exact_and_short() {
        for (pico, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (-1, "-0.000000000001"),
            (UNIT, "1"),
            (-3 * UNIT / 2, "-1.5"),
            (12_345_678_901_234, "12.345678901234"),
            (i128::MIN, "-170141183460469231731687303.715884105728"),
        ] {
            assert_eq!(pico_text(pico), text);
        }
    }

    #[test]
    fn decimal_text_is_read_exactly_or_not_at_all() {
        for (text, pico) in [
            ("0", Some(0)),
            ("-0.5", Some(-UNIT / 2)),
            ("12.345678901234000", Some(12_345_678_901_234)),
            ("007", Some(7 * UNIT)),
            ("0.0000000000001", None),
            ("99999999999999999999999999999999999999", None),
            ("1e3", None),
            ("1,5", None),
            (".5", None),
            ("5.", None),
            ("+1", None),
            ("--1", None),
            ("", None),
            ("NaN", None),
        ] {
            assert_eq!(pico_of_text(text), pico, "{text}");
        }
    }

    #[test]
    fn a_sum_beyond_the_range_is_nothing_rather_than_wrong() {
        assert_eq!(Money(i128::MAX).checked_add(Money(1)), None);
        assert_eq!(Money::checked_sum([Money(1), Money(i128::MAX)]), None);
    }
}
