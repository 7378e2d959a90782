//! Billing periods: calendar months and days, UTC.
//!
//! In:    text from folders, manifests, flags, rules and columns.
//! Out:   [`BillingPeriod`], [`Day`], [`Days`].
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

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        let first_day = self.first_day.checked_sub_months(Months::new(1));
        Self { first_day: first_day.unwrap_or(NaiveDate::MIN) }
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

/// One UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub NaiveDate);

impl Day {
    /// Reads `2026-10-12`, padded as ISO 8601 wants it.
    pub fn parse(text: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        (day.to_string() == text).then_some(Self(day))
    }

    /// The month that the day belongs to.
    pub fn month(self) -> BillingPeriod {
        BillingPeriod::containing(self.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A run of days, half-open: `from` is its first day, `to` the first day that is no longer in it.
/// An end that is `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Days {
    /// The first day.
    pub from: Option<Day>,
    /// The first day after.
    pub to: Option<Day>,
}

impl Days {
    /// Every day there is.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// Whether a day is in the run. A charge without a day is in open runs only.
    pub fn contains(self, day: Option<Day>) -> bool {
        let Some(day) = day else { return self == Self::ALWAYS };
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    /// Whether the run holds no day at all.
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if to <= from)
    }

    /// Whether some day is in both.
    pub fn overlaps(self, other: Self) -> bool {
        let before =
            |a: Self, b: Self| matches!((a.to, b.from), (Some(to), Some(from)) if to <= from);
        !self.is_empty() && !other.is_empty() && !before(self, other) && !before(other, self)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("always"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "until {to}"),
            (Some(from), Some(to)) => write!(f, "{from} until {to}"),
        }
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
        let january = BillingPeriod::new(2026, 1).unwrap();
        assert_eq!(january.before(), december);
    }

    #[test]
    fn a_day_is_read_only_as_iso_8601_writes_it() {
        assert_eq!(Day::parse("2026-10-12").map(|d| d.to_string()).as_deref(), Some("2026-10-12"));
        for text in ["2026-10-1", "2026-13-01", "12.10.2026", "2026-10-12T00:00", "", "+2026-10-12"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_run_ends_before_the_day_that_the_next_one_begins_on() {
        let day = |text| Day::parse(text);
        let until = Days { from: None, to: day("2026-10-12") };
        let since = Days { from: day("2026-10-12"), to: None };
        assert!(until.contains(day("2026-10-11")) && !until.contains(day("2026-10-12")));
        assert!(since.contains(day("2026-10-12")) && !since.contains(None));
        assert!(!until.overlaps(since) && until.overlaps(Days::ALWAYS));
        assert!(Days { from: day("2026-10-12"), to: day("2026-10-12") }.is_empty());
    }
}
