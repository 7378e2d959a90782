//! Together: the shares of all workers as one.
//!
//! In:    one [`Roller`] per worker; each has codes of its own.
//! Out:   one with the groups of all, and what tagged lines tell of the resources of others.
//! Never: puts groups together before they are as few as the question allows: most of a bill's
//! resources are jobs of which no other line tells, and each would be looked up once more.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::model::arn::{StudioArn, file_system_of};
use crate::model::charges::TaggedResource;
use crate::normalise::codes::{Interner, NOTHING};
use crate::normalise::fold::Roller;
use crate::normalise::grain::{Grain, Identity, Resources, is_history_resource};
use crate::normalise::groups::Groups;
use crate::normalise::history::Owner;

/// Puts the shares together, told apart by no more resources than tell an owner.
pub(super) fn together<'a>(
    grain: &'a Grain,
    mut shares: Vec<Roller<'a>>,
) -> (Roller<'a>, Vec<TaggedResource>) {
    let mut tagged = Vec::new();
    if let Some(identity) = &grain.identity {
        tagged = told(identity, &shares);
        let texts: FxHashSet<&str> = tagged.iter().map(|of| of.resource_id.as_str()).collect();
        // What was stored as telling an owner tells one.
        if identity.resources == Resources::AsDelivered {
            shares.par_iter_mut().for_each(|share| share.forget_untold(identity, &texts));
        }
    }
    let mut shares = shares.into_iter();
    let mut whole = shares.next().unwrap_or_else(|| Roller::new(grain));
    for share in shares {
        whole.absorb(&share);
    }
    (whole, tagged)
}

/// Whom tagged lines name for the resources of lines without tags, whichever worker saw either.
fn told(identity: &Identity, shares: &[Roller]) -> Vec<TaggedResource> {
    let untagged: Vec<Vec<bool>> =
        shares.par_iter().map(|share| share.untagged(identity.owner_arn)).collect();
    let is_untagged = |at: usize, code: u32, text: &str| {
        let others = shares.iter().zip(&untagged).enumerate().filter(|(other, _)| *other != at);
        untagged[at][code as usize]
            || others.map(|(_, other)| other).any(|(share, untagged)| {
                let found = share.interners[identity.owner_arn].find(text);
                found.is_some_and(|code| untagged[code as usize])
            })
    };
    let of_share = |(at, share): (usize, &Roller)| -> Vec<TaggedResource> {
        let resources = share.interners[identity.owner_arn].words();
        let tagged = share.history.seen().filter_map(|(code, owner)| {
            let text = resources.get(*code).filter(|text| is_untagged(at, *code, text))?;
            // What names its owner itself needs nobody to tell.
            is_history_resource(text).then(|| share.tagged(identity, text, *owner))
        });
        tagged.collect()
    };
    let mut tagged: Vec<TaggedResource> =
        shares.par_iter().enumerate().flat_map_iter(of_share).collect();
    tagged.sort_unstable();
    tagged.dedup();
    tagged
}

impl Roller<'_> {
    /// By code, whether a line without tags names a resource.
    fn untagged(&self, owner_arn: usize) -> Vec<bool> {
        let mut untagged = vec![false; self.interners[owner_arn].words().len()];
        for code in self.groups.codes(owner_arn) {
            untagged[code as usize] = true;
        }
        untagged
    }

    fn tagged(&self, identity: &Identity, resource_id: &str, owner: Owner) -> TaggedResource {
        let [domain_tag, user_tag, space_tag] = [0, 1, 2].map(|at: usize| {
            let words = self.interners[identity.tags[at]].words();
            words.get(owner[at]).map(ToOwned::to_owned)
        });
        TaggedResource { resource_id: resource_id.to_owned(), domain_tag, user_tag, space_tag }
    }

    /// Puts groups together whose resources tell no owner and are not told of: most of a bill's
    /// jobs.
    fn forget_untold(&mut self, identity: &Identity, told: &FxHashSet<&str>) {
        let tells = |text: &str| {
            told.contains(text)
                || StudioArn::parse(text).is_some()
                || file_system_of(text).is_some()
        };
        let untagged = self.untagged(identity.owner_arn);
        let mut kept = Interner::default();
        let resources = self.interners[identity.owner_arn].words().iter().zip(untagged);
        let code = |(text, is_untagged)| {
            if is_untagged && tells(text) { kept.code(text) } else { NOTHING }
        };
        let kept_codes: Vec<u32> = resources.map(code).collect();
        self.interners[identity.owner_arn] = kept;
        let mut codes: Vec<Vec<u32>> =
            self.interners.iter().map(|of| (0..).take(of.words().len()).collect()).collect();
        codes[identity.owner_arn] = kept_codes;
        let mut groups = Groups::new(self.grain.parts.len(), self.grain.metrics.len());
        groups.absorb(&self.groups, &codes);
        groups.lookups = self.groups.lookups;
        self.groups = groups;
    }

    /// Adds another worker's share, whose codes mean other texts.
    fn absorb(&mut self, share: &Self) {
        let translated: Vec<Vec<u32>> = self
            .interners
            .par_iter_mut()
            .zip(&share.interners)
            .map(|(ours, theirs)| ours.codes(&theirs.words().iter().collect::<Vec<_>>()))
            .collect();
        self.groups.absorb(&share.groups, &translated);
        for ((file, [currency, period]), found) in &share.control {
            let period_code = |at: usize| translated[at][*period as usize];
            let period = self.period_at.map_or(NOTHING, period_code);
            let key = (file.clone(), [translated[0][*currency as usize], period]);
            self.control.entry(key).or_default().absorb(found);
        }
        for (tag, rows) in &share.oddities.tag_disagreements {
            *self.oddities.tag_disagreements.entry(tag.clone()).or_default() += rows;
        }
    }
}
