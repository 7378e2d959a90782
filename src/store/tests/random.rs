//! Random facts: whatever an export says about itself comes back from the catalogue as it was.
//!
//! In:    random names, texts, numbers and amounts.
//! Out:   one sentence per test.
//! Never: makes facts that do not fit their charges.

use proptest::prelude::*;

use super::fixture::{closing_of, me, month, version_of};
use crate::model::digest::Digest;
use crate::model::money::{Currency, Money};
use crate::model::source_column::SourceColumn;
use crate::model::stored::{
    Closing, FileFacts, FileStamp, Keep, NewVersion, Origin, RuleFile, StatementTotal, VersionId,
};
use crate::store::{Home, Store, Writer};

/// Text as people, exports and attackers write it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z/_:.-]{1,20}",
        "\\PC{0,12}",
        Just("'; DROP TABLE version; --\0\"\n".to_owned()),
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..4)
}

/// Amounts up to the limit of `Decimal(38)`.
fn money() -> impl Strategy<Value = Money> {
    let limit = 10_i128.pow(38) - 1;
    prop_oneof![-limit..=limit, -5_i128..5].prop_map(Money)
}

/// A file that held nothing but has much to tell.
fn file() -> impl Strategy<Value = FileFacts> {
    let stamp = (text(), 0..u64::MAX / 2, any::<i64>());
    let stamp = stamp.prop_map(|(name, bytes, modified)| FileStamp { name, bytes, modified });
    let missing = prop::collection::vec(prop::sample::select(SourceColumn::ALL), 0..5);
    (stamp, any::<[u8; 32]>(), text(), texts(), missing, texts()).prop_map(
        |(stamp, digest, schema, columns, missing, line_item_types)| FileFacts {
            stamp,
            digest: Digest(digest),
            schema,
            columns,
            missing,
            line_item_types,
            rows: 0,
            refused_rows: 0,
            sums: Vec::new(),
        },
    )
}

fn version() -> impl Strategy<Value = NewVersion> {
    let origin = (text(), prop::option::of(text()), prop::option::of(any::<[u8; 32]>()));
    let findings = prop::collection::vec((text(), text()), 0..3);
    let files = prop::collection::vec(file(), 0..4);
    let days = prop::option::of((text(), text()));
    let counts = (0..u64::MAX / 2, prop::option::of(0..u64::MAX / 2), any::<bool>());
    (origin, findings, files, days, counts).prop_map(|(origin, findings, files, days, counts)| {
        let mut new = version_of(month(10), 1);
        let (source, manifest, digest) = origin;
        let (execution, manifest_digest) = (manifest.clone(), digest.map(Digest));
        new.facts.origin = Origin { source, manifest, execution, manifest_digest };
        new.facts.files.extend(files);
        new.facts.days = days;
        new.facts.oddities.findings = findings;
        new.facts.oddities.rows_without_cost = counts.0;
        new.facts.uninvoiced_rows = counts.1;
        new.facts.keep = if counts.2 { Keep::All } else { Keep::Owners };
        new
    })
}

fn closing() -> impl Strategy<Value = Closing> {
    let bytes = prop::collection::vec(any::<u8>(), 0..50);
    let rules = prop::collection::vec((text(), bytes), 0..4);
    let total = (prop::option::of(text()), text(), [money(), money(), money()]);
    let totals = prop::collection::vec(total, 0..4);
    (prop::option::of(text()), rules, totals).prop_map(|(forced, rules, totals)| {
        let total = |(tenant, currency, amounts): (_, String, [Money; 3])| {
            let [exact, adjustments, booked] = amounts;
            StatementTotal {
                tenant,
                currency: Currency(currency.into()),
                exact,
                adjustments,
                booked,
            }
        };
        Closing {
            forced,
            rules: rules.into_iter().map(|(name, bytes)| RuleFile { name, bytes }).collect(),
            totals: totals.into_iter().map(total).collect(),
            ..closing_of(month(10), VersionId(1))
        }
    })
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_a_delivery_and_a_closing_say_comes_back_as_it_was(
        new in version(),
        closing in closing(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(&Home::of(folder.path()), &me()).unwrap();
        let stored = writer.commit(&new, 1).unwrap();
        writer.close(&closing).unwrap();
        drop(writer);
        let store = Store::open(&Home::of(folder.path())).unwrap();
        prop_assert_eq!(&store.history().unwrap()[0], &stored);
        prop_assert_eq!(&stored.facts, &new.facts);
        prop_assert_eq!(&store.closings().unwrap()[0], &closing);
    }
}
