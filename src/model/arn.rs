//! SageMaker ARNs: the identity that a resource name carries.
//!
//! In:    ARNs of any partition, in any letter case, as tags and resource ids spell them.
//! Out:   [`StudioArn`], its parts and the ARNs that follow from it.
//! Never: guesses whether an app's owner is a user or a space; `attribute` does that by evidence.

use std::borrow::Cow;

use memchr::memchr;

/// What the resource part of a Studio ARN names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StudioKind {
    /// `domain/<domain>`
    Domain,
    /// `user-profile/<domain>/<name>`
    UserProfile,
    /// `space/<domain>/<name>`
    Space,
    /// `app/<domain>/<user or space>/<app type>/<app>`
    App,
}

/// Resource prefixes of ARNs that name a domain.
pub const KINDS: &[(&str, StudioKind)] = &[
    ("domain", StudioKind::Domain),
    ("user-profile", StudioKind::UserProfile),
    ("space", StudioKind::Space),
    ("app", StudioKind::App),
];

/// Services whose resources Studio's users make, and SageMaker tags with their owner.
pub const HISTORY_SERVICES: &[&str] =
    &["sagemaker", "glue", "elasticmapreduce", "emr-serverless", "elasticfilesystem"];

/// App types that always run in a space (lower case); the others run under a user profile.
pub const SPACE_APP_TYPES: &[&str] = &["jupyterlab", "codeeditor"];

/// A parsed Studio ARN; borrowed from the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioArn<'a> {
    text: &'a str,
    /// `arn:<partition>:sagemaker:<region>:<account>` as written.
    pub head: &'a str,
    /// What it names.
    pub kind: StudioKind,
    /// The domain id.
    pub domain: &'a str,
    /// The user profile or space; empty for a domain.
    pub name: &'a str,
    /// The app type; empty unless an app.
    pub app_type: &'a str,
    /// Whether the kind and the app type are in lower case already.
    is_lower: bool,
}

impl<'a> StudioArn<'a> {
    /// Reads an ARN of partition `aws`, `aws-cn`, `aws-us-gov` or any later one.
    ///
    /// `None` when it names no domain: jobs, endpoints, other services, any other text.
    pub fn parse(text: &'a str) -> Option<Self> {
        // Most resource ids are no ARNs at all, and a bill has millions of them.
        let mut rest = text;
        let scheme = cut(&mut rest, b':')?;
        if !scheme.eq_ignore_ascii_case("arn") {
            return None;
        }
        let (partition, service) = (cut(&mut rest, b':')?, cut(&mut rest, b':')?);
        if !service.eq_ignore_ascii_case("sagemaker") || !is_partition(partition) {
            return None;
        }
        let (_region, _account) = (cut(&mut rest, b':')?, cut(&mut rest, b':')?);
        let head = &text[..text.len() - rest.len() - 1];
        let prefix = segment(&mut rest);
        let (word, kind) = KINDS.iter().find(|(word, _)| prefix.eq_ignore_ascii_case(word))?;
        let [domain, name, app_type] = [(); 3].map(|()| segment(&mut rest));
        if domain.is_empty() {
            return None;
        }
        let is_whole = match kind {
            StudioKind::Domain => name.is_empty(),
            StudioKind::UserProfile | StudioKind::Space => !name.is_empty(),
            StudioKind::App => !name.is_empty() && !app_type.is_empty(),
        };
        let is_lower = prefix == *word && !app_type.bytes().any(|byte| byte.is_ascii_uppercase());
        is_whole.then_some(Self { text, head, kind: *kind, domain, name, app_type, is_lower })
    }

    /// The ARN of the domain that this resource lives in.
    pub fn domain_arn(&self) -> String {
        format!("{}:domain/{}", self.head, self.domain)
    }

    /// The ARN of the user profile of this name in the same domain.
    pub fn user_profile_arn(&self) -> String {
        format!("{}:user-profile/{}/{}", self.head, self.domain, self.name)
    }

    /// The ARN of the space of this name in the same domain.
    pub fn space_arn(&self) -> String {
        format!("{}:space/{}/{}", self.head, self.domain, self.name)
    }

    /// What tells owners apart, without the app's own name: the grain of the roll-up.
    pub fn owner_text(&self) -> Cow<'a, str> {
        let StudioKind::App = self.kind else {
            return match self.kind {
                StudioKind::UserProfile => self.user_profile_arn(),
                StudioKind::Space => self.space_arn(),
                StudioKind::Domain | StudioKind::App => self.domain_arn(),
            }
            .into();
        };
        let parts = [":app/", self.domain, "/", self.name, "/", self.app_type];
        if self.is_lower {
            // The beginning of the text itself, as CUR spells apps.
            let length = self.head.len() + parts.iter().map(|part| part.len()).sum::<usize>();
            return self.text[..length].into();
        }
        let [app, domain, slash, name, ..] = parts;
        let app_type = self.app_type.to_ascii_lowercase();
        [self.head, app, domain, slash, name, slash, &app_type].concat().into()
    }
}

/// The id of a file system, `fs-...`, out of its ARN; any other text is none.
pub fn file_system_of(arn: &str) -> Option<&str> {
    let mut rest = arn;
    let scheme = cut(&mut rest, b':')?;
    let (partition, service) = (cut(&mut rest, b':')?, cut(&mut rest, b':')?);
    let is_volume = scheme.eq_ignore_ascii_case("arn")
        && is_partition(partition)
        && service.eq_ignore_ascii_case("elasticfilesystem");
    let (_region, _account) = (cut(&mut rest, b':')?, cut(&mut rest, b':')?);
    rest.strip_prefix("file-system/").filter(|id| is_volume && id.starts_with("fs-"))
}

/// The text before the next one of a mark; what is left begins after it.
fn cut<'a>(rest: &mut &'a str, mark: u8) -> Option<&'a str> {
    let at = memchr(mark, rest.as_bytes())?;
    let (before, after) = rest.split_at(at);
    *rest = &after[1..];
    Some(before)
}

/// The text before the next slash, or all that is left.
fn segment<'a>(rest: &mut &'a str) -> &'a str {
    cut(rest, b'/').unwrap_or_else(|| std::mem::take(rest))
}

fn is_partition(text: &str) -> bool {
    let begins =
        |word: &str| text.get(..word.len()).is_some_and(|of| of.eq_ignore_ascii_case(word));
    text.eq_ignore_ascii_case("aws") || begins("aws-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "arn:aws:sagemaker:us-east-1:111122223333";

    #[test]
    fn arns_of_every_partition_name_their_domain() {
        for partition in ["aws", "aws-cn", "aws-us-gov", "AWS"] {
            let text = format!("arn:{partition}:sagemaker:r:1:space/d-abc/team");
            let arn = StudioArn::parse(&text).unwrap();
            assert_eq!((arn.kind, arn.domain, arn.name), (StudioKind::Space, "d-abc", "team"));
        }
    }

    #[test]
    fn an_app_carries_its_owner_and_its_type() {
        let text = format!("{HEAD}:app/d-abc/zoë/KernelGateway/instance-1");
        let arn = StudioArn::parse(&text).unwrap();
        assert_eq!((arn.name, arn.app_type), ("zoë", "KernelGateway"));
        assert_eq!(arn.user_profile_arn(), format!("{HEAD}:user-profile/d-abc/zoë"));
        assert_eq!(arn.owner_text(), format!("{HEAD}:app/d-abc/zoë/kernelgateway"));
        assert_eq!(arn.domain_arn(), format!("{HEAD}:domain/d-abc"));
    }

    #[test]
    fn a_file_system_is_the_end_of_its_arn_and_of_no_other() {
        for (arn, id) in [
            ("arn:aws:elasticfilesystem:us-east-1:1:file-system/fs-01", Some("fs-01")),
            ("arn:aws-cn:elasticfilesystem:cn-north-1:1:file-system/fs-01", Some("fs-01")),
            ("arn:aws:elasticfilesystem:us-east-1:1:access-point/fsap-01", None),
            ("arn:aws:elasticfilesystem:us-east-1:1:file-system/", None),
            ("arn:aws:s3:us-east-1:1:file-system/fs-01", None),
            ("fs-01", None),
            ("", None),
        ] {
            assert_eq!(file_system_of(arn), id, "{arn}");
        }
    }

    #[test]
    fn resources_without_a_domain_are_not_studio() {
        for resource in [
            "training-job/abc",
            "endpoint/abc",
            "domain/",
            "user-profile/d-abc",
            "app/d-abc/alice",
            "domain",
        ] {
            assert_eq!(StudioArn::parse(&format!("{HEAD}:{resource}")), None, "{resource}");
        }
        for text in ["", "i-0123", "arn:aws:s3:::bucket", "arn:aws:ec2:r:1:domain/d-abc"] {
            assert_eq!(StudioArn::parse(text), None, "{text}");
        }
    }
}
