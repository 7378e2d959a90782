//! Shared cost: splits as people write them, over exports as AWS delivers them.
//!
//! In:    bills as tables, `tenants.toml` beside them.
//! Out:   what every tenant pays; why that is not what it was.
//! Never: tries every method; the room's own tests do.

use std::path::Path;

use curtail::diagnostic::ErrorKind;
use curtail::model::metric::CostMetric;
use curtail::model::period::BillingPeriod;
use curtail::pipeline::{self, Bill, PipelineError, Source};
use curtail::report::Report;
use curtail::report::explain::Subject;
use curtail::report::table::Cell;
use tempfile::TempDir;

use crate::support::ask::by;
use crate::support::export::Export;

const TENANTS: &str = r#"
[tenants.search]
[tenants.ads]
[tenants.platform]

[[rule]]
tenant = "search"
match = { domain = "d-1" }

[[rule]]
tenant = "ads"
match = { domain = "d-2" }

[[rule]]
tenant = "platform"
match = { domain = "d-3" }
"#;

fn rules(splits: &str) -> String {
    format!("{TENANTS}{splits}")
}

fn bill() -> Export {
    Export::cur2(
        "month      | day        | type  | domain | cost | product
         2026-10-01 | 2026-10-01 | Usage | d-1    | 60   | AmazonSageMaker
         2026-10-01 | 2026-10-02 | Usage | d-2    | 30   | AmazonSageMaker
         2026-10-01 | 2026-10-02 | Usage | d-3    | 9    | AmazonSageMaker
         2026-10-01 | 2026-10-01 | Tax   | -      | 10   | AmazonSageMaker
         2026-10-01 | 2026-10-01 | Usage | -      | 5    | AmazonS3",
    )
}

#[test]
fn a_chain_of_splits_pays_for_everything_and_the_books_balance() {
    let splits = rules(
        r#"
[[split]]
name = "platform"
from_tenants = ["platform"]
method = "proportional"
targets = ["search", "ads"]

[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "fixed"
percent = { search = 50, platform = 30, ads = 10 }
"#,
    );
    by("tenant,pool").beside("tenants.toml", &splits).check(
        &bill(),
        "search | -        | 60
         ads    | -        | 30
         search | platform | 8   | shared
         search | tax      | 5   | shared
         ads    | platform | 4   | shared
         ads    | tax      | 1   | shared
         -      | tax      | 1   | unattributed
         -      | -        | 5   | other services",
    );
}

#[test]
fn a_filter_by_tenant_keeps_what_it_received() {
    let splits = rules("[[split]]\nname = \"all\"\nmatch = { service = \"*\" }\nmethod = \"even\"");
    let ask = by("tenant,service").only("tenant=ads").beside("tenants.toml", &splits);
    ask.check(
        &bill(),
        "ads | AmazonSageMaker | 30
         ads | AmazonSageMaker | 3.333333333333 | shared
         ads | AmazonS3 | 1.666666666667 | shared",
    );
}

#[test]
fn a_driver_of_another_month_is_refused() {
    let splits = rules(
        "[[split]]\nname = \"tax\"\nmatch = { line-type = \"Tax\" }\nmethod = \"driver\"\n\
         file = \"driver.csv\"",
    );
    let ask = by("tenant").beside("tenants.toml", &splits);
    let ask = ask.beside("driver.csv", "date,target,amount\n2026-09,search,3\n");
    let error = ask.try_find(&bill()).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("SPLIT-DRIVER-MONTH", ErrorKind::Input));
}

/// Two months of one folder.
fn months(before: &str, after: &str, rules: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (month, table) in [("2026-09", before), ("2026-10", after)] {
        let of = folder.path().join(format!("BILLING_PERIOD={month}"));
        std::fs::create_dir(&of).unwrap();
        let head = "month | day | type | user | resource | usage_type | amount | unit | list \
                    | cost | sp_effective";
        let rows = table.lines().map(str::trim).filter(|line| !line.is_empty());
        let rows = rows.map(|row| format!("{month}-01 | {month}-03 | {row}"));
        let table = rows.fold(head.to_owned(), |table, row| format!("{table}\n{row}"));
        Export::cur2(&table).write(&of.join("export.parquet"));
    }
    std::fs::write(folder.path().join("tenants.toml"), rules).unwrap();
    folder
}

const SEPTEMBER: &str = "
    Usage | d-1/zoe | a | Studio:JupyterLab-ml.t3.medium | 10 | Hrs | 20 | 20 | -
    Usage | d-1/zoe | b | Studio:JupyterLab-ml.t3.medium | 4  | Hrs | 8  | 8  | -
    Usage | d-1/zoe | c | Studio:JupyterLab-ml.t3.medium | 2  | Hrs | 4  | 4  | -
    Tax   | -       | - | -                              | -  | -   | -  | 3  | -";

const OCTOBER: &str = "
    SavingsPlanCoveredUsage | d-1/zoe | a | Studio:JupyterLab-ml.t3.medium | 10 | Hrs | 20 | 20 | 12
    Usage | d-1/zoe | b | Studio:JupyterLab-ml.t3.medium | 6 | Hrs | 12 | 12 | -
    Usage | d-1/zoe | e | Train:ml.m5.large              | 1 | Hrs | 9  | 9  | -
    Tax   | -       | - | -                              | - | -   | -  | 5  | -";

fn against(folder: &Path, subject: &Subject) -> Result<Report, PipelineError> {
    let source = Source::of(Bill::Export(folder.to_owned()), 1, None);
    let month = |text| BillingPeriod::parse(text).unwrap();
    pipeline::change(&source, subject, None, month("2026-09"), CostMetric::Amortized)
}

/// The parts that are not zero: word and change.
fn parts(report: &Report) -> String {
    let told = |cell: &Cell| match cell {
        Cell::Text { full, .. } => full.to_string(),
        Cell::Label(word) => word.to_string(),
        Cell::Money(money) => money.to_string(),
        _ => String::new(),
    };
    let table = &report.sections[0].table;
    let rows = table.rows.iter().chain(&table.totals);
    let rows = rows.map(|row| (told(&row.cells[0]), told(&row.cells[3])));
    let told = rows.filter(|row| row.1 != "0");
    told.map(|(part, change)| format!("{part} {change}; ")).collect::<Vec<_>>().concat()
}

#[test]
fn a_change_is_told_by_its_parts_for_tenants_users_and_resources() {
    let splits = r#"
[tenants.search]

[[rule]]
tenant = "search"
match = { user = "zoe" }

[[split]]
name = "tax"
match = { line-type = "Tax" }
method = "even"
"#;
    let folder = months(SEPTEMBER, OCTOBER, splits);
    let of = |subject: Subject| parts(&against(folder.path(), &subject).unwrap());
    let own = "quantity 4; coverage -8; new 9; gone -4; ";
    assert_eq!(of(Subject::User("zoe".into())), format!("{own}total 1; "));
    assert_eq!(of(Subject::Tenant("search".into())), format!("{own}shared 2; total 3; "));
    let report = against(folder.path(), &Subject::User("zoe".into())).unwrap();
    assert_eq!(report.title, "Why user zoe changed from 2026-09 to 2026-10");
    let error = against(folder.path(), &Subject::User("zoey".into())).unwrap_err();
    assert_eq!(error.hints(), ["did you mean `zoe`?"]);
}
