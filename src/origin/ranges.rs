//! Ranges: which requests fetch the ranges that are wanted.
//!
//! In:    ranges of a file, in any order.
//! Out:   fewer and larger ones that hold them all.
//! Never: fetches a gap that is wider than a request costs.

use std::ops::Range;

/// Gaps up to here are fetched rather than asked around; wider ones would soon be most of what is
/// fetched, because what a question needs lies scattered over a hundred columns.
const GAP: u64 = 4 << 10;
/// Larger requests are cut, so that several are in flight.
const LARGEST: u64 = 8 << 20;

/// Requests, ascending and apart, such that every wanted range lies within consecutive ones.
pub(super) fn requests(wanted: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut wanted: Vec<Range<u64>> = wanted.iter().filter(|of| !of.is_empty()).cloned().collect();
    wanted.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in wanted {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined.into_iter().flat_map(cut).collect()
}

fn cut(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = range.end;
    let pieces = std::iter::successors(Some(range.start), |start| start.checked_add(LARGEST));
    let pieces = pieces.take_while(move |start| *start < end);
    pieces.map(move |start| start..start.saturating_add(LARGEST).min(end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_share_a_request_and_strangers_do_not() {
        let found = requests(&[10..20, 500_000..500_010, 100..200, 20..30]);
        assert_eq!(found, [10..200, 500_000..500_010]);
        let large = 0..LARGEST + 1;
        assert_eq!(requests(&[large]), [0..LARGEST, LARGEST..LARGEST + 1]);
    }

    proptest! {
        #[test]
        fn every_byte_that_is_wanted_is_fetched_once(
            wanted in prop::collection::vec((0..40_000_000_u64, 0..9_000_000_u64), 0..12),
        ) {
            let wanted: Vec<_> = wanted.iter().map(|(start, of)| *start..start + of).collect();
            let found = requests(&wanted);
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(found.iter().all(|of| of.end - of.start <= LARGEST));
            for range in wanted.iter().filter(|of| !of.is_empty()) {
                let inside = found.iter().map(|of| {
                    of.end.min(range.end).saturating_sub(of.start.max(range.start))
                });
                prop_assert_eq!(inside.sum::<u64>(), range.end - range.start);
            }
        }
    }
}
