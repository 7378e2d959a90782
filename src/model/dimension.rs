//! Dimensions: the ways a bill can be cut.
//!
//! In:    words of `--by` and `--where`.
//! Out:   [`Dimension`], its key in data and its heading on screen.
//! Never: reads a charge.

use crate::model::phrase::Phrase;
use std::fmt;

/// One way to cut a bill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The SageMaker domain.
    Domain,
    /// The user profile.
    User,
    /// The Studio space, private or shared.
    Space,
    /// The app, job, endpoint or other SageMaker resource: the tail of its ARN.
    App,
    /// Why the owner is who it is.
    OwnerReason,
    /// Who answers for it, by the rules of `tenants.toml`.
    Tenant,
    /// The rule that said so: file and line.
    TenantRule,
    /// The split rule through which a shared cost was received.
    Pool,
    /// The SageMaker component: JupyterLab, training, hosting, EFS, ...
    Component,
    /// The instance type, such as `ml.t3.medium`.
    InstanceType,
    /// The AWS product code, such as `AmazonSageMaker`.
    Service,
    /// The usage type as AWS spells it.
    UsageType,
    /// The operation as AWS spells it.
    Operation,
    /// The line item type, such as `SavingsPlanCoveredUsage`.
    LineItemType,
    /// The resource id or ARN as delivered.
    Resource,
    /// The account that used it.
    Account,
    /// The account that pays for it.
    Payer,
    /// The AWS region code.
    Region,
    /// The currency of the line.
    Currency,
    /// The billing period.
    Month,
    /// The UTC day on which the usage began.
    Day,
    /// The UTC hour of usage that lasted no longer, as RFC 3339 writes it; no word of a command
    /// line, because exports by the day do not tell it.
    Hour,
    /// The value of one cost-allocation tag; the key is kept as typed.
    Tag(String),
    /// The value of one cost category; the name is kept as typed.
    CostCategory(String),
}

/// Word on the command line, key in data, heading on screen.
const WORDS: &[(Dimension, &str, &str, &str)] = &[
    (Dimension::Domain, "domain", "domain_arn", "Domain"),
    (Dimension::User, "user", "user_profile_arn", "User"),
    (Dimension::Space, "space", "space_arn", "Space"),
    (Dimension::App, "app", "app", "App or job"),
    (Dimension::OwnerReason, "reason", "owner_reason", "Reason"),
    (Dimension::Tenant, "tenant", "tenant", "Tenant"),
    (Dimension::TenantRule, "rule", "tenant_rule", "Rule"),
    (Dimension::Pool, "pool", "shared_pool", "Pool"),
    (Dimension::Component, "component", "component", "Component"),
    (Dimension::InstanceType, "instance-type", "instance_type", "Instance type"),
    (Dimension::Service, "service", "product_code", "Service"),
    (Dimension::UsageType, "usage-type", "usage_type", "Usage type"),
    (Dimension::Operation, "operation", "operation", "Operation"),
    (Dimension::LineItemType, "line-type", "line_item_type", "Line type"),
    (Dimension::Resource, "resource", "resource_id", "Resource"),
    (Dimension::Account, "account", "usage_account_id", "Account"),
    (Dimension::Payer, "payer", "payer_account_id", "Payer"),
    (Dimension::Region, "region", "region_code", "Region"),
    (Dimension::Currency, "currency", "currency", "Currency"),
    (Dimension::Month, "month", "billing_period", "Month"),
    (Dimension::Day, "day", "usage_date", "Day"),
];

impl Dimension {
    /// The dimension of a word: the short one (`user`), the data key (`user_profile_arn`),
    /// `tag:KEY` or `category:NAME`. `None` for anything else and for an empty key.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once(':') {
            Some((_, key)) if key.trim().is_empty() => None,
            Some(("tag", key)) => Some(Self::Tag(key.to_owned())),
            Some(("category" | "cost_category", key)) => Some(Self::CostCategory(key.to_owned())),
            _ => {
                let word = text.to_ascii_lowercase();
                let dashed = word.replace('_', "-");
                WORDS
                    .iter()
                    .find(|(_, short, key, _)| *short == dashed || *key == word)
                    .map(|(dimension, ..)| dimension.clone())
            }
        }
    }

    /// Every word that [`Dimension::parse`] knows, for help and for "did you mean".
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, word, ..)| *word).chain(["tag:KEY", "category:NAME"])
    }

    /// Every dimension but tags and cost categories, whose keys are the bill's.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        WORDS.iter().map(|(dimension, ..)| dimension)
    }

    /// The key in JSON, CSV and the charges frame.
    pub fn key(&self) -> String {
        match self {
            Self::Tag(key) => format!("tag:{key}"),
            Self::CostCategory(name) => format!("category:{name}"),
            Self::Hour => "usage_hour".to_owned(),
            plain => plain.entry().2.to_owned(),
        }
    }

    /// The heading of a table column.
    pub fn heading(&self) -> Phrase {
        match self {
            Self::Tag(key) => key.clone().into(),
            Self::CostCategory(name) => name.clone().into(),
            Self::Hour => "Hour".into(),
            plain => plain.entry().3.into(),
        }
    }

    /// Whether it tells who made a charge, so that "unattributed" and "other services" are rows of
    /// their own.
    pub fn is_identity(&self) -> bool {
        matches!(self, Self::Domain | Self::User | Self::Space | Self::App | Self::OwnerReason)
            || self.is_tenancy()
    }

    /// Whether only the rules of `tenants.toml` can tell it.
    pub fn is_tenancy(&self) -> bool {
        matches!(self, Self::Tenant | Self::TenantRule | Self::Pool)
    }

    fn entry(&self) -> &'static (Self, &'static str, &'static str, &'static str) {
        let found = WORDS.iter().find(|(dimension, ..)| dimension == self);
        found.unwrap_or(&WORDS[0])
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(_) | Self::CostCategory(_) | Self::Hour => f.write_str(&self.key()),
            plain => f.write_str(plain.entry().1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plain_dimension_is_found_by_its_word_and_its_key() {
        for (dimension, word, key, _) in WORDS {
            assert_eq!(Dimension::parse(word).as_ref(), Some(dimension));
            assert_eq!(Dimension::parse(key).as_ref(), Some(dimension));
            assert_eq!(dimension.to_string(), *word);
            assert_eq!(dimension.key(), *key);
        }
    }

    #[test]
    fn a_tag_keeps_its_key_as_typed() {
        let tag = Dimension::parse("tag:sagemaker:domain-arn");
        assert_eq!(tag, Some(Dimension::Tag("sagemaker:domain-arn".into())));
        assert_eq!(Dimension::parse("tag:"), None);
        assert_eq!(Dimension::parse("tag"), None);
    }
}
