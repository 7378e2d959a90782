//! Calendar: how the rows of a month fall on its days and hours.
//!
//! In:    a billing period, a granularity and an exact number of rows.
//! Out:   [`Slice`]s that together hold exactly those rows; working hours hold more.
//! Never: asks a clock.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Weekday};

use crate::model::period::BillingPeriod;
use crate::sample::plan::Granularity;

const HOUR_MS: i64 = 3_600_000;

/// A half-open stretch of time in milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Span {
    /// The whole billing period.
    pub(super) fn of(period: BillingPeriod) -> Self {
        Self { start: midnight(period.start()), end: midnight(period.end()) }
    }

    /// Whole hours of the stretch.
    pub(super) fn hours(self) -> i64 {
        (self.end - self.start) / HOUR_MS
    }

    /// The ISO interval that AWS writes beside a line id.
    pub(super) fn interval(self) -> String {
        let text = |at| {
            let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
            time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        format!("{}/{}", text(self.start), text(self.end))
    }
}

/// One hour or day and the rows that fall into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) span: Span,
    pub(super) rows: u64,
}

/// Milliseconds since 1970 at the first instant of a day.
pub(super) fn midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

/// The slices of a month, with exactly `rows` rows between them.
pub(super) fn slices(period: BillingPeriod, granularity: Granularity, rows: u64) -> Vec<Slice> {
    let spans = spans(period, granularity);
    let total: u128 = spans.iter().map(|(_, weight)| u128::from(*weight)).sum();
    let mut seen = 0u128;
    let until = |weight: u128| u64::try_from(u128::from(rows) * weight / total).unwrap_or(rows);
    spans
        .into_iter()
        .map(|(span, weight)| {
            let before = until(seen);
            seen += u128::from(weight);
            Slice { span, rows: until(seen) - before }
        })
        .collect()
}

/// Every hour or day of the month with its weight.
fn spans(period: BillingPeriod, granularity: Granularity) -> Vec<(Span, u64)> {
    let days =
        std::iter::successors(Some(period.start()), |day| day.checked_add_days(Days::new(1)))
            .take_while(|day| *day < period.end());
    days.flat_map(|day| {
        let start = midnight(day);
        let (hours, count) = match granularity {
            Granularity::Daily => (24, 1),
            Granularity::Hourly => (1, 24),
        };
        (0..count).map(move |index| {
            let start = start + index * HOUR_MS;
            (Span { start, end: start + hours * HOUR_MS }, weight(day, granularity, index))
        })
    })
    .collect()
}

/// How busy an hour or a day is: people work from Monday to Friday, in the day.
fn weight(day: NaiveDate, granularity: Granularity, hour: i64) -> u64 {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    match (granularity, hour) {
        (Granularity::Daily, _) if weekend => 7,
        (Granularity::Daily, _) => 10,
        (Granularity::Hourly, _) if weekend => 8,
        (Granularity::Hourly, 8..=17) => 22,
        (Granularity::Hourly, 6..=20) => 14,
        (Granularity::Hourly, _) => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_hold_every_row_once_and_the_whole_month() {
        let period = BillingPeriod::new(2026, 9).unwrap();
        for granularity in [Granularity::Daily, Granularity::Hourly] {
            for rows in [1, 29, 12_345] {
                let slices = slices(period, granularity, rows);
                assert_eq!(slices.iter().map(|slice| slice.rows).sum::<u64>(), rows);
                let hours: i64 = slices.iter().map(|slice| slice.span.hours()).sum();
                assert_eq!(hours, 720);
                assert_eq!(hours, Span::of(period).hours());
            }
        }
    }

    #[test]
    fn an_interval_reads_as_aws_writes_it() {
        let span = Span { start: 1_788_220_800_000, end: 1_788_224_400_000 };
        assert_eq!(span.interval(), "2026-09-01T00:00:00Z/2026-09-01T01:00:00Z");
    }
}
