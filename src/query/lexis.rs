//! Lexis: the words of a text that somebody is still typing.
//!
//! In:    any text, whole or not.
//! Out:   [`Word`]s with their places; where statements end; what is still open.
//! Never: complains; a text that is no SQL has words too.

use std::ops::Range;

use polars::sql::keywords::all_keywords;
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordKind {
    /// A word of SQL, such as `SELECT`, or one of its functions before a parenthesis.
    Keyword,
    /// Any other name.
    Name,
    /// A name in double quotes.
    QuotedName,
    /// A text in single quotes.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// A comma, an operator, a parenthesis.
    Sign,
    /// Blanks between words.
    Gap,
}

/// One word and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub kind: WordKind,
    /// Its bytes.
    pub at: Range<usize>,
}

/// The words of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexis {
    /// One after the other; together they are the text.
    pub words: Vec<Word>,
    /// Whether the last word is a quote or a comment that nobody closed yet.
    pub is_open: bool,
    /// Parentheses that are not closed yet.
    pub depth: usize,
}

/// A text, cut behind the semicolons that end statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// Statements with their semicolons.
    pub whole: Vec<&'a str>,
    /// What follows the last semicolon.
    pub rest: &'a str,
}

/// The words of SQL that a question may need: nothing that writes, nothing that opens a file.
pub fn keywords() -> Vec<&'static str> {
    const MORE: [&str; 9] =
        ["BETWEEN", "CAST", "DESC", "ELSE", "END", "FROM", "IS", "LIKE", "WHERE"];
    let is_other = |word: &&str| {
        let word = word.to_uppercase();
        let writes = ["CREATE", "DROP", "TRUNCATE", "RENAME", "REPLACE", "TABLE", "TABLES", "SHOW"];
        !writes.contains(&word.as_str()) && !word.starts_with("READ_")
    };
    let mut all: Vec<&'static str> = all_keywords().into_iter().filter(is_other).collect();
    all.extend(MORE);
    all.sort_unstable();
    all.dedup();
    all
}

impl Lexis {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let mut tokens = Vec::new();
        let read = Tokenizer::new(&GenericDialect, text)
            .with_unescape(false)
            .tokenize_with_location_into_buf(&mut tokens);
        let mut places = Places::of(text);
        let starts: Vec<usize> = tokens.iter().map(|of| places.byte(of.span.start)).collect();
        let mut words = Vec::with_capacity(tokens.len() + 1);
        let mut depth = 0_usize;
        // The tokenizer keeps what it read before an error; the rest begins behind its last word.
        let end = match &read {
            Ok(()) => text.len(),
            Err(_) => tokens.last().map_or(0, |last| places.byte(last.span.end)),
        };
        for (at, token) in tokens.iter().enumerate() {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            let end = starts.get(at + 1).copied().unwrap_or(end);
            let is_called = tokens.get(at + 1).is_some_and(|next| next.token == Token::LParen);
            words.push(Word { kind: kind(token, is_called), at: starts[at]..end });
        }
        if end < text.len() {
            let quote = text[end..].chars().next();
            let kind = match quote {
                Some('"' | '`') => WordKind::QuotedName,
                Some('/') => WordKind::Comment,
                _ => WordKind::Text,
            };
            words.push(Word { kind, at: end..text.len() });
        }
        Self { words, is_open: read.is_err(), depth }
    }

    /// Whether there is anything but blanks and comments.
    pub fn says_something(&self) -> bool {
        self.spoken().next().is_some()
    }

    /// The words without blanks and comments.
    pub fn spoken(&self) -> impl DoubleEndedIterator<Item = &Word> {
        self.words.iter().filter(|word| !matches!(word.kind, WordKind::Gap | WordKind::Comment))
    }
}

impl<'a> Pieces<'a> {
    /// Cuts a text.
    pub fn of(text: &'a str) -> Self {
        let mut whole = Vec::new();
        let mut start = 0;
        for word in Lexis::read(text).words {
            if word.kind == WordKind::Sign && &text[word.at.clone()] == ";" {
                whole.push(&text[start..word.at.end]);
                start = word.at.end;
            }
        }
        Self { whole, rest: &text[start..] }
    }
}

fn kind(token: &TokenWithSpan, is_called: bool) -> WordKind {
    match &token.token {
        Token::Word(word) if word.quote_style.is_some() => WordKind::QuotedName,
        Token::Word(word) if is_called || is_spoken(word.keyword) => WordKind::Keyword,
        Token::Word(_) => WordKind::Name,
        Token::Number(..) => WordKind::Number,
        Token::Whitespace(
            Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_),
        ) => WordKind::Comment,
        Token::Whitespace(_) => WordKind::Gap,
        Token::SingleQuotedString(_)
        | Token::NationalStringLiteral(_)
        | Token::EscapedStringLiteral(_)
        | Token::DollarQuotedString(_) => WordKind::Text,
        _ => WordKind::Sign,
    }
}

/// Words such as `DAY` or `SERVICE` are keywords of some SQL and names of ours.
fn is_spoken(keyword: Keyword) -> bool {
    keyword != Keyword::NoKeyword && SPOKEN.contains(&keyword)
}

const SPOKEN: [Keyword; 41] = [
    Keyword::ALL,
    Keyword::AND,
    Keyword::ANTI,
    Keyword::AS,
    Keyword::ASC,
    Keyword::BETWEEN,
    Keyword::BY,
    Keyword::CASE,
    Keyword::CROSS,
    Keyword::DESC,
    Keyword::DISTINCT,
    Keyword::ELSE,
    Keyword::END,
    Keyword::EXCEPT,
    Keyword::FROM,
    Keyword::FULL,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::IN,
    Keyword::INNER,
    Keyword::INTERSECT,
    Keyword::IS,
    Keyword::JOIN,
    Keyword::LEFT,
    Keyword::LIKE,
    Keyword::LIMIT,
    Keyword::NOT,
    Keyword::NULL,
    Keyword::OFFSET,
    Keyword::ON,
    Keyword::OR,
    Keyword::ORDER,
    Keyword::OUTER,
    Keyword::RIGHT,
    Keyword::SELECT,
    Keyword::THEN,
    Keyword::UNION,
    Keyword::USING,
    Keyword::WHEN,
    Keyword::WHERE,
    Keyword::WITH,
];

/// Lines and columns of the tokenizer as bytes.
struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
    /// The last place that was asked for: line, column, byte. Places are asked for in order.
    last: (u64, u64, usize),
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, lines: std::iter::once(0).chain(after).collect(), last: (1, 1, 0) }
    }

    fn byte(&mut self, at: Location) -> usize {
        let (line, column, byte) = self.last;
        let (from, skip) = if at.line == line && at.column >= column {
            (byte, at.column - column)
        } else {
            let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or_default();
            let start = self.lines.get(line).copied().unwrap_or(self.text.len());
            (start, at.column.saturating_sub(1))
        };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let found = self.text[from..].char_indices().nth(skip);
        let byte = found.map_or(self.text.len(), |(offset, _)| from + offset);
        self.last = (at.line, at.column, byte);
        byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, WordKind)> {
        let lexis = Lexis::read(text);
        assert_eq!(lexis.words.iter().map(|word| &text[word.at.clone()]).collect::<String>(), text);
        let word = |word: &Word| (word.kind, word.at.clone());
        let words = lexis.spoken().map(word).collect::<Vec<_>>();
        words.into_iter().map(|(kind, at)| (&text[at], kind)).collect()
    }

    #[test]
    fn words_are_told_apart_as_people_see_them() {
        use WordKind::{Keyword, Name, Number, QuotedName, Sign, Text};
        let text =
            "SELECT sum(cost), \"tag:team\" -- why\n FROM charges\nWHERE day <> 'zoë''s' OR 1";
        let expected = [
            ("SELECT", Keyword),
            ("sum", Keyword),
            ("(", Sign),
            ("cost", Name),
            (")", Sign),
            (",", Sign),
            ("\"tag:team\"", QuotedName),
            ("FROM", Keyword),
            ("charges", Name),
            ("WHERE", Keyword),
            ("day", Name),
            ("<>", Sign),
            ("'zoë''s'", Text),
            ("OR", Keyword),
            ("1", Number),
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn what_is_still_open_is_the_last_word() {
        for (text, last, depth) in [
            ("SELECT 'ab", "'ab", 0),
            ("SELECT ä, \"tag:x", "\"tag:x", 0),
            ("SELECT (1 /* and", "/* and", 1),
            ("SELECT 1;\n'", "'", 0),
        ] {
            let lexis = Lexis::read(text);
            let at = lexis.words.last().unwrap().at.clone();
            assert_eq!((&text[at], lexis.is_open, lexis.depth), (last, true, depth), "{text}");
        }
        assert!(!Lexis::read("SELECT 'a' -- it's").is_open);
    }

    #[test]
    fn statements_end_at_semicolons_that_are_no_text() {
        let text = "SELECT ';' -- ;\n; SELECT 2;\n SELECT \"a;b\"";
        let pieces = Pieces::of(text);
        assert_eq!(pieces.whole, ["SELECT ';' -- ;\n;", " SELECT 2;"]);
        assert_eq!(pieces.rest, "\n SELECT \"a;b\"");
    }

    #[test]
    fn no_word_that_is_offered_writes_or_opens_a_file() {
        let words = keywords();
        assert!(
            words.contains(&"SELECT") && words.iter().any(|word| *word == "SUM" || *word == "sum")
        );
        assert!(!words.iter().any(|word| word.to_uppercase().contains("READ_") || *word == "DROP"));
    }
}
