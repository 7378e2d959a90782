//! Command: `curtail statement` as its users meet it.
//!
//! In:    arguments and a small bill.
//! Out:   goldens, folders of files, refusals.
//! Never: tests a number; `money` does.

use std::fs;

use super::{check_golden, sandbox};
use crate::support::Sandbox;

#[test]
fn a_statement_reads_well_on_a_screen_and_in_markdown() {
    let sandbox = sandbox();
    let search = ["statement", "bill.parquet", "--tenant", "search"];
    check_golden("search.txt", sandbox.curtail(&search));
    let markdown = [&search[..], &["--format", "markdown"]].concat();
    check_golden("search.md", sandbox.curtail(&markdown));
}

#[test]
fn all_statements_follow_their_index() {
    check_golden("all.txt", sandbox().curtail(&["statement", "bill.parquet", "--all"]));
}

#[test]
fn machines_get_every_line_in_one_table() {
    let sandbox = sandbox();
    let all = ["statement", "bill.parquet", "--all", "--format"];
    check_golden("all.csv", sandbox.curtail(&[&all[..], &["csv"]].concat()));
    check_golden("all.json", sandbox.curtail(&[&all[..], &["json"]].concat()));
}

#[test]
fn a_tenant_is_found_by_id_alias_and_name() {
    let sandbox = sandbox();
    let told =
        |name: &str| sandbox.curtail(&["statement", "bill.parquet", "--tenant", name]).succeeded();
    assert_eq!(told("srch"), told("search"));
    assert_eq!(told("Search & Ranking"), told("search"));
}

fn names(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(sandbox.path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const TO_FOLDER: [&str; 7] =
    ["statement", "bill.parquet", "--all", "--format", "csv", "-o", "statements"];

#[test]
fn a_folder_holds_a_file_per_tenant_and_an_index() {
    let sandbox = sandbox();
    sandbox.curtail(&TO_FOLDER).succeeded();
    assert_eq!(
        names(&sandbox, "statements"),
        [
            "ads-384bbb5dffb9.csv",
            "idle-97930749f3a3.csv",
            "index.csv",
            "platform-c58ca219bd38.csv",
            "search-56f8bbd8f835.csv",
            "unassigned.csv",
        ]
    );
}

#[test]
fn files_that_are_there_stay_unless_forced() {
    // H-119.
    let sandbox = sandbox();
    sandbox.write("statements/index.csv", "somebody's");
    let said = sandbox.curtail(&TO_FOLDER).failed_with(4);
    assert!(said.contains("IO-EXISTS") && said.contains("index.csv"), "{said}");
    assert_eq!(names(&sandbox, "statements"), ["index.csv"], "nothing was written beside it");
    assert_eq!(fs::read_to_string(sandbox.path("statements/index.csv")).unwrap(), "somebody's");
    sandbox.curtail(&[&TO_FOLDER[..], &["--force"]].concat()).succeeded();
    assert!(fs::read_to_string(sandbox.path("statements/index.csv")).unwrap().contains("search"));
}

#[cfg(unix)]
#[test]
fn a_link_in_the_way_is_never_followed() {
    let sandbox = sandbox();
    let precious = sandbox.write("precious.txt", "precious");
    fs::create_dir(sandbox.path("statements")).unwrap();
    let link = sandbox.path("statements/index.csv");
    std::os::unix::fs::symlink(&precious, &link).unwrap();
    let _ = sandbox.curtail(&TO_FOLDER).failed_with(4);
    sandbox.curtail(&[&TO_FOLDER[..], &["--force"]].concat()).succeeded();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert!(link.symlink_metadata().unwrap().is_file());
}

#[test]
fn a_folder_in_the_place_of_a_file_is_an_error_even_when_forced() {
    let sandbox = sandbox();
    sandbox.write("statements/index.csv/inside", "");
    let said = sandbox.curtail(&[&TO_FOLDER[..], &["--force"]].concat()).failed_with(4);
    assert!(said.contains("IO-WRITE"), "{said}");
}

#[test]
fn tenants_with_hostile_names_stay_inside_the_folder() {
    let sandbox = Sandbox::new();
    let domains: Vec<String> = (1..=4).map(|n| format!("2026-10-01 | {n} | d-{n}")).collect();
    let bill = format!("month | cost | domain\n{}", domains.join("\n"));
    crate::support::export::Export::cur2(&bill).write(&sandbox.path("bill.parquet"));
    let rule = |(at, id): (usize, &&str)| {
        let domain = at + 1;
        format!(
            "[tenants.{id:?}]\n[[rule]]\ntenant = {id:?}\nmatch = {{ domain = \"d-{domain}\" }}\n"
        )
    };
    let ids = ["../../evil", "TENANT", "tenant", "CON"];
    sandbox.write("tenants.toml", ids.iter().enumerate().map(rule).collect::<String>());
    sandbox.curtail(&TO_FOLDER).succeeded();
    assert_eq!(names(&sandbox, "statements").len(), 6);
    assert_eq!(names(&sandbox, "."), ["bill.parquet", "statements", "tenants.toml"]);
}
