//! Columns: days to the right, amounts upward.
//!
//! In:    layers by day, or sums by day with a limit.
//! Out:   lines of an axis, columns, days and a legend.
//! Never: lets a credit shorten a column: what is negative hangs below the axis.

use unicode_width::UnicodeWidthStr;

use super::{GAP, GREY, RISE, Screen, aligned, ink, shared, short};
use crate::render::chart::step;
use crate::render::escape::terminal_text;
use crate::render::lang::Unit;
use crate::render::number;
use crate::report::chart::{Bar, Certainty, Line, Series};

/// Lines of a plot, about.
const HEIGHT: i128 = 12;
/// Letters of a day, at most.
const WIDEST_DAY: usize = 6;

/// What a cell of the plot shows: a sign and its colour.
type Sign<'a> = (&'a str, u8);

/// Layers, one on the other.
pub(super) fn stack(
    screen: Screen,
    days: &[String],
    series: &[Series],
    unit: Unit<'_>,
) -> Vec<String> {
    let layers: Vec<Vec<i128>> =
        series.iter().map(|one| one.values.iter().map(|money| money.0).collect()).collect();
    let reach = |day: usize, sign: i128| {
        let amounts = layers.iter().map(|layer| layer.get(day).copied().unwrap_or(0));
        amounts.filter(|pico| pico.signum() == sign).fold(0_i128, i128::saturating_add)
    };
    let least = (0..days.len()).map(|day| reach(day, -1)).min().unwrap_or(0);
    let most = (0..days.len()).map(|day| reach(day, 1)).max().unwrap_or(0);
    let plot = Plot::over(screen, days, (least, most), unit);
    // With colours, and for one series alone, every layer is solid.
    let sign = |index: usize| -> Sign {
        let solid = screen.colour || series.len() < 2;
        let fill = screen.signs.fills[if solid { 0 } else { index % screen.signs.fills.len() }];
        (fill, ink(&series[index].label, index))
    };
    let cell = |day: usize, amount: i128| -> Option<Sign> {
        let mut edge = 0_i128;
        for (index, layer) in layers.iter().enumerate() {
            let pico = layer.get(day).copied().unwrap_or(0);
            if pico.signum() == amount.signum() {
                edge = edge.saturating_add(pico);
            }
            if edge.unsigned_abs() >= amount.unsigned_abs() && edge != 0 {
                return Some(sign(index));
            }
        }
        None
    };
    let mut text = plot.draw(&cell);
    if series.len() > 1 {
        let entry = |(index, one): (usize, &Series)| {
            (sign(index).0.to_owned(), sign(index).1, one.label.name.to_string())
        };
        let entries: Vec<_> = series.iter().enumerate().map(entry).collect();
        text.extend(screen.legend(&entries));
    }
    text
}

/// Sums up to each day as columns, and the limit as a line across them.
pub(super) fn burn_down(
    screen: Screen,
    (days, lines, limit): (&[String], &[Line], &Bar),
    unit: Unit<'_>,
) -> Vec<String> {
    let amounts = || lines.iter().flat_map(|line| &line.values).map(|money| money.0);
    let least = amounts().chain([limit.value.0]).min().unwrap_or(0);
    let most = amounts().chain([limit.value.0]).max().unwrap_or(0);
    let plot = Plot::over(screen, days, (least, most), unit);
    let sign = |line: &Line, index: usize| -> Sign {
        let solid = line.certainty == Certainty::Known;
        (if solid { screen.signs.fills[0] } else { screen.signs.expected }, ink(&line.label, index))
    };
    let half = plot.cell / 2;
    let cell = |day: usize, amount: i128| -> Option<Sign> {
        let to_limit = limit.value.0.saturating_sub(amount);
        if to_limit > -half && to_limit <= half {
            return Some((screen.signs.limit, RISE));
        }
        let reaches = |line: &Line| {
            let value = day.checked_sub(line.from).and_then(|at| line.values.get(at))?;
            let same = value.0.signum() == amount.signum();
            (same && value.0.unsigned_abs() >= amount.unsigned_abs()).then_some(())
        };
        let found = lines.iter().enumerate().find(|(_, line)| reaches(line).is_some());
        found.map(|(index, line)| sign(line, index))
    };
    let mut text = plot.draw(&cell);
    let mut entries: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let reached = line.values.last().map_or(0, |money| money.0);
            let (fill, ink) = sign(line, index);
            (fill.to_owned(), ink, format!("{} {}", line.label.name, unit.money(reached)))
        })
        .collect();
    let name = format!("{} {}", limit.label.name, unit.money(limit.value.0));
    entries.push((screen.signs.limit.to_owned(), RISE, name));
    text.extend(screen.legend(&entries));
    text
}

/// Amounts upward in whole cells, days to the right in whole columns.
struct Plot<'a> {
    screen: Screen,
    days: &'a [String],
    unit: Unit<'a>,
    /// What a cell stands for upward.
    cell: i128,
    /// Cells above and below zero.
    above: usize,
    below: usize,
    /// Cells from one tick to the next.
    per_tick: usize,
    ticks: Vec<String>,
    /// Letters of a day, and days of a column.
    pitch: usize,
    shared: usize,
}

impl<'a> Plot<'a> {
    fn over(
        screen: Screen,
        days: &'a [String],
        (least, most): (i128, i128),
        unit: Unit<'a>,
    ) -> Self {
        let (least, most) = (least.min(0), most.max(0));
        let step = step(most.saturating_sub(least) / 4).max(HEIGHT);
        let steps = |reach: i128| reach.saturating_add(step - 1) / step;
        let (up, down) = (steps(most).max(1), steps(least.saturating_neg()));
        let per_tick = (HEIGHT / (up + down)).max(2);
        let amounts: Vec<i128> = (-down..=up).rev().map(|at| at.saturating_mul(step)).collect();
        let mut ticks = vec![terminal_text(unit.name())];
        ticks.extend(unit.figures(number::axis(&amounts, step)));
        let ticks = aligned(ticks);
        let room = screen.width.saturating_sub(ticks[0].width() + 2);
        let shared = shared(days.len(), room);
        let pitch = (room / days.len().div_ceil(shared).max(1)).clamp(1, WIDEST_DAY);
        let cells = |steps: i128| usize::try_from(steps * per_tick).unwrap_or(0);
        Self {
            screen,
            days,
            unit,
            cell: step / per_tick,
            above: cells(up),
            below: cells(down),
            per_tick: usize::try_from(per_tick).unwrap_or(1),
            ticks,
            pitch,
            shared,
        }
    }

    /// Draws what `sign` says of the middle of each cell.
    fn draw(&self, sign: &dyn Fn(usize, i128) -> Option<Sign<'a>>) -> Vec<String> {
        let Self { screen, .. } = self;
        let signs = screen.signs;
        let mut text = Vec::new();
        if !self.unit.name().is_empty() {
            text.push(self.ticks[0].clone());
        }
        let blank = " ".repeat(self.ticks[0].width());
        let lines = self.above + self.below;
        for line in 0..=lines {
            let is_zero = line == self.above;
            let is_tick = line % self.per_tick == 0;
            let tick = if is_tick { &self.ticks[1 + line / self.per_tick] } else { &blank };
            let side = if is_tick { signs.tick } else { signs.side };
            let columns = self.days.len().div_ceil(self.shared);
            if is_zero {
                let rule = signs.rule.repeat(columns * self.pitch);
                text.push(format!("{tick} {side}{}", screen.paint(GREY, &rule)));
                continue;
            }
            // A cell above zero hangs below its tick, one below zero stands above it.
            let cells = i128::try_from(self.above).unwrap_or(0) - i128::try_from(line).unwrap_or(0);
            let middle = cells.saturating_mul(self.cell) - cells.signum() * self.cell / 2;
            let mut row = String::new();
            for column in 0..columns {
                let (fill, gap) = self.widths();
                match sign(column * self.shared, middle) {
                    Some((word, ink)) => row += &screen.paint(ink, &word.repeat(fill)),
                    None => row += &" ".repeat(fill),
                }
                row += &" ".repeat(gap);
            }
            text.push(format!("{tick} {side}{}", row.trim_end()));
        }
        text.push(self.dates(&blank));
        text
    }

    /// Letters of a column, and between columns.
    fn widths(&self) -> (usize, usize) {
        if self.pitch < 3 { (self.pitch, 0) } else { (self.pitch - 1, 1) }
    }

    /// As many days as fit, in steps of weeks where that is about as many.
    fn dates(&self, blank: &str) -> String {
        let names: Vec<String> = self.days.iter().step_by(self.shared).map(|d| short(d)).collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(1) + 1;
        let every = widest.div_ceil(self.pitch).max(1);
        let every = if (4..=7).contains(&every) { 7 } else { every };
        let mut line = format!("{blank}{GAP}");
        let start = line.width();
        for (column, name) in names.iter().enumerate().step_by(every) {
            let at = start + column * self.pitch;
            if at + name.width() > self.screen.width {
                break;
            }
            line += &" ".repeat(at.saturating_sub(line.width()));
            line += name;
        }
        line
    }
}
