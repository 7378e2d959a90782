//! Resource: who runs a resource, what its id looks like and whom its tags name.
//!
//! In:    chance, the [`Cast`], and what an offer's resource id names.
//! Out:   [`Found`]: account, region, resource id, tags, and the evidence they amount to.
//! Never: decides how long it lives or what it costs.

use std::sync::Arc;

use crate::sample::cast::{Cast, REGIONS, TEAMS};
use crate::sample::owner::{Evidence, Holder};
use crate::sample::price_list::{Offer, Resource};
use crate::sample::profile::Tag;
use crate::sample::world::World;

/// A resource before it has a profile.
pub(super) struct Found {
    pub(super) account: usize,
    pub(super) region: usize,
    pub(super) resource: String,
    pub(super) tags: Vec<(Tag, Arc<str>)>,
    /// What it tells with all its tags, and without those of `SageMaker`.
    pub(super) tagged: Evidence,
    pub(super) bare: Evidence,
    /// Gone once the tags are activated.
    pub(super) leaves: bool,
}

impl World {
    /// Finds the next resource that somebody runs for an offer.
    pub(super) fn find(&mut self, offer: &Offer, before_activation: bool) -> Found {
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
        let number = self.next_job();
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
                let (person, space) = (None, None);
                (arn, tagged, Evidence::Job { number, domain, person, space, is_ours: true })
            }
            _ => (home.arn.clone(), Evidence::DomainArn(domain), Evidence::DomainArn(domain)),
        };
        let (account, region) = (home.account, home.region);
        Found { account, region, resource, tags, tagged, bare, leaves: false }
    }

    /// A resource of a user profile or of a space.
    fn find_of_person(&mut self, resource: Resource, before_activation: bool) -> Found {
        let leaves = before_activation && self.dice.chance(16);
        let last = self.cast.leaver();
        let person = if leaves { last } else { self.dice.index(last) };
        self.find_of(resource, person, leaves)
    }

    /// A resource of a person or of a space of theirs.
    pub(super) fn find_of(&mut self, resource: Resource, person: usize, leaves: bool) -> Found {
        let domain = self.cast.people[person].domain;
        let shared = *self.dice.pick(&self.cast.domains[domain].shared_spaces);
        let mut tags = self.ordinary_tags(self.cast.domains[domain].team);
        let way = self.dice.below(10);
        let name = self.dice.hex(24);
        let private = self.cast.people[person].private_space;
        let number = self.next_job();
        let (path, names, bare) = self.place(resource, (person, private, shared), (way, &name));
        let is_ours = bare == Evidence::NothingOfSageMaker;
        let bare = match bare {
            Evidence::NothingOfSageMaker | Evidence::Nothing => {
                let Names { person, space, .. } = names;
                Evidence::Job { number, domain, person, space, is_ours }
            }
            told => told,
        };
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
