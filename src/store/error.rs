//! Store errors: why a store cannot be read or written.
//!
//! In:    what the system, SQLite and the checks of this room say.
//! Out:   [`StoreError`].
//! Never: blames the store for what the disk did, or names a holder that is not one.

use std::path::PathBuf;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::period::BillingPeriod;
use crate::model::stored::{Instant, VersionId};

use super::lock::Holder;
use crate::origin::OriginError;

/// Why a store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("there is no store in `{}`", folder.display())]
    Absent {
        /// The folder.
        folder: PathBuf,
    },
    /// A store was to be made among other people's files.
    #[error("`{}` is not a store and not empty: it holds `{found}`", folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// One of the files.
        found: String,
    },
    /// A newer version of this program wrote it.
    #[error("the store `{}` has {found}; this version reads up to {known}", folder.display())]
    Newer {
        /// The folder.
        folder: PathBuf,
        /// What it has.
        found: String,
        /// What this version knows.
        known: String,
    },
    /// What is stored is not what was written.
    #[error(transparent)]
    Damaged(Box<Damage>),
    /// Somebody else is writing.
    #[error("the store `{}` is being written by {}", folder.display(), told(holder.as_ref()))]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Who; `None` when it did not say.
        holder: Option<Holder>,
    },
    /// Somebody replaced the catalogue although we hold the lock.
    #[error("`{}` was replaced by somebody else while it was being written", path.display())]
    Replaced {
        /// The catalogue.
        path: PathBuf,
    },
    /// The disk is full, or a quota is used up.
    #[error("no room to write `{}`{}", path.display(), room(*needed, *free))]
    Full {
        /// The file.
        path: PathBuf,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that are free, when the system tells.
        free: Option<u64>,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system would not let us write.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The catalogue has its new content, but nobody knows whether that would survive a loss of
    /// power.
    #[error("`{}` is replaced, but the disk does not say that it keeps it", path.display())]
    Unsynced {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system would not let us read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bucket of the segments cannot be used.
    #[error(transparent)]
    Bucket(#[from] OriginError),
    /// Segments are meant to lie where those of this store do not.
    #[error("the store `{}` keeps its segments in {known}", folder.display())]
    Elsewhere {
        /// The folder.
        folder: PathBuf,
        /// Where they are, in words.
        known: String,
    },
    /// A version is meant that is not there.
    #[error("{period} has no version {} in the store", version.0)]
    NoVersion {
        /// The period.
        period: BillingPeriod,
        /// The version that is meant.
        version: VersionId,
        /// Those that are there.
        known: Vec<VersionId>,
    },
    /// A period is closed once.
    #[error("{period} was closed at {}", at.0)]
    Closed {
        /// The period.
        period: BillingPeriod,
        /// When it was closed.
        at: Instant,
    },
    /// What is to be stored does not add up.
    #[error("the charges of {period} do not add up: expected {expected}, found {found}")]
    Unbalanced {
        /// The period.
        period: BillingPeriod,
        /// What the facts say.
        expected: String,
        /// What the charges say.
        found: String,
    },
    /// Charges that cannot be written as Parquet.
    #[error("cannot encode the charges of {period}: {why}")]
    Encode {
        /// The period.
        period: BillingPeriod,
        /// In the encoder's words.
        why: String,
    },
    /// SQLite refused a statement of ours.
    #[error("the catalogue refused a statement")]
    Sql(#[from] rusqlite::Error),
}

/// A place in the store that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}`{} is damaged: expected {expected}, found {found}", file.display(), of(*period))]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// The period that it belongs to; `None` for the catalogue.
    pub period: Option<BillingPeriod>,
    /// What was written.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(Box::new(damage))
    }
}

impl Damage {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self.period {
            Some(period) => format!("ingest {period} again: it replaces what is damaged"),
            None => "restore the folder from a backup, or ingest into a new folder".into(),
        }
    }
}

fn of(period: Option<BillingPeriod>) -> String {
    period.map(|period| format!(" of {period}")).unwrap_or_default()
}

fn told(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".into(), ToString::to_string)
}

fn room(needed: u64, free: Option<u64>) -> String {
    match (needed, free) {
        // Names and folders take room too, but nobody says how much.
        (0, Some(free)) => format!(": {free} bytes are free"),
        (0, None) => String::new(),
        (_, Some(free)) => format!(": {needed} bytes are needed, {free} are free"),
        (_, None) => format!(": {needed} bytes are needed"),
    }
}

impl Diagnose for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Absent { .. }
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::NoVersion { .. }
            | Self::Elsewhere { .. }
            | Self::Closed { .. } => ErrorKind::Input,
            Self::Damaged(_) | Self::Replaced { .. } | Self::Unbalanced { .. } => {
                ErrorKind::Integrity
            }
            Self::Locked { .. } => ErrorKind::Locked,
            Self::Full { .. } | Self::Write { .. } | Self::Unsynced { .. } | Self::Read { .. } => {
                ErrorKind::Environment
            }
            Self::Bucket(error) => error.kind(),
            Self::Encode { .. } | Self::Sql(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "STORE-ABSENT",
            Self::Foreign { .. } => "STORE-FOREIGN",
            Self::Newer { .. } => "STORE-NEWER",
            Self::Damaged(_) => "STORE-DAMAGED",
            Self::Locked { .. } => "STORE-LOCKED",
            Self::Replaced { .. } => "STORE-REPLACED",
            Self::Full { .. } => "STORE-FULL",
            Self::Write { .. } => "STORE-WRITE",
            Self::Unsynced { .. } => "STORE-UNSYNCED",
            Self::Read { .. } => "STORE-READ",
            Self::Bucket(error) => error.code(),
            Self::Elsewhere { .. } => "STORE-ELSEWHERE",
            Self::NoVersion { .. } => "STORE-NO-VERSION",
            Self::Closed { .. } => "STORE-CLOSED",
            Self::Unbalanced { .. } => "STORE-BOOKS",
            Self::Encode { .. } => "BUG-ENCODE",
            Self::Sql(_) => "BUG-SQL",
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::NoVersion { known, .. } => {
                known.iter().map(|known| format!("it has version {}", known.0)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Absent { .. } => {
                return vec![
                    "`curtail ingest SOURCE` fills one; `--store DIR` names another".into(),
                    "`--from PATH` asks an export directly".into(),
                ];
            }
            Self::Foreign { .. } => "name an empty folder, or one that does not exist yet".into(),
            Self::Newer { .. } => "use the version of curtail that wrote it, or a newer one".into(),
            Self::Damaged(damage) => damage.hint(),
            Self::Locked { .. } => "wait until it is done; reading is possible meanwhile".into(),
            Self::Replaced { .. } => {
                "nothing was stored; see that one process writes, on a file system with locks"
                    .into()
            }
            Self::Full { .. } => "the store is as it was; make room and run it again".into(),
            Self::Write { .. } => {
                "the store is as it was; check that the folder is writable and the disk is well"
                    .into()
            }
            Self::Unsynced { .. } => {
                "the store is whole, as it was before or after; look after the disk, then run \
                 `curtail verify` and this again"
                    .into()
            }
            Self::Read { .. } => "check that the file is readable and the disk is well".into(),
            Self::Bucket(error) => return error.hints(),
            Self::Elsewhere { .. } => {
                "leave out `--segments`, or name a folder for another store".into()
            }
            Self::NoVersion { .. } => "`curtail status` lists the versions of every period".into(),
            Self::Closed { .. } => "what AWS changes later appears as an adjustment".into(),
            Self::Unbalanced { .. } => {
                "nothing was stored; this is our arithmetic, not your data: please report it".into()
            }
            Self::Encode { .. } | Self::Sql(_) => return Vec::new(),
        };
        vec![hint]
    }
}
