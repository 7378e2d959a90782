//! Font: the letters of pictures and papers, and how wide a text will be.
//!
//! In:    text, and a size in pixels where it is for a chart.
//! Out:   its width; the text cut to a width; whether the built-in fonts have its letters.
//! Never: cuts inside a grapheme, or asks the machine for a font.

use ab_glyph::{Font, FontRef, GlyphId};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Noto Sans: Latin, Greek and Cyrillic letters. All fonts are told about in `fonts/README.md`.
pub(super) const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
/// The same letters for headings and totals.
pub(super) const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");
/// Noto Sans CJK SC: the letters of GB 2312.
pub(super) const CHINESE: &[u8] = include_bytes!("fonts/NotoSansCJKsc-Regular.otf");

/// How heavy letters are; Chinese ones have one weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The built-in fonts in the order in which they are asked for a letter.
pub(super) struct Letters {
    fonts: Vec<FontRef<'static>>,
}

impl Letters {
    pub(super) fn new(weight: Weight) -> Self {
        let latin = if weight == Weight::Bold { BOLD } else { REGULAR };
        let fonts = [latin, CHINESE].into_iter();
        Self { fonts: fonts.filter_map(|bytes| FontRef::try_from_slice(bytes).ok()).collect() }
    }

    /// The first font that has the letter, and its place there.
    pub(super) fn find(&self, letter: char) -> Option<(&FontRef<'static>, GlyphId)> {
        let mut found = self.fonts.iter().map(|font| (font, font.glyph_id(letter)));
        found.find(|(_, glyph)| glyph.0 != 0)
    }

    /// The box that stands for a letter that no font has.
    pub(super) fn stand_in(&self) -> Option<(&FontRef<'static>, GlyphId)> {
        self.fonts.first().map(|font| (font, GlyphId(0)))
    }

    /// Whether every letter of a text has a shape.
    pub(super) fn have(&self, text: &str) -> bool {
        text.chars().all(|letter| self.find(letter).is_some())
    }

    /// Thousandths of an em that a text takes.
    pub(super) fn width(&self, text: &str) -> i64 {
        text.graphemes(true).map(|grapheme| self.advance(grapheme)).sum()
    }

    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        reason = "font metrics are floats, and the width of a letter is small"
    )]
    fn advance(&self, grapheme: &str) -> i64 {
        let of_letter = |letter| {
            let (font, glyph) = self.find(letter)?;
            let units_per_em = font.units_per_em().unwrap_or(1000.0);
            Some((font.h_advance_unscaled(glyph) / units_per_em * 1000.0).round() as i32)
        };
        let letters: Option<i32> = grapheme.chars().map(of_letter).sum();
        // Letters of other scripts: half an em for each column of a terminal.
        let foreign = || i64::try_from(grapheme.width() * 500).unwrap_or(i64::MAX);
        letters.map_or_else(foreign, i64::from)
    }
}

/// Whether the built-in fonts have every letter of a text; SVG viewers bring their own.
pub(super) fn has_letters(text: &str) -> bool {
    Letters::new(Weight::Regular).have(text)
}

/// Pixels that a text takes at an em of `size` pixels, with a tenth more for SVG viewers whose
/// sans-serif is broader than ours.
pub(super) fn width(text: &str, size: i32) -> i32 {
    pixels(Letters::new(Weight::Regular).width(text), size)
}

fn pixels(thousandths: i64, size: i32) -> i32 {
    let wide = thousandths.saturating_mul(i64::from(size)).saturating_add(999) / 1000;
    i32::try_from(wide.saturating_add(wide / 10)).unwrap_or(i32::MAX)
}

/// Keeps the beginning of a text that is too wide.
pub(super) fn cut_to_pixels(text: &str, room: i32, size: i32) -> String {
    let letters = Letters::new(Weight::Regular);
    if pixels(letters.width(text), size) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut taken = letters.width("…");
    for grapheme in text.graphemes(true) {
        taken += letters.width(grapheme);
        if pixels(taken, size) > room {
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
    fn the_built_in_fonts_know_what_they_lack() {
        assert!(has_letters("Zoë Müller gpu-лаб Ωmega — … ¥ € 山田 太郎 数据平台"));
        assert!(!has_letters("דוד"));
        assert!(!has_letters("한국"));
    }
}
