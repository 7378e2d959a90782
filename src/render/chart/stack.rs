//! Stack: one column per day, one layer per name.
//!
//! In:    days, and series with one amount per day.
//! Out:   marks on a scene: grid, layers, days, legend.
//! Never: lets a credit shorten a column: what is negative hangs below the axis.

use super::scene::{Anchor, Colour, Scene};
use super::{AXIS, FAINT, INK, LINE, PALETTE, TEXT_SIZE, WIDTH, colour_of, scaled};
use crate::render::escape::chart_text;
use crate::render::font::{cut_to_pixels, width};
use crate::render::number;
use crate::report::chart::Series;

/// Pixels of the plot on a page of the usual width, and on a narrow one.
const HEIGHT: i32 = 380;
const LOW: i32 = 240;
const GAP: i32 = 10;
/// Pixels of a legend: its square, and its widest name.
const SWATCH: i32 = 12;
const WIDEST_NAME: i32 = 190;
const LEGEND_PITCH: i32 = 24;
/// Steps that an axis is divided into, at most.
const MOST_STEPS: i128 = 8;
/// A wider column would look like a wall.
const WIDEST_COLUMN: i32 = 60;

/// Draws a stack from `top` down and returns where it ends.
pub(super) fn draw(scene: &mut Scene, top: i32, days: &[String], series: &[Series]) -> i32 {
    let axis = Axis::over(days.len(), series);
    let ticks = axis.ticks();
    let texts = number::axis(&ticks, axis.step);
    let left =
        scene.margin + texts.iter().map(|text| width(text, TEXT_SIZE)).max().unwrap_or(0) + GAP;
    let names = names(series);
    let legend = names.iter().map(|name| width(name, TEXT_SIZE)).max().unwrap_or(0);
    // A narrow page has its legend below the plot.
    let is_narrow = scene.width < WIDTH;
    let beside = if names.is_empty() || is_narrow { 0 } else { legend + SWATCH + GAP + 2 * GAP };
    let right = scene.right() - beside;
    let height = if is_narrow { LOW } else { HEIGHT };
    let plot = Plot { top, height, left, right, axis };

    for (tick, text) in ticks.iter().zip(&texts) {
        let y = plot.y(*tick);
        scene.fill((left, y), (right, y + 1), LINE);
        let at = (left - GAP, y);
        scene.text(at, text, Anchor::End, (TEXT_SIZE, FAINT));
    }
    plot.layers(scene, days.len(), series);
    let y = plot.y(0);
    scene.fill((left, y), (right, y + 1), AXIS);
    plot.days(scene, days);
    let plot_end = top + height + GAP + TEXT_SIZE;
    let at = if is_narrow { (left, plot_end + 2 * GAP) } else { (right + 2 * GAP, top) };
    draw_legend(scene, at, &names, series);
    plot_end.max(at.1 + LEGEND_PITCH * i32::try_from(names.len()).unwrap_or(0))
}

/// The names of a legend; a single series needs none.
fn names(series: &[Series]) -> Vec<String> {
    if series.len() < 2 {
        return Vec::new();
    }
    let name = |one: &Series| cut_to_pixels(&chart_text(&one.label.name), WIDEST_NAME, TEXT_SIZE);
    series.iter().map(name).collect()
}

fn colour(series: &[Series], index: usize) -> Colour {
    colour_of(&series[index].label, PALETTE[index % PALETTE.len()])
}

fn draw_legend(scene: &mut Scene, at: (i32, i32), names: &[String], series: &[Series]) {
    for (index, name) in names.iter().enumerate() {
        let y = at.1 + LEGEND_PITCH * i32::try_from(index).unwrap_or(0);
        scene.fill((at.0, y), (at.0 + SWATCH, y + SWATCH), colour(series, index));
        let text = (at.0 + SWATCH + GAP, y + SWATCH / 2);
        scene.text(text, name, Anchor::Start, (TEXT_SIZE, INK));
    }
}

/// The amounts that an axis covers, in whole steps.
struct Axis {
    least: i128,
    most: i128,
    step: i128,
}

impl Axis {
    fn over(days: usize, series: &[Series]) -> Self {
        let reach = |sign: i128| {
            let day = |index: usize| {
                let amounts = series.iter().filter_map(|one| one.values.get(index));
                let same = amounts.map(|money| money.0).filter(|pico| pico.signum() == sign);
                same.fold(0_i128, i128::saturating_add)
            };
            (0..days).map(day).max_by_key(|sum| sum.unsigned_abs()).unwrap_or(0)
        };
        let (least, most) = (reach(-1), reach(1));
        let step = step(most.saturating_sub(least) / MOST_STEPS);
        Self {
            least: least.div_euclid(step).saturating_mul(step),
            most: (most.saturating_add(step - 1)).div_euclid(step).saturating_mul(step).max(step),
            step,
        }
    }

    fn ticks(&self) -> Vec<i128> {
        let next = |tick: &i128| tick.checked_add(self.step).filter(|tick| *tick <= self.most);
        std::iter::successors(Some(self.least), next).collect()
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50, ... that is not below `least`.
fn step(least: i128) -> i128 {
    let mut unit = 1_i128;
    loop {
        for factor in [1, 2, 5] {
            match unit.checked_mul(factor) {
                Some(step) if step < least => {}
                Some(step) => return step,
                None => return i128::MAX / 4,
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Where amounts and days lie on the page.
struct Plot {
    top: i32,
    height: i32,
    left: i32,
    right: i32,
    axis: Axis,
}

impl Plot {
    fn y(&self, pico: i128) -> i32 {
        let span = self.axis.most.saturating_sub(self.axis.least);
        self.top + self.height - scaled(pico.saturating_sub(self.axis.least), span, self.height)
    }

    /// The left edge of a day of many; the edge of the day after the last is the right edge.
    fn x(&self, day: usize, days: usize) -> i32 {
        let (day, days) = (i64::try_from(day).unwrap_or(0), i64::try_from(days).unwrap_or(1));
        let offset = i64::from(self.right - self.left) * day / days.max(1);
        self.left + i32::try_from(offset).unwrap_or(0)
    }

    fn layers(&self, scene: &mut Scene, days: usize, series: &[Series]) {
        for day in 0..days {
            let (from, to) = (self.x(day, days), self.x(day + 1, days));
            let inset = ((to - from) / 8).max((to - from - WIDEST_COLUMN) / 2);
            let (from, to) = (from + inset, to - inset);
            let (mut above, mut below) = (0_i128, 0_i128);
            for (index, one) in series.iter().enumerate() {
                let pico = one.values.get(day).map_or(0, |money| money.0);
                let edge = if pico < 0 { &mut below } else { &mut above };
                let start = self.y(*edge);
                *edge = edge.saturating_add(pico);
                scene.fill((from, start), (to, self.y(*edge)), colour(series, index));
            }
        }
    }

    /// Writes as many days as fit, from the first on, as month and day.
    fn days(&self, scene: &mut Scene, days: &[String]) {
        let short = |day: &String| {
            let short = if day.len() == 10 { day.get(5..) } else { None };
            chart_text(short.unwrap_or(day))
        };
        let names: Vec<String> = days.iter().map(short).collect();
        let widest = names.iter().map(|name| width(name, TEXT_SIZE)).max().unwrap_or(1) + 2 * GAP;
        let fitting = usize::try_from((self.right - self.left) / widest.max(1)).unwrap_or(1);
        let every = days.len().div_ceil(fitting.max(1));
        // Weeks read better than every fifth day.
        let every = if (4..=7).contains(&every) { 7 } else { every.max(1) };
        for (day, name) in names.iter().enumerate().step_by(every) {
            let middle = i32::midpoint(self.x(day, days.len()), self.x(day + 1, days.len()));
            let at = (middle, self.top + self.height + GAP + TEXT_SIZE / 2);
            scene.text(at, name, Anchor::Middle, (TEXT_SIZE, FAINT));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (least, expected) in [(0, 1), (1, 1), (3, 5), (6, 10), (11, 20), (999, 1000)] {
            assert_eq!(step(least), expected);
        }
        assert!(step(i128::MAX) > 0);
    }
}
