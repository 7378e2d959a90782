//! Checksum: a CRC-32 in the header of every page of a Parquet file.
//!
//! In:    a file as parquet-rs writes it, which cannot write page checksums itself.
//! Out:   the same file with them; for `verify`, how many pages of a file carry the right one.
//! Never: changes a page, or reads a value of it.
//!
//! The checksum is field 4 of the Thrift struct `PageHeader`, between the compressed size and the
//! part that belongs to the kind of page; everything behind it moves by a few bytes.

use std::ops::Range;

use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataWriter, RowGroupMetaData,
};

const MAGIC: &[u8] = b"PAR1";

/// The same file with a checksum in every page header.
pub(super) fn stamped(file: &[u8], metadata: ParquetMetaData) -> Result<Vec<u8>> {
    let mut stamped = Vec::with_capacity(file.len() + file.len() / 64);
    stamped.extend_from_slice(MAGIC);
    let mut builder = metadata.into_builder();
    let row_groups = builder.take_row_groups();
    let row_groups = row_groups.into_iter().map(|group| stamped_group(file, group, &mut stamped));
    let metadata = builder.set_row_groups(row_groups.collect::<Result<_>>()?).build();
    ParquetMetaDataWriter::new(&mut stamped, &metadata).finish()?;
    Ok(stamped)
}

fn stamped_group(
    file: &[u8],
    group: RowGroupMetaData,
    out: &mut Vec<u8>,
) -> Result<RowGroupMetaData> {
    let starts_at = signed(out.len())?;
    let size = group.total_byte_size();
    let mut builder = group.into_builder();
    let mut grown = 0;
    let mut columns = Vec::new();
    for column in builder.take_columns() {
        let before = column.compressed_size();
        let column = stamped_column(file, column, out)?;
        grown += column.compressed_size() - before;
        columns.push(column);
    }
    let builder = builder.set_column_metadata(columns).set_file_offset(starts_at);
    builder.set_total_byte_size(size + grown).build()
}

fn stamped_column(
    file: &[u8],
    column: ColumnChunkMetaData,
    out: &mut Vec<u8>,
) -> Result<ColumnChunkMetaData> {
    let chunk = chunk(file, &column)?;
    let (old, new) = (signed(chunk.start)?, signed(out.len())?);
    // Only the dictionary page can stand before the first data page.
    let first_data = column.data_page_offset() - old;
    let mut before_data = 0;
    let starts_at = out.len();
    for page in pages(&file[chunk.clone()])? {
        if signed(page.header.start)? == first_data {
            before_data = signed(out.len() - starts_at)?;
        }
        page.write_stamped(&file[chunk.clone()], out);
    }
    let grown = signed(out.len() - starts_at)? - signed(chunk.len())?;
    let dictionary = column.dictionary_page_offset().map(|_| new);
    let (compressed, uncompressed) = (column.compressed_size(), column.uncompressed_size());
    column
        .into_builder()
        .set_dictionary_page_offset(dictionary)
        .set_data_page_offset(new + before_data)
        .set_total_compressed_size(compressed + grown)
        .set_total_uncompressed_size(uncompressed + grown)
        .build()
}

/// The pages of a file: all of them, and those whose checksum is there and right.
pub(super) fn counted(file: &[u8], metadata: &ParquetMetaData) -> Result<[u64; 2]> {
    let mut counts = [0; 2];
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        let chunk = &file[chunk(file, column)?];
        for page in pages(chunk)? {
            let is_right = page.checksum == Some(crc32fast::hash(&chunk[page.body]));
            counts[0] += 1;
            counts[1] += u64::from(is_right);
        }
    }
    Ok(counts)
}

fn chunk(file: &[u8], column: &ColumnChunkMetaData) -> Result<Range<usize>> {
    let (start, length) = column.byte_range();
    let start = usize::try_from(start).ok();
    let end = start.and_then(|start| start.checked_add(usize::try_from(length).ok()?));
    match (start, end) {
        (Some(start), Some(end)) if end <= file.len() => Ok(start..end),
        _ => Err(broken("a chunk beyond the file")),
    }
}

fn signed(length: usize) -> Result<i64> {
    i64::try_from(length).map_err(|_| broken("a file of more than 2^63 bytes"))
}

fn broken(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// One page of a chunk; positions count from the start of the chunk.
struct Page {
    header: Range<usize>,
    /// Where the field after the compressed size begins.
    after_size: usize,
    body: Range<usize>,
    checksum: Option<u32>,
}

impl Page {
    fn write_stamped(&self, chunk: &[u8], out: &mut Vec<u8>) {
        let body = &chunk[self.body.clone()];
        out.extend_from_slice(&chunk[self.header.start..self.after_size]);
        // Field 4 after field 3, a 32 bit integer.
        out.push(0x15);
        push_zigzag(crc32fast::hash(body).cast_signed(), out);
        // The next field's number is told as a distance, from 3 until now and from 4 from now on.
        let next = chunk[self.after_size];
        out.push(if next == 0 { 0 } else { next - 0x10 });
        out.extend_from_slice(&chunk[self.after_size + 1..self.header.end]);
        out.extend_from_slice(body);
    }
}

fn pages(chunk: &[u8]) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    let mut cursor = Cursor { bytes: chunk, at: 0 };
    while cursor.at < chunk.len() {
        let page = cursor.page().filter(|page| page.body.end <= chunk.len());
        let page = page.ok_or_else(|| broken("a page header that cannot be followed"))?;
        cursor.at = page.body.end;
        pages.push(page);
    }
    Ok(pages)
}

/// Nested structs of page headers: the header, its kind, statistics.
const DEEPEST: u32 = 4;
/// The type that ends a struct.
const END: u8 = 0;

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn page(&mut self) -> Option<Page> {
        let start = self.at;
        let (mut size, mut after_size, mut checksum) = (None, None, None);
        let mut field = 0;
        loop {
            let kind = self.field(&mut field)?;
            match field {
                _ if kind == END => break,
                3 => {
                    size = usize::try_from(self.zigzag()?).ok();
                    after_size = Some(self.at);
                }
                4 => checksum = i32::try_from(self.zigzag()?).ok().map(i32::cast_unsigned),
                _ => self.skip(kind, DEEPEST)?,
            }
        }
        let body = self.at..self.at.checked_add(size?)?;
        Some(Page { header: start..self.at, after_size: after_size?, body, checksum })
    }

    /// The type of the next field, whose number is set; [`END`] behind the last one.
    fn field(&mut self, number: &mut u8) -> Option<u8> {
        let head = self.byte()?;
        if head == 0 {
            return Some(END);
        }
        let step = head >> 4;
        *number = number.checked_add(step).filter(|_| step > 0)?;
        Some(head & 15).filter(|kind| *kind != END)
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        match kind {
            // Booleans, in the head of their field.
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.at = self.at.checked_add(length)?;
            }
            12 => {
                let depth = depth.checked_sub(1)?;
                let mut number = 0;
                loop {
                    match self.field(&mut number)? {
                        END => break,
                        kind => self.skip(kind, depth)?,
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}

fn push_zigzag(value: i32, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 31)).cast_unsigned();
    while rest >= 0x80 {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_read_as_it_is_written() {
        for value in [0, 1, -1, 63, 64, -64, -65, i32::MAX, i32::MIN, 0x1234_5678] {
            let mut bytes = Vec::new();
            push_zigzag(value, &mut bytes);
            let mut cursor = Cursor { bytes: &bytes, at: 0 };
            assert_eq!(cursor.zigzag(), Some(i64::from(value)));
            assert_eq!(cursor.at, bytes.len());
        }
    }

    #[test]
    fn a_page_header_gains_its_checksum_and_keeps_the_rest() {
        // Type 0, uncompressed size 3, compressed size 3, data page header (5) with one integer.
        let chunk = [0x15, 0, 0x15, 6, 0x15, 6, 0x2C, 0x15, 8, 0, 0, b'a', b'b', b'c'];
        let page = &pages(&chunk).unwrap()[0];
        assert_eq!((page.checksum, page.body.clone()), (None, 11..14));
        let mut stamped = Vec::new();
        page.write_stamped(&chunk, &mut stamped);
        let pages = pages(&stamped).unwrap();
        assert_eq!(pages[0].checksum, Some(crc32fast::hash(b"abc")));
        let kind_at = stamped.len() - 8;
        assert_eq!(stamped[kind_at..], [0x1C, 0x15, 8, 0, 0, b'a', b'b', b'c']);
    }

    #[test]
    fn no_page_header_is_believed() {
        for chunk in [&[0x15][..], &[0x15, 0, 0], &[0x35, 0x90, 1, 0, 1], &[0x3C, 0x1C, 0x1C, 0x1C]]
        {
            assert!(pages(chunk).is_err(), "{chunk:?}");
        }
    }
}
