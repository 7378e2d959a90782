//! Closing: what was frozen, as a report.
//!
//! In:    a closing, what is known of the version that it freezes, the books of its month.
//! Out:   a [`Report`]: the month, its inputs, the rules, the total of every statement.
//! Never: adds up anything that the closing does not hold.

use super::cents::book_cell;
use super::spend::total_rows;
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Caption, Fact, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::Books;
use crate::model::digest::Digest;
use crate::model::money::Currency;
use crate::model::phrase::phrase;
use crate::model::stored::{Closing, StatementTotal, Version};

/// Composes the report of `close`.
///
/// # Errors
/// When a sum leaves the range of 128-bit pico-units.
pub fn compose(
    closing: &Closing,
    version: &Version,
    books: Books,
    findings: Vec<Finding>,
) -> Result<Report, ReportError> {
    let mut currencies: Vec<Currency> =
        closing.totals.iter().map(|total| total.currency.clone()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut sections = vec![section("Statements", statements(closing, &currencies)?)];
    sections.push(section("Inputs", inputs(version)));
    if !closing.rules.is_empty() {
        sections.push(section("Rules", rules(closing)));
    }
    if !closing.adjusted.is_empty() {
        sections.push(section("Adjustments booked", adjusted(closing)));
    }
    let caption = Caption {
        periods: vec![closing.period.to_string()],
        metric: Some(closing.metric),
        currencies,
        source_rows: Some(version.source_rows()),
        owners: Owners::Asked,
        ..Caption::default()
    };
    Ok(Report {
        title: phrase!("{} is closed", closing.period.to_string()),
        caption,
        subject: facts(closing, version),
        sections,
        books: Some(books),
        findings,
        ..Report::default()
    })
}

fn facts(closing: &Closing, version: &Version) -> Vec<Fact> {
    let fact = |key, heading: &'static str, text: String| {
        let heading = heading.into();
        Fact { key, heading, shown: Cell::text(text) }
    };
    let mut facts = vec![
        fact("closed_at", "Closed at", closing.at.0.clone()),
        fact("version", "Version", version.id.to_string()),
        fact("tool", "By", format!("curtail {}", closing.tool)),
    ];
    if let Some(reason) = &closing.forced {
        facts.push(fact("forced", "Forced", reason.clone()));
    }
    facts
}

fn section(heading: &'static str, table: Table) -> Section {
    Section { heading: Some(heading.into()), table, charts: Vec::new() }
}

fn statements(closing: &Closing, currencies: &[Currency]) -> Result<Table, ReportError> {
    let several = if currencies.len() > 1 { Place::Everywhere } else { Place::Data };
    let money = |key: &str, heading: &'static str| Column::new(key, heading, ColumnKind::Money);
    let adjusts = if closing.adjusted.is_empty() { Place::Data } else { Place::Everywhere };
    let columns = vec![
        Column::new("tenant", "Tenant", ColumnKind::Text),
        Column::new("currency", "Currency", ColumnKind::Text).seen(several),
        money("month_cost", "Month").seen(adjusts),
        money("adjustments", "Adjustments").seen(adjusts),
        money("cost", "Total"),
    ];
    let row = |total: &StatementTotal| {
        let whole = total.exact.checked_add(total.adjustments);
        let whole = whole.ok_or_else(|| ReportError::range(&total.currency))?;
        let (tenant, kind) = match &total.tenant {
            Some(id) => (Cell::text(id.clone()), RowKind::Data),
            None => (Cell::Label("unassigned".into()), RowKind::Unattributed),
        };
        let mut cells = vec![tenant, Cell::text(total.currency.to_string())];
        cells.extend([total.exact, total.adjustments, whole].map(Cell::Money));
        book_cell(&mut cells[4], total.booked);
        Ok(Row { kind, currency: Some(total.currency.clone()), cells })
    };
    let rows = closing.totals.iter().map(row).collect::<Result<_, ReportError>>()?;
    let mut table = Table { columns, rows, ..Table::default() };
    table.rows.sort_by(|a, b| (&a.currency, a.kind).cmp(&(&b.currency, b.kind)));
    table.totals = total_rows(&table, currencies)?;
    Ok(table)
}

/// The digest of all inputs: of the digests of the files, in their order.
pub fn digest_of_inputs(version: &Version) -> Digest {
    let digests: Vec<u8> = version.facts.files.iter().flat_map(|file| file.digest.0).collect();
    Digest::of(&digests)
}

fn inputs(version: &Version) -> Table {
    let files = &version.facts.files;
    let columns = vec![
        Column::new("files", "Files", ColumnKind::Count),
        Column::new("bytes", "Bytes", ColumnKind::Count),
        Column::new("source_rows", "Rows", ColumnKind::Count),
        Column::new("digest", "Digest of all (BLAKE3)", ColumnKind::Text),
    ];
    let cells = vec![
        Cell::Count(files.iter().map(|_| 1).sum()),
        Cell::Count(files.iter().map(|file| file.stamp.bytes).sum()),
        Cell::Count(version.source_rows()),
        digest(digest_of_inputs(version)),
    ];
    let rows = vec![Row { kind: RowKind::Data, currency: None, cells }];
    Table { columns, rows, ..Table::default() }
}

fn rules(closing: &Closing) -> Table {
    let columns = vec![
        Column::new("file", "File", ColumnKind::Text),
        Column::new("digest", "Digest (BLAKE3)", ColumnKind::Text),
    ];
    let rows = closing.rules.iter().map(|file| Row {
        kind: RowKind::Data,
        currency: None,
        cells: vec![Cell::text(file.name.clone()), digest(Digest::of(&file.bytes))],
    });
    Table { columns, rows: rows.collect(), ..Table::default() }
}

/// People see as much of a digest as they compare.
fn digest(of: Digest) -> Cell {
    let full = of.to_string();
    let short = full.chars().take(16).collect::<String>().into();
    Cell::Text { full: full.into(), short }
}

fn adjusted(closing: &Closing) -> Table {
    let columns = vec![
        Column::new("adjusted_period", "Month", ColumnKind::Date),
        Column::new("from_version", "From version", ColumnKind::Text),
        Column::new("to_version", "To version", ColumnKind::Text),
    ];
    let rows = closing.adjusted.iter().map(|(period, versions)| {
        let [from, to] = versions.map(|version| Cell::text(version.to_string()));
        let cells = vec![Cell::text(period.to_string()), from, to];
        Row { kind: RowKind::Data, currency: None, cells }
    });
    Table { columns, rows: rows.collect(), ..Table::default() }
}
