//! Value: what a cell of a table is in a cell of a sheet.
//!
//! In:    a cell, its column, and who reads the sheet.
//! Out:   text, a number or a date, how it looks and how wide that is.
//! Never: rounds an amount beyond the 15 to 17 digits of a spreadsheet's numbers.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use unicode_width::UnicodeWidthStr;

use super::look::Face;
use crate::model::money::{Money, UNIT, pico_text};
use crate::model::period::BillingPeriod;
use crate::render::escape::cell_text;
use crate::render::number;
use crate::report::table::{Cell, ColumnKind};

/// Whom a sheet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Short names, booked cents, shares.
    People,
    /// What CSV holds.
    Machines,
}

/// What a spreadsheet gets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Number(f64),
    /// Seconds since 1970-01-01, UTC.
    Date(i64),
}

/// A value and how it looks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) value: Value,
    pub(super) face: Face,
    pub(super) indent: u8,
    /// In letters.
    pub(super) width: usize,
}

/// A cell of a column of this kind, whose amounts have so many decimals.
pub(super) fn shown(cell: &Cell, kind: ColumnKind, decimals: u32, reader: Reader) -> Shown {
    let people = reader == Reader::People;
    match cell {
        Cell::Label(word) if people => text(word, 0),
        Cell::Node { depth, word } if people => text(word, *depth),
        Cell::Nothing if people && !kind.is_numeric() => text("—", 0),
        Cell::Blank | Cell::Nothing | Cell::Label(_) | Cell::Node { .. } => nothing(),
        Cell::Text { full, short } => {
            let is_date = matches!(kind, ColumnKind::Day | ColumnKind::Date);
            let date = is_date.then(|| date(full)).flatten();
            date.unwrap_or_else(|| text(if people { short } else { full }, 0))
        }
        Cell::Money(_) | Cell::Booked { .. } | Cell::Quantity(_) => {
            let pico = pico(cell, reader).unwrap_or(0);
            if people { amount(pico, decimals) } else { exact(pico) }
        }
        Cell::Bytes(bytes) if people => size(*bytes),
        Cell::Share { part, whole } if people => share(part.0, whole.0),
        Cell::Ratio { part, whole } if people => share(i128::from(*part), i128::from(*whole)),
        Cell::Count(number) | Cell::Bytes(number) | Cell::Ratio { part: number, .. } => {
            count(*number)
        }
        Cell::Share { part, .. } => exact(part.0),
    }
}

/// The pico-units that the reader of a cell sees.
pub(super) fn pico(cell: &Cell, reader: Reader) -> Option<i128> {
    match cell {
        Cell::Booked { cents: Money(cents), .. } if reader == Reader::People => Some(*cents),
        other => other.pico(),
    }
}

/// The double that is nearest to exact decimal text. What is no number shows as an error.
pub(super) fn double(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn nothing() -> Shown {
    Shown { value: Value::Nothing, face: Face::Text, indent: 0, width: 0 }
}

fn text(word: &str, depth: usize) -> Shown {
    /// The deepest that Excel's dialog offers.
    const DEEPEST: usize = 15;
    let word = cell_text(word);
    let depth = depth.min(DEEPEST);
    let width = word.width() + 2 * depth;
    let indent = u8::try_from(depth).unwrap_or(0);
    Shown { width, value: Value::Text(word), face: Face::Text, indent }
}

fn numeric(number: f64, face: Face, width: usize) -> Shown {
    Shown { value: Value::Number(number), face, indent: 0, width }
}

/// An amount; all of its decimals when it exists and would read as zero.
fn amount(pico: i128, decimals: u32) -> Shown {
    let whole = (pico / UNIT).unsigned_abs().to_string().len();
    let decimals_shown = usize::try_from(decimals).unwrap_or(0);
    let width = whole + (whole - 1) / 3 + 1 + decimals_shown + usize::from(pico < 0);
    let half = UNIT / 10_i128.pow(decimals) / 2;
    if pico != 0 && pico.abs() <= half {
        return exact(pico);
    }
    numeric(double(&pico_text(pico)), Face::Amount(decimals), width)
}

fn exact(pico: i128) -> Shown {
    let text = pico_text(pico);
    numeric(double(&text), Face::Exact, text.len().max(4))
}

fn count(number: u64) -> Shown {
    let text = number::count(number);
    numeric(double(&number.to_string()), Face::Count, text.len())
}

fn size(bytes: u64) -> Shown {
    let thousands = (bytes.max(1).ilog10() / 3) as usize;
    numeric(double(&bytes.to_string()), Face::Size(thousands), "999.99 MB".len())
}

#[expect(clippy::float_arithmetic, reason = "a share is shown; nothing is computed from it")]
fn share(part: i128, whole: i128) -> Shown {
    let Some(told) = number::percent(part, whole) else { return nothing() };
    let face = if told.starts_with('<') { Face::Trace } else { Face::Percent };
    numeric(double(&part.to_string()) / double(&whole.to_string()), face, told.len())
}

/// A day, a month or a second; `None` for what Excel's calendar does not know.
fn date(text: &str) -> Option<Shown> {
    let (moment, face) = if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        (day.and_time(NaiveTime::MIN), Face::Day)
    } else if let Some(month) = BillingPeriod::parse(text) {
        (month.start().and_time(NaiveTime::MIN), Face::Month)
    } else {
        (NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").ok()?, Face::Moment)
    };
    if !(1901..=9999).contains(&moment.year()) {
        return None;
    }
    let value = Value::Date(moment.and_utc().timestamp());
    Some(Shown { value, face, indent: 0, width: text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(cell: &Cell, kind: ColumnKind) -> Face {
        shown(cell, kind, 2, Reader::People).face
    }

    #[test]
    fn days_months_and_seconds_are_dates_and_other_words_are_not() {
        for (text, expected) in [
            ("2026-10-31", Face::Day),
            ("2026-10", Face::Month),
            ("2026-10-31T23:59:59Z", Face::Moment),
            ("2026-02-30", Face::Text),
            ("0001-01-01", Face::Text),
            ("=1", Face::Text),
        ] {
            assert_eq!(face(&Cell::text(text), ColumnKind::Date), expected, "{text}");
            assert_eq!(face(&Cell::text(text), ColumnKind::Text), Face::Text);
        }
    }

    #[test]
    fn a_cost_that_exists_never_reads_as_zero() {
        for (pico, expected) in [
            (0, Face::Amount(2)),
            (1, Face::Exact),
            (-UNIT / 200, Face::Exact),
            (UNIT / 200 + 1, Face::Amount(2)),
        ] {
            assert_eq!(face(&Cell::Money(Money(pico)), ColumnKind::Money), expected, "{pico}");
        }
        let part = Cell::Share { part: Money(1), whole: Money(UNIT) };
        assert_eq!(face(&part, ColumnKind::Share), Face::Trace);
    }

    #[test]
    fn people_read_cents_and_machines_the_amount() {
        let booked = Cell::Booked { exact: Money(UNIT / 3), cents: Money(33 * UNIT / 100) };
        let read = |reader| shown(&booked, ColumnKind::Money, 2, reader).value;
        assert_eq!(read(Reader::People), Value::Number(0.33));
        assert_eq!(read(Reader::Machines), Value::Number(0.333_333_333_333));
    }
}
