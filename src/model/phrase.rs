//! Phrase: words for people that can be said in another language.
//!
//! In:    an English message with holes, and what fills them.
//! Out:   [`Phrase`]: reads as English text, and remembers its message.
//! Never: holds a word of the data outside a hole.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text for people. It reads as English wherever a `str` is wanted; a copy shares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Phrase {
    text: Arc<str>,
    /// `None` for words of the data.
    message: Option<Arc<Message>>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Message {
    /// In English, a `{}` for every hole.
    text: Cow<'static, str>,
    holes: Vec<Hole>,
}

/// What fills a hole of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hole {
    /// Words of the data, the same in every language.
    Data(String),
    /// Words of ours.
    Said(Phrase),
    /// A whole number.
    Count(u64),
}

impl Phrase {
    /// A message of ours with its holes filled from left to right.
    pub fn new(message: &'static str, holes: Vec<Hole>) -> Self {
        let text = fill(message, holes.iter().map(|hole| Cow::Owned(hole.to_string())));
        Self::of(text.into(), message.into(), holes)
    }

    /// Words that may be ours, such as the heading of a report's file: said otherwise where a
    /// catalogue knows them.
    pub fn named(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::of(text.as_str().into(), text.into(), Vec::new())
    }

    fn of(text: Arc<str>, message: Cow<'static, str>, holes: Vec<Hole>) -> Self {
        Self { text, message: Some(Arc::new(Message { text: message, holes })) }
    }

    /// The message and its holes; `None` for words of the data.
    pub fn parts(&self) -> Option<(&str, &[Hole])> {
        self.message.as_deref().map(|message| (&*message.text, message.holes.as_slice()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Puts texts into the holes of a message: `{}` takes the next, `{0}` the first.
pub fn fill<'a>(message: &str, holes: impl Iterator<Item = Cow<'a, str>>) -> String {
    let holes: Vec<Cow<'a, str>> = holes.collect();
    let mut next = 0;
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, behind)) = after.split_once('}') else { break };
        text.push_str(before);
        let at = place.parse().unwrap_or(next);
        next += 1;
        text.push_str(holes.get(at).map_or("", |hole| hole));
        rest = behind;
    }
    text + rest
}

/// A message with what fills its holes: `phrase!("rest ({} rows)", count)`.
macro_rules! phrase {
    ($message:literal $(, $hole:expr)* $(,)?) => {
        $crate::model::phrase::Phrase::new(
            $message,
            vec![$($crate::model::phrase::Hole::from($hole)),*],
        )
    };
}

pub(crate) use phrase;

impl Deref for Phrase {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(text) => f.write_str(text),
            Self::Said(phrase) => f.write_str(phrase),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

/// A message of ours.
impl From<&'static str> for Phrase {
    fn from(message: &'static str) -> Self {
        Self::of(message.into(), message.into(), Vec::new())
    }
}

/// Words of the data.
impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self { text: text.into(), message: None }
    }
}

/// Words of the data.
impl From<Arc<str>> for Phrase {
    fn from(text: Arc<str>) -> Self {
        Self { text, message: None }
    }
}

impl From<&Phrase> for Phrase {
    fn from(phrase: &Phrase) -> Self {
        phrase.clone()
    }
}

impl PartialEq<str> for Phrase {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == text
    }
}

impl PartialEq<&str> for Phrase {
    fn eq(&self, text: &&str) -> bool {
        self.as_str() == *text
    }
}

impl From<String> for Hole {
    fn from(text: String) -> Self {
        Self::Data(text)
    }
}

impl From<&str> for Hole {
    fn from(text: &str) -> Self {
        Self::Data(text.to_owned())
    }
}

impl From<&String> for Hole {
    fn from(text: &String) -> Self {
        Self::Data(text.clone())
    }
}

impl From<&Arc<str>> for Hole {
    fn from(text: &Arc<str>) -> Self {
        Self::Data((**text).to_owned())
    }
}

impl From<Phrase> for Hole {
    fn from(phrase: Phrase) -> Self {
        Self::Said(phrase)
    }
}

impl From<&Phrase> for Hole {
    fn from(phrase: &Phrase) -> Self {
        Self::Said(phrase.clone())
    }
}

impl From<u64> for Hole {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Hole {
    fn from(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_reads_as_english_and_remembers_what_it_said() {
        let rest = phrase!("rest ({} rows)", 9_usize);
        assert_eq!(rest, "rest (9 rows)");
        assert_eq!(rest.parts(), Some(("rest ({} rows)", &[Hole::Count(9)][..])));
        assert_eq!(Phrase::from("team-{a}".to_owned()).parts(), None);
        assert_eq!(phrase!("{} of {}", Phrase::from("total"), "a}b{c").as_str(), "total of a}b{c");
    }

    #[test]
    fn another_language_may_turn_the_holes_around() {
        let said = fill("{1} von {0}", ["a", "b"].into_iter().map(Cow::Borrowed));
        assert_eq!(said, "b von a");
        assert_eq!(fill("{", std::iter::empty()), "{");
    }
}
