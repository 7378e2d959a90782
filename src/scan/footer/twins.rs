//! Twins: one file under two names, which would count its money twice.
//!
//! In:    files and their facts.
//! Out:   nothing, or a refusal that names both.
//! Never: reads files whose footers differ; offsets, sizes and counts make equal footers rare.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{FooterFacts, Result, refuse};
use crate::diagnostic::{Place, Refusal};

/// Refuses a set of files in which two have the same bytes and any rows at all.
///
/// AWS overwrites superfluous chunks with empty ones, so empty twins are as they should be.
pub fn refuse_twins<'a>(
    files: impl IntoIterator<Item = (&'a Path, &'a FooterFacts)>,
) -> Result<()> {
    let mut seen: HashMap<_, Vec<&Path>> = HashMap::new();
    for (path, facts) in files {
        if facts.rows == 0 {
            continue;
        }
        let alike = seen.entry((facts.file_bytes, facts.fingerprint)).or_default();
        for other in alike.iter() {
            if same_bytes(other, path).unwrap_or(false) {
                let found = format!("the same bytes as `{}`", other.display());
                let hint = "remove one of the two".to_owned();
                let place = Place::file(path);
                let refusal = refuse("PQ-TWIN", "each file once", found);
                return Err(Refusal { place, hint, ..refusal });
            }
        }
        alike.push(path);
    }
    Ok(())
}

fn same_bytes(first: &Path, second: &Path) -> std::io::Result<bool> {
    let (mut first, mut second) = (File::open(first)?, File::open(second)?);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    loop {
        a.clear();
        b.clear();
        (&mut first).take(1 << 16).read_to_end(&mut a)?;
        (&mut second).take(1 << 16).read_to_end(&mut b)?;
        if a != b || a.is_empty() {
            return Ok(a == b);
        }
    }
}
