//! Scan errors: what can be wrong with a data file.
//!
//! In:    refusals of the footer and of pages, I/O errors.
//! Out:   [`ScanError`].
//! Never: panics for what a file holds.

use std::path::PathBuf;

use crate::diagnostic::{Diagnose, ErrorKind, Place, Refusal};
use crate::origin::{OriginError, Why};

/// Why a data file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The data is not what an export holds.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The operating system would not let us.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A bucket would not let us.
    #[error(transparent)]
    Origin(OriginError),
    /// Somebody wrote to the file while it was read.
    #[error("`{}` changed while it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A worker died outside of decoding.
    #[error("a scan worker stopped without an answer")]
    Worker,
}

impl From<OriginError> for ScanError {
    fn from(error: OriginError) -> Self {
        match error.why {
            Why::Disk(source) => Self::Io { path: error.path, source },
            _ => Self::Origin(error),
        }
    }
}

impl Diagnose for ScanError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(refusal) => refusal.kind(),
            Self::Origin(error) => error.kind(),
            Self::Io { .. } => ErrorKind::Environment,
            Self::Changed { .. } => ErrorKind::Input,
            Self::Worker => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Origin(error) => error.code(),
            Self::Io { .. } => "IO-READ",
            Self::Changed { .. } => "SRC-CHANGED",
            Self::Worker => "BUG-WORKER",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Refused(refusal) => refusal.hints(),
            Self::Origin(error) => error.hints(),
            Self::Io { .. } => vec!["check that the file is readable and the disk is well".into()],
            Self::Changed { .. } => {
                vec!["a delivery may be in progress; run the command again when it is done".into()]
            }
            Self::Worker => Vec::new(),
        }
    }
}

/// Pages that the decoder cannot follow, in its own words.
pub(super) fn undecodable(place: &Place, why: &str) -> Refusal {
    Refusal {
        code: "PQ-DECODE",
        place: place.clone(),
        expected: "pages that decode".into(),
        found: why.to_owned(),
        hint: "download the file again; if it repeats, ask AWS support for a re-delivery".into(),
    }
}
