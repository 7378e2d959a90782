//! Ingest: exports into the store, one billing period at a time.
//!
//! In:    sources, the months and the resource ids that are wanted, a store.
//! Out:   [`Ingested`], one per billing period; each is on disk before it is told.
//! Never: reads a delivery that the store holds, or commits what does not balance.

mod delivered;
mod read;
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::PipelineError;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::period::BillingPeriod;
use crate::model::stored::{Instant, Keep, Version, newest};
use crate::origin::Origin;
use crate::report::store::ingestion::{Ingested, Outcome};
use crate::store::{Holder, Home, Store, StoreError, Writer};
use delivered::Delivered;
pub use delivered::Unreadable;
pub use read::IngestError;
pub use table::ingest_table;

/// What is wanted of an ingest.
#[derive(Debug, Clone)]
pub struct IngestSettings {
    /// Where the store is; made when it is not there.
    pub home: Home,
    /// The billing periods; all when empty.
    pub months: Vec<BillingPeriod>,
    /// Which resource ids are kept.
    pub keep: Keep,
    /// Worker threads, at least one.
    pub threads: usize,
    /// When it began.
    pub at: Instant,
    /// Who writes.
    pub holder: Holder,
    /// Where the files of the sources are; of a table, nowhere.
    pub origin: Origin,
}

/// How an ingest gets on.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A period is read: so many rows and bytes, as its footers promise.
    Begun {
        /// `None` when only the rows can tell.
        period: Option<BillingPeriod>,
        /// Rows to read.
        rows: u64,
        /// Bytes of the files.
        bytes: u64,
    },
    /// So many rows more.
    Rows(u64),
    /// All rows are read; they are written.
    Writing,
    /// A period is in the store.
    Done(&'a Ingested),
}

/// Two sources bill the same month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{period} is billed by `{}` and by `{}`", sources[0], sources[1])]
pub struct BilledTwice {
    /// The month.
    pub period: BillingPeriod,
    /// The sources as they were typed.
    pub sources: [String; 2],
}

impl Diagnose for BilledTwice {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "INGEST-TWICE"
    }

    fn hints(&self) -> Vec<String> {
        vec![
            "a store holds one bill: ingest the other export into a store of its own, `--store DIR`"
                .to_owned(),
        ]
    }
}

/// `ingest`: every delivery that the store does not hold yet.
///
/// # Errors
/// The first that stops it; periods that were told as done stay.
pub fn ingest(
    sources: &[PathBuf],
    settings: &IngestSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Ingested>, PipelineError> {
    let mut deliveries = Vec::new();
    for source in sources {
        deliveries.extend(delivered::of_source(&settings.origin, source, &settings.months)?);
    }
    let mut billed = BTreeMap::new();
    for delivered in &deliveries {
        if let Some(period) = delivered.period {
            bill(&mut billed, period, &delivered.origin.source)?;
        }
    }
    let before = in_store(&settings.home)?;
    let newest_before = before.as_ref().map_or_else(|| Ok(Vec::new()), Store::newest)?;
    let mut known = match &before {
        None => vec![Vec::new(); deliveries.len()],
        Some(before) => all_held(&deliveries, before, settings)?,
    };
    drop(before);
    // Then no byte of the store is touched.
    let is_news = known.iter().any(Vec::is_empty);
    let writer = is_news.then(|| Writer::open(&settings.home, &settings.holder));
    let mut writer = writer.transpose()?;
    // Somebody else may have written meanwhile.
    if let Some(writer) = &writer
        && writer.store().newest()? != newest_before
    {
        known = all_held(&deliveries, writer.store(), settings)?;
    }
    let mut all: Vec<Ingested> = Vec::new();
    for (delivered, known) in deliveries.iter().zip(known) {
        let found = match &mut writer {
            Some(writer) if known.is_empty() => {
                store(writer, delivered, &mut billed, settings, progress)?
            }
            _ => known.into_iter().map(unchanged).collect(),
        };
        for ingested in &found {
            progress(Progress::Done(ingested));
        }
        all.extend(found);
    }
    Ok(all)
}

/// The store, when there is one that can be read.
fn in_store(home: &Home) -> Result<Option<Store>, StoreError> {
    match Store::open(home) {
        // Writing makes it, or tells better what is in the way.
        Err(StoreError::Absent { .. } | StoreError::Read { .. }) => Ok(None),
        opened => opened.map(Some),
    }
}

/// The versions that came from each delivery and are as they were written; none of one that has to
/// be read.
fn all_held(
    deliveries: &[Delivered],
    store: &Store,
    settings: &IngestSettings,
) -> Result<Vec<Vec<Version>>, PipelineError> {
    let newest = store.newest()?;
    let held = |delivered: &Delivered| -> Result<_, PipelineError> {
        let known = delivered.known(&settings.origin, &newest, settings.keep)?;
        for version in &known {
            if store.damage_of(version)?.is_some() {
                return Ok(Vec::new());
            }
        }
        Ok(known)
    };
    deliveries.iter().map(held).collect()
}

/// Whose bill a month is, by the source as it was typed.
type Billed = BTreeMap<BillingPeriod, String>;

fn bill(billed: &mut Billed, period: BillingPeriod, source: &str) -> Result<(), BilledTwice> {
    match billed.insert(period, source.to_owned()) {
        Some(other) => Err(BilledTwice { period, sources: [other, source.to_owned()] }),
        None => Ok(()),
    }
}

fn unchanged(version: Version) -> Ingested {
    Ingested { version, outcome: Outcome::Unchanged }
}

/// Reads one delivery and commits its periods.
fn store(
    writer: &mut Writer,
    delivered: &Delivered,
    billed: &mut Billed,
    settings: &IngestSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Ingested>, PipelineError> {
    let periods = read::read(delivered, settings, progress)?;
    if delivered.period.is_none() {
        for new in &periods {
            bill(billed, new.facts.period, &delivered.origin.source)?;
        }
    }
    progress(Progress::Writing);
    let newest = newest(&writer.store().history()?);
    let mut ingested = Vec::with_capacity(periods.len());
    for new in periods {
        let before = newest.get(&new.facts.period);
        let outcome = before.map_or(Outcome::New, |before| Outcome::Replaced(*before));
        let version = writer.commit(&new, settings.threads)?;
        ingested.push(Ingested { version, outcome });
    }
    Ok(ingested)
}
