//! Stack: one column per day, one layer per name.
//!
//! In:    days, and series with one amount per day.
//! Out:   marks on a scene: grid, layers, days, legend.
//! Never: lets a credit shorten a column: what is negative hangs below the axis.

use super::axis::{Axis, Entry, Plot};
use super::scene::{Colour, Scene};
use super::{PALETTE, colour_of};
use crate::render::lang::Unit;
use crate::report::chart::Series;

/// A wider column would look like a wall.
const WIDEST_COLUMN: i32 = 60;

/// Draws a stack from `top` down and returns where it ends.
pub(super) fn draw(
    scene: &mut Scene,
    top: i32,
    (days, series): (&[String], &[Series]),
    unit: Unit<'_>,
) -> i32 {
    let reach = |sign: i128| {
        let day = |index: usize| {
            let amounts = series.iter().filter_map(|one| one.values.get(index));
            let same = amounts.map(|money| money.0).filter(|pico| pico.signum() == sign);
            same.fold(0_i128, i128::saturating_add)
        };
        (0..days.len()).map(day).max_by_key(|sum| sum.unsigned_abs()).unwrap_or(0)
    };
    let legend = legend(series);
    let plot = Plot::open(scene, top, Axis::over(reach(-1), reach(1)), (&legend, unit));
    layers(&plot, scene, days.len(), series);
    plot.close(scene, days, &legend)
}

/// A single series needs no legend.
fn legend(series: &[Series]) -> Vec<Entry> {
    if series.len() < 2 {
        return Vec::new();
    }
    let entry = |(index, one): (usize, &Series)| Entry::new(&one.label.name, colour(series, index));
    series.iter().enumerate().map(entry).collect()
}

fn colour(series: &[Series], index: usize) -> Colour {
    colour_of(&series[index].label, PALETTE[index % PALETTE.len()])
}

fn layers(plot: &Plot, scene: &mut Scene, days: usize, series: &[Series]) {
    for day in 0..days {
        let (from, to) = (plot.x(day, days), plot.x(day + 1, days));
        let inset = ((to - from) / 8).max((to - from - WIDEST_COLUMN) / 2);
        let (from, to) = (from + inset, to - inset);
        let (mut above, mut below) = (0_i128, 0_i128);
        for (index, one) in series.iter().enumerate() {
            let pico = one.values.get(day).map_or(0, |money| money.0);
            let edge = if pico < 0 { &mut below } else { &mut above };
            let start = plot.y(*edge);
            *edge = edge.saturating_add(pico);
            scene.fill((from, start), (to, plot.y(*edge)), colour(series, index));
        }
    }
}
