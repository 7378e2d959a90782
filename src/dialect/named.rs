//! Named: a question of ours in the words of another dialect.
//!
//! In:    the tables that lead to the charges, the question's text.
//! Out:   one statement: the question's comment, our tables, its own, what it selects.
//! Never: changes anything but quotes; what the question says is what runs.

use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use crate::dialect::steps::Steps;
use crate::dialect::words::Dialect;

/// The question over our tables.
pub(super) fn over(dialect: Dialect, steps: &Steps, text: &str) -> String {
    // The text was parsed when it was read; where it is no SQL it is passed on as it is.
    let tokens = Tokenizer::new(&GenericDialect, text).with_unescape(false).tokenize();
    let tokens = tokens.unwrap_or_else(|_| vec![Token::make_word(text, None)]);
    let is_space = |token: &&Token| matches!(token, Token::Whitespace(_));
    let start = tokens.iter().take_while(is_space).count();
    let (comment, tokens) = tokens.split_at(start);
    let comment: String = comment.iter().map(|token| said(dialect, token)).collect();
    let opens = matches!(tokens.first(), Some(Token::Word(word)) if word.keyword == Keyword::WITH);
    let own = if opens { &tokens[1..] } else { tokens };
    let own: String = own.iter().map(|token| said(dialect, token)).collect();
    let comment = comment.trim();
    let comment = if comment.is_empty() { String::new() } else { format!("{comment}\n") };
    let statement = steps.statement("");
    let statement = statement.trim_end();
    let between = if opens { ",\n" } else { "\n" };
    format!("{comment}{statement}{between}{}", own.trim())
}

/// A token as the dialect writes it.
fn said(dialect: Dialect, token: &Token) -> String {
    match token {
        Token::Word(word) if word.quote_style.is_some() => {
            dialect.identifier(&word.value.replace("\"\"", "\""))
        }
        Token::SingleQuotedString(text) => dialect.text(&text.replace("''", "'")),
        // The line break belongs to the comment.
        Token::Whitespace(Whitespace::SingleLineComment { comment, prefix }) => {
            format!("{prefix}{comment}")
        }
        other => other.to_string(),
    }
}
