//! Policy: what people allow on SageMaker, and what breaks it.
//!
//! In:    `policy.toml`, already parsed.
//! Out:   [`Policy`] and its [`Guardrail`]s; [`Violation`]s with the charges behind them.
//! Never: looks at a charge, or says how AWS would stop it.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::condition::Condition;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::tenancy::Position;

/// The instance type of Jupyter servers, which is free.
pub const SYSTEM: &str = "system";

/// Components that run on it and on nothing else; on a bill it is called `ml.t3.medium`.
pub const ON_SYSTEM: [&str; 1] = ["studio-jupyterserver"];

/// Components whose usage somebody starts and may tag: apps, training and processing jobs.
pub const TAGGED: [&str; 11] = [
    "studio-jupyterlab",
    "studio-kernelgateway",
    "studio-codeeditor",
    "studio-jupyterserver",
    "studio-other",
    "rstudio",
    "canvas",
    "training",
    "spot-training",
    "processing",
    "data-wrangler",
];

/// Components that are no usage of SageMaker.
pub const ELSEWHERE: [&str; 3] = ["other-service", "efs", "savings-plan-fee"];

/// What people wrote about what may run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The file as the user knows it.
    pub file: String,
    /// In the order of the file. Each one that covers a charge must hold for it.
    pub guardrails: Vec<Guardrail>,
}

/// What may run somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrail {
    /// Its name.
    pub name: String,
    /// Where it holds: globs over domain, tenant, component and account.
    pub scope: Condition,
    /// Globs of instance types; none means any.
    pub instance_types: Vec<String>,
    /// What is meant to run instead; `None` leaves it to the rates.
    pub substitute: Option<String>,
    /// Globs of regions; none means any.
    pub regions: Vec<String>,
    /// Keys of tags that apps, training and processing jobs must carry.
    pub tags: Vec<String>,
    /// What a user may spend in a month.
    pub ceiling: Option<Ceiling>,
    /// Where it is written.
    pub at: Position,
}

/// What a user may spend in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// How much.
    pub amount: Money,
    /// Of which currency; charges in others are not held against it.
    pub currency: Currency,
}

/// Which rule of a guardrail is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Broken {
    /// An instance type that is not allowed.
    InstanceType,
    /// A region that is not allowed.
    Region,
    /// A tag is missing.
    MissingTag,
    /// A user is above a ceiling.
    Ceiling,
}

/// A rule that was broken by one resource, or for a ceiling by one user in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub broken: Broken,
    /// The name of the guardrail.
    pub guardrail: String,
    /// What was found: an instance type, a region, the key of the tag that is missing, or nothing.
    pub found: Option<String>,
    /// What was allowed, in words of the policy.
    pub allowed: String,
    /// Where and whose.
    pub place: ViolationPlace,
    /// The currency of every amount.
    pub currency: Currency,
    /// The instance type that would have done, when a rate for it was found.
    pub substitute: Option<String>,
    /// By day, the first day first; their cost is that of the charges behind it, for a ceiling
    /// only what is above.
    pub days: Vec<ViolationDay>,
}

/// Whose charges broke a rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ViolationPlace {
    /// The domain.
    pub domain: Option<String>,
    /// The user profile.
    pub user: Option<String>,
    /// The space.
    pub space: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The component.
    pub component: Option<String>,
    /// The instance type that ran.
    pub instance_type: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The resource.
    pub resource: Option<String>,
}

/// The charges of one day behind a violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViolationDay {
    /// The day: `2026-10-31`.
    pub day: String,
    /// Its billing period: `2026-10`.
    pub month: String,
    /// Hours of usage.
    pub hours: Quantity,
    /// What they cost.
    pub cost: Money,
    /// What the substitute would have cost for the same hours.
    pub substitute_cost: Option<Money>,
    /// Source rows behind it.
    pub line_items: u64,
}

impl Policy {
    /// The keys of all tags that are asked for, sorted, each once.
    pub fn tags(&self) -> Vec<String> {
        let all = self.guardrails.iter().flat_map(|of| &of.tags).cloned();
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a charge of a component must carry the tags that are asked for.
    pub fn must_be_tagged(component: &str) -> bool {
        TAGGED.contains(&component)
    }

    /// Whether an instance type of a component is the free one, which is always allowed.
    pub fn is_system(component: &str, instance_type: &str) -> bool {
        instance_type == SYSTEM || ON_SYSTEM.contains(&component)
    }

    /// What a charge must tell to be held against a policy.
    pub fn dimensions(&self) -> Vec<Dimension> {
        let plain = [
            Dimension::Currency,
            Dimension::Month,
            Dimension::Day,
            Dimension::LineItemType,
            Dimension::Domain,
            Dimension::User,
            Dimension::Space,
            Dimension::Tenant,
            Dimension::Account,
            Dimension::Component,
            Dimension::InstanceType,
            Dimension::Region,
            Dimension::Resource,
        ];
        plain.into_iter().chain(self.tags().into_iter().map(Dimension::Tag)).collect()
    }
}

impl Broken {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InstanceType, Self::Region, Self::MissingTag, Self::Ceiling];

    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::InstanceType => "instance_type",
            Self::Region => "region",
            Self::MissingTag => "missing_tag",
            Self::Ceiling => "ceiling",
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
