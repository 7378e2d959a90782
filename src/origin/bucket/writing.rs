//! Writing: objects of ours, made and removed.
//!
//! In:    addresses, bytes.
//! Out:   objects that have all of their bytes; their absence.
//! Never: writes over an object.

use std::path::Path;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use super::{Bucket, OriginError, Why, told};

/// Writing is tried again as often as this when the answer got lost.
const PUTS: usize = 3;

impl Bucket {
    /// Writes an object that is not there yet.
    ///
    /// # Errors
    /// When there is one of that name that has other bytes, or it cannot be written.
    pub fn create(&self, path: &Path, bytes: &Bytes) -> Result<(), OriginError> {
        let key = self.key_of(path)?;
        let mut tries = 0..PUTS;
        loop {
            let (client, key, body) = (self.client.clone(), key.clone(), bytes.clone());
            let options = PutOptions::from(PutMode::Create);
            let put = self.wait(async move { client.put_opts(&key, body.into(), options).await });
            self.count(1, 0);
            let Err(error) = told(path, put) else { return Ok(()) };
            let is_unsure = matches!(error.why, Why::Exists | Why::Unreachable | Why::Odd);
            // The client does not write again by itself: nobody knows whether it was heard.
            if is_unsure && self.whole(path).is_ok_and(|found| found == *bytes) {
                return Ok(());
            }
            if matches!(error.why, Why::Exists) || !is_unsure || tries.next().is_none() {
                return Err(error);
            }
        }
    }

    /// All bytes of an object.
    ///
    /// # Errors
    /// When it is not there, or may not be read.
    pub fn whole(&self, path: &Path) -> Result<Bytes, OriginError> {
        let object = self.open(path)?;
        let all = 0..object.bytes;
        let read = self.read(&object, path, std::slice::from_ref(&all))?;
        Ok(read.into_iter().next().unwrap_or_default())
    }

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, path: &Path) -> Result<(), OriginError> {
        let key = self.key_of(path)?;
        let client = self.client.clone();
        let removed = self.wait(async move { client.delete(&key).await });
        self.count(1, 0);
        match told(path, removed) {
            Err(OriginError { why: Why::Absent, .. }) => Ok(()),
            removed => removed,
        }
    }
}
