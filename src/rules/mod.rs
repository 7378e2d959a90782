//! Rules: what people wrote about tenants, read and checked.
//!
//! In:    `tenants.toml`, its map files and driver files.
//! Out:   a [`Tenancy`], or every mistake at once, each with its line and column.
//! Never: looks at a charge.

mod page;
mod papers;
mod section;
mod tenants;
mod matching;
mod rule;
mod splits;
mod method;
mod rows;
mod driver;
mod budgets;
mod policy;
mod maps;
mod doubts;
mod shadow;

use std::fs;
use std::io;
use std::path::Path;

use toml::de::DeTable;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::stored::RuleFile;
use crate::model::tenancy::{Position, Tenancy, Tenant};
pub use budgets::budgets;
pub use doubts::doubts;
use driver::Drivers;
use maps::MapFiles;
pub use page::Mistake;
use page::Page;
use papers::{Papers, Unread};
pub use policy::{PolicyError, policy};
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
    /// A file of budgets cannot be used.
    #[error("{file}: {}", count(mistakes.len()))]
    Budgets {
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
            Self::Budgets { .. } => "BUDGETS-INVALID",
        }
    }

    fn details(&self) -> Vec<String> {
        let (Self::Invalid { mistakes, .. } | Self::Budgets { mistakes, .. }) = self else {
            return Vec::new();
        };
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
                Self::Budgets { .. } => {
                    "columns are `tenant,month,amount` and maybe `currency`; `*` is every month"
                }
            }
            .to_owned(),
        ]
    }
}

fn count(mistakes: usize) -> String {
    format!("{mistakes} mistake{}", if mistakes == 1 { "" } else { "s" })
}

/// What was read: the rules, and the very files that they were read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The rules.
    pub tenancy: Tenancy,
    /// The rule file first, then the maps and driver files that it used.
    pub files: Vec<RuleFile>,
    /// The name of the rule file among them; `None` when there is none.
    pub rule_file: Option<String>,
}

/// Reads the rule file that is named, else `tenants.toml` beside the data, else nothing.
///
/// Map files count beside the rule file, or beside the data when there is none.
///
/// # Errors
/// Every mistake of the rule file, or of a map or driver file that it names.
pub fn read(named: Option<&Path>, data: &Path) -> Result<Tenancy, RulesError> {
    Ok(written(named, data)?.tenancy)
}

/// As [`read`], and keeps the files.
///
/// # Errors
/// As [`read`].
pub fn written(named: Option<&Path>, data: &Path) -> Result<Written, RulesError> {
    let beside = if data.is_dir() { data } else { data.parent().unwrap_or(Path::new("")) };
    let own = beside.join(RULE_FILE);
    let file = named.or_else(|| fs::symlink_metadata(&own).is_ok().then_some(own.as_path()));
    let Some(file) = file else { return without_rules(Papers::of_folder(beside)) };
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        let source = io::Error::other("its name is no text");
        return Err(RulesError::Unreadable { file: file.display().to_string(), source });
    };
    with_rules(name, Papers::of_folder(folder))
}

/// The rules of a closing, as [`written`] gave them.
///
/// # Errors
/// As [`read`]; a file that could be read when it was kept has no mistakes, unless this version
/// of the program reads it otherwise.
pub fn kept(files: &[RuleFile], rule_file: Option<&str>) -> Result<Tenancy, RulesError> {
    let papers = Papers::kept(files);
    let written = match rule_file {
        Some(name) => with_rules(name, papers)?,
        None => without_rules(papers)?,
    };
    Ok(written.tenancy)
}

fn with_rules(name: &str, mut papers: Papers) -> Result<Written, RulesError> {
    let file = papers.shown(name);
    let text = match load(name, &mut papers)? {
        Ok(text) => text,
        Err(mistake) => return Err(RulesError::Invalid { file, mistakes: vec![mistake] }),
    };
    let mut page = Page::new(&file, &text);
    let tenancy = parse(&file, &text, &mut papers, &mut page);
    let mistakes = page.into_mistakes();
    if mistakes.is_empty() {
        Ok(Written { tenancy, files: papers.read, rule_file: Some(name.to_owned()) })
    } else {
        Err(RulesError::Invalid { file, mistakes })
    }
}

/// The text of the rule file, without a byte order mark.
fn load(name: &str, papers: &mut Papers) -> Result<Result<String, Mistake>, RulesError> {
    let file = papers.shown(name);
    let paper = papers.read(name, LARGEST).map_err(|why| match why {
        Unread::Large { bytes, .. } => RulesError::Large { file: file.clone(), bytes },
        Unread::Failed(source) => RulesError::Unreadable { file: file.clone(), source },
        Unread::NotAFile => {
            let source = io::Error::other("it is not a file");
            RulesError::Unreadable { file: file.clone(), source }
        }
    })?;
    let bytes = paper.bytes;
    let wrong = |good: &[u8], message: &str| {
        let text = String::from_utf8_lossy(good);
        let at = Page::new(&file, &text).position(text.len());
        let (line, column) = (u64::from(at.line), Some(at.column));
        Mistake { file: file.clone(), line, column, message: message.to_owned() }
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

fn parse(name: &str, text: &str, papers: &mut Papers, page: &mut Page) -> Tenancy {
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
    let mut drivers = Drivers::new(papers);
    let splits = splits::read(&mut top, &names, &mut drivers, page);
    let splits = splits::ordered(splits, page);
    page.also(drivers.mistakes);
    let mut files = MapFiles::default();
    let maps = top.take("maps").and_then(|value| Section::of(value, "maps", page));
    named_maps(maps, papers, &names, &mut files, page);
    page.also(files.mistakes);
    top.finish(page);
    let (maps, findings) = (files.maps, files.findings);
    Tenancy { file: name.to_owned(), tenants, rules, virtual_tags, splits, maps, findings }
}

/// The maps of `[maps]`, and those of the usual names that lie beside the rule file.
fn named_maps(
    section: Option<Section>,
    papers: &mut Papers,
    names: &Names,
    files: &mut MapFiles,
    page: &mut Page,
) {
    let empty = DeTable::new();
    let mut section = section.unwrap_or_else(|| Section::new(&empty, 0));
    for (key, usual) in MAPS {
        let word = section.name(key, page);
        let (file, at) = word.unwrap_or((usual, section.at));
        if word.is_none() && !papers.has(file) {
            continue;
        }
        if let Err(why) = read_map(key, file, papers, Some(names), files) {
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
    file: &str,
    papers: &mut Papers,
    names: Option<&Names>,
    files: &mut MapFiles,
) -> Result<(), String> {
    let paper = rows::paper(file, papers)?;
    match key {
        "spaces" => files.spaces(&paper),
        "profiles" => files.profiles(&paper, names),
        _ => files.efs_usage(&paper),
    }
}

/// Only maps: the tenants are those of `profiles.csv`.
fn without_rules(mut papers: Papers) -> Result<Written, RulesError> {
    let mut files = MapFiles::default();
    for (key, usual) in MAPS {
        if !papers.has(usual) {
            continue;
        }
        let file = papers.shown(usual);
        if let Err(message) = read_map(key, usual, &mut papers, None, &mut files) {
            files.mistakes.push(Mistake { file: file.clone(), line: 1, column: None, message });
        }
        if !files.mistakes.is_empty() {
            return Err(RulesError::Invalid { file, mistakes: files.mistakes });
        }
    }
    let mut names = Names::default();
    let of_profiles = files.maps.profiles.iter().filter_map(|row| row.tenant.as_ref());
    let new = of_profiles.filter(|id| names.add(id));
    let tenants = new.map(|id| implied(id)).collect();
    let (maps, findings) = (files.maps, files.findings);
    let tenancy = Tenancy { tenants, maps, findings, ..Tenancy::default() };
    Ok(Written { tenancy, files: papers.read, rule_file: None })
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
