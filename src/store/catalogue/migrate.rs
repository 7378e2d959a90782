//! Migrate: a catalogue of an older format is brought up to ours, step by step.
//!
//! In:    a database in memory, and its format.
//! Out:   the same database in our format.
//! Never: touches the file; a writer keeps a copy of it before it replaces it.

use rusqlite::Connection;

use super::schema::{FORMAT, PLACE};
use crate::store::error::StoreError;

/// From the format at its place to the next one.
const STEPS: [&str; 3] = [
    // Nobody counted rows without an invoice: unknown, as for exports that do not tell.
    "ALTER TABLE version ADD COLUMN uninvoiced_rows INTEGER",
    PLACE,
    // Segments of hours are a word more, which older programs do not know.
    "",
];

/// Brings a database from a format up to ours, in one transaction.
pub(super) fn migrate(connection: &mut Connection, format: i32) -> Result<(), StoreError> {
    let done = usize::try_from(format).unwrap_or_default();
    if done >= STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in &STEPS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", FORMAT)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_step_for_every_older_format() {
        assert_eq!(i32::try_from(STEPS.len()), Ok(FORMAT));
    }
}
