//! Sample: a realistic answer for the tests of this room.
//!
//! In:    nothing.
//! Out:   reports of four domains, twelve users, spaces, and cost without owner.
//! Never: compiled into the product.

use crate::diagnostic::Finding;
use crate::model::answer::{Answer, AnswerRow, Books, CurrencyBooks, Provenance, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::report::Report;
use crate::report::spend::{Found, Settings, compose};

/// Domain, user, space, pico-units per run, hours in tenths.
const PEOPLE: &[(&str, &str, Option<&str>, i128, i128)] = &[
    ("d-7fk2m9x4qzt1", "Zoë Müller", Some("gpu-лаб"), 1_834_567_890_123_456, 7_431),
    ("d-7fk2m9x4qzt1", "alice", None, 912_400_000_000_007, 5_120),
    ("d-7fk2m9x4qzt1", "bob.fontaine", Some("notebooks"), 640_123_456_789_012, 4_405),
    ("d-7fk2m9x4qzt1", "山田 太郎", None, 388_000_333_333_333, 2_210),
    ("d-2b8xkqv1n4rt", "alice", Some("churn-model-experiments"), 301_999_999_999_999, 1_804),
    ("d-2b8xkqv1n4rt", "carol", None, 244_004_999_999_999, 1_600),
    ("d-2b8xkqv1n4rt", "data-platform-service-account-blue", None, 97_503_000_000_001, 702),
    ("d-2b8xkqv1n4rt", "data-platform-service-account-green", None, 55_503_000_000_001, 400),
    ("d-qe5hd0w8s3ya", "dmitri", Some("shared-eval"), 31_205_000_000_000, 288),
    ("d-qe5hd0w8s3ya", "eve", None, 12_600_700_000_000, 90),
    ("d-qe5hd0w8s3ya", "françois", None, 4_999_999_999, 1),
    ("d-lq9vb6j2c7mp", "unattributed", None, -18_250_000_000_000, 0),
];

const REGION: &str = "arn:aws:sagemaker:eu-central-1:111122223333:";

fn usd() -> Currency {
    Currency("USD".into())
}

/// A row of the answer.
pub(super) fn row(standing: Standing, keys: Vec<Option<String>>, pico: i128) -> AnswerRow {
    let keys = keys.into_iter().map(|key| key.map(Into::into)).collect();
    let cost = Money(pico);
    AnswerRow { currency: usd(), standing, keys, cost, usage_hours: None, line_items: 1 }
}

fn arn(kind: &str, domain: &str, name: &str) -> String {
    format!("{REGION}{kind}/{domain}/{name}")
}

/// Who spent what, by domain, user and space.
pub(super) fn people() -> Answer {
    let person = |(domain, user, space, pico, tenths): &(&str, &str, Option<&str>, i128, i128)| {
        let keys = vec![
            Some(format!("{REGION}domain/{domain}")),
            Some(arn("user-profile", domain, user)),
            space.map(|space| arn("space", domain, space)),
        ];
        let hours = Some(Quantity(tenths * 100_000_000_000));
        let lines = u64::try_from(*tenths).unwrap();
        AnswerRow {
            usage_hours: hours,
            line_items: lines,
            ..row(Standing::Attributed, keys, *pico)
        }
    };
    let mut rows: Vec<AnswerRow> = PEOPLE.iter().map(person).collect();
    for (standing, pico) in [
        (Standing::Unattributed, 233_456_000_000_000),
        (Standing::OtherServices, 1_205_789_100_000_000),
    ] {
        let hours = Some(Quantity(0));
        rows.push(AnswerRow { usage_hours: hours, ..row(standing, vec![None; 3], pico) });
    }
    let dimensions = vec![Dimension::Domain, Dimension::User, Dimension::Space];
    Answer::whole(dimensions, CostMetric::Amortized, rows)
}

/// Cost by day and domain over a month, with a credit and a day without cost.
pub(super) fn days() -> Answer {
    let domains = ["d-7fk2m9x4qzt1", "d-2b8xkqv1n4rt", "d-qe5hd0w8s3ya", "d-lq9vb6j2c7mp"];
    let mut rows = Vec::new();
    for day in (1..=30_i128).filter(|day| *day != 12) {
        for (index, domain) in (1_i128..).zip(domains) {
            let weekday = if day % 7 < 2 { 1 } else { 4 };
            let pico = weekday * (60 / index + (day * index * 7) % 13) * 1_000_000_000_000;
            let pico = if day == 17 && index == 2 { -pico / 2 } else { pico };
            let keys =
                vec![Some(format!("2026-09-{day:02}")), Some(format!("{REGION}domain/{domain}"))];
            rows.push(row(Standing::Attributed, keys, pico));
        }
        let keys = vec![Some(format!("2026-09-{day:02}")), None];
        rows.push(row(Standing::Unattributed, keys, 21_000_000_000_000));
    }
    let dimensions = vec![Dimension::Day, Dimension::Domain];
    Answer::whole(dimensions, CostMetric::Amortized, rows)
}

/// Books that balance an answer.
pub(super) fn books(answer: &Answer) -> Books {
    let entry = |currency: Currency| {
        let sum = |owned: bool| {
            let of = |row: &&AnswerRow| {
                row.currency == currency && (row.standing == Standing::Attributed) == owned
            };
            Money::checked_sum(answer.rows.iter().filter(of).map(|row| row.cost)).unwrap()
        };
        let (direct, unattributed) = (sum(true), sum(false));
        let source = direct.checked_add(unattributed).unwrap();
        CurrencyBooks {
            source,
            direct,
            shared: Money::ZERO,
            unattributed,
            excluded: Money::ZERO,
            source_unblended: source.checked_add(Money(12_345_678_901_234)).unwrap(),
            currency,
        }
    };
    let mut codes: Vec<Currency> = answer.rows.iter().map(|row| row.currency.clone()).collect();
    codes.push(usd());
    codes.sort();
    codes.dedup();
    let currencies = codes.into_iter().map(entry).collect();
    Books { source_rows: 30_000, kept_rows: 30_000, refused_rows: 0, currencies }
}

/// The report of an answer.
pub(super) fn report(answer: Answer, limit: Option<usize>) -> Report {
    let provenance = Provenance {
        periods: vec!["2026-09".to_owned(), "2026-10".to_owned()],
        days: Some(("2026-09-01".to_owned(), "2026-10-31".to_owned())),
        files: 4,
        filters: Vec::new(),
    };
    let message = "no `line_item_resource_id`: owners cannot be inferred from ARNs";
    let findings = vec![Finding::new("missing-column", message)];
    let books = books(&answer);
    compose(
        Found { answer, books, provenance, findings },
        Settings { limit, ..Settings::default() },
    )
    .unwrap()
}
