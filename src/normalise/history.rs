//! History: whom the tags of a resource name on the lines that carry any.
//!
//! In:    the resource codes and the tag codes of tagged rows.
//! Out:   [`History`]: every owner that was seen on a resource, which lines without may name.
//! Never: decides whose a resource is; `attribute` does.

use rustc_hash::FxHashSet;

use crate::normalise::codes::NOTHING;

/// The codes of the three identity tags: domain, user profile, space.
pub(super) type Owner = [u32; 3];

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

    /// Every resource with every owner that was seen on it.
    pub(super) fn seen(&self) -> impl Iterator<Item = &(u32, Owner)> {
        self.seen.iter()
    }
}
