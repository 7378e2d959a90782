//! Manifest: AWS's own list of the files of a delivery.
//!
//! In:    `*-Manifest.json` of either shape, untrusted.
//! Out:   [`Manifest`], the newest of each export and month.
//! Never: reads more than its limit, or believes a path in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bytes::Bytes;
use chrono::NaiveDate;
use serde::Deserialize;

use super::listing::{Listed, Listing};
use super::location::Location;
use super::{Asked, DeliveryError, Result, execution};
use crate::diagnostic::Finding;
use crate::model::period::BillingPeriod;
use crate::origin::{Origin, ReadAt};

/// Bytes; the largest seen has 12,000 file names and 500 tag columns and stays under 4 MiB.
const LARGEST_MANIFEST: u64 = 64 << 20;

/// Whether a name is that of a manifest; `*-RedshiftManifest.json` is another thing.
pub(super) fn is_manifest(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "manifest.json" || name.ends_with("-manifest.json")
}

/// What a delivery consists of, in AWS's words.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) location: Rc<Location>,
    pub(super) period: Option<BillingPeriod>,
    /// The execution (2.0) or assembly (legacy).
    pub(super) execution: Option<String>,
    /// The report's or the export's name.
    pub(super) export: String,
    /// Keys of the data files, some of them as `s3://` addresses.
    pub(super) keys: Vec<String>,
    /// The bucket, where the manifest has a field for it.
    pub(super) bucket: Option<String>,
    /// Whether the manifest itself says that its files are text.
    pub(super) says_csv: bool,
}

/// The keys of both shapes that we use; AWS adds others at will.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    report_keys: Option<Vec<String>>,
    data_files: Option<Vec<String>>,
    assembly_id: Option<String>,
    execution_id: Option<String>,
    report_name: Option<String>,
    billing_period: Option<Bounds>,
    bucket: Option<String>,
    content_type: Option<String>,
}

#[derive(Deserialize)]
struct Bounds {
    start: Option<String>,
}

impl Manifest {
    /// Reads the deciding manifest of each export and month.
    ///
    /// That is the one in the month's folder, which AWS overwrites with each delivery; where only
    /// copies in execution folders are left, the newest of them by name.
    pub(super) fn newest(
        listing: &Listing,
        asked: &Asked,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Self>> {
        let mut groups: BTreeMap<_, Vec<&Listed>> = BTreeMap::new();
        for listed in &listing.manifests {
            if asked.wants(listed.location.period) {
                let folder = listed.location.period_folder();
                groups.entry((folder, &listed.name)).or_default().push(listed);
            }
        }
        let mut manifests: Vec<Self> = Vec::new();
        for group in groups.values() {
            let manifest = Self::read(&listing.origin, deciding(group, findings)?)?;
            let is_copy = |other: &Self| {
                other.execution.is_some()
                    && (&other.execution, &other.export, &other.keys)
                        == (&manifest.execution, &manifest.export, &manifest.keys)
            };
            if asked.wants(manifest.period) && !manifests.iter().any(is_copy) {
                manifests.push(manifest);
            }
        }
        Ok(manifests)
    }

    fn read(origin: &Origin, listed: &Listed) -> Result<Self> {
        let bad =
            |problem: String| DeliveryError::BadManifest { path: listed.path.clone(), problem };
        if let Some(what) = listed.special {
            return Err(DeliveryError::NotAFile { path: listed.path.clone(), what });
        }
        let fields = parse(&contents(origin, &listed.path)?).map_err(bad)?;
        let neither = || bad("it has neither `reportKeys` nor `dataFiles`".to_owned());
        let keys = fields.report_keys.or(fields.data_files).ok_or_else(neither)?;
        let start = fields.billing_period.and_then(|bounds| bounds.start);
        let told = start.as_deref().and_then(month_of).or_else(|| month_of_keys(&keys));
        let placed = listed.location.period;
        if let (Some(told), Some(placed)) = (told, placed)
            && told != placed
        {
            return Err(bad(format!("it is for {told} but lies in a folder of {placed}")));
        }
        let named = listed.name[..listed.name.len() - "manifest.json".len()].trim_end_matches('-');
        Ok(Self {
            path: listed.path.clone(),
            location: Rc::clone(&listed.location),
            period: told.or(placed),
            execution: fields.execution_id.or(fields.assembly_id),
            export: fields.report_name.unwrap_or_else(|| named.to_owned()),
            keys,
            bucket: fields.bucket,
            says_csv: fields.content_type.is_some_and(|kind| kind.contains("csv")),
        })
    }
}

/// The newest among the manifests of one export and month.
fn deciding<'a>(group: &[&'a Listed], findings: &mut Vec<Finding>) -> Result<&'a Listed> {
    if let Some(top) = group.iter().find(|listed| listed.location.execution().is_none()) {
        return Ok(top);
    }
    let names: Vec<_> = group.iter().filter_map(|listed| listed.location.execution()).collect();
    let newest = execution::newest(&names)
        .and_then(|newest| group.iter().find(|listed| listed.location.execution() == Some(newest)));
    let Some(newest) = newest else {
        let folders = names.iter().map(|name| (*name).to_owned()).collect();
        return Err(DeliveryError::WhichExecution { path: group[0].path.clone(), folders });
    };
    if group.len() > 1 {
        let (count, path) = (group.len(), newest.path.display());
        let message =
            format!("no manifest decides among {count} executions; took `{path}` by name");
        findings.push(Finding::new("execution-by-name", message));
    }
    Ok(newest)
}

/// The bytes of a manifest, at most [`LARGEST_MANIFEST`] of them.
fn contents(origin: &Origin, path: &Path) -> Result<Bytes> {
    let file = origin.open(path).map_err(DeliveryError::reading)?;
    let bytes = file.read_at(0, LARGEST_MANIFEST + 1);
    let bytes = bytes.map_err(|error| DeliveryError::opening(path, error))?;
    if u64::try_from(bytes.len()).map_or(true, |size| size > LARGEST_MANIFEST) {
        let problem = format!("it is larger than {} MiB", LARGEST_MANIFEST >> 20);
        return Err(DeliveryError::BadManifest { path: path.to_owned(), problem });
    }
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> std::result::Result<Fields, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("it is UTF-16 text".to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| format!("it is not the JSON expected: {error}"))
}

/// The month of `20220401T000000.000Z`.
fn month_of(start: &str) -> Option<BillingPeriod> {
    let day = NaiveDate::parse_from_str(start.get(..8)?, "%Y%m%d").ok()?;
    Some(BillingPeriod::containing(day))
}

fn month_of_keys(keys: &[String]) -> Option<BillingPeriod> {
    let folders = |key: &String| key.split('/').map(str::to_owned).collect();
    keys.first().and_then(|key| Location::of(folders(key)).period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_manifest_itself_is_a_manifest() {
        for (name, expected) in [
            ("cur-Manifest.json", true),
            ("Manifest.json", true),
            ("CUR-MANIFEST.JSON", true),
            ("cur-RedshiftManifest.json", false),
            ("cur-QuickSightManifest.json", false),
            ("manifest-2018-01.json", false),
        ] {
            assert_eq!(is_manifest(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_a_manifest_is_refused_in_words() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let hidden = format!("{{\"additionalArtifactKeys\":{deep},\"reportKeys\":[]}}");
        for (bytes, expected) in [
            (b"".as_slice(), "empty"),
            (b"\xEF\xBB\xBF", "empty"),
            (b"{\"reportKeys\":[\"a", "not the JSON expected: EOF"),
            (b"\xFF\xFE{\0}\0", "UTF-16"),
            (b"{\"reportKeys\":[],\"reportKeys\":[]}", "duplicate field"),
            (b"{\"reportKeys\":{}}", "expected a sequence"),
            (deep.as_bytes(), "invalid"),
            (b"[1]", "invalid"),
        ] {
            let problem = parse(bytes).err().unwrap();
            assert!(problem.contains(expected), "{problem}");
        }
        // Skipping a value does not recurse, so depth where nobody looks does no harm.
        assert!(parse(hidden.as_bytes()).is_ok());
    }

    #[test]
    fn a_byte_order_mark_and_unknown_fields_do_no_harm() {
        let text = b"\xEF\xBB\xBF{\"additional\":[{\"x\":1}],\"dataFiles\":null,\"reportKeys\":[]}";
        assert_eq!(parse(text).unwrap().report_keys, Some(Vec::new()));
    }
}
