//! Sources: what stands in a statement where a table would.
//!
//! In:    the tokens of a statement that the parser understood.
//! Out:   the first name with arguments among them, such as `read_csv('...')`, and its place.
//! Never: mistakes a function of a column for one: only what follows `FROM` and `JOIN` counts.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

/// Between two parentheses, or outside of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Of a query, before its `FROM` or after its tables.
    Query,
    /// Of a query, among its tables.
    Tables,
    /// Of anything else: `FROM` is no list of tables in `extract(year FROM day)`.
    Other,
}

/// The first function that is read like a table.
pub(super) fn function(tokens: &[TokenWithSpan]) -> Option<(&str, Location)> {
    let told = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
    let tokens: Vec<&TokenWithSpan> = tokens.iter().filter(told).collect();
    let mut levels = vec![Level::Query];
    let mut expects_table = false;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|next| &next.token);
        let level = levels.last_mut()?;
        match &token.token {
            Token::LParen if expects_table && !begins_query(next) => levels.push(Level::Tables),
            Token::LParen => {
                levels.push(if begins_query(next) { Level::Query } else { Level::Other });
                expects_table = false;
            }
            Token::RParen => {
                expects_table = false;
                // The parser saw that they are in pairs.
                if levels.len() > 1 {
                    levels.pop();
                }
            }
            Token::Comma => expects_table = *level == Level::Tables,
            Token::Word(word) => match word.keyword {
                Keyword::FROM | Keyword::JOIN if *level != Level::Other => {
                    *level = Level::Tables;
                    expects_table = true;
                }
                Keyword::LATERAL => {}
                Keyword::SELECT
                | Keyword::WHERE
                | Keyword::GROUP
                | Keyword::HAVING
                | Keyword::ORDER
                | Keyword::LIMIT
                | Keyword::QUALIFY
                | Keyword::WINDOW
                    if *level == Level::Tables =>
                {
                    *level = Level::Query;
                    expects_table = false;
                }
                _ if expects_table && next == Some(&Token::LParen) => {
                    return Some((&word.value, token.span.start));
                }
                _ => expects_table = expects_table && next == Some(&Token::Period),
            },
            Token::Period => {}
            _ => expects_table = false,
        }
    }
    None
}

fn begins_query(token: Option<&Token>) -> bool {
    let Some(Token::Word(word)) = token else { return token == Some(&Token::LParen) };
    matches!(word.keyword, Keyword::SELECT | Keyword::WITH | Keyword::VALUES)
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::GenericDialect;
    use sqlparser::tokenizer::Tokenizer;

    use super::*;

    fn found(sql: &str) -> Option<String> {
        let tokens = Tokenizer::new(&GenericDialect, sql).tokenize_with_location().unwrap();
        function(&tokens).map(|(name, at)| format!("{name} {}", at.column))
    }

    #[test]
    fn a_function_in_the_place_of_a_table_is_found_wherever_it_stands() {
        for (sql, expected) in [
            ("SELECT * FROM read_csv('x')", "read_csv 15"),
            ("SELECT * FROM charges, read_csv('x') AS x", "read_csv 24"),
            ("SELECT * FROM charges JOIN read_json ('x') USING (a)", "read_json 28"),
            ("SELECT * FROM (charges JOIN read_ipc('x') USING (a))", "read_ipc 29"),
            ("SELECT * FROM (SELECT * FROM f('x')) AS a", "f 30"),
            ("SELECT a FROM charges WHERE a IN (SELECT a FROM f(1))", "f 49"),
            ("WITH x AS (SELECT * FROM f(1)) SELECT * FROM x", "f 26"),
            ("SELECT 1 FROM charges UNION SELECT 1 FROM f(1)", "f 43"),
            ("SELECT * FROM main.f(1)", "f 20"),
            ("SELECT (SELECT max(a) FROM f(1)) FROM charges", "f 28"),
        ] {
            assert_eq!(found(sql).as_deref(), Some(expected), "{sql}");
        }
    }

    #[test]
    fn functions_of_columns_are_none() {
        for sql in [
            "SELECT sum(cost), count(*) FROM charges GROUP BY coalesce(a, b) ORDER BY abs(c)",
            "SELECT extract(year FROM date(day)), substring(a FROM abs(2)) FROM charges",
            "SELECT a FROM charges JOIN budgets ON lower(a) = b, forecasts WHERE f(a) IN (1)",
            "SELECT a, row_number() OVER (ORDER BY sum(cost)) FROM (SELECT a FROM charges) AS x",
            "SELECT * FROM (VALUES (1, 2)) AS x(a, b) WHERE (a) IN (abs(1))",
        ] {
            assert_eq!(found(sql), None, "{sql}");
        }
    }
}
