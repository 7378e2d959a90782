//! Chunks: column chunks made by hand, for what parquet-rs's writer does not write.
//!
//! In:    descriptions of chunks that claim too much, and a page with a checksum.
//! Out:   nothing reserved for claims, and no changed bit behind a checksum taken.
//! Never: makes a whole file; the integration tests forge footers.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{ConvertedType, Repetition, Type as PhysicalType};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type as ParquetType};

use super::request;
use crate::diagnostic::Place;
use crate::scan::chunks::refuse_flood;
use crate::scan::pages::RowGroup;

/// One REQUIRED column of text.
fn text_schema() -> Arc<SchemaDescriptor> {
    let column = ParquetType::primitive_type_builder("text", PhysicalType::BYTE_ARRAY)
        .with_repetition(Repetition::REQUIRED)
        .with_converted_type(ConvertedType::UTF8)
        .build()
        .unwrap();
    let schema = ParquetType::group_type_builder("schema").with_fields(vec![Arc::new(column)]);
    Arc::new(SchemaDescriptor::new(Arc::new(schema.build().unwrap())))
}

#[test]
fn a_flood_of_entries_is_refused() {
    let column = ParquetType::primitive_type_builder("key", PhysicalType::BYTE_ARRAY)
        .with_repetition(Repetition::REPEATED)
        .build()
        .unwrap();
    let column = ColumnDescriptor::new(Arc::new(column), 1, 1, "tags.key_value.key".into());
    let column = Arc::new(column);
    let chunk = |values| {
        ColumnChunkMetaData::builder(Arc::clone(&column)).set_num_values(values).build().unwrap()
    };
    let place = Place::file("export.parquet");
    refuse_flood(&chunk(1 << 20), &place).unwrap();
    assert_eq!(refuse_flood(&chunk(1 << 31), &place).unwrap_err().code, "PQ-LIMIT");
}

/// A few bytes of runs can claim any number of entries: nothing is reserved for them.
#[test]
fn chunks_that_claim_too_much_are_left_to_be_streamed() {
    let schema = text_schema();
    let field = request().fields[0].clone();
    for (values, unpacked) in [(1 << 40, 1_000), (1_000, 1 << 40)] {
        let chunk = ColumnChunkMetaData::builder(schema.column(0))
            .set_num_values(values)
            .set_total_uncompressed_size(unpacked)
            .build()
            .unwrap();
        let metadata =
            RowGroupMetaData::builder(Arc::clone(&schema)).set_column_metadata(vec![chunk]);
        let metadata = metadata.build().unwrap();
        let chunks = Arc::new(Bytes::from_static(b"not one page"));
        let pages = RowGroup::new(&chunks, &metadata);
        assert!(pages.text(0, &field, None).unwrap().is_none());
    }
}

/// CRC-32 as gzip has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// A number as Thrift's compact protocol writes it: zigzag, seven bits a byte.
fn number(value: i32) -> Vec<u8> {
    let mut left = (value << 1 ^ value >> 31).cast_unsigned();
    let mut bytes = Vec::new();
    while left > 0x7F {
        bytes.push(left.to_le_bytes()[0] | 0x80);
        left >>= 7;
    }
    bytes.push(left.to_le_bytes()[0]);
    bytes
}

/// The header of a plain page of two required values; each field is one after the last.
fn page_header(body: &[u8]) -> Vec<u8> {
    const NEXT_I32: u8 = 0x15;
    const NEXT_STRUCT: u8 = 0x1C;
    let field = |value: i32| [vec![NEXT_I32], number(value)].concat();
    let size = i32::try_from(body.len()).unwrap();
    let sizes = [field(0), field(size), field(size), field(crc32(body).cast_signed())].concat();
    let data_page = [field(2), field(0), field(3), field(3), vec![0]].concat();
    [sizes, vec![NEXT_STRUCT], data_page, vec![0]].concat()
}

#[test]
fn a_page_with_a_checksum_is_refused_when_any_bit_of_it_changed() {
    let schema = text_schema();
    let body = b"\x03\0\0\0one\x05\0\0\0other";
    let header = page_header(body);
    let read = |body: &[u8]| {
        let bytes = [header.clone(), body.to_vec()].concat();
        let size = i64::try_from(bytes.len()).unwrap();
        let chunk = ColumnChunkMetaData::builder(schema.column(0))
            .set_num_values(2)
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(size)
            .build()?;
        let metadata =
            RowGroupMetaData::builder(Arc::clone(&schema)).set_column_metadata(vec![chunk]);
        let metadata = metadata.set_num_rows(2).build()?;
        let chunks = Arc::new(Bytes::from(bytes));
        let pages = RowGroup::new(&chunks, &metadata);
        pages.text(0, &request().fields[0], None)
    };
    let texts = read(body).unwrap().unwrap();
    assert_eq!([texts.text(0), texts.text(1)], [Some("one"), Some("other")]);
    for bit in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&changed).unwrap_err().to_string().contains("CRC"), "bit {bit}");
    }
}
