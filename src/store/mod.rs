//! Store: billing periods as versions that are never changed, only followed.
//!
//! In:    [`NewVersion`] and [`Closing`], from `pipeline`.
//! Out:   [`Snapshot`], history, closings; what [`Store::verify`] finds.
//! Never: shows half of a period, or deletes what a closing, a difference or a reader needs.
//!
//! ```text
//! DIR/catalogue.sqlite   which versions there are; sealed, and replaced as a whole
//! DIR/charges/billing_period=2026-10/00000012-000.parquet   a segment of version 12
//! DIR/months/billing_period=2026-10/00000012-001.parquet    the same money by month
//! DIR/owners/billing_period=2026-10/00000012-002.parquet    and by owner
//! DIR/lock               locked by the one writer; says who it was
//! DIR/readers            locked by all readers together; always empty
//! ```
//!
//! A commit writes its segments (temporary name, fsync, rename, fsync of the folder) and then
//! replaces the catalogue in the same way. That last rename is the moment in which it happens:
//! before it nothing names the segments, after it everything is on the disk.

mod layout;
mod durable;
mod lock;
mod catalogue;
mod segment;
mod leftovers;
mod balance;
mod commit;
mod gc;
mod verify;
mod error;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::catalogue::{Catalogue, insert_closing};
use self::layout::Layout;
use self::lock::{Lease, WriterLock};
use crate::model::digest::Digest;
use crate::model::period::BillingPeriod;
use crate::model::stored::{Closing, NewVersion, Pins, Version, VersionId};

pub use self::balance::Balance;
pub use self::error::{Damage, StoreError};
pub use self::gc::{Collected, Spare};
pub use self::lock::Holder;
pub use self::verify::{Checked, Problem, Verified, VerifiedVersion};

/// A store that is read. What it shows does not change while it is open, and no file that it knows
/// of is deleted until it and all its snapshots are dropped. It never writes.
pub struct Store {
    layout: Layout,
    catalogue: Catalogue,
    lease: Lease,
}

/// The versions that answers are made from.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// One per period, in the order of periods.
    pub versions: Vec<Version>,
    /// Keeps their files; may be dropped once all of them are open.
    #[expect(dead_code, reason = "held, not read")]
    lease: Lease,
}

impl Snapshot {
    /// The versions, once all of their files are open: from here on gc may delete them.
    pub fn forget_files(self) -> Vec<Version> {
        self.versions
    }
}

impl Store {
    /// Opens the store in a folder. Needs the right to read only; an older format is read as it is.
    ///
    /// # Errors
    /// When there is none, when it is damaged, or of a newer format.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let layout = Layout::of(folder);
        // Before the catalogue: what that names must still be there afterwards.
        let lease = Lease::take(&layout)?;
        let catalogue = Catalogue::read(&layout)?;
        Ok(Self { layout, catalogue, lease })
    }

    /// The newest version of each period, or the one that `pins` names for it; only of `months`
    /// when they are given.
    ///
    /// # Errors
    /// When a pinned version is not there, or a segment is missing or of another size.
    pub fn snapshot(
        &self,
        months: Option<&[BillingPeriod]>,
        pins: &Pins,
    ) -> Result<Snapshot, StoreError> {
        let reader = self.catalogue.reader(&self.layout);
        let ids = reader.ids()?;
        let is_asked = |period: BillingPeriod| months.is_none_or(|all| all.contains(&period));
        let mut chosen: Pins = ids.iter().copied().filter(|(month, _)| is_asked(*month)).collect();
        for (period, version) in pins.iter().filter(|(period, _)| is_asked(**period)) {
            require(&ids, *period, *version)?;
            chosen.insert(*period, *version);
        }
        let versions: Result<Vec<_>, _> = chosen.values().map(|id| reader.version(*id)).collect();
        let versions = versions?;
        versions.iter().try_for_each(is_whole)?;
        Ok(Snapshot { versions, lease: self.lease.clone() })
    }

    /// The newest version of each period, in the order of periods, whether its files are well or
    /// not: what a delivery is compared with.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub fn newest(&self) -> Result<Vec<Version>, StoreError> {
        let reader = self.catalogue.reader(&self.layout);
        let newest: Pins = reader.ids()?.into_iter().collect();
        newest.into_values().map(|id| reader.version(id)).collect()
    }

    /// The periods that there is a version of, whether or not its files are well.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub fn periods(&self) -> Result<BTreeSet<BillingPeriod>, StoreError> {
        let ids = self.catalogue.reader(&self.layout).ids()?;
        Ok(ids.into_iter().map(|(period, _)| period).collect())
    }

    /// Every version of every period, by period and number.
    ///
    /// # Errors
    /// When a newer version of this program wrote words that this one does not know.
    pub fn history(&self) -> Result<Vec<Version>, StoreError> {
        let reader = self.catalogue.reader(&self.layout);
        reader.ids()?.into_iter().map(|(_, id)| reader.version(id)).collect()
    }

    /// Every closing, in the order of closing.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub fn closings(&self) -> Result<Vec<Closing>, StoreError> {
        self.catalogue.reader(&self.layout).closings()
    }
}

/// A period has the version of a number.
fn require(
    ids: &[(BillingPeriod, VersionId)],
    period: BillingPeriod,
    version: VersionId,
) -> Result<(), StoreError> {
    if ids.contains(&(period, version)) {
        return Ok(());
    }
    let known = ids.iter().filter(|(of, _)| *of == period).map(|(_, id)| *id).collect();
    Err(StoreError::NoVersion { period, version, known })
}

/// The segments of a version are there, and as large as they were written.
fn is_whole(version: &Version) -> Result<(), StoreError> {
    for segment in &version.segments {
        let found = match fs::metadata(&segment.path) {
            Ok(found) if found.len() == segment.bytes => continue,
            Ok(found) => format!("{} bytes", found.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "no file".into(),
            Err(source) => return Err(StoreError::Read { path: segment.path.clone(), source }),
        };
        let (file, expected) = (segment.path.clone(), format!("{} bytes", segment.bytes));
        let period = Some(version.facts.period);
        return Err(Damage { file, period, expected, found }.into());
    }
    Ok(())
}

/// What is wrong with the files of a version by their bytes; `None` when they are as they were
/// written. A delivery that is stored already must be read again when there is something.
///
/// # Errors
/// When a file is there but cannot be read.
pub fn damage_of(version: &Version) -> Result<Option<Damage>, StoreError> {
    match is_whole(version) {
        Err(StoreError::Damaged(damage)) => return Ok(Some(*damage)),
        whole => whole?,
    }
    for segment in &version.segments {
        let file = segment.path.clone();
        let bytes =
            fs::read(&file).map_err(|source| StoreError::Read { path: file.clone(), source })?;
        let found = Digest::of(&bytes);
        if found != segment.digest {
            let (period, expected) = (Some(version.facts.period), segment.digest.to_string());
            return Ok(Some(Damage { file, period, expected, found: found.to_string() }));
        }
    }
    Ok(None)
}

/// The one who writes. Dropped, it makes room for the next.
pub struct Writer {
    store: Store,
    reclaimed: Vec<PathBuf>,
    _lock: WriterLock,
}

impl Writer {
    /// Opens a store for writing; makes it when there is none. An older format is brought up to
    /// ours, and its catalogue kept beside the new one. What a stopped writer left is removed.
    ///
    /// # Errors
    /// When somebody else writes, when the folder holds other things, and as [`Store::open`].
    pub fn open(folder: &Path, me: &Holder) -> Result<Self, StoreError> {
        let layout = Layout::of(folder);
        durable::make_folder(folder)?;
        refuse_foreign(&layout)?;
        let lock = WriterLock::take(&layout, me)?;
        Lease::prepare(&layout)?;
        let catalogue = current(&layout)?;
        let reader = catalogue.reader(&layout);
        let highest = reader.highest()?;
        let named = reader.segments()?;
        let reclaimed = leftovers::reclaim(&layout, &named, highest)?;
        let store = Store { layout, catalogue, lease: Lease::none() };
        Ok(Self { store, reclaimed, _lock: lock })
    }

    /// The store as this writer has left it so far.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What earlier writers had left unfinished, and what was removed therefore.
    pub fn reclaimed(&self) -> &[PathBuf] {
        &self.reclaimed
    }

    /// Stores a period as a new version. When it returns, the version is on the disk.
    ///
    /// # Errors
    /// The store is as it was: when the charges are not what the facts say, when the disk is full
    /// or fails.
    pub fn commit(&mut self, new: &NewVersion, threads: usize) -> Result<Version, StoreError> {
        let Store { layout, catalogue, .. } = &mut self.store;
        let (amended, version) = commit::commit(layout, catalogue, new, threads)?;
        self.store.catalogue = amended;
        Ok(version)
    }

    /// Keeps a closing for ever, and with it every version that it names.
    ///
    /// # Errors
    /// When the period is closed, when a version is not there, when the disk fails.
    pub fn close(&mut self, closing: &Closing) -> Result<(), StoreError> {
        let Store { layout, catalogue, .. } = &mut self.store;
        let reader = catalogue.reader(layout);
        let ids = reader.ids()?;
        let closings = reader.closings()?;
        if let Some(earlier) = closings.iter().find(|earlier| earlier.period == closing.period) {
            return Err(StoreError::Closed { period: closing.period, at: earlier.at.clone() });
        }
        for (period, version) in closing.named() {
            require(&ids, period, version)?;
        }
        let (amended, ()) = catalogue.amended(|rows| insert_closing(rows, closing))?;
        amended.publish(layout, catalogue)?;
        self.store.catalogue = amended;
        Ok(())
    }
}

/// A store is made in a folder of its own.
fn refuse_foreign(layout: &Layout) -> Result<(), StoreError> {
    let unreadable = |source| StoreError::Read { path: layout.root.clone(), source };
    if layout.catalogue().exists() {
        return Ok(());
    }
    for entry in fs::read_dir(&layout.root).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !layout.is_folder(&path) && layout.entry(&path).is_none() {
            let found = path.file_name().unwrap_or_default().display().to_string();
            return Err(StoreError::Foreign { folder: layout.root.clone(), found });
        }
    }
    Ok(())
}

/// The catalogue in our format; made when there is none.
fn current(layout: &Layout) -> Result<Catalogue, StoreError> {
    let mut catalogue = match Catalogue::read(layout) {
        Err(StoreError::Absent { .. }) => {
            let catalogue = Catalogue::empty()?;
            catalogue.write(layout)?;
            durable::sync_folder(durable::above(&layout.root))?;
            return Ok(catalogue);
        }
        catalogue => catalogue?,
    };
    if catalogue.is_current() {
        return Ok(catalogue);
    }
    catalogue.back_up(layout)?;
    let (amended, ()) = catalogue.amended(|_| Ok(()))?;
    amended.publish(layout, &catalogue)?;
    Ok(amended)
}
