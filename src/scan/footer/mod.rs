//! Footer: what a Parquet file claims, checked before anyone believes it.
//!
//! In:    an open file, untrusted.
//! Out:   [`FooterFacts`], or a [`Refusal`] that names row group and column; the same for pages.
//! Never: recurses, reads past the footer's own size, or reserves memory that a length asks for.
//!
//! Readers of Parquet take offsets, counts and sizes in the footer at their word; a forged or
//! damaged one costs them gigabytes, a panic, or a wrong total without a word. Numbers of fields
//! are those of `parquet.thrift` (apache/parquet-format 2.12).

mod chunks;
mod cover;
mod kind;
mod pages;
mod schema;
mod thrift;
mod twins;

use std::hash::Hasher;
use std::path::Path;

use bytes::Bytes;
use rustc_hash::FxHasher;

pub use pages::{ChunkPromise, check_page_headers};
pub use twins::refuse_twins;

use crate::diagnostic::{Place, Refusal};
use crate::origin::ReadAt;
use chunks::Groups;
use schema::Leaf;
use thrift::{Cursor, Field};

type Result<T> = std::result::Result<T, Refusal>;

/// The magic at both ends, and the one of a file whose footer is encrypted.
const MAGIC: &[u8; 4] = b"PAR1";
const ENCRYPTED_MAGIC: &[u8; 4] = b"PARE";
const MAGIC_BYTES: u64 = 4;

/// The footer's length (4 bytes, little endian) and the magic after it.
const TAIL_BYTES: u64 = 8;

/// How much a file may ask for. The largest real exports seen stay a hundred times below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FooterLimits {
    /// Bytes of the footer.
    pub footer_bytes: u64,
    /// Leaf columns.
    pub columns: usize,
    /// Row groups.
    pub row_groups: usize,
    /// Groups within groups, of the schema and of the footer's own encoding.
    pub depth: usize,
    /// Bytes of a column's name.
    pub name_bytes: usize,
    /// Bytes of one page, unpacked.
    pub page_bytes: u64,
}

impl Default for FooterLimits {
    fn default() -> Self {
        Self {
            footer_bytes: 64 << 20,
            columns: 10_000,
            row_groups: 200_000,
            depth: 32,
            name_bytes: 4 << 10,
            page_bytes: 256 << 20,
        }
    }
}

/// What a footer says, once it has been found consistent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterFacts {
    /// Bytes of the whole file.
    pub file_bytes: u64,
    /// Rows of all row groups.
    pub rows: u64,
    /// Row groups.
    pub row_groups: usize,
    /// Leaf columns; a map is two of them.
    pub columns: usize,
    /// The program that wrote the file, at most 200 bytes of it.
    pub created_by: Option<String>,
    /// Equal for files with equal footers; for [`refuse_twins`].
    pub fingerprint: u64,
}

/// Reads the footer of a file and checks all that it claims.
///
/// Memory stays within a small multiple of the footer's real size.
/// A file that cannot be read at all is refused with the code `PQ-READ`.
pub fn inspect(file: &impl ReadAt, path: &Path, limits: &FooterLimits) -> Result<FooterFacts> {
    inspect_unnamed(file, limits).map_err(|refusal| {
        let place = Place { file: path.to_owned(), ..refusal.place };
        Refusal { place, ..refusal }
    })
}

fn inspect_unnamed(file: &impl ReadAt, limits: &FooterLimits) -> Result<FooterFacts> {
    let file_bytes = file.size().map_err(|error| unreadable(&error))?;
    let footer_bytes = footer_length(file, file_bytes, limits)?;
    let footer_start = file_bytes - TAIL_BYTES - footer_bytes;
    let footer = read_at(file, footer_start, footer_bytes)?;
    let mut hasher = FxHasher::default();
    hasher.write(&footer);
    let metadata = FileMetadata::parse(&footer, limits)?;
    metadata.groups.spans.check(footer_start, file)?;
    Ok(FooterFacts {
        file_bytes,
        rows: metadata.groups.rows,
        row_groups: metadata.groups.count,
        columns: metadata.leaves.len(),
        created_by: metadata.created_by,
        fingerprint: hasher.finish(),
    })
}

/// Checks both ends of the file and how long it says its footer is.
fn footer_length(file: &impl ReadAt, file_bytes: u64, limits: &FooterLimits) -> Result<u64> {
    kind::check_ends(file, file_bytes)?;
    let tail = read_at(file, file_bytes - TAIL_BYTES, TAIL_BYTES)?;
    let length = tail.first_chunk().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
    let room = file_bytes - TAIL_BYTES - MAGIC_BYTES;
    if length == 0 {
        return Err(refuse("PQ-FOOTER", "a footer", "an empty one"));
    }
    if length > room {
        let found = format!("{length} bytes in a file that has room for {room}");
        return Err(refuse("PQ-FOOTER", "a footer inside the file", found));
    }
    if length > limits.footer_bytes {
        let expected = format!("a footer of at most {} bytes", limits.footer_bytes);
        return Err(refuse("PQ-LIMIT", expected, format!("{length} bytes")));
    }
    Ok(length)
}

/// `FileMetaData`, as far as we need it.
struct FileMetadata<'a> {
    leaves: Vec<Leaf<'a>>,
    groups: Groups,
    created_by: Option<String>,
}

impl<'a> FileMetadata<'a> {
    fn parse(footer: &'a [u8], limits: &FooterLimits) -> Result<Self> {
        let mut cursor = Cursor::new(footer, limits.depth);
        let (mut leaves, mut rows, mut groups, mut created_by) = (None, None, None, None);
        let (mut is_encrypted, mut fields) = (false, Field::first());
        while let Some((id, kind)) = fields.next(&mut cursor)? {
            match id {
                2 => leaves = Some(schema::leaves(&mut cursor, kind, limits)?),
                3 => rows = Some(cursor.integer(kind)?),
                4 => {
                    let leaves = leaves.as_deref().ok_or_else(|| lacks("a schema"))?;
                    groups = Some(Groups::parse(&mut cursor, kind, leaves, limits)?);
                }
                6 => {
                    let name = cursor.binary(kind)?;
                    let name = &name[..name.len().min(200)];
                    created_by = Some(String::from_utf8_lossy(name).into_owned());
                }
                8 => {
                    is_encrypted = true;
                    cursor.skip(kind)?;
                }
                _ => cursor.skip(kind)?,
            }
        }
        if is_encrypted {
            return Err(refuse("PQ-ENCRYPTED", "a plain file", "one with encrypted parts"));
        }
        let leaves = leaves.ok_or_else(|| lacks("a schema"))?;
        let groups = groups.ok_or_else(|| lacks("row groups"))?;
        let rows = rows.ok_or_else(|| lacks("a number of rows"))?;
        // Some writers leave 0 there; the row groups have been checked against their columns.
        if rows != 0 && u64::try_from(rows) != Ok(groups.rows) {
            let found = format!("{rows} rows in the footer, {} in its row groups", groups.rows);
            return Err(refuse("PQ-ROWS", "one number of rows", found));
        }
        Ok(Self { leaves, groups, created_by })
    }
}

/// Reads a stretch of the file, no more than the file has.
fn read_at(file: &impl ReadAt, start: u64, length: u64) -> Result<Bytes> {
    let bytes = file.read_at(start, length).map_err(|error| unreadable(&error))?;
    if length_of(&bytes) < length {
        let found = format!("{} of {length} bytes at {start}", bytes.len());
        return Err(refuse("PQ-READ", "a file that does not change while it is read", found));
    }
    Ok(bytes)
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn unreadable(error: &std::io::Error) -> Refusal {
    refuse("PQ-READ", "a readable file", error.to_string())
}

fn lacks(what: &str) -> Refusal {
    refuse("PQ-FOOTER", format!("a footer with {what}"), "none")
}

/// A refusal without its file, which the door adds, and with the hint of its code.
fn refuse(code: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Refusal {
    let hint = match code {
        "PQ-EMPTY" => "the delivery may still be in progress; copy it again later",
        "PQ-NOT-PARQUET" => "give a Parquet export; check how the file was downloaded",
        "PQ-ENCRYPTED" => "ask for a plain export",
        "PQ-LIMIT" => "no billing export is this large; if yours is, take fewer columns or rows",
        "PQ-READ" => "check the disk and try again",
        "PQ-DUPLICATE-COLUMN" => "give each column of the export's query a name of its own",
        "PQ-COVERAGE" => "are these two files in one? copy the file again",
        _ => "copy the file again; if it repeats, ask AWS to deliver it anew",
    };
    Refusal {
        code,
        place: Place::default(),
        expected: expected.into(),
        found: found.into(),
        hint: hint.to_owned(),
    }
}

/// Adds where a refusal happened, inside the file.
trait Located {
    fn in_row_group(self, row_group: usize) -> Self;
    fn in_column(self, column: String) -> Self;
}

impl Located for Refusal {
    fn in_row_group(self, row_group: usize) -> Self {
        Self { place: self.place.in_row_group(row_group), ..self }
    }

    fn in_column(self, column: String) -> Self {
        Self { place: self.place.in_column(column), ..self }
    }
}
