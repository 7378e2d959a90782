//! Adjustment: what a newer delivery changes of a month that was closed.
//!
//! In:    the shifts between the version that was booked and the newest one, under frozen rules.
//! Out:   lines of the tenants' accounts, and a table per closed month.
//! Never: changes a closed month, or books a shift that it does not show.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ledger::{Account, Bill, KEYS, Kind, Ledger, Line, add, entry};
use super::section;
use super::tables::{Entry, Share, Tables, short, word};
use crate::model::answer::{Answer, KeyText};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::phrase::{Phrase, phrase};
use crate::model::restatement::{Shift, Why};
use crate::model::stored::{Instant, VersionId};
use crate::model::tenancy::Tenant;
use crate::report::cents::book_column;
use crate::report::names::shorten;
use crate::report::table::{Cell, Column, ColumnKind, RowKind};
use crate::report::{ReportError, Section};

/// The adjustment of one closed month.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// The month that was closed.
    pub period: BillingPeriod,
    /// When.
    pub closed: Instant,
    /// The version that is booked so far, and the one that is booked now.
    pub versions: [VersionId; 2],
    /// When the newer one was read.
    pub delivered: Instant,
    /// The tenants of the frozen rules.
    pub tenants: Vec<Tenant>,
    /// What the keys of the shifts are.
    pub dimensions: Vec<Dimension>,
    /// What changed, in the metric of the closing.
    pub shifts: Vec<Shift>,
    /// What the bill of the month held in both versions, split cost aside.
    pub bills: [Answer; 2],
    /// By how much its split cost rows changed.
    pub split_cost: BTreeMap<Currency, Money>,
}

impl Adjustment {
    /// Whether anything changed.
    pub fn is_some(&self) -> bool {
        !self.shifts.is_empty() || !self.split_cost.is_empty()
    }

    /// A tenant of the frozen rules; its budget was for the month that is closed.
    pub(super) fn tenant(&self, id: &str) -> Option<Tenant> {
        let tenant = self.tenants.iter().find(|tenant| tenant.id == id)?;
        Some(Tenant { budget: None, ..tenant.clone() })
    }

    fn key<'a>(&self, shift: &'a Shift, dimension: &Dimension) -> Option<&'a str> {
        let at = self.dimensions.iter().position(|of| of == dimension)?;
        shift.keys.get(at)?.as_deref()
    }
}

/// Lines by what a statement tells apart, and the reason.
type Sums = BTreeMap<(Currency, Vec<KeyText>, Why), Money>;

/// Adds the shifts of an adjustment to the lines of every tenant.
///
/// # Errors
/// When a sum leaves its range.
pub(super) fn add_lines(
    adjustment: &Adjustment,
    by_tenant: &mut BTreeMap<Option<String>, Vec<Line>>,
) -> Result<(), ReportError> {
    let mut sums: BTreeMap<Option<String>, Sums> = BTreeMap::new();
    for shift in &adjustment.shifts {
        let key = |dimension: &Dimension| adjustment.key(shift, dimension);
        let keys = KEYS.iter().map(|of| key(of).map(Arc::from)).collect();
        let lines = sums.entry(key(&Dimension::Tenant).map(str::to_owned)).or_default();
        let sum = lines.entry((shift.currency.clone(), keys, shift.why)).or_default();
        add(sum, shift.change, &shift.currency)?;
    }
    for (tenant, sums) in sums {
        let line = |((currency, keys, why), cost)| Line {
            currency,
            kind: Kind::Adjustment(adjustment.period),
            keys,
            why: Some(why),
            cost,
            before: Money::ZERO,
        };
        let told = sums.into_iter().filter(|(_, cost)| *cost != Money::ZERO);
        by_tenant.entry(tenant).or_default().extend(told.map(line));
    }
    Ok(())
}

/// Adds what an adjustment changes in all, which is the difference of two bills, taken without
/// tenants; so the tie of the ledger proves that the lines are all of it.
///
/// # Errors
/// When a sum leaves its range.
pub(super) fn add_totals(
    adjustment: &Adjustment,
    bill: &mut BTreeMap<Currency, Bill>,
) -> Result<(), ReportError> {
    let [before, after] = &adjustment.bills;
    for (rows, sign) in [(&before.rows, -1), (&after.rows, 1)] {
        for row in rows {
            let adjusted = &mut entry(bill, &row.currency).adjusted;
            let [whole, _] = adjusted.entry(adjustment.period).or_default();
            add(whole, Money(sign * row.cost.0), &row.currency)?;
        }
    }
    for (currency, change) in &adjustment.split_cost {
        let entry = entry(bill, currency);
        add(&mut entry.split_cost, *change, currency)?;
        for sum in entry.adjusted.entry(adjustment.period).or_default() {
            add(sum, *change, currency)?;
        }
    }
    for entry in bill.values_mut() {
        entry.adjusted.retain(|_, sums| *sums != [Money::ZERO; 2]);
    }
    Ok(())
}

impl Ledger {
    /// The months whose adjustments are booked in this one.
    pub(super) fn adjusted(&self) -> impl Iterator<Item = BillingPeriod> {
        self.adjustments.iter().map(|of| of.period)
    }

    /// What changed for an account of every closed month, by service and reason.
    pub(super) fn adjustments(
        &self,
        account: &Account,
        tables: &Tables<'_>,
    ) -> Result<Vec<Section>, ReportError> {
        let of_one = |of: &Adjustment| of.section(account, tables);
        let sections = self.adjustments.iter().map(of_one).collect::<Result<Vec<_>, _>>()?;
        Ok(sections.into_iter().flatten().collect())
    }
}

/// Currency, service, reason.
type Key<'a> = (&'a Currency, Option<&'a str>, Option<Why>);

impl Adjustment {
    fn section(
        &self,
        account: &Account,
        tables: &Tables<'_>,
    ) -> Result<Option<Section>, ReportError> {
        let mut sums: BTreeMap<Key<'_>, Money> = BTreeMap::new();
        let kind = Kind::Adjustment(self.period);
        for line in account.lines.iter().filter(|line| line.kind == kind) {
            let key = (&line.currency, line.key(&Dimension::Service), line.why);
            add(sums.entry(key).or_default(), line.cost, &line.currency)?;
        }
        if sums.is_empty() {
            return Ok(None);
        }
        let services = sums.keys().filter_map(|(_, service, _)| Some((None, (*service)?)));
        let names = shorten(&Dimension::Service, services);
        let entry = |((currency, service, why), cost): (&Key<'_>, &Money)| {
            let service = service.map_or_else(
                || Cell::Label("no service".into()),
                |full| word(full, short(&names, full)),
            );
            let why = why.map_or(Cell::Nothing, |why| word(why.name(), why.words()));
            let (keys, pair) = (vec![service, why], [*cost, Money::ZERO]);
            Entry { kind: RowKind::Data, currency: (*currency).clone(), keys, pair }
        };
        // What moved within the tenant is in the data, and would only be noise here.
        let told = sums.iter().filter(|(_, cost)| **cost != Money::ZERO);
        let entries = told.map(entry).collect();
        let keys = vec![
            Column::new(Dimension::Service.key(), Dimension::Service.heading(), ColumnKind::Text),
            Column::new("why", "Why", ColumnKind::Text),
        ];
        let mut table = tables.table(keys, entries, Share::Alone)?;
        let cents = |currency: &Currency| account.adjusted_cents(currency, self.period);
        let cents = tables.currencies.iter().map(|currency| (currency.clone(), cents(currency)));
        book_column(&mut table, "cost", &cents.collect());
        Ok(Some(section(self.heading(), table)))
    }

    fn heading(&self) -> Phrase {
        let [closed, delivered] = [&self.closed, &self.delivered].map(Instant::day);
        phrase!(
            "Adjustments to {}, closed on {}, delivered on {}",
            self.period.to_string(),
            closed,
            delivered
        )
    }
}

#[cfg(test)]
mod tests;
