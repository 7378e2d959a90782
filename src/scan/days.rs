//! Days: instants in whatever type as UTC days.
//!
//! In:    a decoded column of instants, dates or ISO text.
//! Out:   days since 1970-01-01.
//! Never: knows a time zone but UTC.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Int32Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use chrono::{DateTime, NaiveDate};

use crate::scan::dictionary;

const SECONDS_A_DAY: i64 = 86_400;

/// UTC days since 1970-01-01 of an instant in any unit, of a date, or of ISO text.
pub(super) fn days_of(array: &ArrayRef) -> Option<Vec<Option<i32>>> {
    let day = |instant: i64, per_second: i64| {
        i32::try_from(instant.div_euclid(SECONDS_A_DAY * per_second)).ok()
    };
    let days = match array.data_type() {
        DataType::Null => vec![None; array.len()],
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().collect(),
        DataType::Timestamp(TimeUnit::Second, _) => array
            .as_primitive::<TimestampSecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1)))
            .collect(),
        DataType::Timestamp(TimeUnit::Millisecond, _) => array
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000)))
            .collect(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => array
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000_000)))
            .collect(),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => array
            .as_primitive::<TimestampNanosecondType>()
            .iter()
            .map(|at| at.and_then(|at| day(at, 1_000_000_000)))
            .collect(),
        DataType::Dictionary(..) => {
            let coded = array.as_dictionary_opt::<Int32Type>()?;
            let texts = dictionary::texts(coded.values())?;
            let by_code: Vec<Option<i32>> =
                texts.iter().map(|text| text.and_then(iso_day)).collect();
            let day_of = |code: i32| *by_code.get(usize::try_from(code).ok()?)?;
            coded.keys().iter().map(|code| code.and_then(day_of)).collect()
        }
        _ => return None,
    };
    Some(days)
}

/// The UTC day of `2018-10-31T23:00:00Z`, `2018-10-31 23:00:00` or `2018-10-31`.
fn iso_day(text: &str) -> Option<i32> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| at.naive_utc().date());
    let date = instant.or_else(|| NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok())?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}
