//! Maps: spaces, profiles and home volumes as files beside the data, and their skeletons.
//!
//! In:    exports and map files; `curtail maps`.
//! Out:   cost by owner; the files that `maps` writes.
//! Never: repeats how a map file may be written; `rules` does.

use curtail::rules;

use crate::support::Sandbox;
use crate::support::ask::{by, oddities};
use crate::support::export::{Export, HEAD};

const VOLUME: &str = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1";

fn volumes() -> Export {
    Export::cur2(&format!(
        "cost | day        | product   | managed_by | resource | usage_type
         1    | 2026-10-11 | AmazonEFS | d-1        | {VOLUME} | TimedStorage-ByteHrs
         2    | 2026-10-11 | AmazonEFS | d-1        | {VOLUME} | IADataAccess-Bytes
         5    | 2026-10-12 | AmazonEFS | d-1        | {VOLUME} | TimedStorage-ByteHrs
         7    | 2026-10-13 | AmazonEFS | d-1        | {VOLUME} | TimedStorage-ByteHrs"
    ))
}

fn profiles() -> String {
    format!(
        "profile_arn,home_efs_file_system_uid
         {HEAD}user-profile/d-1/alice,200001
         {HEAD}user-profile/d-1/bob,200002
         {HEAD}user-profile/d-2/cleo,200003
         {HEAD}space/d-1/team,200004"
    )
}

const USAGE: &str = "date,file_system_id,uid,bytes
                     2026-10-11,fs-1,200001,1
                     2026-10-11,fs-1,200002,1
                     2026-10-11,fs-1,200004,1
                     2026-10-12,fs-1,200001,2
                     2026-10-12,fs-1,200003,2
                     2026-10-12,fs-1,404,1";

#[test]
fn a_home_volume_is_split_by_bytes_and_what_stays_is_named_with_its_money() {
    let ask =
        by("user,space,reason").beside("profiles.csv", &profiles()).beside("efs-usage.csv", USAGE);
    ask.check(
        &volumes(),
        "-     | -    | efs | 10
         alice | -    | efs | 3
         -     | team | efs | 1
         bob   | -    | efs | 1",
    );
    assert_eq!(
        oddities(&ask.find(&volumes())),
        [
            "efs-no-usage: 7.00 USD of home volume `fs-1` stays with its domain: \
             efs-usage.csv has no bytes for 2026-10-13",
            "efs-other-domain: 2.00 USD of home volume `fs-1` stays with its domain: \
             only profiles of other domains have uid 200003",
            "efs-unknown-uid: 1.00 USD of home volume `fs-1` stays with its domain: \
             profiles.csv has no profile with uid 404",
        ]
    );
}

#[test]
fn every_cut_of_a_split_volume_is_the_same_total() {
    // B-42.
    for (words, expected) in [
        ("", "15"),
        ("user", "- | 11\nalice | 3\nbob | 1"),
        ("domain", "d-1 | 15"),
        ("user,usage-type,day", ""),
        ("tenant", "d-1 | 15"),
    ] {
        let ask = by(words).beside("profiles.csv", &profiles()).beside("efs-usage.csv", USAGE);
        let found = ask.find(&volumes());
        let total: i128 = found.answer.rows.iter().map(|row| row.cost.0).sum();
        assert_eq!(total, 15_000_000_000_000, "{words}");
        let lines: u64 = found.answer.rows.iter().map(|row| row.line_items).sum();
        assert_eq!(lines, 4, "{words}");
        if !expected.is_empty() {
            ask.check(&volumes(), expected);
        }
    }
}

#[test]
fn a_map_row_matches_its_whole_id_and_an_empty_id_matches_nothing() {
    // B-43.
    let export = Export::cur2(
        "cost | space    | user
         1    | d-1/i-1  | -
         2    | d-1/xi-1 | -
         4    | -        | -
         8    | -        | d-1/xalice
         16   | -        | d-1/alice",
    );
    let spaces = format!(
        "space_arn,owner_profile_arn
         {HEAD}space/d-1/i-1,{HEAD}user-profile/d-1/alice
         ,{HEAD}user-profile/d-1/eve
         {HEAD}space/d-1/xi-1,"
    );
    let profiles = format!(
        "profile_arn,tenant
         {HEAD}user-profile/d-1/alice,ads
         ,search"
    );
    by("user,space,tenant,reason")
        .beside("spaces.csv", &spaces)
        .beside("profiles.csv", &profiles)
        .check(
            &export,
            "alice  | -    | ads | tag         | 16
             alice  | i-1  | ads | space-owner | 1
             xalice | -    | -   | tag         | 8 | unattributed
             -      | -    | -   | none        | 4 | unattributed
             -      | xi-1 | -   | tag         | 2 | unattributed",
        );
}

#[test]
fn history_that_disagrees_is_named_with_its_money() {
    let export = Export::cur2(
        "cost | user      | resource
         1    | d-1/alice | endpoint/shared
         2    | d-1/bob   | endpoint/shared
         4    | -         | endpoint/shared
         8    | -         | endpoint/other",
    );
    let found = by("user").find(&export);
    assert_eq!(
        oddities(&found),
        [format!(
            "ambiguous-history: 4.00 USD without tags has no owner, because tagged lines of the \
             same resources name several: {HEAD}endpoint/shared"
        )]
    );
}

fn export() -> Export {
    Export::cur2(&format!(
        "cost | day        | product         | user      | space     | managed_by | resource
         1    | 2026-10-12 | AmazonSageMaker | d-1/bob   | d-1/own   | -          | -
         2    | 2026-10-12 | AmazonSageMaker | d-1/bob   | d-1/team  | -          | -
         4    | 2026-10-12 | AmazonSageMaker | d-1/alice | d-1/team  | -          | -
         8    | 2026-10-12 | AmazonSageMaker | -         | d-1/other | -          | -
         16   | 2026-10-12 | AmazonSageMaker | -       | -       | -       | user-profile/d-0/zoë
         32   | 2026-10-14 | AmazonEFS       | -         | -         | d-1        | {VOLUME}
         64   | 2026-10-13 | AmazonEFS       | -         | -         | d-1        | {VOLUME}
         128  | 2026-10-13 | AmazonSageMaker | =cmd(),x  | -         | -          | -"
    ))
}

#[test]
fn maps_writes_every_space_profile_and_home_volume_and_rules_read_them_back() {
    let sandbox = Sandbox::new();
    export().write(&sandbox.path("exports/export.parquet"));
    let told = sandbox.curtail(&["maps", "exports", "-o", "new/maps"]).succeeded();
    assert_eq!(
        told,
        "new/maps/spaces.csv: 3 rows, 1 with an owner\n\
         new/maps/profiles.csv: 3 rows, 0 with a uid, a person or a tenant\n\
         new/maps/efs-usage.csv: 1 rows, 0 with a uid\n"
    );
    let text = |name: &str| std::fs::read_to_string(sandbox.path(name)).unwrap();
    assert_eq!(
        text("new/maps/spaces.csv").replace(HEAD, ""),
        "space_arn,owner_profile_arn,from,to\n\
         space/d-1/other,,,\n\
         space/d-1/own,user-profile/d-1/bob,,\n\
         space/d-1/team,,,\n"
    );
    assert_eq!(
        text("new/maps/profiles.csv").replace(HEAD, ""),
        "profile_arn,home_efs_file_system_uid,person,tenant,from,to\n\
         user-profile/d-0/zoë,,,,,\n\
         user-profile/d-1/alice,,,,,\n\
         user-profile/d-1/bob,,,,,\n"
    );
    assert_eq!(
        text("new/maps/efs-usage.csv"),
        "date,file_system_id,uid,bytes\n2026-10-13,fs-1,,0\n"
    );
    let tenancy = rules::read(None, &sandbox.path("new/maps")).unwrap();
    assert_eq!((tenancy.maps.spaces.len(), tenancy.maps.efs_usage.len()), (1, 0));
}

#[test]
fn maps_keeps_what_somebody_wrote_and_asks_before_it_writes_over_a_file() {
    let sandbox = Sandbox::new();
    export().write(&sandbox.path("exports/export.parquet"));
    let written = format!(
        "profile_arn,home_efs_file_system_uid,person,tenant,from,to\n\
         {HEAD}user-profile/d-1/Alice,200001,\"Müller, Alice\",ads,,2026-10-12\n\
         {HEAD}user-profile/d-1/gone,,Somebody,,,\n"
    );
    sandbox.write("exports/profiles.csv", &written);
    let refused = sandbox.curtail(&["maps", "exports", "-o", "exports"]).failed_with(1);
    assert!(refused.contains("MAPS-EXISTS"), "{refused}");
    assert!(!sandbox.path("exports/spaces.csv").exists());
    let force = ["maps", "exports", "-o", "exports", "--force"];
    let _ = sandbox.curtail(&force).succeeded();
    let once = std::fs::read_to_string(sandbox.path("exports/profiles.csv")).unwrap();
    assert_eq!(
        once.replace(HEAD, ""),
        "profile_arn,home_efs_file_system_uid,person,tenant,from,to\n\
         user-profile/d-0/zoë,,,,,\n\
         user-profile/d-1/Alice,200001,\"Müller, Alice\",ads,,2026-10-12\n\
         user-profile/d-1/bob,,,,,\n\
         user-profile/d-1/gone,,Somebody,,,\n"
    );
    let _ = sandbox.curtail(&force).succeeded();
    let twice = std::fs::read_to_string(sandbox.path("exports/profiles.csv")).unwrap();
    assert_eq!(once, twice);
}
