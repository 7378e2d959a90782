//! Read: values from rows of the catalogue.
//!
//! In:    a database in our format.
//! Out:   versions, closings, and which there are.
//! Never: meets a damaged row: the seal was checked before. A word that it does not know was
//!        written by a newer version of this program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rusqlite::{Connection, Params, Row};

use super::write::column_word;
use crate::model::digest::Digest;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity, pico_of_text};
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{
    Closing, FileFacts, FileStamp, FileSum, Instant, Keep, Origin, PeriodFacts, PeriodTotal, Pins,
    RuleFile, Segment, SegmentKind, StatementTotal, StoredOddities, Version, VersionId,
};
use crate::store::error::StoreError;
use crate::store::layout::Layout;
use crate::store::shelf::Place;

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Asks a catalogue.
pub(in crate::store) struct Reader<'a> {
    pub(super) rows: &'a Connection,
    pub(super) layout: &'a Layout,
}

impl Reader<'_> {
    /// The highest number that a version ever had; 0 before the first one.
    pub(in crate::store) fn highest(&self) -> Result<VersionId> {
        let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'version'";
        Ok(VersionId(self.rows.query_row(sql, [], |row| row.get(0))?))
    }

    /// Where the segments are, when they are not in the folder.
    pub(in crate::store) fn place(&self) -> Result<Option<Place>> {
        let mut places = self.list("SELECT segments, mark FROM place", [], |row| {
            let segments: String = row.get(0)?;
            Ok(Place { segments: PathBuf::from(segments), mark: row.get(1)? })
        })?;
        Ok(places.pop())
    }

    /// The number and the period of every version, by period and number.
    pub(in crate::store) fn ids(&self) -> Result<Vec<(BillingPeriod, VersionId)>> {
        self.list("SELECT period, id FROM version ORDER BY period, id", [], |row| {
            Ok((self.period(row, 0)?, VersionId(row.get(1)?)))
        })
    }

    /// The files of every segment of every version.
    pub(in crate::store) fn segments(&self) -> Result<BTreeSet<PathBuf>> {
        let sql = "SELECT period, version, number, kind FROM segment JOIN version ON id = version";
        let paths = self.list(sql, [], |row| {
            let (period, id) = (self.period(row, 0)?, VersionId(row.get(1)?));
            Ok(self.layout.segment(self.kind(row, 3)?, period, id, row.get(2)?))
        })?;
        Ok(paths.into_iter().collect())
    }

    /// The version of a number.
    pub(in crate::store) fn version(&self, id: VersionId) -> Result<Version> {
        let sql =
            "SELECT period, source, manifest, execution, manifest_digest, first_day, last_day,
            rows_without_cost, keep, uninvoiced_rows, tool, at FROM version WHERE id = ?1";
        let mut found = self.list(sql, [id.0], |row| self.version_of(id, row))?;
        found.pop().ok_or_else(|| self.newer("no version", &id.0.to_string()))
    }

    fn version_of(&self, id: VersionId, row: &Row) -> Result<Version> {
        let period = self.period(row, 0)?;
        let manifest_digest: Option<String> = row.get(4)?;
        let manifest_digest = manifest_digest.map(|text| self.digest_of(&text)).transpose()?;
        let days: (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        let findings = "SELECT code, message FROM finding WHERE version = ?1 ORDER BY position";
        let findings = self.list(findings, [id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let keep: String = row.get(8)?;
        let facts = PeriodFacts {
            period,
            origin: Origin {
                source: row.get(1)?,
                manifest: row.get(2)?,
                execution: row.get(3)?,
                manifest_digest,
            },
            files: self.files(id)?,
            totals: self.totals(id)?,
            days: days.0.zip(days.1),
            oddities: StoredOddities { rows_without_cost: row.get(7)?, findings },
            keep: Keep::parse(&keep).ok_or_else(|| self.newer("a choice of ids", &keep))?,
            uninvoiced_rows: row.get(9)?,
            tool: row.get(10)?,
            at: Instant(row.get(11)?),
        };
        Ok(Version { id, facts, segments: self.segments_of(period, id)? })
    }

    fn segments_of(&self, period: BillingPeriod, id: VersionId) -> Result<Vec<Segment>> {
        let sql = "SELECT number, kind, bytes, rows, digest FROM segment
            WHERE version = ?1 ORDER BY number";
        self.list(sql, [id.0], |row| {
            let kind = self.kind(row, 1)?;
            Ok(Segment {
                kind,
                path: self.layout.segment(kind, period, id, row.get(0)?),
                bytes: row.get(2)?,
                rows: row.get(3)?,
                digest: self.digest(row, 4)?,
            })
        })
    }

    fn kind(&self, row: &Row, at: usize) -> Result<SegmentKind> {
        let word: String = row.get(at)?;
        SegmentKind::parse(&word).ok_or_else(|| self.newer("a kind of segment", &word))
    }

    fn totals(&self, id: VersionId) -> Result<Vec<PeriodTotal>> {
        let sql = "SELECT currency, line_items, usage_hours, unblended_cost, amortized_cost,
            net_unblended_cost, net_amortized_cost, list_cost, blended_cost
            FROM total WHERE version = ?1 ORDER BY position";
        self.list(sql, [id.0], |row| {
            let mut costs = [Money::ZERO; CostMetric::ALL.len()];
            for (at, cost) in costs.iter_mut().enumerate() {
                *cost = self.money(row, 3 + at)?;
            }
            Ok(PeriodTotal {
                currency: Currency(row.get(0)?),
                line_items: row.get(1)?,
                usage_hours: Quantity(self.pico(row, 2)?),
                costs,
            })
        })
    }

    fn files(&self, id: VersionId) -> Result<Vec<FileFacts>> {
        let words = self.words(id)?;
        let list = |row: &Row, at: usize| -> Result<Vec<String>> {
            Ok(words.get(&row.get(at)?).cloned().unwrap_or_default())
        };
        let mut sums = self.sums(id)?;
        let sql = "SELECT position, name, bytes, modified, digest, schema, columns, missing,
            line_item_types, rows, refused_rows FROM file WHERE version = ?1 ORDER BY position";
        self.list(sql, [id.0], |row| {
            let missing = list(row, 7)?;
            Ok(FileFacts {
                stamp: FileStamp { name: row.get(1)?, bytes: row.get(2)?, modified: row.get(3)? },
                digest: self.digest(row, 4)?,
                schema: row.get(5)?,
                columns: list(row, 6)?,
                missing: missing.iter().map(|word| self.column(word)).collect::<Result<_>>()?,
                line_item_types: list(row, 8)?,
                rows: row.get(9)?,
                refused_rows: row.get(10)?,
                sums: sums.remove(&row.get(0)?).unwrap_or_default(),
            })
        })
    }

    /// The lists of words that the files of a version use.
    fn words(&self, id: VersionId) -> Result<BTreeMap<i64, Vec<String>>> {
        let sql = "SELECT id, list FROM words WHERE id IN (
            SELECT columns FROM file WHERE version = ?1
            UNION SELECT missing FROM file WHERE version = ?1
            UNION SELECT line_item_types FROM file WHERE version = ?1)";
        let lists = self.list(sql, [id.0], |row| {
            let list: String = row.get(1)?;
            let words = serde_json::from_str(&list);
            Ok((row.get(0)?, words.map_err(|_| self.newer("a list", &list))?))
        })?;
        Ok(lists.into_iter().collect())
    }

    fn sums(&self, id: VersionId) -> Result<BTreeMap<i64, Vec<FileSum>>> {
        let sql = "SELECT file, currency, metric, delivered, refused FROM file_sum
            WHERE version = ?1 ORDER BY file, position";
        let rows = self.list(sql, [id.0], |row| {
            let sum = FileSum {
                currency: Currency(row.get(1)?),
                metric: self.metric(row, 2)?,
                delivered: self.money(row, 3)?,
                refused: self.money(row, 4)?,
            };
            Ok((row.get(0)?, sum))
        })?;
        let mut sums: BTreeMap<i64, Vec<FileSum>> = BTreeMap::new();
        for (file, sum) in rows {
            sums.entry(file).or_default().push(sum);
        }
        Ok(sums)
    }

    /// Every closing, in the order of closing.
    pub(in crate::store) fn closings(&self) -> Result<Vec<Closing>> {
        let sql = "SELECT id, period, at, tool, forced, metric, rule_file FROM closing ORDER BY id";
        self.list(sql, [], |row| {
            let id: i64 = row.get(0)?;
            Ok(Closing {
                period: self.period(row, 1)?,
                at: Instant(row.get(2)?),
                tool: row.get(3)?,
                forced: row.get(4)?,
                metric: self.metric(row, 5)?,
                pins: self.pins(id)?,
                adjusted: self.adjusted(id)?,
                rules: self.rules(id)?,
                rule_file: row.get(6)?,
                totals: self.statements(id)?,
            })
        })
    }

    fn pins(&self, closing: i64) -> Result<Pins> {
        let sql = "SELECT period, version FROM closing_pin WHERE closing = ?1";
        let pins =
            self.list(sql, [closing], |row| Ok((self.period(row, 0)?, VersionId(row.get(1)?))))?;
        Ok(pins.into_iter().collect())
    }

    fn adjusted(&self, closing: i64) -> Result<BTreeMap<BillingPeriod, [VersionId; 2]>> {
        let sql = "SELECT period, from_version, to_version FROM closing_adjusted
            WHERE closing = ?1";
        let adjusted = self.list(sql, [closing], |row| {
            Ok((self.period(row, 0)?, [VersionId(row.get(1)?), VersionId(row.get(2)?)]))
        })?;
        Ok(adjusted.into_iter().collect())
    }

    fn rules(&self, closing: i64) -> Result<Vec<RuleFile>> {
        let sql = "SELECT name, bytes FROM closing_rule WHERE closing = ?1 ORDER BY position";
        self.list(sql, [closing], |row| Ok(RuleFile { name: row.get(0)?, bytes: row.get(1)? }))
    }

    fn statements(&self, closing: i64) -> Result<Vec<StatementTotal>> {
        let sql = "SELECT tenant, currency, exact, adjustments, booked FROM closing_total
            WHERE closing = ?1 ORDER BY position";
        self.list(sql, [closing], |row| {
            Ok(StatementTotal {
                tenant: row.get(0)?,
                currency: Currency(row.get(1)?),
                exact: self.money(row, 2)?,
                adjustments: self.money(row, 3)?,
                booked: self.money(row, 4)?,
            })
        })
    }

    fn list<T>(
        &self,
        sql: &str,
        values: impl Params,
        mut value: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.rows.prepare(sql)?;
        let mut rows = statement.query(values)?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(value(row)?);
        }
        Ok(list)
    }

    fn period(&self, row: &Row, at: usize) -> Result<BillingPeriod> {
        let text: String = row.get(at)?;
        BillingPeriod::parse(&text).ok_or_else(|| self.newer("a period", &text))
    }

    fn digest(&self, row: &Row, at: usize) -> Result<Digest> {
        self.digest_of(&row.get::<_, String>(at)?)
    }

    fn digest_of(&self, text: &str) -> Result<Digest> {
        Digest::parse(text).ok_or_else(|| self.newer("a digest", text))
    }

    fn metric(&self, row: &Row, at: usize) -> Result<CostMetric> {
        let text: String = row.get(at)?;
        CostMetric::parse(&text).ok_or_else(|| self.newer("a metric", &text))
    }

    fn money(&self, row: &Row, at: usize) -> Result<Money> {
        self.pico(row, at).map(Money)
    }

    fn pico(&self, row: &Row, at: usize) -> Result<i128> {
        let text: String = row.get(at)?;
        pico_of_text(&text).ok_or_else(|| self.newer("an amount", &text))
    }

    fn column(&self, word: &str) -> Result<SourceColumn> {
        let all = SourceColumn::ALL.iter().copied();
        all.into_iter()
            .find(|column| column_word(*column) == word)
            .ok_or_else(|| self.newer("a column", word))
    }

    fn newer(&self, what: &str, word: &str) -> StoreError {
        StoreError::Newer {
            folder: self.layout.root.clone(),
            found: format!("{what} that it does not know, `{word}`"),
            known: format!("format {}", super::schema::FORMAT),
        }
    }
}
