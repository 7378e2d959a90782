//! Names seen: the users, spaces and domains that tags of the whole export name.
//!
//! In:    the identity tags of all charges.
//! Out:   [`NamesSeen`]: what an untagged ARN most likely means, spelled as the tags spell it.
//! Never: depends on the order of charges.

use rustc_hash::FxHashMap;

use crate::model::arn::{StudioArn, StudioKind};

/// Domain and name, letter case folded, because resource ids and tags differ in it; a slash, which
/// neither has, stands between them.
type Folded = String;

/// Names by kind; of two spellings the smaller one is kept, whatever came first.
#[derive(Debug, Default)]
pub(super) struct NamesSeen {
    domains: FxHashMap<Folded, String>,
    users: FxHashMap<Folded, String>,
    spaces: FxHashMap<Folded, String>,
}

impl NamesSeen {
    /// Collects the names in the values of three tags.
    pub(super) fn collect(
        domains: &[Option<&str>],
        users: &[Option<&str>],
        spaces: &[Option<&str>],
    ) -> Self {
        let (users, spaces) = rayon::join(
            || by_name(users, StudioKind::UserProfile),
            || by_name(spaces, StudioKind::Space),
        );
        Self { domains: by_name(domains, StudioKind::Domain), users, spaces }
    }

    /// Whether a tag names a user profile of this name in this domain.
    pub(super) fn has_user(&self, arn: &StudioArn) -> bool {
        self.users.contains_key(&folded(arn))
    }

    /// Whether a tag names a space of this name in this domain.
    pub(super) fn has_space(&self, arn: &StudioArn) -> bool {
        self.spaces.contains_key(&folded(arn))
    }

    /// The user profile's ARN as tags spell it, else as the resource id does.
    pub(super) fn user(&self, arn: &StudioArn) -> String {
        self.users.get(&folded(arn)).cloned().unwrap_or_else(|| arn.user_profile_arn())
    }

    /// The space's ARN as tags spell it, else as the resource id does.
    pub(super) fn space(&self, arn: &StudioArn) -> String {
        self.spaces.get(&folded(arn)).cloned().unwrap_or_else(|| arn.space_arn())
    }

    /// The domain's ARN as tags spell it, else as the resource id does.
    pub(super) fn domain(&self, arn: &StudioArn) -> String {
        let key = fold(arn.domain, "");
        self.domains.get(&key).cloned().unwrap_or_else(|| arn.domain_arn())
    }
}

fn by_name(arns: &[Option<&str>], kind: StudioKind) -> FxHashMap<Folded, String> {
    let mut names = FxHashMap::<Folded, String>::default();
    for text in arns.iter().copied().flatten() {
        let Some(arn) = StudioArn::parse(text).filter(|arn| arn.kind == kind) else { continue };
        let spelling = names.entry(folded(&arn)).or_insert_with(|| text.to_owned());
        if text < spelling.as_str() {
            text.clone_into(spelling);
        }
    }
    names
}

fn folded(arn: &StudioArn) -> Folded {
    fold(arn.domain, arn.name)
}

fn fold(domain: &str, name: &str) -> Folded {
    let mut key = String::with_capacity(domain.len() + name.len() + 1);
    key.push_str(domain);
    key.push('/');
    key.push_str(name);
    // Most names are ASCII, for which folding is cheap.
    if key.is_ascii() {
        key.make_ascii_lowercase();
        return key;
    }
    key.to_lowercase()
}
