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
//! The segments may lie below a prefix of a bucket instead, which the catalogue names.
//!
//! A commit writes its segments (temporary name, fsync, rename, fsync of the folder) and then
//! replaces the catalogue in the same way. That last rename is the moment in which it happens:
//! before it nothing names the segments, after it everything is on the disk.

mod home;
mod layout;
mod durable;
mod shelf;
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
use std::path::PathBuf;

use self::catalogue::{Catalogue, insert_closing};
use self::layout::Layout;
use self::lock::{Lease, WriterLock};
use self::shelf::{Place, Shelf, spelled};
use crate::model::digest::Digest;
use crate::model::period::BillingPeriod;
use crate::model::stored::{Closing, NewVersion, Pins, Version, VersionId};
use crate::origin::Origin;

pub use self::balance::{Balance, adds_up};
pub use self::error::{Damage, StoreError};
pub use self::gc::{Collected, Spare};
pub use self::home::Home;
pub use self::lock::Holder;
pub use self::verify::{Checked, Problem, Verified, VerifiedVersion};

/// A store that is read. What it shows does not change while it is open, and no file that it knows
/// of is deleted until it and all its snapshots are dropped. It never writes.
pub struct Store {
    layout: Layout,
    shelf: Shelf,
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
    /// When there is none, when it is damaged, or of a newer format; when its segments are in a
    /// bucket that cannot be used.
    pub fn open(home: &Home) -> Result<Self, StoreError> {
        let layout = Layout::of(&home.folder);
        // Before the catalogue: what that names must still be there afterwards.
        let lease = Lease::take(&layout)?;
        let catalogue = Catalogue::read(&layout)?;
        let place = catalogue.reader(&layout).place()?;
        refuse_elsewhere(home, place.as_ref())?;
        let shelf = Shelf::of(place, home)?;
        Ok(Self { layout: layout.with_segments(shelf.prefix()), shelf, catalogue, lease })
    }

    /// Where the files of segments are.
    pub fn origin(&self) -> Origin {
        self.shelf.origin()
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
        self.shelf.are_whole(&versions)?;
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

    /// What is wrong with the files of a version by their bytes; `None` when they are as they were
    /// written. A delivery that is stored already must be read again when there is something. A
    /// bucket is believed by sizes: to read all bytes costs money, and S3 checks them itself.
    ///
    /// # Errors
    /// When a file is there but cannot be read.
    pub fn damage_of(&self, version: &Version) -> Result<Option<Damage>, StoreError> {
        self.shelf.damage_of(version)
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
    pub fn open(home: &Home, me: &Holder) -> Result<Self, StoreError> {
        let layout = Layout::of(&home.folder);
        durable::make_folder(&home.folder)?;
        refuse_foreign(&layout)?;
        let lock = WriterLock::take(&layout, me)?;
        Lease::prepare(&layout)?;
        let (catalogue, shelf) = current(&layout, home, me)?;
        let layout = layout.with_segments(shelf.prefix());
        let reader = catalogue.reader(&layout);
        let highest = reader.highest()?;
        let named = reader.segments()?;
        let reclaimed = leftovers::reclaim((&layout, &shelf), &named, highest)?;
        let store = Store { layout, shelf, catalogue, lease: Lease::none() };
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
        let Store { layout, shelf, catalogue, .. } = &mut self.store;
        let (amended, version) = commit::commit((layout, shelf), catalogue, new, threads)?;
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

/// The catalogue in our format, and where its segments are; made when there is none.
fn current(layout: &Layout, home: &Home, me: &Holder) -> Result<(Catalogue, Shelf), StoreError> {
    let mut catalogue = match Catalogue::read(layout) {
        Err(StoreError::Absent { .. }) => return made(layout, home, me),
        catalogue => catalogue?,
    };
    let place = catalogue.reader(layout).place()?;
    refuse_elsewhere(home, place.as_ref())?;
    let shelf = Shelf::of(place, home)?;
    if let Some(damage) = shelf.damage()? {
        return Err(damage.into());
    }
    if catalogue.is_current() {
        return Ok((catalogue, shelf));
    }
    catalogue.back_up(layout)?;
    let (amended, ()) = catalogue.amended(|_| Ok(()))?;
    amended.publish(layout, &catalogue)?;
    Ok((amended, shelf))
}

/// A store of no periods.
fn made(layout: &Layout, home: &Home, me: &Holder) -> Result<(Catalogue, Shelf), StoreError> {
    let shelf = match &home.segments {
        None => Shelf::Disk,
        Some(segments) => {
            // Nobody else has this folder, process and moment.
            let who = format!("{} {me}", layout.root.display());
            let mark = Digest::of(who.as_bytes()).to_string();
            Shelf::taken(Place { segments: spelled(segments), mark }, home)?
        }
    };
    let catalogue = Catalogue::empty(shelf.place())?;
    catalogue.write(layout).inspect_err(|_| shelf.give_back())?;
    durable::sync_folder(durable::above(&layout.root))?;
    Ok((catalogue, shelf))
}

/// Segments stay where they were put when the store was made.
fn refuse_elsewhere(home: &Home, place: Option<&Place>) -> Result<(), StoreError> {
    let known = place.map(|place| &place.segments);
    let Some(typed) = home.segments.as_deref().map(spelled) else { return Ok(()) };
    if known == Some(&typed) {
        return Ok(());
    }
    let known = known.map_or("its folder".to_owned(), |known| format!("`{}`", known.display()));
    Err(StoreError::Elsewhere { folder: home.folder.clone(), known })
}
