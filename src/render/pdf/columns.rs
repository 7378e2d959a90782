//! Columns: how wide the columns of a table are on paper, and where a long name is broken.
//!
//! In:    the widths of the cells and the room of a page, in thousandths of an em.
//! Out:   a [`Page`] that every table fits, the columns of each, names in lines.
//! Never: breaks a number, or leaves the end of a name away.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::render::font::Letters;

/// Between two columns.
pub(super) const GAP: i64 = 1_300;
/// A name is not broken below this while larger paper or smaller letters would help.
const COMFORT: i64 = 15_000;
/// The same for a name with its place in a tree before it.
const COMFORT_OF_TREE: i64 = 26_000;
/// No name is broken below this while another column can give way.
const LEAST: i64 = 6_000;
/// Lines of one cell; what does not fit loses its middle.
const MOST_LINES: usize = 3;
/// The room of the bars in a column of shares.
pub(super) const SHORTEST_BAR: i64 = 4_000;
const LONGEST_BAR: i64 = 13_000;

/// How a page lies and how large its letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) landscape: bool,
    /// Thousandths of a point.
    pub(super) size: i64,
}

/// The ways to lay a table out, the nicest first.
pub(super) const PAGES: [Page; 6] = [
    Page { landscape: false, size: 9_000 },
    Page { landscape: false, size: 8_000 },
    Page { landscape: true, size: 9_000 },
    Page { landscape: true, size: 8_000 },
    Page { landscape: true, size: 7_000 },
    Page { landscape: true, size: 6_000 },
];

impl Page {
    /// Between the margins of A4, in thousandths of an em. The template has the same margins.
    fn room(self) -> i64 {
        let millipoints = if self.landscape { 757_890 } else { 511_280 };
        millipoints * 1_000 / self.size
    }
}

/// What is known of a column before it is placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Its position among the columns for people.
    pub(super) place: usize,
    /// The width of its widest cell, and of its heading on one line and in as many as it takes.
    pub(super) cells: i64,
    pub(super) heading: i64,
    pub(super) broken_heading: i64,
    /// Words may be broken, numbers and days may not.
    pub(super) kind: Flow,
    /// Where room is short the lowest goes first; `None` never goes.
    pub(super) gives_way: Option<u8>,
}

/// How the cells of a column deal with too little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Fixed,
    /// Fixed, with a bar that takes what is left.
    Bar,
    Words,
    Tree,
}

/// The columns that are shown, by their place, with their widths without gaps; the room of bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) columns: Vec<(usize, i64)>,
    pub(super) bar: i64,
    /// Thousandths of a point.
    pub(super) size: i64,
}

/// The first page on which a table needs no name broken below its comfort.
pub(super) fn choose(wishes: &[Wish]) -> Page {
    let fits = |page: &Page| taken(wishes, comfortable) <= page.room();
    PAGES.into_iter().find(fits).unwrap_or(PAGES[PAGES.len() - 1])
}

/// Lays a table out over the whole width of a page.
pub(super) fn lay(wishes: &[Wish], page: Page) -> Plan {
    let mut wishes = wishes.to_vec();
    while taken(&wishes, least) > page.room() {
        let Some(order) = wishes.iter().filter_map(|wish| wish.gives_way).min() else { break };
        wishes.retain(|wish| wish.gives_way != Some(order));
    }
    // A table that is still too wide gets smaller letters, whatever they look like.
    let needed = taken(&wishes, least);
    let size = if needed > page.room() { page.size * page.room() / needed } else { page.size };
    let room = Page { size, ..page }.room();
    let whole = taken(&wishes, |wish| natural(wish).max(wish.heading)) <= room;
    let width = |wish: &Wish| {
        let heading = if whole { wish.heading } else { wish.broken_heading };
        natural(wish).max(heading)
    };
    let mut widths: Vec<i64> = wishes.iter().map(width).collect();
    let has_bars = wishes.iter().any(|wish| wish.kind == Flow::Bar);
    let mut left = room - taken(&wishes, |_| 0) - widths.iter().sum::<i64>();
    let words = |wish: &Wish| matches!(wish.kind, Flow::Words | Flow::Tree);
    if left < 0 {
        shorten(&wishes, &mut widths, -left);
        left = 0;
    }
    let bar = if has_bars { (left / 2).min(LONGEST_BAR - SHORTEST_BAR) } else { 0 };
    left -= bar;
    let takers = wishes.iter().filter(|wish| words(wish)).count();
    let share = left / i64::try_from(takers).unwrap_or(1).max(1);
    for (wish, width) in wishes.iter().zip(&mut widths) {
        match wish.kind {
            Flow::Bar => *width += bar,
            Flow::Words | Flow::Tree => *width += share,
            Flow::Fixed => {}
        }
    }
    let columns = wishes.iter().map(|wish| wish.place).zip(widths).collect();
    Plan { columns, bar: if has_bars { bar + SHORTEST_BAR } else { 0 }, size }
}

fn natural(wish: &Wish) -> i64 {
    wish.cells + if wish.kind == Flow::Bar { SHORTEST_BAR + GAP } else { 0 }
}

fn comfortable(wish: &Wish) -> i64 {
    let cells = match wish.kind {
        Flow::Words => wish.cells.min(COMFORT),
        Flow::Tree => wish.cells.min(COMFORT_OF_TREE),
        Flow::Fixed | Flow::Bar => natural(wish),
    };
    cells.max(wish.broken_heading)
}

fn least(wish: &Wish) -> i64 {
    match wish.kind {
        Flow::Words | Flow::Tree => comfortable(wish).min(LEAST.max(wish.broken_heading)),
        Flow::Fixed | Flow::Bar => comfortable(wish),
    }
}

/// The width of all columns and the gaps between them.
fn taken(wishes: &[Wish], width: impl Fn(&Wish) -> i64) -> i64 {
    let columns: i64 = wishes.iter().map(|wish| width(wish) + GAP).sum();
    (columns - GAP).max(0)
}

/// Takes what is missing from the columns of words: the widest sink to one common width.
fn shorten(wishes: &[Wish], widths: &mut [i64], missing: i64) {
    let target = widths.iter().sum::<i64>() - missing;
    let capped = |wish: &Wish, width: i64, cap: i64| match wish.kind {
        Flow::Words | Flow::Tree => width.min(cap.max(least(wish))),
        Flow::Fixed | Flow::Bar => width,
    };
    let sum = |cap: i64| -> i64 {
        wishes.iter().zip(&*widths).map(|(wish, width)| capped(wish, *width, cap)).sum()
    };
    let (mut low, mut high) = (0, widths.iter().copied().max().unwrap_or(0));
    while low < high {
        let middle = i64::midpoint(low, high + 1);
        if sum(middle) <= target { low = middle } else { high = middle - 1 }
    }
    for (wish, width) in wishes.iter().zip(widths) {
        *width = capped(wish, *width, low);
    }
}

/// A name in lines that fit: broken after blanks, dashes and the like, else anywhere. Of a name
/// that takes too many lines the beginning and the end are kept.
pub(super) fn lines(text: &str, room: i64, letters: &Letters) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text;
    while exceeds(rest, room, letters) {
        if lines.len() + 1 == MOST_LINES {
            lines.push(format!("…{}", tail(rest, room - letters.width("…"), letters)));
            return lines;
        }
        let cut = head(rest, room, letters);
        lines.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    lines.push(rest.to_owned());
    lines
}

/// Whether a text is wider than its room; a long one is not measured to its end.
fn exceeds(text: &str, room: i64, letters: &Letters) -> bool {
    let mut taken = 0;
    text.graphemes(true).any(|grapheme| {
        taken += letters.width(grapheme);
        taken > room
    })
}

/// The bytes of the first line: at least one grapheme.
fn head(text: &str, room: i64, letters: &Letters) -> usize {
    let (mut taken, mut good, mut end) = (0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += letters.width(grapheme);
        // Between Chinese letters a line may end anywhere.
        if grapheme.width() > 1 && at > 0 {
            good = at;
        }
        if taken > room && at > 0 {
            break;
        }
        end = at + grapheme.len();
        if [" ", "-", "_", "/", ":", ".", ",", "@", "=", "|"].contains(&grapheme) {
            good = end;
        }
    }
    // A line that is mostly empty reads worse than a broken word.
    if good * 3 >= end { good } else { end }
}

/// As much of the end as fits.
fn tail<'a>(text: &'a str, room: i64, letters: &Letters) -> &'a str {
    let mut taken = 0;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        taken += letters.width(grapheme);
        if taken > room {
            break;
        }
        start = at;
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::font::Weight;

    fn wish(place: usize, cells: i64, kind: Flow, gives_way: Option<u8>) -> Wish {
        Wish { place, cells, heading: 3_000, broken_heading: 3_000, kind, gives_way }
    }

    #[test]
    fn every_name_is_broken_into_lines_that_fit_and_keeps_its_ends() {
        let letters = Letters::new(Weight::Regular);
        for (text, expected) in [
            ("alice", &["alice"][..]),
            ("churn-model-experiments", &["churn-", "model-", "experiments"]),
            ("data platform", &["data", "platform"]),
            ("数据平台团队的成员", &["数据平台团队", "的成员"]),
        ] {
            assert_eq!(lines(text, 6_000, &letters), expected);
        }
        let long = format!("arn:aws:sagemaker:{}:space/last", "x".repeat(40_000));
        let shown = lines(&long, 6_000, &letters);
        assert_eq!(shown.len(), MOST_LINES);
        assert!(shown[0].starts_with("arn:") && shown[2].starts_with('…'), "{shown:?}");
        assert!(shown[2].ends_with("last"), "{shown:?}");
        assert!(shown.iter().all(|line| letters.width(line) <= 6_000), "{shown:?}");
    }

    #[test]
    fn a_table_fills_the_page_and_never_leaves_it() {
        let many = |count: usize, cells| -> Vec<Wish> {
            let way = |place: usize| u8::try_from(place).ok().filter(|place| *place > 3);
            let kind = |place| if place % 3 == 0 { Flow::Words } else { Flow::Fixed };
            (0..count).map(|place| wish(place, cells, kind(place), way(place))).collect()
        };
        for count in 1..40 {
            for cells in [100, 5_000, 12_000, 90_000] {
                let wishes = many(count, cells);
                let plan = lay(&wishes, choose(&wishes));
                let page = Page { size: plan.size, ..choose(&wishes) };
                let sum: i64 = plan.columns.iter().map(|(_, width)| width + GAP).sum();
                let kept = plan.columns.len();
                assert!(sum - GAP <= page.room() + 10, "{count} {cells}: {plan:?}");
                assert!(kept >= count.min(4), "{count} {cells}: {plan:?}");
            }
        }
    }

    #[test]
    fn a_wide_table_lies_on_its_side_before_names_are_broken() {
        let narrow = [wish(0, 20_000, Flow::Words, None), wish(1, 5_000, Flow::Fixed, None)];
        assert_eq!(choose(&narrow), PAGES[0]);
        let wide: Vec<Wish> = (0..9).map(|place| wish(place, 7_000, Flow::Fixed, None)).collect();
        assert!(choose(&wide).landscape);
    }
}
