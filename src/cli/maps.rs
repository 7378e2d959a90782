//! `curtail maps`: skeletons of the map files, filled with what an export names.
//!
//! In:    its arguments.
//! Out:   `spaces.csv`, `profiles.csv` and `efs-usage.csv` in a folder; what they hold on stdout.
//! Never: writes over a file of the same name unless told to.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::SourceArguments;
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::pipeline;
use crate::render::escape::terminal_text;

/// Write skeletons of spaces.csv, profiles.csv and efs-usage.csv for people to fill in
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// The folder to write to; made when it is not there
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,

    /// Write over map files that are there; rows beside the data are kept
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  curtail maps exports/ -o maps
  curtail maps exports/ --month 2026-10 -o exports --force

Every space, user profile and home volume of the export gets a row; a space whose lines name one
user gets its owner. Rows without an owner or a uid say nothing until they are filled in.";

/// A map file is there already.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is there already", path.display())]
struct AlreadyThere {
    path: PathBuf,
}

impl Diagnose for AlreadyThere {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "MAPS-EXISTS"
    }

    fn hints(&self) -> Vec<String> {
        vec![
            "name another folder".into(),
            "`--force` writes over it and keeps the rows of maps beside the data".into(),
        ]
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let source = settings::source(&arguments.source)?;
    let folder = &arguments.output;
    let files = pipeline::maps(&source, &arguments.source.months())?;
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file.name)).collect();
    let in_the_way = paths.iter().find(|path| fs::symlink_metadata(path).is_ok());
    if let Some(path) = in_the_way.filter(|_| !arguments.force) {
        return Err(AlreadyThere { path: path.clone() }.into());
    }
    output::make_folder(folder)?;
    let mut told = String::new();
    for (file, path) in files.iter().zip(&paths) {
        output::write(Some(path), file.text.as_bytes())?;
        let (rows, filled) = (file.rows, file.filled);
        let line = format!("{}: {rows} rows, {filled} with {}", path.display(), file.filled_by);
        // Writing to a string cannot fail.
        let _ = writeln!(told, "{}", terminal_text(&line));
    }
    output::write(None, told.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
