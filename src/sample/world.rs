//! World: the cast at work; starts series of lines.
//!
//! In:    the plan's chance, the [`Cast`] and the price list.
//! Out:   [`Series`]: a resource that somebody runs for some time, and what its lines say.
//! Never: counts rows or knows a commitment.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sample::amount::{ONE, Units, rate_text};
use crate::sample::calendar::Span;
use crate::sample::cast::{Cast, REGIONS, TEAMS};
use crate::sample::dice::Dice;
use crate::sample::owner::{Evidence, Holder};
use crate::sample::price_list::{Meter, OFFERS, Offer, Resource};
use crate::sample::profile::{LineType, Profile, Sku, Tag};

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
    skus: FxHashMap<(usize, usize, usize), Arc<Sku>>,
    /// Offers that nobody bought yet, latest first; they go before chance, so that small exports
    /// show every case.
    unseen: Vec<usize>,
}

/// A resource before it has a profile.
struct Found {
    account: usize,
    region: usize,
    resource: String,
    tags: Vec<(Tag, Arc<str>)>,
    tagged: Evidence,
    bare: Evidence,
    leaves: bool,
}

impl World {
    /// A world in which `activation` lies ahead.
    pub(super) fn new(cast: Cast, dice: Dice, activation: i64) -> Self {
        let unseen = (0..OFFERS.len()).rev().collect();
        Self { cast, dice, activation, profiles: 0, skus: FxHashMap::default(), unseen }
    }

    /// The number and the chance of the next profile.
    pub(super) fn next(&mut self) -> (u64, &mut Dice) {
        self.profiles += 1;
        (self.profiles, &mut self.dice)
    }

    /// Starts a series of a class at an instant.
    pub(super) fn start(&mut self, class: Class, at: i64) -> Series {
        let index = self.choose(class);
        let offer = &OFFERS[index];
        let found = self.find(offer, at < self.activation);
        let choice = self.dice.index(offer.menu.len());
        let sku = self.sku(index, choice, found.region);
        let life = self.dice.between(offer.life.0, offer.life.1);
        let mut ends = at + i64::try_from(life * HOUR_MS).unwrap_or(i64::MAX);
        if found.leaves && at < self.activation {
            ends = ends.min(self.activation);
        }
        let profile = self.profile(found, sku);
        let untagged = self.dice.chance(UNTAGGED_PERCENT) && profile.tags.iter().any(is_late);
        if untagged {
            let number = self.next().0;
            let profile = Arc::new(profile.without_late_tags(number));
            return Series { offer, profile, after_activation: None, committed: None, ends };
        }
        if at < self.activation && profile.tags.iter().any(is_late) {
            let number = self.next().0;
            let bare = Arc::new(profile.without_late_tags(number));
            let after_activation = Some(Arc::new(profile));
            return Series { offer, profile: bare, after_activation, committed: None, ends };
        }
        Series { offer, profile: Arc::new(profile), after_activation: None, committed: None, ends }
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

    fn choose(&mut self, Class { sagemaker, steady }: Class) -> usize {
        let fits = |index: &usize| OFFERS[*index].is_sagemaker_work() == sagemaker;
        if let Some(place) = self.unseen.iter().rposition(fits) {
            return self.unseen.remove(place);
        }
        let weight = |index: &usize| {
            let weights = OFFERS[*index].weights;
            if steady { weights.0 } else { weights.1 }
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
            let sku = dice.capitals(16);
            Arc::new(Sku {
                product: offer.product,
                usage_type: format!("{prefix}{}", offer.usage.replace("{}", instance)),
                operation: offer.operation,
                component: offer.component,
                instance,
                unit: offer.unit,
                rate: Some(rate),
                region: Some(region),
                rate_code: format!("{sku}.JRTCKXETXF.6YS6EN2CT7"),
                rate_id: dice.between(100_000_000, 999_999_999).to_string(),
                sku,
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

    fn find(&mut self, offer: &Offer, before_activation: bool) -> Found {
        match offer.resource {
            Resource::Other(pattern) => self.find_other(offer, pattern),
            Resource::DomainItself | Resource::DomainJob(_) | Resource::HomeDirectories => {
                self.find_of_domain(offer.resource)
            }
            resource => self.find_of_person(resource, before_activation),
        }
    }

    /// A resource without anything of `SageMaker`, with ordinary tags on most.
    fn find_other(&mut self, offer: &Offer, pattern: &str) -> Found {
        let account = self.dice.index(self.cast.accounts.len());
        let region = self.dice.index(REGIONS.len());
        let resource = pattern
            .replace("{r}", REGIONS[region].code)
            .replace("{a}", self.cast.accounts[account].id)
            .replace("{x}", &self.dice.hex(17));
        let team = *self.dice.pick(&TEAMS);
        let mut tags = self.ordinary_tags(team);
        if self.dice.chance(6) {
            let person = self.dice.index(self.cast.people.len());
            tags.push((Tag::StudioUserId, self.cast.people[person].name_in_ids.as_str().into()));
        }
        let bare = Evidence::nothing(offer.product);
        Found { account, region, resource, tags, tagged: bare, bare, leaves: false }
    }

    fn ordinary_tags(&mut self, team: &'static str) -> Vec<(Tag, Arc<str>)> {
        let mut tags = Vec::new();
        if self.dice.chance(70) {
            tags.push((Tag::Team, team.into()));
        }
        if self.dice.chance(60) {
            tags.push((Tag::Environment, (*self.dice.pick(&["prod", "dev", "test"])).into()));
        }
        if self.dice.chance(25) {
            let center = format!("CC-{}", self.dice.between(100, 109));
            tags.push((Tag::CostCenter, center.as_str().into()));
        }
        if self.dice.chance(15) {
            tags.push((Tag::CreatedBy, "Root:999988887777".into()));
        }
        tags
    }

    fn find_of_domain(&mut self, resource: Resource) -> Found {
        let domain = self.dice.index(self.cast.domains.len());
        let mut tags = self.ordinary_tags(self.cast.domains[domain].team);
        let name = self.dice.letters(10);
        let cast = &self.cast;
        let home = &cast.domains[domain];
        let (resource, tagged, bare) = match resource {
            Resource::HomeDirectories => {
                tags.push((Tag::ManagedBy, home.arn.as_str().into()));
                let arn = cast.arn_of(domain, &format!("file-system/{}", home.file_system));
                let arn = arn.replacen(":sagemaker:", ":elasticfilesystem:", 1);
                (arn, Evidence::FileSystem(domain), Evidence::FileSystem(domain))
            }
            Resource::DomainJob(kind) => {
                tags.push((Tag::Domain, home.arn.as_str().into()));
                let tagged = Evidence::Tags { domain, person: None, space: None };
                let arn = cast.arn_of(domain, &format!("{kind}/{name}"));
                (arn, tagged, Evidence::NothingOfSageMaker)
            }
            _ => (home.arn.clone(), Evidence::DomainArn(domain), Evidence::DomainArn(domain)),
        };
        let (account, region) = (home.account, home.region);
        Found { account, region, resource, tags, tagged, bare, leaves: false }
    }

    /// A resource of a user profile or of a space.
    fn find_of_person(&mut self, resource: Resource, before_activation: bool) -> Found {
        let leaves = before_activation && self.dice.chance(16);
        let leaver = self.cast.leaver();
        let person = if leaves { leaver } else { self.dice.index(leaver) };
        let domain = self.cast.people[person].domain;
        let shared = *self.dice.pick(&self.cast.domains[domain].shared_spaces);
        let mut tags = self.ordinary_tags(self.cast.domains[domain].team);
        let way = self.dice.below(10);
        let name = self.dice.hex(24);
        let private = self.cast.people[person].private_space;
        let (path, names, bare) = self.place(resource, (person, private, shared), (way, &name));
        if domain == 0 && names.person.is_some() {
            tags.push((Tag::StudioUserId, self.cast.people[person].name_in_ids.as_str().into()));
        }
        names.tag(&self.cast, domain, &mut tags);
        let home = &self.cast.domains[domain];
        let arn = self.cast.arn_of(domain, &path);
        let glue = matches!(resource, Resource::GlueSession);
        Found {
            account: home.account,
            region: home.region,
            resource: if glue { arn.replacen(":sagemaker:", ":glue:", 1) } else { arn },
            tags,
            tagged: Evidence::Tags { domain, person: names.person, space: names.space },
            bare,
            leaves,
        }
    }

    /// The path of the resource id, whom the tags name, and what the id alone tells.
    fn place(
        &self,
        resource: Resource,
        (person, private, shared): (usize, usize, usize),
        (way, name): (u64, &str),
    ) -> (String, Names, Evidence) {
        let cast = &self.cast;
        let id = &cast.domains[cast.people[person].domain].id;
        let user = &cast.people[person].name_in_ids;
        let owner_of = |space: usize| {
            let space = &cast.spaces[space];
            space.owner.filter(|_| space.tags_owner)
        };
        let app = |space: usize, kind: &str| {
            let holder = Holder::Space(space);
            let runs_in_space = matches!(kind, "jupyterlab" | "codeeditor");
            let path = format!("app/{id}/{}/{kind}/default", cast.spaces[space].name_in_ids);
            let names = Names { space: Some(space), person: owner_of(space), ..Names::default() };
            (path, names, Evidence::App { holder, runs_in_space })
        };
        let of_user = Names { person: Some(person), ..Names::default() };
        match resource {
            Resource::PrivateApp(kind) => app(private, kind),
            Resource::SharedApp(kind) => app(shared, kind),
            Resource::UserApp(kind) => {
                let app = if kind == "kernelgateway" { name } else { "default" };
                let holder = Holder::Person(person);
                let path = format!("app/{id}/{user}/{kind}/{app}");
                (path, of_user, Evidence::App { holder, runs_in_space: false })
            }
            Resource::SpaceItself => {
                let space = if way < 3 { shared } else { private };
                let path = format!("space/{id}/{}", cast.spaces[space].name_in_ids);
                let names =
                    Names { space: Some(space), person: owner_of(space), ..Names::default() };
                (path, names, Evidence::Arn(Holder::Space(space)))
            }
            Resource::UserItself => {
                let names = Names { without_domain: true, ..of_user };
                let path = format!("user-profile/{id}/{user}");
                (path, names, Evidence::Arn(Holder::Person(person)))
            }
            Resource::GlueSession => {
                let names = Names { space: Some(shared), is_session: true, ..of_user };
                (format!("session/studio-{name}"), names, Evidence::Nothing)
            }
            Resource::Job(kind) => {
                let names = match way {
                    0..6 => of_user,
                    6..8 => Names { space: Some(shared), ..Names::default() },
                    8 => Names { without_domain: true, ..of_user },
                    _ => Names { space: Some(private), without_domain: true, ..Names::default() },
                };
                (format!("{kind}/job-{name}"), names, Evidence::NothingOfSageMaker)
            }
            Resource::DomainItself
            | Resource::DomainJob(_)
            | Resource::HomeDirectories
            | Resource::Other(_) => (String::new(), Names::default(), Evidence::Nothing),
        }
    }
}

/// Whom the tags of a resource name.
#[derive(Debug, Clone, Copy, Default)]
struct Names {
    person: Option<usize>,
    space: Option<usize>,
    /// The domain is left to the reader.
    without_domain: bool,
    /// The space comes under the key of Glue sessions.
    is_session: bool,
}

impl Names {
    fn tag(self, cast: &Cast, domain: usize, tags: &mut Vec<(Tag, Arc<str>)>) {
        if !self.without_domain {
            tags.push((Tag::Domain, cast.domains[domain].arn.as_str().into()));
        }
        if let Some(person) = self.person {
            tags.push((Tag::User, cast.people[person].arn.as_str().into()));
        }
        if let Some(space) = self.space {
            let key = if self.is_session { Tag::SharedSpace } else { Tag::Space };
            tags.push((key, cast.spaces[space].arn.as_str().into()));
        }
    }
}

fn is_late((tag, _): &(Tag, Arc<str>)) -> bool {
    tag.is_activated_late()
}
