//! Calendar: what days amount to, a column per week and a row per day of the week.
//!
//! In:    weeks and the amounts of their days.
//! Out:   marks on a scene: cells from pale to dark, figures where there is room, a scale.
//! Never: tells an amount by colour alone when there is room for it.

use super::scene::{Anchor, Scene};
use super::{FAINT, HEAT, INK, ON_HEAT, TEXT_SIZE, scaled};
use crate::render::escape::chart_text;
use crate::render::font::width;
use crate::render::lang::Unit;
use crate::report::chart::Heat;

/// Pixels of a day upward, and of the widest one.
const HIGH: i32 = 30;
const WIDEST: i32 = 112;
const GAP: i32 = 10;
/// Pixels between days that are wide enough to be told apart.
const SEAM: i32 = 2;
/// Pixels of a colour of the scale.
const SWATCH: i32 = 28;
/// The first colour on which pale words read better.
const FIRST_DARK: usize = 4;
/// From Monday on.
pub(in crate::render) const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Draws a calendar from `top` down and returns where it ends.
pub(super) fn draw(scene: &mut Scene, top: i32, heat: &Heat, unit: Unit<'_>) -> i32 {
    let (Heat { weeks, days }, most) = (heat, heat.most());
    let amounts: Vec<i128> = days.iter().flatten().flatten().copied().collect();
    let mut figures = unit.rounded(&amounts).into_iter();
    let figures: Vec<[Option<String>; 7]> =
        days.iter().map(|week| week.map(|day| day.and_then(|_| figures.next()))).collect();
    let weekdays = WEEKDAYS.map(|name| unit.tongue.word(name));
    let names = weekdays.iter().map(|name| width(name, TEXT_SIZE)).max().unwrap_or(0);
    let left = scene.margin + names + GAP;
    let count = i32::try_from(weeks.len()).unwrap_or(1).max(1);
    let pitch = ((scene.right() - left) / count).clamp(1, WIDEST);
    let seam = if pitch > 3 * SEAM { SEAM } else { 0 };
    let is_wide = |figure: &String| width(figure, TEXT_SIZE) + GAP > pitch;
    let has_figures = !figures.iter().flatten().flatten().any(is_wide);

    for (row, name) in (0..).zip(weekdays) {
        let at = (left - GAP, top + HIGH * row + HIGH / 2);
        scene.text(at, name, Anchor::End, (TEXT_SIZE, FAINT));
    }
    for (column, (week, figures)) in (0..).zip(days.iter().zip(&figures)) {
        let x = left + pitch * column;
        for (row, (day, figure)) in (0..).zip(week.iter().zip(figures)) {
            let Some(day) = day else { continue };
            let y = top + HIGH * row;
            let step = step(*day, most, HEAT.len());
            scene.fill((x, y), (x + pitch - seam, y + HIGH - SEAM), HEAT[step]);
            if let Some(figure) = figure.as_ref().filter(|_| has_figures) {
                let ink = if step < FIRST_DARK { INK } else { ON_HEAT };
                let at = (x + (pitch - seam) / 2, y + HIGH / 2);
                scene.text(at, figure, Anchor::Middle, (TEXT_SIZE, ink));
            }
        }
    }
    let bottom = top + 7 * HIGH + GAP;
    mondays(scene, (left, bottom), pitch, weeks);
    let bottom = bottom + TEXT_SIZE + 2 * GAP;
    scale(scene, (left, bottom), most, unit);
    bottom + TEXT_SIZE
}

/// As many Mondays as fit.
fn mondays(scene: &mut Scene, (left, y): (i32, i32), pitch: i32, weeks: &[String]) {
    let names: Vec<String> =
        weeks.iter().map(|week| chart_text(week.get(5..).unwrap_or(week))).collect();
    let widest = names.iter().map(|name| width(name, TEXT_SIZE)).max().unwrap_or(0);
    let every = usize::try_from((widest + GAP).div_euclid(pitch) + 1).unwrap_or(1);
    let centred = widest <= pitch;
    for (column, name) in names.iter().enumerate().step_by(every) {
        let x = left + pitch * i32::try_from(column).unwrap_or(0);
        let (x, anchor) =
            if centred { (x + pitch / 2, Anchor::Middle) } else { (x, Anchor::Start) };
        if centred || x + widest <= scene.right() {
            scene.text((x, y + TEXT_SIZE / 2), name, anchor, (TEXT_SIZE, FAINT));
        }
    }
}

/// What the colours stand for.
fn scale(scene: &mut Scene, (left, top): (i32, i32), most: i128, unit: Unit<'_>) {
    let none = unit.rounded(&[0]).remove(0);
    let middle = top + TEXT_SIZE / 2;
    scene.text((left, middle), &none, Anchor::Start, (TEXT_SIZE, FAINT));
    let mut x = left + width(&none, TEXT_SIZE) + GAP;
    for colour in HEAT {
        scene.fill((x, top), (x + SWATCH, top + TEXT_SIZE), colour);
        x += SWATCH;
    }
    let all = chart_text(&unit.amount(most));
    scene.text((x + GAP, middle), &all, Anchor::Start, (TEXT_SIZE, FAINT));
}

/// The colour of an amount: the first for nothing, then one of equal steps up to the most.
pub(in crate::render) fn step(amount: i128, most: i128, colours: usize) -> usize {
    if amount <= 0 || most <= 0 {
        return 0;
    }
    let steps = i32::try_from(colours).unwrap_or(1) - 1;
    let step = 1 + scaled(amount.min(most), most, steps).min(steps - 1);
    usize::try_from(step).unwrap_or(0)
}
