//! Markdown: a report for pull requests, wikis and chats.
//!
//! In:    a report.
//! Out:   GitHub-flavoured Markdown.
//! Never: lets a word of the data become markup.

use super::cells::{DOTTED, Everything, Spelling, columns_for_people, fact, lines};
use super::escape::markdown_text;
use super::lang::Tongue;
use super::words;
use crate::report::table::Column;
use crate::report::{Report, Section};

const SPELLING: Spelling =
    Spelling { escape: markdown_text, nothing: "—", no_share: "–", branches: &DOTTED };

/// Writes a report as Markdown.
pub(super) fn write(report: &Report, tongue: &Tongue) -> String {
    let mut blocks: Vec<String> = Vec::new();
    if !report.title.is_empty() {
        blocks.push(format!("## {}", markdown_text(&report.title)));
    }
    let caption: Vec<String> =
        words::caption(&report.caption, tongue).iter().map(|item| markdown_text(item)).collect();
    if !caption.is_empty() {
        blocks.push(caption.join(" · "));
    }
    let subject = report.subject.iter().map(|told| {
        let (heading, shown) = (markdown_text(&told.heading), fact(told, SPELLING, tongue));
        format!("- {heading}: {shown}")
    });
    let subject: Vec<String> = subject.collect();
    if !subject.is_empty() {
        blocks.push(subject.join("\n"));
    }
    for section in &report.sections {
        blocks.extend(
            section.heading.iter().map(|heading| format!("### {}", markdown_text(heading))),
        );
        blocks.push(table(section, tongue));
    }
    let notes = report
        .findings
        .iter()
        .map(|finding| format!("{}: {}", tongue.word("note"), finding.message));
    let foot = words::books(report, tongue).into_iter().map(words::joined).chain(notes);
    let foot: Vec<String> = foot.map(|line| format!("- {}", markdown_text(&line))).collect();
    if !foot.is_empty() {
        blocks.push(foot.join("\n"));
    }
    blocks.join("\n\n") + "\n"
}

fn table(section: &Section, tongue: &Tongue) -> String {
    let table = &section.table;
    if table.rows.is_empty() {
        return tongue.word("Nothing to show.").to_owned();
    }
    let columns = columns_for_people(table, Everything::No);
    let shown: Vec<&Column> = columns.iter().map(|index| &table.columns[*index]).collect();
    let rule = |column: &&Column| if column.kind.is_numeric() { "---:" } else { "---" }.to_owned();
    let lines = lines(table, &columns, SPELLING, tongue);
    let mut rows: Vec<Vec<String>> = vec![
        shown.iter().map(|column| markdown_text(&column.heading)).collect(),
        shown.iter().map(rule).collect(),
    ];
    rows.extend(lines.rows.into_iter().map(|line| line.cells));
    // Without a column of words the only row is its own total.
    if shown.iter().any(|column| !column.kind.is_numeric()) {
        let totals = lines.totals.into_iter().map(|line| line.cells);
        rows.extend(totals.map(|cells| cells.into_iter().map(strong).collect()));
    }
    let rows: Vec<String> = rows.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
    rows.join("\n")
}

fn strong(cell: String) -> String {
    if cell.is_empty() { cell } else { format!("**{cell}**") }
}
