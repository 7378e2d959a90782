//! Hostile footers: lengths, counts, offsets and types that cannot be.
//!
//! In:    a good file with one value of its footer changed; numbers as in our catalogue.
//! Out:   a refusal that names the file, the place, the fact, and what to do next.
//! Never: needs more memory than the file itself, or a second.

use std::fs::{self, File};

use curtail::scan::footer::{self, FooterLimits};

use crate::hostile::{edited, inspected, refused, refused_with};
use crate::support::footer_editor::{Parts, Value, good_file, join, zigzag};

/// Fields of `FileMetaData`.
const SCHEMA: i64 = 2;
const ROWS: i64 = 3;
const ROW_GROUPS: i64 = 4;

/// `ColumnMetaData` of a column of the first row group.
fn column(footer: &mut Value, column: i64) -> &mut Value {
    footer.at(&[ROW_GROUPS, 0, 1, column, 3])
}

#[test]
fn h20_footers_longer_than_the_file() {
    for length in [u32::MAX, 0x7FFF_FFFF] {
        let mut bytes = good_file();
        let at = bytes.len() - 8;
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        refused(&bytes, "PQ-FOOTER", &format!("{length} bytes in a file that has room for"));
    }
}

#[test]
fn h21_a_footer_that_begins_too_late() {
    let mut bytes = good_file();
    let at = bytes.len() - 8;
    bytes[at..at + 4].copy_from_slice(&20_u32.to_le_bytes());
    refused(&bytes, "PQ-FOOTER", "expected a");
}

#[test]
fn h22_h23_lists_longer_than_their_footer() {
    refused_with(
        |footer| footer.at(&[SCHEMA]).list().claimed = Some(109_002_364),
        "PQ-FOOTER",
        "109002364 of them",
    );
    refused_with(
        |footer| footer.at(&[5]).list().claimed = Some(2_000_000_000),
        "PQ-FOOTER",
        "2000000000 of them",
    );
    let tiny = join(b"PAR1", &[0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
    refused(&tiny, "PQ-FOOTER", "2147483647 of them, with 0 bytes left");
}

#[test]
fn h24_an_encrypted_footer() {
    let mut bytes = good_file();
    let end = bytes.len();
    bytes[..4].copy_from_slice(b"PARE");
    bytes[end - 4..].copy_from_slice(b"PARE");
    refused(&bytes, "PQ-ENCRYPTED", "an encrypted footer");
}

#[test]
fn h25_an_encrypted_column() {
    let encrypt = |footer: &mut Value| {
        let chunk = footer.at(&[ROW_GROUPS, 0, 1, 1]).fields();
        chunk.insert(8, Value::Struct([].into()));
        chunk.remove(&3);
    };
    refused_with(encrypt, "PQ-ENCRYPTED", "row group 0, column `line_item_unblended_cost`");
}

/// A schema of so many groups, each in the other, around one column.
fn deep(groups: usize) -> impl FnOnce(&mut Value) {
    move |footer| {
        let items = &mut footer.at(&[SCHEMA]).list().items;
        let group = Value::Struct([(4, Value::Text(b"g".into())), (5, Value::Int(5, 1))].into());
        let leaf = items[1].clone();
        *items = vec![group; groups + 1];
        items.push(leaf);
    }
}

#[test]
fn h26_groups_within_groups() {
    for groups in [32, 10_000] {
        refused_with(deep(groups), "PQ-LIMIT", "groups nested at most 32 deep");
    }
    refused_with(deep(100_000), "PQ-LIMIT", "a schema of 100002 elements");
}

#[test]
fn h27_structs_within_an_unknown_field() {
    let parts = Parts::of(&good_file());
    let mut bytes = parts.footer.write();
    bytes.pop();
    bytes.push(12);
    bytes.extend(zigzag(100));
    bytes.extend(vec![0x1C; 200_000]);
    bytes.extend(vec![0; 200_002]);
    refused(&join(&parts.body, &bytes), "PQ-LIMIT", "values nested at most 32 deep");
}

#[test]
fn h28_a_schema_that_is_no_tree() {
    for children in [400, 2, 1, 0, -1] {
        refused_with(|f| f.at(&[SCHEMA, 0, 5]).set(children), "PQ-SCHEMA", "tree of columns");
    }
    refused_with(|f| f.at(&[SCHEMA]).list().items.clear(), "PQ-SCHEMA", "no column");
}

#[test]
fn h29_a_row_group_without_one_of_the_columns() {
    let drop_last = |footer: &mut Value| {
        footer.at(&[ROW_GROUPS, 0, 1]).list().items.pop();
    };
    refused_with(drop_last, "PQ-SCHEMA", "row group 0: expected every column in every row group");
    refused_with(drop_last, "PQ-SCHEMA", "2 of 3 columns, `name` is the first without");
}

#[test]
fn h35_a_file_with_other_rows_than_its_row_groups() {
    for rows in [2_000_000_000, 1 << 62, -5] {
        let says = format!("{rows} rows in the footer, 1000 in its row groups");
        refused_with(|footer| footer.at(&[ROWS]).set(rows), "PQ-ROWS", &says);
    }
}

#[test]
fn h37_a_row_group_with_other_rows_than_its_columns() {
    let change = |footer: &mut Value| {
        footer.at(&[ROWS]).set(10);
        footer.at(&[ROW_GROUPS, 0, 3]).set(10);
    };
    refused_with(change, "PQ-ROWS", "row group 0, column `id`: expected a value for each row");
    refused_with(
        |f| f.at(&[ROW_GROUPS, 0, 3]).set(-1),
        "PQ-ROWS",
        "row group 0: expected a number",
    );
    refused_with(|f| column(f, 1).at(&[5]).set(-1), "PQ-ROWS", "-1 of them");
}

#[test]
fn h38_a_row_group_that_is_listed_twice() {
    let twice = |footer: &mut Value| {
        let group = footer.at(&[ROW_GROUPS, 0]).clone();
        footer.at(&[ROW_GROUPS]).list().items.push(group);
        footer.at(&[ROWS]).set(2_000);
    };
    let says = "row group 1, column `id`: expected bytes of its own, found bytes that row group 0";
    refused_with(twice, "PQ-OVERLAP", says);
}

#[test]
fn h39_h41_column_data_outside_the_file() {
    for (field, number) in [(9, 1_000_000_000), (9, -4), (9, 0), (7, 1 << 40), (7, i64::MAX)] {
        refused_with(
            |footer| column(footer, 1).at(&[field]).set(number),
            "PQ-CHUNK",
            "row group 0, column `line_item_unblended_cost`: expected",
        );
    }
    for field in [6, 7] {
        refused_with(|f| column(f, 1).at(&[field]).set(-1), "PQ-CHUNK", "a size of -1 bytes");
    }
    refused_with(|f| column(f, 1).at(&[7]).set(0), "PQ-CHUNK", "no bytes for 1000 values");
    refused_with(|f| f.at(&[ROW_GROUPS, 0, 1, 1, 4]).set(1 << 50), "PQ-CHUNK", "for its index");
}

#[test]
fn h40_a_cost_that_points_at_another_column() {
    let point = |footer: &mut Value| {
        let other = column(footer, 2).at(&[9]).number();
        column(footer, 1).at(&[9]).set(other);
    };
    refused_with(point, "PQ-OVERLAP", "expected bytes of its own");
}

#[test]
fn h42_codecs_and_encodings_that_do_not_exist() {
    let name = "row group 0, column `line_item_unblended_cost`";
    refused_with(|f| column(f, 1).at(&[4]).set(99), "PQ-CODEC", name);
    refused_with(|f| column(f, 1).at(&[4]).set(3), "PQ-CODEC", "found LZO");
    refused_with(|f| column(f, 1).at(&[2, 0]).set(77), "PQ-ENCODING", "encoding 77");
}

#[test]
fn h44_a_type_that_differs_from_the_schemas() {
    let says =
        "column `line_item_unblended_cost`: expected DOUBLE, as the schema says, found INT64";
    refused_with(|f| column(f, 1).at(&[1]).set(2), "PQ-TYPE", says);
    refused_with(|f| f.at(&[SCHEMA, 2, 1]).set(9), "PQ-TYPE", "found type 9");
}

#[test]
fn h45_two_columns_with_one_name() {
    let rename = |footer: &mut Value| {
        *footer.at(&[SCHEMA, 2, 4]) = Value::Text(b"id".into());
        *column(footer, 1).at(&[3, 0]) = Value::Text(b"id".into());
    };
    refused_with(
        rename,
        "PQ-DUPLICATE-COLUMN",
        "column `id`: expected each column once, found it at 0 and at 1",
    );
}

#[test]
fn h46_h47_h49_odd_names_and_newer_types_are_taken() {
    for name in [b"ID".as_slice(), b"i\0d", "зона".as_bytes()] {
        let bytes = edited(|footer| {
            *footer.at(&[SCHEMA, 2, 4]) = Value::Text(name.into());
            *column(footer, 1).at(&[3, 0]) = Value::Text(name.into());
        });
        assert_eq!(inspected(&bytes).unwrap().columns, 3);
    }
    let newer = Value::Struct([(99, Value::Struct([].into()))].into());
    let bytes = edited(|footer| drop(footer.at(&[SCHEMA, 2]).fields().insert(10, newer)));
    assert_eq!(inspected(&bytes).unwrap().columns, 3);
}

#[test]
fn h47_names_that_are_no_text_or_too_long() {
    let rename =
        |name: Vec<u8>| move |footer: &mut Value| *footer.at(&[SCHEMA, 2, 4]) = Value::Text(name);
    refused_with(rename(b"c\xFFd".to_vec()), "PQ-SCHEMA", "expected column names in UTF-8");
    refused_with(rename(vec![b'x'; 1 << 20]), "PQ-LIMIT", "found one of 1048576 bytes");
}

#[test]
fn h48_more_columns_than_any_export_has() {
    let widen = |footer: &mut Value| {
        footer.at(&[SCHEMA, 0, 5]).set(20_000);
        let items = &mut footer.at(&[SCHEMA]).list().items;
        let root = items[0].clone();
        *items = vec![items[1].clone(); 20_000];
        items.insert(0, root);
    };
    refused_with(widen, "PQ-LIMIT", "expected at most 10000 columns");
}

#[test]
fn data_in_another_file_is_not_fetched() {
    let link = |footer: &mut Value| {
        let chunk = footer.at(&[ROW_GROUPS, 0, 1, 1]).fields();
        chunk.insert(1, Value::Text(b"/etc/passwd".into()));
    };
    refused_with(link, "PQ-CHUNK", "a link to another file");
}

#[test]
fn columns_in_another_order_than_the_schemas_are_refused() {
    let swap = |footer: &mut Value| {
        let columns = &mut footer.at(&[ROW_GROUPS, 0, 1]).list().items;
        columns.swap(0, 1);
    };
    refused_with(swap, "PQ-TYPE", "row group 0, column `id`");
}

#[test]
fn padding_between_columns_and_row_groups_is_no_oddity() {
    let mut parts = Parts::of(&good_file());
    parts.body.extend(vec![0; 100_000]);
    assert!(inspected(&parts.join()).is_ok());
    parts.body.extend([1; 200]);
    refused(&parts.join(), "PQ-COVERAGE", "bytes at");
}

#[test]
fn no_changed_byte_of_a_footer_makes_the_check_panic() {
    let good = good_file();
    let start = Parts::of(&good).body.len();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant.parquet");
    for at in start..good.len() {
        for change in [0x01, 0xFF] {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            fs::write(&path, &bytes).unwrap();
            let file = File::open(&path).unwrap();
            if let Err(refusal) = footer::inspect(&file, &path, &FooterLimits::default()) {
                assert!(refusal.code.starts_with("PQ-"), "{refusal}");
            }
        }
    }
}
