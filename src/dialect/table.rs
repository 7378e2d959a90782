//! Table: the raw export as an engine knows it.
//!
//! In:    column names and kinds, of files or as AWS documents them; what the table is called.
//! Out:   [`Table`]: the expression that reads a field, under every spelling that is there.
//! Never: opens a file.

use crate::dialect::bound::{self, Bound};
use crate::dialect::words::{self, Dialect};
use crate::model::line_items::{Field, TagHome};
use crate::model::period::BillingPeriod;
use crate::model::segment::LINE_ITEMS;
use crate::model::source_column::{IN_PRODUCT_MAP, SourceColumn, SourceKind};
use crate::model::tag_key::{Rank, TagKey, sagemaker};

/// What a column holds, as far as its expression depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number, such as an account id that lost its text.
    Number,
    /// An IEEE double.
    Double,
    /// A decimal.
    Decimal,
    /// An instant or a day.
    Instant,
    /// A map of text to text.
    Map,
}

/// What stands behind `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// A table or a view, written as it was typed.
    Named(String),
    /// Parquet files.
    Files(Vec<String>),
}

impl Relation {
    /// What an engine must be told before it reads this, because it takes the columns of one file
    /// for those of all, and a tag has a column only since it is active.
    pub fn setting(&self, dialect: Dialect) -> Option<&'static str> {
        match (self, dialect) {
            (Self::Files(_), Dialect::Spark) => Some("SET spark.sql.parquet.mergeSchema = true"),
            _ => None,
        }
    }
}

/// A raw export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is called.
    pub relation: Relation,
    /// Its columns, lower case.
    pub columns: Vec<(String, Kind)>,
}

/// Tags that a legacy export has a column for once they are active.
const OF_SAGEMAKER: [&str; 4] =
    [sagemaker::DOMAIN, sagemaker::USER_PROFILE, sagemaker::SPACE, sagemaker::MANAGED_BY];

/// Where a text may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The expression of a column.
    Flat(String),
    /// A map, and the key in it.
    InMap(&'static str, String),
}

/// Columns of what a table is asked about itself: a billing period, a map, a key of it.
pub const MONTH: &str = "billing_period";
/// The name of a map.
pub const HOME: &str = "home";
/// A key of a map.
pub const KEY: &str = "tag_key";

/// Which columns AWS documents, when no file shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documented {
    /// CUR 2.0: tags, cost categories and some of the product in maps.
    Cur2,
    /// Legacy CUR: a column per tag; those of SageMaker, and those that are asked for.
    Legacy,
}

impl Documented {
    /// What such a table is called when nobody says.
    pub fn table(self) -> &'static str {
        match self {
            Self::Cur2 => "cur2",
            Self::Legacy => "legacy_cur",
        }
    }
}

impl Table {
    /// The table of an export as AWS documents it, with these tags and cost categories.
    pub fn documented(of: Documented, relation: Relation, keyed: &[(TagHome, TagKey)]) -> Self {
        let kind = |column: &SourceColumn| match column.kind() {
            SourceKind::Text => Kind::Text,
            SourceKind::Amount | SourceKind::Quantity => Kind::Double,
            SourceKind::Instant => Kind::Instant,
        };
        let named = SourceColumn::ALL.iter().map(|of| (of.name().to_owned(), kind(of)));
        let mut columns: Vec<(String, Kind)> = named.collect();
        match of {
            Documented::Cur2 => {
                let maps = TagHome::ALL.map(|home| (home.map().to_owned(), Kind::Map));
                columns.extend(maps);
            }
            Documented::Legacy => {
                let of_sagemaker =
                    OF_SAGEMAKER.map(|key| (TagHome::ResourceTags, TagKey::new(key)));
                let flat =
                    keyed.iter().chain(&of_sagemaker).filter(|(home, _)| *home != TagHome::Tags);
                let flat = flat.map(|(home, key)| (key.column(*home), Kind::Text));
                columns.extend(flat);
            }
        }
        Self { relation, columns }
    }

    /// What stands behind `FROM`.
    pub(super) fn from(&self, dialect: Dialect) -> String {
        match (&self.relation, dialect) {
            (Relation::Named(name), _) => name.clone(),
            (Relation::Files(files), Dialect::DuckDb) => {
                let files: Vec<String> = files.iter().map(|file| dialect.text(file)).collect();
                format!("read_parquet([{}], union_by_name = true)", files.join(", "))
            }
            (Relation::Files(files), _) => {
                // A table of files is named by their path; several are told by braces.
                let files = match files.as_slice() {
                    [one] => one.clone(),
                    several => {
                        let (folder, rest) = below_one_folder(several);
                        format!("{folder}{{{}}}", rest.join(","))
                    }
                };
                format!("parquet.`{}`", files.replace('`', "``"))
            }
        }
    }

    /// The statement that tells its columns.
    pub fn nothing_of(&self, dialect: Dialect) -> Bound {
        format!("SELECT * FROM {} LIMIT 0", self.from(dialect)).into()
    }

    /// The statement that tells its billing periods, NULL for none, and the lines of each.
    pub fn months(&self, dialect: Dialect) -> Bound {
        let from = self.from(dialect);
        let day = self.day(dialect, SourceColumn::PeriodStart);
        let month = day.map_or_else(|| dialect.as_text("NULL"), |day| dialect.month(&day));
        let lines = format!("SELECT {month} AS {MONTH} FROM {from}");
        let counted = format!("SELECT {MONTH}, COUNT(*) AS {LINE_ITEMS} FROM ({lines}) AS told");
        format!("{counted} GROUP BY {MONTH}").into()
    }

    /// The statement that tells the keys of its maps of tags and cost categories in some months;
    /// `None` when it has no such map.
    pub fn keys(&self, dialect: Dialect, months: &[BillingPeriod]) -> Option<Bound> {
        let (from, condition) = (self.from(dialect), self.in_bound_months(dialect, months));
        let of = |home: &TagHome| {
            let (name, lines) = (dialect.text(home.map()), dialect.keys(home.map(), &from, KEY));
            let lines = condition.iter().fold(lines, |lines, of| format!("{lines} WHERE {of}"));
            format!("SELECT DISTINCT {name} AS {HOME}, {KEY} FROM ({lines}) AS told")
        };
        let maps = TagHome::ALL.iter().filter(|home| self.kind(home.map()) == Some(Kind::Map));
        let all = maps.map(of).reduce(|all, one| format!("{all}\nUNION ALL\n{one}"));
        all.map(|text| Bound::over(months, text))
    }

    /// The keys of tags and cost categories that have columns of their own. The newer map never
    /// had such columns.
    pub fn flat_keys(&self) -> impl Iterator<Item = (TagHome, String)> + '_ {
        let homes = TagHome::ALL.into_iter().filter(|home| *home != TagHome::Tags);
        homes.flat_map(|home| {
            let keys = self.columns.iter().filter_map(move |(name, _)| {
                name.strip_prefix(home.prefix()).map(|key| (home, key.to_owned()))
            });
            keys.collect::<Vec<_>>()
        })
    }

    /// The kind of a column, if it is there.
    fn kind(&self, name: &str) -> Option<Kind> {
        let found = self.columns.iter().find(|(column, _)| column == name);
        found.map(|(_, kind)| *kind)
    }

    /// Where the text of a field may be, the best first.
    pub(super) fn places(&self, dialect: Dialect, field: &Field) -> Vec<Place> {
        match field {
            Field::Column(column) => self.texts_of(dialect, *column),
            Field::Tag(tag) => self.tagged(dialect, tag, TagHome::OF_TAGS),
            Field::CostCategory(name) => self.tagged(dialect, name, TagHome::OF_CATEGORIES),
            Field::Delivered(home, key) => self.delivered(dialect, *home, key),
            Field::OwnerResource | Field::Hour(_) => Vec::new(),
        }
    }

    fn texts_of(&self, dialect: Dialect, column: SourceColumn) -> Vec<Place> {
        let flat = column.names().iter().filter_map(|name| self.flat(dialect, name));
        let in_product = IN_PRODUCT_MAP
            .iter()
            .filter(|(of, _)| *of == column && self.kind("product") == Some(Kind::Map))
            .map(|(_, key)| Place::InMap("product", (*key).to_owned()));
        flat.chain(in_product).collect()
    }

    fn flat(&self, dialect: Dialect, name: &str) -> Option<Place> {
        let column = dialect.identifier(name);
        match self.kind(name)? {
            Kind::Text => Some(Place::Flat(column)),
            _ => Some(Place::Flat(dialect.as_text(&column))),
        }
    }

    /// Where one spelling of a key is.
    fn delivered(&self, dialect: Dialect, home: TagHome, key: &str) -> Vec<Place> {
        let has_map = self.kind(home.map()) == Some(Kind::Map);
        let in_map = has_map.then(|| Place::InMap(home.map(), key.to_owned()));
        let flat = self.flat(dialect, &format!("{}{key}", home.prefix()));
        in_map.into_iter().chain(flat.filter(|_| home != TagHome::Tags)).collect()
    }

    /// Where a tag may be: in maps under the keys that AWS writes, in flat columns.
    fn tagged(&self, dialect: Dialect, tag: &TagKey, homes: &[TagHome]) -> Vec<Place> {
        let maps = homes.iter().filter(|home| self.kind(home.map()) == Some(Kind::Map));
        let keys = maps.flat_map(|home| {
            let spellings = tag.spellings(*home).into_iter();
            spellings.map(|key| Place::InMap(home.map(), key))
        });
        let mut places: Vec<Place> = keys.collect();
        // The newer map never had flat columns.
        for home in homes.iter().filter(|home| **home != TagHome::Tags) {
            let ranked = self.columns.iter().filter_map(|(name, _)| {
                let rank = tag.rank_of(name.strip_prefix(home.prefix())?)?;
                Some((rank, name))
            });
            let mut ranked: Vec<(Rank, &String)> = ranked.collect();
            ranked.sort_unstable();
            places.extend(ranked.iter().filter_map(|(_, name)| self.flat(dialect, name)));
        }
        places
    }

    /// The condition that a line is of one of these months; `None` for all.
    pub(super) fn in_months(&self, dialect: Dialect, months: &[BillingPeriod]) -> Option<String> {
        let texts: Vec<String> = months.iter().map(ToString::to_string).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        (!months.is_empty()).then(|| self.is_in(dialect, &dialect.texts(&texts)))
    }

    /// The same with the months as parameters.
    pub(super) fn in_bound_months(
        &self,
        dialect: Dialect,
        months: &[BillingPeriod],
    ) -> Option<String> {
        (!months.is_empty()).then(|| self.is_in(dialect, &bound::months(dialect, months)))
    }

    fn is_in(&self, dialect: Dialect, months: &str) -> String {
        let day = self.day(dialect, SourceColumn::PeriodStart);
        let month = day.map_or_else(|| "NULL".to_owned(), |day| dialect.month(&day));
        format!("{month} IN ({months})")
    }

    /// An amount or a quantity, NULL where it is; `None` when the table has no such column.
    pub(super) fn amount(&self, dialect: Dialect, column: SourceColumn) -> Option<String> {
        let name = column.names().iter().find(|name| self.kind(name).is_some())?;
        Some(dialect.amount(&dialect.identifier(name), self.kind(name)?))
    }

    /// The UTC day of an instant; `None` when the table has no such column.
    pub(super) fn day(&self, dialect: Dialect, column: SourceColumn) -> Option<String> {
        let name = column.names().iter().find(|name| self.kind(name).is_some())?;
        Some(words::day(&dialect.identifier(name), self.kind(name)?))
    }
}

/// The folder that all files are below, and what follows it in each.
fn below_one_folder(files: &[String]) -> (&str, Vec<&str>) {
    let first = files.first().map_or("", String::as_str);
    let ends = first.match_indices('/').map(|(at, _)| &first[..=at]);
    let common = |folder: &&str| files.iter().all(|file| file.starts_with(folder));
    let folder = ends.rev().find(common).unwrap_or_default();
    (folder, files.iter().map(|file| &file[folder.len()..]).collect())
}
