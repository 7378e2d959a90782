//! Tests of every kind of chart, as a picture and in letters.
//!
//! In:    charts of ordinary, long and hostile names; days with credits, many days, none.
//! Out:   failures.
//! Never: compiled into the product.

use unicode_width::UnicodeWidthStr;

use super::figures;
use super::scene::{Anchor, Mark, Scene};
use crate::model::lang::Lang;
use crate::model::money::{Currency, Money, UNIT};
use crate::render::hostile::{assert_harmless, assert_inert, hostile};
use crate::render::lang::Tongue;
use crate::render::terminal::TerminalStyle;
use crate::render::tests::text;
use crate::render::{Format, Style, font, plot, render};
use crate::report::chart::{Bar, Certainty, Chart, Heat, Label, Line, Measure, Series, Shape};
use crate::report::table::RowKind;

const ASCII: [&str; 4] = ["alice", "d-7fk2m9x4qzt1 / data-platform-service-account", "bob", "x"];
const HOSTILE: [&str; 4] = ["\u{1b}[2J</text><script>", "\u{202e}evil\r\n", "山田 太郎", ""];

fn money(units: i128) -> Money {
    Money(units * UNIT / 100)
}

fn bar(kind: RowKind, name: &str, cents: i128) -> Bar {
    Bar { label: Label { kind, name: name.to_owned().into() }, value: money(cents) }
}

fn days(count: usize) -> Vec<String> {
    let first: chrono::NaiveDate = "2026-09-03".parse().unwrap();
    first.iter_days().take(count).map(|day| day.to_string()).collect()
}

/// One of each kind, over so many days.
fn every_kind(names: [&str; 4], count: usize) -> Vec<Chart> {
    let data = RowKind::Data;
    let all: Vec<Bar> = (1..)
        .zip(names)
        .map(|(place, name)| bar(data, name, 1_234_567 / (place * place)))
        .chain([bar(RowKind::Rest, "rest (7 rows)", 2_345)])
        .collect();
    let mut sum = Money::ZERO;
    let mut add = |bar: &Bar| {
        sum = sum.checked_add(bar.value).unwrap();
        sum
    };
    let sums: Vec<Money> = all.iter().map(&mut add).collect();
    let course = |place: i128| -> Vec<Money> {
        let day = |day: i128| if day % 11 == 5 { -500 * place } else { 90_000 / place + day * 37 };
        (0..).map(day).map(money).take(count).collect()
    };
    let series: Vec<Series> = (1..)
        .zip(names)
        .map(|(place, name)| {
            let label = Label { kind: data, name: name.to_owned().into() };
            Series { label, values: course(place) }
        })
        .collect();
    let line = |one: &Series| Line {
        label: one.label.clone(),
        from: 0,
        values: one.values.clone(),
        certainty: Certainty::Known,
    };
    let lines: Vec<Line> = series.iter().map(line).collect();
    let mut burnt = vec![lines[0].clone(), lines[1].clone()];
    burnt[0].values.truncate(count.div_ceil(2));
    burnt[1] = Line { from: count / 2, certainty: Certainty::Expected, ..burnt[1].clone() };
    burnt[1].values.truncate(count - count / 2);
    let steps = |from: i128, changes: [i128; 4]| {
        let mut steps = vec![bar(RowKind::Total, "Prior cost", from)];
        steps.extend(names.iter().zip(changes).map(|(name, change)| bar(data, name, change)));
        steps.push(bar(RowKind::Total, "Cost", from + changes.iter().sum::<i128>()));
        Shape::Waterfall(steps)
    };
    let mut weeks: Vec<[Option<i128>; 7]> = Vec::new();
    for week in course(1).chunks(7) {
        weeks.push(std::array::from_fn(|day| week.get(day).map(|of| of.0)));
    }
    let mondays = days(count).into_iter().step_by(7).collect();
    let limit = Some(bar(data, "Budget", 88_000));
    let shapes = [
        Shape::Bars(all.clone()),
        Shape::StackedBars { days: days(count), series },
        Shape::Lines { days: days(count), lines, limit: None },
        Shape::Lines { days: days(count), lines: burnt, limit },
        steps(0, [400, 300, -1_000, 2]),
        steps(1_000_000, [40_000, 3_000, -1_000, 0]),
        Shape::Pareto { bars: all, sums },
    ];
    let measure = Measure::Money(Currency("USD".into()));
    let chart = |shape| Chart { title: "It".into(), part: None, measure: measure.clone(), shape };
    let heat = Shape::Heat(Heat { weeks: mondays, days: weeks });
    let hours = Chart {
        part: Some(names[0].to_owned().into()),
        measure: Measure::Hours,
        ..chart(heat.clone())
    };
    shapes.into_iter().chain([heat]).map(chart).chain([hours]).collect()
}

/// The corners of a text, a little smaller than its letters.
fn corners(mark: &Mark) -> Option<[i32; 4]> {
    let Mark::Text { at, text, anchor, size, .. } = mark else { return None };
    let width = font::width(text, *size);
    let left = match anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - width / 2,
        Anchor::End => at.0 - width,
    };
    Some([left, at.1 - size / 2 + 1, left + width, at.1 + size / 2 - 1])
}

fn assert_legible(scene: &Scene, of: &Chart) {
    let texts: Vec<[i32; 4]> = scene.marks.iter().filter_map(corners).collect();
    for (index, a) in texts.iter().enumerate() {
        assert!(a[0] >= 0 && a[2] <= scene.width, "{a:?} of {}: {of:?}", scene.width);
        assert!(a[1] >= 0 && a[3] <= scene.height, "{a:?} of {}: {of:?}", scene.height);
        for b in &texts[index + 1..] {
            let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
            assert!(apart, "{a:?} {b:?} at {}: {of:?}", scene.width);
        }
    }
    for mark in &scene.marks {
        let points = match mark {
            Mark::Box { from, to, .. } => vec![*from, *to],
            Mark::Path { points, .. } => points.clone(),
            Mark::Text { .. } => continue,
        };
        for (x, y) in points {
            assert!((0..=scene.width).contains(&x) && (0..=scene.height).contains(&y), "{of:?}");
        }
    }
}

#[test]
fn words_of_a_picture_never_touch_and_nothing_leaves_the_page() {
    for names in [ASCII, HOSTILE] {
        for count in [1, 2, 9, 30, 31, 61, 300, 731] {
            for chart in every_kind(names, count) {
                for scene in figures(&chart, &Tongue::of(Lang::En)) {
                    assert_legible(&scene, &chart);
                }
            }
        }
    }
}

#[test]
fn a_chart_in_letters_never_leaves_the_screen_or_drives_it() {
    for names in [ASCII, HOSTILE] {
        for count in [1, 2, 9, 30, 61, 300] {
            for chart in every_kind(names, count) {
                for (width, unicode) in (40..170).step_by(3).flat_map(|w| [(w, true), (w, false)]) {
                    let style = TerminalStyle { width, unicode, ..TerminalStyle::default() };
                    for line in plot::write(&chart, style, &Tongue::of(Lang::En)) {
                        assert!(line.width() <= width, "{width}: {line}\n{chart:?}");
                        assert!(!line.contains(char::is_control), "{line:?}");
                        let is_plain = unicode || names == HOSTILE || line.is_ascii();
                        assert!(is_plain, "{line}");
                    }
                }
            }
        }
    }
}

#[test]
fn colours_of_letters_add_nothing_but_codes_of_ours() {
    for chart in every_kind(ASCII, 30) {
        if matches!(chart.shape, Shape::StackedBars { .. }) {
            continue; // Without colours its layers are told apart by their fills.
        }
        let plain = plot::write(&chart, TerminalStyle::default(), &Tongue::of(Lang::En));
        let style = TerminalStyle { colour: true, ..TerminalStyle::default() };
        for (painted, plain) in plot::write(&chart, style, &Tongue::of(Lang::En)).iter().zip(&plain)
        {
            let mut pieces = painted.split("\u{1b}[");
            let mut bare = pieces.next().unwrap().to_owned();
            for piece in pieces {
                let (code, text) = piece.split_once('m').unwrap();
                assert!(code == "0" || code.starts_with("38;5;"), "{code}");
                bare.push_str(text);
            }
            assert_eq!(&bare, plain);
        }
    }
}

#[test]
fn every_colour_of_a_chart_has_a_twin_for_dark_screens() {
    for chart in every_kind(ASCII, 30) {
        for mark in figures(&chart, &Tongue::of(Lang::En)).iter().flat_map(|scene| &scene.marks) {
            let (Mark::Box { colour, .. } | Mark::Path { colour, .. } | Mark::Text { colour, .. }) =
                mark;
            assert!(super::ON_DARK.iter().any(|(light, _)| light == colour), "{mark:?}");
        }
    }
}

#[test]
fn every_kind_of_chart_of_any_words_is_inert_in_pages_papers_and_workbooks() {
    for names in [ASCII, HOSTILE] {
        let mut report = hostile(&["a"]);
        report.sections[0].charts = every_kind(names, 40);
        assert_harmless(&text(&report, Format::Svg, TerminalStyle::default()));
        assert_inert(&text(&report, Format::Html, TerminalStyle::default()));
        for format in [Format::Png, Format::Pdf, Format::Xlsx] {
            render(&report, format, &Style::default()).unwrap();
        }
    }
}

#[test]
fn the_last_dash_of_an_expected_line_ends_where_the_line_does() {
    let label = |name: &str| Label { kind: RowKind::Data, name: name.to_owned().into() };
    let end = |certainty: Certainty| {
        let line =
            |name, from, values, certainty| Line { label: label(name), from, values, certainty };
        let known = line("Cost", 0, vec![money(100), money(250)], Certainty::Known);
        let last = line("Forecast cost", 1, [250, 400, 900].map(money).to_vec(), certainty);
        let shape = Shape::Lines { days: days(4), lines: vec![known, last], limit: None };
        let measure = Measure::Money(Currency("USD".into()));
        let chart = Chart { title: "Budget".into(), part: None, measure, shape };
        let [scene, _] = figures(&chart, &Tongue::of(Lang::En));
        let paths = scene.marks.iter().filter_map(|mark| match mark {
            Mark::Path { points, .. } => points.last().copied(),
            _ => None,
        });
        paths.max()
    };
    assert!(end(Certainty::Known).is_some());
    assert_eq!(end(Certainty::Expected), end(Certainty::Known));
}
