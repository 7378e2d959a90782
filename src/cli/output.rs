//! Output: bytes to stdout or to a file.
//!
//! In:    finished bytes.
//! Out:   the whole of them, or an error; a reader that left early is no error.
//! Never: leaves half a file under its final name.

#![expect(clippy::print_stderr, reason = "findings go to stderr when the format has no place")]

use std::fs::{self, File};
use std::io::{self, ErrorKind as IoKind, Write};
use std::path::{Path, PathBuf};

use std::process::ExitCode;

use tempfile::NamedTempFile;

use crate::cli::arguments::OutputArguments;
use crate::cli::bucket;
use crate::cli::complaint::Complaint;
use crate::cli::settings;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::question::Wanted;
use crate::render::escape::terminal_text;
use crate::render::{self, Format};
use crate::report::Report;

/// The output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", name_of(target.as_deref()))]
pub(super) struct OutputError {
    target: Option<PathBuf>,
    source: io::Error,
}

fn name_of(target: Option<&Path>) -> String {
    target.map_or("the output".into(), |path| format!("`{}`", path.display()))
}

impl Diagnose for OutputError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Environment
    }

    fn code(&self) -> &'static str {
        "IO-WRITE"
    }

    fn hints(&self) -> Vec<String> {
        vec!["check the folder, its permissions and the space that is left".into()]
    }
}

/// Writes to a file when there is one, else to stdout.
pub(super) fn write(target: Option<&Path>, bytes: &[u8]) -> Result<(), OutputError> {
    bucket::end_progress();
    match target {
        Some(path) => to_file(path, bytes)
            .map_err(|source| OutputError { target: Some(path.to_owned()), source }),
        None => match to_stdout(bytes) {
            Err(error) if error.kind() == IoKind::BrokenPipe => Ok(()),
            Err(source) => Err(OutputError { target: None, source }),
            Ok(()) => Ok(()),
        },
    }
}

/// Makes a folder, and those above it.
pub(super) fn make_folder(folder: &Path) -> Result<(), OutputError> {
    let failed = |source| OutputError { target: Some(folder.to_owned()), source };
    std::fs::create_dir_all(folder).map_err(failed)
}

fn to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// A file beside the target takes its name only when it is whole and on disk.
fn to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(IoKind::IsADirectory, "it is a folder"));
    }
    let is_special = path.metadata().is_ok_and(|found| !found.is_file());
    if is_special {
        // A device or a pipe cannot be replaced by a rename.
        return File::options().write(true).open(path)?.write_all(bytes);
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.metadata()?.is_dir() {
        return Err(io::Error::new(IoKind::NotADirectory, "its folder is a file"));
    }
    whole(folder, bytes)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// All of the bytes on disk, under a name of no meaning.
fn whole(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut part = tempfile::Builder::new()
        .prefix(".curtail-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    Ok(part)
}

/// A folder that takes several files.
pub(super) struct Folder {
    path: PathBuf,
    force: bool,
}

/// A file of another run is in the way.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is there already{}", path.display(), and_more(*more))]
pub(super) struct InTheWay {
    path: PathBuf,
    more: usize,
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(", and {more} more") }
}

impl Diagnose for InTheWay {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Environment
    }

    fn code(&self) -> &'static str {
        "IO-EXISTS"
    }

    fn hints(&self) -> Vec<String> {
        vec!["name an empty folder, or write over the files with `--force`".into()]
    }
}

impl Folder {
    /// Makes the folder if there is none, and looks whether these files may be written.
    pub(super) fn open<'a>(
        path: &Path,
        names: impl Iterator<Item = &'a str>,
        force: bool,
    ) -> Result<Self, Complaint> {
        let unwritable = |source| OutputError { target: Some(path.to_owned()), source };
        if !path.is_dir() {
            fs::create_dir(path).map_err(unwritable)?;
        }
        // A link is in the way like a file: it is replaced, and what it points to stays.
        let is_there = |path: &PathBuf| path.symlink_metadata().is_ok();
        let in_the_way = names.map(|name| path.join(name)).filter(is_there);
        let in_the_way: Vec<PathBuf> = in_the_way.collect();
        if let (Some(first), false) = (in_the_way.first(), force) {
            let more = in_the_way.len() - 1;
            return Err(InTheWay { path: first.clone(), more }.into());
        }
        Ok(Self { path: path.to_owned(), force })
    }

    /// Writes one file, whole or not at all.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let target = self.path.join(name);
        let written = whole(&self.path, bytes).and_then(|part| {
            let named =
                if self.force { part.persist(&target) } else { part.persist_noclobber(&target) };
            named.map_err(|error| error.error)
        });
        written.map_err(|source| OutputError { target: Some(target), source })?;
        Ok(())
    }
}

/// Writes a report to where it was asked for, and gives the exit code.
pub(super) fn show(
    report: &Report,
    format: Format,
    arguments: &OutputArguments,
) -> Result<ExitCode, Complaint> {
    let bytes = render::render(report, format, &settings::style(arguments))?;
    write(arguments.output.as_deref(), &bytes)?;
    Ok(verdict(report, format, arguments.strict))
}

/// The same with charts, also on a screen.
pub(super) fn show_with_charts(
    report: &Report,
    format: Format,
    arguments: &OutputArguments,
) -> Result<ExitCode, Complaint> {
    let mut style = settings::style(arguments);
    style.terminal.charts = Wanted::Yes;
    write(arguments.output.as_deref(), &render::render(report, format, &style)?)?;
    Ok(verdict(report, format, arguments.strict))
}

/// Tells findings that the format has no place for, and gives the exit code.
pub(super) fn verdict(report: &Report, format: Format, strict: bool) -> ExitCode {
    if !format.has_findings() {
        for finding in &report.findings {
            let line = format!("note[{}]: {}", finding.code, finding.message);
            eprintln!("{}", terminal_text(&line));
        }
    }
    if strict && !report.findings.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
