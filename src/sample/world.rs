//! World: the cast at work; starts series of lines.
//!
//! In:    the plan's chance, the [`Cast`] and the price list.
//! Out:   [`Series`]: a resource that somebody runs for some time, and what its lines say.
//! Never: counts rows or knows a commitment.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sample::amount::{ONE, Units, rate_text};
use crate::sample::calendar::Span;
use crate::sample::cast::{Cast, REGIONS};
use crate::sample::dice::Dice;
use crate::sample::price_list::{Meter, OFFERS, Offer};
use crate::sample::profile::{LineType, Profile, Sku, Tag};
use crate::sample::resource::Found;

/// Of 100 series that could carry tags, how many never do.
const UNTAGGED_PERCENT: u64 = 15;
const HOUR_MS: u64 = 3_600_000;

/// A resource that somebody runs for some time.
pub(super) struct Series {
    pub(super) offer: &'static Offer,
    pub(super) profile: Arc<Profile>,
    /// The same with its tags, while they are not activated yet.
    pub(super) after_activation: Option<Arc<Profile>>,
    /// The same on lines under a commitment, once there was one.
    pub(super) committed: Option<Arc<Profile>>,
    /// First instant, in milliseconds, at which it is gone.
    pub(super) ends: i64,
}

/// Which of the two kinds of series, and whether it runs round the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) sagemaker: bool,
    pub(super) steady: bool,
}

/// The cast, its chance, and what has been handed out so far.
pub(super) struct World {
    pub(super) cast: Cast,
    pub(super) dice: Dice,
    /// First instant at which the `SageMaker` tags show.
    pub(super) activation: i64,
    profiles: u64,
    jobs: u64,
    skus: FxHashMap<(usize, usize, usize), Arc<Sku>>,
    /// Offers that nobody bought yet, latest first; they go before chance, so that small exports
    /// show every case.
    unseen: Vec<usize>,
}

impl World {
    /// A world in which `activation` lies ahead.
    pub(super) fn new(cast: Cast, dice: Dice, activation: i64) -> Self {
        let unseen = (0..OFFERS.len()).rev().collect();
        Self { cast, dice, activation, profiles: 0, jobs: 0, skus: FxHashMap::default(), unseen }
    }

    /// The number and the chance of the next profile.
    pub(super) fn next(&mut self) -> (u64, &mut Dice) {
        self.profiles += 1;
        (self.profiles, &mut self.dice)
    }

    /// The number of the next job.
    pub(super) fn next_job(&mut self) -> u64 {
        self.jobs += 1;
        self.jobs
    }

    /// Starts a series of a class in a slice. The first series of a slot is already under way.
    pub(super) fn start(&mut self, class: Class, at: Span, is_first: bool) -> Series {
        let index = self.choose(class, at, is_first);
        let offer = &OFFERS[index];
        let found = self.find(offer, at.start < self.activation);
        let choice = self.dice.index(offer.menu.len());
        let sku = self.sku(index, choice, found.region);
        let life = self.dice.between(offer.life.0, offer.life.1);
        let life = if is_first { self.dice.between(1, life) } else { life };
        let mut ends = at.start + i64::try_from(life * HOUR_MS).unwrap_or(i64::MAX);
        if found.leaves && at.start < self.activation {
            ends = ends.min(self.activation);
        }
        let profile = self.profile(found, sku);
        let untagged = self.dice.chance(UNTAGGED_PERCENT) && profile.tags.iter().any(is_late);
        if untagged {
            let number = self.next().0;
            let profile = Arc::new(profile.without_late_tags(number));
            return Series { offer, profile, after_activation: None, committed: None, ends };
        }
        if at.start < self.activation && profile.tags.iter().any(is_late) {
            let number = self.next().0;
            let bare = Arc::new(profile.without_late_tags(number));
            let after_activation = Some(Arc::new(profile));
            return Series { offer, profile: bare, after_activation, committed: None, ends };
        }
        Series { offer, profile: Arc::new(profile), after_activation: None, committed: None, ends }
    }

    /// What the lines of an offer say of a resource.
    pub(super) fn planted(&mut self, index: usize, found: Found) -> Profile {
        let choice = self.dice.index(OFFERS[index].menu.len());
        self.planted_as(index, choice, found)
    }

    /// The same of a certain row of the offer's menu.
    pub(super) fn planted_as(&mut self, index: usize, choice: usize, found: Found) -> Profile {
        let sku = self.sku(index, choice, found.region);
        self.profile(found, sku)
    }

    /// One more person, to whom nothing is given by chance.
    pub(super) fn hire(&mut self) -> usize {
        self.cast.hire_another(&mut self.dice)
    }

    /// How much of an offer one slice uses.
    pub(super) fn usage(&mut self, offer: &Offer, span: Span) -> Units {
        let hours = span.hours();
        let whole = |number: u64| i64::try_from(number).unwrap_or(0);
        match offer.meter {
            Meter::WholeHours => hours * ONE,
            Meter::Hours if hours == 1 && self.dice.chance(70) => ONE,
            Meter::Hours if hours == 1 => whole(self.dice.between(60, 3_599)) * ONE / 3_600,
            Meter::Hours if offer.life.1 > 24 => hours * ONE,
            Meter::Hours => whole(self.dice.between(600, 36_000)) * ONE / 3_600,
            Meter::Volume(most) => whole(self.dice.between(5, most)) * hours * ONE / 744,
            Meter::Thousandths(most) => {
                whole(self.dice.between(1, most)) * hours.min(4) * (ONE / 1_000) / 4
            }
        }
    }

    /// Weights are shares of rows. A series that lives long is started more rarely, except when
    /// all slots fill at once.
    fn choose(&mut self, class: Class, at: Span, is_first: bool) -> usize {
        let fits = |index: &usize| OFFERS[*index].is_sagemaker_work() == class.sagemaker;
        if let Some(place) = self.unseen.iter().rposition(fits) {
            return self.unseen.remove(place);
        }
        let slice_hours = at.hours().unsigned_abs();
        let weight = |index: &usize| {
            let Offer { weights, life, .. } = &OFFERS[*index];
            let weight = 100_000 * if class.steady { weights.0 } else { weights.1 };
            let life = u64::midpoint(life.0, life.1).max(slice_hours);
            if is_first { weight } else { weight / life }
        };
        let candidates = (0..OFFERS.len()).filter(fits);
        let mut ticket = self.dice.below(candidates.clone().map(|index| weight(&index)).sum());
        for index in candidates {
            match ticket.checked_sub(weight(&index)) {
                Some(rest) => ticket = rest,
                None => return index,
            }
        }
        0
    }

    fn sku(&mut self, index: usize, choice: usize, region: usize) -> Arc<Sku> {
        let dice = &mut self.dice;
        let make = || {
            let (offer, region) = (&OFFERS[index], &REGIONS[region]);
            let (instance, rate) = offer.menu[choice];
            // Other services leave the prefix out in the first region of all.
            let bare = region.prefix == "USE1-" && !offer.is_sagemaker_work();
            let prefix = if bare { "" } else { region.prefix };
            let id = dice.capitals(16);
            Arc::new(Sku {
                product: offer.product,
                usage_type: format!("{prefix}{}", offer.usage.replace("{}", instance)),
                operation: offer.operation,
                component: offer.component,
                instance,
                unit: offer.unit,
                rate: Some(rate),
                region: Some(region),
                rate_code: format!("{id}.JRTCKXETXF.6YS6EN2CT7"),
                rate_id: dice.between(100_000_000, 999_999_999).to_string(),
                id,
            })
        };
        Arc::clone(self.skus.entry((index, choice, region)).or_insert_with(make))
    }

    fn profile(&mut self, found: Found, sku: Arc<Sku>) -> Profile {
        let description = format!(
            "${} per {} {} in {}",
            sku.rate.map(rate_text).unwrap_or_default(),
            sku.usage_type,
            sku.unit,
            sku.region.map_or("", |region| region.location)
        );
        let account = found.account;
        self.profiles += 1;
        let next = (self.profiles, &mut self.dice);
        let plain = Profile::plain(next, &self.cast.accounts[account], sku, LineType::Usage);
        Profile {
            business_unit: self.cast.accounts[account].business_unit,
            resource: found.resource,
            tags: found.tags,
            description,
            evidence: found.tagged,
            evidence_without_tags: found.bare,
            ..plain
        }
    }
}

fn is_late((tag, _): &(Tag, Arc<str>)) -> bool {
    tag.is_activated_late()
}
