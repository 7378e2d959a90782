//! Font: the letters of charts, and how wide a text will be.
//!
//! In:    text and a size in pixels.
//! Out:   its width; the text cut to a width; whether the built-in font has its letters.
//! Never: cuts inside a grapheme.

use ab_glyph::{Font, FontRef};
use epaint_default_fonts::UBUNTU_LIGHT;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The font of every picture: Ubuntu Light (Ubuntu Font Licence 1.0), built in so that a PNG is the
/// same on every machine. It has Latin, Greek and Cyrillic letters.
pub(in crate::render) fn built_in() -> Option<FontRef<'static>> {
    FontRef::try_from_slice(UBUNTU_LIGHT).ok()
}

/// Whether the built-in font has every letter of a text; SVG viewers bring their own.
pub(in crate::render) fn has_letters(text: &str) -> bool {
    built_in().is_some_and(|font| text.chars().all(|c| font.glyph_id(c).0 != 0))
}

/// Pixels that a text takes at an em of `size` pixels, with a tenth more for SVG viewers whose
/// sans-serif is broader than ours.
pub(super) fn width(text: &str, size: i32) -> i32 {
    let size = i16::try_from(size).unwrap_or(i16::MAX);
    let pixels = built_in().map_or(0, |font| measure(&font, text, f32::from(size)));
    pixels.saturating_add(pixels / 10)
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "font metrics are floats, and a width in pixels is small"
)]
fn measure(font: &FontRef<'_>, text: &str, size: f32) -> i32 {
    let units_per_em = font.units_per_em().unwrap_or(1000.0);
    let advance = |grapheme: &str| {
        let glyphs: Vec<_> = grapheme.chars().map(|c| font.glyph_id(c)).collect();
        if glyphs.iter().all(|glyph| glyph.0 != 0) {
            let units: f32 = glyphs.iter().map(|glyph| font.h_advance_unscaled(*glyph)).sum();
            units / units_per_em * size
        } else {
            // Letters of other scripts: half an em for each column of a terminal.
            grapheme.width() as f32 * size / 2.0
        }
    };
    text.graphemes(true).map(advance).sum::<f32>().ceil() as i32
}

/// Keeps the beginning of a text that is too wide.
pub(super) fn cut_to_pixels(text: &str, room: i32, size: i32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    for grapheme in text.graphemes(true) {
        if width(&format!("{cut}{grapheme}…"), size) > room {
            break;
        }
        cut.push_str(grapheme);
    }
    cut.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_room() {
        let cut = cut_to_pixels("data-platform-service-account", 100, 16);
        assert!(cut.ends_with('…') && width(&cut, 16) <= 100, "{cut}");
        assert_eq!(cut_to_pixels("bob", 100, 16), "bob");
        assert_eq!(cut_to_pixels("山田太郎先生", 60, 16), "山田…");
    }

    #[test]
    fn the_built_in_font_knows_what_it_lacks() {
        assert!(has_letters("Zoë Müller gpu-лаб Ωmega — …"));
        assert!(!has_letters("山田"));
        assert!(!has_letters("דוד"));
    }
}
