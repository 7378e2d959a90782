//! Bucket: the client of one bucket, whose waiting is hidden.
//!
//! In:    the bucket's name, how it is reached, keys.
//! Out:   [`Bucket`]: lists and reads, several requests in flight; counts what it fetched.
//! Never: tells a secret, or waits longer than its retries take.

mod writing;

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt,
    RetryConfig,
};
use tokio::runtime::Handle;

use super::error::Why;
use super::opened::absent;
use super::ranges::requests;
use super::{Address, Fetched, OriginError};

/// Requests in flight for one row group.
const IN_FLIGHT: usize = 8;
/// The end of a file that is fetched when it is opened: most footers are smaller.
const TAIL: u64 = 64 << 10;
/// Files of so many bytes are asked for as often as this before we give up.
const RETRIES: usize = 6;
const LONGEST_RETRY: Duration = Duration::from_mins(1);
const LONGEST_CONNECT: Duration = Duration::from_secs(5);
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// How a bucket is reached.
#[derive(Clone, Default)]
pub struct Access {
    /// Settings by the names that AWS's own tools read from the environment.
    pub settings: Vec<(String, String)>,
    /// Whether the bucket's name is part of the path, not of the host.
    pub path_style: bool,
}

/// Values may be secrets.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.settings.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl Access {
    fn get(&self, name: &str) -> Option<&str> {
        // The last one wins, as when they are applied.
        let mut found = self.settings.iter().rev().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

/// A bucket.
pub struct Bucket {
    address: Address,
    client: AmazonS3,
    runtime: Handle,
    bytes: AtomicU64,
    requests: AtomicU64,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.address.bucket)
    }
}

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its address.
    pub path: PathBuf,
    /// Its key.
    pub key: String,
    /// Its size.
    pub bytes: u64,
}

/// What tells versions of an object apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Its size.
    pub bytes: u64,
    /// What the service calls this version; of equal bytes usually the same.
    pub etag: String,
    /// When it was written, in milliseconds since 1970.
    pub modified: i64,
}

/// An object that is open: one version of it.
#[derive(Debug)]
pub(super) struct Object {
    key: Key,
    pub(super) etag: String,
    pub(super) bytes: u64,
    /// Where the bytes begin that came when it was opened, and they.
    tail: (u64, Bytes),
}

impl Bucket {
    /// The bucket of an address.
    ///
    /// # Errors
    /// When settings are none that S3 knows, or would send secrets in the open.
    pub fn of(path: &Path, access: &Access) -> Result<Self, OriginError> {
        let failed = |why| OriginError { path: path.to_owned(), why };
        let address = Address::parse(path).ok_or_else(|| absent(path))?;
        let endpoint = access.get("AWS_ENDPOINT_URL_S3").or(access.get("AWS_ENDPOINT_URL"));
        let is_plain = endpoint.is_some_and(|url| url.starts_with("http://"));
        if is_plain && !endpoint.is_some_and(is_loopback) {
            return Err(failed(Why::Insecure));
        }
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(50), ..Default::default() };
        let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: LONGEST_RETRY };
        let options = ClientOptions::new()
            .with_connect_timeout(LONGEST_CONNECT)
            .with_timeout(LONGEST_REQUEST)
            .with_allow_http(is_plain);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&address.bucket)
            .with_client_options(options)
            .with_retry(retry)
            .with_virtual_hosted_style_request(!access.path_style && endpoint.is_none());
        for (name, value) in &access.settings {
            if let Ok(key) = name.to_ascii_lowercase().parse() {
                builder = builder.with_config(key, value);
            }
        }
        let client = builder.build().map_err(|error| failed(Why::of(&error)))?;
        let runtime = runtime().map_err(|error| failed(Why::Disk(error)))?;
        let (bytes, requests) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self { address, client, runtime, bytes, requests })
    }

    pub(super) fn fetched(&self) -> Fetched {
        Fetched {
            bytes: self.bytes.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
        }
    }

    /// Every object under a prefix, by key.
    ///
    /// # Errors
    /// When the bucket cannot be listed.
    pub fn list(&self, path: &Path) -> Result<Vec<Listed>, OriginError> {
        let prefix = self.key_of(path)?;
        let client = self.client.clone();
        let listed =
            self.wait(async move { client.list(Some(&prefix)).try_collect::<Vec<_>>().await });
        // Pages of a thousand keys.
        let listed = told(path, listed)?;
        self.count(1 + length(&listed) / 1_000, 0);
        let mut objects: Vec<Listed> = listed
            .into_iter()
            .map(|object| (object.location.as_ref().to_owned(), object.size))
            .map(|(key, bytes)| Listed { path: self.address.path_of(&key), key, bytes })
            .collect();
        objects.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    /// The size, the version and the last change of an object, in milliseconds since 1970.
    ///
    /// # Errors
    /// When it is not there, or may not be read.
    pub fn stamp(&self, path: &Path) -> Result<Stamp, OriginError> {
        let key = self.key_of(path)?;
        let client = self.client.clone();
        let found = self.wait(async move { client.head(&key).await });
        let found = told(path, found)?;
        self.count(1, 0);
        let etag = found.e_tag.ok_or(OriginError { path: path.to_owned(), why: Why::Odd })?;
        Ok(Stamp { bytes: found.size, etag, modified: found.last_modified.timestamp_millis() })
    }

    fn key_of(&self, path: &Path) -> Result<Key, OriginError> {
        let address = Address::parse(path).filter(|of| of.bucket == self.address.bucket);
        Key::parse(address.ok_or_else(|| absent(path))?.key).map_err(|_| absent(path))
    }

    /// Opens an object: its size, its version and its end, in one request.
    pub(super) fn open(&self, path: &Path) -> Result<Object, OriginError> {
        let key = self.key_of(path)?;
        let options = GetOptions { range: Some(GetRange::Suffix(TAIL)), ..GetOptions::default() };
        let (client, asked) = (self.client.clone(), key.clone());
        let opened = self.wait(async move {
            match client.get_opts(&asked, options).await {
                Ok(found) => whole(found).await,
                // An empty object has no end that could be asked for.
                Err(error) => {
                    let head = client.head(&asked).await.map_err(|_| error)?;
                    Ok((head.e_tag, head.size, head.size, Bytes::new()))
                }
            }
        });
        let (etag, bytes, start, tail) = told(path, opened)?;
        self.count(1, length(&tail));
        let etag = etag.ok_or(OriginError { path: path.to_owned(), why: Why::Odd })?;
        Ok(Object { key, etag, bytes, tail: (start, tail) })
    }

    /// Ranges of an object, several requests in flight, each for the version that was opened.
    pub(super) fn read(
        &self,
        object: &Object,
        path: &Path,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, OriginError> {
        let (tail_start, tail) = &object.tail;
        let is_there = |range: &Range<u64>| range.start >= *tail_start && range.end <= object.bytes;
        let absent: Vec<Range<u64>> =
            ranges.iter().filter(|range| !is_there(range)).cloned().collect();
        let fetched = self.fetch(object, path, requests(&absent))?;
        let bytes_of = |range: &Range<u64>| {
            if range.is_empty() {
                return Ok(Bytes::new());
            }
            if is_there(range) {
                return Ok(slice(tail, *tail_start, range));
            }
            gather(&fetched, range)
                .ok_or_else(|| OriginError { path: path.to_owned(), why: Why::Changed })
        };
        ranges.iter().map(bytes_of).collect()
    }

    fn fetch(
        &self,
        object: &Object,
        path: &Path,
        requests: Vec<Range<u64>>,
    ) -> Result<Vec<(u64, Bytes)>, OriginError> {
        let (client, key, etag) = (self.client.clone(), object.key.clone(), object.etag.clone());
        let fetched = self.wait(async move {
            let fetch = |range: Range<u64>| {
                let options = GetOptions {
                    range: Some(GetRange::Bounded(range.clone())),
                    if_match: Some(etag.clone()),
                    ..GetOptions::default()
                };
                let (client, key) = (client.clone(), key.clone());
                async move {
                    let found = whole(client.get_opts(&key, options).await?).await?;
                    Ok::<_, object_store::Error>((range.start, found.3))
                }
            };
            stream::iter(requests).map(fetch).buffered(IN_FLIGHT).try_collect::<Vec<_>>().await
        });
        let fetched = told(path, fetched)?;
        for (_, bytes) in &fetched {
            self.count(1, length(bytes));
        }
        Ok(fetched)
    }

    fn count(&self, requests: u64, bytes: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Lets the client's own thread do something, and waits for it.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, wait) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            // Nobody waits any more when the program ends.
            let _ = done.send(work.await);
        });
        wait.recv().ok()
    }
}

/// What the service said, in our words; nothing when its thread is gone.
fn told<T>(path: &Path, answer: Option<object_store::Result<T>>) -> Result<T, OriginError> {
    let failed = |why| OriginError { path: path.to_owned(), why };
    match answer {
        Some(answer) => answer.map_err(|error| failed(Why::of(&error))),
        None => Err(failed(Why::Unreachable)),
    }
}

/// The thread that talks to the service, for as long as the program lives.
fn runtime() -> std::io::Result<Handle> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("s3".into());
    thread.spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

/// The version of an object, its size, where the answer begins, and the answer.
async fn whole(found: GetResult) -> object_store::Result<(Option<String>, u64, u64, Bytes)> {
    let (meta, range) = (found.meta.clone(), found.range.clone());
    let mut bytes = BytesMut::new();
    let mut parts = found.into_stream();
    while let Some(part) = parts.try_next().await? {
        bytes.extend_from_slice(&part);
    }
    Ok((meta.e_tag, meta.size, range.start, bytes.freeze()))
}

fn length<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX)
}

fn slice(bytes: &Bytes, start: u64, range: &Range<u64>) -> Bytes {
    let at = |place: u64| usize::try_from(place.saturating_sub(start)).unwrap_or(usize::MAX);
    let end = at(range.end).min(bytes.len());
    bytes.slice(at(range.start).min(end)..end)
}

/// A range from the answers that hold it; `None` when they are shorter than they were asked for.
fn gather(fetched: &[(u64, Bytes)], range: &Range<u64>) -> Option<Bytes> {
    let from = fetched.partition_point(|(start, bytes)| start + length(bytes) <= range.start);
    let parts = fetched[from..].iter().take_while(|(start, _)| *start < range.end);
    let parts: Vec<Bytes> = parts
        .map(|(start, bytes)| {
            let end = range.end.min(start + length(bytes));
            slice(bytes, *start, &(range.start.max(*start)..end))
        })
        .collect();
    let found: u64 = parts.iter().map(|part| length(part)).sum();
    let is_whole = found == range.end - range.start;
    is_whole.then(|| match <[Bytes; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) => parts.concat().into(),
    })
}

fn is_loopback(url: &str) -> bool {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}
