//! Home: where a store is.
//!
//! In:    its folder; where its segments shall be, and how a bucket is reached, as the user says.
//! Out:   [`Home`], which every command opens.
//! Never: reaches a bucket before a catalogue has named it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::origin::{Bucket, Origin, OriginError, Why};

/// Makes the client of the bucket that an address names.
type Reach = Arc<dyn Fn(&Path) -> Result<Origin, OriginError> + Send + Sync>;

/// Where a store is.
#[derive(Clone)]
pub struct Home {
    /// Its folder: the catalogue, the locks, and the segments unless they are in a bucket.
    pub folder: PathBuf,
    /// `s3://bucket/prefix` for the segments of a store that is to be made.
    pub(super) segments: Option<PathBuf>,
    reach: Option<Reach>,
}

impl Home {
    /// A folder that reaches no bucket.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), segments: None, reach: None }
    }

    /// The same, with a way to reach a bucket.
    #[must_use]
    pub fn reached_by(
        self,
        reach: impl Fn(&Path) -> Result<Origin, OriginError> + Send + Sync + 'static,
    ) -> Self {
        Self { reach: Some(Arc::new(reach)), ..self }
    }

    /// The same, with a prefix for the segments if a store is to be made.
    #[must_use]
    pub fn with_segments(self, segments: Option<PathBuf>) -> Self {
        Self { segments, ..self }
    }

    /// The bucket of an address.
    pub(super) fn bucket(&self, address: &Path) -> Result<Arc<Bucket>, OriginError> {
        let failed = |why| OriginError { path: address.to_owned(), why };
        let reach = self.reach.as_ref().ok_or_else(|| failed(Why::NoCredentials))?;
        reach(address)?.bucket_of(address).cloned().ok_or_else(|| failed(Why::Absent))
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Home").field(&self.folder).finish()
    }
}
