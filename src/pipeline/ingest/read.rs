//! Read: one delivery as the versions of its billing periods.
//!
//! In:    a delivery that the store does not have.
//! Out:   [`NewVersion`]s, tied to what the files hold.
//! Never: mixes two deliveries: what changes while it is read is read again, once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::delivered::{Delivered, digest};
use super::{IngestSettings, Progress};
use crate::diagnostic::{Diagnose, ErrorKind, Refusal};
use crate::model::digest::Digest;
use crate::model::line_items::{LineItems, Sink};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::stored::{FileFacts, FileSum, NewVersion, PeriodFacts, StoredOddities};
use crate::normalise::{self, Control, Grain, Roller, WholePeriod, WholeRolled};
use crate::pipeline::PipelineError;
use crate::scan::{self, Request, Scanned, SourceFile};

/// A delivery that cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// Nothing tells the billing period of some rows.
    #[error("{rows} rows of `{source_name}` belong to no billing period")]
    NoPeriod {
        /// The source as it was typed.
        source_name: String,
        /// How many.
        rows: u64,
    },
    /// AWS, or somebody else, replaced the files while they were read, twice.
    #[error("`{source_name}` changed while it was read, and again on the second try")]
    Changing {
        /// The source as it was typed.
        source_name: String,
    },
}

impl Diagnose for IngestError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoPeriod { .. } => "INGEST-NO-MONTH",
            Self::Changing { .. } => "INGEST-CHANGING",
        }
    }

    fn hints(&self) -> Vec<String> {
        vec![
            match self {
                Self::NoPeriod { .. } => {
                    "give the folder of the export: its names tell months; or add \
                     `bill_billing_period_start_date` to the export"
                }
                Self::Changing { .. } => {
                    "the store keeps what it had; wait for the delivery to end"
                }
            }
            .to_owned(),
        ]
    }
}

/// Reads a delivery; what changes meanwhile is read once more.
pub(super) fn read(
    delivered: &Delivered,
    settings: &IngestSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<NewVersion>, PipelineError> {
    let first = once(delivered, settings, progress);
    // Whatever went wrong with files that are being replaced went wrong because of it.
    let now = delivered.again(&settings.origin)?;
    if now.as_ref() == Some(delivered) {
        return first;
    }
    let changing = || IngestError::Changing { source_name: delivered.origin.source.clone() };
    let now = now.ok_or_else(changing)?;
    let second = once(&now, settings, progress);
    if now.again(&settings.origin)?.as_ref() == Some(&now) {
        second
    } else {
        Err(changing().into())
    }
}

fn once(
    delivered: &Delivered,
    settings: &IngestSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<NewVersion>, PipelineError> {
    let paths = delivered.files.iter().map(|(path, _)| path);
    let mut files = SourceFile::open_all(&settings.origin, paths, &[])?;
    let rows = files.iter().map(|file| file.rows).sum();
    progress(Progress::Begun { period: delivered.period, rows, bytes: delivered.bytes() });
    let grain = Grain::whole(&scan::tag_fields(&files)?, settings.keep);
    let fields = grain.fields();
    for file in &mut files {
        file.look_for(&fields)?;
    }
    let by_rows = delivered.period.is_none();
    let (whole, digests) = std::thread::scope(|scope| {
        let digests = scope.spawn(|| digests(delivered, settings));
        let whole = whole(&files, &grain, (by_rows, settings.threads), progress);
        (whole, digests.join())
    });
    let (rolled, types) = whole?;
    let digests = digests.map_err(|_| scan::ScanError::Worker)??;
    let facts = Facts { delivered, files: &files, types: &types, digests: &digests, settings };
    facts.versions(rolled)
}

/// Files as the charges of the store, and the line item types of each; the rows tell the month
/// where nothing else does.
pub(super) fn whole(
    files: &[SourceFile],
    grain: &Grain,
    (by_rows, threads): (bool, usize),
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(WholeRolled, Types), PipelineError> {
    let request = Request {
        fields: grain.fields(),
        telling: grain.telling(),
        metrics: grain.metrics.clone(),
        hours: grain.hours,
        threads,
    };
    let new_sink = || Watched { roller: Roller::for_store(grain, by_rows), progress };
    let Scanned { sinks, types, .. } = scan::scan(files, &request, new_sink)?;
    let shares = sinks.into_iter().map(|watched| watched.roller).collect();
    Ok((normalise::finish_whole(grain, shares)?, types))
}

/// The line item types of each file.
type Types = BTreeMap<PathBuf, BTreeSet<String>>;

/// A roller that tells how it gets on.
struct Watched<'a> {
    roller: Roller<'a>,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl Sink for Watched<'_> {
    fn take(&mut self, items: &LineItems) -> Result<(), Refusal> {
        self.roller.take(items)?;
        let rows = u64::try_from(items.rows).unwrap_or(u64::MAX);
        (self.progress)(Progress::Rows(rows));
        Ok(())
    }
}

fn digests(
    delivered: &Delivered,
    settings: &IngestSettings,
) -> Result<Vec<Digest>, super::delivered::Unreadable> {
    delivered.files.iter().map(|(path, _)| digest(&settings.origin, path)).collect()
}

/// Everything that is known of a delivery once it is read.
struct Facts<'a> {
    delivered: &'a Delivered,
    files: &'a [SourceFile],
    types: &'a Types,
    digests: &'a [Digest],
    settings: &'a IngestSettings,
}

impl Facts<'_> {
    fn versions(&self, rolled: WholeRolled) -> Result<Vec<NewVersion>, PipelineError> {
        let mut versions = Vec::with_capacity(rolled.periods.len());
        for (told, found) in rolled.periods {
            let Some(period) = self.delivered.period.or(told) else {
                let rows = found.totals.iter().map(|total| total.line_items).sum();
                let source_name = self.delivered.origin.source.clone();
                return Err(IngestError::NoPeriod { source_name, rows }.into());
            };
            let own = |(key, control): (&normalise::ControlKey, &Control)| {
                (key.period == told)
                    .then(|| ((key.file.clone(), key.currency.clone()), control.clone()))
            };
            let control = rolled.control.iter().filter_map(own).collect();
            versions.push(self.version(period, found, &control));
        }
        // A month that AWS delivered without a row is a month all the same.
        if let (true, Some(period)) = (versions.is_empty(), self.delivered.period) {
            versions.push(self.version(period, WholePeriod::default(), &BTreeMap::new()));
        }
        Ok(versions)
    }

    fn version(
        &self,
        period: BillingPeriod,
        found: WholePeriod,
        control: &BTreeMap<(PathBuf, Currency), Control>,
    ) -> NewVersion {
        let tells_invoices =
            self.files.iter().all(|file| !file.missing.contains(&SourceColumn::InvoiceId));
        let sum = |of: fn(&Control) -> u64| control.values().map(of).sum();
        let files = self.files.iter().zip(&self.delivered.files).zip(self.digests);
        let facts = PeriodFacts {
            period,
            origin: self.delivered.origin.clone(),
            files: files
                .map(|((file, (_, stamp)), digest)| FileFacts {
                    stamp: stamp.clone(),
                    digest: *digest,
                    schema: file.schema.name().to_owned(),
                    columns: file.column_names().map(str::to_owned).collect(),
                    missing: file.missing.clone(),
                    line_item_types: self.types_of(&file.path),
                    rows: rows_of(&file.path, control),
                    refused_rows: 0,
                    sums: sums_of(&file.path, control),
                })
                .collect(),
            totals: found.totals,
            days: found.days,
            oddities: StoredOddities {
                rows_without_cost: sum(|control| control.without_cost),
                findings: self
                    .delivered
                    .findings
                    .iter()
                    .map(|finding| (finding.code.to_string(), finding.message.clone()))
                    .collect(),
            },
            keep: self.settings.keep,
            uninvoiced_rows: tells_invoices.then(|| sum(|control| control.uninvoiced)),
            tool: self.settings.holder.tool.clone(),
            at: self.settings.at.clone(),
        };
        NewVersion { facts, charges: found.charges }
    }

    fn types_of(&self, path: &Path) -> Vec<String> {
        self.types.get(path).into_iter().flatten().cloned().collect()
    }
}

fn rows_of(path: &Path, control: &BTreeMap<(PathBuf, Currency), Control>) -> u64 {
    let own = control.iter().filter(|((file, _), _)| file == path);
    own.map(|(_, control)| control.rows).sum()
}

fn sums_of(path: &Path, control: &BTreeMap<(PathBuf, Currency), Control>) -> Vec<FileSum> {
    let own = control.iter().filter(|((file, _), _)| file == path);
    own.flat_map(|((_, currency), control)| sums(currency, control)).collect()
}

/// What lines hold in one currency, none of them refused.
pub(super) fn sums(currency: &Currency, control: &Control) -> Vec<FileSum> {
    let sum = |(metric, sum): (CostMetric, &i128)| FileSum {
        currency: currency.clone(),
        metric,
        delivered: Money(*sum),
        refused: Money::ZERO,
    };
    CostMetric::ALL.into_iter().zip(&control.sums).map(sum).collect()
}
