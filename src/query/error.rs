//! Error: what is wrong with a statement, and where.
//!
//! In:    what the parser, the engine or we found.
//! Out:   [`QueryError`] with the place in the text and the word that was meant.
//! Never: repeats more of a statement than the line that is wrong.

use super::frames;
use crate::diagnostic::{Diagnose, ErrorKind, nearest};

/// A place in the text of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// The line itself.
    pub text: String,
}

/// A statement that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is no SQL.
    #[error("this is no SQL that we know: {message}")]
    Syntax {
        /// What the parser said.
        message: String,
        /// Where.
        place: Option<Place>,
    },
    /// It would change something, or is none or several.
    #[error("only one `SELECT` is answered, and this is {what}")]
    NotAQuestion {
        /// What it is instead.
        what: String,
        /// Where.
        place: Option<Place>,
    },
    /// A column that no table has.
    #[error("there is no column `{name}`")]
    NoColumn {
        /// The name as written.
        name: String,
        /// Where.
        place: Option<Place>,
        /// The column that may be meant.
        near: Option<String>,
    },
    /// A table that is not there.
    #[error("there is no table `{name}`")]
    NoTable {
        /// The name as written.
        name: String,
        /// Where.
        place: Option<Place>,
    },
    /// A function where a table should be, as other engines open files.
    #[error("`{name}(...)` is no table: a statement opens no file")]
    TableFunction {
        /// The name as written.
        name: String,
        /// Where.
        place: Option<Place>,
    },
    /// A query that is not there.
    #[error("there is no query `{name}`")]
    NoQuery {
        /// The name as typed.
        name: String,
        /// The one that may be meant.
        near: Option<String>,
    },
    /// The header of a query file lacks something.
    #[error("the query `{name}` does not say its {lacks}")]
    Header {
        /// The query.
        name: String,
        /// The word that is missing or wrong.
        lacks: &'static str,
    },
    /// A report that is not there.
    #[error("there is no report `{name}`")]
    NoReport {
        /// The name as typed.
        name: String,
        /// The one that may be meant.
        near: Option<String>,
    },
    /// The file of a report has a mistake.
    #[error("the report `{name}`: {message}")]
    Plan {
        /// The report.
        name: String,
        /// What is wrong.
        message: String,
        /// Where.
        place: Option<Place>,
        /// What would be right.
        hint: Option<String>,
    },
    /// The engine refuses it.
    #[error("this cannot be answered: {message}")]
    Engine {
        /// What it said.
        message: String,
    },
    /// A number has no place among ours.
    #[error("the column `{column}` holds a number beyond 26 digits")]
    Range {
        /// The column.
        column: String,
    },
}

impl Diagnose for QueryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Range { .. } | Self::Header { .. } | Self::Plan { .. } => ErrorKind::Input,
            _ => ErrorKind::Usage,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "SQL-SYNTAX",
            Self::NotAQuestion { .. } => "SQL-READ-ONLY",
            Self::NoColumn { .. } => "SQL-COLUMN",
            Self::NoTable { .. } => "SQL-TABLE",
            Self::TableFunction { .. } => "SQL-TABLE-FUNCTION",
            Self::NoQuery { .. } => "SQL-NO-QUERY",
            Self::Header { .. } => "SQL-HEADER",
            Self::NoReport { .. } => "REPORT-NO-REPORT",
            Self::Plan { .. } => "REPORT-PLAN",
            Self::Engine { .. } => "SQL-ENGINE",
            Self::Range { .. } => "SQL-RANGE",
        }
    }

    fn details(&self) -> Vec<String> {
        let (Self::Syntax { place, .. }
        | Self::NotAQuestion { place, .. }
        | Self::TableFunction { place, .. }
        | Self::NoColumn { place, .. }
        | Self::NoTable { place, .. }
        | Self::Plan { place, .. }) = self
        else {
            return Vec::new();
        };
        place.iter().flat_map(shown).collect()
    }

    fn hints(&self) -> Vec<String> {
        let meant =
            |near: &Option<String>| near.as_ref().map(|near| format!("did you mean `{near}`?"));
        match self {
            Self::NoColumn { near, .. } => {
                let all = "`curtail query --schema` lists every column".to_owned();
                meant(near).into_iter().chain([all]).collect()
            }
            Self::NoTable { name, .. } | Self::TableFunction { name, .. } => {
                let name = name.to_ascii_lowercase();
                let near = nearest(&name, frames::TABLES.map(|(table, _)| table));
                meant(&near.map(ToOwned::to_owned)).into_iter().chain([tables()]).collect()
            }
            Self::NotAQuestion { .. } => vec![tables()],
            Self::NoQuery { near, .. } => {
                let all = "`curtail query --list` lists every query".to_owned();
                meant(near).into_iter().chain([all]).collect()
            }
            Self::Plan { hint, .. } => hint.iter().cloned().collect(),
            Self::NoReport { near, .. } => {
                let all = "`curtail report --list` lists every report".to_owned();
                meant(near).into_iter().chain([all]).collect()
            }
            Self::Header { .. } => {
                let lines = "a query begins with the comments `-- question:`, `-- reads:` and \
                             `-- columns:`";
                vec![lines.to_owned()]
            }
            Self::Engine { message } if message.contains("division by zero") => {
                vec!["divide by `NULLIF(..., 0)`, which gives nothing instead".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

fn tables() -> String {
    let names = frames::TABLES.map(|(name, _)| format!("`{name}`"));
    format!("there are {}", names.join(", "))
}

/// The line, and a mark under the place.
fn shown(place: &Place) -> [String; 2] {
    let number = place.line.to_string();
    let before = usize::try_from(place.column.saturating_sub(1)).unwrap_or_default();
    let mark = format!("{} | {}^", " ".repeat(number.len()), " ".repeat(before));
    [format!("{number} | {}", place.text), mark]
}
