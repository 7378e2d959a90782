//! Tag keys: one tag, many spellings.
//!
//! In:    a key as the user types it, and keys as exports spell them.
//! Out:   [`TagKey`], and the [`Rank`] of a spelling when several are present.
//! Never: looks at a tag's value.
//!
//! Sources: CUR user guide on Athena column names and on the `tags` column; read 2026-11.

use std::collections::BTreeSet;

use crate::model::line_items::TagHome;

/// A cost-allocation tag that is wanted, by the key that its owner gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagKey {
    /// As typed: `sagemaker:domain-arn`, `Team`, `accountTag/owner`.
    pub key: String,
    scheme: Scheme,
    folded: String,
}

/// How near a spelling is to the wanted key; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The key itself, or what AWS's naming rule makes of it.
    Exact,
    /// Another spelling with the `user` prefix.
    User,
    /// Another spelling without a prefix.
    Raw,
    /// A spelling with the `aws` prefix.
    Aws,
}

/// Where a key of the `tags` map comes from; keys of two schemes never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scheme {
    Resource,
    UserAttribute,
    AccountTag,
    CostCategory,
    IamPrincipal,
}

/// Prefixes of the scheme, longest first where one begins another.
const SCHEMES: &[(&str, Scheme)] = &[
    ("resourceTags/", Scheme::Resource),
    ("resource_tags_", Scheme::Resource),
    ("resource_tags.", Scheme::Resource),
    ("userAttribute/", Scheme::UserAttribute),
    ("accountTag/", Scheme::AccountTag),
    ("costCategory/", Scheme::CostCategory),
    ("iamPrincipal/", Scheme::IamPrincipal),
];

/// Prefixes that say who made the tag.
const MAKERS: &[(&str, Rank)] =
    &[("user_", Rank::User), ("user:", Rank::User), ("aws_", Rank::Aws), ("aws:", Rank::Aws)];

/// Tags that AWS itself puts on SageMaker resources.
pub mod sagemaker {
    /// The domain of an app, a job or a file.
    pub const DOMAIN: &str = "sagemaker:domain-arn";
    /// The user profile.
    pub const USER_PROFILE: &str = "sagemaker:user-profile-arn";
    /// The space.
    pub const SPACE: &str = "sagemaker:space-arn";
    /// The space as Glue sessions spell it.
    pub const SHARED_SPACE: &str = "sagemaker:shared-space-arn";
    /// The domain of an EFS volume.
    pub const MANAGED_BY: &str = "ManagedByAmazonSageMakerResource";
}

impl TagKey {
    /// The tag of a key as typed; a scheme prefix (`accountTag/`) is understood.
    pub fn new(key: &str) -> Self {
        let (scheme, rest) = split_scheme(key);
        let (_, name) = split_maker(rest);
        Self { key: key.to_owned(), scheme, folded: fold(name) }
    }

    /// How well a spelling of an export fits: a column `resource_tags_…`, or a map key. `None`
    /// when it is another tag.
    pub fn rank_of(&self, spelling: &str) -> Option<Rank> {
        let (scheme, rest) = split_scheme(spelling);
        let (maker, name) = split_maker(rest);
        if scheme != self.scheme || fold(name) != self.folded {
            return None;
        }
        let (_, wanted) = split_scheme(&self.key);
        let (_, wanted_name) = split_maker(wanted);
        let is_exact = rest == wanted
            || (maker != Some(Rank::Aws) && name == wanted_name)
            || (maker == Some(Rank::User) && name == aws_column_name(wanted_name));
        Some(if is_exact { Rank::Exact } else { maker.unwrap_or(Rank::Raw) })
    }

    /// The keys under which AWS writes the tag into a map of a home, best first.
    ///
    /// They are for engines that look a key up; `rank_of` also knows spellings by other hands.
    pub fn spellings(&self, home: TagHome) -> Vec<String> {
        let (_, rest) = split_scheme(&self.key);
        let (maker, name) = split_maker(rest);
        let column = aws_column_name(name);
        let is_aws = maker == Some(Rank::Aws);
        let written = match home {
            TagHome::Tags => {
                let scheme = SCHEMES.iter().find(|(_, scheme)| *scheme == self.scheme);
                let scheme = scheme.map_or("", |(prefix, _)| *prefix);
                ["", "user:", "aws:"].map(|maker| format!("{scheme}{maker}{name}")).to_vec()
            }
            TagHome::ResourceTags | TagHome::CostCategory => {
                let columns = ["user_", "", "aws_"].map(|maker| format!("{maker}{column}"));
                let names = ["", "user:", "aws:"].map(|maker| format!("{maker}{name}"));
                columns.into_iter().chain(names).collect()
            }
        };
        let ranked = written.into_iter().filter_map(|key| Some((self.rank_of(&key)?, key)));
        let mut ranked: Vec<(Rank, String)> = ranked.collect();
        ranked.sort_by_key(|(rank, key)| (*rank, is_aws != key.contains("aws")));
        let mut keys: Vec<String> = ranked.into_iter().map(|(_, key)| key).collect();
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        keys
    }

    /// The column that a legacy export has for the tag in a home.
    pub fn column(&self, home: TagHome) -> String {
        let (_, rest) = split_scheme(&self.key);
        let (maker, name) = split_maker(rest);
        let maker = match (home, maker) {
            (TagHome::CostCategory, _) => "",
            (_, Some(Rank::Aws)) => "aws_",
            _ => "user_",
        };
        format!("{}{maker}{}", home.prefix(), aws_column_name(name))
    }
}

fn split_scheme(key: &str) -> (Scheme, &str) {
    let found = SCHEMES.iter().find_map(|(prefix, scheme)| {
        key.get(..prefix.len())
            .filter(|head| head.eq_ignore_ascii_case(prefix))
            .map(|_| (*scheme, &key[prefix.len()..]))
    });
    found.unwrap_or((Scheme::Resource, key))
}

fn split_maker(key: &str) -> (Option<Rank>, &str) {
    let found = MAKERS
        .iter()
        .find_map(|(prefix, rank)| key.strip_prefix(prefix).map(|rest| (Some(*rank), rest)));
    found.unwrap_or((None, key))
}

/// Letters and digits only, lower case: what the spellings of one tag have in common.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// AWS's rule for Parquet column names and `resource_tags` keys: `_` before capitals, lower case,
/// everything but letters and digits becomes `_`, no doubled or outer `_`.
pub fn aws_column_name(raw: &str) -> String {
    let mut name = String::with_capacity(raw.len() + 8);
    for c in raw.chars() {
        if c.is_uppercase() {
            name.push('_');
            name.extend(c.to_lowercase());
        } else if c.is_alphanumeric() {
            name.push(c);
        } else {
            name.push('_');
        }
    }
    let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_naming_rule_gives_the_names_of_real_exports() {
        for (raw, column) in [
            ("lineItem/UnblendedCost", "line_item_unblended_cost"),
            ("reservation/ReservationARN", "reservation_reservation_a_r_n"),
            ("product/intelAvx2Available", "product_intel_avx2_available"),
            ("resourceTags/aws:createdBy", "resource_tags_aws_created_by"),
            ("resourceTags/user:Cost Center", "resource_tags_user_cost_center"),
            ("resourceTags/user:STAGE", "resource_tags_user_s_t_a_g_e"),
            (
                "resourceTags/user:ManagedByAmazonSageMakerResource",
                "resource_tags_user_managed_by_amazon_sage_maker_resource",
            ),
        ] {
            assert_eq!(aws_column_name(raw), column);
        }
    }

    #[test]
    fn one_tag_is_found_under_all_its_spellings() {
        let domain = TagKey::new(sagemaker::DOMAIN);
        for (spelling, rank) in [
            ("resource_tags_user_sagemaker_domain_arn", Some(Rank::Exact)),
            ("user_sagemaker_domain_arn", Some(Rank::Exact)),
            ("resourceTags/sagemaker:domain-arn", Some(Rank::Exact)),
            ("resourceTags/user:sagemaker:domain-arn", Some(Rank::Exact)),
            ("sagemaker:domain-arn", Some(Rank::Exact)),
            ("user_sagemakerDomainArn", Some(Rank::User)),
            ("sagemakerDomainArn", Some(Rank::Raw)),
            ("resource_tags_aws_sagemaker_domain_arn", Some(Rank::Aws)),
            ("accountTag/sagemaker:domain-arn", None),
            ("user_sagemaker_user_profile_arn", None),
        ] {
            assert_eq!(domain.rank_of(spelling), rank, "{spelling}");
        }
    }

    #[test]
    fn a_short_word_finds_the_tag_of_the_portal() {
        let cost_center = TagKey::new("CostCenter");
        assert_eq!(cost_center.rank_of("user_cost_center"), Some(Rank::Exact));
        assert_eq!(cost_center.rank_of("resourceTags/user:CostCenter"), Some(Rank::Exact));
        let typed_as_column = TagKey::new("cost_center");
        assert_eq!(typed_as_column.rank_of("resource_tags_user_cost_center"), Some(Rank::Exact));
    }

    #[test]
    fn account_tags_are_reached_by_their_scheme_only() {
        let owner = TagKey::new("accountTag/owner");
        assert_eq!(owner.rank_of("accountTag/owner"), Some(Rank::Exact));
        assert_eq!(owner.rank_of("resourceTags/owner"), None);
    }
}
