//! Chart: a report's charts become a page of rectangles, lines and words.
//!
//! In:    a report with charts.
//! Out:   a [`Scene`], which `svg` and `png` draw alike.
//! Never: uses a float for money; pixels are integers computed from pico-units.

pub(super) mod scene;
mod axis;
mod bars;
mod stack;
mod lines;
mod steps;
mod pareto;
mod calendar;

use super::escape::chart_text;
use super::font::{self, cut_to_pixels};
use super::lang::{Tongue, Unit};
use super::{RenderError, words};
use crate::model::phrase::Phrase;
use crate::report::Report;
use crate::report::chart::{Chart, Label, Shape};
use crate::report::table::RowKind;

pub(super) use axis::step;
pub(super) use calendar::{WEEKDAYS, step as heat_step};
pub(super) use pareto::{MARK, is_below_mark};
use scene::{Anchor, Colour, Mark, Scene};

/// Pixels from edge to edge; heights follow from the content.
const WIDTH: i32 = 960;
/// Of a chart for a phone.
const NARROW: i32 = 400;
const MARGIN: i32 = 28;
const CHART_GAP: i32 = 40;
const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 13;

const INK: Colour = Colour(0x22, 0x26, 0x2b);
const FAINT: Colour = Colour(0x6b, 0x72, 0x7b);
const LINE: Colour = Colour(0xe3, 0xe6, 0xea);
const AXIS: Colour = Colour(0x9a, 0xa1, 0xa9);
/// Cost without owner and folded tails: visible, but not one of the crowd.
const REST: Colour = Colour(0xa9, 0xc1, 0xd6);
const UNATTRIBUTED: Colour = Colour(0x8a, 0x8f, 0x96);
const OTHER_SERVICES: Colour = Colour(0xc3, 0xc7, 0xcc);
/// The colours of Okabe and Ito, which people with any kind of colour vision keep apart ("Color
/// Universal Design", 2008), darkest contrast first; the eighth is a brown between them.
pub(super) const PALETTE: [Colour; 8] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xe6, 0x9f, 0x00),
    Colour(0x00, 0x9e, 0x73),
    Colour(0xcc, 0x79, 0xa7),
    Colour(0x56, 0xb4, 0xe9),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0xf0, 0xe4, 0x42),
    Colour(0x6f, 0x4e, 0x37),
];

/// A step up and a step down; people with any kind of colour vision keep them apart.
pub(super) const RISE: Colour = PALETTE[5];
pub(super) const FALL: Colour = PALETTE[2];
/// From little to much, in one hue that also loses no order in grey: the "Blues" of
/// Brewer and Harrower.
pub(super) const HEAT: [Colour; 6] = [
    Colour(0xef, 0xf3, 0xff),
    Colour(0xc6, 0xdb, 0xef),
    Colour(0x9e, 0xca, 0xe1),
    Colour(0x6b, 0xae, 0xd6),
    Colour(0x31, 0x82, 0xbd),
    Colour(0x08, 0x51, 0x9c),
];
/// Words on the last colours of [`HEAT`]; white itself is the paper.
const ON_HEAT: Colour = Colour(0xfe, 0xfe, 0xfe);

/// Every colour of a chart on white paper, and what takes its place on a dark screen.
pub(super) const ON_DARK: [(Colour, Colour); 22] = [
    (INK, Colour(0xe7, 0xea, 0xee)),
    (FAINT, Colour(0xa0, 0xa8, 0xb1)),
    (LINE, Colour(0x2f, 0x35, 0x3c)),
    (AXIS, Colour(0x6d, 0x75, 0x7e)),
    (REST, Colour(0x5b, 0x74, 0x8b)),
    (UNATTRIBUTED, Colour(0x94, 0x9a, 0xa2)),
    (OTHER_SERVICES, Colour(0x65, 0x6c, 0x75)),
    (PALETTE[0], Colour(0x3b, 0x97, 0xd8)),
    (PALETTE[1], PALETTE[1]),
    (PALETTE[2], Colour(0x12, 0xb0, 0x84)),
    (PALETTE[3], PALETTE[3]),
    (PALETTE[4], Colour(0x8f, 0xd0, 0xf7)),
    (PALETTE[5], Colour(0xe5, 0x6b, 0x17)),
    (PALETTE[6], PALETTE[6]),
    (PALETTE[7], Colour(0xa8, 0x83, 0x69)),
    (HEAT[0], Colour(0x1d, 0x2a, 0x37)),
    (HEAT[1], Colour(0x1f, 0x40, 0x5f)),
    (HEAT[2], Colour(0x20, 0x50, 0x7c)),
    (HEAT[3], Colour(0x27, 0x62, 0x97)),
    (HEAT[4], Colour(0x86, 0xc1, 0xec)),
    (HEAT[5], Colour(0xc8, 0xe4, 0xf9)),
    (ON_HEAT, Colour(0x10, 0x18, 0x20)),
];

/// One chart without title or margin, for a page that has both, and the same for a phone.
pub(super) fn figures(chart: &Chart, tongue: &Tongue) -> [Scene; 2] {
    [WIDTH, NARROW].map(|width| {
        let mut scene = Scene::new(width, 0);
        // The marks of an axis reach half a letter over its ends.
        let end = shape(&mut scene, TEXT_SIZE / 2 + 1, chart, tongue);
        scene.close(end + TEXT_SIZE / 2);
        scene
    })
}

fn shape(scene: &mut Scene, top: i32, chart: &Chart, tongue: &Tongue) -> i32 {
    let unit = Unit { measure: &chart.measure, tongue };
    match &chart.shape {
        Shape::Bars(bars) => bars::draw(scene, top, bars, unit),
        Shape::StackedBars { days, series } => stack::draw(scene, top, (days, series), unit),
        Shape::Lines { days, lines, limit } => {
            lines::draw(scene, top, (days, lines, limit.as_ref()), unit)
        }
        Shape::Waterfall(steps) => steps::draw(scene, top, steps, unit),
        Shape::Pareto { bars, sums } => pareto::draw(scene, top, (bars, sums), unit),
        Shape::Heat(heat) => calendar::draw(scene, top, heat, unit),
    }
}

/// Lays out every chart of a report below one title.
pub(super) fn page(report: &Report, tongue: &Tongue) -> Result<Scene, RenderError> {
    let charts: Vec<&Chart> = report.sections.iter().flat_map(|section| &section.charts).collect();
    if charts.is_empty() {
        return Err(RenderError::NoChart);
    }
    let mut scene = Scene::new(WIDTH, MARGIN);
    let mut y = MARGIN + TITLE_SIZE / 2;
    let room = WIDTH - 2 * MARGIN;
    let title = cut_to_pixels(&chart_text(&report.title), room, TITLE_SIZE);
    scene.text((MARGIN, y), &title, Anchor::Start, (TITLE_SIZE, INK));
    y += 34;
    for line in caption(report, room, tongue) {
        scene.text((MARGIN, y), &line, Anchor::Start, (TEXT_SIZE, FAINT));
        y += 20;
    }
    y += 18;
    for chart in &charts {
        if charts.len() > 1 {
            let heading =
                cut_to_pixels(&chart_text(&heading(chart, report, tongue)), room, TEXT_SIZE + 3);
            scene.text((MARGIN, y), &heading, Anchor::Start, (TEXT_SIZE + 3, INK));
            y += 22;
        }
        y = shape(&mut scene, y, chart, tongue) + CHART_GAP;
    }
    scene.close(y + MARGIN - CHART_GAP);
    Ok(scene)
}

/// The same page, with a line that admits which letters the built-in fonts cannot draw.
pub(super) fn page_in_built_in_font(
    report: &Report,
    tongue: &Tongue,
) -> Result<Scene, RenderError> {
    const NOTE: &str =
        "boxes stand for letters that the fonts of this picture lack; tables and SVG have them";
    let mut scene = page(report, tongue)?;
    let drawable = |mark: &Mark| match mark {
        Mark::Text { text, .. } => font::has_letters(text),
        Mark::Box { .. } | Mark::Path { .. } => true,
    };
    if !scene.marks.iter().all(drawable) {
        let bottom = scene.height;
        let note = tongue.word(NOTE);
        scene.text((MARGIN, bottom - TEXT_SIZE), note, Anchor::Start, (TEXT_SIZE - 2, FAINT));
        scene.close(bottom + TEXT_SIZE);
    }
    Ok(scene)
}

/// What tells a chart from its neighbours, the narrowest first, because an end may be cut: its
/// part, its title when that is its own, its unit.
pub(super) fn heading(chart: &Chart, report: &Report, tongue: &Tongue) -> String {
    let title = Some(&chart.title).filter(|title| **title != report.title);
    let unit = Unit { measure: &chart.measure, tongue }.name();
    let told = chart.part.iter().chain(title).map(Phrase::as_str).chain([unit]);
    told.collect::<Vec<_>>().join(" · ")
}

/// The caption in lines that fit, broken between items.
fn caption(report: &Report, room: i32, tongue: &Tongue) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in words::caption(&report.caption, tongue) {
        let item = cut_to_pixels(&chart_text(&item), room, TEXT_SIZE);
        let longer = lines.last().map(|line| format!("{line} · {item}"));
        match longer.filter(|line| font::width(line, TEXT_SIZE) <= room) {
            Some(longer) => {
                lines.pop();
                lines.push(longer);
            }
            None => lines.push(item),
        }
    }
    lines
}

/// The colour of a row that is no user, or the given one.
pub(super) fn colour_of(label: &Label, owner: Colour) -> Colour {
    match label.kind {
        RowKind::Unattributed => UNATTRIBUTED,
        RowKind::OtherServices => OTHER_SERVICES,
        RowKind::Rest => REST,
        RowKind::Data | RowKind::Total => owner,
    }
}

/// `amount` of `whole` on a line of `pixels`, cut toward zero.
fn scaled(amount: i128, whole: i128, pixels: i32) -> i32 {
    if whole <= 0 {
        return 0;
    }
    let pixels = i128::from(pixels);
    let exact = amount.checked_mul(pixels).map(|product| product / whole);
    // Amounts that leave the range lose digits that no pixel could show.
    let length = exact.unwrap_or_else(|| amount / (whole / pixels).max(1));
    i32::try_from(length).unwrap_or(0)
}

#[cfg(test)]
mod tests;
