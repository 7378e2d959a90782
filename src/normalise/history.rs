//! History: whom the tags of a resource name on the lines that carry any.
//!
//! In:    the resource codes and the tag codes of tagged rows.
//! Out:   [`History`]: every owner that was seen on a resource that lines without tags may name.
//! Never: decides whose a resource is; `attribute` does.

use rustc_hash::FxHashSet;

use crate::model::charges::TaggedResource;
use crate::normalise::codes::{Interner, NOTHING};
use crate::normalise::grain::is_history_resource;

/// The codes of the three identity tags: domain, user profile, space.
type Owner = [u32; 3];

/// One worker's memory.
#[derive(Debug, Default)]
pub(super) struct History {
    /// By code of the resource, so that a row like the last one of its resource costs a comparison.
    last: Vec<Owner>,
    seen: FxHashSet<(u32, Owner)>,
}

impl History {
    /// Learns from a row that carries a tag.
    pub(super) fn learn(&mut self, resource: u32, owner: Owner) {
        let at = resource as usize;
        if self.last.len() <= at {
            self.last.resize((at + 1).next_power_of_two(), [NOTHING; 3]);
        }
        if self.last[at] != owner {
            self.last[at] = owner;
            self.seen.insert((resource, owner));
        }
    }

    /// Adds another worker's memory; the codes of resources and of the three tags are translated.
    pub(super) fn absorb(&mut self, other: &Self, resources: &[u32], tags: [&[u32]; 3]) {
        for (resource, owner) in &other.seen {
            let [domain, user, space] = owner.map(|code| code as usize);
            let owner = [tags[0][domain], tags[1][user], tags[2][space]];
            self.seen.insert((resources[*resource as usize], owner));
        }
    }

    /// What is known of resources that rows without tags name: by code, whether any does.
    pub(super) fn of(
        &self,
        is_untagged: &[bool],
        resources: &Interner,
        tags: [&Interner; 3],
    ) -> Vec<TaggedResource> {
        let known = self.seen.iter().filter(|(code, _)| is_untagged[*code as usize]);
        let known = known.filter_map(|(resource, owner)| {
            // What names its owner itself needs nobody to tell.
            let resource_id =
                resources.words().get(*resource).filter(|text| is_history_resource(text))?;
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
