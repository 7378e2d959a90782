//! Weeks: what days amount to, a column per week and a line per day of the week.
//!
//! In:    weeks and the amounts of their days.
//! Out:   lines of shades, with the amounts where there is room.
//! Never: leaves the meaning of a shade untold.

use unicode_width::UnicodeWidthStr;

use super::{GAP, INKS, Screen, aligned, padded, short};
use crate::render::chart::{WEEKDAYS, heat_step};
use crate::render::escape::terminal_text;
use crate::render::lang::Unit;
use crate::report::chart::Heat;

pub(super) fn calendar(screen: Screen, of: &Heat, unit: Unit<'_>) -> Vec<String> {
    let (Heat { weeks, days }, most) = (of, of.most());
    let amounts: Vec<i128> = days.iter().flatten().flatten().copied().collect();
    let mut figures = aligned(unit.rounded(&amounts)).into_iter();
    let widest = figures.as_slice().first().map_or(0, |figure| figure.width());
    let names = padded(WEEKDAYS.map(|name| unit.tongue.word(name).to_owned()).to_vec());
    let room = screen.width.saturating_sub(names[0].width() + GAP.len());
    // Shade, amount, gap; or the shades alone, side by side when weeks are many.
    let has_figures = (widest + 5) * weeks.len() <= room;
    let pitch = if has_figures { widest + 5 } else { (room / weeks.len().max(1)).clamp(1, 6) };
    let shown = room / pitch.max(1);
    let (mut lines, mut left): (Vec<String>, usize) = (names, 0);
    for line in &mut lines {
        line.push_str(GAP);
    }
    let head = " ".repeat(lines[0].width());
    for week in days {
        for (line, day) in lines.iter_mut().zip(week) {
            let figure = day.and_then(|_| figures.next()).unwrap_or_default();
            if left >= shown {
                continue;
            }
            let sign = day.map_or(" ", |day| {
                screen.signs.shades[heat_step(day, most, screen.signs.shades.len())]
            });
            let shade = screen.paint(INKS[0], &sign.repeat(if pitch < 3 { pitch } else { 2 }));
            let rest = if has_figures { format!(" {figure:>widest$}") } else { String::new() };
            let taken = if pitch < 3 { pitch } else { 2 } + rest.width();
            for part in [shade, rest, " ".repeat(pitch.saturating_sub(taken))] {
                line.push_str(&part);
            }
        }
        left += 1;
    }
    let lines = lines.into_iter().map(|line| line.trim_end().to_owned());
    let mut text = vec![mondays(&head, weeks, pitch, screen.width)];
    text.extend(lines);
    text.push(scale(screen, &head, most, unit));
    text
}

fn mondays(head: &str, weeks: &[String], pitch: usize, width: usize) -> String {
    let mut line = head.to_owned();
    for (column, week) in weeks.iter().enumerate() {
        let (at, name) = (head.width() + column * pitch, short(week));
        let is_free = column == 0 || at > line.width();
        if is_free && at + name.width() <= width {
            line += &" ".repeat(at - line.width());
            line += &name;
        }
    }
    line
}

fn scale(screen: Screen, head: &str, most: i128, unit: Unit<'_>) -> String {
    let shades: String = screen.signs.shades.iter().map(|sign| sign.repeat(2)).collect();
    let none = unit.rounded(&[0]).remove(0);
    let all = terminal_text(&unit.amount(most));
    format!("{head}{none} {} {all}", screen.paint(INKS[0], &shades))
}
