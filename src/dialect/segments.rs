//! Segments: a raw export rolled up by its engine to the columns of our own segments.
//!
//! In:    a table, the fields and metrics that a question needs, months.
//! Out:   the statement of the charges, and that of what they must add up to.
//! Never: attributes anything: what comes back goes through the rooms like a stored month.

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
    pub fn charges(&self) -> String {
        let texts = self.texts();
        let amounts = self.amounts();
        let mut lines = Columns::default();
        for (name, expression) in texts.iter().chain(&amounts) {
            lines.add(expression, &self.dialect.identifier(name));
        }
        let mut steps = Steps::default();
        steps.add("lines", self.over_table(&lines.select()));
        let mut sums = Columns::default();
        for (name, _) in &texts {
            let name = self.dialect.identifier(name);
            sums.add(&name, &name);
        }
        for metric in CostMetric::ALL {
            let own = self.sum_of(metric);
            let sum = match segment::base_of(metric) {
                None => own,
                // What is not asked for is kept as the same.
                Some(_) if !self.metrics.contains(&metric) => self.dialect.sum_of_nothing(),
                Some(base) => self.dialect.difference(&own, &self.sum_of(base)),
            };
            sums.add(&sum, &segment::measure_column(metric));
        }
        if amounts.iter().any(|(name, _)| name == USAGE_HOURS) {
            sums.add(&self.dialect.sum(USAGE_HOURS), USAGE_HOURS);
        }
        sums.add("COUNT(*)", LINE_ITEMS);
        let keys: Vec<String> =
            texts.iter().map(|(name, _)| self.dialect.identifier(name)).collect();
        steps.statement(&format!("{}\nFROM lines\nGROUP BY {}", sums.select(), keys.join(", ")))
    }

    /// What the charges must add up to, by currency, without grouping them by anything else.
    pub fn control(&self) -> String {
        let mut lines = Columns::default();
        lines.add(&self.currency(), "currency");
        for metric in CostMetric::ALL {
            if self.is_needed(metric) {
                lines.add(&self.reader().cost(metric), metric.column());
            }
        }
        let unblended = self.table.amount(self.dialect, SourceColumn::UnblendedCost);
        let is_untold = unblended.map_or("true".to_owned(), |cost| format!("{cost} IS NULL"));
        lines.add(&format!("CASE WHEN {is_untold} THEN 1 ELSE 0 END"), WITHOUT_COST);
        let mut steps = Steps::default();
        steps.add("lines", self.over_table(&lines.select()));
        let mut sums = Columns::default();
        sums.add("currency", "currency");
        for metric in CostMetric::ALL.into_iter().filter(|metric| self.is_needed(*metric)) {
            sums.add(&self.sum_of(metric), metric.column());
        }
        sums.add(&format!("CAST(SUM({WITHOUT_COST}) AS BIGINT)"), WITHOUT_COST);
        sums.add("COUNT(*)", LINE_ITEMS);
        steps.statement(&format!("{}\nFROM lines\nGROUP BY currency", sums.select()))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { dialect: self.dialect, table: self.table }
    }

    fn over_table(&self, select: &str) -> String {
        let from = self.table.from(self.dialect);
        let Some(day) = self.table.day(self.dialect, SourceColumn::PeriodStart) else {
            return format!("{select}\nFROM {from}");
        };
        if self.months.is_empty() {
            return format!("{select}\nFROM {from}");
        }
        let months: Vec<String> = self.months.iter().map(ToString::to_string).collect();
        let months: Vec<&str> = months.iter().map(String::as_str).collect();
        let months = self.dialect.texts(&months);
        format!("{select}\nFROM {from}\nWHERE {} IN ({months})", self.dialect.month(&day))
    }

    fn currency(&self) -> String {
        let currency = self.reader().text(SourceColumn::Currency);
        format!("coalesce({currency}, {})", self.dialect.text(NO_CURRENCY))
    }

    /// A metric is needed for itself or as another's base.
    fn is_needed(&self, metric: CostMetric) -> bool {
        metric == CostMetric::Unblended
            || self.metrics.contains(&metric)
            || self.metrics.iter().any(|of| segment::base_of(*of) == Some(metric))
    }

    fn sum_of(&self, metric: CostMetric) -> String {
        self.dialect.sum(metric.column())
    }

    /// Texts and days of a line under their names in a segment.
    fn texts(&self) -> Vec<(String, String)> {
        let mut all = vec![("currency".to_owned(), self.currency())];
        for field in self.fields {
            let found = match field {
                Field::Column(column) => self.of_column(*column),
                Field::Tag(tag) => Some(segment::tag_column(TagHome::ResourceTags, &tag.key)),
                Field::CostCategory(name) => {
                    Some(segment::tag_column(TagHome::CostCategory, &name.key))
                }
                Field::Delivered(..) | Field::OwnerResource => None,
            };
            let Some(name) = found.filter(|name| all.iter().all(|(known, _)| known != name)) else {
                continue;
            };
            all.extend(self.expression(field).map(|expression| (name, expression)));
        }
        all
    }

    fn of_column(&self, column: SourceColumn) -> Option<String> {
        segment::column_of(column).map(ToOwned::to_owned)
    }

    fn expression(&self, field: &Field) -> Option<String> {
        match field {
            Field::Column(column) if column.kind() == SourceKind::Instant => {
                self.table.day(self.dialect, *column)
            }
            other => self.table.text(self.dialect, other),
        }
    }

    fn amounts(&self) -> Vec<(String, String)> {
        let needed = CostMetric::ALL.into_iter().filter(|metric| self.is_needed(*metric));
        let cost = |metric: CostMetric| (metric.column().to_owned(), self.reader().cost(metric));
        let mut all: Vec<(String, String)> = needed.map(cost).collect();
        if self.fields.contains(&Field::Column(SourceColumn::UsageAmount)) {
            all.push((USAGE_HOURS.to_owned(), self.reader().hours()));
        }
        all
    }
}
