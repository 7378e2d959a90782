//! Command: `curtail query` as its user meets it.
//!
//! In:    arguments and a small export.
//! Out:   whole transcripts, few of them.
//! Never: tests a number; the other modules do.

use curtail::diagnostic::Diagnose;
use curtail::query::Statement;

use crate::support::Sandbox;

pub(super) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    super::small().write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox
}

/// A transcript whose last hint lists every table, without the long list.
fn refused(arguments: &[&str]) -> String {
    let transcript = sandbox().curtail(arguments).transcript();
    let (told, tables) = transcript.split_once("`prior_charges`").unwrap();
    assert!(tables.contains("`adjustments`"), "{transcript}");
    format!("{told}(the other tables)\n")
}

#[test]
fn a_named_query_is_a_table_with_its_question_and_its_books() {
    let arguments = ["query", "cost_by_component", "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    What did each SageMaker component cost?
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    Component            Cost  Usage hours  Line items
    ──────────────────────────────────────────────────
    hosting             40.00          8.0           1
    studio-jupyterlab   30.25         10.0           1
    training            29.75          6.0           2
    ──────────────────────────────────────────────────
    total              100.00         24.0           4

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 100.00 in the answer, difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn a_statement_shows_its_first_rows_and_says_so() {
    let sql = "SELECT component, user_profile_arn, cost FROM charges ORDER BY cost DESC";
    let arguments = ["query", "--sql", sql, "exports", "--limit", "2"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Query
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    First 2 of 4 rows
    Component          User    Cost
    ───────────────────────────────
    hosting            —      40.00
    studio-jupyterlab  alice  30.25

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}

#[test]
fn a_mistyped_column_is_shown_in_its_place() {
    let sql = "SELECT component,\n    SUM(cots) AS cost\nFROM charges GROUP BY component";
    let arguments = ["query", "--sql", sql, "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-COLUMN]: there is no column `cots`
      2 |     SUM(cots) AS cost
        |         ^
      hint: did you mean `cost`?
      hint: `curtail query --schema` lists every column
    ");
}

#[test]
fn a_short_word_is_answered_with_the_column_that_it_means() {
    let arguments = ["query", "--sql", "SELECT domain FROM charges", "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-COLUMN]: there is no column `domain`
      1 | SELECT domain FROM charges
        |        ^
      hint: did you mean `domain_arn`?
      hint: `curtail query --schema` lists every column
    ");
}

#[test]
fn broken_sql_is_shown_in_its_place() {
    let arguments = ["query", "--sql", "SELECT cost FRM charges", "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-SYNTAX]: this is no SQL that we know: Expected: end of statement, found: charges
      1 | SELECT cost FRM charges
        |                 ^
    ");
}

#[test]
fn a_statement_that_writes_is_refused() {
    let arguments = ["query", "--sql", "DROP TABLE charges", "exports"];
    insta::assert_snapshot!(refused(&arguments), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-READ-ONLY]: only one `SELECT` is answered, and this is `DROP`
      1 | DROP TABLE charges
        | ^
      hint: there are `charges`, (the other tables)
    ");
}

#[test]
fn a_function_that_would_open_a_file_is_no_table_wherever_it_stands() {
    let arguments = ["query", "--sql", "SELECT *\nFROM read_csv('charges.csv')", "exports"];
    insta::assert_snapshot!(refused(&arguments), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-TABLE-FUNCTION]: `read_csv(...)` is no table: a statement opens no file
      2 | FROM read_csv('charges.csv')
        |      ^
      hint: there are `charges`, (the other tables)
    ");
    let everywhere = [
        "SELECT * FROM read_parquet('x')",
        "SELECT * FROM READ_IPC('x') AS t",
        "SELECT * FROM anything()",
        "SELECT * FROM LATERAL read_json('x')",
        "SELECT * FROM TABLE(read_csv('x'))",
        "SELECT * FROM charges JOIN read_json('x') AS t ON 1 = 1",
        "SELECT * FROM charges, read_csv('x')",
        "SELECT * FROM (SELECT * FROM read_csv('x')) AS t",
        "SELECT cost FROM charges WHERE cost IN (SELECT a FROM read_csv('x'))",
        "SELECT cost FROM charges UNION ALL SELECT cost FROM read_csv('x')",
        "WITH t AS (SELECT * FROM read_csv('x')) SELECT * FROM t",
    ];
    for sql in everywhere {
        let refused = Statement::read(sql).unwrap_err();
        assert_eq!(refused.code(), "SQL-TABLE-FUNCTION", "{sql}");
        assert!(!refused.details().is_empty(), "{sql}");
    }
}

#[test]
fn a_file_in_the_place_of_a_table_is_no_table() {
    let arguments = ["query", "--sql", "SELECT * FROM 'charges.csv'", "exports"];
    insta::assert_snapshot!(refused(&arguments), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-TABLE]: there is no table `charges.csv`
      1 | SELECT * FROM 'charges.csv'
        |               ^
      hint: there are `charges`, (the other tables)
    ");
    let everywhere = [
        "SELECT * FROM \"x.parquet\"",
        "SELECT * FROM charges JOIN elsewhere ON 1 = 1",
        "SELECT cost FROM charges EXCEPT SELECT cost FROM elsewhere",
        "WITH t AS (SELECT * FROM elsewhere) SELECT * FROM t",
    ];
    for sql in everywhere {
        let refused = Statement::read(sql).unwrap_err();
        assert_eq!(refused.code(), "SQL-TABLE", "{sql}");
        assert!(!refused.details().is_empty(), "{sql}");
    }
    Statement::read("WITH t AS (SELECT cost FROM charges) SELECT a.cost FROM t AS a").unwrap();
}

#[test]
fn what_writes_is_refused_in_its_place_wherever_it_stands() {
    let everywhere = [
        "COPY charges TO 'x'",
        "CREATE TABLE t AS SELECT * FROM charges",
        "INSERT INTO charges SELECT * FROM charges",
        "UPDATE charges SET cost = 0",
        "DELETE FROM charges",
        "TRUNCATE TABLE charges",
        "SELECT * INTO t FROM charges",
        "SELECT * FROM charges FOR UPDATE",
        "WITH t AS (INSERT INTO charges VALUES (1)) SELECT * FROM charges",
    ];
    for sql in everywhere {
        let refused = Statement::read(sql).unwrap_err();
        assert!(["SQL-READ-ONLY", "SQL-SYNTAX"].contains(&refused.code()), "{sql}: {refused}");
        assert!(!refused.details().is_empty(), "{sql}");
    }
}

#[test]
fn a_mistyped_query_is_answered_with_the_one_meant() {
    let arguments = ["query", "cost_by_compnent", "exports"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 2
    --- stdout
    --- stderr
    error[SQL-NO-QUERY]: there is no query `cost_by_compnent`
      hint: did you mean `cost_by_component`?
      hint: `curtail query --list` lists every query
    ");
}

#[test]
fn a_query_of_the_users_folder_hides_the_bundled_one() {
    let sandbox = sandbox();
    let text = "-- question:  Which components are there?\n-- reads: charges\n\
                -- columns: component\n\
                SELECT DISTINCT component FROM charges ORDER BY component";
    sandbox.write("mine/cost_by_component.sql", text);
    let arguments = ["query", "cost-by-component", "exports", "--queries", "mine"];
    let shown = sandbox.curtail(&arguments).transcript();
    assert!(shown.contains("Which components are there?"), "{shown}");
    let arguments = ["query", "--list", "--queries", "mine"];
    let listed = sandbox.curtail(&arguments).transcript();
    assert!(listed.contains("Which components are there?") && listed.contains("cost_by_user"));
}

#[test]
fn a_query_without_its_question_is_refused() {
    let sandbox = sandbox();
    sandbox.write("mine/mine.sql", "SELECT cost FROM charges");
    let arguments = ["query", "mine", "exports", "--queries", "mine"];
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r"
    exit 1
    --- stdout
    --- stderr
    error[SQL-HEADER]: the query `mine` does not say its question
      hint: a query begins with the comments `-- question:`, `-- reads:` and `-- columns:`
    ");
}

#[test]
fn filters_and_months_are_applied_before_a_statement_sees_anything() {
    let sql = "SELECT SUM(cost) AS cost FROM charges";
    let arguments = ["query", "--sql", sql, "exports", "--where", "user=alice", "--format", "csv"];
    insta::assert_snapshot!(sandbox().curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    cost
    30.25
    --- stderr
    note[no-manifest]: no manifest for the files of 2026-10: completeness unverified
    ");
}

#[test]
fn columns_give_way_from_the_right_and_the_first_amount_stays() {
    let sandbox = sandbox();
    let sql = "SELECT user_profile_arn, cost, component, usage_hours, billing_period, \
               usage_type, region_code FROM charges ORDER BY cost DESC";
    let arguments = ["query", "--sql", sql, "exports"];
    insta::assert_snapshot!(sandbox.curtail(&arguments).transcript(), @r"
    exit 0
    --- stdout
    Query
    2026-10 · amortized cost · USD · UTC days · 4 source rows

    User    Cost  Component          Usage hours  Month    Usage type
    ────────────────────────────────────────────────────────────────────────────────
    —      40.00  hosting                    8.0  2026-10  Host:ml.m5.large
    alice  30.25  studio-jupyterlab         10.0  2026-10  Studio:JupyterLab-ml.t3.…
    bob    20.00  training                   4.0  2026-10  Train:ml.m5.large
    zoë     9.75  training                   2.0  2026-10  Train:ml.m5.large

    books: 4 rows in = 4 kept + 0 refused
    books: 100.00 USD in = 60.00 attributed + 40.00 unattributed and other services,
           difference 0
    invoice: 100.00 USD unblended for the same rows
    note: no manifest for the files of 2026-10: completeness unverified
    --- stderr
    ");
}
