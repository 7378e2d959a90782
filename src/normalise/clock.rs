//! Clock: in which hour something was used.
//!
//! In:    when usage began and ended, in hours since 1970.
//! Out:   the code of the UTC hour of each row, as RFC 3339 writes it.
//! Never: gives usage of a day or a month to its first hour.

use chrono::DateTime;
use rustc_hash::FxHashMap;

use crate::model::line_items::LineItems;
use crate::model::source_column::SourceColumn;
use crate::normalise::codes::{Interner, NOTHING, PartCodes};

const SECONDS_AN_HOUR: i64 = 3_600;

/// The hours of usage that lasted no longer than one.
pub(super) fn hour_codes(items: &LineItems, interner: &mut Interner) -> PartCodes {
    let of = |column: SourceColumn| {
        items.hours.iter().find(|(of, _)| *of == column).map(|(_, hours)| hours.as_slice())
    };
    let Some(starts) = of(SourceColumn::UsageStart) else {
        return PartCodes::Constant(NOTHING);
    };
    // The store keeps no other hours, and not when they ended.
    let ends = of(SourceColumn::UsageEnd);
    let mut known: FxHashMap<i32, u32> = FxHashMap::default();
    let mut code_of = |(row, start): (usize, &Option<i32>)| {
        let end = match (ends, &items.sums) {
            (Some(ends), _) => ends[row],
            (None, Some(_)) => *start,
            (None, None) => None,
        };
        let (Some(start), Some(end)) = (*start, end) else { return NOTHING };
        if !(0..=1).contains(&end.saturating_sub(start)) {
            return NOTHING;
        }
        *known.entry(start).or_insert_with(|| {
            let instant = DateTime::from_timestamp(i64::from(start) * SECONDS_AN_HOUR, 0);
            let text = instant.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            text.map_or(NOTHING, |text| interner.code(&text))
        })
    };
    PartCodes::PerRow(starts.iter().enumerate().map(&mut code_of).collect())
}
