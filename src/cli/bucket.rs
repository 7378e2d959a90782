//! Bucket: how an export in S3 is reached, as typed, as the environment says, as profiles say.
//!
//! In:    arguments, `AWS_*`, the two files of profiles that AWS's own tools read.
//! Out:   an [`Origin`], for sources that are addresses; on stderr, what was fetched in the end.
//! Never: shows a value of any of them, or reads a file when no source is in S3.

#![expect(clippy::print_stderr, reason = "the report has stdout")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use clap::Args;
use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use indicatif::ProgressBar;

use crate::cli::complaint::Complaint;
use crate::cli::{engine, progress};
use crate::origin::{Access, Address, Bucket, Origin, OriginError, Why, is_remote};
use crate::render::number;

/// How a bucket is reached.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "S3")]
pub(super) struct BucketArguments {
    /// Profile of ~/.aws/config and ~/.aws/credentials [default: `AWS_PROFILE`, else `default`]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Region of the bucket [default: `AWS_REGION`, `AWS_DEFAULT_REGION`, that of the profile]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// A service like S3; HTTP only on this machine [default: `AWS_ENDPOINT_URL`]
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    /// Put the bucket's name into the path, as many services like S3 want it
    #[arg(long)]
    path_style: bool,
}

/// Where the sources are: a disk, or the one bucket that their addresses name.
pub(super) fn origin<'a>(
    sources: impl Iterator<Item = &'a PathBuf>,
    arguments: &BucketArguments,
) -> Result<Origin, Complaint> {
    let mut remote = sources.filter(|path| is_remote(path));
    let Some(first) = remote.next() else { return Ok(Origin::Disk) };
    let Some(address) = Address::parse(first) else {
        let words = format!("`{}` names no bucket", first.display());
        return Err(Complaint::usage(words, "write s3://bucket/prefix"));
    };
    let is_other =
        |path: &&PathBuf| Address::parse(path).is_none_or(|other| other.bucket != address.bucket);
    if let Some(other) = remote.find(is_other) {
        let words = format!("`{}` and `{}` are two buckets", first.display(), other.display());
        return Err(Complaint::usage(words, "ingest one bucket at a time"));
    }
    Ok(reach(first, arguments)?)
}

/// The bucket of an address; what is fetched from it is told in the end.
pub(super) fn reach(address: &Path, arguments: &BucketArguments) -> Result<Origin, OriginError> {
    let origin = Origin::S3(Arc::new(Bucket::of(address, &access(address, arguments)?)?));
    reached().push(origin.clone());
    Ok(origin)
}

/// What is told of when the command is over.
static REACHED: Mutex<Vec<Origin>> = Mutex::new(Vec::new());

fn reached() -> MutexGuard<'static, Vec<Origin>> {
    REACHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What people see who wait for it.
static FETCHING: OnceLock<ProgressBar> = OnceLock::new();

/// Counts on a terminal what is being fetched, until [`end_progress`].
pub(super) fn show_progress() {
    if !reached().is_empty() {
        FETCHING.get_or_init(|| progress::counter(|| fetched().unwrap_or_default()));
    }
}

/// The terminal belongs to the answer now.
pub(super) fn end_progress() {
    engine::end_progress();
    if let Some(counter) = FETCHING.get() {
        counter.finish_and_clear();
    }
}

/// Tells on stderr what was fetched, which costs money and time; nothing of a disk.
pub(super) fn tell_fetched() {
    end_progress();
    if let Some(fetched) = fetched() {
        eprintln!("{fetched}");
    }
}

fn fetched() -> Option<String> {
    let all = reached().iter().filter_map(Origin::fetched).collect::<Vec<_>>();
    let bytes = all.iter().map(|fetched| fetched.bytes).sum();
    let requests = all.iter().map(|fetched| fetched.requests).sum();
    if requests == 0 {
        return None;
    }
    let s = if requests == 1 { "" } else { "s" };
    Some(format!("fetched {} in {} request{s}", number::bytes(bytes), number::count(requests)))
}

fn access(address: &Path, arguments: &BucketArguments) -> Result<Access, OriginError> {
    let variables: BTreeMap<String, String> =
        std::env::vars().filter(|(name, _)| name.starts_with("AWS_")).collect();
    let typed = [("AWS_REGION", &arguments.region), ("AWS_ENDPOINT_URL", &arguments.endpoint_url)];
    let typed = typed.into_iter().filter_map(|(name, value)| Some((name.into(), value.clone()?)));
    let has_keys = variables.contains_key("AWS_ACCESS_KEY_ID") && arguments.profile.is_none();
    let mut settings: Vec<(String, String)> = Vec::new();
    let named = arguments.profile.as_ref().or_else(|| variables.get("AWS_PROFILE"));
    let profile = named.map_or("default", String::as_str);
    let found = profile_of(profile, &variables);
    if found.is_empty() && arguments.profile.is_some() {
        return Err(OriginError { path: address.to_owned(), why: Why::NoProfile });
    }
    settings.extend(of_profile(&found, has_keys));
    let is_overruled = |name: &str| !has_keys && arguments.profile.is_some() && is_key(name);
    settings.extend(variables.into_iter().filter(|(name, _)| !is_overruled(name)));
    settings.extend(typed);
    Ok(Access { settings, path_style: arguments.path_style })
}

fn is_key(name: &str) -> bool {
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].contains(&name)
}

/// What profiles say, by the names of the environment; keys only when nothing else has any.
fn of_profile(profile: &BTreeMap<String, String>, has_keys: bool) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    let mut take = |from: &str, name: &str| {
        if let Some(value) = profile.get(from) {
            settings.push((name.to_owned(), value.clone()));
        }
    };
    take("region", "AWS_REGION");
    take("endpoint_url", "AWS_ENDPOINT_URL");
    if has_keys {
        return settings;
    }
    take("aws_access_key_id", "AWS_ACCESS_KEY_ID");
    take("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY");
    take("aws_session_token", "AWS_SESSION_TOKEN");
    if !profile.contains_key("aws_access_key_id")
        && let Some(command) = profile.get("credential_process")
    {
        settings.extend(of_process(command));
    }
    settings
}

/// What a program of the user's says, as AWS's own tools would ask it.
fn of_process(command: &str) -> Vec<(String, String)> {
    let told = Command::new("sh").args(["-c", command]).output();
    let told = told.ok().filter(|told| told.status.success());
    let told = told.and_then(|told| serde_json::from_slice::<serde_json::Value>(&told.stdout).ok());
    let keys = [
        ("AccessKeyId", "AWS_ACCESS_KEY_ID"),
        ("SecretAccessKey", "AWS_SECRET_ACCESS_KEY"),
        ("SessionToken", "AWS_SESSION_TOKEN"),
    ];
    let told = told.unwrap_or_default();
    let value = |(key, name): (&str, &str)| Some((name.to_owned(), told[key].as_str()?.to_owned()));
    keys.into_iter().filter_map(value).collect()
}

/// A profile of both files; that of the credentials wins.
fn profile_of(name: &str, variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let home = choose_native_strategy().map(|known| known.home_dir().join(".aws"));
    let home = home.unwrap_or_default();
    let file = |variable: &str, usual: &str| {
        let path = variables.get(variable).map_or_else(|| home.join(usual), PathBuf::from);
        read(&path)
    };
    let config = file("AWS_CONFIG_FILE", "config");
    let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let mut found = section(&config, &format!("profile {name}"));
    if found.is_empty() {
        found = section(&config, name);
    }
    found.extend(section(&credentials, name));
    found
}

fn read(path: &Path) -> String {
    // Nobody has to have profiles.
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The settings under `[name]`; nested ones, which are indented, are none of ours.
fn section(text: &str, name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut is_inside = false;
    for line in text.lines().filter(|line| !line.starts_with(['#', ';', ' ', '\t'])) {
        if let Some(header) = line.trim_end().strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            is_inside = header.split_whitespace().eq(name.split_whitespace());
        } else if let (true, Some((key, value))) = (is_inside, line.split_once('=')) {
            found.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
# of a laptop
[default]
region = eu-west-1

[profile finance]
region=eu-central-1
s3 =
  max_concurrent_requests = 20
credential_process = printf '{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}'
";

    #[test]
    fn a_profile_is_a_section_of_its_name() {
        let finance = section(CONFIG, "profile finance");
        assert_eq!(finance["region"], "eu-central-1");
        assert!(!finance.contains_key("max_concurrent_requests"));
        assert_eq!(section(CONFIG, "default")["region"], "eu-west-1");
        assert!(section(CONFIG, "profile nobody").is_empty());
    }

    #[test]
    fn keys_of_a_profile_count_only_where_the_environment_has_none() {
        let finance = section(CONFIG, "profile finance");
        let names = |has_keys| {
            let settings = of_profile(&finance, has_keys);
            settings.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(true), ["AWS_REGION"]);
        assert_eq!(names(false), ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    }
}
