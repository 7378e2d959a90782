//! History: whom a resource belongs to by the tags that it carries on other lines.
//!
//! In:    the tags of resources that untagged lines name.
//! Out:   [`History`]: one owner per resource, or that its lines disagree.
//! Never: chooses among several owners.

use rustc_hash::FxHashMap;

use crate::attribute::owner::{Evidence, Owner, by_tag};
use crate::model::charges::TaggedResource;
use crate::model::reason::Reason;

/// Owners by resource id, exactly as delivered.
#[derive(Debug, Default)]
pub(super) struct History<'a> {
    owners: FxHashMap<&'a str, Told>,
}

/// What the tagged lines of one resource say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// All of them name this owner.
    One(Owner),
    /// They name several.
    Several,
}

impl<'a> History<'a> {
    /// Looks through the tags of resources.
    pub(super) fn new(tagged: &'a [TaggedResource]) -> Self {
        let mut owners: FxHashMap<&str, Told> = FxHashMap::default();
        for resource in tagged.iter().filter(|resource| !resource.resource_id.is_empty()) {
            let tags = Evidence {
                domain_tag: resource.domain_tag.as_deref(),
                user_tag: resource.user_tag.as_deref(),
                space_tag: resource.space_tag.as_deref(),
                ..Evidence::default()
            };
            let Some(owner) = by_tag(&tags) else { continue };
            let owner = Owner { reason: Reason::ResourceHistory, ..owner };
            let told = owners.entry(&resource.resource_id).or_insert(Told::One(owner.clone()));
            if *told != Told::One(owner) {
                *told = Told::Several;
            }
        }
        Self { owners }
    }

    /// What is told of a resource.
    pub(super) fn of(&self, resource_id: &str) -> Option<&Told> {
        self.owners.get(resource_id)
    }
}
