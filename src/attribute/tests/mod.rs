//! Tests: charges as tables of text, what people wrote as values, and who comes out.
//!
//! In:    a table of charges; a [`Tenancy`].
//! Out:   the attributed charges, line by line.
//! Never: reads a file.

mod home_volumes;
mod owners;
mod scale;
mod tenants;

use crate::attribute::attribute;
use crate::model::charges::{Charges, TaggedResource, column};
use crate::model::condition::{Atom, Condition};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::maps::{Maps, Profile, SpaceOwner};
use crate::model::metric::CostMetric;
use crate::model::money::{pico_of_text, pico_text};
use crate::model::period::{Day, Days};
use crate::model::question::{Question, Wanted};
use crate::model::tenancy::{Position, Rule, Tenancy};

const HEAD: &str = "arn:aws:sagemaker:us-east-1:111122223333:";

/// Word, column, and the kind of ARN that a short value stands for.
const WORDS: &[(&str, &str, &str)] = &[
    ("domain", column::DOMAIN_TAG, "domain/"),
    ("user", column::USER_TAG, "user-profile/"),
    ("space", column::SPACE_TAG, "space/"),
    ("arn", column::OWNER_ARN, ""),
    ("managed_by", column::MANAGED_BY_TAG, "domain/"),
    ("product", column::PRODUCT, ""),
    ("account", "usage_account_id", ""),
    ("region", "region_code", ""),
    ("day", "usage_date", ""),
];

/// Always there when owners are told apart.
const IDENTITY: usize = 6;

fn in_full(kind: &str, value: &str) -> String {
    let is_short = kind.ends_with('/') && !value.contains(':') && !value.is_empty();
    if is_short { format!("{HEAD}{kind}{value}") } else { value.to_owned() }
}

/// Charges of these lines; costs in whole units.
pub(super) fn charges(table: &str) -> Charges {
    let mut lines = table.trim().lines().map(|line| line.split('|').map(str::trim));
    let words: Vec<&str> = lines.next().unwrap().collect();
    let rows: Vec<Vec<&str>> = lines.map(Iterator::collect).collect();
    let mut frame = Frame::new(vec![1; rows.len()]);
    let mut text = |name: &str, values: Vec<Option<String>>| {
        frame.set_texts(name, Texts::of(values.iter().map(Option::as_deref)));
    };
    for (_, name, _) in &WORDS[..IDENTITY] {
        let default = (*name == column::PRODUCT).then(|| "AmazonSageMaker".to_owned());
        text(name, vec![default; rows.len()]);
    }
    text(column::CURRENCY, vec![Some("USD".to_owned()); rows.len()]);
    for (at, word) in words.iter().enumerate().filter(|(_, word)| **word != "cost") {
        let known = WORDS.iter().find(|(known, ..)| known == word);
        let (name, kind) = known.map_or((*word, ""), |(_, name, kind)| (*name, *kind));
        let value = |row: &Vec<&str>| (row[at] != "-").then(|| in_full(kind, row[at]));
        text(name, rows.iter().map(value).collect());
    }
    let cost_at = words.iter().position(|word| *word == "cost").unwrap();
    let costs = rows.iter().map(|row| pico_of_text(row[cost_at]).unwrap()).collect();
    frame.set_amounts("amortized_cost", costs);
    Charges { frame, tagged: Vec::new() }
}

/// A resource whose tagged lines say this: `resource | domain user space`, short or `-`.
pub(super) fn tagged(lines: &[&str]) -> Vec<TaggedResource> {
    let resource = |line: &&str| {
        let (resource_id, tags) = line.split_once('|').unwrap();
        let tags: Vec<&str> = tags.split_whitespace().collect();
        let tag = |at: usize, kind: &str| (tags[at] != "-").then(|| in_full(kind, tags[at]));
        TaggedResource {
            resource_id: resource_id.trim().to_owned(),
            domain_tag: tag(0, "domain/"),
            user_tag: tag(1, "user-profile/"),
            space_tag: tag(2, "space/"),
        }
    };
    lines.iter().map(resource).collect()
}

pub(super) fn question(words: &str) -> Question {
    Question {
        dimensions: words.split(',').map(|word| Dimension::parse(word).unwrap()).collect(),
        metric: CostMetric::Amortized,
        filters: Vec::new(),
        months: Vec::new(),
        hours: Wanted::No,
    }
}

/// The values asked for, the cost and the standing of every charge; sorted.
pub(super) fn lines(charges: Charges, tenancy: &Tenancy, words: &str) -> Vec<String> {
    let question = question(words);
    let frame = attribute(charges, tenancy, &question).unwrap().charges.0;
    let mut columns: Vec<String> = question.dimensions.iter().map(Dimension::key).collect();
    columns.push(column::STANDING.to_owned());
    let costs = frame.amounts("amortized_cost").unwrap();
    let cell = |name: &String, row: usize| {
        let text = frame.texts(name).unwrap().get(row).unwrap_or("-");
        text.rsplit('/').next().unwrap().to_owned()
    };
    let line = |row: usize| {
        let mut cells: Vec<String> = columns.iter().map(|name| cell(name, row)).collect();
        cells.insert(cells.len() - 1, pico_text(costs[row]));
        cells.join(" | ")
    };
    let mut lines: Vec<String> = (0..frame.height()).map(line).collect();
    lines.sort();
    lines
}

#[track_caller]
pub(super) fn check(table: &str, tenancy: &Tenancy, words: &str, expected: &str) {
    let mut expected: Vec<String> = expected
        .trim()
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "))
        .collect();
    expected.sort();
    assert_eq!(lines(charges(table), tenancy, words), expected);
}

/// `user=alice|bob` as a condition.
pub(super) fn is(text: &str) -> Condition {
    let (word, patterns) = text.split_once('=').unwrap();
    let patterns = patterns.split('|').map(ToOwned::to_owned).collect();
    Condition::Is(Atom { dimension: Dimension::parse(word).unwrap(), patterns })
}

/// `2026-10-01..2026-10-12`; an end may be left open.
pub(super) fn during(text: &str) -> Days {
    let (from, to) = text.split_once("..").unwrap();
    Days { from: Day::parse(from), to: Day::parse(to) }
}

/// Rules on lines 1, 2, ... of `tenants.toml`.
pub(super) fn rules(rules: Vec<(&str, Condition, &str)>) -> Tenancy {
    let rule = |(line, (tenant, condition, days)): (u32, (&str, Condition, &str))| Rule {
        tenant: tenant.to_owned(),
        condition,
        during: during(days),
        at: Position { line, column: 1 },
    };
    let rules = (1..).zip(rules).map(rule).collect();
    Tenancy { file: "some/tenants.toml".into(), rules, ..Tenancy::default() }
}

/// Lines of `profiles.csv`: `profile,uid,tenant,from..to`, first on line 2.
pub(super) fn profiles(lines: &[&str]) -> Maps {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let profile = |(line, text): (u64, &&str)| {
        let cells: Vec<&str> = text.split(',').collect();
        let kind = if cells[0].starts_with("space/") { "" } else { "user-profile/" };
        let is_short = !cells[0].is_empty() && !cells[0].contains(':');
        Profile {
            profile_arn: if is_short {
                format!("{HEAD}{kind}{}", cells[0])
            } else {
                cells[0].into()
            },
            efs_uid: some(cells[1]),
            person: None,
            tenant: some(cells[2]),
            during: during(cells[3]),
            line,
        }
    };
    Maps { profiles: (2..).zip(lines).map(profile).collect(), ..Maps::default() }
}

/// Lines of `spaces.csv`: `space,owner,from..to`, first on line 2.
pub(super) fn spaces(lines: &[&str]) -> Vec<SpaceOwner> {
    let owner = |(line, text): (u64, &&str)| {
        let cells: Vec<&str> = text.split(',').collect();
        SpaceOwner {
            space_arn: in_full("space/", cells[0]),
            owner_profile_arn: in_full("user-profile/", cells[1]),
            during: during(cells[2]),
            line,
        }
    };
    (2..).zip(lines).map(owner).collect()
}
