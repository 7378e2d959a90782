//! Names: ARNs as people say them.
//!
//! In:    the values of one column.
//! Out:   a short name for each, distinct within the column.
//! Never: lets two different values look the same, or a user look like a row of ours.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::dimension::Dimension;
use crate::model::phrase::Phrase;

/// Words that rows of ours carry; a name from the data that equals one is quoted.
const RESERVED: [&str; 13] = [
    "unattributed",
    "unassigned",
    "other services",
    "total",
    "—",
    "-",
    "no user",
    "no space",
    "split cost",
    "own",
    "shared cost",
    "no service",
    "no line type",
];
/// How other words of ours begin; the quote itself is here so that quoting stays one to one.
const RESERVED_STARTS: [&str; 6] =
    ["rest (", "unchanged (", "total ", "unattributed, rest (", "other services, rest (", "\""];
/// How other words of ours end.
const RESERVED_ENDS: [&str; 3] = ["(unattributed)", "(unassigned)", "(other services)"];

/// A value of a column and the domain beside it, when the rows tell the domain.
pub(super) type Named<'a> = (Option<&'a str>, &'a str);

/// The short name of every value of a column.
///
/// A name that two values would share is lengthened, for all of them, by the next part of their
/// ARN, until they differ: `alice`, `d-abc/alice`, `111122223333/d-abc/alice`. Two users of two
/// domains may both be `alice` when the domain stands beside them.
pub(super) fn shorten<'a>(
    dimension: &Dimension,
    values: impl Iterator<Item = Named<'a>>,
) -> FxHashMap<Named<'a>, Phrase> {
    let values: FxHashSet<Named<'a>> = values.collect();
    let shortest = |named: Named<'a>| (named, 0, name(dimension, named.1, 0));
    let mut open: Vec<(Named<'a>, usize, String)> = values.into_iter().map(shortest).collect();
    loop {
        let mut owners: FxHashMap<Named<'_>, usize> = FxHashMap::default();
        for ((domain, _), _, name) in &open {
            *owners.entry((*domain, name)).or_default() += 1;
        }
        let clashes = |((domain, value), _, name): &(Named<'a>, usize, String)| {
            name != value && owners[&(*domain, name.as_str())] > 1
        };
        let clashing: Vec<usize> = (0..open.len()).filter(|at| clashes(&open[*at])).collect();
        if clashing.is_empty() {
            break;
        }
        for at in clashing {
            let ((_, value), level, short) = &mut open[at];
            *level += 1;
            *short = name(dimension, value, *level);
        }
    }
    open.into_iter().map(|(named, _, name)| (named, quoted(&name).into())).collect()
}

pub(super) fn quoted(name: &str) -> String {
    let ours = RESERVED.contains(&name)
        || RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        || RESERVED_ENDS.iter().any(|end| name.ends_with(end));
    if ours || name.is_empty() { format!("\"{name}\"") } else { name.to_owned() }
}

/// The name of a value at a level of length; beyond the last level it is the value itself.
fn name(dimension: &Dimension, value: &str, level: usize) -> String {
    let mut parts = value.splitn(6, ':');
    let mut part = || parts.next().unwrap_or("");
    let [scheme, _, _, region, account, resource] =
        [part(), part(), part(), part(), part(), part()];
    let path: Vec<&str> = resource.split('/').collect();
    if scheme != "arn" || path.iter().any(|segment| segment.is_empty()) {
        return value.to_owned();
    }
    // `domain/` and `user-profile/` say what the heading says; `endpoint/` of a resource does not.
    let of_people = matches!(
        dimension,
        Dimension::Domain | Dimension::User | Dimension::Space | Dimension::Tenant
    );
    let telling = if of_people && path.len() > 1 { &path[1..] } else { &path[..] };
    let shortest = if of_people { 1 } else { telling.len() };
    let length = shortest + level;
    if let Some(start) = telling.len().checked_sub(length) {
        return telling[start..].join("/");
    }
    let tail = telling.join("/");
    match length - telling.len() {
        1 => format!("{account}/{tail}"),
        2 => format!("{region}/{account}/{tail}"),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dimension: &Dimension, pairs: &[(&str, &str)]) {
        let short = shorten(dimension, pairs.iter().map(|(value, _)| (None, *value)));
        for (value, expected) in pairs {
            assert_eq!(short[&(None, *value)], *expected, "{value}");
        }
    }

    #[test]
    fn an_arn_is_shown_by_its_last_segment() {
        check(&Dimension::Domain, &[("arn:aws:sagemaker:eu-west-1:1:domain/d-abc", "d-abc")]);
        check(
            &Dimension::User,
            &[("arn:aws-cn:sagemaker:cn-north-1:1:user-profile/d-abc/alice", "alice")],
        );
        check(&Dimension::Space, &[("arn:aws:sagemaker:us-east-1:1:space/d-abc/лаб", "лаб")]);
        check(
            &Dimension::Resource,
            &[("arn:aws:sagemaker:us-east-1:1:endpoint/churn", "endpoint/churn")],
        );
    }

    #[test]
    fn names_that_would_clash_get_the_smallest_prefix_that_tells_them_apart() {
        check(
            &Dimension::User,
            &[
                ("arn:aws:sagemaker:us-east-1:1:user-profile/d-a/alice", "d-a/alice"),
                ("arn:aws:sagemaker:us-east-1:1:user-profile/d-b/alice", "d-b/alice"),
                ("arn:aws:sagemaker:us-east-1:1:user-profile/d-b/bob", "bob"),
                ("arn:aws:sagemaker:us-east-1:1:user-profile/d-b/eve", "1/d-b/eve"),
                ("arn:aws:sagemaker:us-east-1:2:user-profile/d-b/eve", "2/d-b/eve"),
            ],
        );
    }

    #[test]
    fn a_domain_beside_the_name_tells_two_users_apart() {
        let [a, b] = ["d-a", "d-b"]
            .map(|domain| format!("arn:aws:sagemaker:us-east-1:1:user-profile/{domain}/alice"));
        let named = [(Some("d-a"), a.as_str()), (Some("d-b"), b.as_str())];
        let short = shorten(&Dimension::User, named.into_iter());
        assert_eq!(short[&named[0]], "alice");
        assert_eq!(short[&named[1]], "alice");
    }

    #[test]
    fn a_plain_value_keeps_its_name_and_the_arn_gives_way() {
        check(
            &Dimension::User,
            &[
                ("alice", "alice"),
                ("arn:aws:sagemaker:us-east-1:1:user-profile/d-a/alice", "d-a/alice"),
                ("d-b/carol", "d-b/carol"),
            ],
        );
    }

    #[test]
    fn a_user_named_like_a_row_of_ours_is_quoted() {
        check(&Dimension::User, &[("unattributed", "\"unattributed\""), ("rest", "rest")]);
        check(&Dimension::User, &[("rest (3 rows)", "\"rest (3 rows)\""), ("", "\"\"")]);
    }

    #[test]
    fn odd_arns_stay_whole() {
        for odd in ["arn:aws:sagemaker:us-east-1:1:domain/", "arn:aws", "arn:a:b:c:d:x//y"] {
            check(&Dimension::Domain, &[(odd, odd)]);
        }
    }
}
