//! Filter: `--where` and `--month` as one column expression.
//!
//! In:    the filters of a question.
//! Out:   an expression that is true or false on every charge, never NULL.
//! Never: builds text that something else parses.

use std::collections::BTreeMap;

use polars::prelude::{Expr, col, lit};

use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::question::{Filter, Question};

/// True on charges that count: they are asked for, and restate nothing.
pub(super) fn counts(question: &Question) -> Expr {
    keeps(question).and(is_split().not())
}

/// True on charges that restate lines of EC2.
pub(super) fn is_split() -> Expr {
    col(column::SPLIT_COST).is_not_null()
}

/// True on charges that are asked for.
pub(super) fn keeps(question: &Question) -> Expr {
    let mut by_dimension: BTreeMap<&Dimension, Vec<&Filter>> = BTreeMap::new();
    for filter in &question.filters {
        by_dimension.entry(&filter.dimension).or_default().push(filter);
    }
    let mut all = lit(true);
    for filters in by_dimension.values() {
        let any = filters.iter().fold(lit(false), |any, filter| any.or(matches(filter)));
        all = all.and(any);
    }
    if !question.months.is_empty() {
        let month = col(Dimension::Month.key());
        // A charge without a period of its own belongs to the folder that was asked for.
        let any = question.months.iter().fold(month.clone().is_null(), |any, asked| {
            any.or(month.clone().eq_missing(lit(asked.to_string())))
        });
        all = all.and(any);
    }
    all
}

fn matches(filter: &Filter) -> Expr {
    let of = col(filter.dimension.key());
    match &filter.value {
        None => of.is_null(),
        Some(value) if filter.dimension.is_identity() => {
            let is_last_part = of.clone().str().ends_with(lit(format!("/{value}")));
            of.eq_missing(lit(value.clone())).or(is_last_part.fill_null(false))
        }
        Some(value) => of.eq_missing(lit(value.clone())),
    }
}
