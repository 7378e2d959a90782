//! Plot: a chart in letters, for a screen.
//!
//! In:    a chart and what the screen can do.
//! Out:   lines no wider than the screen; without Unicode, only ASCII signs of ours.
//! Never: tells an amount by colour alone.

mod columns;
mod rows;
mod sparks;
mod weeks;

use unicode_width::UnicodeWidthStr;

use super::escape::terminal_text;
use super::lang::{Tongue, Unit};
use super::layout::{cut_end, wrap};
use super::terminal::TerminalStyle;
use crate::report::chart::{Chart, Label, Shape};
use crate::report::table::RowKind;

/// A wider chart says no more.
const WIDEST: usize = 120;
/// Columns between a name, its amount and its drawing.
const GAP: &str = "  ";

/// The colours of series as close to those of pictures as 256 colours come.
const INKS: [u8; 8] = [32, 214, 36, 175, 117, 166, 227, 137];
/// Of rows that are nobody's.
const GREY: u8 = 245;
const RISE: u8 = INKS[5];
const FALL: u8 = INKS[2];

/// The signs of Unicode screens and of others.
struct Signs {
    cut: &'static str,
    /// Fills of series that have no colour to tell them apart.
    fills: [&'static str; 11],
    /// From the lowest to the whole height of a cell.
    levels: &'static [&'static str],
    /// From little to much.
    shades: [&'static str; 5],
    expected: &'static str,
    limit: &'static str,
    rule: &'static str,
    side: &'static str,
    tick: &'static str,
    mark: &'static str,
    point: &'static str,
}

const UNICODE: Signs = Signs {
    cut: "…",
    fills: ["█", "▒", "▚", "░", "▓", "▤", "▥", "▞", "▦", "▧", "▨"],
    levels: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    shades: ["·", "░", "▒", "▓", "█"],
    expected: "░",
    limit: "━",
    rule: "─",
    side: "│",
    tick: "┤",
    mark: "┊",
    point: "●",
};
const ASCII: Signs = Signs {
    cut: "...",
    fills: ["#", "=", "+", ":", "%", "o", "x", "*", "~", "-", "."],
    levels: &[".", ":", "=", "#"],
    shades: [".", ":", "+", "%", "#"],
    expected: ":",
    limit: "=",
    rule: "-",
    side: "|",
    tick: "+",
    mark: "|",
    point: "o",
};

/// What a screen gives a chart.
#[derive(Clone, Copy)]
struct Screen {
    width: usize,
    colour: bool,
    unicode: bool,
    signs: &'static Signs,
}

impl Screen {
    fn paint(self, ink: u8, text: &str) -> String {
        if self.colour && !text.trim().is_empty() {
            format!("\x1b[38;5;{ink}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Names cut to a third of the screen, and padded to the same width.
    fn names<'a>(self, labels: impl Iterator<Item = &'a Label>) -> Vec<String> {
        let cut = |label: &Label| {
            let name = terminal_text(&label.name);
            // What is not there is told as tables tell it.
            let word = |word| if word == "—" && !self.unicode { "-" } else { word };
            let name: Vec<&str> = name.split(" / ").map(word).collect();
            cut_end(&name.join(" / "), self.width / 3, self.signs.cut)
        };
        padded(labels.map(cut).collect())
    }

    /// Series and their signs, as many on a line as fit.
    fn legend(self, entries: &[(String, u8, String)]) -> Vec<String> {
        let room = self.width.saturating_sub(2 * GAP.len());
        let name = |(sign, _, name): &(String, u8, String)| {
            format!("{sign} {}", cut_end(&terminal_text(name), room / 2, self.signs.cut))
        };
        let names: Vec<String> = entries.iter().map(name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut lines = wrap(&names, GAP, self.width, "");
        // Signs are painted when the lines are known, because codes have no width.
        let mut inks = entries.iter();
        for line in &mut lines {
            let mut rest = line.as_str();
            let mut painted = String::new();
            for (sign, ink, _) in inks.by_ref() {
                let Some((before, after)) = rest.split_once(sign.as_str()) else { break };
                painted.push_str(before);
                painted.push_str(&self.paint(*ink, sign));
                rest = after;
            }
            *line = painted + rest;
        }
        lines
    }
}

/// Texts of the same width, numbers to the right.
fn aligned(texts: Vec<String>) -> Vec<String> {
    let widest = texts.iter().map(|text| text.width()).max().unwrap_or(0);
    let pad = |text: String| " ".repeat(widest - text.width()) + &text;
    texts.into_iter().map(pad).collect()
}

fn padded(texts: Vec<String>) -> Vec<String> {
    let widest = texts.iter().map(|text| text.width()).max().unwrap_or(0);
    let pad = |text: String| format!("{text}{}", " ".repeat(widest - text.width()));
    texts.into_iter().map(pad).collect()
}

/// What tells a chart from others of the same table.
pub(super) fn heading(chart: &Chart, tongue: &Tongue) -> String {
    let unit = Unit { measure: &chart.measure, tongue }.name();
    match &chart.part {
        Some(part) => format!("{part}, {unit}"),
        None => unit.to_owned(),
    }
}

/// Draws a chart.
pub(super) fn write(chart: &Chart, style: TerminalStyle, tongue: &Tongue) -> Vec<String> {
    let signs = if style.unicode { &UNICODE } else { &ASCII };
    let TerminalStyle { colour, unicode, .. } = style;
    let screen = Screen { width: style.width.min(WIDEST), colour, unicode, signs };
    let unit = Unit { measure: &chart.measure, tongue };
    match &chart.shape {
        Shape::Bars(bars) => rows::bars(screen, bars, unit),
        Shape::Waterfall(steps) => rows::steps(screen, steps, unit),
        Shape::Pareto { bars, sums } => rows::pareto(screen, (bars, sums), unit),
        Shape::StackedBars { days, series } => columns::stack(screen, days, series, unit),
        Shape::Lines { days, lines, limit: Some(limit) } => {
            columns::burn_down(screen, (days, lines, limit), unit)
        }
        Shape::Lines { days, lines, limit: None } => sparks::lines(screen, days, lines, unit),
        Shape::Heat(heat) => weeks::calendar(screen, heat, unit),
    }
}

/// The colour of a label, or that of its place among others.
fn ink(label: &Label, own: usize) -> u8 {
    match label.kind {
        RowKind::Data | RowKind::Total => INKS[own % INKS.len()],
        RowKind::Rest | RowKind::Unattributed | RowKind::OtherServices => GREY,
    }
}

/// `amount` of `whole` in so many parts, to the nearest.
fn parts(amount: i128, whole: i128, of: usize) -> usize {
    if amount <= 0 || whole <= 0 {
        return 0;
    }
    // Amounts that leave the range lose digits that no letter could show.
    let (mut amount, mut whole) = (amount.unsigned_abs(), whole.unsigned_abs());
    while amount > u128::MAX >> 16 {
        (amount, whole) = (amount >> 16, whole >> 16);
    }
    let of = u128::try_from(of).unwrap_or(0);
    usize::try_from((amount * of + whole / 2) / whole.max(1)).unwrap_or(0)
}

/// Days that share a column, so that all of them fit.
fn shared(days: usize, room: usize) -> usize {
    days.div_ceil(room.max(1)).max(1)
}

/// A day without its year.
fn short(day: &str) -> String {
    let short = if day.len() == 10 { day.get(5..) } else { None };
    terminal_text(short.unwrap_or(day))
}
