//! Cuts: both bills by tenant, by owner, by service, by line type.
//!
//! In:    what a run knows of two versions.
//! Out:   a table per cut; what changed most comes first, what did not is one row for people.
//! Never: leaves out money: every cut adds up to both bills.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Found, Pair, Settings, add, columns, money_cells, money_columns, wholes};
use crate::model::answer::{Answer, AnswerRow, Standing};
use crate::model::dimension::Dimension;
use crate::model::money::Currency;
use crate::model::phrase::{Phrase, phrase};
use crate::report::ReportError;
use crate::report::cents::book_apart;
use crate::report::fold::fold;
use crate::report::names::{Named, shorten};
use crate::report::spend::total_rows;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table, sum_cells};

/// How the bill is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Tenant,
    Owner,
    Service,
    LineType,
}

pub(super) const CUTS: [Cut; 4] = [Cut::Tenant, Cut::Owner, Cut::Service, Cut::LineType];

/// What a row of a cut is about: a value, and what it is a value of; or nobody, by standing.
type Subject<'a> = (RowKind, Option<(Dimension, &'a str)>, &'static str);

impl Cut {
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Tenant => "By tenant",
            Self::Owner => "By owner",
            Self::Service => "By service",
            Self::LineType => "By line type",
        }
    }

    fn column(self) -> Column {
        let (key, heading) = match self {
            Self::Tenant => ("tenant", "Tenant"),
            Self::Owner => ("owner", "Owner"),
            Self::Service => ("product_code", "Service"),
            Self::LineType => ("line_item_type", "Line type"),
        };
        Column::new(key, heading, ColumnKind::Text)
    }

    /// The dimensions that name a row, best first.
    fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Tenant => &[Dimension::Tenant],
            Self::Owner => &[Dimension::User, Dimension::Space, Dimension::Domain],
            Self::Service => &[Dimension::Service],
            Self::LineType => &[Dimension::LineItemType],
        }
    }

    fn subject<'a>(self, answer: &Answer, row: &'a AnswerRow) -> Subject<'a> {
        let value = |of: &Dimension| {
            let at = answer.dimensions.iter().position(|own| own == of)?;
            Some((of.clone(), row.keys.get(at)?.as_deref()?))
        };
        match (self.dimensions().iter().find_map(value), self, row.standing) {
            (Some(value), ..) => (RowKind::Data, Some(value), ""),
            (None, Self::Service, _) => (RowKind::Data, None, "no service"),
            (None, Self::LineType, _) => (RowKind::Data, None, "no line type"),
            (None, _, Standing::OtherServices) => (RowKind::OtherServices, None, "other services"),
            (None, Self::Owner, Standing::Shared) => (RowKind::Data, None, "shared cost"),
            (None, Self::Owner, _) => (RowKind::Unattributed, None, "unattributed"),
            (None, ..) => (RowKind::Unattributed, None, "unassigned"),
        }
    }

    /// Both bills by this cut, what changed most first.
    pub(super) fn table(
        self,
        found: &Found,
        currencies: &[Currency],
        settings: Settings,
    ) -> Result<Table, ReportError> {
        let mut sums: BTreeMap<(&Currency, Subject<'_>), Pair> = BTreeMap::new();
        for (side, answer) in found.answers.iter().enumerate() {
            for row in &answer.rows {
                let pair = sums.entry((&row.currency, self.subject(answer, row))).or_default();
                add(&mut pair[side], row.cost, &row.currency)?;
            }
        }
        // What cost nothing on either side is nothing to people or machines.
        sums.retain(|_, pair| *pair != Pair::default());
        let mut names: BTreeMap<Dimension, FxHashMap<Named<'_>, Phrase>> = BTreeMap::new();
        for of in self.dimensions() {
            let values = sums.keys().filter_map(|(_, (_, value, _))| value.as_ref());
            let values = values.filter(|(dimension, _)| dimension == of);
            names.insert(of.clone(), shorten(of, values.map(|(_, value)| (None, *value))));
        }
        let wholes = wholes(found)?;
        let mut rows = Vec::new();
        for ((currency, (kind, value, word)), pair) in &sums {
            let cell = match value {
                None => Cell::Label((*word).into()),
                Some((of, full)) => {
                    let short = names.get(of).and_then(|names| names.get(&(None, *full)));
                    let short = short.map_or(*full, Phrase::as_str);
                    Cell::Text { full: (*full).into(), short: self.said(of, short) }
                }
            };
            let mut cells = vec![cell, Cell::text(currency.to_string())];
            let [_, whole] = wholes.get(currency).copied().unwrap_or_default();
            cells.extend(money_cells(*pair, whole, currency)?);
            rows.push(Row { kind: *kind, currency: Some((*currency).clone()), cells });
        }
        let size = |row: &Row| row.cells[2].pico().unwrap_or(0).unsigned_abs();
        rows.sort_by_key(|row| (row.currency.clone(), row.kind, Reverse(size(row))));
        let columns = columns(vec![self.column()], money_columns(), currencies);
        let mut table = Table { columns, rows, ..Table::default() };
        table.folded = settings.limit.map(|limit| shown(&table, limit));
        table.totals = total_rows(&table, currencies)?;
        book_apart(&mut table, ["cost_before", "change", "cost_after"]);
        Ok(table)
    }

    /// A space or a domain among users says that it is one.
    fn said(self, of: &Dimension, short: &str) -> Phrase {
        match (self, of) {
            (Self::Owner, Dimension::Space | Dimension::Domain) => {
                phrase!("{} {}", Phrase::named(of.to_string()), short)
            }
            _ => short.to_owned().into(),
        }
    }
}

/// The rows for people: what did not change is one row, and so is the tail of what did.
fn shown(table: &Table, limit: usize) -> Vec<Row> {
    let is_same = |row: &&Row| row.cells[2].pico() == Some(0) && row.kind == RowKind::Data;
    let (same, mut rows): (Vec<&Row>, Vec<&Row>) = table.rows.iter().partition(is_same);
    let mut rests = Vec::new();
    for same in same.chunk_by(|a, b| a.currency == b.currency) {
        match (same, sum_cells(&table.columns, same)) {
            ([first, _, ..], Some(mut cells)) => {
                cells[0] = Cell::Label(phrase!("unchanged ({} rows)", same.len()));
                cells[1] = first.cells[1].clone();
                rests.push(Row { kind: RowKind::Rest, currency: first.currency.clone(), cells });
            }
            _ => rows.extend(same),
        }
    }
    let changed: Vec<Row> = rows.into_iter().cloned().collect();
    let mut rows = fold(&table.columns, &changed, limit).unwrap_or(changed);
    rows.extend(rests);
    // A tail that changed comes before what did not; the order of sorting is kept.
    rows.sort_by_key(|row| (row.currency.clone(), after_all(row.kind)));
    rows
}

/// Kinds of rows in the order in which people see them.
fn after_all(kind: RowKind) -> u8 {
    match kind {
        RowKind::Data | RowKind::Rest => 0,
        RowKind::Unattributed => 1,
        RowKind::OtherServices | RowKind::Total => 2,
    }
}
