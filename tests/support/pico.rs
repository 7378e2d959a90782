//! Pico: decimal text as an exact integer, by other means than the product's.
//!
//! In:    `12.5`, `-1e-10`, `4.5E15`.
//! Out:   pico-units, rounded half away from zero.
//! Never: goes through a double.

/// Pico-units of a decimal text.
pub(crate) fn pico(text: &str) -> i128 {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap();
    let (sign, magnitude) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let shift = 12 + exponent - i32::try_from(fraction.len()).unwrap();
    let power = |places: i32| 10_i128.checked_pow(places.unsigned_abs());
    let rounded = match power(shift) {
        Some(power) if shift >= 0 => digits * power,
        Some(power) => digits / power + i128::from(2 * (digits % power) >= power),
        // So many places behind the point that nothing is left.
        None => 0,
    };
    sign * rounded
}

/// `base * over / under`, rounded half away from zero.
pub(crate) fn scaled(base: i128, over: i128, under: i128) -> i128 {
    let product = base * over;
    let (magnitude, under_magnitude) = (product.unsigned_abs(), under.unsigned_abs());
    let rounded = (magnitude + under_magnitude / 2) / under_magnitude;
    let is_negative = (product < 0) != (under < 0);
    let rounded = i128::try_from(rounded).unwrap();
    if is_negative { -rounded } else { rounded }
}

#[test]
fn text_becomes_pico_units() {
    for (text, expected) in [
        ("0", 0),
        ("1", 1_000_000_000_000),
        ("-1.5", -1_500_000_000_000),
        ("1e-12", 1),
        ("5e-13", 1),
        ("-5e-13", -1),
        ("4.9e-13", 0),
        ("5e-324", 0),
        ("-12.345E3", -12_345_000_000_000_000),
        ("0.1234567890125", 123_456_789_013),
    ] {
        assert_eq!(pico(text), expected, "{text}");
    }
    assert_eq!(scaled(5, 1, 2), 3);
    assert_eq!(scaled(-5, 1, 2), -3);
    assert_eq!(scaled(7, 1, -3), -2);
}
