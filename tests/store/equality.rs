//! Equality: a store answers as the export that it was filled from.
//!
//! In:    the committed samples in both schemas, real exports, rules of the examples.
//! Out:   for every question the same JSON, byte for byte, from the store and from the files.
//! Never: asks whether an answer is right; others do.

use std::fmt::Write as _;
use std::path::Path;

use curtail::sample::{self, SamplePlan, SampleSchema};

use crate::support::{Sandbox, sample_data};

/// Every dimension that the samples know, alone.
const ALONE: &[&str] = &[
    "domain",
    "user",
    "space",
    "app",
    "component",
    "instance-type",
    "service",
    "usage-type",
    "operation",
    "line-type",
    "account",
    "payer",
    "region",
    "currency",
    "month",
    "day",
    "reason",
    "tenant",
    "pool",
    "rule",
    "tag:team",
    "tag:studiouserid",
    "tag:Name",
    "category:team",
    "category:Team",
];

/// Several at once, with filters, metrics and months.
const TOGETHER: &[&str] = &[
    "--by domain,user,space",
    "--by domain,user,space --metric unblended",
    "--by domain,user,space --metric net_amortized",
    "--by domain,user,space --metric net_unblended",
    "--by domain,user,space --metric list",
    "--by domain,user,space --metric blended",
    "--by account,service,usage-type,operation,line-type",
    "--by day,component,instance-type --where service=AmazonSageMaker",
    "--by user,day --month 2026-10",
    "--by month,user --period 2026-09..2026-10",
    "--by reason,line-type --where user=",
    "--by tag:team,tag:studiouserid,category:team --where reason=tag",
    "--by region,app --where component=jupyterlab --where component=notebook-instance",
];

/// Questions that name a resource: equal only where every id is kept.
const RESOURCES: &[&str] = &[
    "--by resource",
    "--by resource,day,reason --metric unblended",
    "--by service,resource --where line-type=Usage",
];

/// A source in a store of its own.
struct Pair {
    sandbox: Sandbox,
    source: String,
    keep: &'static str,
}

impl Pair {
    fn of(source: &Path, keep: &'static str) -> Self {
        let pair =
            Self { sandbox: Sandbox::new(), source: source.to_str().unwrap().to_owned(), keep };
        let ingest = ["ingest", &pair.source, "--store", "store", "--keep", keep];
        let _ = pair.sandbox.curtail(&ingest).succeeded();
        pair
    }

    /// What is different between the two answers to a command; nothing is good.
    fn difference(&self, command: &str) -> Option<String> {
        let mut words: Vec<&str> = command.split(' ').collect();
        let name = words.remove(0);
        let asked = |source: [&str; 2]| {
            let all: Vec<&str> =
                [name].into_iter().chain(source).chain(words.iter().copied()).collect();
            without_what_only_a_store_knows(&self.sandbox.curtail(&all).transcript())
        };
        let (files, store) = (asked(["--from", &self.source]), asked(["--store", "store"]));
        let differs = files.lines().zip(store.lines()).find(|(ours, theirs)| ours != theirs);
        let (ours, theirs) = match differs {
            Some(differs) => differs,
            None if files == store => return None,
            None => ("(ends)", "(goes on, or the other way round)"),
        };
        Some(format!("{command} ({})\n  files: {ours}\n  store: {theirs}\n", self.keep))
    }

    #[track_caller]
    fn answers_alike<C: AsRef<str>>(&self, commands: impl IntoIterator<Item = C>) {
        let mut broken = String::new();
        for command in commands {
            let difference = self.difference(command.as_ref());
            broken.write_str(&difference.unwrap_or_default()).unwrap();
        }
        assert!(broken.is_empty(), "{}:\n{broken}", self.source);
    }
}

/// A store says of a statement whether its month is open, settled or closed; and it knows of rows
/// without an invoice, which make a month provisional however old it is.
fn without_what_only_a_store_knows(told: &str) -> String {
    let told = match told.split_once("  \"provisional\": [\n") {
        Some((before, after)) => format!("{before}{}", after.split_once("  ],\n").unwrap().1),
        None => told.to_owned(),
    };
    let known = ["  \"subject\": {\n    \"status\": ", "    \"status\": "];
    let Some((before, status)) = known.iter().find_map(|head| told.split_once(head)) else {
        return told;
    };
    let (_, after) = status.split_once('\n').unwrap();
    let after = after.strip_prefix("  },\n").unwrap_or(after);
    format!("{before}{after}")
}

fn alone() -> impl Iterator<Item = String> {
    ALONE.iter().map(|word| format!("spend --by {word} --format json"))
}

fn spends(questions: &'static [&'static str]) -> impl Iterator<Item = String> {
    questions.iter().map(|words| format!("spend {words} --format json"))
}

/// Every command that reads, under rules.
fn under_rules(rules: &str) -> Vec<String> {
    let rules = sample_data(&format!("tenants/{rules}/tenants.toml"));
    let with = |words: &str| format!("{words} --tenants {} --format json", rules.display());
    let mut commands: Vec<String> = [
        "spend --by tenant,pool,rule",
        "spend --by tenant,user,day --metric net_amortized --month 2026-10",
        "statement --all",
        "statement --all --month 2026-09 --metric unblended",
        "explain --tenant search",
        "explain --tenant search --month 2026-10 --against 2026-09",
        "check",
    ]
    .map(with)
    .to_vec();
    commands.retain(|command| {
        rules.to_str().unwrap().contains("domain") || !command.contains("explain")
    });
    commands
}

const SUBJECTS: &[&str] = &[
    "explain --user zoë-nowak --format json",
    "explain --user alice-müller --month 2026-10 --against 2026-09 --format json",
    "check --format json",
    "check --month 2026-10 --format json",
];

#[test]
fn a_sample_of_cur_2_alone() {
    Pair::of(&sample_data("cur2"), "all").answers_alike(alone());
}

#[test]
fn a_sample_of_cur_2_together() {
    let pair = Pair::of(&sample_data("cur2"), "all");
    pair.answers_alike(spends(TOGETHER).chain(spends(RESOURCES)));
    pair.answers_alike(SUBJECTS);
}

#[test]
fn a_sample_of_legacy_cur() {
    let pair = Pair::of(&sample_data("legacy"), "all");
    pair.answers_alike(alone().step_by(2));
    pair.answers_alike(spends(TOGETHER).chain(spends(RESOURCES)));
    pair.answers_alike(SUBJECTS);
}

#[test]
fn a_sample_under_three_ways_to_be_a_tenant() {
    let pair = Pair::of(&sample_data("cur2"), "all");
    for rules in ["domain-per-tenant", "account-per-tenant", "custom-tag"] {
        pair.answers_alike(under_rules(rules));
    }
}

#[test]
fn a_sample_without_the_resource_ids_of_other_services() {
    let pair = Pair::of(&sample_data("cur2"), "owners");
    pair.answers_alike(alone().step_by(3));
    pair.answers_alike(spends(TOGETHER));
    let (explained, others): (Vec<_>, Vec<_>) = under_rules("domain-per-tenant")
        .into_iter()
        .partition(|command| command.starts_with("explain"));
    pair.answers_alike(others);
    for command in explained {
        // Its leaves are resources; the store says that it does not know them.
        let words: Vec<&str> = command.split(' ').chain(["--store", "store"]).collect();
        let told = pair.sandbox.curtail(&words).succeeded();
        assert!(told.contains("resource-dropped"), "{command}");
    }
    let legacy = Pair::of(&sample_data("legacy"), "owners");
    legacy.answers_alike(spends(TOGETHER).step_by(2));
    legacy.answers_alike(SUBJECTS.iter().filter(|command| command.starts_with("check")));
}

#[test]
fn real_exports() {
    for source in
        ["real/cur2-ha-portal/ha-project-CUR-daily-1/parquet-twin", "real/legacy-workshop-cur"]
    {
        let pair = Pair::of(&sample_data(source), "all");
        pair.answers_alike(alone().step_by(2));
        pair.answers_alike(spends(RESOURCES));
        pair.answers_alike(["spend --by domain,user,space --format json", "check --format json"]);
    }
}

#[test]
fn skeletons_of_maps() {
    let pair = Pair::of(&sample_data("cur2"), "all");
    let sandbox = &pair.sandbox;
    sandbox.curtail(&["maps", "--from", &pair.source, "-o", "by-files"]).succeeded();
    sandbox.curtail(&["maps", "--store", "store", "-o", "by-store"]).succeeded();
    for name in ["spaces.csv", "profiles.csv", "efs-usage.csv"] {
        let read = |folder: &str| std::fs::read_to_string(sandbox.path(folder).join(name)).unwrap();
        assert_eq!(read("by-files"), read("by-store"));
    }
}

#[test]
fn a_sample_by_the_hour() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = SamplePlan::new(folder.path().join("export"), 100_000, SampleSchema::Cur2);
    plan = plan.months(1);
    plan.idle = true;
    sample::write_export(&plan, &mut |_| {}).unwrap();
    let pair = Pair::of(&plan.out, "hours");
    pair.answers_alike([
        "report idle --time-zone Europe/Berlin --idle-after 5 --format json",
        "query hours_of_week_by_user --limit 0 --format csv",
        "spend --by user,day --format json",
        "spend --by domain,user,space --metric net_amortized --format json",
        "spend --by component,region,account --format json",
    ]);
}
