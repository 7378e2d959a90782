//! Data: all lines of some accounts as one tidy table, for spreadsheets and machines.
//!
//! In:    accounts of a ledger.
//! Out:   a table whose `cost` adds up to the accounts; with split cost, to the bill.
//! Never: folds, shortens a name, or leaves a line out.

use super::ledger::{Account, Holder, KEYS, Kind, Ledger, Line};
use super::shared::Whole;
use super::tables::word;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::report::ReportError;
use crate::report::spend::total_rows;
use crate::report::table::{Cell, Column, ColumnKind, Row, RowKind, Table};

impl Ledger {
    /// The lines of these accounts; with `bill`, also the split cost that belongs to nobody.
    pub(super) fn lines<'a>(
        &'a self,
        accounts: impl IntoIterator<Item = &'a Account>,
        bill: bool,
        currencies: &[Currency],
    ) -> Result<Table, ReportError> {
        let columns = self.data_columns();
        let pools = self.pools()?;
        let month = self.month.to_string();
        let mut rows = Vec::new();
        for account in accounts {
            let id = match &account.holder {
                Holder::Tenant { id, .. } => Some(id.as_str()),
                Holder::Unassigned => None,
            };
            for line in &account.lines {
                let pool = line.key(&Dimension::Pool).filter(|_| line.is_received());
                let whole = pool.and_then(|pool| pools.get(&(&line.currency, pool)));
                let mut moves = whole.into_iter().flat_map(|whole| whole.moves(id.unwrap_or("")));
                // Days of a daily driver have a share each; there is no one share to tell.
                let share = moves.next().filter(|_| moves.next().is_none());
                let mut cells = vec![
                    id.map_or(Cell::Nothing, Cell::text),
                    match line.kind {
                        Kind::Adjustment(period) => Cell::text(period.to_string()),
                        _ => Cell::text(month.clone()),
                    },
                    word(line.kind.name(), line.kind.name()),
                ];
                cells.extend(
                    line.keys.iter().map(|key| key.as_deref().map_or(Cell::Nothing, Cell::text)),
                );
                let method = whole.and_then(Whole::method);
                cells.push(method.map_or(Cell::Nothing, Cell::text));
                let [weight, weights] = [share.map(|of| of.weight), share.map(|of| of.weights)];
                let number = |number: Option<i128>| {
                    number.map_or(Cell::Nothing, |number| Cell::text(number.to_string()))
                };
                cells.extend([number(weight), number(weights)]);
                if self.tells_reasons() {
                    cells.push(line.why.map_or(Cell::Nothing, |why| word(why.name(), why.words())));
                }
                let before = self.before.map(|_| line.before);
                rows.push(row(cells, &line.currency, line.cost, before));
            }
        }
        for (currency, month, cost) in self.split_cost().into_iter().filter(|_| bill) {
            let mut cells = vec![Cell::Nothing; columns.len() - 3];
            cells[1] = Cell::text(month.to_string());
            cells[2] = Cell::text("split_cost");
            rows.push(row(cells, currency, cost, None));
        }
        let mut table = Table { columns, rows, ..Table::default() };
        table.totals = total_rows(&table, currencies)?;
        Ok(table)
    }
}

impl Ledger {
    fn data_columns(&self) -> Vec<Column> {
        let mut columns = vec![
            Column::new("tenant", "Tenant", ColumnKind::Text),
            Column::new("billing_period", "Month", ColumnKind::Date),
            Column::new("kind", "Kind", ColumnKind::Text),
        ];
        columns.extend(KEYS.map(|of| Column::new(of.key(), of.heading(), ColumnKind::Text)));
        columns.extend([
            Column::new("method", "Method", ColumnKind::Text),
            Column::new("weight", "Weight", ColumnKind::Text),
            Column::new("weights", "Weights", ColumnKind::Text),
        ]);
        if self.tells_reasons() {
            columns.push(Column::new("why", "Why", ColumnKind::Text));
        }
        columns.extend([
            Column::new("currency", "Currency", ColumnKind::Text),
            Column::new("cost", "Cost", ColumnKind::Money),
            Column::new("last_month_cost", "Last month", ColumnKind::Money),
        ]);
        columns
    }

    /// Only adjustments have reasons.
    fn tells_reasons(&self) -> bool {
        !self.adjustments.is_empty()
    }

    /// Split cost of the month, and what is adjusted of that of closed months.
    fn split_cost(&self) -> Vec<(&Currency, BillingPeriod, Money)> {
        let mut told = Vec::new();
        for (currency, bill) in &self.bill {
            let elsewhere: i128 = bill.adjusted.values().map(|[_, split]| split.0).sum();
            told.push((currency, self.month, Money(bill.split_cost.0 - elsewhere)));
            told.extend(bill.adjusted.iter().map(|(of, [_, split])| (currency, *of, *split)));
        }
        told.retain(|(.., cost)| *cost != Money::ZERO);
        told
    }
}

fn row(mut cells: Vec<Cell>, currency: &Currency, cost: Money, before: Option<Money>) -> Row {
    let before = before.map_or(Cell::Nothing, Cell::Money);
    cells.extend([Cell::text(currency.to_string()), Cell::Money(cost), before]);
    Row { kind: RowKind::Data, currency: Some(currency.clone()), cells }
}

impl Line {
    fn is_received(&self) -> bool {
        self.kind == Kind::Shared
    }
}
