//! Billing periods: calendar months, UTC.
//!
//! In:    text from folders, manifests, flags and columns.
//! Out:   [`BillingPeriod`].
//! Never: asks a clock; "today" is a parameter everywhere.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

/// One calendar month in UTC, half-open: from its first day to the first day of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingPeriod {
    first_day: NaiveDate,
}

impl BillingPeriod {
    /// The month of a year, or `None` when there is no such month.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(|first_day| Self { first_day })
    }

    /// The month that a day belongs to.
    pub fn containing(day: NaiveDate) -> Self {
        Self { first_day: day.with_day(1).unwrap_or(day) }
    }

    /// Reads `2026-04` and, because people type it, `2026-4`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || month.len() > 2 || !digits(year) || !digits(month) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// The first day, inclusive.
    pub fn start(self) -> NaiveDate {
        self.first_day
    }

    /// The first day of the next month, exclusive.
    pub fn end(self) -> NaiveDate {
        self.first_day.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first_day.format("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_with_and_without_padding() {
        for (text, expected) in [
            ("2026-04", Some("2026-04")),
            ("2018-1", Some("2018-01")),
            ("2026-13", None),
            ("2026", None),
            ("26-04", None),
            ("2026-+4", None),
            ("2026-04-01", None),
        ] {
            assert_eq!(BillingPeriod::parse(text).map(|p| p.to_string()).as_deref(), expected);
        }
    }

    #[test]
    fn december_ends_in_january() {
        let december = BillingPeriod::new(2025, 12).unwrap();
        assert_eq!(december.end().to_string(), "2026-01-01");
    }
}
