//! Export: billing exports written as tables of text.
//!
//! In:    a table: a header of words (`type | cost | user | ...`), one line per line item.
//! Out:   Parquet files as AWS would deliver them, in either schema and in any layout.
//! Never: knows what curtail makes of a line.
//!
//! ```text
//! type  | cost | user    | usage_type
//! Usage | 1.50 | d-1/zoë | Studio:JupyterLab-ml.t3.medium
//! Tax   | 0.30 | -       | -
//! ```
//!
//! `-` is nothing (NULL in CUR 2.0, `''` or `0.0` in legacy CUR), `''` is empty text. Words are
//! those of `columns.rs`, `tag:KEY`, `map[key]`, or the name of a column. `d-1/zoë` under `user`,
//! and a resource with a `/`, are short for ARNs. After an empty line comes another header. A word
//! that a header lacks has its default.

mod columns;
mod file;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use curtail::model::tag_key::aws_column_name;
use parquet::basic::Compression;

use columns::{Kind, Place, WORDS, column_name, place_of};
use file::{Cells, Column, Nothing, Physics};

/// The head of every ARN that a fixture writes short.
pub(crate) const HEAD: &str = "arn:aws:sagemaker:us-east-1:111122223333:";

/// Tells lines apart; AWS fills it on every line.
const LINE_ID: &str = "identity_line_item_id";

/// What a line holds where its table has no word for it.
const DEFAULTS: &[(&str, &str)] = &[
    ("type", "Usage"),
    ("currency", "USD"),
    ("product", "AmazonSageMaker"),
    ("account", "111122223333"),
    ("payer", "999988887777"),
    ("region", "us-east-1"),
    ("day", "2026-10-15T09:00:00"),
    ("month", "2026-10-01"),
];

/// Which export is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    LegacyCur,
    Cur2,
}

/// Where tags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TagHome {
    /// A column per tag: `resource_tags_user_team`.
    Columns,
    /// The map `resource_tags` with keys such as `user_team`.
    ResourceTags,
    /// The map `tags` with keys such as `resourceTags/team`.
    Tags,
}

/// How instants are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instants {
    Millis,
    Micros,
    Nanos,
    Int96,
    Date,
    Text,
}

/// How amounts are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amounts {
    Double,
    /// 38 digits, this many of them after the point.
    Decimal(u8),
    Long,
    Text,
}

/// An export that is not written yet.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    schema: Schema,
    words: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
    tag_homes: Vec<TagHome>,
    instants: Instants,
    amounts: Amounts,
    retyped: BTreeMap<String, Amounts>,
    without: Vec<String>,
    renamed: BTreeMap<String, String>,
    order: u64,
    /// Which of several files this is: their line ids differ, as those of AWS do.
    file: usize,
    physics: Physics,
}

impl Export {
    /// A CUR 2.0 export of the lines of a table.
    pub(crate) fn cur2(table: &str) -> Self {
        let (words, rows) = parse(table);
        Self::of_rows(Schema::Cur2, words, rows)
    }

    /// A legacy CUR export of the lines of a table.
    pub(crate) fn legacy(table: &str) -> Self {
        Self::cur2(table).in_schema(Schema::LegacyCur)
    }

    /// An export of rows that a test made: one value per word.
    pub(crate) fn of_rows(
        schema: Schema,
        words: Vec<String>,
        rows: Vec<Vec<Option<String>>>,
    ) -> Self {
        let physics = Physics {
            nothing: Nothing::Null,
            row_group: usize::MAX,
            dictionary: true,
            compression: Compression::SNAPPY,
        };
        let export = Self {
            schema,
            words,
            rows,
            tag_homes: Vec::new(),
            instants: Instants::Millis,
            amounts: Amounts::Double,
            retyped: BTreeMap::new(),
            without: Vec::new(),
            renamed: BTreeMap::new(),
            order: 0,
            file: 0,
            physics,
        };
        export.in_schema(schema)
    }

    /// The same lines in the other schema: another word for nothing, another home for tags.
    pub(crate) fn in_schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        (self.tag_homes, self.physics.nothing) = match schema {
            Schema::LegacyCur => (vec![TagHome::Columns], Nothing::Default),
            Schema::Cur2 => (vec![TagHome::ResourceTags], Nothing::Null),
        };
        self
    }

    /// Tags in these homes and no others; with two homes every tag is there twice.
    pub(crate) fn tags_in(mut self, homes: &[TagHome]) -> Self {
        self.tag_homes = homes.to_vec();
        self
    }

    /// Instants of this physical type.
    pub(crate) fn instants_as(mut self, instants: Instants) -> Self {
        self.instants = instants;
        self
    }

    /// Amounts of this physical type.
    pub(crate) fn amounts_as(mut self, amounts: Amounts) -> Self {
        self.amounts = amounts;
        self
    }

    /// One column of text or amounts as another physical type.
    pub(crate) fn retyped(mut self, word: &str, amounts: Amounts) -> Self {
        self.retyped.insert(column_name(word).to_owned(), amounts);
        self
    }

    /// Columns left out, by word or by name.
    pub(crate) fn without(mut self, words: &[&str]) -> Self {
        self.without.extend(words.iter().map(|word| column_name(word).to_owned()));
        self
    }

    /// No columns but these, by word or by name.
    pub(crate) fn only(mut self, words: &[&str]) -> Self {
        let kept: Vec<&str> = words.iter().map(|word| column_name(word)).collect();
        let others = self.columns().into_iter().map(|column| column.name);
        self.without = others.filter(|name| !kept.contains(&name.as_str())).collect();
        self
    }

    /// A column under another name.
    pub(crate) fn renamed(mut self, word: &str, name: &str) -> Self {
        self.renamed.insert(column_name(word).to_owned(), name.to_owned());
        self
    }

    /// Columns in another order; every number is another one.
    pub(crate) fn columns_in_order(mut self, order: u64) -> Self {
        self.order = order;
        self
    }

    /// Row groups of this many rows.
    pub(crate) fn row_groups_of(mut self, rows: usize) -> Self {
        self.physics.row_group = rows;
        self
    }

    /// Plain pages instead of dictionary pages.
    pub(crate) fn without_dictionaries(mut self) -> Self {
        self.physics.dictionary = false;
        self
    }

    /// Pages compressed so.
    pub(crate) fn compressed(mut self, compression: Compression) -> Self {
        self.physics.compression = compression;
        self
    }

    /// The same export with other rows.
    pub(crate) fn with_rows(&self, rows: Vec<Vec<Option<String>>>) -> Self {
        Self { rows, ..self.clone() }
    }

    /// The bytes of one file with every line.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        file::write(&self.columns(), self.rows.len(), self.physics)
    }

    /// Writes one file, and the folders above it.
    pub(crate) fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, self.bytes()).unwrap();
    }

    /// Writes the lines to `files` files of a folder, in turn.
    pub(crate) fn write_files(&self, folder: &Path, files: usize) {
        for file in 0..files {
            let rows = self.rows.iter().skip(file).step_by(files).cloned().collect();
            let part = Self { file, ..self.with_rows(rows) };
            part.write(&folder.join(format!("export-{:05}.parquet", file + 1)));
        }
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = WORDS
            .iter()
            .filter(|(word, ..)| !self.words.iter().any(|known| known == word))
            .map(|(word, name, kind)| self.column(name, *kind, self.defaults(word)))
            .collect();
        if !self.words.iter().any(|word| word == LINE_ID) {
            let ids = (0..self.rows.len()).map(|row| Some(format!("line-{}-{row}", self.file)));
            columns.push(self.column(LINE_ID, Kind::Text, ids.collect()));
        }
        let mut maps: BTreeMap<String, Vec<Vec<(String, Option<String>)>>> = BTreeMap::new();
        if self.schema == Schema::Cur2 {
            for map in ["product", "cost_category", "discount"] {
                maps.insert(map.to_owned(), vec![Vec::new(); self.rows.len()]);
            }
        }
        for (home, map) in [(TagHome::ResourceTags, "resource_tags"), (TagHome::Tags, "tags")] {
            if self.tag_homes.contains(&home) {
                maps.insert(map.to_owned(), vec![Vec::new(); self.rows.len()]);
            }
        }
        for (at, word) in self.words.iter().enumerate() {
            let values: Vec<Option<String>> = self.values(at, word);
            for place in self.places(word) {
                match place {
                    Place::Column(name, kind) => {
                        columns.push(self.column(&name, kind, values.clone()));
                    }
                    Place::Key(map, key) => {
                        let map = maps.entry(map).or_insert_with(|| vec![vec![]; self.rows.len()]);
                        put(map, &key, &values);
                    }
                    Place::Tag(_) => unreachable!("a tag has homes"),
                }
            }
        }
        columns.extend(maps.into_iter().map(|(name, rows)| {
            let is_amount = name == "discount";
            let cells = if is_amount { Cells::DoubleMap(rows) } else { Cells::TextMap(rows) };
            Column { name, cells }
        }));
        columns.retain(|column| !self.without.contains(&column.name));
        for column in &mut columns {
            if let Some(name) = self.renamed.get(&column.name) {
                column.name.clone_from(name);
            }
        }
        shuffle(&mut columns, self.order);
        columns
    }

    fn column(&self, name: &str, kind: Kind, values: Vec<Option<String>>) -> Column {
        let retyped = self.retyped.get(name).copied();
        let cells = match (kind, retyped.unwrap_or(self.amounts)) {
            (Kind::Text, _) if retyped.is_none() => Cells::Text(values),
            (Kind::Instant, _) => Cells::Instant(self.instants, values),
            (_, Amounts::Text) => Cells::Text(values),
            (_, Amounts::Double) => Cells::Double(values),
            (_, Amounts::Decimal(scale)) => Cells::Decimal(scale, values),
            (_, Amounts::Long) => Cells::Long(values),
        };
        Column { name: name.to_owned(), cells }
    }

    fn defaults(&self, word: &str) -> Vec<Option<String>> {
        vec![default(word); self.rows.len()]
    }

    fn values(&self, at: usize, word: &str) -> Vec<Option<String>> {
        let value = |row: &Vec<Option<String>>| {
            row[at].as_deref().map(|value| columns::in_full(word, value))
        };
        self.rows.iter().map(value).collect()
    }

    /// A tag is written once per home.
    fn places(&self, word: &str) -> Vec<Place> {
        let Place::Tag(key) = place_of(word) else { return vec![place_of(word)] };
        let name = format!("user_{}", aws_column_name(&key));
        let place = |home: &TagHome| match home {
            TagHome::Columns => Place::Column(format!("resource_tags_{name}"), Kind::Text),
            TagHome::ResourceTags => Place::Key("resource_tags".into(), name.clone()),
            TagHome::Tags => Place::Key("tags".into(), format!("resourceTags/{key}")),
        };
        self.tag_homes.iter().map(place).collect()
    }
}

/// A key without a value is not in the map: that is how AWS writes lines without a tag.
fn put(map: &mut [Vec<(String, Option<String>)>], key: &str, values: &[Option<String>]) {
    for (row, value) in map.iter_mut().zip(values) {
        if value.is_some() {
            row.push((key.to_owned(), value.clone()));
        }
    }
}

/// Another order for every number but 0; the same number is the same order.
fn shuffle(columns: &mut [Column], order: u64) {
    let mut state = order;
    for last in (1..columns.len()).rev().filter(|_| order != 0) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let among = u64::try_from(last).unwrap() + 1;
        columns.swap(last, usize::try_from((state >> 33) % among).unwrap());
    }
}

type Row = Vec<Option<String>>;

/// The words of all headers, and the lines' values for them.
fn parse(text: &str) -> (Vec<String>, Vec<Row>) {
    let mut words: Vec<String> = Vec::new();
    let mut rows: Vec<BTreeMap<String, Option<String>>> = Vec::new();
    let mut header: Option<Vec<String>> = None;
    for line in text.trim().lines().map(str::trim) {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        match &header {
            _ if line.is_empty() => header = None,
            None => {
                let is_new = |word: &&String| !words.contains(word);
                let new: Vec<String> = cells.iter().filter(is_new).cloned().collect();
                words.extend(new);
                header = Some(cells);
            }
            Some(header) => {
                assert_eq!(header.len(), cells.len(), "`{line}` does not fit its header");
                rows.push(header.iter().cloned().zip(cells.into_iter().map(value)).collect());
            }
        }
    }
    let of_word = |row: &BTreeMap<String, Option<String>>, word: &String| {
        row.get(word).cloned().unwrap_or_else(|| default(word))
    };
    let rows = rows.iter().map(|row| words.iter().map(|word| of_word(row, word)).collect());
    (words.clone(), rows.collect())
}

fn value(cell: String) -> Option<String> {
    match cell.as_str() {
        "-" => None,
        "''" => Some(String::new()),
        _ => Some(cell),
    }
}

fn default(word: &str) -> Option<String> {
    DEFAULTS.iter().find(|(of, _)| *of == word).map(|(_, value)| (*value).to_owned())
}
