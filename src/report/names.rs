//! Names: ARNs as people say them.
//!
//! In:    the values of one column.
//! Out:   a short name for each, distinct within the column.
//! Never: lets two different values look the same, or a user look like a row of ours.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::dimension::Dimension;

/// Words that rows of ours carry; a name from the data that equals one is quoted.
const RESERVED: [&str; 5] = ["unattributed", "other services", "total", "—", "-"];
/// How other words of ours begin; the quote itself is here so that quoting stays one to one.
const RESERVED_STARTS: [&str; 5] =
    ["rest (", "total ", "unattributed, rest (", "other services, rest (", "\""];
/// How other words of ours end.
const RESERVED_ENDS: [&str; 2] = ["(unattributed)", "(other services)"];

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
) -> BTreeMap<Named<'a>, String> {
    let values: BTreeSet<Named<'a>> = values.collect();
    let mut open: Vec<(Named<'a>, Vec<String>)> =
        values.into_iter().map(|named| (named, candidates(dimension, named.1))).collect();
    loop {
        let mut users: BTreeMap<Named<'_>, usize> = BTreeMap::new();
        for ((domain, _), names) in &open {
            *users.entry((*domain, first(names))).or_default() += 1;
        }
        let clash: Vec<bool> = open
            .iter()
            .map(|((domain, _), names)| names.len() > 1 && users[&(*domain, first(names))] > 1)
            .collect();
        if !clash.contains(&true) {
            break;
        }
        for ((_, names), clashes) in open.iter_mut().zip(clash) {
            if clashes {
                names.remove(0);
            }
        }
    }
    open.into_iter().map(|(named, names)| (named, quoted(first(&names)))).collect()
}

fn first(names: &[String]) -> &str {
    names.first().map_or("", String::as_str)
}

fn quoted(name: &str) -> String {
    let ours = RESERVED.contains(&name)
        || RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        || RESERVED_ENDS.iter().any(|end| name.ends_with(end));
    if ours || name.is_empty() { format!("\"{name}\"") } else { name.to_owned() }
}

/// The names of a value from the shortest to the value itself.
fn candidates(dimension: &Dimension, value: &str) -> Vec<String> {
    let whole = || vec![value.to_owned()];
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let &["arn", _, _, region, account, resource] = parts.as_slice() else {
        return whole();
    };
    let path: Vec<&str> = resource.split('/').collect();
    if path.iter().any(|segment| segment.is_empty()) {
        return whole();
    }
    // `domain/` and `user-profile/` say what the heading says; `endpoint/` of a resource does not.
    let telling = match dimension {
        Dimension::Domain | Dimension::User | Dimension::Space if path.len() > 1 => &path[1..],
        _ => &path[..],
    };
    let shortest = match dimension {
        Dimension::Domain | Dimension::User | Dimension::Space => 1,
        _ => telling.len(),
    };
    let mut names: Vec<String> =
        (shortest..=telling.len()).map(|n| telling[telling.len() - n..].join("/")).collect();
    let tail = telling.join("/");
    names.push(format!("{account}/{tail}"));
    names.push(format!("{region}/{account}/{tail}"));
    names.push(value.to_owned());
    names
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
