//! Charges: the frame that rooms pass on, and the names of its columns.
//!
//! In:    Polars frames.
//! Out:   [`Charges`] (normalised), [`AttributedCharges`] (with an owner), [`AllocatedCharges`]
//!        (shared cost moved); the column names, once.
//! Never: changes a value.
//!
//! A frame holds one row per combination of the grain, one `Decimal(38, 12)` column per metric
//! asked for (`unblended_cost` always), `usage_hours` when asked for, and `line_items`, the number
//! of source rows behind it. Text that is nothing is NULL.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, Int128Chunked, IntoColumn as _, PolarsError};
use rustc_hash::FxHashMap;

use crate::model::condition::Coded;
use crate::model::money::{Currency, Money, PRECISION, SCALE};
use crate::model::trail::Trail;

/// Normalised charges at the grain of a question.
#[derive(Debug, Clone)]
pub struct Charges {
    /// One row per combination of the grain.
    pub frame: DataFrame,
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
pub struct AttributedCharges(pub DataFrame);

/// Attributed charges with shared cost moved to tenants.
#[derive(Debug, Clone)]
pub struct AllocatedCharges {
    /// Charges that stayed, and one row per move and combination of the question's dimensions, of
    /// standing `shared` and without line items or hours: those stay with the origin.
    pub frame: DataFrame,
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

/// A text column as numbers and the distinct values behind them.
///
/// # Errors
/// When the frame has no such text column.
pub fn coded<'a>(frame: &'a DataFrame, name: &str) -> Result<Coded<'a>, PolarsError> {
    let texts = frame.column(name)?.str()?;
    let mut known: FxHashMap<Option<&str>, u32> = FxHashMap::default();
    let mut coded = Coded::default();
    for text in texts.iter() {
        let next = u32::try_from(coded.values.len()).unwrap_or(u32::MAX);
        let code = *known.entry(text).or_insert_with(|| {
            coded.values.push(text);
            next
        });
        coded.codes.push(code);
    }
    Ok(coded)
}

/// The pico-units of a decimal column; NULL is nothing.
///
/// # Errors
/// When the column is not one of ours.
pub fn amounts(column: &Column) -> Result<Vec<i128>, PolarsError> {
    Ok(column.decimal()?.physical().iter().map(Option::unwrap_or_default).collect())
}

/// A decimal column of pico-units.
///
/// # Errors
/// When an amount has more than 38 digits.
pub fn amount_column(name: &str, amounts: Vec<i128>) -> Result<Column, PolarsError> {
    let amounts = Int128Chunked::from_vec(name.into(), amounts);
    Ok(amounts.into_decimal(PRECISION.into(), SCALE as usize)?.into_column())
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
    /// How many source rows are behind the charge.
    pub const LINE_ITEMS: &str = "line_items";
    /// `attributed`, `shared`, `unattributed` or `other_services`.
    pub const STANDING: &str = "standing";
    /// Currency of the costs.
    pub const CURRENCY: &str = "currency";
    /// The product code.
    pub const PRODUCT: &str = "product_code";
}
