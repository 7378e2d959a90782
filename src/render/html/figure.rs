//! Figure: a chart inside the page, for a screen and for a phone, in the light and in the dark.
//!
//! In:    a chart.
//! Out:   a `figure` of inline SVG with a title and a description; rules for dark screens.
//! Never: leaves something to the chart that the table does not tell.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use crate::model::money::Money;
use crate::render::chart::scene::{Colour, Scene};
use crate::render::chart::{ON_DARK, figures, heading};
use crate::render::escape::html_text;
use crate::render::number;
use crate::render::{RenderError, draw};
use crate::report::Report;
use crate::report::chart::{Bar, Chart, Series, Shape};

/// Names that a description tells; the table tells all.
const TOLD: usize = 3;

/// One chart, twice: the stylesheet shows the one that fits.
pub(super) fn figure(chart: &Chart, report: &Report, id: &str) -> Result<Markup, RenderError> {
    let title = html_text(&format!("{}, {}", chart.title, chart.currency));
    let told = html_text(&description(chart));
    let several = report.sections.iter().map(|section| section.charts.len()).sum::<usize>() > 1;
    let [wide, narrow] = figures(chart);
    let wide = svg(&wide, "wide", id, (&title, &told))?;
    let narrow = svg(&narrow, "narrow", id, (&title, &told))?;
    Ok(html! {
        figure.chart {
            @if several { figcaption { bdi { (html_text(&heading(chart, report))) } } }
            (wide)
            (narrow)
        }
    })
}

fn svg(
    scene: &Scene,
    class: &str,
    id: &str,
    (title, told): (&str, &str),
) -> Result<Markup, RenderError> {
    let marks = draw::marks(scene)?;
    let [title_id, told_id] = ["title", "told"].map(|word| format!("{id}-{class}-{word}"));
    let view = format!("0 0 {} {}", scene.width, scene.height);
    Ok(html! {
        svg class=(class) role="img" viewBox=(view) aria-labelledby=(title_id)
            aria-describedby=(told_id) {
            title id=(title_id) { (title) }
            desc id=(told_id) { (told) }
            (PreEscaped(marks))
        }
    })
}

/// What a listener should know of the picture.
fn description(chart: &Chart) -> String {
    let told = |name: &str, amount: i128| format!("{name} {}", number::money(amount));
    match &chart.shape {
        Shape::Bars(bars) => {
            let first = |bar: &Bar| told(&bar.label.name, bar.value.0);
            let first: Vec<String> = bars.iter().take(TOLD).map(first).collect();
            let more = if bars.len() > TOLD { ", and so on" } else { "" };
            format!("{} bars: {}{more}. The table has every amount.", bars.len(), first.join(", "))
        }
        Shape::StackedBars { days, series } => {
            let total = |one: &Series| Money::checked_sum(one.values.iter().copied());
            let first = series.iter().take(TOLD);
            let first: Vec<String> = first
                .map(|one| {
                    total(one).map_or(one.label.name.to_string(), |t| told(&one.label.name, t.0))
                })
                .collect();
            let span = match days.as_slice() {
                [] => String::new(),
                [only] => format!(" of {only}"),
                [first, .., last] => format!(" from {first} to {last}"),
            };
            let more = if series.len() > TOLD { ", and so on" } else { "" };
            format!(
                "A column for each day{span}, in layers: {}{more}. The table has every amount.",
                first.join(", ")
            )
        }
    }
}

/// Rules that give every colour of a chart its twin for dark screens; paper stays white.
pub(super) fn dark_colours() -> String {
    let mut rules = String::from("@media screen and (prefers-color-scheme: dark) {\n");
    for (light, dark) in ON_DARK {
        // Writing to a string cannot fail.
        let _ = writeln!(rules, ".chart [fill=\"{}\"] {{ fill: {} }}", hex(light), hex(dark));
    }
    rules + "}\n"
}

/// As the drawing library writes it.
fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
