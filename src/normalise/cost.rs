//! Cost: the rules of `model/cost_rules.rs`, applied to a batch.
//!
//! In:    line items and a metric.
//! Out:   one exact amount per row, in pico-units.
//! Never: knows a line item type or a formula of its own.

use arrow::array::Array;

use crate::diagnostic::Refusal;
use crate::model::cost_rules::{self, Condition, CostRule, Formula, Term};
use crate::model::line_items::{Amounts, Field, LineItems, TextColumn};
use crate::model::metric::CostMetric;
use crate::model::source_column::SourceColumn;
use crate::normalise::exact;

/// The metric of every row.
///
/// # Errors
/// A refusal that names the row when a value is no amount.
pub(super) fn costs(items: &LineItems, metric: CostMetric) -> Result<Vec<i128>, Refusal> {
    let default = Bound::new(items, cost_rules::default_formula(metric));
    let Some(types) = types_of(items) else { return default.all_rows() };
    let rules = rules_by_code(items, types, metric);
    let has_rule = |row: usize| {
        // A NULL has a code too; it means nothing.
        let is_typed = types.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        let code = usize::try_from(types.codes[row]).ok().filter(|_| is_typed);
        code.and_then(|code| rules.get(code)).and_then(Option::as_ref)
    };
    let mut costs = default.all_rows()?;
    if rules.iter().any(Option::is_some) {
        for (row, cost) in costs.iter_mut().enumerate() {
            if let Some(rule) = has_rule(row)
                && holds(items, rule.condition, row)
            {
                *cost = rule.formula.at(row)?;
            }
        }
    }
    Ok(costs)
}

/// A rule whose columns are looked up.
struct BoundRule<'a> {
    condition: Condition,
    formula: Bound<'a>,
}

fn types_of(items: &LineItems) -> Option<&TextColumn> {
    let field = Field::Column(SourceColumn::LineItemType);
    items.texts.iter().find(|column| column.field == field)
}

/// The rule of each entry of the line item type's dictionary.
fn rules_by_code<'a>(
    items: &'a LineItems,
    types: &TextColumn,
    metric: CostMetric,
) -> Vec<Option<BoundRule<'a>>> {
    let bound = |rule: &CostRule| BoundRule {
        condition: rule.condition,
        formula: Bound::new(items, rule.formula),
    };
    let rule =
        |text: Option<&str>| text.and_then(|text| cost_rules::rule_for(text, metric)).map(bound);
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

#[derive(Clone, Copy)]
struct BoundColumn<'a> {
    column: SourceColumn,
    amounts: &'a Amounts,
}

impl<'a> Bound<'a> {
    fn new(items: &'a LineItems, formula: Formula) -> Self {
        let column = |column: &SourceColumn| {
            items.amounts_of(*column).map(|amounts| BoundColumn { column: *column, amounts })
        };
        let terms = |terms: &[Term]| -> Vec<BoundTerm<'a>> {
            let bound = |term: &Term| BoundTerm {
                minus: term.minus,
                first_of: term.first_of.iter().filter_map(column).collect(),
            };
            terms.iter().map(bound).collect()
        };
        let (base, ratio) = match formula {
            Formula::Zero => (Vec::new(), None),
            Formula::Sum(sum) => (terms(sum), None),
            Formula::Scaled { base, numerator, denominator } => {
                let of = |columns: &[SourceColumn]| columns.iter().map(column).collect();
                (terms(base), Some([of(numerator), of(denominator)]))
            }
        };
        Self { items, base, ratio }
    }

    fn all_rows(&self) -> Result<Vec<i128>, Refusal> {
        match self.only_doubles() {
            Some(column) => column.all_rows(self.items),
            None => (0..self.items.rows).map(|row| self.at(row)).collect(),
        }
    }

    /// The column, when the formula is nothing but one column of doubles without gaps.
    fn only_doubles(&self) -> Option<Doubles<'a>> {
        let [BoundTerm { minus: false, first_of }] = self.base.as_slice() else { return None };
        let BoundColumn { column, amounts: Amounts::Double(values) } = *first_of.first()? else {
            return None;
        };
        (values.null_count() == 0 && self.ratio.is_none())
            .then(|| Doubles { column, values: values.values() })
    }

    #[inline]
    fn at(&self, row: usize) -> Result<i128, Refusal> {
        let mut total = 0_i128;
        for term in &self.base {
            let mut amount = 0;
            for column in &term.first_of {
                if let Some(found) = amount_at(self.items, *column, row)? {
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
                    Some(column) => amount_at(self.items, *column, row)?,
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

/// A column of doubles without gaps: the common case, and the fast one.
struct Doubles<'a> {
    column: SourceColumn,
    values: &'a [f64],
}

impl Doubles<'_> {
    fn all_rows(&self, items: &LineItems) -> Result<Vec<i128>, Refusal> {
        let mut costs = Vec::with_capacity(self.values.len());
        for (row, value) in self.values.iter().enumerate() {
            let pico = exact::pico_of_double(*value);
            costs.push(
                pico.map_err(|why| no_amount(items, self.column, row, why.describe(*value)))?,
            );
        }
        Ok(costs)
    }
}

/// The amount of a column on a row; `None` when it is NULL there.
#[inline]
fn amount_at(items: &LineItems, of: BoundColumn, row: usize) -> Result<Option<i128>, Refusal> {
    match of.amounts {
        Amounts::Double(values) if values.is_valid(row) => {
            let value = values.value(row);
            match exact::pico_of_double(value) {
                Ok(pico) => Ok(Some(pico)),
                Err(why) => Err(no_amount(items, of.column, row, why.describe(value))),
            }
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

/// The pico-units of one column; `None` where it is NULL or absent.
///
/// # Errors
/// As [`costs`].
pub(super) fn quantities(
    items: &LineItems,
    column: SourceColumn,
) -> Result<Option<Vec<Option<i128>>>, Refusal> {
    let Some(amounts) = items.amounts_of(column) else { return Ok(None) };
    let bound = BoundColumn { column, amounts };
    (0..items.rows).map(|row| amount_at(items, bound, row)).collect::<Result<_, _>>().map(Some)
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
