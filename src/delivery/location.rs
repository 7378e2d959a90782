//! Location: what the folders above a file say about it.
//!
//! In:    the names of the folders, outermost first.
//! Out:   [`Location`]: the export, the billing period and the execution.
//! Never: touches the disk.

use chrono::NaiveDate;

use crate::model::period::BillingPeriod;

/// Where a file stands in the layout of an export, AWS's legacy or 2.0, or in none.
///
/// Shapes from "Data Exports delivery" and "Cost and Usage Report delivery" (AWS, read 2026-09):
/// `data/BILLING_PERIOD=2026-04/[execution/]`, `year=2018/month=11/`,
/// `20181101-20181201/[assembly/]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Location {
    /// The folders above the file; some of them may lie above the source.
    pub(super) folders: Vec<String>,
    /// How many of `folders` lead to the export; all of them when there is no period folder.
    pub(super) export_depth: usize,
    /// The month that the innermost period folder names.
    pub(super) period: Option<BillingPeriod>,
    /// How many of `folders` lead to the period folder, that folder included.
    pub(super) period_depth: Option<usize>,
    /// A folder that is shaped like a billing period without being a whole month.
    pub(super) malformed: Option<String>,
}

impl Location {
    /// Reads the folder names from the innermost outwards; the first period folder decides.
    pub(super) fn of(folders: Vec<String>) -> Self {
        let export_depth = folders.len();
        let mut location = Self { folders, export_depth, ..Self::default() };
        for index in (0..location.folders.len()).rev() {
            let Some((first, month)) = period_folder(&location.folders, index) else { continue };
            let above = first.checked_sub(1).map(|above| location.folders[above].as_str());
            let half = above.is_some_and(|name| name == "data" || name == "metadata");
            location.export_depth = if half { first - 1 } else { first };
            location.period_depth = Some(index + 1);
            location.period = month;
            if month.is_none() {
                location.malformed = Some(location.folders[first..=index].join("/"));
            }
            break;
        }
        location
    }

    /// The folders that name the export.
    pub(super) fn export(&self) -> &[String] {
        &self.folders[..self.export_depth]
    }

    /// The folders down to the billing period's own.
    pub(super) fn period_folder(&self) -> &[String] {
        &self.folders[..self.period_depth.unwrap_or(self.folders.len())]
    }

    /// The folder right below the period's, which create-new deliveries have.
    pub(super) fn execution(&self) -> Option<&str> {
        self.folders.get(self.period_depth?).map(String::as_str)
    }
}

/// Whether a folder is (the end of) a period folder: where it begins, and its month if it is one.
fn period_folder(folders: &[String], index: usize) -> Option<(usize, Option<BillingPeriod>)> {
    let name = folders[index].as_str();
    if let Some(value) = hive_value(name, "billing_period") {
        return Some((index, BillingPeriod::parse(value)));
    }
    if let Some(month) = hive_value(name, "month") {
        let first = index.checked_sub(1)?;
        let year = hive_value(&folders[first], "year")?;
        return Some((first, BillingPeriod::parse(&format!("{year}-{month}"))));
    }
    let (start, end) = name.split_once('-')?;
    let digits = |part: &str| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(start) || !digits(end) {
        return None;
    }
    Some((index, whole_month(start, end)))
}

fn hive_value<'a>(folder: &'a str, key: &str) -> Option<&'a str> {
    let (name, value) = folder.split_once('=')?;
    name.eq_ignore_ascii_case(key).then_some(value)
}

/// From the first day to the first of the next month; some tools write the last day instead.
fn whole_month(start: &str, end: &str) -> Option<BillingPeriod> {
    let day = |text| NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    let (start, end) = (day(start)?, day(end)?);
    let period = BillingPeriod::containing(start);
    let whole = period.start() == start && (end == period.end() || end.succ_opt()? == period.end());
    whole.then_some(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(path: &str) -> Location {
        Location::of(path.split('/').map(str::to_owned).collect())
    }

    #[test]
    fn every_spelling_of_a_period_folder_is_the_same_month() {
        for (path, export) in [
            ("b/cur/cur/year=2025/month=6", "b/cur/cur"),
            ("b/cur/cur/year=2025/month=06", "b/cur/cur"),
            ("b/cur/20250601-20250701", "b/cur"),
            ("b/cur/20250601-20250630", "b/cur"),
            ("b/cur/20250601-20250701/20250603T120125Z", "b/cur"),
            ("b/exp/data/BILLING_PERIOD=2025-06", "b/exp"),
            ("b/exp/metadata/BILLING_PERIOD=2025-06/2025-06-16T15:24:15.653Z-04e9", "b/exp"),
            ("b/twin/BILLING_PERIOD=2025-06", "b/twin"),
            ("BILLING_PERIOD=2025-06", ""),
        ] {
            let location = located(path);
            assert_eq!(location.period, BillingPeriod::parse("2025-06"), "{path}");
            assert_eq!(location.export().join("/"), export, "{path}");
        }
    }

    #[test]
    fn the_folder_below_the_period_is_the_execution() {
        let location = located("e/data/BILLING_PERIOD=2025-06/2025-06-16T15:24:15.653Z-04e9/x");
        assert_eq!(location.execution(), Some("2025-06-16T15:24:15.653Z-04e9"));
        assert_eq!(located("e/data/BILLING_PERIOD=2025-06").execution(), None);
    }

    #[test]
    fn a_folder_without_a_period_is_its_own_export() {
        for path in ["a/b", "a/month=6", "a/year=2025", "a/2025-06", "a/12345678-1234567"] {
            let location = located(path);
            assert_eq!((location.period, location.malformed.as_deref()), (None, None), "{path}");
            assert_eq!(location.export().join("/"), path);
        }
    }

    #[test]
    fn half_a_month_is_not_a_billing_period() {
        for (path, odd) in [
            ("a/20250601-20250616", "20250601-20250616"),
            ("a/20250615-20250715", "20250615-20250715"),
            ("a/year=2025/month=13", "year=2025/month=13"),
            ("a/BILLING_PERIOD=2025", "BILLING_PERIOD=2025"),
        ] {
            assert_eq!(located(path).malformed.as_deref(), Some(odd));
        }
    }
}
