//! Driver: files of `date,target,amount` that a split goes by.
//!
//! In:    paths as the rule file writes them, the tenants' names.
//! Out:   [`DriverRow`]s; mistakes by line.
//! Never: says whether a file fits a month of the bill.

use rustc_hash::FxHashMap;

use crate::model::money::{Quantity, UNIT, pico_of_text};
use crate::model::period::{BillingPeriod, Day};
use crate::model::split::{DriverDate, DriverRow};
use crate::rules::page::Mistake;
use crate::rules::papers::Papers;
use crate::rules::rows::{self, Cells, Column, found};
use crate::rules::tenants::Names;

const COLUMNS: &[Column] = &[("date", true), ("target", true), ("amount", true)];

/// Amounts beyond this could not be added up.
const MOST: i128 = 1_000_000_000_000_000_000 * UNIT;

/// Driver files of one rule file, each read once.
pub(super) struct Drivers<'p> {
    papers: &'p mut Papers,
    read: FxHashMap<String, Vec<DriverRow>>,
    /// What is wrong with their rows.
    pub(super) mistakes: Vec<Mistake>,
}

impl<'p> Drivers<'p> {
    /// Files are looked for where the rule file lies.
    pub(super) fn new(papers: &'p mut Papers) -> Self {
        Self { papers, read: FxHashMap::default(), mistakes: Vec::new() }
    }

    /// The rows of a file, without those that are wrong.
    pub(super) fn rows(&mut self, file: &str, names: &Names) -> Result<Vec<DriverRow>, String> {
        if let Some(rows) = self.read.get(file) {
            return Ok(rows.clone());
        }
        let mut rows = Vec::new();
        let mut seen: FxHashMap<(DriverDate, String), u64> = FxHashMap::default();
        let paper = rows::paper(file, self.papers)?;
        let sheet = rows::read(&paper, COLUMNS, |cells| {
            let row = row(cells, names)?;
            let before = seen.insert((row.date, row.target.clone()), cells.line);
            if let Some(line) = before {
                return Err(format!("`{}` has an amount for this date in line {line}", row.target));
            }
            rows.push(row);
            Ok(())
        })?;
        self.mistakes.extend(sheet.mistakes);
        self.read.insert(file.to_owned(), rows.clone());
        Ok(rows)
    }
}

/// What `date` must be.
const A_DATE: &str = "a day (2026-10-12) or a month (2026-10)";
/// What `amount` must be.
const AN_AMOUNT: &str = "a decimal such as 12.5, at most 12 places";

fn row(cells: &Cells, names: &Names) -> Result<DriverRow, String> {
    let (date, target, amount) = (cells.at(0), cells.at(1), cells.at(2));
    let day = Day::parse(date).map(DriverDate::Day);
    let moment = day.or_else(|| BillingPeriod::parse(date).map(DriverDate::Month));
    let Some(moment) = moment else {
        return Err(format!("`date` must be {A_DATE}; {}", found(date)));
    };
    if target.is_empty() {
        return Err("`target` is empty".to_owned());
    }
    let target = names.id(target).ok_or_else(|| names.unknown(target))?;
    let Some(pico) = pico_of_text(amount) else {
        return Err(format!("`amount` must be {AN_AMOUNT}; {}", found(amount)));
    };
    if pico < 0 {
        return Err(format!("`amount` cannot be negative; found {amount}"));
    }
    if pico >= MOST {
        return Err(format!("`amount` must be below 10^18; found {amount}"));
    }
    Ok(DriverRow { date: moment, target: target.to_owned(), amount: Quantity(pico) })
}
