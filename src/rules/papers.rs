//! Papers: the files that rules are written in, on disk or as a closing kept them.
//!
//! In:    a folder, or the files of a closing.
//! Out:   the bytes of each file by its name, and all that were read, for the next closing.
//! Never: parses; and never looks at the disk for rules that are kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::stored::RuleFile;

/// Where files are looked for, and what was read of them.
#[derive(Debug)]
pub(super) struct Papers {
    place: Place,
    /// Every file that was read, in order, each once.
    pub(super) read: Vec<RuleFile>,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Kept(Vec<RuleFile>),
}

/// One file.
#[derive(Debug)]
pub(super) struct Paper {
    /// The name for people: its path, or for a kept file its name.
    pub(super) shown: String,
    /// The last part of the name.
    pub(super) last: String,
    /// All of it.
    pub(super) bytes: Vec<u8>,
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error("cannot be read: {0}")]
    Failed(io::Error),
    #[error("is not a file")]
    NotAFile,
    #[error("has {bytes} bytes, more than {most}")]
    Large { bytes: u64, most: u64 },
}

impl Papers {
    /// The files of a folder.
    pub(super) fn of_folder(folder: &Path) -> Self {
        Self { place: Place::Folder(folder.to_owned()), read: Vec::new() }
    }

    /// The files of a closing.
    pub(super) fn kept(files: &[RuleFile]) -> Self {
        Self { place: Place::Kept(files.to_vec()), read: Vec::new() }
    }

    /// Whether there is anything of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        match &self.place {
            Place::Folder(folder) => fs::symlink_metadata(folder.join(name)).is_ok(),
            Place::Kept(files) => files.iter().any(|file| file.name == name),
        }
    }

    /// The name of a file for people.
    pub(super) fn shown(&self, name: &str) -> String {
        match &self.place {
            Place::Folder(folder) => folder.join(name).display().to_string(),
            Place::Kept(_) => name.to_owned(),
        }
    }

    /// Reads a file of at most so many bytes, and remembers it.
    pub(super) fn read(&mut self, name: &str, most: u64) -> Result<Paper, Unread> {
        let bytes = match &self.place {
            Place::Folder(folder) => from_disk(&folder.join(name), most)?,
            Place::Kept(files) => {
                let file = files.iter().find(|file| file.name == name);
                file.ok_or_else(|| Unread::Failed(io::ErrorKind::NotFound.into()))?.bytes.clone()
            }
        };
        if !self.read.iter().any(|file| file.name == name) {
            self.read.push(RuleFile { name: name.to_owned(), bytes: bytes.clone() });
        }
        let last = Path::new(name).file_name().map(|last| last.to_string_lossy().into_owned());
        let last = last.unwrap_or_else(|| name.to_owned());
        Ok(Paper { shown: self.shown(name), last, bytes })
    }
}

fn from_disk(path: &Path, most: u64) -> Result<Vec<u8>, Unread> {
    let about = fs::metadata(path).map_err(Unread::Failed)?;
    if !about.is_file() {
        return Err(Unread::NotAFile);
    }
    if about.len() > most {
        return Err(Unread::Large { bytes: about.len(), most });
    }
    fs::read(path).map_err(Unread::Failed)
}
