//! Statement: the text of a query, understood as far as we must.
//!
//! In:    SQL.
//! Out:   [`Statement`]: one `SELECT`, the columns it speaks of, places of its words.
//! Never: rewrites the text; what runs is what was written.

use std::ops::ControlFlow;

use polars::prelude::PolarsError;
use sqlparser::ast::{self, Spanned, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::Tables;
use super::error::{Place, QueryError};
use super::frames::{self, TABLES};
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
    /// What `*` stands for.
    pub fn everything() -> Vec<Dimension> {
        EVERYTHING.to_vec()
    }

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
        let refused = |what: String, place| Err(QueryError::NotAQuestion { what, place });
        match parsed.as_slice() {
            [ast::Statement::Query(query)] => statement.only_reads(query)?,
            [] => return refused("nothing".to_owned(), None),
            [_] => return refused(statement.first_word(), statement.place_of_first_word()),
            _ => return refused(format!("{} statements", parsed.len()), None),
        }
        Ok(statement)
    }

    /// The text that runs.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A `SELECT` that makes a table, locks one or opens a file is more than a question.
    fn only_reads(&self, query: &ast::Query) -> Result<(), QueryError> {
        let mut watch = Watch { ours: TABLES.map(|(table, _)| table.to_owned()).to_vec() };
        let found = match self.place_of_keyword(&[Keyword::INTO]) {
            Some(place) => ControlFlow::Break(Breach::Writes(Some(place))),
            None => query.visit(&mut watch),
        };
        let ControlFlow::Break(breach) = found else { return Ok(()) };
        Err(match breach {
            Breach::Writes(place) => {
                let place = place.or_else(|| self.place_of_keyword(&WRITING));
                QueryError::NotAQuestion { what: "one that writes".to_owned(), place }
            }
            Breach::Function(name, at) => {
                QueryError::TableFunction { name, place: place(&self.text, at) }
            }
            Breach::Unknown(name, at) => {
                let place = place(&self.text, at).or_else(|| self.place_of_text(&name));
                QueryError::NoTable { name, place }
            }
        })
    }

    fn place_of_keyword(&self, wanted: &[Keyword]) -> Option<Place> {
        let is_wanted = |token: &&TokenWithSpan| match &token.token {
            Token::Word(word) => wanted.contains(&word.keyword),
            _ => false,
        };
        place(&self.text, self.tokens.iter().find(is_wanted)?.span.start)
    }

    /// The parser does not say where a table in quotes stands.
    fn place_of_text(&self, wanted: &str) -> Option<Place> {
        let is_wanted = |token: &&TokenWithSpan| match &token.token {
            Token::SingleQuotedString(text) => text == wanted,
            _ => false,
        };
        place(&self.text, self.tokens.iter().find(is_wanted)?.span.start)
    }

    fn place_of_first_word(&self) -> Option<Place> {
        place(&self.text, self.words().next()?.1)
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
        let is_keyed =
            |of: &Dimension| matches!(of, Dimension::Tag(_) | Dimension::CostCategory(_));
        for (word, _) in self.words() {
            let word = word.to_ascii_lowercase();
            let dimension = Dimension::parse(&word).filter(|of| of.key() == word && !is_keyed(of));
            let metric = CostMetric::ALL.into_iter().find(|metric| metric.column() == word);
            mentions.dimensions.extend(dimension);
            mentions.metrics.extend(metric);
            mentions.hours |= word == column::USAGE_HOURS;
            let read = TABLES.iter().map(|(table, _)| *table).find(|table| *table == word);
            mentions.tables.extend(read);
        }
        // Keys of tags are told apart by letter case.
        for (word, _) in self.words() {
            let dimension = Dimension::parse(word).filter(|of| is_keyed(of) && of.key() == *word);
            mentions.dimensions.extend(dimension);
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

/// Words of statements that write.
const WRITING: [Keyword; 6] = [
    Keyword::INSERT,
    Keyword::UPDATE,
    Keyword::DELETE,
    Keyword::MERGE,
    Keyword::INTO,
    Keyword::LOCK,
];

/// What makes a `SELECT` more than a question.
enum Breach {
    Writes(Option<Place>),
    Function(String, Location),
    Unknown(String, Location),
}

/// Looks at every part of a statement: subqueries, common tables, joins, branches of unions.
struct Watch {
    /// Tables that may be read; common tables join them where they are defined.
    ours: Vec<String>,
}

impl Visitor for Watch {
    type Break = Breach;

    fn pre_visit_query(&mut self, query: &ast::Query) -> ControlFlow<Breach> {
        let writes = matches!(
            *query.body,
            ast::SetExpr::Insert(_)
                | ast::SetExpr::Update(_)
                | ast::SetExpr::Delete(_)
                | ast::SetExpr::Merge(_)
        );
        if writes || !query.locks.is_empty() {
            return ControlFlow::Break(Breach::Writes(None));
        }
        let common = query.with.iter().flat_map(|with| &with.cte_tables);
        self.ours.extend(common.map(|table| table.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &ast::TableFactor) -> ControlFlow<Breach> {
        let function = match factor {
            ast::TableFactor::Table { name, args: Some(_), .. }
            | ast::TableFactor::Function { name, .. } => name.to_string(),
            ast::TableFactor::Table { .. }
            | ast::TableFactor::Derived { .. }
            | ast::TableFactor::NestedJoin { .. }
            | ast::TableFactor::UNNEST { .. } => return ControlFlow::Continue(()),
            other => {
                let text = other.to_string();
                text.split('(').next().unwrap_or_default().trim().to_owned()
            }
        };
        ControlFlow::Break(Breach::Function(function, factor.span().start))
    }

    fn pre_visit_relation(&mut self, name: &ast::ObjectName) -> ControlFlow<Breach> {
        let at = name.span().start;
        let last = name.0.last().and_then(|part| part.as_ident());
        let last = last.map_or_else(|| name.to_string(), |ident| ident.value.clone());
        if self.ours.contains(&last) {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(Breach::Unknown(last, at))
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
