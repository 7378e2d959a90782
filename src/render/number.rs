//! Number: amounts, percentages and counts as people read them.
//!
//! In:    exact integers of pico-units, a column at a time.
//! Out:   text with thousands separators, in which every column adds up to its total.
//! Never: uses a float, or shows a cost that exists as if it did not.

use crate::model::money::{SCALE, UNIT};
use crate::model::rounding::{CENT as STEP, adding_up, half_even};

/// Decimals of money on screen, as on an invoice.
pub const MONEY_DECIMALS: u32 = 2;
/// Decimals of hours on screen.
pub const QUANTITY_DECIMALS: u32 = 1;

/// The text of a column: one per amount, and the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// In the order of the amounts.
    pub rows: Vec<String>,
    /// The total, when one was given.
    pub total: Option<String>,
}

/// Writes a column with at least `least` decimals.
///
/// The total is rounded half to even. When it is the sum of the amounts, they are rounded so that
/// what is shown adds up to it: all are cut, and the missing cents go to the largest remainders,
/// the upper row first. More decimals are shown when everything is below one unit. An amount that
/// would read as zero is written as `<0.01` or `>-0.01`, and counts as zero.
pub fn column(amounts: &[i128], total: Option<i128>, least: u32) -> Figures {
    let largest = amounts.iter().chain(&total).map(|pico| pico.unsigned_abs()).max().unwrap_or(0);
    let decimals = decimals(largest, least);
    let step = 10_i128.pow(SCALE - decimals);
    let shown_total = total.map(|total| half_even(total, step));
    let sum = amounts.iter().try_fold(0_i128, |sum, amount| sum.checked_add(*amount));
    let shown = match shown_total {
        Some(shown_total) if sum == total => adding_up(amounts, shown_total, step),
        _ => amounts.iter().map(|amount| half_even(*amount, step)).collect(),
    };
    let write = |(amount, shown): (&i128, i128)| text(*amount, shown, decimals);
    Figures {
        rows: amounts.iter().zip(shown).map(write).collect(),
        total: total.zip(shown_total).map(|(total, shown)| text(total, shown, decimals)),
    }
}

/// Writes the amounts of a tree with at least `least` decimals, from the root down: where children
/// add up to their parent, what is shown of them does too.
pub fn tree(amounts: &[i128], depths: &[usize], least: u32) -> Vec<String> {
    let largest = amounts.iter().map(|pico| pico.unsigned_abs()).max().unwrap_or(0);
    let decimals = decimals(largest, least);
    let step = 10_i128.pow(SCALE - decimals);
    let mut shown: Vec<i128> = amounts.iter().map(|amount| half_even(*amount, step)).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); amounts.len()];
    let mut path: Vec<usize> = Vec::new();
    for (row, depth) in depths.iter().enumerate() {
        path.truncate(*depth);
        if let Some(parent) = path.last() {
            children[*parent].push(row);
        }
        path.push(row);
    }
    for (parent, children) in children.iter().enumerate() {
        let parts: Vec<i128> = children.iter().map(|child| amounts[*child]).collect();
        let sum = parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part));
        if !children.is_empty() && sum == Some(amounts[parent]) {
            let parts = adding_up(&parts, shown[parent], step);
            for (child, part) in children.iter().zip(parts) {
                shown[*child] = part;
            }
        }
    }
    amounts.iter().zip(shown).map(|(amount, shown)| text(*amount, shown, decimals)).collect()
}

/// One amount of money with at least two decimals.
pub fn money(pico: i128) -> String {
    column(&[pico], None, MONEY_DECIMALS).rows.remove(0)
}

/// An amount that was booked in whole cents: exact, and as booked.
pub fn booked(exact: i128, booked: i128) -> String {
    text(exact, booked / STEP, MONEY_DECIMALS)
}

/// The marks of an axis, with just the decimals that its step needs.
pub fn axis(ticks: &[i128], step: i128) -> Vec<String> {
    let needed = (0..SCALE).find(|decimals| step % 10_i128.pow(SCALE - decimals) == 0);
    let decimals = needed.unwrap_or(SCALE);
    let unit = 10_i128.pow(SCALE - decimals);
    ticks.iter().map(|tick| text(*tick, half_even(*tick, unit), decimals)).collect()
}

/// Percent with one decimal; `None` when it would mean nothing: no whole, or opposite signs.
pub fn percent(part: i128, whole: i128) -> Option<String> {
    if whole == 0 || (part < 0) != (whole < 0) && part != 0 {
        return None;
    }
    let (mut part, mut whole) = (part.unsigned_abs(), whole.unsigned_abs());
    while part > u128::MAX / 2000 {
        (part, whole) = (part / 1000, whole / 1000);
    }
    let (scaled, whole) = (part * 1000, whole.max(1));
    let (cut, left) = (scaled / whole, scaled % whole);
    let up = left > whole - left || (left == whole - left && cut % 2 == 1);
    let tenths = cut + u128::from(up);
    if tenths == 0 && part > 0 {
        return Some("<0.1%".to_owned());
    }
    Some(format!("{}.{}%", grouped(tenths / 10), tenths % 10))
}

/// A whole number with thousands separators.
pub fn count(number: u64) -> String {
    grouped(u128::from(number))
}

/// A size in decimal units, as disks and networks are measured: three digits, cut, not rounded.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let mut step = 1000_u64;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if number / step < 1000 {
            break;
        }
        (step, unit) = (step * 1000, larger);
    }
    let (whole, left) = (number / step, number % step);
    match whole {
        100.. => format!("{whole} {unit}"),
        10..=99 => format!("{whole}.{} {unit}", left / (step / 10)),
        _ => format!("{whole}.{:02} {unit}", left / (step / 100)),
    }
}

/// Decimals that show three digits of the largest amount when it is below one unit.
pub(super) fn decimals(largest: u128, least: u32) -> u32 {
    if largest == 0 || largest >= UNIT.unsigned_abs() {
        return least;
    }
    let first_digit = SCALE - largest.ilog10();
    (first_digit + 2).clamp(least, SCALE)
}

fn text(amount: i128, shown: i128, decimals: u32) -> String {
    let base = 10_u128.pow(decimals);
    let write = |units: u128| {
        let width = decimals as usize;
        let fraction =
            if width == 0 { String::new() } else { format!(".{:0width$}", units % base) };
        format!("{}{fraction}", grouped(units / base))
    };
    match (shown, amount) {
        (0, 1..) => format!("<{}", write(1)),
        (0, ..=-1) => format!(">-{}", write(1)),
        _ => format!("{}{}", if shown < 0 { "-" } else { "" }, write(shown.unsigned_abs())),
    }
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CENT: i128 = UNIT / 100;

    fn check(amounts: &[i128], rows: &[&str], total: &str) {
        let figures = column(amounts, Some(amounts.iter().sum()), MONEY_DECIMALS);
        assert_eq!(figures.rows, rows);
        assert_eq!(figures.total.as_deref(), Some(total));
    }

    #[test]
    fn thirds_of_a_cent_still_add_up() {
        let third = 10 * UNIT / 3;
        check(&[third, third, third + 1], &["3.33", "3.33", "3.34"], "10.00");
        check(&[-third, -third, -third - 1], &["-3.33", "-3.33", "-3.34"], "-10.00");
    }

    #[test]
    fn a_tie_goes_to_even_in_the_total_and_to_the_upper_row_in_a_column() {
        check(&[100 * CENT + CENT / 2, CENT / 2], &["1.01", "<0.01"], "1.01");
        assert_eq!(money(UNIT + CENT / 2), "1.00");
        assert_eq!(money(UNIT + CENT + CENT / 2), "1.02");
        assert_eq!(money(-UNIT - CENT - CENT / 2), "-1.02");
    }

    #[test]
    fn children_of_a_tree_add_up_to_what_is_shown_of_their_parent() {
        let third = 10 * UNIT / 3;
        let half = third / 2;
        let amounts = [10 * UNIT, third, half, third - half, third, third + 1];
        let shown = tree(&amounts, &[0, 1, 2, 2, 1, 1], MONEY_DECIMALS);
        assert_eq!(shown, ["10.00", "3.33", "1.66", "1.67", "3.33", "3.34"]);
    }

    #[test]
    fn thousands_are_separated() {
        check(&[1_234_567 * UNIT, -1000 * UNIT], &["1,234,567.00", "-1,000.00"], "1,233,567.00");
        assert_eq!(count(999), "999");
        assert_eq!(count(20_000_000), "20,000,000");
    }

    #[test]
    fn a_size_has_three_digits() {
        for (number, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (12_670_000, "12.6 MB"),
            (462_999_999, "462 MB"),
            (999_999_999, "999 MB"),
            (1_048_576_000, "1.04 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn a_table_below_one_unit_shows_three_digits() {
        assert_eq!(money(-67_600), "-0.0000000676");
        assert_eq!(money(UNIT / 2), "0.500");
        assert_eq!(money(1), "0.000000000001");
        check(&[UNIT / 20, UNIT / 40], &["0.0500", "0.0250"], "0.0750");
    }

    #[test]
    fn a_cost_that_exists_never_reads_as_zero() {
        check(&[UNIT, 1, 0, -1], &["1.00", "<0.01", "0.00", ">-0.01"], "1.00");
    }

    #[test]
    fn percent_is_told_only_where_it_means_something() {
        for (part, whole, text) in [
            (1, 3, Some("33.3%")),
            (3, 3, Some("100.0%")),
            (0, 3, Some("0.0%")),
            (1, 100_000, Some("<0.1%")),
            (5, 2, Some("250.0%")),
            (-1, -4, Some("25.0%")),
            (-1, 4, None),
            (1, 0, None),
            (i128::MAX, i128::MAX, Some("100.0%")),
        ] {
            assert_eq!(percent(part, whole).as_deref(), text, "{part} of {whole}");
        }
    }

    /// What a reader who adds up a column with a pencil gets, in the smallest shown unit.
    fn pencil(text: &str) -> i128 {
        if text.starts_with(['<', '>']) {
            return 0;
        }
        text.replace([',', '.'], "").parse().unwrap()
    }

    proptest! {
        #[test]
        fn a_column_always_adds_up_to_its_total(
            amounts in prop::collection::vec(
                prop_oneof![-1_000_000_i128..1_000_000, -10_i128.pow(17)..10_i128.pow(17)], 1..60),
            least in 0_u32..5,
        ) {
            let total = amounts.iter().sum();
            let figures = column(&amounts, Some(total), least);
            let sum: i128 = figures.rows.iter().map(|text| pencil(text)).sum();
            prop_assert_eq!(sum, pencil(&figures.total.unwrap()));
        }

        #[test]
        fn a_shown_amount_is_less_than_one_cent_away(
            amounts in prop::collection::vec(-10_i128.pow(17)..10_i128.pow(17), 2..60),
        ) {
            let mut amounts = amounts;
            amounts.push(UNIT);
            let total = amounts.iter().sum();
            let figures = column(&amounts, Some(total), MONEY_DECIMALS);
            for (amount, text) in amounts.iter().zip(&figures.rows) {
                prop_assert!((pencil(text) * CENT - amount).abs() < CENT);
            }
        }
    }
}
