//! Feed: lines become statements and commands.
//!
//! In:    lines, as they come.
//! Out:   pieces that are whole, one by one.
//! Never: runs one.

use super::commands::is_command;
use crate::query::{Lexis, Pieces, WordKind};

/// What is typed so far and not yet whole.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pending: String,
}

impl Feed {
    /// Takes a line; gives what is whole with it.
    pub(super) fn line(&mut self, line: &str) -> Vec<String> {
        let is_first = !Lexis::read(&self.pending).says_something();
        if is_first && is_command(line) {
            self.pending.clear();
            return vec![line.trim().to_owned()];
        }
        self.pending.push_str(line);
        self.pending.push('\n');
        // Only a semicolon, or the quote or comment that hid one, makes a statement whole.
        if !line.contains([';', '\'', '"', '`', '/']) {
            return Vec::new();
        }
        let Pieces { whole, rest } = Pieces::of(&self.pending);
        let whole = whole.into_iter().filter(|piece| says_more_than_its_end(piece));
        let whole = whole.map(|piece| piece.trim().to_owned()).collect();
        self.pending = rest.trim_start_matches(['\r', '\n', ' ', '\t']).to_owned();
        whole
    }

    /// The last statement, when nobody ended it.
    pub(super) fn end(&mut self) -> Option<String> {
        let pending = std::mem::take(&mut self.pending);
        Lexis::read(&pending).says_something().then(|| pending.trim().to_owned())
    }
}

fn says_more_than_its_end(piece: &str) -> bool {
    Lexis::read(piece.trim_end_matches(';')).says_something()
}

/// Whether people who press Enter here want an answer, not another line.
pub(super) fn is_whole(text: &str, is_query: impl Fn(&str) -> bool) -> bool {
    if is_command(text) || is_query(text.trim()) {
        return true;
    }
    let lexis = Lexis::read(text);
    if !lexis.says_something() {
        return !lexis.is_open;
    }
    let is_left = text.trim_end_matches([' ', '\t']).ends_with('\n') && lexis.depth == 0;
    !lexis.is_open && (is_left || !Lexis::read(Pieces::of(text).rest).says_something())
}

/// The name that a piece consists of, `cost-by-user` spelled with `_`.
pub(super) fn lone_name(piece: &str) -> Option<String> {
    let piece = piece.trim().trim_end_matches(';').trim_end();
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let first = Lexis::read(piece).words.first().map(|word| word.kind);
    let is_name = first == Some(WordKind::Name) && piece.chars().all(of_name);
    is_name.then(|| piece.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_runs_what_is_whole_and_goes_on_with_the_rest() {
        let is_query = |name: &str| name == "cost_by_user";
        for whole in [
            "SELECT 1;",
            "SELECT 1; -- told",
            "SELECT 1\n",
            "SELECT 1\nFROM charges\n  ",
            "SELECT (1;",
            "SELECT 1; SELECT 2;",
            "cost_by_user",
            ".tables",
            "quit",
            "",
            "-- nothing",
        ] {
            assert!(is_whole(whole, is_query), "{whole}");
        }
        for open in [
            "SELECT 1",
            "SELECT ';",
            "SELECT 'a\n",
            "SELECT (1\n",
            "SELECT 1 -- ;",
            "SELECT 1; SELECT 2",
            "/* and so on",
            "cost_by_usr",
        ] {
            assert!(!is_whole(open, is_query), "{open}");
        }
    }

    #[test]
    fn lines_of_a_file_become_statements_and_commands() {
        let file = "-- question: what?\n\n.format csv\nSELECT 1\n\n  , ';\n' ;SELECT 2; ;\n\
                    .tables\nSELECT 3\n.5";
        let mut feed = Feed::default();
        let mut pieces: Vec<String> = file.lines().flat_map(|line| feed.line(line)).collect();
        pieces.extend(feed.end());
        let expected =
            [".format csv", "SELECT 1\n\n  , ';\n' ;", "SELECT 2;", ".tables", "SELECT 3\n.5"];
        assert_eq!(pieces, expected);
        assert_eq!(feed.end(), None);
    }

    #[test]
    fn a_name_alone_is_a_query_and_a_word_of_sql_is_not() {
        assert_eq!(lone_name("cost-by-user ;"), Some("cost_by_user".to_owned()));
        assert_eq!(lone_name("select"), None);
        assert_eq!(lone_name("SELECT 1"), None);
    }
}
