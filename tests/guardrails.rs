//! Guardrails: what breaks a policy, what would have done instead, and how AWS would stop it.
//!
//! In:    made bills with their truth, small exports, policies.
//! Out:   failing tests; whole transcripts, few of them.
//! Never: reads a policy by the product's own parser to know what it means.

use std::collections::BTreeMap;
use std::path::Path;

use curtail::pipeline::{self, Asked, Bill, Source, Sql};
use curtail::query::Statement;
use curtail::render::{Format, Style, render};
use curtail::report::query::Settings;
use curtail::sample::{self, SamplePlan, SampleSchema};
use serde_json::Value;

use crate::support::export::Export;
use crate::support::{Sandbox, repository};

/// The rows of a statement as CSV, without quotes.
fn rows(source: &Source, sql: &str, asked: &Asked) -> Vec<String> {
    let statement = Statement::read(sql).unwrap();
    let report = pipeline::query(source, &Sql::Typed(&statement), asked, Settings::default());
    let report = report.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    let text = render(&report, Format::Csv, &Style::default()).unwrap();
    let text = String::from_utf8(text).unwrap().replace('"', "");
    text.lines().skip(1).map(ToOwned::to_owned).collect()
}

fn asked(policy: &Path) -> Asked {
    Asked { policy: Some(policy.to_owned()), ..Asked::default() }
}

/// Lines of the truth as CSV, cost and hours as the product writes them.
fn told(truth: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |entry: &Value| {
        let words = ["guardrail", "rule", "found", "billing_period", "user_profile_arn", "cost"];
        let line = words.map(|word| text(&entry[word])).join(",");
        match entry["rows"].as_u64() {
            Some(rows) => format!("{line},{},{rows}", text(&entry["usage_hours"])),
            None => line,
        }
    };
    let mut lines: Vec<String> = truth["violations"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

const BY_USER: &str = "SELECT guardrail, rule, found, billing_period, user_profile_arn,
    SUM(cost) AS cost, SUM(usage_hours) AS usage_hours, SUM(line_items) AS line_items
    FROM violations
    GROUP BY guardrail, rule, found, billing_period, user_profile_arn";

#[test]
fn what_breaks_the_policy_of_a_made_bill_is_what_its_truth_says() {
    for schema in [SampleSchema::Cur2, SampleSchema::Legacy] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("export");
        let mut plan = SamplePlan::new(&out, 6_000, schema);
        plan.policy = true;
        sample::write_export(&plan, &mut |_| {}).unwrap();
        let truth = std::fs::read_to_string(out.join("truth.json")).unwrap();
        let expected = told(&serde_json::from_str(&truth).unwrap());

        let source = Source::of(Bill::Export(out.clone()), 2, None);
        let found = rows(&source, BY_USER, &asked(&out.join("policy.toml")));
        let mut found: Vec<String> = found
            .into_iter()
            .map(|line| match line.split(',').nth(1) {
                // The truth tells no hours of a ceiling: they are those of its days.
                Some("ceiling") => line.split(',').take(6).collect::<Vec<_>>().join(","),
                _ => line,
            })
            .collect();
        found.sort();
        assert_eq!(found, expected, "{}", schema.name());

        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &expected {
            *rules.entry(line.split(',').nth(1).unwrap()).or_default() += 1;
        }
        let each = ["ceiling", "instance_type", "missing_tag", "region"];
        assert_eq!(rules.into_keys().collect::<Vec<_>>(), each);
    }
}

#[test]
fn a_policy_beside_a_made_bill_changes_nothing_else_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let written = |policy: bool| {
        let out = folder.path().join(if policy { "with" } else { "without" });
        let mut plan = SamplePlan::new(&out, 600, SampleSchema::Cur2);
        plan.policy = policy;
        let files = sample::write_export(&plan, &mut |_| {}).unwrap().files;
        files.iter().map(|file| std::fs::read(file).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(written(true), written(false));
}

/// A bill of one month: who ran what, where, for how many hours; and tax.
const BILL: &str = "\
day        | user   | usage_type                      | region    | amount | unit | cost | tag:team
2026-10-02 | d-1/al | Studio:JupyterLab-ml.g5.xlarge  | eu-west-1 | 3      | Hrs  | 6    | ml
2026-10-04 | d-1/al | Studio:JupyterLab-ml.g5.xlarge  | eu-west-1 | 1      | Hrs  | 2    | ml
2026-10-03 | d-1/bo | Studio:JupyterLab-ml.t3.medium  | eu-west-1 | 10     | Hrs  | 0.5  | -
2026-10-03 | d-1/bo | Studio:JupyterLab-ml.t3.large   | eu-west-1 | 3      | Hrs  | 1    | ml
2026-10-05 | d-1/bo | Studio:JupyterServer-ml.t3.tiny | eu-west-1 | 24     | Hrs  | 0    | ml
2026-10-06 | d-2/cy | Train:ml.p3.2xlarge             | us-east-1 | 2      | Hrs  | 8    | ml

day        | user   | type | region    | cost
2026-10-01 | d-2/cy | Tax  | us-east-1 | 50";

/// The bill and a policy in one folder.
fn guarded(policy: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    Export::cur2(BILL).write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox.write("policy.toml", policy);
    sandbox
}

fn broken(policy: &str, sql: &str) -> Vec<String> {
    let sandbox = guarded(policy);
    let source = Source::of(Bill::Export(sandbox.path("exports")), 1, None);
    rows(&source, sql, &asked(&sandbox.path("policy.toml")))
}

const SMALL: &str = "[[guardrail]]\nname = \"small\"\nallowed_instance_types = \"ml.t3.*\"\n";

#[test]
fn an_allowed_substitute_costs_what_the_same_export_charges_for_it() {
    let sql = "SELECT user_profile_arn, usage_date, found, usage_hours, cost, substitute,
        substitute_cost FROM violations ORDER BY user_profile_arn, usage_date";
    let names = |rows: Vec<String>| -> Vec<String> {
        rows.iter().map(|row| row.rsplit('/').next().unwrap().to_owned()).collect()
    };
    // The dearest that is cheaper: `ml.t3.large`, 1 for 3 hours. In us-east-1 nothing is known.
    assert_eq!(
        names(broken(SMALL, sql)),
        [
            "al,2026-10-02,ml.g5.xlarge,3,6,ml.t3.large,1",
            "al,2026-10-04,ml.g5.xlarge,1,2,ml.t3.large,0.333333333333",
            "cy,2026-10-06,ml.p3.2xlarge,2,8,,",
        ]
    );
    let with = format!("{SMALL}substitute = \"ml.t3.medium\"\ndomain = \"d-1\"\n");
    assert_eq!(
        names(broken(&with, sql)),
        [
            "al,2026-10-02,ml.g5.xlarge,3,6,ml.t3.medium,0.15",
            "al,2026-10-04,ml.g5.xlarge,1,2,ml.t3.medium,0.05",
        ]
    );
}

#[test]
fn only_usage_of_sagemaker_breaks_a_rule_and_the_system_instance_never_does() {
    let policy = "[[guardrail]]\nname = \"a\"\nallowed_regions = \"eu-*\"\n\
        [[guardrail]]\nname = \"b\"\ncomponent = \"studio-jupyterserver\"\n\
        allowed_instance_types = \"ml.m5.*\"\n\
        [[guardrail]]\nname = \"c\"\nrequired_tags = [\"team\"]\n\
        [[guardrail]]\nname = \"d\"\nrequired_tags = [\"team\"]\nallowed_regions = \"eu-*\"\n";
    let sql = "SELECT guardrail, rule, found, cost, line_items FROM violations ORDER BY guardrail";
    // The tax of us-east-1 is nobody's choice, and the second guardrail that says the same is mute.
    assert_eq!(broken(policy, sql), ["a,region,us-east-1,8,1", "c,missing_tag,team,0.5,1"]);
}

#[test]
fn a_ceiling_is_broken_from_the_day_on_which_it_is_passed_by_what_lies_above() {
    let ceiling = |amount: &str, currency: &str| {
        format!(
            "[[guardrail]]\nname = \"most\"\nceiling = {{ amount = {amount}, currency = \
             \"{currency}\" }}\n"
        )
    };
    let sql = "SELECT usage_date, cost, allowed, domain_arn FROM violations WHERE \
        user_profile_arn LIKE '%/al' ORDER BY usage_date";
    let first = |rows: Vec<String>| -> Vec<String> {
        rows.iter().map(|row| row.split(",arn").next().unwrap().to_owned()).collect()
    };
    let passed = ["2026-10-02,1,5 USD", "2026-10-04,2,5 USD"];
    assert_eq!(first(broken(&ceiling("5", "USD"), sql)), passed);
    assert_eq!(first(broken(&ceiling("7", "USD"), sql)), ["2026-10-04,1,7 USD"]);
    assert!(broken(&ceiling("8", "USD"), sql).is_empty(), "no more than allowed");
    assert!(broken(&ceiling("5", "EUR"), sql).is_empty(), "another currency");
}

#[test]
fn a_scheduler_is_told_by_the_exit_code_after_the_report_is_written() {
    let sandbox = guarded(SMALL);
    let arguments =
        ["query", "violations_by_guardrail", "exports", "--policy", "policy.toml", "--format"];
    let arguments = [&arguments[..], &["csv", "--fail-on-violation"]].concat();
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r#"
    exit 6
    --- stdout
    guardrail,rule,found,allowed,users,cost,usage_hours,saving_cost
    "small","instance_type","ml.g5.xlarge","ml.t3.*",1,8,4,6.666666666667
    "small","instance_type","ml.p3.2xlarge","ml.t3.*",1,8,2,
    --- stderr
    note[no-manifest]: no manifest for the files of 2026-10: completeness unverified
    not allowed by `small`: instance type, 2 times, 16.00 USD
    "#);
    let fine = guarded("[[guardrail]]\nname = \"a\"\nallowed_instance_types = \"ml.*\"\n");
    assert!(fine.curtail(&arguments).transcript().starts_with("exit 0"));
    let report = ["report", "domain", "exports", "--policy", "policy.toml", "--fail-on-violation"];
    assert!(sandbox.curtail(&report).transcript().starts_with("exit 6"), "whatever it shows");
}

#[test]
fn a_tag_that_no_charge_carries_is_told_to_be_inactive_perhaps() {
    let told = |key: &str| {
        let policy = format!("[[guardrail]]\nname = \"a\"\nrequired_tags = \"{key}\"\n");
        let sandbox = guarded(&policy);
        let arguments = ["query", "top_violations", "exports", "--policy", "policy.toml"];
        sandbox.curtail(&arguments).transcript().contains("no charge carries the tag `")
    };
    assert!(told("cost-centre"));
    assert!(!told("team"));
}

#[test]
fn a_report_without_a_policy_leaves_out_what_needs_one() {
    let sandbox = guarded(SMALL);
    let monthly = ["report", "monthly", "exports"];
    let plain = sandbox.curtail(&monthly).succeeded();
    assert!(!plain.contains("Against the policy"), "{plain}");
    let held = sandbox.curtail(&[&monthly[..], &["--policy", "policy.toml"]].concat()).succeeded();
    assert!(held.contains("Against the policy"), "{held}");
}

const SCP: &str = r#"
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "StudioOfD1InstanceTypes",
      "Effect": "Deny",
      "Action": [
        "sagemaker:CreateApp",
        "sagemaker:CreateSpace",
        "sagemaker:UpdateSpace"
      ],
      "Resource": [
        "arn:*:sagemaker:*:*:app/d-1/*",
        "arn:*:sagemaker:*:*:space/d-1/*"
      ],
      "Condition": {
        "ForAnyValue:StringNotLike": {
          "sagemaker:InstanceTypes": [
            "ml.t3.medium",
            "ml.t3.large",
            "system"
          ]
        },
        "StringLike": {
          "aws:PrincipalAccount": [
            "1111*"
          ]
        }
      }
    },
    {
      "Sid": "JobsTag",
      "Effect": "Deny",
      "Action": [
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob"
      ],
      "Resource": "*",
      "Condition": {
        "ForAllValues:StringNotEquals": {
          "aws:TagKeys": [
            "team"
          ]
        }
      }
    },
    {
      "Sid": "JobsTag2",
      "Effect": "Deny",
      "Action": [
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob"
      ],
      "Resource": "*",
      "Condition": {
        "ForAllValues:StringNotEquals": {
          "aws:TagKeys": [
            "app"
          ]
        }
      }
    }
  ]
}
"#;

const NOTES: &str = "\
note: `studio of d-1`: a request does not tell components apart that start in the same way; \
denied are also: rstudio, canvas
note: `jobs`: a request does not tell components apart that start in the same way; denied are \
also: spot-training, training-warm-pool, data-wrangler
note: `of-search` is left out: AWS does not know a tenant; attach a statement to its accounts or \
roles
note: `class` is left out: AWS has no pattern such as `eu-[cw]*`";

#[test]
fn a_policy_is_written_as_aws_would_enforce_it() {
    let policy = "[[guardrail]]\nname = \"studio of d-1\"\ndomain = \"d-1\"\n\
        component = \"studio-*\"\naccount = \"1111*\"\n\
        allowed_instance_types = [\"ml.t3.{medium,large}\"]\n\
        [[guardrail]]\nname = \"jobs\"\ncomponent = \"{training,processing}\"\n\
        required_tags = [\"team\", \"app\"]\n\
        [[guardrail]]\nname = \"of-search\"\ntenant = \"search\"\nallowed_regions = \"eu-*\"\n\
        [[guardrail]]\nname = \"class\"\nallowed_regions = \"eu-[cw]*\"\n\
        ceiling = { amount = 1, currency = \"USD\" }\n";
    let sandbox = guarded(policy);
    let arguments = ["report", "guardrails", "--policy", "policy.toml", "--as", "scp"];
    let outcome = sandbox.curtail(&arguments);
    assert_eq!((outcome.stdout.trim(), outcome.stderr.trim()), (SCP.trim(), NOTES.trim()));
    let sample = repository().join("sample-data/policy.toml");
    let arguments = ["report", "guardrails", "--policy", sample.to_str().unwrap(), "--as", "iam"];
    let text = sandbox.curtail(&arguments).stdout;
    let read: Value = serde_json::from_str(&text).unwrap();
    let statements = read["Statement"].as_array().unwrap();
    assert!(statements.iter().all(|of| of["Effect"] == "Deny"), "{text}");
    let types = &statements[0]["Condition"]["ForAnyValue:StringNotLike"]["sagemaker:InstanceTypes"];
    assert!(types.as_array().unwrap().contains(&Value::from("system")), "{text}");
}
