//! Delivered: one delivery of a billing period, as it looks before it is read.
//!
//! In:    a source.
//! Out:   [`Delivered`], and whether the store has it.
//! Never: reads a data file further than it must to tell that nothing is new.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::delivery;
use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::delivery::PeriodDelivery;
use crate::model::digest::Digest;
use crate::model::period::BillingPeriod;
use crate::model::stored::{FileStamp, Keep, Origin, Version};
use crate::origin::{Origin as Reach, ReadAt, Stamp};
use crate::pipeline::PipelineError;
use crate::scan;

/// A delivered file, or a manifest, cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot be read", path.display())]
pub struct Unreadable {
    /// The file as the user knows it.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

impl Diagnose for Unreadable {
    fn kind(&self) -> ErrorKind {
        match self.source.kind() {
            io::ErrorKind::NotFound => ErrorKind::Input,
            _ => ErrorKind::Environment,
        }
    }

    fn code(&self) -> &'static str {
        "INGEST-READ"
    }

    fn hints(&self) -> Vec<String> {
        vec!["the store keeps what it had; ingest again when the file can be read".to_owned()]
    }
}

/// One delivery of a billing period, or of a source whose rows tell the periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Delivered {
    source: PathBuf,
    /// The billing period, where a folder or a manifest tells it.
    pub(super) period: Option<BillingPeriod>,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// The data files and how they look, sorted by path.
    pub(super) files: Vec<(PathBuf, FileStamp)>,
    /// What is odd about it.
    pub(super) findings: Vec<Finding>,
}

/// Every delivery of a source.
pub(super) fn of_source(
    reach: &Reach,
    source: &Path,
    months: &[BillingPeriod],
) -> Result<Vec<Delivered>, PipelineError> {
    let asked = (!months.is_empty()).then_some(months);
    let all = delivery::find(reach, source, asked)?;
    let is_odd = all.findings.iter().any(tells);
    let of_period = |period: &PeriodDelivery| {
        // Asked for alone, a period has the findings that are about it.
        let alone = period.period.map(|period| [period]);
        let mut findings = if is_odd {
            delivery::find(reach, source, alone.as_ref().map(<[_; 1]>::as_slice))?.findings
        } else {
            Vec::new()
        };
        findings.retain(tells);
        Delivered::of(reach, source, period, findings)
    };
    all.periods.iter().map(of_period).collect()
}

/// Whether a finding is kept with a version; what its manifest tells is told from that.
fn tells(finding: &Finding) -> bool {
    finding.code != delivery::NO_MANIFEST
}

impl Delivered {
    fn of(
        reach: &Reach,
        source: &Path,
        delivery: &PeriodDelivery,
        findings: Vec<Finding>,
    ) -> Result<Self, PipelineError> {
        let stamped = |path: &PathBuf| Ok((path.clone(), stamp(reach, source, path)?));
        let files = delivery.files.iter().map(|file| stamped(&file.path));
        let digest_of = |path: &PathBuf| {
            let file = reach.open(path).map_err(scan::ScanError::from)?;
            let bytes = file.read_at(0, u64::MAX).map_err(|error| unreadable(path, error))?;
            Ok::<_, PipelineError>(Digest::of(&bytes))
        };
        Ok(Self {
            source: source.to_owned(),
            period: delivery.period,
            origin: Origin {
                source: source.display().to_string(),
                manifest: delivery.manifest_name(),
                execution: delivery.execution.clone(),
                manifest_digest: delivery.manifest.as_ref().map(digest_of).transpose()?,
            },
            files: files.collect::<Result<_, PipelineError>>()?,
            findings,
        })
    }

    /// How the same delivery looks now: AWS may have replaced it.
    pub(super) fn again(&self, reach: &Reach) -> Result<Option<Self>, PipelineError> {
        let months: Vec<BillingPeriod> = self.period.into_iter().collect();
        let now = of_source(reach, &self.source, &months)?;
        Ok(now.into_iter().find(|delivered| delivered.period == self.period))
    }

    /// The newest versions that came from this very delivery; empty when it has to be read.
    pub(super) fn known(
        &self,
        reach: &Reach,
        newest: &[Version],
        keep: Keep,
    ) -> Result<Vec<Version>, PipelineError> {
        let of_period = |version: &&Version| {
            version.facts.keep == keep
                && self.period.is_none_or(|period| version.facts.period == period)
                && version.facts.origin.manifest_digest == self.origin.manifest_digest
        };
        let mut known = Vec::new();
        for version in newest.iter().filter(of_period) {
            if self.is_of(reach, version)? {
                known.push(version.clone());
            }
        }
        Ok(known)
    }

    /// Names, sizes and times tell; where only the times differ, as after a copy, the bytes do.
    fn is_of(&self, reach: &Reach, version: &Version) -> Result<bool, PipelineError> {
        let known = &version.facts.files;
        if known.len() != self.files.len() {
            return Ok(false);
        }
        let stamps = known.iter().map(|file| &file.stamp);
        if stamps.eq(self.files.iter().map(|(_, stamp)| stamp)) {
            return Ok(true);
        }
        for (known, (path, stamp)) in known.iter().zip(&self.files) {
            if known.stamp.bytes != stamp.bytes || known.digest != digest(reach, path)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The bytes of its files.
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, stamp)| stamp.bytes).sum()
    }
}

fn unreadable(path: &Path, source: io::Error) -> Unreadable {
    Unreadable { path: path.to_owned(), source }
}

fn stamp(reach: &Reach, source: &Path, path: &Path) -> Result<FileStamp, PipelineError> {
    let below = path.strip_prefix(source).ok().filter(|below| !below.as_os_str().is_empty());
    let below = below.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let name = parts.join("/");
    if let Some(bucket) = reach.bucket_of(path) {
        let Stamp { bytes, modified, .. } = bucket.stamp(path).map_err(scan::ScanError::from)?;
        return Ok(FileStamp { name, bytes, modified: modified.saturating_mul(1_000_000) });
    }
    let found = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let nanoseconds = found.mtime().checked_mul(1_000_000_000);
    let modified = nanoseconds.and_then(|since| since.checked_add(found.mtime_nsec()));
    Ok(FileStamp { name, bytes: found.len(), modified: modified.unwrap_or(0) })
}

/// The digest of a file's bytes; of an object that of its version, so that nothing is fetched for
/// it.
pub(super) fn digest(reach: &Reach, path: &Path) -> Result<Digest, Unreadable> {
    if let Some(bucket) = reach.bucket_of(path) {
        let stamp = bucket.stamp(path);
        let stamp = stamp.map_err(|error| unreadable(path, io::Error::other(error)))?;
        return Ok(Digest::of(stamp.etag.as_bytes()));
    }
    let mut hasher = blake3::Hasher::new();
    let read = File::open(path).and_then(|file| hasher.update_reader(file).map(drop));
    read.map_err(|error| unreadable(path, error))?;
    Ok(Digest(*hasher.finalize().as_bytes()))
}
