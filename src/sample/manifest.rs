//! Manifest: what AWS says about a delivery, and where it puts things.
//!
//! In:    the plan, a billing period, the data files of its newest delivery.
//! Out:   the folders of the bucket and the two manifest shapes.
//! Never: opens a data file.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::model::period::BillingPeriod;
use crate::sample::SampleError;
use crate::sample::cast::PAYER_ID;
use crate::sample::columns::Source;
use crate::sample::dice::Dice;
use crate::sample::plan::{DeliveryFolders, EXPORT_NAME, SamplePlan, SampleSchema};
use crate::sample::writer::columns;

/// The bucket the export pretends to come from, and the prefix that the output folder stands for.
const BUCKET: &str = "curtail-sample-bucket";
const PREFIX: &str = "billing";

/// One delivery of one month.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) period: BillingPeriod,
    pub(super) execution_id: String,
    delivered: NaiveDate,
}

impl Delivery {
    /// The final delivery of a month, three days into the next.
    pub(super) fn newest(period: BillingPeriod, dice: &mut Dice) -> Self {
        Self { period, execution_id: dice.uuid(), delivered: after(period, 3) }
    }

    /// One that the newest supersedes.
    pub(super) fn superseded(period: BillingPeriod, dice: &mut Dice) -> Self {
        Self { period, execution_id: dice.uuid(), delivered: after(period, 1) }
    }

    /// The folder of its data files.
    pub(super) fn data_folder(&self, plan: &SamplePlan) -> PathBuf {
        match plan.schema {
            SampleSchema::Legacy => {
                let month = self.period.start().format("year=%Y/month=%-m").to_string();
                plan.out.join(EXPORT_NAME).join(month)
            }
            SampleSchema::Cur2 => {
                let month = plan.out.join("data").join(self.billing_period());
                match plan.folders {
                    DeliveryFolders::Overwrite => month,
                    DeliveryFolders::PerExecution => month.join(self.execution_folder()),
                }
            }
        }
    }

    fn billing_period(&self) -> String {
        format!("BILLING_PERIOD={}", self.period)
    }

    fn execution_folder(&self) -> String {
        format!("{}T06:15:24.653Z-{}", self.delivered, self.execution_id)
    }

    /// Writes the manifest of this delivery alone: the copy in its execution folder.
    pub(super) fn write_copy(
        &self,
        plan: &SamplePlan,
        files: &[PathBuf],
    ) -> Result<(), SampleError> {
        let folder = plan.out.join("metadata").join(self.billing_period());
        write(&folder.join(self.execution_folder()), &self.of_export(plan, files))
    }

    /// Writes the manifest that names the newest delivery of the month.
    pub(super) fn write_manifest(
        &self,
        plan: &SamplePlan,
        files: &[PathBuf],
    ) -> Result<(), SampleError> {
        match plan.schema {
            SampleSchema::Legacy => {
                let period = format!(
                    "{}-{}",
                    self.period.start().format("%Y%m%d"),
                    self.period.end().format("%Y%m%d")
                );
                write(&plan.out.join(period), &self.of_report(plan, files))
            }
            SampleSchema::Cur2 => {
                let folder = plan.out.join("metadata").join(self.billing_period());
                write(&folder, &self.of_export(plan, files))
            }
        }
    }

    /// The shape of Data Exports.
    fn of_export(&self, plan: &SamplePlan, files: &[PathBuf]) -> Value {
        let columns = columns(plan.schema)
            .map(|(name, source)| json!({"name": name, "type": type_name(source)}));
        json!({
            "executionId": self.execution_id,
            "exportArn": format!(
                "arn:aws:bcm-data-exports:us-east-1:{PAYER_ID}:export/{EXPORT_NAME}"
            ),
            "columns": columns.collect::<Vec<_>>(),
            "dataFiles": files
                .iter()
                .map(|file| format!("s3://{BUCKET}/{}", key(plan, file)))
                .collect::<Vec<_>>(),
        })
    }

    /// The shape of the legacy report.
    fn of_report(&self, plan: &SamplePlan, files: &[PathBuf]) -> Value {
        let columns = columns(plan.schema).map(|(name, source)| {
            let (category, name) = split_category(name);
            let kind = type_name(source).to_uppercase();
            json!({"category": category, "name": name, "type": kind})
        });
        let instant = |day: NaiveDate| day.format("%Y%m%dT000000.000Z").to_string();
        json!({
            "assemblyId": self.execution_id,
            "account": PAYER_ID,
            "columns": columns.collect::<Vec<_>>(),
            "charset": "UTF-8",
            "compression": "Parquet",
            "contentType": "Parquet",
            "reportId": "5a3c7d0b9e1f4286",
            "reportName": EXPORT_NAME,
            "billingPeriod": {
                "start": instant(self.period.start()),
                "end": instant(self.period.end()),
            },
            "bucket": BUCKET,
            "reportKeys":
                files.iter().map(|file| key(plan, file)).collect::<Vec<_>>(),
            "additionalArtifactKeys": [],
        })
    }
}

fn after(period: BillingPeriod, days: u64) -> NaiveDate {
    period.end().checked_add_days(Days::new(days)).unwrap_or_default()
}

/// The key in the bucket: the output folder is `<prefix>/<name>`.
fn key(plan: &SamplePlan, file: &Path) -> String {
    let inside = file.strip_prefix(&plan.out).unwrap_or(file);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    format!("{PREFIX}/{EXPORT_NAME}/{}", parts.join("/"))
}

/// `line_item` and `unblended_cost` of `line_item_unblended_cost`.
fn split_category(name: &str) -> (&str, &str) {
    const LONG: [&str; 4] = ["line_item", "savings_plan", "resource_tags", "cost_category"];
    let long = LONG.iter().find_map(|category| {
        let rest = name.strip_prefix(category)?.strip_prefix('_')?;
        Some((*category, rest))
    });
    long.or_else(|| name.split_once('_')).unwrap_or(("", name))
}

fn type_name(source: &Source) -> &'static str {
    match source {
        Source::NoNumber | Source::Number(_) | Source::ProfileNumber(_) => "double",
        Source::MonthStart | Source::MonthEnd | Source::LineStart | Source::LineEnd => "timestamp",
        Source::Map(_) => "map<string,string>",
        Source::DiscountMap => "map<string,double>",
        _ => "string",
    }
}

fn write(folder: &Path, manifest: &Value) -> Result<(), SampleError> {
    fs::create_dir_all(folder).map_err(SampleError::io(folder))?;
    let path = folder.join(format!("{EXPORT_NAME}-Manifest.json"));
    fs::write(&path, format!("{manifest}\n")).map_err(SampleError::io(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legacy_column_is_split_into_category_and_name() {
        for (name, expected) in [
            ("line_item_unblended_cost", ("line_item", "unblended_cost")),
            ("savings_plan_savings_plan_a_r_n", ("savings_plan", "savings_plan_a_r_n")),
            ("bill_bill_type", ("bill", "bill_type")),
            ("resource_tags_user_team", ("resource_tags", "user_team")),
        ] {
            assert_eq!(split_category(name), expected);
        }
    }
}
