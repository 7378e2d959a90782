//! Table: an export that another engine rolls up, as versions of its billing periods.
//!
//! In:    a cluster, the months that are wanted, a store.
//! Out:   [`Ingested`], one per billing period; each is on disk before it is told.
//! Never: commits charges that are not what the engine's own sums say.
//!
//! A table has no files that would tell whether it is as it was: it is rolled up each time, and is
//! unchanged when the charges come out the same.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::ipc::writer::StreamWriter;

use super::{IngestError, IngestSettings, Progress, in_store, read, unchanged};
use crate::dialect::Table;
use crate::model::digest::Digest;
use crate::model::money::Currency;
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{
    FileFacts, FileStamp, NewVersion, Origin, PeriodFacts, SegmentKind, StoredOddities, Version,
    newest,
};
use crate::normalise::{Control, Grain, WholePeriod};
use crate::pipeline::cluster::{self, Cluster, ClusterError, RolledUp};
use crate::pipeline::{MonthAbsent, PipelineError};
use crate::report::store::ingestion::{Ingested, Outcome};
use crate::store::{Writer, adds_up};

/// `ingest --engine`: the months of a table whose charges the store does not hold yet.
///
/// # Errors
/// The first that stops it; periods that were told as done stay.
pub fn ingest_table(
    cluster: &Cluster,
    name: &str,
    settings: &IngestSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Ingested>, PipelineError> {
    let table = cluster.table()?;
    let export = Export { cluster, name, table: &table, settings, progress };
    let mut all = Vec::new();
    for month in export.months()? {
        let ingested = export.store(month)?;
        progress(Progress::Done(&ingested));
        all.push(ingested);
    }
    Ok(all)
}

/// An export that an engine reads, on its way into a store.
struct Export<'a> {
    cluster: &'a Cluster,
    /// The table as it was typed.
    name: &'a str,
    table: &'a Table,
    settings: &'a IngestSettings,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl Export<'_> {
    /// The months that are wanted; every line must be of one.
    fn months(&self) -> Result<Vec<BillingPeriod>, PipelineError> {
        let present = self.cluster.present(self.table)?;
        if let Some(rows) = present.get(&None).filter(|rows| **rows > 0) {
            let source_name = self.name.to_owned();
            return Err(IngestError::NoPeriod { source_name, rows: *rows }.into());
        }
        let present: Vec<BillingPeriod> = present.into_keys().flatten().collect();
        let asked = &self.settings.months;
        if let Some(absent) = asked.iter().find(|month| !present.contains(month)) {
            let present = present.iter().map(ToString::to_string).collect();
            return Err(MonthAbsent { asked: *absent, present }.into());
        }
        let is_wanted = |month: &BillingPeriod| asked.is_empty() || asked.contains(month);
        Ok(present.into_iter().filter(is_wanted).collect())
    }

    /// Reads a month, and commits it unless the store has it.
    fn store(&self, month: BillingPeriod) -> Result<Ingested, PipelineError> {
        let IngestSettings { home, holder, threads, .. } = self.settings;
        let first = self.read(month)?;
        // Somebody may have written to the table between two statements: one more try. What does
        // not fit then either, the store refuses.
        let new = if adds_up(&first.facts) { first } else { self.read(month)? };
        if let Some(store) = in_store(home)? {
            let known = store.newest()?.into_iter().find(|version| is_of(version, &new));
            if let Some(version) = known
                && store.damage_of(&version)?.is_none()
            {
                return Ok(unchanged(version));
            }
        }
        (self.progress)(Progress::Writing);
        let mut writer = Writer::open(home, holder)?;
        let before = newest(&writer.store().history()?).get(&month).copied();
        let outcome = before.map_or(Outcome::New, Outcome::Replaced);
        let version = writer.commit(&new, *threads)?;
        Ok(Ingested { version, outcome })
    }

    /// Has a month rolled up by everything that the store tells apart.
    fn read(&self, month: BillingPeriod) -> Result<NewVersion, PipelineError> {
        let months = [month];
        let tags = self.cluster.tag_fields(self.table, &months)?;
        let grain = Grain::whole(&tags, self.settings.keep);
        let found = self.cluster.rolled_up(self.table, &grain.fields(), &grain.metrics, &months)?;
        let rows = found.rows();
        (self.progress)(Progress::Begun { period: Some(month), rows, bytes: 0 });
        let file = std::slice::from_ref(&found.file);
        let (whole, _) = read::whole(file, &grain, (false, self.settings.threads), self.progress)?;
        let period = whole.periods.into_values().next().unwrap_or_default();
        self.version(month, &found, period)
    }

    fn version(
        &self,
        period: BillingPeriod,
        found: &RolledUp,
        whole: WholePeriod,
    ) -> Result<NewVersion, PipelineError> {
        let columns = cluster::names_of(self.table);
        let missing = cluster::lacking(&columns);
        let tells_invoices = !missing.contains(&SourceColumn::InvoiceId);
        let sum = |of: fn(&Control) -> u64| found.control.values().map(of).sum::<u64>();
        let sums = |(currency, control): (&String, _)| {
            read::sums(&Currency(currency.as_str().into()), control)
        };
        let file = FileFacts {
            stamp: FileStamp { name: self.name.to_owned(), bytes: 0, modified: 0 },
            digest: digest(&whole.charges)?,
            schema: self.cluster.schema(),
            columns,
            missing,
            line_item_types: found.line_item_types.iter().cloned().collect(),
            rows: found.rows(),
            refused_rows: 0,
            sums: found.control.iter().flat_map(sums).collect(),
        };
        let settings = self.settings;
        let facts = PeriodFacts {
            period,
            origin: Origin { source: self.name.to_owned(), ..Origin::default() },
            files: vec![file],
            totals: whole.totals,
            days: whole.days,
            oddities: StoredOddities {
                rows_without_cost: sum(|control| control.without_cost),
                findings: Vec::new(),
            },
            keep: settings.keep,
            uninvoiced_rows: tells_invoices.then(|| sum(|control| control.uninvoiced)),
            tool: settings.holder.tool.clone(),
            at: settings.at.clone(),
        };
        Ok(NewVersion { facts, charges: whole.charges })
    }
}

/// Whether a version holds these very charges of this table.
fn is_of(version: &Version, new: &NewVersion) -> bool {
    let (known, new) = (&version.facts, &new.facts);
    let digests = |of: &[FileFacts]| of.iter().map(|file| file.digest).collect::<Vec<_>>();
    (known.period, &known.origin, known.keep) == (new.period, &new.origin, new.keep)
        && digests(&known.files) == digests(&new.files)
}

/// The digest of charges, which are in one order however the engine gave them.
fn digest(charges: &BTreeMap<SegmentKind, Vec<RecordBatch>>) -> Result<Digest, ClusterError> {
    let kept = |error| ClusterError::Kept(Box::new(error));
    let mut hasher = blake3::Hasher::new();
    for batch in charges.get(&SegmentKind::Charges).into_iter().flatten() {
        let writer = StreamWriter::try_new(&mut hasher, batch.schema_ref());
        let written = writer.and_then(|mut writer| {
            writer.write(batch)?;
            writer.finish()
        });
        written.map_err(kept)?;
    }
    Ok(Digest(*hasher.finalize().as_bytes()))
}
