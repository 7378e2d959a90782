//! Commands: what begins with a point at the prompt.
//!
//! In:    a line, as typed.
//! Out:   [`Command`], or the command that was meant.
//! Never: does what it says; `session` does.

use std::path::PathBuf;

use crate::cli::arguments;
use crate::diagnostic::{Diagnose, ErrorKind, nearest};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Filter;
use crate::model::result_set::Drawn;
use crate::render::Format;

/// What may stand at the prompt beside statements. Without its value a setting is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Help,
    Tables,
    Schema(Option<String>),
    Queries,
    Run(String),
    Last {
        wide: bool,
    },
    Write(PathBuf),
    Save {
        name: String,
        question: Option<String>,
    },
    Format(Option<Format>),
    Chart(Change<Drawn>),
    /// The inner value is empty for all months.
    Month(Option<Vec<BillingPeriod>>),
    Metric(Option<CostMetric>),
    Where(Change<Filter>),
    Limit(Change<usize>),
    Quit,
}

/// What is to become of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change<T> {
    /// It stays as it is, and is told.
    Stay,
    /// `off` or `all`.
    Clear,
    /// A value.
    To(T),
}

impl<T> Change<T> {
    fn read(
        word: Option<&str>,
        value: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Self, String> {
        match word {
            None => Ok(Self::Stay),
            Some(word) if is_off(word) => Ok(Self::Clear),
            Some(word) => value(word).map(Self::To),
        }
    }
}

fn is_off(word: &str) -> bool {
    matches!(word, "off" | "all" | "none" | "0")
}

/// Every command: its word, what follows it, what it does.
pub(super) const COMMANDS: [(&str, &str, &str); 15] = [
    (".help", "", "tell all this"),
    (".tables", "", "list the tables"),
    (".schema", "[TABLE]", "list the columns"),
    (".queries", "", "list the queries that have a name"),
    (".run", "NAME", "run a query; its name alone does so too"),
    (".last", "[--wide]", "show the last answer again, with every column"),
    (".write", "FILE", "write the last answer, in the format that FILE ends with"),
    (".save", "NAME [QUESTION]", "keep the last statement as a query with a name"),
    (".format", "[FORMAT]", "answer as table, markdown, csv, json, ..."),
    (".chart", "[bar|line|stacked|off]", "draw answers, in formats that show charts"),
    (".month", "[2026-10|A..B|all]", "see only charges of some months"),
    (".metric", "[METRIC]", "what `cost` means: amortized, unblended, ..."),
    (".where", "[DIMENSION=VALUE|off]", "see only charges like this; filters add up"),
    (".limit", "[N|all]", "rows that are shown"),
    (".quit", "", "leave; so does Ctrl-D"),
];

/// What people of other prompts say.
const OTHERS: [(&str, &str); 8] = [
    ("help", ".help"),
    ("\\?", ".help"),
    ("\\h", ".help"),
    ("\\d", ".tables"),
    ("quit", ".quit"),
    ("exit", ".quit"),
    (".exit", ".quit"),
    ("\\q", ".quit"),
];

/// A line at the prompt that means nothing, or cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PromptError {
    #[error("there is no command `{word}`")]
    Unknown { word: String, near: Option<&'static str> },
    #[error("`{command}`: {message}")]
    Argument { command: &'static str, message: String },
    #[error("nothing was answered yet")]
    NothingYet,
    #[error("`{name}` cannot be saved: {why}")]
    Unsaved { name: String, why: &'static str },
}

impl Diagnose for PromptError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Usage
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "PROMPT-COMMAND",
            Self::Argument { .. } => "PROMPT-ARGUMENT",
            Self::NothingYet => "PROMPT-NOTHING-YET",
            Self::Unsaved { .. } => "PROMPT-SAVE",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Unknown { near, .. } => {
                let meant = near.map(|near| format!("did you mean `{near}`?"));
                meant.into_iter().chain(["`.help` lists every command".to_owned()]).collect()
            }
            Self::Argument { command, .. } => {
                let usage = COMMANDS.iter().find(|(word, ..)| word == command);
                usage.map(|(word, what, _)| format!("say `{word} {what}`")).into_iter().collect()
            }
            Self::NothingYet => vec!["run a statement or a query first".to_owned()],
            Self::Unsaved { .. } => {
                vec![
                    "a name is new, of small letters, digits and `_`, and begins with a letter"
                        .to_owned(),
                ]
            }
        }
    }
}

/// Whether a line is a command and no SQL.
pub(super) fn is_command(line: &str) -> bool {
    let line = bare(line);
    line.starts_with('.') || OTHERS.iter().any(|(word, _)| *word == line)
}

/// Nobody means a semicolon behind a command.
fn bare(line: &str) -> &str {
    line.trim().trim_end_matches(';').trim_end()
}

impl Command {
    /// Understands a line.
    pub(super) fn read(line: &str) -> Result<Self, PromptError> {
        let line = bare(line);
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = Some(rest.trim()).filter(|rest| !rest.is_empty());
        let same = |(other, _): &&(&str, &str)| *other == word;
        let word = OTHERS.iter().find(same).map_or(word, |(_, ours)| *ours);
        let found = COMMANDS.iter().find(|(known, ..)| *known == word);
        let Some((command, takes, _)) = found else {
            let near = nearest(word, COMMANDS.iter().map(|(known, ..)| *known));
            return Err(PromptError::Unknown { word: word.to_owned(), near });
        };
        let wrong = |message: String| PromptError::Argument { command, message };
        if takes.is_empty() && rest.is_some() {
            return Err(wrong("it stands alone".to_owned()));
        }
        let needs = |what: &str| rest.ok_or_else(|| wrong(format!("{what} is missing")));
        Ok(match *command {
            ".help" => Self::Help,
            ".tables" => Self::Tables,
            ".queries" => Self::Queries,
            ".schema" => Self::Schema(rest.map(ToOwned::to_owned)),
            ".run" => Self::Run(needs("the name")?.to_owned()),
            ".write" => Self::Write(needs("the file")?.into()),
            ".last" => match rest {
                None => Self::Last { wide: false },
                Some("--wide" | "wide") => Self::Last { wide: true },
                Some(other) => return Err(wrong(format!("`{other}` means nothing here"))),
            },
            ".save" => {
                let (name, question) = split(needs("the name")?);
                Self::Save { name, question }
            }
            ".quit" => Self::Quit,
            _ => Self::setting(command, rest).map_err(wrong)?,
        })
    }

    fn setting(command: &str, value: Option<&str>) -> Result<Self, String> {
        Ok(match command {
            ".format" => Self::Format(value.map(arguments::format).transpose()?),
            ".metric" => Self::Metric(value.map(arguments::metric).transpose()?),
            ".chart" => Self::Chart(Change::read(value, chart)?),
            ".where" => Self::Where(Change::read(value, arguments::filter)?),
            ".month" => Self::Month(match value {
                Some(word) if is_off(word) => Some(Vec::new()),
                words => words.map(arguments::months).transpose()?,
            }),
            _ => Self::Limit(Change::read(value, rows)?),
        })
    }
}

fn rows(word: &str) -> Result<usize, String> {
    word.parse().map_err(|_| format!("`{word}` is no number of rows"))
}

fn chart(word: &str) -> Result<Drawn, String> {
    Drawn::parse(word).ok_or_else(|| {
        let known = Drawn::WORDS.map(|(known, _)| known).join(", ");
        format!("expected one of {known}, off")
    })
}

fn split(text: &str) -> (String, Option<String>) {
    match text.split_once(char::is_whitespace) {
        Some((name, question)) => (name.to_owned(), Some(question.trim().to_owned())),
        None => (text.to_owned(), None),
    }
}

/// What `.help` tells.
pub(super) fn help() -> String {
    let mut text = "\
A statement is a `SELECT`. It runs at its `;`, or when an empty line follows it and no quote or
parenthesis is open. A query runs by its name alone: `cost_by_user`.
Tab completes, Up and Ctrl-R look back, Ctrl-C clears what is typed, Ctrl-D ends.

"
    .to_owned();
    for (word, takes, what) in COMMANDS {
        let usage = format!("{word} {takes}");
        text += &[&usage, &*" ".repeat(34 - usage.len()), what, "\n"].concat();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_is_told_is_understood() {
        for (word, takes, _) in COMMANDS {
            let line = match takes {
                "NAME" | "FILE" | "NAME [QUESTION]" => format!("{word} x"),
                _ => word.to_owned(),
            };
            assert!(Command::read(&line).is_ok(), "{line}");
            assert!(help().contains(&format!("{word} ")), "{word}");
        }
    }

    #[test]
    fn lines_are_commands_of_a_kind() {
        use Command as C;
        for (line, command) in [
            (".schema charges;", C::Schema(Some("charges".into()))),
            ("\\q", C::Quit),
            ("exit;", C::Quit),
            (".last  --wide", C::Last { wide: true }),
            (".chart line", C::Chart(Change::To(Drawn::Lines))),
            (".chart off", C::Chart(Change::Clear)),
            (".month all", C::Month(Some(Vec::new()))),
            (".limit 0", C::Limit(Change::Clear)),
            (".limit 7", C::Limit(Change::To(7))),
            (".format md", C::Format(Some(Format::Markdown))),
            (
                ".save mine What is mine?",
                C::Save { name: "mine".into(), question: Some("What is mine?".into()) },
            ),
        ] {
            assert_eq!(Command::read(line), Ok(command), "{line}");
        }
        let Ok(C::Month(Some(months))) = Command::read(".month 2026-01 2026-03..2026-04") else {
            panic!("no months");
        };
        assert_eq!(months.len(), 3);
    }

    #[test]
    fn a_mistyped_command_is_answered_with_the_one_meant() {
        for (line, near) in [(".tabels", ".tables"), (".scheme x", ".schema"), (".chrt", ".chart")]
        {
            let Err(PromptError::Unknown { near: found, .. }) = Command::read(line) else {
                panic!("{line} is known");
            };
            assert_eq!(found, Some(near));
        }
    }
}
