//! Heat: amounts of days, or of the hours of a week, as calendars.
//!
//! In:    a table, its rows of one currency.
//! Out:   a calendar of days; or one of the hours of a week for everybody that the rows tell apart.
//! Never: leaves somebody out: those beyond the busiest share one calendar.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::course;
use crate::model::money::Currency;
use crate::model::phrase::{Phrase, phrase};
use crate::report::chart::{Chart, Heat, Measure, Shape, joined, word};
use crate::report::table::{Column, ColumnKind, Row, Table};

/// What columns of the days of a week begin with.
const DAYS_OF_WEEK: [&str; 7] = ["mon_", "tue_", "wed_", "thu_", "fri_", "sat_", "sun_"];
/// Calendars before the rest becomes one.
const MOST_CALENDARS: usize = 8;

/// The hours of a week: what each amounts to on the days from Monday to Sunday.
type Week = BTreeMap<String, [i128; 7]>;

/// Draws the first of these that the columns allow: days in money, days in hours of usage, hours
/// of a week in money, hours of a week in hours of usage.
pub(super) fn calendars(
    title: &Phrase,
    (table, rows): (&Table, &[Row]),
    (currency, is_one_of_several): (&Currency, bool),
) -> Vec<Chart> {
    let measures = [Measure::Money(currency.clone()), Measure::Hours];
    let days = |measure| Some(vec![(None, days(table, rows, measure)?)]);
    let weeks = |measure| compared(weeks(table, rows, columns_of_week(table, measure)?)?);
    let drawn = measures.iter().find_map(|measure| Some((measure, days(measure)?)));
    let drawn = drawn.or_else(|| measures.iter().find_map(|of| Some((of, weeks(of)?))));
    let Some((measure, heats)) = drawn else { return Vec::new() };
    // Hours do not tell which currency their rows are in.
    let tells = is_one_of_several && *measure == Measure::Hours;
    let in_currency = |part: Option<Phrase>| match part {
        Some(part) => phrase!("{}, {}", part, &currency.0),
        None => currency.0.clone().into(),
    };
    let chart = |(part, heat): (Option<Phrase>, Heat)| Chart {
        title: title.clone(),
        part: if tells { Some(in_currency(part)) } else { part },
        measure: measure.clone(),
        shape: Shape::Heat(heat),
    };
    heats.into_iter().map(chart).collect()
}

/// The days of rows as weeks, by the first column of that measure.
fn days(table: &Table, rows: &[Row], measure: &Measure) -> Option<Heat> {
    let column = |is: &dyn Fn(&Column) -> bool| table.columns.iter().position(is);
    let day = column(&|of| of.kind == ColumnKind::Date)?;
    let amount = column(&|of| is_of(of, measure))?;
    let dated = |row: &Row| Some((word(&row.cells[day])?.to_string(), row.cells[amount].pico()?));
    let dated: Vec<(String, i128)> = rows.iter().filter_map(dated).collect();
    let mut weeks: BTreeMap<NaiveDate, [Option<i128>; 7]> = BTreeMap::new();
    for (day, pico) in course::daily(dated.iter().map(|(day, pico)| (day.as_str(), *pico)))? {
        let since_monday = day.weekday().num_days_from_monday();
        let monday = day.checked_sub_days(Days::new(u64::from(since_monday)))?;
        weeks.entry(monday).or_default()[since_monday as usize] = Some(pico);
    }
    let (weeks, days) = weeks.into_iter().map(|(monday, days)| (monday.to_string(), days)).unzip();
    Some(Heat { weeks, days })
}

fn is_of(column: &Column, measure: &Measure) -> bool {
    match measure {
        Measure::Money(_) => column.kind == ColumnKind::Money,
        Measure::Hours => column.kind == ColumnKind::Quantity && column.key.contains("hours"),
    }
}

/// The columns of Monday to Sunday.
fn columns_of_week(table: &Table, measure: &Measure) -> Option<[usize; 7]> {
    let column = |day: &str| {
        table.columns.iter().position(|of| of.key.starts_with(day) && is_of(of, measure))
    };
    let columns: Vec<usize> = DAYS_OF_WEEK.into_iter().map(column).collect::<Option<_>>()?;
    columns.try_into().ok()
}

/// The weeks of those whom the words before the last one tell apart; the last one is the hour.
/// `None` when an hour comes twice, for then something else tells rows apart.
fn weeks(table: &Table, rows: &[Row], days: [usize; 7]) -> Option<Vec<(Option<Phrase>, Week)>> {
    let is_word = |(_, of): &(usize, &Column)| !of.kind.is_numeric() && of.key != "currency";
    let words: Vec<usize> =
        table.columns.iter().enumerate().filter(is_word).map(|(at, _)| at).collect();
    let (hour, who) = words.split_last()?;
    let mut weeks: Vec<(Option<Phrase>, Week)> = Vec::new();
    let mut places: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for row in rows {
        let name = who.iter().map(|at| word(&row.cells[*at])).collect::<Option<Vec<_>>>()?;
        let name = (!name.is_empty()).then(|| joined(name.into_iter()));
        let place = *places.entry(name.as_ref().map(Phrase::to_string)).or_insert(weeks.len());
        if place == weeks.len() {
            weeks.push((name, Week::new()));
        }
        let amounts = days.map(|at| row.cells[at].pico().unwrap_or_default());
        let hour = word(&row.cells[*hour])?.to_string();
        if weeks[place].1.insert(hour, amounts).is_some() {
            return None;
        }
    }
    Some(weeks)
}

/// Calendars of the same hours, the busiest first. `None` when a sum leaves its range.
fn compared(mut weeks: Vec<(Option<Phrase>, Week)>) -> Option<Vec<(Option<Phrase>, Heat)>> {
    let total =
        |week: &Week| week.values().flatten().try_fold(0, |sum: i128, of| sum.checked_add(*of));
    weeks.sort_by_cached_key(|(_, week)| Reverse(total(week)));
    let hours: BTreeSet<String> = weeks.iter().flat_map(|(_, week)| week.keys().cloned()).collect();
    // A rest of one would take as much room as itself.
    if weeks.len() > MOST_CALENDARS + 1 {
        let rest = weeks.split_off(MOST_CALENDARS);
        let name = phrase!("rest ({} series)", rest.len());
        weeks.push((Some(name), together(rest.iter().map(|(_, week)| week))?));
    }
    let heat = |(part, week): (Option<Phrase>, Week)| {
        let days = hours.iter().map(|hour| week.get(hour).copied().unwrap_or_default().map(Some));
        (part, Heat { weeks: hours.iter().cloned().collect(), days: days.collect() })
    };
    Some(weeks.into_iter().map(heat).collect())
}

/// What several weeks add up to.
fn together<'a>(weeks: impl Iterator<Item = &'a Week>) -> Option<Week> {
    let mut sums = Week::new();
    for (hour, amounts) in weeks.flatten() {
        let sum = sums.entry(hour.clone()).or_default();
        for (sum, amount) in sum.iter_mut().zip(amounts) {
            *sum = sum.checked_add(*amount)?;
        }
    }
    Some(sums)
}
