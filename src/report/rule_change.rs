//! Rule change: what each tenant would have paid under other rules.
//!
//! In:    the answers to `--by tenant` under the old and the new rules.
//! Out:   a [`Report`]: one row per tenant with both costs and the change, the largest first.
//! Never: compares two bills; both answers are of the same charges.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::cents::book_pair;
use super::names::shorten;
use super::spend::{Found, total_rows};
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::model::answer::{Answer, Standing};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};

/// Composes the report of `check --diff`. Both answers must be by tenant alone.
///
/// # Errors
/// When a total leaves the range of 128-bit pico-units.
pub fn compose(old: &Found, new: Found) -> Result<Report, ReportError> {
    let (before, after) = (by_tenant(&old.answer)?, by_tenant(&new.answer)?);
    let mut keys: Vec<&Key> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let of_tenants = keys.iter().filter_map(|key| Some((None, key.tenant.as_deref()?)));
    let short = shorten(&Dimension::Tenant, of_tenants);
    let mut rows = Vec::new();
    for key in keys {
        let of = |answer: &BTreeMap<Key, Money>| answer.get(key).copied().unwrap_or_default();
        let (was, is) = (of(&before), of(&after));
        let change = is.checked_sub(was).ok_or_else(|| ReportError::range(&key.currency))?;
        let tenant = match (&key.tenant, key.standing) {
            (Some(id), _) => Cell::Text {
                full: id.as_str().into(),
                short: short
                    .get(&(None, id.as_str()))
                    .cloned()
                    .unwrap_or_else(|| id.clone().into()),
            },
            (None, Standing::OtherServices) => Cell::Label("other services".into()),
            (None, _) => Cell::Label("unassigned".into()),
        };
        let kind = match (&key.tenant, key.standing) {
            (None, Standing::OtherServices) => RowKind::OtherServices,
            (None, _) => RowKind::Unattributed,
            _ => RowKind::Data,
        };
        let currency = Cell::text(key.currency.to_string());
        let cells = vec![tenant, currency, Cell::Money(was), Cell::Money(is), Cell::Money(change)];
        rows.push((change, Row { kind, currency: Some(key.currency.clone()), cells }));
    }
    rows.sort_by_key(|(change, row)| {
        (row.currency.clone(), row.kind, Reverse(change.0.unsigned_abs()))
    });
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let currencies: Vec<Currency> =
        new.books.currencies.iter().map(|entry| entry.currency.clone()).collect();
    let mut table = Table { columns: columns(), rows, ..Table::default() };
    table.totals = total_rows(&table, &currencies)?;
    book_pair(&mut table, ["new_cost", "old_cost", "change"], -1);
    if table.totals.len() < 2 {
        // One currency is said in the caption.
        table.columns[1].place = Place::Data;
    }
    let caption = Caption {
        periods: new.provenance.periods,
        provisional: Vec::new(),
        days: new.provenance.days,
        metric: Some(new.answer.metric),
        currencies,
        filters: new.provenance.filters,
        source_rows: Some(new.books.source_rows),
        owners: Owners::Asked,
    };
    let section = Section { heading: None, table, charts: Vec::new() };
    let title = "What tenants pay under the new rules".into();
    let (books, findings) = (Some(new.books), new.findings);
    let sections = vec![section];
    Ok(Report { title, caption, sections, books, findings, ..Report::default() })
}

/// A tenant, or what has none, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    currency: Currency,
    /// Only telling when there is no tenant.
    standing: Standing,
    tenant: Option<String>,
}

/// Own and shared cost together.
fn by_tenant(answer: &Answer) -> Result<BTreeMap<Key, Money>, ReportError> {
    let mut sums: BTreeMap<Key, Money> = BTreeMap::new();
    for row in &answer.rows {
        let tenant = row.keys.first().and_then(Option::as_deref).map(str::to_owned);
        let standing = if tenant.is_some() { Standing::Attributed } else { row.standing };
        let sum = sums.entry(Key { currency: row.currency.clone(), standing, tenant }).or_default();
        *sum = sum.checked_add(row.cost).ok_or_else(|| ReportError::range(&row.currency))?;
    }
    Ok(sums)
}

fn columns() -> Vec<Column> {
    vec![
        Column::new(Dimension::Tenant.key(), Dimension::Tenant.heading(), ColumnKind::Text),
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("old_cost", "Old rules", ColumnKind::Money),
        Column::new("new_cost", "New rules", ColumnKind::Money),
        Column::new("change", "Change", ColumnKind::Money),
    ]
}
