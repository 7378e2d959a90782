//! Tables: columns that say what they hold, rows of typed cells.
//!
//! In:    nothing; composers fill them.
//! Out:   [`Table`], [`Column`], [`Row`], [`Cell`].
//! Never: holds a number as text.

use std::sync::Arc;

use crate::model::money::{Currency, Money, Quantity};
use crate::model::phrase::Phrase;

/// Rows under columns, and their totals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// From left to right; every row has one cell per column.
    pub columns: Vec<Column>,
    /// Every row; what data formats carry.
    pub rows: Vec<Row>,
    /// The rows for people when the tail was folded; the same money in fewer rows.
    pub folded: Option<Vec<Row>>,
    /// One per currency, or none.
    pub totals: Vec<Row>,
}

impl Table {
    /// The rows for people: folded when that was asked for.
    pub fn shown(&self) -> &[Row] {
        self.folded.as_deref().unwrap_or(&self.rows)
    }

    /// The depth of every shown row when they are a tree.
    pub fn depths(&self) -> Option<Vec<usize>> {
        let depth = |row: &Row| {
            row.cells.iter().find_map(|cell| match cell {
                Cell::Node { depth, .. } => Some(*depth),
                _ => None,
            })
        };
        self.shown().iter().map(depth).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The key in data, `snake_case` except for tag keys.
    pub key: String,
    /// The heading for people.
    pub heading: Phrase,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// Who gets to see it.
    pub place: Place,
    /// On a narrow screen the lowest goes first; `None` never goes.
    pub gives_way: Option<u8>,
}

impl Column {
    /// A column that everybody sees and that never gives way.
    pub fn new(key: impl Into<String>, heading: impl Into<Phrase>, kind: ColumnKind) -> Self {
        let (key, heading) = (key.into(), heading.into());
        Self { key, heading, kind, place: Place::Everywhere, gives_way: None }
    }

    /// The same column for other eyes.
    #[must_use]
    pub fn seen(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same column, leaving a narrow screen in this order.
    #[must_use]
    pub fn giving_way(self, order: u8) -> Self {
        Self { gives_way: Some(order), ..self }
    }

    /// Whether CSV and JSON carry it.
    pub fn in_data(&self) -> bool {
        self.place != Place::Screen
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Names and other words.
    Text,
    /// Words that hang together as a tree.
    Tree,
    /// A UTC day, such as `2026-10-31`.
    Day,
    /// A month or a moment in UTC, such as `2026-10`.
    Date,
    /// A point in time in UTC, such as `2026-10-31T00:00:00Z`.
    Moment,
    /// Amounts in the currency of their row.
    Money,
    /// Usage quantities, mostly hours.
    Quantity,
    /// Whole numbers.
    Count,
    /// A part of a whole, shown as percent and as a bar.
    Share,
    /// A part of a whole of its own row, shown as percent alone.
    Percent,
    /// Sizes of files.
    Bytes,
}

impl ColumnKind {
    /// Whether cells are aligned at their right end.
    pub fn is_numeric(self) -> bool {
        !matches!(self, Self::Text | Self::Tree | Self::Day | Self::Date | Self::Moment)
    }
}

/// Who gets to see a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// People and machines.
    Everywhere,
    /// Only people: it can be computed from the rest.
    Screen,
    /// Only machines.
    Data,
    /// Machines, and people who ask for everything.
    DataAndWide,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the row stands for.
    pub kind: RowKind,
    /// The currency of its money, if it has any.
    pub currency: Option<Currency>,
    /// One per column.
    pub cells: Vec<Cell>,
}

/// What a row stands for; the marker that keeps a user named `unattributed` apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// What the keys say.
    Data,
    /// Cost without a known owner.
    Unattributed,
    /// Cost of services beyond SageMaker.
    OtherServices,
    /// Several small rows in one.
    Rest,
    /// The sum of all rows of a currency.
    Total,
}

/// One value and its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// The question does not arise: a key of a total. Empty on screen, null in data.
    Blank,
    /// The question arises and the answer is "none". A dash on screen, null in data.
    Nothing,
    /// A word of ours that stands where a key would: `unattributed`. Null in data.
    Label(Phrase),
    /// A word of the data.
    Text {
        /// What machines get.
        full: Arc<str>,
        /// What people see; distinct within its column.
        short: Phrase,
    },
    /// An amount in the currency of the row.
    Money(Money),
    /// An amount that is booked in whole cents: people see those, machines the exact amount.
    Booked {
        /// To the pico-unit.
        exact: Money,
        /// In whole cents.
        cents: Money,
    },
    /// A usage quantity.
    Quantity(Quantity),
    /// A whole number.
    Count(u64),
    /// A part of a whole.
    Share {
        /// The amount of this row.
        part: Money,
        /// The amount of its total.
        whole: Money,
    },
    /// A size; people see it in decimal units, `12.6 MB`.
    Bytes(u64),
    /// A part of a whole that are no money; only for people, who see percent.
    Ratio {
        /// What there is of it.
        part: u64,
        /// What it is a part of.
        whole: u64,
    },
    /// A word of a tree; null in data, which tells its parts in columns of their own.
    Node {
        /// Steps from the root, which has none. A row belongs to the nearest row above it that is
        /// one step nearer to the root.
        depth: usize,
        /// What people see.
        word: Phrase,
    },
}

impl Cell {
    /// A word that needs no shortening.
    pub fn text(full: impl Into<Arc<str>>) -> Self {
        let full = full.into();
        Self::Text { short: full.clone().into(), full }
    }

    /// The pico-units of an amount or a quantity.
    pub fn pico(&self) -> Option<i128> {
        match self {
            Self::Money(money) | Self::Booked { exact: money, .. } => Some(money.0),
            Self::Quantity(quantity) => Some(quantity.0),
            _ => None,
        }
    }
}

/// The cells of a row that adds up others: numbers are summed, words stay blank.
/// `None` when a sum leaves its range.
pub fn sum_cells(columns: &[Column], rows: &[&Row]) -> Option<Vec<Cell>> {
    let sum = |(index, column): (usize, &Column)| {
        if column.kind == ColumnKind::Percent || !column.kind.is_numeric() {
            // Words, and parts of different wholes, add up to nothing.
            return Some(Cell::Blank);
        }
        let mut cells = rows.iter().map(|row| &row.cells[index]);
        cells.try_fold(zero(column.kind), |sum, cell| add(&sum, cell))
    };
    columns.iter().enumerate().map(sum).collect()
}

fn zero(kind: ColumnKind) -> Cell {
    match kind {
        ColumnKind::Money => Cell::Money(Money::ZERO),
        ColumnKind::Quantity => Cell::Quantity(Quantity(0)),
        ColumnKind::Count => Cell::Count(0),
        ColumnKind::Bytes => Cell::Bytes(0),
        _ => Cell::Blank,
    }
}

fn add(sum: &Cell, cell: &Cell) -> Option<Cell> {
    Some(match (sum, cell) {
        (Cell::Money(a), Cell::Money(b)) => Cell::Money(a.checked_add(*b)?),
        // A sum begins as a plain zero, which is booked as nothing.
        (Cell::Money(zero), Cell::Booked { exact, cents }) => {
            Cell::Booked { exact: zero.checked_add(*exact)?, cents: zero.checked_add(*cents)? }
        }
        (Cell::Booked { exact: a, cents: b }, Cell::Booked { exact, cents }) => {
            Cell::Booked { exact: a.checked_add(*exact)?, cents: b.checked_add(*cents)? }
        }
        (Cell::Quantity(a), Cell::Quantity(b)) => Cell::Quantity(Quantity(a.0.checked_add(b.0)?)),
        (Cell::Count(a), Cell::Count(b)) => Cell::Count(a.checked_add(*b)?),
        (Cell::Bytes(a), Cell::Bytes(b)) => Cell::Bytes(a.checked_add(*b)?),
        (Cell::Share { part, whole }, Cell::Share { part: more, .. }) => {
            Cell::Share { part: part.checked_add(*more)?, whole: *whole }
        }
        (Cell::Blank, Cell::Share { .. }) => cell.clone(),
        (sum, _) => sum.clone(),
    })
}
