//! Fold: many small rows become one row that says how many they were.
//!
//! In:    the rows of a table and how many of them people want to see.
//! Out:   fewer rows with the same money.
//! Never: drops an amount, mixes currencies, or hides cost without owner in a tail of users.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::table::{Cell, Column, ColumnKind, Row, RowKind, sum_cells};
use crate::model::money::Currency;
use crate::model::phrase::phrase;

/// Keeps the `limit` largest rows (by amount without sign) of every currency and kind in their
/// order, and adds up the others of that currency and kind in one row behind the last of them.
///
/// `None` when there is nothing to fold. A tail of one row stays as it is, and so does a tail whose
/// sum leaves its range.
pub(super) fn fold(columns: &[Column], rows: &[Row], limit: usize) -> Option<Vec<Row>> {
    let money = columns.iter().position(|column| column.kind == ColumnKind::Money)?;
    let mut groups: BTreeMap<(Option<&Currency>, RowKind), Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        groups.entry((row.currency.as_ref(), row.kind)).or_default().push(index);
    }
    let mut folded = BTreeSet::new();
    let mut rests: BTreeMap<usize, Row> = BTreeMap::new();
    for mut group in groups.into_values().filter(|group| group.len() > limit.saturating_add(1)) {
        let size = |index: usize| rows[index].cells[money].pico().unwrap_or(0).unsigned_abs();
        let last = group.last().copied().unwrap_or(0);
        group.sort_by_key(|index| (Reverse(size(*index)), *index));
        let tail: Vec<&Row> = group[limit..].iter().map(|index| &rows[*index]).collect();
        let count = u64::try_from(tail.len()).unwrap_or(u64::MAX);
        if let Some(rest) = rest(columns, &tail, count) {
            rests.insert(last, rest);
            folded.extend(group.split_off(limit));
        }
    }
    let mut shown = Vec::with_capacity(rows.len() - folded.len() + rests.len());
    for (index, row) in rows.iter().enumerate() {
        if !folded.contains(&index) {
            shown.push(row.clone());
        }
        shown.extend(rests.remove(&index));
    }
    (!folded.is_empty()).then_some(shown)
}

/// The row that stands for `count` rows, which some rows add up.
///
/// `None` when their sum leaves its range.
pub(super) fn rest(columns: &[Column], tail: &[&Row], count: u64) -> Option<Row> {
    let first = tail.first()?;
    let (kind, label) = match first.kind {
        RowKind::Unattributed => (first.kind, phrase!("unattributed, rest ({} rows)", count)),
        RowKind::OtherServices => (first.kind, phrase!("other services, rest ({} rows)", count)),
        _ => (RowKind::Rest, phrase!("rest ({} rows)", count)),
    };
    let mut cells = sum_cells(columns, tail)?;
    if let Some(index) = columns.iter().position(|column| !column.kind.is_numeric()) {
        cells[index] = Cell::Label(label);
    }
    if let Some(index) = columns.iter().position(|column| column.key == "currency") {
        cells[index] = first.cells[index].clone();
    }
    Some(Row { kind, currency: first.currency.clone(), cells })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    fn table(amounts: &[(RowKind, i128)]) -> (Vec<Column>, Vec<Row>) {
        let columns = vec![
            Column::new("user", "User", ColumnKind::Text),
            Column::new("cost", "Cost", ColumnKind::Money),
        ];
        let rows = amounts.iter().map(|(kind, amount)| Row {
            kind: *kind,
            currency: Some(Currency("USD".into())),
            cells: vec![Cell::text(format!("u{amount}")), Cell::Money(Money(*amount))],
        });
        let rows = rows.collect();
        (columns, rows)
    }

    fn told(rows: &[Row]) -> Vec<(String, i128)> {
        let tell = |row: &Row| match &row.cells[0] {
            Cell::Label(word) | Cell::Text { short: word, .. } => word.to_string(),
            other => format!("{other:?}"),
        };
        rows.iter().map(|row| (tell(row), row.cells[1].pico().unwrap())).collect()
    }

    #[test]
    fn the_tail_is_one_row_with_its_money() {
        let data = RowKind::Data;
        let (columns, rows) = table(&[(data, 9), (data, 5), (data, 2), (data, -7)]);
        let folded = fold(&columns, &rows, 2).unwrap();
        let expected = [("u9", 9), ("u-7", -7), ("rest (2 rows)", 7)];
        assert_eq!(told(&folded), expected.map(|(word, sum)| (word.to_owned(), sum)));
    }

    #[test]
    fn a_tail_of_one_row_stays_as_it_is() {
        let (columns, rows) = table(&[(RowKind::Data, 9), (RowKind::Data, 5)]);
        assert_eq!(fold(&columns, &rows, 1), None);
        assert_eq!(fold(&columns, &rows, 2), None);
    }

    #[test]
    fn cost_without_owner_is_never_folded_among_users() {
        let mut amounts = vec![(RowKind::Data, 3), (RowKind::Data, 2), (RowKind::Data, 1)];
        amounts.push((RowKind::Unattributed, 50));
        let (columns, rows) = table(&amounts);
        let folded = fold(&columns, &rows, 1).unwrap();
        let kinds: Vec<_> = folded.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [RowKind::Data, RowKind::Rest, RowKind::Unattributed]);
    }
}
