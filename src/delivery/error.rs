//! Error: why a source cannot be taken as a delivery.
//!
//! In:    the mistake, with the names that it is about.
//! Out:   [`DeliveryError`]: message, code, kind and next step.
//! Never: prints.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::period::BillingPeriod;
use crate::origin::{OriginError, Why};

/// How many names a message lists before it counts the rest.
const NAMES_SHOWN: usize = 5;

/// Why a source cannot be taken as a delivery.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is")]
pub enum DeliveryError {
    #[error("there is no `{}`", path.display())]
    NoSuchPath { path: PathBuf },
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Origin(OriginError),
    #[error("`{}` is {what}, expected a Parquet file or a folder", path.display())]
    NotAFile { path: PathBuf, what: &'static str },
    #[error("`{}` is a manifest, not billing data", path.display())]
    ManifestAsSource { path: PathBuf },
    #[error("`{}` holds no Parquet file of an export{}", path.display(), and_csv(csv.as_deref()))]
    NoExports { path: PathBuf, csv: Option<PathBuf> },
    #[error("CSV exports are not read yet, and `{}` names CSV files", path.display())]
    CsvExport { path: PathBuf, parquet: Option<PathBuf> },
    #[error("cannot use the manifest `{}`: {problem}", path.display())]
    BadManifest { path: PathBuf, problem: String },
    #[error("the manifest `{}` names `{key}`, which {reason}", path.display())]
    UnsafeKey { path: PathBuf, key: String, reason: &'static str },
    #[error("the manifest `{}` names {} not here: {}", path.display(),
        counted(absent.len()), some_of(absent))]
    FilesMissing { path: PathBuf, absent: Vec<String> },
    #[error("`{}` is listed twice, as `{key}` too", path.display())]
    TwiceListed { path: PathBuf, key: String, manifests: [PathBuf; 2] },
    #[error("the manifest `{}` can mean `{}` or `{}`", path.display(),
        candidates[0].display(), candidates[1].display())]
    WhichFile { path: PathBuf, candidates: [PathBuf; 2] },
    #[error("cannot tell which execution is the newest for `{}`: {}", path.display(),
        some_of(folders))]
    WhichExecution { path: PathBuf, folders: Vec<String> },
    #[error("`{}` lies beside the execution folder `{execution}`: files of two deliveries",
        path.display())]
    MixedDeliveries { path: PathBuf, execution: String },
    #[error("two exports bill {}: {} and {}", month(*period), exports[0], exports[1])]
    TwoExports { period: Option<BillingPeriod>, exports: [String; 2] },
    #[error("two folders hold `{period}`: `{}` and `{}`", folders[0].display(),
        folders[1].display())]
    MonthTwice { period: BillingPeriod, folders: [PathBuf; 2] },
    #[error("`{}` belongs to no billing period, while others do: {export}", path.display())]
    StrayFile { path: PathBuf, export: String },
    #[error("the folder `{folder}` of `{}` is not one whole month", path.display())]
    OddPeriod { path: PathBuf, folder: String },
    #[error("there is no {} here, only {}", months(asked), months(present))]
    NoSuchMonth { asked: Vec<BillingPeriod>, present: Vec<BillingPeriod> },
}

impl DeliveryError {
    /// An error on opening or listing something.
    pub(super) fn opening(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == io::ErrorKind::NotFound {
            return Self::NoSuchPath { path };
        }
        Self::Unreadable { path, source }
    }

    /// What reading said, of a disk or of a bucket.
    pub(super) fn reading(error: OriginError) -> Self {
        match error.why {
            Why::Disk(source) => Self::opening(&error.path, source),
            _ => Self::Origin(error),
        }
    }
}

impl Diagnose for DeliveryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } => ErrorKind::Environment,
            Self::Origin(error) => error.kind(),
            _ => ErrorKind::Input,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchPath { .. } => "DELIVERY-NO-PATH",
            Self::Origin(error) => error.code(),
            Self::Unreadable { .. } => "DELIVERY-UNREADABLE",
            Self::NotAFile { .. } => "DELIVERY-NOT-A-FILE",
            Self::ManifestAsSource { .. } => "DELIVERY-MANIFEST-AS-SOURCE",
            Self::NoExports { .. } => "DELIVERY-NO-EXPORT",
            Self::CsvExport { .. } => "DELIVERY-CSV",
            Self::BadManifest { .. } => "DELIVERY-MANIFEST",
            Self::UnsafeKey { .. } => "DELIVERY-UNSAFE-KEY",
            Self::FilesMissing { .. } => "DELIVERY-FILES-MISSING",
            Self::TwiceListed { .. } => "DELIVERY-TWICE-LISTED",
            Self::WhichFile { .. } => "DELIVERY-WHICH-FILE",
            Self::WhichExecution { .. } => "DELIVERY-WHICH-EXECUTION",
            Self::MixedDeliveries { .. } => "DELIVERY-MIXED",
            Self::TwoExports { .. } => "DELIVERY-TWO-EXPORTS",
            Self::MonthTwice { .. } => "DELIVERY-MONTH-TWICE",
            Self::StrayFile { .. } => "DELIVERY-STRAY-FILE",
            Self::OddPeriod { .. } => "DELIVERY-ODD-PERIOD",
            Self::NoSuchMonth { .. } => "DELIVERY-NO-SUCH-MONTH",
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Origin(error) => return error.hints(),
            Self::NoSuchPath { .. } => "check the spelling; relative paths begin here".to_owned(),
            Self::Unreadable { .. } => "check the permissions of the path".to_owned(),
            Self::NotAFile { .. } => "move it out of the folder, or copy the real file here".into(),
            Self::ManifestAsSource { path } => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder =
                    folder.map_or_else(|| ".".into(), |folder| folder.display().to_string());
                format!("give the folder of the export: `{folder}` or one above it")
            }
            Self::NoExports { csv: None, .. } => {
                "give the folder that the export's bucket or prefix was copied to".to_owned()
            }
            Self::CsvExport { parquet: Some(folder), .. } => {
                format!("Parquet files lie in `{}`: give that folder", folder.display())
            }
            Self::NoExports { .. } | Self::CsvExport { .. } => {
                "set the export's format to Parquet in the billing console".to_owned()
            }
            Self::BadManifest { .. } => "copy the manifest again; AWS writes it last".to_owned(),
            Self::UnsafeKey { .. } => "use the manifest as AWS wrote it".to_owned(),
            Self::FilesMissing { .. } => {
                "copy the delivery again, all of it: without these files the total is wrong".into()
            }
            Self::TwiceListed { manifests: [first, second], .. } if first == second => {
                format!("use the manifest `{}` as AWS wrote it", first.display())
            }
            Self::TwiceListed { manifests: [first, second], .. } => {
                let (first, second) = (first.display(), second.display());
                format!("keep one of the manifests `{first}` and `{second}`")
            }
            Self::WhichFile { .. } => "keep one of the two".to_owned(),
            Self::WhichExecution { .. } | Self::MixedDeliveries { .. } => {
                "give the folder of one execution, or copy the month's manifest too".to_owned()
            }
            Self::TwoExports { .. } => "choose one: give its folder".to_owned(),
            Self::MonthTwice { .. } => "remove the older folder, or give one of the two".to_owned(),
            Self::StrayFile { .. } => "give the folder of the export alone".to_owned(),
            Self::OddPeriod { .. } => "AWS bills whole months; name the folder as AWS does".into(),
            Self::NoSuchMonth { .. } => "ask for one of these".to_owned(),
        };
        vec![hint]
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 file that is".to_owned() } else { format!("{count} files that are") }
}

fn some_of(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    let rest = names.len().saturating_sub(NAMES_SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn month(period: Option<BillingPeriod>) -> String {
    period.map_or_else(|| "the same files".to_owned(), |period| format!("`{period}`"))
}

fn months(periods: &[BillingPeriod]) -> String {
    let names: Vec<_> = periods.iter().map(|period| format!("`{period}`")).collect();
    names.join(", ")
}

fn and_csv(csv: Option<&Path>) -> String {
    csv.map_or_else(String::new, |csv| {
        format!(", only CSV such as `{}`, which is not read yet", csv.display())
    })
}
