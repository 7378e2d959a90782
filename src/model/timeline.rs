//! Timeline: which version of a month counts, and in which month its changes are booked.
//!
//! In:    the versions of every month, and every closing, as the store tells them.
//! Out:   what is booked of a closed month, what is newest, what is due in an open month.
//! Never: reads a charge, or moves what was booked once.
//!
//! What AWS changes in a closed month is booked in the first month after it that is open. When that
//! month is closed in its turn, its closing says from which version to which it was adjusted: that
//! is then booked, and only what comes later is due again.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::stored::{Closing, VersionId};

/// Versions and closings of a store.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    versions: BTreeMap<BillingPeriod, BTreeSet<VersionId>>,
    closings: Vec<Closing>,
}

/// A closed month that is adjusted: from the version that is booked to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<'a> {
    /// How it was closed.
    pub closing: &'a Closing,
    /// From which version to which.
    pub versions: [VersionId; 2],
}

impl Timeline {
    /// A timeline of versions in any order and closings in the order of closing.
    pub fn of(
        versions: impl IntoIterator<Item = (BillingPeriod, VersionId)>,
        closings: Vec<Closing>,
    ) -> Self {
        let mut by_period: BTreeMap<BillingPeriod, BTreeSet<VersionId>> = BTreeMap::new();
        for (period, version) in versions {
            by_period.entry(period).or_default().insert(version);
        }
        Self { versions: by_period, closings }
    }

    /// The months that have a version, sorted.
    pub fn periods(&self) -> impl DoubleEndedIterator<Item = BillingPeriod> {
        self.versions.keys().copied()
    }

    /// The versions of a month, the newest last.
    pub fn versions(&self, period: BillingPeriod) -> impl DoubleEndedIterator<Item = VersionId> {
        self.versions.get(&period).into_iter().flatten().copied()
    }

    /// The newest version of a month.
    pub fn newest(&self, period: BillingPeriod) -> Option<VersionId> {
        self.versions(period).next_back()
    }

    /// How a month was closed.
    pub fn closing(&self, period: BillingPeriod) -> Option<&Closing> {
        self.closings.iter().find(|closing| closing.period == period)
    }

    /// The version of a closed month that statements have told so far; `None` of an open one.
    pub fn booked(&self, period: BillingPeriod) -> Option<VersionId> {
        let adjusted = self.closings.iter().rev().find_map(|of| of.adjusted.get(&period));
        let closed = || self.closing(period)?.pins.get(&period).copied();
        adjusted.map(|[_, to]| *to).or_else(closed)
    }

    /// The version that stands beside the month after it as "last month": what was told of a closed
    /// month, else the newest.
    pub fn last_month(&self, period: BillingPeriod) -> Option<VersionId> {
        self.booked(period).or_else(|| self.newest(period))
    }

    /// Months before this one that are not closed, sorted.
    pub fn open_before(&self, period: BillingPeriod) -> impl Iterator<Item = BillingPeriod> {
        self.periods().take_while(move |of| *of < period).filter(|of| self.closing(*of).is_none())
    }

    /// What is to be booked in an open month, by the month that was closed.
    pub fn due(&self, month: BillingPeriod) -> Vec<Due<'_>> {
        let first_open = |after: BillingPeriod| {
            self.periods().find(|of| *of > after && self.closing(*of).is_none())
        };
        let due = |closing: &'_ Closing| {
            let (booked, newest) = (self.booked(closing.period)?, self.newest(closing.period)?);
            let is_here = first_open(closing.period) == Some(month);
            (is_here && booked != newest).then_some([booked, newest])
        };
        let all = self.closings.iter();
        let mut due: Vec<Due<'_>> =
            all.filter_map(|closing| Some(Due { closing, versions: due(closing)? })).collect();
        due.sort_by_key(|due| due.closing.period);
        due
    }

    /// What was booked in a month when it was closed.
    pub fn settled(&self, closing: &Closing) -> Vec<Due<'_>> {
        let adjusted = closing.adjusted.iter();
        let due = adjusted.filter_map(|(period, versions)| {
            Some(Due { closing: self.closing(*period)?, versions: *versions })
        });
        due.collect()
    }
}

impl Due<'_> {
    /// Whether it can be booked beside amounts of a metric.
    pub fn is_in(&self, metric: CostMetric) -> bool {
        self.closing.metric == metric
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stored::Instant;

    fn month(text: &str) -> BillingPeriod {
        BillingPeriod::parse(text).unwrap()
    }

    fn closing(period: &str, version: i64, adjusted: &[(&str, [i64; 2])]) -> Closing {
        let period = month(period);
        let adjusted = adjusted.iter().map(|(of, ids)| (month(of), ids.map(VersionId)));
        Closing {
            period,
            at: Instant("2026-11-05T10:00:00Z".into()),
            tool: "0.1.0".into(),
            forced: None,
            metric: CostMetric::Amortized,
            pins: BTreeMap::from([(period, VersionId(version))]),
            adjusted: adjusted.collect(),
            rules: Vec::new(),
            rule_file: None,
            totals: Vec::new(),
        }
    }

    fn timeline(versions: &[(&str, i64)], closings: Vec<Closing>) -> Timeline {
        let versions = versions.iter().map(|(of, id)| (month(of), VersionId(*id)));
        Timeline::of(versions, closings)
    }

    /// `2026-09 1 to 4` of everything that is due in a month.
    fn due(timeline: &Timeline, of: &str) -> String {
        let due = timeline.due(month(of));
        let told = due.iter().map(|due| {
            let [from, to] = due.versions;
            format!("{} {from} to {to}", due.closing.period)
        });
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_later_delivery_is_due_in_the_first_month_that_is_open() {
        let versions = [("2026-09", 1), ("2026-10", 2), ("2026-11", 3), ("2026-09", 4)];
        let september = closing("2026-09", 1, &[]);
        let told = timeline(&versions, vec![september.clone()]);
        assert_eq!(
            (due(&told, "2026-10"), due(&told, "2026-11")),
            ("2026-09 1 to 4".into(), String::new())
        );
        let told = timeline(&versions, vec![september, closing("2026-10", 2, &[])]);
        assert_eq!(
            (due(&told, "2026-10"), due(&told, "2026-11")),
            (String::new(), "2026-09 1 to 4".into())
        );
    }

    #[test]
    fn what_was_adjusted_once_is_booked_and_only_what_comes_later_is_due() {
        let mut versions = vec![("2026-09", 1), ("2026-10", 2), ("2026-11", 3), ("2026-09", 4)];
        let closings =
            vec![closing("2026-09", 1, &[]), closing("2026-10", 2, &[("2026-09", [1, 4])])];
        let told = timeline(&versions, closings.clone());
        assert_eq!(due(&told, "2026-11"), "");
        assert_eq!(told.booked(month("2026-09")), Some(VersionId(4)));
        versions.extend([("2026-10", 5), ("2026-09", 6)]);
        let told = timeline(&versions, closings);
        assert_eq!(due(&told, "2026-11"), "2026-09 4 to 6, 2026-10 2 to 5");
    }

    #[test]
    fn without_an_open_month_nothing_is_due_yet() {
        let told = timeline(&[("2026-09", 1), ("2026-09", 2)], vec![closing("2026-09", 1, &[])]);
        assert_eq!(due(&told, "2026-09"), "");
        assert_eq!(told.last_month(month("2026-09")), Some(VersionId(1)));
        assert_eq!(told.newest(month("2026-09")), Some(VersionId(2)));
    }
}
