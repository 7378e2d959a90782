//! Terminal: a report for a person at a screen, through comfy-table.
//!
//! In:    a report and what the screen can do.
//! Out:   lines no wider than the screen, numbers to the right, totals always there.
//! Never: asks the environment, or lets a word of the data drive the terminal.

use comfy_table::{CellAlignment, LineStyle, TableStyle as Frame};
use unicode_width::UnicodeWidthStr;

use super::cells::{
    Branches, DRAWN, Everything, Line, Spelling, TYPED, columns_for_people, fact, lines,
};
use super::escape::terminal_text;
use super::lang::Tongue;
use super::layout::{
    self, COMFORT, COMFORT_OF_TREE, GAP, LONGEST_BAR, Plan, Wish, cut_column, cut_end, wrap,
};
use super::{plot, words};
use crate::model::lang::Lang;
use crate::model::question::Wanted;
use crate::report::table::{Column, ColumnKind, RowKind, Table};
use crate::report::{Fact, Report};

/// What the screen can do and the reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Columns of the screen.
    pub width: usize,
    /// Bold, dim and coloured text by ANSI codes.
    pub colour: bool,
    /// Every column, every name uncut, however wide.
    pub wide: bool,
    /// Rules, bars and dashes beyond ASCII; the data keeps its letters either way.
    pub unicode: bool,
    /// Charts below their tables.
    pub charts: Wanted,
}

impl Default for TerminalStyle {
    fn default() -> Self {
        Self { width: 80, colour: false, wide: false, unicode: true, charts: Wanted::No }
    }
}

/// The signs that differ between Unicode and ASCII screens.
struct Signs {
    rule: char,
    cut: &'static str,
    joint: &'static str,
    nothing: &'static str,
    no_share: &'static str,
    branches: &'static Branches,
}

impl Signs {
    fn spelling(&self) -> Spelling {
        let Self { nothing, no_share, branches, .. } = *self;
        Spelling { escape: terminal_text, nothing, no_share, branches }
    }
}

const UNICODE: Signs =
    Signs {
        rule: '─', cut: "…", joint: " · ", nothing: "—", no_share: "–", branches: &DRAWN
    };
const ASCII: Signs =
    Signs { rule: '-', cut: "...", joint: " | ", nothing: "-", no_share: "-", branches: &TYPED };

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// Writes a report for a screen.
pub(super) fn write(report: &Report, style: TerminalStyle, tongue: &Tongue) -> String {
    let signs = if style.unicode { &UNICODE } else { &ASCII };
    let mut text: Vec<String> = Vec::new();
    if !report.title.is_empty() {
        text.push(paint(BOLD, &terminal_text(&report.title), style));
    }
    let caption: Vec<String> =
        words::caption(&report.caption, tongue).iter().map(|item| terminal_text(item)).collect();
    let caption: Vec<&str> = caption.iter().map(String::as_str).collect();
    let caption = wrap(&caption, signs.joint, style.width, "");
    text.extend(caption.iter().map(|line| paint(DIM, line, style)));
    text.extend(subject(&report.subject, signs, tongue));
    for section in &report.sections {
        text.push(String::new());
        if let Some(heading) = &section.heading {
            text.push(paint(BOLD, &terminal_text(heading), style));
        }
        text.extend(table(&section.table, style, signs, tongue));
        for chart in section.charts.iter().filter(|_| style.charts == Wanted::Yes) {
            text.push(String::new());
            if section.charts.len() > 1 {
                text.push(paint(DIM, &terminal_text(&plot::heading(chart, tongue)), style));
            }
            text.extend(plot::write(chart, style, tongue));
        }
    }
    text.push(String::new());
    text.extend(foot(report, style, tongue));
    while text.last().is_some_and(String::is_empty) {
        text.pop();
    }
    text.join("\n") + "\n"
}

fn subject(facts: &[Fact], signs: &Signs, tongue: &Tongue) -> Vec<String> {
    let widest = facts.iter().map(|told| told.heading.width()).max();
    let Some(widest) = widest else { return Vec::new() };
    let line = |told: &Fact| {
        let gap = " ".repeat(widest - told.heading.width() + GAP);
        format!("{}{gap}{}", told.heading, fact(told, signs.spelling(), tongue))
    };
    std::iter::once(String::new()).chain(facts.iter().map(line)).collect()
}

fn foot(report: &Report, style: TerminalStyle, tongue: &Tongue) -> Vec<String> {
    let findings = report
        .findings
        .iter()
        .map(|finding| format!("{}: {}", tongue.word("note"), finding.message));
    let mut text = Vec::new();
    for line in words::books(report, tongue).into_iter().map(words::joined).chain(findings) {
        let line = terminal_text(&line);
        let words: Vec<&str> = line.split(' ').collect();
        let lines = wrap(&words, " ", style.width, "       ");
        text.extend(lines.iter().map(|line| paint(DIM, line, style)));
    }
    text
}

/// The headings of the columns that a screen has no room for.
pub fn hidden(report: &Report, style: TerminalStyle, lang: Lang) -> Vec<String> {
    let signs = if style.unicode { &UNICODE } else { &ASCII };
    let tongue = Tongue::of(lang);
    let report = tongue.told(report);
    let tables = report.sections.iter().map(|section| &section.table);
    let mut headings = Vec::new();
    for table in tables.filter(|table| !table.rows.is_empty()) {
        let (grid, columns, plan) = laid(table, style, signs, &tongue);
        let is_shown = |at: usize| plan.columns.iter().any(|(place, _)| *place == at);
        let hidden = (0..columns.len()).filter(|at| !is_shown(*at));
        headings.extend(hidden.map(|at| grid.headings[at].clone()));
    }
    headings
}

fn table(table: &Table, style: TerminalStyle, signs: &Signs, tongue: &Tongue) -> Vec<String> {
    if table.rows.is_empty() {
        return vec![tongue.word("nothing to show").to_owned()];
    }
    let (mut grid, columns, plan) = laid(table, style, signs, tongue);
    grid.keep(&plan, signs.cut);
    let kinds: Vec<ColumnKind> =
        plan.columns.iter().map(|(place, _)| table.columns[columns[*place]].kind).collect();
    grid.draw(&kinds, &plan, style, signs)
}

/// A table as text, the columns that people see, and the plan for as many as fit.
fn laid(
    table: &Table,
    style: TerminalStyle,
    signs: &Signs,
    tongue: &Tongue,
) -> (Grid, Vec<usize>, Plan) {
    let everything = if style.wide { Everything::Yes } else { Everything::No };
    let columns = columns_for_people(table, everything);
    let spelling = signs.spelling();
    let written = lines(table, &columns, spelling, tongue);
    let mut grid = Grid { headings: Vec::new(), lines: written.rows, totals: 0 };
    // Without a column of words the only row is its own total.
    if columns.iter().any(|index| !table.columns[*index].kind.is_numeric()) {
        grid.totals = written.totals.len();
        grid.lines.extend(written.totals);
    }
    grid.headings =
        columns.iter().map(|index| terminal_text(&table.columns[*index].heading)).collect();
    let wishes: Vec<Wish> =
        (0..columns.len()).map(|place| grid.wish(place, &table.columns[columns[place]])).collect();
    let has_bar = columns.iter().any(|index| table.columns[*index].kind == ColumnKind::Share);
    let bar = has_bar.then_some(LONGEST_BAR);
    let plan = if style.wide {
        layout::uncut(&wishes, bar)
    } else {
        layout::fit(&wishes, style.width, bar)
    };
    (grid, columns, plan)
}

/// Headings and cells of equal length, the totals last.
struct Grid {
    headings: Vec<String>,
    lines: Vec<Line>,
    totals: usize,
}

impl Grid {
    fn wish(&self, place: usize, column: &Column) -> Wish {
        let widths = self.lines.iter().map(|line| line.cells[place].width());
        let ours = self.lines.iter().filter(|line| line.kind != RowKind::Data);
        Wish {
            index: place,
            natural: widths.max().unwrap_or(0).max(self.headings[place].width()),
            may_be_cut: matches!(column.kind, ColumnKind::Text | ColumnKind::Tree),
            comfort: if column.kind == ColumnKind::Tree { COMFORT_OF_TREE } else { COMFORT },
            least: ours.map(|line| line.cells[place].width()).max().unwrap_or(0),
            gives_way: column.gives_way,
        }
    }

    /// Keeps the planned columns and cuts their names to the planned widths.
    fn keep(&mut self, plan: &Plan, mark: &str) {
        for (place, width) in &plan.columns {
            let mut names: Vec<String> =
                self.lines.iter_mut().map(|line| std::mem::take(&mut line.cells[*place])).collect();
            cut_column(&mut names, *width, mark);
            for (line, name) in self.lines.iter_mut().zip(names) {
                line.cells[*place] = name;
            }
            self.headings[*place] = cut_end(&self.headings[*place], *width, mark);
        }
        let pick = |cells: &mut Vec<String>| {
            plan.columns.iter().map(|(place, _)| std::mem::take(&mut cells[*place])).collect()
        };
        self.headings = pick(&mut self.headings);
        for line in &mut self.lines {
            line.cells = pick(&mut line.cells);
        }
    }

    fn draw(
        self,
        kinds: &[ColumnKind],
        plan: &Plan,
        style: TerminalStyle,
        signs: &Signs,
    ) -> Vec<String> {
        let bars: Vec<String> =
            self.lines.iter().map(|line| bar(line.bar, plan.bar, style)).collect();
        let row_kinds: Vec<RowKind> = self.lines.iter().map(|line| line.kind).collect();
        let body = row_kinds.len() - self.totals;
        let mut drawn = comfy(self, kinds, signs);
        let header = drawn.next().unwrap_or_default();
        let longest = bars.iter().map(|bar| bar.width()).max().unwrap_or(0);
        let reach = header.width() + if longest > 0 { GAP + longest } else { 0 };
        let rule = paint(DIM, &signs.rule.to_string().repeat(reach), style);
        let mut text = vec![paint(BOLD, header.trim_end(), style), rule.clone()];
        for (index, line) in drawn.enumerate() {
            if index == body {
                text.push(rule.clone());
            }
            text.push(dress(&line, row_kinds[index], &bars[index], style));
        }
        text
    }
}

/// Lays the cells out: two blanks between columns, numbers to the right, no frame.
fn comfy(grid: Grid, kinds: &[ColumnKind], signs: &Signs) -> impl Iterator<Item = String> {
    let mut table = comfy_table::Table::new();
    table.load_style(Frame::new().header_separator(LineStyle::none().fill(signs.rule)));
    table.set_header(grid.headings);
    table.add_rows(grid.lines.into_iter().map(|line| line.cells));
    let last = kinds.len().saturating_sub(1);
    for (index, kind) in kinds.iter().enumerate() {
        let Some(column) = table.column_mut(index) else { continue };
        column.set_padding((0, if index == last { 0 } else { 2 }));
        if kind.is_numeric() {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().collect();
    // The line below the header is drawn by us, because it also spans the bars.
    lines.into_iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, line)| line)
}

/// Puts the bar behind a line and gives the line the weight of its meaning.
fn dress(line: &str, kind: RowKind, bar: &str, style: TerminalStyle) -> String {
    let gap = " ".repeat(if bar.is_empty() { 0 } else { GAP });
    let cells = if bar.is_empty() { line.trim_end() } else { line };
    let cells = match kind {
        RowKind::Data => cells.to_owned(),
        RowKind::Total => paint(BOLD, cells, style),
        RowKind::Unattributed | RowKind::OtherServices | RowKind::Rest => paint(DIM, cells, style),
    };
    if bar.is_empty() { cells } else { format!("{cells}{gap}{}", paint(CYAN, bar, style)) }
}

/// A bar of a signed length in thousandths: eighths of a block, or `#`. A credit is drawn in a
/// lighter sign, because it points the other way.
fn bar(length: Option<i32>, width: Option<usize>, style: TerminalStyle) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let (Some(length), Some(width)) = (length, width) else {
        return String::new();
    };
    let thousandths = length.unsigned_abs() as usize;
    let whole = (thousandths * width).div_ceil(1000);
    match (length < 0, style.unicode) {
        (true, true) => "░".repeat(whole),
        (true, false) => "-".repeat(whole),
        (false, false) => "#".repeat(whole),
        (false, true) => {
            let eighths = (thousandths * width * 8).div_ceil(1000);
            format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
        }
    }
}

fn paint(code: &str, text: &str, style: TerminalStyle) -> String {
    if style.colour && !text.is_empty() { format!("{code}{text}{RESET}") } else { text.to_owned() }
}
