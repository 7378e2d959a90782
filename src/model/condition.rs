//! Conditions: what a charge must be for a rule to hold.
//!
//! In:    the `match` of a rule, already parsed; coded columns of a frame.
//! Out:   [`Condition`]; [`Matcher`], which tells the rules that hold for a row, in order.
//! Never: lets a charge without a value, or an empty pattern, match anything.

use globset::{Error, Glob, GlobSet};

use crate::model::dimension::Dimension;
use crate::model::period::{Day, Days};

/// A `match`, as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every one holds; none at all holds for every charge.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A value fits a pattern.
    Is(Atom),
}

/// One dimension and the patterns that its value may fit: `*`, `?`, `[a-z]`, `{a,b}` as in a shell,
/// letter case as written. Identities also fit by the last parts of their ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// The dimension that is looked at.
    pub dimension: Dimension,
    /// Any of them is enough; the empty pattern fits nothing.
    pub patterns: Vec<String>,
}

impl Condition {
    /// Every dimension that it looks at, in the order written; may repeat.
    pub fn dimensions(&self) -> Vec<&Dimension> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::dimensions).collect()
            }
            Self::Not(inner) => inner.dimensions(),
            Self::Is(atom) => vec![&atom.dimension],
        }
    }
}

/// The texts that a value is known by: itself, and for an ARN also what follows its kind
/// (`d-1/alice`) and its last part (`alice`).
pub fn spellings<'a>(dimension: &Dimension, value: &'a str) -> Vec<&'a str> {
    let mut all = vec![value];
    if dimension.is_identity() && value.starts_with("arn:") {
        all.extend(value.split_once('/').map(|(_, rest)| rest));
        all.extend(value.rsplit_once('/').map(|(_, last)| last));
        all.dedup();
    }
    all
}

/// One column of a frame, its distinct values behind numbers.
#[derive(Debug, Clone, Default)]
pub struct Coded<'a> {
    /// One per row: a position in `values`.
    pub codes: Vec<u32>,
    /// The distinct values; `None` is nothing.
    pub values: Vec<Option<&'a str>>,
}

impl<'a> Coded<'a> {
    /// The value of a row.
    pub fn value(&self, row: usize) -> Option<&'a str> {
        self.values[self.codes[row] as usize]
    }
}

/// Rules over the rows of one frame.
pub struct Matcher<'a> {
    rules: Vec<(Compiled, Days)>,
    columns: Vec<Column<'a>>,
}

/// One column, and which of its values the atoms over it accept: told once per distinct value, so
/// that a row costs a look at a bit, however many rows, values and patterns there are.
struct Column<'a> {
    coded: Coded<'a>,
    accepted: Vec<Bits>,
}

/// A condition over positions of columns and of their atoms.
enum Compiled {
    All(Vec<Compiled>),
    Any(Vec<Compiled>),
    Not(Box<Compiled>),
    Is { column: usize, atom: usize },
}

/// The atoms of all rules, by the dimension that they look at.
#[derive(Default)]
struct Atoms<'r> {
    dimensions: Vec<&'r Dimension>,
    patterns: Vec<Vec<&'r [String]>>,
}

impl<'a> Matcher<'a> {
    /// Prepares rules, in order, for the rows of a frame whose columns `column_of` gives.
    ///
    /// # Errors
    /// When a pattern is no glob; rules are checked when they are read, so this is our bug.
    pub fn new<'r>(
        rules: impl Iterator<Item = (&'r Condition, Days)>,
        mut column_of: impl FnMut(&Dimension) -> Coded<'a>,
    ) -> Result<Self, Error> {
        let mut atoms = Atoms::default();
        let rules = rules.map(|(condition, days)| (atoms.compile(condition), days)).collect();
        let columns = atoms.dimensions.iter().zip(&atoms.patterns).map(|(dimension, patterns)| {
            let coded = column_of(dimension);
            let accepted = accepted(dimension, &coded.values, patterns)?;
            Ok(Column { coded, accepted })
        });
        Ok(Self { rules, columns: columns.collect::<Result<_, Error>>()? })
    }

    /// The first rule that holds for a row.
    pub fn first(&self, row: usize, day: Option<Day>) -> Option<usize> {
        self.matching(row, day).next()
    }

    /// Every rule that holds for a row, in order.
    pub fn matching(&self, row: usize, day: Option<Day>) -> impl Iterator<Item = usize> {
        let rules = self.rules.iter().enumerate();
        rules
            .filter(move |(_, (rule, days))| days.contains(day) && self.holds(rule, row))
            .map(|(at, _)| at)
    }

    fn holds(&self, rule: &Compiled, row: usize) -> bool {
        match rule {
            Compiled::All(parts) => parts.iter().all(|part| self.holds(part, row)),
            Compiled::Any(parts) => parts.iter().any(|part| self.holds(part, row)),
            Compiled::Not(inner) => !self.holds(inner, row),
            Compiled::Is { column, atom } => {
                let column = &self.columns[*column];
                column.accepted[*atom].has(column.coded.codes[row] as usize)
            }
        }
    }
}

impl<'r> Atoms<'r> {
    fn compile(&mut self, condition: &'r Condition) -> Compiled {
        match condition {
            Condition::All(parts) => Compiled::All(self.compile_each(parts)),
            Condition::Any(parts) => Compiled::Any(self.compile_each(parts)),
            Condition::Not(inner) => Compiled::Not(Box::new(self.compile(inner))),
            Condition::Is(Atom { dimension, patterns }) => {
                let known = self.dimensions.iter().position(|seen| *seen == dimension);
                let column = known.unwrap_or_else(|| {
                    self.dimensions.push(dimension);
                    self.patterns.push(Vec::new());
                    self.dimensions.len() - 1
                });
                self.patterns[column].push(patterns);
                Compiled::Is { column, atom: self.patterns[column].len() - 1 }
            }
        }
    }

    fn compile_each(&mut self, parts: &'r [Condition]) -> Vec<Compiled> {
        parts.iter().map(|part| self.compile(part)).collect()
    }
}

/// So many patterns are looked for at once; more would make one automaton of them too large.
const AT_ONCE: usize = 256;

/// Which values each of the atoms accepts.
fn accepted(
    dimension: &Dimension,
    values: &[Option<&str>],
    atoms: &[&[String]],
) -> Result<Vec<Bits>, Error> {
    let mut accepted = vec![Bits::of(values.len()); atoms.len()];
    let of_atom = |(atom, patterns)| -> Vec<(usize, &String)> {
        let patterns: &&[String] = patterns;
        let named = patterns.iter().filter(|pattern| !pattern.is_empty());
        named.map(|pattern| (atom, pattern)).collect()
    };
    let patterns: Vec<(usize, &String)> = atoms.iter().enumerate().flat_map(of_atom).collect();
    let mut fitting = Vec::new();
    for patterns in patterns.chunks(AT_ONCE) {
        let globs = patterns.iter().map(|(_, pattern)| Glob::new(pattern));
        let globs: Vec<Glob> = globs.collect::<Result<_, Error>>()?;
        let set = GlobSet::new(&globs)?;
        for (code, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            for text in spellings(dimension, value) {
                if text.ends_with('.') {
                    // A set takes texts for paths, and a path that ends so for one without a name.
                    let fits = |at: &usize| globs[*at].compile_matcher().is_match(text);
                    fitting = (0..globs.len()).filter(fits).collect();
                } else {
                    set.matches_into(text, &mut fitting);
                }
                for at in &fitting {
                    accepted[patterns[*at].0].put(code);
                }
            }
        }
    }
    Ok(accepted)
}

/// A set of small numbers.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn of(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn put(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is(dimension: Dimension, patterns: &[&str]) -> Condition {
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Condition::Is(Atom { dimension, patterns })
    }

    /// Whether a condition over regions holds for each of these.
    fn holds(condition: &Condition, regions: &[Option<&str>]) -> Vec<bool> {
        let coded = || {
            let codes = (0..regions.len()).map(|row| u32::try_from(row).unwrap()).collect();
            Coded { codes, values: regions.to_vec() }
        };
        let rules = [(condition, Days::ALWAYS)].into_iter();
        let matcher = Matcher::new(rules, |_| coded()).unwrap();
        (0..regions.len()).map(|row| matcher.first(row, None).is_some()).collect()
    }

    #[test]
    fn nothing_fits_no_pattern_and_the_empty_pattern_fits_nothing() {
        let regions = [Some("eu-1"), None];
        for (condition, expected) in [
            (is(Dimension::Region, &["*"]), [true, false]),
            (is(Dimension::Region, &[""]), [false, false]),
            (is(Dimension::Region, &[]), [false, false]),
            (is(Dimension::Region, &["", "eu-?"]), [true, false]),
            (Condition::Not(Box::new(is(Dimension::Region, &["*"]))), [false, true]),
            (Condition::All(vec![]), [true, true]),
            (Condition::Any(vec![]), [false, false]),
        ] {
            assert_eq!(holds(&condition, &regions), expected, "{condition:?}");
        }
    }

    #[test]
    fn an_identity_fits_by_its_arn_and_by_its_last_parts() {
        let arn = "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-1/alice";
        let fits = |pattern: &str| {
            let condition = is(Dimension::User, &[pattern]);
            holds(&condition, &[Some(arn)])[0]
        };
        assert!(fits("alice") && fits("d-1/alice") && fits("d-1/*") && fits("*/alice"));
        assert!(fits(arn) && fits("al*") && !fits("Alice") && !fits("lice") && !fits("d-1"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Many patterns at once against one at a time.
        #[test]
        fn patterns_together_accept_what_each_accepts_alone(
            patterns in prop::collection::vec("[ab./*?é]{1,5}", 1..6),
            values in prop::collection::vec("[ab./é]{1,6}", 1..8),
        ) {
            let texts: Vec<Option<&str>> = values.iter().map(|text| Some(text.as_str())).collect();
            for pattern in &patterns {
                let Ok(glob) = Glob::new(pattern) else { return Ok(()) };
                let alone: Vec<bool> =
                    values.iter().map(|text| glob.compile_matcher().is_match(text)).collect();
                let condition = is(Dimension::Region, &[pattern]);
                prop_assert_eq!(holds(&condition, &texts), alone, "{} {:?}", pattern, values);
            }
        }
    }
}
