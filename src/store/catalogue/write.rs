//! Write: rows of the catalogue from values.
//!
//! In:    a transaction; facts, segments, closings.
//! Out:   the numbers that they got.
//! Never: puts a value into SQL text.

use rusqlite::{Connection, Transaction, params};

use crate::model::digest::Digest;
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{
    Closing, FileFacts, PeriodFacts, PeriodTotal, Segment, StatementTotal, VersionId,
};
use crate::store::error::StoreError;
use crate::store::shelf::Place;

/// Says where the segments are, once.
pub(super) fn insert_place(rows: &Connection, place: &Place) -> Result<(), StoreError> {
    let segments = place.segments.display().to_string();
    rows.execute("INSERT INTO place (segments, mark) VALUES (?1, ?2)", [&segments, &place.mark])?;
    Ok(())
}

/// Writes a version under the number that was chosen for it.
pub(in crate::store) fn insert_version(
    rows: &Transaction<'_>,
    id: VersionId,
    facts: &PeriodFacts,
    segments: &[Segment],
) -> Result<(), StoreError> {
    let origin = &facts.origin;
    let (first_day, last_day) = facts.days.clone().unzip();
    rows.execute(
        "INSERT INTO version (id, period, source, manifest, execution, manifest_digest, first_day,
            last_day, rows_without_cost, keep, uninvoiced_rows, tool, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            id.0,
            facts.period.to_string(),
            origin.source,
            origin.manifest,
            origin.execution,
            origin.manifest_digest.as_ref().map(Digest::to_string),
            first_day,
            last_day,
            facts.oddities.rows_without_cost,
            facts.keep.name(),
            facts.uninvoiced_rows,
            facts.tool,
            facts.at.0
        ],
    )?;
    for (position, (code, message)) in facts.oddities.findings.iter().enumerate() {
        rows.execute(
            "INSERT INTO finding VALUES (?1, ?2, ?3, ?4)",
            params![id.0, position, code, message],
        )?;
    }
    for (number, segment) in segments.iter().enumerate() {
        rows.execute(
            "INSERT INTO segment VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id.0,
                number,
                segment.kind.name(),
                segment.bytes,
                segment.rows,
                segment.digest.to_string()
            ],
        )?;
    }
    for (position, total) in facts.totals.iter().enumerate() {
        insert_total(rows, id, position, total)?;
    }
    for (position, file) in facts.files.iter().enumerate() {
        insert_file(rows, id, position, file)?;
    }
    Ok(())
}

fn insert_total(
    rows: &Transaction<'_>,
    id: VersionId,
    position: usize,
    total: &PeriodTotal,
) -> Result<(), StoreError> {
    let [unblended, amortized, net_unblended, net_amortized, list, blended] =
        total.costs.map(|cost| cost.to_string());
    rows.execute(
        "INSERT INTO total VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            id.0,
            position,
            total.currency.0,
            total.line_items,
            total.usage_hours.to_string(),
            unblended,
            amortized,
            net_unblended,
            net_amortized,
            list,
            blended
        ],
    )?;
    Ok(())
}

fn insert_file(
    rows: &Transaction<'_>,
    id: VersionId,
    position: usize,
    file: &FileFacts,
) -> Result<(), StoreError> {
    let missing: Vec<&str> = file.missing.iter().map(|column| column_word(*column)).collect();
    rows.execute(
        "INSERT INTO file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            id.0,
            position,
            file.stamp.name,
            file.stamp.bytes,
            file.stamp.modified,
            file.digest.to_string(),
            file.schema,
            words(rows, &file.columns)?,
            words(rows, &missing)?,
            words(rows, &file.line_item_types)?,
            file.rows,
            file.refused_rows
        ],
    )?;
    for (at, sum) in file.sums.iter().enumerate() {
        rows.execute(
            "INSERT INTO file_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                id.0,
                position,
                at,
                sum.currency.0,
                sum.metric.name(),
                sum.delivered.to_string(),
                sum.refused.to_string()
            ],
        )?;
    }
    Ok(())
}

/// The word for a column in the catalogue: its first spelling.
pub(super) fn column_word(column: SourceColumn) -> &'static str {
    column.names().first().copied().unwrap_or_default()
}

/// The number of a list of words, which is kept once.
fn words<T: AsRef<str>>(rows: &Transaction<'_>, list: &[T]) -> Result<i64, StoreError> {
    let list: serde_json::Value = list.iter().map(AsRef::as_ref).collect();
    let list = list.to_string();
    rows.execute("INSERT OR IGNORE INTO words (list) VALUES (?1)", [&list])?;
    Ok(rows.query_row("SELECT id FROM words WHERE list = ?1", [&list], |row| row.get(0))?)
}

/// Removes versions; the database refuses those that a closing names.
pub(in crate::store) fn remove_versions(
    rows: &Transaction<'_>,
    versions: &[VersionId],
) -> Result<(), StoreError> {
    for version in versions {
        rows.execute("DELETE FROM version WHERE id = ?1", [version.0])?;
    }
    rows.execute(
        "DELETE FROM words WHERE id NOT IN (SELECT columns FROM file
            UNION SELECT missing FROM file UNION SELECT line_item_types FROM file)",
        [],
    )?;
    Ok(())
}

/// Writes a closing.
pub(in crate::store) fn insert_closing(
    rows: &Transaction<'_>,
    closing: &Closing,
) -> Result<(), StoreError> {
    rows.execute(
        "INSERT INTO closing (period, at, tool, forced, metric, rule_file)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            closing.period.to_string(),
            closing.at.0,
            closing.tool,
            closing.forced,
            closing.metric.name(),
            closing.rule_file
        ],
    )?;
    let id = rows.last_insert_rowid();
    for (period, version) in &closing.pins {
        rows.execute(
            "INSERT INTO closing_pin VALUES (?1, ?2, ?3)",
            params![id, period.to_string(), version.0],
        )?;
    }
    for (period, [from, to]) in &closing.adjusted {
        insert_adjusted(rows, id, *period, [*from, *to])?;
    }
    for (position, rule) in closing.rules.iter().enumerate() {
        let digest = Digest::of(&rule.bytes).to_string();
        rows.execute(
            "INSERT INTO closing_rule VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, position, rule.name, digest, rule.bytes],
        )?;
    }
    for (position, total) in closing.totals.iter().enumerate() {
        insert_statement(rows, id, position, total)?;
    }
    Ok(())
}

fn insert_adjusted(
    rows: &Transaction<'_>,
    closing: i64,
    period: BillingPeriod,
    [from, to]: [VersionId; 2],
) -> Result<(), StoreError> {
    rows.execute(
        "INSERT INTO closing_adjusted VALUES (?1, ?2, ?3, ?4)",
        params![closing, period.to_string(), from.0, to.0],
    )?;
    Ok(())
}

fn insert_statement(
    rows: &Transaction<'_>,
    closing: i64,
    position: usize,
    total: &StatementTotal,
) -> Result<(), StoreError> {
    rows.execute(
        "INSERT INTO closing_total VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            closing,
            position,
            total.tenant,
            total.currency.0,
            total.exact.to_string(),
            total.adjustments.to_string(),
            total.booked.to_string()
        ],
    )?;
    Ok(())
}
