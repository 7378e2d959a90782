//! Hours: how long something ran.
//!
//! In:    line items.
//! Out:   usage hours per row, in pico-hours.
//! Never: counts a quantity twice, or one whose unit is not an hour.

use crate::diagnostic::Refusal;
use crate::model::cost_rules::{HOUR_UNITS, QUANTITY_LINE_ITEM_TYPES};
use crate::model::line_items::LineItems;
use crate::model::question::Wanted;
use crate::model::source_column::SourceColumn;
use crate::normalise::cost::{self, DistinctAmounts};

/// Usage whose pricing unit is an hour, on lines whose quantity counts.
pub(super) fn hours(
    items: &LineItems,
    wanted: Wanted,
    distinct: &mut DistinctAmounts,
) -> Result<Option<Vec<i128>>, Refusal> {
    if wanted == Wanted::No {
        return Ok(None);
    }
    let Some(amounts) = cost::quantities(items, SourceColumn::UsageAmount, distinct)? else {
        return Ok(None);
    };
    let is_hours = fits(items, SourceColumn::PricingUnit, |unit| {
        HOUR_UNITS.contains(&unit.to_ascii_lowercase().as_str())
    });
    let counts =
        fits(items, SourceColumn::LineItemType, |kind| QUANTITY_LINE_ITEM_TYPES.contains(&kind));
    let hour = |(row, amount): (usize, &Option<i128>)| {
        amount.filter(|_| is_hours(row) && counts(row)).unwrap_or(0)
    };
    Ok(Some(amounts.iter().enumerate().map(hour).collect()))
}

/// Whether the text of a column fits, decided once per dictionary entry.
fn fits(
    items: &LineItems,
    column: SourceColumn,
    fits: impl Fn(&str) -> bool,
) -> impl Fn(usize) -> bool {
    let found = items.text_of(column);
    let verdicts: Vec<bool> =
        found.map_or_else(Vec::new, |c| c.values.iter().map(|t| t.is_some_and(&fits)).collect());
    move |row| {
        found.is_some_and(|column| {
            column.code(row).and_then(|code| verdicts.get(code)).copied().unwrap_or(false)
        })
    }
}
