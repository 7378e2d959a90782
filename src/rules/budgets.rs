//! Budgets: a file of `tenant,month,amount`, which finance keeps beside the rules.
//!
//! In:    its path, the tenants.
//! Out:   [`Budget`]s, or every mistake with its line.
//! Never: takes a budget of somebody whom the rules do not know.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::model::budget::Budget;
use crate::model::money::{Currency, Money, pico_of_text};
use crate::model::period::BillingPeriod;
use crate::model::tenancy::Tenancy;
use crate::rules::RulesError;
use crate::rules::page::Mistake;
use crate::rules::papers::Papers;
use crate::rules::rows::{self, Cells, Column, found};
use crate::rules::tenants::Names;

const COLUMNS: &[Column] =
    &[("tenant", true), ("month", true), ("amount", true), ("currency", false)];

/// Budgets beyond this could not be compared with anything.
const MOST: i128 = 1_000_000_000_000_000 * crate::model::money::UNIT;

/// Reads a file of budgets. Without tenants in the rules every name is taken as it is.
///
/// # Errors
/// When it cannot be read, or with every mistake in it.
pub fn budgets(path: &Path, tenancy: &Tenancy) -> Result<Vec<Budget>, RulesError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut papers = Papers::of_folder(folder);
    let file = path.display().to_string();
    let wrong = |message: String| RulesError::Budgets {
        file: file.clone(),
        mistakes: vec![Mistake { file: file.clone(), line: 1, column: None, message }],
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| wrong("its name is no text".to_owned()))?;
    let paper = rows::paper(name, &mut papers).map_err(wrong)?;
    let names = Names::of(&tenancy.tenants);
    let mut budgets: Vec<Budget> = Vec::new();
    let mut seen: FxHashMap<(String, Option<BillingPeriod>, Option<Currency>), u64> =
        FxHashMap::default();
    let sheet = rows::read(&paper, COLUMNS, |cells| {
        let budget = row(cells, &names)?;
        let key = (budget.tenant.clone(), budget.month, budget.currency.clone());
        if let Some(line) = seen.insert(key, cells.line) {
            let month = budget.month.map_or("every month".to_owned(), |month| month.to_string());
            return Err(format!("`{}` has a budget for {month} in line {line}", budget.tenant));
        }
        budgets.push(budget);
        Ok(())
    });
    let mistakes = sheet.map_err(wrong)?.mistakes;
    if mistakes.is_empty() {
        return Ok(budgets);
    }
    Err(RulesError::Budgets { file: file.clone(), mistakes })
}

fn row(cells: &Cells, names: &Names) -> Result<Budget, String> {
    let (tenant, month, amount) = (cells.at(0), cells.at(1), cells.at(2));
    if tenant.is_empty() {
        return Err("`tenant` is empty".to_owned());
    }
    let tenant = match names.id(tenant) {
        Some(id) => id,
        None if names.ids().next().is_none() => tenant,
        None => return Err(names.unknown(tenant)),
    };
    let month = match month {
        "" | "*" => None,
        text => Some(BillingPeriod::parse(text).ok_or_else(|| {
            format!("`month` must be a month (2026-10), `*` or nothing; {}", found(text))
        })?),
    };
    let Some(pico) = pico_of_text(amount) else {
        let expected = "a decimal such as 1200.50, at most 12 places";
        return Err(format!("`amount` must be {expected}; {}", found(amount)));
    };
    if !(0..MOST).contains(&pico) {
        return Err(format!("`amount` must be from 0 to below 10^15; found {amount}"));
    }
    let currency = match cells.at(3) {
        "" => None,
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Some(Currency(code.into()))
        }
        other => {
            return Err(format!("`currency` must be a code such as USD; {}", found(other)));
        }
    };
    Ok(Budget { tenant: tenant.to_owned(), month, amount: Money(pico), currency })
}
