//! Commands: what `ingest`, `status`, `verify` and `gc` say.
//!
//! In:    a shop with news.
//! Out:   their words and their JSON.
//! Never: repeats what the tables hold; the report's own tests do.

use serde_json::json;

use super::{FIRST, INGEST, Shop};
use crate::support::export::Export;

#[test]
fn an_ingest_says_a_line_per_month_and_nothing_new_the_second_time() {
    let shop = Shop::with_news();
    let said = shop.run(INGEST);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert!(lines[0].starts_with("2026-10            4 rows  "), "{}", said.transcript());
    assert!(lines[0].ends_with("  version 2, replaces version 1"), "{}", said.transcript());
    assert_eq!(lines[1..], ["1 month stored, in store"]);
    assert!(said.stderr.contains("note[no-manifest]"), "{}", said.stderr);
    let again = shop.run(INGEST).succeeded();
    let lines: Vec<&str> = again.lines().collect();
    assert!(lines[0].ends_with("  version 2, unchanged"), "{again}");
    assert_eq!(lines[1..], ["nothing new: 1 month unchanged, in store"]);
}

#[test]
fn an_ingest_tells_machines_what_it_did_and_what_the_months_hold() {
    let shop = Shop::with_news();
    let told = shop.run(&format!("{INGEST} --json")).json();
    assert_eq!(told["schema_version"], 1);
    assert_eq!(told["subject"]["store"], "store");
    let [months, holdings] = [0, 1].map(|section| told["sections"][section]["rows"][0].clone());
    for (key, value) in [
        ("billing_period", json!("2026-10")),
        ("outcome", json!("replaced")),
        ("version", json!(2)),
        ("replaced_version", json!(1)),
        ("source_rows", json!(4)),
        ("refused_rows", json!(0)),
        ("files", json!(1)),
    ] {
        assert_eq!(months[key], value, "{key}");
    }
    assert_eq!(holdings["unblended_cost"], "10.75");
    assert_eq!(holdings["currency"], "USD");
}

#[test]
fn the_store_is_where_the_option_the_environment_or_the_home_says() {
    let shop = Shop::new();
    shop.deliver(FIRST);
    shop.run("ingest exports").succeeded();
    assert!(shop.sandbox.path(".local/share/curtail/catalogue.sqlite").exists());
    assert_eq!(
        super::answer_of(&shop.run("spend --by user --format json").json()),
        super::FIRST_ANSWER
    );
}

#[test]
fn of_twelve_months_only_the_one_that_was_delivered_anew_is_read() {
    let shop = Shop::new();
    let deliver = |month: u32, cost: u32| {
        let bill = format!("cost | day | month\n{cost} | 2025-{month:02}-01 | 2025-{month:02}-01");
        let file = format!("exports/BILLING_PERIOD=2025-{month:02}/e-00001.parquet");
        Export::cur2(&bill).write(&shop.sandbox.path(file));
    };
    for month in 1..=12 {
        deliver(month, month);
    }
    shop.ingest().succeeded();
    deliver(7, 70);
    // As a copy would: another time, the same bytes.
    deliver(8, 8);
    let said = shop.ingest().succeeded();
    let outcomes: Vec<&str> =
        said.lines().filter_map(|line| line.split(", ").nth(1)).filter(|w| !w.is_empty()).collect();
    let mut expected = vec!["unchanged"; 12];
    expected[6] = "replaces version 7";
    assert_eq!(outcomes[..12], expected, "{said}");
    assert!(said.ends_with("1 month stored, 11 unchanged, in store\n"), "{said}");
}

#[test]
fn garbage_is_told_before_it_is_removed() {
    let shop = Shop::with_news();
    shop.ingest().succeeded();
    shop.deliver(FIRST);
    shop.ingest().succeeded();
    let fates = |command: &str| -> Vec<String> {
        let told = shop.run(command).json();
        let rows = told["rows"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| format!("{} {}", row["version"], row["fate"].as_str().unwrap()))
            .collect()
    };
    let files = shop.files();
    let tried = fates("gc --store store --dry-run --format json");
    assert_eq!(tried, ["1 to remove", "2 kept", "3 kept"]);
    assert_eq!(shop.files(), files);
    assert_eq!(fates("gc --store store --format json"), ["1 removed", "2 kept", "3 kept"]);
    assert_eq!(fates("gc --store store --all --format json"), ["2 removed", "3 kept"]);
    assert_eq!(fates("gc --store store --format json"), ["3 kept"]);
    shop.is_sound();
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_looking_for_it() {
    let shop = Shop::new();
    for command in ["status", "verify", "gc", "gc --dry-run", "spend"] {
        let said = shop.run(&format!("{command} --store store")).failed_with(1);
        assert!(said.contains("STORE-ABSENT") && said.contains("hint: "), "{said}");
        assert!(!shop.store().exists(), "{command}");
    }
}
