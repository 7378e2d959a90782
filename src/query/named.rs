//! Named: a query in a file, whose header says what it answers.
//!
//! In:    the text of a file of `queries/`.
//! Out:   [`NamedQuery`]: the question, what it reads, its columns, what it conserves, its chart.
//! Never: runs it.

use super::error::QueryError;
use super::statement::Statement;
use crate::diagnostic::nearest;
use crate::model::result_set::Drawn;

/// A query that has a name.
#[derive(Debug, Clone)]
pub struct NamedQuery {
    /// The name of its file, without `.sql`.
    pub name: String,
    /// What it answers, as a person would ask.
    pub question: String,
    /// The tables that it reads.
    pub reads: Vec<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The columns that add up to all charges: `cost` to the cost of `charges`, and so on.
    pub conserves: Vec<String>,
    /// Other columns that may be added up.
    pub adds_up: Vec<String>,
    /// The chart that shows it best.
    pub chart: Option<Drawn>,
    /// The statement.
    pub statement: Statement,
}

impl NamedQuery {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When the header lacks a word, or the statement is none.
    pub fn read(name: &str, text: &str) -> Result<Self, QueryError> {
        let lacks = |lacks| QueryError::Header { name: name.to_owned(), lacks };
        let listed = |word: &str| -> Vec<String> {
            let all = header(text, word).unwrap_or_default();
            all.split(',').map(str::trim).filter(|one| !one.is_empty()).map(Into::into).collect()
        };
        let chart = match header(text, "chart") {
            Some(word) => Some(Drawn::parse(&word).ok_or_else(|| lacks("chart"))?),
            None => None,
        };
        let query = Self {
            name: name.to_owned(),
            question: header(text, "question").ok_or_else(|| lacks("question"))?,
            reads: listed("reads"),
            columns: listed("columns"),
            conserves: listed("conserves"),
            adds_up: listed("adds up"),
            chart,
            statement: Statement::read(text)?,
        };
        match (query.reads.is_empty(), query.columns.is_empty()) {
            (true, _) => Err(lacks("reads")),
            (_, true) => Err(lacks("columns")),
            _ => Ok(query),
        }
    }

    /// The query of a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn find<'a>(queries: &'a [Self], name: &str) -> Result<&'a Self, QueryError> {
        queries.iter().find(|query| query.name == name).ok_or_else(|| {
            let near = nearest(name, queries.iter().map(|query| query.name.as_str()));
            QueryError::NoQuery { name: name.to_owned(), near: near.map(ToOwned::to_owned) }
        })
    }
}

/// What stands behind `-- word:`, over as many comment lines as it takes.
fn header(text: &str, word: &str) -> Option<String> {
    let mut comments = text.lines().map_while(|line| line.strip_prefix("--"));
    let start = comments.find_map(|line| line.trim().strip_prefix(word)?.strip_prefix(':'))?;
    // A line that goes on is indented further than a word of the header.
    let more = comments.take_while(|line| line.starts_with("   "));
    let all: Vec<&str> = [start].into_iter().chain(more).map(str::trim).collect();
    Some(all.join(" ")).filter(|text| !text.is_empty())
}
