//! Figure: a chart inside the page, for a screen and for a phone, in the light and in the dark.
//!
//! In:    a chart.
//! Out:   a `figure` of inline SVG with a title and a description; rules for dark screens.
//! Never: leaves something to the chart that the table does not tell.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use crate::model::money::Money;
use crate::model::phrase::{Phrase, phrase};
use crate::render::chart::scene::{Colour, Scene};
use crate::render::chart::{ON_DARK, figures, heading};
use crate::render::escape::html_text;
use crate::render::lang::{Tongue, Unit};
use crate::render::{RenderError, draw};
use crate::report::Report;
use crate::report::chart::{Bar, Chart, Line, Series, Shape};

/// Names that a description tells; the table tells all.
const TOLD: usize = 3;

/// One chart, twice: the stylesheet shows the one that fits.
pub(super) fn figure(
    chart: &Chart,
    report: &Report,
    id: &str,
    tongue: &Tongue,
) -> Result<Markup, RenderError> {
    let unit = Unit { measure: &chart.measure, tongue };
    let names = [Some(chart.title.as_str()), chart.part.as_deref(), Some(unit.name())];
    let title = html_text(&names.into_iter().flatten().collect::<Vec<_>>().join(", "));
    let told = html_text(&description(chart, unit));
    let several = report.sections.iter().map(|section| section.charts.len()).sum::<usize>() > 1;
    let [wide, narrow] = figures(chart, tongue);
    let wide = svg(&wide, "wide", id, (&title, &told))?;
    let narrow = svg(&narrow, "narrow", id, (&title, &told))?;
    Ok(html! {
        figure.chart {
            @if several { figcaption { bdi { (html_text(&heading(chart, report, tongue))) } } }
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
fn description(chart: &Chart, unit: Unit<'_>) -> String {
    let named = |name: &Phrase, amount: i128| phrase!("{} {}", name, unit.money(amount));
    let bar = |bar: &Bar| named(&bar.label.name, bar.value.0);
    let first = |bars: &[Bar]| several(bars.iter().map(bar));
    let told = match &chart.shape {
        Shape::Bars(bars) => phrase!("{} bars: {}", bars.len(), first(bars)),
        Shape::StackedBars { days, series } => {
            let sum = |one: &Series| Money::checked_sum(one.values.iter().copied());
            let layer = |one: &Series| named(&one.label.name, sum(one).unwrap_or_default().0);
            let layers = several(series.iter().map(layer));
            phrase!("A column for each day ({}), in layers: {}", span(days), layers)
        }
        Shape::Lines { days, lines, limit } => {
            let last = |line: &Line| {
                let last = line.values.last().copied().unwrap_or_default();
                named(&line.label.name, last.0)
            };
            let lines = several(lines.iter().map(last));
            match limit {
                Some(limit) => {
                    let limit = bar(limit);
                    phrase!(
                        "A line over the days ({}), ending at {}; the limit is {}",
                        span(days),
                        lines,
                        limit
                    )
                }
                None => phrase!("A line over the days ({}), ending at {}", span(days), lines),
            }
        }
        Shape::Waterfall(steps) => match steps.as_slice() {
            [from, changes @ .., to] => {
                phrase!("From {} to {}, by {}", bar(from), bar(to), first(changes))
            }
            _ => Phrase::default(),
        },
        Shape::Pareto { bars, .. } => {
            phrase!("{} bars and their sums: {}", bars.len(), first(bars))
        }
        Shape::Heat(heat) => {
            let days = heat.days.iter().flatten().flatten();
            let most = unit.amount(heat.most());
            if heat.are_hours() {
                phrase!("A week of {} hours, at most {}", days.count(), most)
            } else {
                phrase!("A calendar of {} days, at most {}", days.count(), most)
            }
        }
    };
    unit.tongue.say(&phrase!("{}. The table has every amount.", told))
}

/// The first of many, and that there are more.
fn several(all: impl ExactSizeIterator<Item = Phrase>) -> Phrase {
    let has_more = all.len() > TOLD;
    let first = all.take(TOLD).reduce(|left, right| phrase!("{}, {}", left, right));
    let first = first.unwrap_or_default();
    if has_more { phrase!("{}, and so on", first) } else { first }
}

fn span(days: &[String]) -> Phrase {
    match days {
        [] => Phrase::default(),
        [only] => Phrase::from(only.clone()),
        [first, .., last] => phrase!("{} to {}", first, last),
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
