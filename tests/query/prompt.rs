//! Prompt: questions one after the other, from a file and from a terminal.
//!
//! In:    a small export, lines.
//! Out:   failing tests.
//! Never: tests what a statement finds; the other modules do.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::{Outcome, Sandbox, repository};

use super::command::sandbox;

/// What `curtail query` answers to a file.
fn answered(sandbox: &Sandbox, arguments: &str, file: &str) -> Outcome {
    sandbox.write("questions.sql", file);
    let line = format!("\"$CURTAIL\" query exports {arguments} < questions.sql");
    sandbox.run(Command::new("sh").args(["-c", &line]))
}

#[test]
fn statements_of_a_file_are_answered_one_after_the_other() {
    let file = "-- two of them; and a comment\n.format csv\n\
                SELECT component,\n\n  SUM(cost) AS cost FROM charges\n\
                GROUP BY component ORDER BY cost DESC LIMIT 1; SELECT ';' AS text FROM charges\n\
                LIMIT 1;\n.month 2026-10\nSELECT SUM(cost) AS cost FROM charges WHERE 1 = 1";
    let answered = answered(&sandbox(), "", file).succeeded();
    let lines = ["format: csv", "component,cost", "\"hosting\",40", "text", "\";\""];
    let rest = ["months: 2026-10", "cost", "100"];
    assert_eq!(answered.lines().collect::<Vec<_>>(), [&lines[..], &rest[..]].concat());
}

#[test]
fn a_file_goes_on_behind_a_failure_and_its_exit_code_is_that_of_the_first() {
    let file = "SELECT cots FROM charges;\n.tabels\nnot_a_query;\nDROP TABLE charges;\n\
                SELECT * FROM read_csv('questions.sql');\n.format parquet\n.last\n\
                SELECT SUM(cost) AS cost FROM charges;";
    let answered = answered(&sandbox(), "--format csv", file);
    assert_eq!((answered.code, answered.stdout.as_str()), (Some(2), "cost\r\n100\r\n"));
    for told in [
        "error[SQL-COLUMN]: there is no column `cots`\n  1 | SELECT cots FROM charges\n",
        "  hint: did you mean `cost`?\n  hint: `.schema` lists every column\n",
        "error[PROMPT-COMMAND]: there is no command `.tabels`\n  hint: did you mean `.tables`?\n",
        "error[SQL-NO-QUERY]: there is no query `not_a_query`\n",
        "error[SQL-READ-ONLY]",
        "`parquet` is not for terminals",
        "error[PROMPT-NOTHING-YET]",
    ] {
        assert!(answered.stderr.contains(told), "{told}\n---\n{}", answered.stderr);
    }
}

#[test]
fn a_statement_is_saved_as_a_query_and_none_is_written_over() {
    let sandbox = sandbox();
    let file = "SELECT component, SUM(cost) AS cost FROM charges GROUP BY component;\n\
                .save by_component What does each cost?\n.save by_component\n.save ../outside\n\
                .save cost_by_user\nby_component;";
    std::fs::create_dir(sandbox.path("mine")).unwrap();
    let answered = answered(&sandbox, "--queries mine --format csv", file);
    assert_eq!(answered.code, Some(2));
    assert_eq!(answered.stderr.matches("error[PROMPT-SAVE]").count(), 3, "{}", answered.stderr);
    assert_eq!(answered.stdout.matches("component,cost").count(), 2, "{}", answered.stdout);
    let text = std::fs::read_to_string(sandbox.path("mine/by_component.sql")).unwrap();
    let expected = "-- question:  What does each cost?\n-- reads:     charges\n\
                    -- columns:   component, cost\n\n\
                    SELECT component, SUM(cost) AS cost FROM charges GROUP BY component\n";
    assert_eq!(text, expected);
    assert!(!sandbox.path("outside.sql").exists());
    let arguments = ["query", "by_component", "exports", "--queries", "mine"];
    assert!(sandbox.curtail(&arguments).succeeded().contains("What does each cost?"));
}

#[test]
fn columns_without_room_are_counted_and_shown_without_asking_again() {
    let sandbox = sandbox();
    let file = "SELECT user_profile_arn, cost, component, usage_hours, billing_period, usage_type,\
                region_code, operation FROM charges ORDER BY cost DESC;\n\
                .write all.csv\n.last --wide";
    let answered = answered(&sandbox, "", file).succeeded();
    let (narrow, wide) = answered.split_once("written: all.csv").unwrap();
    let told = "note: 2 columns are hidden (Region, Operation); `.last --wide` shows them\n";
    assert!(narrow.ends_with(told) && !narrow.contains("  Operation\n"), "{narrow}");
    assert!(wide.contains("Operation") && !wide.contains("hidden"), "{wide}");
    let written = std::fs::read_to_string(sandbox.path("all.csv")).unwrap();
    assert_eq!(written.lines().count(), 5, "{written}");
}

#[test]
fn a_file_that_is_written_takes_one_answer() {
    let sandbox = sandbox();
    let file = "SELECT 1 AS n FROM charges LIMIT 1;\nSELECT 2 AS n FROM charges LIMIT 1;";
    let answered = answered(&sandbox, "-o one.csv", file);
    assert_eq!((answered.code, answered.stdout.as_str()), (Some(2), ""));
    assert!(answered.stderr.contains("a file takes one answer"), "{}", answered.stderr);
    assert_eq!(std::fs::read_to_string(sandbox.path("one.csv")).unwrap(), "n\r\n1\r\n");
}

#[test]
fn no_question_at_all_is_a_mistake() {
    let sandbox = sandbox();
    for nothing in ["", "\n\n", "-- nothing\n"] {
        let answered = answered(&sandbox, "", nothing);
        assert_eq!(answered.code, Some(2));
        assert!(answered.stderr.starts_with("error: no query is named\nhint: "));
    }
}

/// Types into a terminal that Python holds; `None` where there is no Python.
#[expect(clippy::print_stderr, reason = "a test that cannot be made says so")]
fn typed(sandbox: &Sandbox, steps: &[(&str, &str)]) -> Option<Outcome> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("no python3 here: the terminal is not tried");
        return None;
    }
    let lines = steps.iter().map(|(mark, keys)| format!("{mark}\t{keys}\n"));
    sandbox.write("steps.txt", lines.collect::<String>());
    let program = repository().join("tests/query/terminal.py");
    let line = "python3 \"$0\" \"$CURTAIL\" query exports < steps.txt";
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).arg(program);
    Some(sandbox.run(&mut shell))
}

#[test]
fn a_terminal_completes_answers_forgives_and_remembers_for_its_owner_alone() {
    let sandbox = sandbox();
    let steps = [
        ("curtail", "SELECT compo\\t"),
        ("component", " AS c FROM charges WHERE component = \\'tra\\t"),
        ("\\'training\\'", ";\\r"),
        // Keys that come before the next prompt would be the terminal's, not ours.
        ("invoice: ", ""),
        ("curtail", "SELECT cots FROM charges;\\r"),
        ("did you mean `cost`?", ""),
        ("curtail", "SELECT"),
        ("SELECT", "\\x03"),
        ("curtail", ".limit 7\\r"),
        ("rows: 7", ""),
        ("curtail", "\\x04"),
    ];
    let Some(answered) = typed(&sandbox, &steps) else { return };
    assert_eq!((answered.code, answered.stderr.as_str()), (Some(0), ""), "{}", answered.stdout);
    let history = sandbox.path(".local/state/curtail/query_history");
    let remembered = std::fs::read_to_string(&history).unwrap();
    assert!(remembered.contains("WHERE component = 'training';"), "{remembered}");
    assert_eq!(history.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}
