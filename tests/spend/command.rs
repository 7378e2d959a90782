//! Command: `curtail spend` as its user meets it.
//!
//! In:    arguments and a small export.
//! Out:   whole transcripts, few of them.
//! Never: tests a number; the other modules do.

use crate::support::Sandbox;
use crate::support::export::Export;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let export = Export::cur2(
        "cost  | user      | usage_type                     | amount | unit
         30.25 | d-1/alice | Studio:JupyterLab-ml.t3.medium | 10     | Hrs
         20    | d-1/bob   | Train:ml.m5.large              | 4      | Hrs
         9.75  | d-1/zoë   | Train:ml.m5.large              | 2      | Hrs
         40    | -         | Host:ml.m5.large               | 8      | Hrs",
    );
    export.write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox
}

#[test]
fn a_table_shows_owners_the_rest_and_the_books() {
    insta::assert_snapshot!(sandbox().curtail(&["spend", "exports"]).transcript(), @r"
    exit 0
    --- stdout
    Spend by domain, user
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    Domain        User     Cost   Share
    ─────────────────────────────────────────────────────────────
    d-1           alice   30.25   30.2%  ██████████████████▎
    d-1           bob     20.00   20.0%  ████████████
    d-1           zoë      9.75    9.8%  █████▉
    unattributed          40.00   40.0%  ████████████████████████
    ─────────────────────────────────────────────────────────────
    total                100.00  100.0%

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn a_limit_folds_the_tail_and_keeps_the_total() {
    let arguments = ["spend", "exports", "--by", "user", "--limit", "1"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Spend by user
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    User             Cost   Share
    ───────────────────────────────────────────────────────
    alice           30.25   30.2%  ██████████████████▎
    rest (2 rows)   29.75   29.8%  █████████████████▉
    unattributed    40.00   40.0%  ████████████████████████
    ───────────────────────────────────────────────────────
    total          100.00  100.0%

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn a_wide_table_shows_every_column() {
    let arguments = ["spend", "exports", "--by", "user,component", "--wide"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Spend by user, component
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    User          Component            Cost  Hours   Share  Lines
    ───────────────────────────────────────────────────────────────────────────────────────
    alice         studio-jupyterlab   30.25   10.0   30.2%      1  ██████████████████▎
    bob           training            20.00    4.0   20.0%      1  ████████████
    zoë           training             9.75    2.0    9.8%      1  █████▉
    unattributed  hosting             40.00    8.0   40.0%      1  ████████████████████████
    ───────────────────────────────────────────────────────────────────────────────────────
    total                            100.00   24.0  100.0%      4

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn filters_and_months_are_told_in_the_caption() {
    let arguments =
        ["spend", "exports", "--by", "user", "--month", "2026-10", "--where", "user=alice"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Spend by user
    2026-10 · amortized cost · USD · UTC days · where user=alice · 4 source rows

    User    Cost   Share
    ──────────────────────────────────────────────
    alice  30.25  100.0%  ████████████████████████
    ──────────────────────────────────────────────
    total  30.25  100.0%

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 30.25 attributed + 0.00 unattributed and other services +
           69.75 excluded by filters, difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn json_keeps_its_contract() {
    let arguments = ["spend", "exports", "--by", "user", "--format", "json"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r#"
    exit 0
    --- stdout
    {
      "schema_version": 1,
      "period": "2026-10",
      "metric": "amortized",
      "currency": "USD",
      "columns": [
        "user_profile_arn",
        "standing",
        "cost",
        "usage_hours",
        "line_items"
      ],
      "rows": [
        {
          "user_profile_arn": "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/alice",
          "standing": "attributed",
          "cost": "30.25",
          "usage_hours": "10",
          "line_items": 1
        },
        {
          "user_profile_arn": "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/bob",
          "standing": "attributed",
          "cost": "20",
          "usage_hours": "4",
          "line_items": 1
        },
        {
          "user_profile_arn": "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/zoë",
          "standing": "attributed",
          "cost": "9.75",
          "usage_hours": "2",
          "line_items": 1
        },
        {
          "user_profile_arn": null,
          "standing": "unattributed",
          "cost": "40",
          "usage_hours": "8",
          "line_items": 1
        }
      ],
      "totals": {
        "cost": "100",
        "usage_hours": "24",
        "line_items": 4
      },
      "reconciliation": {
        "source_rows": 4,
        "refused_rows": 0,
        "difference": "0"
      },
      "findings": [
        {
          "code": "no-manifest",
          "message": "no manifest for the files of 2026-10: completeness unverified"
        }
      ]
    }
    --- stderr
    "#);
}

#[test]
fn csv_has_no_place_for_findings_and_tells_them_on_the_side() {
    let arguments = ["spend", "exports", "--by", "user", "--format", "csv"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r#"
    exit 0
    --- stdout
    user_profile_arn,standing,cost,usage_hours,line_items
    "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/alice","attributed",30.25,10,1
    "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/bob","attributed",20,4,1
    "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/zoë","attributed",9.75,2,1
    ,"unattributed",40,8,1
    --- stderr
    note[no-manifest]: no manifest for the files of 2026-10: completeness unverified
    "#);
}

#[test]
fn strict_turns_a_finding_into_a_failure_and_still_answers() {
    let outcome = sandbox().curtail(&["spend", "exports", "--strict"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stdout.contains("total"), "{}", outcome.transcript());
}

#[test]
fn an_output_file_is_written_whole_and_nothing_is_said() {
    let sandbox = sandbox();
    let arguments = ["spend", "exports", "--by", "user", "-o", "out/answer.csv"];
    std::fs::create_dir(sandbox.path("out")).unwrap();
    assert_eq!(sandbox.curtail(&arguments).succeeded(), "");
    let written = std::fs::read_to_string(sandbox.path("out/answer.csv")).unwrap();
    assert!(written.starts_with("user_profile_arn,standing,cost,"), "{written}");
}

#[test]
fn the_same_question_has_the_same_bytes_every_time() {
    let sandbox = sandbox();
    for format in ["table", "json", "jsonl", "csv", "markdown", "svg"] {
        let ask = |threads: &str| {
            let arguments = ["spend", "exports", "--by", "user", "--format", format];
            let arguments = [&arguments[..], &["--threads", threads]].concat();
            sandbox.curtail(&arguments).succeeded()
        };
        let first = ask("1");
        assert_eq!(first, ask("1"), "{format}");
        assert_eq!(first, ask("8"), "{format}");
    }
}
