//! Pages: the headers of a column chunk, walked through before a page is unpacked.
//!
//! In:    the bytes of one column chunk, and what the footer promised about it.
//! Out:   nothing, or a refusal that names the page.
//! Never: unpacks or decodes; a page costs its header only.

use parquet::file::metadata::ColumnChunkMetaData;

use super::chunks::is_encoding;
use super::thrift::{Cursor, Field, Kind};
use super::{FooterLimits, Result, length_of, refuse};
use crate::diagnostic::{Place, Refusal};

/// What the footer says about a column chunk (`ColumnMetaData` 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkPromise {
    /// `num_values`, nulls and place holders of empty lists included.
    pub values: u64,
    /// `total_uncompressed_size`: bytes of pages when unpacked, with their headers.
    pub unpacked_bytes: u64,
}

impl ChunkPromise {
    /// What a checked footer says; [`super::inspect`] has refused negative numbers.
    pub fn of(chunk: &ColumnChunkMetaData) -> Self {
        let positive = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            values: positive(chunk.num_values()),
            unpacked_bytes: positive(chunk.uncompressed_size()),
        }
    }
}

/// Checks the header of every page of a column chunk: sizes, counts, types and encodings.
///
/// A page that would unpack to more than the limit, or to more than its chunk promised, is refused
/// before anything is reserved for it. The code is `PQ-PAGE`, or `PQ-ENCODING`, or `PQ-LIMIT`.
pub fn check_page_headers(
    chunk: &[u8],
    promise: ChunkPromise,
    place: &Place,
    limits: &FooterLimits,
) -> Result<()> {
    walk(chunk, promise, limits).map_err(|refusal| {
        let code = if refusal.code == "PQ-FOOTER" { "PQ-PAGE" } else { refusal.code };
        Refusal { code, place: place.clone(), ..refusal }
    })
}

fn walk(chunk: &[u8], promise: ChunkPromise, limits: &FooterLimits) -> Result<()> {
    let (mut rest, mut values, mut unpacked) = (chunk, 0_u64, 0_u64);
    for page in 0_usize.. {
        if rest.is_empty() {
            break;
        }
        let refuse_page = |found: String| {
            let at = chunk.len() - rest.len();
            let expected = "a page as its chunk promises";
            refuse("PQ-PAGE", expected, format!("{found}, in page {page} at byte {at}"))
        };
        let mut cursor = Cursor::new(rest, limits.depth);
        let header = Header::parse(&mut cursor)?;
        let body = &rest[cursor.position()..];
        if header.unpacked > limits.page_bytes {
            let expected = format!("pages of at most {} bytes", limits.page_bytes);
            return Err(refuse("PQ-LIMIT", expected, format!("one of {}", header.unpacked)));
        }
        if header.packed > length_of(body) {
            let found = format!("{} bytes with {} left", header.packed, body.len());
            return Err(refuse_page(found));
        }
        unpacked += header.unpacked;
        if unpacked > promise.unpacked_bytes {
            let found = format!("{unpacked} bytes unpacked instead of {}", promise.unpacked_bytes);
            return Err(refuse_page(found));
        }
        values += header.values;
        if values > promise.values {
            let found = format!("{values} values instead of {}", promise.values);
            return Err(refuse_page(found));
        }
        rest = body.get(usize::try_from(header.packed).unwrap_or(usize::MAX)..).unwrap_or_default();
    }
    if values != promise.values {
        let found = format!("{values} values in all its pages");
        return Err(refuse("PQ-PAGE", format!("{} values", promise.values), found));
    }
    Ok(())
}

/// `PageHeader`, with what its kind of page adds.
struct Header {
    packed: u64,
    unpacked: u64,
    /// Values that count for the chunk: those of data pages.
    values: u64,
}

impl Header {
    fn parse(cursor: &mut Cursor) -> Result<Self> {
        let (mut page_type, mut packed, mut unpacked, mut counted) = (None, None, None, None);
        let mut fields = Field::first();
        while let Some((id, kind)) = fields.next(cursor)? {
            match id {
                1 => page_type = Some(cursor.int32(kind)?),
                2 => unpacked = Some(size(cursor.int32(kind)?)?),
                3 => packed = Some(size(cursor.int32(kind)?)?),
                5 => counted = Some((0, data_page(cursor, kind, 2)?)),
                7 => counted = Some((2, data_page(cursor, kind, 2)?)),
                8 => counted = Some((3, data_page(cursor, kind, 4)?)),
                _ => cursor.skip(kind)?,
            }
        }
        let (Some(page_type), Some(packed), Some(unpacked)) = (page_type, packed, unpacked) else {
            return Err(refuse("PQ-PAGE", "a page header", "one without type or sizes"));
        };
        let values = match (page_type, counted) {
            (0, Some((0, values))) | (3, Some((3, values))) => values,
            (1, _) | (2, Some((2, _))) => 0,
            _ => {
                let found = format!("page type {page_type}");
                return Err(refuse("PQ-PAGE", "a page with the header of its type", found));
            }
        };
        Ok(Self { packed, unpacked, values })
    }
}

/// `DataPageHeader`, `DictionaryPageHeader` or `DataPageHeaderV2`: how many values it has.
fn data_page(cursor: &mut Cursor, kind: Kind, encoding_field: i64) -> Result<u64> {
    cursor.must_be(kind, Kind::Struct)?;
    let mut values = None;
    let mut fields = Field::first();
    while let Some((id, kind)) = fields.next(cursor)? {
        match id {
            1 => values = Some(size(cursor.int32(kind)?)?),
            id if id == encoding_field => {
                let encoding = cursor.int32(kind)?;
                if !is_encoding(encoding) {
                    let found = format!("encoding {encoding}");
                    return Err(refuse("PQ-ENCODING", "an encoding that Parquet has", found));
                }
            }
            // Null and row counts, lengths of levels.
            2..=6 if encoding_field == 4 && kind == Kind::Integer => {
                size(cursor.int32(kind)?)?;
            }
            _ => cursor.skip(kind)?,
        }
    }
    values.ok_or_else(|| refuse("PQ-PAGE", "a number of values", "none"))
}

fn size(number: i32) -> Result<u64> {
    u64::try_from(number).map_err(|_| refuse("PQ-PAGE", "a size or a count", number.to_string()))
}
