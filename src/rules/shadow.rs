//! Shadow: rules that can never be the first that holds.
//!
//! In:    the rules of a [`Tenancy`], in order.
//! Out:   a [`Finding`] per rule that an earlier one surely covers.
//! Never: guesses: what is not plainly more general is not told.

use rustc_hash::FxHashMap;

use crate::diagnostic::Finding;
use crate::model::condition::{Atom, Condition};
use crate::model::glob::Glob;
use crate::model::period::Days;
use crate::model::tenancy::{Rule, Tenancy};
use crate::rules::doubts::place;

/// Pairs are compared in files of so many rules; in longer ones only equal conditions are found,
/// because time must not grow with the square.
const MOST_PAIRED: usize = 1000;

/// Earlier rules of one condition, on different days, that a rule is compared with.
const MOST_EQUAL: usize = 16;

/// Rules that an earlier rule covers on all of their days.
pub(super) fn shadowed(tenancy: &Tenancy) -> Vec<Finding> {
    let rules = &tenancy.rules;
    let mut equal: FxHashMap<&Condition, Vec<usize>> = FxHashMap::default();
    let mut findings = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let same = equal.entry(&rule.condition).or_default();
        let by_equal = same.iter().find(|before| covers_days(&rules[**before], rule)).copied();
        let by_any = || {
            let mut before = rules[..at].iter().take(MOST_PAIRED);
            let is_short = rules.len() <= MOST_PAIRED;
            before.position(|before| {
                is_short && covers_days(before, rule) && covers(&before.condition, &rule.condition)
            })
        };
        match by_equal.or_else(by_any) {
            Some(before) => findings.push(finding(tenancy, rule, &rules[before])),
            None if same.len() < MOST_EQUAL => same.push(at),
            None => {}
        }
    }
    findings
}

fn finding(tenancy: &Tenancy, rule: &Rule, before: &Rule) -> Finding {
    let message = format!(
        "`{}`: this rule never decides; the one at `{}` holds wherever it holds",
        place(tenancy, rule.at),
        place(tenancy, before.at)
    );
    Finding::new("rule-shadowed", message)
}

fn covers_days(before: &Rule, rule: &Rule) -> bool {
    before.during == Days::ALWAYS || before.during == rule.during
}

/// Whether the general condition surely holds wherever the special one holds.
fn covers(general: &Condition, special: &Condition) -> bool {
    use Condition::{All, Any, Is};
    if general == special {
        return true;
    }
    match (general, special) {
        (All(parts), _) => parts.iter().all(|part| covers(part, special)),
        (_, Any(parts)) => !parts.is_empty() && parts.iter().all(|part| covers(general, part)),
        (Any(parts), _) if parts.iter().any(|part| covers(part, special)) => true,
        (_, All(parts)) => parts.iter().any(|part| covers(general, part)),
        (Is(general), Is(special)) => covers_atom(general, special),
        _ => false,
    }
}

fn covers_atom(general: &Atom, special: &Atom) -> bool {
    let covered =
        |pattern: &String| general.patterns.iter().any(|wide| covers_pattern(wide, pattern));
    let says_something = special.patterns.iter().any(|pattern| !pattern.is_empty());
    let is_same = general.dimension == special.dimension;
    is_same && says_something && special.patterns.iter().all(covered)
}

fn covers_pattern(wide: &str, narrow: &str) -> bool {
    const SPECIAL: [char; 6] = ['*', '?', '[', '{', '}', '\\'];
    if wide.is_empty() || narrow.is_empty() {
        return narrow.is_empty();
    }
    if wide == narrow || wide == "*" {
        return true;
    }
    if !narrow.contains(SPECIAL) {
        return Glob::parse(wide).is_ok_and(|glob| glob.fits(narrow));
    }
    let head = &narrow[..narrow.find(SPECIAL).unwrap_or(narrow.len())];
    let prefix = wide.strip_suffix('*').filter(|prefix| !prefix.contains(SPECIAL));
    prefix.is_some_and(|prefix| head.starts_with(prefix))
}
