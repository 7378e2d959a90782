//! Rules: what a rule file does to an export, as sections of a report.
//!
//! In:    what each rule took, the trail of the splits, the answer by tenant.
//! Out:   [`Section`]s: tenants, rules, pools.
//! Never: says whether a rule is right; findings come from whoever read or applied it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::cents::book_pair;
use super::spend::total_rows;
use super::table::{Cell, Column, ColumnKind, Place, Row, RowKind, Table};
use super::{Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, Standing};
use crate::model::money::{Currency, Money};
use crate::model::phrase::phrase;
use crate::model::rule_use::RuleUse;
use crate::model::tenancy::{Tenancy, Tenant};
use crate::model::trail::{Pool, Trail};

/// The sections about a rule file; none when there is nothing to say.
///
/// `by_tenant` is the answer to `--by tenant` alone.
///
/// # Errors
/// When a total leaves the range of 128-bit pico-units.
pub fn sections(
    tenancy: &Tenancy,
    rules: &[RuleUse],
    trail: &Trail,
    by_tenant: &Answer,
) -> Result<Vec<Section>, ReportError> {
    let all = [
        ("Tenants (amortized)", tenants(tenancy, by_tenant)?),
        ("Rules, in order (amortized)", rule_table(tenancy, rules)),
        ("Pools (amortized)", pools(tenancy, trail)),
    ];
    let told = all.into_iter().filter(|(_, table)| !table.rows.is_empty());
    let section = |(heading, table): (&'static str, Table)| Section {
        heading: Some(heading.into()),
        table,
        charts: Vec::new(),
    };
    Ok(told.map(section).collect())
}

/// The report about a rule file alone.
pub fn of_file(tenancy: &Tenancy, findings: Vec<Finding>) -> Report {
    let columns = vec![
        Column::new("tenant", "Tenant", ColumnKind::Text),
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("cost_center", "Cost centre", ColumnKind::Text).giving_way(2),
        Column::new("contact", "Contact", ColumnKind::Text).giving_way(1),
        Column::new("budget", "Budget", ColumnKind::Money).giving_way(3),
        Column::new("rules", "Rules", ColumnKind::Count),
        Column::new("members", "Members", ColumnKind::Count).giving_way(0),
    ];
    let rules = counted(tenancy.rules.iter().map(|rule| rule.tenant.as_str()));
    let members = tenancy.maps.profiles.iter().filter_map(|profile| profile.tenant.as_deref());
    let members = counted(members);
    let row = |tenant: &Tenant| {
        let word = |text: &Option<String>| text.clone().map_or(Cell::Nothing, Cell::text);
        let of = |counts: &FxHashMap<&str, u64>| {
            Cell::Count(counts.get(tenant.id.as_str()).copied().unwrap_or_default())
        };
        let cells = vec![
            Cell::text(tenant.id.clone()),
            Cell::text(tenant.name.clone()),
            word(&tenant.cost_center),
            word(&tenant.contact),
            tenant.budget.map_or(Cell::Nothing, Cell::Money),
            of(&rules),
            of(&members),
        ];
        Row { kind: RowKind::Data, currency: None, cells }
    };
    let rows = tenancy.tenants.iter().map(row).collect();
    let table = Table { columns, rows, ..Table::default() };
    let counts = phrase!(
        "{} tenants, {} rules, {} splits, {} virtual tags",
        tenancy.tenants.len(),
        tenancy.rules.len(),
        tenancy.splits.len(),
        tenancy.virtual_tags.len()
    );
    let section = Section { heading: Some(counts), table, charts: Vec::new() };
    let title = phrase!("Check of {}", &tenancy.file);
    Report { title, sections: vec![section], findings, ..Report::default() }
}

/// How often each id is named; there may be as many tenants as rules.
fn counted<'a>(ids: impl Iterator<Item = &'a str>) -> FxHashMap<&'a str, u64> {
    let mut counts = FxHashMap::default();
    for id in ids {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

/// Own and received cost of one tenant in one currency.
#[derive(Debug, Default, Clone, Copy)]
struct Paid {
    own: Money,
    shared: Money,
}

fn tenants(tenancy: &Tenancy, by_tenant: &Answer) -> Result<Table, ReportError> {
    let mut paid: BTreeMap<(Currency, u8, Option<&str>), Paid> = BTreeMap::new();
    for row in &by_tenant.rows {
        let tenant = row.keys.first().and_then(Option::as_deref);
        let order = match (&tenant, row.standing) {
            (Some(_), _) => 0,
            (None, Standing::OtherServices) => 2,
            (None, _) => 1,
        };
        let paid = paid.entry((row.currency.clone(), order, tenant)).or_default();
        let sum = if row.standing == Standing::Shared { &mut paid.shared } else { &mut paid.own };
        *sum = sum.checked_add(row.cost).ok_or_else(|| ReportError::range(&row.currency))?;
    }
    // One currency is said in the caption.
    let mut currencies: Vec<Currency> = paid.keys().map(|(code, ..)| code.clone()).collect();
    currencies.dedup();
    let seen = if currencies.len() > 1 { Place::Everywhere } else { Place::Data };
    let mut table = Table {
        columns: vec![
            Column::new("tenant", "Tenant", ColumnKind::Text),
            Column::new("name", "Name", ColumnKind::Text).giving_way(1),
            Column::new("cost_center", "Cost centre", ColumnKind::Text).giving_way(0),
            Column::new("currency", "Currency", ColumnKind::Text).seen(seen),
            Column::new("own_cost", "Own", ColumnKind::Money),
            Column::new("shared_cost", "Shared", ColumnKind::Money),
            Column::new("cost", "Pays", ColumnKind::Money),
        ],
        ..Table::default()
    };
    let declared: FxHashMap<&str, &Tenant> =
        tenancy.tenants.iter().map(|tenant| (tenant.id.as_str(), tenant)).collect();
    for ((currency, order, tenant), Paid { own, shared }) in paid {
        let known = tenant.and_then(|id| declared.get(id));
        let word = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
        let kinds = [RowKind::Data, RowKind::Unattributed, RowKind::OtherServices];
        let labels = ["", "unassigned", "other services"];
        let key = match &tenant {
            Some(id) => Cell::text(*id),
            None => Cell::Label(labels[usize::from(order)].into()),
        };
        let cells = vec![
            key,
            word(known.map(|tenant| tenant.name.as_str())),
            word(known.and_then(|tenant| tenant.cost_center.as_deref())),
            Cell::text(currency.to_string()),
            Cell::Money(own),
            Cell::Money(shared),
            Cell::Money(own.checked_add(shared).ok_or_else(|| ReportError::range(&currency))?),
        ];
        let kind = kinds[usize::from(order)];
        table.rows.push(Row { kind, currency: Some(currency), cells });
    }
    table.totals = total_rows(&table, &currencies)?;
    book_pair(&mut table, ["own_cost", "shared_cost", "cost"], 1);
    Ok(table)
}

fn rule_table(tenancy: &Tenancy, rules: &[RuleUse]) -> Table {
    let columns = vec![
        Column::new("tenant_rule", "Rule", ColumnKind::Text),
        Column::new("tenant", "Tenant", ColumnKind::Text),
        Column::new("match", "Match", ColumnKind::Text).giving_way(1),
        Column::new("in_force", "In force", ColumnKind::Text).giving_way(0),
        Column::new("line_items", "Lines", ColumnKind::Count),
        Column::new("shadowed_line_items", "Taken before", ColumnKind::Count).giving_way(2),
        Column::new("cost", "Cost", ColumnKind::Money),
    ];
    let row = |rule: &RuleUse| {
        let cells = vec![
            Cell::text(tenancy.place(rule.at)),
            Cell::text(rule.tenant.clone()),
            Cell::text(rule.says.clone()),
            Cell::text(rule.during.to_string()),
            Cell::Count(rule.line_items),
            Cell::Count(rule.shadowed),
            rule.currency.as_ref().map_or(Cell::Nothing, |_| Cell::Money(rule.cost)),
        ];
        Row { kind: RowKind::Data, currency: rule.currency.clone(), cells }
    };
    Table { columns, rows: rules.iter().map(row).collect(), ..Table::default() }
}

fn pools(tenancy: &Tenancy, trail: &Trail) -> Table {
    let columns = vec![
        Column::new("billing_period", "Month", ColumnKind::Date),
        Column::new("usage_date", "Day", ColumnKind::Day).giving_way(0),
        Column::new("shared_pool", "Pool", ColumnKind::Text),
        Column::new("tenant_rule", "Split", ColumnKind::Text).giving_way(2),
        Column::new("method", "Method", ColumnKind::Text).giving_way(3),
        Column::new("pool_cost", "Taken", ColumnKind::Money),
        Column::new("given_cost", "Given", ColumnKind::Money),
        Column::new("kept_cost", "Kept", ColumnKind::Money),
        Column::new("tenants", "Tenants", ColumnKind::Count).giving_way(4),
        Column::new("why_kept", "Why kept", ColumnKind::Text).giving_way(1),
    ];
    let word = |text: Option<&String>| text.map_or(Cell::Nothing, |text| Cell::text(text.clone()));
    let row = |pool: &Pool| {
        let given = Money::checked_sum(pool.moves.iter().map(|share| share.amount));
        let cells = vec![
            word(pool.period.as_ref()),
            word(pool.day.as_ref()),
            Cell::text(pool.split.clone()),
            Cell::text(tenancy.place(pool.at)),
            Cell::text(pool.method),
            Cell::Money(pool.amount),
            Cell::Money(given.unwrap_or_default()),
            Cell::Money(pool.kept),
            Cell::Count(pool.moves.len() as u64),
            word(pool.why_kept.as_ref()),
        ];
        Row { kind: RowKind::Data, currency: Some(pool.currency.clone()), cells }
    };
    Table { columns, rows: trail.pools.iter().map(row).collect(), ..Table::default() }
}
