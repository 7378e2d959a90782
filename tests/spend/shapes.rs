//! Shapes: the ways in which the same charges can be written.
//!
//! In:    one bill in both schemas, with columns missing, moved, renamed and retyped.
//! Out:   the same answer, or an error that says what is wrong.
//! Never: depends on the order of columns or on the physical type of an instant.

use std::path::Path;

use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use tempfile::TempDir;

use crate::support::ask::{by, lines_of, oddities};
use crate::support::export::{Amounts, Export, Instants, Schema, TagHome};

const BILL: &str = "
    type                    | cost | user    | usage_type        | sp_effective | amount | unit
    SavingsPlanCoveredUsage | 4    | d-1/zoë | Train:ml.m5.large | 3            | 1      | Hrs
    SavingsPlanNegation     | -4   | -       | Train:ml.m5.large | -            | 1      | Hrs

    cost | user      | space    | usage_type                     | region    | amount | unit
    1.5  | d-1/alice | -        | Studio:JupyterLab-ml.t3.medium | us-east-1 | 3      | Hrs
    0.25 | d-1/alice | d-1/team | Studio:VolumeUsage.gp3         | eu-west-1 | 10     | GB-Mo

    type   | cost | region    | ri | description
    Fee    | 9    | -         | r  | -
    Tax    | 0.75 | -         | -  | -
    Refund | -0.1 | us-east-1 | -  | a refund";

const QUESTION: &str = "user,space,component,region,line-type,day,reason";

fn answer(export: &Export) -> String {
    lines_of(&by(QUESTION).hours().find(export))
}

#[test]
fn both_schemas_give_the_same_answer() {
    // Case 2, B-17, B-21.
    let cur2 = Export::cur2(BILL);
    assert_eq!(answer(&cur2), answer(&cur2.clone().in_schema(Schema::LegacyCur)));
    assert!(answer(&cur2).contains("zoë | - | training | us-east-1 | SavingsPlanCoveredUsage"));
}

#[test]
fn empty_text_and_null_are_both_nothing() {
    let table = "cost | user | usage_type | operation | tag:team | resource";
    let null = Export::cur2(&format!("{table}\n1 | - | - | - | - | -"));
    let empty = Export::cur2(&format!("{table}\n1 | '' | '' | '' | '' | ''"));
    for words in ["user", "tag:team", "operation,usage-type,resource", "component,reason"] {
        let [null, empty] = [&null, &empty].map(|export| lines_of(&by(words).find(export)));
        assert_eq!(null, empty, "{words}");
    }
}

#[test]
fn instants_of_every_type_give_the_same_day() {
    // Case 4.
    let table = "cost | day                 | month
                 1    | 2026-10-31T23:59:59 | 2026-10-01
                 2    | 2026-11-01T00:00:00 | 2026-11-01
                 4    | 1969-12-31T23:00:00 | 1969-12-01";
    for instants in [
        Instants::Millis,
        Instants::Micros,
        Instants::Nanos,
        Instants::Int96,
        Instants::Date,
        Instants::Text,
    ] {
        let found = by("month,day").find(&Export::cur2(table).instants_as(instants));
        let expected =
            "1969-12 | 1969-12-31 | 4\n2026-10 | 2026-10-31 | 1\n2026-11 | 2026-11-01 | 2\n";
        assert_eq!(lines_of(&found), expected, "{instants:?}");
    }
}

#[test]
fn decimals_are_money_like_doubles() {
    // B-19.
    for scale in [2, 10, 12, 18] {
        let export = Export::cur2(BILL).amounts_as(Amounts::Decimal(scale));
        assert_eq!(answer(&export), answer(&Export::cur2(BILL)), "{scale}");
    }
    let fine = Export::cur2("cost\n0.00000000000049\n0.0000000000005\n-0.0000000000005");
    by("").check(&fine.amounts_as(Amounts::Decimal(14)), "0");
}

#[test]
fn no_order_of_columns_matters() {
    // B-24.
    let expected = answer(&Export::cur2(BILL));
    for order in 1..12 {
        assert_eq!(answer(&Export::cur2(BILL).columns_in_order(order)), expected, "{order}");
        let legacy = Export::legacy(BILL).columns_in_order(order);
        assert_eq!(answer(&legacy), expected, "legacy, {order}");
    }
}

#[test]
fn no_layout_of_pages_matters() {
    let expected = answer(&Export::cur2(BILL));
    for rows in [1, 2, 3, 7] {
        assert_eq!(answer(&Export::cur2(BILL).row_groups_of(rows)), expected, "{rows}");
    }
    assert_eq!(answer(&Export::cur2(BILL).without_dictionaries()), expected);
    assert_eq!(answer(&Export::legacy(BILL).without_dictionaries()), expected);
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        assert_eq!(answer(&Export::cur2(BILL).compressed(compression)), expected);
    }
}

#[test]
fn letter_case_of_column_names_does_not_matter() {
    // B-18.
    let export = Export::cur2(BILL)
        .renamed("cost", "Line_Item_Unblended_Cost")
        .renamed("usage_type", "LINE_ITEM_USAGE_TYPE");
    assert_eq!(answer(&export), answer(&Export::cur2(BILL)));
}

#[test]
fn later_spellings_of_columns_are_known() {
    // B-17.
    let export = Export::cur2(BILL)
        .renamed("region", "product_region_code")
        .renamed("ri", "reservation_reservation_arn");
    assert_eq!(answer(&export), answer(&Export::cur2(BILL)));
    let in_map =
        Export::cur2("cost | product[region] | product[instance_type]\n1 | us-west-2 | m5.large");
    let in_map = in_map.without(&["region", "instance_type"]);
    by("region,instance-type").check(&in_map, "us-west-2 | m5.large | 1");
}

#[test]
fn three_files_of_a_month_need_not_agree() {
    // Case 1: one without the tag column, one without rows, one in another order.
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    Export::legacy("cost | user\n1 | d-1/alice").write(&at("cur-00001.parquet"));
    Export::legacy("cost\n2").write(&at("cur-00002.parquet"));
    Export::legacy("cost | user").write(&at("cur-00003.parquet"));
    let other = Export::legacy("user | cost\nd-1/alice | 4").columns_in_order(5);
    other.write(&at("cur-00004.parquet"));
    by("user").check_source(folder.path(), "alice | 5\n- | 2 | unattributed");
    let found = by("user").of(folder.path()).unwrap();
    let lacking = "1 of 4 files lack the tag `sagemaker:user-profile-arn`";
    assert!(found.findings.iter().any(|finding| finding.message.starts_with(lacking)), "{found:?}");
}

#[test]
fn columns_may_come_and_go_between_months_and_change_their_type() {
    // B-16, B-20: text in one month, a number in another, absent in a third.
    let folder = TempDir::new().unwrap();
    let month = |at: u32| folder.path().join(format!("year=2026/month={at}/cur-00001.parquet"));
    Export::legacy("cost | month | tag:team\n1 | 2026-08-01 | a").write(&month(8));
    let decimal = Export::legacy("cost | month\n2 | 2026-09-01").amounts_as(Amounts::Decimal(4));
    decimal.write(&month(9));
    let lean = ["net", "sp_effective", "ri_effective", "resource", "instance_type", "blended"];
    Export::legacy("cost\n4").without(&lean).instants_as(Instants::Micros).write(&month(10));
    by("month,tag:team")
        .check_source(folder.path(), "2026-08 | a | 1\n2026-09 | - | 2\n2026-10 | - | 4");
}

#[test]
fn two_schemas_may_follow_one_another() {
    // B-14 in its harmless form: legacy until September, CUR 2.0 from October.
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let old = Export::legacy("cost | month | user\n1 | 2026-09-01 | d-1/alice");
    old.write(&at("old/year=2026/month=9/old-00001.parquet"));
    let new = Export::cur2("cost | user\n2 | d-1/alice");
    new.write(&at("new/data/BILLING_PERIOD=2026-10/new-00001.parquet"));
    by("month,user").check_source(folder.path(), "2026-09 | alice | 1\n2026-10 | alice | 2");
}

#[test]
fn two_exports_of_one_month_are_refused() {
    // B-14.
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    Export::legacy("cost\n1").write(&at("old/year=2026/month=10/old-00001.parquet"));
    Export::cur2("cost\n1").write(&at("new/data/BILLING_PERIOD=2026-10/new-00001.parquet"));
    let error = by("").of(folder.path()).unwrap_err();
    assert_eq!(error.code(), "DELIVERY-TWO-EXPORTS");
}

#[test]
fn of_two_executions_only_the_newest_counts() {
    // Case 13, B-01, B-02: ids differ between executions, charges do not.
    let folder = TempDir::new().unwrap();
    let period = "BILLING_PERIOD=2026-10";
    for (run, cost) in [("20261015T000000Z-a", 1), ("20261016T000000Z-b", 2)] {
        let data = folder.path().join(format!("exp/data/{period}/{run}"));
        let table = format!("cost | identity_line_item_id\n{cost} | {run}-1\n{cost} | {run}-2");
        Export::cur2(&table).write_files(&data, 2);
        let keys =
            [1, 2].map(|file| format!("s3://b/exp/data/{period}/{run}/export-0000{file}.parquet"));
        let manifest = format!("{{\"executionId\":\"{run}\",\"dataFiles\":{keys:?}}}");
        let of_run = folder.path().join(format!("exp/metadata/{period}/{run}"));
        std::fs::create_dir_all(&of_run).unwrap();
        std::fs::write(of_run.join("exp-Manifest.json"), &manifest).unwrap();
        std::fs::write(of_run.with_file_name("exp-Manifest.json"), &manifest).unwrap();
    }
    by("month").check_source(folder.path(), "2026-10 | 4");
}

#[test]
fn months_are_found_under_every_spelling() {
    // B-11.
    for name in
        ["year=2026/month=3", "year=2026/month=03", "BILLING_PERIOD=2026-03", "20260301-20260401"]
    {
        let folder = TempDir::new().unwrap();
        let export = Export::cur2("cost | month | day\n1 | 2026-03-01 | 2026-03-05");
        export.write(&folder.path().join(name).join("e-00001.parquet"));
        by("day").month("2026-03").check_source(folder.path(), "2026-03-05 | 1");
    }
}

#[test]
fn hundreds_of_files_are_all_read() {
    // B-13.
    let folder = TempDir::new().unwrap();
    let export = Export::cur2(&format!("cost | account\n{}", "0.01 | 1\n".repeat(300)));
    let lean = ["net", "list", "blended", "sp_effective", "ri_effective"];
    export.without(&lean).write_files(folder.path(), 300);
    by("account").check_source(folder.path(), "1 | 3");
}

#[test]
fn a_map_of_doubles_does_not_disturb() {
    // Case 16, B-19.
    let export = Export::cur2("cost | user | discount[EDP]\n1 | d-1/alice | -0.25");
    by("user").check(&export, "alice | 1");
}

#[test]
fn maps_that_are_empty_or_null_are_no_tags() {
    let export = Export::cur2("cost | resource_tags[user_team]\n1 | -\n2 | ''\n4 | a");
    by("tag:team").check(&export, "a | 4\n- | 3");
    let bare = Export::cur2("cost\n1").tags_in(&[]);
    by("user,tag:team").check(&bare, "- | - | 1 | unattributed");
}

#[test]
fn a_number_where_text_belongs_is_read_as_text() {
    // B-20: account ids as integers lose their zeros; they are 12 digits.
    let export = Export::cur2("cost | account\n1 | 42").retyped("account", Amounts::Long);
    by("account").check(&export, "000000000042 | 1");
}

#[test]
fn each_missing_optional_column_is_one_finding_and_no_error() {
    // B-16.
    let all = "user,component,region,account,day,operation,resource,instance-type";
    for (word, turned_off) in [
        ("resource", "owners cannot be inferred from ARNs"),
        ("product", "SageMaker cost cannot be told from other services"),
        ("usage_type", "components and instance types cannot be told"),
        ("operation", "split cost rows cannot be recognised"),
        ("region", "cost by region is empty"),
        ("account", "cost by account is empty"),
        ("day", "cost by day is empty"),
        ("currency", "amounts are shown without a currency (XXX)"),
        ("sp_effective", "Savings Plan usage counts as nothing in amortized cost"),
        ("amount", "usage hours are not shown"),
    ] {
        let export = Export::legacy(BILL).without(&[word]);
        let found = by(all).hours().find(&export);
        let told = found.findings.iter().filter(|finding| finding.message.ends_with(turned_off));
        assert_eq!(told.count(), 1, "{word}: {:?}", found.findings);
    }
}

#[test]
fn a_column_that_no_line_needs_is_not_missed() {
    let export =
        Export::cur2("cost | user\n1 | d-1/alice").without(&["ri_effective", "sp_effective"]);
    let found = by("user").find(&export);
    assert!(!found.findings.iter().any(|finding| finding.message.contains("effective")));
    assert!(oddities(&found).is_empty());
}

#[test]
fn savings_plan_usage_without_its_column_is_nothing_and_told() {
    // A sentence that promised unblended cost here would be a lie about money.
    let export =
        Export::cur2("type | cost\nSavingsPlanCoveredUsage | 4").without(&["sp_effective"]);
    let found = by("").find(&export);
    assert_eq!(lines_of(&found), "0\n");
    let sentence = "Savings Plan usage counts as nothing in amortized cost";
    assert!(found.findings.iter().any(|finding| finding.message.ends_with(sentence)));
    by("").metric("unblended").check(&export, "4");
}

#[test]
fn a_missing_or_retyped_cost_is_an_error() {
    for (export, code) in [
        (Export::cur2("cost\n1").without(&["cost"]), "SRC-COLUMN"),
        (Export::cur2("type | cost\nUsage | 1").without(&["type"]), "SRC-COLUMN"),
        (Export::cur2("cost\n1").retyped("cost", Amounts::Text), "SRC-TYPE"),
        (Export::cur2("cost\n1").retyped("cost", Amounts::Long), "SRC-TYPE"),
        (Export::cur2("cost\nNaN"), "MONEY-VALUE"),
        (Export::cur2("cost\ninf"), "MONEY-VALUE"),
        (Export::cur2("cost\n1e20"), "MONEY-VALUE"),
        (
            Export::cur2("cost | cost_twin_\n1 | x")
                .renamed("cost_twin_", "LINE_ITEM_UNBLENDED_COST"),
            "SRC-DUPLICATE-COLUMN",
        ),
    ] {
        assert_eq!(refusal(&export), code);
    }
}

#[test]
fn a_cost_that_is_null_counts_as_nothing_and_is_told() {
    let found = by("").find(&Export::cur2("cost\n1\n-"));
    assert_eq!(lines_of(&found), "1\n");
    assert_eq!(
        oddities(&found),
        ["no-cost: 1 rows have no `line_item_unblended_cost` and count as nothing"]
    );
}

fn refusal(export: &Export) -> &'static str {
    let folder = TempDir::new().unwrap();
    let path: &Path = &folder.path().join("export.parquet");
    export.write(path);
    by("").of(path).unwrap_err().code()
}

#[test]
fn tags_may_be_columns_of_a_cur2_export() {
    // The customer writes the SELECT and may imitate the legacy schema.
    let export = Export::cur2(BILL).tags_in(&[TagHome::Columns]);
    assert_eq!(answer(&export), answer(&Export::cur2(BILL)));
}
