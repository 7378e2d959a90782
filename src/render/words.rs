//! Words: the sentences around a table.
//!
//! In:    a report's caption and books.
//! Out:   caption items and foot lines, still to be escaped for their target.
//! Never: escapes, wraps, or computes anything but the difference of the books.

use super::number::{self, MONEY_DECIMALS};
use crate::model::answer::{Books, CurrencyBooks};
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::model::period::BillingPeriod;
use crate::report::{Caption, Owners, Report};

/// The items of the caption: periods, metric, currencies, days, filters, rows.
pub(super) fn caption(caption: &Caption) -> Vec<String> {
    let mut items = Vec::new();
    items.extend(periods(&caption.periods, " to ", ", "));
    items.extend(caption.metric.map(|metric| format!("{} cost", spoken(metric))));
    let currencies: Vec<&str> = caption.currencies.iter().map(|code| code.0.as_str()).collect();
    if !currencies.is_empty() {
        items.push(currencies.join(", "));
    }
    items.extend(days(caption));
    items.extend(caption.filters.iter().map(|filter| format!("where {filter}")));
    items.extend(caption.source_rows.map(|rows| format!("{} source rows", number::count(rows))));
    items
}

/// The metric without its underscore.
pub(super) fn spoken(metric: CostMetric) -> String {
    metric.name().replace('_', " ")
}

/// Billing periods as one text, runs of months joined: `2026-04, 2026-06 to 2026-08`.
pub(super) fn periods(periods: &[String], through: &str, and: &str) -> Option<String> {
    let follows = |a: &str, b: &str| {
        let months = BillingPeriod::parse(a).zip(BillingPeriod::parse(b));
        months.is_some_and(|(a, b)| a.end() == b.start())
    };
    let runs = periods.chunk_by(|a, b| follows(a, b)).filter_map(|run| match run {
        [] => None,
        [only] => Some(only.clone()),
        [first, .., last] => Some(format!("{first}{through}{last}")),
    });
    let runs: Vec<String> = runs.collect();
    (!runs.is_empty()).then(|| runs.join(and))
}

/// The time zone of the days, and where they end when the last month is not over.
fn days(caption: &Caption) -> Option<String> {
    let last_day = caption.days.as_ref().map(|(_, last)| last.as_str());
    let end = caption.periods.last().and_then(|text| BillingPeriod::parse(text))?.end();
    let complete = end.pred_opt().map(|day| day.to_string());
    Some(match last_day {
        Some(day) if complete.as_deref() != Some(day) => format!("UTC days to {day}"),
        _ => "UTC days".to_owned(),
    })
}

/// The lines under the table that prove that nothing was lost.
pub(super) fn books(report: &Report) -> Vec<String> {
    let Some(books) = &report.books else {
        return Vec::new();
    };
    let mut lines = vec![rows(books)];
    lines.extend(books.currencies.iter().map(|entry| balance(entry, report.caption.owners)));
    if report.caption.metric.is_some_and(|metric| metric != CostMetric::Unblended) {
        let told = |entry: &CurrencyBooks| {
            let total = number::money(entry.source_unblended.0);
            format!("invoice: {total} {} unblended for the same rows", entry.currency)
        };
        lines.extend(books.currencies.iter().map(told));
    }
    lines
}

fn rows(books: &Books) -> String {
    let [source, kept, refused] =
        [books.source_rows, books.kept_rows, books.refused_rows].map(number::count);
    format!("books: {source} rows in = {kept} kept + {refused} refused")
}

fn balance(entry: &CurrencyBooks, owners: Owners) -> String {
    let (direct, unattributed) = match owners {
        Owners::Asked => ("attributed", "unattributed and other services"),
        Owners::NotAsked => ("in the answer", "unattributed and other services"),
    };
    let mut parts = vec![(entry.direct, direct)];
    // A part that is zero says nothing, except that cost without owner is missing for once.
    if owners == Owners::Asked || entry.unattributed != Money::ZERO {
        parts.push((entry.unattributed, unattributed));
    }
    for (amount, word) in [(entry.shared, "shared"), (entry.excluded, "excluded by filters")] {
        if amount != Money::ZERO {
            parts.push((amount, word));
        }
    }
    let amounts: Vec<i128> = parts.iter().map(|(amount, _)| amount.0).collect();
    let figures = number::column(&amounts, Some(entry.source.0), MONEY_DECIMALS);
    let told: Vec<String> = figures
        .rows
        .iter()
        .zip(&parts)
        .map(|(figure, (_, word))| format!("{figure} {word}"))
        .collect();
    let total = figures.total.unwrap_or_default();
    let difference = difference(entry).map_or_else(|| "out of range".to_owned(), |d| d.to_string());
    format!("books: {total} {} in = {}, difference {difference}", entry.currency, told.join(" + "))
}

/// Money in less money out; `None` when it leaves its range.
pub(super) fn difference(entry: &CurrencyBooks) -> Option<Money> {
    let out = [entry.direct, entry.shared, entry.unattributed, entry.excluded];
    entry.source.checked_sub(Money::checked_sum(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::{Currency, UNIT};

    #[test]
    fn months_in_a_row_are_one_range() {
        for (months, text) in [
            (&[][..], None),
            (&["2026-04"], Some("2026-04")),
            (&["2025-12", "2026-01"], Some("2025-12 to 2026-01")),
            (&["2026-01", "2026-03", "2026-04"], Some("2026-01, 2026-03 to 2026-04")),
            (&["odd", "2026-04"], Some("odd, 2026-04")),
        ] {
            let months: Vec<String> = months.iter().map(ToString::to_string).collect();
            assert_eq!(periods(&months, " to ", ", ").as_deref(), text);
        }
    }

    #[test]
    fn a_month_that_is_not_over_says_so() {
        let mut told = Caption {
            periods: vec!["2026-02".to_owned()],
            days: Some(("2026-02-01".to_owned(), "2026-02-28".to_owned())),
            ..Caption::default()
        };
        assert_eq!(caption(&told), ["2026-02", "UTC days"]);
        told.days = Some(("2026-02-01".to_owned(), "2026-02-17".to_owned()));
        assert_eq!(caption(&told), ["2026-02", "UTC days to 2026-02-17"]);
    }

    #[test]
    fn the_books_line_adds_up_as_printed() {
        let entry = CurrencyBooks {
            currency: Currency("USD".to_owned()),
            source: Money(10 * UNIT),
            direct: Money(10 * UNIT / 3),
            shared: Money::ZERO,
            unattributed: Money(20 * UNIT / 3 + 1),
            excluded: Money::ZERO,
            source_unblended: Money(11 * UNIT),
        };
        assert_eq!(
            balance(&entry, Owners::Asked),
            "books: 10.00 USD in = 3.33 attributed + 6.67 unattributed and other services, \
             difference 0"
        );
    }
}
