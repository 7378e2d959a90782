//! Conditions: what a charge must be for a rule to hold.
//!
//! In:    the `match` of a rule, already parsed; coded columns of a frame.
//! Out:   [`Condition`]; [`Matcher`], which tells the rules that hold for a row, in order.
//! Never: lets a charge without a value, or an empty pattern, match anything.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::dimension::Dimension;
use crate::model::glob::{BadGlob, Glob, GlobSet};
use crate::model::period::{Day, Days};

/// A `match`, as a tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    pub codes: Arc<Vec<u32>>,
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
///
/// Every distinct pattern is tried against every distinct value that it may fit, once. A rule is
/// kept under the rarest patterns of which one must fit for it to hold, so that a row looks at few
/// rules, however many there are.
pub struct Matcher {
    rules: Vec<(Compiled, Days)>,
    columns: Vec<Column>,
    /// By pattern: the rules kept under it, in order.
    kept: Vec<Vec<u32>>,
    /// Rules that may hold whatever the values are.
    open: Vec<u32>,
}

/// A condition over positions of columns and numbers of patterns.
enum Compiled {
    All(Vec<Compiled>),
    Any(Vec<Compiled>),
    Not(Box<Compiled>),
    Is { column: usize, patterns: Vec<u32> },
}

/// What the values of a dimension fit.
struct Column {
    /// One per row; empty when no value fits anything.
    codes: Arc<Vec<u32>>,
    /// By code: the patterns that the value fits, sorted.
    fitting: Vec<Vec<u32>>,
}

impl Column {
    fn fitting(&self, row: usize) -> &[u32] {
        self.codes.get(row).map_or(&[], |code| &self.fitting[*code as usize])
    }
}

impl Matcher {
    /// Prepares rules, in order, for the rows of a frame whose columns `column_of` gives.
    ///
    /// # Errors
    /// When a pattern is no glob; rules are checked when they are read, so this is our bug.
    pub fn new<'a, 'r>(
        rules: impl Iterator<Item = (&'r Condition, Days)>,
        mut column_of: impl FnMut(&Dimension) -> Coded<'a>,
    ) -> Result<Self, BadGlob> {
        let mut patterns = Patterns::default();
        let compile = |(condition, days)| (patterns.compile(condition), days);
        let rules: Vec<(Compiled, Days)> = rules.map(compile).collect();
        let mut kept = vec![Vec::new(); patterns.uses.len()];
        let mut open = Vec::new();
        for ((rule, _), number) in rules.iter().zip(0_u32..) {
            match patterns.necessary(rule) {
                Some(mut any_of) => {
                    any_of.sort_unstable();
                    any_of.dedup();
                    for pattern in any_of {
                        kept[pattern as usize].push(number);
                    }
                }
                None => open.push(number),
            }
        }
        let columns = patterns.dimensions.iter().map(|of| of.column(column_of(of.dimension)));
        let columns = columns.collect::<Result<_, _>>()?;
        Ok(Self { rules, columns, kept, open })
    }

    /// The first rule that holds for a row.
    pub fn first(&self, row: usize, day: Option<Day>) -> Option<usize> {
        self.matching(row, day).next()
    }

    /// Every rule that holds for a row, in order.
    pub fn matching(&self, row: usize, day: Option<Day>) -> impl Iterator<Item = usize> {
        self.candidates(row).filter(move |at| {
            let (rule, days) = &self.rules[*at];
            days.contains(day) && self.holds(rule, row)
        })
    }

    /// Rules that may hold, in order, each once.
    fn candidates(&self, row: usize) -> impl Iterator<Item = usize> {
        let mut lists: Vec<&[u32]> = vec![&self.open];
        for column in &self.columns {
            let patterns = column.fitting(row).iter();
            lists.extend(patterns.map(|pattern| self.kept[*pattern as usize].as_slice()));
        }
        let heads = lists.iter().enumerate();
        let heads = heads.filter_map(|(list, numbers)| Some(Reverse((*numbers.first()?, list, 0))));
        let mut heads: BinaryHeap<Reverse<(u32, usize, usize)>> = heads.collect();
        let mut given = None;
        std::iter::from_fn(move || {
            loop {
                let Reverse((number, list, at)) = heads.pop()?;
                let next = lists[list].get(at + 1);
                heads.extend(next.map(|next| Reverse((*next, list, at + 1))));
                if given.replace(number) != Some(number) {
                    return Some(number as usize);
                }
            }
        })
    }

    fn holds(&self, rule: &Compiled, row: usize) -> bool {
        match rule {
            Compiled::All(parts) => parts.iter().all(|part| self.holds(part, row)),
            Compiled::Any(parts) => parts.iter().any(|part| self.holds(part, row)),
            Compiled::Not(inner) => !self.holds(inner, row),
            Compiled::Is { column, patterns } => meet(patterns, self.columns[*column].fitting(row)),
        }
    }
}

/// Whether two sorted lists have a number in common.
fn meet(one: &[u32], other: &[u32]) -> bool {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    few.iter().any(|number| many.binary_search(number).is_ok())
}

/// Every distinct pattern of every dimension, numbered across them.
#[derive(Default)]
struct Patterns<'r> {
    dimensions: Vec<OfDimension<'r>>,
    places: FxHashMap<&'r Dimension, usize>,
    /// By pattern: how many atoms ask for it.
    uses: Vec<u32>,
}

struct OfDimension<'r> {
    dimension: &'r Dimension,
    numbers: FxHashMap<&'r str, u32>,
}

impl<'r> Patterns<'r> {
    fn compile(&mut self, condition: &'r Condition) -> Compiled {
        let mut all =
            |parts: &'r [Condition]| parts.iter().map(|part| self.compile(part)).collect();
        match condition {
            Condition::All(parts) => Compiled::All(all(parts)),
            Condition::Any(parts) => Compiled::Any(all(parts)),
            Condition::Not(inner) => Compiled::Not(Box::new(self.compile(inner))),
            Condition::Is(atom) => self.atom(atom),
        }
    }

    fn atom(&mut self, atom: &'r Atom) -> Compiled {
        let column = *self.places.entry(&atom.dimension).or_insert_with(|| {
            let numbers = FxHashMap::default();
            self.dimensions.push(OfDimension { dimension: &atom.dimension, numbers });
            self.dimensions.len() - 1
        });
        let numbers = &mut self.dimensions[column].numbers;
        let named = atom.patterns.iter().filter(|pattern| !pattern.is_empty());
        let number = |pattern: &'r String| {
            let next = u32::try_from(self.uses.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(pattern).or_insert(next);
            if number == next {
                self.uses.push(0);
            }
            self.uses[number as usize] += 1;
            number
        };
        let mut patterns: Vec<u32> = named.map(number).collect();
        patterns.sort_unstable();
        patterns.dedup();
        Compiled::Is { column, patterns }
    }

    /// Patterns of which one must fit for a condition to hold; `None` when it may hold without.
    fn necessary(&self, condition: &Compiled) -> Option<Vec<u32>> {
        match condition {
            Compiled::Is { patterns, .. } => Some(patterns.clone()),
            Compiled::All(parts) => {
                let choices = parts.iter().filter_map(|part| self.necessary(part));
                choices.min_by_key(|patterns| self.uses_of(patterns))
            }
            Compiled::Any(parts) => {
                let all: Option<Vec<_>> = parts.iter().map(|part| self.necessary(part)).collect();
                all.map(|all| all.concat())
            }
            Compiled::Not(_) => None,
        }
    }

    fn uses_of(&self, patterns: &[u32]) -> u64 {
        patterns.iter().map(|pattern| u64::from(self.uses[*pattern as usize])).sum()
    }
}

impl OfDimension<'_> {
    fn column(&self, column: Coded) -> Result<Column, BadGlob> {
        let mut sorted: Vec<(&str, u32)> = self.numbers.iter().map(|(p, n)| (*p, *n)).collect();
        sorted.sort_unstable_by_key(|(_, number)| *number);
        let globs = sorted.iter().map(|(pattern, _)| Glob::parse(pattern));
        let globs = GlobSet::new(globs.collect::<Result<_, _>>()?);
        let of_value = |value: Option<&str>| {
            let texts = value.map(|value| spellings(self.dimension, value)).unwrap_or_default();
            let found = texts.into_iter().flat_map(|text| globs.fitting(text));
            let mut found: Vec<u32> = found.map(|place| sorted[place as usize].1).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let fitting: Vec<Vec<u32>> = column.values.iter().copied().map(of_value).collect();
        // Of hundreds of tag keys most are never met.
        let is_dead = fitting.iter().all(Vec::is_empty);
        let codes = if is_dead { Arc::default() } else { column.codes };
        Ok(Column { codes, fitting })
    }
}

#[cfg(test)]
mod tests;
