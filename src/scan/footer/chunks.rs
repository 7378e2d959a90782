//! Chunks: what each row group says about its columns.
//!
//! In:    the list of `RowGroup`s, and the leaves of the schema.
//! Out:   [`Groups`]: rows, and the stretches of the file that belong to someone.
//! Never: keeps a row group's description once its stretches are known.

use super::cover::{Owner, Span, Spans};
use super::schema::Leaf;
use super::thrift::{Cursor, Field, Kind};
use super::{FooterLimits, Located, MAGIC_BYTES, Result, refuse};
use crate::diagnostic::Refusal;

/// `CompressionCodec`: LZO, number 3, has no reader.
const CODECS: [i32; 7] = [0, 1, 2, 4, 5, 6, 7];

/// `Encoding`: number 1 was never used.
pub(super) fn is_encoding(number: i32) -> bool {
    matches!(number, 0 | 2..=10)
}

/// All row groups.
#[derive(Default)]
pub(super) struct Groups {
    pub(super) count: usize,
    pub(super) rows: u64,
    pub(super) spans: Spans,
}

impl Groups {
    pub(super) fn parse(
        cursor: &mut Cursor,
        kind: Kind,
        leaves: &[Leaf],
        limits: &FooterLimits,
    ) -> Result<Self> {
        let count = cursor.list(kind, Kind::Struct)?;
        if count > limits.row_groups {
            let expected = format!("at most {} row groups", limits.row_groups);
            return Err(refuse("PQ-LIMIT", expected, format!("{count} of them")));
        }
        let mut groups = Self { count, ..Self::default() };
        for index in 0..count {
            groups.row_group(cursor, index, leaves).map_err(|e| e.in_row_group(index))?;
        }
        groups.spans.name(leaves);
        Ok(groups)
    }

    /// `RowGroup`.
    fn row_group(&mut self, cursor: &mut Cursor, index: usize, leaves: &[Leaf]) -> Result<()> {
        let (mut values, mut rows) = (None, None);
        let mut fields = Field::first();
        while let Some((id, kind)) = fields.next(cursor)? {
            match id {
                1 => values = Some(self.columns(cursor, kind, (index, leaves))?),
                3 => rows = Some(cursor.integer(kind)?),
                _ => cursor.skip(kind)?,
            }
        }
        let values = values.ok_or_else(|| lacks("columns"))?;
        let rows = rows.ok_or_else(|| lacks("a number of rows"))?;
        let rows = u64::try_from(rows)
            .map_err(|_| refuse("PQ-ROWS", "a number of rows", format!("{rows} rows")))?;
        for (leaf, values) in leaves.iter().zip(values) {
            // A row has one value of a flat column; an empty list or map has a place holder.
            let agrees = if leaf.is_repeated { values >= rows } else { values == rows };
            if !agrees {
                let found = format!("{values} values for {rows} rows");
                return Err(refuse("PQ-ROWS", "a value for each row", found).in_column(leaf.name()));
            }
        }
        let sum = self.rows.checked_add(rows).filter(|sum| i64::try_from(*sum).is_ok());
        self.rows = sum.ok_or_else(|| refuse("PQ-ROWS", "fewer than 2^63 rows", "more"))?;
        Ok(())
    }

    /// The list of `ColumnChunk`s; how many values each of them has.
    fn columns(
        &mut self,
        cursor: &mut Cursor,
        kind: Kind,
        (index, leaves): (usize, &[Leaf]),
    ) -> Result<Vec<u64>> {
        let count = cursor.list(kind, Kind::Struct)?;
        if count != leaves.len() {
            let lacking =
                leaves.get(count).map(|leaf| format!(", `{}` is the first without", leaf.name()));
            let found =
                format!("{count} of {} columns{}", leaves.len(), lacking.unwrap_or_default());
            return Err(refuse("PQ-SCHEMA", "every column in every row group", found));
        }
        let mut values = Vec::with_capacity(count);
        for (column, leaf) in leaves.iter().enumerate() {
            let chunk = Chunk::parse(cursor, leaf).and_then(|chunk| {
                self.spans.add_all(chunk.spans(Owner::of(index, column))?);
                chunk.values()
            });
            values.push(chunk.map_err(|e| e.in_column(leaf.name()))?);
        }
        Ok(values)
    }
}

/// `ColumnChunk` with its `ColumnMetaData`; offsets and sizes in bytes.
#[derive(Default)]
struct Chunk {
    values: Option<i64>,
    packed: Option<i64>,
    unpacked: Option<i64>,
    data: Option<i64>,
    dictionary: Option<i64>,
    index_page: Option<i64>,
    bloom: (Option<i64>, Option<i64>),
    offset_index: (Option<i64>, Option<i64>),
    column_index: (Option<i64>, Option<i64>),
    has_metadata: bool,
    is_encrypted: bool,
}

impl Chunk {
    fn parse(cursor: &mut Cursor, leaf: &Leaf) -> Result<Self> {
        let mut chunk = Self::default();
        let mut fields = Field::first();
        while let Some((id, kind)) = fields.next(cursor)? {
            match id {
                1 if !cursor.binary(kind)?.is_empty() => {
                    return Err(refuse("PQ-CHUNK", "data in this file", "a link to another file"));
                }
                1 => {}
                3 => chunk.metadata(cursor, kind, leaf)?,
                4 => chunk.offset_index.0 = Some(cursor.integer(kind)?),
                5 => chunk.offset_index.1 = Some(cursor.integer(kind)?),
                6 => chunk.column_index.0 = Some(cursor.integer(kind)?),
                7 => chunk.column_index.1 = Some(cursor.integer(kind)?),
                8 | 9 => {
                    chunk.is_encrypted = true;
                    cursor.skip(kind)?;
                }
                _ => cursor.skip(kind)?,
            }
        }
        if chunk.is_encrypted {
            return Err(refuse("PQ-ENCRYPTED", "a plain column", "an encrypted one"));
        }
        if !chunk.has_metadata {
            return Err(lacks("a description of the column"));
        }
        Ok(chunk)
    }

    /// `ColumnMetaData`.
    fn metadata(&mut self, cursor: &mut Cursor, kind: Kind, leaf: &Leaf) -> Result<()> {
        cursor.must_be(kind, Kind::Struct)?;
        self.has_metadata = true;
        let mut fields = Field::first();
        while let Some((id, kind)) = fields.next(cursor)? {
            match id {
                1 => physical_type(cursor.int32(kind)?, leaf)?,
                2 => encodings(cursor, kind)?,
                3 => path_in_schema(cursor, kind, leaf)?,
                4 => codec(cursor.int32(kind)?)?,
                5 => self.values = Some(cursor.integer(kind)?),
                6 => self.unpacked = Some(cursor.integer(kind)?),
                7 => self.packed = Some(cursor.integer(kind)?),
                9 => self.data = Some(cursor.integer(kind)?),
                10 => self.index_page = Some(cursor.integer(kind)?),
                11 => self.dictionary = Some(cursor.integer(kind)?),
                // One vendor had fields of its own here before the format took the numbers.
                14 if kind == Kind::Integer => self.bloom.0 = Some(cursor.integer(kind)?),
                15 if kind == Kind::Integer => self.bloom.1 = Some(cursor.integer(kind)?),
                _ => cursor.skip(kind)?,
            }
        }
        Ok(())
    }

    fn values(&self) -> Result<u64> {
        let values = self.values.ok_or_else(|| lacks("a number of values"))?;
        u64::try_from(values)
            .map_err(|_| refuse("PQ-ROWS", "a number of values", format!("{values} of them")))
    }

    /// The stretches of the file that the column says are its own.
    fn spans(&self, owner: Owner) -> Result<Vec<Span>> {
        let mut spans = Vec::new();
        let size = |size: Option<i64>| {
            let size = size.ok_or_else(|| lacks("a size"))?;
            u64::try_from(size).map_err(|_| outside(format!("a size of {size} bytes")))
        };
        size(self.unpacked)?;
        let packed = size(self.packed)?;
        if packed > 0 {
            let start = self.start(packed)?;
            spans.push(Span { start, end: Some(start + packed), owner });
        } else if self.values()? > 0 {
            return Err(outside(format!("no bytes for {} values", self.values()?)));
        }
        for (offset, length) in [self.offset_index, self.column_index, self.bloom] {
            let Some(offset) = offset.filter(|offset| *offset != 0) else { continue };
            let start = u64::try_from(offset).map_err(|_| outside(format!("offset {offset}")))?;
            let length = length.map(|length| {
                u64::try_from(length).map_err(|_| outside(format!("{length} bytes")))
            });
            let end = length.transpose()?.map(|length| start.saturating_add(length));
            spans.push(Span { start, end, owner: owner.index() });
        }
        Ok(spans)
    }

    /// Where the first page is: the dictionary's, when the writer tells, else the first data page.
    /// Some writers have a dictionary without telling, or tell 0; without values, data may be at 0.
    fn start(&self, packed: u64) -> Result<u64> {
        let data = self.data.ok_or_else(|| lacks("an offset"))?;
        let data = Some(data).filter(|data| *data != 0 || self.values != Some(0));
        let dictionary = self.dictionary.filter(|offset| *offset != 0);
        let index = self.index_page.filter(|offset| *offset != 0);
        let start = [data, dictionary, index].into_iter().flatten().min().unwrap_or(0);
        let begins = u64::try_from(start).ok().filter(|start| *start >= MAGIC_BYTES);
        let start = begins.ok_or_else(|| outside(format!("offset {start}")))?;
        let end = start.checked_add(packed).filter(|end| i64::try_from(*end).is_ok());
        let end = end.ok_or_else(|| outside(format!("{packed} bytes at {start}")))?;
        let inside = |offset: i64| u64::try_from(offset).is_ok_and(|at| at < end);
        if let Some(offset) = [data, dictionary].into_iter().flatten().find(|at| !inside(*at)) {
            return Err(outside(format!("a page at {offset} of a chunk at {start}..{end}")));
        }
        if data.is_some() && dictionary > data {
            return Err(outside("a dictionary behind its data".to_owned()));
        }
        Ok(start)
    }
}

fn physical_type(found: i32, leaf: &Leaf) -> Result<()> {
    const NAMES: [&str; 8] = [
        "BOOLEAN",
        "INT32",
        "INT64",
        "INT96",
        "FLOAT",
        "DOUBLE",
        "BYTE_ARRAY",
        "FIXED_LEN_BYTE_ARRAY",
    ];
    if found == leaf.physical {
        return Ok(());
    }
    let name = |number: i32| {
        let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number));
        name.map_or_else(|| format!("type {number}"), |name| (*name).to_owned())
    };
    let expected = format!("{}, as the schema says", name(leaf.physical));
    Err(refuse("PQ-TYPE", expected, name(found)))
}

fn encodings(cursor: &mut Cursor, kind: Kind) -> Result<()> {
    for _ in 0..cursor.list(kind, Kind::Integer)? {
        let encoding = cursor.int32(Kind::Integer)?;
        if !is_encoding(encoding) {
            let found = format!("encoding {encoding}");
            return Err(refuse("PQ-ENCODING", "an encoding that Parquet has", found));
        }
    }
    Ok(())
}

fn codec(codec: i32) -> Result<()> {
    if CODECS.contains(&codec) {
        return Ok(());
    }
    let found = if codec == 3 { "LZO".to_owned() } else { format!("codec {codec}") };
    Err(refuse("PQ-CODEC", "SNAPPY, GZIP, ZSTD, BROTLI, LZ4 or no compression", found))
}

fn path_in_schema(cursor: &mut Cursor, kind: Kind, leaf: &Leaf) -> Result<()> {
    let count = cursor.list(kind, Kind::Binary)?;
    let mut same = count == leaf.path.len();
    for index in 0..count {
        let name = cursor.binary(Kind::Binary)?;
        same &= leaf.path.get(index).is_some_and(|expected| expected.as_bytes() == name);
    }
    if same { Ok(()) } else { Err(refuse("PQ-SCHEMA", "columns in the schema's order", "another")) }
}

fn outside(found: String) -> Refusal {
    refuse("PQ-CHUNK", "column data inside the file", found)
}

fn lacks(what: &str) -> Refusal {
    refuse("PQ-FOOTER", format!("a footer with {what}"), "none")
}
