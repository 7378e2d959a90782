//! Owners: which evidence wins, and what each reason finds.
//!
//! In:    charges with several pieces of evidence at once.
//! Out:   the owner by the first that holds.
//! Never: splits a volume.

use super::{HEAD, charges, check, lines, question, spaces, tagged};
use crate::attribute::{Why, attribute};
use crate::model::maps::Maps;
use crate::model::tenancy::Tenancy;

/// Evidence by reason, each naming a domain of its own, in order of precedence.
///
/// The space of `space-owner` has no user tag; where a stronger reason holds it is absent.
const EVIDENCE: &[(&str, &str)] = &[
    ("tag", "user=d-1/tagged"),
    ("space-owner", "space=d-2/private"),
    ("resource-arn", "arn=app"),
    ("resource-history", "arn=job"),
    ("efs", "managed_by=d-5"),
    ("none", ""),
];

fn arn(word: &str) -> String {
    match word {
        "app" => format!("{HEAD}app/d-3/named/kernelgateway"),
        _ => format!("{HEAD}training-job/j"),
    }
}

fn everything_known() -> Tenancy {
    let maps = Maps { spaces: spaces(&["d-2/private,d-2/owner,.."]), ..Maps::default() };
    Tenancy { maps, ..Tenancy::default() }
}

fn told(first: &str, second: &str) -> String {
    let mut cells = ["-".to_owned(), "-".to_owned(), "-".to_owned(), "-".to_owned()];
    // The weaker evidence first, so that a resource, which there is one of, is the stronger's.
    for evidence in [second, first] {
        let Some((word, value)) = evidence.split_once('=') else { continue };
        match word {
            "user" => cells[0] = value.to_owned(),
            "space" => cells[1] = value.to_owned(),
            "arn" => cells[2] = arn(value),
            _ => cells[3] = value.to_owned(),
        }
    }
    let mut charges =
        charges(&format!("cost | user | space | arn | managed_by\n1 | {}", cells.join(" | ")));
    charges.tagged = tagged(&[&format!("{} | d-4 d-4/earlier -", arn("job"))]);
    lines(charges, &everything_known(), "reason").remove(0)
}

#[test]
fn every_reason_beats_every_later_one() {
    for (at, (stronger, first)) in EVIDENCE.iter().enumerate() {
        for (weaker, second) in &EVIDENCE[at..] {
            let expected = match *stronger {
                "none" => "none | 1 | unattributed".to_owned(),
                reason => format!("{reason} | 1 | attributed"),
            };
            assert_eq!(told(first, second), expected, "{stronger} and {weaker}");
        }
    }
}

#[test]
fn a_private_space_is_its_owners_on_the_days_of_the_map_and_stays_visible() {
    let rows =
        ["d-1/p,d-1/alice,..2026-10-12", "d-1/P,d-1/Bob,2026-10-12..", ",d-1/eve,..", "d-1/q,,.."];
    let maps = Maps { spaces: spaces(&rows), ..Maps::default() };
    let tenancy = Tenancy { maps, ..Tenancy::default() };
    let app = |name: &str| format!("{HEAD}app/d-1/{name}/jupyterlab");
    check(
        &format!(
            "cost | user     | space | day        | arn
             1    | -        | d-1/p | 2026-10-11 | -
             2    | -        | d-1/p | 2026-10-12 | -
             4    | d-1/cleo | d-1/p | 2026-10-12 | -
             8    | -        | d-1/p | -          | -
             16   | -        | d-1/q | 2026-10-12 | -
             32   | -        | -     | 2026-10-12 | {}
             64   | -        | -     | 2026-10-12 | {}
             128  | d-1/bob  | -     | 2026-10-12 | -",
            app("p"),
            app("xp"),
        ),
        &tenancy,
        "user,space,reason",
        "alice | p  | space-owner  | 1   | attributed
         bob   | p  | space-owner  | 2   | attributed
         cleo  | p  | tag          | 4   | attributed
         -     | p  | tag          | 8   | attributed
         -     | q  | tag          | 16  | attributed
         bob   | p  | resource-arn | 32  | attributed
         -     | xp | resource-arn | 64  | attributed
         bob   | -  | tag          | 128 | attributed",
    );
}

#[test]
fn history_tells_an_owner_only_when_all_tagged_lines_agree() {
    let table = "cost | arn
                 1    | arn:aws:glue:r:1:session/agreed
                 2    | arn:aws:glue:r:1:session/disputed
                 4    | arn:aws:glue:r:1:session/said-in-two-ways
                 8    | arn:aws:glue:r:1:session/Agreed
                 16   | arn:aws:glue:r:1:session/unknown
                 32   | -";
    let attributed = || {
        let mut charges = charges(table);
        charges.tagged = tagged(&[
            "arn:aws:glue:r:1:session/agreed | - d-1/alice d-1/team",
            "arn:aws:glue:r:1:session/disputed | d-1 d-1/alice -",
            "arn:aws:glue:r:1:session/disputed | d-1 d-1/bob -",
            "arn:aws:glue:r:1:session/said-in-two-ways | d-1 d-1/alice -",
            "arn:aws:glue:r:1:session/said-in-two-ways | - d-1/alice -",
            " | d-1 d-1/nobody -",
        ]);
        charges
    };
    let mut expected = vec![
        "alice | team | resource-history | 1 | attributed",
        "- | - | none | 2 | unattributed",
        "alice | - | resource-history | 4 | attributed",
        "- | - | none | 8 | unattributed",
        "- | - | none | 16 | unattributed",
        "- | - | none | 32 | unattributed",
    ];
    expected.sort_unstable();
    assert_eq!(lines(attributed(), &Tenancy::default(), "user,space,reason"), expected);
    let found = attribute(attributed(), &Tenancy::default(), &question("user")).unwrap();
    let untold: Vec<_> =
        found.untold.iter().map(|of| (of.why, of.cost.to_string(), of.names.len())).collect();
    assert_eq!(untold, [(Why::HistoryDisagrees, "2".to_owned(), 1)]);
}

#[test]
fn a_question_without_identity_has_no_standing_but_attributed() {
    check("cost | arn\n1 | -", &Tenancy::default(), "currency", "USD | 1 | attributed");
}
