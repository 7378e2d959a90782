//! Opened: a file whose ranges can be read, wherever it is.
//!
//! In:    a path on a disk, or the address of an object.
//! Out:   [`Opened`], also as parquet-rs wants it.
//! Never: mixes the bytes of two versions of an object: every range asks for the one opened.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::OriginError;
use super::bucket::{Bucket, Object};
use super::error::Why;

/// A file that is open.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    bytes: u64,
    place: Place,
    /// Why a range could not be had, for readers that only know I/O errors.
    failure: Mutex<Option<OriginError>>,
}

#[derive(Debug)]
enum Place {
    Disk(File),
    S3(Arc<Bucket>, Object),
}

/// Something that stretches of bytes are read from.
pub trait ReadAt {
    /// How many bytes there are.
    fn size(&self) -> io::Result<u64>;
    /// Bytes from a place on; fewer than asked for only where the file ends.
    fn read_at(&self, start: u64, length: u64) -> io::Result<Bytes>;
}

impl ReadAt for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, start: u64, length: u64) -> io::Result<Bytes> {
        // A length is believed only as far as there are bytes.
        let length = length.min(self.size()?.saturating_sub(start));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

impl ReadAt for Opened {
    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes)
    }

    fn read_at(&self, start: u64, length: u64) -> io::Result<Bytes> {
        let end = start.saturating_add(length).min(self.bytes);
        let range = start..end.max(start);
        match self.read(std::slice::from_ref(&range)) {
            Ok(read) => Ok(read.into_iter().next().unwrap_or_default()),
            Err(error) => {
                let told = io::Error::other(error.to_string());
                // A disk has said all it has to say.
                if !matches!(error.why, Why::Disk(_)) {
                    *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
                Err(told)
            }
        }
    }
}

impl Opened {
    pub(super) fn on_disk(path: &Path) -> Result<Self, OriginError> {
        let disk = |error| OriginError { path: path.to_owned(), why: Why::Disk(error) };
        let file = File::open(path).map_err(disk)?;
        let bytes = file.size().map_err(disk)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            place: Place::Disk(file),
            failure: Mutex::default(),
        })
    }

    pub(super) fn in_bucket(bucket: &Arc<Bucket>, path: &Path) -> Result<Self, OriginError> {
        let object = bucket.open(path)?;
        let bytes = object.bytes;
        let place = Place::S3(Arc::clone(bucket), object);
        Ok(Self { path: path.to_owned(), bytes, place, failure: Mutex::default() })
    }

    /// The file of a disk.
    pub fn file(&self) -> Option<&File> {
        match &self.place {
            Place::Disk(file) => Some(file),
            Place::S3(..) => None,
        }
    }

    /// Why a reader that only knows I/O errors did not get what it wanted.
    pub fn failure(&self) -> Option<OriginError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The bytes of some ranges that the file has, in their order.
    ///
    /// # Errors
    /// When one of them cannot be had whole, or the object was replaced meanwhile.
    pub fn read(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, OriginError> {
        match &self.place {
            Place::S3(bucket, object) => bucket.read(object, &self.path, ranges),
            Place::Disk(file) => {
                let read = |range: &Range<u64>| {
                    ReadAt::read_at(file, range.start, range.end - range.start)
                };
                let read: io::Result<Vec<Bytes>> = ranges.iter().map(read).collect();
                read.map_err(|error| OriginError { path: self.path.clone(), why: Why::Disk(error) })
            }
        }
    }
}

pub(super) fn absent(path: &Path) -> OriginError {
    OriginError { path: path.to_owned(), why: Why::Absent }
}

impl Length for Opened {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Opened {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let length = usize::try_from(self.bytes.saturating_sub(start)).unwrap_or(usize::MAX);
        Ok(self.get_bytes(start, length)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.read_at(start, u64::try_from(length).unwrap_or(u64::MAX))?;
        if bytes.len() < length {
            return Err(ParquetError::EOF("a range ends beyond the file".into()));
        }
        Ok(bytes)
    }
}
