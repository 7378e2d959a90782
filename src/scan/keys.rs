//! Keys: every spelling of every tag and cost category that files hold.
//!
//! In:    opened files.
//! Out:   homes and keys, each once, sorted; one [`Field::Delivered`] can be asked for each.
//! Never: reads a value; of a map only the keys are decoded, once per dictionary.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, DictionaryArray};
use arrow::datatypes::Int32Type;

use crate::diagnostic::Place;
use crate::model::line_items::{Field, TagHome};
use crate::scan::dictionary;
use crate::scan::error::{ScanError, undecodable};
use crate::scan::locate;
use crate::scan::row_group::KeyReader;
use crate::scan::source_file::SourceFile;

/// Finds every key of every tag and cost category.
///
/// # Errors
/// As a scan of the same columns.
pub fn tag_fields(files: &[SourceFile]) -> Result<Vec<Field>, ScanError> {
    let mut found = BTreeSet::new();
    for file in files {
        let place = Place::file(&file.path);
        for home in TagHome::ALL {
            let flat = locate::flat_keys(file.metadata.schema(), home);
            found.extend(flat.map(|(_, key)| (home, key)));
            if let Some(root) = locate::map_of(&place, file.metadata.schema(), home)? {
                let keys = keys_of_map(file, root, &place)?;
                found.extend(keys.into_iter().map(|key| (home, key)));
            }
        }
    }
    Ok(found.into_iter().map(|(home, key)| Field::Delivered(home, key)).collect())
}

fn keys_of_map(
    file: &SourceFile,
    root: usize,
    place: &Place,
) -> Result<BTreeSet<String>, ScanError> {
    let mut keys = BTreeSet::new();
    for row_group in 0..file.row_groups() {
        let place = place.in_row_group(row_group);
        let reader = KeyReader::new(file, row_group, root, &place)?;
        if let Some(dictionary) = reader.quick()? {
            keys.extend(dictionary.iter().flatten().map(str::to_owned));
            continue;
        }
        for decoded in reader.plain()? {
            let decoded = decoded.map_err(|error| undecodable(&place, &error.to_string()))?;
            let of_batch = decoded.columns().first().and_then(|column| {
                let keys = column.as_map_opt()?.keys();
                let coded = keys.as_any().downcast_ref::<DictionaryArray<Int32Type>>()?;
                dictionary::texts(coded.values())
            });
            let of_batch = of_batch.ok_or_else(|| undecodable(&place, "keys that are no text"))?;
            keys.extend(of_batch.iter().flatten().map(str::to_owned));
        }
    }
    keys.remove("");
    Ok(keys)
}
