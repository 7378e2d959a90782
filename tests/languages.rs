//! Every word for people is in every catalogue, and no format for machines knows a language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::command::{self, repository};

type Messages = BTreeMap<String, String>;

/// The catalogues, by the tag of their language.
fn catalogues() -> BTreeMap<&'static str, Messages> {
    let folder = repository().join("src/render/lang");
    let read = |tag| {
        let text = fs::read_to_string(folder.join(format!("{tag}.toml"))).unwrap();
        (tag, toml::from_str(&text).unwrap())
    };
    ["fr", "es", "id", "zh", "de"].map(read).into_iter().collect()
}
