//! Shared: from which pool, by which rule and at which share a tenant received cost.
//!
//! In:    the shared lines of an account, and the trail of every split.
//! Out:   what was received, what was passed on, and what stayed in its pool.
//! Never: believes a line that the trail does not tell, or a move that no line tells.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::{Account, Holder, Kind, Ledger, add, tie};
use super::section;
use super::tables::{Entry, Share, Tables};
use crate::model::cost_rules::is_adjustment;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::phrase::{Phrase, phrase};
use crate::model::trail::{Move, Pool};
use crate::report::cents::book_cell;
use crate::report::names::quoted;
use crate::report::spend::total_rows;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use crate::report::{ReportError, Section};

/// How the key of a row begins that takes adjustments off what is booked.
const LESS: &str = "less_adjustments_";

/// One split in one currency over the whole month.
#[derive(Default)]
pub(super) struct Whole<'a> {
    pub(super) pools: Vec<&'a Pool>,
    pub(super) amount: Money,
    pub(super) kept: Money,
}

/// What an account received of one pool.
#[derive(Default)]
struct Received {
    cost: Money,
    before: Money,
    credits: Money,
}

impl Ledger {
    /// The pools of the month, by currency and split; days of a daily driver together.
    pub(super) fn pools(&self) -> Result<BTreeMap<(&Currency, &str), Whole<'_>>, ReportError> {
        let month = self.month.to_string();
        let mut pools: BTreeMap<(&Currency, &str), Whole<'_>> = BTreeMap::new();
        let of_month = |pool: &&Pool| pool.period.as_ref().is_none_or(|period| *period == month);
        for pool in self.trail.pools.iter().filter(of_month) {
            let whole = pools.entry((&pool.currency, pool.split.as_str())).or_default();
            add(&mut whole.amount, pool.amount, &pool.currency)?;
            add(&mut whole.kept, pool.kept, &pool.currency)?;
            whole.pools.push(pool);
        }
        Ok(pools)
    }

    /// Shared cost received, pool by pool.
    pub(super) fn received(
        &self,
        account: &Account,
        tables: &Tables<'_>,
    ) -> Result<Option<Section>, ReportError> {
        let mut sums: BTreeMap<(&Currency, &str, Option<&str>), Received> = BTreeMap::new();
        for line in account.lines.iter().filter(|line| line.kind == Kind::Shared) {
            let pool = line.key(&Dimension::Pool).unwrap_or_default();
            let rule = line.key(&Dimension::TenantRule);
            let sum = sums.entry((&line.currency, pool, rule)).or_default();
            add(&mut sum.cost, line.cost, &line.currency)?;
            add(&mut sum.before, line.before, &line.currency)?;
            if line.key(&Dimension::LineItemType).is_some_and(is_adjustment) {
                add(&mut sum.credits, line.cost, &line.currency)?;
            }
        }
        if sums.is_empty() {
            return Ok(None);
        }
        let pools = self.pools()?;
        self.follow(account, &pools, &sums)?;
        let has_credits = sums.values().any(|sum| sum.credits != Money::ZERO);
        let several = tables.currencies.len() > 1;
        let columns = received_columns(several, has_credits, self.before.is_some());
        let mut entries: Vec<_> = sums.iter().collect();
        entries.sort_by(|((a, ..), x), ((b, ..), y)| (a, y.cost).cmp(&(b, x.cost)));
        let row =
            |((currency, pool, rule), sum): &(&(&Currency, &str, Option<&str>), &Received)| {
                let whole = pools.get(&(*currency, *pool));
                let amount = whole.map(|whole| whole.amount);
                let mut cells = vec![
                    Cell::Text { full: (*pool).into(), short: quoted(pool).into() },
                    rule.map_or(Cell::Nothing, Cell::text),
                    whole.and_then(Whole::method).map_or(Cell::Nothing, Cell::text),
                ];
                if several {
                    cells.push(Cell::text(currency.to_string()));
                }
                cells.push(amount.map_or(Cell::Nothing, Cell::Money));
                let share = |whole| Cell::Share { part: sum.cost, whole };
                cells.push(amount.map_or(Cell::Nothing, share));
                cells.push(Cell::Money(sum.cost));
                if has_credits {
                    cells.push(Cell::Money(sum.credits));
                }
                if self.before.is_some() {
                    cells.push(Cell::Money(sum.before));
                }
                Row { kind: RowKind::Data, currency: Some((*currency).clone()), cells }
            };
        let rows = entries.iter().map(row).collect();
        let mut table = Table { columns, rows, ..Table::default() };
        table.totals = total_rows(&table, &tables.currencies)?;
        let pool_amount = table.columns.iter().position(|column| column.key == "pool_amount");
        for (total, place) in table.totals.iter_mut().zip(std::iter::repeat(pool_amount)) {
            // What tenants received of several pools is no share of all of them together.
            if let Some(place) = place {
                total.cells[place] = Cell::Blank;
            }
        }
        tables.book(&mut table, Some(Kind::Shared))?;
        Ok(Some(section("Shared cost received", table)))
    }

    /// Holds the lines of an account against the trail, unless it passes on what it receives.
    fn follow(
        &self,
        account: &Account,
        pools: &BTreeMap<(&Currency, &str), Whole<'_>>,
        sums: &BTreeMap<(&Currency, &str, Option<&str>), Received>,
    ) -> Result<(), ReportError> {
        let Holder::Tenant { id, .. } = &account.holder else { return Ok(()) };
        if self.tenancy.splits.iter().any(|split| split.from.contains(id)) {
            return Ok(());
        }
        for ((currency, split), whole) in pools {
            let moved: Vec<Money> = whole.moves(id).map(|moved| moved.amount).collect();
            let of_pool = |(key, _): &(&(&Currency, &str, Option<&str>), &Received)| {
                key.0 == *currency && key.1 == *split
            };
            let lines = sums.iter().filter(of_pool).map(|(_, sum)| sum.cost);
            let range = || ReportError::range(currency);
            let lines = Money::checked_sum(lines).ok_or_else(range)?;
            tie(&format!("what `{id}` received of pool `{split}`"), currency, &moved, lines)?;
        }
        Ok(())
    }

    /// What splits took from this tenant alone and gave to others.
    pub(super) fn passed_on(&self, id: &str) -> Result<Option<Section>, ReportError> {
        let takes = |name: &str| {
            let mut splits = self.tenancy.splits.iter();
            splits.any(|split| split.name == name && split.from.len() == 1 && split.from[0] == id)
        };
        let pools: Vec<_> =
            self.pools()?.into_iter().filter(|((_, split), _)| takes(split)).collect();
        self.pool_table("Passed on to others, not in the total", &pools)
    }

    /// What stayed unassigned although a split took it.
    pub(super) fn kept(&self) -> Result<Option<Section>, ReportError> {
        let takes = |name: &str| {
            let mut splits = self.tenancy.splits.iter();
            splits.any(|split| split.name == name && split.from.is_empty())
        };
        let kept = self.pools()?.into_iter();
        let kept = kept.filter(|((_, split), whole)| takes(split) && whole.kept != Money::ZERO);
        let kept: Vec<_> = kept.collect();
        self.pool_table("Pools of which something stayed", &kept)
    }

    fn pool_table(
        &self,
        heading: &'static str,
        pools: &[((&Currency, &str), Whole<'_>)],
    ) -> Result<Option<Section>, ReportError> {
        if pools.is_empty() {
            return Ok(None);
        }
        let columns = vec![
            Column::new("shared_pool", "Pool", ColumnKind::Text),
            Column::new("tenant_rule", "Rule", ColumnKind::Text),
            Column::new("method", "Method", ColumnKind::Text).giving_way(0),
            Column::new("currency", "Currency", ColumnKind::Text).giving_way(1),
            Column::new("pool_amount", "Taken", ColumnKind::Money),
            Column::new("given", "Given", ColumnKind::Money),
            Column::new("kept", "Stayed", ColumnKind::Money),
            Column::new("why_kept", "Why", ColumnKind::Text),
        ];
        let mut rows = Vec::new();
        for ((currency, split), whole) in pools {
            let range = || ReportError::range(currency);
            let given = whole.amount.checked_sub(whole.kept).ok_or_else(range)?;
            let at = whole.pools.first().map(|pool| self.tenancy.place(pool.at));
            let why: BTreeSet<&str> =
                whole.pools.iter().filter_map(|pool| pool.why_kept.as_deref()).collect();
            let why: Vec<&str> = why.into_iter().collect();
            let cells = vec![
                Cell::Text { full: (*split).into(), short: quoted(split).into() },
                at.map_or(Cell::Nothing, Cell::text),
                whole.method().map_or(Cell::Nothing, Cell::text),
                Cell::text(currency.to_string()),
                Cell::Money(whole.amount),
                Cell::Money(given),
                Cell::Money(whole.kept),
                if why.is_empty() { Cell::Nothing } else { Cell::text(why.join("; ")) },
            ];
            rows.push(Row { kind: RowKind::Data, currency: Some((*currency).clone()), cells });
        }
        Ok(Some(section(heading, Table { columns, rows, ..Table::default() })))
    }

    /// The tie to the bill: this account, all others, what is unassigned, split cost.
    pub(super) fn foot(&self, account: &Account) -> Result<Section, ReportError> {
        let tables = Tables::of(self, account, crate::report::statement::Settings::default());
        let is_nobody = account.holder == Holder::Unassigned;
        let others = self.accounts.len() - usize::from(!is_nobody);
        let mut entries = Vec::new();
        for currency in &tables.currencies {
            let bill = self.bill.get(currency).cloned().unwrap_or_default();
            let [mine, _] = account.sum(currency, |_| true)?;
            let range = || ReportError::range(currency);
            let mine_of = |whole: Money| whole.checked_sub(mine).ok_or_else(range);
            let (rest, unassigned) = if is_nobody {
                (bill.tenants, mine_of(bill.unassigned)?)
            } else {
                (mine_of(bill.tenants)?, bill.unassigned)
            };
            let others_word = match others {
                1 => "1 other statement".into(),
                n if is_nobody => phrase!("{} statements", n),
                n => phrase!("{} other statements", n),
            };
            let mine_word = if is_nobody { "Not assigned to any tenant" } else { "This statement" };
            let part = |key: &str, word: Phrase, amount| (key.to_owned(), word, amount);
            let mut parts =
                vec![part("this", mine_word.into(), mine), part("others", others_word, rest)];
            if !is_nobody {
                parts.push(part("unassigned", "Not assigned to any tenant".into(), unassigned));
            }
            if bill.split_cost != Money::ZERO {
                let word = "Split cost, which restates EC2 lines";
                parts.push(part("split_cost", word.into(), bill.split_cost));
            }
            for (period, [adjusted, _]) in &bill.adjusted {
                let word = phrase!("Less adjustments to {}", period.to_string());
                let amount = Money::ZERO.checked_sub(*adjusted).ok_or_else(range)?;
                parts.push(part(&format!("{LESS}{period}"), word, amount));
            }
            let amounts: Vec<Money> = parts.iter().map(|(.., amount)| *amount).collect();
            tie("this statement and the bill", currency, &amounts, bill.total)?;
            entries.extend(parts.into_iter().map(|(full, short, amount)| Entry {
                kind: RowKind::Data,
                currency: currency.clone(),
                keys: vec![Cell::Text { full: full.into(), short }],
                pair: [amount, Money::ZERO],
            }));
        }
        let keys = vec![Column::new("item", "", ColumnKind::Text)];
        let mut table = tables.table(keys, entries, Share::Alone)?;
        self.book_foot(account, &mut table);
        for total in &mut table.totals {
            if let Some(Cell::Label(word)) = total.cells.first_mut() {
                *word = match word.strip_prefix("total ") {
                    Some(currency) => phrase!("the bill {}", currency),
                    None => "the bill".into(),
                };
            }
        }
        Ok(section(phrase!("Tie to the bill of {}: difference 0", self.month.to_string()), table))
    }
}

impl Ledger {
    /// The foot in cents: what is neither this statement nor told apart is the other statements.
    fn book_foot(&self, account: &Account, table: &mut Table) {
        let Some(place) = table.columns.iter().position(|column| column.key == "cost") else {
            return;
        };
        let is_nobody = account.holder == Holder::Unassigned;
        for row in table.rows.iter_mut().chain(&mut table.totals) {
            let booked = row.currency.as_ref().and_then(|currency| self.booked.get(currency));
            let (Some(booked), Some(currency)) = (booked, &row.currency) else { continue };
            let [mine, _] = account.cents(currency);
            let unassigned = if is_nobody { 0 } else { booked.unassigned.0 };
            let adjusted: i128 = booked.adjusted.values().map(|cents| cents.0).sum();
            let others = booked.total.0 + adjusted - mine.0 - unassigned - booked.split_cost.0;
            let cents = match &row.cells[0] {
                Cell::Text { full, .. } => match &**full {
                    "this" => mine,
                    "others" => Money(others),
                    "unassigned" => booked.unassigned,
                    "split_cost" => booked.split_cost,
                    less => Money(-booked.adjusted_in(less.trim_start_matches(LESS)).0),
                },
                _ => booked.total,
            };
            book_cell(&mut row.cells[place], cents);
        }
    }
}

fn received_columns(several: bool, has_credits: bool, has_before: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::new("shared_pool", "Pool", ColumnKind::Text),
        Column::new("tenant_rule", "Rule", ColumnKind::Text),
        Column::new("method", "Method", ColumnKind::Text).giving_way(0),
    ];
    if several {
        columns.push(Column::new("currency", "Currency", ColumnKind::Text));
    }
    columns.push(Column::new("pool_amount", "Pool amount", ColumnKind::Money));
    columns.push(Column::new("share", "Share", ColumnKind::Percent).seen(Place::Screen));
    columns.push(Column::new("cost", "Received", ColumnKind::Money));
    if has_credits {
        columns.push(Column::new("credits", "Of which credits", ColumnKind::Money).giving_way(1));
    }
    if has_before {
        columns.push(Column::new("last_month_cost", "Last month", ColumnKind::Money).giving_way(2));
    }
    columns
}

impl<'a> Whole<'a> {
    pub(super) fn method(&self) -> Option<&'static str> {
        self.pools.first().map(|pool| pool.method)
    }

    /// What one tenant received.
    pub(super) fn moves(&self, id: &str) -> impl Iterator<Item = &'a Move> {
        self.pools.iter().filter_map(move |pool| {
            let at = pool.moves.binary_search_by(|moved| moved.tenant.as_str().cmp(id)).ok()?;
            pool.moves.get(at)
        })
    }
}
