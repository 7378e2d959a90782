//! Owner: the first piece of evidence that holds.
//!
//! In:    the tags and the ARN of one charge, and the names seen in all tags.
//! Out:   [`Owner`] with its [`Reason`].
//! Never: looks at a cost.

use crate::attribute::names_seen::NamesSeen;
use crate::model::arn::{SPACE_APP_TYPES, StudioArn, StudioKind};
use crate::model::reason::Reason;

/// What a charge says about its owner.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence<'a> {
    /// `sagemaker:domain-arn`
    pub(super) domain_tag: Option<&'a str>,
    /// `sagemaker:user-profile-arn`
    pub(super) user_tag: Option<&'a str>,
    /// `sagemaker:space-arn` or `sagemaker:shared-space-arn`
    pub(super) space_tag: Option<&'a str>,
    /// The ARN of the resource.
    pub(super) owner_arn: Option<&'a str>,
    /// Whom tags of the same resource name on other lines.
    pub(super) history: Option<&'a Owner>,
    /// `ManagedByAmazonSageMakerResource`
    pub(super) managed_by_tag: Option<&'a str>,
}

/// Who made a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// The domain.
    pub(super) domain_arn: Option<String>,
    /// The user profile.
    pub(super) user_profile_arn: Option<String>,
    /// The space.
    pub(super) space_arn: Option<String>,
    /// How we know.
    pub(super) reason: Reason,
}

/// The owner by the first evidence that holds.
pub(super) fn owner_of(evidence: &Evidence, seen: &NamesSeen) -> Owner {
    by_tag(evidence)
        .or_else(|| by_resource_arn(evidence, seen))
        .or_else(|| evidence.history.cloned())
        .or_else(|| by_file_system(evidence))
        .unwrap_or(Owner {
            domain_arn: None,
            user_profile_arn: None,
            space_arn: None,
            reason: Reason::None,
        })
}

/// The owner that the tags of a line name.
pub(super) fn by_tag(evidence: &Evidence) -> Option<Owner> {
    let Evidence { domain_tag, user_tag, space_tag, .. } = *evidence;
    domain_tag.or(user_tag).or(space_tag)?;
    // A user or a space lives in one domain, so its ARN tells the domain when no tag does.
    let domain_of = |tag: Option<&str>| StudioArn::parse(tag?).map(|arn| arn.domain_arn());
    let implied = || domain_of(user_tag).or_else(|| domain_of(space_tag));
    Some(Owner {
        domain_arn: domain_tag.map(ToOwned::to_owned).or_else(implied),
        user_profile_arn: user_tag.map(ToOwned::to_owned),
        space_arn: space_tag.map(ToOwned::to_owned),
        reason: Reason::Tag,
    })
}

/// A private space belongs to somebody: the user is filled in, the space stays.
///
/// Only where the space came from a tag is that the reason; else the reason is how the space was
/// found.
pub(super) fn of_space(owner: Owner, user_profile_arn: String) -> Owner {
    let reason = match owner.reason {
        Reason::Tag => Reason::SpaceOwner,
        other => other,
    };
    Owner { user_profile_arn: Some(user_profile_arn), reason, ..owner }
}

fn by_resource_arn(evidence: &Evidence, seen: &NamesSeen) -> Option<Owner> {
    let arn = StudioArn::parse(evidence.owner_arn?)?;
    let (user, space) = match arn.kind {
        StudioKind::Domain => (None, None),
        StudioKind::App if runs_in_space(&arn, seen) => (None, Some(seen.space(&arn))),
        StudioKind::UserProfile | StudioKind::App => (Some(seen.user(&arn)), None),
        StudioKind::Space => (None, Some(seen.space(&arn))),
    };
    Some(Owner {
        domain_arn: Some(seen.domain(&arn)),
        user_profile_arn: user,
        space_arn: space,
        reason: Reason::ResourceArn,
    })
}

/// The second segment of an app's ARN is a user profile or a space; tags of other lines tell,
/// and where they do not, the app type does.
fn runs_in_space(arn: &StudioArn, seen: &NamesSeen) -> bool {
    match (seen.has_user(arn), seen.has_space(arn)) {
        (false, true) => true,
        (true, false) => false,
        _ => SPACE_APP_TYPES.iter().any(|kind| arn.app_type.eq_ignore_ascii_case(kind)),
    }
}

fn by_file_system(evidence: &Evidence) -> Option<Owner> {
    let domain = StudioArn::parse(evidence.managed_by_tag?)?;
    Some(Owner {
        domain_arn: Some(domain.domain_arn()),
        user_profile_arn: None,
        space_arn: None,
        reason: Reason::Efs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "arn:aws:sagemaker:us-east-1:111122223333";

    fn arn(resource: &str) -> String {
        format!("{HEAD}:{resource}")
    }

    /// `reason domain user space` with short names, `-` for nothing.
    fn check(evidence: &Evidence, tagged: &[&str], expected: &str) {
        let tagged: Vec<String> = tagged.iter().map(|resource| arn(resource)).collect();
        let of = |kind: &str| {
            let kind = format!(":{kind}/");
            tagged.iter().map(String::as_str).filter(move |text| text.contains(&kind)).map(Some)
        };
        let users: Vec<_> = of("user-profile").collect();
        let spaces: Vec<_> = of("space").collect();
        let domains: Vec<_> = of("domain").collect();
        let seen = NamesSeen::collect(&domains, &users, &spaces);
        let owner = owner_of(evidence, &seen);
        let short = |arn: &Option<String>| {
            arn.as_deref().map_or("-".into(), |arn| arn.replace(&format!("{HEAD}:"), ""))
        };
        let found = format!(
            "{} {} {} {}",
            owner.reason.name(),
            short(&owner.domain_arn),
            short(&owner.user_profile_arn),
            short(&owner.space_arn)
        );
        assert_eq!(found, expected);
    }

    #[test]
    fn a_tag_beats_every_other_evidence() {
        let (user, app) = (arn("user-profile/d-1/zoë"), arn("app/d-2/bob/kernelgateway"));
        let evidence = Evidence {
            user_tag: Some(&user),
            owner_arn: Some(&app),
            managed_by_tag: Some("arn:x"),
            ..Evidence::default()
        };
        check(&evidence, &[], "tag domain/d-1 user-profile/d-1/zoë -");
    }

    #[test]
    fn a_space_tag_alone_tells_the_domain_but_no_user() {
        let space = arn("space/d-1/team");
        let evidence = Evidence { space_tag: Some(&space), ..Evidence::default() };
        check(&evidence, &[], "tag domain/d-1 - space/d-1/team");
    }

    #[test]
    fn an_untagged_app_is_resolved_by_names_seen_in_tags() {
        let app = arn("app/d-1/alpha/kernelgateway");
        let evidence = Evidence { owner_arn: Some(&app), ..Evidence::default() };
        check(&evidence, &["space/d-1/Alpha"], "resource-arn domain/d-1 - space/d-1/Alpha");
        check(
            &evidence,
            &["user-profile/d-1/ALPHA"],
            "resource-arn domain/d-1 user-profile/d-1/ALPHA -",
        );
        check(&evidence, &["space/d-2/alpha"], "resource-arn domain/d-1 user-profile/d-1/alpha -");
    }

    #[test]
    fn without_names_the_app_type_tells_space_from_user() {
        for (app_type, expected) in [
            ("jupyterlab", "resource-arn domain/d-1 - space/d-1/alpha"),
            ("codeeditor", "resource-arn domain/d-1 - space/d-1/alpha"),
            ("kernelgateway", "resource-arn domain/d-1 user-profile/d-1/alpha -"),
            ("jupyterserver", "resource-arn domain/d-1 user-profile/d-1/alpha -"),
        ] {
            let app = arn(&format!("app/d-1/alpha/{app_type}"));
            check(&Evidence { owner_arn: Some(&app), ..Evidence::default() }, &[], expected);
        }
    }

    #[test]
    fn a_home_volume_belongs_to_its_domain_and_to_no_user() {
        let domain = arn("domain/d-1");
        let evidence = Evidence { managed_by_tag: Some(&domain), ..Evidence::default() };
        check(&evidence, &[], "efs domain/d-1 - -");
    }

    #[test]
    fn no_evidence_is_no_owner() {
        check(&Evidence::default(), &[], "none - - -");
    }
}
