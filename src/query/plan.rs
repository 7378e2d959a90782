//! Plan: what a report shows, from a file of `reports/`.
//!
//! In:    TOML: a title, sections, the query of each.
//! Out:   [`Plan`], or the first mistake with its line.
//! Never: says how a number is computed; queries do.

use serde::Deserialize;

use super::error::{Place, QueryError};
use super::named::NamedQuery;
use crate::diagnostic::nearest;
use crate::model::result_set::Drawn;

/// A report that has a name.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of its file, without `.toml`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Who reads it.
    pub audience: String,
    /// Whether it is about every month, not the latest, when nobody names one.
    pub spans_all: bool,
    /// Its sections, in order.
    pub sections: Vec<PlannedSection>,
}

/// One section: a query, and how much of it is shown.
#[derive(Debug, Clone)]
pub struct PlannedSection {
    /// Above the table.
    pub heading: String,
    /// What it shows.
    pub query: NamedQuery,
    /// The columns, in order; none means all.
    pub columns: Vec<String>,
    /// Rows before the rest is folded or left out.
    pub rows: Option<usize>,
    /// Its chart.
    pub chart: Option<Drawn>,
}

/// A file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    audience: String,
    #[serde(default)]
    every_month: bool,
    #[serde(default)]
    section: Vec<Section>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    heading: String,
    query: String,
    #[serde(default)]
    columns: Vec<String>,
    rows: Option<usize>,
    chart: Option<String>,
}

impl Plan {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no TOML, has a word that we do not know, or names a query, a column or a chart
    /// that is not there.
    pub fn read(name: &str, text: &str, queries: &[NamedQuery]) -> Result<Self, QueryError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let (message, expected) = match error.message().split_once(", expected ") {
                Some((message, expected)) => (message, Some(format!("expected {expected}"))),
                None => (error.message(), None),
            };
            QueryError::Plan {
                name: name.to_owned(),
                message: message.to_owned(),
                place: error.span().and_then(|span| place(text, span.start)),
                hint: expected,
            }
        })?;
        let section = |section: Section| planned(name, text, section, queries);
        Ok(Self {
            name: name.to_owned(),
            title: file.title,
            audience: file.audience,
            spans_all: file.every_month,
            sections: file.section.into_iter().map(section).collect::<Result<_, _>>()?,
        })
    }

    /// The report of a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn find<'a>(plans: &'a [Self], name: &str) -> Result<&'a Self, QueryError> {
        plans.iter().find(|plan| plan.name == name).ok_or_else(|| {
            let near = nearest(name, plans.iter().map(|plan| plan.name.as_str()));
            QueryError::NoReport { name: name.to_owned(), near: near.map(ToOwned::to_owned) }
        })
    }
}

fn planned(
    name: &str,
    text: &str,
    section: Section,
    queries: &[NamedQuery],
) -> Result<PlannedSection, QueryError> {
    let wrong = |message: String, word: &str, known: &[&str]| QueryError::Plan {
        name: name.to_owned(),
        message,
        place: text.find(&format!("\"{word}\"")).and_then(|at| place(text, at + 1)),
        hint: nearest(word, known.iter().copied()).map(|near| format!("did you mean `{near}`?")),
    };
    let found = queries.iter().find(|query| query.name == section.query);
    let query = found.ok_or_else(|| {
        let known: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
        wrong(format!("there is no query `{}`", section.query), &section.query, &known)
    })?;
    if let Some(column) = section.columns.iter().find(|column| !query.columns.contains(column)) {
        let known: Vec<&str> = query.columns.iter().map(String::as_str).collect();
        let message = format!("the query `{}` has no column `{column}`", query.name);
        return Err(wrong(message, column, &known));
    }
    let chart = match &section.chart {
        None => None,
        Some(word) => Some(Drawn::parse(word).ok_or_else(|| {
            let known = Drawn::WORDS.map(|(known, _)| known);
            wrong(format!("there is no chart `{word}`"), word, &known)
        })?),
    };
    Ok(PlannedSection {
        heading: section.heading,
        query: query.clone(),
        columns: section.columns,
        rows: section.rows,
        chart,
    })
}

/// The place of a byte of a text.
fn place(text: &str, at: usize) -> Option<Place> {
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[start..].chars().count() + 1;
    let text = text[start..].lines().next().unwrap_or_default().to_owned();
    Some(Place { line: u64::try_from(line).ok()?, column: u64::try_from(column).ok()?, text })
}
