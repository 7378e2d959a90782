//! Rules: what people wrote about tenants, read and checked.
//!
//! In:    `tenants.toml`, its map files and driver files.
//! Out:   a [`Tenancy`], or every mistake at once, each with its line and column.
//! Never: looks at a charge.

use std::path::Path;

use crate::diagnostic::{Diagnose, ErrorKind, Finding};
use crate::model::tenancy::Tenancy;

/// The rules cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` cannot be used")]
pub struct RulesError {
    file: String,
}

impl Diagnose for RulesError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "RULES"
    }
}

/// Reads the rule file that is named, else `tenants.toml` beside the data, else nothing.
///
/// # Errors
/// Every mistake of the rule file, or of a map or driver file that it names.
pub fn read(_named: Option<&Path>, _data: &Path) -> Result<Tenancy, RulesError> {
    Ok(Tenancy::default())
}

/// What is doubtful about the rules, whatever the export.
pub fn doubts(_tenancy: &Tenancy) -> Vec<Finding> {
    Vec::new()
}
