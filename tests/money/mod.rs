//! Money: what must hold for every bill, tried on random ones.
//!
//! In:    random lines of every type, tag, currency and size.
//! Out:   the same answer however the bill is stored, and the answer that a naive loop gives.
//! Never: tolerates a pico-unit.
//!
//! `CURTAIL_CASES` sets how many bills every property sees.

mod bill;
mod oracle;
mod stored;

use std::collections::BTreeMap;
use std::path::Path;

use curtail::report::spend::Found;
use parquet::basic::Compression;
use proptest::prelude::*;
use tempfile::TempDir;

use self::bill::{Line, bills, export};
use self::oracle::{Key, Sums};
use crate::support::ask::by;
use crate::support::export::{Export, Instants, Schema, TagHome};

const METRICS: [&str; 6] =
    ["unblended", "amortized", "net_unblended", "net_amortized", "list", "blended"];

/// Ways to cut; every word is one that the oracle knows.
const CUTS: &[&[&str]] = &[
    &[],
    &["domain", "user", "space", "reason"],
    &["user", "line-type", "service"],
    &["component", "usage-type"],
    &["day", "month", "account"],
    &["tag:team", "space"],
];

fn cases() -> ProptestConfig {
    let asked = std::env::var("CURTAIL_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(48),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// An answer as the oracle spells it.
fn rows(found: &Found) -> BTreeMap<Key, Sums> {
    let row = |row: &curtail::model::answer::AnswerRow| {
        let sums = Sums {
            cost: row.cost.0,
            hours: row.usage_hours.map_or(0, |hours| hours.0),
            lines: row.line_items,
        };
        let keys = row.keys.iter().map(|key| key.as_deref().map(str::to_owned)).collect();
        ((row.currency.to_string(), row.standing.name(), keys), sums)
    };
    let rows: BTreeMap<_, _> = found.answer.rows.iter().map(row).collect();
    assert_eq!(rows.len(), found.answer.rows.len(), "no two rows have the same keys");
    rows
}

/// Answer and books, without findings: those count files.
fn said(found: Found) -> (curtail::model::answer::Answer, curtail::model::answer::Books) {
    (found.answer, found.books)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_answer_is_what_a_naive_loop_finds(lines in bills(), cut in 0..CUTS.len()) {
        let export = export(Schema::Cur2, &lines);
        for metric in METRICS {
            let words = CUTS[cut];
            let found = by(&words.join(",")).metric(metric).hours().find(&export);
            prop_assert_eq!(rows(&found), oracle::answer(&lines, words, metric), "{}", metric);
        }
    }

    #[test]
    fn nothing_is_lost_between_the_source_and_the_books(lines in bills(), cut in 0..CUTS.len()) {
        let export = export(Schema::Cur2, &lines);
        for metric in METRICS {
            let found = by(&CUTS[cut].join(",")).metric(metric).find(&export);
            let expected = oracle::books(&lines, metric);
            prop_assert_eq!(found.books.source_rows, lines.len() as u64);
            prop_assert_eq!(found.books.kept_rows, lines.len() as u64);
            prop_assert_eq!(found.books.currencies.len(), expected.len());
            for entry in &found.books.currencies {
                let (source, split) = expected[entry.currency.as_str()];
                prop_assert_eq!(entry.source.0, source);
                prop_assert_eq!(entry.excluded.0, split);
                prop_assert_eq!(entry.direct.0 + entry.unattributed.0 + split, source);
                let unblended = oracle::books(&lines, "unblended")[entry.currency.as_str()].0;
                prop_assert_eq!(entry.source_unblended.0, unblended);
            }
        }
    }

    #[test]
    fn no_layout_changes_an_answer(
        (lines, shuffled) in bills().prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
        cut in 0..CUTS.len(),
        metric in 0..METRICS.len(),
        row_group in 1..9_usize,
        files in 1..5_usize,
        order in 0..u64::MAX,
    ) {
        let ask = by(&CUTS[cut].join(",")).metric(METRICS[metric]).hours();
        let plain = export(Schema::Cur2, &lines);
        let expected = said(ask.clone().threads(1).find(&plain));
        for variant in [
            plain.clone().row_groups_of(row_group),
            plain.clone().columns_in_order(order),
            plain.clone().without_dictionaries(),
            plain.clone().instants_as(Instants::Int96).compressed(Compression::UNCOMPRESSED),
            plain.clone().pages_of(row_group),
            plain.clone().pages_of(row_group).version_2(),
            plain.clone().pages_of(row_group).version_2().without_dictionaries(),
            plain.clone().pages_of(row_group).dictionaries_of(40),
            export(Schema::Cur2, &lines).tags_in(&[TagHome::Tags]).pages_of(row_group).version_2(),
            plain.clone().tags_in(&[TagHome::Tags]),
            plain.clone().tags_in(&[TagHome::Columns, TagHome::ResourceTags]),
            export(Schema::Cur2, &shuffled).row_groups_of(row_group),
        ] {
            let found = said(ask.clone().threads(2).find(&variant));
            prop_assert_eq!(&found, &expected);
        }
        let folder = TempDir::new().unwrap();
        export(Schema::Cur2, &shuffled).row_groups_of(row_group).write_files(folder.path(), files);
        for threads in [1, 2, 8] {
            let found = ask.clone().threads(threads).of(folder.path());
            let found = said(found.unwrap_or_else(|error| panic!("{error}")));
            prop_assert_eq!(&found, &expected);
        }
    }

    #[test]
    fn both_schemas_of_one_bill_give_one_answer(lines in bills(), cut in 0..CUTS.len()) {
        let lines: Vec<Line> = lines
            .iter()
            .map(Line::without_null_amounts)
            // REQUIRED instants cannot say nothing.
            .filter(|line| line.text("day").is_some() && line.text("month").is_some())
            .collect();
        for metric in METRICS {
            let ask = by(&CUTS[cut].join(",")).metric(metric).hours();
            let cur2 = said(ask.find(&export(Schema::Cur2, &lines)));
            let legacy = said(ask.find(&export(Schema::LegacyCur, &lines)));
            prop_assert_eq!(&cur2, &legacy, "{}", metric);
            let paged = export(Schema::LegacyCur, &lines).pages_of(3).dictionaries_of(40);
            prop_assert_eq!(&cur2, &said(ask.find(&paged)), "{}", metric);
        }
    }

    #[test]
    fn filters_for_every_value_part_the_bill(lines in bills(), cut in 0..CUTS.len()) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("export.parquet");
        export(Schema::Cur2, &lines).write(&path);
        for (dimension, values) in [
            ("account", &["", "111122223333", "000000000042", "nobody"][..]),
            ("reason", &["tag", "resource-arn", "resource-history", "efs", "none"]),
            ("tag:team", &["", "search", "ads"]),
        ] {
            parted(&path, CUTS[cut], dimension, values)?;
        }
    }

    #[test]
    fn months_part_the_bill(lines in bills(), cut in 0..CUTS.len()) {
        let lines: Vec<Line> =
            lines.into_iter().filter(|line| line.text("month").is_some()).collect();
        let export = export(Schema::Cur2, &lines);
        let ask = by(&CUTS[cut].join(",")).hours();
        let mut together = BTreeMap::new();
        for month in ["2026-09", "2026-10"] {
            if lines.iter().any(|line| line.text("month").unwrap().starts_with(month)) {
                let of_month = rows(&ask.clone().month(month).find(&export));
                add(&mut together, of_month);
            }
        }
        prop_assert_eq!(together, rows(&ask.find(&export)));
    }
}

/// The answers for every value of a dimension add up to the answer without a filter, and what one
/// of them leaves out is in its books.
fn parted(
    path: &Path,
    words: &[&str],
    dimension: &str,
    values: &[&str],
) -> Result<(), TestCaseError> {
    let ask = by(&words.join(",")).hours();
    let asks_owner = |word: &&str| ["domain", "user", "space", "reason"].contains(word);
    if dimension == "reason" && !words.iter().any(asks_owner) {
        // A filter by owner tells owners apart where the question alone does not.
        return Ok(());
    }
    let whole = ask.of(path).unwrap_or_else(|error| panic!("{error}"));
    let mut together = BTreeMap::new();
    for value in values {
        let filtered = ask.clone().only(&format!("{dimension}={value}")).of(path);
        let filtered = filtered.unwrap_or_else(|error| panic!("{error}"));
        for (entry, of_whole) in filtered.books.currencies.iter().zip(&whole.books.currencies) {
            prop_assert_eq!(entry.source, of_whole.source);
            let kept = entry.direct.0 + entry.unattributed.0;
            prop_assert_eq!(kept + entry.excluded.0, entry.source.0);
        }
        add(&mut together, rows(&filtered));
    }
    prop_assert_eq!(together, rows(&whole), "{}", dimension);
    Ok(())
}

fn add(together: &mut BTreeMap<Key, Sums>, rows: BTreeMap<Key, Sums>) {
    for (key, sums) in rows {
        let sum = together.entry(key).or_default();
        sum.cost += sums.cost;
        sum.hours += sums.hours;
        sum.lines += sums.lines;
    }
}

#[test]
#[ignore = "minutes: run with --ignored, and CURTAIL_CASES for how many"]
fn thousands_of_bills_are_what_a_naive_loop_finds() {
    let asked = std::env::var("CURTAIL_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = ProptestConfig { cases: asked.unwrap_or(3_000), ..cases() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&(bills(), 0..CUTS.len()), |(lines, cut)| {
        let export = export(Schema::Cur2, &lines).row_groups_of(7);
        for metric in METRICS {
            let found = by(&CUTS[cut].join(",")).metric(metric).hours().find(&export);
            prop_assert_eq!(rows(&found), oracle::answer(&lines, CUTS[cut], metric));
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn bills_longer_than_a_batch_and_wider_than_a_dictionary_add_up() {
    // Dictionaries of a page overflow, batches end inside row groups, and codes change meaning.
    let rows = 40_000_i128;
    let row = |row: i128| {
        let cells = [
            format!("{}.{:02}", row % 7, row % 100),
            format!("d-1/user-{:04}", row % 977),
            format!("training-job/{row:060}-{}", "x".repeat(40)),
        ];
        cells.into_iter().map(Some).collect::<Vec<_>>()
    };
    let words = ["cost", "user", "resource"].map(ToOwned::to_owned).to_vec();
    let export = Export::of_rows(Schema::Cur2, words, (0..rows).map(row).collect());
    let cost = |row: i128| (row % 7) * 1_000_000_000_000 + (row % 100) * 10_000_000_000;
    let mut of_user = vec![0; 977];
    for row in 0..rows {
        of_user[usize::try_from(row % 977).unwrap()] += cost(row);
    }
    for (row_group, page, dictionary) in
        [(usize::MAX, 20_000, 1 << 20), (9_999, 777, 1 << 20), (usize::MAX, 1_000, 4_096)]
    {
        let export = export.clone().row_groups_of(row_group).pages_of(page);
        let export = export.dictionaries_of(dictionary);
        let found = by("user").find(&export);
        assert_eq!(found.answer.rows.len(), 977);
        for row in &found.answer.rows {
            let user = row.keys[0].as_deref().unwrap().rsplit('-').next().unwrap();
            assert_eq!(row.cost.0, of_user[user.parse::<usize>().unwrap()], "{user}");
        }
        let by_resource = by("app").find(&export);
        assert_eq!(by_resource.answer.rows.len(), 40_000);
    }
}
