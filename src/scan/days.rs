//! Days: instants in whatever type as UTC days or hours.
//!
//! In:    a decoded column of instants, dates or ISO text.
//! Out:   days or hours since 1970-01-01.
//! Never: knows a time zone but UTC.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Int32Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime};

use crate::scan::dictionary;

const SECONDS_A_DAY: i64 = 86_400;
const SECONDS_AN_HOUR: i64 = 3_600;

/// UTC days since 1970-01-01 of an instant in any unit, of a date, or of ISO text.
pub(super) fn days_of(array: &ArrayRef) -> Option<Vec<Option<i32>>> {
    steps_of(array, SECONDS_A_DAY, iso_day)
}

/// UTC hours since 1970-01-01 likewise; a date has none.
pub(super) fn hours_of(array: &ArrayRef) -> Option<Vec<Option<i32>>> {
    match array.data_type() {
        DataType::Date32 => Some(vec![None; array.len()]),
        _ => steps_of(array, SECONDS_AN_HOUR, iso_hour),
    }
}

/// Whole steps of so many seconds since 1970-01-01.
fn steps_of(
    array: &ArrayRef,
    seconds: i64,
    of_text: fn(&str) -> Option<i32>,
) -> Option<Vec<Option<i32>>> {
    let step = |instant: Option<i64>, per_second: i64| {
        i32::try_from(instant?.div_euclid(seconds * per_second)).ok()
    };
    let steps = match array.data_type() {
        DataType::Null => vec![None; array.len()],
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().collect(),
        DataType::Timestamp(TimeUnit::Second, _) => {
            array.as_primitive::<TimestampSecondType>().iter().map(|at| step(at, 1)).collect()
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => array
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .map(|at| step(at, 1_000))
            .collect(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => array
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|at| step(at, 1_000_000))
            .collect(),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => array
            .as_primitive::<TimestampNanosecondType>()
            .iter()
            .map(|at| step(at, 1_000_000_000))
            .collect(),
        DataType::Dictionary(..) => {
            let coded = array.as_dictionary_opt::<Int32Type>()?;
            let texts = dictionary::texts(coded.values())?;
            let by_code: Vec<Option<i32>> =
                texts.iter().map(|text| text.and_then(of_text)).collect();
            let step_of = |code: i32| *by_code.get(usize::try_from(code).ok()?)?;
            coded.keys().iter().map(|code| code.and_then(step_of)).collect()
        }
        _ => return None,
    };
    Some(steps)
}

/// The UTC day of `2018-10-31T23:00:00Z`, `2018-10-31 23:00:00` or `2018-10-31`.
fn iso_day(text: &str) -> Option<i32> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| at.naive_utc().date());
    let date = instant.or_else(|| NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok())?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// The UTC hour of `2018-10-31T23:00:00Z` or `2018-10-31 23:00:00`.
fn iso_hour(text: &str) -> Option<i32> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| at.naive_utc());
    let plain = || NaiveDateTime::parse_from_str(text.get(..19)?, "%Y-%m-%d %H:%M:%S").ok();
    let seconds = instant.or_else(plain)?.and_utc().timestamp();
    i32::try_from(seconds.div_euclid(SECONDS_AN_HOUR)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_begins_where_its_instant_is_rounded_down() {
        let hours = ["1970-01-01T01:59:59Z", "1970-01-02 00:00:00", "1970-01-01T00:30:00+01:00"];
        assert_eq!(hours.map(iso_hour), [Some(1), Some(24), Some(-1)]);
        assert_eq!(["1970-01-01", ""].map(iso_hour), [None, None]);
    }
}
