//! Axis: amounts upward and days to the right, as every chart over time has them.
//!
//! In:    the least and the most amount, the days.
//! Out:   round ticks with the currency above them, days that do not touch, a legend.
//! Never: starts an axis anywhere but at zero.

use super::scene::{Anchor, Colour, Scene};
use super::{AXIS, FAINT, INK, LINE, TEXT_SIZE, WIDTH, scaled};
use crate::render::escape::chart_text;
use crate::render::font::{cut_to_pixels, width};
use crate::render::lang::Unit;
use crate::render::number;

/// Pixels of the plot on a page of the usual width, and on a narrow one.
const HEIGHT: i32 = 380;
const LOW: i32 = 240;
pub(super) const GAP: i32 = 10;
/// Pixels of a legend: its square, and its widest name.
pub(super) const SWATCH: i32 = 12;
const WIDEST_NAME: i32 = 190;
const LEGEND_PITCH: i32 = 24;
/// Steps that an axis is divided into, at most.
const MOST_STEPS: i128 = 8;

/// The amounts that an axis covers, in whole steps.
pub(super) struct Axis {
    least: i128,
    most: i128,
    step: i128,
}

impl Axis {
    /// Covers the amounts and zero.
    pub(super) fn over(least: i128, most: i128) -> Self {
        let (least, most) = (least.min(0), most.max(0));
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
pub(in crate::render) fn step(least: i128) -> i128 {
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

/// A name of a legend and its colour.
pub(super) struct Entry {
    name: String,
    colour: Colour,
}

impl Entry {
    /// An entry of a word that is not yet escaped.
    pub(super) fn new(name: &str, colour: Colour) -> Self {
        Self { name: cut_to_pixels(&chart_text(name), WIDEST_NAME, TEXT_SIZE), colour }
    }
}

/// Where amounts and days lie on the page.
pub(super) struct Plot {
    top: i32,
    height: i32,
    pub(super) left: i32,
    pub(super) right: i32,
    axis: Axis,
    /// Below the plot or beside it.
    legend: (i32, i32),
}

impl Plot {
    /// Draws the grid, and leaves room for the legend: beside it, or below it on a narrow page.
    pub(super) fn open(
        scene: &mut Scene,
        top: i32,
        axis: Axis,
        (legend, unit): (&[Entry], Unit<'_>),
    ) -> Self {
        let ticks = axis.ticks();
        let texts = unit.figures(number::axis(&ticks, axis.step));
        let unit = chart_text(unit.name());
        let marks = texts.iter().chain([&unit]).map(|text| width(text, TEXT_SIZE));
        let left = scene.margin + marks.max().unwrap_or(0) + GAP;
        let names = legend.iter().map(|entry| width(&entry.name, TEXT_SIZE)).max();
        let is_narrow = scene.width < WIDTH;
        let beside = match names {
            Some(widest) if !is_narrow => widest + SWATCH + 3 * GAP,
            _ => 0,
        };
        let right = scene.right() - beside;
        let height = if is_narrow { LOW } else { HEIGHT };
        let unit_at = (left - GAP, top);
        let top = top + 2 * GAP;
        let below = top + height + 3 * GAP + TEXT_SIZE + 2;
        let legend = if is_narrow { (left, below) } else { (right + 2 * GAP, top) };
        let plot = Self { top, height, left, right, axis, legend };
        scene.text(unit_at, &unit, Anchor::End, (TEXT_SIZE, FAINT));
        for (tick, text) in ticks.iter().zip(&texts) {
            let y = plot.y(*tick);
            scene.fill((left, y), (right, y + 1), LINE);
            scene.text((left - GAP, y), text, Anchor::End, (TEXT_SIZE, FAINT));
        }
        plot
    }

    /// Draws the zero line, the days and the legend, and returns where they end.
    pub(super) fn close(&self, scene: &mut Scene, days: &[String], legend: &[Entry]) -> i32 {
        let y = self.y(0);
        scene.fill((self.left, y), (self.right, y + 1), AXIS);
        self.days(scene, days);
        let mut end = self.legend.1;
        for entry in legend {
            let (x, y) = (self.legend.0, end);
            scene.fill((x, y), (x + SWATCH, y + SWATCH), entry.colour);
            let text = (x + SWATCH + GAP, y + SWATCH / 2);
            scene.text(text, &entry.name, Anchor::Start, (TEXT_SIZE, INK));
            end += LEGEND_PITCH;
        }
        end.max(self.top + self.height + GAP + TEXT_SIZE)
    }

    pub(super) fn y(&self, pico: i128) -> i32 {
        let span = self.axis.most.saturating_sub(self.axis.least);
        self.top + self.height - scaled(pico.saturating_sub(self.axis.least), span, self.height)
    }

    /// The left edge of a day of many; the edge of the day after the last is the right edge.
    pub(super) fn x(&self, day: usize, days: usize) -> i32 {
        let (day, days) = (i64::try_from(day).unwrap_or(0), i64::try_from(days).unwrap_or(1));
        let offset = i64::from(self.right - self.left) * day / days.max(1);
        self.left + i32::try_from(offset).unwrap_or(0)
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
            // The last day of a narrow page may be wider than its column.
            let middle = middle.min(scene.width - (width(name, TEXT_SIZE) + 1) / 2);
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
