//! Statement: the text of a query, understood as far as we must.
//!
//! In:    SQL.
//! Out:   [`Statement`]: one `SELECT`, the columns it speaks of, places of its words.
//! Never: rewrites the text; what runs is what was written.

use polars::prelude::PolarsError;
use sqlparser::ast;
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::Tables;
use super::error::{Place, QueryError};
use super::frames::{self, TABLES};
use super::sources;
use crate::diagnostic::nearest;
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;

/// One question in SQL.
#[derive(Debug, Clone)]
pub struct Statement {
    text: String,
    tokens: Vec<TokenWithSpan>,
}

/// What a statement speaks of, wherever it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mentions {
    /// Columns that tell charges apart.
    pub dimensions: Vec<Dimension>,
    /// Columns of costs, beside that of the run.
    pub metrics: Vec<CostMetric>,
    /// Whether usage hours are among them.
    pub hours: bool,
    /// The tables that are read.
    pub tables: Vec<&'static str>,
}

impl Mentions {
    /// Whether a table is read.
    pub fn reads(&self, table: &str) -> bool {
        self.tables.contains(&table)
    }
}

/// What `*` stands for: everything that every export tells, but single resources.
const EVERYTHING: [Dimension; 17] = [
    Dimension::Month,
    Dimension::Day,
    Dimension::Currency,
    Dimension::Account,
    Dimension::Domain,
    Dimension::User,
    Dimension::Space,
    Dimension::OwnerReason,
    Dimension::Tenant,
    Dimension::TenantRule,
    Dimension::Component,
    Dimension::InstanceType,
    Dimension::Service,
    Dimension::UsageType,
    Dimension::Operation,
    Dimension::LineItemType,
    Dimension::Region,
];

impl Statement {
    /// Understands a text.
    ///
    /// # Errors
    /// When it is no SQL, not one statement, or anything but a `SELECT`.
    pub fn read(text: &str) -> Result<Self, QueryError> {
        let text = text.trim().trim_end_matches(';').trim_end().to_owned();
        let tokens = Tokenizer::new(&GenericDialect, &text).tokenize_with_location();
        let tokens = tokens.map_err(|error| {
            let place = place(&text, error.location);
            QueryError::Syntax { message: error.message, place }
        })?;
        let parsed = Parser::parse_sql(&GenericDialect, &text);
        let parsed = parsed.map_err(|error| syntax(&text, &error.to_string()))?;
        let statement = Self { text, tokens };
        match parsed.as_slice() {
            [ast::Statement::Query(query)] => statement.only_reads(query)?,
            [] => return Err(QueryError::NotAQuestion { what: "nothing".to_owned() }),
            [_] => return Err(QueryError::NotAQuestion { what: statement.first_word() }),
            _ => {
                let what = format!("{} statements", parsed.len());
                return Err(QueryError::NotAQuestion { what });
            }
        }
        Ok(statement)
    }

    /// The text that runs.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A `SELECT` that makes a table, or locks one, is more than a question.
    fn only_reads(&self, query: &ast::Query) -> Result<(), QueryError> {
        let is_into = self.tokens.iter().any(|token| match &token.token {
            Token::Word(word) => word.keyword == Keyword::INTO,
            _ => false,
        });
        let is_body = matches!(
            *query.body,
            ast::SetExpr::Insert(_) | ast::SetExpr::Update(_) | ast::SetExpr::Delete(_)
        );
        if is_into || is_body || !query.locks.is_empty() {
            return Err(QueryError::NotAQuestion { what: "one that writes".to_owned() });
        }
        if let Some((name, at)) = sources::function(&self.tokens) {
            let place = place(&self.text, at);
            return Err(QueryError::Opens { name: name.to_owned(), place });
        }
        Ok(())
    }

    fn first_word(&self) -> String {
        let word = self.words().next().map(|(word, _)| format!("`{}`", word.to_uppercase()));
        word.unwrap_or_else(|| "something else".to_owned())
    }

    fn words(&self) -> impl Iterator<Item = (&str, Location)> {
        self.tokens.iter().filter_map(|token| match &token.token {
            Token::Word(word) => Some((word.value.as_str(), token.span.start)),
            _ => None,
        })
    }

    /// Which columns and tables the text names.
    ///
    /// A word may be named in another sense, such as an alias; then more is told apart than the
    /// statement needs, and its sums are the same.
    pub fn mentions(&self) -> Mentions {
        let mut mentions = Mentions::default();
        for (word, _) in self.words() {
            let word = word.to_ascii_lowercase();
            let dimension = Dimension::parse(&word).filter(|of| of.key() == word);
            let metric = CostMetric::ALL.into_iter().find(|metric| metric.column() == word);
            mentions.dimensions.extend(dimension);
            mentions.metrics.extend(metric);
            mentions.hours |= word == column::USAGE_HOURS;
            let read = TABLES.iter().map(|(table, _)| *table).find(|table| *table == word);
            mentions.tables.extend(read);
        }
        // Keys of tags are told apart by letter case.
        for (word, _) in self.words() {
            let dimension = Dimension::parse(word);
            let is_keyed = |of: &Dimension| {
                matches!(of, Dimension::Tag(_) | Dimension::CostCategory(_)) && of.key() == *word
            };
            mentions.dimensions.extend(dimension.filter(is_keyed));
        }
        if self.asks_everything() {
            mentions.dimensions.extend(EVERYTHING);
        }
        mentions.dimensions.sort_unstable();
        mentions.dimensions.dedup();
        mentions.metrics.sort_unstable();
        mentions.metrics.dedup();
        mentions
    }

    /// A star after `SELECT`, a comma or a point is a list of columns; others multiply or count.
    fn asks_everything(&self) -> bool {
        let told = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
        let told: Vec<&TokenWithSpan> = self.tokens.iter().filter(told).collect();
        told.windows(2).any(|pair| {
            let opens = match &pair[0].token {
                Token::Word(word) => matches!(word.keyword, Keyword::SELECT | Keyword::DISTINCT),
                Token::Comma | Token::Period => true,
                _ => false,
            };
            opens && pair[1].token == Token::Mul
        })
    }

    /// The engine's error in our words, with its place.
    pub(super) fn explained(&self, error: &PolarsError, tables: &Tables) -> QueryError {
        let message = first_line(&error.to_string());
        let quoted = between_quotes(&message);
        let is_column = matches!(error, PolarsError::ColumnNotFound(_))
            || message.contains("unable to find column");
        if let (true, Some(name)) = (is_column, quoted) {
            return self.no_column(name, tables);
        }
        let is_table = message.contains("relation") && message.contains("was not found");
        if let (true, Some(name)) = (is_table, quoted) {
            let name = name.to_owned();
            let place = self.place_of(&name);
            return QueryError::NoTable { name, place };
        }
        QueryError::Engine { message }
    }

    fn no_column(&self, name: &str, tables: &Tables) -> QueryError {
        let known = frames::every_column(tables);
        let by_word = Dimension::parse(name).map(|dimension| dimension.key());
        let near = by_word
            .or_else(|| nearest(name, known.iter().map(String::as_str)).map(ToOwned::to_owned));
        QueryError::NoColumn { name: name.to_owned(), place: self.place_of(name), near }
    }

    fn place_of(&self, name: &str) -> Option<Place> {
        let found = self.words().find(|(word, _)| word.eq_ignore_ascii_case(name));
        place(&self.text, found?.1)
    }
}

fn syntax(text: &str, message: &str) -> QueryError {
    let message = message.strip_prefix("sql parser error: ").unwrap_or(message);
    let Some((message, at)) = message.split_once(" at Line: ") else {
        return QueryError::Syntax { message: message.to_owned(), place: None };
    };
    let at = at.split_once(", Column: ").and_then(|(line, column)| {
        Some(Location { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
    });
    let place = at.and_then(|at| place(text, at));
    QueryError::Syntax { message: message.to_owned(), place }
}

fn place(text: &str, at: Location) -> Option<Place> {
    let index = usize::try_from(at.line.checked_sub(1)?).ok()?;
    let text = text.lines().nth(index)?.to_owned();
    Some(Place { line: at.line, column: at.column, text })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn between_quotes(message: &str) -> Option<&str> {
    let start = message.find(['"', '\'', '`'])?;
    let quote = message[start..].chars().next()?;
    let rest = &message[start + quote.len_utf8()..];
    rest.find(quote).map(|end| &rest[..end])
}
