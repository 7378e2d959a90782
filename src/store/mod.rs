//! Stand-in.
//!
//! In:    nothing.
//! Out:   nothing.
//! Never: committed.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
use crate::model::period::BillingPeriod;
use crate::model::stored::*;
use std::path::Path;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct StoreError;
impl crate::diagnostic::Diagnose for StoreError {
    fn kind(&self) -> crate::diagnostic::ErrorKind {
        crate::diagnostic::ErrorKind::Internal
    }
    fn code(&self) -> &'static str {
        "X"
    }
}
pub struct Snapshot {
    pub versions: Vec<Version>,
    pub lease: (),
}
pub struct Store;
impl Store {
    pub fn open(_: &Path) -> Result<Self, StoreError> {
        Err(StoreError)
    }
    pub fn snapshot(&self, _: Option<&[BillingPeriod]>, _: &Pins) -> Result<Snapshot, StoreError> {
        Err(StoreError)
    }
}
pub struct Writer(Store);
#[derive(Debug, Clone)]
pub struct Holder {
    pub tool: String,
}
impl Writer {
    pub fn open(_: &Path, _: &Holder) -> Result<Self, StoreError> {
        Err(StoreError)
    }
    pub fn store(&self) -> &Store {
        &self.0
    }
    pub fn commit(&mut self, _: &NewVersion, _: usize) -> Result<Version, StoreError> {
        Err(StoreError)
    }
}
