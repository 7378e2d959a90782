//! Bill: random line items of every kind, and the exports that hold them.
//!
//! In:    proptest's choices.
//! Out:   [`Line`]s, and an [`Export`] of them in either schema.
//! Never: makes a line that AWS could not: amounts are finite, text is one of few words.

use proptest::prelude::*;
use proptest::sample::select;

use crate::support::export::{Export, HEAD, Schema};

/// One line item; `None` is NULL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// One word per [`TEXTS`].
    texts: Vec<Option<&'static str>>,
    /// One decimal text per [`AMOUNTS`].
    amounts: Vec<Option<String>>,
}

/// Words of text columns and the values they may have.
const TEXTS: &[(&str, &[Option<&str>])] = &[
    (
        "type",
        &[
            Some("Usage"),
            Some("Usage"),
            Some("DiscountedUsage"),
            Some("SavingsPlanCoveredUsage"),
            Some("SavingsPlanNegation"),
            Some("SavingsPlanRecurringFee"),
            Some("SavingsPlanUpfrontFee"),
            Some("RIFee"),
            Some("Fee"),
            Some("Tax"),
            Some("Credit"),
            Some("Refund"),
            Some("EdpDiscount"),
            Some("BrandNewThing"),
            None,
        ],
    ),
    ("currency", &[Some("USD"), Some("USD"), Some("CNY"), None]),
    (
        "product",
        &[
            Some("AmazonSageMaker"),
            Some("AmazonSageMaker"),
            Some("AmazonEFS"),
            Some("AmazonEC2"),
            Some("MachineLearningSavingsPlans"),
            None,
        ],
    ),
    (
        "usage_type",
        &[
            Some("USE1-Studio:JupyterLab-ml.t3.medium"),
            Some("USE1-RStudio:RSessionGateway-ml.t3.medium"),
            Some("Train:ml.m5.large"),
            Some("Quantum:ml.q1.large"),
            None,
        ],
    ),
    ("operation", &[Some("RunInstance"), None, None, Some("EKSPod-EC2"), Some("ECSTask-EC2")]),
    (
        "resource",
        &[
            Some("app/d-1/alice/kernelgateway/x"),
            Some("app/d-1/team/kernelgateway/x"),
            Some("app/d-1/ghost/jupyterlab/default"),
            Some("app/d-2/Bob/JupyterServer/default"),
            Some("space/d-2/lab"),
            Some("domain/d-1"),
            Some("training-job/x"),
            Some("i-0123"),
            None,
        ],
    ),
    ("domain", &[None, None, Some("d-1")]),
    ("user", &[None, None, Some("d-1/alice"), Some("d-1/Alice"), Some("d-2/bob")]),
    ("space", &[None, None, Some("d-1/Team"), Some("d-2/lab")]),
    ("shared_space", &[None, None, None, Some("d-1/shared")]),
    ("managed_by", &[None, None, Some("d-3")]),
    ("tag:team", &[None, Some("search"), Some("ads"), Some("")]),
    ("account", &[None, Some("111122223333"), Some("000000000042")]),
    ("day", &[None, Some("2026-10-01"), Some("2026-10-31T23:59:59"), Some("2026-09-30")]),
    ("month", &[Some("2026-10-01"), Some("2026-10-01"), Some("2026-09-01"), None]),
    ("unit", &[None, Some("Hrs"), Some("hours"), Some("GB-Mo")]),
    (
        "description",
        &[
            None,
            Some("Refund for one-time fee for Savings Plan ID: 1"),
            Some("Refund for one-time fee"),
        ],
    ),
    ("ri", &[None, Some("r-1"), Some("")]),
];

/// Words of amounts.
const AMOUNTS: &[&str] = &[
    "cost",
    "blended",
    "net",
    "list",
    "amount",
    "ri_effective",
    "ri_net_effective",
    "ri_unused_upfront",
    "ri_net_unused_upfront",
    "ri_unused_recurring",
    "ri_net_unused_recurring",
    "sp_effective",
    "sp_net_effective",
    "sp_total",
    "sp_used",
    "sp_recurring",
    "sp_net_recurring",
    "sp_upfront",
    "sp_net_upfront",
];

impl Line {
    /// The text of a word; `''` is nothing, ARNs are in full.
    pub(super) fn text(&self, word: &str) -> Option<String> {
        let at = TEXTS.iter().position(|(of, _)| *of == word).unwrap();
        let value = self.texts[at].filter(|value| !value.is_empty())?;
        Some(in_full(word, value))
    }

    /// The amount of a word as decimal text.
    pub(super) fn amount(&self, word: &str) -> Option<&str> {
        self.amounts[AMOUNTS.iter().position(|of| *of == word).unwrap()].as_deref()
    }

    /// The same line with zeros where amounts are NULL: all that legacy CUR can say.
    pub(super) fn without_null_amounts(&self) -> Self {
        let amounts = self.amounts.iter();
        let amounts = amounts.map(|a| Some(a.clone().unwrap_or_else(|| "0".into()))).collect();
        Self { texts: self.texts.clone(), amounts }
    }

    fn cells(&self) -> Vec<Option<String>> {
        let texts = self.texts.iter().map(|text| text.map(ToOwned::to_owned));
        texts.chain(self.amounts.iter().cloned()).collect()
    }
}

/// Short values of tags and resources are ARNs.
fn in_full(word: &str, value: &str) -> String {
    let kind = match word {
        "domain" | "managed_by" => "domain/",
        "user" => "user-profile/",
        "space" | "shared_space" => "space/",
        "resource" if value.contains('/') => "",
        _ => return value.to_owned(),
    };
    format!("{HEAD}{kind}{value}")
}

/// An export of lines.
pub(super) fn export(schema: Schema, lines: &[Line]) -> Export {
    let words = TEXTS.iter().map(|(word, _)| *word).chain(AMOUNTS.iter().copied());
    let words = words.map(ToOwned::to_owned).collect();
    Export::of_rows(schema, words, lines.iter().map(Line::cells).collect())
}

/// Bills of one to a few dozen lines.
pub(super) fn bills() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 1..40)
}

fn line() -> impl Strategy<Value = Line> {
    let texts: Vec<_> = TEXTS.iter().map(|(_, values)| select(*values)).collect();
    let amounts: Vec<_> = AMOUNTS.iter().map(|word| amount(word)).collect();
    (texts, amounts).prop_map(|(texts, amounts)| Line { texts, amounts })
}

/// Cents, crumbs, mountains and anything between, as the shortest text of a double.
fn amount(word: &str) -> BoxedStrategy<Option<String>> {
    let cents = (-100_000..100_000_i32).prop_map(|cents| f64::from(cents) / 100.0);
    let tenths = any::<i32>().prop_map(|tenths| f64::from(tenths) / 1e10);
    // Terms that are multiplied with one another stay small enough for 128 bits.
    if word.starts_with("sp_") {
        return prop_oneof![1 => Just(None), 4 => cents.prop_map(|v| Some(v.to_string()))].boxed();
    }
    let anything = any::<f64>().prop_filter("an amount", |v| v.abs() < 1e15);
    let extremes = select(&[0.0, -0.0, 1e-12, 5e-13, -5e-13, 4.9e-13, 9.99e14, -9.99e14, 5e-324]);
    prop_oneof![
        2 => Just(None),
        4 => cents.prop_map(Some),
        4 => tenths.prop_map(Some),
        2 => (-1e6..1e6_f64).prop_map(Some),
        1 => anything.prop_map(Some),
        1 => extremes.prop_map(Some),
    ]
    .prop_map(|value| value.map(|value| value.to_string()))
    .boxed()
}
