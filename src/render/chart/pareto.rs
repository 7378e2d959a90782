//! Pareto: bars from the largest on, and the line of their sums.
//!
//! In:    bars, and what each and those before it add up to.
//! Out:   marks on a scene: bars and line on one scale, the mark that the few main ones reach.
//! Never: gives bars and line scales of their own.

use super::scene::{Anchor, Scene};
use super::{AXIS, FAINT, INK, PALETTE, TEXT_SIZE, WIDTH, colour_of, scaled};
use crate::model::money::Money;
use crate::render::escape::chart_text;
use crate::render::font::{cut_to_pixels, width};
use crate::render::lang::Unit;
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::chart::Bar;
use crate::report::table::RowKind;

const PITCH: i32 = 26;
const THICKNESS: i32 = 14;
const WIDEST_NAME: i32 = 300;
const GAP: i32 = 10;
/// Half the side of a dot.
const DOT: i32 = 3;
/// The part of the total that Juran called the one of the "vital few", in percent.
pub(in crate::render) const MARK: i128 = 80;

/// Draws bars and their line from `top` down and returns where they end.
pub(super) fn draw(
    scene: &mut Scene,
    top: i32,
    (bars, sums): (&[Bar], &[Money]),
    unit: Unit<'_>,
) -> i32 {
    let total = sums.last().map_or(0, |sum| sum.0);
    let amounts: Vec<i128> = bars.iter().map(|bar| bar.value.0).collect();
    let figures = unit.figures(number::column(&amounts, Some(total), MONEY_DECIMALS).rows);
    let share = |sum: &Money| unit.percent(sum.0, total);
    let shares: Vec<String> = sums.iter().map(share).collect();
    let room = WIDEST_NAME * scene.width / WIDTH;
    let name = |bar: &Bar| cut_to_pixels(&chart_text(&bar.label.name), room, TEXT_SIZE);
    let names: Vec<String> = bars.iter().map(name).collect();
    let widest =
        |texts: &[String]| texts.iter().map(|text| width(text, TEXT_SIZE)).max().unwrap_or(0);

    let left = scene.margin + widest(&names) + GAP;
    let of_figures = scene.right() - widest(&shares) - GAP;
    let room = of_figures - widest(&figures) - 2 * GAP - left;
    let whole = sums.iter().map(|sum| sum.0).max().unwrap_or(0).max(total);
    let x = |amount: i128| left + scaled(amount.max(0), whole, room);
    let rows = top + PITCH;
    let bottom = rows + PITCH * i32::try_from(bars.len()).unwrap_or(0);

    let mark = x(total / 100 * MARK);
    let text = unit.percent(MARK, 100);
    scene.text((mark, top + TEXT_SIZE / 2), &text, Anchor::Middle, (TEXT_SIZE, FAINT));
    for y in (rows - GAP / 2..bottom).step_by(8) {
        scene.fill((mark, y), (mark + 1, (y + 4).min(bottom)), AXIS);
    }
    let mut points = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        let middle = rows + PITCH * i32::try_from(index).unwrap_or(0) + PITCH / 2;
        let (upper, lower) = (middle - THICKNESS / 2, middle + THICKNESS / 2);
        let before = index.checked_sub(1).map_or(0, |before| sums[before].0);
        let is_main = is_below_mark(before, total);
        let own = if is_main { PALETTE[0] } else { PALETTE[4] };
        let end = x(bar.value.0).max(left + i32::from(bar.value.0 > 0));
        scene.fill((left, upper), (end, lower), colour_of(&bar.label, own));
        let ink = if bar.label.kind == RowKind::Data { INK } else { FAINT };
        scene.text((left - GAP, middle), &names[index], Anchor::End, (TEXT_SIZE, ink));
        scene.text((of_figures - GAP, middle), &figures[index], Anchor::End, (TEXT_SIZE, ink));
        scene.text((scene.right(), middle), &shares[index], Anchor::End, (TEXT_SIZE, FAINT));
        points.push((x(sums[index].0), middle));
    }
    scene.path(points.clone(), PALETTE[5]);
    for (x, y) in points {
        scene.fill((x - DOT, y - DOT), (x + DOT, y + DOT), PALETTE[5]);
    }
    scene.fill((left, rows), (left + 1, bottom), AXIS);
    bottom
}

/// Whether what comes next is still needed to reach the mark.
pub(in crate::render) fn is_below_mark(sum: i128, total: i128) -> bool {
    sum < total / 100 * MARK
}
