//! Fixture: a bill as a table, rules as a few words, the allocated bill as a table.
//!
//! In:    tables with `|` between cells; `-` or nothing is NULL.
//! Out:   frames as `attribute` gives them; [`Rules`]; sorted text.
//! Never: knows how a share is computed.

use std::collections::BTreeMap;

use crate::allocate::{AllocateError, allocate};
use crate::model::charges::{AllocatedCharges, AttributedCharges, column};
use crate::model::condition::{Atom, Condition};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity, pico_text};
use crate::model::period::{BillingPeriod, Day, Days};
use crate::model::question::{Question, Wanted};
use crate::model::split::{
    Base, DriverDate, DriverRow, Every, Limits, Method, OnNegative, OnZero, Rest, Split, Targets,
    Tier,
};
use crate::model::tenancy::{Position, Tenancy, Tenant};

/// Columns that every frame has, in whatever table.
const ALWAYS: &[(&str, &str)] = &[
    ("tenant", ""),
    ("tenant_rule", ""),
    ("billing_period", "2026-10"),
    ("currency", "USD"),
    ("standing", ""),
    (column::SPLIT_COST, ""),
    (column::UNKNOWN_TYPE, ""),
];

/// A decimal text as pico-units.
pub(super) fn pico(text: &str) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<12}");
    sign * digits.parse::<i128>().unwrap()
}

/// A frame of a table; `cost` is the metric, a missing `lines` column says one per row.
pub(super) fn frame(table: &str) -> Frame {
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let cells = |line: &str| -> Vec<String> {
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let head = cells(lines.next().unwrap());
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, word) in head.iter().enumerate() {
        let key = Dimension::parse(word).map_or_else(|| word.clone(), |of| of.key());
        values.insert(key, rows.iter().map(|row| row[at].clone()).collect());
    }
    for (name, usual) in ALWAYS {
        let usual = || vec![(*usual).to_owned(); rows.len()];
        values.entry((*name).to_owned()).or_insert_with(usual);
    }
    let standings = values["tenant"].iter().zip(&values["standing"]).map(|(tenant, standing)| {
        let is_known = !tenant.is_empty() && tenant != "-";
        match standing.as_str() {
            "" if is_known => "attributed".to_owned(),
            "" => "unattributed".to_owned(),
            other => other.to_owned(),
        }
    });
    let standings = standings.collect();
    values.insert("standing".into(), standings);
    let numbers = |name: &str, usual: &str| -> Vec<i128> {
        let of = |row: usize| values.get(name).map_or(usual, |v| v[row].as_str());
        (0..rows.len()).map(|row| pico(of(row))).collect()
    };
    let lines: Vec<u64> =
        numbers("lines", "1").iter().map(|l| u64::try_from(l / pico("1")).unwrap()).collect();
    let mut frame = Frame::new(lines);
    frame.set_amounts("amortized_cost", numbers("cost", "0"));
    frame.set_amounts("list_cost", numbers("list", "0"));
    frame.set_amounts("usage_hours", numbers("hours", "0"));
    for (name, texts) in values {
        if !["cost", "list", "hours", "lines"].contains(&name.as_str()) {
            let texts = texts.iter().map(|t| (!t.is_empty() && t != "-").then_some(t.as_str()));
            frame.set_texts(name, Texts::of(texts));
        }
    }
    frame
}

/// Rules of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules(pub(super) Tenancy);

/// Tenants that are declared, with spaces between.
pub(super) fn tenants(ids: &str) -> Rules {
    let tenant = |id: &str| Tenant {
        id: id.into(),
        name: id.into(),
        aliases: Vec::new(),
        cost_center: None,
        contact: None,
        budget: None,
        at: Position::default(),
    };
    let tenants = ids.split_whitespace().map(tenant).collect();
    Rules(Tenancy { file: "tenants.toml".into(), tenants, ..Tenancy::default() })
}

impl Rules {
    /// One more split; its line is ten times its number.
    pub(super) fn split(mut self, split: Split) -> Self {
        let line = u32::try_from(10 * (self.0.splits.len() + 1)).unwrap();
        self.0.splits.push(Split { at: Position { line, column: 1 }, ..split });
        self
    }

    pub(super) fn allocate(
        &self,
        frame: &Frame,
        by: &str,
    ) -> Result<AllocatedCharges, AllocateError> {
        allocate(AttributedCharges(frame.clone()), &self.0, &question(by))
    }

    /// Allocates a table and compares the sums by the words of a question.
    pub(super) fn check(&self, table: &str, by: &str, expected: &str) -> AllocatedCharges {
        let allocated = self.allocate(&frame(table), by).unwrap();
        let found = shown(&sums(&allocated.frame, by));
        let trim = |text: &str| -> Vec<String> {
            let rows = text.lines().map(str::trim).filter(|line| !line.is_empty());
            rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>().join(" | ")).collect()
        };
        assert_eq!(trim(&found), trim(expected), "\nfound\n{found}");
        allocated
    }

    pub(super) fn refuses(&self, table: &str) -> AllocateError {
        self.allocate(&frame(table), "tenant").unwrap_err()
    }
}

pub(super) fn question(by: &str) -> Question {
    Question {
        dimensions: by.split(',').filter_map(Dimension::parse).collect(),
        metric: CostMetric::Amortized,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::Yes,
    }
}

/// Cost and line items by the words of a question.
pub(super) fn sums(frame: &Frame, by: &str) -> BTreeMap<Vec<String>, (i128, u64)> {
    let mut sums: BTreeMap<Vec<String>, (i128, u64)> = BTreeMap::new();
    let columns: Vec<Vec<String>> = by
        .split(',')
        .map(|word| {
            let key = Dimension::parse(word).map_or_else(|| word.to_owned(), |of| of.key());
            let texts = frame.texts(&key).unwrap();
            texts.iter().map(|text| text.unwrap_or("-").to_owned()).collect()
        })
        .collect();
    let costs = frame.amounts("amortized_cost").unwrap();
    for (row, (cost, lines)) in costs.iter().zip(frame.line_items()).enumerate() {
        let key = columns.iter().map(|values| values[row].clone()).collect();
        let sum = sums.entry(key).or_default();
        sum.0 += cost;
        sum.1 += lines;
    }
    sums
}

fn shown(sums: &BTreeMap<Vec<String>, (i128, u64)>) -> String {
    let row = |(key, (cost, lines)): (&Vec<String>, &(i128, u64))| {
        format!("{} | {} | {lines}\n", key.join(" | "), pico_text(*cost))
    };
    sums.iter().map(row).collect()
}

/// A split that takes what fits `word = pattern`, all that is unassigned when empty.
pub(super) fn takes(name: &str, condition: &str, method: Method) -> Split {
    Split {
        name: name.into(),
        from: Vec::new(),
        condition: is(condition),
        during: Days::ALWAYS,
        method,
        caps: Limits::default(),
        floors: Limits::default(),
        at: Position::default(),
    }
}

/// A chain from tenants.
pub(super) fn chain(name: &str, from: &str, method: Method) -> Split {
    let from = from.split_whitespace().map(ToOwned::to_owned).collect();
    Split { from, ..takes(name, "", method) }
}

/// `line-type=Tax`.
pub(super) fn is(condition: &str) -> Condition {
    let Some((word, pattern)) = condition.split_once('=') else {
        return Condition::All(Vec::new());
    };
    let dimension = Dimension::parse(word).unwrap();
    Condition::Is(Atom { dimension, patterns: vec![pattern.to_owned()] })
}

/// `*` or ids with spaces between.
pub(super) fn to(ids: &str) -> Targets {
    match ids {
        "*" => Targets::All,
        ids => Targets::Named(ids.split_whitespace().map(ToOwned::to_owned).collect()),
    }
}

/// `search=60 ads=40`.
pub(super) fn fixed(percent: &str, rest: Rest) -> Method {
    let percent = pairs(percent).map(|(id, amount)| (id, Quantity(amount))).collect();
    Method::Fixed { percent, rest }
}

pub(super) fn limits(each: Option<&str>, of: &str) -> Limits {
    let of = pairs(of).map(|(id, amount)| (id, Money(amount))).collect();
    Limits { each: each.map(|each| Money(pico(each))), of }
}

fn pairs(text: &str) -> impl Iterator<Item = (String, i128)> {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(id, amount)| (id.to_owned(), pico(amount)))
}

pub(super) fn by_cost(targets: &str, of: &str) -> Method {
    proportional(targets, Base::Cost, of, OnZero::Keep, OnNegative::AsZero)
}

pub(super) fn proportional(
    targets: &str,
    by: Base,
    of: &str,
    on_zero: OnZero,
    on_negative: OnNegative,
) -> Method {
    Method::Proportional { to: to(targets), by, of: is(of), on_zero, on_negative }
}

/// Rows such as `2026-10 search 3`.
pub(super) fn driver(rows: &[&str], every: Every, on_zero: OnZero) -> Method {
    let row = |row: &&str| {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let date = Day::parse(cells[0]).map(DriverDate::Day);
        let date = date.or_else(|| BillingPeriod::parse(cells[0]).map(DriverDate::Month));
        let amount = Quantity(pico(cells[2]));
        DriverRow { date: date.unwrap(), target: cells[1].into(), amount }
    };
    let rows = rows.iter().map(row).collect();
    Method::Driver { file: "driver.csv".into(), rows, every, on_zero }
}

pub(super) fn tier(up_to: Option<&str>, method: Method) -> Tier {
    Tier { up_to: up_to.map(|end| Money(pico(end))), method }
}
