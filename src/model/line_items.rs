//! Line items: rows as AWS delivered them, a batch at a time, as dictionary codes.
//!
//! In:    nothing; `scan` fills them.
//! Out:   [`LineItems`], and [`Sink`], which takes them.
//! Never: holds a string per row, or knows what a column means for money.

use arrow::array::{Array, Decimal128Array, Float64Array, StringArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use crate::diagnostic::{Place, Refusal};
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;
use crate::model::tag_key::TagKey;

/// Something that a question wants from every line item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A column of the export.
    Column(SourceColumn),
    /// The value of a cost-allocation tag.
    Tag(TagKey),
    /// The value of a cost category, by its name as typed.
    CostCategory(TagKey),
    /// The value under one spelling of a key, exactly as delivered.
    Delivered(TagHome, String),
    /// Of charges of the store: the resource as far as it tells an owner among the charges of its
    /// month.
    OwnerResource,
    /// The UTC hour of an instant.
    Hour(SourceColumn),
}

/// Where exports keep tags and cost categories: a map, or columns of one prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagHome {
    /// The newer map of CUR 2.0, whose keys say what is tagged.
    Tags,
    /// Resource tags: a map in CUR 2.0, columns in a legacy CUR.
    ResourceTags,
    /// Cost categories, likewise.
    CostCategory,
}

impl TagHome {
    /// Every home, the best one for a tag first.
    pub const ALL: [Self; 3] = [Self::Tags, Self::ResourceTags, Self::CostCategory];

    /// Where tags live, best first.
    pub const OF_TAGS: &[Self] = &[Self::Tags, Self::ResourceTags];

    /// Where cost categories live.
    pub const OF_CATEGORIES: &[Self] = &[Self::CostCategory];

    /// The name of the map.
    pub fn map(self) -> &'static str {
        match self {
            Self::Tags => "tags",
            Self::ResourceTags => "resource_tags",
            Self::CostCategory => "cost_category",
        }
    }

    /// What the names of flat columns begin with, in a legacy CUR and in a segment of the store.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Tags => "tags_",
            Self::ResourceTags => "resource_tags_",
            Self::CostCategory => "cost_category_",
        }
    }
}

/// Whether a text of a field may mean something to a question.
pub type Tells = fn(&[u8]) -> bool;

/// Text of one field: codes into a dictionary that rows share.
#[derive(Debug, Clone)]
pub struct TextColumn {
    /// What it is; a tag with several spellings appears several times, best first.
    pub field: Field,
    /// Which entry each row holds.
    pub codes: Codes,
    /// The dictionary; `''` is nothing too. Clones share one allocation, so that a batch with the
    /// same dictionary as the last one is recognised by address.
    pub values: StringArray,
}

/// Codes of rows; negative is nothing.
#[derive(Debug, Clone)]
pub enum Codes {
    /// One per row.
    Each {
        /// The codes.
        codes: ScalarBuffer<i32>,
        /// Rows that hold nothing, whatever their code says.
        nulls: Option<NullBuffer>,
    },
    /// Of those rows alone that hold something: most tags are on few lines of a bill.
    Few {
        /// Their numbers, ascending, each once, counted from `first`.
        rows: ScalarBuffer<u32>,
        /// The code of each.
        codes: ScalarBuffer<i32>,
        /// What the number of the first row of the column is.
        first: u32,
    },
}

impl Codes {
    /// Some of the rows, without copying them.
    #[must_use]
    fn slice(&self, start: usize, length: usize) -> Self {
        match self {
            Self::Each { codes, nulls } => Self::Each {
                codes: codes.slice(start, length),
                nulls: nulls.as_ref().map(|nulls| nulls.slice(start, length)),
            },
            Self::Few { rows, codes, first } => {
                let number = |row: usize| *first + u32::try_from(row).unwrap_or(u32::MAX);
                let (from, to) = (number(start), number(start + length));
                let at = rows.partition_point(|row| *row < from);
                let count = rows[at..].partition_point(|row| *row < to);
                Self::Few {
                    rows: rows.slice(at, count),
                    codes: codes.slice(at, count),
                    first: from,
                }
            }
        }
    }

    /// Whether they are of so many rows.
    pub fn are_of(&self, length: usize) -> bool {
        match self {
            Self::Each { codes, .. } => codes.len() == length,
            Self::Few { rows, codes, first } => {
                let are_inside = rows.iter().all(|row| ((row - first) as usize) < length);
                are_inside && rows.len() == codes.len() && rows.is_sorted_by(|a, b| a < b)
            }
        }
    }

    /// Whether some of so many rows hold nothing.
    pub fn has_nothing(&self, of: usize) -> bool {
        match self {
            Self::Each { codes, nulls } => {
                codes.iter().any(|code| *code < 0)
                    || nulls.as_ref().is_some_and(|nulls| nulls.null_count() > 0)
            }
            Self::Few { rows, .. } => rows.len() < of,
        }
    }

    /// The rows that hold one of these entries of the dictionary, ascending, each with its code.
    pub fn of_rows<'a>(
        &'a self,
        entries: &'a [bool],
    ) -> Box<dyn Iterator<Item = (usize, usize)> + 'a> {
        let is_one = |code: &i32| entries.get(code.cast_unsigned() as usize) == Some(&true);
        let entry = |(row, code): (usize, &i32)| (row, code.cast_unsigned() as usize);
        match self {
            Self::Each { codes, nulls } => {
                let is_valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                let rows = codes.iter().enumerate();
                Box::new(rows.filter(move |(row, code)| is_one(code) && is_valid(*row)).map(entry))
            }
            Self::Few { rows, codes, first } => {
                let rows = rows.iter().map(move |row| (row - first) as usize).zip(codes);
                Box::new(rows.filter(move |(_, code)| is_one(code)).map(entry))
            }
        }
    }

    /// The code of a row; negative for nothing.
    pub fn at(&self, row: usize) -> i32 {
        match self {
            Self::Each { codes, nulls } => {
                let is_valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                if is_valid { codes[row] } else { -1 }
            }
            Self::Few { rows, codes, first } => {
                let found = rows.binary_search_by_key(&row, |of| (*of - *first) as usize);
                found.map_or(-1, |at| codes[at])
            }
        }
    }
}

impl TextColumn {
    /// Some of the rows, without copying them.
    #[must_use]
    pub fn slice(&self, start: usize, length: usize) -> Self {
        Self {
            field: self.field.clone(),
            codes: self.codes.slice(start, length),
            values: self.values.clone(),
        }
    }

    /// The code of a row; `None` for NULL, whatever code stands there.
    pub fn code(&self, row: usize) -> Option<usize> {
        usize::try_from(self.codes.at(row)).ok().filter(|code| *code < self.values.len())
    }

    /// The text of a row; `None` for nothing.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.code(row).map(|code| self.values.value(code)).filter(|text| !text.is_empty())
    }
}

/// Amounts of one column as delivered.
#[derive(Debug, Clone)]
pub enum Amounts {
    /// Codes into distinct doubles, as a writer's dictionary holds them; negative is NULL.
    Coded {
        /// One per row.
        codes: ScalarBuffer<i32>,
        /// The distinct doubles; clones share one allocation.
        values: ScalarBuffer<f64>,
    },
    /// IEEE doubles, as AWS writes them.
    Double(Float64Array),
    /// Decimals, with their scale.
    Decimal(Decimal128Array, i8),
}

impl Amounts {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Coded { codes, .. } => codes.len(),
            Self::Double(values) => values.len(),
            Self::Decimal(values, _) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the rows, without copying them.
    #[must_use]
    pub fn slice(&self, start: usize, length: usize) -> Self {
        match self {
            Self::Coded { codes, values } => {
                Self::Coded { codes: codes.slice(start, length), values: values.clone() }
            }
            Self::Double(values) => Self::Double(values.slice(start, length)),
            Self::Decimal(values, scale) => Self::Decimal(values.slice(start, length), *scale),
        }
    }

    /// How many rows hold nothing.
    pub fn null_count(&self) -> usize {
        match self {
            Self::Coded { codes, .. } => codes.iter().filter(|code| **code < 0).count(),
            Self::Double(values) => values.null_count(),
            Self::Decimal(values, _) => values.null_count(),
        }
    }
}

/// A batch of rows of one row group.
#[derive(Debug, Clone)]
pub struct LineItems {
    /// The file and the row group.
    pub place: Place,
    /// The first row's number inside the row group.
    pub first_row: u64,
    /// How many rows there are.
    pub rows: usize,
    /// Text fields.
    pub texts: Vec<TextColumn>,
    /// Amounts and quantities. A column that the export lacks, or that no line of the row group
    /// needs, is absent.
    pub amounts: Vec<(SourceColumn, Amounts)>,
    /// Days since 1970-01-01 UTC of an instant; `None` is nothing.
    pub days: Vec<(SourceColumn, Vec<Option<i32>>)>,
    /// Hours since 1970-01-01 UTC of an instant; `None` is nothing.
    pub hours: Vec<(SourceColumn, Vec<Option<i32>>)>,
    /// What the rows add up already, when they are charges of the store and not lines of AWS; then
    /// there are no amounts.
    pub sums: Option<Sums>,
}

/// What stored charges add up, one entry per row.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// The metrics that were asked for, in pico-units.
    pub costs: Vec<(CostMetric, Vec<i128>)>,
    /// Usage hours in pico-units, when they were asked for.
    pub hours: Option<Vec<i128>>,
    /// Source rows.
    pub line_items: Vec<u64>,
}

impl Sums {
    /// The costs of some metrics, in their order; zeros where a metric was not asked for.
    pub fn costs_of(&self, metrics: &[CostMetric]) -> Vec<Vec<i128>> {
        let of = |metric: &CostMetric| {
            let found = self.costs.iter().find(|(of, _)| of == metric);
            found.map_or_else(|| vec![0; self.line_items.len()], |(_, costs)| costs.clone())
        };
        metrics.iter().map(of).collect()
    }
}

impl LineItems {
    /// The place of a row of this batch.
    pub fn place_of(&self, row: usize) -> Place {
        self.place.at_row(self.first_row + row as u64)
    }

    /// The columns of a text field, best first.
    pub fn texts_of<'a>(&'a self, field: &'a Field) -> impl Iterator<Item = &'a TextColumn> + 'a {
        self.texts.iter().filter(move |column| column.field == *field)
    }

    /// The best column of a text field of the export, if it is there.
    pub fn text_of(&self, column: SourceColumn) -> Option<&TextColumn> {
        let field = Field::Column(column);
        self.texts.iter().find(|text| text.field == field)
    }

    /// The amounts of a column, if the row group needs them and has them.
    pub fn amounts_of(&self, column: SourceColumn) -> Option<&Amounts> {
        self.amounts.iter().find(|(of, _)| *of == column).map(|(_, amounts)| amounts)
    }
}

/// Takes batches, in any order, from one thread at a time.
pub trait Sink: Send {
    /// Takes one batch; a refusal stops the scan.
    fn take(&mut self, items: &LineItems) -> Result<(), Refusal>;
}
