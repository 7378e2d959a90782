//! Cost: the rules of `model/cost_rules.rs`, applied to a batch.
//!
//! In:    line items and a metric.
//! Out:   one exact amount per row, in pico-units.
//! Never: knows a line item type or a formula of its own.

use std::sync::Arc;

use arrow::array::Array;
use arrow::buffer::ScalarBuffer;
use rustc_hash::FxHashMap;

use crate::diagnostic::Refusal;
use crate::model::cost_rules::{self, Condition, CostRule, Formula, Term};
use crate::model::line_items::{Amounts, Field, LineItems, TextColumn};
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;
use crate::normalise::costs::Costs;
use crate::normalise::exact;

/// The metrics of every row, in their order.
///
/// # Errors
/// A refusal that names the row when a value is no amount.
pub(super) fn costs(
    items: &LineItems,
    metrics: &[CostMetric],
    distinct: &mut DistinctAmounts,
) -> Result<Vec<Costs>, Refusal> {
    let mut plain: Vec<(Formula, Costs)> = Vec::new();
    let mut costs = Vec::with_capacity(metrics.len());
    for metric in metrics {
        // Two metrics often begin with the same column.
        let formula = cost_rules::default_formula(*metric);
        let known = plain.iter().find(|(of, _)| *of == formula).map(|(_, amounts)| amounts.clone());
        let mut amounts = match known {
            Some(amounts) => amounts,
            None => Bound::new(items, formula, distinct).all_rows()?,
        };
        if metric != &metrics[metrics.len() - 1] {
            plain.push((formula, amounts.clone()));
        }
        apply_rules(items, *metric, distinct, &mut amounts)?;
        costs.push(amounts);
    }
    Ok(costs)
}

/// Replaces the default on lines of types that depart from it.
fn apply_rules(
    items: &LineItems,
    metric: CostMetric,
    distinct: &mut DistinctAmounts,
    amounts: &mut Costs,
) -> Result<(), Refusal> {
    let Some(types) = items.text_of(SourceColumn::LineItemType) else { return Ok(()) };
    let rules = rules_by_code(items, types, metric, distinct);
    if rules.iter().all(Option::is_none) {
        return Ok(());
    }
    // Most rows depart from nothing: they are passed by without a call.
    let departs: Vec<bool> = rules.iter().map(Option::is_some).collect();
    for (row, code) in types.codes.of_rows(&departs) {
        if let Some(rule) = &rules[code]
            && holds(items, rule.condition, row)
        {
            amounts.set(row, rule.formula.at(row)?);
        }
    }
    Ok(())
}

/// What the distinct doubles of a column's last dictionary are worth: each is converted once.
#[derive(Debug, Default)]
pub(super) struct DistinctAmounts {
    columns: FxHashMap<SourceColumn, (ScalarBuffer<f64>, Picos)>,
}

/// Pico-units by code, half as wide as money because a dictionary should fit the cache; a value
/// that does not fit, or is no amount, is [`UNFIT`] and converted where a row has it.
type Picos = Arc<[i64]>;

const UNFIT: i64 = i64::MIN;

impl DistinctAmounts {
    fn picos(&mut self, column: SourceColumn, values: &ScalarBuffer<f64>) -> Picos {
        match self.columns.get(&column) {
            // The buffer that is kept here cannot give its address to another one.
            Some((known, picos)) if known.inner().ptr_eq(values.inner()) => Arc::clone(picos),
            _ => {
                let pico = |value: &f64| exact::pico_of_double(*value).ok()?.try_into().ok();
                let picos: Picos = values.iter().map(|v| pico(v).unwrap_or(UNFIT)).collect();
                self.columns.insert(column, (values.clone(), Arc::clone(&picos)));
                picos
            }
        }
    }
}

/// A rule whose columns are looked up.
struct BoundRule<'a> {
    condition: Condition,
    formula: Bound<'a>,
}

/// The rule of each entry of the line item type's dictionary.
fn rules_by_code<'a>(
    items: &'a LineItems,
    types: &TextColumn,
    metric: CostMetric,
    distinct: &mut DistinctAmounts,
) -> Vec<Option<BoundRule<'a>>> {
    let mut bound = |rule: &CostRule| BoundRule {
        condition: rule.condition,
        formula: Bound::new(items, rule.formula, distinct),
    };
    let rule = |text: Option<&str>| {
        text.and_then(|text| cost_rules::rule_for(text, metric)).map(&mut bound)
    };
    types.values.iter().map(rule).collect()
}

fn holds(items: &LineItems, condition: Condition, row: usize) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Has(column) => text_at(items, column, row).is_some(),
        Condition::BeginsWith(column, words) => {
            text_at(items, column, row).is_some_and(|text| text.starts_with(words))
        }
    }
}

fn text_at(items: &LineItems, column: SourceColumn, row: usize) -> Option<&str> {
    let field = Field::Column(column);
    items.texts.iter().filter(|found| found.field == field).find_map(|found| found.text(row))
}

/// A formula whose columns are looked up in one batch.
struct Bound<'a> {
    items: &'a LineItems,
    base: Vec<BoundTerm<'a>>,
    ratio: Option<[Vec<Option<BoundColumn<'a>>>; 2]>,
}

struct BoundTerm<'a> {
    minus: bool,
    first_of: Vec<BoundColumn<'a>>,
}

struct BoundColumn<'a> {
    column: SourceColumn,
    amounts: &'a Amounts,
    /// Only for coded amounts.
    picos: Option<Picos>,
}

impl<'a> BoundColumn<'a> {
    fn new(
        items: &'a LineItems,
        column: SourceColumn,
        distinct: &mut DistinctAmounts,
    ) -> Option<Self> {
        let amounts = items.amounts_of(column)?;
        let picos = match amounts {
            Amounts::Coded { values, .. } => Some(distinct.picos(column, values)),
            _ => None,
        };
        Some(Self { column, amounts, picos })
    }

    /// All rows of coded amounts, NULL as nothing; `None` when a row's value needs a second look.
    fn coded_rows(&self) -> Option<Costs> {
        let (Amounts::Coded { codes, .. }, Some(picos)) = (self.amounts, &self.picos) else {
            return None;
        };
        let mut is_fit = true;
        let pico = |code: &i32| {
            let pico = picos.get(code.cast_unsigned() as usize).copied().unwrap_or(0);
            is_fit &= pico != UNFIT;
            pico
        };
        let rows = codes.iter().map(pico).collect();
        is_fit.then_some(Costs::Narrow(rows))
    }
}

impl<'a> Bound<'a> {
    fn new(items: &'a LineItems, formula: Formula, distinct: &mut DistinctAmounts) -> Self {
        let mut column = |of: &SourceColumn| BoundColumn::new(items, *of, distinct);
        let mut terms = |terms: &[Term]| -> Vec<BoundTerm<'a>> {
            let bound = |term: &Term| BoundTerm {
                minus: term.minus,
                first_of: term.first_of.iter().filter_map(&mut column).collect(),
            };
            terms.iter().map(bound).collect()
        };
        let (base, ratio) = match formula {
            Formula::Zero => (Vec::new(), None),
            Formula::Sum(sum) => (terms(sum), None),
            Formula::Scaled { base, numerator, denominator } => {
                let base = terms(base);
                let mut of = |columns: &[SourceColumn]| columns.iter().map(&mut column).collect();
                (base, Some([of(numerator), of(denominator)]))
            }
        };
        Self { items, base, ratio }
    }

    fn all_rows(&self) -> Result<Costs, Refusal> {
        if let Some(quick) = self.only_column().and_then(BoundColumn::coded_rows) {
            return Ok(quick);
        }
        (0..self.items.rows).map(|row| self.at(row)).collect::<Result<_, _>>().map(Costs::Wide)
    }

    /// The column, when the formula is nothing but one.
    fn only_column(&self) -> Option<&BoundColumn<'a>> {
        match (self.base.as_slice(), &self.ratio) {
            ([BoundTerm { minus: false, first_of }], None) if first_of.len() == 1 => {
                first_of.first()
            }
            _ => None,
        }
    }

    #[inline]
    fn at(&self, row: usize) -> Result<i128, Refusal> {
        let mut total = 0_i128;
        for term in &self.base {
            let mut amount = 0;
            for column in &term.first_of {
                if let Some(found) = amount_at(self.items, column, row)? {
                    amount = found;
                    break;
                }
            }
            total = if term.minus { total - amount } else { total + amount };
        }
        match &self.ratio {
            None => Ok(total),
            Some(ratio) => self.scaled(total, ratio, row),
        }
    }

    /// `base` times net over gross, rounded half away from zero.
    fn scaled(
        &self,
        base: i128,
        ratio: &[Vec<Option<BoundColumn>>; 2],
        row: usize,
    ) -> Result<i128, Refusal> {
        let [net, gross] = ratio;
        let sum_of = |columns: &[Option<BoundColumn>], nothing: Option<i128>| {
            columns.iter().try_fold(Some(0_i128), |sum, column| {
                let amount = match column {
                    Some(column) => amount_at(self.items, column, row)?,
                    None => None,
                };
                Ok::<_, Refusal>(sum.zip(amount.or(nothing)).map(|(sum, amount)| sum + amount))
            })
        };
        // A net column that says nothing leaves the discount unknown; a gross one is zero.
        let (net, gross) = (sum_of(net, None)?, sum_of(gross, Some(0))?);
        let (Some(net), Some(gross)) = (net, gross) else { return Ok(base) };
        if gross == 0 || net == gross {
            return Ok(base);
        }
        divide(base, net, gross).ok_or_else(|| Refusal {
            code: "MONEY-OVERFLOW",
            place: self.items.place_of(row),
            expected: "an unused commitment that fits 38 digits".into(),
            found: format!("{base} x {net} / {gross} pico-units"),
            hint: "ask for the metric `amortized`, which needs no scaling".into(),
        })
    }
}

/// The amount of a column on a row; `None` when it is NULL there.
#[inline]
fn amount_at(items: &LineItems, of: &BoundColumn, row: usize) -> Result<Option<i128>, Refusal> {
    match of.amounts {
        Amounts::Coded { codes, values } => {
            let Ok(code) = usize::try_from(codes[row]) else { return Ok(None) };
            match of.picos.as_deref().and_then(|picos| picos.get(code)) {
                Some(pico) if *pico != UNFIT => Ok(Some(i128::from(*pico))),
                _ => converted(items, of.column, row, values[code]),
            }
        }
        Amounts::Double(values) if values.is_valid(row) => {
            converted(items, of.column, row, values.value(row))
        }
        Amounts::Decimal(values, scale) if values.is_valid(row) => {
            let stored = values.value(row);
            let pico = exact::pico_of_decimal(stored, *scale);
            let refusal = || no_amount(items, of.column, row, format!("{stored}e-{scale}"));
            pico.map(Some).ok_or_else(refusal)
        }
        _ => Ok(None),
    }
}

#[inline]
fn converted(
    items: &LineItems,
    column: SourceColumn,
    row: usize,
    value: f64,
) -> Result<Option<i128>, Refusal> {
    match exact::pico_of_double(value) {
        Ok(pico) => Ok(Some(pico)),
        Err(why) => Err(no_amount(items, column, row, why.describe(value))),
    }
}

/// The pico-units of one column; `None` where it is NULL or absent.
///
/// # Errors
/// As [`costs`].
pub(super) fn quantities(
    items: &LineItems,
    column: SourceColumn,
    distinct: &mut DistinctAmounts,
) -> Result<Option<Vec<Option<i128>>>, Refusal> {
    let Some(bound) = BoundColumn::new(items, column, distinct) else { return Ok(None) };
    (0..items.rows).map(|row| amount_at(items, &bound, row)).collect::<Result<_, _>>().map(Some)
}

#[cold]
fn no_amount(items: &LineItems, column: SourceColumn, row: usize, found: String) -> Refusal {
    Refusal {
        code: "MONEY-VALUE",
        place: items.place_of(row).in_column(column.name()),
        expected: "an amount".into(),
        found,
        hint: "download the file again; if it repeats, ask AWS support for a re-delivery".into(),
    }
}

/// `base * net / gross`, half away from zero; `None` on overflow.
fn divide(base: i128, net: i128, gross: i128) -> Option<i128> {
    let common = gcd(net.unsigned_abs(), gross.unsigned_abs());
    let common = i128::try_from(common).ok()?;
    let (net, gross) = (net / common, gross / common);
    let product = base.checked_mul(net)?;
    let (whole, rest) = (product / gross, product % gross);
    let is_up = rest.unsigned_abs() >= gross.unsigned_abs() - rest.unsigned_abs();
    let away = product.signum() * gross.signum();
    Some(if is_up { whole + away } else { whole })
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_amount_is_rounded_half_away_from_zero() {
        for (base, net, gross, expected) in [
            (10, 9, 10, 9),
            (5, 1, 2, 3),
            (-5, 1, 2, -3),
            (7, 1, 3, 2),
            (5, -1, 2, -3),
            (0, 1, 3, 0),
        ] {
            assert_eq!(divide(base, net, gross), Some(expected), "{base} * {net} / {gross}");
        }
        assert_eq!(divide(i128::MAX, 3, 2), None);
    }
}
