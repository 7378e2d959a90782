//! Locate: where a wanted field lies in one file, under whichever spelling.
//!
//! In:    the file's columns and types, and the wanted fields.
//! Out:   the export schema, a [`Location`] per field, best spelling first.
//! Never: decodes a value; which spelling wins on a row is settled where rows are folded.

use arrow::datatypes::{DataType, Schema};

use crate::diagnostic::{Place, Refusal};
use crate::model::line_items::{Field, TagHome};
use crate::model::segment;
use crate::model::source_column::{IN_PRODUCT_MAP, SourceColumn, SourceKind};
use crate::model::tag_key::{Rank, TagKey};
use crate::scan::source_file::ExportSchema;

/// Where one field lies: possibly in several places, best first.
#[derive(Debug, Clone)]
pub(super) struct Location {
    pub(super) field: Field,
    pub(super) sources: Vec<Source>,
}

/// One place of a field.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A top-level column.
    Flat { root: usize },
    /// Keys of a top-level map column.
    Map { root: usize, keys: MapKeys },
}

impl Source {
    pub(super) fn root(&self) -> usize {
        match self {
            Self::Flat { root } | Self::Map { root, .. } => *root,
        }
    }
}

/// Which keys of a map are meant.
#[derive(Debug, Clone)]
pub(super) enum MapKeys {
    /// Every spelling of a tag.
    Tag(TagKey),
    /// One key, letter case aside.
    Literal(&'static str),
    /// One key as it is.
    Exact(String),
}

impl MapKeys {
    /// How well a key fits, `None` when it is another one.
    pub(super) fn rank_of(&self, key: &str) -> Option<Rank> {
        match self {
            Self::Tag(tag) => tag.rank_of(key),
            Self::Literal(literal) => key.eq_ignore_ascii_case(literal).then_some(Rank::Exact),
            Self::Exact(exact) => (key == exact).then_some(Rank::Exact),
        }
    }
}

/// Columns that only CUR 2.0 has.
const CUR2_MARKS: &[&str] = &["resource_tags", "tags", "product", "bill_payer_account_name"];

/// Columns that only segments of the store have.
const CHARGES_MARKS: &[&str] =
    &["unblended_cost", segment::LINE_ITEMS, "amortized_cost_difference"];

/// Columns that only FOCUS has.
const FOCUS_MARKS: &[&str] = &["billedcost", "effectivecost", "chargeperiodstart"];

/// Tells the export schema by the column names (lower case).
pub(super) fn detect(place: &Place, columns: &[String]) -> Result<ExportSchema, Refusal> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    if CHARGES_MARKS.iter().all(|mark| has(mark)) {
        return Ok(ExportSchema::Charges);
    }
    if columns.iter().any(|column| column.starts_with("line_item_")) {
        let is_cur2 = CUR2_MARKS.iter().any(|mark| has(mark));
        return Ok(if is_cur2 { ExportSchema::Cur2 } else { ExportSchema::LegacyCur });
    }
    let refusal = |code, found: String, hint: &str| Refusal {
        code,
        place: place.clone(),
        expected: "columns of a cost and usage report (`line_item_unblended_cost`, ...)".into(),
        found,
        hint: hint.to_owned(),
    };
    if FOCUS_MARKS.iter().filter(|mark| has(mark)).count() >= 2 {
        return Err(refusal(
            "SRC-FOCUS",
            "a FOCUS export".into(),
            "FOCUS is not supported yet; export CUR 2.0 or a legacy CUR as Parquet",
        ));
    }
    if columns == ["status"] {
        return Err(refusal(
            "SRC-STATUS",
            "the delivery status table that AWS puts beside an export".into(),
            "point at the export's folder; this file holds no billing data",
        ));
    }
    let shown = columns.iter().take(4).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let more = if columns.len() > 4 { ", ..." } else { "" };
    Err(refusal(
        "SRC-SCHEMA",
        format!("{} columns: {}{more}", columns.len(), shown.join(", ")),
        "is this file part of a cost and usage report?",
    ))
}

/// Whether no spelling of a column is there.
pub(super) fn is_missing(column: SourceColumn, columns: &[String]) -> bool {
    let has = |name: &str| columns.iter().any(|found| found == name);
    let in_product = IN_PRODUCT_MAP.iter().any(|(of, _)| *of == column) && has("product");
    !in_product && !column.names().iter().any(|name| has(name))
}

/// Whether a file of these columns (lower case) has no place for a field.
pub fn lacks(field: &Field, columns: &[String]) -> bool {
    let has = |name: &str| columns.iter().any(|found| found == name);
    let has_flat = |home: &TagHome, fits: &dyn Fn(&str) -> bool| {
        columns.iter().filter_map(|name| name.strip_prefix(home.prefix())).any(fits)
    };
    let has_tag = |homes: &[TagHome], tag: &TagKey| {
        let fits = |key: &str| tag.rank_of(key).is_some();
        homes.iter().any(|home| has(home.map()) || has_flat(home, &fits))
    };
    match field {
        Field::Column(column) | Field::Hour(column) => is_missing(*column, columns),
        Field::Tag(tag) => !has_tag(TagHome::OF_TAGS, tag),
        Field::CostCategory(name) => !has_tag(TagHome::OF_CATEGORIES, name),
        Field::Delivered(home, key) => !has(home.map()) && !has_flat(home, &|found| found == key),
        // It is told by the resource id.
        Field::OwnerResource => is_missing(SourceColumn::ResourceId, columns),
    }
}

/// Finds every field; a field without any source is absent from the result.
pub(super) fn locate(
    place: &Place,
    export: ExportSchema,
    schema: &Schema,
    fields: &[Field],
) -> Result<Vec<Location>, Refusal> {
    let mut locations = Vec::with_capacity(fields.len());
    for field in fields {
        let sources = match field {
            _ if export == ExportSchema::Charges => charge_sources(schema, field),
            Field::Column(column) | Field::Hour(column) => column_sources(place, schema, *column)?,
            Field::Tag(tag) => tag_sources(place, schema, tag, TagHome::OF_TAGS)?,
            Field::CostCategory(name) => tag_sources(place, schema, name, TagHome::OF_CATEGORIES)?,
            Field::Delivered(home, key) => delivered_sources(place, schema, *home, key)?,
            Field::OwnerResource => Vec::new(),
        };
        if !sources.is_empty() {
            locations.push(Location { field: field.clone(), sources });
        }
    }
    Ok(locations)
}

/// The places of a field in a segment, whose columns and types are ours.
fn charge_sources(schema: &Schema, field: &Field) -> Vec<Source> {
    let flat = |name: &str| schema.index_of(name).ok().map(|root| Source::Flat { root });
    let ranked = |homes: &[TagHome], tag: &TagKey| -> Vec<Source> {
        let mut found: Vec<(usize, Rank, usize)> = Vec::new();
        for (root, column) in schema.fields().iter().enumerate() {
            for (at, home) in homes.iter().enumerate() {
                let key = column.name().strip_prefix(home.prefix());
                found.extend(key.and_then(|key| tag.rank_of(key)).map(|rank| (at, rank, root)));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, root)| Source::Flat { root }).collect()
    };
    match field {
        Field::Column(column) => segment::column_of(*column).and_then(flat).into_iter().collect(),
        Field::Tag(tag) => ranked(TagHome::OF_TAGS, tag),
        Field::CostCategory(name) => ranked(TagHome::OF_CATEGORIES, name),
        Field::Delivered(home, key) => flat(&segment::tag_column(*home, key)).into_iter().collect(),
        Field::OwnerResource => flat(segment::OWNER_RESOURCE).into_iter().collect(),
        // Of usage that lasted longer there is none.
        Field::Hour(SourceColumn::UsageStart) => flat(segment::HOUR).into_iter().collect(),
        Field::Hour(_) => Vec::new(),
    }
}

/// The place of a column whether or not the question names it, types checked.
pub(super) fn column_sources(
    place: &Place,
    schema: &Schema,
    column: SourceColumn,
) -> Result<Vec<Source>, Refusal> {
    let mut sources = Vec::new();
    for name in column.names() {
        let Some(root) = root_of(place, schema, name)? else { continue };
        check_type(place, schema, root, column)?;
        sources.push(Source::Flat { root });
    }
    for (_, key) in IN_PRODUCT_MAP.iter().filter(|(of, _)| *of == column) {
        if let Some(root) = root_of(place, schema, "product")?
            && is_text_map(schema.field(root).data_type())
        {
            sources.push(Source::Map { root, keys: MapKeys::Literal(key) });
        }
    }
    Ok(sources)
}

fn tag_sources(
    place: &Place,
    schema: &Schema,
    tag: &TagKey,
    homes: &[TagHome],
) -> Result<Vec<Source>, Refusal> {
    let mut sources = Vec::new();
    for home in homes {
        if let Some(root) = map_of(place, schema, *home)? {
            sources.push(Source::Map { root, keys: MapKeys::Tag(tag.clone()) });
        }
    }
    for home in homes {
        let mut flat: Vec<(Rank, usize)> = Vec::new();
        for (root, key) in flat_keys(schema, *home) {
            if let Some(rank) = tag.rank_of(&key) {
                refuse_unless_text(place, schema, root)?;
                flat.push((rank, root));
            }
        }
        flat.sort_unstable();
        sources.extend(flat.into_iter().map(|(_, root)| Source::Flat { root }));
    }
    Ok(sources)
}

/// The places of one spelling of a key.
fn delivered_sources(
    place: &Place,
    schema: &Schema,
    home: TagHome,
    key: &str,
) -> Result<Vec<Source>, Refusal> {
    let mut sources = Vec::new();
    if let Some(root) = map_of(place, schema, home)? {
        sources.push(Source::Map { root, keys: MapKeys::Exact(key.to_owned()) });
    }
    for (root, _) in flat_keys(schema, home).filter(|(_, found)| found == key) {
        refuse_unless_text(place, schema, root)?;
        sources.push(Source::Flat { root });
    }
    Ok(sources)
}

/// The map of a home, if the file has one.
pub(super) fn map_of(
    place: &Place,
    schema: &Schema,
    home: TagHome,
) -> Result<Option<usize>, Refusal> {
    let Some(root) = root_of(place, schema, home.map())? else { return Ok(None) };
    let found = schema.field(root).data_type();
    if !is_text_map(found) {
        return Err(retyped(place, home.map(), "a map of text to text", found));
    }
    Ok(Some(root))
}

/// The flat columns of a home and their keys, lower case as legacy exports have them. The newer
/// map never had flat columns.
pub(super) fn flat_keys(
    schema: &Schema,
    home: TagHome,
) -> impl Iterator<Item = (usize, String)> + '_ {
    let columns = schema.fields().iter().enumerate().filter(move |_| home != TagHome::Tags);
    columns.filter_map(move |(root, field)| {
        let name = field.name().to_lowercase();
        name.strip_prefix(home.prefix()).map(|key| (root, key.to_owned()))
    })
}

fn refuse_unless_text(place: &Place, schema: &Schema, root: usize) -> Result<(), Refusal> {
    let field = schema.field(root);
    if is_text(field.data_type()) {
        return Ok(());
    }
    Err(retyped(place, &field.name().to_lowercase(), "text", field.data_type()))
}

/// The position of a top-level column, letter case aside; two of them are refused.
fn root_of(place: &Place, schema: &Schema, name: &str) -> Result<Option<usize>, Refusal> {
    let mut found = schema
        .fields()
        .iter()
        .enumerate()
        .filter(|(_, field)| field.name().eq_ignore_ascii_case(name))
        .map(|(root, _)| root);
    let first = found.next();
    match found.next() {
        None => Ok(first),
        Some(second) => Err(Refusal {
            code: "SRC-DUPLICATE-COLUMN",
            place: place.in_column(name),
            expected: "one column of this name, letter case aside".into(),
            found: format!("columns {} and {second}", first.unwrap_or_default()),
            hint: "rename one of them in the SELECT of the export".into(),
        }),
    }
}

fn check_type(
    place: &Place,
    schema: &Schema,
    root: usize,
    column: SourceColumn,
) -> Result<(), Refusal> {
    let field = schema.field(root);
    let found = field.data_type();
    let (fits, expected) = match column.kind() {
        SourceKind::Text => (is_text(found), "text"),
        SourceKind::Amount | SourceKind::Quantity => (
            matches!(found, DataType::Float64 | DataType::Null)
                || matches!(found, DataType::Decimal128(_, scale) if (0..=38).contains(scale)),
            "DOUBLE or DECIMAL",
        ),
        SourceKind::Instant => (
            matches!(
                found,
                DataType::Timestamp(..)
                    | DataType::Date32
                    | DataType::Dictionary(..)
                    | DataType::Null
            ),
            "a timestamp",
        ),
    };
    if fits { Ok(()) } else { Err(retyped(place, field.name(), expected, found)) }
}

/// Account ids are sometimes stored as numbers, and a tag that nothing has as NULLs of no type.
fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Dictionary(..) | DataType::Null) || data_type.is_integer()
}

fn is_text_map(data_type: &DataType) -> bool {
    let DataType::Map(entries, _) = data_type else { return false };
    let DataType::Struct(children) = entries.data_type() else { return false };
    children.len() == 2
        && children.iter().all(|child| matches!(child.data_type(), DataType::Dictionary(..)))
}

fn retyped(place: &Place, column: &str, expected: &str, found: &DataType) -> Refusal {
    // Dictionaries are how we ask for text, not what the file says.
    let found = match found {
        DataType::Dictionary(..) => "text".to_owned(),
        other => other.to_string(),
    };
    Refusal {
        code: "SRC-TYPE",
        place: place.in_column(column),
        expected: expected.to_owned(),
        found,
        hint: "export the column as AWS delivers it, without a cast or an alias".into(),
    }
}
