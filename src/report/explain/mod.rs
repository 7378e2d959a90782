//! Explain: why somebody or something costs what it costs, as a tree.
//!
//! In:    an answer fine enough to follow, a total found by another way, the trail of the splits.
//! Out:   a [`Report`] of one tree: total, rule, owner, component, resource; pool and origin.
//! Never: shows a node that is not the sum of its children.

mod tree;
mod words;
mod steps;
mod table;

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::model::answer::{Answer, AnswerRow, Standing};
use crate::model::cost_rules::is_adjustment;
use crate::model::dimension::Dimension;
use crate::model::money::{Currency, Money};
use crate::model::phrase::phrase;
use crate::model::tag_key::sagemaker;
use crate::model::tenancy::Tenancy;
use crate::model::trail::{Pool, Trail};
use crate::report::{Caption, Owners, Report, ReportError, Section};

use tree::{Node, Received, Step, grow, sum};
pub use words::{last, short};

/// Whose cost is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A tenant, by id.
    Tenant(String),
    /// A user profile: a full ARN or its last part.
    User(String),
    /// A resource id as delivered.
    Resource(String),
}

impl Subject {
    /// What kind of thing it is.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Tenant(_) => "tenant",
            Self::User(_) => "user",
            Self::Resource(_) => "resource",
        }
    }
}

/// What a run knows about a subject.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who or what.
    pub subject: Subject,
    /// Its name for people.
    pub name: String,
    /// Its rows by [`dimensions`].
    pub answer: Answer,
    /// Its total, asked without details.
    pub whole: BTreeMap<Currency, Money>,
    /// The months of the rows.
    pub periods: Vec<String>,
    /// Every move of a shared cost.
    pub trail: Trail,
    /// What people wrote.
    pub tenancy: Tenancy,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// How much of a tree people want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Children of a node before the small ones become one; `None` folds nothing.
    pub limit: Option<usize>,
}

/// What a tree is grown from.
const KEYS: [Dimension; 13] = [
    Dimension::Month,
    Dimension::Tenant,
    Dimension::TenantRule,
    Dimension::Pool,
    Dimension::User,
    Dimension::Space,
    Dimension::OwnerReason,
    Dimension::Component,
    Dimension::InstanceType,
    Dimension::Resource,
    Dimension::Service,
    Dimension::LineItemType,
    Dimension::Account,
];

/// Tags that decide who the owner is.
const OWNER_TAGS: [&str; 3] = [sagemaker::USER_PROFILE, sagemaker::SPACE, sagemaker::DOMAIN];

/// The dimensions of the answer that explains a subject.
pub fn dimensions(subject: &Subject) -> Vec<Dimension> {
    let mut all = KEYS.to_vec();
    if matches!(subject, Subject::Resource(_)) {
        all.push(Dimension::Day);
        all.extend(OWNER_TAGS.map(|key| Dimension::Tag(key.to_owned())));
    }
    all
}

/// Composes the report of `explain`.
///
/// # Errors
/// When a sum leaves its range, or a node is not the sum of its children.
pub fn compose(found: Found, settings: Settings) -> Result<Report, ReportError> {
    let mut roots = Vec::new();
    for (currency, whole) in &found.whole {
        let rows = found.answer.rows.iter().filter(|row| row.currency == *currency);
        let rows: Vec<&AnswerRow> = rows.collect();
        let root = match &found.subject {
            Subject::Tenant(id) => found.tenant(id, &rows, currency, *whole)?,
            Subject::User(_) => found.rooted(&rows, &steps::user(&found), currency, *whole)?,
            Subject::Resource(_) => {
                found.rooted(&rows, &steps::resource(&found), currency, *whole)?
            }
        };
        root.check(currency)?;
        roots.push((currency.clone(), root));
    }
    let currencies: Vec<Currency> = roots.iter().map(|(currency, _)| currency.clone()).collect();
    let table = found.table(&roots, settings);
    let title = match &found.subject {
        Subject::Tenant(_) => phrase!("Why tenant {} costs this", &found.name),
        Subject::User(_) => phrase!("Why user {} costs this", &found.name),
        Subject::Resource(_) => phrase!("Why {} costs this", &found.name),
    };
    let caption = Caption {
        periods: found.periods,
        metric: Some(found.answer.metric),
        currencies,
        owners: Owners::Asked,
        ..Caption::default()
    };
    let sections = vec![Section { table, ..Section::default() }];
    Ok(Report { title, caption, sections, findings: found.findings, ..Report::default() })
}

impl Found {
    /// One tree for all rows.
    fn rooted(
        &self,
        rows: &[&AnswerRow],
        steps: &[Step<'_>],
        currency: &Currency,
        whole: Money,
    ) -> Result<Node, ReportError> {
        let children = grow(&self.answer.dimensions, rows, steps, &[], currency)?;
        let (kind, word) = ("total", self.name.clone());
        Ok(Node { kind, word, cost: whole, children, ..Node::default() })
    }

    /// Own cost by rule and owner, own credits, shared cost by pool.
    fn tenant(
        &self,
        id: &str,
        rows: &[&AnswerRow],
        currency: &Currency,
        whole: Money,
    ) -> Result<Node, ReportError> {
        let line_type = self.answer.dimensions.iter().position(|d| *d == Dimension::LineItemType);
        let is_credit = |row: &AnswerRow| {
            let kind = line_type.and_then(|at| row.keys.get(at)?.as_deref());
            kind.is_some_and(is_adjustment)
        };
        let is_shared = |row: &AnswerRow| row.standing == Standing::Shared;
        let part = |of: &dyn Fn(&AnswerRow) -> bool| {
            rows.iter().copied().filter(|row| of(row)).collect::<Vec<_>>()
        };
        let parts = [
            ("own", "own cost", part(&|row| !is_shared(row) && !is_credit(row))),
            (
                "credit",
                "own credits and adjustments",
                part(&|row| !is_shared(row) && is_credit(row)),
            ),
            ("shared", "shared cost received", part(&is_shared)),
        ];
        let mut children = Vec::new();
        for (kind, word, rows) in parts {
            if rows.is_empty() {
                continue;
            }
            let keys = [(Dimension::Tenant, Some(id.to_owned()))];
            let steps = if kind == "shared" { steps::received(self) } else { steps::own(self) };
            let mut below = grow(&self.answer.dimensions, &rows, &steps, &keys, currency)?;
            if kind == "shared" {
                below.iter_mut().try_for_each(|node| self.follow(node, id, currency))?;
            }
            let cost = sum(rows.iter().map(|row| row.cost), currency)?;
            let (word, keys) = (word.to_owned(), keys.to_vec());
            children.push(Node { kind, word, keys, cost, children: below, ..Node::default() });
        }
        let keys = vec![(Dimension::Tenant, Some(id.to_owned()))];
        let (kind, word) = ("total", self.name.clone());
        Ok(Node { kind, word, keys, cost: whole, children, ..Node::default() })
    }

    /// Writes beside a pool what the trail says of it.
    fn follow(&self, node: &mut Node, id: &str, currency: &Currency) -> Result<(), ReportError> {
        let name = node.keys.iter().find(|(of, _)| *of == Dimension::Pool);
        let Some(name) = name.and_then(|(_, name)| name.clone()) else { return Ok(()) };
        let is_in = |pool: &&Pool| {
            let is_of_month = pool.period.as_ref().is_none_or(|of| self.periods.contains(of));
            pool.split == name && pool.currency == *currency && is_of_month
        };
        let pools: Vec<&Pool> = self.trail.pools.iter().filter(is_in).collect();
        let Some(first) = pools.first() else { return Ok(()) };
        let moves = pools.iter().flat_map(|pool| &pool.moves).filter(|moved| moved.tenant == id);
        let moves: Vec<_> = moves.collect();
        let weights = match moves.as_slice() {
            [only] => Some((only.weight, only.weights)),
            _ => None,
        };
        let amount = sum(pools.iter().map(|pool| pool.amount), currency)?;
        node.why = format!("{}: {}", first.method, node.why);
        node.pool = Some(Received { amount, method: first.method, weights });
        Ok(())
    }
}
