//! Resolve: from the keys of a manifest to files on disk.
//!
//! In:    a [`Manifest`] and the [`Listing`] of the source.
//! Out:   the files that the manifest names, all of them, or an error that names the absent ones.
//! Never: builds a path from a key: keys are compared with what the listing holds, nothing else.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use super::execution::{folded, stamp};
use super::listing::{Listed, Listing, is_csv};
use super::location::Location;
use super::manifest::Manifest;
use super::{DeliveryError, Found, Result};
use crate::model::delivery::{DataFile, PeriodDelivery};

/// Finds keys among the listed files and remembers which manifest took which file.
pub(super) struct Resolver<'a> {
    listing: &'a Listing,
    by_name: HashMap<String, Vec<usize>>,
    taken: BTreeMap<usize, PathBuf>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(listing: &'a Listing) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (index, file) in listing.files.iter().enumerate() {
            by_name.entry(folded(&file.name)).or_default().push(index);
        }
        Self { listing, by_name, taken: BTreeMap::new() }
    }

    /// The files that a manifest names, sorted by path.
    pub(super) fn resolve(&mut self, manifest: &Manifest) -> Result<Found> {
        if manifest.keys.iter().any(|key| is_csv(key)) || manifest.says_csv {
            let parquet = self.parquet_beside(manifest);
            return Err(DeliveryError::CsvExport { path: manifest.path.clone(), parquet });
        }
        let (mut files, mut absent) = (Vec::new(), Vec::new());
        let mut bucket = manifest.bucket.as_deref();
        for text in &manifest.keys {
            let key = Key::parse(text).map_err(|reason| unsafe_key(manifest, text, reason))?;
            if bucket.is_some() && key.bucket.is_some() && bucket != key.bucket {
                return Err(unsafe_key(manifest, text, "lies in another bucket than the rest"));
            }
            bucket = bucket.or(key.bucket);
            match self.find(manifest, &key)? {
                Some(index) => files.push(self.take(manifest, text, index)?),
                None => absent.push(text.clone()),
            }
        }
        if !absent.is_empty() {
            return Err(DeliveryError::FilesMissing { path: manifest.path.clone(), absent });
        }
        files.sort();
        let export = format!("`{}` of `{}`", manifest.export, manifest.path.display());
        let delivery = PeriodDelivery {
            period: manifest.period,
            files,
            manifest: Some(manifest.path.clone()),
            execution: manifest.execution.clone(),
        };
        Ok(Found { export, delivery })
    }

    /// The file that fits a key best: same name and month, then the longest common end of folders,
    /// then the nearest to the manifest.
    fn find(&self, manifest: &Manifest, key: &Key) -> Result<Option<usize>> {
        let named = self.by_name.get(&folded(key.name)).map(Vec::as_slice).unwrap_or_default();
        let mut ranked = Vec::new();
        for &index in named {
            let location = &*self.listing.files[index].location;
            if let Some(common) = key.fits(location, manifest) {
                let near = common_start(&location.folders, &manifest.location.folders);
                ranked.push((Reverse(common), Reverse(near), index));
            }
        }
        ranked.sort_unstable();
        match ranked.as_slice() {
            [first, second, ..] if (first.0, first.1) == (second.0, second.1) => {
                let path = |index: usize| self.listing.files[index].path.clone();
                let candidates = [path(first.2), path(second.2)];
                Err(DeliveryError::WhichFile { path: manifest.path.clone(), candidates })
            }
            ranked => Ok(ranked.first().map(|best| best.2)),
        }
    }

    fn take(&mut self, manifest: &Manifest, key: &str, index: usize) -> Result<DataFile> {
        let file = &self.listing.files[index];
        let path = file.path.clone();
        if let Some(what) = file.special {
            return Err(DeliveryError::NotAFile { path, what });
        }
        if let Some(other) = self.taken.insert(index, manifest.path.clone()) {
            let manifests = [other, manifest.path.clone()];
            return Err(DeliveryError::TwiceListed { path, key: key.to_owned(), manifests });
        }
        Ok(DataFile { path })
    }

    /// Files that no manifest names: those that a manifest leaves out on purpose, and the rest.
    pub(super) fn leftovers(&self, manifests: &[Manifest]) -> (Vec<&'a Listed>, Vec<&'a Listed>) {
        let reach: Vec<_> = manifests.iter().map(|manifest| self.reach(manifest)).collect();
        let (mut unlisted, mut rest) = (Vec::new(), Vec::new());
        for (index, file) in self.listing.files.iter().enumerate() {
            if self.taken.contains_key(&index) {
                continue;
            }
            match reach.iter().find(|reach| reach.covers(&file.location)) {
                None => rest.push(file),
                // Create-new deliveries keep the older executions; that is no oddity.
                Some(reach) if reach.keeps_older && file.location.execution().is_some() => {}
                Some(_) => unlisted.push(file),
            }
        }
        (unlisted, rest)
    }

    fn reach<'m>(&self, manifest: &'m Manifest) -> Reach<'m>
    where
        'a: 'm,
    {
        let mut exports = HashSet::from([manifest.location.export()]);
        for (&index, taker) in &self.taken {
            if *taker == manifest.path {
                exports.insert(self.listing.files[index].location.export());
            }
        }
        let first = manifest.keys.first().and_then(|key| Key::parse(key).ok());
        let keeps_older = first.is_some_and(|key| key.location.execution().is_some());
        Reach { manifest, exports, keeps_older }
    }

    /// A folder with Parquet files of the month of a CSV manifest.
    fn parquet_beside(&self, manifest: &Manifest) -> Option<PathBuf> {
        let same_month = |file: &&Listed| {
            file.location.period.is_none() || file.location.period == manifest.period
        };
        let file = self.listing.files.iter().find(same_month)?;
        Some(file.folder(file.location.export_depth).to_owned())
    }
}

/// The part of the source that a manifest speaks for.
struct Reach<'a> {
    manifest: &'a Manifest,
    exports: HashSet<&'a [String]>,
    keeps_older: bool,
}

impl Reach<'_> {
    fn covers(&self, location: &Location) -> bool {
        let same_month = location.period.is_none()
            || self.manifest.period.is_none()
            || location.period == self.manifest.period;
        let under = |export: &&[String]| location.folders.starts_with(export);
        same_month && self.exports.iter().any(under)
    }
}

/// A key of a manifest, taken apart.
struct Key<'a> {
    bucket: Option<&'a str>,
    location: Location,
    name: &'a str,
}

impl<'a> Key<'a> {
    fn parse(text: &'a str) -> std::result::Result<Self, &'static str> {
        let (bucket, key) = match text.split_once("://") {
            Some(("s3" | "s3a" | "s3n", address)) => {
                let (bucket, key) = address.split_once('/').ok_or("names a bucket and no file")?;
                (Some(bucket), key)
            }
            Some(_) => return Err("is no S3 address"),
            None => (None, text),
        };
        // S3 allows empty folder names, and copying to a disk loses them.
        let mut parts: Vec<_> = key.split('/').filter(|part| !part.is_empty()).collect();
        if parts.iter().any(|part| matches!(*part, "." | "..")) {
            return Err("climbs out of its folder");
        }
        let name = parts.pop().ok_or("names no file")?;
        let location = Location::of(parts.into_iter().map(str::to_owned).collect());
        Ok(Self { bucket, location, name })
    }

    /// How many folders, from the file upwards, are the same on disk; `None` if it is another file.
    fn fits(&self, on_disk: &Location, manifest: &Manifest) -> Option<usize> {
        let month = self.location.period.or(manifest.period);
        if on_disk.period.is_some() && month.is_some() && on_disk.period != month {
            return None;
        }
        let mut folders = self.location.folders.as_slice();
        match (self.location.execution(), on_disk.execution()) {
            (Some(wanted), Some(there)) if folded(wanted) != folded(there) => return None,
            (None, Some(_)) if self.location.period.is_some() => return None,
            // A copy that left the execution folder out, because of the colons in its name.
            (Some(_), None) => {
                let outside = on_disk.folders.last().filter(|name| stamp(name).is_some());
                let wanted = folders.last().map(|name| folded(name));
                if outside.is_some_and(|name| Some(folded(name)) != wanted) {
                    return None;
                }
                if outside.is_none() {
                    folders = self.location.period_folder();
                }
            }
            _ => {}
        }
        let pairs = folders.iter().rev().zip(on_disk.folders.iter().rev());
        Some(pairs.take_while(|(wanted, there)| folded(wanted) == folded(there)).count())
    }
}

fn common_start(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn unsafe_key(manifest: &Manifest, key: &str, reason: &'static str) -> DeliveryError {
    DeliveryError::UnsafeKey { path: manifest.path.clone(), key: key.to_owned(), reason }
}
