//! Listing: every file under the source that could be part of an export.
//!
//! In:    a folder.
//! Out:   [`Listing`]: data files and manifests with their [`Location`], in a stable order.
//! Never: opens a file, blocks on one, or walks in circles.

use std::collections::HashSet;
use std::fs::{self, DirEntry, FileType};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::location::Location;
use super::manifest::is_manifest;
use super::{DeliveryError, Result};
use crate::diagnostic::Finding;
use crate::origin::{Address, Bucket, Origin};

/// AWS's table that tells whether a refresh is running; Parquet, but not billing data.
const STATUS_TABLE: &str = "cost_and_usage_data_status";

/// How many folders from the source upwards can belong to the layout: `year=`, `month=`, execution.
const CONTEXT_FOLDERS: usize = 3;

/// A file under the source.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// The source as the user typed it, joined with the path below it.
    pub(super) path: PathBuf,
    /// The file's own name.
    pub(super) name: String,
    /// What the folders say; shared by all files of a folder.
    pub(super) location: Rc<Location>,
    /// What it is when it is no regular file and must not be opened.
    pub(super) special: Option<&'static str>,
}

/// What lies under a source.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Files with a Parquet name, sorted by path.
    pub(super) files: Vec<Listed>,
    /// Manifests, sorted by path.
    pub(super) manifests: Vec<Listed>,
    /// The first CSV export by path, for the error when nothing else is there.
    pub(super) csv: Option<PathBuf>,
    /// Links that were not followed.
    pub(super) findings: Vec<Finding>,
    /// Where the files are.
    pub(super) origin: Origin,
}

impl Listed {
    /// The path of the first `depth` of the folders above the file, which may lie above the source.
    pub(super) fn folder(&self, depth: usize) -> &Path {
        let below = self.location.folders.len().saturating_sub(depth);
        match self.path.ancestors().nth(below + 1) {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }
}

impl Listing {
    /// Lists a folder and all below it; hidden names and AWS's side files stay out.
    pub(super) fn of(source: &Path) -> Result<Self> {
        let root = fs::canonicalize(source).map_err(|e| DeliveryError::opening(source, e))?;
        let mut context: Vec<_> = root.iter().map(|name| name.to_string_lossy().into()).collect();
        context.drain(..context.len().saturating_sub(CONTEXT_FOLDERS));
        let mut walk = Walk { roots: vec![root], ..Walk::default() };
        walk.pending.push(Folder { path: source.to_owned(), names: context });
        walk.run()?;
        walk.listing.sorted()
    }

    /// Lists all objects below a prefix, with the same names left out.
    pub(super) fn of_bucket(bucket: &Arc<Bucket>, source: &Path) -> Result<Self> {
        let origin = Origin::S3(Arc::clone(bucket));
        let mut listing = Self { origin, ..Self::default() };
        let prefix = Address::parse(source).map_or(0, |address| address.key.len());
        for object in bucket.list(source).map_err(DeliveryError::Origin)? {
            let mut names = object.key[prefix.min(object.key.len())..].split('/');
            if object.key.ends_with('/') || names.any(is_hidden) {
                continue;
            }
            let mut folders: Vec<String> = object.key.split('/').map(str::to_owned).collect();
            folders.pop();
            listing.add(object.path, Rc::new(Location::of(folders)), None);
        }
        listing.sorted()
    }

    fn add(&mut self, path: PathBuf, location: Rc<Location>, special: Option<&'static str>) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_parquet(&name) {
            self.files.push(Listed { path, name, location, special });
        } else if is_manifest(&name) {
            self.manifests.push(Listed { path, name, location, special });
        } else if is_csv(&name) && self.csv.as_ref().is_none_or(|first| path < *first) {
            self.csv = Some(path);
        }
    }

    /// In a stable order, and refused when a folder is half a month.
    fn sorted(self) -> Result<Self> {
        let mut listing = self;
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        listing.manifests.sort_by(|a, b| a.path.cmp(&b.path));
        let mut located = listing.files.iter().chain(&listing.manifests);
        let malformed = located.find_map(|listed| {
            let folder = listed.location.malformed.clone()?;
            Some(DeliveryError::OddPeriod { path: listed.path.clone(), folder })
        });
        malformed.map_or(Ok(listing), Err)
    }
}

struct Folder {
    path: PathBuf,
    names: Vec<String>,
}

/// The state of a walk. Links wait until everything real is listed, so that they never hide it.
#[derive(Default)]
struct Walk {
    pending: Vec<Folder>,
    links: Vec<(Folder, Rc<Location>)>,
    /// Links to files, with their targets.
    linked_files: Vec<(PathBuf, PathBuf, Rc<Location>)>,
    /// Where the walk began and where links to folders led, all without links in them.
    roots: Vec<PathBuf>,
    listing: Listing,
}

impl Walk {
    fn run(&mut self) -> Result<()> {
        loop {
            while let Some(folder) = self.pending.pop() {
                self.list(&folder)?;
            }
            self.links.sort_by(|a, b| b.0.path.cmp(&a.0.path));
            let Some((link, location)) = self.links.pop() else { break };
            self.follow(link, location);
        }
        self.take_linked_files();
        Ok(())
    }

    fn list(&mut self, folder: &Folder) -> Result<()> {
        let opening = |error| DeliveryError::opening(&folder.path, error);
        let location = Rc::new(Location::of(folder.names.clone()));
        for entry in fs::read_dir(&folder.path).map_err(opening)? {
            let entry = entry.map_err(opening)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_hidden(&name) {
                continue;
            }
            let kind = entry.file_type().map_err(opening)?;
            if kind.is_dir() || kind.is_symlink() {
                self.postpone(folder, &location, &entry);
            } else {
                let special = (!kind.is_file()).then(|| kind_of(kind));
                self.add(entry.path(), Rc::clone(&location), special);
            }
        }
        Ok(())
    }

    fn postpone(&mut self, folder: &Folder, location: &Rc<Location>, entry: &DirEntry) {
        let mut names = folder.names.clone();
        names.push(entry.file_name().to_string_lossy().into_owned());
        let below = Folder { path: entry.path(), names };
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            self.links.push((below, Rc::clone(location)));
        } else {
            self.pending.push(below);
        }
    }

    fn follow(&mut self, link: Folder, location: Rc<Location>) {
        let target = fs::canonicalize(&link.path);
        let is_folder = target.as_ref().is_ok_and(|target| target.is_dir());
        match target {
            Err(_) => self.add(link.path, location, Some("a link that leads nowhere")),
            Ok(target) if is_folder => {
                let overlaps = |r: &PathBuf| r.starts_with(&target) || target.starts_with(r);
                if self.roots.iter().any(overlaps) {
                    return self.skip(&link.path, "leads back into the source");
                }
                self.roots.push(target);
                self.pending.push(link);
            }
            Ok(target) => self.linked_files.push((link.path, target, location)),
        }
    }

    /// A file with two names would count twice; its own name, or else the first link, wins.
    fn take_linked_files(&mut self) {
        if self.linked_files.is_empty() {
            return;
        }
        let listed = self.listing.files.iter().chain(&self.listing.manifests);
        let mut taken: HashSet<_> =
            listed.filter_map(|file| fs::canonicalize(&file.path).ok()).collect();
        for (link, target, location) in std::mem::take(&mut self.linked_files) {
            match fs::metadata(&target) {
                _ if taken.contains(&target) => {
                    self.skip(&link, "leads to a file that is there already");
                }
                Ok(metadata) if metadata.is_file() => self.add(link, location, None),
                Ok(metadata) => self.add(link, location, Some(kind_of(metadata.file_type()))),
                Err(_) => self.add(link, location, Some("a link that leads nowhere")),
            }
            taken.insert(target);
        }
    }

    fn skip(&mut self, link: &Path, why: &str) {
        let message = format!("the link `{}` {why} and was skipped", link.display());
        self.listing.findings.push(Finding::new("link-skipped", message));
    }

    fn add(&mut self, path: PathBuf, location: Rc<Location>, special: Option<&'static str>) {
        self.listing.add(path, location, special);
    }
}

/// Names that are no part of an export: AWS's side files, and what nobody shows.
fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_']) || name.starts_with(STATUS_TABLE)
}

/// Whether a name is that of a Parquet file.
pub(super) fn is_parquet(name: &str) -> bool {
    ends_with(name, ".parquet")
}

/// Whether a name is that of a CSV export, plain or packed.
pub(super) fn is_csv(name: &str) -> bool {
    [".csv", ".csv.gz", ".csv.zip"].iter().any(|end| ends_with(name, end))
}

fn ends_with(name: &str, end: &str) -> bool {
    let start = name.len().checked_sub(end.len());
    start.and_then(|start| name.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What something on disk is when it is neither a file nor a folder.
pub(super) fn kind_of(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "not a regular file" }
}
