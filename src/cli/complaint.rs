//! Complaint: an error in words, and its exit code.
//!
//! In:    anything that can [`Diagnose`] itself, clap's errors, panics.
//! Out:   `error:`, `caused by:`, details, `hint:` on stderr; the exit code of its kind.
//! Never: lets untrusted text reach the terminal raw.

#![expect(clippy::print_stderr, reason = "this is where errors are told")]

use std::any::Any;
use std::error::Error;
use std::process::ExitCode;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::render::escape::terminal_text;

/// Found text longer than this is cut.
const LONGEST: usize = 600;

/// Something that stops a command.
#[derive(Debug)]
pub(super) struct Complaint {
    kind: ErrorKind,
    lines: Vec<String>,
}

impl Complaint {
    /// A wrong command line.
    pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let lines = vec![format!("error: {}", message.into()), format!("hint: {}", hint.into())];
        Self { kind: ErrorKind::Usage, lines }
    }

    /// A panic that reached the door.
    pub(super) fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let why = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".into());
        let lines = vec![
            format!("error: curtail made a mistake: {why}"),
            "hint: this is a bug of ours; please report it with the command you ran".into(),
        ];
        Self { kind: ErrorKind::Internal, lines }
    }

    /// The same with other words for some.
    pub(super) fn rephrased(mut self, words: &[(&str, &str)]) -> Self {
        for line in &mut self.lines {
            *line = words.iter().fold(line.clone(), |line, (from, to)| line.replace(from, to));
        }
        self
    }

    /// Tells it on stderr and gives the exit code.
    pub(super) fn tell(&self) -> ExitCode {
        for line in &self.lines {
            eprintln!("{}", cut(&terminal_text(line)));
        }
        exit_code(self.kind)
    }
}

impl From<Box<dyn Diagnose>> for Complaint {
    fn from(error: Box<dyn Diagnose>) -> Self {
        let mut lines = vec![format!("error[{}]: {error}", error.code())];
        let mut cause = error.source();
        while let Some(found) = cause {
            lines.push(format!("  caused by: {found}"));
            cause = Error::source(found);
        }
        lines.extend(error.details().into_iter().map(|detail| format!("  {detail}")));
        lines.extend(error.hints().into_iter().map(|hint| format!("  hint: {hint}")));
        Self { kind: error.kind(), lines }
    }
}

impl<E: Diagnose + 'static> From<E> for Complaint {
    fn from(error: E) -> Self {
        let boxed: Box<dyn Diagnose> = Box::new(error);
        boxed.into()
    }
}

/// Clap's own words: help and version are no errors.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // Nothing is left to do when the terminal itself is gone.
    let _ = error.print();
    if error.use_stderr() { exit_code(ErrorKind::Usage) } else { ExitCode::SUCCESS }
}

/// The exit code of an error of this kind.
pub(super) fn exit_code(kind: ErrorKind) -> ExitCode {
    ExitCode::from(match kind {
        ErrorKind::Input => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Integrity => 3,
        ErrorKind::Environment => 4,
        ErrorKind::Locked => 5,
        ErrorKind::Internal => 70,
    })
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}
