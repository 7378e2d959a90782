//! Upkeep: what the store holds, whether it is sound, and what it no longer needs.
//!
//! In:    the folder of a store.
//! Out:   [`Report`]s of `status`, `verify` and `gc`.
//! Never: decides what is wrong or what may go; `store` does.

use std::path::Path;

use super::PipelineError;
use crate::model::period::Day;
use crate::report::Report;
use crate::report::store::status::{self, Holdings, Rows};
use crate::store::Store;

/// `status`: which months the store holds, on a UTC day.
///
/// # Errors
/// When there is no store, when it is damaged or newer.
pub fn status(folder: &Path, today: Day, rows: Rows) -> Result<Report, PipelineError> {
    let store = Store::open(folder)?;
    let (versions, closings) = (store.history()?, store.closings()?);
    let holdings = Holdings { folder: folder.to_owned(), versions, closings, today };
    Ok(status::compose(&holdings, rows))
}
