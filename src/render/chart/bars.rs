//! Bars: one bar per name, the largest first, each with its amount.
//!
//! In:    bars in their order.
//! Out:   marks on a scene.
//! Never: sorts, or hides a negative amount.

use super::scene::{Anchor, Scene};
use super::{AXIS, FAINT, INK, PALETTE, TEXT_SIZE, WIDTH, colour_of, scaled};
use crate::model::phrase::phrase;
use crate::render::escape::chart_text;
use crate::render::font::{cut_to_pixels, width};
use crate::render::lang::Unit;
use crate::render::number::{self, Figures, MONEY_DECIMALS};
use crate::report::chart::Bar;
use crate::report::table::RowKind;

/// Pixels from one bar to the next, and of a bar itself.
const PITCH: i32 = 28;
const THICKNESS: i32 = 18;
/// No name takes more room than this on a page of the usual width.
const WIDEST_NAME: i32 = 380;
const GAP: i32 = 10;

/// Draws bars from `top` down and returns where they end.
pub(super) fn draw(scene: &mut Scene, top: i32, bars: &[Bar], unit: Unit<'_>) -> i32 {
    let amounts: Vec<i128> = bars.iter().map(|bar| bar.value.0).collect();
    let total = amounts.iter().try_fold(0_i128, |sum, amount| sum.checked_add(*amount));
    let Figures { rows, total } = number::column(&amounts, total, MONEY_DECIMALS);
    let rows = unit.figures(rows);

    let room = WIDEST_NAME * scene.width / WIDTH;
    let name = |bar: &Bar| cut_to_pixels(&chart_text(&bar.label.name), room, TEXT_SIZE);
    let names: Vec<String> = bars.iter().map(name).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| width(text, TEXT_SIZE)).max();
    let left = scene.margin + widest(&names).unwrap_or(0) + GAP;
    let room = scene.right() - left - GAP - widest(&rows).unwrap_or(0);

    // What is not SageMaker's has a figure but no bar, as in tables: it would dwarf the others.
    let has_bar = |bar: &Bar| bar.label.kind != RowKind::OtherServices;
    let drawn = || bars.iter().filter(|bar| has_bar(bar)).map(|bar| bar.value.0);
    let most = drawn().max().unwrap_or(0).max(0);
    let least = drawn().min().unwrap_or(0).min(0);
    let span = most.saturating_sub(least);
    let zero = left - scaled(least, span, room);
    for (index, ((bar, name), figure)) in bars.iter().zip(&names).zip(&rows).enumerate() {
        let middle = top + PITCH * i32::try_from(index).unwrap_or(0) + PITCH / 2;
        let (upper, lower) = (middle - THICKNESS / 2, middle + THICKNESS / 2);
        let length = if has_bar(bar) { bar.value.0 } else { 0 };
        let end = zero + scaled(length, span, room);
        // A cost that exists is at least one pixel long.
        let end =
            if end == zero { zero + i32::try_from(length.signum()).unwrap_or(0) } else { end };
        let ink = if bar.label.kind == RowKind::Data { INK } else { FAINT };
        scene.text((left - GAP, middle), name, Anchor::End, (TEXT_SIZE, ink));
        scene.fill((zero, upper), (end, lower), colour_of(&bar.label, PALETTE[0]));
        scene.text((end.max(zero) + GAP, middle), figure, Anchor::Start, (TEXT_SIZE, ink));
    }
    let bottom = top + PITCH * i32::try_from(bars.len()).unwrap_or(0);
    scene.fill((zero, top), (zero + 1, bottom), AXIS);
    let Some(total) = total else { return bottom };
    let total = unit.tongue.amount(&total, unit.name());
    let total = chart_text(&unit.tongue.say(&phrase!("total {}", total)));
    scene.text((zero, bottom + GAP + TEXT_SIZE / 2), &total, Anchor::Start, (TEXT_SIZE, FAINT));
    bottom + GAP + TEXT_SIZE
}
