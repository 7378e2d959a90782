//! Reconcile: what came in is what went out, to the pico-unit, in every run.
//!
//! In:    the source's control totals, the answer, and what filters excluded.
//! Out:   [`Books`]; or a precise complaint, and then no table.
//! Never: tolerates a difference, or takes one side of the books from the other.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::answer::{Answer, Books, CurrencyBooks, Standing};
use crate::model::charges::Given;
use crate::model::money::{Currency, Money};

/// One side of the books in one currency: what the source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceTotal {
    /// Rows, counted while they were decoded.
    pub rows: u64,
    /// The metric of the question.
    pub cost: Money,
    /// Unblended, which ties to the invoice.
    pub unblended: Money,
}

/// What a filter left out, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExcludedTotal {
    /// Rows.
    pub rows: u64,
    /// The metric of the question.
    pub cost: Money,
}

/// The books do not balance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// Rows are missing or were made up.
    #[error("the footers promise {promised} rows, the answer accounts for {found}")]
    Rows {
        /// What the footers say.
        promised: u64,
        /// What the answer and the filters add up to.
        found: u64,
    },
    /// Money is missing or was made up.
    #[error(
        "{source_total} {currency} came in, {direct} attributed + {shared} shared + \
         {unattributed} unattributed + {excluded} excluded went out"
    )]
    Money {
        /// The currency.
        currency: Currency,
        /// Sum over the source rows.
        source_total: Money,
        /// Attributed rows of the answer.
        direct: Money,
        /// Rows that split rules gave to tenants.
        shared: Money,
        /// Unattributed and other-service rows of the answer.
        unattributed: Money,
        /// What filters left out.
        excluded: Money,
    },
    /// A sum leaves the range.
    #[error("the total in {currency} leaves the range of 128-bit pico-units")]
    Range {
        /// The currency.
        currency: Currency,
    },
}

impl Diagnose for ReconcileError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Integrity
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Rows { .. } => "BOOKS-ROWS",
            Self::Money { .. } => "BOOKS-MONEY",
            Self::Range { .. } => "BOOKS-RANGE",
        }
    }

    fn hints(&self) -> Vec<String> {
        vec!["this is our arithmetic, not your data; please report it with these totals".into()]
    }
}

/// Checks both sides and returns the books.
///
/// # Errors
/// When a row or a pico-unit is on one side only.
pub fn reconcile(
    promised_rows: u64,
    source: &BTreeMap<Currency, SourceTotal>,
    answer: &Answer,
    given: &BTreeMap<Currency, Given>,
    excluded: &BTreeMap<Currency, ExcludedTotal>,
) -> Result<Books, ReconcileError> {
    let answer_rows: u64 = answer.parts().map(|part| part.line_items).sum();
    let given_rows: u64 = given.values().map(|given| given.line_items).sum();
    let excluded_rows: u64 = excluded.values().map(|total| total.rows).sum();
    let kept_rows = answer_rows + given_rows + excluded_rows;
    let source_rows: u64 = source.values().map(|total| total.rows).sum();
    if promised_rows != kept_rows || promised_rows != source_rows {
        let found = if promised_rows == kept_rows { source_rows } else { kept_rows };
        return Err(ReconcileError::Rows { promised: promised_rows, found });
    }
    let mut names: Vec<&Currency> = source.keys().chain(excluded.keys()).collect();
    names.extend(answer.parts().map(|part| part.currency));
    names.sort_unstable();
    names.dedup();
    let currencies = names
        .into_iter()
        .map(|currency| {
            let source = source.get(currency).copied().unwrap_or_default();
            let excluded = excluded.get(currency).copied().unwrap_or_default();
            balance(currency, source, answer, excluded)
        })
        .collect::<Result<_, _>>()?;
    Ok(Books { source_rows: promised_rows, kept_rows, refused_rows: 0, currencies })
}

fn balance(
    currency: &Currency,
    source: SourceTotal,
    answer: &Answer,
    excluded: ExcludedTotal,
) -> Result<CurrencyBooks, ReconcileError> {
    let range = || ReconcileError::Range { currency: currency.clone() };
    let sum = |of: fn(Standing) -> bool| {
        let parts = answer.parts().filter(|part| part.currency == currency && of(part.standing));
        Money::checked_sum(parts.map(|part| part.cost)).ok_or_else(range)
    };
    let direct = sum(|standing| standing == Standing::Attributed)?;
    let shared = sum(|standing| standing == Standing::Shared)?;
    let has_no_owner =
        |standing| matches!(standing, Standing::Unattributed | Standing::OtherServices);
    let unattributed = sum(has_no_owner)?;
    let out = Money::checked_sum([direct, shared, unattributed, excluded.cost]);
    let out = out.ok_or_else(range)?;
    if out != source.cost {
        return Err(ReconcileError::Money {
            currency: currency.clone(),
            source_total: source.cost,
            direct,
            shared,
            unattributed,
            excluded: excluded.cost,
        });
    }
    Ok(CurrencyBooks {
        currency: currency.clone(),
        source: source.cost,
        direct,
        shared,
        unattributed,
        excluded: excluded.cost,
        source_unblended: source.unblended,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::answer::AnswerRow;
    use crate::model::metric::CostMetric;

    fn usd() -> Currency {
        Currency("USD".into())
    }

    fn answer(costs: &[(Standing, i128)]) -> Answer {
        let row = |(standing, cost): &(Standing, i128)| AnswerRow {
            currency: usd(),
            standing: *standing,
            keys: Vec::new(),
            cost: Money(*cost),
            usage_hours: None,
            line_items: 1,
        };
        let rows = costs.iter().map(row).collect();
        Answer::whole(Vec::new(), CostMetric::Amortized, rows)
    }

    fn check(
        source: i128,
        costs: &[(Standing, i128)],
        excluded: i128,
    ) -> Result<Books, ReconcileError> {
        let rows = costs.len() as u64 + 1;
        let total = SourceTotal { rows, cost: Money(source), unblended: Money(source) };
        reconcile(
            rows,
            &BTreeMap::from([(usd(), total)]),
            &answer(costs),
            &BTreeMap::new(),
            &BTreeMap::from([(usd(), ExcludedTotal { rows: 1, cost: Money(excluded) })]),
        )
    }

    #[test]
    fn books_balance_when_every_pico_unit_is_accounted_for() {
        let books = check(10, &[(Standing::Attributed, 4), (Standing::OtherServices, 5)], 1);
        let books = books.unwrap();
        assert_eq!(books.currencies[0].direct, Money(4));
        assert_eq!(books.currencies[0].unattributed, Money(5));
        assert_eq!(books.currencies[0].excluded, Money(1));
    }

    #[test]
    fn one_pico_unit_too_many_stops_the_run() {
        let error = check(10, &[(Standing::Attributed, 4), (Standing::Unattributed, 6)], 1);
        assert!(matches!(error, Err(ReconcileError::Money { .. })), "{error:?}");
    }

    #[test]
    fn a_lost_row_stops_the_run_even_when_it_cost_nothing() {
        let total = SourceTotal { rows: 1, cost: Money(0), unblended: Money(0) };
        let source = BTreeMap::from([(usd(), total)]);
        let answer = answer(&[(Standing::Attributed, 0)]);
        let error = reconcile(2, &source, &answer, &BTreeMap::new(), &BTreeMap::new());
        assert_eq!(error, Err(ReconcileError::Rows { promised: 2, found: 1 }));
    }
}
