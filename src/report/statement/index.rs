//! Index: every statement of a month in one table that adds up to the bill.
//!
//! In:    a ledger, and the names of the files that statements were written to.
//! Out:   a [`Report`]: a row per tenant, what is unassigned, split cost, the bill.
//! Never: leaves out a tenant that has nothing.

use super::ledger::{Account, Holder, Kind, Ledger, Line};
use super::{Settings, Status, section};
use crate::model::money::{Currency, Money};
use crate::model::phrase::phrase;
use crate::report::fold::fold;
use crate::report::spend::total_rows;
use crate::report::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use crate::report::{Caption, Owners, Report, ReportError, Section};

impl Ledger {
    /// The index; `files` holds one name per account and one for what is unassigned, or nothing.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub fn index(&self, files: &[String], settings: Settings) -> Result<Report, ReportError> {
        let several = self.currencies.len() > 1;
        let has_budgets = self.accounts.iter().any(|account| self.budget_of(account).is_some());
        let columns = self.index_columns(several, has_budgets, !files.is_empty());
        let mut rows = Vec::new();
        let accounts = self.accounts.iter().chain([&self.unassigned]);
        for (at, account) in accounts.enumerate() {
            for currency in self.currencies_of(account) {
                let file = files.get(at).map(String::as_str);
                rows.push(self.index_row(account, &currency, &columns, file)?);
            }
        }
        let split_cost = self.bill.iter().filter(|(_, bill)| bill.split_cost != Money::ZERO);
        for (currency, bill) in split_cost {
            let key = |column: &Column| match column.key.as_str() {
                "tenant" => Cell::Label("split cost, restates EC2 lines".into()),
                "currency" => Cell::text(currency.to_string()),
                "cost" => Cell::Booked {
                    exact: bill.split_cost,
                    cents: self.booked.get(currency).map(|of| of.split_cost).unwrap_or_default(),
                },
                _ => Cell::Blank,
            };
            let cells = columns.iter().map(key).collect();
            rows.push(Row {
                kind: RowKind::OtherServices,
                currency: Some(currency.clone()),
                cells,
            });
        }
        rows.sort_by(|a, b| (&a.currency, a.kind).cmp(&(&b.currency, b.kind)));
        let mut table = Table { columns, rows, ..Table::default() };
        table.folded = settings.limit.and_then(|limit| fold(&table.columns, &table.rows, limit));
        table.totals = total_rows(&table, &self.currencies)?;
        let caption = Caption {
            periods: vec![self.month.to_string()],
            provisional: self.provisional(),
            metric: Some(self.metric),
            currencies: self.currencies.clone(),
            owners: Owners::Asked,
            source_rows: Some(self.books.source_rows),
            ..Caption::default()
        };
        let mut sections = vec![Section { table: table.clone(), ..Section::default() }];
        if !files.is_empty() {
            sections.push(section("Files", listed(&table)));
        }
        Ok(Report {
            title: phrase!("Statements of {}", self.month.to_string()),
            caption,
            subject: self.status.iter().flat_map(Status::facts).collect(),
            data: (!files.is_empty()).then_some(table),
            sections,
            books: Some(self.books.clone()),
            findings: self.findings.clone(),
        })
    }

    /// The index, and all lines as one table.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub fn everything(&self, settings: Settings) -> Result<Report, ReportError> {
        let accounts = self.accounts.iter().chain([&self.unassigned]);
        let data = Some(self.lines(accounts, true, &self.currencies)?);
        Ok(Report { data, ..self.index(&[], settings)? })
    }

    fn index_columns(&self, several: bool, has_budgets: bool, has_files: bool) -> Vec<Column> {
        let money = |key: &str, heading: &'static str| Column::new(key, heading, ColumnKind::Money);
        let mut columns = vec![
            Column::new("tenant", "Tenant", ColumnKind::Text),
            Column::new("name", "Name", ColumnKind::Text).seen(Place::Data),
            Column::new("cost_center", "Cost centre", ColumnKind::Text).giving_way(1),
        ];
        if several {
            columns.push(Column::new("currency", "Currency", ColumnKind::Text));
        }
        columns.extend([
            money("own_cost", "Own").giving_way(4),
            money("own_credits", "Credits").giving_way(4),
            money("shared_cost", "Shared").giving_way(4),
        ]);
        if !self.adjustments.is_empty() {
            columns.push(money("adjustments", "Adjustments").giving_way(4));
        }
        columns.push(money("cost", "Total"));
        if self.before.is_some() {
            columns.push(money("last_month_cost", "Last month").giving_way(3));
        }
        if has_budgets {
            columns.push(money("budget", "Budget").giving_way(2));
            let used = Column::new("used", "Used", ColumnKind::Percent);
            columns.push(used.seen(Place::Screen).giving_way(2));
        }
        if has_files {
            columns.push(Column::new("file", "File", ColumnKind::Text).seen(Place::Data));
        }
        columns
    }

    /// The budget of a declared tenant, when the bill is in one currency.
    fn budget_of(&self, account: &Account) -> Option<Money> {
        let Holder::Tenant { declared: Some(tenant), .. } = &account.holder else { return None };
        tenant.budget.filter(|_| self.currencies.len() == 1)
    }

    fn index_row(
        &self,
        account: &Account,
        currency: &Currency,
        columns: &[Column],
        file: Option<&str>,
    ) -> Result<Row, ReportError> {
        let (kind, declared) = match &account.holder {
            Holder::Unassigned => (RowKind::Unattributed, None),
            Holder::Tenant { declared, .. } => (RowKind::Data, declared.as_ref()),
        };
        let kinds = [Kind::Own, Kind::Credit, Kind::Shared];
        let cents_of = account.cents_of(currency, &kinds)?;
        let of = |at: usize| {
            let [exact, _] = account.sum(currency, |line| line.kind == kinds[at])?;
            let [cents, _] = cents_of[at];
            Ok(if kind == RowKind::Data { Cell::Booked { exact, cents } } else { Cell::Blank })
        };
        let [total, before] = account.sum(currency, |_| true)?;
        let [cents, cents_before] = account.cents(currency);
        let [of_month, _] = account.sum(currency, Line::is_of_month)?;
        let range = || ReportError::range(currency);
        let adjustments = Cell::Booked {
            exact: total.checked_sub(of_month).ok_or_else(range)?,
            cents: Money(cents.0 - account.month_cents(currency)[0].0),
        };
        let budget = self.budget_of(account);
        let text = |text: Option<&str>| text.map_or(Cell::Blank, Cell::text);
        let cell = |column: &Column| {
            Ok(match column.key.as_str() {
                "tenant" => account.holder.cell(),
                "name" => text(declared.map(|tenant| tenant.name.as_str())),
                "cost_center" => text(declared.and_then(|tenant| tenant.cost_center.as_deref())),
                "currency" => Cell::text(currency.to_string()),
                "own_cost" => of(0)?,
                "own_credits" => of(1)?,
                "shared_cost" => of(2)?,
                "adjustments" => adjustments.clone(),
                "cost" => Cell::Booked { exact: total, cents },
                "last_month_cost" => Cell::Booked { exact: before, cents: cents_before },
                "budget" => budget.map_or(Cell::Blank, Cell::Money),
                "used" => budget.map_or(Cell::Blank, |whole| Cell::Share { part: of_month, whole }),
                _ => text(file),
            })
        };
        let cells = columns.iter().map(cell).collect::<Result<_, ReportError>>()?;
        Ok(Row { kind, currency: Some(currency.clone()), cells })
    }
}

/// Which file is whose.
fn listed(index: &Table) -> Table {
    let columns = vec![
        Column::new("tenant", "Tenant", ColumnKind::Text),
        Column::new("file", "File", ColumnKind::Text),
    ];
    let row = |row: &Row| {
        let [tenant, .., file] = row.cells.as_slice() else { return None };
        let cells = vec![tenant.clone(), file.clone()];
        (*file != Cell::Blank).then_some(Row { kind: row.kind, currency: None, cells })
    };
    let mut rows: Vec<Row> = index.rows.iter().filter_map(row).collect();
    rows.dedup();
    Table { columns, rows, ..Table::default() }
}

impl Holder {
    fn cell(&self) -> Cell {
        match self {
            Self::Unassigned => Cell::Label("unassigned".into()),
            Self::Tenant { id, .. } => {
                Cell::Text { full: id.as_str().into(), short: self.name().into() }
            }
        }
    }
}
