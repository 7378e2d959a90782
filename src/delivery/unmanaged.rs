//! Unmanaged: files without a manifest, chosen by their folders.
//!
//! In:    the files that no manifest speaks for.
//! Out:   one execution of each export and month.
//! Never: guesses between two answers: what the names do not decide is an error.

use std::collections::{BTreeMap, BTreeSet};

use super::listing::Listed;
use super::{Asked, DeliveryError, Found, Result, execution};
use crate::diagnostic::Finding;
use crate::model::delivery::{DataFile, PeriodDelivery};

/// Groups files by export and month, and picks the newest execution of each.
pub(super) fn by_folder(
    files: &[&Listed],
    asked: &Asked,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Found>> {
    let mut groups: BTreeMap<_, Vec<&Listed>> = BTreeMap::new();
    for &file in files {
        if asked.wants(file.location.period) {
            // Without a month there is nothing to tell exports apart by: all is one heap.
            let export = file.location.period.map(|_| file.location.export());
            groups.entry((file.location.period, export)).or_default().push(file);
        }
    }
    let mut found = Vec::new();
    for group in groups.into_values() {
        found.push(of_group(group, findings)?);
    }
    Ok(found)
}

fn of_group(mut group: Vec<&Listed>, findings: &mut Vec<Finding>) -> Result<Found> {
    let (period, location) = (group[0].location.period, &group[0].location);
    let execution = if period.is_some() {
        one_folder(&group)?;
        let execution = one_execution(&group, findings)?;
        group.retain(|file| file.location.execution() == execution.as_deref());
        one_report(&group)?;
        execution
    } else {
        None
    };
    let export = format!("`{}`", group[0].folder(location.export_depth).display());
    let mut files = Vec::new();
    for file in group {
        let path = file.path.clone();
        if let Some(what) = file.special {
            return Err(DeliveryError::NotAFile { path, what });
        }
        files.push(DataFile { path });
    }
    let delivery = PeriodDelivery { period, files, manifest: None, execution };
    Ok(Found { export, delivery })
}

/// `month=6` and `month=06` are one month; which of the two folders is right, nobody can say.
fn one_folder(group: &[&Listed]) -> Result<()> {
    let folder = |file: &Listed| {
        let depth = file.location.period_depth.unwrap_or(file.location.folders.len());
        file.folder(depth).to_owned()
    };
    let folders: BTreeSet<_> = group.iter().map(|file| folder(file)).collect();
    let mut folders = folders.into_iter();
    let (Some(first), Some(second), Some(period)) =
        (folders.next(), folders.next(), group[0].location.period)
    else {
        return Ok(());
    };
    Err(DeliveryError::MonthTwice { period, folders: [first, second] })
}

fn one_execution(group: &[&Listed], findings: &mut Vec<Finding>) -> Result<Option<String>> {
    let names: BTreeSet<_> = group.iter().map(|file| file.location.execution()).collect();
    let loose = names.contains(&None);
    let names: Vec<_> = names.into_iter().flatten().collect();
    if names.is_empty() {
        return Ok(None);
    }
    let path = group[0].path.clone();
    if loose {
        return Err(DeliveryError::MixedDeliveries { path, execution: names[0].to_owned() });
    }
    let Some(newest) = execution::newest(&names) else {
        let folders = names.into_iter().map(str::to_owned).collect();
        return Err(DeliveryError::WhichExecution { path, folders });
    };
    if names.len() > 1 {
        let (count, month) = (names.len(), group[0].location.period);
        let month = month.map_or_else(String::new, |month| format!(" of {month}"));
        let message =
            format!("no manifest decides among {count} executions{month}; took `{newest}` by name");
        findings.push(Finding::new("execution-by-name", message));
    }
    Ok(Some(newest.to_owned()))
}

/// AWS names every chunk after its report; two names in one folder are two reports.
fn one_report(group: &[&Listed]) -> Result<()> {
    let reports: BTreeSet<_> = group.iter().filter_map(|file| report_of(&file.name)).collect();
    let mut reports = reports.into_iter().map(|report| format!("`{report}`"));
    if let (Some(first), Some(second)) = (reports.next(), reports.next()) {
        let period = group[0].location.period;
        return Err(DeliveryError::TwoExports { period, exports: [first, second] });
    }
    Ok(())
}

/// The report of `<report>-00001.snappy.parquet`.
fn report_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".parquet")?;
    let stem = stem.strip_suffix(".snappy").unwrap_or(stem);
    let (report, chunk) = stem.rsplit_once('-')?;
    (chunk.len() == 5 && chunk.bytes().all(|b| b.is_ascii_digit())).then_some(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_tells_its_report_and_other_files_tell_nothing() {
        for (name, report) in [
            ("cur-00001.snappy.parquet", Some("cur")),
            ("my-cur-00012.parquet", Some("my-cur")),
            ("part-00000-9f.c000.snappy.parquet", None),
            ("cur-1.parquet", None),
            ("cur.parquet", None),
        ] {
            assert_eq!(report_of(name), report, "{name}");
        }
    }
}
