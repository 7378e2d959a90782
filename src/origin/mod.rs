//! Origin: where bytes come from, a disk or a bucket of S3.
//!
//! In:    a path as the user typed it, `s3://bucket/key` included; how the bucket is reached.
//! Out:   [`Origin`]: what lies under a prefix; [`Opened`], from which ranges are read.
//! Never: looks at the environment, waits without end, or tells a secret.

mod address;
mod bucket;
mod error;
mod opened;
mod ranges;

use std::path::Path;
use std::sync::Arc;

pub use address::{Address, is_remote};
pub use bucket::{Access, Bucket, Listed, Stamp};
pub use error::{OriginError, Why};
pub use opened::{Opened, ReadAt};

/// Where the files of a bill are.
#[derive(Debug, Clone, Default)]
pub enum Origin {
    /// A file system.
    #[default]
    Disk,
    /// A bucket of S3, or of a service that speaks like it, for paths that are addresses.
    S3(Arc<Bucket>),
}

impl Origin {
    /// Opens a file for reading ranges of it.
    ///
    /// # Errors
    /// When it is not there, or may not be read.
    pub fn open(&self, path: &Path) -> Result<Opened, OriginError> {
        match self.bucket_of(path) {
            None => Opened::on_disk(path),
            Some(bucket) => Opened::in_bucket(bucket, path),
        }
    }

    /// The bucket, when the path is one of S3.
    pub fn bucket_of(&self, path: &Path) -> Option<&Arc<Bucket>> {
        match self {
            Self::S3(bucket) if is_remote(path) => Some(bucket),
            _ => None,
        }
    }

    /// What was fetched over the network so far; `None` of a disk.
    pub fn fetched(&self) -> Option<Fetched> {
        match self {
            Self::Disk => None,
            Self::S3(bucket) => Some(bucket.fetched()),
        }
    }
}

/// What was fetched over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fetched {
    /// Bytes of the answers, without what protocols add.
    pub bytes: u64,
    /// Requests that were answered.
    pub requests: u64,
}
