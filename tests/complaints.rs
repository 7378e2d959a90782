//! Complaints: every mistake that a user can make, and the words that answer it.
//!
//! In:    a small world per mistake, and a command in it.
//! Out:   `complaints/NAME.txt`: the command, what it said on stderr, how it ended.
//! Never: an answer on stdout beside a complaint, a path of this machine, or a mistake untold.
//!
//! `CURTAIL_BLESS=1` writes the files anew; the difference is the review. The folder's README is
//! the user's reference of errors.

mod closings;
mod codes;
mod policies;
mod stores;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use codes::{codes_in, codes_of_sources};

use crate::support::export::{Amounts, Export, Schema};
use crate::support::{Sandbox, repository};

/// A mistake: its name, the world in which it is made, the command.
type Case = (&'static str, fn(&Sandbox), &'static str);

/// A good month, for mistakes of the command line.
fn good(sandbox: &Sandbox) {
    bill().write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
}

fn bill() -> Export {
    Export::cur2("cost | user\n1 | d-1/alice\n2 | -")
}

/// Writes one data file that is not as it should be.
fn one(sandbox: &Sandbox, export: &Export) {
    export.write(&sandbox.path("bill.parquet"));
}

fn damaged(sandbox: &Sandbox, damage: fn(Vec<u8>) -> Vec<u8>) {
    sandbox.write("bill.parquet", damage(bill().bytes()));
}

/// A CUR 2.0 month whose manifest names these files; the first `here` of them exist.
fn delivered(sandbox: &Sandbox, names: &[&str], here: usize) {
    let period = "BILLING_PERIOD=2026-10";
    let keys: Vec<_> = names.iter().map(|n| format!("s3://b/e/data/{period}/{n}")).collect();
    let manifest = format!("{{\"executionId\":\"run\",\"dataFiles\":{keys:?}}}");
    sandbox.write(format!("exports/metadata/{period}/e-Manifest.json"), manifest);
    for name in &names[..here] {
        bill().write(&sandbox.path(format!("exports/data/{period}/{name}")));
    }
}

fn every() -> impl Iterator<Item = &'static Case> {
    let others = [closings::CASES, policies::CASES, stores::CASES];
    CASES.iter().chain(others.into_iter().flatten())
}

const CASES: &[Case] = &[
    // The command line.
    ("unknown_command", |_| {}, "spnd exports"),
    ("no_source", |_| {}, "spend"),
    ("unknown_dimension", good, "spend exports --by domian"),
    ("unknown_dimension_far_off", good, "spend exports --by weather"),
    ("unknown_metric", good, "spend exports --metric amortised"),
    ("unknown_format", good, "spend exports --format excel"),
    ("filter_without_value", good, "spend exports --where alice"),
    ("filter_of_unknown_dimension", good, "spend exports --where usr=alice"),
    ("month_mistyped", good, "spend exports --month 2026-13"),
    ("period_backwards", good, "spend exports --period 2026-10..2026-09"),
    ("month_and_period", good, "spend exports --month 2026-10 --period 2026-09..2026-10"),
    ("no_threads", good, "spend exports --threads 0"),
    ("csv_of_several_tables", good, "check exports --format csv"),
    // Where the bill is.
    ("no_such_path", |_| {}, "spend exprots"),
    ("not_a_file", |_| {}, "spend /dev/null"),
    ("month_not_there", good, "spend exports --month 2026-09"),
    ("month_not_in_a_file", |sandbox| one(sandbox, &bill()), "spend bill.parquet --month 2026-09"),
    ("folder_without_exports", |s| drop(s.write("exports/notes.txt", "")), "spend exports"),
    ("folder_of_csv", |s| drop(s.write("exports/e-00001.csv.gz", "")), "spend exports"),
    ("manifest_as_source", |s| delivered(s, &["e-00001.parquet"], 1), MANIFEST_AS_SOURCE),
    (
        "manifest_names_absent_file",
        |s| delivered(s, &["e-00001.parquet", "e-00002.parquet"], 1),
        "spend exports",
    ),
    ("manifest_names_csv", |s| delivered(s, &["e-00001.csv.gz"], 0), "spend exports"),
    (
        "manifest_cut_short",
        |s| drop(s.write("exports/20261001-20261101/e-Manifest.json", "{\"reportKeys\":[\"a")),
        "spend exports",
    ),
    ("two_exports", two_exports, "spend exports"),
    ("month_in_two_spellings", two_spellings, "spend exports"),
    ("same_file_twice", same_file_twice, "spend exports"),
    // What a data file holds.
    ("empty_file", |s| drop(s.write("bill.parquet", "")), "spend bill.parquet"),
    ("text_named_parquet", |s| drop(s.write("bill.parquet", TEXT)), "spend bill.parquet"),
    (
        "gzip_named_parquet",
        |s| drop(s.write("bill.parquet", b"\x1f\x8b\x08\0\0\0\0\0\0\x03abcdefgh")),
        "spend bill.parquet",
    ),
    (
        "file_cut_short",
        |s| damaged(s, |bytes| bytes[..bytes.len() / 2].to_vec()),
        "spend bill.parquet",
    ),
    ("page_damaged", page_damaged, "spend bill.parquet"),
    ("status_table", |s| one(s, &status_table()), "spend bill.parquet"),
    ("focus_export", |s| one(s, &focus()), "spend bill.parquet"),
    (
        "not_a_bill",
        |s| one(s, &Export::cur2("some_name\nx").only(&["some_name"])),
        "spend bill.parquet",
    ),
    ("no_cost_column", |s| one(s, &bill().without(&["cost"])), "spend bill.parquet"),
    ("no_line_type_column", |s| one(s, &bill().without(&["type"])), "spend bill.parquet"),
    ("cost_as_text", |s| one(s, &bill().retyped("cost", Amounts::Text)), "spend bill.parquet"),
    ("cost_as_integer", |s| one(s, &bill().retyped("cost", Amounts::Long)), "spend bill.parquet"),
    ("tags_as_text", |s| one(s, &tags_as_text()), "spend bill.parquet"),
    ("cost_not_a_number", |s| one(s, &Export::cur2("cost\n1\nNaN")), "spend bill.parquet"),
    ("cost_infinite", |s| one(s, &Export::cur2("cost\n1\n-inf")), "spend bill.parquet"),
    ("cost_implausible", |s| one(s, &Export::cur2("cost\n1\n1e20")), "spend bill.parquet"),
    ("column_twice", |s| one(s, &column_twice()), "spend bill.parquet"),
    // What people write about tenants.
    ("rules_with_mistakes", |s| ruled(s, MISTAKES), "spend exports --tenants rules.toml"),
    ("rules_that_are_no_toml", |s| ruled(s, "[[rule]\n"), "spend exports --tenants rules.toml"),
    ("rules_not_there", good, "spend exports --tenants rules.toml"),
    ("maps_with_mistakes", mapped, "spend exports"),
    ("split_without_base", |s| shared(s, NO_BASE, ""), "spend exports --by tenant"),
    ("split_by_negative_base", |s| shared(s, NEGATIVE, CREDIT), "spend exports --by tenant"),
    ("split_driver_of_other_months", |s| shared(s, DRIVER, ""), "spend exports --by tenant"),
    ("explain_month_against_itself", good, SAME_MONTH),
    ("driver_with_mistakes", driven, "spend exports --tenants rules.toml"),
    // Statements and explanations.
    ("tenant_mistyped", tenanted, "statement exports --tenant serch"),
    ("tenant_far_off", tenanted, "statement exports --tenant weather"),
    ("tenant_of_two_names", tenanted, "statement exports --tenant Team"),
    ("tenants_without_rules", good, "statement exports --tenant d-2"),
    ("statement_of_nobody", tenanted, "statement exports"),
    ("statement_as_a_picture", tenanted, "statement exports --all --format png"),
    ("statement_of_two_months", tenanted, "statement exports --all --period 2026-09..2026-10"),
    ("statement_of_no_month", tenanted, "statement exports --all --month 2026-08"),
    ("statement_of_nothing", |s| one(s, &Export::cur2("cost")), "statement bill.parquet --all"),
    ("statements_there_already", stated, "statement exports --all -o statements"),
    ("explain_nobody", tenanted, "explain exports"),
    ("explain_user_mistyped", tenanted, "explain exports --user alicia"),
    ("explain_resource_not_there", tenanted, "explain exports --resource i-0"),
    // Where the answer goes.
    ("output_folder_missing", good, "spend exports -o nowhere/answer.csv"),
    ("output_is_a_folder", good, "spend exports -o exports --format csv"),
    ("output_below_a_file", below_a_file, "spend exports -o file.txt/answer.csv"),
    ("maps_there_already", maps_there, "maps exports -o maps"),
    ("sample_over_something", good, "sample exports --rows 1000"),
    ("sample_without_rows", |_| {}, "sample demo --rows 0"),
];

const MANIFEST_AS_SOURCE: &str = "spend exports/metadata/BILLING_PERIOD=2026-10/e-Manifest.json";
const TEXT: &str = "line_item_usage_account_id,line_item_unblended_cost\n111122223333,1.5\n";

const SAME_MONTH: &str = "explain exports --user alice --month 2026-10 --against 2026-10";

const TWO: &str = "[tenants.search]\n[tenants.ads]\n\n\
                   [[rule]]\ntenant = \"search\"\nmatch.user = \"alice\"\n\n";
const NO_BASE: &str = "match.line-type = \"Tax\"\nmethod = \"proportional\"\n\
                       targets = [\"ads\"]\non_zero = \"refuse\"\n";
const NEGATIVE: &str = "match.line-type = \"Tax\"\nmethod = \"proportional\"\n\
                        on_negative = \"refuse\"\n";
const CREDIT: &str = "\nCredit | -9 | d-1/alice";
const DRIVER: &str = "match.line-type = \"Tax\"\nmethod = \"driver\"\nfile = \"seats.csv\"\n";

/// Nearly all that is easily mistyped.
const MISTAKES: &str = r#"
[tenants.search]
[tenants.ads]

[[rule]]
tenant = "serach"
mtach = { domain = "d-1" }

[[rule]]
tenant = "ads"
match = { acount = 111122223333 }
from = 2026-10-12
to = 2026-10-01

[[split]]
name = "tax\u001b[31m"
match = {}
method = "fixed"
percent = { search = 120, ads = -5 }
"#;

fn ruled(sandbox: &Sandbox, text: &str) {
    good(sandbox);
    sandbox.write("rules.toml", text);
}

/// Two tenants, one split, more lines of a bill.
fn shared(sandbox: &Sandbox, split: &str, lines: &str) {
    let bill =
        Export::cur2(&format!("type | cost | user\nUsage | 4 | d-1/alice\nTax | 2 | -{lines}"));
    bill.write(&sandbox.path("exports/BILLING_PERIOD=2026-10/e-00001.parquet"));
    sandbox.write("exports/tenants.toml", format!("{TWO}[[split]]\nname = \"tax\"\n{split}"));
    sandbox.write("exports/seats.csv", "date,target,amount\n2026-08,ads,3\n2026-09-01,ads,4\n");
}

fn mapped(sandbox: &Sandbox) {
    good(sandbox);
    let rows = "space_arn,owner_profile_arn\ns1,p1\ns1,p1\ns1,p2\n";
    sandbox.write("exports/spaces.csv", rows);
}

fn driven(sandbox: &Sandbox) {
    ruled(
        sandbox,
        "[tenants.ads]\n[[split]]\nname = \"tax\"\nmatch.line-type = \"Tax\"\n\
         method = \"driver\"\nfile = \"seats.csv\"\n",
    );
    sandbox.write("seats.csv", "date,target,amount\n2026-10,ads,-1\n2026-10,adds,many\n");
}

/// A good month under rules.
fn tenanted(sandbox: &Sandbox) {
    good(sandbox);
    let rules = "[tenants.search]\nname = \"Team\"\n[tenants.ads]\nname = \"Team\"\n\
                 [[rule]]\ntenant = \"search\"\nmatch = { user = \"alice\" }\n";
    sandbox.write("exports/tenants.toml", rules);
}

fn stated(sandbox: &Sandbox) {
    tenanted(sandbox);
    sandbox.write("statements/index.txt", "somebody's");
}

fn two_exports(sandbox: &Sandbox) {
    let legacy = bill().in_schema(Schema::LegacyCur);
    legacy.write(&sandbox.path("exports/old/year=2026/month=10/old-00001.parquet"));
    bill().write(&sandbox.path("exports/new/data/BILLING_PERIOD=2026-10/new-00001.parquet"));
}

fn two_spellings(sandbox: &Sandbox) {
    for month in ["month=3", "month=03"] {
        bill().write(&sandbox.path(format!("exports/year=2026/{month}/e-00001.parquet")));
    }
}

fn same_file_twice(sandbox: &Sandbox) {
    for name in ["e-00001.parquet", "e-00002.parquet"] {
        bill().write(&sandbox.path(format!("exports/BILLING_PERIOD=2026-10/{name}")));
    }
}

fn maps_there(sandbox: &Sandbox) {
    good(sandbox);
    sandbox.write("maps/profiles.csv", "");
}

fn below_a_file(sandbox: &Sandbox) {
    good(sandbox);
    sandbox.write("file.txt", "");
}

/// One bit of a page's body turns.
fn page_damaged(sandbox: &Sandbox) {
    let rows = "Usage | 1.25 | d-1/alice\n".repeat(400);
    let mut bytes = Export::cur2(&format!("type | cost | user\n{rows}")).bytes();
    let at = bytes.windows(5).position(|window| window == b"alice").unwrap();
    bytes[at - 40..at].fill(0xff);
    sandbox.write("bill.parquet", bytes);
}

fn status_table() -> Export {
    Export::cur2("the_status\nREADY").only(&["the_status"]).renamed("the_status", "status")
}

fn focus() -> Export {
    Export::cur2("cost | list\n1 | 2")
        .only(&["cost", "list", "day", "account"])
        .renamed("cost", "BilledCost")
        .renamed("list", "EffectiveCost")
        .renamed("day", "ChargePeriodStart")
        .renamed("account", "SubAccountId")
}

fn tags_as_text() -> Export {
    Export::cur2("cost | resource_tags\n1 | {}").tags_in(&[])
}

fn column_twice() -> Export {
    let twin = Export::cur2("cost | second_cost\n1 | 2").retyped("second_cost", Amounts::Double);
    twin.renamed("second_cost", "LINE_ITEM_UNBLENDED_COST")
}

fn folder() -> PathBuf {
    repository().join("tests/complaints")
}

/// The command, its words on stderr and its exit code.
fn told(case: &Case) -> String {
    let (name, world, command) = case;
    let sandbox = Sandbox::new();
    world(&sandbox);
    let arguments: Vec<&str> = command.split(' ').collect();
    let outcome = sandbox.curtail(&arguments);
    assert!(outcome.stdout.is_empty(), "{name} has an answer: {}", outcome.transcript());
    let mut text = format!("$ curtail {command}\n");
    text.push_str(&outcome.stderr);
    writeln!(text, "exit {}", outcome.code.unwrap_or(-1)).unwrap();
    text
}

#[test]
fn every_mistake_is_answered_word_for_word() {
    let mut wrong = Vec::new();
    for case in every() {
        let (told, path) = (told(case), folder().join(format!("{}.txt", case.0)));
        if std::env::var_os("CURTAIL_BLESS").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if told != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- told\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_complaint_has_a_code_a_place_and_a_next_step() {
    for (path, text) in complaints() {
        let name = path.display();
        let is_usage = text.contains("\nexit 2\n");
        let first = text.lines().nth(1).unwrap_or_default();
        assert!(is_usage || first.starts_with("error["), "{name}: {first}");
        assert!(!first.ends_with('.') || is_usage, "{name}: {first}");
        assert!(is_usage || text.contains("\n  hint: "), "{name} says nothing to do");
        for word in ["panicked", "unwrap", "RUST_BACKTRACE", "exit 70"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn no_file_of_the_folder_is_forgotten() {
    let all = every();
    let cases: BTreeSet<String> = all.map(|(name, ..)| (*name).to_owned()).collect();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let files: BTreeSet<String> = complaints().iter().map(|(path, _)| stem(path)).collect();
    assert_eq!(cases, files);
}

#[test]
fn the_reference_names_every_code_and_every_example() {
    let reference = fs::read_to_string(folder().join("README.md")).unwrap();
    for (path, _) in complaints() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(reference.contains(&format!("({name})")), "{name} is not in the reference");
    }
    let named = codes_in(&reference, '`');
    let used = codes_of_sources(&repository().join("src"));
    assert!(used.len() > 50, "{used:?}");
    assert_eq!(used, named, "codes of `src` on the left, of the reference on the right");
}

fn complaints() -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<(PathBuf, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    texts.sort();
    texts
}
