//! Catalogue: which versions, segments and closings there are, in one SQLite file.
//!
//! In:    the file as a whole; changes, each a transaction.
//! Out:   [`Catalogue`], a value: reading never sees a change, changing makes a new one.
//! Never: lets SQLite write to the disk.
//!
//! The database is small and lives in memory. A change is published by replacing the file, so that
//! there is no journal that a reader would have to roll back, no lock that it would have to wait
//! for, and no moment in which the file is half of something.

mod schema;
mod seal;
mod migrate;
mod read;
mod write;

use std::fs;
use std::io::ErrorKind;

use rusqlite::{Connection, MAIN_DB, Transaction};

use super::durable;
use super::error::{Damage, StoreError};
use super::layout::{Entry, Layout};
use super::shelf::Place;

pub(super) use read::Reader;
#[cfg(test)]
pub(super) use seal::sealed;
pub(super) use write::{insert_closing, insert_version, remove_versions};

/// A catalogue in memory, and the bytes of its file.
pub(super) struct Catalogue {
    connection: Connection,
    file: Vec<u8>,
    /// The format of the file; an older one is brought up to ours in memory only.
    pub(super) format: i32,
}

impl Catalogue {
    /// An empty one.
    pub(super) fn empty(place: Option<&Place>) -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory()?;
        // Many small tables: most stores are a few months.
        connection.pragma_update(None, "page_size", 1024)?;
        connection.pragma_update(None, "auto_vacuum", "FULL")?;
        connection.execute_batch(schema::TABLES)?;
        connection.execute_batch(schema::PLACE)?;
        if let Some(place) = place {
            write::insert_place(&connection, place)?;
        }
        connection.pragma_update(None, "application_id", schema::APPLICATION)?;
        connection.pragma_update(None, "user_version", schema::FORMAT)?;
        Self::of(connection)
    }

    /// The catalogue of a store.
    pub(super) fn read(layout: &Layout) -> Result<Self, StoreError> {
        let path = layout.catalogue();
        let file = match fs::read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(absent(layout)?),
            Err(source) => return Err(StoreError::Read { path, source }),
        };
        let damaged = |found: &str| Damage {
            file: path.clone(),
            period: None,
            expected: "a catalogue as it was written".into(),
            found: found.into(),
        };
        let database = seal::opened(&file).ok_or_else(|| damaged("bytes that do not fit it"))?;
        let header = |at| database.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        // Where SQLite keeps the two: https://www.sqlite.org/fileformat.html, 1.3.
        let [format, application] = [60, 68].map(|at| header(at).map(i32::from_be_bytes));
        let (Some(format), Some(schema::APPLICATION)) = (format, application) else {
            return Err(damaged("the mark of another program").into());
        };
        if format > schema::FORMAT {
            let known = format!("format {}", schema::FORMAT);
            let found = format!("format {format}");
            return Err(StoreError::Newer { folder: layout.root.clone(), found, known });
        }
        let mut connection = connected(database)?;
        migrate::migrate(&mut connection, format)?;
        Ok(Self { connection, file, format })
    }

    fn of(mut connection: Connection) -> Result<Self, StoreError> {
        let file = seal::sealed(&connection.serialize(MAIN_DB)?);
        Ok(Self { connection, file, format: schema::FORMAT })
    }

    /// Whether the file is of the format that this version writes.
    pub(super) fn is_current(&self) -> bool {
        self.format == schema::FORMAT
    }

    /// The catalogue after a change, which is one transaction. This one stays as it is.
    pub(super) fn amended<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<(Self, T), StoreError> {
        let mut connection = connected(&self.connection.serialize(MAIN_DB)?)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let transaction = connection.transaction()?;
        let value = change(&transaction)?;
        transaction.commit()?;
        Ok((Self::of(connection)?, value))
    }

    /// Makes this the catalogue of the store, if the one on the disk is still `before`.
    pub(super) fn publish(&self, layout: &Layout, before: &Self) -> Result<(), StoreError> {
        if !before.is_on_disk(layout) {
            return Err(StoreError::Replaced { path: layout.catalogue() });
        }
        self.write(layout)
    }

    /// Makes this the catalogue of a store that has none.
    pub(super) fn write(&self, layout: &Layout) -> Result<(), StoreError> {
        durable::write(&layout.catalogue(), &self.file)
    }

    /// Keeps a copy of the file as it was read.
    pub(super) fn back_up(&self, layout: &Layout) -> Result<(), StoreError> {
        durable::write(&layout.backup(self.format), &self.file)
    }

    /// Whether the file on the disk is the one that this catalogue was read from or written as.
    pub(super) fn is_on_disk(&self, layout: &Layout) -> bool {
        fs::read(layout.catalogue()).is_ok_and(|file| file == self.file)
    }

    /// For questions.
    pub(super) fn reader<'a>(&'a self, layout: &'a Layout) -> Reader<'a> {
        Reader { rows: &self.connection, layout }
    }

    /// What SQLite itself finds wrong; empty when all is well.
    pub(super) fn complaints(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map([], |row| row.get(0))?;
        let mut lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        lines.retain(|line| line != "ok");
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            lines.push(format!("a row of `{}` refers to nothing", row.get::<_, String>(0)?));
        }
        Ok(lines)
    }
}

/// Whether the bytes of a catalogue file fit their seal.
pub(super) fn is_sealed(file: &[u8]) -> bool {
    seal::opened(file).is_some()
}

fn connected(database: &[u8]) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact(MAIN_DB, database, database.len(), false)?;
    Ok(connection)
}

/// Charges without a catalogue are a damaged store, not an absent one: the catalogue is made first.
fn absent(layout: &Layout) -> Result<StoreError, StoreError> {
    let found = super::leftovers::files(layout)?;
    let segment = |path: &&std::path::PathBuf| {
        matches!(layout.entry(path), Some(Entry::Segment(..) | Entry::Backup))
    };
    let Some(orphan) = found.iter().find(segment) else {
        return Ok(StoreError::Absent { folder: layout.root.clone() });
    };
    let expected = "a catalogue".to_owned();
    let found = format!("none, although there is `{}`", orphan.display());
    Ok(Damage { file: layout.catalogue(), period: None, expected, found }.into())
}
