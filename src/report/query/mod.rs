//! Query: what a statement found, as a report.
//!
//! In:    result sets by currency, what may be added up, books, provenance and findings.
//! Out:   a [`Report`] of one table, and its charts when they are wanted.
//! Never: reorders rows, or adds up a column of which nobody said that it may be.

mod charts;
mod course;
mod heat;
mod table;

use super::table::{Cell, Column, ColumnKind, Row, RowKind, Table};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Books, Provenance};
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::model::phrase::{Phrase, phrase};
use crate::model::result_set::{Drawn, InCurrency, ResultSet, TableSchema};

/// What a run of a query knows.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was asked, as a person would; `None` for SQL that somebody typed.
    pub title: Option<String>,
    /// Columns that add up to the charges.
    pub adds_up: Vec<String>,
    /// How it is drawn.
    pub chart: Option<Drawn>,
    /// The rows, by currency.
    pub results: Vec<InCurrency>,
    /// What `cost` means.
    pub metric: CostMetric,
    /// Whether the statement asks who made a charge.
    pub owners: Owners,
    /// The books of the charges that were read.
    pub books: Books,
    /// Where they come from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// How much of a result people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per currency; `None` shows all.
    pub limit: Option<usize>,
    /// A chart instead of the query's own.
    pub chart: Option<Drawn>,
}

/// One part of a report: what was found, and how much of it is shown.
#[derive(Debug, Clone)]
pub struct Part {
    /// Above the table.
    pub heading: String,
    /// What the query found.
    pub found: Found,
    /// The columns, in order; none means all.
    pub columns: Vec<String>,
    /// Rows before the rest is folded or left out; `None` shows all.
    pub limit: Option<usize>,
    /// What readers must know of it, such as that there is nothing to compare with.
    pub note: Option<String>,
}

/// Composes the report of a query.
///
/// # Errors
/// When a total leaves its range.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let title = found.title.clone().map_or_else(|| "Query".into(), Phrase::named);
    let (mut section, cut) = section(&found, &[], settings.limit)?;
    section.heading = cut.map(|(shown, all)| phrase!("First {} of {} rows", shown, all));
    Ok(whole(title, found, vec![section]))
}

/// Composes a report of several queries over the same months.
///
/// # Errors
/// As [`compose`].
pub fn compose_parts(title: impl Into<String>, parts: Vec<Part>) -> Result<Report, ReportError> {
    let title = Phrase::named(title);
    let mut sections = Vec::with_capacity(parts.len());
    let mut findings = Vec::new();
    for part in &parts {
        let (mut section, cut) = section(&part.found, &part.columns, part.limit)?;
        let heading = Phrase::named(part.heading.clone());
        section.heading = Some(match (&part.note, cut) {
            (Some(note), _) => phrase!("{} ({})", heading, note),
            (None, Some((shown, all))) => {
                phrase!("{} (first {} of {} rows)", heading, shown, all)
            }
            (None, None) => heading,
        });
        sections.push(section);
        findings.extend(part.found.findings.iter().cloned());
    }
    findings.sort();
    findings.dedup();
    let asks_owner = parts.iter().any(|part| part.found.owners == Owners::Asked);
    let first = parts.into_iter().find(|part| !asks_owner || part.found.owners == Owners::Asked);
    let Some(Part { found, .. }) = first else { return Ok(Report { title, ..Report::default() }) };
    Ok(whole(title, Found { findings, ..found }, sections))
}

fn whole(title: Phrase, found: Found, sections: Vec<Section>) -> Report {
    let caption = Caption {
        periods: found.provenance.periods,
        provisional: Vec::new(),
        days: found.provenance.days,
        metric: Some(found.metric),
        currencies: found.results.iter().map(|of| of.currency.clone()).collect(),
        filters: found.provenance.filters,
        source_rows: Some(found.books.source_rows),
        owners: found.owners,
    };
    Report {
        title,
        caption,
        sections,
        books: Some(found.books),
        findings: found.findings,
        ..Report::default()
    }
}

/// A section without its heading, and how many of how many rows it shows.
fn section(
    found: &Found,
    columns: &[String],
    limit: Option<usize>,
) -> Result<(Section, Option<(usize, usize)>), ReportError> {
    let currencies: Vec<Currency> = found.results.iter().map(|of| of.currency.clone()).collect();
    let tells = currencies.len() > 1;
    let results: Vec<InCurrency> = found.results.iter().map(|of| chosen(of, columns)).collect();
    let mut shown = Table { columns: table::columns(&results, tells), ..Table::default() };
    for InCurrency { currency, found } in &results {
        shown.rows.extend(table::rows(found, currency, tells));
    }
    shown.totals = table::totals(&shown, &found.adds_up, &currencies)?;
    let cut = table::shorten_table(&mut shown, &found.adds_up, limit);
    let title = found.title.clone().map_or_else(|| "Query".into(), Phrase::named);
    let charts = found.chart.map(|drawn| charts::charts(&title, &shown, drawn, &currencies));
    let charts = charts.unwrap_or_default();
    Ok((Section { heading: None, table: shown, charts }, cut))
}

/// Some of the columns, in the order asked for.
fn chosen(of: &InCurrency, columns: &[String]) -> InCurrency {
    if columns.is_empty() {
        return of.clone();
    }
    let named = |name: &String| of.found.columns.iter().find(|column| column.name == *name);
    let columns = columns.iter().filter_map(named).cloned().collect();
    InCurrency { currency: of.currency.clone(), found: ResultSet { columns } }
}

/// Names and what they stand for, as a report.
pub fn listed(title: &'static str, queries: &[(&str, &str)]) -> Report {
    let columns = vec![
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("question", "Answers", ColumnKind::Text),
    ];
    let row =
        |(name, question): &(&str, &str)| told(vec![Cell::text(*name), Cell::text(*question)]);
    let table = Table { columns, rows: queries.iter().map(row).collect(), ..Table::default() };
    let section = Section { table, ..Section::default() };
    Report { title: title.into(), sections: vec![section], ..Report::default() }
}

/// Tables and their columns, as a report.
pub fn schema(tables: &[TableSchema]) -> Report {
    let columns = [("column", "Column"), ("holds", "Holds")];
    let columns = columns.map(|(key, heading)| Column::new(key, heading, ColumnKind::Text));
    let section = |of: &TableSchema| {
        let row = |(name, holds): &(String, String)| {
            told(vec![Cell::text(name.as_str()), Cell::text(holds.as_str())])
        };
        let rows = of.columns.iter().map(row).collect();
        let table = Table { columns: columns.to_vec(), rows, ..Table::default() };
        let heading = Some(phrase!("{}: {}", of.table, Phrase::from(of.holds)));
        Section { heading, table, charts: Vec::new() }
    };
    let sections = tables.iter().map(section).collect();
    Report { title: "Tables".into(), sections, ..Report::default() }
}

fn told(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Data, currency: None, cells }
}

#[cfg(test)]
mod tests;
