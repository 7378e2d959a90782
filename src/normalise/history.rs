//! History: whom the tags of a resource name on the lines that carry any.
//!
//! In:    the resource ids and the tag codes of tagged rows.
//! Out:   [`History`]: every owner that was seen on a resource that lines without tags may name.
//! Never: decides whose a resource is; `attribute` does.

use rustc_hash::FxHashSet;

use crate::model::charges::TaggedResource;
use crate::model::line_items::TextColumn;
use crate::normalise::codes::{DictionaryCache, Interner, NOTHING, PartCodes};
use crate::normalise::grain::history_resource;

/// The codes of the three identity tags: domain, user profile, space.
type Owner = [u32; 3];

/// One worker's memory.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) cache: DictionaryCache,
    resources: Interner,
    /// By code of the resource, so that a row like the last one of its resource costs a comparison.
    last: Vec<Owner>,
    seen: FxHashSet<(u32, Owner)>,
}

impl History {
    /// Learns from the rows of a batch that carry a tag.
    pub(super) fn learn(&mut self, ids: &TextColumn, tags: [&PartCodes; 3], is_tagged: &[bool]) {
        let is_untagged: Vec<bool> = is_tagged.iter().map(|tagged| !tagged).collect();
        let found =
            self.cache.part_codes(ids, history_resource, &mut self.resources, Some(&is_untagged));
        self.last.resize(self.resources.words().len(), [NOTHING; 3]);
        let tags = tags.map(|codes| codes.per_row(is_tagged.len()));
        let mut see = |row: usize, resource: u32| {
            if resource == NOTHING {
                return;
            }
            let owner = [0, 1, 2].map(|tag: usize| tags[tag][row]);
            let last = &mut self.last[resource as usize];
            if *last != owner {
                *last = owner;
                self.seen.insert((resource, owner));
            }
        };
        match found {
            PartCodes::Constant(_) => {}
            PartCodes::PerRow(codes) => {
                codes.iter().enumerate().for_each(|(row, resource)| see(row, *resource));
            }
            PartCodes::Few(few) => {
                for (row, resource) in few {
                    see(row as usize, resource);
                }
            }
        }
    }

    /// Adds another worker's memory; `tags` translate its codes of the three tags.
    pub(super) fn absorb(&mut self, other: &Self, tags: [&[u32]; 3]) {
        let resources: Vec<u32> =
            other.resources.words().iter().map(|text| self.resources.code(text)).collect();
        for (resource, owner) in &other.seen {
            let [domain, user, space] = owner.map(|code| code as usize);
            let owner = [tags[0][domain], tags[1][user], tags[2][space]];
            self.seen.insert((resources[*resource as usize], owner));
        }
    }

    /// What is known of the resources that rows without tags name.
    pub(super) fn of(&self, untagged: &Interner, tags: [&Interner; 3]) -> Vec<TaggedResource> {
        let known = self.seen.iter().filter_map(|(resource, owner)| {
            let resource_id = self.resources.words().get(*resource)?;
            if !untagged.knows(resource_id) {
                return None;
            }
            let text = |at: usize| tags[at].words().get(owner[at]).map(ToOwned::to_owned);
            Some(TaggedResource {
                resource_id: resource_id.to_owned(),
                domain_tag: text(0),
                user_tag: text(1),
                space_tag: text(2),
            })
        });
        let mut known: Vec<TaggedResource> = known.collect();
        known.sort_unstable();
        known
    }
}
