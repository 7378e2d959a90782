//! Plan: what a generated export shall be.
//!
//! In:    the wishes of the command line.
//! Out:   [`SamplePlan`], checked before a byte is written.
//! Never: touches the disk.

use std::path::PathBuf;

use crate::model::period::BillingPeriod;
use crate::sample::SampleError;
use crate::sample::habits::{LEAST_MONTHS, LEAST_ROWS};

/// The name of the generated report or export, in folders, files and manifests.
pub const EXPORT_NAME: &str = "curtail-sample";

/// Months with fewer rows than this are cut into days, longer ones into hours: an hour with three
/// lines would have no room for a Savings Plan.
const ROWS_FOR_HOURS: u64 = 100_000;

/// Which of the two AWS exports is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleSchema {
    /// The legacy Cost and Usage Report as Parquet: REQUIRED columns, a column per tag.
    Legacy,
    /// CUR 2.0 of Data Exports: 131 columns, tags in maps.
    Cur2,
}

impl SampleSchema {
    /// The word on the command line and in `truth.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Cur2 => "cur2",
        }
    }

    /// The schema of a word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Legacy, Self::Cur2].into_iter().find(|schema| schema.name() == text)
    }
}

/// Where the data files of one delivery go. The legacy layout knows only [`Self::Overwrite`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryFolders {
    /// Every delivery replaces the one before, in the folder of the month.
    Overwrite,
    /// Every delivery has a folder of its own, `<timestamp>-<execution id>`; a superseded one
    /// lies beside the newest and must not be counted.
    PerExecution,
}

/// How long one line lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// One line per series and UTC day.
    Daily,
    /// One line per series and hour.
    Hourly,
}

/// A whole export, to the last byte: equal plans give equal files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePlan {
    /// The folder to fill; it is created, and must be empty if it exists.
    pub out: PathBuf,
    /// Line items over all months, exactly.
    pub rows: u64,
    /// The export to imitate.
    pub schema: SampleSchema,
    /// How many billing periods.
    pub months: u32,
    /// The first of them; the `SageMaker` tags are activated in its middle.
    pub first_month: BillingPeriod,
    /// Where all chance comes from.
    pub seed: u64,
    /// Of 100 series, how many are `SageMaker`'s: 35 is ML-heavy, 5 is a whole organisation.
    pub sagemaker_percent: u32,
    /// Rows of one row group; memory is proportional to it.
    pub row_group_rows: usize,
    /// Rows of one data file.
    pub rows_per_file: u64,
    /// Execution folders or not; only for CUR 2.0.
    pub folders: DeliveryFolders,
    /// Days or hours.
    pub granularity: Granularity,
    /// Whether a policy lies beside the export, and the truth tells what breaks it.
    pub policy: bool,
    /// Whether things run in the last month though nobody uses them, and the truth tells which.
    pub idle: bool,
    /// Whether there are people with habits, some of whom do something unusual in the last month,
    /// and the truth tells what.
    pub anomalies: bool,
}

impl SamplePlan {
    /// A plan with the usual choices: two months from 2026-09, seed 7, ML-heavy, overwritten in
    /// place, days for small months and hours for large ones.
    pub fn new(out: impl Into<PathBuf>, rows: u64, schema: SampleSchema) -> Self {
        let start = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap_or_default();
        Self {
            out: out.into(),
            rows,
            schema,
            months: 2,
            first_month: BillingPeriod::containing(start),
            seed: 7,
            sagemaker_percent: 35,
            row_group_rows: 262_144,
            rows_per_file: 1_000_000,
            folders: DeliveryFolders::Overwrite,
            granularity: Granularity::Daily,
            policy: false,
            idle: false,
            anomalies: false,
        }
        .months(2)
    }

    /// The same plan over another number of months, with the granularity that suits it.
    #[must_use]
    pub fn months(mut self, months: u32) -> Self {
        self.months = months;
        let per_month = self.rows / u64::from(months.max(1));
        self.granularity =
            if per_month < ROWS_FOR_HOURS { Granularity::Daily } else { Granularity::Hourly };
        self
    }

    /// The billing periods, oldest first.
    pub(super) fn periods(&self) -> Vec<BillingPeriod> {
        let next = |period: &BillingPeriod| Some(BillingPeriod::containing(period.end()));
        std::iter::successors(Some(self.first_month), next).take(self.months as usize).collect()
    }

    /// Rows of the month with this index: the total is cut evenly, to the row.
    pub(super) fn rows_of(&self, month: u32) -> u64 {
        let (rows, months) = (u128::from(self.rows), u128::from(self.months));
        let until = |index: u32| rows * u128::from(index) / months;
        u64::try_from(until(month + 1) - until(month)).unwrap_or(u64::MAX)
    }

    /// Refuses a plan that no export can follow.
    pub(super) fn check(&self) -> Result<(), SampleError> {
        let problem = if self.months == 0 || self.months > 120 {
            "`months` must be between 1 and 120"
        } else if self.rows < u64::from(self.months) {
            "`rows` must be at least one per month"
        } else if self.sagemaker_percent > 100 {
            "the share of SageMaker must be between 0 and 100 percent"
        } else if self.row_group_rows == 0 || self.rows_per_file == 0 {
            "row groups and files must hold at least one row"
        } else if self.row_group_rows > 16_000_000 {
            "a row group must hold at most 16,000,000 rows"
        } else if self.schema == SampleSchema::Legacy
            && self.folders == DeliveryFolders::PerExecution
        {
            "execution folders exist only for schema `cur2`"
        } else if self.idle && self.granularity == Granularity::Daily {
            "what is idle shows by the hour: months need 100,000 rows or more"
        } else if self.anomalies
            && (self.months < LEAST_MONTHS || self.rows / u64::from(self.months) < LEAST_ROWS)
        {
            "what is unusual shows after months of habits: 4 months or more, of 2,000 rows or more"
        } else {
            return Ok(());
        };
        Err(SampleError::Plan { problem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_over_the_months_without_losing_one() {
        let plan = SamplePlan::new("x", 1_000, SampleSchema::Cur2).months(3);
        let rows: Vec<_> = (0..3).map(|month| plan.rows_of(month)).collect();
        assert_eq!(rows, [333, 333, 334]);
        let periods: Vec<_> = plan.periods().iter().map(ToString::to_string).collect();
        assert_eq!(periods, ["2026-09", "2026-10", "2026-11"]);
    }

    #[test]
    fn a_large_month_is_hourly_and_a_small_one_daily() {
        let plan = SamplePlan::new("x", 5_000_000, SampleSchema::Cur2);
        assert_eq!(plan.granularity, Granularity::Hourly);
        assert_eq!(plan.months(100).granularity, Granularity::Daily);
    }
}
