//! Costs: what a line of each type costs under each metric.
//!
//! In:    lines of every documented type, with the columns that their formulas read.
//! Out:   sums per line type or per owner.
//! Never: takes a formula from the product; the numbers are worked out by hand.

use crate::support::ask::{by, lines_of, oddities};
use crate::support::export::Export;

/// A month of a Savings Plan of 100, of which the users' hours took 60.
const SAVINGS_PLAN: &str = "
    type                    | cost | user      | sp_effective | list
    SavingsPlanCoveredUsage | 50   | d-1/alice | 40           | 50
    SavingsPlanCoveredUsage | 25   | d-1/bob   | 20           | 25
    SavingsPlanNegation     | -75  | -         | -            | 75
    Usage                   | 7    | d-1/bob   | -            | 7

    type                    | cost | product                     | sp_total | sp_used
    SavingsPlanRecurringFee | 100  | MachineLearningSavingsPlans | 100      | 60";

#[test]
fn amortized_cost_of_users_and_the_unused_rest_add_up_to_the_commitment() {
    // Case 6, B-07, B-08, B-48: 40 + 20 to users, 40 unused, 7 on demand.
    by("user,component").check(
        &Export::cur2(SAVINGS_PLAN),
        "alice | sagemaker-other  | 40
         bob   | sagemaker-other  | 27
         -     | savings-plan-fee | 40 | unattributed
         -     | sagemaker-other  | 0  | unattributed",
    );
}

#[test]
fn unblended_cost_of_users_and_the_ownerless_negation_add_up_to_the_bill() {
    // Case 6, B-07: the negation is nobody's.
    by("user,line-type").metric("unblended").check(
        &Export::cur2(SAVINGS_PLAN),
        "alice | SavingsPlanCoveredUsage | 50
         bob   | SavingsPlanCoveredUsage | 25
         bob   | Usage                   | 7
         -     | SavingsPlanRecurringFee | 100 | unattributed
         -     | SavingsPlanNegation     | -75 | unattributed",
    );
    by("").metric("unblended").check(&Export::cur2(SAVINGS_PLAN), "107");
    by("").check(&Export::cur2(SAVINGS_PLAN), "107");
}

#[test]
fn list_cost_ignores_the_negation() {
    by("").metric("list").check(&Export::cur2(SAVINGS_PLAN), "82");
}

#[test]
fn a_reservation_is_spread_over_the_usage_it_covers() {
    // B-09: 60 % used of a fee of 100 with 50 paid before.
    let export = Export::cur2(
        "type            | cost | ri    | ri_effective
         DiscountedUsage | 0    | arn:r | 90
         Fee             | 50   | arn:r | -
         Fee             | 3    | -     | -
         Fee             | 4    | ''    | -

         type  | cost | ri    | ri_unused_upfront | ri_unused_recurring
         RIFee | 100  | arn:r | 20                | 40",
    );
    by("line-type").check(&export, "DiscountedUsage | 90\nRIFee | 60\nFee | 7");
    by("line-type")
        .metric("unblended")
        .check(&export, "RIFee | 100\nFee | 57\nDiscountedUsage | 0");
}

#[test]
fn upfront_and_recurring_fees_of_a_plan_are_counted_once() {
    // B-08.
    let export = Export::cur2(
        "type                    | cost | sp_effective | sp_total | sp_used
         SavingsPlanUpfrontFee   | 1200 | -            | -        | -
         SavingsPlanRecurringFee | 10   | -            | 60       | 50
         SavingsPlanCoveredUsage | 80   | 50           | -        | -
         SavingsPlanNegation     | -80  | -            | -        | -",
    );
    by("line-type").check(
        &export,
        "SavingsPlanCoveredUsage | 50
         SavingsPlanRecurringFee | 10
         SavingsPlanNegation     | 0
         SavingsPlanUpfrontFee   | 0",
    );
}

#[test]
fn a_returned_plan_nets_to_zero_and_other_refunds_stay() {
    // B-25, for both products that sell plans.
    let export = Export::cur2(
        "type | cost | product | description
         SavingsPlanUpfrontFee | 1000 | MachineLearningSavingsPlans | -
         Refund | -1000 | MachineLearningSavingsPlans | Refund for one-time fee for Savings Plan ID1
         Refund | -500  | ComputeSavingsPlans | Refund for one-time fee for Savings Plan ID: 2
         Refund | -7    | MachineLearningSavingsPlans | Refund under the discount programme
         Refund | -2    | AmazonSageMaker | -",
    );
    by("line-type").check(&export, "SavingsPlanUpfrontFee | 0\nRefund | -9");
    by("line-type")
        .metric("unblended")
        .check(&export, "SavingsPlanUpfrontFee | 1000\nRefund | -1509");
}

#[test]
fn net_metrics_take_the_net_column_where_it_speaks() {
    // B-26, B-27: per column and per line, and never a sum of both.
    let export = Export::cur2(
        "type                    | cost | net | sp_effective | sp_net_effective
         Usage                   | 10   | 9   | -            | -
         Usage                   | 20   | -   | -            | -
         Usage                   | 5    | 0   | -            | -
         SavingsPlanCoveredUsage | 40   | 36  | 30           | 27
         SavingsPlanCoveredUsage | 40   | -   | 30           | -

         type            | cost | net | ri_effective | ri_net_effective
         DiscountedUsage | 0    | 0   | 8            | 7
         DiscountedUsage | 0    | 0   | 8            | -",
    );
    by("line-type")
        .metric("net_unblended")
        .check(&export, "SavingsPlanCoveredUsage | 76\nUsage | 29\nDiscountedUsage | 0");
    by("line-type")
        .metric("net_amortized")
        .check(&export, "SavingsPlanCoveredUsage | 57\nUsage | 29\nDiscountedUsage | 15");
}

#[test]
fn net_unused_commitment_is_scaled_by_what_the_plan_really_costs() {
    // Gross unused 40, the plan at (45 + 45) / (50 + 50); without a base the factor is 1.
    let export = Export::cur2(
        "type | sp_total | sp_used | sp_recurring | sp_upfront | sp_net_recurring | sp_net_upfront
         SavingsPlanRecurringFee | 100 | 60 | 50 | 50 | 45 | 45
         SavingsPlanRecurringFee | 100 | 60 | 0  | 0  | 0  | 0",
    );
    by("").metric("net_amortized").check(&export, "76");
    let without = ["sp_net_recurring", "sp_net_upfront"];
    by("").metric("net_amortized").check(&export.without(&without), "80");
    // A gross fee that says nothing is no fee; a net one that says nothing is no discount known.
    let halves = Export::cur2(
        "type | sp_total | sp_used | sp_recurring | sp_upfront | sp_net_recurring | sp_net_upfront
         SavingsPlanRecurringFee | 100 | 60 | 50 | - | 45 | 0
         SavingsPlanRecurringFee | 100 | 60 | 50 | 0 | 45 | -",
    );
    by("").metric("net_amortized").check(&halves, "76");
}

#[test]
fn net_unused_reservation_falls_back_column_by_column() {
    let export = Export::cur2(
        "type  | ri_unused_upfront | ri_net_unused_upfront | ri_unused_recurring
         RIFee | 20                | 18                    | 40

         type  | ri_unused_upfront | ri_unused_recurring | ri_net_unused_recurring
         RIFee | 1                 | 2                   | 1.5",
    );
    by("").metric("net_amortized").check(&export, "60.5");
    by("").check(&export, "63");
}

#[test]
fn discount_rows_are_lines_like_others() {
    // B-26.
    let export = Export::cur2(
        "type                | cost | user      | product
         Usage               | 100  | d-1/alice | AmazonSageMaker
         EdpDiscount         | -9   | -         | AmazonSageMaker
         PrivateRateDiscount | -3   | -         | AmazonSageMaker
         SppDiscount         | -1   | -         | AmazonSageMaker
         RiVolumeDiscount    | -2   | -         | AmazonEC2
         BundledDiscount     | -4   | d-1/alice | AmazonSageMaker",
    );
    by("user").check(&export, "alice | 96\n- | -13 | unattributed\n- | -2 | other services");
}

#[test]
fn credits_larger_than_usage_make_a_user_negative() {
    // Case 14, B-30.
    let export = Export::cur2(
        "type   | cost | user
         Usage  | 10   | d-1/alice
         Credit | -25  | d-1/alice
         Usage  | 3    | d-1/bob",
    );
    by("user").check(&export, "bob | 3\nalice | -15");
}

#[test]
fn an_unknown_line_type_counts_as_unblended_and_is_told() {
    // B-28.
    let export = Export::cur2(
        "type          | cost | user      | sp_effective
         BrandNewThing | 5    | d-1/alice | 1
         BrandNewThing | 2    | d-1/alice | 1
         Usage         | 1    | d-1/alice | -",
    );
    let found = by("user").find(&export);
    assert_eq!(lines_of(&found), "alice | 8\n");
    let expected = "unknown-line-type: 2 rows of unknown line item type `BrandNewThing` count as \
                    unblended";
    assert_eq!(oddities(&found), [expected]);
}

#[test]
fn split_cost_rows_are_left_out_and_said() {
    // B-29: they restate what their parent line costs already.
    let export = Export::cur2(
        "cost | product   | operation     | resource
         10   | AmazonEC2 | RunInstances  | i-1
         6    | AmazonEC2 | EKSPod-EC2    | pod-1
         4    | AmazonECS | ECSTask-EC2   | task-1
         1    | AmazonEKS | CreateCluster | c-1",
    );
    let found = by("service").find(&export);
    assert_eq!(lines_of(&found), "AmazonEC2 | 10\nAmazonEKS | 1\n");
    let expected = "split-cost: 2 split cost rows (10.00 USD) restate the cost of EC2 lines and \
                    are left out";
    assert_eq!(oddities(&found), [expected]);
    assert_eq!(found.books.source_rows, 4);
    assert_eq!(found.books.currencies[0].excluded.to_string(), "10");
}

#[test]
fn two_currencies_are_two_totals() {
    // Case 15, B-31.
    let export = Export::cur2(
        "cost | currency | user
         10   | CNY      | d-1/alice
         3    | USD      | d-1/alice
         20   | CNY      | d-1/bob
         0.5  | -        | d-1/bob",
    );
    by("user").check(&export, "bob | 20 CNY\nalice | 10 CNY\nalice | 3\nbob | 0.5 XXX");
    let found = by("").find(&export);
    assert_eq!(lines_of(&found), "30 CNY\n3\n0.5 XXX\n");
    assert_eq!(found.books.currencies.len(), 3);
}

#[test]
fn blended_is_only_what_the_export_says() {
    // B-32: an empty cell is nothing, not the unblended cost.
    let export = Export::cur2(
        "type        | cost | blended
         Usage       | 10   | 8
         EdpDiscount | -1   | -",
    );
    by("").metric("blended").check(&export, "8");
    by("").check(&export, "9");
}

#[test]
fn crumbs_and_mountains_are_added_exactly() {
    // B-33, B-06: doubles would lose the crumbs beside the mountain.
    let export = Export::cur2(
        "cost
         1e-10
         1E-12
         123456789.123456
         -123456789.123456
         4e-13
         6e-13",
    );
    by("").check(&export, "0.000000000102");
}

#[test]
fn many_crumbs_are_no_sum_of_doubles() {
    // B-33: ten thousand times a tenth of a nano-dollar is a micro-dollar.
    let table = format!("cost\n{}", "1e-10\n".repeat(10_000));
    by("").check(&Export::cur2(&table), "0.000001");
}

#[test]
fn lines_that_look_alike_are_all_counted() {
    // B-03, B-04.
    let export = Export::cur2(
        "cost | user      | resource       | usage_type
         1.25 | d-1/alice | training-job/x | Train:ml.m5.large
         1.25 | d-1/alice | training-job/x | Train:ml.m5.large
         1.25 | d-1/alice | training-job/x | Train:ml.m5.large",
    );
    let found = by("user").find(&export);
    assert_eq!(lines_of(&found), "alice | 3.75\n");
    assert_eq!(found.answer.rows[0].line_items, 3);
}

#[test]
fn lines_without_type_usage_type_operation_or_resource_are_counted() {
    // B-21, B-22, B-23: NULL in every column that is grouped by.
    let export = Export::cur2(
        "type   | cost | usage_type | operation | resource | product | account | day
         Tax    | 1    | -          | -         | -        | -       | -       | -
         Credit | -2   | ''         | ''        | ''       | ''      | ''      | -
         -      | 4    | -          | -         | -        | -       | -       | -
         ''     | 8    | -          | -         | -        | -       | -       | -",
    );
    let every = "line-type,usage-type,operation,resource,service,account,day,component,app";
    let found = by(every).find(&export);
    let total: i128 = found.answer.rows.iter().map(|row| row.cost.0).sum();
    assert_eq!(total, 11_000_000_000_000);
    by("line-type").check(&export, "- | 12\nTax | 1\nCredit | -2");
}

#[test]
fn lines_without_a_type_count_as_unblended_even_when_no_other_line_does() {
    // A row group whose typed lines need no unblended cost must read it all the same.
    let export = Export::cur2(
        "type                | cost
         -                   | 4
         SavingsPlanNegation | -1",
    );
    by("line-type").check(&export, "- | 4\nSavingsPlanNegation | 0");
    by("").metric("list").check(&Export::cur2("type | cost | list\n- | 4 | 5"), "5");
}

#[test]
fn a_marketplace_line_is_another_service() {
    // B-34.
    let export = Export::cur2(
        "cost | product                   | bill_billing_entity
         5    | 2zqexample0123456789abcde | AWS Marketplace
         3    | AmazonSageMaker           | AWS",
    );
    by("domain,service").check(
        &export,
        "- | AmazonSageMaker           | 3 | unattributed
         - | 2zqexample0123456789abcde | 5 | other services",
    );
}

#[test]
fn an_app_that_costs_nothing_still_has_hours() {
    // B-50.
    let export = Export::cur2(
        "cost | user      | usage_type                            | amount | unit
         0    | d-1/alice | USE1-Studio:JupyterServer-ml.t3.medium | 720    | Hrs
         1.5  | d-1/alice | USE1-Studio:JupyterLab-ml.t3.medium    | 30     | Hrs",
    );
    by("component")
        .hours()
        .check(&export, "studio-jupyterlab | 1.5 | 30 h\nstudio-jupyterserver | 0 | 720 h");
}
