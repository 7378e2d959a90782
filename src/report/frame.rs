//! Frame: the columns of a question, and how a row of the answer fills them.
//!
//! In:    an answer and its currencies.
//! Out:   columns, and rows of cells with short names for people.
//! Never: sums, folds, or gives a row without owner the look of a user.

use rustc_hash::FxHashMap;

use super::names::{Named, shorten};
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind};
use crate::model::answer::{Answer, AnswerRow, Standing};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::phrase::{Phrase, phrase};

/// Short names per dimension, by position.
pub(super) type Names<'a> = Vec<FxHashMap<Named<'a>, Phrase>>;

/// Short names of every value of an answer.
pub(super) fn short_names(answer: &Answer) -> Names<'_> {
    let column = |index: usize| {
        answer.rows.iter().filter_map(move |row| named(&answer.dimensions, row, index))
    };
    let dimensions = answer.dimensions.iter().enumerate();
    dimensions.map(|(index, dimension)| shorten(dimension, column(index))).collect()
}

/// The value of a column, with the domain that stands beside it in the row.
fn named<'a>(dimensions: &[Dimension], row: &'a AnswerRow, index: usize) -> Option<Named<'a>> {
    let value = row.keys.get(index)?.as_deref()?;
    let inside_domain = matches!(dimensions.get(index)?, Dimension::User | Dimension::Space);
    let domain = dimensions.iter().position(|dimension| *dimension == Dimension::Domain);
    let domain = domain.filter(|_| inside_domain).and_then(|at| row.keys.get(at)?.as_deref());
    Some((domain, value))
}

/// The columns of an answer and how a row fills them.
pub(super) struct Frame {
    pub(super) dimensions: Vec<Dimension>,
    pub(super) columns: Vec<Column>,
    pub(super) asks_owner: bool,
    tells_currency: bool,
    /// A cell for every standing.
    standings: [(Standing, Cell); Standing::ALL.len()],
}

impl Frame {
    /// The columns that a question needs.
    pub(super) fn new(answer: &Answer, currencies: &[Currency]) -> Self {
        let dimensions = answer.dimensions.clone();
        let asks_owner = dimensions.iter().any(Dimension::is_identity);
        let tells_currency = currencies.len() > 1 && !dimensions.contains(&Dimension::Currency);
        let told = answer.rows.iter().map(|row| row.usage_hours);
        let tells_hours =
            told.chain(answer.rest.iter().map(|rest| rest.usage_hours)).any(|of| of.is_some());
        let mut columns: Vec<Column> = dimensions.iter().map(key_column).collect();
        if asks_owner {
            let standing = Column::new("standing", "Standing", ColumnKind::Text);
            // A tenant has two rows when it also received shared cost; people must see which.
            let is_shared = answer.parts().any(|part| part.standing == Standing::Shared);
            columns.push(standing.seen(if is_shared { Place::Everywhere } else { Place::Data }));
        }
        if tells_currency {
            columns.push(Column::new("currency", "Currency", ColumnKind::Text));
        }
        columns.push(Column::new("cost", "Cost", ColumnKind::Money));
        if tells_hours {
            let hours = Column::new("usage_hours", "Hours", ColumnKind::Quantity);
            columns.push(hours.giving_way(1));
        }
        let share = Column::new("share", "Share", ColumnKind::Share);
        columns.push(share.seen(Place::Screen).giving_way(0));
        let lines = Column::new("line_items", "Lines", ColumnKind::Count);
        columns.push(lines.seen(Place::DataAndWide).giving_way(2));
        let standings = Standing::ALL.map(|standing| (standing, Cell::text(standing.name())));
        Self { dimensions, columns, asks_owner, tells_currency, standings }
    }

    /// One row; `whole` is the total of its currency.
    pub(super) fn row(&self, row: &AnswerRow, names: &Names<'_>, whole: Money) -> Row {
        let kind = if self.asks_owner { kind(row.standing) } else { RowKind::Data };
        let mut cells = self.keys(row, names, kind);
        if self.asks_owner {
            let told = self.standings.iter().find(|(standing, _)| *standing == row.standing);
            cells.extend(told.map(|(_, cell)| cell.clone()));
        }
        if self.tells_currency {
            cells.push(Cell::text(row.currency.to_string()));
        }
        cells.push(Cell::Money(row.cost));
        if self.columns.iter().any(|column| column.key == "usage_hours") {
            cells.push(row.usage_hours.map_or(Cell::Nothing, Cell::Quantity));
        }
        cells.push(Cell::Share { part: row.cost, whole });
        cells.push(Cell::Count(row.line_items));
        Row { kind, currency: Some(row.currency.clone()), cells }
    }

    fn keys(&self, row: &AnswerRow, names: &Names<'_>, kind: RowKind) -> Vec<Cell> {
        let ownerless = kind != RowKind::Data;
        let mut cells: Vec<Cell> = Vec::with_capacity(self.columns.len());
        for (index, dimension) in self.dimensions.iter().enumerate() {
            let key = named(&self.dimensions, row, index);
            cells.push(match key.zip(row.keys[index].as_ref()) {
                Some((key, text)) => {
                    let short = names.get(index).and_then(|names| names.get(&key)).cloned();
                    let short = short.unwrap_or_else(|| text.clone().into());
                    Cell::Text { full: text.clone(), short }
                }
                None if ownerless && dimension.is_identity() => Cell::Blank,
                None => Cell::Nothing,
            });
        }
        if ownerless {
            self.label(&mut cells, kind);
        }
        cells
    }

    /// Writes `unattributed` where the owner would stand; beside the name of an app without owner
    /// when every identity column is taken.
    fn label(&self, cells: &mut [Cell], kind: RowKind) {
        let word = |index: usize| match (kind, &self.dimensions[index]) {
            (RowKind::Unattributed, dimension) if dimension.is_tenancy() => "unassigned",
            (RowKind::Unattributed, _) => "unattributed",
            _ => "other services",
        };
        let mut identity = (0..self.dimensions.len()).filter(|i| self.dimensions[*i].is_identity());
        let mut free = identity.clone().filter(|i| cells[*i] == Cell::Blank);
        if let Some(index) = free.next() {
            cells[index] = Cell::Label(word(index).into());
        } else if let Some(index) = identity.next()
            && let Cell::Text { short, .. } = &mut cells[index]
        {
            *short = phrase!("{} ({})", &*short, Phrase::from(word(index)));
        }
    }
}

fn key_column(dimension: &Dimension) -> Column {
    let kind = match dimension {
        Dimension::Day => ColumnKind::Day,
        Dimension::Month => ColumnKind::Date,
        _ => ColumnKind::Text,
    };
    Column::new(dimension.key(), dimension.heading(), kind)
}

fn kind(standing: Standing) -> RowKind {
    match standing {
        Standing::Attributed | Standing::Shared => RowKind::Data,
        Standing::Unattributed => RowKind::Unattributed,
        Standing::OtherServices => RowKind::OtherServices,
    }
}
