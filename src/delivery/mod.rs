//! Delivery: which files make up the newest delivery of each billing period.
//!
//! In:    a source on disk or in S3, and the months asked for.
//! Out:   [`Delivery`]: by manifest where there is one, else by folder.
//! Never: opens a data file, or reads anything that does not lie under the source.

mod error;
mod execution;
mod listing;
mod location;
mod manifest;
mod resolve;
mod unmanaged;

use std::fs;
use std::path::Path;
use std::sync::Arc;

pub use error::DeliveryError;

use crate::diagnostic::Finding;
use crate::model::delivery::{DataFile, Delivery, PeriodDelivery};
use crate::model::period::BillingPeriod;
use crate::origin::{Bucket, Origin};
use listing::Listing;
use manifest::Manifest;
use resolve::Resolver;

/// The code of the finding that [`unverified`] tells.
pub const NO_MANIFEST: &str = "no-manifest";

type Result<T> = std::result::Result<T, DeliveryError>;

/// Finds the files of the newest delivery of each billing period under `source`.
///
/// `source` is one file, a folder of files, or an export's bucket or a copy of it, from any level
/// down.
/// With `months`, other periods are neither checked nor returned, but files of unknown period stay:
/// only their rows can tell.
pub fn find(origin: &Origin, source: &Path, months: Option<&[BillingPeriod]>) -> Result<Delivery> {
    if let Some(bucket) = origin.bucket_of(source) {
        return in_bucket(bucket, source, months);
    }
    let metadata = fs::metadata(source).map_err(|error| DeliveryError::opening(source, error))?;
    if metadata.is_dir() {
        return in_folder(source, Listing::of(source)?, months);
    }
    if !metadata.is_file() {
        let what = listing::kind_of(metadata.file_type());
        return Err(DeliveryError::NotAFile { path: source.to_owned(), what });
    }
    one_file(source)
}

/// A prefix is a folder, unless it ends like a file.
fn in_bucket(
    bucket: &Arc<Bucket>,
    source: &Path,
    months: Option<&[BillingPeriod]>,
) -> Result<Delivery> {
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    if listing::is_parquet(&name) || manifest::is_manifest(&name) {
        return one_file(source);
    }
    in_folder(source, Listing::of_bucket(bucket, source)?, months)
}

fn one_file(source: &Path) -> Result<Delivery> {
    if source.file_name().is_some_and(|name| manifest::is_manifest(&name.to_string_lossy())) {
        return Err(DeliveryError::ManifestAsSource { path: source.to_owned() });
    }
    let files = vec![DataFile { path: source.to_owned() }];
    let only = PeriodDelivery { period: None, files, manifest: None, execution: None };
    Ok(Delivery { periods: vec![only], findings: Vec::new() })
}

fn in_folder(
    source: &Path,
    listing: Listing,
    months: Option<&[BillingPeriod]>,
) -> Result<Delivery> {
    let asked = Asked { months: months.filter(|months| !months.is_empty()) };
    let mut findings = listing.findings.clone();

    let manifests = Manifest::newest(&listing, &asked, &mut findings)?;
    let mut resolver = Resolver::new(&listing);
    let mut found = Vec::new();
    for manifest in &manifests {
        found.push(resolver.resolve(manifest)?);
    }
    let (unlisted, rest) = resolver.leftovers(&manifests);
    findings.extend(unlisted_finding(&unlisted));
    found.extend(unmanaged::by_folder(&rest, &asked, &mut findings)?);

    let present = periods_in(&listing, &manifests);
    if found.is_empty() && present.is_empty() {
        let (path, csv) = (source.to_owned(), listing.csv);
        return Err(DeliveryError::NoExports { path, csv });
    }
    asked.check(&found, present)?;
    found.sort_by(|a, b| a.delivery.period.cmp(&b.delivery.period).then(a.export.cmp(&b.export)));
    one_export_each(&found)?;
    let without = found.iter().filter(|found| found.delivery.manifest.is_none());
    let without: Vec<_> = without.map(|found| found.delivery.period).collect();
    findings.extend(unverified(&without));
    findings.sort();
    Ok(Delivery { periods: found.into_iter().map(|found| found.delivery).collect(), findings })
}

/// A period's delivery and the export that it comes from.
struct Found {
    export: String,
    delivery: PeriodDelivery,
}

/// The months that the question is about.
struct Asked<'a> {
    months: Option<&'a [BillingPeriod]>,
}

impl Asked<'_> {
    /// Whether files of this period, or of an unknown one, can matter.
    fn wants(&self, period: Option<BillingPeriod>) -> bool {
        let (Some(months), Some(period)) = (self.months, period) else { return true };
        months.contains(&period)
    }

    /// Every month asked for is there, or may be: files of unknown period can hold any month.
    fn check(&self, found: &[Found], present: Vec<BillingPeriod>) -> Result<()> {
        let Some(months) = self.months else { return Ok(()) };
        if found.iter().any(|found| found.delivery.period.is_none()) {
            return Ok(());
        }
        let has = |month: &&BillingPeriod| {
            found.iter().any(|found| found.delivery.period.as_ref() == Some(*month))
        };
        let asked: Vec<_> = months.iter().filter(|month| !has(month)).copied().collect();
        if asked.is_empty() {
            return Ok(());
        }
        Err(DeliveryError::NoSuchMonth { asked, present })
    }
}

/// Every month that the source has, asked for or not.
fn periods_in(listing: &Listing, manifests: &[Manifest]) -> Vec<BillingPeriod> {
    let listed = listing.files.iter().chain(&listing.manifests);
    let told = manifests.iter().map(|manifest| manifest.period);
    let mut periods: Vec<_> =
        listed.map(|file| file.location.period).chain(told).flatten().collect();
    periods.sort_unstable();
    periods.dedup();
    periods
}

/// Two exports that both bill a month would count its money twice.
fn one_export_each(found: &[Found]) -> Result<()> {
    let unknown = found.iter().find(|found| found.delivery.period.is_none());
    let known = found.iter().find(|found| found.delivery.period.is_some());
    if let (Some(unknown), Some(known)) = (unknown, known)
        && let Some(file) = unknown.delivery.files.first()
    {
        let (path, export) = (file.path.clone(), known.export.clone());
        return Err(DeliveryError::StrayFile { path, export });
    }
    for pair in found.windows(2) {
        if pair[0].delivery.period == pair[1].delivery.period {
            let exports = [pair[0].export.clone(), pair[1].export.clone()];
            return Err(DeliveryError::TwoExports { period: pair[0].delivery.period, exports });
        }
    }
    Ok(())
}

fn unlisted_finding(unlisted: &[&listing::Listed]) -> Option<Finding> {
    let example = unlisted.first()?.path.display();
    let message = match unlisted.len() {
        1 => format!("1 file is not in the manifest and was ignored: `{example}`"),
        n => format!("{n} files are not in the manifest and were ignored, such as `{example}`"),
    };
    Some(Finding::new("unlisted-files", message))
}

/// Periods whose files no manifest chose, which is worth a word.
pub fn unverified(periods: &[Option<BillingPeriod>]) -> Option<Finding> {
    let name = |period: &Option<BillingPeriod>| period.map_or("?".into(), |p| p.to_string());
    let of = match periods {
        [] => return None,
        [None] => String::new(),
        [Some(period)] => format!(" of {period}"),
        [first, .., last] => {
            format!(" of {} periods, {} to {}", periods.len(), name(first), name(last))
        }
    };
    let message = format!("no manifest for the files{of}: completeness unverified");
    Some(Finding::new(NO_MANIFEST, message))
}
