//! Steps: from one total to another, a bar per change.
//!
//! In:    a total, changes that add up, a total.
//! Out:   marks on a scene: a waterfall that runs from the top down, each step with its amount.
//! Never: cuts a total short without a gap that says so.

use super::scene::{Anchor, Colour, Scene};
use super::{AXIS, FAINT, FALL, INK, RISE, TEXT_SIZE, UNATTRIBUTED, WIDTH, scaled};
use crate::render::escape::chart_text;
use crate::render::font::{cut_to_pixels, width};
use crate::render::lang::Unit;
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::chart::Bar;
use crate::report::table::RowKind;

/// Pixels from one bar to the next, and of a bar itself.
const PITCH: i32 = 28;
const THICKNESS: i32 = 18;
const WIDEST_NAME: i32 = 300;
const GAP: i32 = 10;
/// Pixels of the gap in a total whose greater part is left out, and of what stands before it.
const BREAK: i32 = 4;
const STUMP: i32 = 24;

/// Draws steps from `top` down and returns where they end.
pub(super) fn draw(scene: &mut Scene, top: i32, steps: &[Bar], unit: Unit<'_>) -> i32 {
    let figures = figures(steps, unit);
    let room = WIDEST_NAME * scene.width / WIDTH;
    let name = |bar: &Bar| cut_to_pixels(&chart_text(&bar.label.name), room, TEXT_SIZE);
    let names: Vec<String> = steps.iter().map(name).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| width(text, TEXT_SIZE)).max();
    let left = scene.margin + widest(&names).unwrap_or(0) + GAP;
    let room = scene.right() - left - GAP - widest(&figures).unwrap_or(0);
    let track = Track::over(&spans(steps), (left, room));

    let mut before: Option<i32> = None;
    for (index, (bar, (from, to))) in steps.iter().zip(spans(steps)).enumerate() {
        let middle = top + PITCH * i32::try_from(index).unwrap_or(0) + PITCH / 2;
        let (upper, lower) = (middle - THICKNESS / 2, middle + THICKNESS / 2);
        let (start, end) = (track.x(from), track.x(to));
        if let Some(x) = before {
            scene.fill((x, lower - PITCH), (x + 1, upper), AXIS);
        }
        before = Some(end);
        // A change that exists is at least one pixel long.
        let end = if start == end && from != to { end + 1 } else { end };
        let is_cut = bar.label.kind == RowKind::Total && track.is_cut();
        let stump = if is_cut { start + STUMP } else { start };
        scene.fill((start, upper), (stump, lower), colour(bar));
        let rest = if is_cut { stump + BREAK } else { start };
        scene.fill((rest, upper), (end, lower), colour(bar));
        let is_ours = matches!(bar.label.kind, RowKind::Data | RowKind::Total);
        let ink = if is_ours { INK } else { FAINT };
        scene.text((left - GAP, middle), &names[index], Anchor::End, (TEXT_SIZE, ink));
        let figure = &figures[index];
        let at = (start.max(end) + GAP, middle);
        scene.text(at, figure, Anchor::Start, (TEXT_SIZE, ink));
    }
    let bottom = top + PITCH * i32::try_from(steps.len()).unwrap_or(0);
    let zero = track.x(track.least.max(0));
    scene.fill((zero, top), (zero + 1, bottom), AXIS);
    bottom
}

/// What is written beside the steps: totals with their currency, changes with their sign. What is
/// shown of the changes adds up to what is shown of the totals.
fn figures(steps: &[Bar], unit: Unit<'_>) -> Vec<String> {
    let amounts: Vec<i128> = steps.iter().map(|step| step.value.0).collect();
    let Some((last, led)) = amounts.split_last() else { return Vec::new() };
    let shown = number::column(led, Some(*last), MONEY_DECIMALS);
    let texts = shown.rows.into_iter().chain(shown.total);
    let signed = |(step, text): (&Bar, String)| match step.label.kind {
        RowKind::Total => chart_text(&unit.tongue.amount(&text, unit.name())),
        // "<0.01" tells its side.
        _ if step.value.0 > 0 && !text.starts_with('<') => {
            format!("+{}", unit.tongue.number(&text))
        }
        _ => unit.tongue.number(&text),
    };
    steps.iter().zip(texts).map(signed).collect()
}

/// Where each bar begins and ends: totals at zero, changes where the one before ended.
fn spans(steps: &[Bar]) -> Vec<(i128, i128)> {
    let mut level = 0_i128;
    let span = |step: &Bar| {
        let from = if step.label.kind == RowKind::Total { 0 } else { level };
        level = from.saturating_add(step.value.0);
        (from, level)
    };
    steps.iter().map(span).collect()
}

fn colour(step: &Bar) -> Colour {
    match step.label.kind {
        RowKind::Total => UNATTRIBUTED,
        _ if step.value.0 < 0 => FALL,
        _ => RISE,
    }
}

/// The amounts between the left and the right end.
struct Track {
    least: i128,
    most: i128,
    left: i32,
    room: i32,
}

impl Track {
    /// From zero on, or, when the changes would be too short to see, from below the lowest level.
    fn over(spans: &[(i128, i128)], (left, room): (i32, i32)) -> Self {
        let levels = || spans.iter().map(|(_, to)| *to);
        let (lowest, most) = (levels().min().unwrap_or(0), levels().max().unwrap_or(0));
        let swing = most.saturating_sub(lowest);
        let base = lowest.saturating_sub(swing / 2);
        let is_flat = base > 0 && swing > 0 && base > most / 2;
        Self { least: if is_flat { base } else { lowest.min(0) }, most: most.max(0), left, room }
    }

    fn is_cut(&self) -> bool {
        self.least > 0
    }

    fn x(&self, amount: i128) -> i32 {
        let shown = amount.max(self.least).saturating_sub(self.least);
        self.left + scaled(shown, self.most.saturating_sub(self.least), self.room)
    }
}
