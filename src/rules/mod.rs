//! Rules: what people wrote about tenants, read and checked.
//!
//! In:    `tenants.toml`, its map files and driver files.
//! Out:   a [`Tenancy`], or every mistake at once, each with its line and column.
//! Never: looks at a charge.

mod page;
mod section;
mod tenants;
mod matching;
mod rule;
mod splits;
mod method;
mod rows;
mod driver;
mod maps;
mod doubts;
mod shadow;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::tenancy::{Position, Tenancy, Tenant};
pub use doubts::doubts;
use driver::Drivers;
use maps::MapFiles;
pub use page::Mistake;
use page::Page;
use section::Section;
use tenants::Names;

/// The name of a rule file that nobody has to name.
const RULE_FILE: &str = "tenants.toml";
/// The largest rule file that is read, in bytes: 200,000 rules take a fifth of it.
const LARGEST: u64 = 64 << 20;
/// Mistakes that are shown; their number is told in any case.
const SHOWN: usize = 50;

/// The rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The rule file is not there, or the system does not let us read it.
    #[error("`{file}` cannot be read")]
    Unreadable {
        /// The file as the user knows it.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The rule file is no rule file.
    #[error("`{file}` has {bytes} bytes, more than the {LARGEST} of a rule file")]
    Large {
        /// The file as the user knows it.
        file: String,
        /// Its size.
        bytes: u64,
    },
    /// Something in it, or in a file that it names, is wrong.
    #[error("{file}: {}", count(mistakes.len()))]
    Invalid {
        /// The file as the user knows it.
        file: String,
        /// Every mistake, in the order of the lines.
        mistakes: Vec<Mistake>,
    },
}

impl Diagnose for RulesError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "RULES-READ",
            Self::Large { .. } => "RULES-LARGE",
            Self::Invalid { .. } => "RULES-INVALID",
        }
    }

    fn details(&self) -> Vec<String> {
        let Self::Invalid { mistakes, .. } = self else { return Vec::new() };
        let mut lines: Vec<String> = mistakes.iter().take(SHOWN).map(ToString::to_string).collect();
        if mistakes.len() > SHOWN {
            lines.push(format!("and {} more", mistakes.len() - SHOWN));
        }
        lines
    }

    fn hints(&self) -> Vec<String> {
        vec![
            match self {
                Self::Unreadable { .. } => "give a rule file that you may read: `--tenants FILE`",
                Self::Large { .. } => {
                    "is this the right file? lists of people belong in profiles.csv"
                }
                Self::Invalid { .. } => "sample-data/tenants/README.md explains every key",
            }
            .to_owned(),
        ]
    }
}

fn count(mistakes: usize) -> String {
    format!("{mistakes} mistake{}", if mistakes == 1 { "" } else { "s" })
}

/// Reads the rule file that is named, else `tenants.toml` beside the data, else nothing.
///
/// Map files count beside the rule file, or beside the data when there is none.
///
/// # Errors
/// Every mistake of the rule file, or of a map or driver file that it names.
pub fn read(named: Option<&Path>, data: &Path) -> Result<Tenancy, RulesError> {
    let beside = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new("")) };
    let own = beside.join(RULE_FILE);
    let file = named.or_else(|| fs::symlink_metadata(&own).is_ok().then_some(own.as_path()));
    let Some(file) = file else { return without_rules(beside) };
    let name = file.display().to_string();
    let text = match load(file, &name)? {
        Ok(text) => text,
        Err(mistake) => return Err(RulesError::Invalid { file: name, mistakes: vec![mistake] }),
    };
    let mut page = Page::new(&name, &text);
    let tenancy = parse(&name, &text, &folder_of(file), &mut page);
    let mistakes = page.into_mistakes();
    if mistakes.is_empty() {
        Ok(tenancy)
    } else {
        Err(RulesError::Invalid { file: name, mistakes })
    }
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().map(Path::to_owned).unwrap_or_default()
}

/// The text of the rule file, without a byte order mark.
fn load(file: &Path, name: &str) -> Result<Result<String, Mistake>, RulesError> {
    let unreadable = |source| RulesError::Unreadable { file: name.to_owned(), source };
    let about = fs::metadata(file).map_err(unreadable)?;
    if !about.is_file() {
        return Err(unreadable(io::Error::other("it is not a file")));
    }
    if about.len() > LARGEST {
        return Err(RulesError::Large { file: name.to_owned(), bytes: about.len() });
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let wrong = |good: &[u8], message: &str| {
        let text = String::from_utf8_lossy(good);
        let at = Page::new(name, &text).position(text.len());
        let (line, column) = (u64::from(at.line), Some(at.column));
        Mistake { file: name.to_owned(), line, column, message: message.to_owned() }
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Ok(Err(wrong(&[], "the file is UTF-16; save it as UTF-8")));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text)),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            Err(wrong(good, "a byte here is not UTF-8; save the file as UTF-8"))
        }
    })
}

fn parse(name: &str, text: &str, folder: &Path, page: &mut Page) -> Tenancy {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        page.wrong(error.span().map_or(0, |span| span.start), error.message());
    }
    if !errors.is_empty() {
        return Tenancy::default();
    }
    let mut top = Section::new(document.get_ref(), 0);
    let tenants = top.take("tenants").and_then(|value| Section::of(value, "tenants", page));
    let (tenants, names) = tenants.map(|section| tenants::read(&section, page)).unwrap_or_default();
    let rules = rule::read(&mut top, &names, page);
    let tags = top.take("tag").and_then(|value| Section::of(value, "tag", page));
    let virtual_tags = tags.as_ref().map(|section| rule::tags(section, page)).unwrap_or_default();
    rule::check_tags(&virtual_tags, page, |key| tags.as_ref().map_or(0, |tags| tags.key_at(key)));
    let mut drivers = Drivers::new(folder.to_owned());
    let splits = splits::read(&mut top, &names, &mut drivers, page);
    let splits = splits::ordered(splits, page);
    page.also(drivers.mistakes);
    let mut files = MapFiles::default();
    let maps = top.take("maps").and_then(|value| Section::of(value, "maps", page));
    named_maps(maps, folder, &names, &mut files, page);
    page.also(files.mistakes);
    top.finish(page);
    let (maps, findings) = (files.maps, files.findings);
    Tenancy { file: name.to_owned(), tenants, rules, virtual_tags, splits, maps, findings }
}

/// The maps of `[maps]`, and those of the usual names that lie beside the rule file.
fn named_maps(
    section: Option<Section>,
    folder: &Path,
    names: &Names,
    files: &mut MapFiles,
    page: &mut Page,
) {
    let empty = DeTable::new();
    let mut section = section.unwrap_or_else(|| Section::new(&empty, 0));
    for (key, usual) in MAPS {
        let word = section.name(key, page);
        let (file, at) = word.unwrap_or((usual, section.at));
        let path = folder.join(file);
        if word.is_none() && fs::symlink_metadata(&path).is_err() {
            continue;
        }
        if let Err(why) = read_map(key, &path, Some(names), files) {
            page.wrong(at, format!("map {why}"));
        }
    }
    section.finish(page);
}

/// Keys of `[maps]` and the names that files have when none is written.
const MAPS: [(&str, &str); 3] =
    [("spaces", "spaces.csv"), ("profiles", "profiles.csv"), ("efs_usage", "efs-usage.csv")];

fn read_map(
    key: &str,
    path: &Path,
    names: Option<&Names>,
    files: &mut MapFiles,
) -> Result<(), String> {
    match key {
        "spaces" => files.spaces(path),
        "profiles" => files.profiles(path, names),
        _ => files.efs_usage(path),
    }
}

/// Only maps: the tenants are those of `profiles.csv`.
fn without_rules(folder: &Path) -> Result<Tenancy, RulesError> {
    let mut files = MapFiles::default();
    for (key, usual) in MAPS {
        let path = folder.join(usual);
        if fs::symlink_metadata(&path).is_err() {
            continue;
        }
        if let Err(why) = read_map(key, &path, None, &mut files) {
            let (file, message) = (path.display().to_string(), why);
            files.mistakes.push(Mistake { file, line: 1, column: None, message });
        }
        if !files.mistakes.is_empty() {
            let (file, mistakes) = (path.display().to_string(), files.mistakes);
            return Err(RulesError::Invalid { file, mistakes });
        }
    }
    let mut names = Names::default();
    let of_profiles = files.maps.profiles.iter().filter_map(|row| row.tenant.as_ref());
    let new = of_profiles.filter(|id| names.add(id));
    let tenants = new.map(|id| implied(id)).collect();
    Ok(Tenancy { tenants, maps: files.maps, findings: files.findings, ..Tenancy::default() })
}

/// A tenant that only `profiles.csv` names.
fn implied(id: &str) -> Tenant {
    Tenant {
        id: id.to_owned(),
        name: id.to_owned(),
        aliases: Vec::new(),
        cost_center: None,
        contact: None,
        budget: None,
        at: Position::default(),
    }
}
