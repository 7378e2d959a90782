//! Charges: the frame that rooms pass on, and the names of its columns.
//!
//! In:    Polars frames.
//! Out:   [`Charges`] (normalised), [`AttributedCharges`] (with an owner); the column names, once.
//! Never: changes a value.
//!
//! A frame holds one row per combination of the grain, one `Decimal(38, 12)` column per metric
//! asked for (`unblended_cost` always), `usage_hours` when asked for, and `line_items`, the number
//! of source rows behind it. Text that is nothing is NULL.

use polars::prelude::DataFrame;

/// Normalised charges at the grain of a question.
#[derive(Debug, Clone)]
pub struct Charges(pub DataFrame);

/// Charges with owner, reason and standing.
#[derive(Debug, Clone)]
pub struct AttributedCharges(pub DataFrame);

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
    /// The Studio ARN of an untagged line, cut to what tells owners apart.
    pub const OWNER_ARN: &str = "owner_arn";
    /// The component of the usage type, before the product is asked.
    pub const USAGE_COMPONENT: &str = "usage_component";
    /// Split cost rows carry their operation here, all others nothing.
    pub const SPLIT_COST: &str = "split_cost";
    /// A line item type that AWS does not document; nothing for documented ones.
    pub const UNKNOWN_TYPE: &str = "unknown_line_item_type";
    /// Usage whose pricing unit is an hour.
    pub const USAGE_HOURS: &str = "usage_hours";
    /// How many source rows are behind the charge.
    pub const LINE_ITEMS: &str = "line_items";
    /// `attributed`, `unattributed` or `other_services`.
    pub const STANDING: &str = "standing";
    /// Currency of the costs.
    pub const CURRENCY: &str = "currency";
    /// The product code.
    pub const PRODUCT: &str = "product_code";
}
