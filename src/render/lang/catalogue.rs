//! Catalogue: what messages are in another language.
//!
//! In:    the files beside this one, a line per English message.
//! Out:   the message of a language.
//! Never: guesses; a message that is not there stays English.

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
    pub(super) fn of(lang: Lang) -> Self {
        let file = FILES.iter().find(|(of, _)| *of == lang).map_or("", |(_, file)| file);
        // A test reads every file.
        Self(toml::from_str(file).unwrap_or_default())
    }

    pub(super) fn get(&self, message: &str) -> Option<&str> {
        self.0.get(message).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(message, said)| (message.as_str(), said.as_str()))
    }
}
