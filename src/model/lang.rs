//! Lang: the languages that reports are told in.
//!
//! In:    a tag of a language, such as `de`.
//! Out:   [`Lang`].
//! Never: holds a word of any language but its own name.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English, in which messages are written; days and months as AWS writes them.
    #[default]
    En,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Indonesian.
    Id,
    /// Chinese, simplified.
    Zh,
    /// German.
    De,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 6] = [Self::En, Self::Fr, Self::Es, Self::Id, Self::Zh, Self::De];

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Id => "id",
            Self::Zh => "zh",
            Self::De => "de",
        }
    }

    /// The language of a tag or of a locale's name, such as `de_DE.UTF-8`.
    pub fn parse(text: &str) -> Option<Self> {
        let language = text.split(['-', '_', '.', '@']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|lang| lang.tag() == language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_locales_tell_their_language() {
        assert_eq!(Lang::parse("de_DE.UTF-8"), Some(Lang::De));
        assert_eq!(Lang::parse("zh-Hans-CN"), Some(Lang::Zh));
        assert_eq!(Lang::parse("pt"), None);
    }
}
