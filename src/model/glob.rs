//! Globs: patterns as a shell writes them.
//!
//! In:    a pattern: `*` any text, `?` one character, `[a-z]` `[!a-z]` one of these or none of
//!        these, `{a,b}` either, `\*` the character itself; letter case as written.
//! Out:   [`Glob`]; [`GlobSet`] for many at once.
//! Never: takes time beyond the product of both lengths, or a byte for a character.

mod set;

pub use set::GlobSet;

/// Characters of the longest pattern.
const LONGEST: usize = 4096;
/// Without these a pattern is plain text.
const SPECIAL: [char; 6] = ['*', '?', '[', '{', '}', '\\'];
/// Ways that the braces of one pattern may be read.
const MOST_WAYS: usize = 1024;
/// Braces inside braces.
const DEEPEST: usize = 16;

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    /// The pattern without braces, one way for each choice.
    ways: Vec<Way>,
}

type Way = Vec<Token>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Text(String),
    One,
    Many,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// Why a pattern is no glob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadGlob {
    /// `[a`
    #[error("`[` has no `]`")]
    OpenClass,
    /// `[z-a]`
    #[error("a range in `[...]` goes backwards")]
    Backwards,
    /// `{a`
    #[error("`{{` has no `}}`")]
    OpenBrace,
    /// `a}`
    #[error("`}}` has no `{{`")]
    ClosedBrace,
    /// `a\`
    #[error("it ends in `\\`")]
    Escape,
    /// A thousand choices, or braces in braces in braces.
    #[error("its braces have too many choices")]
    Choices,
    /// Longer than any value.
    #[error("it is longer than {LONGEST} characters")]
    Long,
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is no glob.
    pub fn parse(pattern: &str) -> Result<Self, BadGlob> {
        if pattern.len() <= LONGEST && !pattern.contains(SPECIAL) {
            let plain = (!pattern.is_empty()).then(|| vec![Token::Text(pattern.to_owned())]);
            return Ok(Self { ways: plain.into_iter().collect() });
        }
        let characters: Vec<char> = pattern.chars().take(LONGEST + 1).collect();
        if characters.len() > LONGEST {
            return Err(BadGlob::Long);
        }
        let mut parser = Parser { characters: &characters, at: 0 };
        let ways = parser.sequence(0)?;
        Ok(Self { ways: ways.into_iter().filter(|way| !way.is_empty()).collect() })
    }

    /// The same as patterns of IAM, whose `*` and `?` are ours and which has nothing else; `None`
    /// when there are choices of characters.
    pub fn likes(&self) -> Option<Vec<String>> {
        let like = |token: &Token| match token {
            Token::Text(text) => {
                let special = |c: char| match c {
                    '*' | '?' | '$' => format!("${{{c}}}"),
                    plain => plain.to_string(),
                };
                Some(text.chars().map(special).collect())
            }
            Token::One => Some("?".to_owned()),
            Token::Many => Some("*".to_owned()),
            Token::Class { .. } => None,
        };
        self.ways.iter().map(|way| way.iter().map(like).collect::<Option<String>>()).collect()
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        self.ways.iter().any(|way| fits(way, text))
    }
}

struct Parser<'p> {
    characters: &'p [char],
    at: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let found = self.characters.get(self.at).copied();
        self.at += 1;
        found
    }

    /// Up to the end, or inside of braces up to the `,` or `}` that ends the choice.
    fn sequence(&mut self, depth: usize) -> Result<Vec<Way>, BadGlob> {
        let mut ways: Vec<Way> = vec![Vec::new()];
        loop {
            let token = match self.next() {
                None if depth > 0 => return Err(BadGlob::OpenBrace),
                None => return Ok(ways),
                Some(',' | '}') if depth > 0 => {
                    self.at -= 1;
                    return Ok(ways);
                }
                Some('}') => return Err(BadGlob::ClosedBrace),
                Some('{') => {
                    ways = product(&ways, &self.choices(depth + 1)?)?;
                    continue;
                }
                Some('*') => Token::Many,
                Some('?') => Token::One,
                Some('[') => self.class()?,
                Some('\\') => Token::Text(self.next().ok_or(BadGlob::Escape)?.to_string()),
                Some(plain) => Token::Text(plain.to_string()),
            };
            for way in &mut ways {
                push(way, token.clone());
            }
        }
    }

    fn choices(&mut self, depth: usize) -> Result<Vec<Way>, BadGlob> {
        if depth > DEEPEST {
            return Err(BadGlob::Choices);
        }
        let mut all = Vec::new();
        loop {
            all.extend(self.sequence(depth)?);
            if all.len() > MOST_WAYS {
                return Err(BadGlob::Choices);
            }
            if self.next() == Some('}') {
                return Ok(all);
            }
        }
    }

    /// After `[`; a `]` that comes first is a character of the class.
    fn class(&mut self) -> Result<Token, BadGlob> {
        let negated = matches!(self.characters.get(self.at), Some('!' | '^'));
        self.at += usize::from(negated);
        let mut ranges = Vec::new();
        loop {
            let first = self.next().ok_or(BadGlob::OpenClass)?;
            if first == ']' && !ranges.is_empty() {
                return Ok(Token::Class { negated, ranges });
            }
            let ahead = |by: usize| self.characters.get(self.at + by).copied();
            let last = match (ahead(0), ahead(1)) {
                (Some('-'), Some(last)) if last != ']' => {
                    self.at += 2;
                    last
                }
                _ => first,
            };
            if last < first {
                return Err(BadGlob::Backwards);
            }
            ranges.push((first, last));
        }
    }
}

/// Texts grow together, and many times anything is anything.
fn push(way: &mut Way, token: Token) {
    match (way.last_mut(), token) {
        (Some(Token::Text(text)), Token::Text(more)) => text.push_str(&more),
        (Some(Token::Many), Token::Many) => {}
        (_, token) => way.push(token),
    }
}

fn product(before: &[Way], choices: &[Way]) -> Result<Vec<Way>, BadGlob> {
    if before.len() * choices.len() > MOST_WAYS {
        return Err(BadGlob::Choices);
    }
    let mut all = Vec::with_capacity(before.len() * choices.len());
    for way in before {
        for choice in choices {
            let mut longer = way.clone();
            for token in choice {
                push(&mut longer, token.clone());
            }
            all.push(longer);
        }
    }
    Ok(all)
}

/// Walks both; where it gets stuck, the last `*` takes one character more.
fn fits(way: &[Token], text: &str) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut last_many: Option<(usize, usize)> = None;
    loop {
        if way.get(token) == Some(&Token::Many) {
            token += 1;
            if token == way.len() {
                return true;
            }
            last_many = Some((token, at));
            continue;
        }
        match way.get(token).map_or((at == text.len()).then_some(0), |one| taken(one, &text[at..]))
        {
            Some(_) if token == way.len() => return true,
            Some(bytes) => {
                at += bytes;
                token += 1;
            }
            None => {
                let Some((after, from)) = last_many else { return false };
                let Some(skipped) = text[from..].chars().next() else { return false };
                at = from + skipped.len_utf8();
                token = after;
                last_many = Some((after, at));
            }
        }
    }
}

/// How many bytes of a text a token takes; `None` when it does not fit.
fn taken(token: &Token, text: &str) -> Option<usize> {
    match token {
        Token::Text(wanted) => text.starts_with(wanted.as_str()).then_some(wanted.len()),
        Token::Many => Some(0),
        Token::One => text.chars().next().map(char::len_utf8),
        Token::Class { negated, ranges } => {
            let found = text.chars().next()?;
            let is_in = ranges.iter().any(|(first, last)| (*first..=*last).contains(&found));
            (is_in != *negated).then(|| found.len_utf8())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_is_read_as_a_shell_reads_it() {
        for (pattern, fitting, others) in [
            ("alice", &["alice"][..], &["Alice", "alice2", "xalice", ""][..]),
            ("d-1*", &["d-1", "d-12", "d-1/zoë"], &["d-2", "xd-1"]),
            ("*/zo?", &["d-1/zoë", "/zoe"], &["zoë", "d-1/zo", "d-1/zoee"]),
            ("[a-c]x[!0-9]", &["axy", "cxü"], &["dxy", "ax1", "ax"]),
            ("[]x]", &["]", "x"], &["[", ""]),
            ("[a-]", &["a", "-"], &["b"]),
            ("{dev,prod}-{1,2}", &["dev-1", "prod-2"], &["dev-3", "dev-", "{dev,prod}-1"]),
            ("a{,b{c,d}}", &["a", "abc", "abd"], &["ab", "b"]),
            (r"100\*", &["100*"], &["100", "1000"]),
            ("*", &["a", "ü/ü"], &[]),
            ("", &[], &["", "a"]),
            ("a**b", &["ab", "axxb"], &["a"]),
            ("*a*b*", &["ab", "xaxbx", "aab"], &["ba"]),
        ] {
            let glob = Glob::parse(pattern).unwrap();
            for text in fitting {
                assert!(glob.fits(text), "`{pattern}` and `{text}`");
            }
            for text in others {
                assert!(!glob.fits(text), "`{pattern}` and `{text}`");
            }
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        let many = "{a,b}".repeat(11);
        let deep = "{".repeat(20) + &"}".repeat(20);
        let long = "a".repeat(LONGEST + 1);
        for (pattern, why) in [
            ("[a", BadGlob::OpenClass),
            ("[]", BadGlob::OpenClass),
            ("[z-a]", BadGlob::Backwards),
            ("{a,b", BadGlob::OpenBrace),
            ("a}", BadGlob::ClosedBrace),
            ("a\\", BadGlob::Escape),
            (&many, BadGlob::Choices),
            (&deep, BadGlob::Choices),
            (&long, BadGlob::Long),
        ] {
            assert_eq!(Glob::parse(pattern), Err(why), "{pattern}");
        }
    }

    pub(super) fn pattern() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            4 => "[ab/]{1,3}",
            2 => Just("*".to_owned()),
            1 => Just("?".to_owned()),
            1 => Just("[!a]".to_owned()),
            1 => Just("{a,b*}".to_owned()),
        ];
        // Two stars in a row mean folders to the other library, where they mean one to us.
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat().replace("**", "*"))
    }

    proptest! {
        #[test]
        fn a_glob_fits_what_another_library_says_it_fits(p in pattern(), text in "[ab/]{0,6}") {
            prop_assume!(!p.is_empty() && !p.contains("**"));
            let other = globset::Glob::new(&p).unwrap().compile_matcher();
            prop_assert_eq!(Glob::parse(&p).unwrap().fits(&text), other.is_match(&text), "{}", p);
        }
    }
}
