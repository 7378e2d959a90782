//! Columns: where the value of a column comes from.
//!
//! In:    the rows and profiles of a chunk.
//! Out:   [`Source`], the vocabulary of the two column tables, and the functions they share.
//! Never: builds an array.

use std::borrow::Cow;

use crate::sample::amount::{ONE, Units, after_discount, rate_text};
use crate::sample::chunk::Row;
use crate::sample::profile::{Commitment, Detail, LineType, Profile, Tag};

/// Key and value pairs of one map cell.
pub(super) type Entries<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Where a column's values come from. "Nothing" is NULL in CUR 2.0; in the legacy report, whose
/// columns are all REQUIRED, it is `''` or `0.0`.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Text nobody fills here.
    NoText,
    /// A number nobody fills here: NULL where the schema allows it.
    NoNumber,
    /// The same text on every row.
    Always(&'static str),
    /// Text of the profile; empty is nothing.
    Text(fn(&Profile) -> Cow<'_, str>),
    /// Text of the profile; empty stays empty even where NULL is allowed, as AWS does.
    EmptyText(fn(&Profile) -> Cow<'_, str>),
    /// The value of a tag.
    Tag(Tag),
    /// The interval text of the row.
    Interval,
    /// A number of the row; `None` is nothing.
    Number(fn(&Row) -> Option<Units>),
    /// A number of the profile.
    ProfileNumber(fn(&Profile) -> Units),
    /// First instant of the month, and of the next.
    MonthStart,
    MonthEnd,
    /// First instant of the line, and the end as AWS writes it.
    LineStart,
    LineEnd,
    /// A map of texts of the profile.
    Map(fn(&Profile) -> Entries<'_>),
    /// The map of doubles: the discount of the row by its name.
    DiscountMap,
}

/// One column: its name and where its values come from.
pub(super) type Column = (&'static str, Source);

/// The name of the private discount in the map of discounts.
pub(super) const DISCOUNT_NAME: &str = "edp_discount";

/// The private discount of a row as a signed amount: negative where something was taken off.
pub(super) fn discount(row: &Row) -> Option<Units> {
    let net = row.written.net?;
    (row.written.unblended > 0 && net > 0).then(|| net - row.written.unblended)
}

/// Text that lives as long as the program or the profile.
pub(super) fn lent(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Whether the line meters something, so that price list columns apply.
pub(super) fn is_metered(profile: &Profile) -> bool {
    profile.sku.rate.is_some()
}

/// A text that only metered lines have.
pub(super) fn metered<'a>(profile: &Profile, text: &'a str) -> Cow<'a, str> {
    lent(if is_metered(profile) { text } else { "" })
}

/// `Reserved` or `OnDemand`.
pub(super) fn term(profile: &Profile) -> Cow<'_, str> {
    lent(match profile.line_type {
        LineType::DiscountedUsage | LineType::RIFee => "Reserved",
        _ if is_metered(profile) => "OnDemand",
        _ => "",
    })
}

/// The unit of the usage; fees of commitments are counted in hours.
pub(super) fn unit(profile: &Profile) -> Cow<'_, str> {
    lent(match profile.line_type {
        LineType::RIFee | LineType::SavingsPlanRecurringFee => "Hrs",
        _ => profile.sku.unit,
    })
}

/// The rate that was charged: nothing for reserved usage, which its fee paid.
pub(super) fn unblended_rate(profile: &Profile) -> Cow<'_, str> {
    Cow::Owned(match profile.line_type {
        LineType::DiscountedUsage => rate_text(0),
        _ => profile.sku.rate_text(),
    })
}

/// The same after the private discount.
pub(super) fn net_rate(profile: &Profile) -> Cow<'_, str> {
    Cow::Owned(match (profile.line_type, profile.sku.rate) {
        (LineType::DiscountedUsage, _) => rate_text(0),
        (_, Some(rate)) => rate_text(after_discount(rate)),
        (_, None) => String::new(),
    })
}

/// The public rate.
pub(super) fn public_rate(profile: &Profile) -> Cow<'_, str> {
    Cow::Owned(profile.sku.rate_text())
}

/// A zone where there is an instance.
pub(super) fn zone(profile: &Profile) -> Cow<'_, str> {
    match profile.sku.region {
        Some(region) if !profile.sku.instance.is_empty() => Cow::Owned(format!("{}a", region.code)),
        _ => lent(""),
    }
}

/// The region's name for people.
pub(super) fn location(profile: &Profile) -> Cow<'_, str> {
    lent(profile.sku.region.map_or("", |region| region.location))
}

/// The family of the price entry.
pub(super) fn family(profile: &Profile) -> Cow<'_, str> {
    let sku = &profile.sku;
    metered(
        profile,
        match (sku.instance.is_empty(), sku.unit) {
            (false, _) if sku.instance.starts_with("ml.") => "ML Instance",
            (false, _) => "Compute Instance",
            (true, "GB-Mo") => "Storage",
            (true, _) => "Usage",
        },
    )
}

/// The family letters of an instance type: `m5` of `ml.m5.xlarge`.
pub(super) fn instance_family(profile: &Profile) -> Cow<'_, str> {
    let mut parts = profile.sku.instance.split('.');
    let first = parts.next().unwrap_or_default();
    lent(if matches!(first, "ml" | "db") { parts.next().unwrap_or_default() } else { first })
}

/// The legal name of who sells.
pub(super) const SELLER: &str = "Amazon Web Services, Inc.";

/// A text of the Savings Plan.
pub(super) fn of_plan(profile: &Profile, text: fn(&Commitment) -> &str) -> Cow<'_, str> {
    lent(profile.commitment.as_deref().filter(|paid| paid.is_plan).map_or("", text))
}

/// A text of the reservation.
pub(super) fn of_reservation(profile: &Profile, text: fn(&Commitment) -> &str) -> Cow<'_, str> {
    lent(profile.commitment.as_deref().filter(|paid| !paid.is_plan).map_or("", text))
}

/// A count of the reservation on its fee row, times `factor`.
pub(super) fn reserved(profile: &Profile, factor: u64) -> Cow<'_, str> {
    match &profile.commitment {
        Some(paid) if !paid.is_plan && profile.line_type == LineType::RIFee => {
            Cow::Owned((paid.count * factor).to_string())
        }
        _ => lent(""),
    }
}

/// The plan's rate on covered lines.
pub(super) fn plan_rate(profile: &Profile) -> Units {
    profile.commitment.as_ref().and_then(|paid| paid.plan_rate).unwrap_or(0)
}

/// Normalised size: 4 for reserved usage, nothing for the rest.
pub(super) fn normal_factor(profile: &Profile) -> Units {
    if profile.line_type == LineType::DiscountedUsage { 4 * ONE } else { 0 }
}

/// Usage times size.
pub(super) fn normal_usage(row: &Row) -> Units {
    let reserved = matches!(row.detail, Detail::Reserved { .. });
    if reserved { row.usage * 4 } else { 0 }
}

/// The plan's cost of covered usage.
pub(super) fn plan_effective(row: &Row) -> Units {
    if let Detail::Covered { effective } = row.detail { effective } else { 0 }
}

/// Recurring fee, upfront share and used part of the plan on its fee rows.
pub(super) fn plan_fee(row: &Row) -> (Units, Units, Units) {
    match row.detail {
        Detail::Recurring { recurring, upfront, used } => (recurring, upfront, used),
        _ => (0, 0, 0),
    }
}

/// Upfront and recurring share of reserved usage.
pub(super) fn shares(row: &Row) -> (Units, Units) {
    match row.detail {
        Detail::Reserved { upfront, recurring } => (upfront, recurring),
        _ => (0, 0),
    }
}

/// Upfront share of the month, unused upfront, unused recurring, unused hours, on fee rows.
pub(super) fn fee(row: &Row) -> (Units, Units, Units, Units) {
    match row.detail {
        Detail::ReservationFee { upfront, unused_upfront, unused_recurring, unused_hours } => {
            (upfront, unused_upfront, unused_recurring, unused_hours)
        }
        _ => (0, 0, 0, 0),
    }
}

/// `resource_tags`: keys after the naming rule.
pub(super) fn resource_tags(profile: &Profile) -> Entries<'_> {
    profile.tags.iter().map(|(tag, value)| (lent(tag.keys().1), lent(value))).collect()
}

/// `tags`: raw keys behind the prefix of their scheme.
pub(super) fn all_tags(profile: &Profile) -> Entries<'_> {
    let raw = |tag: &Tag| Cow::Owned(format!("resourceTags/{}", tag.keys().0));
    let mut entries: Entries<'_> =
        profile.tags.iter().map(|(tag, value)| (raw(tag), lent(value))).collect();
    if !profile.business_unit.is_empty() {
        entries.push((lent("costCategory/Business Unit"), lent(profile.business_unit)));
    }
    entries
}

/// `cost_category`.
pub(super) fn cost_category(profile: &Profile) -> Entries<'_> {
    if profile.business_unit.is_empty() {
        return Vec::new();
    }
    vec![(lent("business_unit"), lent(profile.business_unit))]
}

/// `product`: the price list's attributes without a column.
pub(super) fn product(profile: &Profile) -> Entries<'_> {
    let sku = &profile.sku;
    let mut entries = vec![(lent("product_name"), lent(sku.product.name))];
    if sku.region.is_some() {
        entries.push((lent("region"), lent(sku.region_code())));
    }
    if !sku.instance.is_empty() {
        entries.push((lent("instance_type_family"), instance_family(profile)));
    }
    entries
}
