//! Tenants: `[tenants.ID]` of the rule file, and who is meant by a spelling.
//!
//! In:    a section of the rule file.
//! Out:   [`Tenant`]s in the order of the file; [`Names`].
//! Never: takes two tenants for one: only a written alias is another spelling.

use rustc_hash::FxHashMap;

use crate::model::money::Money;
use crate::model::tenancy::{Position, Tenant};
use crate::rules::page::{Page, did_you_mean};
use crate::rules::section::{Section, Word, pico_of};

/// Every spelling of every tenant.
#[derive(Debug, Default)]
pub(super) struct Names {
    ids: Vec<String>,
    by_spelling: FxHashMap<String, usize>,
}

impl Names {
    /// Every spelling of tenants that were read before.
    pub(super) fn of(tenants: &[Tenant]) -> Self {
        let mut names = Self::default();
        for tenant in tenants {
            names.add(&tenant.id);
        }
        for (at, tenant) in tenants.iter().enumerate() {
            for alias in &tenant.aliases {
                names.by_spelling.entry(alias.clone()).or_insert(at);
            }
        }
        names
    }

    /// The tenants' own ids, in the order of the file.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// The id of a tenant by any of its spellings.
    pub(super) fn id(&self, spelling: &str) -> Option<&str> {
        self.by_spelling.get(spelling).map(|at| self.ids[*at].as_str())
    }

    /// The id, or a mistake.
    pub(super) fn resolve(&self, (spelling, at): Word, page: &mut Page) -> Option<String> {
        let id = self.id(spelling);
        if id.is_none() {
            page.unknown(at, "tenant", spelling, self.ids());
        }
        id.map(ToOwned::to_owned)
    }

    /// What to say of a tenant that there is not.
    pub(super) fn unknown(&self, spelling: &str) -> String {
        format!("unknown tenant `{spelling}`{}", did_you_mean(spelling, self.ids()))
    }

    /// A tenant that only a map names, where there is no rule file.
    pub(super) fn add(&mut self, id: &str) -> bool {
        let at = self.ids.len();
        let is_new = !self.by_spelling.contains_key(id);
        if is_new {
            self.ids.push(id.to_owned());
            self.by_spelling.insert(id.to_owned(), at);
        }
        is_new
    }
}

/// Reads `[tenants]`.
pub(super) fn read(section: &Section, page: &mut Page) -> (Vec<Tenant>, Names) {
    let mut tenants = Vec::new();
    let mut names = Names::default();
    let mut aliases: Vec<(usize, Word)> = Vec::new();
    for ((id, at), value) in section.entries() {
        if id.trim().is_empty() {
            page.wrong(at, "a tenant needs an id; this one is empty");
            continue;
        }
        let Some(mut section) = Section::of(value, id, page) else { continue };
        let (tenant, spellings) = tenant(id, page.position(at), &mut section, page);
        aliases.extend(spellings.into_iter().map(|word| (names.ids.len(), word)));
        names.add(id);
        tenants.push(tenant);
    }
    for (owner, (alias, at)) in aliases {
        match names.by_spelling.get(alias) {
            Some(other) => {
                let other = &names.ids[*other];
                page.wrong(at, format!("`{alias}` is already a name of tenant `{other}`"));
            }
            None => drop(names.by_spelling.insert(alias.to_owned(), owner)),
        }
    }
    (tenants, names)
}

fn tenant<'d>(
    id: &str,
    at: Position,
    section: &mut Section<'d>,
    page: &mut Page,
) -> (Tenant, Vec<Word<'d>>) {
    let text = |word: Option<Word>| word.map(|(text, _)| text.to_owned());
    let name = text(section.name("name", page)).unwrap_or_else(|| id.to_owned());
    let mut spellings = section.texts("aliases", page).unwrap_or_default();
    spellings.retain(|(alias, at)| {
        let is_name = !alias.trim().is_empty();
        if !is_name {
            page.wrong(*at, "an alias is empty");
        }
        is_name
    });
    let cost_center = text(section.name("cost_center", page));
    let contact = text(section.name("contact", page));
    let budget = section.take("budget").and_then(|value| pico_of(value, "budget", page));
    section.finish(page);
    let aliases = spellings.iter().map(|(alias, _)| (*alias).to_owned()).collect();
    let budget = budget.map(Money);
    (Tenant { id: id.to_owned(), name, aliases, cost_center, contact, budget, at }, spellings)
}
