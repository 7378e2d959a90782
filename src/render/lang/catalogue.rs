//! Catalogue: what messages are in another language.
//!
//! In:    the files beside this one, a line per English message.
//! Out:   the message of a language.
//! Never: guesses; a message that is not there stays English.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::model::lang::Lang;

/// Messages of a language by their English.
pub(super) struct Catalogue(FxHashMap<String, String>);

/// The files, in the order of [`Lang::ALL`] without English.
pub(super) const FILES: [(Lang, &str); 5] = [
    (Lang::Fr, include_str!("fr.toml")),
    (Lang::Es, include_str!("es.toml")),
    (Lang::Id, include_str!("id.toml")),
    (Lang::Zh, include_str!("zh.toml")),
    (Lang::De, include_str!("de.toml")),
];

impl Catalogue {
    /// Read once, however many statements are written; English has none.
    pub(super) fn of(lang: Lang) -> Option<&'static Self> {
        static READ: [OnceLock<Catalogue>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
        let at = FILES.iter().position(|(of, _)| *of == lang)?;
        // A test reads every file.
        Some(READ[at].get_or_init(|| Self(toml::from_str(FILES[at].1).unwrap_or_default())))
    }

    pub(super) fn get(&self, message: &str) -> Option<&str> {
        self.0.get(message).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(message, said)| (message.as_str(), said.as_str()))
    }
}
