//! Change: why a cost is not what it was, as a report.
//!
//! In:    the changes of a subject by currency, its name, both billing periods.
//! Out:   a [`Report`]: the parts with their sum, then the things that changed most.
//! Never: computes a part; the room `change` does.

use rustc_hash::FxHashMap;

use super::fold::fold;
use super::names::{Named, shorten};
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::change::{Change, Part, Thing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::phrase::Phrase;
use crate::model::phrase::phrase;

/// Things per currency that people see before the rest is one row.
const MOST_THINGS: usize = 15;

/// What a run knows.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who or what, for people: `tenant search`.
    pub name: String,
    /// The earlier billing period: `2026-09`.
    pub before: String,
    /// The later one.
    pub after: String,
    /// The metric.
    pub metric: CostMetric,
    /// By currency.
    pub changes: Vec<Change>,
    /// Rows that the files hold.
    pub source_rows: u64,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// Composes the report of `explain --against`.
///
/// # Errors
/// When a difference leaves the range of 128-bit pico-units.
pub fn compose(found: Found) -> Result<Report, ReportError> {
    let mut parts = Table { columns: part_columns(&found), ..Table::default() };
    let mut things = Table { columns: thing_columns(&found), ..Table::default() };
    let names = short_names(&found);
    for change in &found.changes {
        parts.rows.extend(part_rows(change)?);
        let of = change.things.iter().map(|thing| thing_row(&change.currency, thing, &names));
        things.rows.extend(of.collect::<Result<Vec<_>, _>>()?);
        let whole = ends(change.before, change.after, &change.currency)?;
        for (table, words) in [(&mut parts, 2), (&mut things, 3)] {
            let mut cells = vec![Cell::Label("total".into())];
            cells.resize(words, Cell::Blank);
            cells.insert(words, Cell::text(change.currency.to_string()));
            cells.extend(whole.clone());
            let currency = Some(change.currency.clone());
            table.totals.push(Row { kind: RowKind::Total, currency, cells });
        }
    }
    things.folded = fold(&things.columns, &things.rows, MOST_THINGS);
    let mut sections =
        vec![Section { heading: Some("Parts".into()), table: parts, charts: vec![] }];
    if !things.rows.is_empty() {
        let heading = Some("What changed most".into());
        sections.push(Section { heading, table: things, charts: vec![] });
    }
    let caption = Caption {
        periods: vec![found.before.clone(), found.after.clone()],
        metric: Some(found.metric),
        currencies: found.changes.iter().map(|change| change.currency.clone()).collect(),
        source_rows: Some(found.source_rows),
        owners: Owners::Asked,
        ..Caption::default()
    };
    let title = phrase!("Why {} changed from {} to {}", &found.name, &found.before, &found.after);
    Ok(Report { title, caption, sections, findings: found.findings, ..Report::default() })
}

/// Resources as people say them; pools and fees are words already.
fn short_names(found: &Found) -> FxHashMap<Named<'_>, Phrase> {
    let things = found.changes.iter().flat_map(|change| &change.things);
    shorten(&Dimension::Resource, things.filter_map(|thing| Some((None, thing.name.as_deref()?))))
}

fn part_columns(found: &Found) -> Vec<Column> {
    let words = [Column::new("part", "Part", ColumnKind::Text)];
    let meaning = Column::new("meaning", "What it is", ColumnKind::Text).giving_way(0);
    words.into_iter().chain([meaning]).chain(money_columns(found)).collect()
}

fn thing_columns(found: &Found) -> Vec<Column> {
    let words = [
        Column::new("thing", "Resource, fee or pool", ColumnKind::Text),
        Column::new("usage_type", "Usage type", ColumnKind::Text).giving_way(1),
        Column::new("part", "Mostly", ColumnKind::Text),
    ];
    words.into_iter().chain(money_columns(found)).collect()
}

fn money_columns(found: &Found) -> [Column; 4] {
    // One currency is said in the caption.
    let seen = if found.changes.len() > 1 { Place::Everywhere } else { Place::Data };
    [
        Column::new("currency", "Currency", ColumnKind::Text).seen(seen),
        Column::new("change", "Change", ColumnKind::Money),
        Column::new("cost_before", found.before.clone(), ColumnKind::Money),
        Column::new("cost_after", found.after.clone(), ColumnKind::Money),
    ]
}

/// Every part, those without an amount too: that nothing changed there is an answer.
fn part_rows(change: &Change) -> Result<Vec<Row>, ReportError> {
    let row = |(part, amount): (&Part, &Money)| {
        let of = change.things.iter().filter(|thing| thing.part == *part);
        let sum = |of: Vec<Money>| {
            Money::checked_sum(of).ok_or_else(|| ReportError::range(&change.currency))
        };
        let is_whole = matches!(part, Part::New | Part::Gone | Part::Fees | Part::Shared);
        // What price, quantity, mix and coverage have in common cannot be told apart by cost.
        let (before, after) = if is_whole {
            let before = sum(of.clone().map(|thing| thing.before).collect())?;
            (Cell::Money(before), Cell::Money(sum(of.map(|thing| thing.after).collect())?))
        } else {
            (Cell::Blank, Cell::Blank)
        };
        let words = [Cell::text(part.name()), Cell::text(part.meaning())];
        let currency = Cell::text(change.currency.to_string());
        let amounts = [currency, Cell::Money(*amount), before, after];
        let cells = words.into_iter().chain(amounts).collect();
        Ok(Row { kind: RowKind::Data, currency: Some(change.currency.clone()), cells })
    };
    Part::ALL.iter().zip(&change.parts).map(row).collect()
}

fn thing_row(
    currency: &Currency,
    thing: &Thing,
    names: &FxHashMap<Named<'_>, Phrase>,
) -> Result<Row, ReportError> {
    let name = thing.name.as_deref().map_or(Cell::Nothing, |full| Cell::Text {
        full: full.into(),
        short: names.get(&(None, full)).cloned().unwrap_or_else(|| full.to_owned().into()),
    });
    let usage_type = thing.usage_type.clone().map_or(Cell::Nothing, Cell::text);
    let mut cells = vec![name, usage_type, Cell::text(thing.part.name())];
    cells.push(Cell::text(currency.to_string()));
    cells.extend(ends(thing.before, thing.after, currency)?);
    Ok(Row { kind: RowKind::Data, currency: Some(currency.clone()), cells })
}

fn ends(before: Money, after: Money, currency: &Currency) -> Result<[Cell; 3], ReportError> {
    let change = after.checked_sub(before).ok_or_else(|| ReportError::range(currency))?;
    Ok([Cell::Money(change), Cell::Money(before), Cell::Money(after)])
}
