//! Lines: one line per name over the days, and the amount that they should stay below.
//!
//! In:    days, lines that may begin later, a limit.
//! Out:   marks on a scene: grid, lines, days, legend.
//! Never: draws an expected amount like one that was charged.

use super::axis::{Axis, Entry, GAP, Plot};
use super::scene::{Colour, Scene};
use super::{INK, PALETTE, colour_of};
use crate::render::lang::Unit;
use crate::report::chart::{Bar, Certainty, Line};

/// Pixels of a dash and from one to the next.
const DASH: i32 = 7;
const PITCH: usize = 12;

/// Draws lines from `top` down and returns where they end.
pub(super) fn draw(
    scene: &mut Scene,
    top: i32,
    (days, lines, limit): (&[String], &[Line], Option<&Bar>),
    unit: Unit<'_>,
) -> i32 {
    let amounts = lines.iter().flat_map(|line| &line.values).chain(limit.map(|bar| &bar.value));
    let amounts: Vec<i128> = amounts.map(|money| money.0).collect();
    let (least, most) = (amounts.iter().min(), amounts.iter().max());
    let axis = Axis::over(least.copied().unwrap_or(0), most.copied().unwrap_or(0));
    let legend = legend(lines, limit, unit);
    let plot = Plot::open(scene, top, axis, (&legend, unit));
    if let Some(limit) = limit {
        let y = plot.y(limit.value.0);
        for x in (plot.left..plot.right).step_by(PITCH) {
            scene.fill((x, y - 1), ((x + DASH).min(plot.right), y + 1), LIMIT);
        }
    }
    for (index, line) in lines.iter().enumerate().rev() {
        course(&plot, scene, days.len(), (line, colour(lines, index)));
    }
    plot.close(scene, days, &legend)
}

const LIMIT: Colour = INK;

fn course(plot: &Plot, scene: &mut Scene, days: usize, (line, colour): (&Line, Colour)) {
    let point = |(day, amount): (usize, i128)| {
        let middle = i32::midpoint(plot.x(day, days), plot.x(day + 1, days));
        (middle, plot.y(amount))
    };
    let points = (line.from..).zip(line.values.iter().map(|money| money.0)).map(point);
    let points: Vec<(i32, i32)> = points.collect();
    match (line.certainty, points.as_slice()) {
        (_, [(x, y)]) => scene.fill((x - GAP / 3, y - 1), (x + GAP / 3, y + 1), colour),
        (Certainty::Known, _) => scene.path(points, colour),
        (Certainty::Expected, points) => {
            for pair in points.windows(2) {
                let middle = |a: i32, b: i32| a + (b - a) * 2 / 5;
                let start = (middle(pair[0].0, pair[1].0), middle(pair[0].1, pair[1].1));
                // The last dash ends where the line does: that is what readers look for.
                scene.path(vec![start, pair[1]], colour);
            }
        }
    }
}

/// A single line needs no legend.
fn legend(lines: &[Line], limit: Option<&Bar>, unit: Unit<'_>) -> Vec<Entry> {
    let named = lines.iter().enumerate();
    let text = |line: &Line| match (limit, line.values.last()) {
        // Where a limit is, it matters how much is reached.
        (Some(_), Some(last)) => format!("{} {}", line.label.name, unit.money(last.0)),
        _ => line.label.name.to_string(),
    };
    let mut all: Vec<Entry> =
        named.map(|(at, line)| Entry::new(&text(line), colour(lines, at))).collect();
    if let Some(limit) = limit {
        let text = format!("{} {}", limit.label.name, unit.money(limit.value.0));
        all.push(Entry::new(&text, LIMIT));
    }
    if all.len() < 2 { Vec::new() } else { all }
}

fn colour(lines: &[Line], index: usize) -> Colour {
    colour_of(&lines[index].label, PALETTE[index % PALETTE.len()])
}
