//! Diff: what a later delivery of a month says otherwise, as a report.
//!
//! In:    the same question answered from two versions, and the shifts between them.
//! Out:   a [`Report`]: the versions, the reasons, four cuts that add up, and every shift as data.
//! Never: classifies a shift; the room `change` does.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::cents::{book_apart, book_pair};
use super::fold::fold;
use super::names::{Named, shorten};
use super::spend::total_rows;
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table, sum_cells};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, AnswerRow, Standing};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::restatement::{Shift, Why};
use crate::model::stored::{Instant, VersionId};

/// What a run knows.
#[derive(Debug, Clone)]
pub struct Found {
    /// The month.
    pub period: BillingPeriod,
    /// The two versions, the earlier one first.
    pub versions: [Side; 2],
    /// Both answers to one question, in the same order.
    pub answers: [Answer; 2],
    /// What changed.
    pub shifts: Vec<Shift>,
    /// What was odd, or must be said.
    pub findings: Vec<Finding>,
}

/// One version.
#[derive(Debug, Clone)]
pub struct Side {
    /// Its number.
    pub id: VersionId,
    /// What it is beside that: `closed`, `newest`.
    pub words: Vec<&'static str>,
    /// When it was read.
    pub at: Instant,
    /// From where.
    pub source: String,
    /// Data files.
    pub files: u64,
    /// Rows that the files hold.
    pub rows: u64,
}

/// How much people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per table and currency before the tail is folded; `None` folds nothing.
    pub limit: Option<usize>,
}

/// How the bill is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Tenant,
    Owner,
    Service,
    LineType,
}

const CUTS: [Cut; 4] = [Cut::Tenant, Cut::Owner, Cut::Service, Cut::LineType];

/// Composes the report of `diff`.
///
/// # Errors
/// When a sum leaves the range of 128-bit pico-units.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let currencies = currencies(&found);
    let mut sections = vec![section("Versions", versions(&found.versions))];
    if found.shifts.is_empty() {
        sections.push(section("Change", whole(&found, &currencies)?));
    } else {
        sections.push(section("Why", reasons(&found, &currencies)?));
        for cut in CUTS {
            sections.push(section(cut.heading(), cut.table(&found, &currencies, settings)?));
        }
    }
    let data = Some(shifts(&found, &currencies)?);
    let caption = Caption {
        periods: vec![found.period.to_string()],
        metric: Some(found.answers[1].metric),
        currencies,
        owners: Owners::Asked,
        ..Caption::default()
    };
    let [before, after] = &found.versions;
    let title = if before.id == after.id {
        format!("{} as version {}", found.period, after.id)
    } else {
        format!("What changed in {} from version {} to {}", found.period, before.id, after.id)
    };
    let findings = found.findings;
    Ok(Report { title, caption, sections, data, findings, ..Report::default() })
}

fn section(heading: &str, table: Table) -> Section {
    Section { heading: Some(heading.to_owned()), table, charts: Vec::new() }
}

fn currencies(found: &Found) -> Vec<Currency> {
    let rows = found.answers.iter().flat_map(|answer| &answer.rows);
    let mut currencies: Vec<Currency> = rows.map(|row| row.currency.clone()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    currencies
}

fn versions(sides: &[Side; 2]) -> Table {
    let columns = vec![
        Column::new("version", "Version", ColumnKind::Text),
        Column::new("is", "", ColumnKind::Text),
        Column::new("read_at", "Read at", ColumnKind::Date),
        Column::new("files", "Files", ColumnKind::Count),
        Column::new("source_rows", "Source rows", ColumnKind::Count),
        Column::new("source", "Source", ColumnKind::Text).giving_way(0),
    ];
    let row = |side: &Side| {
        let words = side.words.join(", ");
        let cells = vec![
            Cell::text(side.id.to_string()),
            if words.is_empty() { Cell::Nothing } else { Cell::text(words) },
            Cell::text(side.at.0.clone()),
            Cell::Count(side.files),
            Cell::Count(side.rows),
            Cell::text(side.source.clone()),
        ];
        Row { kind: RowKind::Data, currency: None, cells }
    };
    let mut rows: Vec<Row> = sides.iter().map(row).collect();
    rows.dedup();
    Table { columns, rows, ..Table::default() }
}

/// Columns of words, the currency when there are several, then money.
fn columns(words: Vec<Column>, money: Vec<Column>, currencies: &[Currency]) -> Vec<Column> {
    // One currency is said in the caption.
    let seen = if currencies.len() > 1 { Place::Everywhere } else { Place::Data };
    let currency = Column::new("currency", "Currency", ColumnKind::Text).seen(seen);
    words.into_iter().chain([currency]).chain(money).collect()
}

fn money_columns() -> Vec<Column> {
    vec![
        Column::new("change", "Change", ColumnKind::Money),
        Column::new("cost_before", "Before", ColumnKind::Money),
        Column::new("cost_after", "After", ColumnKind::Money),
        Column::new("share", "Share", ColumnKind::Percent).seen(Place::Screen).giving_way(0),
    ]
}

/// Both amounts of something.
type Pair = [Money; 2];

fn add(sum: &mut Money, amount: Money, currency: &Currency) -> Result<(), ReportError> {
    *sum = sum.checked_add(amount).ok_or_else(|| ReportError::range(currency))?;
    Ok(())
}

/// The cells of [`money_columns`]; the share is that of the later bill.
fn money_cells(
    [before, after]: Pair,
    whole: Money,
    currency: &Currency,
) -> Result<Vec<Cell>, ReportError> {
    let change = after.checked_sub(before).ok_or_else(|| ReportError::range(currency))?;
    let share = Cell::Share { part: after, whole };
    Ok(vec![Cell::Money(change), Cell::Money(before), Cell::Money(after), share])
}

/// Both bills, by currency.
fn wholes(found: &Found) -> Result<BTreeMap<&Currency, Pair>, ReportError> {
    let mut wholes: BTreeMap<&Currency, Pair> = BTreeMap::new();
    for (side, answer) in found.answers.iter().enumerate() {
        for row in &answer.rows {
            let pair = wholes.entry(&row.currency).or_default();
            add(&mut pair[side], row.cost, &row.currency)?;
        }
    }
    Ok(wholes)
}

/// Every reason with its amount, those without one too.
fn reasons(found: &Found, currencies: &[Currency]) -> Result<Table, ReportError> {
    let words = vec![
        Column::new("why", "Why", ColumnKind::Text),
        Column::new("meaning", "What it is", ColumnKind::Text).giving_way(0),
    ];
    let money = vec![
        Column::new("change", "Change", ColumnKind::Money),
        Column::new("moved", "Of it up", ColumnKind::Money).giving_way(1),
        Column::new("fell", "Of it down", ColumnKind::Money).giving_way(1),
    ];
    let mut rows = Vec::new();
    for currency in currencies {
        for why in Why::ALL {
            let of = |shift: &&Shift| shift.currency == *currency && shift.why == why;
            let (mut up, mut down) = (Money::ZERO, Money::ZERO);
            for shift in found.shifts.iter().filter(of) {
                let side = if shift.change > Money::ZERO { &mut up } else { &mut down };
                add(side, shift.change, currency)?;
            }
            let mut change = up;
            add(&mut change, down, currency)?;
            let words = Cell::Text { full: why.name().to_owned(), short: why.words().to_owned() };
            let cells = [words, Cell::text(why.meaning()), Cell::text(currency.to_string())];
            let cells = cells.into_iter().chain([change, up, down].map(Cell::Money)).collect();
            rows.push(Row { kind: RowKind::Data, currency: Some(currency.clone()), cells });
        }
    }
    let mut table = Table { columns: columns(words, money, currencies), rows, ..Table::default() };
    table.totals = total_rows(&table, currencies)?;
    book_pair(&mut table, ["moved", "fell", "change"], 1);
    Ok(table)
}

/// Both bills, when nothing changed.
fn whole(found: &Found, currencies: &[Currency]) -> Result<Table, ReportError> {
    let words = vec![Column::new("item", "", ColumnKind::Text)];
    let mut table =
        Table { columns: columns(words, money_columns(), currencies), ..Table::default() };
    for (currency, pair) in wholes(found)? {
        let mut cells = vec![Cell::text("the bill"), Cell::text(currency.to_string())];
        cells.extend(money_cells(pair, pair[1], currency)?);
        table.rows.push(Row { kind: RowKind::Data, currency: Some(currency.clone()), cells });
    }
    Ok(table)
}

/// What a row of a cut is about: a value, and what it is a value of; or nobody, by standing.
type Subject<'a> = (RowKind, Option<(Dimension, &'a str)>, &'static str);

impl Cut {
    fn heading(self) -> &'static str {
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
    fn table(
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
        let mut names: BTreeMap<Dimension, FxHashMap<Named<'_>, String>> = BTreeMap::new();
        for of in self.dimensions() {
            let values = sums.keys().filter_map(|(_, (_, value, _))| value.as_ref());
            let values = values.filter(|(dimension, _)| dimension == of);
            names.insert(of.clone(), shorten(of, values.map(|(_, value)| (None, *value))));
        }
        let wholes = wholes(found)?;
        let mut rows = Vec::new();
        for ((currency, (kind, value, word)), pair) in &sums {
            let cell = match value {
                None => Cell::Label((*word).to_owned()),
                Some((of, full)) => {
                    let short = names.get(of).and_then(|names| names.get(&(None, *full)));
                    let short = short.map_or(*full, String::as_str);
                    Cell::Text { full: (*full).to_owned(), short: self.said(of, short) }
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
    fn said(self, of: &Dimension, short: &str) -> String {
        match (self, of) {
            (Self::Owner, Dimension::Space | Dimension::Domain) => format!("{of} {short}"),
            _ => short.to_owned(),
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
                cells[0] = Cell::Label(format!("unchanged ({} rows)", same.len()));
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

/// Every shift, for machines.
fn shifts(found: &Found, currencies: &[Currency]) -> Result<Table, ReportError> {
    let dimensions = &found.answers[1].dimensions;
    let column = |of: &Dimension| Column::new(of.key(), of.heading(), ColumnKind::Text);
    let mut columns: Vec<Column> = dimensions.iter().map(column).collect();
    columns.extend([
        Column::new("standing", "Standing", ColumnKind::Text),
        Column::new("why", "Why", ColumnKind::Text),
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("change", "Change", ColumnKind::Money),
    ]);
    let row = |shift: &Shift| {
        let mut cells: Vec<Cell> = Vec::with_capacity(columns.len());
        cells.extend(shift.keys.iter().map(|key| key.as_deref().map_or(Cell::Nothing, Cell::text)));
        cells.extend([
            Cell::text(shift.standing.name()),
            Cell::text(shift.why.name()),
            Cell::text(shift.currency.to_string()),
            Cell::Money(shift.change),
        ]);
        Row { kind: RowKind::Data, currency: Some(shift.currency.clone()), cells }
    };
    let rows = found.shifts.iter().map(row).collect();
    let mut table = Table { columns, rows, ..Table::default() };
    table.totals = total_rows(&table, currencies)?;
    Ok(table)
}
