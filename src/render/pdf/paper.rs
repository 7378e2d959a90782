//! Paper: the words of a report and where they stand, for the template.
//!
//! In:    a report.
//! Out:   a [`Sheet`]: escaped words, figures that add up, charts as boxes and words.
//! Never: knows typst; `paper.typ` knows the rest.

use serde::Serialize;

use super::columns::{PAGES, Page};
use super::grid::{Draft, Grid, SPELLING};
use crate::render::cells::fact;
use crate::render::chart::scene::{Anchor, Colour, Mark, STROKE, Scene};
use crate::render::escape::chart_text;
use crate::render::font::{Letters, Weight};
use crate::render::lang::Tongue;
use crate::render::{chart, words};
use crate::report::chart::{Chart, Shape};
use crate::report::{Report, Section};

/// Amounts at the head of a paper; more would be a table.
const MOST_FIGURES: usize = 4;
const LACKING: &str =
    "note: boxes stand for letters that the fonts of this paper lack; CSV and JSON have them";

/// One report.
#[derive(Serialize)]
pub(super) struct Sheet {
    title: String,
    /// Title and months, for the foot of every page.
    running: String,
    caption: Vec<String>,
    landscape: bool,
    subject: Vec<(String, String)>,
    /// Headings and amounts of the first totals.
    figures: Vec<(String, String)>,
    parts: Vec<Part>,
    foot: Vec<String>,
}

/// One section.
#[derive(Serialize)]
struct Part {
    heading: Option<String>,
    pictures: Vec<Picture>,
    /// `None` where there is nothing to show.
    grid: Option<Grid>,
}

/// A chart in pixels of its own.
#[derive(Serialize)]
struct Picture {
    heading: String,
    width: i32,
    height: i32,
    boxes: Vec<BoxView>,
    lines: Vec<LineView>,
    words: Vec<WordView>,
}

#[derive(Serialize)]
struct BoxView {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    colour: String,
}

#[derive(Serialize)]
struct LineView {
    points: Vec<(i32, i32)>,
    width: i32,
    colour: String,
}

#[derive(Serialize)]
struct WordView {
    x: i32,
    y: i32,
    text: String,
    anchor: &'static str,
    size: i32,
    colour: String,
}

impl Sheet {
    /// Everything that a person should see of a report.
    pub(super) fn of(report: &Report, tongue: &Tongue) -> Self {
        let drafts: Vec<Option<Draft<'_>>> =
            report.sections.iter().map(|section| Draft::of(&section.table, tongue)).collect();
        let landscape = drafts.iter().flatten().any(|draft| draft.page().landscape);
        let mut figures = drafts.iter().flatten().map(Draft::figures);
        let figures = figures.find(|told| !told.is_empty()).unwrap_or_default();
        let part = |(section, draft): (&Section, &Option<Draft<'_>>)| Part {
            heading: section.heading.as_deref().map(chart_text),
            pictures: pictures(section, report, tongue),
            grid: draft.as_ref().map(|draft| draft.lay(on(landscape, draft.page()))),
        };
        let title = chart_text(&report.title);
        let months = words::months(&report.caption.periods, tongue);
        let running = months.map_or_else(|| title.clone(), |m| format!("{title} · {m}"));
        let notes = report
            .findings
            .iter()
            .map(|finding| format!("{}: {}", tongue.word("note"), finding.message));
        let foot = words::books(report, tongue).into_iter().map(words::joined).chain(notes);
        let caption = words::caption(&report.caption, tongue);
        let subject = report.subject.iter();
        let mut sheet = Self {
            running: chart_text(&running),
            title,
            caption: caption.iter().map(|item| chart_text(item)).collect(),
            landscape,
            subject: subject
                .map(|told| (told.heading.to_string(), fact(told, SPELLING, tongue)))
                .collect(),
            figures: if figures.len() > MOST_FIGURES { Vec::new() } else { figures },
            parts: report.sections.iter().zip(&drafts).map(part).collect(),
            foot: foot.map(|line| chart_text(&line)).collect(),
        };
        let letters = Letters::new(Weight::Regular);
        let in_tables = drafts.iter().flatten().flat_map(Draft::words);
        if !sheet.words().chain(in_tables).all(|word| letters.have(word)) {
            sheet.foot.push(tongue.word(LACKING).to_owned());
        }
        sheet
    }

    /// Every word outside of the tables.
    fn words(&self) -> impl Iterator<Item = &str> {
        let subject = self.subject.iter().map(|(_, shown)| shown);
        let headings = self.parts.iter().filter_map(|part| part.heading.as_ref());
        let pictures = self.parts.iter().flat_map(|part| &part.pictures);
        let drawn = pictures.flat_map(|picture| &picture.words).map(|word| &word.text);
        let lines = [&self.title].into_iter().chain(&self.caption).chain(&self.foot);
        lines.chain(subject).chain(headings).chain(drawn).map(String::as_str)
    }
}

/// The page of a table in a report that may lie on its side for another one.
fn on(landscape: bool, wanted: Page) -> Page {
    if landscape && !wanted.landscape { Page { landscape, ..PAGES[0] } } else { wanted }
}

/// The charts that say more than the bars within the table.
fn pictures(section: &Section, report: &Report, tongue: &Tongue) -> Vec<Picture> {
    let says_more = |chart: &&Chart| !matches!(chart.shape, Shape::Bars(_));
    let charts: Vec<&Chart> = section.charts.iter().filter(says_more).collect();
    let picture = |chart: &&Chart| {
        let [wide, _] = chart::figures(chart, tongue);
        picture(&chart_text(&chart::heading(chart, report, tongue)), &wide)
    };
    charts.iter().map(picture).collect()
}

fn picture(heading: &str, scene: &Scene) -> Picture {
    let mut picture = Picture {
        heading: heading.to_owned(),
        width: scene.width,
        height: scene.height,
        boxes: Vec::new(),
        lines: Vec::new(),
        words: Vec::new(),
    };
    for mark in &scene.marks {
        match mark {
            Mark::Box { from, to, colour } => picture.boxes.push(BoxView {
                x: from.0,
                y: from.1,
                width: to.0 - from.0,
                height: to.1 - from.1,
                colour: hex(*colour),
            }),
            Mark::Path { points, colour } => picture.lines.push(LineView {
                points: points.clone(),
                width: STROKE,
                colour: hex(*colour),
            }),
            Mark::Text { at, text, anchor, size, colour } => picture.words.push(WordView {
                x: at.0,
                y: at.1,
                text: text.clone(),
                anchor: match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                },
                size: *size,
                colour: hex(*colour),
            }),
        }
    }
    picture
}

fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
