//! Layout: what lies where in a store's folder.
//!
//! In:    the folder, periods, numbers of versions and segments.
//! Out:   paths, and what a path that was found can be.
//! Never: opens, makes or removes anything.

use std::path::{Path, PathBuf};

use crate::model::period::BillingPeriod;
use crate::model::stored::{SegmentKind, VersionId};

/// What a name ends in until the file is whole and on the disk.
pub(super) const UNFINISHED: &str = ".tmp";

const CATALOGUE: &str = "catalogue.sqlite";
const LOCK: &str = "lock";
const READERS: &str = "readers";
const PERIOD: &str = "billing_period=";

/// The folder of a store.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) root: PathBuf,
    /// What segments are below: the folder, or a prefix of a bucket.
    pub(super) segments: PathBuf,
}

/// What a file in the folder of a store can be by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Catalogue,
    /// A catalogue as it was before a migration.
    Backup,
    Lock,
    Readers,
    Segment(BillingPeriod, VersionId),
    /// What a killed writer leaves.
    Unfinished,
}

impl Layout {
    pub(super) fn of(root: &Path) -> Self {
        Self { root: root.to_owned(), segments: root.to_owned() }
    }

    /// The same folder, with segments below another place if there is one.
    pub(super) fn with_segments(self, place: Option<&Path>) -> Self {
        match place {
            None => self,
            Some(place) => Self { segments: place.to_owned(), ..self },
        }
    }

    pub(super) fn catalogue(&self) -> PathBuf {
        self.root.join(CATALOGUE)
    }

    /// Where the catalogue of an older format is kept when it is migrated.
    pub(super) fn backup(&self, format: i32) -> PathBuf {
        self.root.join(format!("catalogue-format-{format}.sqlite"))
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join(LOCK)
    }

    pub(super) fn readers(&self) -> PathBuf {
        self.root.join(READERS)
    }

    /// Whether a path is the folder of a kind of segments.
    pub(super) fn is_folder(&self, path: &Path) -> bool {
        let name = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
        name.is_some_and(|name| SegmentKind::parse(name).is_some())
    }

    pub(super) fn period(&self, kind: SegmentKind, period: BillingPeriod) -> PathBuf {
        self.segments.join(kind.name()).join(format!("{PERIOD}{period}"))
    }

    /// The file of a segment; `number` counts those of all kinds.
    pub(super) fn segment(
        &self,
        kind: SegmentKind,
        period: BillingPeriod,
        id: VersionId,
        number: usize,
    ) -> PathBuf {
        self.period(kind, period).join(format!("{:08}-{number:03}.parquet", id.0))
    }

    /// What a path is by its name; `None` for a file that is not ours.
    pub(super) fn entry(&self, path: &Path) -> Option<Entry> {
        let below = path.strip_prefix(&self.root).or_else(|_| path.strip_prefix(&self.segments));
        let below = below.ok()?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        match parts?.as_slice() {
            [name] => Self::entry_of_root(name),
            [kind, folder, name] => {
                let kind = SegmentKind::parse(kind)?;
                let period = BillingPeriod::parse(folder.strip_prefix(PERIOD)?)?;
                let whole = name.strip_suffix(UNFINISHED);
                let (version, number) =
                    whole.unwrap_or(name).strip_suffix(".parquet")?.split_once('-')?;
                let id = VersionId(version.parse().ok()?);
                let number = number.parse().ok()?;
                let spelled = self.segment(kind, period, id, number);
                let is_spelled_so =
                    spelled == whole.map_or_else(|| path.to_owned(), |n| path.with_file_name(n));
                let entry =
                    if whole.is_some() { Entry::Unfinished } else { Entry::Segment(period, id) };
                is_spelled_so.then_some(entry)
            }
            _ => None,
        }
    }

    fn entry_of_root(name: &str) -> Option<Entry> {
        let is_catalogue = |name: &str| name == CATALOGUE || backup_format(name).is_some();
        match name {
            CATALOGUE => Some(Entry::Catalogue),
            LOCK => Some(Entry::Lock),
            READERS => Some(Entry::Readers),
            name if is_catalogue(name) => Some(Entry::Backup),
            name if name.strip_suffix(UNFINISHED).is_some_and(is_catalogue) => {
                Some(Entry::Unfinished)
            }
            _ => None,
        }
    }
}

fn backup_format(name: &str) -> Option<i32> {
    name.strip_prefix("catalogue-format-")?.strip_suffix(".sqlite")?.parse().ok()
}

/// The name that a file has until it is whole.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ours_by_its_exact_name_only() {
        let layout = Layout::of(Path::new("store"));
        let october = BillingPeriod::new(2026, 10).unwrap();
        let segment = layout.segment(SegmentKind::Charges, october, VersionId(12), 3);
        assert_eq!(segment, Path::new("store/charges/billing_period=2026-10/00000012-003.parquet"));
        let month = "charges/billing_period=2026-10";
        for (name, expected) in [
            ("catalogue.sqlite".to_owned(), Some(Entry::Catalogue)),
            ("catalogue.sqlite.tmp".to_owned(), Some(Entry::Unfinished)),
            ("catalogue-format-0.sqlite".to_owned(), Some(Entry::Backup)),
            ("catalogue-format-x.sqlite".to_owned(), None),
            ("lock".to_owned(), Some(Entry::Lock)),
            ("notes.txt".to_owned(), None),
            (format!("{month}/00000012-003.parquet"), Some(Entry::Segment(october, VersionId(12)))),
            (format!("{month}/00000012-003.parquet.tmp"), Some(Entry::Unfinished)),
            (format!("{month}/12-3.parquet"), None),
            (format!("{month}/january.parquet"), None),
            ("charges/billing_period=2026-1/00000012-003.parquet".to_owned(), None),
        ] {
            assert_eq!(layout.entry(&layout.root.join(&name)), expected, "{name}");
        }
    }
}
