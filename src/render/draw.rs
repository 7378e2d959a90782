//! Draw: a scene as SVG or PNG, through plotters.
//!
//! In:    a scene of boxes, lines and escaped words.
//! Out:   well-formed SVG without scripts, links or outside references; a PNG at twice the size.
//! Never: opens a file, or depends on the fonts of the machine.

use ab_glyph::{Font, FontRef, GlyphId, OutlinedGlyph, PxScale, ScaleFont, point};
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, WHITE};

use super::RenderError;
use super::chart::scene::{Anchor, Colour, Mark, STROKE, Scene};
use super::font::{Letters, Weight};

/// Pixels of a PNG per pixel of the scene: sharp on dense screens.
const DENSITY: i32 = 2;
/// Plotters writes an em of its font size divided by this.
const PLOTTERS_SIZE_PER_EM: f64 = 1.24;

/// Small letters of Noto Sans are 0.536 em high.
const HALF_X_HEIGHT: f32 = 0.268;

/// Writes a scene as SVG. Plotters escapes `<`, `>`, `&` and quotes itself.
pub(super) fn svg(scene: &Scene) -> Result<String, RenderError> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, size(scene, 1)).into_drawing_area();
    boxes(&area, scene, 1)?;
    words(&area, scene)?;
    area.present().map_err(failed)?;
    drop(area);
    Ok(text)
}

/// The marks of a scene as SVG elements, for a page that writes the element around them.
pub(super) fn marks(scene: &Scene) -> Result<String, RenderError> {
    let whole = svg(scene)?;
    let inner = whole.split_once('>').and_then(|(_, inner)| inner.rsplit_once("</svg>"));
    inner.map(|(inner, _)| inner.to_owned()).ok_or_else(|| failed("an SVG without its element"))
}

/// Writes a scene as PNG.
///
/// Plotters draws the boxes. It sets letters without the space that belongs to their left, so the
/// words are set here.
pub(super) fn png(scene: &Scene) -> Result<Vec<u8>, RenderError> {
    let (width, height) = size(scene, DENSITY);
    let mut pixels = vec![0_u8; 3 * width as usize * height as usize];
    let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
    boxes(&area, scene, DENSITY)?;
    area.present().map_err(failed)?;
    drop(area);
    let letters = Letters::new(Weight::Regular);
    let mut canvas = Canvas { pixels: &mut pixels, width: width as usize, letters };
    scene.marks.iter().for_each(|mark| canvas.set(mark));

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn size(scene: &Scene, scale: i32) -> (u32, u32) {
    let pixels = |length: i32| u32::try_from(length * scale).unwrap_or(1).max(1);
    (pixels(scene.width), pixels(scene.height))
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Drawing { reason: error.to_string() }
}

fn rgb(Colour(red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn boxes<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    scene: &Scene,
    scale: i32,
) -> Result<(), RenderError> {
    area.fill(&WHITE).map_err(failed)?;
    for mark in &scene.marks {
        let at = |(x, y): &(i32, i32)| (x * scale, y * scale);
        match mark {
            Mark::Box { from, to, colour } => {
                let corners = [at(from), at(to)];
                area.draw(&Rectangle::new(corners, rgb(*colour).filled())).map_err(failed)?;
            }
            Mark::Path { points, colour } => {
                let points: Vec<_> = points.iter().map(at).collect();
                let width = u32::try_from(STROKE * scale).unwrap_or(1);
                let stroke = rgb(*colour).stroke_width(width);
                area.draw(&PathElement::new(points, stroke)).map_err(failed)?;
            }
            Mark::Text { .. } => {}
        }
    }
    Ok(())
}

fn words(area: &DrawingArea<SVGBackend<'_>, Shift>, scene: &Scene) -> Result<(), RenderError> {
    for mark in &scene.marks {
        if let Mark::Text { at, text, anchor, size, colour } = mark {
            let side = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let font =
                FontDesc::new(FontFamily::SansSerif, plotters_size(*size), FontStyle::Normal);
            let style = font.color(&rgb(*colour)).pos(Pos::new(side, VPos::Center));
            area.draw_text(text, &style, *at).map_err(failed)?;
        }
    }
    Ok(())
}

#[expect(clippy::float_arithmetic, reason = "a font size, not money")]
fn plotters_size(em: i32) -> f64 {
    f64::from(em) * PLOTTERS_SIZE_PER_EM
}

/// The pixels of a PNG, red, green and blue in turn, and the letters to set words in.
struct Canvas<'a> {
    pixels: &'a mut [u8],
    width: usize,
    letters: Letters,
}

/// A letter on its line.
struct Glyph<'a> {
    font: &'a FontRef<'static>,
    id: GlyphId,
    scale: PxScale,
    /// Pixels from the start of the line.
    offset: f32,
}

impl Glyph<'_> {
    #[expect(clippy::float_arithmetic, reason = "positions of letters, not money")]
    fn outline(&self, start: f32, base: f32) -> Option<OutlinedGlyph> {
        let place = point((start + self.offset).round(), base);
        self.font.outline_glyph(self.id.with_scale_and_position(self.scale, place))
    }
}

impl Canvas<'_> {
    /// Sets a text, letter by letter, with kerning.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "positions of letters, not money; pages are a few thousand pixels"
    )]
    fn set(&mut self, mark: &Mark) {
        let Mark::Text { at, text, anchor, size, colour } = mark else { return };
        let em = (size * DENSITY) as f32;
        let mut pen = 0.0;
        let mut glyphs: Vec<Glyph> = Vec::new();
        for letter in text.chars() {
            let Some((font, id)) = self.letters.find(letter).or_else(|| self.letters.stand_in())
            else {
                continue;
            };
            // The scale of this library is the height from ascent to descent.
            let units_per_em = font.units_per_em().unwrap_or(1000.0);
            let scale = PxScale::from(em * font.height_unscaled() / units_per_em);
            let scaled = font.as_scaled(scale);
            let before = glyphs.last().filter(|glyph| std::ptr::eq(glyph.font, font));
            pen += before.map_or(0.0, |glyph| scaled.kern(glyph.id, id));
            glyphs.push(Glyph { font, id, scale, offset: pen });
            pen += scaled.h_advance(id);
        }
        let start = (at.0 * DENSITY) as f32
            - match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => pen / 2.0,
                Anchor::End => pen,
            };
        // The middle of small letters is the given height.
        let base = (at.1 * DENSITY) as f32 + HALF_X_HEIGHT * em;
        let outlines: Vec<_> =
            glyphs.iter().filter_map(|glyph| glyph.outline(start, base)).collect();
        for outline in outlines {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, cover| {
                self.blend((corner.x + x as f32, corner.y + y as f32), cover, *colour);
            });
        }
    }

    /// Mixes a colour into a pixel by how much of the pixel a letter covers.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pixels, not money; positions below zero are refused before the cast"
    )]
    fn blend(&mut self, (x, y): (f32, f32), cover: f32, colour: Colour) {
        if x < 0.0 || y < 0.0 || x as usize >= self.width {
            return;
        }
        let first = 3 * (y as usize * self.width + x as usize);
        let Some(pixel) = self.pixels.get_mut(first..first + 3) else { return };
        for (channel, ink) in pixel.iter_mut().zip([colour.0, colour.1, colour.2]) {
            let mixed = f32::from(*channel) + (f32::from(ink) - f32::from(*channel)) * cover;
            *channel = mixed.clamp(0.0, 255.0) as u8;
        }
    }
}
