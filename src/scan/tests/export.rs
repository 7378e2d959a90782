//! Export: random billing files, in every physical shape that a column can have.
//!
//! In:    a [`Recipe`], made by proptest so that a failing one shrinks.
//! Out:   the file; the same recipe writes the same bytes.
//! Never: writes what the format forbids; damage is done elsewhere.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, Float64Array, MapArray, RecordBatch, StringArray, StructArray,
    TimestampMillisecondArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use proptest::prelude::*;

use super::shape::{Coding, Dice, Gaps, Shape, shape};

/// Text columns; the last is a tag with a column of its own.
pub(super) const TEXTS: [&str; 6] = [
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_operation",
    "bill_payer_account_id",
    "line_item_resource_id",
    "resource_tags_user_team",
];
/// Columns of doubles.
pub(super) const AMOUNTS: [&str; 5] = [
    "line_item_unblended_cost",
    "line_item_blended_cost",
    "line_item_net_unblended_cost",
    "line_item_usage_amount",
    "reservation_effective_cost",
];
/// Map columns, each of which has two leaves.
pub(super) const MAPS: [&str; 3] = ["tags", "resource_tags", "product"];
pub(super) const INSTANT: &str = "line_item_usage_start_date";
/// One shape for each leaf, the instant's last.
pub(super) const LEAVES: usize = TEXTS.len() + AMOUNTS.len() + 2 * MAPS.len() + 1;

const TYPES: [&str; 5] = ["Usage", "DiscountedUsage", "Credit", "SavingsPlanCoveredUsage", ""];
/// Keys of maps: wanted ones in all spellings, and others.
const KEYS: [&str; 16] = [
    "user_team",
    "team",
    "resourceTags/team",
    "resourceTags/user:team",
    "user_Team",
    "aws:team",
    "user_sagemaker_domain_arn",
    "resourceTags/sagemaker:domain-arn",
    "sagemakerDomainArn",
    "accountTag/owner",
    "region_code",
    "region",
    "instance_type",
    "other",
    "größe",
    "",
];

/// A whole file.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) rows: usize,
    pub(super) seed: u64,
    pub(super) version: WriterVersion,
    pub(super) compression: Compression,
    pub(super) group_rows: usize,
    pub(super) page_rows: usize,
    pub(super) shapes: Vec<Shape>,
}

impl Recipe {
    /// A file with this shape of all leaves.
    pub(super) fn uniform(rows: usize, shape: Shape) -> Self {
        Self {
            rows,
            seed: 7,
            version: WriterVersion::PARQUET_1_0,
            compression: Compression::UNCOMPRESSED,
            group_rows: usize::MAX,
            page_rows: usize::MAX,
            shapes: vec![shape; LEAVES],
        }
    }

    /// The leaves of a map: the keys' shape and the values'.
    pub(super) fn map_shapes(&self, map: usize) -> (Shape, Shape) {
        let first = TEXTS.len() + AMOUNTS.len() + 2 * map;
        (self.shapes[first], self.shapes[first + 1])
    }

    pub(super) fn write(&self, path: &Path) {
        let mut dice = Dice(self.seed);
        let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
        for (name, shape) in TEXTS.iter().zip(&self.shapes) {
            let pool: &[&str] = if *name == TEXTS[0] { &TYPES } else { &[] };
            let values: Vec<_> =
                (0..self.rows).map(|_| shape.gap(&mut dice, |d| d.text(shape, pool))).collect();
            columns.push(field(name, shape.gaps, texts(&values, *shape)));
        }
        for (name, shape) in AMOUNTS.iter().zip(&self.shapes[TEXTS.len()..]) {
            let values = (0..self.rows).map(|_| shape.gap(&mut dice, |d| d.amount(shape)));
            columns.push(field(name, shape.gaps, Arc::new(values.collect::<Float64Array>())));
        }
        for (at, name) in MAPS.iter().enumerate() {
            columns.push(self.map(name, self.map_shapes(at), &mut dice));
        }
        let shape = self.shapes[LEAVES - 1];
        let instants: Vec<_> =
            (0..self.rows).map(|_| shape.gap(&mut dice, |d| d.below(1_700_000_000_000))).collect();
        columns.push(field(INSTANT, shape.gaps, dates(&instants, shape)));
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, schema, Some(self.properties())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn map(
        &self,
        name: &str,
        (keys, values): (Shape, Shape),
        dice: &mut Dice,
    ) -> (Field, ArrayRef) {
        let (mut lengths, mut valid) = (Vec::new(), Vec::new());
        let (mut key_texts, mut value_texts) = (Vec::new(), Vec::new());
        for _ in 0..self.rows {
            let length = keys.gap(dice, |dice| dice.below(6).saturating_sub(1));
            valid.push(length.is_some());
            lengths.push(usize::try_from(length.unwrap_or(0)).unwrap());
            for _ in 0..length.unwrap_or(0) {
                key_texts.push(Some(dice.text(&keys, &KEYS)));
                value_texts.push(values.gap(dice, |dice| dice.text(&values, &[])));
            }
        }
        let (key_field, key_array) = field("key", Gaps::Required, texts(&key_texts, keys));
        let (value_field, value_array) = field("value", values.gaps, texts(&value_texts, values));
        let fields = Fields::from(vec![key_field, value_field]);
        let entries = StructArray::new(fields.clone(), vec![key_array, value_array], None);
        let entries_field = Field::new("key_value", DataType::Struct(fields), false);
        let offsets = OffsetBuffer::from_lengths(lengths);
        let nulls = (keys.gaps != Gaps::Required).then(|| NullBuffer::from(valid));
        let map = MapArray::new(Arc::new(entries_field), offsets, entries, nulls, false);
        field(name, keys.gaps, Arc::new(map))
    }

    fn properties(&self) -> WriterProperties {
        let mut builder = WriterProperties::builder()
            .set_writer_version(self.version)
            .set_compression(self.compression)
            .set_max_row_group_row_count(Some(self.group_rows))
            .set_data_page_row_count_limit(self.page_rows)
            .set_write_batch_size(16);
        let flat = TEXTS.iter().chain(&AMOUNTS).map(|name| ColumnPath::from(*name));
        let leaf = |map: &&str, leaf: &str| {
            ColumnPath::new(vec![(*map).to_owned(), "key_value".into(), leaf.into()])
        };
        let leaves = MAPS.iter().flat_map(|map| [leaf(map, "key"), leaf(map, "value")]);
        let leaves = leaves.chain([ColumnPath::from(INSTANT)]);
        for (path, shape) in flat.chain(leaves).zip(&self.shapes) {
            builder = shape.apply(builder, path);
        }
        builder.build()
    }
}

fn field(name: &str, gaps: Gaps, array: ArrayRef) -> (Field, ArrayRef) {
    (Field::new(name, array.data_type().clone(), gaps != Gaps::Required), array)
}

/// Instants as AWS writes them, or, where they are coded, as the text that others make of them.
fn dates(instants: &[Option<u64>], shape: Shape) -> ArrayRef {
    if shape.coding == Coding::Plain {
        let instants = instants.iter().map(|at| at.map(u64::cast_signed));
        return Arc::new(instants.collect::<TimestampMillisecondArray>());
    }
    let text = |at: u64| format!("20{:02}-{:02}-01T00:00:00Z", at % 100, at % 11 + 1);
    texts(&instants.iter().map(|at| at.map(text)).collect::<Vec<_>>(), shape)
}

fn texts(values: &[Option<String>], shape: Shape) -> ArrayRef {
    if shape.is_marked {
        return Arc::new(values.iter().map(Option::as_deref).collect::<StringArray>());
    }
    let bytes = values.iter().map(|text| text.as_deref().map(str::as_bytes));
    Arc::new(bytes.collect::<BinaryArray>())
}

pub(super) fn recipe() -> impl Strategy<Value = Recipe> {
    let rows = prop_oneof![4 => 0..400_usize, 1 => 400..3_000_usize];
    let version =
        prop::sample::select(vec![WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0]);
    let compression = prop::sample::select(vec![
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
    ]);
    let group_rows = prop::sample::select(vec![1_usize << 20, 997, 100]);
    let page_rows = prop::sample::select(vec![1_usize << 20, 333, 20, 1]);
    let shapes = prop::collection::vec(shape(), LEAVES);
    (rows, any::<u64>(), version, compression, group_rows, page_rows, shapes).prop_map(
        |(rows, seed, version, compression, group_rows, page_rows, shapes)| Recipe {
            rows,
            seed,
            version,
            compression,
            group_rows,
            page_rows,
            shapes,
        },
    )
}
