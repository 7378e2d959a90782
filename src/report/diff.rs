//! Diff: what a later delivery of a month says otherwise, as a report.
//!
//! In:    the same question answered from two versions, and the shifts between them.
//! Out:   a [`Report`]: the versions, the reasons, four cuts that add up, and every shift as data.
//! Never: classifies a shift; the room `change` does.

mod cuts;

use std::collections::BTreeMap;

use self::cuts::CUTS;
use super::cents::book_pair;
use super::spend::total_rows;
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::Answer;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::phrase::phrase;
use crate::model::restatement::{Shift, Why};
use crate::model::stored::{Instant, VersionId};

/// What a run knows.
#[derive(Debug, Clone)]
pub struct Found {
    /// The month.
    pub period: BillingPeriod,
    /// The two versions, the earlier one first.
    pub versions: [Side; 2],
    /// Both answers to one question, in the same order; it asks for what the tables show.
    pub answers: [Answer; 2],
    /// What the keys of the shifts are.
    pub dimensions: Vec<Dimension>,
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
        phrase!("{} as version {}", found.period.to_string(), after.id.to_string())
    } else {
        phrase!(
            "What changed in {} from version {} to {}",
            found.period.to_string(),
            before.id.to_string(),
            after.id.to_string()
        )
    };
    let findings = found.findings;
    Ok(Report { title, caption, sections, data, findings, ..Report::default() })
}

fn section(heading: &'static str, table: Table) -> Section {
    Section { heading: Some(heading.into()), table, charts: Vec::new() }
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
            let words = Cell::Text { full: why.name().into(), short: why.words().into() };
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

/// Every shift, for machines.
fn shifts(found: &Found, currencies: &[Currency]) -> Result<Table, ReportError> {
    let column = |of: &Dimension| Column::new(of.key(), of.heading(), ColumnKind::Text);
    let mut columns: Vec<Column> = found.dimensions.iter().map(column).collect();
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
