//! Conditions: what a charge must be for a rule to hold.
//!
//! In:    the `match` of a rule, already parsed; coded columns of a frame.
//! Out:   [`Condition`]; [`Matcher`], which tells the rules that hold for a row, in order.
//! Never: lets a charge without a value, or an empty pattern, match anything.

use std::fmt;

use globset::{Error, Glob, GlobMatcher};

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

impl fmt::Display for Condition {
    /// The words of the rule file in one line: `domain=d-1 and (component=a|b or not account=1*)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("everything"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(inner) if matches!(**inner, Self::Is(_)) => write!(f, "not {inner}"),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Is(atom) => write!(f, "{}={}", atom.dimension, atom.patterns.join("|")),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        let needs_brackets = match part {
            Condition::All(inner) | Condition::Any(inner) => inner.len() > 1 && parts.len() > 1,
            Condition::Not(_) | Condition::Is(_) => false,
        };
        let before = if at == 0 { "" } else { word };
        if needs_brackets {
            write!(f, "{before}({part})")?;
        } else {
            write!(f, "{before}{part}")?;
        }
    }
    Ok(())
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

/// Rules over the rows of one frame.
pub struct Matcher<'a> {
    rules: Vec<(Compiled, Days)>,
    columns: Vec<Coded<'a>>,
}

/// A condition over positions of columns.
enum Compiled {
    All(Vec<Compiled>),
    Any(Vec<Compiled>),
    Not(Box<Compiled>),
    Is { column: usize, dimension: Dimension, patterns: Vec<GlobMatcher> },
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
        let mut known: Vec<Dimension> = Vec::new();
        let mut columns = Vec::new();
        let mut position = |dimension: &Dimension| {
            known.iter().position(|seen| seen == dimension).unwrap_or_else(|| {
                known.push(dimension.clone());
                columns.push(column_of(dimension));
                columns.len() - 1
            })
        };
        let compiled =
            rules.map(|(condition, days)| Ok((compile(condition, &mut position)?, days)));
        let rules = compiled.collect::<Result<_, Error>>()?;
        Ok(Self { rules, columns })
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
            Compiled::Is { column, dimension, patterns } => {
                let column = &self.columns[*column];
                let value = column.values[column.codes[row] as usize];
                value.is_some_and(|value| {
                    let texts = spellings(dimension, value);
                    texts.iter().any(|text| patterns.iter().any(|pattern| pattern.is_match(text)))
                })
            }
        }
    }
}

fn compile(
    condition: &Condition,
    position: &mut impl FnMut(&Dimension) -> usize,
) -> Result<Compiled, Error> {
    let mut all = |parts: &[Condition]| {
        parts.iter().map(|part| compile(part, position)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        Condition::All(parts) => Compiled::All(all(parts)?),
        Condition::Any(parts) => Compiled::Any(all(parts)?),
        Condition::Not(inner) => Compiled::Not(Box::new(compile(inner, position)?)),
        Condition::Is(atom) => {
            let named = atom.patterns.iter().filter(|pattern| !pattern.is_empty());
            Compiled::Is {
                column: position(&atom.dimension),
                dimension: atom.dimension.clone(),
                patterns: named
                    .map(|p| Ok(Glob::new(p)?.compile_matcher()))
                    .collect::<Result<_, Error>>()?,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(dimension: Dimension, patterns: &[&str]) -> Condition {
        let patterns = patterns.iter().map(ToString::to_string).collect();
        Condition::Is(Atom { dimension, patterns })
    }

    #[test]
    fn a_condition_reads_as_one_line() {
        let domain = is(Dimension::Domain, &["d-1"]);
        let work = is(Dimension::Component, &["training", "processing"]);
        let account = Condition::Not(Box::new(is(Dimension::Account, &["1*"])));
        let both = Condition::All(vec![domain, Condition::Any(vec![work, account])]);
        let expected = "domain=d-1 and (component=training|processing or not account=1*)";
        assert_eq!(both.to_string(), expected);
        assert_eq!(Condition::All(Vec::new()).to_string(), "everything");
    }
}
