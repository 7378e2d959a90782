//! Spend: who spent what, as a report.
//!
//! In:    an answer with its books, provenance and findings.
//! Out:   a [`Report`] of one table with totals per currency, and one chart per currency.
//! Never: adds two currencies, folds what machines read, or looks at a charge.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::chart::{self, Bar, Chart, Label, MOST_BARS, Measure, Shape, joined, word};
use super::fold::{self, fold};
use super::frame::{Frame, short_names};
use super::table::{Cell, Row, RowKind, Table, sum_cells};
use super::{Caption, Owners, Report, ReportError, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Answer, Books, Provenance};
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::phrase::{Phrase, phrase};
use crate::model::question::Wanted;

/// What a run of `spend` knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Every row.
    pub answer: Answer,
    /// The proof that nothing was lost.
    pub books: Books,
    /// Where the answer comes from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// How much of an answer people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Rows per currency before the tail is folded; `None` folds nothing.
    pub limit: Option<usize>,
    /// Whether charts are wanted, which take as long as the table.
    pub charts: Wanted,
    /// Whether rows beyond the limit are wanted too, beside the fold.
    pub rest: Wanted,
    /// Whether only programs read it: names need not be short then, and nothing is folded.
    pub for_programs: bool,
}

/// Composes the report of `spend`.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let Found { answer, books, provenance, findings } = found;
    let currencies = currencies(&answer, &books);
    let totals = totals(&answer, &currencies)?;
    let frame = Frame::new(&answer, &currencies);
    let names = if settings.for_programs { Vec::new() } else { short_names(&answer) };
    let rows: Vec<Row> = answer
        .rows
        .iter()
        .map(|row| frame.row(row, &names, totals.get(&row.currency).copied().unwrap_or_default()))
        .collect();
    let mut table = Table { columns: frame.columns.clone(), rows, ..Table::default() };
    if answer.rest.is_empty() {
        let limit = settings.limit.filter(|_| !settings.for_programs);
        table.folded = limit.and_then(|limit| fold(&table.columns, &table.rows, limit));
    } else {
        add_rest(&mut table, &frame, &answer, &totals)?;
    }
    table.totals = total_rows(&table, &currencies)?;
    let title = title(&answer.dimensions);
    let charts = match settings.charts {
        Wanted::Yes => charts(&title, &frame, &table, settings),
        Wanted::No => Vec::new(),
    };
    let owners = if frame.asks_owner { Owners::Asked } else { Owners::NotAsked };
    let caption = Caption {
        periods: provenance.periods,
        provisional: Vec::new(),
        days: provenance.days,
        metric: Some(answer.metric),
        currencies,
        filters: provenance.filters,
        source_rows: Some(books.source_rows),
        owners,
    };
    let section = Section { heading: None, table, charts };
    Ok(Report {
        title,
        caption,
        sections: vec![section],
        books: Some(books),
        findings,
        ..Report::default()
    })
}

/// Adds rows for what only the rest holds, each behind the last row of its currency and kind.
fn add_rest(
    table: &mut Table,
    frame: &Frame,
    answer: &Answer,
    totals: &BTreeMap<Currency, Money>,
) -> Result<(), ReportError> {
    let mut by_kind: BTreeMap<(&Currency, RowKind), (u64, Vec<Row>)> = BTreeMap::new();
    for rest in &answer.rest {
        let whole = totals.get(&rest.currency).copied().unwrap_or_default();
        let row = frame.row(&rest.as_row(answer.dimensions.len()), &Vec::new(), whole);
        let (count, rows) = by_kind.entry((&rest.currency, row.kind)).or_default();
        *count += rest.rows;
        rows.push(row);
    }
    for ((currency, kind), (count, rows)) in by_kind {
        let rows: Vec<&Row> = rows.iter().collect();
        let rest = fold::rest(&table.columns, &rows, count);
        let rest = rest.ok_or_else(|| ReportError::range(currency))?;
        let is_before = |row: &Row| (row.currency.as_ref(), row.kind) <= (Some(currency), kind);
        let at = table.rows.iter().rposition(is_before).map_or(0, |last| last + 1);
        table.rows.insert(at, rest);
    }
    Ok(())
}

fn title(dimensions: &[Dimension]) -> Phrase {
    if dimensions.is_empty() {
        return "Spend".into();
    }
    let words = dimensions.iter().map(|dimension| Phrase::named(dimension.to_string()));
    let words = words.reduce(|left, right| phrase!("{}, {}", left, right));
    phrase!("Spend by {}", words.unwrap_or_default())
}

/// The currencies of the rows; without rows those of the books, so that nothing is "0 USD".
fn currencies(answer: &Answer, books: &Books) -> Vec<Currency> {
    let mut currencies: Vec<Currency> = match answer.rows.as_slice() {
        [] => books.currencies.iter().map(|entry| entry.currency.clone()).collect(),
        // What has a rest has rows, unless none were asked for.
        _ => answer.parts().map(|part| part.currency.clone()).collect(),
    };
    currencies.sort_unstable();
    currencies.dedup();
    currencies
}

fn totals(
    answer: &Answer,
    currencies: &[Currency],
) -> Result<BTreeMap<Currency, Money>, ReportError> {
    let mut totals = BTreeMap::new();
    for currency in currencies {
        let costs = answer.parts().filter(|part| part.currency == currency).map(|part| part.cost);
        totals.insert(
            currency.clone(),
            Money::checked_sum(costs).ok_or_else(|| ReportError::range(currency))?,
        );
    }
    Ok(totals)
}

pub(super) fn total_rows(table: &Table, currencies: &[Currency]) -> Result<Vec<Row>, ReportError> {
    let words = table.columns.iter().position(|column| !column.kind.is_numeric());
    let row = |currency: &Currency| {
        let of = table.rows.iter().filter(|row| row.currency.as_ref() == Some(currency));
        let mut cells = sum_cells(&table.columns, &of.collect::<Vec<_>>())?;
        let place = table.columns.iter().position(|column| column.key == "currency");
        if let Some(index) = words {
            let several = currencies.len() > 1 && place == words;
            let word = if several { phrase!("total {}", &currency.0) } else { "total".into() };
            cells[index] = Cell::Label(word);
        }
        if let Some(index) = place.filter(|index| Some(*index) != words) {
            cells[index] = Cell::text(currency.to_string());
        }
        Some(Row { kind: RowKind::Total, currency: Some(currency.clone()), cells })
    };
    currencies
        .iter()
        .map(|currency| row(currency).ok_or_else(|| ReportError::range(currency)))
        .collect()
}

fn charts(title: &Phrase, frame: &Frame, table: &Table, settings: Settings) -> Vec<Chart> {
    let limit = settings.limit.unwrap_or(MOST_BARS).min(MOST_BARS);
    let folded = fold(&table.columns, &table.rows, limit);
    let mut bars = folded.unwrap_or_else(|| table.rows.clone());
    // Time runs downward; everything else runs from the largest to the smallest.
    if !matches!(frame.dimensions.first(), Some(Dimension::Month | Dimension::Day)) {
        bars.sort_by_key(|row| (standing_order(row.kind), Reverse(amount(row))));
    }
    let day = frame.dimensions.iter().position(|dimension| *dimension == Dimension::Day);
    let chart = |total: &Row| {
        let currency = total.currency.clone()?;
        let of = |row: &&Row| row.currency.as_ref() == Some(&currency);
        let shape = match day {
            Some(day) => {
                let rows = table.rows.iter().filter(of);
                chart::stack(&rows.map(|row| frame.dated(row, day)).collect::<Option<Vec<_>>>()?)?
            }
            None if frame.dimensions.is_empty() => return None,
            None => Shape::Bars(bars.iter().filter(of).map(|row| frame.bar(row)).collect()),
        };
        Some(Chart { title: title.clone(), part: None, measure: Measure::Money(currency), shape })
    };
    table.totals.iter().filter_map(chart).collect()
}

impl Frame {
    fn bar(&self, row: &Row) -> Bar {
        let keys = &row.cells[..self.dimensions.len()];
        // "alice / —" says no more than "alice".
        let told = keys.iter().rposition(|cell| *cell != Cell::Nothing).map_or(1, |last| last + 1);
        let name = joined(keys[..told].iter().filter_map(word));
        let label = Label { kind: row.kind, name };
        Bar { label, value: amount(row) }
    }

    fn dated(&self, row: &Row, day: usize) -> Option<chart::Dated> {
        let date = word(&row.cells[day])?.to_string();
        let name = match row.kind {
            RowKind::Unattributed => "unattributed".into(),
            RowKind::OtherServices => "other services".into(),
            _ => {
                let others = (0..self.dimensions.len())
                    .filter(|i| *i != day && self.dimensions[*i] != Dimension::Month);
                joined(others.filter_map(|i| word(&row.cells[i])))
            }
        };
        Some((date, Label { kind: row.kind, name }, amount(row)))
    }
}

/// Owners, then their tail, then cost without owner.
fn standing_order(kind: RowKind) -> u8 {
    match kind {
        RowKind::Data => 0,
        RowKind::Rest => 1,
        RowKind::Unattributed => 2,
        RowKind::OtherServices => 3,
        RowKind::Total => 4,
    }
}

fn amount(row: &Row) -> Money {
    let money = row.cells.iter().find_map(|cell| match cell {
        Cell::Money(money) => Some(*money),
        _ => None,
    });
    money.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::answer::{AnswerRow, Standing};
    use crate::model::metric::CostMetric;

    fn found(dimensions: &[Dimension], rows: &[(Standing, &[Option<&str>], i128)]) -> Found {
        let row = |(standing, keys, cost): &(Standing, &[Option<&str>], i128)| AnswerRow {
            currency: Currency("USD".into()),
            standing: *standing,
            keys: keys.iter().map(|key| key.map(Into::into)).collect(),
            cost: Money(*cost),
            usage_hours: None,
            line_items: 1,
        };
        let rows = rows.iter().map(row).collect();
        let metric = CostMetric::Amortized;
        Found {
            answer: Answer::whole(dimensions.to_vec(), metric, rows),
            books: Books::default(),
            provenance: Provenance::default(),
            findings: Vec::new(),
        }
    }

    /// The key cells of every row as people see them, `0` for blank and `-` for "none".
    fn shown(found: Found) -> Vec<String> {
        let keys = found.answer.dimensions.len();
        let report = compose(found, Settings::default()).unwrap();
        let table = &report.sections[0].table;
        let tell = |cell: &Cell| match cell {
            Cell::Label(word) => format!("[{word}]"),
            Cell::Text { short, .. } => short.to_string(),
            Cell::Nothing => "-".to_owned(),
            _ => "0".to_owned(),
        };
        let rows = table.rows.iter().chain(&table.totals);
        rows.map(|row| row.cells[..keys].iter().map(tell).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn cost_without_owner_is_labelled_where_the_owner_would_stand() {
        let dimensions = [Dimension::Component, Dimension::Domain, Dimension::User];
        let rows: &[(Standing, &[Option<&str>], i128)] = &[
            (Standing::Attributed, &[Some("JupyterLab"), Some("d-1"), None], 5),
            (Standing::Unattributed, &[None, None, None], 3),
            (Standing::OtherServices, &[Some("EFS"), None, None], 2),
        ];
        assert_eq!(
            shown(found(&dimensions, rows)),
            ["JupyterLab d-1 -", "- [unattributed] 0", "EFS [other services] 0", "[total] 0 0"]
        );
    }

    #[test]
    fn an_app_without_owner_keeps_its_name_and_says_so() {
        let rows: &[(Standing, &[Option<&str>], i128)] = &[
            (Standing::Attributed, &[Some("endpoint/churn")], 5),
            (Standing::Unattributed, &[Some("endpoint/lost")], 3),
        ];
        let shown = shown(found(&[Dimension::App], rows));
        assert_eq!(shown, ["endpoint/churn", "endpoint/lost (unattributed)", "[total]"]);
    }

    #[test]
    fn a_question_without_identity_knows_no_standing() {
        let rows: &[(Standing, &[Option<&str>], i128)] =
            &[(Standing::Attributed, &[Some("AmazonSageMaker")], 5)];
        let report = compose(found(&[Dimension::Service], rows), Settings::default()).unwrap();
        assert_eq!(report.caption.owners, Owners::NotAsked);
        let keys = report.sections[0].table.columns.iter().map(|column| column.key.as_str());
        assert_eq!(keys.collect::<Vec<_>>(), ["product_code", "cost", "share", "line_items"]);
    }

    #[test]
    fn a_fold_changes_what_people_see_and_nothing_else() {
        let rows: &[(Standing, &[Option<&str>], i128)] = &[
            (Standing::Attributed, &[Some("a")], 9),
            (Standing::Attributed, &[Some("b")], 4),
            (Standing::Attributed, &[Some("c")], 3),
        ];
        let found = found(&[Dimension::User], rows);
        let all = compose(found.clone(), Settings::default()).unwrap();
        let few = compose(found, Settings { limit: Some(1), ..Settings::default() }).unwrap();
        let [all, few] = [all, few].map(|report| report.sections[0].table.clone());
        assert_eq!(all.rows, few.rows);
        assert_eq!(all.totals, few.totals);
        assert_eq!((all.shown().len(), few.shown().len()), (3, 2));
    }

    #[test]
    fn bars_run_from_the_largest_to_the_smallest() {
        let rows: &[(Standing, &[Option<&str>], i128)] = &[
            (Standing::Attributed, &[Some("a")], 1),
            (Standing::Attributed, &[Some("b")], 4),
            (Standing::Attributed, &[Some("c")], -3),
            (Standing::Unattributed, &[None], 9),
        ];
        let report = compose(found(&[Dimension::User], rows), Settings::default()).unwrap();
        let Shape::Bars(bars) = &report.sections[0].charts[0].shape else { panic!("no bars") };
        let names: Vec<&str> = bars.iter().map(|bar| bar.label.name.as_str()).collect();
        assert_eq!(names, ["b", "a", "c", "unattributed"]);
    }

    #[test]
    fn a_total_beyond_the_range_is_an_error_with_its_currency() {
        let rows: &[(Standing, &[Option<&str>], i128)] = &[
            (Standing::Attributed, &[Some("a")], i128::MAX),
            (Standing::Attributed, &[Some("b")], 1),
        ];
        let error = compose(found(&[Dimension::User], rows), Settings::default()).unwrap_err();
        assert_eq!(error, ReportError::TotalOutOfRange { currency: "USD".to_owned() });
    }
}
