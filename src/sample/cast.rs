//! Cast: who exists in a generated organisation.
//!
//! In:    chance, and how many people the rows can employ.
//! Out:   [`Cast`]: accounts, domains, user profiles, spaces, with their ARNs.
//! Never: knows a price or a day.

use crate::sample::dice::Dice;

/// The management account that pays.
pub(super) const PAYER_ID: &str = "999988887777";
/// Its name.
pub(super) const PAYER_NAME: &str = "Example Holding";

/// An AWS region as bills name it.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) code: &'static str,
    pub(super) prefix: &'static str,
    pub(super) location: &'static str,
}

pub(super) const REGIONS: [Region; 4] = [
    Region { code: "us-east-1", prefix: "USE1-", location: "US East (N. Virginia)" },
    Region { code: "eu-west-1", prefix: "EU-", location: "EU (Ireland)" },
    Region { code: "eu-central-1", prefix: "EUC1-", location: "EU (Frankfurt)" },
    Region { code: "ap-northeast-2", prefix: "APN2-", location: "Asia Pacific (Seoul)" },
];

/// Id, name and business unit of the usage accounts. One id begins with 0, as ids may.
const ACCOUNTS: [(&str, &str, &str); 8] = [
    ("111122223333", "ml-research", "Research"),
    ("012345678901", "ml-production", "Platform"),
    ("444455556666", "risk-analytics", "Risk"),
    ("555566667777", "marketing-science", "Marketing"),
    ("222233334444", "data-lake", "Platform"),
    ("666677778888", "robotics", "Research"),
    ("777788889999", "sandbox", "Research"),
    ("333344445555", "forecasting", "Risk"),
];

/// Capital letters stay within ASCII: an ARN is compared without case, and readers may fold case
/// by Unicode or by ASCII rules.
const FIRST_NAMES: [&str; 20] = [
    "alice", "Bob", "carol", "zoë", "Grace", "søren", "mei-李", "josé", "priya", "Omar", "łucja",
    "yuki", "kofi", "Anaïs", "nils", "ivan", "dana", "Eve", "hye-jin", "tomás",
];
const LAST_NAMES: [&str; 16] = [
    "müller",
    "okafor",
    "Tanaka",
    "garcía",
    "lindqvist",
    "nowak",
    "Rossi",
    "singh",
    "duval",
    "chen",
    "haddad",
    "O-Brien",
    "kaya",
    "silva",
    "иванов",
    "park",
];
const SHARED_SPACES: [&str; 6] =
    ["team-notebooks", "Fraud-Models", "gpu-лаб", "reviews", "shared-eda", "churn"];
/// Values of the ordinary tag `team`.
pub(super) const TEAMS: [&str; 6] =
    ["search", "fraud", "vision", "forecasting", "platform", "größe-xl"];

/// One usage account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) business_unit: &'static str,
}

/// One `SageMaker` domain.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) account: usize,
    pub(super) region: usize,
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) team: &'static str,
    /// Its home directories on EFS.
    pub(super) file_system: String,
    /// Its shared spaces, indexes into [`Cast::spaces`].
    pub(super) shared_spaces: Vec<usize>,
}

/// One user profile.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) domain: usize,
    pub(super) arn: String,
    /// The name as resource ids spell it: some come in lower case.
    pub(super) name_in_ids: String,
    pub(super) private_space: usize,
}

/// One space. The owner is known to Studio, but a line names it only if `tags_owner`.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) domain: usize,
    pub(super) arn: String,
    pub(super) name_in_ids: String,
    pub(super) owner: Option<usize>,
    pub(super) tags_owner: bool,
}

/// Everybody.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) accounts: Vec<Account>,
    pub(super) domains: Vec<Domain>,
    pub(super) people: Vec<Person>,
    pub(super) spaces: Vec<Space>,
    /// Of the people, those that series are given to by chance.
    by_chance: usize,
}

impl Cast {
    /// As many people as the busiest slice of a month can show at work.
    pub(super) fn new(dice: &mut Dice, busiest_slice: u64) -> Self {
        let people = usize::try_from(busiest_slice / 8).unwrap_or(0).clamp(12, 4_000);
        let domains = (people / 40).clamp(3, 24);
        let accounts = (domains / 2).clamp(3, ACCOUNTS.len());
        let mut cast = Self {
            accounts: ACCOUNTS[..accounts]
                .iter()
                .map(|&(id, name, business_unit)| Account { id, name, business_unit })
                .collect(),
            domains: Vec::new(),
            people: Vec::new(),
            spaces: Vec::new(),
            by_chance: people,
        };
        for number in 0..domains {
            cast.found_domain(dice, number);
        }
        for number in 0..people {
            cast.hire(dice, number);
        }
        cast
    }

    /// The person who left before the tags were activated: only resource ids ever name them.
    pub(super) fn leaver(&self) -> usize {
        self.by_chance - 1
    }

    /// One more person, to whom nothing is given by chance.
    pub(super) fn hire_another(&mut self, dice: &mut Dice) -> usize {
        let number = self.people.len();
        self.hire(dice, number);
        number
    }

    fn found_domain(&mut self, dice: &mut Dice, number: usize) {
        let (account, region) = (number % self.accounts.len(), number % REGIONS.len());
        let id = format!("d-{}", dice.letters(12));
        let arn = self.arn_in(account, region, &format!("domain/{id}"));
        self.domains.push(Domain {
            account,
            region,
            id,
            arn,
            team: TEAMS[number % TEAMS.len()],
            file_system: format!("fs-{}", dice.hex(17)),
            shared_spaces: Vec::new(),
        });
        for offset in 0..2 {
            let name = SHARED_SPACES[(number * 2 + offset) % SHARED_SPACES.len()];
            let space = self.open_space(number, name, None);
            self.domains[number].shared_spaces.push(space);
        }
    }

    fn hire(&mut self, dice: &mut Dice, number: usize) {
        let domain = number % self.domains.len();
        let first = FIRST_NAMES[number % FIRST_NAMES.len()];
        let last = LAST_NAMES[(number * 7 + number / FIRST_NAMES.len()) % LAST_NAMES.len()];
        let round = number / (FIRST_NAMES.len() * LAST_NAMES.len());
        let name =
            if round == 0 { format!("{first}-{last}") } else { format!("{first}-{last}-{round}") };
        let space = self.open_space(domain, &format!("{name}-lab"), Some(number));
        self.spaces[space].tags_owner = dice.chance(75);
        let home = &self.domains[domain];
        let path = format!("user-profile/{}/{name}", home.id);
        self.people.push(Person {
            domain,
            arn: self.arn_in(home.account, home.region, &path),
            name_in_ids: in_ids(&name, number),
            private_space: space,
        });
    }

    fn open_space(&mut self, domain: usize, name: &str, owner: Option<usize>) -> usize {
        let home = &self.domains[domain];
        let arn = self.arn_in(home.account, home.region, &format!("space/{}/{name}", home.id));
        let number = self.spaces.len();
        self.spaces.push(Space {
            domain,
            arn,
            name_in_ids: in_ids(name, number),
            owner,
            tags_owner: false,
        });
        number
    }

    /// A `SageMaker` ARN in an account and a region, by their indexes.
    pub(super) fn arn_in(&self, account: usize, region: usize, path: &str) -> String {
        let (region, account) = (REGIONS[region].code, self.accounts[account].id);
        format!("arn:aws:sagemaker:{region}:{account}:{path}")
    }

    /// A `SageMaker` ARN in the account and region of a domain.
    pub(super) fn arn_of(&self, domain: usize, path: &str) -> String {
        self.arn_in(self.domains[domain].account, self.domains[domain].region, path)
    }
}

/// Every second name loses its capitals on the way into a resource id.
fn in_ids(name: &str, number: usize) -> String {
    if number.is_multiple_of(2) { name.to_ascii_lowercase() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_and_no_two_spaces_of_a_domain_share_a_name() {
        let cast = Cast::new(&mut Dice::new(1, 0), 20_000);
        assert_eq!(cast.people.len(), 2_500);
        let users: BTreeSet<_> = cast.people.iter().map(|p| p.arn.to_lowercase()).collect();
        let spaces: BTreeSet<_> = cast.spaces.iter().map(|s| s.arn.to_lowercase()).collect();
        assert_eq!((users.len(), spaces.len()), (cast.people.len(), cast.spaces.len()));
        let names: BTreeSet<_> =
            cast.people.iter().map(|p| (p.domain, p.name_in_ids.to_lowercase())).collect();
        let clash = |space: &Space| {
            let name = space.arn.rsplit('/').next().unwrap_or_default().to_lowercase();
            names.contains(&(space.domain, name))
        };
        assert!(!cast.spaces.iter().any(clash));
    }
}
