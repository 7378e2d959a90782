//! Delivery: the files that make up a bill.
//!
//! In:    what `delivery` found on disk.
//! Out:   [`Delivery`], one [`PeriodDelivery`] for each billing period.
//! Never: opens a file.

use std::path::PathBuf;

use crate::diagnostic::Finding;
use crate::model::period::BillingPeriod;

/// The newest delivery of every billing period in a source, in the order of the periods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// At least one, each period once; the one of unknown period, if any, comes first.
    pub periods: Vec<PeriodDelivery>,
    /// What was odd about the source but did not stop the answer; sorted.
    pub findings: Vec<Finding>,
}

impl Delivery {
    /// All data files, in the order of periods and of paths.
    pub fn files(&self) -> impl Iterator<Item = &DataFile> {
        self.periods.iter().flat_map(|period| &period.files)
    }
}

/// The files of one billing period's newest delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodDelivery {
    /// `None` when neither a folder nor a manifest tells; the rows know.
    pub period: Option<BillingPeriod>,
    /// Sorted by path; empty when AWS delivered a month without files.
    pub files: Vec<DataFile>,
    /// The manifest that chose the files; `None` means that completeness is unverified.
    pub manifest: Option<PathBuf>,
    /// The execution or assembly, as the manifest or the folder names it.
    pub execution: Option<String>,
}

impl PeriodDelivery {
    /// The file name of the manifest.
    pub fn manifest_name(&self) -> Option<String> {
        let name = self.manifest.as_ref()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }
}

/// One Parquet file of billing data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataFile {
    /// Where it is: the source as the user typed it, joined with the path below it.
    pub path: PathBuf,
}
