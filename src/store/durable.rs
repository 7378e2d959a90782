//! Durable: a file is under its name only when all of it is on the disk.
//!
//! In:    bytes and the path that they shall have.
//! Out:   the file, or nothing under that name and no leftover.
//! Never: tries a failed `fsync` again: the second one would succeed without the data.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::layout::unfinished;

/// Writes a file whole: a temporary name beside it, fsync, rename, fsync of the folder.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    stage(path, bytes)?.publish()?;
    sync_folder(above(path)).map_err(|error| match error {
        StoreError::Write { source, .. } | StoreError::Full { source, .. } => {
            StoreError::Unsynced { path: path.to_owned(), source }
        }
        other => other,
    })
}

/// A file that is on the disk, but not under its name yet. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    is_published: bool,
}

/// Writes the bytes under a temporary name and waits until they are on the disk.
pub(super) fn stage(path: &Path, bytes: &[u8]) -> Result<Staged, StoreError> {
    let temporary = unfinished(path);
    let failed = |source| refused(&temporary, bytes.len(), source);
    let mut file = File::create(&temporary).map_err(failed)?;
    let staged = Staged { path: path.to_owned(), is_published: false };
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(staged)
}

impl Staged {
    /// Gives the file its name; the folder must be synced afterwards.
    pub(super) fn publish(mut self) -> Result<(), StoreError> {
        fs::rename(unfinished(&self.path), &self.path)
            .map_err(|source| refused(&self.path, 0, source))?;
        self.is_published = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.is_published {
            // Whatever cannot be removed now is reclaimed by the next writer.
            drop(fs::remove_file(unfinished(&self.path)));
        }
    }
}

/// Makes a folder with all its parents, each of them on the disk.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    make_folder(above(path))?;
    match fs::create_dir(path) {
        Ok(()) => sync_folder(above(path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(source) => Err(refused(path, 0, source)),
    }
}

/// Removes a file; one that is not there is removed already.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(refused(path, 0, error)),
        _ => Ok(()),
    }
}

/// The folder that a path is in; the root is in itself.
pub(super) fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        parent => parent.unwrap_or(path),
    }
}

/// Waits until the names in a folder are on the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let synced = if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all())
    } else {
        // Windows opens no folders; its file systems order renames themselves.
        Ok(())
    };
    synced.map_err(|source| refused(folder, 0, source))
}

/// What the system's refusal to write means.
pub(super) fn refused(path: &Path, needed: usize, source: io::Error) -> StoreError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            let free = free_bytes(&path);
            StoreError::Full { path, needed: needed as u64, free, source }
        }
        _ => StoreError::Write { path, source },
    }
}

/// What is free where a path is.
fn free_bytes(path: &Path) -> Option<u64> {
    let is_named = |folder: &&Path| !folder.as_os_str().is_empty();
    let here = Path::new(".");
    let folder = path.ancestors().filter(is_named).chain([here]).find(|folder| folder.is_dir())?;
    #[cfg(unix)]
    let free =
        rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    #[cfg(not(unix))]
    let free = None::<u64>.filter(|_| folder.is_absolute());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_under_its_name_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segment");
        drop(stage(&path, b"charges").unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_full_disk_names_what_is_needed_and_free() {
        let full = io::Error::from(ErrorKind::StorageFull);
        let folder = tempfile::tempdir().unwrap();
        let error = refused(&folder.path().join("segment"), 7, full);
        let StoreError::Full { needed: 7, free, .. } = error else { panic!("{error}") };
        assert_eq!(free.is_some(), cfg!(unix));
    }
}
