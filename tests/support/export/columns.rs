//! Columns: the words of a fixture's header, and the columns of an export that they stand for.
//!
//! In:    a word such as `user`, `sp_effective`, `tag:team`, `product[region]`.
//! Out:   [`Place`]: the column or the map key, and how its values are read.
//! Never: knows a value.

/// What a plain column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Amount,
    Instant,
}

/// Where a word's values go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A top-level column.
    Column(String, Kind),
    /// A key of a top-level map.
    Key(String, String),
    /// A cost-allocation tag; the export says which homes it has.
    Tag(String),
}

/// Word, column, kind. Every export has all of them unless it is told otherwise.
pub(super) const WORDS: &[(&str, &str, Kind)] = &[
    ("payer", "bill_payer_account_id", Kind::Text),
    ("month", "bill_billing_period_start_date", Kind::Instant),
    ("account", "line_item_usage_account_id", Kind::Text),
    ("type", "line_item_line_item_type", Kind::Text),
    ("day", "line_item_usage_start_date", Kind::Instant),
    ("product", "line_item_product_code", Kind::Text),
    ("usage_type", "line_item_usage_type", Kind::Text),
    ("operation", "line_item_operation", Kind::Text),
    ("resource", "line_item_resource_id", Kind::Text),
    ("description", "line_item_line_item_description", Kind::Text),
    ("currency", "line_item_currency_code", Kind::Text),
    ("amount", "line_item_usage_amount", Kind::Amount),
    ("cost", "line_item_unblended_cost", Kind::Amount),
    ("blended", "line_item_blended_cost", Kind::Amount),
    ("net", "line_item_net_unblended_cost", Kind::Amount),
    ("list", "pricing_public_on_demand_cost", Kind::Amount),
    ("unit", "pricing_unit", Kind::Text),
    ("region", "product_region", Kind::Text),
    ("instance_type", "product_instance_type", Kind::Text),
    ("ri", "reservation_reservation_a_r_n", Kind::Text),
    ("ri_effective", "reservation_effective_cost", Kind::Amount),
    ("ri_net_effective", "reservation_net_effective_cost", Kind::Amount),
    (
        "ri_unused_upfront",
        "reservation_unused_amortized_upfront_fee_for_billing_period",
        Kind::Amount,
    ),
    (
        "ri_net_unused_upfront",
        "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        Kind::Amount,
    ),
    ("ri_unused_recurring", "reservation_unused_recurring_fee", Kind::Amount),
    ("ri_net_unused_recurring", "reservation_net_unused_recurring_fee", Kind::Amount),
    ("sp_effective", "savings_plan_savings_plan_effective_cost", Kind::Amount),
    ("sp_net_effective", "savings_plan_net_savings_plan_effective_cost", Kind::Amount),
    ("sp_total", "savings_plan_total_commitment_to_date", Kind::Amount),
    ("sp_used", "savings_plan_used_commitment", Kind::Amount),
    ("sp_recurring", "savings_plan_recurring_commitment_for_billing_period", Kind::Amount),
    ("sp_net_recurring", "savings_plan_net_recurring_commitment_for_billing_period", Kind::Amount),
    ("sp_upfront", "savings_plan_amortized_upfront_commitment_for_billing_period", Kind::Amount),
    (
        "sp_net_upfront",
        "savings_plan_net_amortized_upfront_commitment_for_billing_period",
        Kind::Amount,
    ),
];

/// Word, tag key, and the kind of ARN that a short value such as `d-1/zoë` stands for.
pub(super) const SAGEMAKER_TAGS: &[(&str, &str, &str)] = &[
    ("domain", "sagemaker:domain-arn", "domain/"),
    ("user", "sagemaker:user-profile-arn", "user-profile/"),
    ("space", "sagemaker:space-arn", "space/"),
    ("shared_space", "sagemaker:shared-space-arn", "space/"),
    ("managed_by", "ManagedByAmazonSageMakerResource", "domain/"),
];

/// The column of a word of [`WORDS`], else the word itself.
pub(super) fn column_name(word: &str) -> &str {
    WORDS.iter().find(|(known, ..)| *known == word).map_or(word, |(_, column, _)| column)
}

/// Where a word's values go.
pub(super) fn place_of(word: &str) -> Place {
    if let Some((_, column, kind)) = WORDS.iter().find(|(known, ..)| *known == word) {
        return Place::Column((*column).to_owned(), *kind);
    }
    if let Some((_, key, _)) = SAGEMAKER_TAGS.iter().find(|(known, ..)| *known == word) {
        return Place::Tag((*key).to_owned());
    }
    if let Some(key) = word.strip_prefix("tag:") {
        return Place::Tag(key.to_owned());
    }
    if let Some((map, key)) = word.strip_suffix(']').and_then(|word| word.split_once('[')) {
        return Place::Key(map.to_owned(), key.to_owned());
    }
    assert!(word.contains('_'), "`{word}` is neither a word of the fixture language nor a column");
    Place::Column(word.to_owned(), Kind::Text)
}

/// The value of a word written short: an ARN in full, everything else as it is.
pub(super) fn in_full(word: &str, value: &str) -> String {
    let is_short = !value.is_empty() && !value.contains(':');
    let tag = SAGEMAKER_TAGS.iter().find(|(known, ..)| *known == word).map(|(.., kind)| *kind);
    match (tag, word) {
        (Some(kind), _) if is_short => format!("{}{kind}{value}", super::HEAD),
        (None, "resource") if is_short && value.contains('/') => format!("{}{value}", super::HEAD),
        _ => value.to_owned(),
    }
}
