//! Tests of papers, read back glyph by glyph.
//!
//! In:    sample answers and hostile words.
//! Out:   failures.
//! Never: compiled into the product.

use hayro_interpret::font::Glyph;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use hayro_syntax::Pdf;
use kurbo::{Affine, BezPath, Rect};

use crate::model::answer::{Answer, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::render::escape::chart_text;
use crate::render::hostile::{HOSTILE, hostile};
use crate::render::sample::{days, people, report, row};
use crate::render::tests::json;
use crate::render::{Format, Style, render, render_together};
use crate::report::Report;

/// What a reader of a PDF sees: per page the texts that are marked as one.
struct Read {
    pages: Vec<Vec<String>>,
    /// Letters that are drawn as the box for "no such letter".
    boxes: usize,
    landscape: bool,
}

impl Read {
    fn text(&self) -> String {
        self.pages.concat().join("\n")
    }
}

#[derive(Default)]
struct Reader {
    texts: Vec<String>,
    boxes: usize,
}

impl Device<'_> for Reader {
    fn begin_marked_content(&mut self, _: &[u8], _: Option<i32>) {
        self.texts.push(String::new());
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'_>,
        _: Affine,
        _: Affine,
        _: &Paint<'_>,
        _: &GlyphDrawMode,
    ) {
        let Glyph::Outline(outline) = glyph else { panic!("a glyph that is drawn by a program") };
        self.boxes += usize::from(outline.glyph_id().to_u32() == 0);
        if let (Some(letter), Some(text)) = (glyph.as_unicode(), self.texts.last_mut()) {
            match letter {
                hayro_cmap::BfString::Char(letter) => text.push(letter),
                hayro_cmap::BfString::String(letters) => text.push_str(&letters),
            }
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn read(bytes: Vec<u8>) -> Read {
    let pdf = Pdf::new(bytes).unwrap();
    let cache = InterpreterCache::new();
    let mut read = Read { pages: Vec::new(), boxes: 0, landscape: false };
    for page in pdf.pages().iter() {
        let area = Rect::new(0.0, 0.0, 1.0, 1.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, area, &cache, pdf.xref(), settings);
        let mut reader = Reader::default();
        interpret_page(page, &mut context, &mut reader);
        let (width, height) = page.render_dimensions();
        read.landscape |= width > height;
        read.boxes += reader.boxes;
        read.pages.push(reader.texts);
    }
    read
}

fn pdf(report: &Report) -> Vec<u8> {
    render(report, Format::Pdf, &Style::default()).unwrap()
}

/// Cost by user.
fn users(names: &[&str]) -> Report {
    let cost = |index: usize| i128::try_from(index + 1).unwrap() * 1_230_000_000_000;
    let rows = names.iter().enumerate().map(|(index, name)| {
        row(Standing::Attributed, vec![Some((*name).to_owned())], cost(index))
    });
    let rows = rows.collect();
    report(Answer::whole(vec![Dimension::User], CostMetric::List, rows), None)
}

/// What is less than a cent is told as less than one.
fn cents(text: &str) -> Option<i128> {
    if text.starts_with(['<', '>']) {
        return Some(0);
    }
    let digits = text.split(' ').next()?.replace(',', "");
    let (whole, part) = digits.split_once('.')?;
    format!("{whole}{part}").parse().ok().filter(|_| part.len() == 2)
}

fn pico(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<12}").parse().unwrap()
}

#[test]
fn a_paper_tells_the_costs_of_the_json() {
    let report = report(people(), None);
    let told: Vec<i128> =
        read(pdf(&report)).pages.concat().iter().filter_map(|text| cents(text)).collect();
    let json = json(&report);
    let rows = json["rows"].as_array().unwrap().iter().map(|row| &row["cost"]);
    for cost in rows.chain([&json["totals"]["cost"]]) {
        let pico = pico(cost.as_str().unwrap());
        // A column of cents adds up, so that one may be rounded the other way.
        let near = |cents: &i128| (cents * 10_000_000_000 - pico).abs() < 10_000_000_000;
        assert!(told.iter().any(near), "{cost} is not among {told:?}");
    }
}

#[test]
fn a_paper_says_what_it_is_about_and_ends_with_the_books() {
    let text = read(pdf(&report(people(), Some(3)))).text();
    for words in [
        "Spend by domain, user, space",
        "2026-09 to 2026-10 · amortized cost · USD · UTC days · 30,000 source rows",
        "5,938.91 USD",
        "rest (9 rows)",
        "books: 30,000 rows in = 30,000 kept + 0 refused",
        "note: no `line_item_resource_id`: owners cannot be inferred from ARNs",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = report(days(), None);
    assert!(pdf(&report) == pdf(&report));
}

#[test]
fn chinese_names_are_letters_and_no_boxes() {
    let known = read(pdf(&users(&["数据平台团队", "山田 太郎", "Zoë Łucja Ωmega иванов"])));
    assert_eq!(known.boxes, 0);
    assert!(known.text().contains("数据平台团队"), "{}", known.text());
    assert!(!known.text().contains("boxes stand for letters"));
    let unknown = read(pdf(&users(&["דוד", "alice"])));
    assert!(unknown.boxes > 0);
    assert!(unknown.text().contains("boxes stand for letters"));
}

#[test]
fn hostile_words_are_shown_and_nothing_else_happens() {
    let bytes = pdf(&hostile(HOSTILE));
    for active in ["/JavaScript", "/Launch", "/URI", "/EmbeddedFile", "/OpenAction", "/AA"] {
        let found = bytes.windows(active.len()).any(|window| window == active.as_bytes());
        assert!(!found, "{active}");
    }
    let bare = |text: &str| text.replace(char::is_whitespace, "");
    let text = bare(&read(bytes).text());
    // What has letters of ours can be compared; the rest is boxes.
    let ours = |word: &&&str| crate::render::font::has_letters(&chart_text(word));
    for word in HOSTILE.iter().filter(ours) {
        assert!(text.contains(&bare(&chart_text(word))), "{word:?}");
    }
}

#[test]
fn a_long_table_repeats_its_headings_and_counts_its_pages() {
    let names: Vec<String> = (0..300).map(|index| format!("user-{index:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let read = read(pdf(&users(&names)));
    let pages = read.pages.len();
    assert!(pages > 3);
    for (index, page) in read.pages.iter().enumerate() {
        let number = format!("page {} of {pages}", index + 1);
        assert!(page.concat().contains(&number), "{page:?}");
        let rows = page.iter().filter(|text| text.starts_with("user-")).count();
        assert!(rows == 0 || page.concat().contains("Cost"), "{number}: {page:?}");
    }
    let text = read.text();
    assert!(names.iter().all(|name| text.contains(name)));
}

#[test]
fn a_wide_table_lies_on_its_side() {
    assert!(!read(pdf(&users(&["alice"]))).landscape);
    let answer = people();
    let wide = |answer: Answer| {
        let mut report = report(answer, None);
        let table = &mut report.sections[0].table;
        for _ in 0..3 {
            let more = table.columns.clone();
            table.columns.extend(more);
            for row in table.rows.iter_mut().chain(&mut table.totals) {
                let more = row.cells.clone();
                row.cells.extend(more);
            }
        }
        report
    };
    assert!(read(pdf(&wide(answer))).landscape);
}

#[test]
fn several_reports_are_one_document_and_each_begins_on_a_page() {
    let reports = [users(&["alice"]), report(people(), None)];
    let reports: Vec<&Report> = reports.iter().collect();
    let read = read(render_together(&reports, Format::Pdf, &Style::default()).unwrap());
    assert_eq!(read.pages.len(), 2);
    assert!(read.pages[1].concat().contains("Spend by domain, user, space"));
}
