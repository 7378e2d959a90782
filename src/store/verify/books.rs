//! Books of a version: what its segments hold against what is known of it.
//!
//! In:    a version, and what its segments add up to.
//! Out:   the comparison, and what does not fit.
//! Never: reads a file.

use super::segments::Read;
use super::{Problem, VerifiedVersion};
use crate::model::stored::Version;
use crate::store::balance::{Difference, balances, differences};
use crate::store::error::Damage;
use crate::store::segment::Tally;

pub(super) fn compare(
    version: &Version,
    read: &Read,
    hint: &str,
) -> (VerifiedVersion, Vec<Problem>) {
    let facts = &version.facts;
    let totals = read.tally.totals();
    // A damaged segment explains every difference; it has its own problem.
    let is_read = read.problems.is_empty();
    let thinner: Vec<_> = read.thinner.values().map(Tally::totals).collect();
    let all = [&totals].into_iter().chain(&thinner);
    let differences: Vec<Difference> =
        all.filter(|_| is_read).flat_map(|totals| differences(facts, totals)).collect();
    let problem = |Difference { expected, found }| {
        let file = version.segments.first().map(|segment| segment.path.clone());
        let file = file.unwrap_or_else(|| facts.origin.source.clone().into());
        let damage = Damage { file, period: Some(facts.period), expected, found };
        Problem { code: "books", version: Some(version.id), damage, hint: hint.to_owned() }
    };
    let verified = VerifiedVersion {
        period: facts.period,
        id: version.id,
        is_superseded: false,
        segments: version.segments.len(),
        bytes: version.stored_bytes(),
        charges: read.tally.charges,
        files: facts.files.len(),
        rows: version.source_rows(),
        refused_rows: facts.files.iter().map(|file| file.refused_rows).sum(),
        stored_rows: totals.iter().map(|total| total.line_items).sum(),
        balances: balances(&facts.files, &totals),
        is_sound: is_read && differences.is_empty(),
    };
    (verified, differences.into_iter().map(problem).collect())
}
