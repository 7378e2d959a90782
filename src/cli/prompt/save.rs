//! Save: the last statement becomes a query with a name.
//!
//! In:    a name, the question it answers, the last statement and its columns.
//! Out:   a file of the user's folder, as `curtail query NAME` reads it.
//! Never: writes over a query, or under a name that a shell or a file system could mistake.

use super::commands::PromptError;
use super::session::{Last, Question, Session};
use crate::cli::complaint::Complaint;
use crate::cli::output::{self, Folder};
use crate::query::{Lexis, NamedQuery, TABLES};

/// Longer names are no names.
const LONGEST: usize = 64;

/// Writes the file; the query and what to tell.
pub(super) fn save(
    session: &Session,
    name: &str,
    question: Option<&str>,
) -> Result<(NamedQuery, String), Complaint> {
    let unsaved = |why| PromptError::Unsaved { name: name.to_owned(), why };
    let last = session.last.as_ref().ok_or(PromptError::NothingYet)?;
    let Question::Typed(statement) = &last.question else {
        return Err(unsaved("the last answer is that of a query with a name").into());
    };
    if !is_good(name) {
        return Err(unsaved("this is no good name").into());
    }
    if session.queries.iter().any(|query| query.name == name) {
        return Err(unsaved("there is a query of this name").into());
    }
    let text = text(session, last, question.unwrap_or(name), statement.text());
    let query = NamedQuery::read(name, &text)?;
    if query.columns != columns(last) {
        return Err(unsaved("a comma or a line break is in the name of a column").into());
    }
    let folder = session.folder.as_deref().ok_or_else(|| {
        Complaint::usage(
            "this system tells no folder for settings, so there is none for queries",
            "name one with `--queries DIR`",
        )
    })?;
    output::make_folder(folder)?;
    let file = format!("{name}.sql");
    Folder::open(folder, std::iter::once(file.as_str()), false)?.write(&file, text.as_bytes())?;
    let told = format!("saved: {}\n`{name}` asks it again\n", folder.join(&file).display());
    Ok((query, told))
}

fn is_good(name: &str) -> bool {
    let of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(of_name)
        && name.len() <= LONGEST
}

/// The statement under the header that every query has.
fn text(session: &Session, last: &Last, question: &str, statement: &str) -> String {
    let question = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let reads = tables(statement).join(", ");
    let columns = columns(last).join(", ");
    let chart = session.settings.chart.map(|drawn| format!("-- chart:     {}\n", drawn.word()));
    let chart = chart.unwrap_or_default();
    format!(
        "-- question:  {question}\n-- reads:     {reads}\n-- columns:   {columns}\n{chart}\n\
         {statement}\n"
    )
}

/// The tables that a statement names.
fn tables(statement: &str) -> Vec<&'static str> {
    let lexis = Lexis::read(statement);
    let is_named = |table: &&str| {
        lexis.spoken().any(|word| statement[word.at.clone()].trim_matches('"') == *table)
    };
    TABLES.into_iter().map(|(table, _)| table).filter(is_named).collect()
}

fn columns(last: &Last) -> Vec<String> {
    let tables = last.report.sections.iter().map(|section| &section.table);
    let columns = tables.flat_map(|table| &table.columns).map(|column| column.key.clone());
    columns.collect()
}
