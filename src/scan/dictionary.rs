//! Dictionary: the texts that the codes of a column point into.
//!
//! In:    the values of a dictionary array: text, or bytes that the writer did not mark as text.
//! Out:   a [`StringArray`] over the same memory.
//! Never: takes bytes for text unchecked; parquet-rs checks only what is marked as UTF-8.

use arrow::array::{ArrayRef, AsArray, StringArray};

/// The texts; `None` when they are neither text nor bytes that are UTF-8.
pub(super) fn texts(values: &ArrayRef) -> Option<StringArray> {
    match (values.as_string_opt::<i32>(), values.as_binary_opt::<i32>()) {
        (Some(texts), _) => Some(texts.clone()),
        (None, Some(bytes)) => StringArray::try_from_binary(bytes.clone()).ok(),
        (None, None) => None,
    }
}
