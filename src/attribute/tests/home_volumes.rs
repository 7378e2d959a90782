//! Home volumes: what a file system costs, split to the users whose files lie on it.
//!
//! In:    charges of volumes, bytes by day and uid, profiles behind uids.
//! Out:   parts by user; what stays with the domain, and why.
//! Never: loses a pico-unit.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{HEAD, charges, check, lines, profiles, question, spaces};
use crate::attribute::{Untold, attribute};
use crate::model::maps::{EfsUsage, Maps};
use crate::model::period::Day;
use crate::model::tenancy::Tenancy;

const VOLUME: &str = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1";

/// `day file-system uid bytes`.
fn usage(lines: &[&str]) -> Vec<EfsUsage> {
    let row = |(line, text): (u64, &&str)| {
        let cells: Vec<&str> = text.split(' ').collect();
        EfsUsage {
            day: Day::parse(&format!("2026-10-{}", cells[0])).unwrap(),
            file_system_id: cells[1].to_owned(),
            uid: cells[2].to_owned(),
            bytes: cells[3].parse().unwrap(),
            line,
        }
    };
    (2..).zip(lines).map(row).collect()
}

fn tenancy() -> Tenancy {
    let profiles = profiles(&[
        "d-1/alice,200001,ads,..",
        "d-1/bob,200002,search,..2026-10-12",
        "d-1/bob-two,200002,search,2026-10-12..",
        "d-2/cleo,200003,,..",
        "d-2/alice,200001,,..",
        "d-1/one,200004,,..",
        "d-1/two,200004,,..",
        "space/d-1/team,200005,,..",
        "space/d-1/private,200006,,..",
    ]);
    let efs_usage = usage(&[
        "11 fs-1 200001 1",
        "11 fs-1 200002 2",
        "12 arn:aws:elasticfilesystem:us-east-1:1:file-system/FS-1 200002 5",
        "12 fs-1 200003 1",
        "12 fs-1 999999 1",
        "12 fs-1 200004 1",
        "13 fs-1 200005 3",
        "13 fs-1 200006 1",
        "14 fs-1 200001 0",
        "15 fs-2 200001 1",
    ]);
    let spaces = spaces(&["d-1/private,d-1/alice,.."]);
    Tenancy { maps: Maps { spaces, efs_usage, ..profiles }, ..Tenancy::default() }
}

fn table(days: &[(u32, &str)]) -> String {
    let mut table = "cost | day | managed_by | arn | product\n".to_owned();
    for (day, cost) in days {
        writeln!(table, "{cost} | 2026-10-{day} | d-1 | {VOLUME} | AmazonEFS").unwrap();
    }
    table
}

fn told(untold: &[Untold]) -> Vec<String> {
    let line = |of: &Untold| {
        let names: Vec<&str> = of.names.iter().map(String::as_str).collect();
        format!("{:?} {} {} {}", of.why, of.file_system, of.cost, names.join(" "))
    };
    untold.iter().map(line).collect()
}

#[test]
fn a_volume_is_split_by_bytes_on_each_day_and_the_rest_stays_with_the_domain() {
    let table = table(&[(11, "1"), (12, "8"), (13, "4"), (14, "7"), (15, "9")]);
    check(
        &table,
        &tenancy(),
        "day,user,space,reason",
        "2026-10-11 | alice   | -       | efs | 0.333333333333 | attributed
         2026-10-11 | bob     | -       | efs | 0.666666666667 | attributed
         2026-10-12 | bob-two | -       | efs | 5              | attributed
         2026-10-12 | -       | -       | efs | 1              | attributed
         2026-10-12 | -       | -       | efs | 1              | attributed
         2026-10-12 | -       | -       | efs | 1              | attributed
         2026-10-13 | -       | team    | efs | 3              | attributed
         2026-10-13 | alice   | private | efs | 1              | attributed
         2026-10-14 | -       | -       | efs | 7              | attributed
         2026-10-15 | -       | -       | efs | 9              | attributed",
    );
    let found = attribute(charges(&table), &tenancy(), &question("user")).unwrap();
    assert_eq!(
        told(&found.untold),
        [
            "NoUsage fs-1 16 2026-10-14 2026-10-15",
            "UnknownUid fs-1 1 999999",
            "UidOfOtherDomain fs-1 1 200003",
            "UidOfTwo fs-1 1 200004",
        ]
    );
}

#[test]
fn parts_of_a_volume_go_to_the_tenants_of_their_users() {
    check(
        &table(&[(11, "3"), (14, "7")]),
        &tenancy(),
        "tenant,rule",
        "ads    | profiles.csv:2 | 1 | attributed
         search | profiles.csv:3 | 2 | attributed
         -      | -              | 7 | unattributed",
    );
}

#[test]
fn a_volume_of_no_domain_or_with_a_tag_of_its_own_is_not_split() {
    check(
        &format!(
            "cost | day        | user      | managed_by | arn
             1    | 2026-10-11 | -         | -          | {VOLUME}
             2    | 2026-10-11 | d-1/cleo  | d-1        | -
             4    | 2026-10-11 | -         | d-1        | {HEAD}domain/d-1
             8    | 2026-10-11 | -         | d-1        | -"
        ),
        &tenancy(),
        "user,reason",
        "-    | none         | 1 | unattributed
         cleo | tag          | 2 | attributed
         -    | resource-arn | 4 | attributed
         -    | efs          | 8 | attributed",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the rows are told apart by, totals stay and every user has the same.
    #[test]
    fn a_split_volume_keeps_its_total_and_each_user_the_same_in_any_order(
        rows in prop::collection::vec(
            (11..15_u32, -3_000_000_i64..9_000_000, prop::sample::select(vec!["eu", "us"])),
            1..12,
        ),
    ) {
        let table = |rows: &[(u32, i64, &str)], is_fine: bool| {
            let mut table = "cost | day | managed_by | arn | region\n".to_owned();
            let mut coarse = std::collections::BTreeMap::<(u32, &str), i64>::new();
            for (day, cost, region) in rows {
                *coarse.entry((*day, if is_fine { region } else { "" })).or_default() += cost;
            }
            for ((day, region), cost) in coarse {
                let cost = crate::model::money::pico_text(cost.into());
                writeln!(table, "{cost} | 2026-10-{day} | d-1 | {VOLUME} | {region}x").unwrap();
            }
            table
        };
        let by_user = |table: &str| {
            let charges = charges(table);
            let frame = attribute(charges, &tenancy(), &question("user")).unwrap().charges.0;
            let costs = frame.amounts("amortized_cost").unwrap();
            let users = frame.texts("user_profile_arn").unwrap();
            let mut sums = std::collections::BTreeMap::<Option<String>, i128>::new();
            for (row, cost) in costs.iter().enumerate() {
                let user = users.get(row).map(ToOwned::to_owned);
                *sums.entry(user).or_default() += cost;
            }
            (sums, frame.line_items().iter().sum::<u64>())
        };
        let (fine, lines_of_fine) = by_user(&table(&rows, true));
        let (coarse, _) = by_user(&table(&rows, false));
        let total: i128 = rows.iter().map(|row| i128::from(row.1)).sum();
        prop_assert_eq!(fine.values().sum::<i128>(), total);
        prop_assert_eq!(&fine, &coarse);
        prop_assert_eq!(lines_of_fine, charges(&table(&rows, true)).frame.height() as u64);
        let forward = lines(charges(&table(&rows, true)), &tenancy(), "user,region");
        let mut backward: Vec<String> = table(&rows, true).lines().map(ToOwned::to_owned).collect();
        backward[1..].reverse();
        prop_assert_eq!(lines(charges(&backward.join("\n")), &tenancy(), "user,region"), forward);
    }
}
