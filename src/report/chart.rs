//! Charts: what is drawn, in money, hours and words.
//!
//! In:    rows of a table, already short-named.
//! Out:   [`Chart`]: bars, stacked days, lines, steps between two totals, calendars.
//! Never: knows a pixel or a colour.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::table::{Cell, RowKind};
use crate::model::money::{Currency, Money};
use crate::model::phrase::{Phrase, phrase};

/// Bars before the rest becomes one bar, unless the question says otherwise.
pub const MOST_BARS: usize = 20;
/// Series of a stack before the rest becomes one: as many as a palette keeps apart.
pub const MOST_SERIES: usize = 8;
/// Longest run of days without a charge that is drawn as empty days: two years.
pub(super) const MOST_DAYS: i64 = 731;

/// One picture in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What the picture shows, such as `Spend by domain`.
    pub title: Phrase,
    /// Whose part of it, when the title is that of several pictures.
    pub part: Option<Phrase>,
    /// What its amounts are.
    pub measure: Measure,
    /// The amounts.
    pub shape: Shape,
}

/// What the amounts of a picture are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Money of a currency.
    Money(Currency),
    /// Hours of usage; only calendars are drawn of them.
    Hours,
}

/// The kinds of charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One bar per label, in this order from the top.
    Bars(Vec<Bar>),
    /// One column per day, one layer per series.
    StackedBars {
        /// Every day from the first to the last.
        days: Vec<String>,
        /// The layers, the largest first.
        series: Vec<Series>,
    },
    /// Lines over days.
    Lines {
        /// Every day from the first to the last.
        days: Vec<String>,
        /// The lines, the most important first.
        lines: Vec<Line>,
        /// An amount that lines should stay below.
        limit: Option<Bar>,
    },
    /// The first and the last bar are totals; those between are changes that lead from one to the
    /// other.
    Waterfall(Vec<Bar>),
    /// Bars from the largest on.
    Pareto {
        /// The bars.
        bars: Vec<Bar>,
        /// What each bar and those before it add up to; the last is the total.
        sums: Vec<Money>,
    },
    /// A calendar.
    Heat(Heat),
}

/// A calendar of days, or of the hours of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heat {
    /// The Monday of every week; or hours, each of which is drawn as a week would be.
    pub weeks: Vec<String>,
    /// What the days of each week amount to, from Monday to Sunday, in pico-units of the measure;
    /// `None` outside of the time that is drawn.
    pub days: Vec<[Option<i128>; 7]>,
}

impl Heat {
    /// What the darkest colour stands for.
    pub fn most(&self) -> i128 {
        self.days.iter().flatten().flatten().copied().max().unwrap_or(0)
    }

    /// Whether it is of the hours of a week.
    pub fn are_hours(&self) -> bool {
        self.weeks.iter().all(|week| parse(week).is_err())
    }
}

/// A name in a chart and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// What the row stands for; users are coloured, the others are grey.
    pub kind: RowKind,
    /// Short names joined with ` / `.
    pub name: Phrase,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Whose it is.
    pub label: Label,
    /// Its length.
    pub value: Money,
}

/// One layer of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Whose it is.
    pub label: Label,
    /// One amount per day.
    pub values: Vec<Money>,
}

/// The word of a cell that names a bar or a layer.
pub(super) fn word(cell: &Cell) -> Option<Phrase> {
    match cell {
        Cell::Label(word) | Cell::Text { short: word, .. } => Some(word.clone()),
        Cell::Nothing => Some("—".to_owned().into()),
        _ => None,
    }
}

/// Words of several cells as one: `alice / ml.t3.medium`.
pub(super) fn joined(words: impl Iterator<Item = Phrase>) -> Phrase {
    let join = |left: Phrase, right: Phrase| phrase!("{} / {}", left, right);
    words.reduce(join).unwrap_or_default()
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it shows.
    pub label: Label,
    /// The first of the days that it covers.
    pub from: usize,
    /// One amount per day from there on.
    pub values: Vec<Money>,
    /// Whether it is known or expected.
    pub certainty: Certainty,
}

/// Whether amounts were charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// They were.
    Known,
    /// They are a forecast.
    Expected,
}

/// Charges on their way into a stack: day, label, amount.
pub(super) type Dated = (String, Label, Money);

/// Stacks charges by day. `None` when a sum leaves its range or there is no charge.
pub(super) fn stack(charges: &[Dated]) -> Option<Shape> {
    let days = every_day(charges);
    let mut totals: BTreeMap<&Label, Money> = BTreeMap::new();
    for (_, label, amount) in charges {
        let total = totals.entry(label).or_default();
        *total = total.checked_add(*amount)?;
    }
    let mut by_size: Vec<(&Label, Money)> = totals.into_iter().collect();
    by_size.sort_by_key(|(label, total)| {
        (label.kind, Reverse(total.0.unsigned_abs()), label.name.clone())
    });
    let owners = by_size.iter().filter(|(label, _)| label.kind == RowKind::Data).count();
    // A rest of one series would take as much room as the series itself.
    let kept = if owners > MOST_SERIES + 1 { MOST_SERIES } else { owners };
    let rest = Label { kind: RowKind::Rest, name: phrase!("rest ({} series)", owners - kept) };

    let mut place: BTreeMap<&Label, usize> = BTreeMap::new();
    let mut labels: Vec<Label> = Vec::new();
    for (rank, (label, _)) in by_size.iter().enumerate() {
        let shown = if rank >= kept && rank < owners { &rest } else { *label };
        if labels.last() != Some(shown) {
            labels.push(shown.clone());
        }
        place.insert(label, labels.len() - 1);
    }
    let mut values = vec![vec![Money::ZERO; days.len()]; labels.len()];
    for (day, label, amount) in charges {
        let (Some(row), Ok(column)) = (place.get(label), days.binary_search(day)) else {
            continue;
        };
        let cell = &mut values[*row][column];
        *cell = cell.checked_add(*amount)?;
    }
    let pairs = labels.into_iter().zip(values);
    let series: Vec<Series> = pairs.map(|(label, values)| Series { label, values }).collect();
    (!series.is_empty()).then_some(Shape::StackedBars { days, series })
}

/// The days of the charges, and those between them when that is a calendar and not too long.
fn every_day(charges: &[Dated]) -> Vec<String> {
    let mut days: Vec<String> = charges.iter().map(|(day, ..)| day.clone()).collect();
    days.sort_unstable();
    days.dedup();
    let bounds = days.first().zip(days.last());
    let Some((Ok(first), Ok(last))) = bounds.map(|(a, b)| (parse(a), parse(b))) else {
        return days;
    };
    if (last - first).num_days() > MOST_DAYS {
        return days;
    }
    days.extend(first.iter_days().take_while(|day| *day <= last).map(|day| day.to_string()));
    days.sort_unstable();
    days.dedup();
    days
}

pub(super) fn parse(day: &str) -> Result<NaiveDate, chrono::ParseError> {
    day.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge(day: &str, name: &str, amount: i128) -> Dated {
        let label = Label { kind: RowKind::Data, name: name.to_owned().into() };
        (day.to_owned(), label, Money(amount))
    }

    fn parts(shape: Option<Shape>) -> (Vec<String>, Vec<Series>) {
        match shape {
            Some(Shape::StackedBars { days, series }) => (days, series),
            other => panic!("no stack: {other:?}"),
        }
    }

    #[test]
    fn days_without_a_charge_are_drawn_empty() {
        let charges = [charge("2026-02-27", "a", 1), charge("2026-03-01", "a", 2)];
        let (days, series) = parts(stack(&charges));
        assert_eq!(days, ["2026-02-27", "2026-02-28", "2026-03-01"]);
        assert_eq!(series[0].values, [Money(1), Money(0), Money(2)]);
    }

    #[test]
    fn small_series_become_one_and_no_money_is_lost() {
        let charges: Vec<_> = (1..=12).map(|n| charge("2026-03-01", &format!("u{n}"), n)).collect();
        let (_, series) = parts(stack(&charges));
        assert_eq!(series.len(), MOST_SERIES + 1);
        assert_eq!(series[0].label.name, "u12");
        assert_eq!(series[8].label.name, "rest (4 series)");
        assert_eq!(series.iter().map(|s| s.values[0].0).sum::<i128>(), 78);
    }

    #[test]
    fn no_charge_is_no_chart() {
        assert_eq!(stack(&[]), None);
    }
}
