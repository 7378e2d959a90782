//! What the texts of regular expressions mean is what the code of the tables means.

use proptest::prelude::*;
use regex::Regex;

use crate::dialect::table::{Kind, Relation, Table};
use crate::dialect::{kinds, named, owners, steps::Steps, words::Dialect};
use crate::model::arn::StudioArn;
use crate::model::component::{self, USAGE_TYPES};
use crate::model::period::BillingPeriod;

/// The component of a usage type, as an engine finds it.
fn component_of(usage_type: &str) -> Option<&'static str> {
    let lookup = |text: &str| {
        let text = text.to_lowercase();
        let fits = |rule: &&component::UsageTypeRule| {
            Regex::new(&kinds::pattern(rule)).unwrap().is_match(&text)
        };
        USAGE_TYPES.iter().find(fits).map(|rule| rule.component)
    };
    let region = Regex::new(kinds::REGION_PREFIX).unwrap();
    let rest = region.find(usage_type).map(|found| &usage_type[found.end()..]);
    rest.and_then(lookup).or_else(|| lookup(usage_type))
}

/// The instance type inside a usage type, as an engine finds it.
fn instance_type_of(usage_type: &str) -> Option<String> {
    let found = Regex::new(kinds::INSTANCE_TYPE).unwrap().captures(usage_type)?;
    let name = found.get(2)?.as_str();
    Regex::new(kinds::INSTANCE_NAME).unwrap().is_match(name).then(|| name.to_owned())
}

/// Domain, name and app type of a Studio ARN, as an engine finds them.
fn studio_of(text: &str) -> Option<[String; 5]> {
    let parts = Regex::new(&owners::studio_arn()).unwrap().captures(text)?;
    let part = |group| parts.get(group).map_or("", |found| found.as_str()).to_owned();
    let [head, kind, domain, name, app_type] = [1, 2, 3, 4, 5].map(part);
    let is_whole = match kind.to_lowercase().as_str() {
        "domain" => name.is_empty(),
        "app" => !name.is_empty() && !app_type.is_empty(),
        _ => !name.is_empty(),
    };
    let app_type = app_type.to_lowercase();
    is_whole.then_some([head, kind.to_lowercase(), domain, name, app_type])
}

fn words(all: &'static [&'static str]) -> impl Strategy<Value = String> {
    let word = prop::sample::select(all);
    let parts =
        prop::collection::vec((word, prop::sample::select(&[":", "-", ".", "/", ""][..])), 1..7);
    parts.prop_map(|parts| parts.into_iter().flat_map(|(a, b)| [a, b]).collect())
}

proptest! {
    /// Tokens of usage types in any order, so that many are almost one.
    #[test]
    fn an_engine_finds_the_component_that_we_find(
        usage_type in words(&[
            "USE1", "EU", "apn2", "USE12", "Studio", "studio", "RStudio", "JupyterLab",
            "VolumeUsage",
            "Train", "TrainWarmPool", "MLflow", "AWS", "Bytes", "ml", "g5", "xlarge", "Host", "",
            "é",
        ]),
    ) {
        prop_assert_eq!(component_of(&usage_type), component::of_usage_type(&usage_type));
        let found = instance_type_of(&usage_type);
        prop_assert_eq!(found.as_deref(), component::instance_type_of(&usage_type));
    }

    /// Words of ARNs in any order, so that many are almost one.
    #[test]
    fn an_engine_reads_the_arns_that_we_read(
        text in words(&[
            "arn", "ARN", "aws", "aws-cn", "awsx", "sagemaker", "SageMaker", "r", "1", "", "domain",
            "App",
            "arn:aws:sagemaker:r:1:app/", "arn:aws:sagemaker:r:1:space", "d-1", "zoë",
            "JupyterLab", "user-profile",
        ]),
    ) {
        let ours = StudioArn::parse(&text).map(|arn| {
            let app_type = arn.app_type.to_lowercase();
            [arn.head.to_owned(), arn.domain.to_owned(), arn.name.to_owned(), app_type]
        });
        let theirs = studio_of(&text);
        let theirs = theirs.map(|[head, _, domain, name, app_type]| [head, domain, name, app_type]);
        prop_assert_eq!(theirs, ours);
    }
}

#[test]
fn a_question_keeps_its_words_and_takes_the_quotes_of_the_dialect() {
    let mut steps = Steps::default();
    steps.add("charges", "SELECT 1 AS \"tag:it's\"");
    let text = "-- question: who?\nWITH a AS (SELECT \"tag:x\" AS x, 'it''s' AS y FROM charges)\n\
                SELECT x, y FROM a";
    let [spark, athena] = [Dialect::Spark, Dialect::Athena].map(|of| named::over(of, &steps, text));
    insta::assert_snapshot!(athena, @r#"
    -- question: who?
    WITH charges AS (
        SELECT 1 AS "tag:it's"
    ),
    a AS (SELECT "tag:x" AS x, 'it''s' AS y FROM charges)
    SELECT x, y FROM a
    "#);
    assert!(spark.contains(r"SELECT `tag:x` AS x, 'it\'s' AS y"), "{spark}");
}

#[test]
fn months_are_told_beside_what_is_run_for_us() {
    let day = ("bill_billing_period_start_date".to_owned(), Kind::Instant);
    let columns = vec![day, ("tags".to_owned(), Kind::Map)];
    let table = Table { relation: Relation::Named("billing.cur2".to_owned()), columns };
    let months = ["2026-09", "2026-10"].map(|month| BillingPeriod::parse(month).unwrap());
    let keys = |dialect| table.keys(dialect, &months).unwrap();
    let (first, day) =
        ("SELECT DISTINCT 'tags' AS home, tag_key FROM", "bill_billing_period_start_date");
    let spark = keys(Dialect::Spark);
    assert_eq!(
        spark.text,
        format!(
            "{first} (SELECT explode(map_keys(tags)) AS tag_key FROM billing.cur2 WHERE \
             substr(CAST(CAST({day} AS DATE) AS STRING), 1, 7) IN (:month_0, :month_1)) AS told"
        )
    );
    let values: Vec<&str> = spark.values.values().map(String::as_str).collect();
    assert_eq!(values, ["2026-09", "2026-10"]);
    assert!(keys(Dialect::DuckDb).text.ends_with("IN ($month_0, $month_1)) AS told"));
    let athena = "FROM billing.cur2 CROSS JOIN UNNEST(map_keys(tags)) AS of_line (tag_key) WHERE";
    assert!(keys(Dialect::Athena).text.contains(athena));
}
