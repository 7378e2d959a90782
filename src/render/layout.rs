//! Layout: which columns a screen has room for, how wide each is, and where a name is cut.
//!
//! In:    the natural width of every column and the width of the screen.
//! Out:   a [`Plan`]; cut names.
//! Never: cuts a number, or cuts two different names to the same text while their ends differ.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
pub(super) const GAP: usize = 2;
/// A name is not cut below this before other columns have given way.
pub(super) const COMFORT: usize = 16;
/// The same for a name with its place in a tree before it.
pub(super) const COMFORT_OF_TREE: usize = 44;
/// No name is cut below this.
const LEAST: usize = 4;
/// A shorter bar would say nothing.
const SHORTEST_BAR: usize = 6;
/// A longer bar would only push the eye.
pub(super) const LONGEST_BAR: usize = 24;

/// What is known of a column before it is placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Its position in the table.
    pub(super) index: usize,
    /// The width of its widest cell.
    pub(super) natural: usize,
    /// Whether its cells may be cut: words may, numbers may not.
    pub(super) may_be_cut: bool,
    /// It is not cut below this before other columns have given way.
    pub(super) comfort: usize,
    /// Words of ours that stay whole as long as anything else can be cut.
    pub(super) least: usize,
    /// On a narrow screen the lowest goes first; `None` never goes.
    pub(super) gives_way: Option<u8>,
}

/// The columns that are shown, their widths, and the width of the bar behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) columns: Vec<(usize, usize)>,
    pub(super) bar: Option<usize>,
}

/// Everything at its natural width.
pub(super) fn uncut(wishes: &[Wish], bar: Option<usize>) -> Plan {
    Plan { columns: wishes.iter().map(|wish| (wish.index, wish.natural)).collect(), bar }
}

/// Fits columns into `width`: the bar goes first, then the columns that give way, then names are
/// cut, the widest first. A screen too narrow even for that is overrun.
pub(super) fn fit(wishes: &[Wish], width: usize, bar: Option<usize>) -> Plan {
    let mut wishes = wishes.to_vec();
    let mut bar = bar.map(|_| SHORTEST_BAR);
    while taken(&wishes, bar, comfortable) > width {
        let first_to_go = wishes.iter().filter_map(|wish| wish.gives_way).min();
        if bar.is_some() {
            bar = None;
        } else if let Some(order) = first_to_go {
            wishes.retain(|wish| wish.gives_way != Some(order));
        } else {
            break;
        }
    }
    let mut widths: Vec<usize> = wishes.iter().map(comfortable).collect();
    let gaps = GAP * (wishes.len() + usize::from(bar.is_some())).saturating_sub(1);
    let room = width.saturating_sub(gaps + bar.unwrap_or(0));
    settle(&wishes, &mut widths, room);
    let bar = bar.map(|least| {
        let left = room.saturating_sub(widths.iter().sum());
        (least + left).min(LONGEST_BAR)
    });
    Plan { columns: wishes.iter().map(|wish| wish.index).zip(widths).collect(), bar }
}

fn comfortable(wish: &Wish) -> usize {
    if wish.may_be_cut { wish.natural.min(wish.comfort) } else { wish.natural }
}

fn taken(wishes: &[Wish], bar: Option<usize>, width: fn(&Wish) -> usize) -> usize {
    let cells: usize = wishes.iter().map(width).chain(bar).map(|width| width + GAP).sum();
    cells.saturating_sub(GAP)
}

/// Gives spare room to the narrowest cut name, or takes missing room from the widest.
fn settle(wishes: &[Wish], widths: &mut [usize], room: usize) {
    loop {
        let sum: usize = widths.iter().sum();
        let cut = |index: &usize| wishes[*index].may_be_cut;
        let places = (0..widths.len()).filter(cut);
        let (index, width) = match sum.cmp(&room) {
            Ordering::Equal => return,
            Ordering::Less => {
                let needy = places.filter(|index| widths[*index] < wishes[*index].natural);
                let Some(index) = needy.min_by_key(|index| widths[*index]) else { return };
                (index, widths[index] + 1)
            }
            Ordering::Greater => {
                let rich = places
                    .filter(|index| widths[*index] > wishes[*index].least.clamp(LEAST, COMFORT));
                let Some(index) = rich.max_by_key(|index| widths[*index]) else { return };
                (index, widths[index] - 1)
            }
        };
        widths[index] = width;
    }
}

/// Cuts the names of a column to a width. Where cutting the end would make two different names
/// equal, all long names of the column lose their middle instead.
pub(super) fn cut_column(names: &mut [String], width: usize, mark: &str) {
    let distinct: BTreeSet<&String> = names.iter().collect();
    let heads: BTreeSet<String> = distinct.iter().map(|name| cut_end(name, width, mark)).collect();
    let clash = heads.len() < distinct.len();
    for name in names {
        *name = if clash { cut_middle(name, width, mark) } else { cut_end(name, width, mark) };
    }
}

/// Keeps the beginning of a text that is too wide.
pub(super) fn cut_end(text: &str, width: usize, mark: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let head = head(text.graphemes(true), width.saturating_sub(mark.width()));
    format!("{head}{mark}")
}

fn cut_middle(text: &str, width: usize, mark: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(mark.width());
    let tail = head(text.graphemes(true).rev(), room.div_ceil(2));
    let head = head(text.graphemes(true), room - tail.width().min(room));
    let tail: String = tail.graphemes(true).rev().collect();
    format!("{head}{mark}{tail}")
}

/// As many graphemes as fit.
fn head<'a>(graphemes: impl Iterator<Item = &'a str>, width: usize) -> String {
    let mut text = String::new();
    for grapheme in graphemes {
        if text.width() + grapheme.width() > width {
            break;
        }
        text.push_str(grapheme);
    }
    text
}

/// Breaks a line between items so that no line is wider than `width`; later lines are indented.
pub(super) fn wrap(items: &[&str], joint: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            None => lines.push((*item).to_owned()),
            Some(line) if line.width() + joint.width() + item.width() <= width => {
                line.push_str(joint);
                line.push_str(item);
            }
            Some(_) => lines.push(format!("{indent}{item}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "…";

    #[test]
    fn a_cut_name_keeps_whole_graphemes_and_its_width() {
        for (text, width, cut) in [
            ("short", 5, "short"),
            ("a-long-name", 6, "a-lon…"),
            ("Zoe\u{308} Müller", 4, "Zoe\u{308}…"),
            ("山田太郎先生", 6, "山田…"),
            ("👩\u{200d}💻👩\u{200d}💻👩\u{200d}💻", 5, "👩\u{200d}💻👩\u{200d}💻…"),
        ] {
            assert_eq!(cut_end(text, width, MARK), cut);
            assert!(cut.width() <= width);
        }
    }

    #[test]
    fn names_that_differ_in_their_end_keep_their_end() {
        let mut names = ["analytics-team-blue", "analytics-team-green", "bob"].map(String::from);
        cut_column(&mut names, 10, MARK);
        assert_eq!(names, ["anal…-blue", "anal…green", "bob"].map(String::from));
    }

    fn wish(index: usize, natural: usize, may_be_cut: bool, gives_way: Option<u8>) -> Wish {
        Wish { index, natural, may_be_cut, comfort: COMFORT, least: 0, gives_way }
    }

    #[test]
    fn the_bar_goes_first_then_share_then_hours_then_names_are_cut() {
        let wishes = [
            wish(0, 30, true, None),
            wish(1, 10, false, None),
            wish(2, 7, false, Some(1)),
            wish(3, 6, false, Some(0)),
        ];
        let shown = |width| {
            let plan = fit(&wishes, width, Some(LONGEST_BAR));
            let columns: Vec<usize> = plan.columns.iter().map(|(index, _)| *index).collect();
            let total: usize = plan.columns.iter().map(|(_, width)| width + GAP).sum();
            let bar = plan.bar.map_or(0, |bar| bar + GAP);
            assert!(total + bar - GAP <= width, "{plan:?} is wider than {width}");
            (columns, plan.bar)
        };
        assert_eq!(shown(120), (vec![0, 1, 2, 3], Some(24)));
        assert_eq!(shown(60), (vec![0, 1, 2, 3], Some(6)));
        assert_eq!(shown(50), (vec![0, 1, 2, 3], None));
        assert_eq!(shown(40), (vec![0, 1, 2], None));
        assert_eq!(shown(30), (vec![0, 1], None));
        assert_eq!(shown(17), (vec![0, 1], None));
    }

    #[test]
    fn a_caption_breaks_between_its_items() {
        assert_eq!(wrap(&["ab", "cd", "ef"], " · ", 7, ""), ["ab · cd", "ef"]);
    }
}
