//! Policy: `policy.toml`, what may run on SageMaker.
//!
//! In:    its path.
//! Out:   a [`Policy`], or every mistake at once, each with its line and column.
//! Never: takes a guardrail that could stop nothing.

use std::collections::BTreeSet;
use std::path::Path;

use toml::de::DeTable;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::component::{PRODUCTS, SAGEMAKER, USAGE_TYPES};
use crate::model::condition::{Atom, Condition};
use crate::model::dimension::Dimension;
use crate::model::glob::Glob;
use crate::model::money::{Currency, Money};
use crate::model::policy::{Ceiling, Guardrail, Policy, SYSTEM};
use crate::rules::matching::check;
use crate::rules::page::{Mistake, Page};
use crate::rules::papers::Papers;
use crate::rules::rule::sections;
use crate::rules::section::{Section, Word, pico_of};
use crate::rules::{RulesError, SHOWN, count, load};

/// The policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("{0}")]
    Unread(RulesError),
    /// Something in it is wrong.
    #[error("{file}: {}", count(mistakes.len()))]
    Invalid {
        /// The file as the user knows it.
        file: String,
        /// Every mistake, in the order of the lines.
        mistakes: Vec<Mistake>,
    },
}

impl Diagnose for PolicyError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unread(_) => "POLICY-READ",
            Self::Invalid { .. } => "POLICY-INVALID",
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
        let hint = match self {
            Self::Unread(_) => "give a policy that you may read: `--policy FILE`",
            Self::Invalid { .. } => "sample-data/policy.toml shows every key",
        };
        vec![hint.to_owned()]
    }
}

/// Where a guardrail holds: the key in the file, and what it looks at.
const SCOPES: [(&str, Dimension); 4] = [
    ("domain", Dimension::Domain),
    ("tenant", Dimension::Tenant),
    ("component", Dimension::Component),
    ("account", Dimension::Account),
];

/// Reads a policy.
///
/// # Errors
/// When it cannot be read, or with every mistake in it.
pub fn policy(path: &Path) -> Result<Policy, PolicyError> {
    let mut papers = Papers::of_folder(path.parent().unwrap_or(Path::new("")));
    let file = path.display().to_string();
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        let source = std::io::Error::other("its name is no text");
        return Err(PolicyError::Unread(RulesError::Unreadable { file, source }));
    };
    let text = match load(name, &mut papers).map_err(PolicyError::Unread)? {
        Ok(text) => text,
        Err(mistake) => return Err(PolicyError::Invalid { file, mistakes: vec![mistake] }),
    };
    let mut page = Page::new(&file, &text);
    let guardrails = parse(&text, &mut page);
    let mistakes = page.into_mistakes();
    if mistakes.is_empty() {
        return Ok(Policy { file, guardrails });
    }
    Err(PolicyError::Invalid { file, mistakes })
}

fn parse(text: &str, page: &mut Page) -> Vec<Guardrail> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        page.wrong(error.span().map_or(0, |span| span.start), error.message());
    }
    if !errors.is_empty() {
        return Vec::new();
    }
    let mut top = Section::new(document.get_ref(), 0);
    if !top.has("guardrail") && top.entries().is_empty() {
        page.wrong(0, "the policy is empty; write a `[[guardrail]]`");
    }
    let mut names = BTreeSet::new();
    let mut guardrails = Vec::new();
    for mut section in sections(&mut top, "guardrail", page) {
        let found = guardrail(&mut section, page);
        section.finish(page);
        let Some(found) = found else { continue };
        if !names.insert(found.name.clone()) {
            page.wrong(section.key_at("name"), format!("there is already a `{}`", found.name));
        }
        guardrails.push(found);
    }
    top.finish(page);
    guardrails
}

fn guardrail(section: &mut Section, page: &mut Page) -> Option<Guardrail> {
    let name = section.required("name", page);
    let scope = scope(section, page);
    let instance_types = patterns("allowed_instance_types", section, page);
    for word in &instance_types {
        check_instance_type(*word, page);
    }
    let substitute = substitute(&instance_types, section, page);
    let regions = patterns("allowed_regions", section, page);
    let tags: Vec<Word> = section.texts("required_tags", page).unwrap_or_default();
    for (key, at) in &tags {
        if key.trim().is_empty() {
            page.wrong(*at, "a tag needs a key; this one is empty");
        }
    }
    let has_ceiling = section.has("ceiling");
    let ceiling = ceiling(section, page);
    let demands = ["allowed_instance_types", "allowed_regions", "required_tags"];
    if !has_ceiling && !demands.iter().any(|key| section.has(key)) {
        let demands = demands.map(|key| format!("`{key}`")).join(", ");
        page.wrong(section.at, format!("it asks for nothing: write {demands} or `ceiling`"));
    }
    let texts = |words: Vec<Word>| words.into_iter().map(|(text, _)| text.to_owned()).collect();
    Some(Guardrail {
        name: name?.0.to_owned(),
        scope,
        instance_types: texts(instance_types),
        substitute,
        regions: texts(regions),
        tags: texts(tags),
        ceiling,
        at: page.position(section.at),
    })
}

/// Where it holds: every key that is written must fit.
fn scope(section: &mut Section, page: &mut Page) -> Condition {
    let mut parts = Vec::new();
    for (key, dimension) in SCOPES {
        if !section.has(key) {
            section.allow(&[key]);
            continue;
        }
        let words = patterns(key, section, page);
        if dimension == Dimension::Component {
            for word in &words {
                check_component(*word, page);
            }
        }
        let patterns = words.into_iter().map(|(text, _)| text.to_owned()).collect();
        parts.push(Condition::Is(Atom { dimension, patterns }));
    }
    Condition::All(parts)
}

/// A list of globs; those that are none are mistakes.
fn patterns<'d>(key: &'static str, section: &mut Section<'d>, page: &mut Page) -> Vec<Word<'d>> {
    let words = section.texts(key, page).unwrap_or_default();
    let mut good = Vec::new();
    for word in words {
        if word.0.is_empty() {
            page.wrong(word.1, format!("`{key}` has an empty pattern, which fits nothing"));
        } else if check(word, page) {
            good.push(word);
        }
    }
    good
}

/// A pattern that fits no component would be a guardrail that never holds.
fn check_component((pattern, at): Word, page: &mut Page) {
    let known = USAGE_TYPES.iter().map(|rule| rule.component);
    let known = known.chain(PRODUCTS.iter().map(|(_, component)| *component));
    let known: BTreeSet<&str> = known.collect();
    let fits = |glob: &Glob| known.iter().any(|component| glob.fits(component));
    if !Glob::parse(pattern).is_ok_and(|glob| fits(&glob)) {
        page.unknown(at, "component", pattern, known.iter().copied());
    }
}

/// Instance types of SageMaker begin with `ml.`.
fn check_instance_type((pattern, at): Word, page: &mut Page) {
    let is_plain = pattern.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_plain && !pattern.starts_with("ml.") && pattern != SYSTEM {
        let message = format!("`{pattern}` fits no instance type of {SAGEMAKER}: they begin `ml.`");
        page.wrong(at, message);
    }
}

/// What is meant to run instead: one of those that are allowed.
fn substitute(allowed: &[Word], section: &mut Section, page: &mut Page) -> Option<String> {
    let (name, at) = section.name("substitute", page)?;
    let fits = |(pattern, _): &Word| Glob::parse(pattern).is_ok_and(|glob| glob.fits(name));
    if !allowed.iter().any(fits) {
        let message = format!("the substitute `{name}` is not in `allowed_instance_types`");
        page.wrong(at, message);
    }
    Some(name.to_owned())
}

/// `ceiling = { amount = 500, currency = "USD" }`.
fn ceiling(section: &mut Section, page: &mut Page) -> Option<Ceiling> {
    let value = section.take("ceiling")?;
    let mut section = Section::of(value, "ceiling", page)?;
    let amount = section.take("amount");
    if amount.is_none() {
        page.wrong(section.at, "`amount` is missing");
    }
    let amount = amount.and_then(|value| pico_of(value, "amount", page));
    let currency = match section.name("currency", page) {
        Some((code, at)) if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) => {
            page.wrong(at, format!("`currency` must be a code such as USD; found `{code}`"));
            None
        }
        Some((code, _)) => Some(Currency(code.into())),
        None if section.has("currency") => None,
        None => {
            page.wrong(section.at, "`currency` is missing; write a code such as USD");
            None
        }
    };
    section.finish(page);
    Some(Ceiling { amount: Money(amount?), currency: currency? })
}
