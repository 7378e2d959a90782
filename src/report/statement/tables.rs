//! Tables: what a statement says of an account's own cost.
//!
//! In:    an account of a ledger.
//! Out:   summary, budget, own cost cut four ways, credits; the same for what is unassigned.
//! Never: returns a cut of own cost that is not the own cost of the summary.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::ledger::{Account, Kind, Ledger, Line, add, tie};
use super::{Settings, adjustments_to, section};
use crate::model::cost_rules::is_adjustment;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::phrase::Phrase;
use crate::model::tenancy::Tenant;
use crate::report::cents::{book_cell, book_column, book_difference};
use crate::report::fold::fold;
use crate::report::names::{Named, shorten};
use crate::report::spend::total_rows;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use crate::report::{ReportError, Section};

/// The ways in which own cost is cut, and what stands where there is no name.
const CUTS: [(Dimension, &str, &str); 4] = [
    (Dimension::User, "Own cost by user", "no user"),
    (Dimension::Space, "Own cost by space", "no space"),
    (Dimension::Component, "Own cost by component", "no component"),
    (Dimension::InstanceType, "Own cost by instance type", "no instance type"),
];

/// This month and the month before.
type Pair = [Money; 2];

/// The tables of one account.
pub(super) struct Tables<'a> {
    ledger: &'a Ledger,
    account: &'a Account,
    settings: Settings,
    pub(super) currencies: Vec<Currency>,
}

/// One row before it is cells: currency, key cells, amounts.
pub(super) struct Entry {
    pub(super) kind: RowKind,
    pub(super) currency: Currency,
    pub(super) keys: Vec<Cell>,
    pub(super) pair: Pair,
}

impl<'a> Tables<'a> {
    pub(super) fn of(ledger: &'a Ledger, account: &'a Account, settings: Settings) -> Self {
        let currencies = ledger.currencies_of(account);
        Self { ledger, account, settings, currencies }
    }

    /// Own cost, credits, what was received, and their total.
    pub(super) fn summary(&self) -> Result<Section, ReportError> {
        self.items(&[
            ("own_cost", "Own cost", Kind::Own),
            ("own_credits", "Own credits and adjustments", Kind::Credit),
            ("shared_cost", "Shared cost received", Kind::Shared),
        ])
    }

    /// The two kinds of cost that no tenant answers for.
    pub(super) fn unassigned_summary(&self) -> Result<Section, ReportError> {
        self.items(&[
            ("unassigned", "SageMaker and Studio", Kind::Unassigned),
            ("other_services", "Other services", Kind::OtherServices),
        ])
    }

    /// Kinds of cost of the month, and what is adjusted of months that were closed.
    fn items(&self, items: &[(&str, &'static str, Kind)]) -> Result<Section, ReportError> {
        let of_month = items.iter().map(|(key, words, kind)| (word(key, *words), *kind));
        let adjusted = self.ledger.adjusted();
        let adjusted = adjusted.map(|of| (adjustments_to(of), Kind::Adjustment(of)));
        let items: Vec<(Cell, Kind)> = of_month.chain(adjusted).collect();
        let mut entries = Vec::new();
        for currency in &self.currencies {
            for (key, kind) in &items {
                let pair = self.account.sum(currency, |line| line.kind == *kind)?;
                let keys = vec![key.clone()];
                let (kind, currency) = (RowKind::Data, currency.clone());
                entries.push(Entry { kind, currency, keys, pair });
            }
        }
        let keys = vec![Column::new("item", "", ColumnKind::Text)];
        let mut table = self.table(keys, entries, Share::Without)?;
        add_change(&mut table)?;
        let kinds: Vec<Kind> = items.iter().map(|(_, kind)| *kind).collect();
        self.book_summary(&mut table, &kinds)?;
        Ok(section("Summary", table))
    }

    /// The summary's cents are the account's, and the change is their difference.
    fn book_summary(&self, table: &mut Table, kinds: &[Kind]) -> Result<(), ReportError> {
        let place = |key: &str| table.columns.iter().position(|column| column.key == key);
        let (cost, before, change) = (place("cost"), place("last_month_cost"), place("change"));
        for currency in &self.currencies {
            let cents = self.account.cents_of(currency, kinds)?;
            let is_ours = |row: &&mut Row| row.currency.as_ref() == Some(currency);
            let rows = table.rows.iter_mut().filter(is_ours).zip(&cents);
            let whole = self.account.cents(currency);
            let totals = table.totals.iter_mut().filter(is_ours).map(|total| (total, &whole));
            for (row, [now, then]) in rows.chain(totals) {
                for (place, cents) in
                    cost.map(|at| (at, now)).into_iter().chain(before.map(|at| (at, then)))
                {
                    book_cell(&mut row.cells[place], *cents);
                }
                if let (Some(cost), Some(before), Some(change)) = (cost, before, change) {
                    book_difference(row, change, cost, before);
                }
            }
        }
        Ok(())
    }

    /// Books a table that adds up to one kind of cost, or to the month's when `kind` is `None`.
    pub(super) fn book(&self, table: &mut Table, kind: Option<Kind>) -> Result<(), ReportError> {
        let (mut now, mut before) = (BTreeMap::new(), BTreeMap::new());
        for currency in &self.currencies {
            let kinds = [Kind::Own, Kind::Credit, Kind::Shared];
            let cents = match kind.and_then(|kind| kinds.iter().position(|of| *of == kind)) {
                Some(at) => self.account.cents_of(currency, &kinds)?[at],
                None => self.account.month_cents(currency),
            };
            now.insert(currency.clone(), cents[0]);
            before.insert(currency.clone(), cents[1]);
        }
        book_column(table, "cost", &now);
        book_column(table, "last_month_cost", &before);
        Ok(())
    }

    /// The budget of a tenant beside what it spent. A bill in several currencies has none.
    pub(super) fn budget(&self, tenant: Option<&Tenant>) -> Result<Option<Section>, ReportError> {
        let budget = tenant.and_then(|tenant| tenant.budget);
        let (Some(budget), [currency]) = (budget, self.ledger.currencies.as_slice()) else {
            return Ok(None);
        };
        // A budget is for what is used in the month; what is adjusted was used in another one.
        let [spent, _] = self.account.sum(currency, Line::is_of_month)?;
        let range = || ReportError::range(currency);
        let left = budget.checked_sub(spent).ok_or_else(range)?;
        let columns = vec![
            Column::new("budget", "Budget", ColumnKind::Money),
            Column::new("spent", "Spent", ColumnKind::Money),
            Column::new("used", "Used", ColumnKind::Percent).seen(Place::Screen),
            Column::new("left", "Left", ColumnKind::Money),
        ];
        let [cents, _] = self.account.month_cents(currency);
        let mut cells = vec![
            Cell::Money(budget),
            Cell::Money(spent),
            Cell::Share { part: spent, whole: budget },
            Cell::Money(left),
        ];
        book_cell(&mut cells[1], cents);
        book_cell(&mut cells[3], budget.checked_sub(cents).ok_or_else(range)?);
        let row = Row { kind: RowKind::Data, currency: Some(currency.clone()), cells };
        Ok(Some(section("Budget", Table { columns, rows: vec![row], ..Table::default() })))
    }

    /// Own cost cut every way; each cut is the whole of it.
    pub(super) fn own_cuts(&self) -> Result<Vec<Section>, ReportError> {
        let is_own = |line: &Line| line.kind == Kind::Own;
        let cuts = CUTS.iter().map(|(dimension, heading, nobody)| {
            self.cut((dimension, heading, nobody), Some(Kind::Own), &is_own)
        });
        Ok(cuts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// What is unassigned, by what it was for.
    pub(super) fn unassigned_cuts(&self) -> Result<Vec<Section>, ReportError> {
        let cuts = [
            (Dimension::Service, "By service", "no service"),
            (Dimension::Component, "By component", "no component"),
            (Dimension::LineItemType, "By line type", "no line type"),
        ];
        let cuts = cuts.iter().map(|(dimension, heading, nobody)| {
            self.cut((dimension, heading, nobody), None, &Line::is_of_month)
        });
        Ok(cuts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn cut(
        &self,
        (dimension, heading, nobody): (&Dimension, &'static str, &'static str),
        kind: Option<Kind>,
        of: &dyn Fn(&Line) -> bool,
    ) -> Result<Option<Section>, ReportError> {
        let mut sums: BTreeMap<(&Currency, Option<&str>), Pair> = BTreeMap::new();
        for line in self.account.lines.iter().filter(|line| of(line)) {
            let pair = sums.entry((&line.currency, line.key(dimension))).or_default();
            add(&mut pair[0], line.cost, &line.currency)?;
            add(&mut pair[1], line.before, &line.currency)?;
        }
        if sums.is_empty() {
            return Ok(None);
        }
        let values = sums.keys().filter_map(|(_, value)| value.map(|value| (None, value)));
        let names = shorten(dimension, values);
        let entry = |((currency, value), pair): (&(&Currency, Option<&str>), &Pair)| {
            let key = match value {
                Some(full) => word(full, short(&names, full)),
                None => Cell::Label(nobody.into()),
            };
            let (kind, currency) = (RowKind::Data, (*currency).clone());
            Entry { kind, currency, keys: vec![key], pair: *pair }
        };
        // Lines that cost nothing are in the data, and would only be noise here.
        let told = sums.iter().filter(|(_, pair)| **pair != Pair::default());
        let entries = told.map(entry).collect();
        let keys = vec![Column::new(dimension.key(), dimension.heading(), ColumnKind::Text)];
        let mut table = self.table(keys, entries, Share::With)?;
        self.book(&mut table, kind)?;
        for currency in &self.currencies {
            let whole = self.account.sum(currency, of)?;
            let parts = sums.iter().filter(|((of, _), _)| *of == currency);
            let parts: Vec<Money> = parts.map(|(_, pair)| pair[0]).collect();
            tie(heading, currency, &parts, whole[0])?;
        }
        Ok(Some(section(heading, table)))
    }

    /// Credits, refunds and discounts: the tenant's own, and those among what it received.
    pub(super) fn credits(&self) -> Result<Option<Section>, ReportError> {
        let mut sums: BTreeMap<(&Currency, &str, Option<&str>), Pair> = BTreeMap::new();
        for line in self.account.lines.iter().filter(|line| line.is_of_month()) {
            let Some(kind) = line.key(&Dimension::LineItemType) else { continue };
            if is_adjustment(kind) {
                let is_shared = line.kind == Kind::Shared;
                let pool = if is_shared { line.key(&Dimension::Pool) } else { None };
                let pair = sums.entry((&line.currency, kind, pool)).or_default();
                add(&mut pair[0], line.cost, &line.currency)?;
                add(&mut pair[1], line.before, &line.currency)?;
            }
        }
        if sums.is_empty() {
            return Ok(None);
        }
        let entry = |((currency, kind, pool), pair): (&(&Currency, &str, Option<&str>), &Pair)| {
            let through = pool.map_or_else(|| Cell::Label("own".into()), Cell::text);
            let keys = vec![Cell::text(*kind), through];
            Entry { kind: RowKind::Data, currency: (*currency).clone(), keys, pair: *pair }
        };
        let entries = sums.iter().map(entry).collect();
        let keys = vec![
            Column::new(Dimension::LineItemType.key(), "Line type", ColumnKind::Text),
            Column::new(Dimension::Pool.key(), "Through", ColumnKind::Text),
        ];
        let table = self.table(keys, entries, Share::Without)?;
        Ok(Some(section("Credits and adjustments, own and received", table)))
    }

    /// A table of keys, currency if there are several, cost, and what `share` says.
    pub(super) fn table(
        &self,
        keys: Vec<Column>,
        mut entries: Vec<Entry>,
        share: Share,
    ) -> Result<Table, ReportError> {
        entries.sort_by(|a, b| {
            let order = |entry: &Entry| {
                Reverse(if share == Share::With { entry.pair } else { Pair::default() })
            };
            (&a.currency, order(a)).cmp(&(&b.currency, order(b)))
        });
        let tells_currency = self.currencies.len() > 1;
        let mut columns = keys;
        if tells_currency {
            columns.push(Column::new("currency", "Currency", ColumnKind::Text));
        }
        columns.push(Column::new("cost", "Cost", ColumnKind::Money));
        if share == Share::With {
            let share = Column::new("share", "Share", ColumnKind::Share);
            columns.push(share.seen(Place::Screen).giving_way(0));
        }
        let tells_before = self.ledger.before.is_some() && share != Share::Alone;
        if tells_before {
            let before = Column::new("last_month_cost", "Last month", ColumnKind::Money);
            columns.push(if share == Share::With { before.giving_way(1) } else { before });
        }
        let mut wholes: BTreeMap<&Currency, Money> = BTreeMap::new();
        for entry in &entries {
            add(wholes.entry(&entry.currency).or_default(), entry.pair[0], &entry.currency)?;
        }
        let row = |entry: &Entry| {
            let mut cells = entry.keys.clone();
            if tells_currency {
                cells.push(Cell::text(entry.currency.to_string()));
            }
            cells.push(Cell::Money(entry.pair[0]));
            if share == Share::With {
                let whole = wholes.get(&entry.currency).copied().unwrap_or_default();
                cells.push(Cell::Share { part: entry.pair[0], whole });
            }
            if tells_before {
                cells.push(Cell::Money(entry.pair[1]));
            }
            Row { kind: entry.kind, currency: Some(entry.currency.clone()), cells }
        };
        let rows = entries.iter().map(row).collect();
        let mut table = Table { columns, rows, ..Table::default() };
        table.folded =
            self.settings.limit.and_then(|limit| fold(&table.columns, &table.rows, limit));
        table.totals = total_rows(&table, &self.currencies)?;
        Ok(table)
    }
}

/// What changed since the month before, when there is one.
fn add_change(table: &mut Table) -> Result<(), ReportError> {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let (Some(cost), Some(before)) = (place("cost"), place("last_month_cost")) else {
        return Ok(());
    };
    for row in table.rows.iter_mut().chain(&mut table.totals) {
        let change = match (&row.cells[cost], &row.cells[before]) {
            (Cell::Money(now), Cell::Money(before)) => now.checked_sub(*before),
            _ => None,
        };
        let currency = row.currency.as_ref().map(ToString::to_string).unwrap_or_default();
        let range = || ReportError::TotalOutOfRange { currency };
        row.cells.push(Cell::Money(change.ok_or_else(range)?));
    }
    table.columns.push(Column::new("change", "Change", ColumnKind::Money));
    Ok(())
}

/// What a table tells beside the cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// The share of every row, largest first, and last month.
    With,
    /// Last month.
    Without,
    /// Nothing.
    Alone,
}

/// The short name of a value.
pub(super) fn short(names: &FxHashMap<Named<'_>, Phrase>, full: &str) -> Phrase {
    names.get(&(None, full)).cloned().unwrap_or_else(|| full.to_owned().into())
}

/// A word for machines and one for people.
pub(super) fn word(full: &str, short: impl Into<Phrase>) -> Cell {
    Cell::Text { full: full.into(), short: short.into() }
}
