//! Told: a report in another language.
//!
//! In:    a report in English.
//! Out:   the same report, its titles, headings, labels, days and months said otherwise.
//! Never: touches an amount, a key, what machines get, or a word of the data.

use rustc_hash::FxHashSet;

use super::Tongue;
use crate::model::phrase::Phrase;
use crate::report::chart::{Chart, Label, Shape};
use crate::report::table::{Cell, Column, ColumnKind, Row, Table};
use crate::report::{Fact, Report, Section};

/// Columns whose values are words of ours, of which a catalogue may know some.
const OURS: [&str; 13] = [
    "part",
    "standing",
    "state",
    "outcome",
    "fate",
    "status",
    "scope",
    "method",
    "pattern",
    "unusual",
    "level",
    "rule",
    "next_step",
];

impl Tongue {
    pub(super) fn retold(&self, report: &Report) -> Report {
        let mut report = report.clone();
        self.retell(&mut report.title);
        for Fact { heading, shown, .. } in &mut report.subject {
            self.retell(heading);
            self.cell(shown, None, false);
        }
        for Section { heading, table, charts } in &mut report.sections {
            if let Some(heading) = heading {
                self.retell(heading);
            }
            self.table(table);
            for chart in charts {
                self.chart(chart);
            }
        }
        report
    }

    fn retell(&self, phrase: &mut Phrase) {
        *phrase = Phrase::from(self.say(phrase));
    }

    fn table(&self, table: &mut Table) {
        for column in &mut table.columns {
            self.retell(&mut column.heading);
        }
        let is_ours = |column: &Column| OURS.contains(&column.key.as_str());
        let kinds: Vec<(ColumnKind, bool)> =
            table.columns.iter().map(|column| (column.kind, is_ours(column))).collect();
        let rows = table.rows.iter_mut().chain(table.folded.iter_mut().flatten());
        for row in rows.chain(&mut table.totals) {
            for (cell, (kind, is_ours)) in row.cells.iter_mut().zip(&kinds) {
                self.cell(cell, Some(*kind), *is_ours);
            }
        }
        keep_apart(table);
    }

    fn cell(&self, cell: &mut Cell, kind: Option<ColumnKind>, is_ours: bool) {
        match cell {
            Cell::Label(word) | Cell::Node { word, .. } => self.retell(word),
            Cell::Text { short, .. } => {
                let is_date = matches!(kind, Some(ColumnKind::Day | ColumnKind::Date));
                match self.date(short).filter(|_| is_date) {
                    Some(date) => *short = date.into(),
                    None if is_ours => *short = self.say(&Phrase::named(short.as_str())).into(),
                    None => self.retell(short),
                }
            }
            _ => {}
        }
    }

    fn chart(&self, chart: &mut Chart) {
        self.retell(&mut chart.title);
        chart.part.iter_mut().for_each(|part| self.retell(part));
        let labels: Vec<&mut Label> = match &mut chart.shape {
            Shape::Bars(bars) => bars.iter_mut().map(|bar| &mut bar.label).collect(),
            Shape::Waterfall(bars) | Shape::Pareto { bars, .. } => {
                bars.iter_mut().map(|bar| &mut bar.label).collect()
            }
            Shape::StackedBars { series, .. } => {
                series.iter_mut().map(|layer| &mut layer.label).collect()
            }
            Shape::Lines { lines, limit, .. } => {
                let lines = lines.iter_mut().map(|line| &mut line.label);
                lines.chain(limit.iter_mut().map(|limit| &mut limit.label)).collect()
            }
            Shape::Heat(_) => Vec::new(),
        };
        for label in labels {
            self.retell(&mut label.name);
        }
    }
}

/// Quotes names of the data that read like a row of ours in this language.
fn keep_apart(table: &mut Table) {
    let label = |cell: &Cell| match cell {
        Cell::Label(word) => Some(word.to_string()),
        _ => None,
    };
    let rows = || table.rows.iter().chain(table.folded.iter().flatten()).chain(&table.totals);
    let ours: FxHashSet<String> =
        rows().flat_map(|row| row.cells.iter().filter_map(label)).collect();
    let quote = |row: &mut Row| {
        for cell in &mut row.cells {
            if let Cell::Text { short, .. } = cell
                && ours.contains(short.as_str())
            {
                *short = Phrase::from(format!("\"{short}\""));
            }
        }
    };
    table.rows.iter_mut().for_each(quote);
    table.folded.iter_mut().flatten().for_each(quote);
}
