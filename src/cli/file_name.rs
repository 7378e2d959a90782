//! File name: a name for a tenant's file that any system takes, whatever the tenant is called.
//!
//! In:    ids of the data.
//! Out:   `search-1f0c9a4b7d2e.csv`: readable letters, and a part of the hash of the whole id.
//! Never: a path, a reserved word, a letter that a shell or another system reads in its own way.

use std::collections::BTreeSet;

/// Letters kept of a name; the rest of 120 bytes is for the hash, a prefix and the extension.
const LONGEST: usize = 60;
/// Hexadecimal digits of the hash: 48 bits tell ten thousand tenants apart.
const DIGITS: usize = 12;

/// One distinct name per tenant: pairs of what people call it and its whole id, in order.
pub(super) fn file_names<'a>(
    tenants: impl Iterator<Item = (&'a str, &'a str)>,
    extension: &str,
) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut name = |(short, id): (&str, &str)| {
        let hash = blake3::hash(id.as_bytes()).to_hex();
        let stem = slug(short);
        let named = |digits: usize| format!("{stem}-{}.{extension}", &hash[..digits]);
        let first = named(DIGITS);
        // Two ids that share so many digits were made to; the whole hash tells them apart.
        let name = if taken.contains(&first) { named(hash.len()) } else { first };
        taken.insert(name.clone());
        name
    };
    tenants.map(&mut name).collect()
}

/// Lower-case ASCII letters and digits, everything else one dash; begins with a letter.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(LONGEST);
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.starts_with(|first: char| first.is_ascii_lowercase()) {
        slug.to_owned()
    } else if slug.is_empty() {
        "tenant".to_owned()
    } else {
        format!("tenant-{slug}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(ids: &[&str]) -> Vec<String> {
        file_names(ids.iter().map(|id| (*id, *id)), "csv")
    }

    #[track_caller]
    fn check_safe(name: &str) {
        assert!(name.len() <= 120, "{name}");
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        let is_portable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let stem = name.strip_suffix(".csv").unwrap();
        assert!(stem.chars().all(is_portable), "{name}");
        let reserved = ["con", "prn", "aux", "nul", "com1", "lpt1", "index", "unassigned"];
        assert!(!reserved.contains(&stem), "{name}");
    }

    fn check_distinct(names: &[String]) {
        let distinct: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn hostile_tenants_get_distinct_and_portable_files() {
        // H-115 to H-118.
        let (letters, emoji) = ("x".repeat(300), "🦀".repeat(256));
        let ids = [
            "../../evil",
            "/etc/x",
            "..",
            ".",
            "",
            "a/b",
            "a\\b",
            "ab",
            "CON",
            "nul.txt",
            "aux.",
            "trailing. ",
            "trailing.",
            "a:b",
            "a*b?",
            "tenant",
            "TENANT",
            "\u{e9}",
            "e\u{301}",
            &letters,
            &emoji,
            "-rf",
            "~",
            "$(x)",
            "`x`",
            ";rm",
            "a\nb",
            "a\0b",
            "index",
            "unassigned",
            "not-assigned",
            "日本",
        ];
        let names = names(&ids);
        for name in &names {
            check_safe(name);
        }
        check_distinct(&names);
    }

    #[test]
    fn a_name_says_who_it_is_for_and_never_changes() {
        assert_eq!(names(&["R&D Search"]), ["r-d-search-638175353710.csv"]);
    }

    proptest! {
        #[test]
        fn any_tenants_get_distinct_and_portable_files(
            ids in prop::collection::btree_set(".*", 0..40),
        ) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let names = names(&ids);
            for name in &names {
            check_safe(name);
        }
            check_distinct(&names);
        }
    }
}
