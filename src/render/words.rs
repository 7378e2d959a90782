//! Words: the sentences around a table.
//!
//! In:    a report's caption and books, and a language.
//! Out:   caption items and foot lines, still to be escaped for their target.
//! Never: escapes, wraps, or computes anything but the difference of the books.

use super::lang::Tongue;
use super::number::{self, MONEY_DECIMALS};
use crate::model::answer::{Books, CurrencyBooks};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money};
use crate::model::period::BillingPeriod;
use crate::model::phrase::{Phrase, phrase};
use crate::report::{Caption, Owners, Report};

/// The items of the caption: periods, metric, currencies, days, filters, rows.
pub(super) fn caption(caption: &Caption, tongue: &Tongue) -> Vec<String> {
    let mut items = Vec::new();
    items.extend(months(&caption.periods, tongue));
    items.extend(provisional(caption, tongue));
    items.extend(caption.metric.map(|metric| tongue.say(&spoken(metric))));
    let currencies: Vec<&str> = caption.currencies.iter().map(Currency::as_str).collect();
    if !currencies.is_empty() {
        items.push(currencies.join(", "));
    }
    items.extend(days(caption).map(|days| tongue.say(&days)));
    let filters = caption.filters.iter();
    items.extend(filters.map(|filter| tongue.say(&phrase!("where {}", filter))));
    items.extend(caption.source_rows.map(|rows| {
        let rows = tongue.number(&number::count(rows));
        tongue.say(&phrase!("{} source rows", rows))
    }));
    items
}

/// That AWS may still change what is told, and which months when it is not all of them.
fn provisional(caption: &Caption, tongue: &Tongue) -> Option<String> {
    if caption.provisional == caption.periods {
        return (!caption.periods.is_empty()).then(|| tongue.word("provisional").to_owned());
    }
    let months = months(&caption.provisional, tongue)?;
    Some(tongue.say(&phrase!("{} provisional", months)))
}

/// The metric as people say it.
fn spoken(metric: CostMetric) -> Phrase {
    Phrase::named(format!("{} cost", metric.name().replace('_', " ")))
}

/// Billing periods as people read them, runs of months joined.
pub(super) fn months(periods: &[String], tongue: &Tongue) -> Option<String> {
    let runs = runs(periods, |first, last| tongue.say(&phrase!("{} to {}", first, last)))?;
    let told = runs.into_iter().map(|run| tongue.date(&run).unwrap_or(run));
    Some(told.collect::<Vec<_>>().join(", "))
}

/// Billing periods as one text, runs of months joined: `2026-04,2026-06..2026-08`.
pub(super) fn periods(periods: &[String]) -> Option<String> {
    Some(runs(periods, |first, last| format!("{first}..{last}"))?.join(","))
}

/// Months alone, and runs of them.
fn runs(periods: &[String], joined: impl Fn(&str, &str) -> String) -> Option<Vec<String>> {
    let follows = |a: &String, b: &String| {
        let months = BillingPeriod::parse(a).zip(BillingPeriod::parse(b));
        months.is_some_and(|(a, b)| a.end() == b.start())
    };
    let runs = periods.chunk_by(follows).filter_map(|run| match run {
        [] => None,
        [only] => Some(only.clone()),
        [first, .., last] => Some(joined(first, last)),
    });
    let runs: Vec<String> = runs.collect();
    (!runs.is_empty()).then_some(runs)
}

/// The time zone of the days, and where they end when the last month is not over.
fn days(caption: &Caption) -> Option<Phrase> {
    let last_day = caption.days.as_ref().map(|(_, last)| last.as_str());
    let end = caption.periods.last().and_then(|text| BillingPeriod::parse(text))?.end();
    let complete = end.pred_opt().map(|day| day.to_string());
    Some(match last_day {
        Some(day) if complete.as_deref() != Some(day) => phrase!("UTC days to {}", day),
        _ => "UTC days".into(),
    })
}

/// The lines under the table that prove that nothing was lost, and what each is about.
pub(super) fn books(report: &Report, tongue: &Tongue) -> Vec<[String; 2]> {
    let Some(books) = &report.books else {
        return Vec::new();
    };
    let word = tongue.word("books").to_owned();
    let mut lines = vec![[word.clone(), rows(books, tongue)]];
    lines.extend(
        books
            .currencies
            .iter()
            .map(|entry| [word.clone(), balance(entry, report.caption.owners, tongue)]),
    );
    if report.caption.metric.is_some_and(|metric| metric != CostMetric::Unblended) {
        let told = |entry: &CurrencyBooks| {
            let total = number::money(entry.source_unblended.0);
            let total = tongue.amount(&total, &entry.currency.0);
            let told = phrase!("{} unblended for the same rows", total);
            [tongue.word("invoice").to_owned(), tongue.say(&told)]
        };
        lines.extend(books.currencies.iter().map(told));
    }
    lines
}

/// A line of the books as one text.
pub(super) fn joined([word, line]: [String; 2]) -> String {
    format!("{word}: {line}")
}

fn rows(books: &Books, tongue: &Tongue) -> String {
    let [source, kept, refused] = [books.source_rows, books.kept_rows, books.refused_rows]
        .map(|rows| tongue.number(&number::count(rows)));
    tongue.say(&phrase!("{} rows in = {} kept + {} refused", source, kept, refused))
}

fn balance(entry: &CurrencyBooks, owners: Owners, tongue: &Tongue) -> String {
    let direct = match owners {
        Owners::Asked => "attributed",
        Owners::NotAsked => "in the answer",
    };
    let mut parts = vec![(entry.direct, direct)];
    // A part that is zero says nothing, except that cost without owner is missing for once.
    if owners == Owners::Asked || entry.unattributed != Money::ZERO {
        parts.push((entry.unattributed, "unattributed and other services"));
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
        .map(|(figure, (_, word))| format!("{} {}", tongue.number(figure), tongue.word(word)))
        .collect();
    let total = tongue.amount(&figures.total.unwrap_or_default(), &entry.currency.0);
    let difference = match difference(entry) {
        Some(difference) => tongue.number(&difference.to_string()),
        None => tongue.word("out of range").to_owned(),
    };
    tongue.say(&phrase!("{} in = {}, difference {}", total, told.join(" + "), difference))
}

/// Money in less money out; `None` when it leaves its range.
pub(super) fn difference(entry: &CurrencyBooks) -> Option<Money> {
    let out = [entry.direct, entry.shared, entry.unattributed, entry.excluded];
    entry.source.checked_sub(Money::checked_sum(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lang::Lang;
    use crate::model::money::{Currency, UNIT};

    #[test]
    fn months_in_a_row_are_one_range() {
        for (months, text) in [
            (&[][..], None),
            (&["2026-04"], Some("2026-04")),
            (&["2025-12", "2026-01"], Some("2025-12..2026-01")),
            (&["2026-01", "2026-03", "2026-04"], Some("2026-01,2026-03..2026-04")),
            (&["odd", "2026-04"], Some("odd,2026-04")),
        ] {
            let months: Vec<String> = months.iter().map(ToString::to_string).collect();
            assert_eq!(periods(&months).as_deref(), text);
        }
    }

    #[test]
    fn a_month_that_is_not_over_says_so() {
        let mut told = Caption {
            periods: vec!["2026-02".to_owned()],
            days: Some(("2026-02-01".to_owned(), "2026-02-28".to_owned())),
            ..Caption::default()
        };
        assert_eq!(caption(&told, &Tongue::of(Lang::En)), ["2026-02", "UTC days"]);
        told.days = Some(("2026-02-01".to_owned(), "2026-02-17".to_owned()));
        assert_eq!(caption(&told, &Tongue::of(Lang::En)), ["2026-02", "UTC days to 2026-02-17"]);
    }

    #[test]
    fn a_month_that_may_change_is_provisional() {
        let mut told = Caption {
            periods: vec!["2026-02".to_owned()],
            provisional: vec!["2026-02".to_owned()],
            ..Caption::default()
        };
        assert_eq!(caption(&told, &Tongue::of(Lang::En)), ["2026-02", "provisional", "UTC days"]);
        told.periods = vec!["2026-01".to_owned(), "2026-02".to_owned()];
        let items = ["2026-01 to 2026-02", "2026-02 provisional", "UTC days"];
        assert_eq!(caption(&told, &Tongue::of(Lang::En)), items);
    }

    #[test]
    fn the_books_line_adds_up_as_printed() {
        let entry = CurrencyBooks {
            currency: Currency("USD".into()),
            source: Money(10 * UNIT),
            direct: Money(10 * UNIT / 3),
            shared: Money::ZERO,
            unattributed: Money(20 * UNIT / 3 + 1),
            excluded: Money::ZERO,
            source_unblended: Money(11 * UNIT),
        };
        assert_eq!(
            balance(&entry, Owners::Asked, &Tongue::of(Lang::En)),
            "10.00 USD in = 3.33 attributed + 6.67 unattributed and other services, \
             difference 0"
        );
    }
}
