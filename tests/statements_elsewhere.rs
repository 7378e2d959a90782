//! Statements elsewhere: the texts of `curtail sql`, which somebody has read.
//!
//! In:    command lines.
//! Out:   failing tests; `sql/NAME.sql`, one text of each dialect.
//! Never: runs a statement; `sql/check_statements.py` does, and compares what it finds.
//!
//! `CURTAIL_BLESS=1` writes the files anew; the difference is the review.

use std::fs;

use crate::support::{Sandbox, repository};

const TEXTS: [(&str, &str); 4] = [
    ("charges_athena", "sql --dialect athena --source billing.cur2 --by tag:CostCenter"),
    ("cost_by_user_athena", "sql cost_by_user --dialect athena --schema legacy --month 2026-10"),
    ("cost_by_user_spark", "sql cost_by_user --dialect spark --source billing.cur2"),
    ("change_by_service_duckdb", "sql change_by_service --dialect duckdb --month 2026-10"),
];

#[test]
fn a_statement_for_another_engine_is_the_one_that_was_read() {
    let sandbox = Sandbox::new();
    for (name, command) in TEXTS {
        let words: Vec<&str> = command.split_whitespace().collect();
        let told = sandbox.curtail(&words).succeeded();
        let path = repository().join(format!("tests/sql/{name}.sql"));
        if std::env::var_os("CURTAIL_BLESS").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(told == expected, "{name}: `CURTAIL_BLESS=1` shows what changed:\n{told}");
    }
}
