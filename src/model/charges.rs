//! Charges: the frame that rooms pass on, and the names of its columns.
//!
//! In:    [`Frame`]s.
//! Out:   [`Charges`] (normalised), [`AttributedCharges`] (with an owner), [`AllocatedCharges`]
//!        (shared cost moved); the column names, once.
//! Never: changes a value.
//!
//! A frame holds one row per combination of the grain, amounts in pico-units for every metric
//! asked for (`unblended_cost` always) and `usage_hours` when asked for; it knows how many source
//! rows are behind each charge.

use std::collections::BTreeMap;

use crate::model::frame::Frame;
use crate::model::money::{Currency, Money};
use crate::model::trail::Trail;

/// Normalised charges at the grain of a question.
#[derive(Debug, Clone)]
pub struct Charges {
    /// One row per combination of the grain.
    pub frame: Frame,
    /// Which tags the resources of untagged lines carry on other lines; sorted, each once. A
    /// resource whose lines name several owners is there several times.
    pub tagged: Vec<TaggedResource>,
}

/// The SageMaker tags that some line of a resource carries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaggedResource {
    /// The resource id as delivered.
    pub resource_id: String,
    /// The tag `sagemaker:domain-arn`.
    pub domain_tag: Option<String>,
    /// The tag `sagemaker:user-profile-arn`.
    pub user_tag: Option<String>,
    /// The tag `sagemaker:space-arn`, else `sagemaker:shared-space-arn`.
    pub space_tag: Option<String>,
}

/// Charges with owner, reason and standing; with tenant and rule when the question asks for them.
#[derive(Debug, Clone)]
pub struct AttributedCharges(pub Frame);

/// Attributed charges with shared cost moved to tenants.
#[derive(Debug, Clone)]
pub struct AllocatedCharges {
    /// Charges that stayed, and one row per move and combination of the question's dimensions, of
    /// standing `shared` and without line items or hours: those stay with the origin.
    pub frame: Frame,
    /// Every move.
    pub trail: Trail,
    /// What left its place, by currency: the source rows of charges that were given away.
    pub given: BTreeMap<Currency, Given>,
}

/// Charges that were given away, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Given {
    /// Source rows behind charges of which nothing stayed.
    pub line_items: u64,
    /// What was given, which is what was received.
    pub cost: Money,
}

/// Names of columns that are not dimensions.
pub mod column {
    /// The tag `sagemaker:domain-arn`.
    pub const DOMAIN_TAG: &str = "domain_tag";
    /// The tag `sagemaker:user-profile-arn`.
    pub const USER_TAG: &str = "user_profile_tag";
    /// The tag `sagemaker:space-arn`, else `sagemaker:shared-space-arn`.
    pub const SPACE_TAG: &str = "space_tag";
    /// The tag `ManagedByAmazonSageMakerResource`.
    pub const MANAGED_BY_TAG: &str = "managed_by_tag";
    /// The resource of an untagged line, as far as it tells an owner: a Studio ARN cut to what
    /// tells owners apart, or the ARN of another resource that other lines may tell of.
    pub const OWNER_ARN: &str = "owner_arn";
    /// The component of the usage type, before the product is asked.
    pub const USAGE_COMPONENT: &str = "usage_component";
    /// Split cost rows carry their operation here, all others nothing.
    pub const SPLIT_COST: &str = "split_cost";
    /// A line item type that AWS does not document; nothing for documented ones.
    pub const UNKNOWN_TYPE: &str = "unknown_line_item_type";
    /// Usage whose pricing unit is an hour.
    pub const USAGE_HOURS: &str = "usage_hours";
    /// Of questions in SQL: the cost in the metric of the run.
    pub const COST: &str = "cost";
    /// How many source rows are behind the charge.
    pub const LINE_ITEMS: &str = "line_items";
    /// `attributed`, `shared`, `unattributed` or `other_services`.
    pub const STANDING: &str = "standing";
    /// Currency of the costs.
    pub const CURRENCY: &str = "currency";
    /// The product code.
    pub const PRODUCT: &str = "product_code";
}
