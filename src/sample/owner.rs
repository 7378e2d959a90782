//! Owner: what a line tells about who made it, and who that is in the end.
//!
//! In:    [`Evidence`] as the generator planted it, and which names the tags ever spelled out.
//! Out:   [`Owner`]: ARNs, reason and standing that a reader of the export must find.
//! Never: looks at a written file; truth comes from what was planted.

use rustc_hash::FxHashSet;

use crate::model::answer::Standing;
use crate::sample::cast::Cast;
use crate::sample::price_list::{ML_PLANS, Product, SAGEMAKER};

/// The user profile or the space that an `app/` ARN names: the ARN itself does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder {
    Person(usize),
    Space(usize),
}

/// What one line tells. Numbers are indexes into the [`Cast`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Evidence {
    /// Tags name them; the domain is known from any of the three.
    Tags { domain: usize, person: Option<usize>, space: Option<usize> },
    /// An `app/` ARN names a holder; the app type is all that tells a user from a space.
    App { holder: Holder, runs_in_space: bool },
    /// A `space/` or `user-profile/` ARN names it.
    Arn(Holder),
    /// A `domain/` ARN names it.
    DomainArn(usize),
    /// A file system is tagged as managed by a domain.
    FileSystem(usize),
    /// Nothing tells, but tags may name them on other lines of the same job.
    Job { number: u64, domain: usize, person: Option<usize>, space: Option<usize>, is_ours: bool },
    /// Nothing tells, and it is `SageMaker`'s.
    NothingOfSageMaker,
    /// Nothing tells, and it is another service's.
    Nothing,
}

impl Evidence {
    /// The evidence of a line that tells nothing.
    pub(super) fn nothing(product: &Product) -> Self {
        if *product == SAGEMAKER || *product == ML_PLANS {
            Self::NothingOfSageMaker
        } else {
            Self::Nothing
        }
    }
}

/// The answer a reader must reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    pub(super) standing: Standing,
    pub(super) domain: Option<String>,
    pub(super) user: Option<String>,
    pub(super) space: Option<String>,
    pub(super) reason: &'static str,
}

/// Which user profiles and spaces some tag of the export spelled out, and which jobs carried one.
#[derive(Debug)]
pub(super) struct SeenInTags {
    people: Vec<bool>,
    spaces: Vec<bool>,
    jobs: FxHashSet<u64>,
}

impl SeenInTags {
    /// Nobody yet.
    pub(super) fn new(cast: &Cast) -> Self {
        Self {
            people: vec![false; cast.people.len()],
            spaces: vec![false; cast.spaces.len()],
            jobs: FxHashSet::default(),
        }
    }

    /// Remembers whom a line names by tag.
    pub(super) fn note(&mut self, evidence: Evidence) {
        if let Evidence::Tags { person, space, .. } = evidence {
            if let Some(person) = person {
                self.people[person] = true;
            }
            if let Some(space) = space {
                self.spaces[space] = true;
            }
        }
    }

    /// Remembers that a line carries tags which others of its job may lack.
    pub(super) fn note_job(&mut self, tagged: Evidence, without_tags: Evidence) {
        if let (Evidence::Tags { .. }, Evidence::Job { number, .. }) = (tagged, without_tags) {
            self.jobs.insert(number);
        }
    }

    fn knows(&self, holder: Holder) -> bool {
        match holder {
            Holder::Person(person) => self.people[person],
            Holder::Space(space) => self.spaces[space],
        }
    }
}

/// Who a line belongs to, once all tags of the export are known.
pub(super) fn owner(cast: &Cast, seen: &SeenInTags, evidence: Evidence) -> Owner {
    match evidence {
        Evidence::Tags { domain, person, space } => Owner {
            user: person.map(|person| cast.people[person].arn.clone()),
            space: space.map(|space| cast.spaces[space].arn.clone()),
            ..of_domain(cast, domain, "tag")
        },
        Evidence::DomainArn(domain) => of_domain(cast, domain, "resource-arn"),
        Evidence::FileSystem(domain) => of_domain(cast, domain, "efs"),
        Evidence::Arn(holder) => by_arn(cast, seen, (holder, matches!(holder, Holder::Space(_)))),
        Evidence::App { holder, runs_in_space } => by_arn(cast, seen, (holder, runs_in_space)),
        Evidence::Job { number, domain, person, space, .. } if seen.jobs.contains(&number) => {
            let tags = Evidence::Tags { domain, person, space };
            Owner { reason: "resource-history", ..owner(cast, seen, tags) }
        }
        Evidence::NothingOfSageMaker | Evidence::Job { is_ours: true, .. } => {
            nobody(Standing::Unattributed)
        }
        Evidence::Nothing | Evidence::Job { .. } => nobody(Standing::OtherServices),
    }
}

/// A name that tags know is what the tags say it is, spelled as they spell it; any other is what
/// the ARN or the app type suggests, spelled as the resource id spells it.
fn by_arn(cast: &Cast, seen: &SeenInTags, (holder, looks_like_space): (Holder, bool)) -> Owner {
    let (domain, name, known_arn) = match holder {
        Holder::Person(person) => {
            let person = &cast.people[person];
            (person.domain, &person.name_in_ids, &person.arn)
        }
        Holder::Space(space) => {
            let space = &cast.spaces[space];
            (space.domain, &space.name_in_ids, &space.arn)
        }
    };
    let found = of_domain(cast, domain, "resource-arn");
    let kind = |kind: &str| format!("{kind}/{}/{name}", cast.domains[domain].id);
    match (seen.knows(holder), holder, looks_like_space) {
        (true, Holder::Person(_), _) => Owner { user: Some(known_arn.clone()), ..found },
        (true, Holder::Space(_), _) => Owner { space: Some(known_arn.clone()), ..found },
        (false, _, true) => Owner { space: Some(cast.arn_of(domain, &kind("space"))), ..found },
        (false, _, false) => {
            Owner { user: Some(cast.arn_of(domain, &kind("user-profile"))), ..found }
        }
    }
}

fn of_domain(cast: &Cast, domain: usize, reason: &'static str) -> Owner {
    Owner {
        standing: Standing::Attributed,
        domain: Some(cast.domains[domain].arn.clone()),
        user: None,
        space: None,
        reason,
    }
}

fn nobody(standing: Standing) -> Owner {
    Owner { standing, domain: None, user: None, space: None, reason: "none" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::dice::Dice;

    #[test]
    fn a_job_is_known_by_the_tags_of_its_other_lines_and_else_by_nothing() {
        let cast = Cast::new(&mut Dice::new(7, 0), 100);
        let tags = Evidence::Tags { domain: 0, person: Some(0), space: None };
        let job = |number| Evidence::Job {
            number,
            domain: 0,
            person: Some(0),
            space: None,
            is_ours: true,
        };
        let mut seen = SeenInTags::new(&cast);
        seen.note_job(job(1), job(1));
        assert_eq!(owner(&cast, &seen, job(1)).reason, "none");
        seen.note_job(tags, job(1));
        assert_eq!(owner(&cast, &seen, job(1)).user.as_ref(), Some(&cast.people[0].arn));
        assert_eq!(owner(&cast, &seen, job(1)).reason, "resource-history");
        assert_eq!(owner(&cast, &seen, job(2)).reason, "none");
    }

    #[test]
    fn an_app_arn_is_resolved_by_tags_first_and_by_app_type_second() {
        let cast = Cast::new(&mut Dice::new(7, 0), 100);
        let shared = cast.domains[0].shared_spaces[0];
        let evidence = Evidence::App { holder: Holder::Space(shared), runs_in_space: false };
        let mut seen = SeenInTags::new(&cast);
        let guessed = owner(&cast, &seen, evidence);
        assert!(guessed.user.is_some() && guessed.space.is_none());
        seen.note(Evidence::Tags { domain: 0, person: None, space: Some(shared) });
        let known = owner(&cast, &seen, evidence);
        assert_eq!(known.space.as_deref(), Some(cast.spaces[shared].arn.as_str()));
        assert_eq!((known.user, known.reason), (None, "resource-arn"));
    }
}
