//! Questions: filters, months, dimensions and hours.
//!
//! In:    one bill, many ways to ask.
//! Out:   what is kept, what is left out, and that nothing is lost between them.
//! Never: looks at a rendering.

use std::path::Path;

use curtail::model::question::Wanted;
use curtail::pipeline::{self, Bill, Source};
use curtail::report::spend::Settings;
use curtail::report::table::{Cell, Row};

use crate::support::ask::{Ask, by, lines_of};
use crate::support::export::Export;

fn bill() -> Export {
    Export::cur2(
        "cost | month      | day                 | user       | space    | resource
         1    | 2026-09-01 | 2026-09-30T23:59:59 | d-1/alice  | -        | i-1

         cost | day        | user       | space    | account      | region    | resource
         2    | 2026-10-01 | d-1/alice  | d-1/team | 111122223333 | eu-west-1 | xi-1
         4    | 2026-10-31 | d-2/alice  | -        | 444455556666 | us-east-1 | i-1
         8    | 2026-10-02 | d-1/malice | -        | 444455556666 | -         | -
         16   | 2026-10-02 | -          | -        | -            | us-east-1 | ''",
    )
}

#[test]
fn a_filter_takes_a_full_arn_or_its_last_part_and_nothing_like_it() {
    // B-43: `alice` is not `malice`.
    by("domain,user").only("user=alice").check(&bill(), "d-2 | alice | 4\nd-1 | alice | 3");
    let arn = "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-2/alice";
    by("domain").only(&format!("user={arn}")).check(&bill(), "d-2 | 4");
    by("domain").only("domain=d-1").check(&bill(), "d-1 | 11");
}

#[test]
fn a_resource_is_matched_whole() {
    // B-43: `i-1` is not `xi-1`, and an empty id matches nothing.
    by("resource").only("resource=i-1").check(&bill(), "i-1 | 5");
    by("account").only("resource=").check(&bill(), "- | 16\n444455556666 | 8");
}

#[test]
fn the_same_dimension_twice_means_either_and_two_mean_both() {
    by("").only("account=111122223333").only("account=444455556666").check(&bill(), "15");
    by("").only("account=444455556666").only("region=us-east-1").check(&bill(), "4");
    by("").only("account=444455556666").only("account=").check(&bill(), "28");
}

#[test]
fn what_a_filter_leaves_out_is_in_the_books() {
    let found = by("user").only("user=alice").find(&bill());
    let books = &found.books.currencies[0];
    assert_eq!(books.source.to_string(), "31");
    assert_eq!(books.direct.to_string(), "7");
    assert_eq!(books.excluded.to_string(), "24");
    assert_eq!((found.books.source_rows, found.books.kept_rows), (5, 5));
}

#[test]
fn a_filter_that_nothing_meets_gives_an_empty_answer() {
    let found = by("user").only("user=nobody").find(&bill());
    assert_eq!(lines_of(&found), "");
    assert_eq!(found.books.currencies[0].excluded.to_string(), "31");
}

#[test]
fn a_month_is_the_billing_period_and_a_day_is_when_the_usage_began() {
    // B-12, B-57: the last second of September is a day of September.
    by("month").check(&bill(), "2026-09 | 1\n2026-10 | 30");
    by("day").month("2026-10").check(&bill(), "2026-10-01 | 2\n2026-10-02 | 24\n2026-10-31 | 4");
    let late = Export::cur2("cost | month | day\n1 | 2026-10-01 | 2026-09-30T23:00:00");
    by("month,day").check(&late, "2026-10 | 2026-09-30 | 1");
    by("month,day").month("2026-10").check(&late, "2026-10 | 2026-09-30 | 1");
}

#[test]
fn days_exist_across_leap_days_and_year_ends() {
    // B-57.
    let export = Export::cur2(
        "cost | day
         1    | 2024-02-29T23:59:59
         2    | 2023-12-31T23:59:59
         4    | 2024-01-01T00:00:00
         8    | 2026-03-29T01:30:00
         16   | 2026-10-25T02:30:00",
    );
    by("day").check(
        &export,
        "2023-12-31 | 2\n2024-01-01 | 4\n2024-02-29 | 1\n2026-03-29 | 8\n2026-10-25 | 16",
    );
}

#[test]
fn two_months_can_be_asked_for_at_once() {
    by("month").month("2026-09").month("2026-10").check(&bill(), "2026-09 | 1\n2026-10 | 30");
    let found = by("").month("2026-09").find(&bill());
    assert_eq!(lines_of(&found), "1\n");
    assert_eq!(found.provenance.periods, ["2026-09"]);
    assert_eq!(found.books.currencies[0].excluded.to_string(), "30");
}

#[test]
fn an_account_that_nobody_knows_is_an_account() {
    // B-37: ids are text, leading zeros and all.
    let export = Export::cur2("cost | account\n1 | 000000000042\n2 | 42\n4 | -");
    by("account").check(&export, "- | 4\n42 | 2\n000000000042 | 1");
}

#[test]
fn words_inside_words_are_no_components() {
    // Case 12, B-44.
    let components = [
        ("USE1-Studio:JupyterLab-ml.t3.medium", "studio-jupyterlab"),
        ("USE1-RStudio:RSessionGateway-ml.t3.medium", "rstudio"),
        ("Rstudio:Rsession-ml.t3.medium", "rstudio"),
        ("USE1-UnifiedStudio:Notebook-ml.t3.medium", "unified-studio"),
        ("EU-Train:ml.m5.large", "training"),
        ("EU-TrainWarmPool:ml.m5.large", "training-warm-pool"),
        ("USW2-TrSpt:ml.m5.large", "spot-training"),
        ("APN2-Cluster:ml.p5.48xlarge", "hyperpod"),
        ("Canvas:Session-Hrs", "canvas"),
        ("USE1-MLflow:Small", "mlflow"),
        ("AsyncInf:ml.g5.xlarge", "hosting"),
        ("PartnerApp:small", "partner-app"),
        ("Something:New", "sagemaker-other"),
    ];
    for (usage_type, component) in components {
        let export = Export::cur2(&format!("cost | usage_type\n1 | {usage_type}"));
        let found = by("component").find(&export);
        assert_eq!(lines_of(&found), format!("{component} | 1\n"), "{usage_type}");
    }
}

#[test]
fn a_component_of_sagemaker_needs_the_product_of_sagemaker() {
    let export = Export::cur2(
        "cost | product                     | usage_type
         1    | AmazonEC2                   | USE1-Train:ml.m5.large
         2    | MachineLearningSavingsPlans | SageMakerSP:1yrNoUpfront
         4    | AmazonSageMaker             | USE1-Train:ml.m5.large",
    );
    by("component").check(&export, "training | 4\nsavings-plan-fee | 2\nother-service | 1");
}

#[test]
fn hours_are_hours_of_usage_and_nothing_else() {
    // B-58: units in any spelling, never GB-Mo, and the negation restates hours.
    let export = Export::cur2(
        "type                    | cost | amount | unit   | user
         Usage                   | 1    | 1      | Hrs    | d-1/alice
         Usage                   | 1    | 2      | hours  | d-1/alice
         DiscountedUsage         | 1    | 4      | Hr     | d-1/alice
         SavingsPlanCoveredUsage | 1    | 8      | Hrs    | d-1/alice
         SavingsPlanNegation     | -1   | 16     | Hrs    | d-1/alice
         Usage                   | 1    | 32     | GB-Mo  | d-1/alice
         Usage                   | 1    | 64     | -      | d-1/alice
         SavingsPlanRecurringFee | 1    | 128    | Hrs    | d-1/alice
         Tax                     | 1    | 256    | Hrs    | d-1/alice
         Usage                   | 1    | -      | Hrs    | d-1/alice
         Usage                   | 1    | 0.5    | Hrs    | -",
    );
    by("user")
        .metric("unblended")
        .hours()
        .check(&export, "alice | 8 | 15 h\n- | 1 | 0.5 h | unattributed");
}

#[test]
fn instance_types_come_from_the_usage_type_first() {
    let export = Export::cur2(
        "cost | usage_type                          | instance_type
         1    | USE1-Studio:JupyterLab-ml.t3.medium | ml.m5.large
         2    | -                                   | m5.large
         4    | USE1-Studio:VolumeUsage.gp3         | -",
    );
    by("instance-type").check(&export, "- | 4\nm5.large | 2\nml.t3.medium | 1");
}

#[test]
fn dimensions_may_come_in_any_order_and_twice_in_a_filter() {
    let asks: [Ask; 2] = [by("account,region"), by("region,account")];
    let [first, second] = asks.map(|ask| ask.find(&bill()));
    let swapped = |row: &curtail::model::answer::AnswerRow| {
        (row.keys[1].clone(), row.keys[0].clone(), row.cost)
    };
    let straight = |row: &curtail::model::answer::AnswerRow| {
        (row.keys[0].clone(), row.keys[1].clone(), row.cost)
    };
    let mut left: Vec<_> = first.answer.rows.iter().map(straight).collect();
    let mut right: Vec<_> = second.answer.rows.iter().map(swapped).collect();
    left.sort();
    right.sort();
    assert_eq!(left, right);
    by("user,user").only("user=").check(&bill(), "- | - | 16 | unattributed");
}

/// Full texts instead of short ones, which tell apart only what stands in the same table.
fn in_full(rows: &[Row]) -> Vec<Row> {
    let full = |cell: &Cell| match cell {
        Cell::Text { full, .. } => Cell::text(full.clone()),
        other => other.clone(),
    };
    let row = |row: &Row| Row { cells: row.cells.iter().map(full).collect(), ..row.clone() };
    rows.iter().map(row).collect()
}

#[test]
fn the_largest_rows_alone_are_the_table_of_all_rows_with_its_tail_folded() {
    let folder = Path::new("sample-data/cur2");
    let rules = "sample-data/tenants/domain-per-tenant/tenants.toml";
    for (dimensions, limit, rules) in [
        ("user", 1, None),
        ("domain,user,space", 3, None),
        ("day,component", 7, None),
        ("app,reason", 20, None),
        ("", 1, None),
        ("tenant,service", 2, Some(rules)),
    ] {
        let tenants = rules.map(Into::into);
        let source = Source::of(Bill::Export(folder.into()), 2, tenants);
        let question = by(dimensions).hours().question().clone();
        let table = |rest| {
            let settings = Settings { limit: Some(limit), rest, ..Settings::default() };
            let mut report = pipeline::spend(&source, &question, settings).unwrap();
            report.sections.remove(0).table
        };
        let (all, largest) = (table(Wanted::Yes), table(Wanted::No));
        assert_eq!(in_full(&largest.rows), in_full(all.shown()), "{dimensions}, {limit}");
        assert_eq!(largest.totals, all.totals, "{dimensions}, {limit}");
    }
}
