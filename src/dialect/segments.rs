//! Segments: a raw export rolled up by its engine to the columns of our own segments.
//!
//! In:    a table, the fields and metrics that a question needs, months.
//! Out:   the statement of the charges, and that of what they must add up to.
//! Never: attributes anything: what comes back goes through the rooms like a stored month.

use std::collections::BTreeMap;

use crate::dialect::bound::Bound;
use crate::dialect::costs::Reader;
use crate::dialect::steps::{Columns, Steps};
use crate::dialect::table::Table;
use crate::dialect::words::Dialect;
use crate::model::line_items::{Field, TagHome};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::segment::{self, LINE_ITEMS, USAGE_HOURS};
use crate::model::source_column::{SourceColumn, SourceKind};

/// The charge of a line without a currency: ISO's code for that.
const NO_CURRENCY: &str = "XXX";

/// Source rows without an unblended cost.
pub const WITHOUT_COST: &str = "without_cost";

/// Source rows that no invoice is named for.
pub const UNINVOICED: &str = "uninvoiced";

/// What is wanted of an export.
#[derive(Debug, Clone, Copy)]
pub struct Rolled<'a> {
    /// Whose SQL.
    pub dialect: Dialect,
    /// The export.
    pub table: &'a Table,
    /// What lines are told apart by.
    pub fields: &'a [Field],
    /// What is added up.
    pub metrics: &'a [CostMetric],
    /// None means all.
    pub months: &'a [BillingPeriod],
}

impl Rolled<'_> {
    /// The charges: columns of a segment, one row per combination of the fields.
    pub fn charges(&self) -> Bound {
        let read = Reader::of(self.dialect, self.table);
        let texts = self.texts(&read);
        let has_hours = self.fields.contains(&Field::Column(SourceColumn::UsageAmount));
        let mut lines = Columns::default();
        for (name, expression) in &texts {
            lines.add(expression, name);
        }
        for metric in CostMetric::ALL.into_iter().filter(|metric| self.is_needed(*metric)) {
            lines.add(&read.cost(metric), metric.column());
        }
        if has_hours {
            lines.add(&read.hours(), USAGE_HOURS);
        }
        let steps = self.over_table(&read, &lines);
        let mut sums = Columns::default();
        for (name, _) in &texts {
            sums.add(name, name);
        }
        for metric in CostMetric::ALL {
            let own = self.dialect.sum(metric.column());
            let sum = match segment::base_of(metric) {
                None => own,
                // What is not asked for is kept as the same.
                Some(_) if !self.is_needed(metric) => self.dialect.sum("0"),
                Some(base) => self.dialect.difference(&own, &self.dialect.sum(base.column())),
            };
            sums.add(&sum, &segment::measure_column(metric));
        }
        if has_hours {
            sums.add(&self.dialect.sum(USAGE_HOURS), USAGE_HOURS);
        }
        sums.add("COUNT(*)", LINE_ITEMS);
        let keys: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
        let keys = keys.join(", ");
        self.bound(&steps, &format!("{}\nFROM lines\nGROUP BY {keys}", sums.select()))
    }

    /// What the charges must add up to, by currency, without grouping them by anything else.
    pub fn control(&self) -> Bound {
        let read = Reader::of(self.dialect, self.table);
        let needed = || CostMetric::ALL.into_iter().filter(|metric| self.is_needed(*metric));
        let mut lines = Columns::default();
        lines.add(&self.currency(&read), "currency");
        for metric in needed() {
            lines.add(&read.cost(metric), metric.column());
        }
        let unblended = self.table.amount(self.dialect, SourceColumn::UnblendedCost);
        let is_untold = unblended.map_or("true", |_| "line_item_unblended_cost IS NULL");
        lines.add(&format!("CASE WHEN {is_untold} THEN 1 ELSE 0 END"), WITHOUT_COST);
        let counts_invoices = self.fields.contains(&Field::Column(SourceColumn::InvoiceId));
        if counts_invoices {
            let invoice = read.text(SourceColumn::InvoiceId);
            lines.add(&format!("CASE WHEN {invoice} IS NULL THEN 1 ELSE 0 END"), UNINVOICED);
        }
        let steps = self.over_table(&read, &lines);
        let mut sums = Columns::default();
        sums.add("currency", "currency");
        for metric in needed() {
            sums.add(&self.dialect.sum(metric.column()), metric.column());
        }
        for count in [Some(WITHOUT_COST), counts_invoices.then_some(UNINVOICED)].iter().flatten() {
            sums.add(&format!("CAST(SUM({count}) AS BIGINT)"), count);
        }
        sums.add("COUNT(*)", LINE_ITEMS);
        self.bound(&steps, &format!("{}\nFROM lines\nGROUP BY currency", sums.select()))
    }

    /// What columns of the charges are called in a segment, where it is something else: two keys
    /// may differ in letter case alone, which engines do not see in names.
    pub fn names(&self) -> BTreeMap<String, String> {
        let named = |(at, field): (usize, &Field)| match field {
            Field::Delivered(home, key) => Some((alias(at), segment::tag_column(*home, key))),
            _ => None,
        };
        self.fields.iter().enumerate().filter_map(named).collect()
    }

    /// The lines, of the months that are wanted.
    fn over_table(&self, read: &Reader, lines: &Columns) -> Steps {
        let mut steps = Steps::default();
        let months = self.table.in_bound_months(self.dialect, self.months);
        let named = |name: &str| format!("line_{name}");
        let raw = read.raw(&mut steps, named);
        let from = read.layers.borrow().add(&mut steps, &raw, months.as_deref(), named);
        steps.add("lines", format!("{}\nFROM {from}", lines.select()));
        steps
    }

    fn bound(&self, steps: &Steps, last: &str) -> Bound {
        Bound::over(self.months, steps.statement(last))
    }

    fn currency(&self, read: &Reader) -> String {
        let currency = read.text(SourceColumn::Currency);
        format!("coalesce({currency}, {})", self.dialect.text(NO_CURRENCY))
    }

    /// A metric is needed for itself or as another's base.
    fn is_needed(&self, metric: CostMetric) -> bool {
        metric == CostMetric::Unblended
            || self.metrics.contains(&metric)
            || self.metrics.iter().any(|of| segment::base_of(*of) == Some(metric))
    }

    /// Texts and days of a line under their names in a segment, as the dialect quotes them.
    fn texts(&self, read: &Reader) -> Vec<(String, String)> {
        let mut all = vec![("currency".to_owned(), self.currency(read))];
        for (at, field) in self.fields.iter().enumerate() {
            let name = match field {
                Field::Column(column) => segment::column_of(*column).map(ToOwned::to_owned),
                Field::Tag(tag) => Some(segment::tag_column(TagHome::ResourceTags, &tag.key)),
                Field::CostCategory(name) => {
                    Some(segment::tag_column(TagHome::CostCategory, &name.key))
                }
                Field::Delivered(..) => Some(alias(at)),
                Field::OwnerResource | Field::Hour(_) => None,
            };
            let Some(name) = name.map(|name| self.dialect.identifier(&name)) else { continue };
            if all.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let expression = match field {
                Field::Column(column) if column.kind() == SourceKind::Instant => read.day(*column),
                Field::Column(column) => Some(read.text(*column)),
                other => Some(read.field(&name, other)),
            };
            all.extend(expression.map(|expression| (name, expression)));
        }
        all
    }
}

/// The name of a tag among the columns of the charges.
fn alias(at: usize) -> String {
    format!("delivered_{at}")
}
