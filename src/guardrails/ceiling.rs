//! Ceiling: users who spent more in a month than they may.
//!
//! In:    the bill, the guardrails that cover each row.
//! Out:   a [`Violation`] per guardrail, user and month: what lies above, day by day.
//! Never: holds an amount against a ceiling of another currency.

use std::collections::BTreeMap;

use super::GuardrailError;
use super::bill::Bill;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::policy::{Broken, Ceiling, Guardrail, Policy, Violation, ViolationDay};

/// Every violation of a ceiling.
pub(super) fn broken(
    policy: &Policy,
    bill: &Bill,
    covering: &[Vec<usize>],
) -> Result<Vec<Violation>, GuardrailError> {
    let mut found = Vec::new();
    for (at, guardrail) in policy.guardrails.iter().enumerate() {
        let Some(ceiling) = &guardrail.ceiling else { continue };
        let mut by_user: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for row in (0..bill.rows).filter(|row| covering[*row].contains(&at)) {
            let is_meant = bill.currency.get(row) == Some(ceiling.currency.as_str());
            if let (Some(user), Some(month), true) =
                (bill.user.get(row), bill.month.get(row), is_meant)
            {
                by_user.entry((user, month)).or_default().push(row);
            }
        }
        for ((_, month), rows) in by_user {
            let days = above(bill, month, &rows, ceiling).ok_or(GuardrailError::Range)?;
            if !days.is_empty() {
                found.push(violation(guardrail, ceiling, bill, &rows, days));
            }
        }
    }
    Ok(found)
}

/// What lies above, by day; nothing unless the month ends above.
fn above(bill: &Bill, month: &str, rows: &[usize], ceiling: &Ceiling) -> Option<Vec<ViolationDay>> {
    let mut by_day: BTreeMap<&str, (i128, i128, u64)> = BTreeMap::new();
    for row in rows {
        let sums = by_day.entry(bill.day.get(*row).unwrap_or_default()).or_default();
        sums.0 = sums.0.checked_add(bill.cost[*row])?;
        sums.1 = sums.1.checked_add(bill.hours[*row])?;
        sums.2 += bill.line_items[*row];
    }
    let mut total = 0_i128;
    let mut days = Vec::new();
    for (day, (cost, hours, line_items)) in by_day {
        let before = total.checked_sub(ceiling.amount.0)?.max(0);
        total = total.checked_add(cost)?;
        let more = total.checked_sub(ceiling.amount.0)?.max(0) - before;
        if more != 0 {
            days.push(ViolationDay {
                day: day.to_owned(),
                month: month.to_owned(),
                hours: Quantity(hours),
                cost: Money(more),
                substitute_cost: None,
                line_items,
            });
        }
    }
    let is_above = total > ceiling.amount.0;
    Some(if is_above { days } else { Vec::new() })
}

fn violation(
    guardrail: &Guardrail,
    ceiling: &Ceiling,
    bill: &Bill,
    rows: &[usize],
    days: Vec<ViolationDay>,
) -> Violation {
    Violation {
        broken: Broken::Ceiling,
        guardrail: guardrail.name.clone(),
        found: None,
        allowed: format!("{} {}", ceiling.amount, ceiling.currency),
        place: bill.common(rows),
        currency: Currency(ceiling.currency.0.clone()),
        substitute: None,
        days,
    }
}
