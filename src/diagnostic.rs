//! Diagnostic: how anything is said to be wrong.
//!
//! In:    nothing; every room and the door use these words.
//! Out:   [`Diagnose`] for errors, [`Finding`] for oddities that the answer survives, [`Place`].
//! Never: prints, exits, or decides how a message looks.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

/// Whose fault an error is; the door turns it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A file, a rule or a definition is wrong (exit 1).
    Input,
    /// The command line is wrong (exit 2).
    Usage,
    /// The books do not balance, or the store is damaged (exit 3).
    Integrity,
    /// Disk, permissions, memory (exit 4).
    Environment,
    /// Somebody else writes to the store (exit 5).
    Locked,
    /// Ours (exit 70).
    Internal,
}

/// What every error of every room can answer.
pub trait Diagnose: std::error::Error + Send + Sync {
    /// Whose fault it is.
    fn kind(&self) -> ErrorKind;

    /// A stable code for scripts, such as `PQ-FOOTER`.
    fn code(&self) -> &'static str;

    /// What there is to say line by line, such as every mistake of a file; untrusted text, the door
    /// escapes and cuts it.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }

    /// What to do next, one step per string; empty when nothing sensible is known.
    fn hints(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where in the data something is wrong. Unknown parts stay out of the message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file as the user knows it.
    pub file: PathBuf,
    /// The row group, counted from 0 as Parquet tools do.
    pub row_group: Option<usize>,
    /// The column by its source name.
    pub column: Option<String>,
    /// The row inside the row group, counted from 0.
    pub row: Option<u64>,
}

impl Place {
    /// A place that names only the file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: path.into(), ..Self::default() }
    }

    /// The same place, in a row group.
    #[must_use]
    pub fn in_row_group(&self, row_group: usize) -> Self {
        Self { row_group: Some(row_group), ..self.clone() }
    }

    /// The same place, in a column.
    #[must_use]
    pub fn in_column(&self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self.clone() }
    }

    /// The same place, at a row of its row group.
    #[must_use]
    pub fn at_row(&self, row: u64) -> Self {
        Self { row: Some(row), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file.display())?;
        if let Some(row_group) = self.row_group {
            write!(f, ", row group {row_group}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        Ok(())
    }
}

/// Data that cannot be taken as it is: the five facts that every data error names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: expected {expected}, found {found}")]
pub struct Refusal {
    /// A stable code for scripts, such as `PQ-FOOTER`.
    pub code: &'static str,
    /// File, row group, column and row, as far as they exist.
    pub place: Place,
    /// What a good export has there.
    pub expected: String,
    /// What is there instead; untrusted text, the door escapes and cuts it.
    pub found: String,
    /// What to do next.
    pub hint: String,
}

impl Diagnose for Refusal {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        self.code
    }

    fn hints(&self) -> Vec<String> {
        if self.hint.is_empty() { Vec::new() } else { vec![self.hint.clone()] }
    }
}

/// Something odd in the data that did not stop the answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// A stable kebab-case name, such as `missing-column`.
    pub code: Cow<'static, str>,
    /// One lower-case sentence without a full stop.
    pub message: String,
}

impl Finding {
    /// A finding with its stable name and its sentence.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// The known word that a mistyped one most likely means: fewest edits, and few enough to be meant.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |word: &'a str| (strsim::osa_distance(text, word), word);
    let (distance, word) = known.into_iter().map(near).min()?;
    (distance <= 2.max(text.chars().count() / 3)).then_some(word)
}
