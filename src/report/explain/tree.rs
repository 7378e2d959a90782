//! Tree: rows of an answer under the things that explain them.
//!
//! In:    rows, and the steps from the root to the leaves.
//! Out:   [`Node`]s; every one is the sum of its children, which is checked and not assumed.
//! Never: folds what machines read, or adds two currencies.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::answer::AnswerRow;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::report::ReportError;

/// One thing, what it cost and why it is where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// What kind of thing: `total`, `own`, `rule`, `owner`, ...
    pub(super) kind: &'static str,
    /// What people see.
    pub(super) word: String,
    /// Why it is here, for people.
    pub(super) why: String,
    /// What it is, for machines; those of its parents included.
    pub(super) keys: Vec<(Dimension, Option<String>)>,
    pub(super) cost: Money,
    /// The pool that it was received from.
    pub(super) pool: Option<Received>,
    pub(super) children: Vec<Node>,
}

/// Which part of which pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) amount: Money,
    pub(super) method: &'static str,
    pub(super) weights: Option<(i128, i128)>,
}

/// Gives a child its word and the reason why it is there.
pub(super) type Say<'a> = Box<dyn Fn(&Values<'_>) -> (String, String) + 'a>;

/// How rows become the children of a node.
pub(super) struct Step<'a> {
    pub(super) kind: &'static str,
    /// Rows that agree in these are one child.
    pub(super) by: Vec<Dimension>,
    /// The word and the reason of a child.
    pub(super) say: Say<'a>,
    /// Whether children run in the order of their values instead of their size.
    pub(super) in_order: bool,
}

/// The values of a child, by dimension.
pub(super) struct Values<'a> {
    by: &'a [Dimension],
    values: Vec<Option<&'a str>>,
}

impl<'a> Values<'a> {
    pub(super) fn get(&self, dimension: &Dimension) -> Option<&'a str> {
        let at = self.by.iter().position(|of| of == dimension)?;
        self.values.get(at).copied().flatten()
    }
}

/// Groups rows step by step; what is below the last step is not told apart.
pub(super) fn grow(
    dimensions: &[Dimension],
    rows: &[&AnswerRow],
    steps: &[Step<'_>],
    keys: &[(Dimension, Option<String>)],
    currency: &Currency,
) -> Result<Vec<Node>, ReportError> {
    let Some((step, below)) = steps.split_first() else { return Ok(Vec::new()) };
    let places: Vec<Option<usize>> =
        step.by.iter().map(|of| dimensions.iter().position(|own| own == of)).collect();
    let mut groups: BTreeMap<Vec<Option<&str>>, Vec<&AnswerRow>> = BTreeMap::new();
    for row in rows {
        let value = |place: &Option<usize>| row.keys.get((*place)?)?.as_deref();
        groups.entry(places.iter().map(value).collect()).or_default().push(row);
    }
    let mut nodes = Vec::with_capacity(groups.len());
    for (values, rows) in groups {
        let values = Values { by: &step.by, values };
        let (word, why) = (step.say)(&values);
        let mut keys = keys.to_vec();
        let own = step.by.iter().zip(&values.values);
        keys.extend(own.map(|(of, value)| (of.clone(), value.map(str::to_owned))));
        let children = grow(dimensions, &rows, below, &keys, currency)?;
        let cost = sum(rows.iter().map(|row| row.cost), currency)?;
        let kind = step.kind;
        nodes.push(Node { kind, word, why, keys, cost, children, ..Node::default() });
    }
    if !step.in_order {
        nodes.sort_by_key(|node| Reverse(node.cost));
    }
    Ok(nodes)
}

pub(super) fn sum(
    amounts: impl Iterator<Item = Money>,
    currency: &Currency,
) -> Result<Money, ReportError> {
    let range = || ReportError::range(currency);
    Money::checked_sum(amounts).ok_or_else(range)
}

impl Node {
    /// Whether every node is the sum of its children.
    ///
    /// # Errors
    /// When one is not.
    pub(super) fn check(&self, currency: &Currency) -> Result<(), ReportError> {
        if self.children.is_empty() {
            return Ok(());
        }
        let parts = sum(self.children.iter().map(|child| child.cost), currency)?;
        if parts != self.cost {
            let (what, currency) = (self.word.clone(), currency.to_string());
            return Err(ReportError::Untied { what, currency, parts, whole: self.cost });
        }
        self.children.iter().try_for_each(|child| child.check(currency))
    }

    /// The same tree with at most so many children everywhere; the small ones become one.
    pub(super) fn folded(&self, limit: usize) -> Self {
        let mut shown: Vec<Self> = Vec::new();
        let is_folded = self.children.len() > limit.saturating_add(1);
        let mut order: Vec<usize> = (0..self.children.len()).collect();
        order.sort_by_key(|at| Reverse(self.children[*at].cost.0.unsigned_abs()));
        let kept = if is_folded { &order[..limit] } else { &order[..] };
        for (at, child) in self.children.iter().enumerate() {
            if kept.contains(&at) {
                shown.push(child.folded(limit));
            }
        }
        if is_folded {
            let small = order[limit..].iter().map(|at| self.children[*at].cost);
            // The sum of some of the children of a node that was added up is in range.
            let cost = Money::checked_sum(small).unwrap_or_default();
            let word = format!("rest ({})", order.len() - limit);
            shown.push(Self { kind: "rest", word, cost, ..Self::default() });
        }
        Self { children: shown, ..self.clone() }
    }
}
