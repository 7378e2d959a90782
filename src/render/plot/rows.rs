//! Rows: bars that run to the right, one per name.
//!
//! In:    bars, steps between two totals, bars with their sums.
//! Out:   lines of name, amount and bar.
//! Never: leaves out the sign of a change.

use unicode_width::UnicodeWidthStr;

use super::{FALL, GAP, GREY, RISE, Screen, aligned, ink, parts};
use crate::model::money::Money;
use crate::render::chart::{MARK, is_below_mark};
use crate::render::lang::Unit;
use crate::render::number::{self, MONEY_DECIMALS};
use crate::report::chart::{Bar, Label};
use crate::report::table::RowKind;

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Ranked bars; what is not SageMaker's has an amount and no bar.
pub(super) fn bars(screen: Screen, bars: &[Bar], unit: Unit<'_>) -> Vec<String> {
    let amounts: Vec<i128> = bars.iter().map(|bar| bar.value.0).collect();
    let total = amounts.iter().try_fold(0_i128, |sum, amount| sum.checked_add(*amount));
    let heads =
        heads(screen, bars, &[unit.figures(number::column(&amounts, total, MONEY_DECIMALS).rows)]);
    let has_bar = |bar: &Bar| bar.label.kind != RowKind::OtherServices;
    let drawn = bars.iter().filter(|bar| has_bar(bar));
    let most = drawn.map(|bar| bar.value.0.saturating_abs()).max().unwrap_or(0);
    let draw = |(bar, head): (&Bar, &String)| {
        let room = screen.width.saturating_sub(head.width());
        let length = if has_bar(bar) { bar.value.0 } else { 0 };
        let text = if length < 0 {
            let sign = if screen.unicode { "░" } else { "-" };
            sign.repeat(parts(length.saturating_abs(), most, room).max(1))
        } else {
            solid(screen, length, most, room)
        };
        line(head, &screen.paint(ink(&bar.label, 0), &text))
    };
    bars.iter().zip(&heads).map(draw).collect()
}

/// A bar from the left; a cost that exists is seen.
fn solid(screen: Screen, amount: i128, most: i128, room: usize) -> String {
    if amount <= 0 {
        return String::new();
    }
    if !screen.unicode {
        return "#".repeat(parts(amount, most, room).max(1));
    }
    let eighths = parts(amount, most, room * 8).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// From one total to the other.
pub(super) fn steps(screen: Screen, steps: &[Bar], unit: Unit<'_>) -> Vec<String> {
    let amounts: Vec<i128> = steps.iter().map(|step| step.value.0).collect();
    let Some((total, led)) = amounts.split_last() else { return Vec::new() };
    let figures = number::column(led, Some(*total), MONEY_DECIMALS);
    let signed = |(step, text): (&Bar, String)| {
        let rises = step.label.kind != RowKind::Total && step.value > Money::ZERO;
        // "<0.01" tells its side.
        if rises && !text.starts_with('<') { format!("+{text}") } else { text }
    };
    let texts = unit.figures(figures.rows.into_iter().chain(figures.total).collect());
    let texts = steps.iter().zip(texts).map(signed).collect();
    let heads = heads(screen, steps, &[texts]);

    let spans = spans(steps);
    let levels = || spans.iter().map(|(_, to)| *to);
    let (lowest, most) = (levels().min().unwrap_or(0), levels().max().unwrap_or(0).max(0));
    let swing = most.saturating_sub(lowest);
    let base = lowest.saturating_sub(swing / 2);
    // Changes that are too short to see are drawn larger, and the totals begin with a gap.
    let is_cut = base > most / 2 && swing > 0;
    let least = if is_cut { base } else { lowest.min(0) };
    let draw = |((step, head), (from, to)): ((&Bar, &String), &(i128, i128))| {
        let room = screen.width.saturating_sub(head.width());
        let at = |amount: i128| {
            let shown = amount.max(least).saturating_sub(least);
            parts(shown, most.saturating_sub(least), room)
        };
        let (start, end) = (at(*from.min(to)), at(*from.max(to)));
        let (start, end) = if start == end {
            (start.min(room - 1), start.min(room - 1) + 1)
        } else {
            (start, end)
        };
        let is_total = step.label.kind == RowKind::Total;
        let (sign, ink) = match (is_total, step.value < Money::ZERO) {
            (true, _) => (if screen.unicode { "█" } else { "#" }, GREY),
            (_, false) => (if screen.unicode { "▓" } else { "+" }, RISE),
            (_, true) => (if screen.unicode { "░" } else { "-" }, FALL),
        };
        let bar = if is_total && is_cut && end > 3 {
            format!("{} {}", sign.repeat(2), sign.repeat(end - 3))
        } else {
            sign.repeat(end - start)
        };
        line(&format!("{head}{}", " ".repeat(start)), &screen.paint(ink, &bar))
    };
    steps.iter().zip(&heads).zip(&spans).map(draw).collect()
}

fn spans(steps: &[Bar]) -> Vec<(i128, i128)> {
    let mut level = 0_i128;
    let span = |step: &Bar| {
        let from = if step.label.kind == RowKind::Total { 0 } else { level };
        level = from.saturating_add(step.value.0);
        (from, level)
    };
    steps.iter().map(span).collect()
}

/// Bars and the points of their sums, on one scale.
pub(super) fn pareto(
    screen: Screen,
    (bars, sums): (&[Bar], &[Money]),
    unit: Unit<'_>,
) -> Vec<String> {
    let total = sums.last().map_or(0, |sum| sum.0);
    let amounts: Vec<i128> = bars.iter().map(|bar| bar.value.0).collect();
    let figures = unit.figures(number::column(&amounts, Some(total), MONEY_DECIMALS).rows);
    let share = |sum: &Money| unit.percent(sum.0, total);
    let heads = heads(screen, bars, &[figures, sums.iter().map(share).collect()]);
    let whole = sums.iter().map(|sum| sum.0).max().unwrap_or(0).max(total);
    let draw = |(index, bar): (usize, &Bar)| {
        let head = &heads[index];
        let room = screen.width.saturating_sub(head.width() + 1);
        let length = parts(bar.value.0, whole, room).max(usize::from(bar.value > Money::ZERO));
        let point = parts(sums[index].0, whole, room);
        let mark = parts(total / 100 * MARK, whole, room);
        let before = index.checked_sub(1).map_or(0, |before| sums[before].0);
        let own = if is_below_mark(before, total) { 0 } else { 4 };
        let solid = if screen.unicode { "█" } else { "#" };
        let bar_ink = ink(&bar.label, own);
        let mut text = screen.paint(bar_ink, &solid.repeat(length.min(point)));
        for place in length.min(point)..=point.max(mark) {
            text.push_str(&match place {
                _ if place == point => screen.paint(RISE, screen.signs.point),
                _ if place < length => screen.paint(bar_ink, solid),
                _ if place == mark => screen.paint(GREY, screen.signs.mark),
                _ => " ".to_owned(),
            });
        }
        line(head, &text)
    };
    bars.iter().enumerate().map(draw).collect()
}

/// Names and figures in columns, with room behind them.
fn heads(screen: Screen, bars: &[Bar], figures: &[Vec<String>]) -> Vec<String> {
    let labels: Vec<&Label> = bars.iter().map(|bar| &bar.label).collect();
    let mut heads = screen.names(labels.into_iter());
    for column in figures {
        for (head, figure) in heads.iter_mut().zip(aligned(column.clone())) {
            head.push_str(GAP);
            head.push_str(&figure);
        }
    }
    heads.into_iter().map(|head| head + GAP).collect()
}

fn line(head: &str, bar: &str) -> String {
    format!("{head}{bar}").trim_end().to_owned()
}
