//! Costs: the rules of `model/cost_rules.rs` as expressions over one line.
//!
//! In:    a table and a metric.
//! Out:   the expression of the metric's amount; hours of usage.
//! Never: knows a line item type or a formula of its own.

use std::fmt::Write as _;

use crate::dialect::table::Table;
use crate::dialect::words::{Dialect, first_of};
use crate::model::cost_rules::{
    self, Condition, CostRule, Formula, HOUR_UNITS, QUANTITY_LINE_ITEM_TYPES, RULES, Term,
};
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;

/// A table in a dialect.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) dialect: Dialect,
    pub(super) table: &'a Table,
}

impl Reader<'_> {
    /// The text of a column, NULL for nothing or without the column.
    pub(super) fn text(self, column: SourceColumn) -> String {
        let text = self.table.text(self.dialect, &Field::Column(column));
        text.unwrap_or_else(|| self.dialect.as_text("NULL"))
    }

    /// What a line costs in a metric.
    pub(super) fn cost(self, metric: CostMetric) -> String {
        let plain = self.formula(cost_rules::default_formula(metric));
        let mut rules = String::new();
        for rule in RULES.iter().filter(|rule| rule.metric == metric) {
            let _ = write!(
                rules,
                "\n    WHEN {} THEN {}",
                self.holds(rule),
                self.formula(rule.formula)
            );
        }
        match rules.as_str() {
            "" => plain,
            _ => format!("CASE{rules}\n    ELSE {plain}\nEND"),
        }
    }

    fn holds(self, rule: &CostRule) -> String {
        let of_type = format!(
            "{} = {}",
            self.text(SourceColumn::LineItemType),
            self.dialect.text(rule.line_item_type)
        );
        match rule.condition {
            Condition::Always => of_type,
            Condition::Has(column) => format!("{of_type} AND {} IS NOT NULL", self.text(column)),
            Condition::BeginsWith(column, words) => {
                let begins = format!("{}%", words);
                format!("{of_type} AND {} LIKE {}", self.text(column), self.dialect.text(&begins))
            }
        }
    }

    fn formula(self, formula: Formula) -> String {
        match formula {
            Formula::Zero => self.dialect.nothing(),
            Formula::Sum(terms) => self.sum(terms),
            Formula::Scaled { base, numerator, denominator } => {
                self.scaled(base, numerator, denominator)
            }
        }
    }

    /// Terms, none of which may be NULL.
    fn sum(self, terms: &[Term]) -> String {
        let mut text = String::new();
        for (at, term) in terms.iter().enumerate() {
            let sign = match (at, term.minus) {
                (0, false) => "",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            let _ = write!(text, "{sign}{}", self.amount_or_nothing(term.first_of));
        }
        text
    }

    fn amount_or_nothing(self, columns: &[SourceColumn]) -> String {
        let amounts = columns.iter().filter_map(|of| self.table.amount(self.dialect, *of));
        first_of(amounts.chain([self.dialect.nothing()]).collect())
    }

    /// The base, unless both sides of the ratio are told.
    fn scaled(self, base: &[Term], net: &[SourceColumn], gross: &[SourceColumn]) -> String {
        let base = self.sum(base);
        let amounts: Option<Vec<String>> =
            net.iter().map(|of| self.table.amount(self.dialect, *of)).collect();
        // A net column that is not there leaves the discount unknown on every line.
        let Some(net) = amounts.map(|amounts| amounts.join(" + ")) else { return base };
        let gross: Vec<String> = gross.iter().map(|of| self.amount_or_nothing(&[*of])).collect();
        let gross = gross.join(" + ");
        let scaled =
            self.dialect.scaled(&format!("({base})"), &format!("({net})"), &format!("({gross})"));
        format!(
            "CASE WHEN {net} IS NULL OR {gross} = 0 OR {net} = {gross} THEN {base} \
             ELSE {scaled} END"
        )
    }

    /// Usage whose pricing unit is an hour, on lines whose quantity counts.
    pub(super) fn hours(self) -> String {
        let Some(amount) = self.table.amount(self.dialect, SourceColumn::UsageAmount) else {
            return self.dialect.nothing();
        };
        format!(
            "CASE WHEN lower({}) IN ({}) AND {} IN ({}) THEN {} ELSE {} END",
            self.text(SourceColumn::PricingUnit),
            self.dialect.texts(HOUR_UNITS),
            self.text(SourceColumn::LineItemType),
            self.dialect.texts(QUANTITY_LINE_ITEM_TYPES),
            first_of(vec![amount, self.dialect.nothing()]),
            self.dialect.nothing()
        )
    }
}
