//! Address: `s3://bucket/key`, taken apart.
//!
//! In:    a path as typed.
//! Out:   [`Address`]: the bucket, and the key or prefix in it.
//! Never: connects to anything.

use std::path::{Path, PathBuf};

/// What addresses of S3 begin with; the latter two are Hadoop's names for it.
const SCHEMES: [&str; 3] = ["s3://", "s3a://", "s3n://"];

/// A place in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// The key or prefix, without `/` at its ends; empty for the whole bucket.
    pub key: String,
}

/// Whether a path names something in S3.
pub fn is_remote(path: &Path) -> bool {
    rest_of(path).is_some()
}

fn rest_of(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    SCHEMES.iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    })
}

impl Address {
    /// Takes an address apart; `None` when it names no bucket.
    pub fn parse(path: &Path) -> Option<Self> {
        let rest = rest_of(path)?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
        let is_name = (3..=255).contains(&bucket.len()) && bucket.chars().all(letters);
        is_name.then(|| Self { bucket: bucket.to_owned(), key: key.trim_matches('/').to_owned() })
    }

    /// The path of a key in the bucket.
    pub fn path_of(&self, key: &str) -> PathBuf {
        PathBuf::from(format!("s3://{}/{key}", self.bucket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_a_key() {
        for (typed, bucket, key) in [
            ("s3://billing", "billing", ""),
            ("s3://billing/", "billing", ""),
            ("S3://billing/cur/export/", "billing", "cur/export"),
            ("s3a://my.bucket/a//b.parquet", "my.bucket", "a//b.parquet"),
        ] {
            let address = Address::parse(Path::new(typed)).unwrap();
            assert_eq!((address.bucket.as_str(), address.key.as_str()), (bucket, key), "{typed}");
        }
        for typed in ["s3://", "s3:///key", "s3://b", "s3://bucket name/x", "/s3/x", "exports/s3:"]
        {
            assert_eq!(Address::parse(Path::new(typed)), None, "{typed}");
        }
    }

    #[test]
    fn a_folder_is_not_taken_for_a_bucket() {
        assert!(is_remote(Path::new("s3://x")) && !is_remote(Path::new("./s3:/x")));
    }
}
