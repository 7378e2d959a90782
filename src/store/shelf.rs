//! Shelf: where segments lie, in the store's folder or in a bucket.
//!
//! In:    paths of segments, their bytes.
//! Out:   the same bytes again; which segments there are.
//! Never: writes over a segment, or touches what another store has put into the bucket.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::durable::{self, Staged};
use super::error::{Damage, StoreError};
use super::home::Home;
use crate::model::digest::Digest;
use crate::model::stored::Version;
use crate::origin::{Bucket, Origin, OriginError, Why};

/// The object that says whose the segments beside it are.
const MARK: &str = "curtail-store";

/// Where segments lie.
#[derive(Debug, Clone, Default)]
pub(super) enum Shelf {
    /// Below the store's folder.
    #[default]
    Disk,
    /// In a bucket, below a prefix.
    Bucket(Place, Arc<Bucket>),
}

/// A prefix of a bucket, and by what a store knows it for its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// `s3://bucket/prefix`.
    pub(super) segments: PathBuf,
    /// What [`MARK`] says.
    pub(super) mark: String,
}

impl Place {
    fn sign(&self) -> PathBuf {
        self.segments.join(MARK)
    }
}

impl Shelf {
    /// The shelf of a store whose catalogue names this place, or none.
    pub(super) fn of(place: Option<Place>, home: &Home) -> Result<Self, StoreError> {
        let Some(place) = place else { return Ok(Self::Disk) };
        let bucket = home.bucket(&place.segments)?;
        Ok(Self::Bucket(place, bucket))
    }

    /// Takes an empty prefix for a new store.
    pub(super) fn taken(place: Place, home: &Home) -> Result<Self, StoreError> {
        let bucket = home.bucket(&place.segments)?;
        if let Some(found) = bucket.list(&place.segments)?.into_iter().next() {
            return Err(StoreError::Foreign { folder: place.segments, found: found.key });
        }
        bucket.create(&place.sign(), &Bytes::from(place.mark.clone()))?;
        Ok(Self::Bucket(place, bucket))
    }

    /// Leaves a prefix that was taken, on the way out of an error.
    pub(super) fn give_back(&self) {
        if let Self::Bucket(place, bucket) = self {
            drop(bucket.remove(&place.sign()));
        }
    }

    /// The prefix of segments that are not in the folder.
    pub(super) fn prefix(&self) -> Option<&Path> {
        self.place().map(|place| place.segments.as_path())
    }

    /// The place of segments that are not in the folder.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Disk => None,
            Self::Bucket(place, _) => Some(place),
        }
    }

    /// Where the scan finds them.
    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Disk => Origin::Disk,
            Self::Bucket(_, bucket) => Origin::S3(Arc::clone(bucket)),
        }
    }

    /// What is wrong with the prefix as a whole: it is not, or no longer, that of this store.
    pub(super) fn damage(&self) -> Result<Option<Damage>, StoreError> {
        let Self::Bucket(place, bucket) = self else { return Ok(None) };
        let found = match bucket.whole(&place.sign()) {
            Ok(found) if found == place.mark.as_bytes() => return Ok(None),
            Ok(_) => "that of another".to_owned(),
            Err(OriginError { why: Why::Absent, .. }) => "none".to_owned(),
            Err(error) => return Err(error.into()),
        };
        let expected = "the mark of this store".to_owned();
        Ok(Some(Damage { file: place.sign(), period: None, expected, found }))
    }

    /// The segments of versions are there, and as large as they were written.
    pub(super) fn are_whole(&self, versions: &[Version]) -> Result<(), StoreError> {
        let all = || versions.iter().flat_map(|version| &version.segments);
        let sizes = self.sizes(all().map(|segment| segment.path.as_path()))?;
        for version in versions {
            for segment in &version.segments {
                let found = match sizes.get(&segment.path) {
                    Some(bytes) if *bytes == segment.bytes => continue,
                    Some(bytes) => format!("{bytes} bytes"),
                    None => "no file".into(),
                };
                let (file, expected) = (segment.path.clone(), format!("{} bytes", segment.bytes));
                let period = Some(version.facts.period);
                return Err(Damage { file, period, expected, found }.into());
            }
        }
        Ok(())
    }

    /// As [`Store::damage_of`](super::Store::damage_of).
    pub(super) fn damage_of(&self, version: &Version) -> Result<Option<Damage>, StoreError> {
        match self.are_whole(std::slice::from_ref(version)) {
            Err(StoreError::Damaged(damage)) => return Ok(Some(*damage)),
            whole => whole?,
        }
        let on_disk = matches!(self, Self::Disk).then_some(&version.segments);
        for segment in on_disk.into_iter().flatten() {
            let file = segment.path.clone();
            let found = self.read(&file)?.map(|bytes| Digest::of(&bytes));
            if found != Some(segment.digest) {
                let (period, expected) = (Some(version.facts.period), segment.digest.to_string());
                let found = found.map_or_else(|| "no file".to_owned(), |found| found.to_string());
                return Ok(Some(Damage { file, period, expected, found }));
            }
        }
        Ok(None)
    }

    /// The sizes of those segments that are there.
    fn sizes<'a>(
        &self,
        segments: impl Iterator<Item = &'a Path>,
    ) -> Result<BTreeMap<PathBuf, u64>, StoreError> {
        match self {
            Self::Disk => sizes_on_disk(segments),
            Self::Bucket(place, bucket) => {
                let listed = bucket.list(&place.segments)?;
                Ok(listed.into_iter().map(|object| (object.path, object.bytes)).collect())
            }
        }
    }

    /// The bytes of a segment; `None` when it is not there.
    pub(super) fn read(&self, path: &Path) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Disk => match fs::read(path) {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(source) => Err(StoreError::Read { path: path.to_owned(), source }),
            },
            Self::Bucket(_, bucket) => match bucket.whole(path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(OriginError { why: Why::Absent, .. }) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Writes a segment. In a bucket it has its name at once, which nothing knows yet.
    pub(super) fn stage(&self, path: &Path, bytes: Vec<u8>) -> Result<Shelved, StoreError> {
        match self {
            Self::Disk => {
                // Leftovers are gone: only another writer can have made it, where locks do not
                // work.
                if path.exists() {
                    return Err(StoreError::Replaced { path: path.to_owned() });
                }
                Ok(Shelved::Staged(durable::stage(path, &bytes)?))
            }
            Self::Bucket(_, bucket) => {
                bucket.create(path, &bytes.into())?;
                Ok(Shelved::Done)
            }
        }
    }

    /// Removes a segment; one that is not there is removed already.
    pub(super) fn remove(&self, path: &Path) -> Result<(), StoreError> {
        match self {
            Self::Disk => durable::remove(path),
            Self::Bucket(_, bucket) => Ok(bucket.remove(path)?),
        }
    }

    /// Waits until names in folders are on the disk; a bucket needs no telling.
    pub(super) fn sync<'a>(
        &self,
        mut folders: impl Iterator<Item = &'a Path>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Disk => folders.try_for_each(durable::sync_folder),
            Self::Bucket(..) => Ok(()),
        }
    }

    /// Makes a folder for segments; a bucket has none.
    pub(super) fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        match self {
            Self::Disk => durable::make_folder(folder),
            Self::Bucket(..) => Ok(()),
        }
    }

    /// Every object below the prefix but the mark; nothing of a folder, which is listed as a whole.
    pub(super) fn objects(&self) -> Result<Vec<PathBuf>, StoreError> {
        let Self::Bucket(place, bucket) = self else { return Ok(Vec::new()) };
        let listed = bucket.list(&place.segments)?.into_iter().map(|object| object.path);
        let sign = place.sign();
        Ok(listed.filter(|path| *path != sign).collect())
    }
}

/// A segment that is written.
pub(super) enum Shelved {
    /// Under a temporary name.
    Staged(Staged),
    /// Under its own.
    Done,
}

impl Shelved {
    /// Gives it its name.
    pub(super) fn publish(self) -> Result<(), StoreError> {
        match self {
            Self::Staged(staged) => staged.publish(),
            Self::Done => Ok(()),
        }
    }
}

fn sizes_on_disk<'a>(
    segments: impl Iterator<Item = &'a Path>,
) -> Result<BTreeMap<PathBuf, u64>, StoreError> {
    let mut sizes = BTreeMap::new();
    for path in segments {
        match fs::metadata(path) {
            Ok(found) => drop(sizes.insert(path.to_owned(), found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::Read { path: path.to_owned(), source }),
        }
    }
    Ok(sizes)
}

/// A prefix as a store spells it: without `/` at its end.
pub(super) fn spelled(segments: &Path) -> PathBuf {
    let text = segments.to_string_lossy();
    PathBuf::from(text.trim_end_matches('/'))
}
