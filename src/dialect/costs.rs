//! Costs: the rules of `model/cost_rules.rs` as expressions over one line.
//!
//! In:    a table and a metric.
//! Out:   the expression of the metric's amount; hours of usage.
//! Never: knows a line item type or a formula of its own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::dialect::layers::Layers;
use crate::dialect::steps::{Columns, Steps};
use crate::dialect::table::{Place, Table};
use crate::dialect::words::{Dialect, first_of, nothing};
use crate::model::cost_rules::{
    self, Condition, CostRule, Formula, HOUR_UNITS, QUANTITY_LINE_ITEM_TYPES, RULES, Term,
};
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;

/// The lines of a table in a dialect; what is read of them is written down once.
pub(super) struct Reader<'a> {
    pub(super) dialect: Dialect,
    pub(super) table: &'a Table,
    pub(super) layers: RefCell<Layers>,
    /// Keys that are looked up, by map, where maps are narrowed to them.
    keys: RefCell<BTreeMap<&'static str, BTreeSet<String>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(dialect: Dialect, table: &'a Table) -> Self {
        Self { dialect, table, layers: RefCell::default(), keys: RefCell::default() }
    }

    /// The name of a text, NULL for nothing or without the column.
    pub(super) fn text(&self, column: SourceColumn) -> String {
        self.field(column.name(), &Field::Column(column))
    }

    /// The same of any field, under a name.
    pub(super) fn field(&self, name: &str, field: &Field) -> String {
        let places = self.table.places(self.dialect, field).into_iter();
        let texts: Vec<String> = places.map(|place| self.text_at(place)).collect();
        let text = if texts.is_empty() { self.dialect.as_text("NULL") } else { first_of(&texts) };
        self.layers.borrow_mut().name(0, name, text)
    }

    /// The text at a place, NULL for nothing.
    fn text_at(&self, place: Place) -> String {
        match place {
            Place::Flat(column) => format!("nullif({column}, '')"),
            Place::InMap(map, key) if self.dialect.narrows_maps() => {
                let text = self.dialect.in_map(&narrow(map), &key);
                self.keys.borrow_mut().entry(map).or_default().insert(key);
                text
            }
            Place::InMap(map, key) => format!("nullif({}, '')", self.dialect.in_map(map, &key)),
        }
    }

    /// The name of the raw table, once everything is named that is read of it: where maps are
    /// narrowed, of a table with narrow ones beside.
    pub(super) fn raw(&self, steps: &mut Steps, table: impl Fn(&str) -> String) -> String {
        let raw = self.table.from(self.dialect);
        let keys = self.keys.borrow();
        if keys.is_empty() {
            return raw;
        }
        let mut columns = Columns::default();
        columns.add("*", "*");
        for (map, keys) in keys.iter() {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            columns.add(&self.dialect.narrowed(map, &keys), &narrow(map));
        }
        let name = table("maps");
        steps.add(&name, format!("{}\nFROM {raw}", columns.select()));
        name
    }

    /// The name of an amount, NULL where it is; `None` without the column.
    fn amount(&self, column: SourceColumn) -> Option<String> {
        let amount = self.table.amount(self.dialect, column)?;
        Some(self.layers.borrow_mut().name(0, column.name(), amount))
    }

    /// The name of a day; `None` without the column.
    pub(super) fn day(&self, column: SourceColumn) -> Option<String> {
        let day = self.table.day(self.dialect, column)?;
        Some(self.layers.borrow_mut().name(0, column.name(), day))
    }

    /// What a line costs in a metric.
    pub(super) fn cost(&self, metric: CostMetric) -> String {
        let plain = self.formula(cost_rules::default_formula(metric));
        let mut rules = String::new();
        for rule in RULES.iter().filter(|rule| rule.metric == metric) {
            let (holds, cost) = (self.holds(rule), self.formula(rule.formula));
            let _ = write!(rules, "\n    WHEN {holds} THEN {cost}");
        }
        match rules.as_str() {
            "" => plain,
            _ => format!("CASE{rules}\n    ELSE {plain}\nEND"),
        }
    }

    fn holds(&self, rule: &CostRule) -> String {
        let of_type = format!(
            "{} = {}",
            self.text(SourceColumn::LineItemType),
            self.dialect.text(rule.line_item_type)
        );
        match rule.condition {
            Condition::Always => of_type,
            Condition::Has(column) => format!("{of_type} AND {} IS NOT NULL", self.text(column)),
            Condition::BeginsWith(column, words) => {
                let begins = self.dialect.text(&format!("{words}%"));
                format!("{of_type} AND {} LIKE {begins}", self.text(column))
            }
        }
    }

    fn formula(&self, formula: Formula) -> String {
        match formula {
            Formula::Zero => nothing(),
            Formula::Sum(terms) => self.sum(terms),
            Formula::Scaled { base, numerator, denominator } => {
                self.scaled(base, numerator, denominator)
            }
        }
    }

    /// Terms, none of which may be NULL.
    fn sum(&self, terms: &[Term]) -> String {
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

    fn amount_or_nothing(&self, columns: &[SourceColumn]) -> String {
        let amounts = columns.iter().filter_map(|of| self.amount(*of));
        first_of(&amounts.chain([nothing()]).collect::<Vec<_>>())
    }

    /// The base, unless both sides of the ratio are told.
    fn scaled(&self, base: &[Term], net: &[SourceColumn], gross: &[SourceColumn]) -> String {
        let base = self.sum(base);
        let amounts: Option<Vec<String>> = net.iter().map(|of| self.amount(*of)).collect();
        // A net column that is not there leaves the discount unknown on every line.
        let Some(net) = amounts.map(|amounts| amounts.join(" + ")) else { return base };
        let gross: Vec<String> = gross.iter().map(|of| self.amount_or_nothing(&[*of])).collect();
        let gross = gross.join(" + ");
        let mut layers = self.layers.borrow_mut();
        let mut name = |layer, name: &str, expression| layers.name(layer, name, expression);
        let base = name(1, "unused_commitment", base);
        let net = name(1, "net_commitment", net);
        let gross = name(1, "gross_commitment", gross);
        let [of_base, of_net, of_gross] = [&base, &net, &gross].map(|of| self.dialect.picos(of));
        let product = name(2, "product", format!("{of_base} * {of_net}"));
        let divisor = name(2, "divisor", format!("nullif({of_gross}, 0)"));
        let rest = name(3, "rest", format!("{product} % {divisor}"));
        let scaled = self.dialect.rounded(&product, &divisor, &rest);
        format!(
            "CASE WHEN {net} IS NULL OR {gross} = 0 OR {net} = {gross} THEN {base} \
             ELSE {scaled} END"
        )
    }

    /// Usage whose pricing unit is an hour, on lines whose quantity counts.
    pub(super) fn hours(&self) -> String {
        let Some(amount) = self.amount(SourceColumn::UsageAmount) else {
            return nothing();
        };
        let none = nothing();
        format!(
            "CASE WHEN lower({}) IN ({}) AND {} IN ({}) THEN {} ELSE {none} END",
            self.text(SourceColumn::PricingUnit),
            self.dialect.texts(HOUR_UNITS),
            self.text(SourceColumn::LineItemType),
            self.dialect.texts(QUANTITY_LINE_ITEM_TYPES),
            first_of(&[amount, none.clone()]),
        )
    }
}

/// The name of a map that holds only what is looked up.
fn narrow(map: &str) -> String {
    format!("narrow_{map}")
}
