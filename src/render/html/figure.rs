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
use crate::report::chart::{Bar, Chart, Line, Series, Shape};

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
    let bar = |bar: &Bar| format!("{} {}", bar.label.name, number::money(bar.value.0));
    let first = |bars: &[Bar]| several(bars.iter().map(bar));
    let told = match &chart.shape {
        Shape::Bars(bars) => format!("{} bars: {}", bars.len(), first(bars)),
        Shape::StackedBars { days, series } => {
            let layers = several(series.iter().map(total));
            format!("A column for each day{}, in layers: {layers}", span(days))
        }
        Shape::Lines { days, lines, limit } => {
            let last = |line: &Line| {
                let last = line.values.last().copied().unwrap_or_default();
                format!("{} {}", line.label.name, number::money(last.0))
            };
            let lines = several(lines.iter().map(last));
            let limit = limit
                .as_ref()
                .map_or_else(String::new, |limit| format!(" and the limit {}", bar(limit)));
            format!("A line over the days{}, ending at: {lines}{limit}", span(days))
        }
        Shape::Waterfall(steps) => match steps.as_slice() {
            [from, changes @ .., to] => {
                format!("From {} to {}, by {}", bar(from), bar(to), first(changes))
            }
            _ => String::new(),
        },
        Shape::Pareto { bars, .. } => {
            format!("{} bars and their sums: {}", bars.len(), first(bars))
        }
        Shape::Heat { days, .. } => {
            let days = days.iter().flatten().flatten();
            let most = days.clone().max().map_or(0, |most| most.0);
            format!("A calendar of {} days, at most {}", days.count(), number::money(most))
        }
    };
    format!("{told}. The table has every amount.")
}

/// The first of several, and that there are more.
fn several(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = if all.len() > TOLD { ", and so on" } else { "" };
    let first: Vec<String> = all.take(TOLD).collect();
    format!("{}{more}", first.join(", "))
}

fn total(one: &Series) -> String {
    let name = one.label.name.to_string();
    let total = Money::checked_sum(one.values.iter().copied());
    total.map_or(name.clone(), |total| format!("{name} {}", number::money(total.0)))
}

fn span(days: &[String]) -> String {
    match days {
        [] => String::new(),
        [only] => format!(" of {only}"),
        [first, .., last] => format!(" from {first} to {last}"),
    }
}

/// Rules that give every colour of a chart its twin for dark screens; paper stays white.
pub(super) fn dark_colours() -> String {
    let mut rules = String::from("@media screen and (prefers-color-scheme: dark) {\n");
    for (light, dark) in ON_DARK {
        // Writing to a string cannot fail.
        let (light, dark) = (hex(light), hex(dark));
        let _ = writeln!(rules, ".chart [fill=\"{light}\"] {{ fill: {dark} }}");
        let _ = writeln!(rules, ".chart [stroke=\"{light}\"] {{ stroke: {dark} }}");
    }
    rules + "}\n"
}

/// As the drawing library writes it.
fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
