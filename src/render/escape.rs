//! Escape: words of the data, made harmless for one target each.
//!
//! In:    untrusted text: tag values, names, descriptions.
//! Out:   text that its target shows and never obeys; what was hidden becomes visible.
//! Never: drops a character silently, or touches ordinary Hebrew, Persian, Thai, CJK or emoji.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memchr;
use unicode_width::UnicodeWidthChar;

/// Marks on one letter that are drawn; a longer pile would climb over other lines. The richest
/// ordinary stacks (Tibetan, pointed Hebrew) need six.
const MOST_MARKS: usize = 8;

/// UTF-16 units of a cell, from "Excel specifications and limits".
const LONGEST_CELL: usize = 32_767;
/// What ends a text that is longer.
const CUT: &str = "… (cut: a cell holds no more)";

/// Text for a terminal: no control character, bidi control or invisible character survives.
///
/// They are shown as `\n`, `\x1b` or `<U+202E>`. Joiners and variation selectors stay where
/// joining scripts or emoji need them.
pub fn terminal_text(text: &str) -> String {
    visible(text, &[]).into_owned()
}

/// Text for a chart: what [`terminal_text`] does, which also leaves no character that XML 1.0
/// forbids. The SVG writer itself escapes `<`, `>`, `&` and quotes.
pub fn chart_text(text: &str) -> String {
    visible(text, &[]).into_owned()
}

/// Text for a page of HTML: what [`terminal_text`] does, which also leaves no character that HTML
/// forbids. The template itself escapes `<`, `>`, `&` and `"`.
pub fn html_text(text: &str) -> String {
    visible(text, &[]).into_owned()
}

/// Appends a text cell of CSV, always quoted, which no spreadsheet takes for a formula.
///
/// Line breaks and tabs stay; other hidden characters become visible; a leading `'` is put before
/// whatever a spreadsheet could run.
pub fn csv_text(text: &str, csv: &mut String) {
    let shown = visible(text, &['\n', '\r', '\t']);
    if runs_in_a_spreadsheet(text) {
        csv_raw(&format!("'{shown}"), csv);
    } else {
        csv_raw(&shown, csv);
    }
}

/// Appends a text cell of CSV, quoted as RFC 4180 wants and otherwise as delivered.
pub fn csv_raw(text: &str, csv: &mut String) {
    csv.push('"');
    match memchr(b'"', text.as_bytes()) {
        None => csv.push_str(text),
        Some(_) => csv.push_str(&text.replace('"', "\"\"")),
    }
    csv.push('"');
}

/// Text of a workbook's cell: what [`terminal_text`] does, and no longer than a cell may be.
pub fn cell_text(text: &str) -> String {
    let shown = terminal_text(text);
    if shown.encode_utf16().count() <= LONGEST_CELL {
        return shown;
    }
    let mut cut = String::new();
    let mut room = LONGEST_CELL - CUT.encode_utf16().count();
    for c in shown.chars() {
        let Some(left) = room.checked_sub(c.len_utf16()) else { break };
        room = left;
        cut.push(c);
    }
    cut + CUT
}

/// Text inside a Markdown table: nothing of it is markup, HTML or a cell border.
pub fn markdown_text(text: &str) -> String {
    let shown = visible(text, &[]);
    let mut safe = String::with_capacity(shown.len());
    let mut before = None;
    let mut letters = shown.chars().peekable();
    while let Some(c) = letters.next() {
        let inside_a_word = before.is_some_and(char::is_alphanumeric)
            && letters.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '_' if inside_a_word => safe.push('_'),
            '\\' | '|' | '`' | '[' | ']' | '*' | '_' | '~' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
        before = Some(c);
    }
    safe
}

/// Whether a spreadsheet might evaluate a cell that begins like this, full-width forms included.
fn runs_in_a_spreadsheet(text: &str) -> bool {
    let starts = |c| "=+-@\t\r\n\0＝＋－＠".contains(c);
    text.starts_with(starts) || text.trim_start().starts_with(starts)
}

fn visible<'a>(text: &'a str, keep: &[char]) -> Cow<'a, str> {
    // Most words of a bill are printable ASCII, of which nothing hides.
    if text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    let mut marks = Marks::default();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let harmless = is_visible(c) || is_needed(before, c, letters.peek().copied());
        if keep.contains(&c) || harmless {
            if marks.admit(c, &mut shown) {
                shown.push(c);
            }
        } else {
            marks.close(&mut shown);
            write_escape(c, &mut shown);
        }
        before = Some(c);
    }
    marks.close(&mut shown);
    shown.into()
}

/// Counts combining marks in a row, and says how many were too many.
#[derive(Default)]
struct Marks {
    run: usize,
}

impl Marks {
    fn admit(&mut self, c: char, shown: &mut String) -> bool {
        if c.width() == Some(0) {
            self.run += 1;
            return self.run <= MOST_MARKS;
        }
        self.close(shown);
        true
    }

    fn close(&mut self, shown: &mut String) {
        if self.run > MOST_MARKS {
            // Writing to a string cannot fail.
            let _ = write!(shown, "<+{} marks>", self.run - MOST_MARKS);
        }
        self.run = 0;
    }
}

fn write_escape(c: char, shown: &mut String) {
    let code = u32::from(c);
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        // Writing to a string cannot fail.
        _ if code < 0x100 && c.is_control() => _ = write!(shown, "\\x{code:02x}"),
        _ => _ = write!(shown, "<U+{code:04X}>"),
    }
}

/// Whether a reader sees the character, or a blank that takes room.
fn is_visible(c: char) -> bool {
    match c {
        // ASCII, and the blanks of category Zs: the standard library escapes them, people write
        // them.
        ' '..='~'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => true,
        _ => !is_ignorable(c) && is_printable(c),
    }
}

/// Characters that Unicode calls default-ignorable although some are letters or marks: fillers,
/// selectors and joiners that take no room. Source: `DerivedCoreProperties.txt` of Unicode 16.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the standard library prints the character: no control, format, private or unassigned
/// one. The letter before it keeps combining marks from being escaped as strays.
fn is_printable(c: char) -> bool {
    let mut probe = String::from("a");
    probe.push(c);
    probe.escape_debug().nth(1) == Some(c)
}

/// Joiners and selectors that a script or an emoji needs between its neighbours.
fn is_needed(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else {
        return false;
    };
    match c {
        '\u{200c}' | '\u{200d}' if is_joining(before) => {
            is_virama(before) || after.is_some_and(is_joining)
        }
        '\u{200d}' => (is_emoji(before) || before == '\u{fe0f}') && after.is_some_and(is_emoji),
        '\u{fe0e}' | '\u{fe0f}' => {
            is_emoji(before) || (before.is_ascii_digit() && after == Some('\u{20e3}'))
        }
        _ => false,
    }
}

/// Scripts whose letters join: Arabic to N'Ko, the Indic blocks, Myanmar, Khmer, Mongolian.
fn is_joining(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && is_visible(c)
}

/// Signs that end an Indic syllable, after which a joiner picks the form of the letter.
fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
            | '\u{1039}'
            | '\u{17d2}'
    )
}

/// The blocks that hold emoji; generous, because what is in them is visible anyway.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal may get, judged by the standard library: a character that it prints as
    /// itself after a letter, or a blank.
    fn is_harmless(c: char) -> bool {
        let blank = c.is_whitespace() && !c.is_control() && !"\u{2028}\u{2029}".contains(c);
        c.is_ascii_graphic() || blank || format!("a{c}").escape_debug().count() == 2
    }

    fn written(escape: fn(&str, &mut String), text: &str) -> String {
        let mut csv = String::new();
        escape(text, &mut csv);
        csv
    }

    #[test]
    fn every_scalar_value_leaves_only_printable_characters() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for block in all.chunks(64) {
            // A letter on each side, so that no joiner finds the neighbour that would need it.
            let text: String = block.iter().flat_map(|c| [*c, 'a']).collect();
            let shown = terminal_text(&text);
            let odd = shown.chars().find(|c| is_ignorable(*c) || !is_harmless(*c));
            assert_eq!(odd, None, "in {shown:?}");
            assert!(shown.chars().count() >= text.chars().count());
        }
    }

    #[test]
    fn what_drives_a_terminal_becomes_visible() {
        for (text, shown) in [
            ("\x1b[2J\x07", "\\x1b[2J\\x07"),
            ("a\rb\nc\td", "a\\rb\\nc\\td"),
            ("\u{9b}2J\u{7f}", "\\x9b2J\\x7f"),
            ("a\u{202e}b\u{2066}", "a<U+202E>b<U+2066>"),
            ("a\u{200b}b\u{feff}\u{ad}", "a<U+200B>b<U+FEFF><U+00AD>"),
            ("\u{200d}alice\u{200d}", "<U+200D>alice<U+200D>"),
            ("a\u{fe0f}", "a<U+FE0F>"),
            ("\u{e0041}\u{3164}", "<U+E0041><U+3164>"),
            ("\u{fffe}\u{e000}", "<U+FFFE><U+E000>"),
            ("_x001B_", "_x001B_"),
        ] {
            assert_eq!(terminal_text(text), shown);
        }
    }

    #[test]
    fn ordinary_names_are_left_alone() {
        for name in [
            "Zoë Müller",
            "Zoe\u{308}",
            "gpu-лаб",
            "דוד לוי",
            "می\u{200c}خواهم",
            "สวัสดี",
            "山田\u{3000}太郎",
            "क्\u{200d}ष नमस्ते",
            "👩\u{200d}💻 ❤\u{fe0f} 1\u{fe0f}\u{20e3}",
            "🏳\u{fe0f}\u{200d}🌈",
            "O'Brien \"q\" \\ c:\\x",
        ] {
            assert_eq!(terminal_text(name), name);
            assert_eq!(chart_text(name), name);
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut_and_counted() {
        let pile = format!("a{}b", "\u{301}".repeat(100_000));
        let shown = terminal_text(&pile);
        assert_eq!(shown, format!("a{}<+99992 marks>b", "\u{301}".repeat(8)));
    }

    #[test]
    fn a_spreadsheet_never_runs_a_cell() {
        for (text, cell) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1+1", "\"'+1+1\""),
            ("-2+3", "\"'-2+3\""),
            ("@SUM(1)", "\"'@SUM(1)\""),
            ("  =1", "\"'  =1\""),
            ("\u{a0}=1", "\"'\u{a0}=1\""),
            ("\t=1", "\"'\t=1\""),
            ("\0=1", "\"'\\x00=1\""),
            ("\n", "\"'\n\""),
            ("＝1", "\"'＝1\""),
            ("\x1b[2J", "\"\\x1b[2J\""),
            ("a=1", "\"a=1\""),
            ("00123", "\"00123\""),
        ] {
            assert_eq!(written(csv_text, text), cell);
        }
        assert_eq!(written(csv_raw, "=a\"\x1b"), "\"=a\"\"\x1b\"");
    }

    #[test]
    fn markdown_shows_markup_as_text() {
        assert_eq!(markdown_text("a|b`c`[x](y)<b>&"), "a\\|b\\`c\\`\\[x\\](y)&lt;b&gt;&amp;");
        assert_eq!(markdown_text("my_user_ _x"), "my_user\\_ \\_x");
        assert_eq!(markdown_text("a\nb"), "a\\\\nb");
    }
}
