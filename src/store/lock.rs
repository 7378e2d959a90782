//! Lock: one writer, and readers that keep their files.
//!
//! In:    the folder, and who wants to write.
//! Out:   [`WriterLock`], held until dropped; [`Lease`], which keeps gc from deleting files.
//! Never: trusts a file to say that somebody holds a lock: the kernel knows, and a dead process
//!        holds none.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::durable::refused;
use super::error::StoreError;
use super::layout::Layout;
use crate::model::digest::Digest;
use crate::model::stored::Instant;

/// Who writes to a store; told to whoever comes second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process id.
    pub pid: u32,
    /// When the process began.
    pub started: Instant,
    /// The version of this program.
    pub tool: String,
    /// What it does, such as `ingest`.
    pub command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, started, tool, command } = self;
        write!(f, "process {pid} (`{command}`, curtail {tool}), started at {}", started.0)
    }
}

impl Holder {
    /// The text of the lock file: four facts, one a line, and their digest.
    fn text(&self) -> String {
        let one_line = |text: &str| text.replace(['\n', '\r'], " ");
        let facts = format!(
            "pid {}\nstarted {}\ntool {}\ncommand {}\n",
            self.pid,
            one_line(&self.started.0),
            one_line(&self.tool),
            one_line(&self.command)
        );
        let digest = Digest::of(facts.as_bytes());
        format!("{facts}digest {digest}\n")
    }

    /// Reads the text of a lock file; `None` unless every byte is as [`Holder::text`] writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut fact = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let holder = Self {
            pid: fact("pid")?.parse().ok()?,
            started: Instant(fact("started")?.to_owned()),
            tool: fact("tool")?.to_owned(),
            command: fact("command")?.to_owned(),
        };
        (holder.text() == text).then_some(holder)
    }
}

/// How often, and how long, a writer tries before it believes that another one is at work: whoever
/// looks whether there is one ([`is_written`]) holds the lock for some microseconds.
const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// The right to write, held until dropped.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
}

impl WriterLock {
    pub(super) fn take(layout: &Layout, me: &Holder) -> Result<Self, StoreError> {
        let path = layout.lock();
        let text = me.text();
        let unwritable = |source| refused(&path, text.len(), source);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(unwritable)?;
        if !locked(&file).map_err(unwritable)? {
            let mut told = String::new();
            let holder = file.read_to_string(&mut told).ok().and_then(|_| Holder::parse(&told));
            return Err(StoreError::Locked { folder: layout.root.clone(), holder });
        }
        file.set_len(0).map_err(unwritable)?;
        file.write_all(text.as_bytes()).map_err(unwritable)?;
        Ok(Self { _file: file })
    }
}

fn locked(file: &File) -> io::Result<bool> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// Whether a writer is at work; looking does not keep one out for longer than it tries.
pub(super) fn is_written(layout: &Layout) -> bool {
    let Ok(file) = File::open(layout.lock()) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// While it is held, no file of a version that could be seen when it was taken is deleted.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    _file: Option<Arc<File>>,
}

impl Lease {
    /// Waits only while gc deletes. Needs no right to write; where the file is missing, which
    /// every writer repairs, reading goes on without a lease.
    pub(super) fn take(layout: &Layout) -> Result<Self, StoreError> {
        let path = layout.readers();
        let unreadable = |source| StoreError::Read { path: path.clone(), source };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::none()),
            Err(source) => return Err(unreadable(source)),
        };
        file.lock_shared().map_err(unreadable)?;
        Ok(Self { _file: Some(Arc::new(file)) })
    }

    /// For the writer: nobody else deletes.
    pub(super) fn none() -> Self {
        Self { _file: None }
    }

    /// Makes the file that leases are taken on.
    pub(super) fn prepare(layout: &Layout) -> Result<(), StoreError> {
        let path = layout.readers();
        let made = OpenOptions::new().append(true).create(true).open(&path);
        made.map(drop).map_err(|source| refused(&path, 0, source))
    }
}

/// Keeps new readers out for as long as it is held; `None` while somebody reads.
pub(super) fn without_readers(path: &Path) -> Result<Option<File>, StoreError> {
    let unwritable = |source| refused(path, 0, source);
    let file = OpenOptions::new().append(true).open(path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(unwritable(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Holder {
        Holder {
            pid: 4711,
            started: Instant("2026-11-22T18:26:28Z".into()),
            tool: "0.1.0".into(),
            command: "ingest".into(),
        }
    }

    #[test]
    fn the_second_writer_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::of(folder.path());
        let first = WriterLock::take(&layout, &me()).unwrap();
        assert!(is_written(&layout));
        let Err(StoreError::Locked { holder, .. }) = WriterLock::take(&layout, &me()) else {
            panic!("two writers");
        };
        assert_eq!(holder, Some(me()));
        drop(first);
        assert!(!is_written(&layout));
        WriterLock::take(&layout, &me()).unwrap();
    }

    #[test]
    fn no_byte_of_the_lock_file_can_change_unseen() {
        let text = me().text();
        assert_eq!(Holder::parse(&text), Some(me()));
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let flipped = String::from_utf8(bytes).unwrap();
                assert_eq!(Holder::parse(&flipped), None, "{flipped}");
            }
        }
    }

    #[test]
    fn readers_share_and_keep_the_deletion_out() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::of(folder.path());
        Lease::prepare(&layout).unwrap();
        let leases = [Lease::take(&layout).unwrap(), Lease::take(&layout).unwrap()];
        assert!(without_readers(&layout.readers()).unwrap().is_none());
        drop(leases);
        assert!(without_readers(&layout.readers()).unwrap().is_some());
    }
}
