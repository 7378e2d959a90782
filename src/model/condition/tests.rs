//! Conditions, tried: by examples, and against a twin that looks at every rule for every row.
//!
//! In:    random rules over random columns.
//! Out:   nothing; panics where the fast way and the plain way differ.
//! Never: shares code with the matcher beyond one glob.

use proptest::prelude::*;

use super::*;
use crate::model::glob::Glob;

/// A frame: columns by dimension, one value per row.
type Table = Vec<(Dimension, Vec<Option<String>>)>;

fn coded<'a>(table: &'a Table, wanted: &Dimension) -> Coded<'a> {
    let (_, cells) = table.iter().find(|(dimension, _)| dimension == wanted).unwrap();
    let mut coded = Coded::default();
    for cell in cells {
        let value = cell.as_deref();
        let place = coded.values.iter().position(|known| *known == value);
        let place = place.unwrap_or_else(|| {
            coded.values.push(value);
            coded.values.len() - 1
        });
        Arc::make_mut(&mut coded.codes).push(u32::try_from(place).unwrap());
    }
    coded
}

/// The plain way: every rule, every pattern, every row.
fn holds(condition: &Condition, table: &Table, row: usize) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, table, row)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, table, row)),
        Condition::Not(inner) => !holds(inner, table, row),
        Condition::Is(atom) => {
            let cells = &table.iter().find(|(of, _)| *of == atom.dimension).unwrap().1;
            let Some(value) = &cells[row] else { return false };
            let fits = |text: &str| {
                let named = atom.patterns.iter().filter(|pattern| !pattern.is_empty());
                named.into_iter().any(|pattern| Glob::parse(pattern).unwrap().fits(text))
            };
            spellings(&atom.dimension, value).into_iter().any(fits)
        }
    }
}

fn is(word: &str, patterns: &[&str]) -> Condition {
    let dimension = Dimension::parse(word).unwrap();
    Condition::Is(Atom { dimension, patterns: patterns.iter().map(ToString::to_string).collect() })
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

#[test]
fn a_condition_reads_as_one_line() {
    let domain = is("domain", &["d-1"]);
    let work = is("component", &["training", "processing"]);
    let account = not(is("account", &["1*"]));
    let both = Condition::All(vec![domain, Condition::Any(vec![work, account])]);
    let expected = "domain=d-1 and (component=training|processing or not account=1*)";
    assert_eq!(both.to_string(), expected);
    assert_eq!(Condition::All(Vec::new()).to_string(), "everything");
}

/// Rows on which a rule holds.
fn rows_of(condition: &Condition, word: &str, cells: &[Option<&str>]) -> Vec<usize> {
    let cells: Vec<Option<String>> = cells.iter().map(|cell| cell.map(ToOwned::to_owned)).collect();
    let table = vec![(Dimension::parse(word).unwrap(), cells)];
    let rules = [(condition, Days::ALWAYS)];
    let matcher = Matcher::new(rules.into_iter(), |dimension| coded(&table, dimension)).unwrap();
    (0..table[0].1.len()).filter(|row| matcher.first(*row, None).is_some()).collect()
}

#[test]
fn an_identity_fits_by_its_arn_and_by_its_last_parts() {
    let arn = "arn:aws:sagemaker:eu-west-1:111122223333:user-profile/d-1/alice";
    let cells = [Some(arn), Some("alice"), None];
    assert_eq!(rows_of(&is("user", &["alice"]), "user", &cells), [0, 1]);
    assert_eq!(rows_of(&is("user", &["d-1/al*"]), "user", &cells), [0]);
    assert_eq!(rows_of(&is("user", &["arn:*:user-profile/*"]), "user", &cells), [0]);
    // A resource is known by its whole id only.
    assert_eq!(rows_of(&is("resource", &["alice"]), "resource", &cells), [1]);
}

#[test]
fn nothing_and_the_empty_pattern_fit_nothing_and_not_turns_both_around() {
    let cells = [Some("a"), None, Some("")];
    assert_eq!(rows_of(&is("tag:t", &["*"]), "tag:t", &cells), [0, 2]);
    assert_eq!(rows_of(&is("tag:t", &[""]), "tag:t", &cells), [0; 0]);
    assert_eq!(rows_of(&not(is("tag:t", &["*"])), "tag:t", &cells), [1]);
    assert_eq!(rows_of(&not(is("tag:t", &[""])), "tag:t", &cells), [0, 1, 2]);
}

#[test]
fn a_rule_holds_on_its_days_only_and_the_first_in_the_file_wins() {
    let (from, to) = (Day::parse("2026-10-01"), Day::parse("2026-10-12"));
    let (early, any) = (is("tag:t", &["a"]), is("tag:t", &["*"]));
    let rules = [(&early, Days { from, to }), (&any, Days::ALWAYS), (&early, Days::ALWAYS)];
    let table = vec![(Dimension::parse("tag:t").unwrap(), vec![Some("a".to_owned())])];
    let matcher = Matcher::new(rules.into_iter(), |of| coded(&table, of)).unwrap();
    assert_eq!(matcher.matching(0, from).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(matcher.matching(0, to).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(matcher.first(0, None), Some(1));
}

fn dimension() -> impl Strategy<Value = Dimension> {
    prop::sample::select(vec![Dimension::User, Dimension::Account, Dimension::Tag("t".to_owned())])
}

fn atom() -> impl Strategy<Value = Condition> {
    let patterns = ["", "a", "b", "ab", "*", "a*", "*b", "?", "d-1/*", "*a*", "{a,b}", "[!a]"];
    let patterns = prop::sample::subsequence(patterns.to_vec(), 0..4);
    (dimension(), patterns).prop_map(|(dimension, patterns)| {
        let patterns = patterns.into_iter().map(ToOwned::to_owned).collect();
        Condition::Is(Atom { dimension, patterns })
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    atom().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(not),
        ]
    })
}

fn days() -> impl Strategy<Value = Days> {
    let day = || prop::option::of(prop::sample::select(vec!["2026-10-01", "2026-10-03"]));
    let parse = |text: Option<&str>| text.and_then(Day::parse);
    (day(), day()).prop_map(move |(from, to)| Days { from: parse(from), to: parse(to) })
}

fn table() -> impl Strategy<Value = Table> {
    let values = ["a", "b", "ab", "ba", "ü", "arn:aws:sagemaker:x:1:user-profile/d-1/a"];
    let cell = prop::option::of(prop::sample::select(values.to_vec()));
    let row = (cell.clone(), cell.clone(), cell);
    prop::collection::vec(row, 1..8).prop_map(|rows| {
        let text = |cell: Option<&str>| cell.map(ToOwned::to_owned);
        vec![
            (Dimension::User, rows.iter().map(|row| text(row.0)).collect()),
            (Dimension::Account, rows.iter().map(|row| text(row.1)).collect()),
            (Dimension::Tag("t".to_owned()), rows.iter().map(|row| text(row.2)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn the_fast_way_holds_where_the_plain_way_holds(
        rules in prop::collection::vec((condition(), days()), 0..12),
        table in table(),
        day in prop::option::of(prop::sample::select(vec!["2026-10-02", "2026-10-03"])),
    ) {
        let day = day.and_then(Day::parse);
        let with_days = rules.iter().map(|(condition, days)| (condition, *days));
        let matcher = Matcher::new(with_days, |dimension| coded(&table, dimension)).unwrap();
        for row in 0..table[0].1.len() {
            let plain = rules.iter().enumerate().filter(|(_, (condition, days))| {
                days.contains(day) && holds(condition, &table, row)
            });
            let plain: Vec<usize> = plain.map(|(at, _)| at).collect();
            prop_assert_eq!(matcher.matching(row, day).collect::<Vec<_>>(), plain.clone());
            prop_assert_eq!(matcher.first(row, day), plain.first().copied());
        }
    }
}
