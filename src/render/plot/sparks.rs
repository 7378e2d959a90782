//! Sparks: a line of letters per name, as high as its days cost.
//!
//! In:    lines over days.
//! Out:   lines of name, sum and course, each on a scale of its own.
//! Never: draws a credit as a cost: days below zero are blank, the sum tells them.

use unicode_width::UnicodeWidthStr;

use super::{GAP, Screen, aligned, ink, parts, shared, short};
use crate::model::money::Money;
use crate::render::lang::Unit;
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::chart::Line;

/// Letters of a day, at most.
const WIDEST_DAY: usize = 2;

pub(super) fn lines(
    screen: Screen,
    days: &[String],
    lines: &[Line],
    unit: Unit<'_>,
) -> Vec<String> {
    let sum = |line: &Line| {
        Money::checked_sum(line.values.iter().copied()).map_or(i128::MAX, |sum| sum.0)
    };
    let sums: Vec<i128> = lines.iter().map(sum).collect();
    let figures = aligned(unit.figures(number::column(&sums, None, MONEY_DECIMALS).rows));
    let names = screen.names(lines.iter().map(|line| &line.label));
    let head = |(name, figure): (&String, &String)| format!("{name}{GAP}{figure}{GAP}");
    let heads: Vec<String> = names.iter().zip(&figures).map(head).collect();
    let start = heads.first().map_or(0, |head| head.width());
    let room = screen.width.saturating_sub(start);
    let shared = shared(days.len(), room);
    let pitch = (room / days.len().div_ceil(shared).max(1)).clamp(1, WIDEST_DAY);

    let courses: Vec<Vec<i128>> =
        lines.iter().map(|line| course(line, days.len(), shared)).collect();
    let levels = screen.signs.levels;
    let letter = |amount: i128, most: i128| match parts(amount, most, levels.len()) {
        _ if amount <= 0 => " ",
        level => levels[level.clamp(1, levels.len()) - 1],
    };
    let draw = |(index, head): (usize, &String)| {
        let most = courses[index].iter().copied().max().unwrap_or(0);
        let letters = courses[index].iter().map(|amount| letter(*amount, most).repeat(pitch));
        let letters: String = letters.collect();
        let drawn = screen.paint(ink(&lines[index].label, index), letters.trim_end());
        format!("{head}{drawn}").trim_end().to_owned()
    };
    let mut text: Vec<String> = heads.iter().enumerate().map(draw).collect();
    text.push(ends(start, days, courses.first().map_or(0, Vec::len) * pitch));
    text
}

/// The days of a line, or the most of those that share a letter.
fn course(line: &Line, days: usize, shared: usize) -> Vec<i128> {
    let mut all = vec![0; line.from];
    all.extend(line.values.iter().map(|money| money.0));
    all.resize(days.max(all.len()), 0);
    all.chunks(shared).map(|days| days.iter().copied().max().unwrap_or(0)).collect()
}

/// The first day, and the last where it fits.
fn ends(start: usize, days: &[String], width: usize) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    let (first, last) = (short(first), short(last));
    let mut line = " ".repeat(start) + &first;
    if first != last && first.width() + last.width() < width {
        line += &" ".repeat(width - first.width() - last.width());
        line += &last;
    }
    line
}
